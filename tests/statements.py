"""What SQLAlchemy makes of a statement is made once for all tests of a process, as it is in one archive that is used.

It is kept for each engine, under that engine's dialect, and each test has engines of its own: a third of the processor
time of all tests went to writing the same SQL anew.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

KEPT = 3000


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """All engines share what they keep, and dialects of one database are alike: ours are all set up in the same way."""
    begin, kept = Engine.__init__, LRUCache[Any, Any](KEPT)

    def begin_sharing(engine: Engine, *arguments: Any, **named: Any) -> None:
        begin(engine, *arguments, **named)
        engine._compiled_cache = kept

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "__init__", begin_sharing)
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            patch.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))
            patch.setattr(dialect, "__hash__", lambda one: hash(type(one)))
        yield
