"""Events (hendelser): what happened when, on the history timeline. Who and what belongs to one are its links.

The secretary writes them. A volunteer's is a suggestion, seen by nobody else, until the secretary lets it stand.
"""

import enum
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from archive.accounts import Role, User, require_at_least
from archive.database import Base
from archive.errors import BadInput, NotAllowed
from archive.fuzzy_dates import LONGEST_EDTF, read_edtf, read_typed
from archive.interviews import Access
from archive.outbox import event_changed
from archive.people import name_key
from archive.row_history import RowChange, note_change, snapshot
from archive.typed import many_lines, one_line

LIMITS = {"title": 200, "place": 200, "text": 50_000, "sources": 10_000}


class EventState(enum.StrEnum):
    """Whether it is on the timeline."""

    SUGGESTED = "suggested"
    STANDS = "stands"


class Event(Base):
    """A point or a span on the timeline. Its number is never reused."""

    __tablename__ = "event"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(LIMITS["title"]))
    title_key: Mapped[str] = mapped_column(String(400))  # the title and the place as they are compared; follow them
    dated: Mapped[str] = mapped_column(String(LONGEST_EDTF))  # EDTF
    first_day: Mapped[date] = mapped_column(index=True)  # the outermost days of `dated`; follow it
    last_day: Mapped[date]  # `date.max`: it goes on
    place: Mapped[str] = mapped_column(String(LIMITS["place"]), default="")
    text: Mapped[str] = mapped_column(default="")
    sources: Mapped[str] = mapped_column(default="")  # those that are not in the archive; others are links
    access: Mapped[Access] = mapped_column(default=Access.CLOSED, index=True)
    state: Mapped[EventState] = mapped_column(default=EventState.SUGGESTED)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]

    made_by: Mapped[User | None] = relationship()

    @validates("title", "place")
    def _follow_title(self, field: str, value: str) -> str:
        parts = {"title": self.title, "place": self.place, field: value}
        self.title_key = name_key(f"{parts['title'] or ''} {parts['place'] or ''}")[:400]
        return value

    @validates("dated")
    def _follow_date(self, _field: str, dated: str) -> str:
        self.first_day, self.last_day = days_of(dated)
        return dated

    @property
    def year(self) -> int | None:
        """The year it happened in, where that is one year."""
        return self.first_day.year if self.first_day.year == self.last_day.year else None


@dataclass(frozen=True, slots=True)
class EventDetails:
    """What a person writes about an event; the time as it was typed."""

    title: str
    dated: str
    place: str = ""
    text: str = ""
    sources: str = ""
    access: Access = Access.CLOSED


def days_of(dated: str) -> tuple[date, date]:
    """The outermost days of a time of which at least one end is known; `date.max` where it goes on. Pure."""
    found = read_edtf(dated)
    known = found.first or found.last
    if known is None:
        raise ValueError(f"{dated!r} says nothing")
    return known, found.last or (date.max if found.goes_on else known)


def add_event(session: Session, details: EventDetails, *, by: int | None, now: datetime) -> Event:
    """A new event; a volunteer's is a suggestion, and closed until the secretary decides.

    Raises:
        BadInput: as `write_event`.
        NotAllowed: whoever does it is no volunteer.
    """
    require_at_least(session, by, "add_event", Role.VOLUNTEER)
    decides = _decides(session, by)
    event = Event(state=EventState.STANDS if decides else EventState.SUGGESTED, made_by_id=by, made_at=now)
    write_event(event, details)
    if not decides:
        event.access = Access.CLOSED
    session.add(event)
    session.flush()
    note_change(session, event, None, act="added" if decides else "suggested", by=by, now=now)
    event_changed(session, event.id, now=now)
    return event


def change_event(
    session: Session, event: Event, details: EventDetails, *, by: int | None, now: datetime
) -> RowChange | None:
    """Write an event anew; None when nothing is different. A volunteer may change only what he suggests.

    Raises:
        BadInput: as `write_event`.
        NotAllowed: it stands, or is somebody else's.
    """
    may_change(session, event, by)
    before = snapshot(event)
    write_event(event, details)
    if event.state is EventState.SUGGESTED:
        event.access = Access.CLOSED
    change = note_change(session, event, before, act="changed", by=by, now=now)
    event_changed(session, event.id, now=now)
    return change


def accept_event(session: Session, event: Event, access: Access, *, by: int | None, now: datetime) -> RowChange | None:
    """Let what somebody suggested stand on the timeline, for whom the secretary says."""
    require_at_least(session, by, "accept_event", Role.SECRETARY)
    before = snapshot(event)
    event.state, event.access = EventState.STANDS, access
    event_changed(session, event.id, now=now)
    return note_change(session, event, before, act="accepted", by=by, now=now)


def may_change(session: Session, event: Event, by: int | None) -> None:
    """That somebody may change or remove an event.

    Raises:
        NotAllowed: he may not.
    """
    if not _decides(session, by) and (event.state is not EventState.SUGGESTED or event.made_by_id != by):
        raise NotAllowed("change_event")


def write_event(event: Event, details: EventDetails) -> None:
    """Put the details into the row.

    Raises:
        BadInput: the first value that cannot be kept: `event_title` is "empty" or "too_long"; `dated` is "empty" or as
            `archive.fuzzy_dates.read_typed`; a value is "too_long".
    """
    event.title = one_line(details.title, "event_title", limit=LIMITS["title"], required=True)
    when = read_typed(details.dated, "dated")
    if when is None or (when.first is None and when.last is None):
        raise BadInput("dated", "empty")
    event.dated = when.edtf
    event.place = one_line(details.place, "place", limit=LIMITS["place"])
    event.text = many_lines(details.text, "text", limit=LIMITS["text"])
    event.sources = many_lines(details.sources, "sources", limit=LIMITS["sources"])
    event.access = details.access


def _decides(session: Session, by: int | None) -> bool:
    try:
        require_at_least(session, by, "change_event", Role.SECRETARY)
    except NotAllowed:
        return False
    return True
