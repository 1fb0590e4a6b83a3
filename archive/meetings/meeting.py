"""A meeting (møte) of a unit: when and where it was, and for whom it is open. Only the secretary writes it."""

import enum
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from archive.accounts import Role, User, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput
from archive.events import days_of
from archive.fuzzy_dates import LONGEST_EDTF, read_typed
from archive.interviews import Access
from archive.outbox import meeting_changed
from archive.row_history import RowChange, Thing, note_change, snapshot
from archive.typed import many_lines, one_line
from archive.units import Unit
from archive.yearwheel.duties import LONGEST_ADDRESS, read_address
from archive.yearwheel.occurrences import Occurrence

if TYPE_CHECKING:
    from archive.meetings.cases import MeetingCase
    from archive.meetings.papers import MeetingPaper

LIMITS = {"title": 200, "place": 200, "ground": 500, "note": 20_000}


class MeetingKind(enum.StrEnum):
    """What sort of meeting it is. The order is the one that lists have."""

    ANNUAL = "annual"  # årsmøte
    REPRESENTATIVES = "representatives"  # representantskapsmøte
    COUNTY_BOARD = "county_board"  # fylkesstyremøte
    LOCAL_BRANCH = "local_branch"  # lokallagsmøte
    COMMITTEE = "committee"  # utvalgsmøte
    OTHER = "other"


class Meeting(Base):
    """One meeting. Its number is never reused."""

    __tablename__ = "meeting"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[MeetingKind] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(LIMITS["title"]))
    dated: Mapped[str] = mapped_column(String(LONGEST_EDTF))  # EDTF: the days of old meetings are only roughly known
    first_day: Mapped[date] = mapped_column(index=True)  # the outermost days of `dated`; follow it
    last_day: Mapped[date]
    clock: Mapped[str] = mapped_column(String(5), default="")  # Norwegian time, 18:00; "": not written down
    place: Mapped[str] = mapped_column(String(LIMITS["place"]), default="")
    meeting_url: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), default="")  # of a digital meeting
    note: Mapped[str] = mapped_column(default="")
    access: Mapped[Access] = mapped_column(default=Access.CLOSED, index=True)
    ground: Mapped[str] = mapped_column(String(LIMITS["ground"]), default="")  # why it may be open
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id"), unique=True)  # of the year wheel
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    occurrence: Mapped[Occurrence | None] = relationship()
    made_by: Mapped[User | None] = relationship()
    cases: Mapped[list["MeetingCase"]] = relationship(
        back_populates="meeting", order_by="MeetingCase.position, MeetingCase.id", passive_deletes="all"
    )
    papers: Mapped[list["MeetingPaper"]] = relationship(
        back_populates="meeting", order_by="MeetingPaper.id", passive_deletes="all"
    )

    @validates("dated")
    def _follow_date(self, _field: str, dated: str) -> str:
        self.first_day, self.last_day = days_of(dated)
        return dated

    @property
    def year(self) -> int | None:
        """The year it was held in, where that is one year."""
        return self.first_day.year if self.first_day.year == self.last_day.year else None


@dataclass(frozen=True, slots=True)
class MeetingDetails:
    """What the secretary writes about a meeting; the date as it was typed."""

    unit_id: int
    kind: MeetingKind
    title: str
    dated: str
    starts: time | None = None
    place: str = ""
    meeting_url: str = ""
    note: str = ""
    access: Access = Access.CLOSED
    ground: str = ""


def add_meeting(
    session: Session, details: MeetingDetails, *, occurrence_id: int | None = None, by: int | None, now: datetime
) -> Meeting:
    """A new meeting, without cases.

    Raises:
        BadInput: as `write_meeting`; `occurrence` is "unknown", or has a meeting already ("taken").
    """
    require_at_least(session, by, "add_meeting", Role.SECRETARY)
    meeting = Meeting(made_by_id=by, made_at=now, occurrence_id=occurrence_id)
    write_meeting(session, meeting, details)
    if occurrence_id is not None:
        _check_occurrence(session, occurrence_id)
    session.add(meeting)
    session.flush()
    note_change(session, meeting, None, act="added", by=by, now=now)
    meeting_changed(session, meeting.id, now=now)
    return meeting


def change_meeting(
    session: Session, meeting: Meeting, details: MeetingDetails, *, by: int | None, now: datetime
) -> RowChange | None:
    """Write a meeting anew; None when nothing is different.

    Raises:
        BadInput: as `write_meeting`.
    """
    require_at_least(session, by, "change_meeting", Role.SECRETARY)
    before = snapshot(meeting)
    with session.no_autoflush:
        write_meeting(session, meeting, details)
    meeting_changed(session, meeting.id, now=now)
    return note_change(session, meeting, before, act="changed", by=by, now=now)


def write_meeting(session: Session, meeting: Meeting, details: MeetingDetails) -> None:
    """Put the details into the row.

    Raises:
        BadInput: the first value that cannot be kept: `meeting_unit` is "unknown"; `meeting_title` is "empty" or
            "too_long"; `meeting_dated` is "empty" or as `archive.fuzzy_dates.read_typed`; `meeting_ground` is "empty"
            for an open one.
    """
    if find_row(session, Unit, details.unit_id) is None:
        raise BadInput("meeting_unit", "unknown")
    meeting.unit_id, meeting.kind = details.unit_id, details.kind
    meeting.title = one_line(details.title, "meeting_title", limit=LIMITS["title"], required=True)
    when = read_typed(details.dated, "meeting_dated")
    if when is None or (when.first is None and when.last is None):
        raise BadInput("meeting_dated", "empty")
    meeting.dated = when.edtf
    meeting.clock = details.starts.isoformat("minutes") if details.starts else ""
    meeting.place = one_line(details.place, "place", limit=LIMITS["place"])
    meeting.meeting_url = read_address(details.meeting_url, "meeting_url")
    meeting.note = many_lines(details.note, "note", limit=LIMITS["note"])
    is_open = details.access != Access.CLOSED
    meeting.ground = one_line(details.ground, "meeting_ground", limit=LIMITS["ground"], required=is_open)
    meeting.access = details.access


def page_of(meeting_id: int) -> Thing:
    """On whose page the changes of a meeting, its cases and its papers are told."""
    return Thing(Meeting.__tablename__, meeting_id)


def _check_occurrence(session: Session, occurrence_id: int) -> None:
    if find_row(session, Occurrence, occurrence_id) is None:
        raise BadInput("occurrence", "unknown")
    if session.query(Meeting.id).filter(Meeting.occurrence_id == occurrence_id).first() is not None:
        raise BadInput("occurrence", "taken")
