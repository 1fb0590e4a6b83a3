"""Occurrences (gjennomføringer): a duty on a day, what became of it, and what was said there."""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from archive.accounts import Role, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput, NotFound
from archive.row_history import latest_change, note_change, snapshot
from archive.typed import many_lines, one_line
from archive.units import Unit
from archive.yearwheel.duties import LONGEST_ADDRESS, Duty, new_batch, page_of, read_address
from archive.yearwheel.recurrence import instant_of

_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_LONGEST_TEXT = 200_000


class State(enum.StrEnum):
    """What became of an occurrence."""

    PLANNED = "planned"
    HELD = "held"
    POSTPONED = "postponed"  # without a new day so far
    CANCELLED = "cancelled"


class Occurrence(Base):
    """A duty on one day. Its number is never reused, and stands in people's calendars."""

    __tablename__ = "occurrence"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)  # which of each; None: no each
    slot: Mapped[str | None] = mapped_column(String(60), unique=True)  # what setting up a year made; None: a person
    year: Mapped[int] = mapped_column(index=True)  # in which it counts, also when it is moved over New Year
    due_on: Mapped[date] = mapped_column(index=True)  # the day, or the deadline; once held, the day it was
    clock: Mapped[str] = mapped_column(String(5), default="")  # Norwegian time, 18:00; "": the whole day
    lasts_minutes: Mapped[int] = mapped_column(default=120)
    is_set: Mapped[bool] = mapped_column(default=False)  # a person has set the day; else it is a proposal
    place: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), default="")
    meeting_url: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), default="")
    state: Mapped[State] = mapped_column(default=State.PLANNED, index=True)
    minutes: Mapped[str] = mapped_column(default="")  # what was said and decided
    note_to_next: Mapped[str] = mapped_column(default="")
    ticked: Mapped[list[Any]] = mapped_column(default=list)  # lines of the duty's checklist that are done
    help_asked_at: Mapped[datetime | None]  # None: nobody has asked
    help_text: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]

    duty: Mapped[Duty] = relationship()
    unit: Mapped[Unit | None] = relationship()

    @property
    def starts(self) -> time | None:
        """The time of day; None for the whole day."""
        return time.fromisoformat(self.clock) if self.clock else None

    @property
    def starts_at(self) -> datetime | None:
        """The instant it begins; None for the whole day."""
        return instant_of(self.due_on, self.starts) if self.starts else None

    def is_to_come(self, today: date) -> bool:
        """Whether it is still to be held."""
        return self.state == State.PLANNED and self.due_on >= today

    def is_unreported(self, today: date) -> bool:
        """Whether its day is past and nobody has said what became of it."""
        return self.state == State.PLANNED and self.due_on < today


@dataclass(frozen=True, slots=True)
class When:
    """A day with what belongs to it, as a person sets it."""

    due_on: date
    starts: time | None = None
    lasts_minutes: int = 120
    place: str = ""
    meeting_url: str = ""


def plan_occurrence(
    session: Session, duty: Duty, when: When, *, unit_id: int | None, by: int | None, now: datetime
) -> Occurrence:
    """A day that a person sets for a duty.

    Raises:
        BadInput: `unit_id` is "empty" (each unit has the duty for itself) or "unknown", or a value cannot be kept.
    """
    require_at_least(session, by, "plan_occurrence", Role.SECRETARY)
    _check_unit(session, duty, unit_id)
    occurrence = Occurrence(duty_id=duty.id, unit_id=unit_id, is_set=True, changed_at=now, state=State.PLANNED)
    _set_day(occurrence, when)
    occurrence.year = when.due_on.year
    session.add(occurrence)
    session.flush()
    _note(session, occurrence, None, "planned", by, now)
    return occurrence


def set_day(session: Session, occurrence: Occurrence, when: When, *, by: int | None, now: datetime) -> None:
    """Set, or move, the day of one that is not held. One that was put off or called off is planned again.

    Raises:
        BadInput: `state` is "held_already", or a value cannot be kept.
    """
    require_at_least(session, by, "set_day", Role.SECRETARY)
    if occurrence.state == State.HELD:
        raise BadInput("state", "held_already")
    before = snapshot(occurrence)
    _set_day(occurrence, when)
    if occurrence.slot is None:
        occurrence.year = when.due_on.year
    occurrence.state, occurrence.is_set = State.PLANNED, True
    _note(session, occurrence, before, "planned", by, now)


def hold(
    session: Session,
    occurrence: Occurrence,
    *,
    held_on: date,
    minutes: str,
    note_to_next: str = "",
    by: int | None,
    now: datetime,
    today: date,
) -> None:
    """It was held on this day; what was written about it before is written anew.

    Raises:
        BadInput: `held_on` is "future", or a text is too long.
    """
    require_at_least(session, by, "hold", Role.SECRETARY)
    write_held(
        session, occurrence, held_on=held_on, minutes=minutes, note_to_next=note_to_next, by=by, now=now, today=today
    )


def write_held(
    session: Session,
    occurrence: Occurrence,
    *,
    held_on: date,
    minutes: str,
    note_to_next: str,
    by: int | None,
    now: datetime,
    today: date,
) -> None:
    """As `hold`, for whoever the caller has let do it: the secretary, or a branch by its own link."""
    if held_on > today:
        raise BadInput("held_on", "future")
    _check_year(held_on, "held_on")
    before = snapshot(occurrence)
    occurrence.due_on, occurrence.state, occurrence.is_set = held_on, State.HELD, True
    occurrence.minutes = many_lines(minutes, "minutes", limit=_LONGEST_TEXT)
    occurrence.note_to_next = many_lines(note_to_next, "note_to_next", limit=20_000)
    _note(session, occurrence, before, "held", by, now)


def put_off(session: Session, occurrence: Occurrence, *, by: int | None, now: datetime) -> None:
    """It does not happen on its day; a new one is not set yet.

    Raises:
        BadInput: `state` is "held_already".
    """
    _end(session, occurrence, State.POSTPONED, by, now)


def call_off(session: Session, occurrence: Occurrence, *, by: int | None, now: datetime) -> None:
    """It does not happen at all.

    Raises:
        BadInput: `state` is "held_already".
    """
    _end(session, occurrence, State.CANCELLED, by, now)


def _end(session: Session, occurrence: Occurrence, state: State, by: int | None, now: datetime) -> None:
    require_at_least(session, by, "end_occurrence", Role.SECRETARY)
    if occurrence.state == State.HELD:
        raise BadInput("state", "held_already")
    before = snapshot(occurrence)
    occurrence.state = state
    _note(session, occurrence, before, state.value, by, now)


def tick(session: Session, occurrence: Occurrence, steps: Collection[str], *, by: int | None, now: datetime) -> None:
    """Say which lines of the checklist are done; lines that the duty has not are left out."""
    require_at_least(session, by, "tick", Role.SECRETARY)
    before = snapshot(occurrence)
    occurrence.ticked = [each for each in occurrence.duty.checklist if each in steps]
    _note(session, occurrence, before, "ticked", by, now)


def ask_for_help(session: Session, occurrence: Occurrence, text: str, *, by: int | None, now: datetime) -> None:
    """Somebody who has the duty asks for help with it; the desk shows that first.

    Raises:
        BadInput: the text is too long.
    """
    before = snapshot(occurrence)
    occurrence.help_text = many_lines(text, "help_text", limit=20_000)
    occurrence.help_asked_at = now
    _note(session, occurrence, before, "asked_for_help", by, now)


def give_help(session: Session, occurrence: Occurrence, *, by: int | None, now: datetime) -> None:
    """The help is given, or not needed any more; what was asked stays in the history."""
    require_at_least(session, by, "give_help", Role.SECRETARY)
    before = snapshot(occurrence)
    occurrence.help_asked_at, occurrence.help_text = None, ""
    _note(session, occurrence, before, "gave_help", by, now)


# Looking -------------------------------------------------------------------------------------------------------------


def load_occurrence(session: Session, occurrence_id: int) -> Occurrence:
    """One occurrence.

    Raises:
        NotFound: there is none of this number.
    """
    occurrence = find_row(session, Occurrence, occurrence_id)
    if occurrence is None:
        raise NotFound("occurrence", occurrence_id)
    return occurrence


def occurrences_in(session: Session, first_year: int, last_year: int | None = None) -> list[Occurrence]:
    """What counts in these years, by day, with duties and units, in one question."""
    chosen = select(Occurrence).where(Occurrence.year >= first_year, Occurrence.year <= (last_year or first_year))
    return _listed(session, chosen)


def occurrences_of(session: Session, duty_id: int) -> list[Occurrence]:
    """Every occurrence of a duty, by day."""
    return _listed(session, select(Occurrence).where(Occurrence.duty_id == duty_id))


def calls_for_help(session: Session) -> list[Occurrence]:
    """Where somebody has asked for help and not got it, the longest waiting first."""
    asked = _listed(session, select(Occurrence).where(Occurrence.help_asked_at.is_not(None)))
    return sorted(asked, key=lambda each: (each.help_asked_at or each.changed_at, each.id))


def _listed(session: Session, chosen: Any) -> list[Occurrence]:
    found = session.scalars(chosen.options(joinedload(Occurrence.duty), joinedload(Occurrence.unit)))
    return sorted(found, key=lambda each: (each.due_on, each.clock, each.duty.title, each.id))


def version_of(session: Session, occurrence: Occurrence) -> int:
    """The number of its last change: a form that carries it knows whether it is out of date."""
    return latest_change(session, Occurrence.__tablename__, occurrence.id)


def _set_day(occurrence: Occurrence, when: When) -> None:
    _check_year(when.due_on, "due_on")
    if not 0 < when.lasts_minutes <= 7 * 24 * 60:
        raise BadInput("lasts_minutes", "out_of_range")
    occurrence.due_on = when.due_on
    occurrence.clock = when.starts.isoformat("minutes") if when.starts else ""
    occurrence.lasts_minutes = when.lasts_minutes
    occurrence.place = one_line(when.place, "place", limit=LONGEST_ADDRESS)
    occurrence.meeting_url = read_address(when.meeting_url, "meeting_url")


def _check_year(day: date, field: str) -> None:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise BadInput(field, "far_off")


def _check_unit(session: Session, duty: Duty, unit_id: int | None) -> None:
    if duty.each_of is None:
        if unit_id is not None:
            raise BadInput("unit_id", "unknown")
        return
    if unit_id is None:
        raise BadInput("unit_id", "empty")
    unit = find_row(session, Unit, unit_id)
    if unit is None or unit.kind != duty.each_of:
        raise BadInput("unit_id", "unknown")


def _note(
    session: Session, occurrence: Occurrence, before: dict[str, Any] | None, act: str, by: int | None, now: datetime
) -> None:
    """Write down what was done; `changed_at` moves only when something did."""
    if before is not None and snapshot(occurrence) == before:
        return
    occurrence.changed_at = now
    thing = page_of(occurrence.duty_id)
    note_change(session, occurrence, before, act=act, by=by, now=now, thing=thing, batch=new_batch())
