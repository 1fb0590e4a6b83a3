"""Correcting a line: nothing typed is lost, nobody overwrites anybody, and every version comes back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access, Interview, Status
from archive.people import Person
from archive.transcripts import Revision, Segment, edit_segment
from tests.web.conftest import Browser
from tests.web.live import PHONE, heard_from, open_before_its_script, sounds_at, wait_for, wait_for_sound
from tests.web.stories import NOW, lines_of, open_to, person_with

HTMX = {"HX-Request": "true"}


@pytest.fixture
def line(story: int, database: Database) -> Segment:
    """The line with the doubtful word, in an interview that members may see."""
    open_to(database, story, Access.MEMBERS)
    return lines_of(database, story)[2]


def form_for(line: Segment, text: str, **more: object) -> dict[str, object]:
    return {"text": text, "speaker": line.speaker_id, "base_version": line.version, **more}


def now_of(database: Database, line: Segment) -> Segment:
    with database.read() as session:
        return session.get_one(Segment, line.id)


def save(browser: Browser, line: Segment, form: dict[str, object], **more: object) -> object:
    return browser.post_form(f"/linje/{line.id}", form, page=f"/linje/{line.id}", **more)


def somebody_else_wrote(database: Database, line: Segment, text: str) -> None:
    with database.write() as session:
        editor = person_with(database, Role.SECRETARY)
        edit_segment(
            session,
            line.id,
            text=text,
            speaker_id=line.speaker_id,
            base_version=line.version,
            editor_id=editor,
            now=NOW,
        )
        session.commit()


def test_only_volunteers_who_see_the_interview_may_correct(
    story: int, database: Database, browser_of: Callable[[Role], Browser]
) -> None:
    line = lines_of(database, story)[0]
    assert browser_of(Role.VOLUNTEER).get(f"/linje/{line.id}").status_code == 404  # closed, and not given to her
    open_to(database, story, Access.OPEN)
    for suffix in ("", "/vis", "/historikk"):
        assert browser_of(Role.MEMBER).get(f"/linje/{line.id}{suffix}").status_code == 403
        assert browser_of(Role.VISITOR).get(f"/linje/{line.id}{suffix}").status_code == 302
    assert "Rett" not in browser_of(Role.MEMBER).get(f"/intervju/{story}").text
    assert browser_of(Role.VOLUNTEER).get(f"/linje/{line.id}").status_code == 200
    assert browser_of(Role.VOLUNTEER).get("/linje/4711").status_code == 404


def test_a_correction_works_as_a_plain_page_and_leads_back_to_the_line(
    line: Segment, volunteer: Browser, database: Database
) -> None:
    answer = save(volunteer, line, form_for(line, "Vi delte ut løpesedler på torget hver lørdag."))
    assert answer.status_code == 302
    assert answer.location.endswith(f"/intervju/{line.interview_id}?t=12#linje-{line.id}")
    after = now_of(database, line)
    assert after.text == "Vi delte ut løpesedler på torget hver lørdag."
    assert (after.version, after.checked) == (1, True)
    assert after.machine_text == line.text
    assert "rettet" in volunteer.get(f"/intervju/{line.interview_id}").text or after.checked


def test_a_correction_in_place_answers_with_the_line(line: Segment, volunteer: Browser) -> None:
    answer = save(volunteer, line, form_for(line, "Vi sang på torget."), headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert f'id="linje-{line.id}"' in answer.text
    assert "Vi sang på torget." in answer.text
    assert "kontrollert" in answer.text


def test_saving_and_going_on_opens_the_next_line(line: Segment, volunteer: Browser, database: Database) -> None:
    following = lines_of(database, line.interview_id)[3]
    answer = save(volunteer, line, form_for(line, "Ny tekst.", handling="neste"), headers=HTMX)
    assert f'action="/linje/{following.id}"' in answer.text
    assert 'hx-swap-oob="true"' in answer.text
    plain = save(volunteer, following, form_for(following, "Mer.", handling="neste"))
    assert plain.location.endswith(f"/linje/{lines_of(database, line.interview_id)[4].id}")


def test_the_last_line_has_no_next(line: Segment, volunteer: Browser, database: Database) -> None:
    last = lines_of(database, line.interview_id)[-1]
    answer = save(volunteer, last, form_for(last, "Slutt.", handling="neste"))
    assert f"#linje-{last.id}" in answer.location


def test_a_line_that_is_right_is_vouched_for_without_changing_it(
    line: Segment, volunteer: Browser, database: Database
) -> None:
    save(volunteer, line, form_for(line, line.text, handling="stemmer"))
    after = now_of(database, line)
    assert (after.text, after.checked) == (line.text, True)


def test_what_was_typed_is_kept_also_when_the_wrong_button_is_pressed(
    line: Segment, volunteer: Browser, database: Database
) -> None:
    save(volunteer, line, form_for(line, "Dette skrev jeg.", handling="stemmer"))
    assert now_of(database, line).text == "Dette skrev jeg."


def test_another_speaker_can_be_named(line: Segment, volunteer: Browser, database: Database) -> None:
    answer = save(volunteer, line, form_for(line, line.text, speaker="annen", other_name=" Nils  Nabo "), headers=HTMX)
    assert "Nils Nabo:" in answer.text
    with database.read() as session:
        after = session.get_one(Segment, line.id)
        assert after.speaker
        assert after.speaker.name == "Nils Nabo"
    assert "Nils Nabo" in volunteer.get(f"/linje/{line.id}").text  # and can be chosen from now on


@pytest.mark.parametrize(
    ("speaker", "name"), [("annen", ""), ("annen", "x" * 201), ("99999", ""), ("x", ""), ("-1", ""), ("9" * 5000, "")]
)
def test_a_speaker_that_cannot_be_is_refused_with_the_text_kept(
    line: Segment, volunteer: Browser, database: Database, speaker: str, name: str
) -> None:
    answer = save(volunteer, line, form_for(line, "Det jeg skrev.", speaker=speaker, other_name=name))
    assert answer.status_code == 422
    assert "Det jeg skrev." in answer.text
    assert 'role="alert"' in answer.text
    assert now_of(database, line).version == 0


def test_when_two_change_one_line_both_texts_are_shown_and_nothing_is_overwritten(
    line: Segment, volunteer: Browser, database: Database
) -> None:
    somebody_else_wrote(database, line, "Sekretærens tekst.")
    answer = save(volunteer, line, form_for(line, "Den frivilliges tekst."))
    assert answer.status_code == 409
    for words in ("Sekretærens tekst.", "Den frivilliges tekst.", "Siri Sekretær", "14. mars 2026"):
        assert words in answer.text
    assert now_of(database, line).text == "Sekretærens tekst."
    kept = save(volunteer, line, {"text": "Den frivilliges tekst.", "speaker": line.speaker_id, "base_version": 1})
    assert kept.status_code == 302
    assert now_of(database, line).text == "Den frivilliges tekst."


def test_a_conflict_in_place_is_a_piece_of_the_page(line: Segment, volunteer: Browser, database: Database) -> None:
    somebody_else_wrote(database, line, "Sekretærens tekst.")
    answer = save(volunteer, line, form_for(line, "Min tekst."), headers=HTMX)
    assert answer.status_code == 409
    assert "<html" not in answer.text
    assert "Behold min" in answer.text
    assert "Behold den andres" in answer.text


def test_every_version_is_there_and_can_be_brought_back(line: Segment, volunteer: Browser, database: Database) -> None:
    save(volunteer, line, form_for(line, "Første rettelse."))
    save(volunteer, line, {"text": "Andre rettelse.", "speaker": line.speaker_id, "base_version": 1})
    page = volunteer.get(f"/linje/{line.id}/historikk").text
    places = [page.index(words) for words in ("Andre rettelse.", "Første rettelse.", "Maskinens tekst", line.text)]
    assert places == sorted(places)
    assert "Frode Frivillig" in page
    path = f"/linje/{line.id}/gjenopprett"
    volunteer.post_form(path, {"version": 0, "base_version": 2}, page=f"/linje/{line.id}/historikk")
    assert now_of(database, line).text == line.text
    volunteer.post_form(path, {"version": 1, "base_version": 3}, page=f"/linje/{line.id}/historikk")
    assert now_of(database, line).text == "Første rettelse."


def test_bringing_back_from_an_old_page_asks_to_look_again(
    line: Segment, volunteer: Browser, database: Database
) -> None:
    somebody_else_wrote(database, line, "Sekretærens tekst.")
    history = f"/linje/{line.id}/historikk"
    answer = volunteer.post_form(
        f"/linje/{line.id}/gjenopprett", {"version": 0, "base_version": 0}, page=history, follow_redirects=True
    )
    assert "Noen rettet linjen mens du så på den" in answer.text
    assert now_of(database, line).text == "Sekretærens tekst."


def test_the_whole_text_is_vouched_for_and_it_can_be_taken_back(
    line: Segment, volunteer: Browser, database: Database
) -> None:
    page = f"/intervju/{line.interview_id}"
    volunteer.post_form(f"{page}/kontrollert", page=page)
    assert "kontrollert av mennesker" in volunteer.get(page).text
    volunteer.post_form(f"{page}/kontrollert", {"angre": "1"}, page=page)
    with database.read() as session:
        assert session.get_one(Interview, line.interview_id).status is Status.IN_REVIEW


def test_a_member_can_vouch_for_nothing(line: Segment, member: Browser) -> None:
    page = f"/intervju/{line.interview_id}"
    assert member.post_form(f"{page}/kontrollert", page=page).status_code == 403
    assert member.post_form(f"/linje/{line.id}", form_for(line, "Nei."), page=page).status_code == 403


def test_details_are_changed_with_the_fields_of_handing_in(
    line: Segment, volunteer: Browser, database: Database
) -> None:
    path = f"/intervju/{line.interview_id}/rediger"
    assert 'value="2022-03-14"' in volunteer.get(path).text
    fields = {"title": "Nytt navn", "narrators": ["Ragnhild Oppdiktet", "Gunn Oppdiktet"], "held_on": "15.3.2022"}
    answer = volunteer.post_form(path, {**fields, "language": "nb", "summary": "Om kaia."}, page=path)
    assert answer.status_code == 302
    with database.read() as session:
        interview = session.get_one(Interview, line.interview_id)
        assert (interview.title, interview.summary) == ("Nytt navn", "Om kaia.")
        assert [person.name for person in interview.narrators] == ["Ragnhild Oppdiktet", "Gunn Oppdiktet"]


def test_details_that_cannot_be_used_are_asked_for_again(line: Segment, volunteer: Browser, database: Database) -> None:
    path = f"/intervju/{line.interview_id}/rediger"
    answer = volunteer.post_form(
        path, {"title": "", "narrators": "", "held_on": "i fjor", "place": "Steinkjer"}, page=path
    )
    assert answer.status_code == 422
    assert "Det er noe å rette på" in answer.text
    assert "Steinkjer" in answer.text


# --- in a real browser


@pytest.mark.browser
def test_a_line_is_corrected_where_it_stands_by_keyboard(
    line: Segment, page_of: Callable[..., Page], database: Database
) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto(f"/intervju/{line.interview_id}")
    page.get_by_role("link", name="Rett linjen ved 0:12").focus()
    page.keyboard.press("Enter")
    box = page.get_by_label("Det som blir sagt")
    expect(box).to_be_focused()
    box.fill("Vi delte ut aviser på kaia hver lørdag.")
    page.keyboard.press("Control+Enter")
    following = lines_of(database, line.interview_id)[3]
    expect(page.locator(f"#linje-{line.id} .words")).to_have_text("Vi delte ut aviser på kaia hver lørdag.")
    expect(page.locator(f"#linje-{following.id} textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("textarea")).to_have_count(0)
    expect(page.get_by_role("link", name="Rett linjen ved 0:20")).to_be_focused()
    assert now_of(database, line).text == "Vi delte ut aviser på kaia hver lørdag."


@pytest.mark.browser
def test_hearing_the_line_plays_that_line_and_stops(line: Segment, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto(f"/intervju/{line.interview_id}")
    page.get_by_role("link", name="Rett linjen ved 0:12").click()
    page.get_by_role("button", name="Hør linjen").click()
    wait_for_sound(page)
    assert heard_from(page) == pytest.approx(12, abs=0.1)
    wait_for(lambda: page.evaluate("document.getElementById('lyd').paused"))
    assert 15.4 < sounds_at(page) < 40  # at the end of the line, or as soon as a busy machine looks; not of the sound
    expect(page.locator("textarea")).to_have_count(1)


@pytest.mark.browser
def test_what_is_typed_survives_a_reload_and_a_logout(line: Segment, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.VOLUNTEER, size=PHONE)
    page.goto(f"/intervju/{line.interview_id}")
    page.get_by_role("link", name="Rett linjen ved 0:12").click()
    page.get_by_label("Det som blir sagt").fill("En halvferdig tanke")
    expect(page.get_by_text("Utkast tatt vare på")).to_be_visible()
    page.reload()
    expect(page.get_by_text("du har et utkast her")).to_be_visible()
    page.get_by_role("link", name="Rett linjen ved 0:12").click()
    expect(page.get_by_label("Det som blir sagt")).to_have_value("En halvferdig tanke")
    page.context.clear_cookies()
    page.get_by_role("button", name="Lagre", exact=True).click()
    expect(page.get_by_text("Du er logget ut.")).to_be_visible()
    expect(page.get_by_label("Det som blir sagt")).to_have_value("En halvferdig tanke")


@pytest.mark.browser
def test_what_is_typed_before_the_script_runs_stays_and_so_does_an_older_draft(
    line: Segment, page_of: Callable[..., Page]
) -> None:
    page = page_of(Role.VOLUNTEER)
    box = page.get_by_label("Det som blir sagt")
    page.goto(f"/linje/{line.id}")
    box.fill("Fra i går")
    expect(page.get_by_text("Utkast tatt vare på")).to_be_visible()
    let_it_come = open_before_its_script(page, f"/linje/{line.id}", "edit.js")
    box.fill("Skrevet før skriptet kom")
    let_it_come()
    expect(page.get_by_text("Du skrev også noe")).to_be_visible()
    expect(box).to_have_value("Skrevet før skriptet kom")
    page.get_by_role("button", name="Hent det fram").click()
    expect(box).to_have_value("Fra i går")


@pytest.mark.browser
def test_a_saved_line_leaves_no_draft(line: Segment, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto(f"/intervju/{line.interview_id}")
    page.get_by_role("link", name="Rett linjen ved 0:12").click()
    page.get_by_label("Det som blir sagt").fill("Ferdig tekst.")
    expect(page.get_by_text("Utkast tatt vare på")).to_be_visible()
    page.get_by_role("button", name="Lagre", exact=True).click()
    expect(page.locator(f"#linje-{line.id} .words")).to_have_text("Ferdig tekst.")
    page.reload()
    expect(page.locator(f"#linje-{line.id} .words")).to_have_text("Ferdig tekst.")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('utkast:')).length") == 0


@pytest.mark.browser
def test_a_line_saved_at_once_leaves_no_draft_either(line: Segment, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto(f"/intervju/{line.interview_id}")
    page.get_by_role("link", name="Rett linjen ved 0:12").click()
    page.get_by_label("Det som blir sagt").fill("Ferdig tekst.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#linje-{line.id} .words")).to_have_text("Ferdig tekst.")
    page.wait_for_timeout(500)  # longer than the last letters wait to be kept
    assert page.evaluate(f"Object.keys(localStorage).filter(k => k.endsWith(':{line.id}')).length") == 0


@pytest.mark.browser
def test_a_conflict_is_shown_in_place_and_the_choice_holds(
    line: Segment, page_of: Callable[..., Page], database: Database
) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto(f"/intervju/{line.interview_id}")
    page.get_by_role("link", name="Rett linjen ved 0:12").click()
    expect(page.get_by_label("Det som blir sagt")).to_be_visible()  # the form knows the text of before
    somebody_else_wrote(database, line, "Sekretærens tekst.")
    page.get_by_label("Det som blir sagt").fill("Min tekst.")
    page.get_by_role("button", name="Lagre", exact=True).click()
    expect(page.get_by_text("En annen har rettet samme linje")).to_be_visible()
    page.get_by_role("button", name="Behold min").click()
    expect(page.locator(f"#linje-{line.id} .words")).to_have_text("Min tekst.")
    with database.read() as session:
        assert session.query(Revision).filter_by(segment_id=line.id).count() == 2
        assert session.query(Person).count() == 2


@pytest.mark.browser
def test_a_line_is_corrected_without_scripts(line: Segment, page_of: Callable[..., Page], database: Database) -> None:
    page = page_of(Role.VOLUNTEER, scripts=False)
    page.goto(f"/intervju/{line.interview_id}")
    page.get_by_role("link", name="Rett linjen ved 0:12").click()
    page.get_by_label("Det som blir sagt").fill("Uten skript.")
    page.get_by_role("button", name="Lagre", exact=True).click()
    expect(page.locator(f"#linje-{line.id}")).to_contain_text("Uten skript.")
