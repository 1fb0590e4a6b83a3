"""*Legg inn en tekst* in a real browser, on a phone and on a desk."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from archive.accounts import Role
from tests.web.live import PHONE, WIDE

pytestmark = pytest.mark.browser

TYPED = """Intervju med Kari Nordmann på Inderøya

[00:00:10] Intervjuer: Når ble laget stiftet?
[00:00:14] Kari Nordmann: Det var i 1975, på skolen. Vi var elleve som møtte, og det var kaffe og god stemning.
[00:00:25] Intervjuer: Hvem ble leder?
[00:00:27] Kari Nordmann: Det ble Ola, han itj ville, men det gikk bra likevel.
"""


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_a_text_goes_from_a_file_to_a_page_that_can_be_read(
    page_of: Callable[..., Page], tmp_path: Path, size: tuple[int, int]
) -> None:
    """axe finds nothing, nothing runs off the page, and no player waits for a sound that is not there."""
    (tmp_path / "samtale.txt").write_text(TYPED)
    page = page_of(Role.VOLUNTEER, size=size)
    page.goto("/lever")
    page.get_by_role("link", name="Legg inn en tekst").click()
    expect(page.get_by_label("Filen med teksten")).to_be_visible()
    _look(page, "1-velg", size)
    page.get_by_label("Filen med teksten").set_input_files(tmp_path / "samtale.txt")
    page.get_by_role("button", name="Se hva som står i filen").click()
    expect(page.get_by_role("heading", name="Se over teksten")).to_be_visible()
    expect(page.get_by_text("Kari Nordmann", exact=True).first).to_be_visible()
    _look(page, "2-se-over", size)
    page.get_by_role("button", name="Legg inn teksten").click()
    expect(page.get_by_text("Det er noe å rette på")).to_be_visible()
    page.get_by_label("Tittel").fill("Da laget ble stiftet")
    expect(page.get_by_label("Forteller", exact=True)).to_have_value("Kari Nordmann")
    page.get_by_label("Dagen intervjuet ble holdt").fill("2022-03-14")
    page.get_by_role("button", name="Legg inn teksten").click()
    expect(page.get_by_role("heading", name="Da laget ble stiftet")).to_be_visible()
    expect(page.get_by_text("han itj ville")).to_be_visible()
    expect(page.locator("#spiller")).to_have_count(0)
    _look(page, "3-les", size)


def _look(page: Page, name: str, size: tuple[int, int]) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if size == PHONE:  # for a screen see test_look
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    if folder := os.environ.get("STEMME_TEST_PICTURES"):  # to look at it oneself
        page.screenshot(path=Path(folder) / f"{name}-{size[0]}.png", full_page=True)
