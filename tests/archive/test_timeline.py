from collections import Counter
from datetime import date, datetime

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER, VISITOR, Viewer
from archive.accounts import Role
from archive.errors import NotFound
from archive.events import Event, EventDetails, add_event
from archive.interviews import Access
from archive.link_kinds import Side
from archive.links import add_link
from archive.people import find_or_add_person
from archive.timeline import Narrowed, decades, load_event, offered, stretch, years, years_ago
from archive.units import find_unit

MEMBER = Viewer(Role.MEMBER)


def happened(session: Session, now: datetime, dated: str, place: str = "", access: Access = Access.MEMBERS) -> Event:
    return add_event(session, EventDetails(f"Hendt {dated}", dated, place, access=access), by=None, now=now)


def test_decades_with_their_first_events(session: Session, now: datetime) -> None:
    for year in (1974, 1971, 1975, 1973, 1972, 1976, 1981):
        happened(session, now, str(year))
    happened(session, now, "1968", access=Access.CLOSED)
    found = decades(session, MEMBER, Narrowed())
    assert [(each.first_year, each.count) for each in found] == [(1970, 6), (1980, 1)]
    assert [each.dated for each in found[0].events] == ["1971", "1972", "1973", "1974", "1975"]
    assert [each.first_year for each in decades(session, MACHINE_OWNER, Narrowed())] == [1960, 1970, 1980]
    assert decades(session, VISITOR, Narrowed()) == []


def test_a_stretch_has_what_begins_in_it_and_what_lasted_into_it(session: Session, now: datetime) -> None:
    for dated in ("1969", "1968–1972", "1975", "1979–1981", "fra 1961"):
        happened(session, now, dated)
    found = stretch(session, MEMBER, Narrowed(), date(1970, 1, 1), date(1979, 12, 31))
    assert [each.dated for each in found.begun] == ["1975", "1979/1981"]
    assert [each.dated for each in found.earlier] == ["1961/..", "1968/1972"]
    counted = years(session, MEMBER, Narrowed(), date(1970, 1, 1), date(1979, 12, 31))
    assert counted == Counter({1975: 1, 1979: 1})


def test_narrowed_by_place_unit_and_person(session: Session, now: datetime, today: date) -> None:
    unit, person = find_unit(session, "Snåsa SV"), find_or_add_person(session, "Olga Oppdiktet")
    assert unit is not None
    in_snasa, with_olga = happened(session, now, "1974", "Snåsa"), happened(session, now, "1975", "Verran")
    happened(session, now, "1976", "Leka", access=Access.CLOSED)
    add_link(session, Side("event", in_snasa.id), Side("unit", unit.id), by=None, now=now)
    add_link(session, Side("person", person.id), Side("event", with_olga.id), by=None, now=now)

    def found(narrowed: Narrowed) -> list[str]:
        return [event.dated for each in decades(session, MEMBER, narrowed) for event in each.events]

    assert found(Narrowed(place="Snåsa")) == ["1974"]
    assert found(Narrowed(unit_id=unit.id)) == ["1974"]
    assert found(Narrowed(person_id=person.id)) == ["1975"]
    assert found(Narrowed(person_id=person.id, unit_id=unit.id)) == []
    assert found(Narrowed(person_id=10**12)) == []
    there = offered(session, MEMBER, today=today)
    assert there.places == ("Snåsa", "Verran")
    assert there.units == ((unit.id, "Snåsa SV"),)
    assert there.people == ((person.id, "Olga Oppdiktet"),)
    assert offered(session, VISITOR, today=today) == type(there)((), (), ())


def test_fifty_years_ago_this_month_comes_first(session: Session, now: datetime) -> None:
    for dated in ("1976", "14.03.1976", "mai 1976", "1975", "1976–1979", "januar 1976"):
        happened(session, now, dated)
    found = years_ago(session, MEMBER, date(2026, 3, 14))
    assert [each.dated for each in found] == ["1976-03-14", "1976", "1976-01", "1976-05"]
    assert years_ago(session, VISITOR, date(2026, 3, 14)) == []
    assert years_ago(session, MEMBER, date(30, 1, 1)) == []


def test_what_one_may_not_see_is_not_there(session: Session, now: datetime) -> None:
    closed = happened(session, now, "1974", access=Access.CLOSED)
    assert load_event(session, closed.id, MACHINE_OWNER) is closed
    for viewer, number in ((MEMBER, closed.id), (MACHINE_OWNER, 9_999), (MACHINE_OWNER, 2**40)):
        with pytest.raises(NotFound):
            load_event(session, number, viewer)


def test_no_more_questions_for_more_events(session: Session, now: datetime, today: date) -> None:
    def asked() -> int:
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        session.flush()
        sqlalchemy_event.listen(session.get_bind(), "before_cursor_execute", count)
        decades(session, MEMBER, Narrowed())
        offered(session, MEMBER, today=today)
        sqlalchemy_event.remove(session.get_bind(), "before_cursor_execute", count)
        return counted

    happened(session, now, "1974")
    few = asked()
    for year in range(1900, 1990):
        happened(session, now, str(year), f"Sted {year}")
    assert asked() == few
