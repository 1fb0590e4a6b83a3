from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.database import Database
from archive.offices import OfficeDetails, OfficeKind, add_office, offices_held_on, undo_of_office
from archive.organisation.beginning import first_units, is_whole, put_in, put_in_once
from archive.organisation.tree import list_units, organisation
from archive.people import find_or_add_person
from archive.row_history import RowChange, changes_of
from archive.units import Unit, UnitDetails, UnitKind, change_unit, find_unit

OUTSIDE = {"Frosta", "Heim", "Holtålen", "Høylandet", "Lierne", "Osen", "Rennebu", "Rindal", "Røyrvik", "Tydal"}


def test_an_archive_begins_with_every_municipality_in_its_region_or_in_none(session: Session, today: date) -> None:
    whole = organisation(list_units(session, today=today))
    assert len(whole.regions) == 7
    inside = [place for region in whole.regions for place in region.places]
    assert len(inside) == 28
    assert all(len(place.branches) == 1 for place in inside)
    assert {place.municipality.name for place in whole.outside} == OUTSIDE
    assert all(not place.branches for place in whole.outside)
    numbers = session.scalars(select(Unit.municipality_number).where(Unit.kind == UnitKind.MUNICIPALITY)).all()
    assert len(set(numbers)) == 38
    assert all(number is not None and number.startswith("50") for number in numbers)
    assert {unit.name for unit in whole.former} >= {"Nord-Trøndelag SV", "Sør-Trøndelag SV"}
    kinds = Counter(each.kind for each in first_units())
    assert kinds[UnitKind.COMMITTEE] == 3
    assert kinds[UnitKind.ELECTED_BODY] == 5
    assert kinds[UnitKind.PARTNER] == 4


def test_putting_it_in_again_adds_nothing_and_overwrites_nothing(
    session: Session, now: datetime, unit_named: Callable[..., Unit]
) -> None:
    snasa = unit_named("Snåsa SV")
    change_unit(session, snasa, UnitDetails("Snåsa og Lierne SV", UnitKind.LOCAL_BRANCH), by=None, now=now)
    count = session.scalar(select(func.count()).select_from(Unit))
    assert put_in(session, by=None, now=now) == 0
    assert session.scalar(select(func.count()).select_from(Unit)) == count
    assert session.get_one(Unit, snasa.id).name == "Snåsa og Lierne SV"


def test_what_a_person_took_away_stays_away_until_the_button_is_pressed(
    session: Session, now: datetime, unit_named: Callable[..., Unit]
) -> None:
    session.delete(unit_named("Frosta", UnitKind.MUNICIPALITY))
    session.flush()
    put_in_once(session, now=now)
    assert not is_whole(session)
    assert put_in(session, by=None, now=now) == 1
    assert is_whole(session)
    assert unit_named("Frosta").municipality_number == "5036"


def test_what_has_the_same_name_is_taken_to_be_it(session: Session, now: datetime) -> None:
    for row in session.scalars(select(RowChange)):
        session.delete(row)
    frosta = session.scalars(select(Unit).where(Unit.municipality_number == "5036")).one()
    frosta.key = None
    session.flush()
    assert put_in(session, by=None, now=now) == 0
    assert frosta.key == "municipality:5036"


def test_both_databases_begin_alike_and_know_who_holds_office(
    each_database: Database, now: datetime, today: date
) -> None:
    with each_database.write() as session:
        snasa = find_unit(session, "Snåsa SV")
        assert snasa is not None
        person = find_or_add_person(session, "Åse Ørebekk")
        details = OfficeDetails(snasa.id, person.id, OfficeKind.LEADER, "leder")
        office = add_office(session, details, by=None, now=now)
        assert (office.begins, office.ends) == (date.min, date.max)
        session.commit()
        assert [each.title for each in offices_held_on(session, today)] == ["leder"]
        units = list_units(session, today=today)
        assert len(units) == len(first_units())
        assert next(each for each in units if each.id == snasa.id).leaders == ("Åse Ørebekk",)
        undo_of_office(session, changes_of(session, "unit", snasa.id)[0], by=None, now=now)
        session.commit()
        assert offices_held_on(session, today) == []
