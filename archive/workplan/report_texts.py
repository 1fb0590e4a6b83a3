"""What the secretary writes into an annual report (årsmelding) beside what the archive gathers by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.accounts import Role, require_at_least
from archive.database import Base
from archive.errors import BadInput
from archive.row_history import note_change, snapshot
from archive.typed import many_lines, one_line
from archive.workplan.plans import WorkPlan, new_batch, page_of

LONGEST_HEADING = 200
MOST_TEXTS = 20


class WorkPlanReportText(Base):
    """One section of one year's report."""

    __tablename__ = "work_plan_report_text"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("work_plan.id"), index=True)
    year: Mapped[int]
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(String(LONGEST_HEADING))
    text: Mapped[str]


@dataclass(frozen=True, slots=True)
class Section:
    """A section as it is typed."""

    heading: str
    text: str


def texts_of(session: Session, plan_id: int, year: int) -> list[WorkPlanReportText]:
    """The sections of a report, in their order."""
    chosen = select(WorkPlanReportText).where(WorkPlanReportText.plan_id == plan_id, WorkPlanReportText.year == year)
    return list(session.scalars(chosen.order_by(WorkPlanReportText.position, WorkPlanReportText.id)))


def write_texts(
    session: Session, plan: WorkPlan, year: int, sections: Sequence[Section], *, by: int | None, now: datetime
) -> bool:
    """Let these be the sections, in this order; whether anything is different. An empty one goes.

    Raises:
        BadInput: `year` is "outside" the plan; `heading` is "empty" over a text, or too long; there are "too_many".
    """
    require_at_least(session, by, "write_texts", Role.SECRETARY)
    if year not in plan.years:
        raise BadInput("year", "outside")
    wanted = [each for each in map(_checked, sections) if each.heading or each.text]
    if len(wanted) > MOST_TEXTS:
        raise BadInput("heading", "too_many")
    stood, batch, thing, some = texts_of(session, plan.id, year), new_batch(), page_of(plan.id), False
    for position, section in enumerate(wanted):
        known = stood[position] if position < len(stood) else None
        before = snapshot(known) if known else None
        row = known or WorkPlanReportText(plan_id=plan.id, year=year)
        row.position, row.heading, row.text = position + 1, section.heading, section.text
        session.add(row)
        act = "changed" if known else "added"
        some |= note_change(session, row, before, act=act, by=by, now=now, thing=thing, batch=batch) is not None
    for row in stood[len(wanted) :]:
        before = snapshot(row)
        session.delete(row)
        note_change(session, row, before, act="removed", by=by, now=now, thing=thing, batch=batch)
        some = True
    return some


def _checked(section: Section) -> Section:
    text = many_lines(section.text, "text", limit=50_000)
    return Section(one_line(section.heading, "heading", limit=LONGEST_HEADING, required=bool(text)), text)
