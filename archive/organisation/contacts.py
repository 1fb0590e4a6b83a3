"""How people are reached: e-mail and telephone, in a table of their own, shown to as few as can be.

The secretary sees all. Whoever leads a region sees those who hold office today in the region's branches, whoever leads
a branch those of the branch. Nobody else sees any.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, String, exists, false, or_, select, true
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from archive.access import Viewer
from archive.accounts import Role, require_at_least
from archive.audit import note
from archive.database import Base
from archive.errors import BadInput
from archive.offices import Office
from archive.organisation.rights import rights_of_viewer
from archive.people import Person
from archive.row_history import forget_history, note_change, snapshot
from archive.typed import one_line
from archive.units import BRANCHES, Unit

_SIGNS_OF_A_NUMBER = frozenset("+0123456789 ()-/")
_FEWEST_FIGURES = 5


class PersonContact(Base):
    """How one person is reached."""

    __tablename__ = "person_contact"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    email: Mapped[str] = mapped_column(String(320), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")

    person: Mapped[Person] = relationship()


def contacts_of(
    session: Session, person_ids: Collection[int], viewer: Viewer, *, today: date
) -> dict[int, PersonContact]:
    """How these people are reached, as far as the viewer may know, by their numbers. Two questions at most."""
    if not person_ids:
        return {}
    may_see = _seen_by(session, viewer, today)
    found = select(PersonContact).where(PersonContact.person_id.in_(person_ids), may_see)
    return {each.person_id: each for each in session.scalars(found)}


def may_see_contacts(session: Session, viewer: Viewer, *, today: date) -> bool:
    """Whether there are contacts that the viewer may see."""
    return viewer.role.at_least(Role.SECRETARY) or rights_of_viewer(session, viewer, today=today).sees_contacts


def _seen_by(session: Session, viewer: Viewer, today: date) -> ColumnElement[bool]:
    if viewer.role.at_least(Role.SECRETARY):
        return true()
    rights = rights_of_viewer(session, viewer, today=today)
    if not rights.sees_contacts:
        return false()
    municipality = aliased(Unit)
    in_region = or_(
        Unit.region_id.in_(rights.regions),
        exists().where(municipality.id == Unit.municipality_id, municipality.region_id.in_(rights.regions)),
    )
    held_there = (
        select(Office.person_id)
        .join(Unit, Unit.id == Office.unit_id)
        .where(Office.begins <= today, Office.ends >= today, Unit.kind.in_(BRANCHES))
        .where(Unit.begins <= today, Unit.ends >= today)
        .where(or_(Unit.id.in_(rights.branches), in_region))
    )
    return PersonContact.person_id.in_(held_there)


def contact_of(session: Session, person_id: int) -> PersonContact | None:
    """How one person is reached; for whoever may write it down."""
    return session.scalar(select(PersonContact).where(PersonContact.person_id == person_id))


def write_contact(
    session: Session, person: Person, *, email: str, phone: str, by: int | None, now: datetime
) -> PersonContact | None:
    """Write down how a person is reached; None when both are empty: then nothing is kept, not even what was.

    Raises:
        BadInput: `email` is "not_an_address", `phone` "not_a_number", or one of them is too long.
    """
    require_at_least(session, by, "write_contact", Role.SECRETARY)
    address, number = one_line(email, "email", limit=320), one_line(phone, "phone", limit=60)
    if address and not _is_address(address):
        raise BadInput("email", "not_an_address")
    if number and not _is_number(number):
        raise BadInput("phone", "not_a_number")
    known = contact_of(session, person.id)
    if not address and not number:
        if known is not None:
            _forget(session, known, by, now)
        return None
    before = snapshot(known) if known else None
    contact = known or PersonContact(person_id=person.id)
    contact.email, contact.phone = address, number
    session.add(contact)
    note_change(session, contact, before, act="changed" if known else "added", by=by, now=now)
    return contact


def _forget(session: Session, contact: PersonContact, by: int | None, now: datetime) -> None:
    """Take it away for good: the history of rows forgets it too, so this cannot be undone."""
    number, person_id = contact.id, contact.person_id
    session.delete(contact)
    session.flush()
    forget_history(session, PersonContact.__tablename__, [number])
    note(session, "forgot_contact", "person", person_id, user_id=by, now=now)


def _is_address(address: str) -> bool:
    name, at, place = address.partition("@")
    return bool(name and at and "." in place.strip(".")) and "@" not in place and not any(map(str.isspace, address))


def _is_number(number: str) -> bool:
    return set(number) <= _SIGNS_OF_A_NUMBER and sum(sign.isdigit() for sign in number) >= _FEWEST_FIGURES
