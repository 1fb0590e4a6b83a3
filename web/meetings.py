"""*Møter*: the list by year, and one meeting with its papers and its cases, to read and to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.links import Linked, links_among
from archive.meetings.cases import MeetingCase
from archive.meetings.found import (
    PAGE_OF,
    Filter,
    Listed,
    cases_of,
    known_presenters,
    list_meetings,
    load_case,
    load_meeting,
    meeting_of_occurrence,
    meetings_of_unit,
    offered,
    papers_among,
    places_of_record,
    presented_by,
)
from archive.meetings.meeting import Meeting, MeetingKind
from archive.meetings.papers import MeetingPaper, PaperRole
from archive.row_history import changes_of
from web.browse import Choice
from web.meetings_words import KINDS, ROLES, paper_address, paper_place
from web.rights import public
from web.visit import db, today, viewer

pages = Blueprint("meetings", __name__)

# Fewer than this are seen at a glance; choosing among them would only be in the way.
NARROWED_FROM = 4


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case with what hangs on it."""

    case: MeetingCase
    papers: tuple[MeetingPaper, ...]
    links: tuple[Linked, ...]


@pages.get("/moter")
@public
def show() -> ResponseReturnValue:
    """The meetings year by year, narrowed by a plain form."""
    chosen = _chosen()
    page = max(1, request.args.get("side", 1, int))
    found, total = list_meetings(db(), viewer(), chosen, page=page)
    choices = _choices(chosen) if not chosen.is_empty or total >= NARROWED_FROM else []
    return render_template(
        "meetings/list.html",
        by_year=[(year, list(listed)) for year, listed in groupby(found, key=_year)],
        total=total,
        choices=choices,
        narrowed=not chosen.is_empty,
        chosen=chosen,
        kinds=KINDS,
        page=page,
        pages=-(-total // PAGE_OF),
        asked={name: value for name, value in request.args.items() if name not in ("side", "fjernet") and value},
        may_edit=viewer().role.at_least(Role.SECRETARY),
        undo_id=request.args.get("fjernet", type=int),
    )


@pages.get("/mote/<int:meeting_id>")
@public
def one(meeting_id: int) -> ResponseReturnValue:
    """One meeting: when and where, the papers, and each case with its proposal and what was decided."""
    meeting = load_meeting(db(), meeting_id, viewer())
    return meeting_page(meeting)


@pages.get("/mote/sak/<int:case_id>")
@public
def case(case_id: int) -> ResponseReturnValue:
    """The address of a case leads to where it stands in its meeting."""
    found = load_case(db(), case_id, viewer())
    return redirect(url_for(".one", meeting_id=found.meeting_id, _anchor=f"sak-{case_id}"))


def meeting_page(meeting: Meeting, problem: str = "") -> str:
    """The page of a meeting; `problem` is what came of an act that could not be done."""
    is_secretary = viewer().role.at_least(Role.SECRETARY)
    papers = papers_among(db(), [meeting.id], viewer()).get(meeting.id, [])
    cases = cases_of(db(), meeting)
    return render_template(
        "meetings/one.html",
        meeting=meeting,
        kind_word=KINDS[meeting.kind],
        papers=[each for each in papers if each.case_id is None],
        minutes=next((each for each in papers if each.role == PaperRole.MINUTES), None),
        cases=_shown(cases, papers),
        known=known_presenters(db(), cases, viewer(), today=today()),
        roles=ROLES,
        may_edit=is_secretary,
        may_link=viewer().role.at_least(Role.VOLUNTEER),
        last_change=next(iter(changes_of(db(), "meeting", meeting.id, limit=1)), None) if is_secretary else None,
        problem=problem,
    )


def _shown(cases: Sequence[MeetingCase], papers: list[MeetingPaper]) -> list[ShownCase]:
    links = links_among(db(), "meeting_case", [each.id for each in cases], viewer(), today=today())
    return [
        ShownCase(each, tuple(paper for paper in papers if paper.case_id == each.id), tuple(links.get(each.id, ())))
        for each in cases
    ]


def _year(each: Listed) -> int:
    return each.meeting.first_day.year


def _chosen() -> Filter:
    """The form, as far as it can be understood: an odd value narrows nothing."""
    asked = request.args
    return Filter(
        unit_id=asked.get("ledd", type=int),
        kind=next((kind for kind in MeetingKind if kind.value == asked.get("slag")), None),
        decade=asked.get("tiar", type=int),
    )


def _choices(chosen: Filter) -> list[Choice]:
    """The drop-downs that have anything to choose between."""
    there = offered(db(), viewer())
    units = tuple((str(number), name) for number, name in there.units)
    if chosen.unit_id is not None and str(chosen.unit_id) not in dict(units):
        units = (*units, (str(chosen.unit_id), "det du har valgt"))
    made = [
        Choice("ledd", "Hvem som møttes", units, str(chosen.unit_id or "")),
        Choice(
            "slag",
            "Slag",
            tuple((each.value, KINDS[each]) for each in there.kinds),
            chosen.kind.value if chosen.kind else "",
        ),
        Choice(
            "tiar",
            "Fra årene",
            tuple((str(each), f"{each}–{each + 9}") for each in there.decades),
            str(chosen.decade or ""),
        ),
    ]
    return [each for each in made if len(each.options) > 1 or each.chosen]


# What the pages of other things show of meetings --------------------------------------------------------------------


@pages.app_context_processor
def _for_templates() -> dict[str, object]:
    return {
        "record_meetings": lambda record_id: places_of_record(db(), record_id, viewer()),
        "unit_meetings": lambda unit_id: meetings_of_unit(db(), unit_id, viewer()),
        "person_cases": lambda person_id: presented_by(db(), person_id, viewer()),
        "occurrence_meeting": lambda occurrence_id: meeting_of_occurrence(db(), occurrence_id, viewer()),
        "meetings_minutes": lambda meeting_ids: papers_among(db(), meeting_ids, viewer(), role=PaperRole.MINUTES),
        "paper_address": paper_address,
        "paper_place": paper_place,
        "paper_roles": ROLES,
    }
