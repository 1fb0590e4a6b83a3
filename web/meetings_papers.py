"""Attaching a document to a meeting or to one of its cases: choose one that is here, or hand in a new one."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.link_kinds import KINDS
from archive.meetings.cases import MeetingCase
from archive.meetings.found import cases_of, load_meeting, papers_among
from archive.meetings.meeting import Meeting
from archive.meetings.papers import MeetingPaper, PaperDetails, PaperRole, add_paper, remove_paper
from web.meeting_target import Target
from web.meetings_words import ROLES
from web.rights import needs
from web.typed_interview import wording
from web.typed_unit import read_number
from web.visit import db, now, today, viewer

pages = Blueprint("meetings_papers", __name__, url_prefix="/mote/<int:meeting_id>/papir")

MOST_FOUND = 12
LONGEST_TYPED = 100


@pages.get("")
@needs(Role.SECRETARY)
def choose(meeting_id: int) -> ResponseReturnValue:
    """The search box and what it finds; `?sak=` is a case, `?rolle=` what the document is there."""
    return _page(load_meeting(db(), meeting_id, viewer()))


@pages.post("")
@needs(Role.SECRETARY)
def attach(meeting_id: int) -> ResponseReturnValue:
    """Make the chosen document a paper."""
    meeting = load_meeting(db(), meeting_id, viewer())
    try:
        paper = add_paper(db(), meeting, _details(), viewer(), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(load_meeting(db(), meeting_id, viewer()), bad), 422
    db().commit()
    flash(f"«{paper.record.title}» er lagt ved som {ROLES[paper.role]}.")
    anchor = f"sak-{paper.case_id}" if paper.case_id else "papirer"
    return redirect(url_for("meetings.one", meeting_id=meeting_id, _anchor=anchor), 303)


@pages.post("/<int:paper_id>/fjern")
@needs(Role.SECRETARY)
def detach(meeting_id: int, paper_id: int) -> ResponseReturnValue:
    """The document is no paper of the meeting any more; it stays among the documents."""
    meeting = load_meeting(db(), meeting_id, viewer())
    paper = find_row(db(), MeetingPaper, paper_id)
    if paper is None or paper.meeting_id != meeting.id:
        raise NotFound("meeting_paper", paper_id)
    anchor = f"sak-{paper.case_id}" if paper.case_id else "papirer"
    remove_paper(db(), paper, by=viewer().user_id, now=now())
    db().commit()
    flash("Papiret er tatt bort fra møtet. Dokumentet ligger fortsatt blant dokumentene.")
    return redirect(url_for("meetings.one", meeting_id=meeting_id, _anchor=anchor), 303)


def _details() -> PaperDetails:
    form = request.form
    record_id = read_number(form.get("record", ""), "record")
    if record_id is None or form.get("role") not in list(PaperRole):
        raise BadInput("record", "unknown")
    return PaperDetails(
        record_id,
        PaperRole(form["role"]),
        read_number(form.get("case", ""), "case"),
        _page_number(form.get(f"page-{record_id}", "")),
        form.get(f"lines-{record_id}", ""),
    )


def _page_number(typed: str) -> int | None:
    written = typed.strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= 6):
        raise BadInput("paper_page", "unreadable")
    return int(written)


def _page(meeting: Meeting, bad: BadInput | None = None) -> str:
    typed = request.values.get("q", "").strip()[:LONGEST_TYPED]
    cases = cases_of(db(), meeting)
    case = _asked_case(cases)
    role = _asked_role(meeting, case)
    return render_template(
        "meetings/papers.html",
        meeting=meeting,
        cases=cases,
        case=case,
        role=role,
        roles=ROLES,
        typed=typed,
        found=KINDS["record"].find(db(), typed, viewer(), today=today(), most=MOST_FOUND),
        sent=request.form,
        wrong=wording([bad] if bad else []),
        target=Target(meeting, case, role).field,
    )


def _asked_case(cases: Sequence[MeetingCase]) -> MeetingCase | None:
    asked = request.values.get("case") or request.values.get("sak", "")
    return next((each for each in cases if str(each.id) == asked), None)


def _asked_role(meeting: Meeting, case: MeetingCase | None) -> PaperRole:
    """What was chosen; else what is missing: the minutes of a meeting, a case's own paper."""
    asked = request.values.get("role") or request.values.get("rolle", "")
    if asked in list(PaperRole):
        return PaperRole(asked)
    if case is not None:
        return PaperRole.CASE_PAPER
    has_minutes = papers_among(db(), [meeting.id], viewer(), role=PaperRole.MINUTES)
    return PaperRole.ATTACHMENT if has_minutes else PaperRole.MINUTES
