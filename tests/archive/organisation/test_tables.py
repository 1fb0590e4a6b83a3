"""Units and offices as tables: what goes out comes in the same, errors are said by row, and it is all or nothing."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.errors import BadInput
from archive.exchange.tables import read_table, write_csv, write_xlsx
from archive.offices import Office, OfficeKind, offices_in
from archive.organisation.office_table import OfficeTable
from archive.organisation.unit_table import UnitTable
from archive.people import Person, find_or_add_person
from archive.table_imports import Does, Plan, TableRegister, carry_out_table, plan_table, undo_import
from archive.units import FormerName, Unit, UnitKind, find_unit
from tests.archive.organisation.conftest import Hold

UNITS, OFFICES = UnitTable(), OfficeTable()
NamedUnit = Callable[..., Unit]


def planned(session: Session, register: TableRegister, text: str, now: datetime, encoding: str = "utf-8") -> Plan:
    return plan_table(session, register, read_table(text.encode(encoding), register.columns), now=now)


def carried_out(session: Session, register: TableRegister, text: str, by: User, now: datetime) -> str:
    table = read_table(text.encode(), register.columns)
    fingerprint = plan_table(session, register, table, now=now).fingerprint
    return carry_out_table(session, register, table, fingerprint=fingerprint, by=by.id, now=now)


def said(plan: Plan) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.problem) for each in plan.problems]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_goes_out_comes_in_unchanged(
    session: Session,
    hold: Hold,
    make_unit: NamedUnit,
    unit_named: NamedUnit,
    now: datetime,
    write: Callable[..., bytes],
) -> None:
    unit = make_unit(
        "=Utopia; «SV»",
        municipality_id=unit_named("Trondheim", UnitKind.MUNICIPALITY).id,
        former_names=(FormerName("Utopia SF", "1961–1975"), FormerName("Utopia")),
        active_from="ca. 1975",
        active_to="ukjent",
        note="Første linje\nAndre linje",
    )
    hold(unit, "Åse Ørebekk", OfficeKind.DEPUTY, "våren 1971", "ukjent", title="nestformann")
    hold(unit, "Åse Ørebekk", OfficeKind.LEADER, "14.03.2024")
    for register in (UNITS, OFFICES):
        table = read_table(write(register.columns, register.export(session)), register.columns)
        plan = plan_table(session, register, table, now=now)
        assert said(plan) == []
        assert [row.changes for row in plan.rows if row.does is not Does.SAME] == []


def test_units_come_in_whatever_order_they_stand_and_go_again(
    session: Session, secretary: User, unit_named: NamedUnit, now: datetime
) -> None:
    count = session.scalar(select(func.count()).select_from(Unit))
    text = """Navn;Slag;Kommune;Hører under;Fra;Tidligere navn;Ble del av
Nedre Utopia SV;bydelslag;;Utopia SV;1981;;
Utopia SV;lokallag;Trondheim;;ca. 1975;Utopia SF (1961–1975);
Gamle Utopia SV;lokallag;;;1971–1975;;Utopia SV
Snåsa SV;lokallag;;;våren 1973;;
"""
    batch = carried_out(session, UNITS, text, secretary, now)
    low, high = unit_named("Nedre Utopia SV"), unit_named("Utopia SV")
    assert (low.parent, high.municipality) == (high, unit_named("Trondheim", UnitKind.MUNICIPALITY))
    assert (high.active, high.former_names) == ("1975~/..", [["Utopia SF", "1961/1975"]])
    assert unit_named("Gamle Utopia SV").merged_into is high
    snasa = unit_named("Snåsa SV")
    assert snasa.active == "1973-21/.."
    assert snasa.municipality is unit_named("Snåsa")
    undo_import(session, UNITS, batch, by=secretary.id, now=now)
    assert session.scalar(select(func.count()).select_from(Unit)) == count
    session.expire_all()
    assert unit_named("Snåsa SV").active == ""


def test_what_is_wrong_with_units_is_said_by_row_and_nothing_is_done(
    session: Session, secretary: User, now: datetime
) -> None:
    text = """Nr;Navn;Slag;Kommune;Hører under;Fra;Til;Kommunenummer;Plasser
;Utopia SV;lag for alle;;;;;;
;;lokallag;;;;;;
;Utopia SV;lokallag;Utopia;;;;;
;Utopia 2 SV;lokallag;;Trondheim;;;;
;Utopia 3 SV;lokallag;;;31.02.1974;;;
;Utopia 4 SV;lokallag;;;1975;1971;;
;Utopia 5;kommune;;;;;5001;
;Utopia 6;kommune;;;;;;mange
;Utopia 7;lokallag;;Utopia 8;;;;
;Utopia 8;lokallag;;Utopia 7;;;;
;Utopia 9;lokallag;;;;;;
;utopia 9;lokallag;;;;;;
987654;Utopia 10;lokallag;;;;;;
"""
    plan = planned(session, UNITS, text, now)
    assert said(plan) == [
        (2, "kind", "unknown_unit_kind"),
        (3, "name", "empty"),
        (4, "municipality", "unknown_unit"),
        (5, "parent", "several_units"),
        (6, "active_from", "no_such_day"),
        (7, "active_to", "backwards"),
        (8, "municipality_number", "taken"),
        (9, "seats", "out_of_range"),
        (10, "parent", "loop"),
        (11, "parent", "loop"),
        (13, "name", "twice_in_file"),
        (14, "id", "unknown_row"),
    ]
    table = read_table(text.encode(), UNITS.columns)
    with pytest.raises(BadInput, match="problems"):
        carry_out_table(session, UNITS, table, fingerprint=plan.fingerprint, by=secretary.id, now=now)
    assert find_unit(session, "Utopia 9") is None


def test_offices_come_in_with_people_who_were_not_known_and_go_again(
    session: Session, secretary: User, unit_named: NamedUnit, now: datetime
) -> None:
    olga = find_or_add_person(session, "Olga Oppdiktet", birth_year=1938)
    people = session.scalar(select(func.count()).select_from(Person))
    text = """Ledd,Navn,Født,Verv,Fra,Til
Snåsa SV,Olga Oppdiktet,,leder,1971,1975
Snåsa SV,Olga Oppdiktet,1960,kasserer,1985,ukjent
Innherred,Ny Regionleder,,regionleder,2024,
Trondheim (kommune),Ny Regionleder,,varaordfører,2019,2023
Snåsa SV,Ny Regionleder,,studieleder,1999,
"""
    batch = carried_out(session, OFFICES, text, secretary, now)
    held = offices_in(session, [unit_named("Snåsa SV").id])
    assert [(each.title, each.kind, each.held) for each in held] == [
        ("studieleder", OfficeKind.OTHER, "1999/.."),
        ("kasserer", OfficeKind.TREASURER, "1985/"),
        ("leder", OfficeKind.LEADER, "1971/1975"),
    ]
    assert held[2].person is olga
    assert held[1].person is not olga
    assert session.scalar(select(func.count()).select_from(Person)) == (people or 0) + 2
    assert all(row.does is Does.SAME for row in planned(session, OFFICES, text, now).rows)
    later = text.replace("regionleder,2024,", "regionleder,2024,2025")
    changed = [row for row in planned(session, OFFICES, later, now).rows if row.does is not Does.SAME]
    assert [(row.does, row.changes) for row in changed] == [(Does.CHANGE, (("held_to", "", "2025"),))]
    undo_import(session, OFFICES, batch, by=secretary.id, now=now)
    assert session.scalar(select(func.count()).select_from(Office)) == 0
    assert session.scalar(select(func.count()).select_from(Person)) == people


def test_what_is_wrong_with_offices_is_said_by_row(
    session: Session, hold: Hold, unit_named: NamedUnit, now: datetime
) -> None:
    find_or_add_person(session, "Ola Oppdiktet", birth_year=1931)
    find_or_add_person(session, "Ola Oppdiktet", birth_year=1958)
    hold(unit_named("Snåsa SV"), "Olga Oppdiktet", held_from="1971", held_to="1975", title="leder")
    text = """Ledd;Navn;Født;Verv;Slag;Fra;Til
Snåsa SV;Ola Oppdiktet;;leder;;1961;1963
Snåsa SV;Ola Oppdiktet;58;leder;;1961;1963
Trondheim;Per Påfunnet;;leder;;;
Ingensteds SV;Per Påfunnet;;leder;;;
Snåsa SV;Olga Oppdiktet;;leder;;1973;1974
Snåsa SV;;;leder;;;
Snåsa SV;Per Påfunnet;;;;1971;
Snåsa SV;Per Påfunnet;;leder;keiser;1971;
Snåsa SV;Per Påfunnet;;leder;;våren 23;
Snåsa SV;Kari Påfunnet;;leder;;2001;2005
Snåsa SV;Kari Påfunnet;;leder;;2002;2004
"""
    assert said(planned(session, OFFICES, text, now)) == [
        (2, "person", "several"),
        (3, "birth_year", "unreadable"),
        (4, "unit", "several_units"),
        (5, "unit", "unknown_unit"),
        (6, "person", "holds_it_already"),
        (7, "person", "empty"),
        (8, "title", "empty"),
        (9, "kind", "unknown_office_kind"),
        (10, "held_from", "century"),
        (12, "person", "holds_it_already"),
    ]


def test_a_file_in_latin_1_with_semicolons_is_read(session: Session, now: datetime) -> None:
    plan = planned(session, OFFICES, "Ledd;Navn;Verv;Fra\nSnåsa SV;Åse Ørebekk;leder;våren 1974\n", now, "latin-1")
    assert [row.name for row in plan.rows] == ["Åse Ørebekk, leder"]
    assert plan.problems == ()


def test_a_plan_asks_as_often_for_many_rows_as_for_few(session: Session, now: datetime) -> None:
    def asked(rows: int) -> int:
        text = "Ledd;Navn;Verv;Fra\n" + "".join(f"Snåsa SV;Person {n};leder;{1970 + n}\n" for n in range(rows))
        table = read_table(text.encode(), OFFICES.columns)
        count = 0

        def one_more(*_: object) -> None:
            nonlocal count
            count += 1

        event.listen(session.get_bind(), "before_cursor_execute", one_more)
        plan_table(session, OFFICES, table, now=now)
        event.remove(session.get_bind(), "before_cursor_execute", one_more)
        return count

    session.connection()
    assert asked(1) == asked(50)
