"""The page of an interview: who may see it, what it says of its text, and that the text follows the sound."""

import json
import shutil
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from archive.access import close_now
from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access, Interview, Status
from archive.recordings import Recording, RecordingState
from archive.settings import Settings
from archive.site import set_setting
from archive.sound import peaks_path
from archive.transcripts import Segment
from tests.web.conftest import Browser
from tests.web.live import PHONE, heard_from, sounds_at, wait_for, wait_for_sound, write_down_words
from tests.web.stories import NOW, SECONDS, lines_of, open_to


def set_interview(database: Database, interview_id: int, **values: object) -> None:
    with database.write() as session:
        interview = session.get_one(Interview, interview_id)
        for name, value in values.items():
            setattr(interview, name, value)
        session.commit()


def test_a_closed_interview_is_not_there_for_visitors_members_and_other_volunteers(
    story: int, browser_of: Callable[[Role], Browser]
) -> None:
    for role in (Role.VISITOR, Role.MEMBER, Role.VOLUNTEER):
        for path in ("", "/tekst", "/lyd", "/bolger"):
            assert browser_of(role).get(f"/intervju/{story}{path}").status_code == 404, (role, path)
    assert browser_of(Role.SECRETARY).get(f"/intervju/{story}").status_code == 200


def test_closing_holds_for_the_very_next_request(story: int, member: Browser, database: Database) -> None:
    open_to(database, story, Access.MEMBERS)
    assert member.get(f"/intervju/{story}/lyd", headers={"Range": "bytes=0-99"}).status_code == 206
    with database.write() as session:
        close_now(session, session.get_one(Interview, story), by=None, now=NOW)
        session.commit()
    for path in ("", "/tekst", "/lyd", "/bolger"):
        assert member.get(f"/intervju/{story}{path}").status_code == 404


def test_the_page_says_who_what_where_and_how_long(story: int, secretary: Browser) -> None:
    page = secretary.get(f"/intervju/{story}").text
    for words in ("Blanketten", "Ragnhild Oppdiktet", "i Namsos", "14. mars 2022", "40 s", "lukket", "TSV-I-0001"):
        assert words in page


def test_every_text_says_that_the_sound_is_the_source_and_which_machine_wrote_it(
    story: int, secretary: Browser
) -> None:
    page = secretary.get(f"/intervju/{story}").text
    assert "Lyden er kilden." in page
    assert "grov maskintekst" in page
    assert "faster-whisper, modell base, 14. mars 2026" in page


@pytest.mark.parametrize(("model", "words"), [("NbAiLab/nb-whisper-medium", "maskinell tekst"), ("base", "grov")])
def test_only_the_small_models_are_called_rough(
    story: int, secretary: Browser, database: Database, model: str, words: str
) -> None:
    with database.write() as session:
        session.get_one(Interview, story).recordings[0].layers[0].model = model
        session.commit()
    page = secretary.get(f"/intervju/{story}").text
    assert words in page
    assert ("grov" in page) == (words == "grov")


def test_a_reviewed_text_is_called_checked(story: int, secretary: Browser, database: Database) -> None:
    set_interview(database, story, status=Status.REVIEWED)
    page = secretary.get(f"/intervju/{story}").text
    assert "kontrollert av mennesker" in page
    assert "grov maskintekst" not in page


def test_a_word_the_machine_was_not_sure_of_is_underlined_and_explained(story: int, secretary: Browser) -> None:
    page = secretary.get(f"/intervju/{story}").text
    assert '<span class="doubt">kaia</span>' in page
    assert "betyr usikkert hørt" in page


def test_lost_sound_is_told_where_it_is_missing(story: int, secretary: Browser, database: Database) -> None:
    with database.write() as session:
        session.get_one(Interview, story).recordings[0].lost = [[18_000, 18_800]]
        session.commit()
    page = secretary.get(f"/intervju/{story}").text
    assert "Her mangler 0,8 s av opptaket, fra 0:18." in page
    assert page.index("løpesedler") < page.index("Her mangler") < page.index("Hva husker du best?")


def test_what_people_said_cannot_become_markup(story: int, secretary: Browser, database: Database) -> None:
    with database.write() as session:
        line = session.query(Segment).filter_by(interview_id=story).first()
        assert line
        line.text, line.words = "<script>alert(1)</script> & sånt", []
        session.get_one(Interview, story).title = '"><script>alert(2)</script>'
        session.commit()
    page = secretary.get(f"/intervju/{story}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("t", ["12", "12.5"])
def test_a_link_to_a_second_starts_there(story: int, secretary: Browser, t: str) -> None:
    assert f'data-start-ms="{round(float(t) * 1000)}"' in secretary.get(f"/intervju/{story}?t={t}").text


@pytest.mark.parametrize("t", ["", "x", "-1", "nan", "inf", "1e400", "99999999", "40"])
def test_a_link_to_nowhere_starts_at_the_beginning(story: int, secretary: Browser, t: str) -> None:
    answer = secretary.get(f"/intervju/{story}?t={t}")
    assert answer.status_code == 200
    assert "data-start-ms" not in answer.text


def test_sound_comes_in_parts_and_no_shared_cache_may_keep_it(
    story: int, secretary: Browser, database: Database
) -> None:
    whole = secretary.get(f"/intervju/{story}/lyd")
    assert whole.status_code == 200
    assert whole.mimetype == "audio/wav"
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = secretary.get(f"/intervju/{story}/lyd", headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole.data)}"
    assert part.data == whole.data[100:200]
    assert "private" in part.headers["Cache-Control"]
    end = secretary.get(f"/intervju/{story}/lyd", headers={"Range": "bytes=-50"})
    assert end.data == whole.data[-50:]
    assert secretary.get(f"/intervju/{story}/lyd", headers={"Range": "bytes=99999999-"}).status_code == 416
    again = secretary.get(f"/intervju/{story}/lyd", headers={"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 304
    head = secretary.head(f"/intervju/{story}/lyd")
    assert head.headers["Content-Length"] == str(len(whole.data))


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=5-1", "bytes=abc", "lines=0-1", "bytes=-0", "bytes=--5"])
def test_odd_ranges_are_answered_and_never_break(story: int, secretary: Browser, asked: str) -> None:
    answer = secretary.get(f"/intervju/{story}/lyd", headers={"Range": asked})
    assert answer.status_code in (200, 206, 416)


def test_peaks_are_given_once_they_are_made(
    story: int, secretary: Browser, settings: Settings, database: Database
) -> None:
    assert secretary.get(f"/intervju/{story}/bolger").status_code == 404
    with database.read() as session:
        file = peaks_path(settings, session.get_one(Interview, story))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"duration_ms": SECONDS * 1000, "peaks": [1, 2, 3]}))
    assert secretary.get(f"/intervju/{story}/bolger").json == {"duration_ms": SECONDS * 1000, "peaks": [1, 2, 3]}


def test_the_demo_offers_to_hear_ones_own_voice(
    story: int, visitor: Browser, member: Browser, volunteer: Browser, database: Database
) -> None:
    offer = "Prøv med din egen stemme"
    open_to(database, story, Access.OPEN)
    assert offer not in visitor.get(f"/intervju/{story}").text
    with database.write() as session:
        set_setting(session, "demo", "1")
        session.commit()
    assert offer not in visitor.get(f"/intervju/{story}").text  # somebody's own recording
    set_interview(database, story, is_demo=True)
    for browser, offered in ((visitor, True), (volunteer, True), (member, False)):
        assert (offer in browser.get(f"/intervju/{story}").text) is offered
        assert (offer in browser.get("/").text) is offered
    set_interview(database, story, status=Status.REVIEWED)
    assert offer not in visitor.get(f"/intervju/{story}").text


def test_sound_that_no_browser_plays_is_waited_for_or_explained(
    story: int, secretary: Browser, database: Database
) -> None:
    with database.write() as session:
        session.query(Recording).update({"codec": "amr_nb", "container": "amr"})
        session.commit()
    assert "Lyden gjøres klar" in secretary.get(f"/intervju/{story}").text
    answer = secretary.get(f"/intervju/{story}/lyd")
    assert answer.status_code == 404
    assert "Ingen lyd å spille ennå" in answer.text
    with database.write() as session:
        session.query(Recording).update({"listen_failure": "tool_failed"})
        session.commit()
    page = secretary.get(f"/intervju/{story}").text
    assert "Det gikk ikke å lage en lydfil som nettleseren kan spille" in page
    assert "programmet som leser lydfiler, ga opp" in page


def test_an_original_that_is_gone_from_the_store_is_said(story: int, secretary: Browser, settings: Settings) -> None:
    assert secretary.get(f"/intervju/{story}/lyd").status_code == 200
    shutil.rmtree(settings.store_url)
    answer = secretary.get(f"/intervju/{story}/lyd", headers={"Range": "bytes=0-99"})
    assert answer.status_code == 404
    assert "filen må hentes fra sikkerhetskopien" in answer.text


def test_a_text_that_grows_is_asked_for_and_only_what_is_new_is_sent(
    story: int, secretary: Browser, database: Database
) -> None:
    with database.write() as session:
        session.get_one(Interview, story).status = Status.PROCESSING
        session.query(Recording).update({"state": RecordingState.WORKING})
        session.commit()
    page = secretary.get(f"/intervju/{story}").text
    assert "every 3s" in page
    first, second = lines_of(database, story)[:2]
    more = secretary.get(f"/intervju/{story}/tekst?n=1&siste={first.id}&uferdig=1&lyd=1").text
    assert "beforeend:#utskrift" in more
    assert f"linje-{second.id}" in more
    assert f"linje-{first.id}" not in more
    all_anew = secretary.get(f"/intervju/{story}/tekst?n=1&siste={second.id}&uferdig=1&lyd=1").text
    assert 'id="utskrift"' in all_anew
    last = lines_of(database, story)[-1]
    nothing = secretary.get(f"/intervju/{story}/tekst?n=5&siste={last.id}&uferdig=1&lyd=1").text
    assert "utskrift" not in nothing
    assert "every 3s" in nothing


def test_the_last_answer_brings_the_whole_and_stops_asking(story: int, secretary: Browser) -> None:
    answer = secretary.get(f"/intervju/{story}/tekst?n=0&siste=0&uferdig=1&lyd=0").text
    assert "every 3s" not in answer
    assert 'id="utskrift"' in answer
    assert 'id="spillerplass"' in answer


def test_a_page_that_waits_for_sound_alone_keeps_its_text(story: int, secretary: Browser) -> None:
    answer = secretary.get(f"/intervju/{story}/tekst?n=5&siste=5&uferdig=0&lyd=0").text
    assert 'id="spillerplass"' in answer
    assert "utskrift" not in answer


def test_without_scripts_there_is_a_plain_player_and_the_whole_text(story: int, secretary: Browser) -> None:
    page = secretary.get(f"/intervju/{story}?t=12").text
    assert "<noscript><audio controls" in page
    assert "/lyd#t=12" in page
    assert "Vi delte ut løpesedler" in page


# --- in a real browser


@pytest.mark.browser
def test_a_click_on_a_word_plays_it_and_the_text_follows(story: int, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY)
    page.goto(f"/intervju/{story}")
    words = write_down_words(page)
    page.get_by_text("bussen", exact=True).click()
    wait_for(lambda: len(words()) > 1)
    heard = words()  # it goes on sounding
    assert heard_from(page) == pytest.approx(26, abs=0.1)  # «At vi sang på bussen …» begins at 24 s
    after_it = "bussen hjem fra Namsos.".split()  # each for half a second, in which a busy machine may pass one over
    assert heard[0] == "bussen"
    assert heard == [each for each in after_it if each in heard]
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate("document.getElementById('lyd').paused")


@pytest.mark.browser
def test_a_shared_link_waits_at_its_place_and_says_so(story: int, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY, size=PHONE)
    page.goto(f"/intervju/{story}?t=24")
    expect(page.get_by_role("button", name="Spill fra 0:24")).to_be_visible()
    assert page.evaluate("document.getElementById('lyd').paused")
    expect(page.locator(".line.target")).to_be_in_viewport()
    page.keyboard.press("k")
    wait_for_sound(page)
    assert heard_from(page) == pytest.approx(24, abs=0.1)


@pytest.mark.browser
def test_the_player_is_worked_by_keyboard_alone(story: int, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY)
    page.goto(f"/intervju/{story}")
    slider = page.get_by_role("slider", name="Sted i opptaket")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "5 sekunder av 40 sekunder")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Spill")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # 30 s fram
    wait_for(lambda: sounds_at(page) > 34)
    page.get_by_text("Hurtigtaster").click()
    page.get_by_label("Bruk hurtigtastene").uncheck()
    page.locator("h1").click()
    page.keyboard.press(" ")
    assert page.evaluate("document.getElementById('lyd').paused")


@pytest.mark.browser
def test_a_link_from_here_is_shown_and_can_be_moved(story: int, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY)
    page.goto(f"/intervju/{story}?t=24")
    page.get_by_role("button", name="Del herfra").click()
    link = page.get_by_label("Lenke til dette stedet")
    expect(link).to_have_value(f"{page.url.split('?')[0]}?t=24")
    page.get_by_role("button", name="10 s tidligere").click()
    expect(link).to_have_value(f"{page.url.split('?')[0]}?t=14")


@pytest.mark.browser
def test_a_text_grows_before_the_readers_eyes(story: int, page_of: Callable[..., Page], database: Database) -> None:
    with database.write() as session:
        session.get_one(Interview, story).status = Status.PROCESSING
        late = session.query(Segment).filter_by(interview_id=story).order_by(Segment.start_ms.desc()).first()
        assert late
        session.delete(late)
        session.query(Recording).update({"state": RecordingState.WORKING})
        session.commit()
    page = page_of(Role.SECRETARY)
    page.goto(f"/intervju/{story}")
    expect(page.locator(".line")).to_have_count(4)
    with database.write() as session:
        session.add(Segment(interview_id=story, start_ms=30_000, end_ms=31_000, text="Nytt kom til"))
        session.commit()
    expect(page.locator(".line")).to_have_count(5)
    with database.write() as session:
        session.get_one(Interview, story).status = Status.MACHINE_TEXT
        session.query(Recording).update({"state": RecordingState.DONE})
        session.commit()
    expect(page.get_by_text("Lyden er kilden.")).to_be_visible()
    expect(page.locator(".source")).to_contain_text("Lyden er kilden. Teksten")
    expect(page.locator("#tekststatus")).not_to_have_attribute("hx-trigger", "every 3s")
    expect(page.get_by_text("Nytt kom til")).to_be_visible()
