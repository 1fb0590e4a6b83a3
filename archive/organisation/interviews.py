"""Which units an interview is about."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.access import Viewer, visible_to
from archive.accounts import Role, require_at_least
from archive.database import Base
from archive.errors import BadInput
from archive.interviews import Interview
from archive.outbox import searchable_text_changed
from archive.units import Unit
from archive.value_history import note_values


class InterviewUnit(Base):
    """An interview is about a unit."""

    __tablename__ = "interview_unit"

    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)

    unit: Mapped[Unit] = relationship()


def units_about(session: Session, interview_id: int) -> list[Unit]:
    """What an interview is about, by name. The caller has asked whether the reader may see the interview."""
    theirs = select(Unit).join(InterviewUnit, InterviewUnit.unit_id == Unit.id)
    return list(session.scalars(theirs.where(InterviewUnit.interview_id == interview_id).order_by(Unit.name, Unit.id)))


def interviews_about(session: Session, unit_ids: Collection[int], viewer: Viewer, *, today: date) -> list[Interview]:
    """The interviews about any of these units that the viewer may see, the newest conversation first."""
    about = select(InterviewUnit.interview_id).where(InterviewUnit.unit_id.in_(unit_ids))
    found = select(Interview).where(Interview.id.in_(about), visible_to(viewer, today=today))
    return list(session.scalars(found.order_by(Interview.held_on.desc().nulls_last(), Interview.id.desc())))


def set_units(
    session: Session, interview: Interview, unit_ids: Sequence[int], *, by: int | None, now: datetime
) -> None:
    """Say what an interview is about. What was said before and is not said now goes.

    Raises:
        BadInput: `units` is "unknown": there is no unit of one of these numbers.
    """
    require_at_least(session, by, "set_units", Role.VOLUNTEER)
    before = unit_ids_about(session, interview)
    after = write_units(session, interview, unit_ids)
    if before != after:
        said = {"before": before, "after": after}
        was, is_now = {"units": before}, {"units": after}
        note_values(session, "interview", interview.id, was, is_now, act="said_units", by=by, now=now, detail=said)
        searchable_text_changed(session, interview.id, now=now)


def unit_ids_about(session: Session, interview: Interview) -> list[int]:
    """The numbers of the units that an interview is about, in their order."""
    return sorted(each.unit_id for each in session.scalars(_of(interview)))


def write_units(session: Session, interview: Interview, unit_ids: Sequence[int]) -> list[int]:
    """Write the rows, nothing more; gives the numbers in their order.

    Raises:
        BadInput: as `set_units`.
    """
    wanted = set(unit_ids)
    if wanted and len(session.scalars(select(Unit.id).where(Unit.id.in_(wanted))).all()) != len(wanted):
        raise BadInput("units", "unknown")
    rows = {each.unit_id: each for each in session.scalars(_of(interview))}
    for unit_id in rows.keys() - wanted:
        session.delete(rows[unit_id])
    session.add_all(InterviewUnit(interview_id=interview.id, unit_id=unit_id) for unit_id in sorted(wanted - set(rows)))
    session.flush()
    return sorted(wanted)


def _of(interview: Interview) -> Select[InterviewUnit]:
    return select(InterviewUnit).where(InterviewUnit.interview_id == interview.id)
