"""Handing in a document in a browser, and reading it on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from archive.accounts import Role
from tests.archive.readable.test_numbers import INVENTED
from tests.media import papers
from tests.web.live import PHONE, open_before_its_script
from tests.web.test_records import Put, put  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


def test_a_file_is_sent_as_soon_as_it_is_chosen_and_handed_in_with_what_is_typed(
    page_of: Callable[..., Page], tmp_path: Path
) -> None:
    page = page_of(Role.VOLUNTEER, size=PHONE)
    page.goto("/dokumenter/lever")
    path = tmp_path / "låst.pdf"
    path.write_bytes(papers.locked_pdf())
    page.get_by_label("Fil").set_input_files(path)
    expect(page.get_by_text("låst med passord")).to_be_visible()
    path = tmp_path / "møte.pdf"
    path.write_bytes(papers.pdf([["Referat fra brygga"], ["Side to"]]))
    page.get_by_label("Fil").set_input_files(path)
    expect(page.get_by_text("Lastet opp: 2 sider")).to_be_visible()
    page.get_by_label("Tittel").fill("Referat fra brygga")
    page.get_by_label("Hva er det?").select_option("møtereferat")
    page.get_by_label("Når er det fra?").fill("våren 1974")
    page.get_by_role("button", name="Lever dokumentet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Referat fra brygga")
    expect(page.get_by_text("Mottatt. Dokumentet heter TSV-D-0001")).to_be_visible()
    expect(page.get_by_text("PDF, 897 byte, 2 sider")).to_be_visible()


def test_a_file_that_is_chosen_before_the_script_runs_is_sent(page_of: Callable[..., Page], tmp_path: Path) -> None:
    page = page_of(Role.VOLUNTEER)
    path = tmp_path / "møte.pdf"
    path.write_bytes(papers.pdf([["Referat fra brygga"]]))
    let_it_come = open_before_its_script(page, "/dokumenter/lever", "onefile.js")
    page.get_by_label("Fil").set_input_files(path)
    let_it_come()
    expect(page.get_by_text("Lastet opp: 1 side")).to_be_visible()


def test_a_plan_is_read_on_a_phone_and_its_lines_are_cited_without_scripts(
    page_of: Callable[..., Page],
    put: Put,  # noqa: F811
) -> None:
    put("Plan for dugnaden", INVENTED)
    page = page_of(Role.VISITOR, size=PHONE, scripts=False)
    page.goto("/dokumenter")
    page.get_by_role("link", name="Plan for dugnaden").click()
    page.get_by_label("Linje", exact=True).fill("5-6")
    page.get_by_role("button", name="Merk linjene").click()
    expect(page.locator("mark").first).to_contain_text("Vi dugner fordi brygga")
    expect(page.get_by_label("Henvisning")).to_have_value(
        "«Plan for dugnaden», våren 1974. TSV-D-0001, side 1, linje 5–6."
    )
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


PAGES = (
    "/dokumenter",
    "/dokumenter?serie=A",
    "/dokument/1?linje=5-6",
    "/dokument/1/endre",
    "/dokument/1/tilgang",
    "/dokument/1/ny-fil",
    "/dokument/1/historikk",
    "/dokumenter/lever",
    "/dokumenter/arkivliste?arkivskaper=-",
)
LOW = """[...document.querySelectorAll("button, .btn, input:not([type=hidden], [type=radio]), nav a")]
  .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44).map(each => each.outerHTML)"""


def test_the_pages_fit_a_phone_also_with_large_text_and_axe_finds_nothing(
    page_of: Callable[..., Page],
    put: Put,  # noqa: F811
) -> None:
    put("Plan for dugnaden", INVENTED)
    page = page_of(Role.SECRETARY, size=PHONE)
    for path in PAGES:
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        assert page.evaluate(LOW) == [], path
        for size in ("", "36px"):
            page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], (path, size)
