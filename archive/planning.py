"""Interviews that are planned: whom we want to ask, why, and how a plan becomes a held interview."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive.accounts import Role, require_at_least
from archive.audit import note
from archive.bin_rows import Binned, outside_bin
from archive.database import is_possible_id
from archive.errors import BadInput, NotAllowed, NotFound
from archive.interviews import (
    LIMITS,
    Interview,
    InterviewDetails,
    InterviewPlan,
    Part,
    Status,
    describe,
    details_of,
    name_people,
)
from archive.outbox import searchable_text_changed
from archive.people import named_person
from archive.row_history import Snapshot, plain
from archive.typed import many_lines, one_line
from archive.value_history import note_values

_BORN_FROM = 1850


@dataclass(frozen=True, slots=True)
class PlanDetails:
    """Whom we want to ask, and why."""

    narrator: str
    title: str | None = None  # None: made from the narrator's name
    birth_year: int | None = None
    offices_held: str = ""
    haste: int = 2
    why_haste: str = ""
    who_asks: str = ""
    agreed_on: date | None = None
    question_guide: str = ""


def plan_interview(session: Session, details: PlanDetails, *, now: datetime, by: int | None) -> Interview:
    """Somebody we want to ask.

    Raises:
        BadInput: `narrator` is empty, `birth_year` or `haste` is "out_of_range", or a value is too long.
    """
    require_at_least(session, by, "plan_interview", Role.VOLUNTEER)
    interview = Interview(title="", made_at=now, plan=InterviewPlan())
    session.add(interview)
    _write_plan(session, interview, details, by=by, now=now)
    note(session, "planned", "interview", interview.id, user_id=by, now=now)
    searchable_text_changed(session, interview.id, now=now)
    return interview


def change_plan(session: Session, interview: Interview, details: PlanDetails, *, by: int | None, now: datetime) -> None:
    """Write the plan anew.

    Raises:
        NotAllowed: it is not planned any more.
        BadInput: as `plan_interview`.
    """
    require_at_least(session, by, "change_plan", Role.VOLUNTEER)
    if interview.status != Status.PLANNED:
        raise NotAllowed("change_plan")
    before = details_of(interview) | plan_of(interview)
    _write_plan(session, interview, details, by=by, now=now)
    after = details_of(interview) | plan_of(interview)
    note_values(session, "interview", interview.id, before, after, act="changed_plan", by=by, now=now)
    searchable_text_changed(session, interview.id, now=now)


# What of the plan is written by people.
PLAN = ("offices_held", "haste", "why_haste", "who_asks", "agreed_on", "question_guide")


def plan_of(interview: Interview) -> Snapshot:
    """Why and how we want to ask somebody, for the history; {} where nobody planned it."""
    return {name: plain(getattr(interview.plan, name)) for name in PLAN} if interview.plan else {}


def _write_plan(session: Session, interview: Interview, details: PlanDetails, *, by: int | None, now: datetime) -> None:
    narrator = one_line(details.narrator, "narrator", limit=LIMITS["name"], required=True)
    if details.birth_year is not None and not _BORN_FROM <= details.birth_year <= interview.made_at.year:
        raise BadInput("birth_year", "out_of_range")
    if details.haste not in (1, 2, 3):
        raise BadInput("haste", "out_of_range")
    title = one_line(details.title, "title", limit=LIMITS["title"])
    interview.title = title or f"Samtale med {narrator}"
    plan = interview.plan = interview.plan or InterviewPlan()
    plan.offices_held = many_lines(details.offices_held, "offices_held")
    plan.haste = details.haste
    plan.why_haste = many_lines(details.why_haste, "why_haste")
    plan.who_asks = one_line(details.who_asks, "who_asks", limit=200)
    plan.agreed_on = details.agreed_on
    plan.question_guide = many_lines(details.question_guide, "question_guide")
    session.flush()
    person = named_person(session, narrator, birth_year=details.birth_year, by=by, now=now)
    name_people(session, interview, {Part.NARRATOR: [person]})


def load_planned(session: Session, interview_id: int) -> Interview:
    """One planned interview; every volunteer sees the plan.

    Raises:
        NotFound: it is not there, or it is not planned any more.
    """
    kept = outside_bin(Binned.INTERVIEW, Interview.id)
    found = select(Interview).where(Interview.id == interview_id, kept)
    interview = session.scalar(found) if is_possible_id(interview_id) else None
    if interview is None or interview.status != Status.PLANNED or interview.plan is None:
        raise NotFound("plan", interview_id)
    return interview


def planned_interviews(session: Session) -> list[Interview]:
    """Whom we still want to ask: the most urgent first, then the oldest."""
    planned = (
        select(Interview)
        .join(Interview.plan)
        .where(Interview.status == Status.PLANNED, outside_bin(Binned.INTERVIEW, Interview.id))
        .options(selectinload(Interview.participations), selectinload(Interview.plan))
    )
    return sorted(session.scalars(planned), key=_urgency)


def _urgency(interview: Interview) -> tuple[int, int, int]:
    years = [person.birth_year for person in interview.narrators if person.birth_year is not None]
    return (interview.plan.haste if interview.plan else 3, min(years, default=9999), interview.id)


def hand_in_planned(
    session: Session, interview: Interview, details: InterviewDetails, *, handed_in_by_id: int | None, now: datetime
) -> Interview:
    """A planned interview is held: it keeps its number and its plan, and belongs to who hands it in.

    Raises:
        NotAllowed: it is not planned any more.
        BadInput: the title is empty, or a value is too long.
    """
    if interview.status != Status.PLANNED or interview.received_at is not None:
        raise NotAllowed("hand_in_planned")
    before = details_of(interview)
    describe(session, interview, details)
    interview.handed_in_by_id = handed_in_by_id
    note(session, "held", "interview", interview.id, user_id=handed_in_by_id, now=now)
    after = details_of(interview)
    note_values(session, "interview", interview.id, before, after, act="changed_details", by=handed_in_by_id, now=now)
    searchable_text_changed(session, interview.id, now=now)
    session.flush()
    return interview
