"""A whole database as lines of text, so that it can move between SQLite and PostgreSQL.

The tables are read from the database itself and not from our classes: a backup of last year's program is poured into
last year's tables, and the migrations do the rest.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, DateTime, MetaData, Table, func, insert, inspect, select, text
from sqlalchemy.engine import Engine

# Rows that go to the database in one statement.
AT_ONCE = 500
# Alembic's own; the tables it speaks of are there before the rows come.
NOT_OURS = "alembic_version"


def dump_rows(engine: Engine, *, without: Collection[str] = ()) -> Iterator[str]:
    """Every row as one line of JSON, from one moment: changes made meanwhile are not seen.

    The rows of the tables named in `without`, which no other table may point at, stay where they are.

    A row is `[table, {column: value}]`; `[table, number]` is the highest number a table ever gave out.
    """
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**level) as connection:
        for table in (each for each in _tables(connection) if each.name not in without):
            for row in connection.execution_options(yield_per=AT_ONCE).execute(select(table)).mappings():
                yield json.dumps([table.name, dict(row)], default=_plain, ensure_ascii=False)
            if (highest := _highest_number(connection, table)) is not None:
                yield json.dumps([table.name, highest])


def load_rows(engine: Engine, lines: Iterable[str]) -> None:
    """Pour what `dump_rows` gave into tables that are there and empty of it; all or nothing."""
    with engine.begin() as connection:
        tables = {table.name: table for table in _tables(connection)}
        for table in reversed(tables.values()):  # what the migrations put there comes again with the rows
            connection.execute(table.delete())
        waiting: list[dict[str, Any]] = []
        current = None
        for name, values in map(json.loads, lines):
            if waiting and (name != current or len(waiting) == AT_ONCE or isinstance(values, int)):
                connection.execute(insert(tables[str(current)]), waiting)
                waiting = []
            current = name
            if isinstance(values, int):
                _count_on_from(connection, tables[name], values)
            else:
                waiting.append(_typed(tables[name], values))
        if waiting:
            connection.execute(insert(tables[str(current)]), waiting)


def _tables(connection: Connection) -> list[Table]:
    """Parents before children."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != NOT_OURS]


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"no text for {value!r}")


def _typed(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """What JSON cannot carry, made again: days and instants."""
    typed = dict(values)
    for column in table.columns:
        value = typed.get(column.name)
        if isinstance(value, str) and isinstance(column.type, DateTime):
            typed[column.name] = datetime.fromisoformat(value)
        elif isinstance(value, str) and isinstance(column.type, Date):
            typed[column.name] = date.fromisoformat(value)
    return typed


def _highest_number(connection: Connection, table: Table) -> int | None:
    """The highest `id` that a table ever gave out; None where nothing counts, or nothing was given out yet.

    On SQLite only tables that never reuse a number remember it; elsewhere the highest one there is counts.
    """
    if "id" not in table.c or table.c.id.type.python_type is not int:
        return None
    if connection.dialect.name == "postgresql":
        sequence = _sequence(connection, table)
        last_value = text("SELECT pg_sequence_last_value(CAST(:name AS regclass))")
        found = connection.execute(last_value, {"name": sequence}).scalar() if sequence else None
    elif inspect(connection).has_table("sqlite_sequence"):
        found = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name=:n"), {"n": table.name}).scalar()
    else:
        found = None
    return int(found) if found else connection.execute(select(func.max(table.c.id))).scalar()


def _count_on_from(connection: Connection, table: Table, number: int) -> None:
    if connection.dialect.name == "postgresql":
        if sequence := _sequence(connection, table):
            connection.execute(text("SELECT setval(:name, :number)"), {"name": sequence, "number": number})
    elif inspect(connection).has_table("sqlite_sequence"):
        values = {"name": table.name, "number": number}
        if not connection.execute(text("UPDATE sqlite_sequence SET seq=:number WHERE name=:name"), values).rowcount:
            # A table without AUTOINCREMENT has no row here and needs none; an unknown name does no harm.
            connection.execute(text("INSERT INTO sqlite_sequence(name, seq) VALUES (:name, :number)"), values)


def _sequence(connection: Connection, table: Table) -> str | None:
    return connection.execute(
        text("SELECT pg_get_serial_sequence(quote_ident(:name), 'id')"), {"name": table.name}
    ).scalar()
