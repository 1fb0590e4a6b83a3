"""What a person may see beyond the role, because of offices held today. When the office ends, so does the right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, exists, false, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from archive.access import Viewer
from archive.accounts import Role, User, require_at_least
from archive.audit import note
from archive.database import Base
from archive.errors import BadInput
from archive.offices import Office, OfficeKind
from archive.people import Person
from archive.units import BRANCHES, Unit, UnitKind

# Who sits on the county board. A substitute does not until written down as a member.
_ON_THE_BOARD = (
    OfficeKind.LEADER,
    OfficeKind.DEPUTY,
    OfficeKind.SECRETARY,
    OfficeKind.TREASURER,
    OfficeKind.MEMBER,
)


class UserPerson(Base):
    """Which person of the register logs in with an account, as the secretary has said."""

    __tablename__ = "user_person"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)

    user: Mapped[User] = relationship()
    person: Mapped[Person] = relationship()


@dataclass(frozen=True, slots=True)
class OfficeRights:
    """What offices held today let a person see."""

    sees_overview: bool = False
    sees_year_wheel: bool = False
    regions: frozenset[int] = frozenset()  # whose branches' contacts
    branches: frozenset[int] = frozenset()  # whose own contacts

    @property
    def sees_contacts(self) -> bool:
        """Whether there are any contacts to see at all."""
        return bool(self.regions or self.branches)


NO_RIGHTS = OfficeRights()
ALL_OVERVIEWS = OfficeRights(sees_overview=True, sees_year_wheel=True)


def rights_of(offices: Iterable[Office], today: date) -> OfficeRights:
    """What these offices of one person let that person see today. Pure: the offices come with their units.

    The board sees overview and year wheel, a region's leader the contacts of its branches, a branch's leader those of
    the branch. An office in a unit that is no more gives nothing.
    """
    held = [each for each in offices if each.is_held(today) and each.unit.is_active(today)]
    on_board = any(each.unit.kind == UnitKind.COUNTY_BRANCH and each.kind in _ON_THE_BOARD for each in held)
    led = [each.unit for each in held if each.kind == OfficeKind.LEADER]
    return OfficeRights(
        sees_overview=on_board,
        sees_year_wheel=on_board,
        regions=frozenset(unit.id for unit in led if unit.kind == UnitKind.REGION),
        branches=frozenset(unit.id for unit in led if unit.kind in BRANCHES),
    )


def rights_of_viewer(session: Session, viewer: Viewer, *, today: date) -> OfficeRights:
    """What a viewer may see beyond the role; nothing without an account that the secretary has tied to a person.

    The secretary and the owner see every overview by their role; whose contacts they see is `contacts` to say.
    """
    if viewer.role.at_least(Role.SECRETARY):
        return ALL_OVERVIEWS
    if viewer.user_id is None or not viewer.role.at_least(Role.MEMBER):
        return NO_RIGHTS
    theirs = (
        select(Office)
        .join(UserPerson, UserPerson.person_id == Office.person_id)
        .join(User, User.id == UserPerson.user_id)
        .where(UserPerson.user_id == viewer.user_id, User.active, Office.begins <= today, Office.ends >= today)
        .options(joinedload(Office.unit))
    )
    return rights_of(session.scalars(theirs), today)


def is_on_board(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """The condition, of no row, that the viewer sits on the county board today: as `rights_of_viewer` says it."""
    if viewer.user_id is None:
        return false()
    sits = exists().where(
        UserPerson.user_id == viewer.user_id,
        User.id == UserPerson.user_id,
        User.active,
        Office.person_id == UserPerson.person_id,
        Office.kind.in_(_ON_THE_BOARD),
        Office.begins <= today,
        Office.ends >= today,
        Unit.id == Office.unit_id,
        Unit.kind == UnitKind.COUNTY_BRANCH,
        Unit.begins <= today,
        Unit.ends >= today,
    )
    return sits.correlate(None)


def person_of(session: Session, user_id: int) -> Person | None:
    """Who in the register logs in with this account; None when nobody has said."""
    return session.scalar(select(Person).join(UserPerson).where(UserPerson.user_id == user_id))


def say_who_logs_in(session: Session, user: User, person: Person | None, *, by: int | None, now: datetime) -> None:
    """Tie an account to a person of the register, or to nobody. It may give rights, so the log remembers it.

    Raises:
        BadInput: `person_id` is "taken": the person logs in with another account.
        NotAllowed: `by` stands below the account.
    """
    require_at_least(session, by, "say_who_logs_in", Role.SECRETARY, user.role)
    known = session.get(UserPerson, user.id)
    before = known.person_id if known else None
    if before == (person.id if person else None):
        return
    if person and session.scalar(select(UserPerson).where(UserPerson.person_id == person.id)):
        raise BadInput("person_id", "taken")
    if known and person:
        known.person_id = person.id
    elif known:
        session.delete(known)
    elif person:
        session.add(UserPerson(user_id=user.id, person_id=person.id))
    session.flush()
    after = person.id if person else None
    note(session, "said_who_logs_in", "user", user.id, user_id=by, now=now, before=before, after=after)
