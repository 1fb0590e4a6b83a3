"""A year with the organisation's memory: what the secretary puts in, a branch answers, a calendar reads, and a member
finds again on a phone.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from docx import Document
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from archive.accounts import Role, add_user
from archive.interviews import Access
from archive.local_time import day_of
from archive.settings import Settings
from archive.setup import open_database
from tests.conftest import settings_for
from tests.journeys.plan_paper import printed
from tests.pipeline.test_reminders import Postman, mailing, postman  # noqa: F401 - a fixture
from tests.web.live import PHONE, WIDE, follow, wait_for
from tests.web.served import PROJECT, Server, session_cookie
from tests.web.stories import open_to, tell

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]  # on a busy machine; alone it takes well under a minute

REAL = PROJECT.parent / "shared" / "sources" / "arbeidsplan-trondelag-sv-2023.txt"
READ_WITHIN_S = SENT_WITHIN_S = 240
PATIENCE_MS = 60_000  # a busy machine looks into a file slowly
OFFICES = """\
Ledd;Navn;Født;Verv;Fra;Til
Trøndelag SV;Ragna Oppdiktsdatter;1970;fylkesleder;2024;
Nord-Trøndelag SV;Sivert Påfunnsen;1940;formann;våren 1974;1979
Inderøy SV;Åshild Fantasidal;;lokallagsleder;2023;
"""
Open = Callable[..., Page]


@pytest.fixture
def settings(empty_archive: Path, tmp_path: Path) -> Settings:
    """An archive with a secretary, a member, and an interview that members may hear."""
    settings = settings_for(Path(shutil.copytree(empty_archive, tmp_path / "data")))
    database = open_database(settings)
    with database.write() as session:
        for role in (Role.OWNER, Role.SECRETARY, Role.MEMBER):
            add_user(session, name=f"Oppdiktet {role}", username=role.value, role=role, now=datetime.now(UTC), by=None)
        session.commit()
    open_to(database, tell(settings, database, tmp_path), Access.MEMBERS)
    database.close()
    return settings


@pytest.fixture
def come_in(settings: Settings, chromium: Browser) -> Iterator[Open]:
    """Somebody opens the archive that `stemme web` serves; "visitor" is nobody in particular."""
    server = Server(settings)
    expect.set_options(timeout=PATIENCE_MS)
    contexts = []

    def open_page(role: str, *, size: tuple[int, int] = WIDE) -> Page:
        context = chromium.new_context(
            base_url=server.url, viewport={"width": size[0], "height": size[1]}, has_touch=size == PHONE
        )
        contexts.append(context)
        if role != "visitor":
            context.add_cookies([{"name": "stemme", "value": session_cookie(settings, role), "url": server.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    yield open_page
    for context in contexts:
        context.close()
    server.stop()


def test_what_the_secretary_puts_in_a_branch_answers_and_a_member_finds(
    settings: Settings,
    come_in: Open,
    postman: tuple[Postman, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    server, mail_url = postman
    secretary = come_in("secretary")
    with mailing(settings, mail_url):
        plan = hand_in_the_plan(secretary, write(tmp_path / "arbeidsplan.txt", printed()))
        expect(secretary.locator("#side-2")).to_contain_text("Hvem som gjør hva")
        open_to_members(secretary, plan)
        import_the_offices(secretary, write(tmp_path / "verv.csv", OFFICES, encoding="iso-8859-1"))
        event = make_an_event(secretary)
        tie_to_a_second(secretary, event, second=12)
        tie_to_a_page(secretary, plan, event, number=2)
        set_up_the_year(secretary)
        deadline = plan_the_branch_s_meeting(secretary)
        remind_the_branch(secretary)
        wait_for(lambda: server.letters, SENT_WITHIN_S)
    [letter] = server.letters
    assert letter["To"].addresses[0].addr_spec == "ashild@eksempel.example"
    held = answer(come_in("visitor", size=PHONE), letter.get_content())
    read_the_calendar(secretary, held, instead_of=deadline)
    make_the_annual_report(secretary, tmp_path / "årsmelding.docx")
    find_it_again(come_in("member", size=PHONE), event, plan)


@pytest.mark.skipif(not REAL.exists(), reason="the branch's own work plan is not beside the project")
def test_the_real_work_plan_becomes_a_document_that_can_be_read_searched_and_cited(
    settings: Settings,
    come_in: Open,
    postman: tuple[Postman, str],  # noqa: F811
) -> None:
    secretary = come_in("secretary")
    with mailing(settings, postman[1]):
        plan = hand_in_the_plan(secretary, REAL)
    secretary.get_by_label("Linje", exact=True).fill("113–114")
    secretary.get_by_role("button", name="Merk linjene").click()
    expect(secretary.get_by_label("Henvisning")).to_have_value(re.compile(r"side \d+, linje 113–114\.$"))
    expect(secretary.locator("mark").first).to_be_visible()
    assert soon(secretary, "/sok?q=regionteam", f"a[href^='{plan}']")


def write(path: Path, text: str, *, encoding: str = "utf-8") -> Path:
    """A file that somebody has on a disk."""
    path.write_text(text, encoding)
    return path


def hand_in_the_plan(page: Page, path: Path) -> str:
    """The document's address, once the machine has read it."""
    page.goto("/dokumenter/lever")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("Lastet opp:")).to_be_visible()
    page.get_by_label("Tittel").fill("Plan for dugnaden")
    page.get_by_label("Hva er det?").select_option("arbeidsplan")
    page.get_by_label("Når er det fra?").fill("våren 1998")
    page.get_by_label("Hvem sitt arkiv").select_option("Trøndelag SV")
    page.get_by_role("button", name="Lever dokumentet").click()
    expect(page.get_by_text("Mottatt. Dokumentet heter")).to_be_visible()
    address = re.sub(r"^https?://[^/]+", "", page.url)
    assert soon(page, address, "#side-1 li")
    return address


def open_to_members(page: Page, record: str) -> None:
    """With the ground written down."""
    page.get_by_role("link", name="Åpne dokumentet").click()
    page.locator("input[name=access][value=members]").check()
    page.get_by_label("Hvorfor kan det åpnes?").fill("Vedtatt og delt ut på årsmøtet")
    follow(page, page.get_by_role("button", name="Lagre"))
    page.goto(record)
    page.get_by_label("Linje", exact=True).fill("6-7")
    page.get_by_role("button", name="Merk linjene").click()
    expect(page.get_by_label("Henvisning")).to_have_value(re.compile(r"TSV-D-0001, side 1, linje 6–7\.$"))
    marked = page.locator("mark").first
    expect(marked).to_contain_text("Brygga fra 1974 tåler ikke")


def import_the_offices(page: Page, path: Path) -> None:
    """A table with errors is refused whole; the right one is looked over, and goes in."""
    wrong = write(path.with_name("feil.csv"), OFFICES + "Inderøy SV;Navn Navnesen;;kasserer;31.02.1974;\n")
    page.goto("/tabell/verv")
    page.get_by_label("Filen med tabellen").set_input_files(wrong)
    page.get_by_role("button", name="Se hva tabellen gjør").click()
    expect(page.get_by_text("31.02.1974")).to_be_visible()
    expect(page.get_by_role("button", name="Legg inn tabellen")).to_have_count(0)
    page.get_by_role("link", name="Velg filen på nytt").click()
    page.get_by_label("Filen med tabellen").set_input_files(path)
    page.get_by_role("button", name="Se hva tabellen gjør").click()
    expect(page.get_by_role("heading", name="3 rader legges til")).to_be_visible()
    follow(page, page.get_by_role("button", name="Legg inn tabellen"))
    page.goto("/organisasjon?sok=Inderøy")
    page.get_by_role("link", name="Inderøy SV").click()
    page.get_by_role("link", name="Skriv inn kontakt for Åshild Fantasidal").click()
    page.get_by_label("E-post").fill("ashild@eksempel.example")
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_role("link", name="ashild@eksempel.example")).to_be_visible()


def make_an_event(page: Page) -> str:
    """Its address."""
    page.goto("/tidslinje")
    page.get_by_role("link", name="Legg til en hendelse").click()
    page.get_by_label("Hva hendte?").fill("Løpesedler på kaia")
    page.get_by_label("Når?").fill("høsten 1998")
    page.get_by_label("Hvor?").fill("Namsos")
    page.locator("input[name=access][value=members]").check()
    page.get_by_role("button", name="Legg til").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Løpesedler på kaia")
    return re.sub(r"^https?://[^/]+", "", page.url)


def tie_to_a_second(page: Page, event: str, *, second: int) -> None:
    """From the interview, where it is said."""
    page.goto(f"/intervju/1?t={second}")
    page.get_by_role("link", name="Knytt til en hendelse").click()
    page.get_by_role("button", name="Knytt til Løpesedler på kaia").click()
    expect(page.get_by_text("Knyttet til «Løpesedler på kaia».")).to_be_visible()
    page.goto(event)
    expect(page.get_by_role("link", name=f"Hør fra 0:{second}")).to_be_visible()


def tie_to_a_page(page: Page, record: str, event: str, *, number: int) -> None:
    """From the page of the document."""
    page.goto(record)
    page.get_by_role("link", name=f"Knytt til … fra side {number}").click()
    page.get_by_role("button", name="Knytt til Løpesedler på kaia").click()
    expect(page.get_by_text("Knyttet til «Løpesedler på kaia».")).to_be_visible()
    page.goto(event)
    expect(page.get_by_role("link", name=f"Plan for dugnaden, side {number}")).to_be_visible()


def set_up_the_year(page: Page) -> None:
    """From the defaults, seen before it is done."""
    page.goto("/arshjul")
    page.get_by_role("link", name="Sett opp året").click()
    expect(page.get_by_text("oppgaver fra arbeidsplanen")).to_be_visible()
    page.get_by_role("button", name="Legg inn alt dette").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("er satt opp")
    page.get_by_role("link", name="Se årshjulet").click()
    expect(page.get_by_role("link", name="St. Olavsloppet", exact=True).first).to_be_visible()


def plan_the_branch_s_meeting(page: Page) -> str:
    """A branch's annual meeting, in ten days; the day."""
    deadline = (day_of(datetime.now(UTC)) + timedelta(days=10)).isoformat()
    page.get_by_role("link", name="Årsmøte i lokallaget").last.click()
    page.get_by_role("link", name="Sett en dag for Inderøy SV").click()
    page.get_by_label("Dag", exact=True).fill(deadline)
    follow(page, page.get_by_role("button", name="Lagre dagen"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Årsmøte i lokallaget")
    return deadline


def remind_the_branch(page: Page) -> None:
    """Who is to be reminded is written down; the worker sends."""
    page.goto("/arshjul/utboks")
    follow(page, page.get_by_role("button", name="Se etter nye påminnelser"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def answer(page: Page, letter: str) -> str:
    """The branch answers by the link, without an account; the day that it says."""
    link = re.search(r"https://arkiv\.example(/svar/\S+)", letter)
    assert link, letter
    today = day_of(datetime.now(UTC)).isoformat()
    page.goto(link[1])
    page.get_by_label("Referat, eller hva som kom ut av det").fill("Åshild ble valgt på nytt.")
    follow(page, page.get_by_role("button", name="Det er holdt"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Takk, Åshild Fantasidal")
    page.goto(link[1])
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har alt svart")
    assert fits(page)
    return today


def read_the_calendar(page: Page, held: str, *, instead_of: str) -> None:
    """What the branch answered stands in the secretary's own calendar feed."""
    page.goto("/arshjul/kalender")
    page.get_by_role("button", name="Lag adressen min").click()
    address = page.get_by_label("Din adresse").input_value()
    feed = Calendar.from_ical(page.request.get(address).body())
    days = {
        (str(each["SUMMARY"]), each["DTSTART"].dt.isoformat()[:10]) for each in feed.walk("VEVENT") if "SUMMARY" in each
    }
    meeting = {day for title, day in days if "Årsmøte i lokallaget, Inderøy SV" in title}
    assert held in meeting
    assert instead_of not in meeting
    assert any("Fylkesstyremøte" in title for title, _ in days)


def make_the_annual_report(page: Page, target: Path) -> None:
    """The document becomes a plan, a meeting adopts it, and its report is a document to write on in."""
    today = day_of(datetime.now(UTC))
    page.goto("/organisasjon")
    page.get_by_role("main").get_by_role("link", name="Arbeidsplan", exact=True).click()
    page.get_by_role("link", name="Lag en arbeidsplan").click()
    page.get_by_label("Hva heter planen?").fill("Plan for dugnaden")
    page.get_by_label("Hvem gjelder den for?").select_option("Trøndelag SV")
    page.get_by_label("Hvilket år gjelder den for?").fill(str(today.year))
    page.get_by_role("button", name="Lag planen").click()
    follow(page, page.get_by_role("link", name="Hent fra et dokument"))
    page.get_by_role("link", name="Plan for dugnaden").last.click()
    page.get_by_label("Hva er «Brygga skal stå ferdig i 1999»?").select_option("Mål")
    page.get_by_role("button", name="Legg inn i planen").click()
    expect(page.get_by_role("heading", name="Brygga skal stå ferdig i 1999")).to_be_visible()
    page.get_by_role("link", name="Skriv inn vedtaket").click()
    page.get_by_label("Hvilken dag?").fill(today.isoformat())
    page.get_by_label("Hvilket møte, og hvilken sak?").fill("Årsmøtet, sak 7")
    page.get_by_role("button", name="Skriv inn vedtaket").click()
    expect(page.get_by_text("av Årsmøtet, sak 7")).to_be_visible()
    page.get_by_role("link", name=f"Årsmelding {today.year}").click()
    with page.expect_download() as loading:
        page.get_by_role("link", name="Last ned for å skrive videre").click()
    loading.value.save_as(target)
    written = "\n".join(paragraph.text for paragraph in Document(str(target)).paragraphs)
    assert "Brygga skal stå ferdig i 1999" in written


def find_it_again(page: Page, event: str, record: str) -> None:
    """A member, on a phone: from search to each of the three, and from each to the others."""
    assert soon(page, "/sok?q=løpesedler", f"a[href^='{event}']")
    page.locator(".hit[data-interview='1']").get_by_role("link", name="Åpne intervjuet").first.click()
    page.locator("#koblinger").get_by_role("link", name="Løpesedler på kaia").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Løpesedler på kaia")
    assert fits(page)
    page.get_by_role("link", name="Åpne intervjuet").click()
    expect(page).to_have_url(re.compile(r"/intervju/1\?.*t=12"))
    assert fits(page)
    page.goto(event)
    page.get_by_role("link", name="Plan for dugnaden, side 2").click()
    expect(page).to_have_url(re.compile(f"{re.escape(record)}#side-2$"))
    expect(page.locator("#koblinger").get_by_role("link", name="Løpesedler på kaia")).to_be_visible()
    assert fits(page)
    assert soon(page, "/sok?q=vafler", f"a[href^='{record}']")


def soon(page: Page, address: str, wanted: str, *, within_s: float = READ_WITHIN_S) -> bool:
    """Whether a page has something, within the time that the worker or the index may take."""

    def there() -> bool:
        page.goto(address)
        return page.locator(wanted).count() > 0

    wait_for(there, within_s)
    return True


def fits(page: Page) -> bool:
    """Whether the page is no wider than its window."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
