"""The page of names: one press puts a name right everywhere, and another takes it back."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access, Interview
from archive.names import LearnedName, NameSuggestion
from archive.names.register import register
from archive.names.suggestions import keep_suggestions, learned_names, lines_to_search, search_lines
from archive.transcripts import Segment
from tests.web.conftest import Browser
from tests.web.live import PHONE, WIDE, wait_for_sound
from tests.web.stories import lines_of, open_to

LINES = (
    "Vi reiste til Stenkær den høsten.",
    "Hele Stenkær sto på torget, og stenkærværingene sang.",
    "Så gikk vi over brua i Stenkær og hjem til Fråsta.",
    "Det fantes ikke et lag i Stenkær før 1975, og ingen ville være leder.",
    "Det er 🎷🎷 og ikke et ord.",
)


@pytest.fixture
def heard(story: int, database: Database) -> int:
    """The interview with lines in which names were heard wrong, for members."""
    open_to(database, story, Access.MEMBERS)
    with database.write() as session:
        segments = session.query(Segment).filter_by(interview_id=story).order_by(Segment.start_ms).all()
        for segment, text in zip(segments, LINES, strict=True):
            start_ms = segment.start_ms
            words = [[start_ms + n * 100, start_ms + n * 100 + 90, word, 0.9] for n, word in enumerate(text.split())]
            segment.text = segment.machine_text = text
            segment.words = segment.machine_words = words
        session.flush()
        found = search_lines(lines_to_search(session, story), register(session), learned_names(session))
        assert keep_suggestions(session, story, found) == 6
        session.commit()
    return story


def press(browser: Browser, story: int, word: str, nth: int = 0) -> str:
    """Press the button, and give the page that follows."""
    page = browser.get(f"/intervju/{story}/navn").text
    forms = re.findall(r'<form method="post">.*?</form>', page, flags=re.DOTALL)
    (form, *_rest) = [each for each in forms if f">{word}</button>" in each][nth:]
    values = dict(re.findall(r'name="(ider|csrf_token)" value="([^"]*)"', form))
    does = re.search(r'name="handling" value="(\w+)"', form)
    assert does
    answer = browser.post(f"/intervju/{story}/navn", data={**values, "handling": does[1]}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def texts(database: Database, story: int) -> list[str]:
    return [line.text for line in lines_of(database, story)]


def test_it_is_for_volunteers_who_see_the_interview(
    story: int, database: Database, browser_of: Callable[[Role], Browser]
) -> None:
    address = f"/intervju/{story}/navn"
    assert browser_of(Role.VOLUNTEER).get(address).status_code == 404  # closed, and not given to her
    open_to(database, story, Access.OPEN)
    assert browser_of(Role.VOLUNTEER).get(address).status_code == 200
    assert browser_of(Role.MEMBER).get(address).status_code == 403
    assert browser_of(Role.VISITOR).get(address).status_code == 302


def test_yes_corrects_all_of_them_and_can_be_taken_back(volunteer: Browser, heard: int, database: Database) -> None:
    page = volunteer.get(f"/intervju/{heard}/navn").text
    assert "<mark>Stenkær</mark>" in page
    assert "<mark>Fråsta</mark>." in page
    assert "Vis 2 steder til" in page
    assert "Rettet 5 steder." in press(volunteer, heard, "Ja, rett alle 5")
    assert texts(database, heard)[1] == "Hele Steinkjer sto på torget, og steinkjerværingene sang."
    assert not any(line.checked for line in lines_of(database, heard))
    after = press(volunteer, heard, "Angre")
    assert "5 forslag står åpent igjen" in after
    assert texts(database, heard) == list(LINES)
    assert "rettet slik før" not in after


def test_only_this_one(volunteer: Browser, heard: int, database: Database) -> None:
    after = press(volunteer, heard, "Bare denne", nth=1)
    assert texts(database, heard)[0] == LINES[0]
    assert texts(database, heard)[1].startswith("Hele Steinkjer sto")
    assert "rettet slik før" in after
    assert "Ja, rett alle 4" in after


def test_no_is_no(volunteer: Browser, heard: int, database: Database) -> None:
    after = press(volunteer, heard, "Nei", nth=1)
    assert "«Fråsta» er ikke Frosta" in after
    assert "Fråsta</span>" not in after.replace("«", "").replace("»", "")
    assert texts(database, heard) == list(LINES)
    press(volunteer, heard, "Nei")
    assert "lurer ikke på noen navn" in volunteer.get(f"/intervju/{heard}/navn").text


@pytest.mark.parametrize("ids", ["", "x", "1,,2", "-1", "99999999999999999999", "²", "9" * 100_000])
@pytest.mark.parametrize("does", ["ja", "nei", "angre", "", "noe annet"])
def test_numbers_that_are_none_change_nothing(
    volunteer: Browser, story: int, database: Database, ids: str, does: str
) -> None:
    open_to(database, story, Access.OPEN)
    before = texts(database, story)
    address = f"/intervju/{story}/navn"
    answer = volunteer.post_form(address, {"ider": ids, "handling": does}, page="/")
    assert answer.status_code == 303
    assert volunteer.get(address).status_code == 200
    assert texts(database, story) == before


def test_somebody_elses_interview_is_not_reached(volunteer: Browser, heard: int, database: Database) -> None:
    with database.write() as session:
        session.get_one(Interview, heard).access = Access.CLOSED
        ids = list(session.scalars(select(NameSuggestion.id)))
        session.commit()
    form = {"ider": ",".join(map(str, ids)), "handling": "ja"}
    assert volunteer.post_form(f"/intervju/{heard}/navn", form, page="/").status_code == 404
    assert texts(database, heard) == list(LINES)


@pytest.mark.browser
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_in_a_real_browser(
    heard: int, page_of: Callable[..., Page], size: tuple[int, int], tmp_path: Path, database: Database
) -> None:
    page = page_of(Role.VOLUNTEER, size=size)
    page.goto(f"/intervju/{heard}/navn")
    expect(page.get_by_role("heading", name="«Stenkær» – er det Steinkjer?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=tmp_path / f"names-{size[0]}.png", full_page=True)
    page.get_by_role("link", name=re.compile("Hør fra")).first.click()
    wait_for_sound(page)
    page.get_by_role("button", name="Ja, rett alle 5").click()
    expect(page.get_by_text("Rettet 5 steder.")).to_be_visible()
    page.screenshot(path=tmp_path / f"names-after-{size[0]}.png", full_page=True)
    page.get_by_role("button", name="Angre").click()
    expect(page.get_by_role("button", name="Ja, rett alle 5")).to_be_visible()
    assert texts(database, heard) == list(LINES)


@pytest.mark.browser
def test_without_scripts_the_sound_is_on_the_interviews_page(heard: int, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.VOLUNTEER, scripts=False)
    page.goto(f"/intervju/{heard}/navn")
    page.get_by_role("link", name=re.compile("Hør fra")).first.click()
    expect(page).to_have_url(re.compile(rf"/intervju/{heard}\?t=\d+&spill=1#linje-\d+$"))


@pytest.mark.browser
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_editor_offers_the_name_and_learns_from_what_is_saved(
    heard: int, page_of: Callable[..., Page], size: tuple[int, int], tmp_path: Path, database: Database
) -> None:
    page = page_of(Role.VOLUNTEER, size=size)
    page.goto(f"/intervju/{heard}")
    page.locator(".line").first.hover()
    page.get_by_role("link", name=re.compile("Rett linjen")).first.click()
    expect(page.get_by_text("Maskinen lurer på om «Stenkær» er Steinkjer.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=tmp_path / f"editor-{size[0]}.png")
    page.get_by_role("button", name="Sett inn Steinkjer").click()
    expect(page.get_by_label("Det som blir sagt")).to_have_value("Vi reiste til Steinkjer den høsten.")
    page.get_by_role("button", name="Lagre", exact=True).click()
    expect(page.locator(".line").first).to_contain_text("Vi reiste til Steinkjer den høsten.")
    with database.read() as session:
        assert session.get_one(LearnedName, "stenkær").name == "Steinkjer"
