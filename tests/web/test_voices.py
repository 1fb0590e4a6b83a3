"""The page of voices: whose each is, in one press, by mouse and by keyboard."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from archive.access import Use, record_consent
from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access, Interview
from archive.settings import Settings
from archive.transcripts import segments_of
from archive.voice_memory import remember
from archive.voices import Voice, VoicePrint, VoiceRequest, voices_in
from tests.web.conftest import Browser
from tests.web.live import PHONE, WIDE
from tests.web.stories import open_to

SHOTS = Path("/tmp/stemme-shots")


@pytest.fixture
def told(story: int, database: Database) -> int:
    """The interview with two voices told apart and nobody named."""
    open_to(database, story, Access.MEMBERS)
    with database.write() as session:
        for line in segments_of(session, story):
            line.voice = 1 if line.speaker and line.speaker.name.startswith("Ida") else 2
            line.speaker_id = None
        session.add_all([Voice(interview_id=story, number=number) for number in (1, 2)])
        session.commit()
    return story


def people_of(database: Database, story: int) -> dict[str, int]:
    with database.read() as session:
        interview = session.get_one(Interview, story)
        return {each.person.name: each.person.id for each in interview.participations}


def speakers(database: Database, story: int) -> list[str]:
    with database.read() as session:
        return [line.speaker.name.split()[0] if line.speaker else "-" for line in segments_of(session, story)]


def agree_to_voice(database: Database, story: int) -> int:
    with database.write() as session:
        interview = session.get_one(Interview, story)
        now = datetime.now(UTC)
        consent = record_consent(
            session,
            interview,
            given_by="Ragnhild Oppdiktet",
            use=Use.ARCHIVE,
            valid_from=now.date(),
            voice=True,
            by=None,
            now=now,
        )
        session.commit()
        return consent.id


def test_the_page_says_how_much_each_voice_speaks(told: int, browser_of: Callable[[Role], Browser]) -> None:
    page = browser_of(Role.VOLUNTEER).get(f"/intervju/{told}/stemmer").text
    assert "to stemmer" in page or "2 stemmer" in page
    assert "Stemme 1" in page and "Stemme 2" in page
    assert "Ragnhild Oppdiktet" in page and "Ida Intervjuer" in page
    assert "spill=1" in page


def test_naming_swapping_and_taking_back(told: int, browser_of: Callable[[Role], Browser], database: Database) -> None:
    browser, people = browser_of(Role.VOLUNTEER), people_of(database, told)
    at = f"/intervju/{told}/stemmer"
    browser.post_form(f"{at}/1/hvem", {"person": people["Ragnhild Oppdiktet"]}, page=at)
    browser.post_form(f"{at}/2/hvem", {"person": people["Ida Intervjuer"]}, page=at)
    assert speakers(database, told) == ["Ragnhild", "Ida", "Ida", "Ragnhild", "Ida"]
    browser.post_form(f"{at}/1/bytt", {"andre": 2}, page=at)
    assert speakers(database, told) == ["Ida", "Ragnhild", "Ragnhild", "Ida", "Ragnhild"]
    assert "Angre: bytt tilbake" in browser.get(at).text
    browser.post_form(f"{at}/angre", page=at)
    assert speakers(database, told) == ["Ragnhild", "Ida", "Ida", "Ragnhild", "Ida"]
    assert "Angre:" not in browser.get(at).text


def test_joining_two_voices(told: int, browser_of: Callable[[Role], Browser], database: Database) -> None:
    at = f"/intervju/{told}/stemmer"
    browser_of(Role.VOLUNTEER).post_form(f"{at}/1/sammen", {"andre": 2}, page=at)
    with database.read() as session:
        assert list(voices_in(session, told)) == [2]


def test_a_new_name_and_bad_ones(told: int, browser_of: Callable[[Role], Browser], database: Database) -> None:
    browser, at = browser_of(Role.VOLUNTEER), f"/intervju/{told}/stemmer"
    empty = browser.post_form(f"{at}/1/hvem", {"person": "annen", "other_name": " "}, page=at)
    assert empty.status_code == 422 and "Skriv navnet på den som snakker." in empty.text
    assert browser.post_form(f"{at}/1/hvem", {"person": "<b>"}, page=at).status_code == 404
    assert browser.post_form(f"{at}/9/hvem", {"person": ""}, page=at).status_code == 404
    assert browser.post_form(f"{at}/1/bytt", {"andre": 1}, page=at).status_code == 303
    browser.post_form(f"{at}/1/hvem", {"person": "annen", "other_name": "Nils Ny"}, page=at)
    assert speakers(database, told)[0] == "Nils"


def test_another_number_is_asked_for(told: int, browser_of: Callable[[Role], Browser], database: Database) -> None:
    browser, at = browser_of(Role.VOLUNTEER), f"/intervju/{told}/stemmer"
    assert browser.post_form(f"{at}/finn", {"voice_count": 99}, page=at).status_code == 422
    browser.post_form(f"{at}/finn", {"voice_count": 3}, page=at)
    browser.post_form(f"{at}/finn", {"voice_count": 3}, page=at)
    with database.read() as session:
        assert session.get_one(Interview, told).voice_count == 3
        assert [each.person_id for each in session.query(VoiceRequest)] == [None]
    assert "Maskinen finner stemmene på nytt" in browser.get(at).text


def test_only_with_a_consent_is_a_voice_remembered(
    told: int, browser_of: Callable[[Role], Browser], database: Database
) -> None:
    browser, at = browser_of(Role.SECRETARY), f"/intervju/{told}/stemmer"
    person = people_of(database, told)["Ragnhild Oppdiktet"]
    browser.post_form(f"{at}/2/hvem", {"person": person}, page=at)
    assert "Husk stemmen" not in browser.get(at).text
    browser.post_form(f"{at}/husk/{person}", page=at)
    with database.read() as session:
        assert session.query(VoiceRequest).count() == 0
    consent_id = agree_to_voice(database, told)
    assert "Husk stemmen" in browser.get(at).text
    assert "Husk stemmen" not in browser_of(Role.VOLUNTEER).get(at).text
    browser.post_form(f"{at}/husk/{person}", page=at)
    with database.write() as session:
        assert session.query(VoiceRequest).one().person_id == person
        now = datetime.now(UTC)
        assert remember(session, told, person, [1.0], "CAM++", now=now, today=now.date())
        session.query(VoiceRequest).delete()
        session.commit()
    assert "arkivet husker stemmen" in browser.get(at).text
    browser.post_form(f"/samtykke/{consent_id}/trekk", page=at)
    with database.read() as session:
        assert session.query(VoicePrint).count() == 0


def test_the_consent_form_asks_for_the_voice_apart(
    told: int, browser_of: Callable[[Role], Browser], database: Database
) -> None:
    browser, at = browser_of(Role.SECRETARY), f"/intervju/{told}/tilgang"
    form = {"given_by": "Ragnhild Oppdiktet", "use": "archive", "valid_from": "2026-01-01", "access": ""}
    assert 'name="voice" value="1">' in browser.get(at).text  # not ticked
    browser.post_form(at, form, page=at)
    with database.read() as session:
        assert not any(each.voice for each in session.get_one(Interview, told).consents)
    browser.post_form(at, {**form, "voice": "1"}, page=at)
    assert "Arkivet får huske hvordan den høres ut." in browser.get(at).text
    wrong = browser.post_form(at, {**form, "voice": "1", "given_by": "En Annen"}, page=at)
    assert wrong.status_code == 422 and "Bare den som blir intervjuet" in wrong.text


@pytest.mark.parametrize("role", [Role.VISITOR, Role.MEMBER])
def test_others_neither_see_nor_name(told: int, browser_of: Callable[[Role], Browser], role: Role) -> None:
    browser = browser_of(role)
    assert browser.get(f"/intervju/{told}/stemmer").status_code in (302, 403, 404)
    assert browser.post_form(f"/intervju/{told}/stemmer/1/hvem", {"person": ""}).status_code in (401, 403, 404)


@pytest.mark.browser
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_by_keyboard_alone(
    told: int, page_of: Callable[..., Page], database: Database, settings: Settings, size: tuple[int, int]
) -> None:
    page = page_of(Role.SECRETARY, size=size)
    page.goto(f"/intervju/{told}/stemmer")
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"stemmer-{size[0]}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.locator("#stemme-2").get_by_role("button", name="Ragnhild Oppdiktet").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#tittel-2")).to_contain_text("Ragnhild Oppdiktet")
    page.wait_for_load_state()  # one that is still coming may take the focus to its own place
    page.locator("#stemme-1 details summary").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.screenshot(path=SHOTS / f"stemmer-navngitt-{size[0]}.png", full_page=True)
    page.keyboard.press("Enter")  # Bytt navn med Ragnhild
    expect(page.locator("#tittel-1")).to_contain_text("Ragnhild Oppdiktet")
    assert speakers(database, told) == ["Ragnhild", "-", "-", "Ragnhild", "-"]
