"""The organisation's parts (organisasjonsledd), those of today and those that were, and what became of them."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from archive.accounts import Role, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput, NotFound
from archive.fuzzy_dates import edtf_of
from archive.link_looks import UNIT, follow
from archive.organisation.periods import LONGEST_EDTF, bounds_of, period_of, typed_ends
from archive.people import name_key
from archive.row_history import RowChange, note_change, snapshot, undo_change
from archive.typed import many_lines, one_line


class UnitKind(enum.StrEnum):
    """What a unit is. The order is the one that lists have."""

    CENTRAL_PARTY = "central_party"
    COUNTY_BRANCH = "county_branch"
    REGION = "region"
    MUNICIPALITY = "municipality"
    LOCAL_BRANCH = "local_branch"
    TOWN_DISTRICT = "town_district"
    SENIOR_GROUP = "senior_group"
    COMMITTEE = "committee"
    CAMPAIGN_COMMITTEE = "campaign_committee"
    COUNCIL_GROUP = "council_group"  # those elected for the party to the county council or parliament
    ELECTED_BODY = "elected_body"  # a body that its members sit in: the county executive, a main committee
    YOUTH_BRANCH = "youth_branch"
    PARTNER = "partner"  # a union, an organisation of farmers, a movement: whom we work with
    OTHER = "other"


# Below which local ground a unit works; the others stand for the whole county.
LOCAL = (UnitKind.MUNICIPALITY, UnitKind.LOCAL_BRANCH, UnitKind.TOWN_DISTRICT)
BRANCHES = (UnitKind.LOCAL_BRANCH, UnitKind.TOWN_DISTRICT)
MOST_SEATS = 999
LONGEST_NAME = 200
# More steps than that from a unit to the top, or from one that merged to what it became, is a loop.
_LONGEST_WAY = 50


class Unit(Base):
    """One part of the organisation, or of what it works with. Its number is never reused."""

    __tablename__ = "unit"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(60), unique=True)  # by which what the program put in is known again
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name_key: Mapped[str] = mapped_column(String(400), index=True)  # the name as it is compared; follows `name`
    kind: Mapped[UnitKind] = mapped_column(index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(
        ForeignKey("unit.id"), index=True
    )  # None: in none, or as its municipality
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    municipality_number: Mapped[str | None] = mapped_column(String(4), unique=True)  # as Statistics Norway gives them
    former_names: Mapped[list[Any]] = mapped_column(default=list)  # [name, EDTF of when], as they were written down
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    active: Mapped[str] = mapped_column(String(LONGEST_EDTF), default="")  # EDTF, see `periods`; "": today
    begins: Mapped[date] = mapped_column(default=date.min)  # the first and the last day of `active`; follow it
    ends: Mapped[date] = mapped_column(default=date.max)
    seats: Mapped[int | None]  # how many the party has there; None: nobody has counted
    note: Mapped[str] = mapped_column(default="")

    parent: Mapped["Unit | None"] = relationship(foreign_keys=[parent_id], remote_side=[id])
    region: Mapped["Unit | None"] = relationship(foreign_keys=[region_id], remote_side=[id])
    municipality: Mapped["Unit | None"] = relationship(foreign_keys=[municipality_id], remote_side=[id])
    merged_into: Mapped["Unit | None"] = relationship(foreign_keys=[merged_into_id], remote_side=[id])

    @validates("name")
    def _follow_name(self, _field: str, name: str) -> str:
        self.name_key = name_key(name)
        return name

    @validates("active")
    def _follow_period(self, _field: str, active: str) -> str:
        self.begins, self.ends = bounds_of(active)
        return active

    def is_active(self, today: date) -> bool:
        """Whether it is there on this day, as far as anybody has written down."""
        return self.begins <= today <= self.ends


follow(Unit, UNIT, lambda unit: unit.id)


@dataclass(frozen=True, slots=True)
class FormerName:
    """What a unit was called, and when, as a person typed it."""

    name: str
    used: str = ""


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """What the secretary writes about a unit. Dates are as a person types them."""

    name: str
    kind: UnitKind
    parent_id: int | None = None
    region_id: int | None = None
    municipality_id: int | None = None
    municipality_number: str = ""
    former_names: tuple[FormerName, ...] = ()
    merged_into_id: int | None = None
    active_from: str = ""
    active_to: str = ""
    seats: int | None = None
    note: str = ""


def add_unit(session: Session, details: UnitDetails, *, by: int | None, now: datetime) -> Unit:
    """A new unit.

    Raises:
        BadInput: as `check_unit`, or a value that cannot be kept.
    """
    require_at_least(session, by, "add_unit", Role.SECRETARY)
    unit = Unit()
    write_unit(unit, details)
    check_unit(session, unit)
    session.add(unit)
    session.flush()
    note_change(session, unit, None, act="added", by=by, now=now)
    return unit


def change_unit(
    session: Session,
    unit: Unit,
    details: UnitDetails,
    *,
    by: int | None,
    now: datetime,
) -> RowChange | None:
    """Write a unit anew; None when nothing is different.

    Raises:
        BadInput: as `check_unit`, or a value that cannot be kept.
    """
    require_at_least(session, by, "change_unit", Role.SECRETARY)
    before = snapshot(unit)
    write_unit(unit, details)
    with session.no_autoflush:
        check_unit(session, unit)
    return note_change(session, unit, before, act="changed", by=by, now=now)


def end_unit(
    session: Session,
    unit: Unit,
    *,
    active_to: str,
    merged_into_id: int | None = None,
    by: int | None,
    now: datetime,
) -> RowChange | None:
    """A unit is no more; *ukjent* says that nobody knows since when. Its offices stay as they are.

    Raises:
        BadInput: as `check_unit`, or `active_to` cannot be read, or lies before the beginning.
    """
    require_at_least(session, by, "end_unit", Role.SECRETARY)
    before = snapshot(unit)
    fields = ("active_from", "active_to")
    if not active_to.strip():
        raise BadInput("active_to", "empty")
    unit.active = period_of(typed_ends(unit.active)[0], active_to, fields)
    unit.merged_into_id = merged_into_id
    with session.no_autoflush:
        check_unit(session, unit)
    return note_change(session, unit, before, act="ended", by=by, now=now)


def remove_unit(session: Session, unit: Unit, *, by: int | None, now: datetime) -> None:
    """Take away a unit that was written down by mistake; the history keeps it, and it can be brought back.

    Raises:
        BadInput: `unit` is "in_use": offices, other units, invitations or interviews hang on it.
    """
    require_at_least(session, by, "remove_unit", Role.SECRETARY)
    before = snapshot(unit)
    try:
        with session.begin_nested():
            session.delete(unit)
            note_change(session, unit, before, act="removed", by=by, now=now)
    except IntegrityError:
        raise BadInput("unit", "in_use") from None


def undo_of_unit(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    """Put back what one change did to a unit.

    Raises:
        BadInput: as `undo_change`; "changed_since" too where the unit would break a rule, such as a name taken since.
    """
    require_at_least(session, by, "undo_of_unit", Role.SECRETARY)
    unit = undo_change(session, change, by=by, now=now)
    if isinstance(unit, Unit):
        try:
            check_unit(session, unit)
        except BadInput:
            raise BadInput("change", "changed_since") from None
        session.flush()


def load_unit(session: Session, unit_id: int) -> Unit:
    """One unit.

    Raises:
        NotFound: there is none of this number.
    """
    unit = find_row(session, Unit, unit_id)
    if unit is None:
        raise NotFound("unit", unit_id)
    return unit


def find_unit(session: Session, name: str, kind: UnitKind | None = None) -> Unit | None:
    """The unit of this name, whatever its capitals; None for none, and where several share it."""
    named = select(Unit).where(Unit.name_key == name_key(name))
    if kind is not None:
        named = named.where(Unit.kind == kind)
    found = session.scalars(named.limit(2)).all()
    return found[0] if len(found) == 1 else None


def check_unit(session: Session, unit: Unit) -> None:
    """The rules that tie a unit to the others.

    Raises:
        BadInput: `name` is "taken" by a unit of the same kind, `municipality_number` is "taken"; `parent_id`,
            `region_id`, `municipality_id` or `merged_into_id` is "unknown" (of the wrong kind, too) or a "loop".
    """
    others = select(Unit.id).where(Unit.id != unit.id) if unit.id else select(Unit.id)
    if session.scalar(others.where(Unit.name_key == unit.name_key, Unit.kind == unit.kind).limit(1)):
        raise BadInput("name", "taken")
    number = unit.municipality_number
    if number and session.scalar(others.where(Unit.municipality_number == number).limit(1)):
        raise BadInput("municipality_number", "taken")
    _check_target(session, unit.region_id, "region_id", UnitKind.REGION)
    _check_target(session, unit.municipality_id, "municipality_id", UnitKind.MUNICIPALITY)
    _check_way(session, unit, "parent_id", lambda each: each.parent_id)
    _check_way(session, unit, "merged_into_id", lambda each: each.merged_into_id)


def _check_target(session: Session, target_id: int | None, field: str, kind: UnitKind) -> None:
    if target_id is not None:
        target = find_row(session, Unit, target_id)
        if target is None or target.kind != kind:
            raise BadInput(field, "unknown")


def _check_way(session: Session, unit: Unit, field: str, onwards: Callable[[Unit], int | None]) -> None:
    """That the way from a unit ends somewhere, and not where it began."""
    at = onwards(unit)
    for _step in range(_LONGEST_WAY):
        if at is None:
            return
        if at == unit.id:
            break
        found = find_row(session, Unit, at)
        if found is None:
            raise BadInput(field, "unknown")
        at = onwards(found)
    raise BadInput(field, "loop")


def write_unit(unit: Unit, details: UnitDetails) -> None:
    """Put what can be kept of the details into the row; how it fits the others is for `check_unit` to say.

    Raises:
        BadInput: the first value that cannot be kept.
    """
    unit.name = one_line(details.name, "name", limit=LONGEST_NAME, required=True)
    unit.kind = details.kind
    unit.parent_id = details.parent_id
    unit.municipality_id, unit.region_id = ground(details.kind, details.municipality_id, details.region_id)
    unit.municipality_number = _number(details) or None
    unit.former_names = [_former(each) for each in details.former_names if each.name.strip()]
    unit.merged_into_id = details.merged_into_id
    unit.active = period_of(details.active_from, details.active_to, ("active_from", "active_to"))
    if details.seats is not None and not 0 <= details.seats <= MOST_SEATS:
        raise BadInput("seats", "out_of_range")
    unit.seats = details.seats
    unit.note = many_lines(details.note, "note", limit=20_000)


_Ground = TypeVar("_Ground")


def ground(
    kind: UnitKind, municipality: _Ground | None, region: _Ground | None
) -> tuple[_Ground | None, _Ground | None]:
    """The municipality and the region that a unit of this kind has of its own: in a municipality, that one's region."""
    if kind in BRANCHES and municipality is not None:
        return municipality, None
    return None, region if kind in LOCAL else None


def _number(details: UnitDetails) -> str:
    number = one_line(details.municipality_number, "municipality_number", limit=20)
    if not number or details.kind != UnitKind.MUNICIPALITY:
        return ""
    if not (len(number) == 4 and number.isascii() and number.isdigit()):
        raise BadInput("municipality_number", "unreadable")
    return number


def _former(former: FormerName) -> list[str]:
    name = one_line(former.name, "former_names", limit=LONGEST_NAME, required=True)
    return [name, edtf_of(former.used, "former_names")]
