"""The units as a table that moves in and out. A row without a number is the unit of that name and kind, or new."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.errors import BadInput
from archive.exchange.tables import Column, Row
from archive.fuzzy_dates import shown
from archive.organisation.periods import typed_ends
from archive.organisation.tree import alphabetical
from archive.organisation.words import UNIT_WORDS, unit_kind_of
from archive.people import name_key
from archive.row_history import Touched, note_changes, snapshot
from archive.table_imports import Does, Plan, Planned, RowProblem
from archive.typed import one_line
from archive.units import FormerName, Unit, UnitDetails, UnitKind, ground, write_unit

COLUMNS = (
    Column("id", "Nr", also=("nummer",)),
    Column("name", "Navn", also=("ledd", "lag"), required=True),
    Column("kind", "Slag", also=("type",), required=True),
    Column("municipality", "Kommune"),
    Column("region", "Region"),
    Column("parent", "Hører under", also=("overordnet",)),
    Column("active_from", "Fra", also=("stiftet",), limit=100),
    Column("active_to", "Til", also=("nedlagt",), limit=100),
    Column("merged_into", "Ble del av", also=("slått sammen med",)),
    Column("former_names", "Tidligere navn", limit=2_000),
    Column("municipality_number", "Kommunenummer"),
    Column("seats", "Plasser"),
    Column("note", "Merknad", limit=20_000),
)
# Columns that name another unit, and of which kind it has to be; None: of any.
_REFERENCES = {
    "municipality": UnitKind.MUNICIPALITY,
    "region": UnitKind.REGION,
    "parent": None,
    "merged_into": None,
}

Cells = Mapping[str, str]
Key = tuple[str, UnitKind]  # by which a unit that is not there yet is named: its name as it is compared, and its kind


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a row makes of a unit."""

    unit_id: int | None  # None: a new one
    key: Key
    details: UnitDetails  # without the units it names
    names: Mapping[str, Key]  # those, by column


class Book:
    """Every unit, read once, to be asked for by number and by name."""

    def __init__(self, session: Session) -> None:
        self.units = list(session.scalars(select(Unit)))
        self.by_id = {each.id: each for each in self.units}
        self.keys: dict[Key, int | None] = {(each.name_key, each.kind): each.id for each in self.units}
        self._kinds: dict[str, list[UnitKind]] = {}
        for name, kind in self.keys:
            self._kinds.setdefault(name, []).append(kind)

    def expect(self, key: Key) -> None:
        """A unit that the file brings."""
        if key not in self.keys:
            self.keys[key] = None
            self._kinds.setdefault(key[0], []).append(key[1])

    def label(self, unit_id: int | None) -> str:
        """A unit as a cell names it: its name, and what it is where several share the name."""
        return "" if unit_id is None else self.name_of(self.key_of(unit_id))

    def key_of(self, unit_id: int) -> Key:
        """By which name and kind a unit is known."""
        unit = self.by_id[unit_id]
        return unit.name_key, unit.kind

    def name_of(self, key: Key) -> str:
        """As `label`, for one that may not be there yet."""
        unit_id = self.keys[key]
        name = self.by_id[unit_id].name if unit_id is not None else key[0]
        return f"{name} ({UNIT_WORDS[key[1]]})" if len(self._kinds[key[0]]) > 1 else name

    def find(self, cell: str, kind: UnitKind | None = None) -> Key:
        """The unit that a cell names.

        Raises:
            BadInput: "unknown_unit", or "several_units" share the name.
        """
        name, _bracket, word = cell.rpartition(" (")
        written_kind = unit_kind_of(word.removesuffix(")")) if name and word.endswith(")") else None
        if written_kind is not None and (name_key(name), written_kind) in self.keys:
            found = [written_kind]
            key = name_key(name)
        else:
            key = name_key(cell)
            found = self._kinds.get(key, [])
        found = [each for each in found if kind is None or each == kind]
        if len(found) != 1:
            raise BadInput("unit", "several_units" if found else "unknown_unit")
        return key, found[0]


class UnitTable:
    """The register of units, for `archive.table_imports`."""

    key = "ledd"
    columns = COLUMNS

    def plan(self, session: Session, rows: Sequence[Row], *, now: datetime) -> Plan:
        """What the rows would do."""
        book = Book(session)
        for row in rows:
            kind = unit_kind_of(row["kind"])
            if kind is not None and row["name"] and not row["id"]:
                book.expect((name_key(row["name"]), kind))
        planned: list[Planned] = []
        problems: list[RowProblem] = []
        for row in rows:
            try:
                planned.append(_planned(row, book))
            except BadInput as bad:
                problems.append(RowProblem(row.line, bad.field, bad.problem, row[bad.field][:80]))
        problems += _rules(planned, book)
        return Plan(tuple(planned), tuple(sorted(problems, key=lambda each: each.line)))

    def carry_out(self, session: Session, plan: Plan, *, by: int | None, now: datetime, batch: str) -> None:
        """Make the new ones first, so that all that a row names is there."""
        book = Book(session)
        ids, rows = dict(book.keys), []
        for row in plan.rows:
            wanted: _Wanted = row.details
            if row.does is Does.ADD:
                unit = Unit()
                write_unit(unit, wanted.details)
                session.add(unit)
                rows.append((wanted, unit))
            elif row.does is Does.CHANGE:
                rows.append((wanted, book.by_id[wanted.unit_id or 0]))
        session.flush()
        ids |= {wanted.key: unit.id for wanted, unit in rows}
        # In two steps, so that taking it back lets go of what is named before it takes away what names.
        new = [Touched(unit, None) for wanted, unit in rows if wanted.unit_id is None]
        note_changes(session, new, act="imported", by=by, now=now, batch=batch)
        touched = [Touched(unit, snapshot(unit)) for _wanted, unit in rows]
        for wanted, unit in rows:
            named = {column: ids[key] for column, key in wanted.names.items()}
            details = replace(
                wanted.details,
                parent_id=named.get("parent"),
                region_id=named.get("region"),
                municipality_id=named.get("municipality"),
                merged_into_id=named.get("merged_into"),
            )
            write_unit(unit, details)
        note_changes(session, touched, act="imported", by=by, now=now, batch=batch)

    def export(self, session: Session) -> list[dict[str, str]]:
        """Every unit, by kind and name."""
        book = Book(session)
        order = list(UnitKind)
        units = sorted(book.units, key=lambda each: (order.index(each.kind), alphabetical(each.name)))
        return [_cells(each, book) for each in units]


def _planned(row: Row, book: Book) -> Planned:
    unit = _unit_of(row, book)
    before: Cells = _cells(unit, book) if unit else {}
    wanted = _wanted({**before, **row.cells}, unit, book)
    after = _cells_of(wanted, book)
    changes = tuple(
        (column.key, before.get(column.key, ""), after[column.key])
        for column in COLUMNS
        if column.key != "id" and before.get(column.key, "") != after[column.key]
    )
    does = Does.ADD if unit is None else Does.CHANGE if changes else Does.SAME
    return Planned(row.line, does, wanted.details.name, changes, wanted)


def _unit_of(row: Row, book: Book) -> Unit | None:
    """Which unit a row is about; None: a new one."""
    number = row["id"]
    if number:
        unit = book.by_id.get(int(number)) if number.isascii() and number.isdigit() else None
        if unit is None:
            raise BadInput("id", "unknown_row")
        return unit
    kind = unit_kind_of(row["kind"])
    if kind is None:
        return None
    unit_id = book.keys.get((name_key(row["name"]), kind))
    return book.by_id[unit_id] if unit_id is not None else None


def _wanted(cells: Cells, unit: Unit | None, book: Book) -> _Wanted:
    kind = unit_kind_of(cells.get("kind", ""))
    if kind is None:
        raise BadInput("kind", "unknown_unit_kind" if cells.get("kind") else "empty")
    names = {}
    for column, must_be in _REFERENCES.items():
        if cell := cells.get(column, ""):
            try:
                names[column] = book.find(cell, must_be)
            except BadInput as bad:
                raise BadInput(column, bad.problem) from None
    municipality, region = ground(kind, names.pop("municipality", None), names.pop("region", None))
    names |= {column: key for column, key in (("municipality", municipality), ("region", region)) if key is not None}
    details = UnitDetails(
        name=one_line(cells.get("name"), "name", limit=200, required=True),
        kind=kind,
        municipality_number=cells.get("municipality_number", ""),
        former_names=_former_names(cells.get("former_names", "")),
        active_from=cells.get("active_from", ""),
        active_to=cells.get("active_to", ""),
        seats=_seats(cells.get("seats", "")),
        note=cells.get("note", ""),
    )
    return _Wanted(unit.id if unit else None, (name_key(details.name), kind), details, names)


def _former_names(cell: str) -> tuple[FormerName, ...]:
    """`Snåsa SF (1961–1975); Snåsa folkeparti`."""
    found = []
    for part in filter(None, (each.strip() for each in cell.replace("\n", ";").split(";"))):
        name, bracket, used = part.removesuffix(")").rpartition(" (")
        found.append(FormerName(name, used) if bracket and part.endswith(")") else FormerName(part))
    return tuple(found)


def _seats(cell: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 3):
        raise BadInput("seats", "out_of_range")
    return int(cell)


def _cells(unit: Unit, book: Book) -> dict[str, str]:
    """A unit as the cells of a row."""
    named = {column: book.label(getattr(unit, f"{column}_id")) for column in _REFERENCES}
    return {"id": str(unit.id), **named, **_plain_cells(unit)}


def _cells_of(wanted: _Wanted, book: Book) -> dict[str, str]:
    """What a row will make of a unit, as cells; raises what cannot be kept of it."""
    unit = Unit()
    write_unit(unit, wanted.details)
    named = {column: book.name_of(wanted.names[column]) if column in wanted.names else "" for column in _REFERENCES}
    return {"id": str(wanted.unit_id or ""), **named, **_plain_cells(unit)}


def _plain_cells(unit: Unit) -> dict[str, str]:
    begun, ended = typed_ends(unit.active)
    return {
        "name": unit.name,
        "kind": UNIT_WORDS[unit.kind],
        "active_from": begun,
        "active_to": ended,
        "former_names": "; ".join(f"{name} ({shown(used)})" if used else name for name, used in unit.former_names),
        "municipality_number": unit.municipality_number or "",
        "seats": "" if unit.seats is None else str(unit.seats),
        "note": unit.note,
    }


def _rules(planned: Sequence[Planned], book: Book) -> Iterator[RowProblem]:
    """What only shows when all rows are seen together: the same unit twice, a number or a name taken, a ring."""
    yield from _twice(planned, book)
    for column in ("parent", "merged_into"):
        onwards = {(each.name_key, each.kind): _next(each, column, book) for each in book.units}
        onwards |= {row.details.key: row.details.names.get(column) for row in planned}
        for row in planned:
            if row.does is not Does.SAME and _is_ring(row.details.key, onwards):
                yield RowProblem(row.line, column, "loop")


def _twice(planned: Sequence[Planned], book: Book) -> Iterator[RowProblem]:
    rows: dict[Key | int, int] = {}
    numbers = {each.municipality_number: each.id for each in book.units if each.municipality_number}
    for row in planned:
        wanted: _Wanted = row.details
        if any(name in rows for name in (wanted.key, wanted.unit_id) if name is not None):
            yield RowProblem(row.line, "name", "twice_in_file", row.name)
        elif book.keys.get(wanted.key) not in (None, wanted.unit_id):
            yield RowProblem(row.line, "name", "taken", row.name)
        number = wanted.details.municipality_number
        if number and numbers.setdefault(number, wanted.unit_id or -row.line) not in (wanted.unit_id, -row.line):
            yield RowProblem(row.line, "municipality_number", "taken", number)
        rows[wanted.key] = row.line
        if wanted.unit_id is not None:
            rows[wanted.unit_id] = row.line


def _next(unit: Unit, column: str, book: Book) -> Key | None:
    other = getattr(unit, f"{column}_id")
    return None if other is None else book.key_of(other)


def _is_ring(start: Key, onwards: Mapping[Key, Key | None]) -> bool:
    seen, at = {start}, onwards.get(start)
    while at is not None and at not in seen:
        seen.add(at)
        at = onwards.get(at)
    return at is not None
