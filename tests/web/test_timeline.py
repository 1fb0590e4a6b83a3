"""*Tidslinje*: the decades, an event's page, the forms with their undo, and the feeds."""

import json
import re
from datetime import UTC, datetime

import icalendar
import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from archive.database import Database
from archive.events import Event, EventDetails, add_event
from archive.interviews import Access
from archive.link_kinds import Side
from archive.links import add_link
from archive.offices import OfficeDetails, OfficeKind, add_office
from archive.people import find_or_add_person
from archive.units import Unit
from tests.conftest import NOW
from tests.web.conftest import Browser
from tests.web.stories import open_to

FORM = {"event_title": "Ny barnehage", "dated": "våren 1974", "place": "Verran", "text": "", "access": "members"}


def happened(database: Database, title: str, dated: str, access: Access = Access.MEMBERS, **more: str) -> int:
    with database.write() as session:
        event = add_event(session, EventDetails(title, dated, access=access, **more), by=None, now=NOW)
        session.commit()
        return event.id


def tie(database: Database, one: Side, other: Side) -> None:
    with database.write() as session:
        add_link(session, one, other, by=None, now=NOW)
        session.commit()


def test_an_empty_timeline_says_what_to_do(
    visitor: Browser, member: Browser, volunteer: Browser, secretary: Browser
) -> None:
    assert "Logg inn" in visitor.get("/tidslinje").text
    assert "høre på intervjuene" in member.get("/tidslinje").text
    assert "Foreslå en hendelse" in volunteer.get("/tidslinje").text
    page = secretary.get("/tidslinje").text
    assert "Legg til en hendelse" in page
    assert "Et årstall er nok" in page


def test_the_secretary_adds_changes_removes_and_brings_back(secretary: Browser, member: Browser) -> None:
    answer = secretary.post_form("/tidslinje/ny", FORM, page="/tidslinje/ny")
    assert answer.status_code == 303
    page = member.get(answer.location).text
    for words in ("Ny barnehage", "våren 1974", "Verran"):
        assert words in page
    assert "Endre" not in page
    form = secretary.get(f"{answer.location}/endre").text
    seen = re.search(r'name="seen" id="seen" value="(\d+)"', form)[1]  # type: ignore[index]
    assert 'value="våren 1974"' in form
    changed = secretary.post_form(
        f"{answer.location}/endre", {**FORM, "dated": "mai 1974", "seen": seen}, page=answer.location
    )
    assert changed.status_code == 303
    assert "mai 1974" in member.get(answer.location).text
    meanwhile = secretary.post_form(f"{answer.location}/endre", {**FORM, "seen": seen}, page=answer.location)
    assert meanwhile.status_code == 422
    history = secretary.get(f"{answer.location}/historikk").text
    assert "mai 1974" in history
    undo = re.search(r'action="(/tidslinje/\d+/angre/\d+)"', history)[1]  # type: ignore[index]
    assert secretary.post_form(undo, page=answer.location).status_code == 303
    assert "våren 1974" in member.get(answer.location).text
    removed = secretary.post_form(f"{answer.location}/fjern", page=answer.location)
    assert member.get(answer.location).status_code == 404
    shown = secretary.get(removed.location).text
    back = re.search(r'action="(/tidslinje/angre/\d+)"', shown)[1]  # type: ignore[index]
    assert "Ny barnehage" in secretary.get("/tidslinje/fjernet").text
    assert secretary.post_form(back, page="/tidslinje/ny").location == answer.location
    assert "våren 1974" in member.get(answer.location).text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("dated", "31.02.1974", "Den dagen finnes ikke"),
        ("dated", "våren 24", "fire sifre"),
        ("dated", "", "Et årstall er nok"),
        ("event_title", "", "Skriv kort hva som hendte"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    secretary: Browser, database: Database, field: str, typed: str, said: str
) -> None:
    page = secretary.post_form("/tidslinje/ny", {**FORM, field: typed}, page="/tidslinje/ny")
    assert page.status_code == 422
    assert said in page.text
    assert 'value="Verran"' in page.text
    with database.read() as session:
        assert session.scalars(select(Event)).all() == []


def test_a_suggestion_waits_for_the_secretary(volunteer: Browser, secretary: Browser, member: Browser) -> None:
    form = volunteer.get("/tidslinje/ny").text
    assert "Hvem skal se hendelsen" not in form
    answer = volunteer.post_form("/tidslinje/ny", {**FORM, "access": "open"}, page="/tidslinje/ny")
    assert "Bare du og sekretæren ser det" in volunteer.get(answer.location).text
    assert member.get(answer.location).status_code == 404
    assert "Forslag som venter på deg" in secretary.get("/tidslinje").text
    accepted = secretary.post_form(f"{answer.location}/godta", {"access": "members"}, page=answer.location)
    assert accepted.status_code == 303
    assert "Ny barnehage" in member.get("/tidslinje").text
    assert volunteer.get(f"{answer.location}/endre").status_code == 403
    assert volunteer.post_form(f"{answer.location}/fjern", page="/tidslinje/ny").status_code == 403


def test_into_a_decade_and_a_year(database: Database, member: Browser) -> None:
    for number in range(7):
        happened(database, f"Møte nummer {number}", f"{1990 + number}")
    happened(database, "Streiken", "1988–1991")
    happened(database, "Hemmelig", "1994", Access.CLOSED)
    page = member.get("/tidslinje").text
    assert "Vis alle 7 fra 1990–1999" in page
    assert "Møte nummer 6" not in page
    decade = member.get("/tidslinje?tiar=1994").text
    assert "Møte nummer 6" in decade
    assert "Begynte før, og varte inn i tiåret" in decade
    year = member.get("/tidslinje?ar=1994").text
    assert "Møte nummer 4" in year
    assert "Møte nummer 3" not in year
    assert "Hemmelig" not in page + decade + year
    for odd in ("tiar=0", "tiar=-5", "ar=99999", "ar=x", "tiar=9990", "ar=9989", "tiar=10", "person=9e9", "sted=%00"):
        assert member.get(f"/tidslinje?{odd}").status_code == 200, odd


def test_narrowed_to_a_place_and_the_feeds_follow(database: Database, member: Browser, visitor: Browser) -> None:
    happened(database, "Ny barnehage", "1974", place="Verran")
    happened(database, "Streiken", "14.05.1975", place="Snåsa")
    page = member.get("/tidslinje?sted=Verran").text
    assert "Ny barnehage" in page
    assert "Streiken" not in page
    assert "tidslinje.ics?sted=Verran" in page
    assert [each["title"] for each in json.loads(member.get("/tidslinje.json?sted=Verran").text)["events"]] == [
        "Ny barnehage"
    ]
    calendar = icalendar.Calendar.from_ical(member.get("/tidslinje.ics").data)
    assert [str(each["summary"]) for each in calendar.walk("VEVENT")] == ["Ny barnehage", "Streiken"]
    assert json.loads(visitor.get("/tidslinje.json").text)["events"] == []
    assert not icalendar.Calendar.from_ical(visitor.get("/tidslinje.ics").data).walk("VEVENT")
    assert "Ingen hendelser passer" in member.get("/tidslinje?sted=Oslo").text


def test_for_fifty_years_ago(database: Database, member: Browser) -> None:
    then = datetime.now(UTC)
    happened(database, "Ny barnehage", str(then.year - 50))
    assert f"For 50 år siden, i {then.year - 50}" in member.get("/tidslinje").text
    assert "For 50 år siden" not in member.get("/tidslinje?tiar=1970").text


def test_an_event_shows_who_speaks_of_it_and_who_held_office(
    database: Database, story: int, member: Browser, visitor: Browser
) -> None:
    open_to(database, story, Access.MEMBERS)
    number = happened(database, "Løpesedlene", "1974", Access.OPEN)
    with database.write() as session:
        unit = session.scalars(select(Unit).where(Unit.name == "Snåsa SV")).one()
        olga = find_or_add_person(session, "Olga Oppdiktet")
        details = OfficeDetails(unit.id, olga.id, OfficeKind.LEADER, "leder", held_from="1971", held_to="1975")
        add_office(session, details, by=None, now=NOW)
        session.commit()
        unit_id = unit.id
    tie(database, Side("event", number), Side("interview", story, ms=12_000))
    tie(database, Side("event", number), Side("unit", unit_id))
    page = member.get(f"/tidslinje/{number}").text
    assert "Vi delte ut løpesedler" in page
    assert "Hør fra 0:12" in page
    assert f"/intervju/{story}?t=12&amp;spill=1" in page
    assert "Olga Oppdiktet" in page
    assert "Snåsa SV" in page
    assert "0:12 i Blanketten" in member.get("/tidslinje").text
    seen = visitor.get(f"/tidslinje/{number}").text
    for hidden in ("Blanketten", "løpesedler på", "Snåsa", "Olga", "Hvem snakker", "Knyttet til"):
        assert hidden not in seen
    assert "Blanketten" not in visitor.get("/tidslinje").text + visitor.get("/tidslinje.json").text
    assert "Løpesedlene" in member.get(f"/intervju/{story}").text
    assert "Løpesedlene" in member.get(f"/organisasjon/{unit_id}").text


def test_no_more_questions_for_more_events(database: Database, app: object, member: Browser) -> None:
    person = None
    with database.write() as session:
        person = find_or_add_person(session, "Olga Oppdiktet").id
        session.commit()

    def questions(path: str) -> int:
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        engine = app.extensions["archive"].database.engine  # type: ignore[attr-defined]
        sqlalchemy_event.listen(engine, "before_cursor_execute", note)
        assert member.get(path).status_code == 200
        sqlalchemy_event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    for number in range(3):
        tie(database, Side("event", happened(database, f"Møte {number}", "1974")), Side("person", person))
    paths = ("/tidslinje", "/tidslinje?tiar=1970", "/tidslinje.json", f"/folk/{person}")
    questions(paths[0])  # what is asked once only
    few = [questions(path) for path in paths]
    for number in range(30):
        tie(database, Side("event", happened(database, f"Treff {number}", "1975")), Side("person", person))
    assert [questions(path) for path in paths] == few


def test_only_those_who_may_see_the_forms(visitor: Browser, member: Browser, volunteer: Browser) -> None:
    assert visitor.get("/tidslinje/ny").status_code == 302
    assert member.get("/tidslinje/ny").status_code == 403
    assert volunteer.get("/tidslinje/fjernet").status_code == 403
