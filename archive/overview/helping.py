"""Help to branches: what was offered, asked for and given, beside what the year wheel knows of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.accounts import Role, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput, NotFound
from archive.local_time import LOCAL, day_of
from archive.overview.unit_years import COUNTED, page_of
from archive.row_history import RowChange, note_change, snapshot
from archive.typed import one_line
from archive.units import Unit
from archive.yearwheel.duties import Duty
from archive.yearwheel.occurrences import Occurrence, State

LONGEST_ABOUT = 300
OFFER_DUTY = "help-before-election"  # the key of the duty to offer help to every branch before an election
STEPS = ("offered_on", "asked_on", "given_on")


class UnitHelp(Base):
    """One piece of help, from the offer or the question until it is given. Its number is never reused."""

    __tablename__ = "unit_help"
    __table_args__ = (
        CheckConstraint("offered_on IS NOT NULL OR asked_on IS NOT NULL OR given_on IS NOT NULL", name="one_step"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    about: Mapped[str] = mapped_column(String(LONGEST_ABOUT))
    offered_on: Mapped[date | None]
    asked_on: Mapped[date | None]
    given_on: Mapped[date | None]

    unit: Mapped[Unit] = relationship()

    @property
    def waits(self) -> bool:
        """Whether somebody has asked for it and not got it."""
        return self.asked_on is not None and self.given_on is None


@dataclass(frozen=True, slots=True)
class HelpDetails:
    """What the secretary writes about a piece of help."""

    about: str
    offered_on: date | None = None
    asked_on: date | None = None
    given_on: date | None = None


def write_help(
    session: Session,
    unit: Unit,
    details: HelpDetails,
    *,
    row: UnitHelp | None = None,
    by: int | None,
    now: datetime,
    today: date,
) -> RowChange | None:
    """A new piece of help, or one written anew; None when nothing is different.

    Raises:
        BadInput: `about` is "empty" or "too_long"; a day is "future" or "far_off"; `given_on` is "before_start";
            `offered_on` is "empty": no day at all; `unit` is "unknown".
    """
    require_at_least(session, by, "write_help", Role.SECRETARY)
    if unit.kind not in COUNTED:
        raise BadInput("unit", "unknown")
    about = one_line(details.about, "about", limit=LONGEST_ABOUT, required=True)
    days = {step: getattr(details, step) for step in STEPS}
    for step, day in days.items():
        if day is not None and day > today:
            raise BadInput(step, "future")
        if day is not None and day.year < 1961:
            raise BadInput(step, "too_old")
    begun = [day for step, day in days.items() if day is not None and step != "given_on"]
    given = days["given_on"]
    if given is not None and any(day > given for day in begun):
        raise BadInput("given_on", "before_start")
    if not begun and given is None:
        raise BadInput("offered_on", "empty")
    before = snapshot(row) if row else None
    row = row or UnitHelp(unit_id=unit.id)
    row.about, row.offered_on, row.asked_on, row.given_on = about, days["offered_on"], days["asked_on"], given
    session.add(row)
    act = "changed" if before else "added"
    return note_change(session, row, before, act=act, by=by, now=now, thing=page_of(row.unit_id))


def remove_help(session: Session, row: UnitHelp, *, by: int | None, now: datetime) -> None:
    """Take away what was written down by mistake; the history brings it back."""
    require_at_least(session, by, "remove_help", Role.SECRETARY)
    before, thing = snapshot(row), page_of(row.unit_id)
    session.delete(row)
    note_change(session, row, before, act="removed", by=by, now=now, thing=thing)


def load_help(session: Session, help_id: int) -> UnitHelp:
    """One piece of help.

    Raises:
        NotFound: there is none of this number.
    """
    row = find_row(session, UnitHelp, help_id)
    if row is None:
        raise NotFound("help", help_id)
    return row


def help_in(session: Session, unit_ids: Sequence[int]) -> list[UnitHelp]:
    """All help to these units, what waits first, then the latest."""
    found = session.scalars(select(UnitHelp).where(UnitHelp.unit_id.in_(unit_ids)).order_by(UnitHelp.id.desc()))
    return sorted(found, key=lambda each: not each.waits)


# What a year says ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HelpState:
    """The help of one unit in one year: the days on which it was offered, asked for and given, and what waits."""

    offered: tuple[date, ...] = ()
    asked: tuple[date, ...] = ()
    given: tuple[date, ...] = ()
    waiting: tuple[date, ...] = ()  # asked for in any year, and not given
    offer_planned: date | None = None  # the year wheel says that it will be offered

    def __add__(self, other: "HelpState") -> "HelpState":
        planned = [each for each in (self.offer_planned, other.offer_planned) if each is not None]
        return HelpState(
            offered=_both(self.offered, other.offered),
            asked=_both(self.asked, other.asked),
            given=_both(self.given, other.given),
            waiting=_both(self.waiting, other.waiting),
            offer_planned=min(planned, default=None),
        )


def _both(one: tuple[date, ...], other: tuple[date, ...]) -> tuple[date, ...]:
    return tuple(sorted(one + other))


NO_HELP = HelpState()


def state_of(row: UnitHelp, year: int) -> HelpState:
    """What one piece of help says of a year. Pure."""

    def within(day: date | None) -> tuple[date, ...]:
        return (day,) if day is not None and day.year == year else ()

    waiting = (row.asked_on,) if row.waits and row.asked_on is not None else ()
    return HelpState(within(row.offered_on), within(row.asked_on), within(row.given_on), waiting)


@dataclass(frozen=True, slots=True)
class WheelOfUnit:
    """What the year wheel knows of one unit in a year."""

    held: int = 0  # how much the unit has held
    help: HelpState = NO_HELP


def wheel_by_unit(session: Session, year: int) -> dict[int, WheelOfUnit]:
    """What the year wheel knows of each unit that has duties for itself: two questions, however many units."""
    found: dict[int, WheelOfUnit] = {}

    def add(unit_id: int | None, held: int, state: HelpState) -> None:
        if unit_id is None:
            return
        known = found.get(unit_id, WheelOfUnit())
        found[unit_id] = WheelOfUnit(known.held + held, known.help + state)

    days = (
        select(Occurrence.unit_id, Occurrence.due_on, Occurrence.state, Occurrence.help_asked_at, Duty.key)
        .join(Duty, Duty.id == Occurrence.duty_id)
        .where(Occurrence.unit_id.is_not(None), or_(Occurrence.year == year, Occurrence.help_asked_at.is_not(None)))
    )
    for unit_id, due_on, state, asked_at, key in session.execute(days):
        waiting = (day_of(asked_at),) if asked_at else ()
        is_offer = key == OFFER_DUTY
        # What the county does for a branch (an offer of help) is nothing that the branch has held.
        held = int(state == State.HELD and due_on.year == year and not is_offer)
        offered = (due_on,) if is_offer and state == State.HELD and due_on.year == year else ()
        planned = due_on if is_offer and state == State.PLANNED and due_on.year == year else None
        add(unit_id, held, HelpState(offered=offered, waiting=waiting, offer_planned=planned))
    for acted_in, act, made_at in session.execute(_acts(year)):
        day = (day_of(made_at),)
        add(acted_in, 0, HelpState(asked=day) if act == "asked_for_help" else HelpState(given=day))
    return found


def _acts(year: int) -> Select[int | None, str, datetime]:
    """When somebody asked for help with a duty and got it, as the history of the year wheel tells it."""
    begin, end = (datetime(each, 1, 1, tzinfo=LOCAL) for each in (year, year + 1))
    return (
        select(Occurrence.unit_id, RowChange.act, RowChange.made_at)
        .join(Occurrence, Occurrence.id == RowChange.row_id)
        .where(
            RowChange.of_table == Occurrence.__tablename__,
            RowChange.act.in_(("asked_for_help", "gave_help")),
            RowChange.undone_at.is_(None),
            RowChange.made_at >= begin,
            RowChange.made_at < end,
            Occurrence.unit_id.is_not(None),
        )
    )


def years_help(rows: Iterable[UnitHelp], year: int) -> HelpState:
    """What several pieces of help say of a year. Pure."""
    whole = NO_HELP
    for row in rows:
        whole = whole + state_of(row, year)
    return whole
