"""What the search index has yet to hear of, written in the same transaction as the change."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.database import Base


class OutboxEntry(Base):
    """One thing that is to be indexed anew; the writer of the index deletes the row when it has."""

    __tablename__ = "search_outbox"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), default="interview")
    thing_id: Mapped[int]
    at: Mapped[datetime]


def searchable_text_changed(session: Session, interview_id: int, *, now: datetime) -> None:
    """Ask for an interview to be indexed anew once the caller's transaction is committed."""
    session.add(OutboxEntry(kind="interview", thing_id=interview_id, at=now))
