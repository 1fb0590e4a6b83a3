"""Cases (saker) of a meeting, in their order: what was proposed, what was decided, and how the votes fell."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from archive.database import Base
from archive.meetings.meeting import Meeting
from archive.people import Person

LIMITS = {"number": 30, "title": 300, "vote": 300, "text": 100_000}


def number_key(number: str) -> str:
    """A case's number as it is compared: *Sak 3 / 2023* is *3/2023*. Pure."""
    return "".join(number.casefold().removeprefix("sak").split()).rstrip(".:")


class MeetingCase(Base):
    """One case of a meeting. Its number in the table is never reused."""

    __tablename__ = "meeting_case"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number_key", name="uq_meeting_case_meeting_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]  # its place in the agenda, from 1; gaps do no harm
    number: Mapped[str] = mapped_column(String(LIMITS["number"]), default="")  # 3/2023, as it was typed; "": has none
    number_key: Mapped[str | None] = mapped_column(String(LIMITS["number"]))  # as it is compared; follows `number`
    title: Mapped[str] = mapped_column(String(LIMITS["title"]))
    proposal: Mapped[str] = mapped_column(default="")  # innstilling
    discussion: Mapped[str] = mapped_column(default="")  # what was said
    decision: Mapped[str] = mapped_column(default="")  # vedtak
    vote: Mapped[str] = mapped_column(String(LIMITS["vote"]), default="")  # enstemmig, 14 mot 3; "": not written down
    presented_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship(back_populates="cases")
    presented_by: Mapped[Person | None] = relationship()

    @validates("number")
    def _follow_number(self, _field: str, number: str) -> str:
        self.number_key = number_key(number) or None
        return number

    @property
    def name(self) -> str:
        """As one speaks of it: *sak 3/2023 Budsjett*."""
        return f"sak {self.number} {self.title}" if self.number else self.title
