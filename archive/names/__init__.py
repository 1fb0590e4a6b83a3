"""Names heard wrong: what the register offers instead. Suggestions are data for the editor, never edits."""

import enum
from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.database import Base
from archive.transcripts import Segment


class SuggestionState(enum.StrEnum):
    """What became of a suggestion."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class NameSuggestion(Base):
    """A name that may have been meant where something else was heard."""

    __tablename__ = "name_suggestion"
    __table_args__ = (Index("ix_name_suggestion_interview_state", "interview_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"))
    segment_id: Mapped[int | None] = mapped_column(  # None: the line was replaced; a *no* is remembered all the same
        ForeignKey("segment.id", ondelete="SET NULL"), index=True
    )
    first_word: Mapped[int]  # of the line's words, and of `Segment.words` where it has any
    last_word: Mapped[int]  # inclusive
    heard: Mapped[str] = mapped_column(String(200))  # without signs, and without what follows the name in the word
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))  # person, place, unit
    score: Mapped[float] = mapped_column(Float(53))  # 0 to 1; how alike
    state: Mapped[SuggestionState] = mapped_column(default=SuggestionState.OPEN)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]

    segment: Mapped[Segment | None] = relationship()


class LearnedName(Base):
    """What was heard, and the name that a person said was meant: offered everywhere from then on."""

    __tablename__ = "learned_name"

    heard_key: Mapped[str] = mapped_column(String(200), primary_key=True)  # folded as `people.name_key`
    name: Mapped[str] = mapped_column(String(200))
    accepted: Mapped[int] = mapped_column(default=1)  # how many times
