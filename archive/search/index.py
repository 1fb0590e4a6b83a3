"""The Whoosh index: a cache of the database, fed from the outbox and built anew at any doubt.

Everybody may call `bring_up_to_date`; the lock decides who writes. The rows of the outbox go only when the index holds
what they ask for and lies on the disk, so a writer that dies at any point leaves a searchable index and its rows.
"""

import errno
import logging
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import SQLAlchemyError
from whoosh.query import Term

from archive.database import Database
from archive.outbox import PERSON, OutboxEntry
from archive.search import folder as place
from archive.search import postgres_store
from archive.search.about import interviews_that_name
from archive.search.backend import Backend
from archive.search.building import build
from archive.search.holders import changed_in
from archive.search.mentions import Names, read_names
from archive.search.merging import as_one, commit, with_small_together
from archive.search.postgres import PgIndex
from archive.search.reading import Index
from archive.search.schema import document_of, open_at, sources_of, versions
from archive.search.segment import Gatherer
from archive.settings import Settings

_log = logging.getLogger(__name__)

_AT_ONCE = 200  # outbox rows per commit of the index


def open_index(settings: Settings) -> Backend:
    """The index for reading, one for each archive in this process, so that what it has open is shared.

    Never fails: what is missing or broken is built by `bring_up_to_date`.
    """
    return _pg_index_of(settings.database_url) if settings.search == "postgresql" else _index_in(settings.index)


@cache
def _pg_index_of(database_url: str) -> PgIndex:
    return PgIndex(Database(database_url))


@cache
def _index_in(folder: Path) -> Index:
    return Index(folder)


def bring_up_to_date(settings: Settings, database: Database, *, wait: bool) -> int:
    """Let the index hear of every change that is committed; gives the number of interviews written.

    Where another process writes, `wait` says whether to wait for it or to leave the work to it: it looks for new
    changes once more after it has let go of the lock.
    """
    if settings.search == "postgresql":
        return postgres_store.bring_up_to_date(database, wait=wait)
    written = 0
    while _must_be_built(settings.index) or _something_waits(database):
        with place.writing(settings.index, wait=wait) as mine:
            if not mine:
                return written
            place.clear_others(settings.index)
            if _must_be_built(settings.index):
                written += _build(settings.index, database)
            else:
                written += _drain(settings.index, database)
    return written


def needs_rebuilding(settings: Settings, database: Database) -> bool:
    """Whether the index is missing, made by another version, or doubted: then `bring_up_to_date` builds a new one."""
    if settings.search == "postgresql":
        return postgres_store.needs_rebuilding(database)
    return _must_be_built(settings.index)


def _must_be_built(folder: Path) -> bool:
    index = place.current(folder)
    return index is None or place.is_doubted(folder) or place.made_with(index) != versions()


def _something_waits(database: Database) -> bool:
    with database.read() as session:
        return bool(session.scalar(select(exists(select(OutboxEntry.id)))))


def _drain(folder: Path, database: Database) -> int:
    """Write what the outbox asks for, some rows at a time; an index that cannot be written is built anew instead."""
    written = 0
    while True:
        with database.read() as session:
            rows = session.scalars(select(OutboxEntry).order_by(OutboxEntry.id).limit(_AT_ONCE))
            waiting = {row.id: (row.kind, row.thing_id) for row in rows}
            if not waiting:
                return written
            names = read_names(session)
        index = place.current(folder)
        assert index is not None  # noqa: S101 - `_must_be_built` has just looked, and we hold the lock
        try:
            changed = changed_in(waiting.values())
            renamed = _that_name_somebody(open_at(index), names, waiting.values())
            if changed or renamed:
                _replace(open_at(index), database, changed, renamed, names)
        except Exception as error:
            if isinstance(error, SQLAlchemyError) or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
                raise  # not the index's fault, and another one would fare no better
            _log.exception("the search index cannot be written: it is built anew")
            return written + _build(folder, database)
        place.sync(index)
        _delete(database, list(waiting))
        written += len(changed | renamed)


def _that_name_somebody(opened: Any, names: Names, waiting: Iterable[tuple[str, int]]) -> set[int]:
    """The interviews and records that name somebody whose name changed."""
    people = {thing_id for kind, thing_id in waiting if kind == PERSON}
    return interviews_that_name(opened, people, names) if people else set()


def _build(folder: Path, database: Database) -> int:
    """Build a new index and put it in use."""
    with database.read() as session:
        # These rows were committed before any interview is read below, so the new index holds what they ask for.
        waiting = list(session.scalars(select(OutboxEntry.id)))
    index = place.new_index(folder)
    written = build(index, database)
    place.put_in_use(folder, index, versions())
    place.clear_others(folder)
    _delete(database, waiting)
    return written


def _replace(opened: Any, database: Database, changed: set[int], renamed: set[int], names: Names) -> None:
    """Write in one commit what is new of these interviews, or leave the index as it was.

    A document whose stamp is in the index is right as it is, so a correction costs the words of a passage or two, and
    not those of a whole interview; but who is named in it, its stamp does not say.
    """
    writer = opened.writer()
    try:
        gatherer = Gatherer(opened)
        for interview_id in sorted(changed | renamed):
            held = _held(writer.searcher(), interview_id)
            with database.read() as session:
                for source in sources_of(session, interview_id):
                    if interview_id not in renamed and held.get(source.stamp):
                        held[source.stamp].pop()
                    else:
                        gatherer.add(document_of(source, names))
            for document in (each for those in held.values() for each in those):
                writer.delete_document(document)
        made = gatherer.finish()
        segments = [*writer.segments, as_one(opened, made)] if made else writer.segments
        commit(writer, with_small_together(opened, segments))
    except BaseException:
        writer.cancel()
        raise


def _held(searcher: Any, interview_id: int) -> dict[int, list[int]]:
    """The documents of an interview that are in the index, by their stamps."""
    documents = list(searcher.docs_for_query(Term("interview", str(interview_id))))
    stamps = searcher.reader().column_reader("stamp") if documents else {}
    held: dict[int, list[int]] = defaultdict(list)
    for document in documents:
        held[int(stamps[document])].append(document)
    return held


def _delete(database: Database, entries: list[int]) -> None:
    """Take rows off the outbox by their ids: on PostgreSQL a smaller id may be committed after a larger one."""
    for first in range(0, len(entries), 500):
        with database.write() as session:
            session.execute(delete(OutboxEntry).where(OutboxEntry.id.in_(entries[first : first + 500])))
            session.commit()
