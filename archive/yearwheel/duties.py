"""Duties (oppgaver): what the branch has to do again and again, how strictly, how often, and who answers for it."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, selectinload

from archive.accounts import Role, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput, NotFound
from archive.offices import OfficeKind
from archive.people import Person
from archive.row_history import Thing, note_change, snapshot
from archive.typed import many_lines, one_line
from archive.units import Unit, UnitKind
from archive.yearwheel.recurrence import LONGEST_RULE, read_rule

LONGEST_TITLE = 200
LONGEST_ADDRESS = 500
LONGEST_LEAD_DAYS = 366
MOST_OWNERS = 12
MOST_STEPS = 40
_MOST_COUNTED = 366
# Of which units each may have the duty for itself.
EACH_OF = (
    UnitKind.REGION,
    UnitKind.LOCAL_BRANCH,
    UnitKind.TOWN_DISTRICT,
    UnitKind.COMMITTEE,
    UnitKind.SENIOR_GROUP,
)


class Strength(enum.StrEnum):
    """How strictly a duty binds. Only what must be done can be missing."""

    MUST = "must"  # skal
    ENCOURAGED = "encouraged"  # oppfordres
    CONSIDERED = "considered"  # vurderes
    AS_NEEDED = "as_needed"  # etter behov


class Per(enum.StrEnum):
    """What the minimum of a duty counts."""

    YEAR = "year"  # so many a year; no number: the secretary has not set it yet
    PERIOD = "period"  # so many in the period of the plan, which is revised each year
    DATE = "date"  # each day that is set: as many as there are
    ELECTION_YEAR = "election_year"  # so many in a year of municipal and county elections, none in others
    REQUEST = "request"  # each time somebody asks


class Duty(Base):
    """One duty. Its number is never reused."""

    __tablename__ = "duty"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(60), unique=True)  # by which a default is known again
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    about: Mapped[str] = mapped_column(default="")
    strength: Mapped[Strength]
    per: Mapped[Per]
    minimum: Mapped[int | None]  # None: nobody has set it
    each_of: Mapped[UnitKind | None]  # each unit of this kind has it; None: it is the county branch's own
    rule: Mapped[str] = mapped_column(String(LONGEST_RULE), default="")  # RRULE; "": no day of its own, or one
    first_on: Mapped[date | None]  # the day that the rule begins with; None: it has no days of its own
    clock: Mapped[str] = mapped_column(String(5), default="")  # Norwegian time, 18:00; "": the whole day
    lasts_minutes: Mapped[int] = mapped_column(default=120)
    lead_days: Mapped[int] = mapped_column(default=14)  # how long before somebody begins, or is reminded
    place: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), default="")
    meeting_url: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), default="")  # of the digital meeting
    checklist: Mapped[list[Any]] = mapped_column(default=list)  # lines, in order
    note_to_next: Mapped[str] = mapped_column(default="")  # to whoever does it next
    for_members: Mapped[bool] = mapped_column(default=False)  # shown to every member, not to the board alone
    source_lines: Mapped[str] = mapped_column(String(40), default="")  # of the work plan, as printed: 113-114
    ended_on: Mapped[date | None]  # not a duty any more from this day on

    owners: Mapped[list["DutyOwner"]] = relationship(
        back_populates="duty", order_by="DutyOwner.id", passive_deletes="all"
    )

    @property
    def starts(self) -> time | None:
        """The time of day; None for the whole day."""
        return time.fromisoformat(self.clock) if self.clock else None

    @property
    def has_days(self) -> bool:
        """Whether setting up a year gives it days."""
        return self.first_on is not None

    def is_duty_in(self, year: int) -> bool:
        """Whether it is a duty in this year, or a part of it."""
        return self.ended_on is None or self.ended_on > date(year, 1, 1)


class DutyOwner(Base):
    """Who answers for a duty: whoever holds an office in a unit, or a person."""

    __tablename__ = "duty_owner"
    __table_args__ = (
        UniqueConstraint("duty_id", "person_id", name="uq_duty_owner_duty_id"),
        CheckConstraint("(person_id IS NULL) <> (office_kind IS NULL)", name="one_owner"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), index=True)
    office_kind: Mapped[OfficeKind | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # None: the unit that has the duty for itself
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    duty: Mapped[Duty] = relationship(back_populates="owners")
    unit: Mapped[Unit | None] = relationship()
    person: Mapped[Person | None] = relationship()


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a duty, as the secretary chooses it."""

    office_kind: OfficeKind | None = None
    unit_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class DutyDetails:
    """What the secretary writes about a duty."""

    title: str
    about: str = ""
    strength: Strength = Strength.MUST
    per: Per = Per.YEAR
    minimum: int | None = None
    each_of: UnitKind | None = None
    rule: str = ""
    first_on: date | None = None
    starts: time | None = None
    lasts_minutes: int = 120
    lead_days: int = 14
    place: str = ""
    meeting_url: str = ""
    checklist: tuple[str, ...] = ()
    note_to_next: str = ""
    for_members: bool = False
    source_lines: str = ""
    owners: tuple[Owner, ...] = ()


def page_of(duty_id: int) -> Thing:
    """On whose page changes are shown."""
    return Thing("duty", duty_id)


def new_batch() -> str:
    """A name for what is done in one go, so that it is undone in one go."""
    return uuid.uuid4().hex


def add_duty(
    session: Session,
    details: DutyDetails,
    *,
    by: int | None,
    now: datetime,
    key: str | None = None,
    batch: str | None = None,
) -> Duty:
    """A new duty.

    Raises:
        BadInput: a value that cannot be kept.
    """
    require_at_least(session, by, "add_duty", Role.SECRETARY)
    duty, batch = Duty(key=key), batch or new_batch()
    _write(duty, details)
    owners = _checked_owners(session, details)
    session.add(duty)
    session.flush()
    note_change(session, duty, None, act="added", by=by, now=now, thing=page_of(duty.id), batch=batch)
    _add_owners(session, duty, owners, by=by, now=now, batch=batch)
    return duty


def change_duty(session: Session, duty: Duty, details: DutyDetails, *, by: int | None, now: datetime) -> bool:
    """Write a duty anew; whether anything is different. Days that were set stay as they are.

    Raises:
        BadInput: as `add_duty`.
    """
    require_at_least(session, by, "change_duty", Role.SECRETARY)
    batch, before = new_batch(), snapshot(duty)
    owners = _checked_owners(session, details)
    with session.no_autoflush:
        _write(duty, details)
    changed = note_change(session, duty, before, act="changed", by=by, now=now, thing=page_of(duty.id), batch=batch)
    stood = {Owner(each.office_kind, each.unit_id, each.person_id): each for each in duty.owners}
    for owner, row in stood.items():
        if owner not in owners:
            gone = snapshot(row)
            session.delete(row)
            note_change(session, row, gone, act="removed", by=by, now=now, thing=page_of(duty.id), batch=batch)
    new = [each for each in owners if each not in stood]
    _add_owners(session, duty, new, by=by, now=now, batch=batch)
    session.expire(duty, ["owners"])
    return changed is not None or list(owners) != list(stood)


def end_duty(session: Session, duty: Duty, *, ended_on: date | None, by: int | None, now: datetime) -> None:
    """It is not a duty any more from this day on, or is one again (None). What was held stays.

    Raises:
        NotAllowed: `by` is below the secretary.
    """
    require_at_least(session, by, "end_duty", Role.SECRETARY)
    before = snapshot(duty)
    duty.ended_on = ended_on
    note_change(session, duty, before, act="ended", by=by, now=now, thing=page_of(duty.id), batch=new_batch())


def load_duty(session: Session, duty_id: int) -> Duty:
    """One duty.

    Raises:
        NotFound: there is none of this number.
    """
    duty = find_row(session, Duty, duty_id)
    if duty is None:
        raise NotFound("duty", duty_id)
    return duty


def list_duties(session: Session) -> list[Duty]:
    """Every duty with its owners, the strictest first: three questions, however many there are."""
    named = selectinload(Duty.owners)
    found = session.scalars(
        select(Duty).options(named.options(joinedload(DutyOwner.unit), joinedload(DutyOwner.person)))
    )
    order = list(Strength)
    return sorted(found, key=lambda each: (order.index(each.strength), each.title.casefold(), each.id))


def _write(duty: Duty, details: DutyDetails) -> None:
    duty.title = one_line(details.title, "title", limit=LONGEST_TITLE, required=True)
    duty.about = many_lines(details.about, "about", limit=20_000)
    duty.strength, duty.per, duty.each_of = details.strength, details.per, details.each_of
    if details.each_of is not None and details.each_of not in EACH_OF:
        raise BadInput("each_of", "unknown")
    if details.minimum is not None and not 0 <= details.minimum <= _MOST_COUNTED:
        raise BadInput("minimum", "out_of_range")
    duty.minimum = details.minimum
    duty.rule = read_rule(details.rule, details.first_on)
    duty.first_on = details.first_on
    duty.clock = details.starts.isoformat("minutes") if details.starts else ""
    if not 0 <= details.lead_days <= LONGEST_LEAD_DAYS:
        raise BadInput("lead_days", "out_of_range")
    if not 0 < details.lasts_minutes <= 7 * 24 * 60:
        raise BadInput("lasts_minutes", "out_of_range")
    duty.lead_days, duty.lasts_minutes = details.lead_days, details.lasts_minutes
    duty.place = one_line(details.place, "place", limit=LONGEST_ADDRESS)
    duty.meeting_url = read_address(details.meeting_url, "meeting_url")
    steps = [one_line(each, "checklist", limit=300) for each in details.checklist]
    duty.checklist = list(dict.fromkeys(each for each in steps if each))
    if len(duty.checklist) > MOST_STEPS:
        raise BadInput("checklist", "too_many")
    duty.note_to_next = many_lines(details.note_to_next, "note_to_next", limit=20_000)
    duty.for_members = details.for_members
    duty.source_lines = one_line(details.source_lines, "source_lines", limit=40)


def read_address(typed: str, field: str) -> str:
    """The address of a digital meeting; "" when nothing was typed. Only what a browser may safely open.

    Raises:
        BadInput: "not_a_link".
    """
    address = one_line(typed, field, limit=LONGEST_ADDRESS)
    if not address:
        return ""
    if "://" not in address and "." in address.partition("/")[0]:
        address = f"https://{address}"
    if not address.startswith(("https://", "http://")) or any(map(str.isspace, address)):
        raise BadInput(field, "not_a_link")
    return address


def _checked_owners(session: Session, details: DutyDetails) -> list[Owner]:
    owners = list(dict.fromkeys(details.owners))
    if len(owners) > MOST_OWNERS:
        raise BadInput("owners", "too_many")
    for owner in owners:
        if (owner.person_id is None) == (owner.office_kind is None):
            raise BadInput("owners", "unknown")
        if owner.unit_id is not None and find_row(session, Unit, owner.unit_id) is None:
            raise BadInput("owners", "unknown")
        if owner.office_kind is not None and owner.unit_id is None and details.each_of is None:
            raise BadInput("owners", "no_unit")
        if owner.person_id is not None:
            person = find_row(session, Person, owner.person_id)
            if person is None or person.merged_into_id is not None:
                raise BadInput("owners", "unknown")
    return owners


def _add_owners(
    session: Session, duty: Duty, owners: Sequence[Owner], *, by: int | None, now: datetime, batch: str
) -> None:
    for owner in owners:
        row = DutyOwner(
            duty_id=duty.id, office_kind=owner.office_kind, unit_id=owner.unit_id, person_id=owner.person_id
        )
        session.add(row)
        session.flush()
        note_change(session, row, None, act="added", by=by, now=now, thing=page_of(duty.id), batch=batch)
