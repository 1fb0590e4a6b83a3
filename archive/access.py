"""Who may see what. There is one predicate, `visible_to`, and nothing reads around it."""

import enum
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, String, and_, exists, false, or_, select, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.accounts import Role, User
from archive.database import Base
from archive.interviews import Access, Assignment, Interview
from archive.people import Person


class Use(enum.StrEnum):
    """What a narrator agreed that the interview may be used for; each includes the ones before it."""

    ARCHIVE = "archive"
    MEMBERS = "members"
    ALL = "all"


class Consent(Base):
    """What was agreed: by whom, for which use, from when until when, and where the paper lies."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: `given_by` says who
    given_by: Mapped[str] = mapped_column(String(200))  # the name as it stands on the paper
    use: Mapped[Use]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # the last day; None: until withdrawn
    paper: Mapped[str] = mapped_column(String(300), default="")  # where the paper lies
    scan_sha256: Mapped[str | None] = mapped_column(String(64))  # in the store
    scan_name: Mapped[str | None] = mapped_column(String(300))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    interview: Mapped[Interview] = relationship(back_populates="consents")
    person: Mapped[Person | None] = relationship()
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose eyes. `user_id` is None for a visitor and for a role that the command line borrows."""

    role: Role
    user_id: int | None = None


VISITOR = Viewer(Role.VISITOR)
MACHINE_OWNER = Viewer(Role.OWNER)


def visible_to(viewer: Viewer, *, today: date) -> ColumnElement[bool]:
    """The condition on `Interview` that holds for what `viewer` may see today.

    An open interview needs a consent that covers the use today: one that ran out or was withdrawn closes it at once,
    whatever `Interview.access` says.
    """
    if viewer.role.at_least(Role.SECRETARY):
        return true()
    opened = and_(Interview.access == Access.OPEN, _consented([Use.ALL], today))
    if viewer.role.at_least(Role.MEMBER):
        opened = or_(
            opened,
            and_(Interview.access.in_([Access.MEMBERS, Access.OPEN]), _consented([Use.MEMBERS, Use.ALL], today)),
        )
    if viewer.user_id is None:
        return opened
    own = Interview.handed_in_by_id == viewer.user_id if viewer.role.at_least(Role.VOLUNTEER) else false()
    return or_(opened, own, _assigned(viewer))


def _consented(uses: list[Use], today: date) -> ColumnElement[bool]:
    return exists(
        select(Consent.id).where(
            Consent.interview_id == Interview.id,
            Consent.use.in_(uses),
            Consent.withdrawn_at.is_(None),
            Consent.valid_from <= today,
            or_(Consent.valid_until.is_(None), Consent.valid_until >= today),
        )
    )


def _assigned(viewer: Viewer) -> ColumnElement[bool]:
    if not viewer.role.at_least(Role.VOLUNTEER):
        return false()
    return exists(
        select(Assignment.user_id).where(Assignment.interview_id == Interview.id, Assignment.user_id == viewer.user_id)
    )
