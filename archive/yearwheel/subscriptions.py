"""A person's own address of the year wheel's feed: secret, one at a time, taken away at will. Only its hash is kept."""

import secrets
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.access import Viewer
from archive.accounts import Role, User, sha256_of
from archive.audit import note
from archive.database import Base
from archive.errors import LinkSpent
from archive.row_history import RowChange
from archive.yearwheel.feed import Entry
from archive.yearwheel.looking import Sight, sight_of
from archive.yearwheel.occurrences import Occurrence, State, occurrences_in

# Calendars keep what they have seen; a year back is enough to look up when something was.
_YEARS_BACK, _YEARS_ON = 1, 4


class CalendarFeed(Base):
    """One person's address."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]

    user: Mapped[User] = relationship()


def feed_of(session: Session, user_id: int) -> CalendarFeed | None:
    """The address that a person has; None for none. What it is nobody can read any more."""
    return session.get(CalendarFeed, user_id)


def new_address(session: Session, user: User, *, now: datetime) -> str:
    """The secret part of a new address; the one before stops working at once."""
    token = secrets.token_urlsafe(32)
    feed = feed_of(session, user.id)
    if feed is None:
        session.add(CalendarFeed(user_id=user.id, token_sha256=sha256_of(token), made_at=now))
    else:
        feed.token_sha256, feed.made_at = sha256_of(token), now
    note(session, "made_calendar_address", "user", user.id, user_id=user.id, now=now)
    session.flush()
    return token


def end_address(session: Session, user: User, *, now: datetime) -> None:
    """Take the address away."""
    feed = feed_of(session, user.id)
    if feed is not None:
        session.delete(feed)
        note(session, "ended_calendar_address", "user", user.id, user_id=user.id, now=now)
        session.flush()


def reader_of(session: Session, token: str) -> Viewer:
    """Whose eyes an address has, with the role of today.

    Raises:
        LinkSpent: "wrong" (never made, or a new one was made since) or "revoked" (the account has ended).
    """
    feed = session.scalar(select(CalendarFeed).where(CalendarFeed.token_sha256 == sha256_of(token)))
    if feed is None:
        raise LinkSpent("wrong")
    if not feed.user.active or not feed.user.role.at_least(Role.MEMBER):
        raise LinkSpent("revoked")
    return Viewer(feed.user.role, feed.user_id)


def entries_for(session: Session, viewer: Viewer, base_url: str, host: str, *, today: date) -> list[Entry]:
    """What is in a person's calendar: last year, this one and those to come, as far as the person sees it today."""
    sight = sight_of(session, viewer, today=today)
    seen = [
        each
        for each in occurrences_in(session, today.year - _YEARS_BACK, today.year + _YEARS_ON)
        if sight.sees(each.duty)
    ]
    changes = _changes(session, seen)
    return [_entry(each, sight, changes.get(each.id, 0), base_url, host) for each in seen]


def _changes(session: Session, occurrences: list[Occurrence]) -> dict[int, int]:
    """How often each was changed, in one question."""
    if not occurrences:
        return {}
    table = Occurrence.__tablename__
    first, last = min(each.id for each in occurrences), max(each.id for each in occurrences)
    counted = (
        select(RowChange.row_id, func.count())
        .where(RowChange.of_table == table, RowChange.row_id >= first, RowChange.row_id <= last)
        .group_by(RowChange.row_id)
    )
    return dict(session.execute(counted).all())


def _entry(each: Occurrence, sight: Sight, changes: int, base_url: str, host: str) -> Entry:
    duty = each.duty
    title = f"{duty.title}, {each.unit.name}" if each.unit else duty.title
    return Entry(
        uid=f"gjennomforing-{each.id}@{host}",
        title=title,
        day=each.due_on,
        starts=each.starts,
        lasts_minutes=each.lasts_minutes,
        changed_at=each.changed_at,
        sequence=changes,
        is_cancelled=each.state in (State.CANCELLED, State.POSTPONED),
        is_set=each.is_set,
        lead_days=duty.lead_days if each.state == State.PLANNED and sight.sees_all else 0,
        place=each.place,
        meeting_url=each.meeting_url,
        page_url=f"{base_url}/arshjul/gjennomforing/{each.id}",
        about=duty.about,
    )
