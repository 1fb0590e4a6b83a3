"""What the search index has yet to hear of, written in the same transaction as the change.

Whoever suggests links hears of the same, but of meetings (`archive.link_looks`).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, String, event, insert
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column, object_session

from archive.database import Base
from archive.link_looks import follow, look_at

INTERVIEW = "interview"  # its documents are made anew
RECORD = "record"  # its documents are made anew
EVENT = "event"  # its document is made anew
MEETING = "meeting"  # its documents are made anew
PERSON = "person"  # the documents in which a name of this person is said are made anew


class OutboxEntry(Base):
    """One thing that is to be indexed anew; the writer of the index deletes the row when it has."""

    __tablename__ = "search_outbox"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), default=INTERVIEW)
    thing_id: Mapped[int]
    at: Mapped[datetime]


def searchable_text_changed(session: Session, interview_id: int, *, now: datetime) -> None:
    """Ask for an interview to be indexed anew once the caller's transaction is committed."""
    session.add(OutboxEntry(kind=INTERVIEW, thing_id=interview_id, at=now))
    look_at(session, INTERVIEW, interview_id, now=now)


def record_changed(session: Session, record_id: int, *, now: datetime) -> None:
    """The same for a record."""
    session.add(OutboxEntry(kind=RECORD, thing_id=record_id, at=now))
    look_at(session, RECORD, record_id, now=now)


def event_changed(session: Session, event_id: int, *, now: datetime) -> None:
    """The same for an event."""
    session.add(OutboxEntry(kind=EVENT, thing_id=event_id, at=now))
    look_at(session, EVENT, event_id, now=now)


def meeting_changed(session: Session, meeting_id: int, *, now: datetime) -> None:
    """The same for a meeting with its cases."""
    session.add(OutboxEntry(kind=MEETING, thing_id=meeting_id, at=now))


def follow_names(kind: type[Base], person_of: Callable[[Any], int]) -> None:
    """Have search hear of every row of a table of names that comes, changes or goes, in the same transaction.

    Whoever changes the register cannot forget it. The clock is read here, since a flush knows no `now`; nothing but
    the age of what waits hangs on it.
    """

    def tell(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
        session = object_session(row)
        if session is not None and row in session.dirty and not session.is_modified(row, include_collections=False):
            return
        entry = {"kind": PERSON, "thing_id": person_of(row), "at": datetime.now(UTC)}
        connection.execute(insert(OutboxEntry).values(entry))

    for moment in ("after_insert", "after_update", "after_delete"):
        event.listen(kind, moment, tell)
    follow(kind, PERSON, person_of)
