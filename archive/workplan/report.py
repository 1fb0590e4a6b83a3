"""The annual report (årsmelding): what a year's plan came to, gathered from what the archive knows, for given eyes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from archive.access import Viewer, events_visible_to, meetings_visible_to, records_visible_to, visible_to
from archive.accounts import Role
from archive.events import Event
from archive.interviews import Interview, Status
from archive.links import Linked, links_among
from archive.local_time import LOCAL
from archive.meetings.meeting import Meeting
from archive.records import Record
from archive.workplan.changes import Amendment, amendments_of
from archive.workplan.figures import YearStatus, status_of
from archive.workplan.items import ItemStatus, WorkPlanItem, items_of
from archive.workplan.looking import Answers
from archive.workplan.outline import Chapter, ItemKind, outline
from archive.workplan.plans import WorkPlan
from archive.workplan.report_texts import WorkPlanReportText, texts_of
from archive.yearwheel.looking import Sight, Standing, wheel_year

# For whom an annual report is: what any member may see, whoever makes it.
MEMBERS = Viewer(Role.MEMBER)
MOST_NAMED = 40  # of what came to the archive that is named one by one


@dataclass(frozen=True, slots=True)
class Collected:
    """What came to the archive in the year, as far as these eyes may see it."""

    interviews: int
    records: int
    events: int
    named_interviews: tuple[Interview, ...]
    named_records: tuple[Record, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.interviews or self.records or self.events)


@dataclass(frozen=True, slots=True)
class AnnualReport:
    """Everything that the report says, loaded."""

    plan: WorkPlan
    year: int
    for_board: bool
    texts: tuple[WorkPlanReportText, ...]
    chapters: tuple[Chapter[WorkPlanItem], ...]
    evidence: dict[int, list[Linked]]
    answers: Answers
    amendments: tuple[Amendment, ...]
    status: YearStatus
    standings: tuple[Standing, ...]
    meetings: tuple[Meeting, ...]
    collected: Collected

    @property
    def items(self) -> tuple[WorkPlanItem, ...]:
        """The goals and measures."""
        return tuple(item for chapter in self.chapters for item in chapter.items)

    def counts(self) -> dict[ItemStatus, int]:
        """How many stand how, in the order of the statuses; what is nought is left out."""
        return count_statuses(self.items)


def count_statuses(items: Sequence[WorkPlanItem]) -> dict[ItemStatus, int]:
    """How many goals and measures stand how; what is nought is left out. Pure."""
    found = Counter(each.status for each in items if each.kind is not ItemKind.HEADING)
    return {status: found[status] for status in ItemStatus if found[status]}


def annual_report(
    session: Session, plan: WorkPlan, year: int, *, viewer: Viewer | None = None, today: date
) -> AnnualReport:
    """The report of one year, in a fixed number of questions.

    `viewer`: a board member or the secretary, for the board's own edition; None: for the annual meeting, with nothing
    in it that a member may not see.
    """
    eyes = viewer or MEMBERS
    items = items_of(session, plan.id)
    numbers = [each.id for each in items if each.kind is not ItemKind.HEADING]
    wheel = wheel_year(session, year, Sight(sees_all=viewer is not None, may_edit=False), today=today)
    return AnnualReport(
        plan=plan,
        year=year,
        for_board=viewer is not None,
        texts=tuple(texts_of(session, plan.id, year)),
        chapters=outline(items),
        evidence=links_among(session, "work_plan_item", numbers, eyes, today=today),
        answers=Answers(session, items, today=today),
        amendments=tuple(amendments_of(session, plan)),
        status=status_of(session, plan, year),
        standings=wheel.standings,
        meetings=tuple(_meetings(session, plan, year, eyes)),
        collected=collected_in(session, year, eyes, today=today),
    )


def _meetings(session: Session, plan: WorkPlan, year: int, eyes: Viewer) -> list[Meeting]:
    """The meetings of the plan's unit that were held in the year, with their cases."""
    held = select(Meeting).where(
        Meeting.unit_id == plan.unit_id,
        Meeting.first_day >= date(year, 1, 1),
        Meeting.last_day <= date(year, 12, 31),
        meetings_visible_to(eyes),
    )
    return list(session.scalars(held.order_by(Meeting.first_day, Meeting.id).options(selectinload(Meeting.cases))))


def collected_in(session: Session, year: int, eyes: Viewer, *, today: date) -> Collected:
    """What came to the archive in a year: interviews held, documents and events written down."""
    first, last = _instants(year)
    interviews = (
        Interview.status != Status.PLANNED,
        Interview.held_on >= date(year, 1, 1),
        Interview.held_on <= date(year, 12, 31),
        visible_to(eyes, today=today),
    )
    records = (Record.made_at >= first, Record.made_at < last, records_visible_to(eyes))
    events = (Event.made_at >= first, Event.made_at < last, events_visible_to(eyes))
    named_interviews = select(Interview).where(*interviews).order_by(Interview.held_on, Interview.id)
    named_records = select(Record).where(*records).order_by(Record.id)
    return Collected(
        session.scalar(select(func.count()).select_from(Interview).where(*interviews)) or 0,
        session.scalar(select(func.count()).select_from(Record).where(*records)) or 0,
        session.scalar(select(func.count()).select_from(Event).where(*events)) or 0,
        tuple(session.scalars(named_interviews.limit(MOST_NAMED))),
        tuple(session.scalars(named_records.limit(MOST_NAMED))),
    )


def _instants(year: int) -> tuple[datetime, datetime]:
    """When a year begins and ends where the archive is read."""
    begins = [datetime(each, 1, 1, tzinfo=LOCAL).astimezone(UTC) for each in (year, year + 1)]
    return begins[0], begins[1]
