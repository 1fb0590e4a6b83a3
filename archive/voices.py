"""The voices of an interview: how many were told apart, who each is, and which the archive may know again."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.database import Base
from archive.interviews import Interview
from archive.people import Person

# As many as a voice count may say; more than sit around one table.
MOST_VOICES = 12


class Voice(Base):
    """One voice of an interview, by number from 1; whose it is, a person says."""

    __tablename__ = "voice"
    __table_args__ = (UniqueConstraint("interview_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"))
    number: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: nobody has said

    person: Mapped[Person | None] = relationship(lazy="joined")


class VoicePrint(Base):
    """How a person's voice sounds, as numbers. Kept only while that person's consent for it holds."""

    __tablename__ = "voice_print"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), index=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"))  # where it was learned
    embedding: Mapped[list[Any]]  # numbers of unit length
    model: Mapped[str] = mapped_column(String(200))  # numbers of two models cannot be compared
    made_at: Mapped[datetime]


def expected_voices(interview: Interview, count: int | None = None) -> tuple[int, bool]:
    """How many voices to look for, and whether somebody who knows has said so; else it is the most there can be.

    `count` is what somebody says now; None: as the interview says, else as many as are named, at least two.
    """
    said = count if count is not None else interview.voice_count
    if said is not None:
        return said, True
    named = {each.person_id for each in interview.participations}
    return min(max(2, len(named)), MOST_VOICES), False


def voices_in(session: Session, interview_id: int) -> dict[int, Voice]:
    """The voices of an interview by their numbers."""
    rows = select(Voice).where(Voice.interview_id == interview_id).order_by(Voice.number)
    return {voice.number: voice for voice in session.scalars(rows)}
