"""The voices of an interview: how many were told apart, who each is, and which the archive may know again."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.database import Base
from archive.people import Person


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
