"""The bin (papirkurv): what the secretary threw away, still whole, until its days are over. Whoever asks for interviews
or records asks here what lies in it; `archive.bin` throws away, brings back and erases.

One table and no column on what is thrown away: the same row later says which files are still to be erased, when the
rows themselves are gone.
"""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from archive.accounts import User
from archive.database import Base


class Binned(enum.StrEnum):
    """What has files, and therefore lies in the bin as it is. All else comes back from its history."""

    INTERVIEW = "interview"
    RECORD = "record"


class BinEntry(Base):
    """One thing in the bin, or what is left of it to erase."""

    __tablename__ = "bin"
    __table_args__ = (UniqueConstraint("kind", "thing_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Binned]
    thing_id: Mapped[int]
    title: Mapped[str] = mapped_column(String(300), default="")  # "" once it is erased
    removed_at: Mapped[datetime]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    erase_at: Mapped[datetime] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]  # its rows are gone; None: it can be brought back
    files: Mapped[list[Any]] = mapped_column(default=list)  # [[what, name], …] still to be erased, see `archive.bin`

    removed_by: Mapped[User | None] = relationship()


def outside_bin(kind: Binned, number: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The condition that holds for what does not lie in the bin."""
    return number.not_in(select(BinEntry.thing_id).where(BinEntry.kind == kind))
