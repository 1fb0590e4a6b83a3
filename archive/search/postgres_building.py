"""Building the whole index in PostgreSQL: new tables beside the old ones, filled by two processes where there is much.

Search goes on with the old tables until the new ones take their place. A builder that dies leaves tables that nobody
looks at; the next one throws them away.
"""

import json
import multiprocessing
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from sqlalchemy import delete, func, select, text

from archive.database import Database
from archive.outbox import OutboxEntry
from archive.records import RecordPage
from archive.search.analysis import remember_more, warm_up
from archive.search.holders import every
from archive.search.mentions import read_names
from archive.search.postgres_common import NEW, SWAP, work_out
from archive.search.postgres_rows import copy_into, cursor_of, made_with
from archive.search.schema import documents_of
from archive.transcripts import Segment

_PROCESSES = 2
_AT_ONCE = 20  # interviews, records and the like that a process is given
# Letters from which on two processes, which need some seconds to begin, are worth it: about 60 hours.
_LARGE_LETTERS = 3_000_000
# Words that a process remembers. In ten thousand hours, with 50,000 every tenth word was looked up anew.
_REMEMBERED = 250_000
# Of what is written once and then read: the index over it, which gathers in memory before it writes.
_MEMORY = "512MB"

_STATE = """CREATE TABLE IF NOT EXISTS search_state
    (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), versions text NOT NULL, passages bigint NOT NULL)"""
# What is said stands apart from its row, so that rows are small: counting reads very many of them. It is not packed
# either: unpacking it took longer than working out a score, for a third of the room. PostgreSQL gathers nothing of what
# is common in it, so that a question is always worked out the same way.
_NEW = """
DROP TABLE IF EXISTS search_passage_new, search_key_new;
CREATE TABLE search_key_new (key text COLLATE "C" NOT NULL, passages bigint NOT NULL);
CREATE TABLE search_passage_new (
    id bigint GENERATED ALWAYS AS IDENTITY, interview_id bigint NOT NULL, stamp bigint NOT NULL,
    speaker_id integer NOT NULL, line_before integer, line_after integer, kind text COLLATE "C" NOT NULL,
    lines integer[] NOT NULL, decades smallint[] NOT NULL, people integer[] NOT NULL, said tsvector NOT NULL)
    WITH (toast_tuple_target = 128);
ALTER TABLE search_passage_new ALTER lines SET STORAGE MAIN;
ALTER TABLE search_passage_new ALTER decades SET STORAGE MAIN;
ALTER TABLE search_passage_new ALTER people SET STORAGE MAIN;
ALTER TABLE search_passage_new ALTER said SET STORAGE EXTERNAL;
ALTER TABLE search_passage_new ALTER said SET STATISTICS 0
"""
_READY = """
CREATE INDEX ON search_passage_new USING gin (said) WITH (fastupdate = off);
CREATE INDEX ON search_passage_new (interview_id);
CREATE INDEX ON search_passage_new USING gin (people);
CREATE UNIQUE INDEX ON search_passage_new (id);
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


def build(database: Database) -> int:
    """Build new tables and put them in use; gives how many interviews, records and the like they hold."""
    with database.read() as session:
        # These rows were committed before any interview is read below, so the new index holds what they ask for.
        waiting = list(session.scalars(select(OutboxEntry.id)))
        numbers = every(session)
        letters = sum(
            session.scalar(select(func.sum(func.length(each)))) or 0 for each in (Segment.text, RecordPage.text)
        )
    parts = [numbers[first : first + _AT_ONCE] for first in range(0, len(numbers), _AT_ONCE)]
    _each(database, f"{_NEW};{NEW}")
    keys: Counter[str] = Counter()
    if processes := min(_PROCESSES, os.cpu_count() or 1) if letters >= _LARGE_LETTERS else 0:
        # Spawned, never forked: the web server has threads. They leave when this process dies.
        with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _get_ready) as executor:
            work = [executor.submit(_fill_alone, database.url, part) for part in parts]
            try:
                for each in work:
                    keys.update(each.result())
            except BaseException:
                executor.shutdown(cancel_futures=True)
                raise
    else:
        for part in parts:
            keys.update(_fill(database, part))
    _put_in_use(database, keys, waiting)
    return len(numbers)


def _get_ready() -> None:
    """Let a process of its own take some hundred megabytes to look up words fast, and few of them twice."""
    warm_up(whole=True)
    remember_more(_REMEMBERED)


def _fill(database: Database, interviews: list[int]) -> Counter[str]:
    """Put the passages of interviews into the new table; gives how many of them have each lexeme."""
    keys: Counter[str] = Counter()
    with database.read() as session:
        names = read_names(session)
    for interview_id in interviews:
        parent = multiprocessing.parent_process()
        if parent is not None and not parent.is_alive():
            raise SystemExit("nobody waits for this any more")
        with database.read() as session:
            documents = list(documents_of(session, interview_id, names))
        with database.engine.begin() as connection:
            keys.update(copy_into(connection, "search_passage_new", documents))
    return keys


def _fill_alone(database_url: str, interviews: list[int]) -> Counter[str]:
    """`_fill` in a process of its own."""
    import archive.model  # noqa: F401 - all tables must be known, as in every process of ours

    database = Database(database_url)
    try:
        return _fill(database, interviews)
    finally:
        database.close()


def _put_in_use(database: Database, keys: Counter[str], waiting: list[int]) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(f"SET LOCAL maintenance_work_mem = '{_MEMORY}'"))
        with cursor_of(connection) as cursor, cursor.copy("COPY search_key_new FROM STDIN") as copy:
            for row in keys.items():
                copy.write_row(row)
        for statement in _READY.split(";"):
            connection.execute(text(statement))
        work_out(connection)
        connection.execute(text(_STATE))
        connection.execute(text("DELETE FROM search_state"))
        passages = "INSERT INTO search_state (versions, passages) SELECT :versions, count(*) FROM search_passage_new"
        connection.execute(text(passages), {"versions": json.dumps(made_with())})
        for first in range(0, len(waiting), 500):
            connection.execute(delete(OutboxEntry).where(OutboxEntry.id.in_(waiting[first : first + 500])))
        for statement in f"{_SWAP};{SWAP}".split(";"):
            connection.execute(text(statement))


def _each(database: Database, statements: str) -> None:
    with database.engine.begin() as connection:
        for statement in statements.split(";"):
            connection.execute(text(statement))
