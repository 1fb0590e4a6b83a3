from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.errors import BadInput, NotAllowed
from archive.offices import (
    Office,
    OfficeDetails,
    OfficeKind,
    add_office,
    change_office,
    end_office,
    holder_named,
    offices_held_on,
    offices_in,
    offices_of,
    remove_office,
    undo_of_office,
)
from archive.people import Person, find_or_add_person
from archive.people_details import undo_edit
from archive.row_history import changes_of
from archive.units import Unit, find_unit


@pytest.fixture
def unit(session: Session) -> Unit:
    """A branch."""
    unit = find_unit(session, "Snåsa SV")
    assert unit is not None
    return unit


@pytest.fixture
def olga(session: Session) -> Person:
    """Somebody who is much trusted."""
    return find_or_add_person(session, "Olga Oppdiktet")


def details(
    unit: Unit, person: Person, held_from: str = "1971", held_to: str = "1975", **more: object
) -> OfficeDetails:
    values = {"kind": OfficeKind.LEADER, "title": "leder", **more}
    return OfficeDetails(unit.id, person.id, held_from=held_from, held_to=held_to, **values)  # type: ignore[arg-type]


def test_several_hold_one_office_at_once(session: Session, unit: Unit, olga: Person, now: datetime) -> None:
    other = find_or_add_person(session, "Per Påfunnet")
    add_office(session, details(unit, olga, "2024", ""), by=None, now=now)
    add_office(session, details(unit, other, "2025", ""), by=None, now=now)
    held = offices_held_on(session, date(2026, 3, 14), unit_ids=[unit.id])
    assert [each.person.name for each in held] == ["Per Påfunnet", "Olga Oppdiktet"]


@pytest.mark.parametrize(
    ("held_from", "held_to", "problem"),
    [
        ("1973", "1974", "holds_it_already"),
        ("1971", "1975", "holds_it_already"),
        ("1974", "", "holds_it_already"),
        ("1975", "1971", "backwards"),
        ("våren 23", "", "century"),
    ],
)
def test_nobody_holds_the_same_twice_at_once(
    session: Session, unit: Unit, olga: Person, now: datetime, held_from: str, held_to: str, problem: str
) -> None:
    add_office(session, details(unit, olga), by=None, now=now)
    with pytest.raises(BadInput, match=problem):
        add_office(session, details(unit, olga, held_from, held_to), by=None, now=now)
    assert len(offices_of(session, olga.id)) == 1


def test_one_comes_back_or_holds_something_else_beside(
    session: Session, unit: Unit, olga: Person, now: datetime
) -> None:
    add_office(session, details(unit, olga), by=None, now=now)
    add_office(session, details(unit, olga, "1975", "1979"), by=None, now=now)
    add_office(session, details(unit, olga, title="studieleder", kind=OfficeKind.OTHER), by=None, now=now)
    assert [each.held for each in offices_of(session, olga.id)] == ["1975/1979", "1971/1975", "1971/1975"]


def test_who_held_office_at_a_time(session: Session, unit: Unit, olga: Person, now: datetime) -> None:
    add_office(session, details(unit, olga, "våren 1971", "1975"), by=None, now=now)
    add_office(session, details(unit, olga, "1961", "ukjent", title="kasserer"), by=None, now=now)
    assert [each.title for each in offices_held_on(session, date(1974, 5, 1))] == ["leder"]
    assert [each.title for each in offices_held_on(session, date(1961, 5, 1), date(1971, 12, 31))] == [
        "leder",
        "kasserer",
    ]
    assert offices_held_on(session, date(1974, 5, 1), unit_ids=[]) == []


def test_an_office_ends_is_taken_away_and_brought_back(
    session: Session, unit: Unit, olga: Person, secretary: User, now: datetime
) -> None:
    office = add_office(session, details(unit, olga, "2024", ""), by=secretary.id, now=now)
    end_office(session, office, held_to="14.03.2026", by=secretary.id, now=now)
    assert (office.held, office.ends) == ("2024/2026-03-14", date(2026, 3, 14))
    number = office.id
    remove_office(session, office, by=secretary.id, now=now)
    assert offices_in(session, [unit.id]) == []
    removed, ended, _added = [each for each in changes_of(session, "unit", unit.id) if each.of_table == "office"]
    undo_of_office(session, removed, by=secretary.id, now=now)
    undo_of_office(session, ended, by=secretary.id, now=now)
    back = session.get_one(Office, number)
    assert (back.held, back.ends, back.person) == ("2024/..", date.max, olga)


def test_an_undo_that_gives_somebody_the_same_twice_is_refused(
    session: Session, unit: Unit, olga: Person, now: datetime
) -> None:
    office = add_office(session, details(unit, olga, "1971", "1979"), by=None, now=now)
    changed = change_office(session, office, details(unit, olga, "1971", "1973"), by=None, now=now)
    assert changed is not None
    add_office(session, details(unit, olga, "1975", "1977"), by=None, now=now)
    with pytest.raises(BadInput, match="changed_since"):
        undo_of_office(session, changed, by=None, now=now)


def test_of_two_people_with_one_name_the_birth_year_says_who(session: Session, now: datetime) -> None:
    older = find_or_add_person(session, "Ola Oppdiktet", birth_year=1931)
    younger = find_or_add_person(session, "Ola Oppdiktet", birth_year=1958)
    with pytest.raises(BadInput, match="several"):
        holder_named(session, "Ola Oppdiktet", birth_year=None, by=None, now=now)
    assert holder_named(session, "Ola Oppdiktet", birth_year=1958, by=None, now=now) is younger
    assert holder_named(session, "ola oppdiktet", birth_year=1931, by=None, now=now) is older
    with pytest.raises(BadInput, match="empty"):
        holder_named(session, " ", birth_year=None, by=None, now=now)


def test_who_was_merged_holds_nothing_new(session: Session, unit: Unit, olga: Person, now: datetime) -> None:
    gone = find_or_add_person(session, "Olga Oppdikta")
    gone.merged_into_id = olga.id
    with pytest.raises(BadInput, match="unknown"):
        add_office(session, details(unit, gone), by=None, now=now)


def test_only_the_secretary_changes_offices(
    session: Session, unit: Unit, olga: Person, volunteer: User, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        add_office(session, details(unit, olga), by=volunteer.id, now=now)


def test_somebody_who_is_new_by_an_office_has_a_history_from_the_start(session: Session, now: datetime) -> None:
    person = holder_named(session, "Ny Oppdiktet", birth_year=1944, by=None, now=now)
    (added,) = changes_of(session, "person", person.id)
    assert (added.act, added.before, added.after and added.after["born"]) == ("added", None, "1944")
    assert added.batch is not None
    undo_edit(session, person, added.batch, by=None, now=now)
    assert session.get(Person, added.row_id) is None
