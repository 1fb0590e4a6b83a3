"""The rows of other tables that point to a person: found by their foreign keys, moved to another person, and back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from archive.database import Base

# These speak of merges and of the person itself; what was found in texts is looked for anew.
_NOT_MOVED = frozenset({"person", "person_merge", "link_suggestion"})
# Where both have a row and only one may, the other's stays with the one that goes: how a voice sounds rests on its own
# consent, and neither it nor an address is ever copied into a note about a merge; an account is somebody's way in.
_STAYS = frozenset({"voice_print", "person_contact", "user_person", "user"})
# What makes two rows one where no rule of the database says so.
_SAME_BUT_FOR = {
    "office": ("id", "note"),
    "person_alias": ("id", "kind", "name"),
    "link": ("id", "made_by_id", "made_at"),
}
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column that says which person is meant."""

    table: Table
    column: Column[Any]

    @property
    def may_remove(self) -> bool:
        """Whether a row that both have may go; it is put back by an undo."""
        return self.table.name not in _STAYS

    @property
    def key(self) -> tuple[Column[Any], ...]:
        """What tells the rows apart."""
        return tuple(self.table.primary_key.columns)

    def count(self, session: Session, person_id: int) -> int:
        """How many rows point to a person."""
        return session.scalar(select(func.count()).select_from(self.table).where(self.column == person_id)) or 0

    def alike(self) -> Iterator[tuple[Column[Any], ...]]:
        """Sets of columns in which two rows are equal when they are one, but for whom they point to."""
        if self.table.name in _SAME_BUT_FOR:
            left_out = _SAME_BUT_FOR[self.table.name]
            compared = (column for column in self.table.columns if column is not self.column)
            yield tuple(column for column in compared if column.name not in left_out)
        unique = [each.columns for each in self.table.constraints if isinstance(each, UniqueConstraint)]
        unique += [index.columns for index in self.table.indexes if index.unique]
        for columns in (*unique, self.table.primary_key.columns):
            if any(column is self.column for column in columns):
                yield tuple(column for column in columns if column is not self.column)


def pointers() -> list[Pointer]:
    """Every column of every table that points to a person."""
    return [
        Pointer(table, column)
        for table in Base.metadata.sorted_tables
        if table.name not in _NOT_MOVED
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    ]


def double_rows(session: Session, pointer: Pointer, kept_id: int, gone_id: int) -> list[dict[str, Any]]:
    """The rows of the one that goes which the kept one has as well."""
    ties = _ties(session, pointer, kept_id, gone_id)
    found = {tuple(row[column.name] for column in pointer.key): row for row in ties}
    for columns in pointer.alike():
        other = pointer.table.alias()
        same = [other.c[pointer.column.name] == kept_id]
        same += [_same(column, other.c[column.name]) for column in columns]
        if pointer.table.name == "office":  # a note that only the other has must not be lost
            same.append(or_(pointer.table.c.note == "", pointer.table.c.note == other.c.note))
        theirs = select(pointer.table).where(
            pointer.column == gone_id, select(other.c[pointer.key[0].name]).where(*same).exists()
        )
        for row in session.execute(theirs).mappings():
            found[tuple(row[column.name] for column in pointer.key)] = dict(row)
    return list(found.values())


def _ties(session: Session, pointer: Pointer, kept_id: int, gone_id: int) -> list[dict[str, Any]]:
    """Links between the two: a person is not tied to himself."""
    if pointer.table.name != "link":
        return []
    other = pointer.table.c["b_person_id" if pointer.column.name == "a_person_id" else "a_person_id"]
    between = select(pointer.table).where(pointer.column == gone_id, other.in_([kept_id, gone_id]))
    return [dict(row) for row in session.execute(between).mappings()]


def _same(one: Column[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(one == other, and_(one.is_(None), other.is_(None))) if one.nullable else one == other


def remove_rows(session: Session, pointer: Pointer, rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Take rows away; gives what `put_rows_back` wants."""
    for row in rows:
        session.execute(pointer.table.delete().where(*(column == row[column.name] for column in pointer.key)))
    return [[pointer.table.name, {name: _plain(value) for name, value in row.items()}] for row in rows]


def put_rows_back(session: Session, removed: Iterable[Sequence[Any]]) -> None:
    """Bring back rows that were taken away, where what they hang on is still there."""
    for name, values in removed:
        table = Base.metadata.tables.get(name)
        if table is None or not _can_return(session, table, values):
            continue
        typed = {column.name: _typed(column, values[column.name]) for column in table.columns if column.name in values}
        session.execute(insert(table).values(typed))


def _can_return(session: Session, table: Table, values: dict[str, Any]) -> bool:
    """Whether the row's own place is free and everything that it points at is there."""
    own = [column == values[column.name] for column in table.primary_key.columns]
    if session.execute(select(*table.primary_key.columns).where(*own)).first() is not None:
        return False
    for column in table.columns:
        for key in column.foreign_keys:
            value = values.get(column.name)
            there = select(key.column).where(key.column == value)
            if value is not None and session.execute(there).first() is None:
                return False
    return True


def move_rows(
    session: Session, pointer: Pointer, kept_id: int, gone_id: int, *, but: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Let the rows point to the kept one; gives what `move_rows_back` wants."""
    stays = {tuple(row[column.name] for column in pointer.key) for row in but}
    theirs = select(*pointer.key).where(pointer.column == gone_id).order_by(*pointer.key)
    keys = [tuple(row) for row in session.execute(theirs) if tuple(row) not in stays]
    _point(session, pointer, keys, gone_id, kept_id)
    return {
        "table": pointer.table.name,
        "column": pointer.column.name,
        "rows": _ranges([key[0] for key in keys]) if _has_numbers(pointer) else [list(key) for key in keys],
    }


def move_rows_back(session: Session, pointer: Pointer, moved: dict[str, Any], kept_id: int, gone_id: int) -> None:
    """Let the rows that were moved, and still point to the kept one, point to the other again."""
    if _has_numbers(pointer):
        keys: list[tuple[Any, ...]] = [(number,) for first, last in moved["rows"] for number in range(first, last + 1)]
    else:
        keys = [tuple(key) for key in moved["rows"]]
    _point(session, pointer, keys, kept_id, gone_id)


def _has_numbers(pointer: Pointer) -> bool:
    """Whether the rows are told apart by one number that is not the person's."""
    return len(pointer.key) == 1 and pointer.key[0] is not pointer.column and pointer.key[0].type.python_type is int


def _point(session: Session, pointer: Pointer, keys: Sequence[tuple[Any, ...]], before: int, after: int) -> None:
    changed = update(pointer.table).where(pointer.column == before).values({pointer.column: after})
    if len(pointer.key) == 1 and pointer.key[0] is not pointer.column:
        for start in range(0, len(keys), _AT_ONCE):
            session.execute(changed.where(pointer.key[0].in_([key[0] for key in keys[start : start + _AT_ONCE]])))
        return
    for key in keys:  # as written down before the move: where the person is part of the key, that part has changed
        others = zip(pointer.key, key, strict=True)
        session.execute(changed.where(*(column == value for column, value in others if column is not pointer.column)))


def _ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers in order as [first, last]: ten thousand lines are a few of these."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value  # an instant is a date too


def _typed(column: Column[Any], value: Any) -> Any:
    if isinstance(value, str) and issubclass(column.type.python_type, datetime):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and issubclass(column.type.python_type, date):
        return date.fromisoformat(value)
    return value
