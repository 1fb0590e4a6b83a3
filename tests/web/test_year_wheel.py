"""The pages of the year wheel: set up, planned, held, undone, handed over, and what each reader sees."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from icalendar import Calendar
from playwright.sync_api import Page, expect
from sqlalchemy import event

from archive.accounts import Role, User
from archive.database import Database
from archive.local_time import day_of
from archive.offices import OfficeDetails, OfficeKind, add_office
from archive.organisation.rights import say_who_logs_in
from archive.people import find_or_add_person
from archive.settings import Settings
from archive.setup import secret_key
from archive.units import UnitKind, find_unit
from archive.yearwheel.duties import Duty, DutyDetails, Owner, add_duty, list_duties
from archive.yearwheel.occurrences import Occurrence, State, When, occurrences_in, plan_occurrence
from archive.yearwheel.reminders import Reminder, plan_reminders, token_of
from archive.yearwheel.year import set_up_year
from tests.web.conftest import Browser
from tests.web.live import PHONE, WIDE

NOW = datetime.now(UTC)
TODAY = day_of(NOW)
YEAR = TODAY.year


@pytest.fixture
def set_up(database: Database) -> None:
    """This year, from the defaults."""
    with database.write() as session:
        set_up_year(session, YEAR, by=None, now=NOW)
        session.commit()


@pytest.fixture
def board_member(database: Database, member: Browser) -> Browser:
    """The member, who sits on the county board."""
    with database.write() as session:
        person = find_or_add_person(session, "Mari Medlem")
        county = find_unit(session, "Trøndelag SV", UnitKind.COUNTY_BRANCH)
        assert county is not None
        details = OfficeDetails(county.id, person.id, OfficeKind.MEMBER, "styremedlem", "2020")
        add_office(session, details, by=None, now=NOW)
        user = session.query(User).filter_by(username=Role.MEMBER.value).one()
        say_who_logs_in(session, user, person, by=None, now=NOW)
        session.commit()
    return member


def one_day(database: Database, day: date, **more: object) -> int:
    """A duty of one invented day; the number of the day."""
    with database.write() as session:
        duty = add_duty(
            session, DutyDetails("Rydde boden", note_to_next="Nøkkelen henger bak døra", **more), by=None, now=NOW
        )  # type: ignore[arg-type]
        one = plan_occurrence(session, duty, When(day), unit_id=None, by=None, now=NOW)
        session.commit()
        return one.id


def stands(database: Database, occurrence_id: int) -> Occurrence:
    """What is kept of a day."""
    with database.read() as session:
        return session.get_one(Occurrence, occurrence_id)


def test_the_secretary_sets_up_a_year_and_takes_it_back(secretary: Browser, database: Database) -> None:
    assert "Årshjulet er tomt" in secretary.get("/arshjul").text
    seen = secretary.get("/arshjul/sett-opp?ar=2027").text
    assert "Fylkesstyremøte" in seen and "12. januar 2027" in seen
    done = secretary.post_form("/arshjul/sett-opp", {"year": "2027"}, page="/arshjul", follow_redirects=True)
    assert "2027 er satt opp" in done.text
    undo = re.search(r'action="(/arshjul/satt-opp/[^"]+)"', done.text)
    assert undo is not None
    again = secretary.post_form("/arshjul/sett-opp", {"year": "2027"}, page="/arshjul", follow_redirects=True)
    assert "ingenting er endret" in again.text
    page = secretary.get("/arshjul?ar=2027").text
    assert '<title id="hjul-tittel">Årshjulet for 2027</title>' in page and "foreslått" in page
    gone = secretary.post_form(undo[1].replace("&amp;", "&"), {}, page="/arshjul", follow_redirects=True)
    assert "Oppsettet er angret" in gone.text
    with database.read() as session:
        assert occurrences_in(session, 2027) == [] and list_duties(session) == []


def test_a_day_is_held_with_minutes_and_undone(secretary: Browser, database: Database) -> None:
    number = one_day(database, TODAY - timedelta(days=2))
    path = f"/arshjul/gjennomforing/{number}"
    assert "passert, men ikke meldt" in secretary.get(path).text
    seen = re.search(r'name="seen" value="(\d+)"', secretary.get(path).text)
    assert seen is not None
    form = {"seen": seen[1], "held_on": (TODAY - timedelta(days=1)).isoformat(), "minutes": "Fire kom.\n\n- Kostet"}
    done = secretary.post_form(f"{path}/holdt", form, page=path, follow_redirects=True)
    assert "Meldt som holdt" in done.text and "<li>Kostet</li>" in done.text
    late = secretary.post_form(f"{path}/holdt", form, page=path)
    assert late.status_code == 422 and "Noen andre endret dette" in late.text
    one = stands(database, number)
    assert (one.state, one.due_on) == (State.HELD, TODAY - timedelta(days=1))
    history = secretary.get(f"/arshjul/oppgave/{one.duty_id}/historikk").text
    undo = re.search(r'action="(/arshjul/oppgave/\d+/angre/\d+)"', history)
    assert undo is not None and "Meldte holdt:" in history
    secretary.post_form(undo[1], {}, page=path)
    assert stands(database, number).state == State.PLANNED


@pytest.mark.parametrize(
    ("act", "form", "sentence"),
    [
        ("holdt", {"held_on": ""}, "Velg dagen det ble holdt."),
        ("holdt", {"held_on": "2199-01-01"}, "Dagen ligger fram i tid."),
        ("holdt", {"held_on": "31.02.2026"}, "Dette er ikke en dato vi forstår."),
        ("dag", {"due_on": "2027-01-01", "starts": "kvelden"}, "Dette er ikke et klokkeslett."),
        ("dag", {"due_on": "9999-01-01"}, "Året ligger for langt unna."),
        ("dag", {"due_on": "2027-01-01", "meeting_url": "javascript:alert(1)"}, "Dette er ikke en nettadresse."),
    ],
)
def test_a_bad_form_says_what_to_do_and_changes_nothing(
    secretary: Browser, database: Database, act: str, form: dict[str, str], sentence: str
) -> None:
    number = one_day(database, TODAY)
    path = f"/arshjul/gjennomforing/{number}"
    seen = re.search(r'name="seen" value="(\d+)"', secretary.get(path).text)
    assert seen is not None
    answer = secretary.post_form(f"{path}/{act}", {"seen": seen[1], **form}, page=path)
    assert answer.status_code == 422 and sentence in answer.text
    assert stands(database, number).due_on == TODAY


def test_a_day_is_moved_put_off_called_off_and_helped(secretary: Browser, database: Database) -> None:
    number = one_day(database, TODAY, checklist=("Kost", "Mopp"))
    path = f"/arshjul/gjennomforing/{number}"
    for act, state in (("utsett", State.POSTPONED), ("avlys", State.CANCELLED)):
        assert secretary.post_form(f"{path}/{act}", {}, page=path).status_code == 303
        assert stands(database, number).state == state
    seen = re.search(r'name="seen" value="(\d+)"', secretary.get(path).text)
    assert seen is not None
    new = {"seen": seen[1], "due_on": "3.4.2027", "starts": "18", "meeting_url": "mote.example/1"}
    assert secretary.post_form(f"{path}/dag", new, page=path).status_code == 303
    one = stands(database, number)
    assert (one.state, one.due_on, one.clock) == (State.PLANNED, date(2027, 4, 3), "18:00")
    secretary.post_form(f"{path}/sjekkliste", {"step": ["Mopp"]}, page=path)
    assert stands(database, number).ticked == ["Mopp"]
    assert 'href="https://mote.example/1"' in secretary.get(path).text


DUTY = {"title": "Vaske bilen", "strength": "must", "per": "year", "minimum": "2", "choice": "year_weekday"}


def test_a_duty_is_written_changed_and_ended(secretary: Browser, database: Database) -> None:
    with database.write() as session:
        find_or_add_person(session, "Olga Oppdiktet")
        county = find_unit(session, "Trøndelag SV", UnitKind.COUNTY_BRANCH)
        assert county is not None
        owner = {"owner_office_0": "leader", "owner_unit_0": str(county.id), "owner_people": "Olga Oppdiktet"}
        session.commit()
    form = {**DUTY, **owner, "first_on": "2026-03-14", "checklist": "Såpe\nSvamp"}
    page = secretary.post_form("/arshjul/oppgave/ny", form, page="/arshjul/oppgave/ny", follow_redirects=True).text
    assert "Andre lørdag i mars hvert år." in page and "Olga Oppdiktet" in page and "minst 2 i året" in page
    with database.read() as session:
        (duty,) = list_duties(session)
    path = f"/arshjul/oppgave/{duty.id}/endre"
    edit = secretary.get(path).text
    assert '<option value="year_weekday" selected>' in edit
    seen = re.search(r'name="seen" id="seen" value="(\d+)"', edit)
    assert seen is not None
    assert secretary.post_form(path, {**form, "seen": "0"}, page=path).status_code == 422
    secretary.post_form(path, {**form, "seen": seen[1], "choice": "", "for_members": "yes"}, page=path)
    assert secretary.post_form(f"/arshjul/oppgave/{duty.id}/avslutt", {}, page=path).status_code == 303
    with database.read() as session:
        kept = session.get_one(Duty, duty.id)
        assert (kept.first_on, kept.for_members, kept.ended_on) == (None, True, TODAY)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"title": ""}, "Skriv hva oppgaven heter."),
        ({"first_on": ""}, "Velg den første dagen."),
        ({"choice": "own", "rule": "FREQ=DAILY"}, "Velg uke, måned eller år."),
        ({"choice": "own", "rule": "hver tirsdag"}, "Regelen kan ikke leses."),
        ({"choice": "own", "rule": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"}, "kommer det aldri noen dag"),
        ({"minimum": "mange"}, "Skriv et tall fra 0 til 366"),
        ({"owner_people": "Ukjent Ukjentsen"}, "Ingen i registeret heter dette."),
        ({"owner_office_0": "leader"}, "Velg leddet som vervet hører til."),
    ],
)
def test_a_bad_duty_is_refused_with_a_sentence(secretary: Browser, form: dict[str, str], sentence: str) -> None:
    typed = {**DUTY, "first_on": "2026-03-14", **form}
    answer = secretary.post_form("/arshjul/oppgave/ny", typed, page="/arshjul/oppgave/ny")
    assert answer.status_code == 422 and sentence in answer.text


def test_members_see_what_is_for_them_and_the_board_all(
    database: Database, set_up: None, board_member: Browser, volunteer: Browser
) -> None:
    number = one_day(database, TODAY)
    members, board = volunteer.get("/arshjul").text, board_member.get("/arshjul").text
    assert "Årsmøte i fylkeslaget" in members and "Fylkesstyremøte" not in members and "mangler" not in members
    assert "ikke meldt" not in members and "venter på noen" not in members
    assert "Fylkesstyremøte" in board and "Rydde boden" in board
    assert volunteer.get(f"/arshjul/gjennomforing/{number}").status_code == 404
    assert "Nøkkelen henger bak døra" in board_member.get(f"/arshjul/gjennomforing/{number}").text
    assert "Meld holdt" not in board_member.get(f"/arshjul/gjennomforing/{number}").text
    assert "er for fylkesstyret" in volunteer.get("/arshjul/overlevering").text
    assert "Nøkkelen henger bak døra" in board_member.get("/arshjul/overlevering").text


def test_the_feed_is_private_and_ends_when_a_new_address_is_made(
    database: Database, set_up: None, board_member: Browser, visitor: Browser
) -> None:
    def new_address() -> str:
        page = board_member.post_form("/arshjul/kalender", {}, page="/arshjul/kalender").text
        found = re.search(r"http://[^\"]+(/arshjul/kalender/[^\"]+\.ics)", page)
        assert found is not None
        return found[1]

    first = new_address()
    titles = {str(each["summary"]) for each in Calendar.from_ical(visitor.get(first).data).walk("VEVENT")}
    assert "Fylkesstyremøte" in titles and "Årsmøte i lokallaget, Snåsa SV" in titles
    assert first.split("/")[-1].removesuffix(".ics") not in board_member.get("/arshjul/kalender").text
    second = new_address()
    assert visitor.get(first).status_code == 410 and visitor.get(second).status_code == 200
    with database.write() as session:  # off the board, and the same address tells less
        user = session.query(User).filter_by(username=Role.MEMBER.value).one()
        say_who_logs_in(session, user, None, by=None, now=NOW)
        session.commit()
    titles = {str(each["summary"]) for each in Calendar.from_ical(visitor.get(second).data).walk("VEVENT")}
    assert "Fylkesstyremøte" not in titles and "Årsmøte i fylkeslaget" in titles
    board_member.post_form("/arshjul/kalender/slutt", {}, page="/arshjul/kalender")
    assert visitor.get(second).status_code == 410


def test_no_page_asks_more_of_the_database_for_more_rows(app: Flask, secretary: Browser, database: Database) -> None:
    asked: list[str] = []
    engine = app.extensions["archive"].database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts: dict[str, list[int]] = {}
    numbers = [one_day(database, TODAY)]
    for size in (1, 25):
        for _more in range(size):
            numbers.append(one_day(database, TODAY))
        for path in ("/arshjul", "/arshjul/overlevering", "/arshjul/sett-opp", f"/arshjul/gjennomforing/{numbers[0]}"):
            secretary.get(path)
            asked.clear()
            assert secretary.get(path).status_code == 200
            counts.setdefault(path, []).append(len(asked))
    assert all(few == many for few, many in counts.values()), counts


@pytest.fixture
def link(database: Database, settings: Settings) -> tuple[str, int]:
    """The link of a reminder about a deadline tomorrow, and the number of its day."""
    with database.write() as session:
        person = find_or_add_person(session, "Olga Oppdiktet")
        duty = add_duty(session, DutyDetails("Årsmøte", owners=(Owner(person_id=person.id),)), by=None, now=NOW)
        one = plan_occurrence(session, duty, When(TODAY + timedelta(days=1)), unit_id=None, by=None, now=NOW)
        plan_reminders(session, secret_key(settings), today=TODAY, now=NOW)
        reminder = session.query(Reminder).one()
        session.commit()
        return f"/svar/{token_of(secret_key(settings), reminder.message_id)}", one.id


@pytest.mark.parametrize(
    ("form", "thanks"),
    [
        ({"answer": "held", "held_on": TODAY.isoformat(), "minutes": "Sju kom."}, "det er holdt"),
        ({"answer": "planned", "due_on": (TODAY + timedelta(days=9)).isoformat()}, "det er planlagt"),
        ({"answer": "help", "help_text": "Vi er bare to"}, "dere trenger hjelp"),
    ],
)
def test_a_branch_answers_by_its_link_once_and_without_an_account(
    visitor: Browser, secretary: Browser, link: tuple[str, int], form: dict[str, str], thanks: str
) -> None:
    path, number = link
    assert "Hei, Olga Oppdiktet" in visitor.get(path).text
    assert "Velg" in visitor.post_form(path, {"answer": "held", "held_on": ""}, page=path).text
    assert thanks in visitor.post_form(path, form, page=path, follow_redirects=True).text
    again = visitor.get(path)
    assert again.status_code == 410 and "Du har alt svart" in again.text and thanks in again.text
    assert visitor.post_form(path, form).status_code == 410
    page = secretary.get(f"/arshjul/gjennomforing/{number}").text
    assert form.get("minutes", form.get("help_text", "planlagt")) in page


def test_a_link_after_the_deadline_or_the_deed_says_so_kindly(
    visitor: Browser, secretary: Browser, link: tuple[str, int], database: Database
) -> None:
    path, number = link
    secretary.post_form(f"/arshjul/gjennomforing/{number}/avlys", {}, page="/arshjul")
    assert "Dette er alt ordnet" in visitor.get(path).text
    with database.write() as session:
        session.query(Reminder).update({Reminder.due_on: TODAY - timedelta(days=1)})
        session.commit()
    late = visitor.get(path)
    assert late.status_code == 410 and "Fristen er gått ut" in late.text
    assert visitor.get("/svar/feil").status_code == 410


def test_without_a_mail_server_the_secretary_hands_over(
    secretary: Browser, visitor: Browser, link: tuple[str, int]
) -> None:
    page = secretary.get("/arshjul/utboks").text
    assert "ikke satt opp til å sende e-post" in page and "ingen e-postadresse" in page and link[0] in page
    found = re.search(r'action="(/arshjul/utboks/\d+/levert)"', page)
    assert found is not None
    done = secretary.post_form(found[1], {}, page="/arshjul/utboks", follow_redirects=True).text
    assert "meldt levert" in done and "Ingen påminnelser venter" in done
    assert visitor.get(link[0]).status_code == 200  # the link lives on


@pytest.mark.browser
def test_the_wheel_is_read_on_a_phone_and_by_keyboard(
    set_up: None, page_of: Callable[..., Page], database: Database
) -> None:
    page = page_of(Role.SECRETARY, size=PHONE, scripts=False)
    page.goto(f"/arshjul?ar={YEAR}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert page.locator("details.fold[open]").count() == 1  # this month
    assert page.evaluate("document.documentElement.scrollHeight") < 6_000
    page.emulate_media(media="print")
    assert page.locator("details.fold:not([open]) .day").first.evaluate(
        "each => each.checkVisibility({contentVisibilityAuto: true})"
    )
    page.emulate_media(media="screen")
    name = page.locator(".wheel .name").first.bounding_box()
    assert name is not None and name["height"] >= 12
    assert page.get_by_role("link", name=re.compile("^januar: ")).get_attribute("href") == "#maned-1"
    page.get_by_role("link", name="Fylkesstyremøte").first.click()
    page.get_by_label("Referat, eller hva som kom ut av det").fill("Alle kom.")
    page.get_by_label("Hvilken dag ble den holdt?").fill(TODAY.isoformat())
    page.get_by_role("button", name="Meld holdt").click()
    expect(page.get_by_text("Meldt som holdt")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_axe_finds_nothing_and_large_text_fits(
    set_up: None, page_of: Callable[..., Page], database: Database, link: tuple[str, int], size: tuple[int, int]
) -> None:
    page = page_of(Role.SECRETARY, size=size)
    paths = ("", "/sett-opp?ar=2027", "/oppgave/1", "/oppgave/1/endre", "/oppgave/1/dag", "/oppgave/1/historikk")
    paths = (*paths, "/gjennomforing/1", "/overlevering", "/kalender", "/utboks")
    for path in (*(f"/arshjul{each}" for each in paths), link[0]):
        page.goto(path)
        if size == PHONE:  # for a screen see test_look
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        for text in ("", "36px") if size == PHONE else ("",):
            page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, (path, text)
