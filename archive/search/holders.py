"""What has documents in the index: interviews and records, each under a number of its own.

The back ends know one number for whatever a document belongs to, and call it the interview's. A record has its own
below zero, so the two never meet, and no index needs another column.
"""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive.access import Viewer, records_visible_to, visible_to
from archive.interviews import Interview
from archive.outbox import INTERVIEW, RECORD, OutboxEntry
from archive.records import Record

_SIGNS = {INTERVIEW: 1, RECORD: -1}


def number_of_record(record_id: int) -> int:
    """The number that a record has in the index."""
    return -record_id


def record_of(number: int) -> int | None:
    """The record of a number in the index; None: it is an interview's."""
    return -number if number < 0 else None


def changed_in(entries: Iterable[tuple[str, int]]) -> set[int]:
    """The numbers of what the outbox says has changed; (kind, number of the thing)."""
    return {thing_id * _SIGNS[kind] for kind, thing_id in entries if kind in _SIGNS}


def waiting(session: Session) -> set[int]:
    """The numbers of what the index has not heard of yet."""
    entries = select(OutboxEntry.kind, OutboxEntry.thing_id).where(OutboxEntry.kind.in_(_SIGNS)).distinct()
    return changed_in((kind, thing_id) for kind, thing_id in session.execute(entries))


def every(session: Session) -> list[int]:
    """The numbers of all there is, records first."""
    records = sorted(number_of_record(record_id) for record_id in session.scalars(select(Record.id)))
    return [*records, *session.scalars(select(Interview.id).order_by(Interview.id))]


def visible(
    session: Session,
    viewer: Viewer,
    today: date,
    of_interviews: Collection[ColumnElement[bool]] = (),
    of_records: Collection[ColumnElement[bool]] = (),
) -> set[int]:
    """The numbers of what a reader may see, as far as the conditions hold."""
    interviews = select(Interview.id).where(visible_to(viewer, today=today), *of_interviews)
    records = select(Record.id).where(records_visible_to(viewer), *of_records)
    return {*session.scalars(interviews), *map(number_of_record, session.scalars(records))}
