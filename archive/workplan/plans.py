"""Work plans (arbeidsplaner): a proposal until a meeting adopts it, what it rests on, and what comes after it."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from archive.accounts import Role, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput, NotFound
from archive.local_time import day_of
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import Meeting
from archive.records import Record
from archive.row_history import Thing, note_change, snapshot
from archive.typed import many_lines, one_line
from archive.units import Unit

LIMITS = {"title": 200, "adopted_by": 200, "why": 300}
FIRST_YEAR, LAST_YEAR = 1970, 2200
MOST_YEARS = 10
MOST_PARENTS = 8


class PlanState(enum.StrEnum):
    """What a plan is worth."""

    PROPOSAL = "proposal"  # forslag
    ADOPTED = "adopted"  # vedtatt
    SUPERSEDED = "superseded"  # avløst, by the plan that came after it


class WorkPlan(Base):
    """One plan of a unit for a year, or for some. Its number is never reused."""

    __tablename__ = "work_plan"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(LIMITS["title"]))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    first_year: Mapped[int]
    last_year: Mapped[int]  # the same for a plan of one year
    about: Mapped[str] = mapped_column(default="")
    state: Mapped[PlanState] = mapped_column(default=PlanState.PROPOSAL)
    adopted_on: Mapped[date | None]
    adopted_by: Mapped[str] = mapped_column(String(LIMITS["adopted_by"]), default="")  # which meeting, in words
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_case.id"), index=True)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("work_plan.id"), index=True)  # the plan before it
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id", ondelete="SET NULL"))  # the paper of it
    amended_on: Mapped[date | None]  # when its own words were last changed after it was adopted
    amended_why: Mapped[str] = mapped_column(String(LIMITS["why"]), default="")
    made_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    follows: Mapped["WorkPlan | None"] = relationship(remote_side=[id])
    meeting: Mapped[Meeting | None] = relationship()
    case: Mapped[MeetingCase | None] = relationship()
    parents: Mapped[list["WorkPlanParent"]] = relationship(
        back_populates="plan",
        foreign_keys="WorkPlanParent.plan_id",
        order_by="WorkPlanParent.id",
        passive_deletes="all",
    )

    @property
    def is_proposal(self) -> bool:
        """Whether no meeting has adopted it."""
        return self.state == PlanState.PROPOSAL

    @property
    def years(self) -> range:
        """The years that it is for."""
        return range(self.first_year, self.last_year + 1)

    def year_shown(self, today: date) -> int:
        """The year of it that a page is about: this one, or the nearest that it is for."""
        return min(max(today.year, self.first_year), self.last_year)


class WorkPlanParent(Base):
    """What a plan is subordinate to: another plan here, or a title, such as the party's programme, and its document."""

    __tablename__ = "work_plan_parent"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("work_plan.id"), index=True)
    above_id: Mapped[int | None] = mapped_column(ForeignKey("work_plan.id"), index=True)
    title: Mapped[str] = mapped_column(String(LIMITS["title"]), default="")  # "" where `above_id` says it
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id", ondelete="SET NULL"))

    plan: Mapped[WorkPlan] = relationship(back_populates="parents", foreign_keys=[plan_id])
    above: Mapped[WorkPlan | None] = relationship(foreign_keys=[above_id])


@dataclass(frozen=True, slots=True)
class Parent:
    """What a plan is subordinate to, as the secretary chooses it."""

    title: str = ""
    above_id: int | None = None
    record_id: int | None = None


@dataclass(frozen=True, slots=True)
class PlanDetails:
    """What the secretary writes about a plan."""

    title: str
    unit_id: int
    first_year: int
    last_year: int
    about: str = ""
    record_id: int | None = None
    parents: tuple[Parent, ...] = ()


@dataclass(frozen=True, slots=True)
class Adoption:
    """Which meeting adopted a plan: one that the archive has, and its case there; or in words alone."""

    on: date
    words: str = ""
    meeting_id: int | None = None
    case_id: int | None = None  # of that meeting


def page_of(plan_id: int) -> Thing:
    """On whose page changes are told."""
    return Thing("work_plan", plan_id)


def new_batch() -> str:
    """A name for what is done in one go, so that it is undone in one go."""
    return f"plan:{uuid.uuid4().hex}"


def add_plan(session: Session, details: PlanDetails, *, by: int | None, now: datetime) -> WorkPlan:
    """A new plan, which is a proposal.

    Raises:
        BadInput: a value that cannot be kept.
    """
    require_at_least(session, by, "add_plan", Role.SECRETARY)
    plan, batch = WorkPlan(made_at=now, state=PlanState.PROPOSAL), new_batch()
    _write(session, plan, details)
    session.add(plan)
    session.flush()
    note_change(session, plan, None, act="added", by=by, now=now, thing=page_of(plan.id), batch=batch)
    _write_parents(session, plan, _checked_parents(session, plan, details.parents), by=by, now=now, batch=batch)
    return plan


def change_plan(
    session: Session, plan: WorkPlan, details: PlanDetails, *, why: str = "", by: int | None, now: datetime
) -> bool:
    """Write a plan's own words anew; whether anything is different.

    Raises:
        BadInput: as `add_plan`; `why` is "empty" for a plan that was adopted.
    """
    require_at_least(session, by, "change_plan", Role.SECRETARY)
    before, batch = snapshot(plan), new_batch()
    with session.no_autoflush:
        _write(session, plan, details)
        parents = _checked_parents(session, plan, details.parents)
        stood = [Parent(each.title, each.above_id, each.record_id) for each in plan.parents]
        if snapshot(plan) == before and parents == stood:
            return False
        act = amend(plan, plan, why, now)
    note_change(session, plan, before, act=act, by=by, now=now, thing=page_of(plan.id), batch=batch)
    if parents != stood:
        _write_parents(session, plan, parents, by=by, now=now, batch=batch)
    return True


def amend(plan: WorkPlan, row: object, why: str, now: datetime) -> str:
    """Write on a row why it was changed after its plan was adopted, and give the act: *changed*, or *amended*.

    Raises:
        BadInput: `why` is "empty" for a plan that was adopted.
    """
    if plan.is_proposal:
        return "changed"
    row.amended_why = one_line(why, "why", limit=LIMITS["why"], required=True)  # type: ignore[attr-defined]
    row.amended_on = day_of(now)  # type: ignore[attr-defined]
    return "amended"


def adopt_plan(
    session: Session, plan: WorkPlan, adoption: Adoption, *, by: int | None, now: datetime, today: date
) -> None:
    """A meeting adopted it; the plan that it comes after is superseded by it.

    Raises:
        BadInput: `state` is "adopted_already"; `adopted_on` is "future"; `adopted_by` is "empty" where no meeting is
            chosen; `meeting_id` or `case_id` is "unknown".
    """
    require_at_least(session, by, "adopt_plan", Role.SECRETARY)
    if not plan.is_proposal:
        raise BadInput("state", "adopted_already")
    if adoption.on > today:
        raise BadInput("adopted_on", "future")
    before, batch = snapshot(plan), new_batch()
    _check_meeting(session, adoption)
    no_meeting = adoption.meeting_id is None
    plan.adopted_by = one_line(adoption.words, "adopted_by", limit=LIMITS["adopted_by"], required=no_meeting)
    plan.meeting_id, plan.case_id = adoption.meeting_id, adoption.case_id
    plan.state, plan.adopted_on = PlanState.ADOPTED, adoption.on
    note_change(session, plan, before, act="adopted", by=by, now=now, thing=page_of(plan.id), batch=batch)
    earlier = plan.follows
    if earlier is not None and earlier.state == PlanState.ADOPTED:
        stood = snapshot(earlier)
        earlier.state = PlanState.SUPERSEDED
        note_change(session, earlier, stood, act="superseded", by=by, now=now, thing=page_of(earlier.id), batch=batch)


def _check_meeting(session: Session, adoption: Adoption) -> None:
    if adoption.meeting_id is not None and find_row(session, Meeting, adoption.meeting_id) is None:
        raise BadInput("meeting_id", "unknown")
    if adoption.case_id is not None:
        case = find_row(session, MeetingCase, adoption.case_id)
        if case is None or case.meeting_id != adoption.meeting_id:
            raise BadInput("case_id", "unknown")


# Looking -------------------------------------------------------------------------------------------------------------


def load_plan(session: Session, plan_id: int) -> WorkPlan:
    """One plan.

    Raises:
        NotFound: there is none of this number.
    """
    plan = find_row(session, WorkPlan, plan_id)
    if plan is None:
        raise NotFound("work_plan", plan_id)
    return plan


def plan_before(session: Session, plan: WorkPlan, year: int) -> int | None:
    """The plan that holds the year before: this one, the one before it, or another of the unit that was adopted."""
    if year - 1 >= plan.first_year:
        return plan.id
    if plan.follows is not None and year - 1 in plan.follows.years and not plan.follows.is_proposal:
        return plan.follows_id
    others = select(WorkPlan.id).where(
        WorkPlan.unit_id == plan.unit_id,
        WorkPlan.state != PlanState.PROPOSAL,
        WorkPlan.first_year <= year - 1,
        WorkPlan.last_year >= year - 1,
        WorkPlan.id != plan.id,
    )
    return session.scalar(others.order_by(WorkPlan.id.desc()).limit(1))


def list_plans(session: Session) -> list[WorkPlan]:
    """Every plan with its unit, the latest first; one question."""
    found = session.scalars(select(WorkPlan).options(joinedload(WorkPlan.unit)))
    return sorted(found, key=lambda each: (-each.last_year, -each.first_year, each.title.casefold(), each.id))


def _write(session: Session, plan: WorkPlan, details: PlanDetails) -> None:
    plan.title = one_line(details.title, "plan_title", limit=LIMITS["title"], required=True)
    if find_row(session, Unit, details.unit_id) is None:
        raise BadInput("unit_id", "unknown")
    plan.unit_id = details.unit_id
    plan.first_year, plan.last_year = checked_years(details.first_year, details.last_year)
    plan.about = many_lines(details.about, "about", limit=20_000)
    if details.record_id is not None and find_row(session, Record, details.record_id) is None:
        raise BadInput("record_id", "unknown")
    plan.record_id = details.record_id


def checked_years(first: int, last: int) -> tuple[int, int]:
    """The years of a plan.

    Raises:
        BadInput: `first_year` is "far_off"; `last_year` is "before_start" or "too_many".
    """
    if not FIRST_YEAR <= first <= LAST_YEAR:
        raise BadInput("first_year", "far_off")
    if last < first:
        raise BadInput("last_year", "before_start")
    if last - first >= MOST_YEARS:
        raise BadInput("last_year", "too_many")
    return first, last


def _checked_parents(session: Session, plan: WorkPlan, parents: Sequence[Parent]) -> list[Parent]:
    """Those that say anything, without what stands twice."""
    if len(parents) > MOST_PARENTS:
        raise BadInput("parents", "too_many")
    found = []
    for each in parents:
        title = "" if each.above_id is not None else one_line(each.title, "parents", limit=LIMITS["title"])
        if each.above_id is not None and find_row(session, WorkPlan, each.above_id) is None:
            raise BadInput("parents", "unknown")
        if each.above_id is not None and each.above_id == plan.id:
            raise BadInput("parents", "itself")
        if each.record_id is not None and find_row(session, Record, each.record_id) is None:
            raise BadInput("parents", "unknown")
        if each.record_id is not None and not title and each.above_id is None:
            raise BadInput("parents", "no_title")
        if title or each.above_id is not None:
            found.append(Parent(title, each.above_id, each.record_id))
    return list(dict.fromkeys(found))


def _write_parents(
    session: Session, plan: WorkPlan, parents: Sequence[Parent], *, by: int | None, now: datetime, batch: str
) -> None:
    """Let these be the parents, in this order."""
    for row in list(plan.parents):
        stood = snapshot(row)
        session.delete(row)
        note_change(session, row, stood, act="removed", by=by, now=now, thing=page_of(plan.id), batch=batch)
    for each in parents:
        row = WorkPlanParent(plan_id=plan.id, above_id=each.above_id, title=each.title, record_id=each.record_id)
        session.add(row)
        note_change(session, row, None, act="added", by=by, now=now, thing=page_of(plan.id), batch=batch)
    session.expire(plan, ["parents"])
