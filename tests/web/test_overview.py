"""The overview and what hangs on it: charts, the table, inline writing, rights, undo, files in and out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import event, select

from archive.accounts import Role, User
from archive.database import Database
from archive.exchange.tables import read_table
from archive.local_time import day_of
from archive.offices import OfficeDetails, OfficeKind, add_office
from archive.organisation.rights import say_who_logs_in
from archive.overview.unit_year_table import COLUMNS
from archive.overview.unit_years import Figures, ListWork, UnitYear, write_unit_year
from archive.overview.wishes import FollowUpWish
from archive.people import find_or_add_person
from archive.units import Unit, UnitKind, find_unit
from archive.yearwheel.occurrences import ask_for_help, give_help, occurrences_in
from archive.yearwheel.year import set_up_year
from tests.web.conftest import Browser
from tests.web.live import PHONE, WIDE

NOW = datetime.now(UTC)
TODAY = day_of(NOW)
YEAR = TODAY.year
PATH = "/oversikt"

NumberOf = Callable[..., int]
Hold = Callable[..., int]


@pytest.fixture
def number_of(database: Database) -> NumberOf:
    """The number of a unit by its name; a municipality's, if nothing else is said."""

    def find(name: str, kind: UnitKind = UnitKind.MUNICIPALITY) -> int:
        with database.read() as session:
            unit = find_unit(session, name, kind)
            assert unit is not None, name
            return unit.id

    return find


@pytest.fixture
def hold(database: Database) -> Hold:
    """Somebody holds an office; `user`: and logs in with this role's account. The person's number."""

    def add(unit_id: int, name: str, kind: OfficeKind, title: str = "", user: Role | None = None) -> int:
        with database.write() as session:
            person = find_or_add_person(session, name)
            add_office(session, OfficeDetails(unit_id, person.id, kind, title or kind, "2020"), by=None, now=NOW)
            if user is not None:
                account = session.query(User).filter_by(username=user.value).one()
                say_who_logs_in(session, account, person, by=None, now=NOW)
            session.commit()
            return person.id

    return add


@pytest.fixture
def board(member: Browser, number_of: NumberOf, hold: Hold) -> Browser:
    """The member, who sits on the county board."""
    hold(number_of("Trøndelag SV", UnitKind.COUNTY_BRANCH), "Mari Medlem", OfficeKind.MEMBER, user=Role.MEMBER)
    return member


def report(database: Database, unit_id: int, year: int = YEAR, **figures: object) -> None:
    """Write figures."""
    with database.write() as session:
        unit, reported = session.get_one(Unit, unit_id), Figures(**figures)  # type: ignore[arg-type]
        write_unit_year(session, unit, year, reported, by=None, now=NOW, today=TODAY)
        session.commit()


def seen(page: str) -> str:
    """The number that a form carries."""
    found = re.search(r'name="seen" id="seen" value="(\d+)"', page)
    assert found
    return found[1]


def row_of(page: str, unit_id: int) -> str:
    """A line of the table, as text."""
    found = re.search(rf'<tr id="rad-{unit_id}".*?</tr>', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_what_nobody_has_reported_is_said_and_is_not_nought(board: Browser, number_of: NumberOf) -> None:
    page = board.get(PATH).text
    assert page.count('<tr id="rad-') == 39
    assert page.count('<details class="fold">') == 8 and "<summary><h3>Innherred</h3>" in page  # seven regions and none
    assert "Frosta uten region uten lokallag ikke meldt" in row_of(page, number_of("Frosta"))
    line = row_of(page, number_of("Snåsa"))
    assert line.count("ikke meldt") == 5 and "0" not in line
    assert "0 av 28</b> levert" in page and "Teller alle 38 kommuner" in page
    assert "ikke meldt for 38" in page


def test_the_board_reads_charts_and_lines_and_writes_nothing(
    board: Browser, database: Database, number_of: NumberOf, hold: Hold
) -> None:
    snasa, verdal = number_of("Snåsa"), number_of("Verdal")
    report(database, snasa, members=12, list_work=ListWork.DELIVERED, is_active=True)
    report(database, snasa, YEAR - 1, members=9)
    hold(snasa, "Olga Oppdiktet", OfficeKind.ELECTED, "kommunestyrerepresentant")
    hold(verdal, "Per Påfunnet", OfficeKind.ELECTED, "kommunestyrerepresentant")
    page = board.get(PATH).text
    line = row_of(page, snasa)
    for words in ("aktivt", "12", "3 flere enn året før", "levert", "kan spørre 1 i regionen"):
        assert words in line
    assert "1 levert, 37 ikke meldt" in page and "<title>Snåsa: levert</title>" in page
    assert "2 i 2 kommuner" in page and "Endre" not in line
    assert "12 til sammen i 1 kommune som har meldt" in page
    assert board.get(f"{PATH}/{snasa}").status_code == 200 and "Lagre" not in board.get(f"{PATH}/{snasa}").text
    refused = board.post_form(f"{PATH}/{snasa}/{YEAR}", {"seen": "0", "members": "1"}, page=PATH)
    assert refused.status_code == 403


def test_others_are_kindly_told_whom_it_is_for(member: Browser, volunteer: Browser, number_of: NumberOf) -> None:
    for browser in (member, volunteer):
        for path in (PATH, f"{PATH}/{number_of('Snåsa')}", f"{PATH}/tabell.csv", f"{PATH}/sosiale-medier"):
            page = browser.get(path).text
            assert "Oversikten er for fylkesstyret" in page and "ikke meldt" not in page, path


def test_a_branch_leader_sees_and_writes_the_own_row_and_no_other(
    member: Browser, number_of: NumberOf, hold: Hold, database: Database
) -> None:
    hold(number_of("Snåsa SV", UnitKind.LOCAL_BRANCH), "Mari Medlem", OfficeKind.LEADER, user=Role.MEMBER)
    own, other = number_of("Snåsa"), number_of("Frosta")
    assert f'href="{PATH}/{own}"' in member.get(PATH).text
    page = f"{PATH}/{own}"
    form = {"seen": seen(member.get(page).text), "members": "21", "list_goal": "99"}
    assert member.post_form(f"{page}/{YEAR}", form, page=page).status_code == 303
    assert 'value="21"' in member.get(page).text
    assert "Oversikten er for fylkesstyret" in member.get(f"{PATH}/{other}").text
    assert member.post_form(f"{PATH}/{other}/{YEAR}", {"seen": "0", "members": "1"}, page=page).status_code == 403


def test_the_secretary_goes_through_the_list_line_by_line(
    secretary: Browser, number_of: NumberOf, database: Database
) -> None:
    order = re.findall(r'<tr id="rad-(\d+)"', secretary.get(PATH).text)
    opened = secretary.get(f"{PATH}?endre={order[1]}").text
    form = {"seen": seen(opened), "fra": "liste", "videre": "neste", "members": "5", "is_active": "ja"}
    answer = secretary.post_form(f"{PATH}/{order[1]}/{YEAR}", form, page=PATH)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{PATH}?ar={YEAR}&endre={order[2]}#rad-{order[2]}"
    late = secretary.post_form(f"{PATH}/{order[1]}/{YEAR}", {**form, "members": "6"}, page=PATH)
    assert late.status_code == 422 and "Noen andre endret dette" in late.text and 'value="6"' in late.text
    wrong = {**form, "seen": seen(late.text), "members": "mange", "note": "Et dyrebart notat"}
    page = secretary.post_form(f"{PATH}/{order[1]}/{YEAR}", wrong, page=PATH)
    assert page.status_code == 422 and "Skriv bare sifre" in page.text and "Et dyrebart notat" in page.text
    with database.read() as session:
        assert session.scalars(select(UnitYear.members)).all() == [5]


def test_a_change_is_undone_in_the_history(secretary: Browser, number_of: NumberOf, database: Database) -> None:
    number = number_of("Snåsa")
    report(database, number, members=12)
    report(database, number, members=120)
    history = secretary.get(f"{PATH}/{number}/historikk").text
    assert "<del>12</del> → 120" in history and f"tallene for {YEAR}" in history
    undo = re.findall(r'action="([^"]+/angre/\d+)"', history)[0]
    assert secretary.post_form(undo, page=PATH).status_code == 303
    assert 'value="12"' in secretary.get(f"{PATH}/{number}").text
    assert secretary.post_form(undo, page=PATH).status_code == 409
    latest = secretary.get("/endringer").text
    assert "tall i oversikten" in latest and f'href="{PATH}/{number}"' in latest


def test_the_list_is_narrowed_and_ordered_without_scripts(
    secretary: Browser, number_of: NumberOf, database: Database
) -> None:
    report(database, number_of("Snåsa"), members=12)
    report(database, number_of("Frosta"), members=40)
    region = number_of("Innherred", UnitKind.REGION)

    def names(query: str) -> list[str]:
        return re.findall(r'<th scope="row"><a [^>]+>([^<]+)</a>', secretary.get(f"{PATH}?{query}").text)

    assert names(f"region={region}") == ["Inderøy", "Levanger", "Snåsa", "Steinkjer", "Verdal"]
    assert len(names("region=uten")) == 10 and len(names("vis=medlemmer")) == 36
    assert names("ordne=medlemmer")[1:3] == ["Frosta", "Snåsa"]
    assert len(names("region=tull&vis=tull&ordne=tull")) == 0
    assert "Ingen kommuner passer" in secretary.get(f"{PATH}?region=tull").text
    assert secretary.get(f"{PATH}?ar=1800").status_code == 404


def test_help_is_joined_with_the_year_wheel(secretary: Browser, number_of: NumberOf, database: Database) -> None:
    number = number_of("Snåsa")
    with database.write() as session:
        set_up_year(session, YEAR, by=None, now=NOW)
        branch = number_of("Snåsa SV", UnitKind.LOCAL_BRANCH)
        one, other = [each for each in occurrences_in(session, YEAR) if each.unit_id == branch][:2]
        ask_for_help(session, one, "Vi mangler lokale", by=None, now=NOW)
        ask_for_help(session, other, "", by=None, now=NOW)
        give_help(session, other, by=None, now=NOW)
        session.commit()
    page = secretary.get(PATH).text
    line = row_of(page, number)
    assert "venter på hjelp siden" in line and "bedt om 2 ganger" in line and "gitt 1 gang" in line
    assert "Vi mangler lokale" in page and "1 kommune venter" in page
    form = f"{PATH}/{number}/hjelp"
    assert "minst én av dagene" in secretary.post_form(form, {"about": "Stand"}, page=form).text
    days = {"about": "Stand", "offered_on": f"{YEAR}-01-02", "given_on": f"{YEAR}-01-01"}
    assert "ikke være gitt før" in secretary.post_form(form, days, page=form).text
    assert secretary.post_form(form, {**days, "given_on": ""}, page=form).status_code == 303
    assert f"tilbudt 2. januar {YEAR}" in row_of(secretary.get(PATH).text, number)


def test_a_representative_says_what_he_wants_and_the_secretary_answers(
    member: Browser, secretary: Browser, volunteer: Browser, number_of: NumberOf, hold: Hold, database: Database
) -> None:
    snasa, title = number_of("Snåsa"), "kommunestyrerepresentant"
    me = hold(snasa, "Mari Medlem", OfficeKind.ELECTED, title, user=Role.MEMBER)
    near = hold(number_of("Verdal"), "Nær Nabo", OfficeKind.ELECTED, title)
    hold(number_of("Frosta"), "Fjern Felle", OfficeKind.ELECTED, title)
    hold(number_of("Fylkestingsgruppa", UnitKind.COUNCIL_GROUP), "Fylkes Fabel", OfficeKind.ELECTED)
    page = f"/organisasjon/folkevalgte/{me}"
    text = member.get(page).text
    places = [text.index(words) for words in ("Samme verv i samme region", "Nær Nabo", "Fjern Felle", "Fylkes Fabel")]
    assert places == sorted(places)
    assert member.post_form(f"{page}/onske", {"wish": " "}, page=page).status_code == 422
    assert member.post_form(f"{page}/onske", {"wish": "En fadder"}, page=page).status_code == 303
    assert "En fadder" in member.get(page).text and "En fadder" not in volunteer.get(page).text
    other = f"/organisasjon/folkevalgte/{near}"
    assert member.post_form(f"{other}/onske", {"wish": "Noe"}, page=page).status_code == 403
    assert "ønsker En fadder" in row_of(secretary.get(PATH).text, snasa)
    with database.read() as session:
        wish = session.scalars(select(FollowUpWish.id)).one()
    answer = {"answer": "Nabo ringer på mandag", "answered_on": TODAY.isoformat()}
    assert secretary.post_form(f"{PATH}/onske/{wish}/svar", answer, page=PATH).status_code == 303
    assert "Nabo ringer på mandag" in member.get(page).text
    assert "ønsker" not in row_of(secretary.get(PATH).text, snasa)
    assert f'action="{PATH}/angre/' in secretary.get(f"{PATH}/{snasa}/historikk").text


def test_representatives_are_listed_place_by_place(member: Browser, number_of: NumberOf, hold: Hold) -> None:
    hold(number_of("Snåsa"), "Olga Oppdiktet", OfficeKind.ELECTED, "varaordfører")
    hold(number_of("Hovedutvalg for kultur", UnitKind.ELECTED_BODY), "Fylkes Fabel", OfficeKind.ELECTED, "medlem")
    page = member.get("/organisasjon/folkevalgte").text
    assert 'Fylkestingsgruppa</a> <span class="note">4 plasser' in page
    assert "medlem i Hovedutvalg for kultur" in page and "varaordfører" in page
    assert page.index("Innherred") < page.index("Olga Oppdiktet") < page.index("Uten region")


def test_who_answers_for_what_shows_the_duties_that_the_reader_may_know(
    member: Browser, secretary: Browser, number_of: NumberOf, hold: Hold, database: Database
) -> None:
    with database.write() as session:
        set_up_year(session, YEAR, by=None, now=NOW)
        session.commit()
    hold(number_of("Trøndelag SV", UnitKind.COUNTY_BRANCH), "Sekretær Fabel", OfficeKind.SECRETARY, "fylkessekretær")
    shown, known = (browser.get("/organisasjon/ansvar").text for browser in (secretary, member))
    of_secretary = shown[shown.index("Sekretær Fabel") :]
    assert "Møte for nye medlemmer" in of_secretary and "Fylkesstyremøte" in of_secretary
    assert "Møte for nye medlemmer" in known and "Fylkesstyremøte" not in known
    nobody = shown[shown.index("Oppgaver som ingen svarer for") :]
    assert "Årsmøte i lokallaget" in nobody and "28 ledd" in nobody and "Penger til utvalgene" in nobody


def test_figures_go_out_as_a_file_and_come_in_again(
    secretary: Browser, board: Browser, number_of: NumberOf, database: Database
) -> None:
    report(database, number_of("Snåsa"), members=12, note="=2+2")
    shown = board.get(f"{PATH}/tabell.csv?vis=").get_data(as_text=True)
    assert "Snåsa;Innherred" in shown.replace(",", ";") and "Frosta" in shown
    assert board.get(f"{PATH}/tabell.xlsx").data.startswith(b"PK")
    assert board.get("/tabell/oversikt.csv").status_code == 403
    content = secretary.get("/tabell/oversikt.csv").data
    [row] = read_table(content, COLUMNS).rows
    assert (row["unit"], row["members"], row["note"]) == ("Snåsa", "12", "=2+2")


def test_no_page_asks_more_for_more_rows(
    app: Flask, secretary: Browser, number_of: NumberOf, hold: Hold, database: Database
) -> None:
    asked: list[str] = []
    engine = app.extensions["archive"].database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    paths = (PATH, f"{PATH}/{number_of('Snåsa')}", "/organisasjon/folkevalgte", f"{PATH}/tabell.csv")
    counts: dict[str, list[int]] = {}
    with database.read() as session:
        places = session.scalars(select(Unit.id).where(Unit.kind == UnitKind.MUNICIPALITY)).all()
    report(database, number_of("Snåsa"), members=1)
    for size, years in ((1, 1), (38, 4)):
        with database.write() as session:
            units = session.scalars(select(Unit).where(Unit.id.in_(places[:size]))).all()
            for unit in units:
                person = find_or_add_person(session, f"Valgt {size} {unit.name}")
                details = OfficeDetails(unit.id, person.id, OfficeKind.ELECTED, "folkevalgt", "2020")
                add_office(session, details, by=None, now=NOW)
                for year in range(YEAR - years + 1, YEAR + 1):
                    write_unit_year(session, unit, year, Figures(members=size), by=None, now=NOW, today=TODAY)
            session.commit()
        for path in paths:
            secretary.get(path)
            asked.clear()
            assert secretary.get(path).status_code == 200
            counts.setdefault(path, []).append(len(asked))
    assert all(few == many for few, many in counts.values()), counts


@pytest.mark.browser
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_pages_fit_and_can_be_used_by_everybody(
    page_of: Callable[..., Page], number_of: NumberOf, hold: Hold, database: Database, size: tuple[int, int]
) -> None:
    person = hold(number_of("Snåsa"), "Olga Oppdiktet", OfficeKind.ELECTED)
    report(database, number_of("Snåsa"), members=12, list_work=ListWork.DELIVERED)
    page = page_of(Role.SECRETARY, size=size)
    for path in (
        f"{PATH}?endre={number_of('Frosta')}",
        f"{PATH}/{number_of('Snåsa')}",
        f"/organisasjon/folkevalgte/{person}",
        f"{PATH}/sosiale-medier",
        f"{PATH}/nytt",
    ):
        page.goto(path)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0], path
        found = Axe().run(page).response["violations"] if size == PHONE else []  # for a screen see test_look
        assert not found, (path, [(each["id"], each["nodes"][0]["html"]) for each in found])
