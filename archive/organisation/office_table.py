"""The offices as a table that moves in and out: one row for each holder. Who is not in the register yet is added."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive.errors import BadInput
from archive.exchange.tables import Column, Row
from archive.offices import Office, OfficeDetails, OfficeKind, write_office
from archive.organisation.periods import ends_of, surely_overlap, typed_ends
from archive.organisation.unit_table import Book, Cells
from archive.organisation.words import OFFICE_WORDS, office_kind_of, office_kind_of_title
from archive.people import LONGEST_NAME, Person, every_name, name_key
from archive.row_history import Thing, Touched, note_changes, snapshot
from archive.table_imports import Does, Plan, Planned, RowProblem
from archive.typed import one_line

COLUMNS = (
    Column("id", "Nr", also=("nummer",)),
    Column("unit", "Ledd", also=("lag", "utvalg", "organisasjonsledd"), required=True, limit=250),
    Column("person", "Navn", also=("hvem", "person"), required=True),
    Column("birth_year", "Født", also=("fødselsår", "født år")),
    Column("title", "Verv", also=("tittel", "rolle"), required=True, limit=120),
    Column("kind", "Slag", also=("type",)),
    Column("held_from", "Fra", limit=100),
    Column("held_to", "Til", limit=100),
    Column("note", "Merknad", limit=20_000),
)

Holder = int | tuple[str, int | None]  # a person's number, or the name and birth year of one who is to be added


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a row makes of an office."""

    office_id: int | None  # None: a new one
    holder: Holder
    name: str
    details: OfficeDetails  # `person_id` is 0 for one who is to be added
    held: str


class _People:
    """Everybody in the register, read once: names, other names, birth years."""

    def __init__(self, session: Session) -> None:
        years = session.execute(select(Person.id, Person.birth_year))
        self._years = {row.id: row.birth_year for row in years}
        self._own: dict[str, list[int]] = {}
        self._other: dict[str, list[int]] = {}
        for person_id, name, is_alias in every_name(session):
            (self._other if is_alias else self._own).setdefault(name_key(name), []).append(person_id)

    def find(self, name: str, year: int | None) -> int | None:
        """Whom a row means; None for one who is to be added.

        Raises:
            BadInput: `person` is one of "several".
        """
        own = self._own.get(name_key(name), [])
        found = list(dict.fromkeys(own or self._other.get(name_key(name), [])))
        if year is not None:
            same_year = [each for each in found if self._years[each] == year]
            found = same_year or [each for each in found if self._years[each] is None]
        if len(found) > 1:
            raise BadInput("person", "several")
        return found[0] if found else None


class OfficeTable:
    """The register of offices, for `archive.table_imports`."""

    key = "verv"
    columns = COLUMNS

    def plan(self, session: Session, rows: Sequence[Row], *, now: datetime) -> Plan:
        """What the rows would do."""
        register = _Register(session)
        planned: list[Planned] = []
        problems: list[RowProblem] = []
        for row in rows:
            try:
                planned.append(register.planned(row))
            except BadInput as bad:
                problems.append(RowProblem(row.line, bad.field, bad.problem, row[bad.field][:80]))
        return Plan(tuple(planned), tuple(problems))

    def carry_out(self, session: Session, plan: Plan, *, by: int | None, now: datetime, batch: str) -> None:
        """The new people first, then what they hold."""
        rows = [row for row in plan.rows if row.does is not Does.SAME]
        people = self._add_people(session, rows)
        offices = {each.id: each for each in session.scalars(select(Office))}
        touched = []
        for row in rows:
            wanted: _Wanted = row.details
            office = offices[wanted.office_id] if wanted.office_id is not None else Office()
            before = snapshot(office) if wanted.office_id is not None else None
            person_id = wanted.holder if isinstance(wanted.holder, int) else people[wanted.holder].id
            write_office(office, replace(wanted.details, person_id=person_id))
            session.add(office)
            touched.append(Touched(office, before, Thing("unit", office.unit_id)))
        added = [Touched(each, None) for each in people.values()]
        note_changes(session, [*added, *touched], act="imported", by=by, now=now, batch=batch)

    @staticmethod
    def _add_people(session: Session, rows: Sequence[Planned]) -> dict[Holder, Person]:
        people: dict[Holder, Person] = {}
        for row in rows:
            holder = row.details.holder
            if not isinstance(holder, int) and holder not in people:
                year = holder[1]
                people[holder] = Person(name=row.details.name, born=str(year) if year else "")
        session.add_all(people.values())
        session.flush()
        return people

    def export(self, session: Session) -> list[dict[str, str]]:
        """Every office, unit by unit, the latest first."""
        register = _Register(session)
        return [register.cells(each) for each in register.offices]


class _Register:
    """What rows are held against: units, people, and the offices that are written down."""

    def __init__(self, session: Session) -> None:
        self.book = Book(session)
        self.people = _People(session)
        found = session.scalars(select(Office).options(joinedload(Office.person)))
        self.offices = sorted(found, key=lambda each: (self.book.by_id[each.unit_id].name_key, -each.ends.toordinal()))
        self._by_id = {each.id: each for each in self.offices}
        # What is held, and by the file will be: (office, or None for a row's; when), by unit, holder, kind and title.
        self._held: dict[tuple[object, ...], list[tuple[Office | None, str]]] = {}
        for each in self.offices:
            key = _same(each.unit_id, each.person_id, each.kind, each.title)
            self._held.setdefault(key, []).append((each, each.held))
        self._seen: set[int] = set()

    def planned(self, row: Row) -> Planned:
        """What one row does.

        Raises:
            BadInput: with the column that cannot be used.
        """
        numbered = self._numbered(row["id"])
        cells: Cells = {**(self.cells(numbered) if numbered else {}), **row.cells}
        wanted = self._wanted(cells)
        office = numbered or self._same_office(wanted)
        if office is not None and office is not numbered:
            wanted = self._wanted({**self.cells(office), **row.cells})
        if office is not None:
            if office.id in self._seen:
                raise BadInput("person", "twice_in_file")
            self._seen.add(office.id)
            wanted = replace(wanted, office_id=office.id)
        self._hold(wanted, office)
        before = self.cells(office) if office else {}
        after = self._cells_of(wanted)
        changes = tuple(
            (column.key, before.get(column.key, ""), after[column.key])
            for column in COLUMNS
            if column.key not in ("id", "birth_year") and before.get(column.key, "") != after[column.key]
        )
        does = Does.ADD if office is None else Does.CHANGE if changes else Does.SAME
        return Planned(row.line, does, f"{wanted.name}, {wanted.details.title}", changes, wanted)

    def cells(self, office: Office) -> dict[str, str]:
        """An office as the cells of a row."""
        begun, ended = typed_ends(office.held)
        return {
            "id": str(office.id),
            "unit": self.book.label(office.unit_id),
            "person": office.person.name,
            "birth_year": str(office.person.birth_year or ""),
            "title": office.title,
            "kind": OFFICE_WORDS[office.kind],
            "held_from": begun,
            "held_to": ended,
            "note": office.note,
        }

    def _cells_of(self, wanted: _Wanted) -> dict[str, str]:
        begun, ended = typed_ends(wanted.held)
        return {
            "unit": self.book.label(wanted.details.unit_id),
            "person": wanted.name,
            "title": wanted.details.title,
            "kind": OFFICE_WORDS[wanted.details.kind],
            "held_from": begun,
            "held_to": ended,
            "note": wanted.details.note,
        }

    def _numbered(self, number: str) -> Office | None:
        if not number:
            return None
        office = self._by_id.get(int(number)) if number.isascii() and number.isdigit() else None
        if office is None:
            raise BadInput("id", "unknown_row")
        return office

    def _wanted(self, cells: Cells) -> _Wanted:
        name = one_line(cells.get("person"), "person", limit=LONGEST_NAME, required=True)
        year = _year(cells.get("birth_year", ""))
        known = self.people.find(name, year)
        unit_id = self.book.keys[self.book.find(cells.get("unit", ""))]
        assert unit_id is not None  # noqa: S101 - this table brings no units
        kind = office_kind_of(cells["kind"]) if cells.get("kind") else office_kind_of_title(cells.get("title", ""))
        if kind is None:
            raise BadInput("kind", "unknown_office_kind")
        details = OfficeDetails(
            unit_id=unit_id,
            person_id=known or 0,
            kind=kind,
            title=cells.get("title", ""),
            held_from=cells.get("held_from", ""),
            held_to=cells.get("held_to", ""),
            note=cells.get("note", ""),
        )
        tried = Office()
        write_office(tried, details)
        holder: Holder = known if known is not None else (name_key(name), year)
        details = replace(details, title=tried.title, note=tried.note)
        return _Wanted(None, holder, name, details, tried.held)

    def _same_office(self, wanted: _Wanted) -> Office | None:
        """The office that a row without a number is about: the same one since the same time."""
        key = _same(wanted.details.unit_id, wanted.holder, wanted.details.kind, wanted.details.title)
        mine = [(office, held) for office, held in self._held.get(key, ()) if office is not None]
        exact = [office for office, held in mine if held == wanted.held]
        begun = [office for office, held in mine if ends_of(held)[0] == ends_of(wanted.held)[0]]
        return next(iter(exact + begun), None)

    def _hold(self, wanted: _Wanted, office: Office | None) -> None:
        """Remember what a row makes of it, unless the holder holds the same at the same time."""
        key = _same(wanted.details.unit_id, wanted.holder, wanted.details.kind, wanted.details.title)
        others = [(each, held) for each, held in self._held.get(key, ()) if each is None or each is not office]
        if any(surely_overlap(held, wanted.held) for _each, held in others):
            raise BadInput("person", "holds_it_already")
        self._held[key] = [*others, (office, wanted.held)]


def _same(unit_id: int, holder: Holder, kind: OfficeKind, title: str) -> tuple[object, ...]:
    return unit_id, holder, kind, name_key(title)


def _year(cell: str) -> int | None:
    if not cell:
        return None
    if not (len(cell) == 4 and cell.isascii() and cell.isdigit() and cell > "1800"):
        raise BadInput("birth_year", "unreadable")
    return int(cell)
