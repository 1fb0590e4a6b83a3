"""What has documents in the index: interviews, records, events and meetings, each under a number of its own.

The back ends know one number for whatever a document belongs to, and call it the interview's. A record has its own
below zero, an event below all of those, and a meeting below these, so that they never meet, and no index needs
another column.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive.access import Viewer, events_visible_to, meetings_visible_to, records_visible_to, visible_to
from archive.database import LARGEST_ID
from archive.events import Event
from archive.interviews import Interview
from archive.meetings.meeting import Meeting
from archive.outbox import EVENT, INTERVIEW, MEETING, RECORD, OutboxEntry
from archive.records import Record


def number_of_record(record_id: int) -> int:
    """The number that a record has in the index."""
    return -record_id


def record_of(number: int) -> int | None:
    """The record of a number in the index; None: it is another thing's."""
    return -number if -LARGEST_ID <= number < 0 else None


def number_of_event(event_id: int) -> int:
    """The number that an event has in the index."""
    return -LARGEST_ID - event_id


def event_of(number: int) -> int | None:
    """The event of a number in the index; None: it is another thing's."""
    return -LARGEST_ID - number if -2 * LARGEST_ID <= number < -LARGEST_ID else None


def number_of_meeting(meeting_id: int) -> int:
    """The number that a meeting has in the index."""
    return -2 * LARGEST_ID - meeting_id


def meeting_of(number: int) -> int | None:
    """The meeting of a number in the index; None: it is another thing's."""
    return -2 * LARGEST_ID - number if number < -2 * LARGEST_ID else None


def is_interview(number: int) -> bool:
    """Whether a number in the index is an interview's."""
    return number > 0


_NUMBERS: dict[str, Callable[[int], int]] = {
    INTERVIEW: lambda interview_id: interview_id,
    RECORD: number_of_record,
    EVENT: number_of_event,
    MEETING: number_of_meeting,
}


def changed_in(entries: Iterable[tuple[str, int]]) -> set[int]:
    """The numbers of what the outbox says has changed; (kind, number of the thing)."""
    return {_NUMBERS[kind](thing_id) for kind, thing_id in entries if kind in _NUMBERS}


def waiting(session: Session) -> set[int]:
    """The numbers of what the index has not heard of yet."""
    entries = select(OutboxEntry.kind, OutboxEntry.thing_id).where(OutboxEntry.kind.in_(_NUMBERS)).distinct()
    return changed_in((kind, thing_id) for kind, thing_id in session.execute(entries))


def every(session: Session) -> list[int]:
    """The numbers of all there is, what was not recorded first."""
    records = sorted(number_of_record(record_id) for record_id in session.scalars(select(Record.id)))
    events = sorted(number_of_event(event_id) for event_id in session.scalars(select(Event.id)))
    meetings = sorted(number_of_meeting(meeting_id) for meeting_id in session.scalars(select(Meeting.id)))
    return [*meetings, *events, *records, *session.scalars(select(Interview.id).order_by(Interview.id))]


def visible(
    session: Session,
    viewer: Viewer,
    today: date,
    of_interviews: Collection[ColumnElement[bool]] = (),
    of_records: Collection[ColumnElement[bool]] = (),
    of_events: Collection[ColumnElement[bool]] = (),
    of_meetings: Collection[ColumnElement[bool]] = (),
) -> set[int]:
    """The numbers of what a reader may see, as far as the conditions hold."""
    interviews = select(Interview.id).where(visible_to(viewer, today=today), *of_interviews)
    records = select(Record.id).where(records_visible_to(viewer), *of_records)
    events = select(Event.id).where(events_visible_to(viewer), *of_events)
    meetings = select(Meeting.id).where(meetings_visible_to(viewer), *of_meetings)
    return {
        *session.scalars(interviews),
        *map(number_of_record, session.scalars(records)),
        *map(number_of_event, session.scalars(events)),
        *map(number_of_meeting, session.scalars(meetings)),
    }


class Held(NamedTuple):
    """How many interviews, records, events and meetings hold what was found."""

    interviews: int
    records: int
    events: int
    meetings: int


def held_by(counts: Collection[int]) -> Held:
    """How many of these numbers are whose."""
    others = [number for number in counts if number < 0]
    return Held(
        len(counts) - len(others),
        sum(record_of(number) is not None for number in others),
        sum(event_of(number) is not None for number in others),
        sum(meeting_of(number) is not None for number in others),
    )
