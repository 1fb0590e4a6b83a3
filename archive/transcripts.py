"""The text of an interview: lines, what the machine heard, and every change a person made."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.accounts import User
from archive.database import Base
from archive.interviews import Interview
from archive.people import Person


class Segment(Base):
    """A line of the transcript. The machine's words and times stay as they were, whatever a person writes."""

    __tablename__ = "segment"
    __table_args__ = (Index("ix_segment_interview_start", "interview_id", "start_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"))
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id"))  # None: a text without sound
    window_id: Mapped[int | None] = mapped_column(ForeignKey("window.id", ondelete="SET NULL"), index=True)
    start_ms: Mapped[int]  # on the interview's time line, half-open
    end_ms: Mapped[int]
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    words: Mapped[list[Any]] = mapped_column(default=list)  # [[start_ms, end_ms, text, p], …]; of `text`
    machine_text: Mapped[str | None]  # None: no machine made this line
    machine_words: Mapped[list[Any]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=0)  # 0: as the machine or the import made it
    checked: Mapped[bool] = mapped_column(default=False)  # a person has heard it and vouches for the text

    interview: Mapped[Interview] = relationship(back_populates="segments")
    speaker: Mapped[Person | None] = relationship(lazy="joined")
    revisions: Mapped[list["Revision"]] = relationship(
        back_populates="segment", cascade="all, delete-orphan", order_by="Revision.version"
    )


class RevisionKind(enum.StrEnum):
    """Why a line changed."""

    CORRECTED = "corrected"
    RESTORED = "restored"
    CHECKED = "checked"


class Revision(Base):
    """Who changed which line when, before and after."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]  # the version this change made
    kind: Mapped[RevisionKind]
    text_before: Mapped[str]
    text_after: Mapped[str]
    speaker_before_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    speaker_after_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]

    segment: Mapped[Segment] = relationship(back_populates="revisions")
    editor: Mapped[User | None] = relationship()
