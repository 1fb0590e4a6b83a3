"""*Organisasjon*: the list, a unit's page, and the secretary's forms with undo."""

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event, select

from archive.accounts import User
from archive.database import Database
from archive.interviews import InterviewDetails, add_interview
from archive.offices import Office, OfficeDetails, OfficeKind, add_office
from archive.organisation.contacts import write_contact
from archive.organisation.rights import say_who_logs_in
from archive.people import Person, find_or_add_person
from archive.row_history import RowChange
from archive.units import Unit, UnitKind, find_unit
from tests.conftest import NOW
from tests.web.conftest import Browser

NEW, LIST = "/organisasjon/ny", "/organisasjon"
OFFICE = "/organisasjon/verv/ny"


@pytest.fixture
def number_of(database: Database) -> Callable[..., int]:
    """The number of a unit by its name."""

    def find(name: str, kind: UnitKind | None = None) -> int:
        with database.read() as session:
            unit = find_unit(session, name, kind)
            assert unit is not None, name
            return unit.id

    return find


def add_unit(browser: Browser, **typed: str) -> int:
    answer = browser.post_form(NEW, {"name": "Utopia SV", "kind": "local_branch", **typed}, page=NEW)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def add_holder(browser: Browser, unit_id: int, **typed: str) -> None:
    form = {"unit_id": str(unit_id), "person": "Olga Oppdiktet", "kind": "leader", "held_from": "2024", **typed}
    answer = browser.post_form(OFFICE, form, page=OFFICE)
    assert answer.status_code == 303, answer.text


def seen(page: str) -> str:
    found = re.search(r'name="seen" id="seen" value="(\d+)"', page)
    assert found
    return found[1]


def test_the_list_shows_the_county_region_by_region(member: Browser) -> None:
    page = member.get(LIST).text
    for words in ("Innherred", "Snåsa SV", "Kommuner uten region", "Frosta", "Kvinnepolitisk utvalg", "Trøndelag SU"):
        assert words in page
    assert page.count("uten lokallag") == 10
    assert "Legg til et ledd" not in page
    assert "Nord-Trøndelag SV" in page[page.index("De som var") :]


def test_what_is_sought_is_found_by_old_names_and_says_what_to_do_when_it_is_not(
    secretary: Browser, member: Browser
) -> None:
    add_unit(secretary, former_names="Sørvågen SF (1961–1975)")
    page = member.get(LIST, query_string={"sok": "sørvågen"}).text
    assert "1 ledd med «sørvågen»" in page
    assert "Utopia SV" in page
    assert "Skriv en kortere del av navnet" in member.get(LIST, query_string={"sok": "atlantis"}).text


def test_visitors_see_no_offices_and_members_change_nothing(
    visitor: Browser, member: Browser, number_of: Callable[..., int]
) -> None:
    assert visitor.get(LIST).status_code == 302
    assert member.get(NEW).status_code == 403
    page = member.get(f"{LIST}/{number_of('Snåsa SV')}").text
    assert "Ingen er skrevet inn" in page
    assert "Legg til et verv" not in page


def test_a_unit_is_written_down_changed_and_the_change_undone(secretary: Browser, member: Browser) -> None:
    number = add_unit(
        secretary, active_from="våren 1975", former_names="Utopia SF (1961–1975)", note="Stiftet på kaia."
    )
    page = member.get(f"{LIST}/{number}").text
    for words in ("fra våren 1975", "Utopia SF (1961–1975)", "Stiftet på kaia."):
        assert words in page
    address = f"{LIST}/{number}/endre"
    form = secretary.get(address).text
    assert 'value="våren 1975"' in form
    changed = {"name": "Nye Utopia SV", "kind": "local_branch", "active_from": "1976", "seen": seen(form)}
    assert secretary.post_form(address, changed, page=address).status_code == 303
    history = secretary.get(f"{LIST}/{number}/historikk").text
    assert "<del>Utopia SV</del> → Nye Utopia SV" in history
    undo = re.findall(r'action="([^"]+/angre/\d+)"', history)[0]
    assert secretary.post_form(undo, page=f"{LIST}/{number}/historikk").status_code == 303
    assert "fra våren 1975" in member.get(f"{LIST}/{number}").text


def test_two_who_change_the_same_hear_of_each_other_and_lose_nothing(secretary: Browser) -> None:
    number = add_unit(secretary)
    address = f"{LIST}/{number}/endre"
    before = seen(secretary.get(address).text)
    typed = {"name": "Utopia SV", "kind": "local_branch", "note": "Den ene.", "seen": before}
    assert secretary.post_form(address, typed, page=address).status_code == 303
    late = secretary.post_form(address, {**typed, "note": "Den andre."}, page=address)
    assert late.status_code == 422
    assert "Noen andre endret dette mens du skrev" in late.text
    assert "Den andre." in late.text
    again = {**typed, "note": "Den andre.", "seen": seen(late.text)}
    assert secretary.post_form(address, again, page=address).status_code == 303


def test_what_is_wrong_with_a_unit_is_said_and_nothing_typed_is_lost(secretary: Browser) -> None:
    wrong = {"name": "Utopia SV", "kind": "local_branch", "active_from": "31.02.1974", "note": "Et dyrebart minne"}
    page = secretary.post_form(NEW, wrong, page=NEW)
    assert page.status_code == 422
    assert "finnes ikke i kalenderen" in page.text
    assert "Et dyrebart minne" in page.text
    assert 'value="31.02.1974"' in page.text
    for field, value, words in (
        ("name", "", "Skriv navnet"),
        ("name", "Snåsa SV", "finnes alt et ledd"),
        ("kind", "keiserdømme", "Velg hva slags"),
        ("active_from", "våren 23", "fire sifre"),
        ("parent_id", "987654", "Velg på nytt"),
        ("seats", "mange", "fra 0 til 999"),
    ):
        page = secretary.post_form(NEW, {**wrong, "active_from": "1974", field: value}, page=NEW)
        assert page.status_code == 422, field
        assert words in page.text, field


def test_a_unit_ends_and_stands_among_those_that_were(secretary: Browser, number_of: Callable[..., int]) -> None:
    number = add_unit(secretary)
    address = f"{LIST}/{number}/avslutt"
    empty = secretary.post_form(address, {"active_to": ""}, page=address)
    assert empty.status_code == 422
    assert "skriver du «ukjent»" in empty.text
    became = {"active_to": "2012", "merged_into_id": str(number_of("Snåsa SV"))}
    assert secretary.post_form(address, became, page=address).status_code == 303
    page = secretary.get(f"{LIST}/{number}").text
    assert "ikke lenger" in page
    assert "til 2012" in page
    assert "Slått sammen av" in secretary.get(f"{LIST}/{number_of('Snåsa SV')}").text


def test_an_office_is_written_down_ended_taken_away_and_brought_back(
    secretary: Browser, member: Browser, number_of: Callable[..., int], database: Database
) -> None:
    number = number_of("Innherred")
    add_holder(secretary, number, title="regionleder")
    add_holder(secretary, number, title="regionleder", person="Per Påfunnet")
    page = member.get(f"{LIST}/{number}").text
    assert "Olga Oppdiktet" in page
    assert "Per Påfunnet" in page
    assert "Olga Oppdiktet og Per Påfunnet leder regionen" in member.get(LIST).text
    with database.read() as session:
        office_id = session.scalars(select(Office.id).order_by(Office.id)).first()
    end = f"/organisasjon/verv/{office_id}/avslutt"
    assert secretary.post_form(end, {"held_to": "2020"}, page=end).status_code == 422
    assert secretary.post_form(end, {"held_to": "31.12.2025"}, page=end).status_code == 303
    before = member.get(f"{LIST}/{number}").text
    assert "2024–31. desember 2025" in before[before.index("Før") :]
    edit = f"/organisasjon/verv/{office_id}/endre"
    assert secretary.post_form(f"/organisasjon/verv/{office_id}/ta-bort", page=edit).status_code == 303
    assert "Olga Oppdiktet" not in member.get(f"{LIST}/{number}").text
    undo = re.findall(r'action="([^"]+/angre/\d+)"', secretary.get(f"{LIST}/{number}/historikk").text)[0]
    assert secretary.post_form(undo, page=f"{LIST}/{number}/historikk").status_code == 303
    assert "Olga Oppdiktet" in member.get(f"{LIST}/{number}").text


def test_what_is_wrong_with_an_office_is_said(secretary: Browser, number_of: Callable[..., int]) -> None:
    number = number_of("Snåsa SV")
    add_holder(secretary, number)
    form = {"unit_id": str(number), "person": "Olga Oppdiktet", "kind": "leader", "held_from": "2025"}
    for field, value, words in (
        ("person", "Olga Oppdiktet", "alt dette vervet"),
        ("person", " ", "Skriv navnet på den"),
        ("kind", "", "Velg hva slags"),
        ("birth_year", "38", "fire sifre"),
        ("held_to", "1999", "Slutten kommer før begynnelsen"),
        ("held_to", "en gang", "ikke en tid vi forstår"),
        ("unit_id", "987654", "Velg på nytt"),
    ):
        page = secretary.post_form(OFFICE, {**form, field: value}, page=OFFICE)
        assert page.status_code == 422, field
        assert words in page.text, field


def test_an_undo_that_cannot_be_done_says_why(secretary: Browser, database: Database) -> None:
    number = add_unit(secretary)
    add_holder(secretary, number)
    with database.read() as session:
        change = session.scalars(
            select(RowChange).where(RowChange.of_table == "unit", RowChange.row_id == number)
        ).one()
    page = secretary.post_form(f"{LIST}/{number}/angre/{change.id}", page=f"{LIST}/{number}/historikk")
    assert page.status_code == 409
    assert "kan ikke tas bort" in page.text
    other = secretary.post_form(f"{LIST}/1/angre/{change.id}", page=f"{LIST}/{number}/historikk")
    assert other.status_code == 404


def test_a_unit_is_taken_away_and_brought_back(secretary: Browser) -> None:
    number = add_unit(secretary)
    add_holder(secretary, number)
    edit, history = f"{LIST}/{number}/endre", f"{LIST}/{number}/historikk"
    used = secretary.post_form(f"{LIST}/{number}/ta-bort", page=edit)
    assert used.status_code == 409
    assert "avslutt leddet i stedet" in used.text
    newest = re.findall(r'action="([^"]+/angre/\d+)"', secretary.get(history).text)[0]
    assert secretary.post_form(newest, page=history).status_code == 303
    assert secretary.post_form(f"{LIST}/{number}/ta-bort", page=edit).status_code == 303
    assert secretary.get(f"{LIST}/{number}").status_code == 404
    gone = secretary.get(history).text
    assert "Historikken til Utopia SV" in gone
    assert "Leddet er tatt bort" in gone
    undo = re.findall(r'action="([^"]+/angre/\d+)"', gone)[0]
    assert secretary.post_form(undo, page=history).status_code == 303
    assert secretary.get(f"{LIST}/{number}").status_code == 200
    assert secretary.get(f"{LIST}/987654/historikk").status_code == 404


def test_who_answers_for_what(secretary: Browser, member: Browser, number_of: Callable[..., int]) -> None:
    add_holder(secretary, number_of("Innherred"), title="regionleder")
    page = member.get(f"{LIST}/ansvar").text
    assert re.search(r"Innherred</a></th>\s*<td><span class=\"holder\"><b>regionleder</b> .*Olga Oppdiktet", page)
    assert "ingen er skrevet inn" in page


def test_a_partner_shows_what_it_was_invited_to_and_what_came_of_it(
    secretary: Browser, member: Browser, number_of: Callable[..., int]
) -> None:
    number = number_of("Miljøbevegelsen")
    assert "Ingen invitasjoner er skrevet inn" in member.get(f"{LIST}/{number}").text
    address = f"{LIST}/{number}/invitasjon"
    assert secretary.post_form(address, {"invited_to": " "}, page=address).status_code == 422
    typed = {"invited_to": "Møte om fjorden", "invited_on": "våren 2026", "outcome": "Felles uttalelse."}
    assert secretary.post_form(address, typed, page=address).status_code == 303
    page = member.get(f"{LIST}/{number}").text
    for words in ("Møte om fjorden", "våren 2026", "Felles uttalelse."):
        assert words in page


@pytest.fixture
def snasa_leader(database: Database) -> Iterator[int]:
    """Snåsa's leader, with a telephone."""
    with database.write() as session:
        unit = find_unit(session, "Snåsa SV")
        assert unit is not None
        person = find_or_add_person(session, "Snefrid Snåsning")
        details = OfficeDetails(unit.id, person.id, OfficeKind.LEADER, "leder", "2024")
        add_office(session, details, by=None, now=NOW)
        write_contact(session, person, email="snefrid@eksempel.no", phone="900 00 000", by=None, now=NOW)
        session.commit()
        yield unit.id


def test_a_telephone_is_shown_to_the_secretary_and_who_leads_and_to_nobody_else(
    database: Database, secretary: Browser, volunteer: Browser, member: Browser, snasa_leader: int
) -> None:
    page = f"{LIST}/{snasa_leader}"
    assert "900 00 000" in secretary.get(page).text
    for browser in (volunteer, member):
        for address in (page, f"{LIST}/ansvar", LIST):
            assert "900 00 000" not in browser.get(address).text
            assert "snefrid@" not in browser.get(address).text
    with database.write() as session:
        region = find_unit(session, "Innherred")
        assert region is not None
        leader = find_or_add_person(session, "Inga Region")
        office = OfficeDetails(region.id, leader.id, OfficeKind.LEADER, "regionleder", "2024")
        add_office(session, office, by=None, now=NOW)
        user = session.scalars(select(User).where(User.username == "member")).one()
        say_who_logs_in(session, user, leader, by=None, now=NOW)
        session.commit()
    assert "900 00 000" in member.get(page).text
    assert "Fordi du har et verv" in member.get(LIST).text
    assert "900 00 000" not in volunteer.get(page).text
    assert "Fordi du har et verv" not in volunteer.get(LIST).text
    assert member.get(f"{LIST}/kontakt/1").status_code == 403


def test_the_secretary_writes_down_who_logs_in_and_how_people_are_reached(
    secretary: Browser, database: Database, snasa_leader: int
) -> None:
    with database.read() as session:
        user_id = session.scalars(select(User.id).where(User.username == "member")).one()
        person_id = session.scalars(select(Person.id).where(Person.name == "Snefrid Snåsning")).one()
    address = f"{LIST}/innlogging/{user_id}"
    wrong = secretary.post_form(address, {"person": "Ingen Slik"}, page=address)
    assert wrong.status_code == 422
    assert "Ingen i registeret heter dette" in wrong.text
    assert secretary.post_form(address, {"person": "Snefrid Snåsning"}, page=address).status_code == 303
    assert "Hvordan folk med verv i eget lag nås" in secretary.get(address).text
    contact = f"{LIST}/kontakt/{person_id}?ledd={snasa_leader}"
    wrong = secretary.post_form(contact, {"email": "snefrid", "phone": ""}, page=contact)
    assert wrong.status_code == 422
    gone = secretary.post_form(contact, {"email": "", "phone": ""}, page=contact)
    assert gone.headers["Location"].endswith(f"{LIST}/{snasa_leader}")
    assert "snefrid@" not in secretary.get(f"{LIST}/{snasa_leader}").text


def test_an_empty_organisation_says_how_to_begin(secretary: Browser, member: Browser, database: Database) -> None:
    with database.write() as session:
        for unit in session.scalars(select(Unit)):
            unit.parent_id = unit.region_id = unit.municipality_id = unit.merged_into_id = None
        session.flush()
        for unit in session.scalars(select(Unit)):
            session.delete(unit)
        session.commit()
    assert "Sekretæren har ikke lagt inn noe ennå" in member.get(LIST).text
    assert "Legg inn Trøndelag SVs organisasjon" in secretary.get(LIST).text
    assert secretary.post_form(f"{LIST}/legg-inn", page=LIST).status_code == 303
    assert "Innherred" in member.get(LIST).text


def test_pages_ask_as_often_for_many_as_for_few(
    member: Browser, database: Database, number_of: Callable[..., int], app: object
) -> None:
    engine = app.extensions["archive"].database.engine  # type: ignore[attr-defined]
    number = number_of("Snåsa SV")

    def asked() -> list[int]:
        counts = []
        for address in (LIST, f"{LIST}/{number}", f"{LIST}/ansvar"):
            count = 0

            def one_more(*_: object) -> None:
                nonlocal count
                count += 1

            event.listen(engine, "before_cursor_execute", one_more)
            assert member.get(address).status_code == 200
            event.remove(engine, "before_cursor_execute", one_more)
            counts.append(count)
        return counts

    def hold(name: str) -> None:
        person = find_or_add_person(session, name)
        for unit_id in (number, number_of("Innherred")):
            details = OfficeDetails(unit_id, person.id, OfficeKind.MEMBER, "medlem", "2024")
            add_office(session, details, by=None, now=NOW)

    with database.write() as session:
        hold("Første Medlem")
        session.commit()
    asked()  # the first page of a program asks a few things for all of them
    few = asked()
    with database.write() as session:
        for each in range(20):
            hold(f"Medlem {each}")
        session.commit()
    assert asked() == few


def test_an_interview_says_which_units_it_is_about(
    volunteer: Browser, member: Browser, database: Database, number_of: Callable[..., int]
) -> None:
    with database.write() as session:
        user = session.scalars(select(User).where(User.username == "volunteer")).one()
        details = InterviewDetails("Fra Snåsa", narrators=("Snefrid Snåsning",), held_on=NOW.date())
        interview = add_interview(session, details, handed_in_by_id=user.id, now=NOW)
        session.commit()
        number = interview.id
    address = f"/intervju/{number}/rediger"
    typed = {"title": "Fra Snåsa", "narrators": "Snefrid Snåsning", "held_on": "2026-03-14", "language": "nb"}
    for named, words in (("Atlantis SV", "Et av leddene finnes ikke"), ("Trondheim", "Flere ledd har samme navn")):
        wrong = volunteer.post_form(address, {**typed, "units": named}, page=address)
        assert wrong.status_code == 422
        assert words in wrong.text
        assert f'value="{named}"' in wrong.text
    about = {**typed, "units": ["snåsa sv", "Trondheim (region)", ""]}
    assert volunteer.post_form(address, about, page=address).status_code == 302
    assert 'value="Trondheim (region)"' in volunteer.get(address).text
    page = f"{LIST}/{number_of('Snåsa SV')}"
    assert "Fra Snåsa" in volunteer.get(page).text
    assert "Fra Snåsa" not in member.get(page).text
    assert f'href="{page}">Snåsa SV</a>' in volunteer.get(f"/intervju/{number}").text
    more = volunteer.post_form(address, {**about, "more": "units"}, page=address)
    assert more.text.count('name="units"') == 3


def test_offices_come_in_from_a_file_with_a_look_before_and_a_way_back(
    secretary: Browser, member: Browser, number_of: Callable[..., int]
) -> None:
    choose = secretary.get("/tabell/verv").text
    assert "Til stå" in choose
    table = secretary.get("/tabell/verv.csv")
    assert table.data.startswith("\ufeffNr;Ledd;Navn;Født;Verv".encode())
    assert secretary.get("/tabell/ledd.xlsx").data.startswith(b"PK")
    assert member.get("/tabell/verv").status_code == 403
