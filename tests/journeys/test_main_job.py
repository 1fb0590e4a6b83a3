"""A volunteer hands in a recording, it becomes text, a member finds a word and hears it from there."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import REAL
from tests.web.live import PHONE, began_at, follow, wait_for

# On a busy machine; alone each takes half a minute.
pytestmark = [pytest.mark.browser, pytest.mark.weights, pytest.mark.timeout(900)]

TEXT_WITHIN_S = 240
# How far from the word the sound may be when it starts: it begins 2 s before.
NEAR_S = 2.5


@pytest.fixture(scope="module")
def handed_in(come_in: Callable[..., Page], cut: Callable[[int, int], Path]) -> tuple[Page, str, str]:
    """A volunteer hands in a recording and waits for its text: her page, the interview's address, a word of it.

    It takes half a minute, so two journeys go on from here.
    """
    page = come_in("volunteer")
    page.goto("/lever")
    page.set_input_files("input[type=file]", REAL if REAL.exists() else cut(0, 60))
    fill_in(page, "Talen i hagen")
    page.get_by_role("button", name="Lever opptaket").click()
    page.get_by_role("heading", name="Mottatt og kontrollert").wait_for()
    address = open_finished(page)
    return page, address, a_word_of(page)


def test_a_volunteer_hands_in_a_recording_and_hears_a_word_of_it(handed_in: tuple[Page, str, str]) -> None:
    page, address, word = handed_in
    page.goto(f"/sok?q={word}")
    hit = page.locator(f".hit[data-interview='{number_of(address)}'] [data-hear]").first
    assert is_near(page, began_at(page, hit.click), address, word)


def test_the_same_on_a_phone_with_the_keyboard_only(
    come_in: Callable[..., Page], cut: Callable[[int, int], Path]
) -> None:
    page = come_in("volunteer", size=PHONE)
    page.goto("/lever")
    with page.expect_file_chooser() as chooser:
        tab_to(page, page.get_by_role("button", name="Velg opptak", exact=True))
        page.keyboard.press("Enter")
    chooser.value.set_files(cut(20, 30))
    tab_to(page, page.get_by_label("Tittel"))
    page.keyboard.type("På telefonen")
    tab_to(page, page.locator("input[name=narrators]").first)
    page.keyboard.type("Oppdiktet Forteller")
    tab_to(page, page.locator("input[name=held_on]"))
    page.keyboard.type("14032022")
    tab_to(page, page.get_by_role("button", name="Lever opptaket"))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Mottatt og kontrollert").wait_for()
    address = open_finished(page)

    word = a_word_of(page)
    page.goto("/sok")
    tab_to(page, page.locator("input[name=q]"))
    page.keyboard.type(word)
    page.keyboard.press("Enter")
    hit = page.locator(f".hit[data-interview='{number_of(address)}'] [data-hear]").first
    hit.wait_for()
    page.wait_for_load_state()
    tab_to(page, hit)
    began_s = began_at(page, lambda: page.keyboard.press("Enter"))
    assert is_near(page, began_s, address, word)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_nothing_is_found_until_the_secretary_opens_it(
    come_in: Callable[..., Page], handed_in: tuple[Page, str, str]
) -> None:
    _volunteer, address, word = handed_in
    visitor, member = come_in("visitor"), come_in("member")
    for reader in (visitor, member):
        assert nothing_of(reader, address, word)

    secretary = come_in("secretary")
    secretary.goto(f"{address}/tilgang")
    secretary.get_by_label("Hvem har gitt samtykket?").fill("Oppdiktet Forteller")
    secretary.locator("input[name=use][value=members]").check()
    secretary.get_by_label("Hvor ligger papiret?").fill("Perm 1, arkivskapet")
    secretary.locator("input[name=access][value=members]").check()
    secretary.get_by_role("button", name="Lagre samtykket").click()
    secretary.get_by_text("gjelder", exact=True).wait_for()

    hit = soon_found(member, address, word)
    assert is_near(member, began_at(member, hit.click), address, word)
    assert nothing_of(visitor, address, word)

    secretary.goto(address)
    follow(secretary, secretary.get_by_role("button", name="Lukk nå"))
    expect(secretary.get_by_text("Intervjuet er lukket.")).to_be_visible()
    assert nothing_of(member, address, word)


def fill_in(page: Page, title: str) -> None:
    """What has to be said about an interview."""
    page.get_by_label("Tittel").fill(title)
    page.locator("input[name=narrators]").first.fill("Oppdiktet Forteller")
    page.locator("input[name=held_on]").fill("2022-03-14")


def open_finished(page: Page) -> str:
    """Wait at the receipt until the text is finished, and open the interview: its address."""
    number = re.search(r"/lever/(\d+)/", page.url)
    assert number
    address = f"/intervju/{number[1]}"
    page.locator(".growing .say").first.wait_for(timeout=TEXT_WITHIN_S * 1000)  # it grows before the reader's eyes
    deadline = time.monotonic() + TEXT_WITHIN_S
    while time.monotonic() < deadline:
        page.goto(address)
        if page.locator("[data-player]").count() and not page.locator("#tekststatus[hx-get]").count():
            return address
        time.sleep(1)
    raise AssertionError("the text was never finished")


def a_word_of(page: Page) -> str:
    """A long word of the machine's own text on the page."""
    words = re.findall(r"[a-zæøå]{6,}", " ".join(page.locator(".words").all_inner_texts()))
    assert words, "the machine wrote no long word"
    return max(words, key=len)


def number_of(address: str) -> str:
    """An interview's number from its address."""
    return address.rsplit("/", 1)[1]


def nothing_of(page: Page, address: str, word: str) -> bool:
    """Whether this reader gets nothing at all: no hit, no page, no sound, no waveform, no export."""
    page.goto(f"/sok?q={word}")
    if page.locator(f".hit[data-interview='{number_of(address)}']").count():
        return False
    parts = ("", "/lyd", "/bolger", "/eksport/txt", "/eksport/json")
    return all(page.request.get(f"{address}{part}").status == 404 for part in parts)


def soon_found(page: Page, address: str, word: str) -> Locator:
    """The play button of the hit, as soon as the index has it."""
    hit = page.locator(f".hit[data-interview='{number_of(address)}'] [data-hear]").first

    def there() -> int:
        page.goto(f"/sok?q={word}")
        return hit.count()

    wait_for(there)
    return hit


def is_near(page: Page, began_s: float, address: str, word: str) -> bool:
    """Whether a sound that began there began within 2.5 s of where the transcript itself has the word."""
    segments = page.request.get(f"{address}/eksport/json").json()["segments"]
    times = [each["start_ms"] / 1000 for line in segments for each in line["words"] if word in each["text"].lower()]
    return any(abs(began_s - time_s) <= NEAR_S for time_s in times)


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus, as one does without a mouse."""
    for _ in range(80):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard never came there")
