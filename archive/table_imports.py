"""A register's table comes in: what it would do is found out first, carried out whole, and can be taken back.

Each register has an object that knows its columns (`TableRegister`). What a plan is made of is read again from the file
when the button is pressed: if the archive has changed meanwhile so that the plan is another one, nothing is done.
"""

import enum
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.accounts import Role, User, require_at_least
from archive.audit import note
from archive.errors import BadInput, NotFound
from archive.exchange.tables import Column, Row, Table
from archive.row_history import RowChange, undo_batch


class Does(enum.StrEnum):
    """What a row of the file does to the register."""

    ADD = "add"
    CHANGE = "change"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Planned:
    """One row of the file, and what comes of it."""

    line: int
    does: Does
    name: str  # what the row is about, as the page shows it
    changes: tuple[
        tuple[str, str, str], ...
    ] = ()  # (column's key, what stands there, what will), as the page shows them
    details: Any = None  # the register's own


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot be used; the page words `problem` as it does for a field named `column`."""

    line: int
    column: str  # the column's key; "": the row as a whole
    problem: str
    found: str = ""  # what stands in the cell


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do. With a problem in any row it does nothing."""

    rows: tuple[Planned, ...]
    problems: tuple[RowProblem, ...] = ()

    def count(self, does: Does) -> int:
        """How many rows do this."""
        return sum(row.does is does for row in self.rows)

    @property
    def changes_nothing(self) -> bool:
        """Whether everything in the file stands there already."""
        return all(row.does is Does.SAME for row in self.rows)

    @property
    def fingerprint(self) -> str:
        """By which the page knows that nothing has changed since a person saw the plan."""
        seen = [(row.line, row.does.value, row.name, row.changes) for row in self.rows]
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


class TableRegister(Protocol):
    """What a register says of itself, so that it can move as a table."""

    @property
    def key(self) -> str:
        """In addresses and in the log: `folk`."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its table."""

    def plan(self, session: Session, rows: Sequence[Row], *, now: datetime) -> Plan:
        """What the rows would do. Reads only, and asks the database as often for a thousand rows as for one."""

    def carry_out(self, session: Session, plan: Plan, *, by: int | None, now: datetime, batch: str) -> None:
        """Do it, with `note_change(…, batch=batch)` for every row that is touched."""

    def export(self, session: Session) -> list[dict[str, str]]:
        """The whole register, as `plan` reads it."""


def plan_table(session: Session, register: TableRegister, table: Table, *, now: datetime) -> Plan:
    """What a table would do: all or, where a row cannot be used, nothing."""
    too_long = [
        RowProblem(row.line, column.key, "too_long", row[column.key])
        for row in table.rows
        for column in register.columns
        if len(row[column.key]) > column.limit
    ]
    if too_long:
        return Plan((), tuple(too_long))
    return register.plan(session, table.rows, now=now)


def carry_out_table(
    session: Session, register: TableRegister, table: Table, *, fingerprint: str, by: int | None, now: datetime
) -> str:
    """Do what a table says, in the caller's transaction; gives the name by which all of it can be taken back.

    Raises:
        BadInput: the plan has "problems", changes "nothing", or is not the one with this `fingerprint` any more
            ("changed_since").
    """
    require_at_least(session, by, "import_table", Role.SECRETARY)
    plan = plan_table(session, register, table, now=now)
    if plan.problems:
        raise BadInput("table", "problems")
    if plan.fingerprint != fingerprint:
        raise BadInput("table", "changed_since")
    if plan.changes_nothing:
        raise BadInput("table", "nothing")
    batch = f"{register.key}:{secrets.token_hex(8)}"
    register.carry_out(session, plan, by=by, now=now, batch=batch)
    counts = {does.value: plan.count(does) for does in Does}
    note(session, "imported_table", "table", batch, user_id=by, now=now, **counts)
    session.flush()
    return batch


@dataclass(frozen=True, slots=True)
class Import:
    """A table that was carried out."""

    batch: str
    at: datetime
    by: str  # who; "" for the machine's owner
    rows: int  # how many rows of the register it touched, others' shown with them included
    undone: bool


def imports_of(session: Session, register: TableRegister, *, batch: str | None = None, most: int = 10) -> list[Import]:
    """The tables that were carried out, newest first; the one of this name only, if one is named."""
    which = RowChange.batch.like(f"{register.key}:%") if batch is None else RowChange.batch == batch
    rows = session.execute(
        select(
            RowChange.batch,
            func.min(RowChange.made_at),
            func.max(RowChange.made_by_id),
            func.count(),
            func.count(RowChange.undone_at),
        )
        .where(which)
        .group_by(RowChange.batch)
        .order_by(func.min(RowChange.id).desc())
        .limit(most)
    ).all()
    theirs = select(User).where(User.id.in_([row[2] for row in rows]))
    names = {user.id: user.name for user in session.scalars(theirs)}
    return [
        Import(name, at, names.get(by or 0, ""), count, undone == count)
        for name, at, by, count, undone in rows
        if name and name.startswith(f"{register.key}:")
    ]


def undo_import(session: Session, register: TableRegister, batch: str, *, by: int | None, now: datetime) -> int:
    """Take back what a table did, all of it or nothing; how many changes that was.

    Raises:
        NotFound: no table of this register.
        BadInput: "changed_since" or "in_use": somebody has built on what came with it.
    """
    require_at_least(session, by, "undo_import", Role.SECRETARY)
    known = select(RowChange.id).where(RowChange.batch == batch).limit(1)
    if not batch.startswith(f"{register.key}:") or session.scalar(known) is None:
        raise NotFound("table", batch)
    count = undo_batch(session, batch, by=by, now=now)
    note(session, "undid_table", "table", batch, user_id=by, now=now, changes=count)
    session.flush()
    return count
