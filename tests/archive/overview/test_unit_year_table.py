"""The yearly figures as a table: out and in again, errors by row, all or nothing, undone together."""

from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.exchange.tables import read_table, write_csv, write_xlsx
from archive.overview.unit_year_table import COLUMNS, UNIT_YEAR_TABLE
from archive.overview.unit_years import Figures, ListWork, ProgrammeWork, UnitYear, unit_year, write_unit_year
from archive.table_imports import Plan, carry_out_table, plan_table, undo_import
from archive.units import UnitKind
from tests.archive.overview.test_unit_years import Find

HEAD = "Kommune;År;Medlemmer;Talt;Aktivt;Liste;Program;Mål for lister;Merknad\n"


def plan_of(session: Session, text: str, now: datetime) -> Plan:
    return plan_table(session, UNIT_YEAR_TABLE, read_table((HEAD + text).encode("cp1252"), COLUMNS), now=now)


def carry_out(session: Session, content: bytes, now: datetime) -> str:
    table = read_table(content, COLUMNS)
    fingerprint = plan_table(session, UNIT_YEAR_TABLE, table, now=now).fingerprint
    return carry_out_table(session, UNIT_YEAR_TABLE, table, fingerprint=fingerprint, by=None, now=now)


def test_a_municipality_is_known_by_each_of_its_names(session: Session, unit_named: Find, now: datetime) -> None:
    text = "snåsa;2024;1\nSnåsa SV;2025;2\n5041;2026;3\nTrondheim;2026;4\nTrøndelag SV;2026;5\nFrosta kommune;2026;6\n"
    plan = plan_of(session, text, now)
    assert plan.problems == ()
    snasa = unit_named("Snåsa", UnitKind.MUNICIPALITY).id
    assert [row.details.unit_id == snasa for row in plan.rows] == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ("Atlantis;2026;1", "unit", "unknown_place"),
        ("Innherred;2026;1", "unit", "unknown_place"),
        ("Snåsa;;1", "year", "empty"),
        ("Snåsa;i fjor;1", "year", "not_a_number"),
        ("Snåsa;1066;1", "year", "far_off"),
        ("Snåsa;2026;mange", "members", "not_a_number"),
        ("Snåsa;2026;-1", "members", "not_a_number"),
        ("Snåsa;2026;100000", "members", "out_of_range"),
        ("Snåsa;2026;1;31.02.2026", "counted_on", "unreadable"),
        ("Snåsa;2026;1;14.03.2027", "counted_on", "future"),
        ("Snåsa;2026;1;;kanskje", "is_active", "not_yes_or_no"),
        ("Snåsa;2026;1;;;nesten", "list_work", "unknown_work"),
    ],
)
def test_an_error_is_told_by_row_and_nothing_is_kept(
    session: Session, now: datetime, row: str, column: str, problem: str
) -> None:
    plan = plan_of(session, f"Frosta;2026;9\n{row}\n", now)
    assert [(each.line, each.column, each.problem) for each in plan.problems] == [(3, column, problem)]
    assert session.scalar(select(func.count(UnitYear.id))) == 0


def test_the_same_place_and_year_twice_is_told(session: Session, now: datetime) -> None:
    plan = plan_of(session, "Snåsa;2026;1\nSnåsa SV;2026;2\n", now)
    assert [(each.line, each.problem) for each in plan.problems] == [(3, "twice_in_file")]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_goes_out_comes_in_as_it_was(
    session: Session, unit_named: Find, now: datetime, today: date, write: object
) -> None:
    unit = unit_named("Snåsa", UnitKind.MUNICIPALITY)
    figures = Figures(12, today, False, ListWork.NO_LIST, ProgrammeWork.ADOPTED, None, "=1+1\nto linjer")
    write_unit_year(session, unit, 2026, figures, by=None, now=now, today=today)
    content = write(COLUMNS, UNIT_YEAR_TABLE.export(session))  # type: ignore[operator]
    plan = plan_table(session, UNIT_YEAR_TABLE, read_table(content, COLUMNS), now=now)
    assert plan.problems == () and plan.changes_nothing


def test_an_empty_cell_leaves_alone_and_all_is_undone_together(
    session: Session, unit_named: Find, now: datetime, today: date
) -> None:
    unit = unit_named("Snåsa", UnitKind.MUNICIPALITY)
    write_unit_year(session, unit, 2026, Figures(members=12, is_active=True), by=None, now=now, today=today)
    batch = carry_out(session, (HEAD + "Snåsa;2026;;;;levert\nFrosta;2026;7\n").encode(), now)
    row = unit_year(session, unit.id, 2026)
    assert row is not None and (row.members, row.is_active, row.list_work) == (12, True, ListWork.DELIVERED)
    assert session.scalar(select(func.count(UnitYear.id))) == 2
    undo_import(session, UNIT_YEAR_TABLE, batch, by=None, now=now)
    row = unit_year(session, unit.id, 2026)
    assert row is not None and row.list_work is None
    assert session.scalar(select(func.count(UnitYear.id))) == 1
