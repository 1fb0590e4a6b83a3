"""Interviews, planned or held, and who takes part in them."""

import enum
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.accounts import User
from archive.database import Base
from archive.people import Person

if TYPE_CHECKING:
    from archive.access import Consent
    from archive.recordings import Recording
    from archive.transcripts import Segment


class Status(enum.StrEnum):
    """How far an interview has come; the words are a contract of the command line."""

    PLANNED = "planned"
    RECEIVED = "received"
    PROCESSING = "processing"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    MACHINE_TEXT = "machine_text"
    IN_REVIEW = "in_review"
    REVIEWED = "reviewed"
    FAILED = "failed"


class Access(enum.StrEnum):
    """Whom an interview is open to. `closed`: who handed it in, volunteers it is assigned to, secretary and owner."""

    CLOSED = "closed"
    MEMBERS = "members"
    OPEN = "open"


class Part(enum.StrEnum):
    """What a person does in an interview."""

    NARRATOR = "narrator"
    INTERVIEWER = "interviewer"
    HEARD = "heard"


class ArchiveCreator(Base):
    """The body or person whose archive a thing belongs to (arkivskaper); creators are never mixed."""

    __tablename__ = "archive_creator"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class Interview(Base):
    """One conversation, planned or held. Its number is never reused, also after a deletion."""

    __tablename__ = "interview"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[Status] = mapped_column(default=Status.PLANNED, index=True)
    access: Mapped[Access] = mapped_column(default=Access.CLOSED, index=True)
    held_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(10), default="nb")  # nb, nn, se, … as BCP 47 says
    dialect: Mapped[str] = mapped_column(String(200), default="")  # in words
    summary: Mapped[str] = mapped_column(default="")
    creator_id: Mapped[int | None] = mapped_column(ForeignKey("archive_creator.id"))
    handed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    received_at: Mapped[datetime | None]  # None: no sound yet
    is_demo: Mapped[bool] = mapped_column(default=False)  # invented content, marked as such on every page

    creator: Mapped[ArchiveCreator | None] = relationship()
    handed_in_by: Mapped[User | None] = relationship()
    participations: Mapped[list["Participation"]] = relationship(
        back_populates="interview", cascade="all, delete-orphan", order_by="Participation.id"
    )
    plan: Mapped["InterviewPlan | None"] = relationship(back_populates="interview", cascade="all, delete-orphan")
    recordings: Mapped[list["Recording"]] = relationship(back_populates="interview", order_by="Recording.part")
    segments: Mapped[list["Segment"]] = relationship(
        back_populates="interview", cascade="all, delete-orphan", order_by="Segment.start_ms, Segment.id"
    )
    consents: Mapped[list["Consent"]] = relationship(back_populates="interview", order_by="Consent.id")

    @property
    def reference(self) -> str:
        """What stands in citations: `TSV-I-0042`."""
        return f"TSV-I-{self.id:04d}"

    def people(self, part: Part) -> list[Person]:
        """Those who take this part, in the order they were named."""
        return [each.person for each in self.participations if each.part == part]

    @property
    def narrators(self) -> list[Person]:
        """The people interviewed."""
        return self.people(Part.NARRATOR)

    @property
    def duration_ms(self) -> int:
        """Length of the interview's one time line, in milliseconds; 0 without sound."""
        return max((r.offset_ms + r.duration_ms for r in self.recordings), default=0)


class Participation(Base):
    """One person in one interview."""

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("interview_id", "person_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[Part]

    interview: Mapped[Interview] = relationship(back_populates="participations")
    person: Mapped[Person] = relationship(lazy="joined")


class InterviewPlan(Base):
    """Why and how we want to ask somebody. It stays with the interview after it is held."""

    __tablename__ = "interview_plan"

    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"), primary_key=True)
    offices_held: Mapped[str] = mapped_column(default="")
    haste: Mapped[int] = mapped_column(default=2)  # 1: at once, 2: this year, 3: can wait
    why_haste: Mapped[str] = mapped_column(default="")
    who_asks: Mapped[str] = mapped_column(String(200), default="")
    agreed_on: Mapped[date | None]  # the day the interview is agreed to be held
    question_guide: Mapped[str] = mapped_column(default="")

    interview: Mapped[Interview] = relationship(back_populates="plan")


class Assignment(Base):
    """A volunteer who may see and correct one interview although it is closed."""

    __tablename__ = "assignment"

    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    assigned_at: Mapped[datetime]
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
