"""Counts work that is begun, so that what takes the worker down does not do so forever."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from archive.recordings import Recording
from archive.records import RecordVersion
from pipeline.bench import Bench
from pipeline.errors import GaveUp

# A piece of work that took the worker down this often is not tried again.
MOST_ATTEMPTS = 6

Row = TypeVar("Row", Recording, RecordVersion)


@contextmanager
def attempt(bench: Bench, table: type[Row], row_id: int) -> Iterator[None]:
    """One attempt at a recording or at a record's file; whoever saves something sets `attempts` to 0.

    Raises:
        GaveUp: it was tried too often.
    """
    bench.pause_for_end()
    with bench.database.write() as session:
        row = session.get_one(table, row_id)
        if row.attempts >= MOST_ATTEMPTS:
            raise GaveUp(row_id, row.attempts)
        row.attempts += 1
        session.commit()
    try:
        yield
    except BaseException:  # whatever it was, the worker lives; a database that is away says no less than the error
        with suppress(OperationalError), bench.database.write() as session:
            row = session.get_one(table, row_id)
            row.attempts = max(row.attempts - 1, 0)
            session.commit()
        raise
