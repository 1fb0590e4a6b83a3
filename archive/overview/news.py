"""*Nytt i arkivet*: what became open in a stretch of time, for a newsletter and the website.

What is shown is what the chosen readers may see at the moment the page is made, asked of `archive.access` and of
nothing else: what was opened and closed again is not there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from archive.access import Consent, Use, Viewer, events_visible_to, records_visible_to, visible_to
from archive.accounts import Role, User, require_at_least
from archive.audit import AuditEvent
from archive.chapters import Chapter
from archive.database import Base
from archive.errors import BadInput
from archive.events import Event, EventState
from archive.interviews import Access, Interview, Participation
from archive.local_time import LOCAL, day_of
from archive.records import Record
from archive.row_history import RowChange, Thing, note_change

PAGE = Thing("newsletter", 1)  # all of them share one history
FIRST_DAYS = 30  # how far back the first one looks
MOST_CHAPTERS = 3  # of one interview
MOST_OTHER_CHAPTERS = 10
# Whose eyes each audience has, and which openings make something new to it.
_EYES = {Access.OPEN: Viewer(Role.VISITOR), Access.MEMBERS: Viewer(Role.MEMBER)}
_WIDE = {Access.OPEN: {Access.OPEN}, Access.MEMBERS: {Access.MEMBERS, Access.OPEN}}
_USES = {Access.OPEN: [Use.ALL], Access.MEMBERS: [Use.MEMBERS, Use.ALL]}
AUDIENCES = tuple(_EYES)


class Newsletter(Base):
    """That what was new until an instant has been told. What it said is not kept: a title may have to be closed."""

    __tablename__ = "newsletter"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime]  # what was opened before this is told
    audience: Mapped[Access]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    made_by: Mapped[User | None] = relationship()


def mark_told(
    session: Session, *, since: datetime, until: datetime, audience: Access, by: int | None, now: datetime
) -> Newsletter:
    """Say that what was new in this time has been told.

    Raises:
        BadInput: `until` is "future", or not after `since` ("before_start").
    """
    require_at_least(session, by, "mark_told", Role.SECRETARY)
    if until > now:
        raise BadInput("until", "future")
    if until <= since:
        raise BadInput("until", "before_start")
    row = Newsletter(since=since, until=until, audience=audience, made_by_id=by)
    session.add(row)
    note_change(session, row, None, act="marked_sent", by=by, now=now, thing=PAGE)
    return row


def last_told(session: Session) -> Newsletter | None:
    """The one that reaches furthest; None before the first."""
    return session.scalar(select(Newsletter).order_by(Newsletter.until.desc(), Newsletter.id.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class NewInterview:
    """An interview that became open."""

    id: int
    title: str
    narrators: tuple[str, ...]
    held_on: date | None
    place: str
    duration_ms: int
    summary: str
    opened_on: date
    chapters: tuple[Chapter, ...]  # a few worth hearing


@dataclass(frozen=True, slots=True)
class News:
    """What became open, each kind by the day it did."""

    since: datetime
    until: datetime
    audience: Access
    interviews: tuple[NewInterview, ...]
    events: tuple[Event, ...]
    records: tuple[Record, ...]
    chapters: tuple[Chapter, ...]  # new ones, in interviews that were open before

    @property
    def is_empty(self) -> bool:
        """Whether nothing is new."""
        return not (self.interviews or self.events or self.records or self.chapters)


def news(session: Session, *, since: datetime, until: datetime, audience: Access, today: date) -> News:
    """What became open from `since` to before `until` and is so still, in a fixed number of questions.

    `audience`: for whom: OPEN what everybody sees, MEMBERS what members see besides.
    """
    opened = _opened_interviews(session, since, until, audience, today)
    fresh = _chapters(session, list(opened), since, until, audience, today)
    changed = _opened_rows(session, since, until, audience)
    return News(
        since,
        until,
        audience,
        _interviews(session, opened, fresh, audience, today),
        _load(session, Event, changed["event"], events_visible_to(_EYES[audience])),
        _load(session, Record, changed["record"], records_visible_to(_EYES[audience])),
        tuple(each for each in fresh if each.interview_id not in opened)[:MOST_OTHER_CHAPTERS],
    )


def _opened_interviews(
    session: Session, since: datetime, until: datetime, audience: Access, today: date
) -> dict[int, date]:
    """The interviews that became open to an audience, and when: opened then, or by a consent that began then."""
    first, last = day_of(since), day_of(until - timedelta(microseconds=1))
    acts = select(AuditEvent.thing_id, AuditEvent.at, AuditEvent.detail).where(
        AuditEvent.act == "opened", AuditEvent.kind == "interview", AuditEvent.at >= since, AuditEvent.at < until
    )
    days: dict[int, date] = {}
    for number, at, detail in session.execute(acts.order_by(AuditEvent.id)):
        if _is_wide(detail.get("after"), audience) and not _is_wide(detail.get("before"), audience):
            days[int(number)] = day_of(at)
    begun = select(Consent.interview_id).where(
        Consent.use.in_(_USES[audience]), Consent.withdrawn_at.is_(None), Consent.valid_from.between(first, last)
    )
    agreed = _agreed_on(session, {*days, *session.scalars(begun)}, audience)
    seen = select(Interview.id).where(Interview.id.in_(agreed.keys()), visible_to(_EYES[audience], today=today))
    found = {}
    for number in session.scalars(seen):
        day = max(days.get(number, date.min), agreed[number])
        # A consent begins with its day: one of the day on which the last newsletter ended was told there.
        if day <= last and (number in days or datetime.combine(agreed[number], time(), LOCAL) >= since):
            found[number] = day
    return _without_later(session, found, set(found) - set(days), until, audience)


def _agreed_on(session: Session, numbers: Collection[int], audience: Access) -> dict[int, date]:
    """The day from which everybody who agreed to such a use of an interview had done so."""
    covering = select(Consent.interview_id, Consent.person_id, Consent.valid_from).where(
        Consent.interview_id.in_(numbers), Consent.use.in_(_USES[audience]), Consent.withdrawn_at.is_(None)
    )
    by_giver: dict[int, dict[int | None, date]] = {}
    for number, giver, day in session.execute(covering):
        theirs = by_giver.setdefault(number, {})
        theirs[giver] = min(day, theirs.get(giver, day))
    return {number: max(theirs.values()) for number, theirs in by_giver.items()}


def _without_later(
    session: Session, found: dict[int, date], by_consent: set[int], until: datetime, audience: Access
) -> dict[int, date]:
    """Leave out what only a consent of the time made new, where it was opened later: it is new then."""
    later = select(AuditEvent.thing_id, AuditEvent.detail).where(
        AuditEvent.act == "opened",
        AuditEvent.kind == "interview",
        AuditEvent.at >= until,
        AuditEvent.thing_id.in_([str(each) for each in by_consent]),
    )
    gone = {int(number) for number, detail in session.execute(later) if not _is_wide(detail.get("before"), audience)}
    return {number: day for number, day in found.items() if number not in gone}


def _is_wide(access: object, audience: Access) -> bool:
    return access in _WIDE[audience]


def _opened_rows(session: Session, since: datetime, until: datetime, audience: Access) -> dict[str, dict[int, date]]:
    """The events and records of which a change made them open, and the day of it; read from their history."""
    changes = select(RowChange.of_table, RowChange.row_id, RowChange.before, RowChange.after, RowChange.made_at).where(
        RowChange.of_table.in_(("event", "record")), RowChange.made_at >= since, RowChange.made_at < until
    )
    found: dict[str, dict[int, date]] = {"event": {}, "record": {}}
    for table, number, before, after, made_at in session.execute(changes.order_by(RowChange.id)):
        if _stood_open(after, audience) and not _stood_open(before, audience):
            found[table][number] = day_of(made_at)
    return found


def _stood_open(row: dict[str, Any] | None, audience: Access) -> bool:
    """Whether a row, as its history has it, was open to an audience."""
    return (
        bool(row)
        and _is_wide((row or {}).get("access"), audience)
        and (row or {}).get("state")
        in (
            None,
            EventState.STANDS,
        )
    )


def _load(session: Session, kind: Any, days: dict[int, date], may_see: Any) -> tuple[Any, ...]:
    """Those of the rows that the audience may see, by the day they became open."""
    rows = session.scalars(select(kind).where(kind.id.in_(days), may_see)).all() if days else []
    return tuple(sorted(rows, key=lambda each: (days[each.id], each.id)))


def _chapters(
    session: Session, opened: Sequence[int], since: datetime, until: datetime, audience: Access, today: date
) -> list[Chapter]:
    """The chapters of the new interviews, and the new chapters of all that the audience may see, by place."""
    made = Chapter.made_at.between(since, until - timedelta(microseconds=1))
    chosen = (
        select(Chapter)
        .join(Interview, Interview.id == Chapter.interview_id)
        .where(Chapter.removed_at.is_(None), visible_to(_EYES[audience], today=today))
        .where(made | Chapter.interview_id.in_(opened))
        .options(selectinload(Chapter.interview))
    )
    return list(session.scalars(chosen.order_by(Chapter.interview_id, Chapter.start_ms, Chapter.id)))


def _interviews(
    session: Session, opened: dict[int, date], chapters: Sequence[Chapter], audience: Access, today: date
) -> tuple[NewInterview, ...]:
    wanted = select(Interview).where(Interview.id.in_(opened), visible_to(_EYES[audience], today=today))
    wanted = wanted.options(
        selectinload(Interview.participations).joinedload(Participation.person), selectinload(Interview.recordings)
    )
    return tuple(
        NewInterview(
            id=each.id,
            title=each.title,
            narrators=tuple(person.name for person in each.narrators),
            held_on=each.held_on,
            place=each.place,
            duration_ms=each.duration_ms,
            summary=each.summary,
            opened_on=opened[each.id],
            chapters=_worth_hearing([chapter for chapter in chapters if chapter.interview_id == each.id]),
        )
        for each in sorted(session.scalars(wanted), key=lambda each: (opened[each.id], each.id))
    )


def _worth_hearing(chapters: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """A few of an interview's chapters: those that somebody has summed up first, in the order they are told."""
    chosen = sorted(chapters, key=lambda each: (not each.synopsis, each.start_ms))[:MOST_CHAPTERS]
    return tuple(sorted(chosen, key=lambda each: each.start_ms))
