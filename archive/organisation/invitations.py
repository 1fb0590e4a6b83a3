"""What partner organisations and the youth branch were invited to, and what came of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from archive.accounts import Role, require_at_least
from archive.database import Base, find_row
from archive.errors import NotFound
from archive.fuzzy_dates import LONGEST_EDTF, bounds, edtf_of
from archive.row_history import RowChange, Thing, note_change, snapshot, undo_change
from archive.typed import many_lines, one_line
from archive.units import Unit, UnitKind

# Who is invited: organisations of their own.
INVITED = (UnitKind.PARTNER, UnitKind.YOUTH_BRANCH)


class Invitation(Base):
    """One unit was invited to one thing."""

    __tablename__ = "invitation"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    invited_to: Mapped[str] = mapped_column(String(200))
    invited_on: Mapped[str] = mapped_column(String(LONGEST_EDTF), default="")  # EDTF; "": nobody has written it down
    begins: Mapped[date] = mapped_column(default=date.min)  # the first day of `invited_on`; follows it
    outcome: Mapped[str] = mapped_column(default="")  # "": nobody has written it down

    unit: Mapped[Unit] = relationship()

    @validates("invited_on")
    def _follow_date(self, _field: str, invited_on: str) -> str:
        self.begins = bounds(invited_on)[0] or date.min
        return invited_on


@dataclass(frozen=True, slots=True)
class InvitationDetails:
    """What the secretary writes about an invitation. The date is as a person types it."""

    invited_to: str
    invited_on: str = ""
    outcome: str = ""


def add_invitation(
    session: Session, unit: Unit, details: InvitationDetails, *, by: int | None, now: datetime
) -> Invitation:
    """A unit was invited to something.

    Raises:
        BadInput: `invited_to` is empty or too long, or the date cannot be read.
    """
    require_at_least(session, by, "add_invitation", Role.SECRETARY)
    invitation = Invitation(unit_id=unit.id)
    _write(invitation, details)
    session.add(invitation)
    note_change(session, invitation, None, act="added", by=by, now=now, thing=Thing("unit", unit.id))
    return invitation


def change_invitation(
    session: Session, invitation: Invitation, details: InvitationDetails, *, by: int | None, now: datetime
) -> RowChange | None:
    """Write an invitation anew; None when nothing is different.

    Raises:
        BadInput: as `add_invitation`.
    """
    require_at_least(session, by, "change_invitation", Role.SECRETARY)
    before = snapshot(invitation)
    with session.no_autoflush:
        _write(invitation, details)
    thing = Thing("unit", invitation.unit_id)
    return note_change(session, invitation, before, act="changed", by=by, now=now, thing=thing)


def remove_invitation(session: Session, invitation: Invitation, *, by: int | None, now: datetime) -> None:
    """Take away an invitation that was written down by mistake; it can be brought back."""
    require_at_least(session, by, "remove_invitation", Role.SECRETARY)
    before, thing = snapshot(invitation), Thing("unit", invitation.unit_id)
    session.delete(invitation)
    note_change(session, invitation, before, act="removed", by=by, now=now, thing=thing)


def undo_of_invitation(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    """Put back what one change did to an invitation.

    Raises:
        BadInput: as `undo_change`.
    """
    require_at_least(session, by, "undo_of_invitation", Role.SECRETARY)
    undo_change(session, change, by=by, now=now)


def load_invitation(session: Session, invitation_id: int) -> Invitation:
    """One invitation.

    Raises:
        NotFound: there is none of this number.
    """
    invitation = find_row(session, Invitation, invitation_id)
    if invitation is None:
        raise NotFound("invitation", invitation_id)
    return invitation


def invitations_to(session: Session, unit_ids: Collection[int]) -> list[Invitation]:
    """What these units were invited to, the latest first."""
    theirs = select(Invitation).where(Invitation.unit_id.in_(unit_ids))
    return list(session.scalars(theirs.order_by(Invitation.begins.desc(), Invitation.id.desc())))


def _write(invitation: Invitation, details: InvitationDetails) -> None:
    invitation.invited_to = one_line(details.invited_to, "invited_to", limit=200, required=True)
    invitation.invited_on = edtf_of(details.invited_on, "invited_on")
    invitation.outcome = many_lines(details.outcome, "outcome", limit=20_000)
