"""Setting up a year (*Sett opp året*): the days that the duties' rules mean, for whoever has them.

It is seen before it is done, is safe to repeat, and only ever adds: what stands, whoever wrote it and however it was
changed since, stays as it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.audit import note
from archive.errors import BadInput
from archive.row_history import Touched, note_changes
from archive.units import Unit, UnitKind
from archive.yearwheel.defaults import FirstDuty, first_duties
from archive.yearwheel.duties import Duty, DutyDetails, Per, add_duty, list_duties, new_batch, page_of
from archive.yearwheel.occurrences import Occurrence, State
from archive.yearwheel.recurrence import days_of

_FIRST_YEAR, _LAST_YEAR = 1970, 2200


@dataclass(frozen=True, slots=True)
class NewDay:
    """A day that would be added."""

    duty_id: int | None  # None: the duty is new itself
    title: str
    unit_id: int | None
    unit: str
    day: date
    number: int  # the n-th day of the duty in the year, from 1


@dataclass(frozen=True, slots=True)
class YearPlan:
    """What setting up a year would do."""

    year: int
    new_duties: tuple[FirstDuty, ...]
    new_days: tuple[NewDay, ...]
    standing: int  # days that are there already and stay as they are
    without_minimum: tuple[str, ...]  # duties whose number the secretary has to set
    without_days: tuple[str, ...]  # duties whose days have to be set one by one

    @property
    def changes_nothing(self) -> bool:
        """Whether all of it is there already."""
        return not self.new_duties and not self.new_days


def plan_year(session: Session, year: int) -> YearPlan:
    """What setting up this year would add. It only looks, in few questions.

    Raises:
        BadInput: `year` is "far_off".
    """
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise BadInput("year", "far_off")
    duties = [each for each in list_duties(session) if each.is_duty_in(year)]
    known = set(session.scalars(select(Duty.key).where(Duty.key.is_not(None))))
    new = tuple(each for each in first_duties() if each.key not in known)
    units = _units_of(session, year)
    taken = set(session.scalars(select(Occurrence.slot).where(Occurrence.year == year, Occurrence.slot.is_not(None))))
    standing = session.query(Occurrence.id).filter(Occurrence.year == year).count()
    days = [each for duty in duties for each in _days(duty, duty.id, units, year, duty.ended_on)]
    days = [each for each in days if slot_of(each, year) not in taken]
    days += [each for first in new for each in _days(first.details, None, units, year, None)]
    every: list[Duty | DutyDetails] = [*duties, *(each.details for each in new)]
    return YearPlan(
        year=year,
        new_duties=new,
        new_days=tuple(sorted(days, key=lambda each: (each.day, each.title, each.unit))),
        standing=standing,
        without_minimum=tuple(each.title for each in every if each.minimum is None and each.per == Per.YEAR),
        without_days=tuple(each.title for each in every if each.first_on is None and each.per != Per.REQUEST),
    )


def set_up_year(session: Session, year: int, *, by: int | None, now: datetime) -> tuple[YearPlan, str]:
    """Add what `plan_year` says; what was added, and the name by which all of it is undone in one go.

    Raises:
        BadInput: as `plan_year`.
    """
    require_at_least(session, by, "set_up_year", Role.SECRETARY)
    batch, whole = new_batch(), plan_year(session, year)
    keys = _unit_keys(session)
    for first in whole.new_duties:
        add_duty(session, first.with_owners(keys), by=by, now=now, key=first.key, batch=batch)
    again = plan_year(session, year)  # now that the new duties have their numbers
    duties = {each.id: each for each in list_duties(session)}
    rows = [_row(each, duties, year, now) for each in again.new_days]
    session.add_all(rows)
    touched = [Touched(each, None, page_of(each.duty_id)) for each in rows]
    note_changes(session, touched, act="set_up", by=by, now=now, batch=batch)
    note(session, "set_up_year", "year", year, user_id=by, now=now, days=len(rows), duties=len(whole.new_duties))
    session.flush()
    return whole, batch


def slot_of(day: NewDay, year: int) -> str:
    """By which a day that was set up is known again, however it was moved since: the n-th of its unit in the year."""
    return f"{day.duty_id}:{day.unit_id or 0}:{year}:{day.number}"


def _row(day: NewDay, duties: dict[int, Duty], year: int, now: datetime) -> Occurrence:
    assert day.duty_id is not None  # noqa: S101 - planned anew after the duties were added
    duty = duties[day.duty_id]
    return Occurrence(
        duty_id=duty.id,
        unit_id=day.unit_id,
        slot=slot_of(day, year),
        year=year,
        due_on=day.day,
        clock=duty.clock,
        lasts_minutes=duty.lasts_minutes,
        is_set=False,
        place=duty.place,
        meeting_url=duty.meeting_url,
        state=State.PLANNED,
        minutes="",
        note_to_next="",
        ticked=[],
        help_text="",
        changed_at=now,
    )


def _days(
    duty: Duty | DutyDetails, duty_id: int | None, units: dict[UnitKind, list[Unit]], year: int, ended: date | None
) -> Iterator[NewDay]:
    if duty.first_on is None:
        return
    days = days_of(duty.rule, duty.first_on, date(year, 1, 1), date(year, 12, 31))
    having: Iterable[Unit | None] = [None] if duty.each_of is None else units.get(duty.each_of, [])
    for unit in having:
        for number, day in enumerate(days, start=1):
            if ended is None or day < ended:
                name = unit.name if unit else ""
                yield NewDay(duty_id, duty.title, unit.id if unit else None, name, day, number)


def _units_of(session: Session, year: int) -> dict[UnitKind, list[Unit]]:
    """The units that are there in some part of the year, by kind."""
    there = select(Unit).where(Unit.begins <= date(year, 12, 31), Unit.ends >= date(year, 1, 1)).order_by(Unit.name)
    units: dict[UnitKind, list[Unit]] = {}
    for unit in session.scalars(there):
        units.setdefault(unit.kind, []).append(unit)
    return units


def _unit_keys(session: Session) -> dict[str, int]:
    found = session.execute(select(Unit.key, Unit.id).where(Unit.key.is_not(None)))
    return {key: unit_id for key, unit_id in found if key is not None}
