"""The search index in PostgreSQL: its tables, and writing them in the same transaction as the outbox goes."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.orm import Session

from archive.database import Database
from archive.outbox import PERSON, OutboxEntry
from archive.search.about import split_terms
from archive.search.analysis import Key
from archive.search.holders import changed_in, every
from archive.search.mentions import Names, read_names
from archive.search.schema import documents_of, versions

_LOCK = 0x5374656D  # whoever holds this advisory lock writes the index
_AT_ONCE = 200  # outbox rows per transaction
_LETTERS = ((1.0, "A"), (0.5, "B"), (0.4, "C"), (0.0, "D"))  # a key of at least this weight
_LAST_POSITION = 16_000  # PostgreSQL knows none beyond 16,383
_MOST_POSITIONS = 255  # of one lexeme

# A cache: no migration knows these tables. The names of indexes are PostgreSQL's choice, so that they never collide.
_STATE = """CREATE TABLE IF NOT EXISTS search_state
    (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), versions text NOT NULL, passages bigint NOT NULL)"""
_ARE_THERE = """SELECT bool_and(to_regclass(name) IS NOT NULL)
    FROM unnest(ARRAY['search_state', 'search_passage', 'search_key']) AS name"""
_NEW = """
DROP TABLE IF EXISTS search_passage_new, search_key_new;
CREATE TABLE search_key_new (key text COLLATE "C" NOT NULL, passages bigint NOT NULL);
CREATE TABLE search_passage_new (
    id bigint GENERATED ALWAYS AS IDENTITY, kind text NOT NULL, interview_id bigint NOT NULL,
    speaker_id bigint NOT NULL, stamp bigint NOT NULL, lines bigint[] NOT NULL, line_before bigint, line_after bigint,
    decades smallint[] NOT NULL, people integer[] NOT NULL, said tsvector NOT NULL)
"""
_READY = """
CREATE INDEX ON search_passage_new USING gin (said) WITH (fastupdate = off);
CREATE INDEX ON search_passage_new (interview_id);
CREATE INDEX ON search_passage_new USING gin (people);
CREATE INDEX ON search_passage_new (id);
CREATE UNIQUE INDEX ON search_key_new (key);
ANALYZE search_passage_new;
ANALYZE search_key_new
"""
# Whoever searches waits from here until the commit, so nothing stands between that takes time.
_SWAP = """
DROP TABLE IF EXISTS search_passage, search_key;
ALTER TABLE search_passage_new RENAME TO search_passage;
ALTER TABLE search_key_new RENAME TO search_key
"""
_FORGET = """
UPDATE search_key SET passages = search_key.passages - gone.passages FROM (
    SELECT lexeme, count(*) AS passages FROM search_passage, unnest(said)
    WHERE interview_id = ANY(:ids) GROUP BY lexeme) gone WHERE key = gone.lexeme;
"""


def bring_up_to_date(database: Database, *, wait: bool) -> int:
    """As `index.bring_up_to_date`: the outbox's rows go in the transaction that writes what they ask for."""
    written = 0
    while needs_rebuilding(database) or _something_waits(database):
        with _writing(database, wait=wait) as mine:
            if not mine:
                return written
            written += _build(database) if needs_rebuilding(database) else _drain(database)
    return written


def quoted(lexeme: str) -> str:
    """A lexeme as it stands in a `tsquery` or a `tsvector`."""
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


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
        if not connection.scalar(text(_ARE_THERE)):
            return True
        written = connection.scalar(text("SELECT versions FROM search_state"))
    return written is None or json.loads(written) != versions()


def stamps(database: Database) -> dict[int, list[int]]:
    """The stamps of the passages that the index has, by interview."""
    held: dict[int, list[int]] = {}
    with database.engine.connect().execution_options(yield_per=10_000) as connection:
        for interview_id, stamp in connection.execute(text("SELECT interview_id, stamp FROM search_passage")):
            held.setdefault(interview_id, []).append(stamp)
    return held


def _something_waits(database: Database) -> bool:
    with database.read() as session:
        return session.scalar(select(OutboxEntry.id).limit(1)) is not None


def _drain(database: Database) -> int:
    """Write what the outbox asks for, some rows at a time."""
    written = 0
    while True:
        with database.engine.begin() as connection, Session(connection) as session:
            rows = session.execute(select(OutboxEntry.id, OutboxEntry.kind, OutboxEntry.thing_id).limit(_AT_ONCE)).all()
            if not rows:
                return written
            names = read_names(session)
            people = {thing_id for _, kind, thing_id in rows if kind == PERSON}
            changed = changed_in((kind, thing_id) for _, kind, thing_id in rows)
            interviews = sorted(changed.union(_naming(connection, people, names)))
            connection.execute(text(_FORGET), {"ids": interviews})
            forget = "DELETE FROM search_passage WHERE interview_id = ANY(:ids)"
            gone = connection.execute(text(forget), {"ids": interviews}).rowcount
            keys, added = _add(connection, session, "search_passage", interviews, names)
            _count(connection, keys)
            connection.execute(text("UPDATE search_state SET passages = passages + :n"), {"n": added - gone})
            session.execute(delete(OutboxEntry).where(OutboxEntry.id.in_([row_id for row_id, *_ in rows])))
            session.flush()
        written += len(interviews)


def _build(database: Database) -> int:
    """Build new tables and put them in use, in one transaction: search goes on with the old ones until then."""
    with database.engine.begin() as connection, Session(connection) as session:
        waiting = list(session.scalars(select(OutboxEntry.id)))
        interviews = every(session)
        _each(connection, _NEW)
        keys, added = _add(connection, session, "search_passage_new", interviews, read_names(session))
        with _cursor(connection) as cursor, cursor.copy("COPY search_key_new FROM STDIN") as copy:
            for row in keys.items():
                copy.write_row(row)
        _each(connection, _READY)
        _each(connection, _STATE)
        connection.execute(text("DELETE FROM search_state"))
        values = {"versions": json.dumps(versions()), "passages": added}
        connection.execute(text("INSERT INTO search_state (versions, passages) VALUES (:versions, :passages)"), values)
        for first in range(0, len(waiting), 500):
            session.execute(delete(OutboxEntry).where(OutboxEntry.id.in_(waiting[first : first + 500])))
        session.flush()
        _each(connection, _SWAP)
    return len(interviews)


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


def _add(
    connection: Connection, session: Session, table: str, interviews: Iterable[int], names: Names
) -> tuple[Counter[str], int]:
    """Put the passages of interviews into the index; gives how many of them have each lexeme, and how many they are."""
    keys: Counter[str] = Counter()
    added = 0
    columns = "kind, interview_id, speaker_id, stamp, lines, line_before, line_after, decades, people, said"
    into = f"COPY {table} ({columns}) FROM STDIN"
    for interview_id in interviews:
        documents = list(documents_of(session, interview_id, names))
        session.expunge_all()
        with _cursor(connection) as cursor, cursor.copy(into) as copy:
            for each in documents:
                kind, lines, before, after = each["where"]
                said = _lexemes(each)
                keys.update(said.keys())
                added += 1
                vector = " ".join(quoted(lexeme) + places for lexeme, places in said.items())
                what = (kind, interview_id, each["speaker_id"], each["stamp"], list(lines), before, after)
                copy.write_row((*what, *split_terms(each["about"]), vector))
    return keys, added


def _count(connection: Connection, keys: Counter[str]) -> None:
    with _cursor(connection) as cursor:
        cursor.executemany(
            "INSERT INTO search_key VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET passages = search_key.passages + EXCLUDED.passages",
            sorted(keys.items()),
        )


def _lexemes(document: dict[str, Any]) -> dict[str, str]:
    """What a document is found by, and its places as a `tsvector` writes them."""
    made = {f"s:{word}": "" for word in document["speaker"]}
    places: dict[str, list[str]] = {}
    for place, word in enumerate(document["exact"], start=1):
        places.setdefault(f"x:{word}", []).append(str(min(place, _LAST_POSITION)))
    # The place of a key means nothing; each time it stands there it has one of its own, for its weight.
    for key in document["keys"]:
        those = places.setdefault(f"k:{key.text}", [])
        those.append(f"{len(those) + 1}{_letter(key)}")
    made.update({lexeme: f":{','.join(those[:_MOST_POSITIONS])}" for lexeme, those in places.items()})
    return made


def _letter(key: Key) -> str:
    return next(letter for least, letter in _LETTERS if key.weight >= least)


def _cursor(connection: Connection) -> Any:
    raw: Any = connection.connection.driver_connection
    return raw.cursor()


def _each(connection: Connection, statements: str) -> None:
    for statement in statements.split(";"):
        if statement.strip():
            connection.execute(text(statement))
