"""The chapters beside the text: read without scripts, written where the sound is, and never lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from archive.accounts import Role
from archive.audit import AuditEvent
from archive.chapters import ChapterDetails, add_chapter, chapters_of, remove_chapter
from archive.database import Database
from archive.interviews import Access, Assignment
from archive.search.index import bring_up_to_date
from archive.settings import Settings
from tests.web.conftest import Browser
from tests.web.live import PHONE, sounds_at, wait_for, wait_for_sound
from tests.web.stories import NOW, open_to, person_with

LEAFLETS = ChapterDetails(12_400, "Løpesedlene", 20_000, "På kaia hver lørdag.", ("valgkamp", "kaia"))


@pytest.fixture
def chapters(story: int, database: Database) -> list[int]:
    """Two chapters, written by the machine's owner."""
    with database.write() as session:
        written = [ChapterDetails(1_000, "Blanketten"), LEAFLETS]
        ids = [add_chapter(session, story, each, by=None, now=NOW).id for each in written]
        session.commit()
    return ids


def let_in(database: Database, interview_id: int) -> None:
    """The volunteer may work on the interview although it is closed."""
    with database.write() as session:
        volunteer = person_with(database, Role.VOLUNTEER)
        session.add(Assignment(interview_id=interview_id, user_id=volunteer, assigned_at=NOW))
        session.commit()


def titles_of(database: Database, interview_id: int) -> list[str]:
    with database.read() as session:
        return [each.title for each in chapters_of(session, interview_id)]


def version_on(page: str) -> str:
    found = re.search(r'name="base_version" value="(\d+)"', page)
    assert found
    return found[1]


def test_a_reader_sees_the_chapters_and_where_they_lead(
    story: int, chapters: list[int], database: Database, visitor: Browser
) -> None:
    open_to(database, story, Access.OPEN)
    page = visitor.get(f"/intervju/{story}").text
    assert page.index("Kapitler (2)") < page.index("Løpesedlene") < page.index('id="utskrift"')
    assert f'href="/intervju/{story}?t=12#kapittel-{chapters[1]}" data-ms="12400"' in page
    for words in ("På kaia hver lørdag.", "Emneord: valgkamp, kaia"):
        assert words in page
    for tool in ("Nytt kapittel", "Endre kapittelet", "Fjernede kapitler"):
        assert tool not in page
    at_second = visitor.get(f"/intervju/{story}?t=13").text
    assert re.search(rf'class="chapter current" id="kapittel-{chapters[1]}"', at_second)
    assert "chapter current" not in visitor.get(f"/intervju/{story}?t=25").text  # it has ended, and no other begun
    assert 'eksport/kapitler"' in page
    exported = visitor.get(f"/intervju/{story}/eksport/kapitler")
    assert exported.text.startswith("WEBVTT")
    assert "filename=TSV-I-0001.kapitler.vtt" in exported.headers["Content-Disposition"]


def test_where_there_are_none_only_those_who_write_see_the_place(
    story: int, database: Database, member: Browser, secretary: Browser
) -> None:
    open_to(database, story, Access.MEMBERS)
    assert "kapitler" not in member.get(f"/intervju/{story}").text
    assert "Nytt kapittel her" in secretary.get(f"/intervju/{story}").text


def test_a_volunteer_adds_changes_removes_and_undoes_without_scripts(
    story: int, database: Database, volunteer: Browser
) -> None:
    let_in(database, story)
    form = volunteer.get(f"/intervju/{story}/kapittel/nytt?fra=13").text
    assert 'value="0:13"' in form
    typed = {"start": "0:13", "end": "", "title": "Løpesedlene", "synopsis": "På kaia.", "keywords": "valgkamp, kaia,"}
    added = volunteer.post_form(f"/intervju/{story}/kapittel/nytt", typed, page=f"/intervju/{story}")
    assert added.headers["Location"] == f"/intervju/{story}?t=13#kapittel-1"
    assert "Kapittelet er lagt til." in volunteer.get(f"/intervju/{story}").text
    form = volunteer.get("/kapittel/1/endre").text
    assert 'value="valgkamp, kaia"' in form
    changed = {**typed, "title": "Kaia", "base_version": version_on(form)}
    assert volunteer.post_form("/kapittel/1/endre", changed).status_code == 303
    assert titles_of(database, story) == ["Kaia"]
    removed = volunteer.post_form("/kapittel/1/fjern", {"base_version": "1"})
    page = volunteer.get(removed.headers["Location"]).text
    assert titles_of(database, story) == []
    assert "Kapittelet «Kaia» er fjernet." in page
    assert "Fjernede kapitler (1)" in page
    volunteer.post_form("/kapittel/1/gjenopprett", {"version": "2", "base_version": "2"})
    assert titles_of(database, story) == ["Kaia"]
    history = volunteer.get("/kapittel/1/historikk").text
    for words in ("Hentet fram", "Fjernet", "Endret", "Første versjon", "Frode Frivillig", "står nå"):
        assert words in history
    with database.read() as session:
        acts = [event.act for event in session.query(AuditEvent).filter_by(kind="chapter").order_by(AuditEvent.id)]
    assert acts == ["added_chapter", "changed_chapter", "removed_chapter", "restored_chapter"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", " ", "Skriv med noen få ord hva det handler om."),
        ("start", "", "Skriv hvor kapittelet begynner"),
        ("start", "tolv", "Skriv tiden som minutter og sekunder"),
        ("start", "0:75", "Skriv tiden som minutter og sekunder"),
        ("start", "٠:١٣", "Skriv tiden som minutter og sekunder"),
        ("start", "9:00", "Stedet ligger utenfor opptaket."),
        ("end", "0:02", "Slutten må komme etter begynnelsen."),
        ("keywords", "x" * 101, "Sett komma mellom dem."),
    ],
)
def test_what_cannot_be_used_is_said_and_what_was_typed_stays(
    story: int, secretary: Browser, database: Database, field: str, value: str, says: str
) -> None:
    typed = {"start": "0:10", "end": "", "title": "Kaia", "synopsis": "Lang & god", "keywords": "", field: value}
    answer = secretary.post_form(f"/intervju/{story}/kapittel/nytt", typed)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Lang &amp; god" in answer.text
    assert titles_of(database, story) == []


def test_a_time_that_is_left_alone_keeps_its_thousandths(
    story: int, chapters: list[int], secretary: Browser, database: Database
) -> None:
    form = {"start": "0:12", "end": "0:21", "title": "Kaia", "base_version": "0"}
    assert secretary.post_form(f"/kapittel/{chapters[1]}/endre", form).status_code == 303
    with database.read() as session:
        chapter = chapters_of(session, story)[1]
    assert (chapter.start_ms, chapter.end_ms) == (12_400, 21_000)


def test_of_two_who_write_at_once_the_second_sees_both(
    story: int, chapters: list[int], secretary: Browser, database: Database
) -> None:
    first = {"start": "0:12", "title": "Den første", "base_version": "0"}
    second = {"start": "0:12", "title": "Den andre", "base_version": "0"}
    secretary.post_form(f"/kapittel/{chapters[1]}/endre", first)
    answer = secretary.post_form(f"/kapittel/{chapters[1]}/endre", second)
    assert answer.status_code == 409
    for words in ("Noen endret kapittelet mens du skrev", "Den første", 'value="Den andre"'):
        assert words in answer.text
    again = {**second, "base_version": version_on(answer.text)}
    assert secretary.post_form(f"/kapittel/{chapters[1]}/endre", again).status_code == 303
    assert titles_of(database, story)[1] == "Den andre"


def test_nobody_else_may_and_nobody_learns_what_is_hidden(
    story: int, chapters: list[int], database: Database, browser_of: Callable[[Role], Browser]
) -> None:
    paths = [f"/kapittel/{chapters[0]}/{what}" for what in ("endre", "fjern", "gjenopprett")]
    for role, status in ((Role.MEMBER, 403), (Role.VOLUNTEER, 404)):
        browser = browser_of(role)
        assert browser.get(f"/kapittel/{chapters[0]}/endre").status_code == status
        for path in (*paths, f"/intervju/{story}/kapittel/nytt"):
            assert browser.post_form(path, {"title": "x", "start": "0:01"}, page="/").status_code == status, path
    assert len(titles_of(database, story)) == 2


def test_the_search_page_says_that_it_is_a_chapter(
    story: int, chapters: list[int], database: Database, settings: Settings, member: Browser, visitor: Browser
) -> None:
    open_to(database, story, Access.MEMBERS)
    bring_up_to_date(settings, database, wait=True)
    page = member.get("/sok?q=valgkamp").text
    assert "Kapittel 0:12" in page
    assert 'data-from-ms="12400"' in page
    assert f'href="/intervju/{story}?t=12#kapittel-{chapters[1]}"' in page
    assert "Ingenting funnet" in visitor.get("/sok?q=valgkamp").text


@pytest.mark.browser
def test_a_chapter_is_heard_marked_and_written_without_leaving_the_sound(
    story: int, chapters: list[int], page_of: Callable[..., Page], database: Database
) -> None:
    let_in(database, story)
    page = page_of(Role.VOLUNTEER, size=PHONE)
    page.goto(f"/intervju/{story}")
    page.get_by_role("link", name="Spill fra 0:12 Løpesedlene").click()
    wait_for_sound(page)
    wait_for(lambda: sounds_at(page) > 12.4)
    expect(page.locator(f"#kapittel-{chapters[1]}.current")).to_be_visible()
    before_s = int(sounds_at(page))
    page.get_by_role("link", name="Nytt kapittel her").click()
    expect(page.get_by_label("Hva det handler om")).to_be_focused()
    here = [f"0:{second}" for second in range(before_s, int(sounds_at(page)) + 1)]
    expect(page.get_by_label("Begynner")).to_have_value(re.compile(f"^({'|'.join(here)})$"))
    page.get_by_label("Begynner").fill("x")
    page.keyboard.press("Enter")
    expect(page.locator(".problem").first).to_be_visible()
    page.get_by_label("Begynner").fill("0:24")
    page.get_by_label("Hva det handler om").fill("Bussen fra Namsos")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kapittelet er lagt til.")).to_be_visible()
    expect(page.get_by_role("link", name="Spill fra 0:24 Bussen fra Namsos")).to_be_focused()
    assert page.evaluate("(sound => !sound.paused || sound.ended)(document.getElementById('lyd'))")
    page.get_by_role("link", name="Endre kapittelet Bussen").click()
    page.get_by_role("button", name="Fjern kapittelet").click()
    expect(page.get_by_text("Kapittelet «Bussen fra Namsos» er fjernet.")).to_be_visible()
    expect(page.get_by_role("button", name="Angre: Bussen fra Namsos")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kapittelet er hentet fram igjen.")).to_be_visible()
    assert titles_of(database, story) == ["Blanketten", "Løpesedlene", "Bussen fra Namsos"]


def test_a_removed_chapter_is_brought_back_from_its_history_and_not_changed(
    story: int, chapters: list[int], database: Database, secretary: Browser
) -> None:
    with database.write() as session:
        remove_chapter(session, chapters[0], base_version=0, by=None, now=NOW)
        session.commit()
    assert secretary.get(f"/kapittel/{chapters[0]}/endre").headers["Location"].endswith("/historikk")
    assert "Fjernede kapitler (1)" in secretary.get(f"/intervju/{story}?fjernet=999").text
