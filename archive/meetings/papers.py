"""Papers of a meeting or of one of its cases: records, each with what it was there and where in it one reads."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.database import Base
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import Meeting
from archive.records import Record

LONGEST_LINES = 20


class PaperRole(enum.StrEnum):
    """What a record is for a meeting. The order is the one that pages have."""

    NOTICE = "notice"  # innkalling
    CASE_PAPER = "case_paper"  # sakspapir
    MINUTES = "minutes"  # protokoll, referat
    ATTACHMENT = "attachment"  # vedlegg


class MeetingPaper(Base):
    """A record as a paper of a meeting."""

    __tablename__ = "meeting_paper"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_case.id"), index=True)  # None: the whole meeting's
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), index=True)
    role: Mapped[PaperRole]
    page: Mapped[int | None]  # where one reads; None: the whole of it
    lines: Mapped[str] = mapped_column(String(LONGEST_LINES), default="")  # printed lines, 113–114; "": none named
    made_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship(back_populates="papers")
    case: Mapped[MeetingCase | None] = relationship()
    record: Mapped[Record] = relationship()
