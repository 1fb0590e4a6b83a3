"""Building a whole Whoosh index: in parts, by two processes where there is much to do, which are then put together."""

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from archive.database import Database
from archive.events import Event
from archive.interviews import Interview
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import Meeting
from archive.records import Record, RecordPage, RecordVersion
from archive.search import words
from archive.search.holders import number_of_event, number_of_meeting, number_of_record
from archive.search.mentions import read_names
from archive.search.merging import as_one, put_together
from archive.search.schema import create_at, documents_of, open_at
from archive.search.segment import Gatherer
from archive.transcripts import Segment

# Letters of text in one part, about 2,500 passages of 110 words; more at once took more than a gigabyte in all.
_PART_LETTERS = 1_500_000
# Letters from which on two processes, which need some seconds to begin, are worth it: about 60 hours.
_LARGE_LETTERS = 3_000_000
_PROCESSES = 2


def build(index: Path, database: Database) -> int:
    """Fill an empty folder with the documents of all there is; gives how many things have any."""
    parts, letters = _parts(database)
    opened = create_at(index)
    processes = min(_PROCESSES, os.cpu_count() or 1) if letters >= _LARGE_LETTERS else 0
    if processes:
        # Spawned, never forked: the web server has threads. They leave when this process dies.
        with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), words.load_whole) as executor:
            work = [executor.submit(_write_alone, index, database.url, part) for part in parts]
            try:
                segments = [segment for each in work for segment in each.result()]
            except BaseException:
                executor.shutdown(cancel_futures=True)
                raise
    else:
        segments = [segment for part in parts for segment in _write(opened, database, part)]
    put_together(opened, [as_one(opened, segments)] if segments else [])
    return sum(map(len, parts))


def _parts(database: Database) -> tuple[list[list[int]], int]:
    """Everything in parts of about one segment each, and how many letters all of it has."""
    with database.read() as session:
        rows = session.execute(
            select(Interview.id, func.coalesce(func.sum(func.length(Segment.text)), 0))
            .outerjoin(Segment, Segment.interview_id == Interview.id)
            .group_by(Interview.id)
            .order_by(Interview.id)
        )
        sizes = [(interview_id, int(letters)) for interview_id, letters in rows]
        rows = session.execute(
            select(Record.id, func.coalesce(func.sum(func.length(RecordPage.text)), 0))
            .outerjoin(RecordVersion, RecordVersion.record_id == Record.id)
            .outerjoin(RecordPage, RecordPage.version_id == RecordVersion.id)
            .group_by(Record.id)
            .order_by(Record.id)
        )
        sizes += [(number_of_record(record_id), int(letters)) for record_id, letters in rows]
        rows = session.execute(select(Event.id, func.length(Event.text)).order_by(Event.id))
        sizes += [(number_of_event(event_id), int(letters)) for event_id, letters in rows]
        said = func.length(MeetingCase.proposal + MeetingCase.discussion + MeetingCase.decision)
        rows = session.execute(
            select(Meeting.id, func.coalesce(func.sum(said), 0))
            .outerjoin(Meeting.cases)
            .group_by(Meeting.id)
            .order_by(Meeting.id)
        )
        sizes += [(number_of_meeting(meeting_id), int(letters)) for meeting_id, letters in rows]
    return list(_grouped(sizes)), sum(letters for _, letters in sizes)


def _grouped(sizes: list[tuple[int, int]]) -> Iterator[list[int]]:
    part: list[int] = []
    letters = 0
    for interview_id, more in sizes:
        if part and letters + more > _PART_LETTERS:
            yield part
            part, letters = [], 0
        part.append(interview_id)
        letters += more
    if part:
        yield part


def _write(opened: Any, database: Database, interviews: list[int]) -> list[Any]:
    """Write segments, mostly one, with the documents of these interviews."""
    gatherer = Gatherer(opened)
    with database.read() as session:
        names = read_names(session)
    for interview_id in interviews:
        parent = multiprocessing.parent_process()
        if parent is not None and not parent.is_alive():
            raise SystemExit("nobody waits for this any more")
        with database.read() as session:
            for document in documents_of(session, interview_id, names):
                gatherer.add(document)
    return gatherer.finish()


def _write_alone(index: Path, database_url: str, interviews: list[int]) -> list[Any]:
    """`_write` in a process of its own."""
    import archive.model  # noqa: F401 - all tables must be known, as in every process of ours

    database = Database(database_url)
    try:
        return _write(open_at(index), database, interviews)
    finally:
        database.close()
