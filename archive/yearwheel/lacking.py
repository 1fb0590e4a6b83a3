"""Which duties lack something in a year: the same count as `counting` makes, from numbers that the database adds up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from archive.units import UnitKind
from archive.yearwheel.counting import Days, missing_of
from archive.yearwheel.duties import Duty, Per, Strength
from archive.yearwheel.looking import unit_ids_by_kind
from archive.yearwheel.occurrences import Occurrence, State


@dataclass(frozen=True, slots=True)
class Lacking:
    """A duty of which something that must be is neither held nor planned."""

    duty_id: int
    title: str
    missing: int


@dataclass(frozen=True, slots=True)
class _Binding:
    """What a duty that must be done asks for."""

    duty_id: int
    title: str
    per: Per
    minimum: int | None
    each_of: UnitKind | None


def lacking(session: Session, year: int, *, today: date) -> list[Lacking]:
    """What lacks in a year, the most first; three questions, and one row for each duty and unit."""
    days = _days(session, year, today)
    units = unit_ids_by_kind(session, year)
    found = []
    for duty in _binding(session, year):
        having: Sequence[int | None] = [None] if duty.each_of is None else units.get(duty.each_of, [])
        theirs = days.get(duty.duty_id, {})
        missing = sum(missing_of(duty.per, duty.minimum, year, theirs.get(unit, Days())) for unit in having)
        if missing:
            found.append(Lacking(duty.duty_id, duty.title, missing))
    return sorted(found, key=lambda each: (-each.missing, each.title.casefold(), each.duty_id))


def _binding(session: Session, year: int) -> list[_Binding]:
    chosen = select(Duty.id, Duty.title, Duty.per, Duty.minimum, Duty.each_of).where(
        Duty.strength == Strength.MUST, or_(Duty.ended_on.is_(None), Duty.ended_on > date(year, 1, 1))
    )
    return [_Binding(*row) for row in session.execute(chosen)]


def _days(session: Session, year: int, today: date) -> dict[int, dict[int | None, Days]]:
    """How many days each duty has in each unit, by what became of them."""
    state, planned = Occurrence.state, and_(Occurrence.state == State.PLANNED, Occurrence.due_on >= today)
    counted = (
        select(
            Occurrence.duty_id,
            Occurrence.unit_id,
            func.count().filter(state == State.HELD),
            func.count().filter(planned),
            func.count().filter(state != State.CANCELLED),
        )
        .where(Occurrence.year == year)
        .group_by(Occurrence.duty_id, Occurrence.unit_id)
    )
    days: dict[int, dict[int | None, Days]] = defaultdict(dict)
    for duty_id, unit_id, held, to_come, is_set in session.execute(counted):
        days[duty_id][unit_id] = Days(held, to_come, is_set)
    return days
