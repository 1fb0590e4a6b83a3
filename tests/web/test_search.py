"""The search page: what was said, around each hit, and a button that plays it from just before."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from archive.access import close_now
from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access, Interview
from archive.organisation.interviews import InterviewUnit
from archive.outbox import searchable_text_changed
from archive.people import Person
from archive.search.index import bring_up_to_date
from archive.settings import Settings
from archive.transcripts import Segment
from archive.units import Unit, UnitKind
from bench.hostile import questions
from tests.web.conftest import Browser
from tests.web.live import PHONE, began_at, wait_for
from tests.web.stories import NOW, open_to


@pytest.fixture
def found(story: int, database: Database, settings: Settings) -> int:
    """The interview, open to members and in the index."""
    open_to(database, story, Access.MEMBERS)
    bring_up_to_date(settings, database, wait=True)
    return story


def test_a_hit_is_the_sentence_with_who_where_when_and_what_the_text_is(found: int, member: Browser) -> None:
    page = member.get("/sok?q=løpeseddel").text
    for words in (
        "<mark>løpesedler</mark>",
        "Ragnhild Oppdiktet",
        "Blanketten",
        "Namsos, 14. mars 2022",
        "maskinell tekst",
    ):
        assert words in page
    assert "1 sted i 1 intervju." in page


def test_hear_starts_two_seconds_before_the_word(found: int, member: Browser) -> None:
    page = member.get("/sok?q=kaia").text  # said at 14.5 s
    assert "Hør fra 0:14" in page
    assert 'data-ms="14500"' in page
    assert 'data-from-ms="12500"' in page
    assert f'href="/intervju/{found}?t=12&amp;spill=1"' in page


def test_only_what_the_reader_may_see_is_found_or_counted(
    found: int, database: Database, browser_of: Callable[[Role], Browser]
) -> None:
    assert "kaia</mark>" in browser_of(Role.MEMBER).get("/sok?q=kaia").text
    visitor = browser_of(Role.VISITOR).get("/sok?q=kaia").text
    assert "Ingenting funnet" in visitor
    assert "Blanketten" not in visitor
    with database.write() as session:
        close_now(session, session.get_one(Interview, found), by=None, now=NOW)
        session.commit()
    assert "Ingenting funnet" in browser_of(Role.MEMBER).get("/sok?q=kaia").text  # the index still has it


def test_nothing_found_says_what_to_try(found: int, member: Browser, visitor: Browser) -> None:
    page = member.get("/sok?q=romskip fregatt").text
    assert "Prøv færre ord" in page
    assert '/sok?q=romskip"' in page
    assert "Logg inn" in visitor.get("/sok?q=romskip").text


def test_an_empty_question_explains_and_asks(member: Browser) -> None:
    page = member.get("/sok?q=+").text
    assert "Skriv et ord eller flere" in page
    assert "Ingenting funnet" not in page


def test_many_hits_come_a_page_at_a_time(found: int, member: Browser, database: Database, settings: Settings) -> None:
    with database.write() as session:
        for n in range(45):
            session.add(
                Segment(interview_id=found, start_ms=n, end_ms=n + 1, text=f"fiskebåt nummer {n}", speaker_id=n % 2 + 1)
            )
        session.commit()
    (settings.index / "doubt").touch()
    bring_up_to_date(settings, database, wait=True)
    first, last = member.get("/sok?q=fiskebåt").text, member.get("/sok?q=fiskebåt&side=3").text
    assert "45 steder i 1 intervju." in first
    assert first.count('class="hit"') == 20
    assert last.count('class="hit"') == 5
    assert "Neste side" in first
    assert "Neste side" not in last
    assert member.get("/sok?q=fiskebåt&side=-4").status_code == 200
    assert member.get("/sok?q=fiskebåt&side=999999").status_code == 200


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '"', "*", "((((", "a AND", "%00", "x" * 5000, "🎉", "[a TO z]"]
)
def test_nothing_typed_breaks_the_page_or_becomes_markup(found: int, member: Browser, typed: str) -> None:
    answer = member.get("/sok", query_string={"q": typed})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("count", [100, pytest.param(500, marks=pytest.mark.slow)])
def test_hostile_questions_are_answered_or_refused(found: int, member: Browser, count: int) -> None:
    """Every kind of them; all five hundred are asked of both indexes in tests/archive/search/test_hostile.py."""
    for number, typed in enumerate(questions(count)):
        asked = quote(typed.encode(errors="surrogatepass"))
        for path in ("/sok", "/sok/forslag") if number % 10 == 0 else ("/sok",):
            answer = member.get(f"{path}?q={asked}")
            assert answer.status_code == 200, typed[:60]
            assert "<script>alert" not in answer.text


def say(database: Database, settings: Settings, interview_id: int, *lines: tuple[int, str], **more: Any) -> None:
    """Add lines that begin at these seconds, a word each half second."""
    with database.write() as session:
        for at_s, text in lines:
            starts = [at_s * 1000 + n * 500 for n in range(len(text.split()))]
            words = [[start_ms, start_ms + 450, word, 0.9] for start_ms, word in zip(starts, text.split(), strict=True)]
            line = {"start_ms": starts[0], "end_ms": starts[-1] + 450, "text": text, "words": words}
            session.add(Segment(interview_id=interview_id, **line, **more))
        searchable_text_changed(session, interview_id, now=NOW)
        session.commit()
    bring_up_to_date(settings, database, wait=True)


def test_a_voice_without_a_name_is_called_as_on_the_page(
    found: int, member: Browser, database: Database, settings: Settings
) -> None:
    say(database, settings, found, (33, "Hun ville ha barnehage."), voice=2)
    assert "<b>Stemme 2</b>" in member.get("/sok?q=barnehage").text


def test_hits_are_narrowed_by_what_is_spoken_about(
    found: int, member: Browser, database: Database, settings: Settings
) -> None:
    lines = [(33 + n, f"Fiskebåt i {year}, sa {who}.") for n, (year, who) in enumerate(FISHED)]
    for number, line in enumerate(lines):
        say(database, settings, found, line, voice=number + 1)
    page = member.get("/sok?q=fiskebåt").text
    for words in ("Snakker om årene", "1960–1969 (1)", "1970–1979 (2)", "Hvem som nevnes", "Ida Intervjuer (2)"):
        assert words in page
    assert "2 steder i 1 intervju." in member.get("/sok?q=fiskebåt&om_tiar=1970").text
    with database.read() as session:
        ida = session.scalars(select(Person.id).where(Person.name == "Ida Intervjuer")).one()
    page = member.get(f"/sok?q=fiskebåt&om_tiar=1960&nevner={ida}").text
    assert "1 sted i 1 intervju." in page
    assert f'name="nevner" value="{ida}"' in page or f'<option value="{ida}" selected' in page
    for odd in ("nevner=x", "nevner=99999999999999999999", "om_tiar=-1", "om_tiar=99999999999999999999"):
        assert member.get(f"/sok?q=fiskebåt&{odd}").status_code == 200


def test_hits_are_narrowed_by_the_unit_that_the_interview_is_about(
    found: int, member: Browser, database: Database, settings: Settings
) -> None:
    with database.write() as session:
        unit = Unit(name="Oppdiktet lokallag", kind=UnitKind.LOCAL_BRANCH)
        session.add(unit)
        session.flush()
        session.add(InterviewUnit(interview_id=found, unit_id=unit.id))
        unit_id = unit.id
        session.commit()
    assert "Oppdiktet lokallag (1)" in member.get("/sok?q=løpeseddel").text
    assert "1 sted i 1 intervju." in member.get(f"/sok?q=løpeseddel&ledd={unit_id}").text
    assert "Oppdiktet lokallag" not in member.get("/sok?q=løpeseddel&ledd=99999999999999999999").text


FISHED = ((1968, "Ida Intervjuer"), (1973, "Ida Intervjuer"), (1979, "en annen"))


def test_the_parts_of_a_word_that_nobody_says(
    found: int, member: Browser, database: Database, settings: Settings
) -> None:
    say(database, settings, found, (33, "Fisken lå i båten."))
    page = member.get("/sok?q=fiskebåt").text
    assert "Ingen sier «fiskebåt»" in page
    assert "begge delene av ordet, fiske og båt" in page


@pytest.mark.browser
def test_a_question_in_dialect_is_heard_from_the_second_it_is_answered(
    found: int, database: Database, settings: Settings, page_of: Callable[..., Page]
) -> None:
    say(database, settings, found, (33, "Så reiste ordføreren seg og gikk."))
    page = page_of(Role.MEMBER)
    page.goto("/sok")
    page.get_by_label("Søk i alt som er sagt").fill("korsn va det me ordførarn")
    page.get_by_role("button", name="Søk", exact=True).click()
    expect(page.locator("mark")).to_have_text("ordføreren")
    page.wait_for_load_state()  # before its script has come the button is a link to the interview
    began_s = began_at(page, page.locator("a[data-hear]").click)  # said at 34 s, heard from two seconds before
    assert abs(began_s - 34) <= 2.5


@pytest.mark.browser
def test_a_hit_is_heard_where_it_stands_and_stops(found: int, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.MEMBER)
    page.goto("/sok?q=kaia")
    button = page.locator("a[data-hear]")
    assert abs(began_at(page, button.click) - 14.5) <= 2.5
    expect(button).to_contain_text("Stopp")
    button.click()
    wait_for(lambda: page.evaluate("document.getElementById('lyd').paused"))
    expect(button).to_contain_text("Hør fra 0:14")


@pytest.mark.browser
def test_a_member_searches_and_listens_by_keyboard_on_a_phone(found: int, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.MEMBER, size=PHONE)
    page.goto("/sok")
    expect(page.get_by_label("Søk i alt som er sagt")).to_be_focused()
    page.keyboard.type("kaia")
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_have_text("kaia")
    page.wait_for_load_state()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-hear]')"):
            break
    began_s = began_at(page, lambda: page.keyboard.press("Enter"))
    assert abs(began_s - 14.5) <= 2.5


@pytest.mark.browser
def test_opening_a_hit_leads_to_the_word(found: int, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.MEMBER)
    page.goto("/sok?q=kaia")
    page.get_by_role("link", name="Åpne intervjuet").click()
    expect(page.locator(".line.target")).to_contain_text("kaia")
    expect(page.get_by_role("button", name="Spill fra 0:14")).to_be_visible()


def test_a_slip_is_found_and_the_page_asks_what_was_meant(found: int, member: Browser, visitor: Browser) -> None:
    page = member.get("/sok?q=løpseedler").text
    assert "<mark>løpesedler</mark>" in page
    assert "Vi fant ikke «løpseedler»" in page
    assert 'href="/sok?q=l%C3%B8pesedler"' in page
    assert "løpesedler" not in visitor.get("/sok?q=løpseedler").text


def test_suggestions_come_from_what_the_reader_may_see(found: int, member: Browser, visitor: Browser) -> None:
    assert '<option value="løpesedler">' in member.get("/sok/forslag?q=løp").text
    assert '<option value="Ragnhild Oppdiktet">' in member.get("/sok/forslag?q=ragn").text
    assert '<option value="mange løpesedler">' in member.get("/sok/forslag?q=mange løp").text
    assert member.get("/sok/forslag?q=lø").text.strip() == ""
    for typed in ("løp", "ragn", "%", "_", '"', "<script>", "x" * 5000):
        assert visitor.get("/sok/forslag", query_string={"q": typed}).text.strip() == ""


def test_hits_are_narrowed_sorted_and_gathered(
    found: int, member: Browser, database: Database, settings: Settings
) -> None:
    with database.write() as session:
        for n in range(45):
            text = f"fiskebåt nummer {n}"
            session.add(Segment(interview_id=found, start_ms=n, end_ms=n + 1, text=text, speaker_id=n % 2 + 1))
        session.commit()
    (settings.index / "doubt").touch()
    bring_up_to_date(settings, database, wait=True)
    page = member.get("/sok?q=fiskebåt").text
    assert "Hvem som snakker" in page
    assert "(23)" in page
    assert "23 steder i 1 intervju." in member.get("/sok?q=fiskebåt&taler=1").text
    assert "45 steder i 1 intervju." in member.get("/sok?q=fiskebåt&sted=Namsos&tiar=2020&sorter=date").text
    gathered = member.get("/sok?q=fiskebåt&samle=1").text
    assert gathered.count('class="hit"') == 1
    assert "45 steder i dette intervjuet" in gathered
    assert "Bare i «" in member.get(f"/sok?q=fiskebåt&intervju={found}").text
    nothing = member.get("/sok?q=fiskebåt&sted=Ingensteds").text
    assert "Søk i alt" in nothing
    for odd in ("taler=x", "tiar=99999999999999999", "intervju=-1", "intervju=99999999999999999999", "sorter=x"):
        assert member.get(f"/sok?q=fiskebåt&{odd}").status_code == 200
