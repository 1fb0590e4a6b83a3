"""What was done, by whom and when: append-only, and never a word of a transcript."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.database import Base

if TYPE_CHECKING:
    from archive.accounts import User


class AuditEvent(Base):
    """One act."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )  # None: command line, worker
    act: Mapped[str] = mapped_column(String(60))  # opened, closed, withdrew_consent, added_user, …
    kind: Mapped[str] = mapped_column(String(40))  # interview, user, …
    thing_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)

    user: Mapped["User | None"] = relationship()


def note(
    session: Session, act: str, kind: str, thing_id: object, *, user_id: int | None, now: datetime, **detail: Any
) -> None:
    """Write down one act, in the caller's transaction."""
    session.add(AuditEvent(at=now, user_id=user_id, act=act, kind=kind, thing_id=str(thing_id), detail=detail))
