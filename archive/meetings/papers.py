"""Papers of a meeting or of one of its cases: records, each with what it was there and where in it one reads."""

import enum
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.access import Viewer, records_visible_to
from archive.accounts import Role, require_at_least
from archive.database import Base, find_row, is_possible_id
from archive.errors import BadInput
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import Meeting, page_of
from archive.records import Record
from archive.row_history import RowChange, note_change, snapshot

LONGEST_LINES = 20
MOST_PAGES = 100_000
_LINES = re.compile(r"([0-9]{1,5})(?:\s*[-–]\s*([0-9]{1,5}))?")


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
    lines: Mapped[str] = mapped_column(String(LONGEST_LINES), default="")  # printed lines, 113-114; "": none named
    made_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship(back_populates="papers")
    case: Mapped[MeetingCase | None] = relationship()
    record: Mapped[Record] = relationship()


@dataclass(frozen=True, slots=True)
class PaperDetails:
    """What the secretary says of a paper; the lines as they were typed."""

    record_id: int
    role: PaperRole
    case_id: int | None = None
    page: int | None = None
    lines: str = ""


def add_paper(
    session: Session, meeting: Meeting, details: PaperDetails, viewer: Viewer, *, by: int | None, now: datetime
) -> MeetingPaper:
    """Make a record a paper of a meeting; the one that is like it already is given as it is.

    Raises:
        BadInput: `record` is "unknown" (also where `viewer` may not see it), `case` is "unknown" (also another
            meeting's), `page` is "outside", `lines` is "unreadable".
    """
    require_at_least(session, by, "add_paper", Role.SECRETARY)
    _check(session, meeting, details, viewer)
    paper = MeetingPaper(
        meeting_id=meeting.id,
        case_id=details.case_id,
        record_id=details.record_id,
        role=details.role,
        page=details.page,
        lines=read_lines(details.lines),
        made_at=now,
    )
    same = select(MeetingPaper).where(
        *(
            getattr(MeetingPaper, column).is_not_distinct_from(getattr(paper, column))
            for column in ("meeting_id", "case_id", "record_id", "role", "page", "lines")
        )
    )
    there = session.scalars(same).first()
    if there is not None:
        return there
    session.add(paper)
    session.flush()
    note_change(session, paper, None, act="attached", by=by, now=now, thing=page_of(meeting.id))
    return paper


def remove_paper(
    session: Session, paper: MeetingPaper, *, by: int | None, now: datetime, batch: str | None = None
) -> RowChange | None:
    """The record is no paper of the meeting any more; the record itself stays where it is."""
    require_at_least(session, by, "remove_paper", Role.SECRETARY)
    before, thing = snapshot(paper), page_of(paper.meeting_id)
    session.delete(paper)
    return note_change(session, paper, before, act="detached", by=by, now=now, thing=thing, batch=batch)


def read_lines(typed: str) -> str:
    """Printed line numbers as they are kept: `113-114`, `7`, or "" for none. Pure.

    Raises:
        BadInput: `lines` is "unreadable".
    """
    written = typed.strip()
    if not written:
        return ""
    found = _LINES.fullmatch(written)
    if found is None:
        raise BadInput("lines", "unreadable")
    first, last = sorted((int(found[1]), int(found[2] or found[1])))
    return str(first) if first == last else f"{first}-{last}"


def _check(session: Session, meeting: Meeting, details: PaperDetails, viewer: Viewer) -> None:
    seen = select(Record.id).where(Record.id == details.record_id, records_visible_to(viewer))
    if not is_possible_id(details.record_id) or session.scalar(seen) is None:
        raise BadInput("record", "unknown")
    if details.case_id is not None:
        case = find_row(session, MeetingCase, details.case_id)
        if case is None or case.meeting_id != meeting.id:
            raise BadInput("case", "unknown")
    if details.page is not None and not 0 < details.page <= MOST_PAGES:
        raise BadInput("page", "outside")
