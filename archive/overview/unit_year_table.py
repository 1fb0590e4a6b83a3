"""The yearly figures as a table that moves in and out: one row for each municipality, or the county, and year."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.errors import BadInput
from archive.exchange.tables import Column, Row
from archive.local_time import day_of
from archive.organisation.tree import alphabetical
from archive.overview.unit_years import (
    COUNTED,
    LONGEST_NOTE,
    Figures,
    ListWork,
    ProgrammeWork,
    UnitYear,
    check_year,
    page_of,
    put_figures,
)
from archive.overview.words import LIST_WORDS, PROGRAMME_WORDS, list_work_of, programme_work_of
from archive.people import name_key
from archive.row_history import Touched, note_changes, snapshot
from archive.table_imports import Does, Plan, Planned, RowProblem
from archive.units import BRANCHES, Unit, UnitKind

COLUMNS = (
    Column("unit", "Kommune", also=("navn", "lag", "lokallag", "kommunenavn"), required=True, limit=250),
    Column("year", "År", also=("årstall", "aar"), required=True, limit=20),
    Column("members", "Medlemmer", also=("medlemstall", "antall medlemmer"), limit=20),
    Column("counted_on", "Talt", also=("dato", "per dato", "telledato"), limit=40),
    Column("is_active", "Aktivt", also=("aktivt lag", "laget er aktivt"), limit=20),
    Column("list_work", "Liste", also=("valgliste", "listestilling"), limit=40),
    Column("programme_work", "Program", also=("valgprogram",), limit=40),
    Column("list_goal", "Mål for lister", also=("listemål",), limit=20),
    Column("note", "Merknad", limit=LONGEST_NOTE),
)
_YES, _NO = "ja", "nei"

Cells = Mapping[str, str]
_Work = TypeVar("_Work", ListWork, ProgrammeWork)


@dataclass(frozen=True, slots=True)
class _Wanted:
    unit_id: int
    year: int
    row_id: int | None  # None: a new one
    figures: Figures


class UnitYearTable:
    """The register of yearly figures, for `archive.table_imports`."""

    key = "oversikt"
    columns = COLUMNS

    def plan(self, session: Session, rows: Sequence[Row], *, now: datetime) -> Plan:
        """What the rows would do. An empty cell leaves alone what stands."""
        register = _Register(session, day_of(now))
        planned: list[Planned] = []
        problems: list[RowProblem] = []
        for row in rows:
            try:
                planned.append(register.planned(row))
            except BadInput as bad:
                problems.append(RowProblem(row.line, bad.field, bad.problem, row[bad.field][:80]))
        return Plan(tuple(planned), tuple(problems))

    def carry_out(self, session: Session, plan: Plan, *, by: int | None, now: datetime, batch: str) -> None:
        """Write what is new or different."""
        known = {each.id: each for each in session.scalars(select(UnitYear))}
        touched = []
        for planned in plan.rows:
            if planned.does is Does.SAME:
                continue
            wanted: _Wanted = planned.details
            row = known[wanted.row_id] if wanted.row_id is not None else UnitYear(unit_id=wanted.unit_id)
            before = snapshot(row) if wanted.row_id is not None else None
            row.year, row.changed_at = wanted.year, now
            put_figures(row, wanted.figures, today=day_of(now))
            session.add(row)
            touched.append(Touched(row, before, page_of(wanted.unit_id)))
        note_changes(session, touched, act="imported", by=by, now=now, batch=batch)

    def export(self, session: Session) -> list[dict[str, str]]:
        """Everything that is reported, place by place, the latest year first."""
        found = session.execute(select(UnitYear, Unit.name).join(Unit, Unit.id == UnitYear.unit_id)).all()
        found = sorted(found, key=lambda each: (alphabetical(each[1]), each[0].unit_id, -each[0].year))
        return [{"unit": name, "year": str(row.year), **cells_of(row)} for row, name in found]


UNIT_YEAR_TABLE = UnitYearTable()


def cells_of(figures: Figures | UnitYear) -> dict[str, str]:
    """Figures as the cells of a row."""
    active = figures.is_active
    return {
        "members": "" if figures.members is None else str(figures.members),
        "counted_on": f"{figures.counted_on:%d.%m.%Y}" if figures.counted_on else "",
        "is_active": "" if active is None else _YES if active else _NO,
        "list_work": LIST_WORDS[figures.list_work] if figures.list_work else "",
        "programme_work": PROGRAMME_WORDS[figures.programme_work] if figures.programme_work else "",
        "list_goal": "" if figures.list_goal is None else str(figures.list_goal),
        "note": figures.note,
    }


class _Register:
    """What rows are held against: the places by every name that means them, and what is reported."""

    def __init__(self, session: Session, today: date) -> None:
        self._today = today
        self._names: dict[str, set[int]] = {}
        self._places: dict[int, str] = {}
        columns = (Unit.id, Unit.name, Unit.kind, Unit.municipality_id, Unit.municipality_number, Unit.ends)
        units = session.execute(select(*columns)).all()
        for each in units:
            if each.kind in COUNTED:
                self._places[each.id] = each.name
                self._name(each.name, each.id)
                self._name(f"{each.name} kommune", each.id)
                if each.municipality_number:
                    self._name(each.municipality_number, each.id)
        for each in units:
            if each.kind in BRANCHES and each.municipality_id is not None:
                self._name(each.name, each.municipality_id)
        active = [each.id for each in units if each.kind == UnitKind.COUNTY_BRANCH and each.ends >= today]
        for name in ("fylket", "fylkeslaget"):
            for each_id in active[:1]:
                self._name(name, each_id)
        self._rows = {(each.unit_id, each.year): each for each in session.scalars(select(UnitYear))}
        self._seen: set[tuple[int, int]] = set()

    def _name(self, name: str, unit_id: int) -> None:
        self._names.setdefault(name_key(name), set()).add(unit_id)

    def planned(self, row: Row) -> Planned:
        """What one row does.

        Raises:
            BadInput: with the column that cannot be used.
        """
        unit_id, year = self._find(row["unit"]), _number(row["year"], "year")
        if year is None:
            raise BadInput("year", "empty")
        check_year(year)
        if (unit_id, year) in self._seen:
            raise BadInput("unit", "twice_in_file")
        self._seen.add((unit_id, year))
        known = self._rows.get((unit_id, year))
        before = cells_of(known) if known else cells_of(Figures())
        cells = {**before, **{key: value for key, value in row.cells.items() if value and key in before}}
        figures = figures_of(cells)
        tried = UnitYear(unit_id=unit_id, year=year)
        put_figures(tried, figures, today=self._today)
        after = cells_of(replace(figures, note=tried.note))
        changes = tuple((key, before[key], after[key]) for key in before if before[key] != after[key])
        does = Does.ADD if known is None else Does.CHANGE if changes else Does.SAME
        wanted = _Wanted(unit_id, year, known.id if known else None, figures)
        return Planned(row.line, does, f"{self._places[unit_id]}, {year}", changes, wanted)

    def _find(self, name: str) -> int:
        if not name.strip():
            raise BadInput("unit", "empty")
        found = self._names.get(name_key(name), set())
        if len(found) != 1:
            raise BadInput("unit", "several_units" if found else "unknown_place")
        return next(iter(found))


def figures_of(cells: Cells) -> Figures:
    """The figures that cells, or the fields of a form, say.

    Raises:
        BadInput: with the field: "not_a_number", "unreadable" (a day), "not_yes_or_no", "unknown_work".
    """
    return Figures(
        members=_number(cells.get("members", ""), "members"),
        counted_on=_day(cells.get("counted_on", "")),
        is_active=_yes_or_no(cells.get("is_active", "")),
        list_work=_work(cells.get("list_work", ""), "list_work", list_work_of),
        programme_work=_work(cells.get("programme_work", ""), "programme_work", programme_work_of),
        list_goal=_number(cells.get("list_goal", ""), "list_goal"),
        note=cells.get("note", ""),
    )


def _number(typed: str, field: str) -> int | None:
    figures = "".join(typed.replace("\xa0", " ").split(" "))
    if not figures:
        return None
    if not (figures.isascii() and figures.isdigit() and len(figures) <= 9):
        raise BadInput(field, "not_a_number")
    return int(figures)


def _day(typed: str) -> date | None:
    typed = typed.strip()
    if not typed:
        return None
    try:
        if "-" in typed:
            return date.fromisoformat(typed[:10])
        day, month, year = (int(each) for each in typed.replace(" ", "").rstrip(".").split("."))
        return date(year, month, day)
    except ValueError:
        raise BadInput("counted_on", "unreadable") from None


def _yes_or_no(typed: str) -> bool | None:
    word = typed.strip().casefold()
    if not word:
        return None
    if word not in (_YES, _NO, "aktivt", "ikke aktivt"):
        raise BadInput("is_active", "not_yes_or_no")
    return word in (_YES, "aktivt")


def _work(typed: str, field: str, find: Callable[[str], _Work | None]) -> _Work | None:
    if not typed.strip():
        return None
    found = find(typed)
    if found is None:
        raise BadInput(field, "unknown_work")
    return found
