"""Each change of a row of the registers: what stood there before and after, and the way back.

Whoever changes a row takes a `snapshot` first and says `note_change` afterwards; `undo_change` puts back what that one
change did, and nothing that came later.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, func, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from archive.audit import note
from archive.database import Base
from archive.errors import BadInput

if TYPE_CHECKING:
    from archive.accounts import User

# Rows that are asked for in one question.
_AT_ONCE = 500

Snapshot = dict[str, Any]  # a row's columns as JSON can carry them


class RowChange(Base):
    """One change of one row."""

    __tablename__ = "row_change"
    __table_args__ = (
        Index("ix_row_change_thing", "thing", "thing_id"),
        Index("ix_row_change_row", "of_table", "row_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    of_table: Mapped[str] = mapped_column(String(60))
    row_id: Mapped[int]
    thing: Mapped[str] = mapped_column(String(60))  # on whose page the change is shown: an office's on its unit's
    thing_id: Mapped[int]
    act: Mapped[str] = mapped_column(String(60))  # added, changed, ended, removed, imported, undid
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # None: the row was not there
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # None: the row is gone
    batch: Mapped[str | None] = mapped_column(String(40), index=True)  # what was done in one go, such as an import
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None]

    made_by: Mapped["User | None"] = relationship()

    @property
    def is_forgotten(self) -> bool:
        """Whether what it did to a row that was removed is kept no more (`archive.forgetting`)."""
        return self.before is None and self.after is None

    @property
    def can_be_undone(self) -> bool:
        """Whether its values are there, and nobody has undone it."""
        return self.undone_at is None and not self.is_forgotten

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that it changed; for a row that came or went, all that it holds."""
        before, after = self.before or {}, self.after or {}
        names = dict.fromkeys((*before, *after))
        return tuple(name for name in names if before.get(name) != after.get(name))


@dataclass(frozen=True, slots=True)
class Thing:
    """On whose page a change is shown."""

    kind: str
    id: int


def snapshot(row: Base) -> Snapshot:
    """What stands in a row now."""
    return {column.key: plain(getattr(row, column.key)) for column in inspect(type(row)).column_attrs}


def note_change(
    session: Session,
    row: Base,
    before: Snapshot | None,
    *,
    act: str,
    by: int | None,
    now: datetime,
    thing: Thing | None = None,
    batch: str | None = None,
) -> RowChange | None:
    """Write down what was just done to a row, here and in the log of acts; None when nothing in it changed.

    `before`: what `snapshot` gave; None for a row that is new. A row that is deleted in this session has no after.
    """
    gone = row in session.deleted
    session.flush()
    after = None if gone else snapshot(row)
    if before == after:
        return None
    stood: Snapshot = before if after is None and before is not None else snapshot(row)
    table, number = type(row).__tablename__, int(stood["id"])
    about = thing or Thing(table, number)
    change = RowChange(**line_of_history(table, number, about, act, before, after, by, now, batch))
    session.add(change)
    session.flush()
    note(session, act, table, number, user_id=by, now=now, change=change.id)
    return change


def line_of_history(
    table: str,
    row_id: int,
    thing: Thing,
    act: str,
    before: Snapshot | None,
    after: Snapshot | None,
    by: int | None,
    now: datetime,
    batch: str | None = None,
) -> dict[str, Any]:
    """What a `RowChange` holds; `before` is None for a row that is new, and `after` for one that is gone."""
    return {
        "of_table": table,
        "row_id": row_id,
        "thing": thing.kind,
        "thing_id": thing.id,
        "act": act,
        "before": before,
        "after": after,
        "batch": batch,
        "made_at": now,
        "made_by_id": by,
    }


@dataclass(frozen=True, slots=True)
class Touched:
    """One of many rows that are changed in one go."""

    row: Base
    before: Snapshot | None  # None: the row is new
    thing: Thing | None = None


def note_changes(
    session: Session, touched: Sequence[Touched], *, act: str, by: int | None, now: datetime, batch: str
) -> None:
    """Write down what was done to many rows in one go; the caller says it to the log of acts, once for all of them."""
    session.flush()
    changes = []
    for each in touched:
        after = snapshot(each.row)
        if each.before == after:
            continue
        table = type(each.row).__tablename__
        about = each.thing or Thing(table, int(after["id"]))
        changes.append(line_of_history(table, int(after["id"]), about, act, each.before, after, by, now, batch))
    if changes:
        session.execute(insert(RowChange), changes)


def changes_of(session: Session, thing: str, thing_id: int, *, limit: int = 200) -> list[RowChange]:
    """What was done to a thing and to the rows shown with it, newest first."""
    theirs = select(RowChange).where(RowChange.thing == thing, RowChange.thing_id == thing_id)
    found = theirs.order_by(RowChange.id.desc()).limit(limit).options(joinedload(RowChange.made_by))
    return list(session.scalars(found))


def latest_change(session: Session, table: str, row_id: int) -> int:
    """The number of the last change of a row; 0 for none. A form that carries it knows whether it is out of date."""
    newest = select(func.max(RowChange.id)).where(RowChange.of_table == table, RowChange.row_id == row_id)
    return session.scalar(newest) or 0


def changes_in(session: Session, batch: str) -> list[RowChange]:
    """What was done in one go, in its order."""
    return list(session.scalars(select(RowChange).where(RowChange.batch == batch).order_by(RowChange.id)))


def require_not_undone(change: RowChange) -> None:
    """Refuse a change that was undone already, or whose values are gone.

    Raises:
        BadInput: "undone_already", or "forgotten".
    """
    if change.undone_at is not None:
        raise BadInput("change", "undone_already")
    if change.is_forgotten:
        raise BadInput("change", "forgotten")


def undo_change(session: Session, change: RowChange, *, by: int | None, now: datetime) -> Base | None:
    """Put back what one change did, and give the row; None when it is gone by that. An undo can be undone too.

    The caller checks the row's own rules afterwards, and lets nothing be kept where they are broken.

    Raises:
        BadInput: "undone_already", "changed_since" (what it changed was changed again: undo that first), "in_use"
            (other things hang on the row that would go), or "forgotten" (it was removed too long ago).
    """
    require_not_undone(change)
    row = session.get(_class_of(change.of_table), change.row_id)
    stands = None if row is None else snapshot(row)
    if not _still_holds(change, stands):
        raise BadInput("change", "changed_since")
    row = _put_back(session, row, change)
    if row is not None:
        note_change(session, row, stands, act="undid", by=by, now=now, thing=Thing(change.thing, change.thing_id))
    else:
        session.execute(insert(RowChange), [_undid(change, stands, None, by, now)])
        note(session, "undid", change.of_table, change.row_id, user_id=by, now=now, change=change.id)
    change.undone_at = now
    session.flush()
    return row


def undo_batch(session: Session, batch: str, *, by: int | None, now: datetime) -> int:
    """Put back all that was done in one go and not undone since, the last first; how many changes that was.

    All of it or nothing; the caller says it to the log of acts, once.

    Raises:
        BadInput: as `undo_change`, for the first that cannot be undone.
    """
    changes = [each for each in reversed(changes_in(session, batch)) if each.undone_at is None]
    rows = _rows_of(session, changes)
    stands = {place: snapshot(row) for place, row in rows.items()}
    undone, doomed, returned = [], [], ""
    with session.no_autoflush:
        for change in changes:
            place = (change.of_table, change.row_id)
            before = stands.get(place)
            if change.is_forgotten:
                raise BadInput("change", "forgotten")
            if not _still_holds(change, before):
                raise BadInput("change", "changed_since")
            if change.before is None:
                doomed.append(rows.pop(place))
                del stands[place]
            else:
                if place not in rows:  # what comes back may be named by what comes back after it
                    if returned not in ("", change.of_table):
                        _write(session)
                    returned = change.of_table
                rows[place] = _set_back(session, rows.get(place), change)
                stands[place] = {**(before or {}), **change.before}
            undone.append(_undid(change, before, stands.get(place), by, now))
    _let_go(session, doomed)
    if undone:
        session.execute(insert(RowChange), undone)
        done = update(RowChange).where(RowChange.batch == batch, RowChange.undone_at.is_(None))
        session.execute(done.values(undone_at=now))
    return len(changes)


def _write(session: Session) -> None:
    """Write what has come back so far.

    Raises:
        BadInput: "changed_since", when it does not fit what stands there now.
    """
    try:
        session.flush()
    except IntegrityError:
        raise BadInput("change", "changed_since") from None


def _let_go(session: Session, doomed: Sequence[Base]) -> None:
    """Delete rows, when everything that no longer names them is written.

    Raises:
        BadInput: "in_use", when something else does.
    """
    try:
        with session.begin_nested():
            session.flush()
            for row in doomed:
                session.delete(row)
            session.flush()
    except IntegrityError:
        raise BadInput("change", "in_use") from None


def _rows_of(session: Session, changes: Sequence[RowChange]) -> dict[tuple[str, int], Base]:
    """The rows that changes speak of and that are there, a few hundred in one question."""
    wanted: dict[str, list[int]] = {}
    for change in changes:
        wanted.setdefault(change.of_table, []).append(change.row_id)
    rows = {}
    for table, numbers in wanted.items():
        kind: Any = _class_of(table)
        for first in range(0, len(numbers), _AT_ONCE):
            found = session.scalars(select(kind).where(kind.id.in_(numbers[first : first + _AT_ONCE])))
            rows.update({(table, row.id): row for row in found})
    return rows


def _undid(
    change: RowChange, before: Snapshot | None, after: Snapshot | None, by: int | None, now: datetime
) -> dict[str, Any]:
    """The line of the history that says that a change was undone."""
    thing = Thing(change.thing, change.thing_id)
    return line_of_history(change.of_table, change.row_id, thing, "undid", before, after, by, now)


def forget_history(session: Session, table: str, row_ids: Sequence[int]) -> None:
    """Delete what was written down of rows: for personal data that somebody asked us to forget."""
    found = select(RowChange).where(RowChange.of_table == table, RowChange.row_id.in_(row_ids))
    for change in session.scalars(found):
        session.delete(change)
    session.flush()


def _still_holds(change: RowChange, stands: Snapshot | None) -> bool:
    if change.after is None or stands is None:
        return change.after is None and stands is None
    if change.before is None:
        return stands == change.after
    return all(stands.get(name) == change.after.get(name) for name in change.fields)


def _put_back(session: Session, row: Base | None, change: RowChange) -> Base | None:
    """Let a row be as it was before a change; None when it was not there."""
    if change.before is None:
        assert row is not None  # noqa: S101 - `_still_holds` has seen it
        _let_go(session, [row])
        return None
    try:
        with session.begin_nested():
            row = _set_back(session, row, change)
            session.flush()
    except IntegrityError:  # what it points at, or shared its name with, is not as it was
        raise BadInput("change", "changed_since") from None
    return row


def _set_back(session: Session, row: Base | None, change: RowChange) -> Base:
    """Give a row the values that it had before a change, without a word to the database."""
    kind = _class_of(change.of_table)
    values = typed_values(kind, change.before or {})
    if row is None:
        row = kind(**values)
        session.add(row)
        return row
    for name in change.fields:
        if name in values:  # a column that has come since stays as it is
            setattr(row, name, values[name])
    return row


def _class_of(table: str) -> type[Base]:
    found = next((each.class_ for each in Base.registry.mappers if each.class_.__tablename__ == table), None)
    if found is None:
        raise BadInput("change", "in_use")
    return found


def plain(value: object) -> object:
    """A value as JSON can carry it."""
    if isinstance(value, enum.Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value  # an instant is a date too


def typed_values(kind: type[Base], values: Snapshot) -> Snapshot:
    """The columns of a row of this kind, as Python has them; what is no column is left out."""
    typed = {}
    for column in inspect(kind).column_attrs:
        if column.key not in values:
            continue
        value, wanted = values[column.key], column.columns[0].type.python_type
        if isinstance(value, str) and issubclass(wanted, datetime):
            value = datetime.fromisoformat(value)
        elif isinstance(value, str) and issubclass(wanted, date):
            value = date.fromisoformat(value)
        elif isinstance(value, str) and issubclass(wanted, enum.Enum):
            value = wanted(value)
        typed[column.key] = value
    return typed
