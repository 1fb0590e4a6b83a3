"""What has yet to be looked through for links that may be suggested, written in the same transaction as the change.

As the outbox of the search index (`archive.outbox`), but for the worker: it takes a row away when it has looked.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, String, event, insert, inspect
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column, object_session

from archive.database import Base

# Texts: they are looked through.
INTERVIEW = "interview"
RECORD = "record"
# What is looked for: the texts in which it may be named, and those in which it was, are looked through.
EVENT = "event"
PERSON = "person"
UNIT = "unit"

LONGEST_NAME = 200


class LinkLook(Base):
    """One thing that is to be looked at."""

    __tablename__ = "link_look"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    thing_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")  # what it was called until then
    at: Mapped[datetime]


def look_at(session: Session, kind: str, thing_id: int, *, now: datetime) -> None:
    """Have a thing looked at once the caller's transaction is committed."""
    session.add(LinkLook(kind=kind, thing_id=thing_id, at=now))


def note_look(connection: Connection, kind: str, thing_id: int, name: str = "") -> None:
    """The same from inside a flush, which knows no `now`; nothing but the order of looking hangs on it."""
    entry = {"kind": kind, "thing_id": thing_id, "name": name[:LONGEST_NAME], "at": datetime.now(UTC)}
    connection.execute(insert(LinkLook).values(entry))


def follow(kind: type[Base], look: str, number_of: Callable[[Any], int]) -> None:
    """Note every row of a table of names that comes, changes or goes: whoever changes a name cannot forget it."""

    def tell(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
        session = object_session(row)
        if session is not None and row in session.dirty and not session.is_modified(row, include_collections=False):
            return
        was = inspect(row).attrs.name.history.deleted
        note_look(connection, look, number_of(row), was[0] if was else row.name)

    for moment in ("after_insert", "after_update", "after_delete"):
        event.listen(kind, moment, tell)
