"""Handing in with a real Chromium: files, order, a poor line, the keyboard alone, and a browser without scripts."""

# ruff: noqa: F401, F811 - fixtures are imported, and asked for by their names

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from archive.accounts import Role
from archive.database import Database
from archive.interviews import Interview
from archive.settings import Settings
from tests.chromium import PATIENCE_S
from tests.web.live import PHONE, WIDE, open_before_its_script, wait_for
from tests.web.served import Server, session_cookie
from tests.web.test_handin import sounds, tone

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def long_sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """29 MB: four pieces."""
    path = tmp_path_factory.mktemp("long") / "lang.wav"
    source = ["-f", "lavfi", "-i", "anoisesrc=duration=150:color=pink:sample_rate=48000:seed=1"]
    subprocess.run(["ffmpeg", "-v", "error", *source, "-ac", "2", str(path)], check=True, stdin=subprocess.DEVNULL)
    return path


def fill_in(page: Page, title: str = "Blanketten") -> None:
    page.get_by_label("Tittel").fill(title)
    page.get_by_label("Forteller", exact=True).fill("Ragnhild Oppdiktet")
    page.get_by_label("Dagen intervjuet ble holdt").fill("2022-03-14")


def choose(page: Page, *paths: Path) -> None:
    page.set_input_files("#files", [str(path) for path in paths])


def expect_files(page: Page, *names: str) -> None:
    chosen = page.locator("#chosen .file")
    expect(chosen).to_have_count(len(names))
    for number, name in enumerate(names):
        expect(chosen.nth(number)).to_have_attribute("data-name", name)


def remove(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Fjern {name}").click()
    expect(page.locator(f"#chosen [data-name='{name}']")).to_have_count(0)  # the server has let go of it first


def hand_in(page: Page) -> int:
    page.get_by_role("button", name="Lever opptaket").click()
    page.wait_for_url("**/kvittering")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mottatt og kontrollert")
    found = re.search(r"/lever/(\d+)/", page.url)
    assert found
    return int(found[1])


def slow_down(page: Page, bytes_a_second: int) -> Callable[[int], None]:
    """A thin line; gives a way to change it. -1: as fast as it goes; 0: no network.

    So thin that the sending is not over before a slow machine does what is to happen in the middle of it.
    """
    link = page.context.new_cdp_session(page)
    link.send("Network.enable")

    def change(bytes_a_second: int) -> None:
        speed = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
        link.send("Network.emulateNetworkConditions", {"offline": bytes_a_second == 0, **speed})

    change(bytes_a_second)
    return change


def interview_of(database: Database, number: int) -> Interview:
    return database.read().get_one(Interview, number)


def test_several_files_in_the_order_the_person_gives(
    page_of: OpenPage,
    sounds: Path,
    database: Database,
) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto("/lever")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "PATCH" else None)
    choose(page, sounds / "side2.mp3", sounds / "side1.mp3")
    expect(page.locator("#chosen .file-status.good")).to_have_count(2)
    expect(page.locator("#chosen")).to_contain_text("2 s lyd")
    page.get_by_role("button", name="Flytt opp side1.mp3").click()
    expect_files(page, "side1.mp3", "side2.mp3")
    expect(page.get_by_role("button", name="Flytt ned side1.mp3")).to_be_focused()
    fill_in(page)
    page.get_by_role("button", name="Legg til en forteller til").click()
    page.keyboard.type("Olav Oppdiktet")
    interview = interview_of(database, hand_in(page))
    assert [each.original_name for each in interview.recordings] == ["side1.mp3", "side2.mp3"]
    assert [each.name for each in interview.narrators] == ["Ragnhild Oppdiktet", "Olav Oppdiktet"]
    assert all(request.headers["upload-checksum"].startswith("sha256 ") for request in sent)
    page.goto("/lever")
    expect(page.get_by_label("Tittel")).to_have_value("")
    expect(page.locator("#waiting")).to_have_count(0)


def test_one_file_per_person(page_of: OpenPage, sounds: Path, database: Database) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto("/lever")
    expect(page.locator("#order")).to_be_hidden()
    choose(page, sounds / "side1.mp3", sounds / "side2.mp3")
    expect(page.locator(".speaker").first).to_be_hidden()
    page.get_by_label("Én fil per person").check()
    expect(page.locator("#chosen .file-status.good")).to_have_count(2)
    page.get_by_label("Hvem hører vi i denne filen?").nth(0).fill("Ragnhild Oppdiktet")
    page.get_by_label("Hvem hører vi i denne filen?").nth(1).fill("Ida Intervjuer")
    fill_in(page)
    interview = interview_of(database, hand_in(page))
    assert [each.offset_ms for each in interview.recordings] == [0, 0]
    assert [each.speaker and each.speaker.name for each in interview.recordings] == [
        "Ragnhild Oppdiktet",
        "Ida Intervjuer",
    ]


def test_what_is_missing_is_said_before_anything_is_sent(page_of: OpenPage, sounds: Path) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto("/lever")
    page.get_by_label("Sted").fill("Namsos")
    choose(page, sounds / "brev.mp3", sounds / "tom.mp3", sounds / "side1.mp3")
    expect(page.locator("#chosen .file-status.problem")).to_have_count(2)
    expect(page.locator("#chosen .file-status.good")).to_have_count(1)
    page.get_by_role("button", name="Lever opptaket").click()
    missing = page.locator("#missing")
    expect(missing).to_be_focused()
    for words in ("brev.mp3 kan ikke leveres", "tom.mp3 kan ikke leveres", "tittel", "hvem som forteller", "dag"):
        expect(missing).to_contain_text(words)
    expect(page.locator("#title-problem")).to_have_text("Gi intervjuet en tittel.")
    page.get_by_role("link", name="Gi intervjuet en tittel.").click()
    expect(page.get_by_label("Tittel")).to_be_focused()
    expect(page.get_by_label("Sted")).to_have_value("Namsos")
    page.once("dialog", lambda dialog: dialog.accept())
    for name in ("brev.mp3", "tom.mp3"):
        remove(page, name)
    fill_in(page)
    hand_in(page)


OLD_DRAFT = """for (const [key, kept] of Object.entries(localStorage)) if (key.startsWith("lever:")) {
  const fields = { title: ["Fra før"], place: ["Namsos"] };
  localStorage.setItem(key, JSON.stringify({ ...JSON.parse(kept), fields, uploads: [] }));
}"""


def test_what_is_chosen_ticked_and_typed_before_the_script_runs_counts(
    page_of: OpenPage, sounds: Path, database: Database
) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto("/lever")
    choose(page, sounds / "side1.mp3")
    expect(page.locator("#chosen .file-status.good")).to_have_count(1)
    page.evaluate(OLD_DRAFT)
    let_it_come = open_before_its_script(page, "/lever", "handin.js")
    page.get_by_label("Ta med denne filen").check()
    choose(page, sounds / "side2.mp3")
    fill_in(page, "Skrevet først")
    let_it_come()
    expect_files(page, "side1.mp3", "side2.mp3")
    expect(page.locator("#files")).to_have_value("")
    expect(page.get_by_label("Sted")).to_have_value("Namsos")
    interview = interview_of(database, hand_in(page))
    assert (interview.title, interview.place) == ("Skrevet først", "Namsos")
    assert [each.original_name for each in interview.recordings] == ["side1.mp3", "side2.mp3"]


def test_a_lost_network_resumes_by_itself(page_of: OpenPage, long_sound: Path, database: Database) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto("/lever")
    change = slow_down(page, 3_000_000)
    choose(page, long_sound)
    status = page.locator("#chosen .file-status")
    expect(status).to_contain_text("MB av 29 MB")
    wait_for(lambda: int((re.match(r"(\d+) %", status.inner_text()) or [0, 0])[1]) > 35)
    change(0)
    expect(status).to_contain_text("Nettet er borte")
    fill_in(page)
    page.get_by_role("button", name="Lever opptaket").click()
    expect(page.locator("#pending")).to_contain_text("leveres av seg selv")
    change(-1)
    page.wait_for_url("**/kvittering")
    number = int(page.url.split("/")[-2])
    assert interview_of(database, number).recordings[0].size_bytes == long_sound.stat().st_size


def test_a_page_loaded_anew_remembers_what_was_typed_and_goes_on_sending(
    page_of: OpenPage,
    long_sound: Path,
    sounds: Path,
) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto("/lever")
    choose(page, sounds / "side1.mp3")
    expect(page.locator("#chosen .file-status.good")).to_have_count(1)
    change = slow_down(page, 3_000_000)
    choose(page, long_sound)
    status = page.locator("#chosen .file-status").nth(1)
    wait_for(lambda: int((re.match(r"(\d+) %", status.inner_text()) or [0, 0])[1]) > 35)
    change(50_000)
    fill_in(page, "Skrevet før strømmen gikk")
    page.once("dialog", lambda dialog: dialog.accept())  # the browser asks whether to leave while it sends
    page.reload()
    expect(page.get_by_label("Tittel")).to_have_value("Skrevet før strømmen gikk")
    expect_files(page, "side1.mp3")  # whole: no need to choose it again
    waiting = page.locator("#waiting .file")
    expect(waiting).to_contain_text("Velg den samme filen igjen")
    change(-1)
    made: list[str] = []
    first_offset: list[str] = []
    page.on("request", lambda request: made.append(request.url) if request.url.endswith("/tus/") else None)
    page.on(
        "request",
        lambda request: first_offset.append(request.headers["upload-offset"]) if request.method == "PATCH" else None,
    )
    choose(page, long_sound)
    hand_in(page)
    assert made == []
    assert int(first_offset[0]) >= 8 * 1024 * 1024


def test_a_server_killed_in_mid_upload_is_waited_for(
    settings: Settings,
    chromium: Browser,
    long_sound: Path,
) -> None:
    server = Server(settings)
    context = chromium.new_context(base_url=server.url, viewport={"width": PHONE[0], "height": PHONE[1]})
    try:
        cookie = {"name": "stemme", "value": session_cookie(settings, "volunteer"), "url": server.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        page.goto("/lever")
        change = slow_down(page, 3_000_000)
        choose(page, long_sound)
        status = page.locator("#chosen .file-status")
        wait_for(lambda: int((re.match(r"(\d+) %", status.inner_text()) or [0, 0])[1]) > 35)
        server.kill()
        expect(status).to_contain_text("Nettet er borte")
        server = Server(settings, port=server.port)
        change(-1)
        fill_in(page)
        hand_in(page)
    finally:
        context.close()
        server.stop()


def test_pause_go_on_and_regret(page_of: OpenPage, long_sound: Path, settings: Settings) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto("/lever")
    change = slow_down(page, 1_000_000)
    choose(page, long_sound)
    expect(page.locator("#chosen .file-status")).to_contain_text("%")
    page.get_by_role("button", name="Pause lang.wav").click()
    expect(page.locator("#chosen .file-status")).to_contain_text("Satt på pause")
    go_on = page.get_by_role("button", name="Fortsett lang.wav")
    expect(go_on).to_be_focused()
    change(-1)
    go_on.click()
    expect(page.locator("#chosen .file-status.good")).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Fjern lang.wav").click()
    expect(page.locator("#chosen .file")).to_have_count(0)
    wait_for(lambda: not list(settings.incoming.iterdir()))


def test_by_keyboard_alone_on_a_phone(page_of: OpenPage, sounds: Path, database: Database) -> None:
    page = page_of(Role.VOLUNTEER, size=PHONE)
    page.on("filechooser", lambda _: None)  # asked for only when it is waited for, Chromium may be told too late
    page.goto("/lever")

    def tab_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            focused = "(document.activeElement.getAttribute('aria-label') || document.activeElement.name || '') + ' ' +"
            if page.evaluate(f"{focused} document.activeElement.textContent").strip().startswith(name):
                return
        raise AssertionError(f"no {name} to tab to")

    tab_to("Velg opptak")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([str(sounds / "side1.mp3"), str(sounds / "side2.mp3")])
    expect(page.locator("#chosen .file-status.good")).to_have_count(2)
    tab_to("Flytt ned")
    page.keyboard.press("Enter")
    expect_files(page, "side2.mp3", "side1.mp3")
    tab_to("title")
    page.keyboard.type("Med bare tastaturet")
    tab_to("Forteller")
    page.keyboard.type("Ragnhild Oppdiktet")
    tab_to("held_on")
    page.keyboard.type("03142022")
    tab_to("Lever opptaket")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kvittering")
    interview = interview_of(database, int(page.url.split("/")[-2]))
    assert (interview.title, str(interview.held_on)) == ("Med bare tastaturet", "2022-03-14")


def test_without_scripts_the_form_still_hands_in(
    page_of: OpenPage,
    sounds: Path,
    database: Database,
) -> None:
    page = page_of(Role.VOLUNTEER, size=PHONE, scripts=False)
    page.goto("/lever")
    expect(page.get_by_text("15 MB til sammen")).to_be_visible()
    page.set_input_files("#files", [str(sounds / "side1.mp3")])
    page.get_by_role("button", name="Lever opptaket").click()
    expect(page.get_by_text("Opptaket er ikke levert ennå")).to_be_visible()
    fill_in(page)
    page.get_by_role("button", name="Legg til en forteller til").click()
    page.get_by_label("Forteller 2").fill("Olav Oppdiktet")
    interview = interview_of(database, hand_in(page))
    assert len(interview.narrators) == 2
    assert interview.recordings[0].original_name == "side1.mp3"


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_nothing_that_axe_finds_and_nothing_too_small(
    page_of: OpenPage,
    sounds: Path,
    size: tuple[int, int],
) -> None:
    page = page_of(Role.VOLUNTEER, size=size)
    page.goto("/lever")
    choose(page, sounds / "side1.mp3", sounds / "brev.mp3")
    expect(page.locator("#chosen .file-status.problem")).to_have_count(1)
    page.get_by_role("button", name="Lever opptaket").click()
    expect(page.locator("#missing")).to_be_focused()
    look_at(page)
    page.once("dialog", lambda dialog: dialog.accept())
    remove(page, "brev.mp3")
    fill_in(page)
    hand_in(page)
    look_at(page)
    for path in ("/mine-opptak", "/intervjuplan", "/intervjuplan/ny"):
        page.goto(path)
        look_at(page)


TOO_SMALL = """[...document.querySelectorAll("main button, main .btn, main input, main select, main textarea")]
  .filter((each) => each.offsetParent && !["checkbox", "radio"].includes(each.type) && each.offsetHeight < 44)
  .map((each) => each.outerHTML)"""


def look_at(page: Page) -> None:
    page.wait_for_load_state()
    if page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}:  # for a screen see test_look
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
