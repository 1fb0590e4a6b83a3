"""The search index in PostgreSQL: a cache of the database, written in the same transaction as the outbox's rows go."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, delete, exists, select, text
from sqlalchemy.orm import Session

from archive.database import Database
from archive.outbox import PERSON, OutboxEntry
from archive.search.holders import changed_in
from archive.search.mentions import Names, read_names
from archive.search.postgres_building import build
from archive.search.postgres_common import note_rows
from archive.search.postgres_rows import copy_into, made_with, quoted
from archive.search.schema import document_of, sources_of

_LOCK = 0x5374656D  # whoever holds this advisory lock writes the index
_AT_ONCE = 200  # outbox rows per transaction

_ARE_THERE = """SELECT bool_and(to_regclass(name) IS NOT NULL)
    FROM unnest(CAST(:tables AS text[])) AS name"""
_TABLES = ("search_state", "search_passage", "search_key", "search_common", "search_common_change")
_WRITTEN = "SELECT id FROM search_passage WHERE interview_id = :number AND NOT id = ANY(:held)"
_COUNT = """INSERT INTO search_key (key, passages)
    SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:counts AS bigint[]))
    ON CONFLICT (key) DO UPDATE SET passages = search_key.passages + EXCLUDED.passages"""


def bring_up_to_date(database: Database, *, wait: bool) -> int:
    """As `index.bring_up_to_date`: the outbox's rows go in the transaction that writes what they ask for."""
    written = 0
    while needs_rebuilding(database) or _something_waits(database):
        with _writing(database, wait=wait) as mine:
            if not mine:
                return written
            written += build(database) if needs_rebuilding(database) else _drain(database)
    return written


@contextmanager
def _writing(database: Database, *, wait: bool) -> Iterator[bool]:
    """Hold the lock on the index; gives False when another writer has it and `wait` is False."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        take = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
        taken = connection.scalar(text(f"SELECT {take}({_LOCK})"))
        mine = wait or bool(taken)
        try:
            yield mine
        finally:
            if mine:
                connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))


def needs_rebuilding(database: Database) -> bool:
    """Whether a table is missing, or another version made them."""
    with database.engine.connect() as connection:
        if not connection.scalar(text(_ARE_THERE), {"tables": list(_TABLES)}):
            return True
        written = connection.scalar(text("SELECT versions FROM search_state"))
    return written is None or json.loads(written) != made_with()


def stamps(database: Database) -> dict[int, list[int]]:
    """The stamps of the passages that the index has, by interview."""
    by_interview = "SELECT interview_id, array_agg(stamp) FROM search_passage GROUP BY interview_id"
    with database.engine.connect() as connection:
        return dict(map(tuple, connection.execute(text(by_interview))))


def _something_waits(database: Database) -> bool:
    with database.read() as session:
        return bool(session.scalar(select(exists(select(OutboxEntry.id)))))


def _drain(database: Database) -> int:
    """Write what the outbox asks for, some rows at a time."""
    written = 0
    while True:
        with database.engine.begin() as connection, Session(connection) as session:
            waiting = select(OutboxEntry.id, OutboxEntry.kind, OutboxEntry.thing_id)
            rows = session.execute(waiting.order_by(OutboxEntry.id).limit(_AT_ONCE)).all()
            if not rows:
                return written
            names = read_names(session)
            changed = changed_in((kind, thing_id) for _, kind, thing_id in rows)
            naming = set(_naming(connection, {thing_id for _, kind, thing_id in rows if kind == PERSON}, names))
            _forget(connection, naming)
            for interview_id in sorted(changed | naming):
                _replace(connection, session, interview_id, names)
            session.execute(delete(OutboxEntry).where(OutboxEntry.id.in_([row_id for row_id, *_ in rows])))
            session.flush()
        written += len(changed | naming)


def _replace(connection: Connection, session: Session, interview_id: int, names: Names) -> None:
    """Write what is new in an interview and take away what is gone; a passage that is as it was is left alone."""
    wanted = {source.stamp: source for source in sources_of(session, interview_id)}
    session.expunge_all()
    by_stamp = "SELECT stamp, id FROM search_passage WHERE interview_id = :number"
    held = dict(map(tuple, connection.execute(text(by_stamp), {"number": interview_id})))
    gone = _take_away(connection, [row_id for stamp, row_id in held.items() if stamp not in wanted])
    new = [document_of(source, names) for stamp, source in wanted.items() if stamp not in held]
    counts = copy_into(connection, "search_passage", new)
    if new:
        rows = connection.scalars(text(_WRITTEN), {"number": interview_id, "held": list(held.values())})
        note_rows(connection, list(rows), 1)
    counts.subtract(gone)
    _count(connection, counts, len(new) - len(held.keys() - wanted.keys()))


def _forget(connection: Connection, interviews: Collection[int]) -> None:
    """Take away all that is held of interviews."""
    theirs = "SELECT id FROM search_passage WHERE interview_id = ANY(:numbers)"
    rows = list(connection.scalars(text(theirs), {"numbers": list(interviews)}))
    counts: Counter[str] = Counter()
    counts.subtract(_take_away(connection, rows))
    _count(connection, counts, -len(rows))


def _take_away(connection: Connection, rows: list[int]) -> dict[str, int]:
    """Take rows out of the index; gives how many of them had each lexeme."""
    if not rows:
        return {}
    often = "SELECT lexeme, count(*) FROM search_passage, unnest(said) WHERE id = ANY(:rows) GROUP BY lexeme"
    note_rows(connection, rows, -1)
    had = dict(map(tuple, connection.execute(text(often), {"rows": rows})))
    connection.execute(text("DELETE FROM search_passage WHERE id = ANY(:rows)"), {"rows": rows})
    return had


def _count(connection: Connection, counts: Mapping[str, int], passages: int) -> None:
    """Add to how many passages there are, and how many have each lexeme."""
    changed = sorted(key for key, count in counts.items() if count)
    if changed:
        connection.execute(text(_COUNT), {"keys": changed, "counts": [counts[key] for key in changed]})
    connection.execute(text("UPDATE search_state SET passages = passages + :n"), {"n": passages})


def _naming(connection: Connection, people: Collection[int], names: Names) -> Iterator[int]:
    """The interviews in the index that say the names of these people, or are written down as saying them."""
    if not people:
        return
    by_number = "SELECT DISTINCT interview_id FROM search_passage WHERE people && CAST(:people AS integer[])"
    yield from connection.scalars(text(by_number), {"people": list(people)})
    by_name = "SELECT DISTINCT interview_id FROM search_passage WHERE said @@ CAST(:match AS tsquery)"
    for *first, last in names.of(people):
        match = " & ".join([*map(_word, first), f"({_word(last)} | {_word(f'{last}s')})"])
        yield from connection.scalars(text(by_name), {"match": match})


def _word(word: str) -> str:
    return quoted(f"x:{word}")
