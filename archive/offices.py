"""Offices (verv): who held what in which unit, from when until when. One row for each holder; several may hold one."""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, Select, String, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, validates

from archive.accounts import Role, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput, NotFound
from archive.organisation.periods import LONGEST_EDTF, bounds_of, period_of, surely_overlap, typed_ends
from archive.people import LONGEST_NAME, Person, name_key, named_person
from archive.row_history import RowChange, Thing, note_change, snapshot, undo_change
from archive.typed import many_lines, one_line
from archive.units import Unit

LONGEST_TITLE = 120


class OfficeKind(enum.StrEnum):
    """What sort of office it is, whatever its title says. The order is the one that lists have."""

    LEADER = "leader"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    TREASURER = "treasurer"
    MEMBER = "member"  # of a board, a committee, a team
    SUBSTITUTE = "substitute"
    ELECTED = "elected"  # by voters, to a municipal or county council or parliament, and to its committees
    ELECTED_SUBSTITUTE = "elected_substitute"
    CONTACT = "contact"
    OTHER = "other"


REPRESENTATIVES = (OfficeKind.ELECTED, OfficeKind.ELECTED_SUBSTITUTE)


class Office(Base):
    """One person in one office of one unit for one period. Its number is never reused."""

    __tablename__ = "office"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[OfficeKind]
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))  # what it is called: regionleder, varaordfører, …
    held: Mapped[str] = mapped_column(String(LONGEST_EDTF), default="")  # EDTF, see `periods`; "": today
    begins: Mapped[date] = mapped_column(default=date.min)  # the first and the last day of `held`; follow it
    ends: Mapped[date] = mapped_column(default=date.max, index=True)
    note: Mapped[str] = mapped_column(default="")

    unit: Mapped[Unit] = relationship()
    person: Mapped[Person] = relationship()

    @validates("held")
    def _follow_period(self, _field: str, held: str) -> str:
        self.begins, self.ends = bounds_of(held)
        return held

    def is_held(self, today: date) -> bool:
        """Whether it is held on this day, as far as anybody has written down."""
        return self.begins <= today <= self.ends


@dataclass(frozen=True, slots=True)
class OfficeDetails:
    """What the secretary writes about an office. Dates are as a person types them."""

    unit_id: int
    person_id: int
    kind: OfficeKind
    title: str
    held_from: str = ""
    held_to: str = ""
    note: str = ""


def add_office(session: Session, details: OfficeDetails, *, by: int | None, now: datetime) -> Office:
    """Somebody holds, or held, an office.

    Raises:
        BadInput: as `check_office`; a date as `period_of` says; `title` is empty or too long.
    """
    require_at_least(session, by, "add_office", Role.SECRETARY)
    office = Office()
    write_office(office, details)
    check_office(session, office)
    session.add(office)
    session.flush()
    note_change(session, office, None, act="added", by=by, now=now, thing=_page_of(office))
    return office


def change_office(
    session: Session, office: Office, details: OfficeDetails, *, by: int | None, now: datetime
) -> RowChange | None:
    """Write an office anew; None when nothing is different.

    Raises:
        BadInput: as `add_office`.
    """
    require_at_least(session, by, "change_office", Role.SECRETARY)
    before = snapshot(office)
    with session.no_autoflush:
        write_office(office, details)
        check_office(session, office)
    return note_change(session, office, before, act="changed", by=by, now=now, thing=_page_of(office))


def end_office(session: Session, office: Office, *, held_to: str, by: int | None, now: datetime) -> RowChange | None:
    """An office is over from the day after this; *ukjent* says that nobody knows since when.

    Raises:
        BadInput: `held_to` is "empty", cannot be read, or lies before the beginning.
    """
    require_at_least(session, by, "end_office", Role.SECRETARY)
    if not held_to.strip():
        raise BadInput("held_to", "empty")
    before = snapshot(office)
    with session.no_autoflush:
        office.held = period_of(typed_ends(office.held)[0], held_to, ("held_from", "held_to"))
        check_office(session, office)
    return note_change(session, office, before, act="ended", by=by, now=now, thing=_page_of(office))


def remove_office(session: Session, office: Office, *, by: int | None, now: datetime) -> None:
    """Take away an office that was written down by mistake; the history keeps it, and it can be brought back."""
    require_at_least(session, by, "remove_office", Role.SECRETARY)
    before, thing = snapshot(office), _page_of(office)
    session.delete(office)
    note_change(session, office, before, act="removed", by=by, now=now, thing=thing)


def undo_of_office(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    """Put back what one change did to an office.

    Raises:
        BadInput: as `undo_change`; "changed_since" too where the office would break a rule.
    """
    require_at_least(session, by, "undo_of_office", Role.SECRETARY)
    office = undo_change(session, change, by=by, now=now)
    if isinstance(office, Office):
        try:
            check_office(session, office)
        except BadInput:
            raise BadInput("change", "changed_since") from None


def check_office(session: Session, office: Office) -> None:
    """The rules of an office: several may hold it at once, but nobody holds the same one twice at once.

    Raises:
        BadInput: `unit_id` or `person_id` is "unknown", or `person_id` "holds_it_already".
    """
    if find_row(session, Unit, office.unit_id) is None:
        raise BadInput("unit_id", "unknown")
    person = find_row(session, Person, office.person_id)
    if person is None or person.merged_into_id is not None:
        raise BadInput("person_id", "unknown")
    same = select(Office).where(
        Office.unit_id == office.unit_id,
        Office.person_id == office.person_id,
        Office.kind == office.kind,
        Office.begins <= office.ends,
        Office.ends >= office.begins,
    )
    if office.id is not None:
        same = same.where(Office.id != office.id)
    named = [each for each in session.scalars(same) if name_key(each.title) == name_key(office.title)]
    if any(surely_overlap(each.held, office.held) for each in named):
        raise BadInput("person_id", "holds_it_already")


def holder_named(session: Session, name: str, *, birth_year: int | None, by: int | None, now: datetime) -> Person:
    """The person of that name, added when unknown, as `archive.people.named_person` does.

    Raises:
        BadInput: `person` is "empty", "too_long", or one of "several" of that name and no birth year tells them apart.
    """
    line = one_line(name, "person", limit=LONGEST_NAME, required=True)
    named = select(func.count()).where(Person.name_key == name_key(line), Person.merged_into_id.is_(None))
    if birth_year is None and (session.scalar(named) or 0) > 1:
        raise BadInput("person", "several")
    return named_person(session, line, birth_year=birth_year, by=by, now=now)


# Looking -------------------------------------------------------------------------------------------------------------


def load_office(session: Session, office_id: int) -> Office:
    """One office.

    Raises:
        NotFound: there is none of this number.
    """
    office = find_row(session, Office, office_id)
    if office is None:
        raise NotFound("office", office_id)
    return office


def offices_in(session: Session, unit_ids: Collection[int]) -> list[Office]:
    """What was ever held in these units: those held last first, then by what they are."""
    return _listed(session, select(Office).where(Office.unit_id.in_(unit_ids)))


def offices_of(session: Session, person_id: int) -> list[Office]:
    """What one person holds and held, the latest first."""
    return _listed(session, select(Office).where(Office.person_id == person_id))


def offices_held_on(
    session: Session, first: date, last: date | None = None, unit_ids: Collection[int] | None = None
) -> list[Office]:
    """What was held at any time from `first` to `last` (None: that day), in these units (None: in all)."""
    held = select(Office).where(Office.begins <= (last or first), Office.ends >= first)
    if unit_ids is not None:
        held = held.where(Office.unit_id.in_(unit_ids))
    return _listed(session, held)


_ORDER = {kind: number for number, kind in enumerate(OfficeKind)}


def _listed(session: Session, chosen: Select[Office]) -> list[Office]:
    """With the units and the people, in one question, whatever the number of offices."""
    found = session.scalars(chosen.options(joinedload(Office.unit), joinedload(Office.person)))
    return sorted(found, key=_place)


def _place(office: Office) -> tuple[int, int, int, str, int]:
    return (-office.ends.toordinal(), _ORDER[office.kind], -office.begins.toordinal(), office.person.name, office.id)


def _page_of(office: Office) -> Thing:
    return Thing("unit", office.unit_id)


def write_office(office: Office, details: OfficeDetails) -> None:
    """Put what can be kept of the details into the row; how it fits the others is for `check_office` to say.

    Raises:
        BadInput: the first value that cannot be kept.
    """
    office.unit_id, office.person_id, office.kind = details.unit_id, details.person_id, details.kind
    office.title = one_line(details.title, "title", limit=LONGEST_TITLE, required=True)
    office.held = period_of(details.held_from, details.held_to, ("held_from", "held_to"))
    office.note = many_lines(details.note, "note", limit=20_000)
