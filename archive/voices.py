"""The voices of an interview: how many were told apart, who each is, and which the archive may know again."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.database import Base
from archive.interviews import MOST_VOICES, Interview
from archive.people import Person


class Voice(Base):
    """One voice of an interview, by number from 1; whose it is, a person says."""

    __tablename__ = "voice"
    __table_args__ = (UniqueConstraint("interview_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"))
    number: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: nobody has said
    suggested_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # sounds like a voice that is remembered

    person: Mapped[Person | None] = relationship(lazy="joined", foreign_keys=[person_id])
    suggested: Mapped[Person | None] = relationship(foreign_keys=[suggested_id])


class VoicePrint(Base):
    """How a person's voice sounds, as numbers. Kept only while that person's consent for it holds."""

    __tablename__ = "voice_print"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), index=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"))  # where it was learned
    embedding: Mapped[list[Any]]  # numbers of unit length
    model: Mapped[str] = mapped_column(String(200))  # numbers of two models cannot be compared
    made_at: Mapped[datetime]


class VoiceRequest(Base):
    """Something that the machine is to do with the voices of an interview; the row goes when it is done."""

    __tablename__ = "voice_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE")
    )  # whose voice to remember; None: tell all voices apart anew
    asked_at: Mapped[datetime]
    failure: Mapped[str | None] = mapped_column(String(60))  # a key that the page words; None: it waits or is worked on


def forget_voice_of(session: Session, person_id: int) -> None:
    """Delete how a person's voice sounds, what was found by it, and what waits to learn it; the caller commits."""
    session.execute(update(Voice).where(Voice.suggested_id == person_id).values(suggested_id=None))
    session.execute(delete(VoiceRequest).where(VoiceRequest.person_id == person_id))
    session.execute(delete(VoicePrint).where(VoicePrint.person_id == person_id))
    session.flush()


def forget_prints_of(session: Session, consent_id: int) -> None:
    """Forget the voices that rest on this consent, in the caller's transaction."""
    for person_id in session.scalars(select(VoicePrint.person_id).where(VoicePrint.consent_id == consent_id)).all():
        forget_voice_of(session, person_id)


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
