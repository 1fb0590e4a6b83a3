"""The secretary's desk (skrivebordet): what waits for an answer, in piles, the oldest first in each.

Each pile asks a fixed number of questions, whatever lies in it. What a pile is called, and where its papers lead, is
for the pages to say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, null, or_, select
from sqlalchemy.orm import Session, aliased

from archive.access import MACHINE_OWNER, Consent, visible_to
from archive.bin_rows import Binned, outside_bin
from archive.contributions import Contribution, ContributionState
from archive.events import Event, EventState
from archive.interviews import Access, Assignment, Interview, Status
from archive.joining import JoinRequest
from archive.link_suggestions import as_papers, count_suggestions
from archive.local_time import day_of
from archive.names import NameSuggestion, SuggestionState
from archive.people import Person
from archive.recordings import Recording, RecordingState
from archive.records import ReadingState, Record, RecordVersion
from archive.units import Unit
from archive.yearwheel.duties import Duty
from archive.yearwheel.lacking import lacking
from archive.yearwheel.occurrences import Occurrence, State
from archive.yearwheel.reminders import Reminder, to_hand_over

# A consent that ends within these days wants a talk with whoever gave it.
RUNS_OUT_WITHIN = timedelta(days=60)
# A deadline that is nearer than this lies on the desk.
NEAR = timedelta(days=14)
# Text that nobody has begun to read.
_UNREAD = (Status.RECEIVED, Status.PROCESSING, Status.MACHINE_TEXT)


@dataclass(frozen=True, slots=True)
class Paper:
    """One thing that waits."""

    id: int
    title: str
    detail: str = ""  # who or where, as it stands in the row; else ""
    since: date | None = None  # since when it waits, or the day it is due
    number: int = 0  # how many of something it holds


@dataclass(frozen=True, slots=True)
class Pile:
    """What waits of one kind: how much, and some of it."""

    kind: str
    count: int
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose day it is, and which part of a pile is wanted."""

    session: Session
    today: date
    first: int
    most: int

    def cut(self, papers: Sequence[Paper]) -> tuple[int, tuple[Paper, ...]]:
        """How many there are, and the part that is wanted."""
        return len(papers), tuple(papers[self.first : self.first + self.most])

    def read(self, rows: Select[*tuple[Any, ...]], *, count: int | None = None) -> tuple[int, tuple[Paper, ...]]:
        """The same of a question for (id, title, detail, since, number), with its order.

        `count`: how many there are, where a smaller question tells; None: they are counted.
        """
        if count is None:
            count = self.session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
        if count == 0 or self.most == 0:
            return count, ()
        found = self.session.execute(rows.offset(self.first).limit(self.most))
        return count, tuple(
            Paper(one, title, detail or "", _day(since), number or 0) for one, title, detail, since, number in found
        )


def desk(session: Session, *, today: date, most: int) -> list[Pile]:
    """Every pile in which something lies, the most urgent first, with the first `most` papers of each."""
    asked = _Asked(session, today, 0, most)
    piles = (Pile(kind, *look(asked)) for kind, look in _PILES.items())
    return [pile for pile in piles if pile.count]


def one_pile(session: Session, kind: str, *, today: date, first: int, most: int) -> Pile:
    """One pile, from its paper number `first` (0 is the oldest) on."""
    return Pile(kind, *_PILES[kind](_Asked(session, today, first, most)))


def waiting_count(session: Session, *, today: date) -> int:
    """How many things wait in all."""
    return sum(pile.count for pile in desk(session, today=today, most=0))


def _day(since: date | datetime | None) -> date | None:
    return day_of(since) if isinstance(since, datetime) else since


# People who wait ------------------------------------------------------------------------------------------------------


def _help(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    at = Occurrence.help_asked_at
    chosen = (
        select(Occurrence.id, Duty.title, Unit.name, at, literal(0))
        .join(Occurrence.duty)
        .outerjoin(Occurrence.unit)
        .where(at.is_not(None))
    )
    return asked.read(chosen.order_by(at, Occurrence.id))


def _contributions(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    new = select(Contribution.id, Contribution.text, Contribution.about, Contribution.made_at, literal(0)).where(
        Contribution.state == ContributionState.NEW
    )
    return asked.read(new.order_by(Contribution.made_at, Contribution.id))


def _joining(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    new = select(JoinRequest.id, JoinRequest.name, JoinRequest.contact, JoinRequest.asked_at, literal(0))
    return asked.read(new.where(JoinRequest.decided_at.is_(None)).order_by(JoinRequest.asked_at, JoinRequest.id))


def _letters(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    chosen = (
        select(Reminder.id, Person.name, Duty.title, Reminder.due_on, literal(0))
        .join(Reminder.occurrence)
        .join(Occurrence.duty)
        .join(Reminder.person)
        .where(to_hand_over(today=asked.today))
    )
    return asked.read(chosen.order_by(Reminder.due_on, Reminder.id))


# Interviews -----------------------------------------------------------------------------------------------------------


def _interviews(asked: _Asked, since: Any, *conditions: ColumnElement[bool]) -> tuple[int, tuple[Paper, ...]]:
    held = visible_to(MACHINE_OWNER, today=asked.today), Interview.status != Status.PLANNED
    chosen = select(Interview.id, Interview.title, Interview.place, since, literal(0)).where(*held, *conditions)
    return asked.read(chosen.order_by(since.asc().nulls_first(), Interview.id))


def _hand_ins(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    """What came in, and that nobody has begun to read or been asked to."""
    taken = exists(select(Assignment.user_id).where(Assignment.interview_id == Interview.id))
    return _interviews(asked, Interview.received_at, Interview.status.in_(_UNREAD), ~taken)


def _without_consent(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    """Nobody has written down what was agreed. One that was withdrawn has been dealt with."""
    agreed = exists(select(Consent.id).where(Consent.interview_id == Interview.id))
    return _interviews(asked, Interview.made_at, ~agreed)


def _consents_ending(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    """Consents that an open interview stands on, and that end soon or have ended, with no longer one by the same."""
    other = aliased(Consent)
    last = asked.today + RUNS_OUT_WITHIN
    longer = exists(
        select(other.id).where(
            other.interview_id == Consent.interview_id,
            other.given_by == Consent.given_by,
            other.withdrawn_at.is_(None),
            or_(other.valid_until.is_(None), other.valid_until > last),
        )
    )
    chosen = (
        select(Interview.id, Interview.title, Consent.given_by, Consent.valid_until, literal(0))
        .join(Consent.interview)
        .where(
            outside_bin(Binned.INTERVIEW, Interview.id),
            Interview.access != Access.CLOSED,
            Consent.withdrawn_at.is_(None),
            Consent.valid_until <= last,
            ~longer,
        )
    )
    return asked.read(chosen.order_by(Consent.valid_until, Consent.id))


def _names(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    """Interviews in which the machine wonders about names."""
    chosen = (
        select(Interview.id, Interview.title, null(), Interview.received_at, func.count(NameSuggestion.id))
        .join(NameSuggestion, NameSuggestion.interview_id == Interview.id)
        .where(
            outside_bin(Binned.INTERVIEW, Interview.id),
            NameSuggestion.state == SuggestionState.OPEN,
            NameSuggestion.segment_id.is_not(None),
        )
        .group_by(Interview.id, Interview.title, Interview.received_at)
    )
    return asked.read(chosen.order_by(Interview.received_at.asc().nulls_first(), Interview.id))


def _failed(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    broken = or_(
        Recording.state == RecordingState.FAILED, Recording.failure.is_not(None), Recording.listen_failure.is_not(None)
    )
    there = exists(select(Recording.id).where(Recording.interview_id == Interview.id, broken))
    return _interviews(asked, Interview.received_at, or_(Interview.status == Status.FAILED, there))


# Records, events and the year -----------------------------------------------------------------------------------------


def _unread_records(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    """Records whose file that is shown could not be read, or not all of its pages."""
    chosen = (
        select(Record.id, Record.title, RecordVersion.failure, RecordVersion.received_at, RecordVersion.unread_pages)
        .join(RecordVersion, and_(RecordVersion.record_id == Record.id, RecordVersion.number == Record.current_number))
        .where(
            outside_bin(Binned.RECORD, Record.id),
            or_(RecordVersion.state == ReadingState.FAILED, RecordVersion.unread_pages > 0),
        )
    )
    return asked.read(chosen.order_by(RecordVersion.received_at, Record.id))


def _events(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    chosen = select(Event.id, Event.title, Event.place, Event.made_at, literal(0))
    return asked.read(chosen.where(Event.state == EventState.SUGGESTED).order_by(Event.made_at, Event.id))


def _links(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    """What texts may be tied to, and nobody has said yes or no to."""
    count = count_suggestions(asked.session, MACHINE_OWNER, today=asked.today)
    return asked.read(as_papers(MACHINE_OWNER, today=asked.today), count=count)


def _deadlines(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    """Days that are past and that nobody has reported, what was put off, and what is due soon."""
    first, last = asked.today - timedelta(days=365), asked.today + NEAR
    chosen = (
        select(Occurrence.id, Duty.title, Unit.name, Occurrence.due_on, literal(0))
        .join(Occurrence.duty)
        .outerjoin(Occurrence.unit)
        .where(Occurrence.state.in_((State.PLANNED, State.POSTPONED)), Occurrence.due_on.between(first, last))
    )
    return asked.read(chosen.order_by(Occurrence.due_on, Occurrence.id))


def _missing(asked: _Asked) -> tuple[int, tuple[Paper, ...]]:
    """Duties of this year of which something that must be is neither held nor planned."""
    found = lacking(asked.session, asked.today.year, today=asked.today)
    return asked.cut([Paper(each.duty_id, each.title, number=each.missing) for each in found])


_Look = Callable[[_Asked], tuple[int, tuple[Paper, ...]]]
_PILES: dict[str, _Look] = {
    "help": _help,
    "contributions": _contributions,
    "joining": _joining,
    "deadlines": _deadlines,
    "consents_ending": _consents_ending,
    "without_consent": _without_consent,
    "hand_ins": _hand_ins,
    "failed": _failed,
    "unread_records": _unread_records,
    "events": _events,
    "letters": _letters,
    "names": _names,
    "links": _links,
    "missing": _missing,
}
KINDS = tuple(_PILES)
