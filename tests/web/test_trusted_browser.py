"""In a real browser: what is unsure, missing and where it comes from, with and without scripts, on phone and screen."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from archive.accounts import Role
from archive.database import Database
from archive.interviews import Interview, Status
from archive.recordings import MachineLayer, RecordingState
from tests.web.live import PHONE, WIDE, sounds_at, wait_for
from tests.web.stories import lines_of

pytestmark = pytest.mark.browser
GAP = "fra=33200&til=37800"


def pages_of(number: int) -> list[str]:
    at = f"/intervju/{number}"
    return [at, f"{at}/teksten", f"{at}/teksten/1", f"{at}/ny-linje?{GAP}", f"{at}/maskinen/hor-pa-nytt?opptak=1"]


def looks_right(page: Page, path: str) -> None:
    """Axe finds nothing on a phone, nothing runs off the page, and what one presses is large enough."""
    page.wait_for_load_state()
    if page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}:  # for a screen see test_look
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
    low = page.evaluate(
        """[...document.querySelectorAll("main button, main .btn, main summary, main select, .line-tools a")]
           .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
           .map(each => each.outerHTML)"""
    )
    assert low == [], path


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_every_page_looks_right(
    doubtful: int, database: Database, page_of: Callable[..., Page], size: tuple[int, int]
) -> None:
    with database.write() as session:
        session.query(MachineLayer).one().languages = {"en": 0.9}
        session.commit()
    page = page_of(Role.SECRETARY, size=size)
    for path in pages_of(doubtful):
        page.goto(path)
        for details in page.locator("main details:not(.keys) > summary").all():
            if details.is_visible():
                details.click()
        looks_right(page, path)
    page.goto(f"/intervju/{doubtful}")
    page.locator(".line.unsure .correct").first.click()
    expect(page.get_by_text("Maskinen hørte også:")).to_be_visible()
    looks_right(page, "the form")


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_while_the_machine_works(
    doubtful: int, database: Database, page_of: Callable[..., Page], size: tuple[int, int]
) -> None:
    with database.write() as session:
        interview = session.get_one(Interview, doubtful)
        interview.status, interview.recordings[0].state = Status.PROCESSING, RecordingState.WORKING
        session.commit()
    page = page_of(Role.SECRETARY, size=size)
    page.goto(f"/intervju/{doubtful}")
    looks_right(page, "working")
    page.get_by_role("button", name="Pause").focus()
    with page.expect_response(lambda answer: "/tekst?" in answer.url):
        pass  # the page asks whether there is more
    page.wait_for_timeout(200)
    assert page.evaluate("document.activeElement.id") == "pause-arbeid"  # whoever stands on the button stays there
    page.keyboard.press("Enter")
    expect(page.get_by_text("Satt på pause.").first).to_be_visible()
    looks_right(page, "paused")
    page.get_by_role("link", name="Avbryt").click()
    really = page.get_by_role("button", name="Ja, avbryt")
    expect(really).to_be_visible()
    looks_right(page, "cancel")
    really.click()
    expect(page.get_by_text("Skrivingen er avbrutt.").first).to_be_visible()


def test_from_one_unsure_place_to_the_next(doubtful: int, database: Database, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY)
    page.goto(f"/intervju/{doubtful}")
    page.get_by_role("link", name="Gå til det første usikre stedet").click()
    first = page.locator(".line.unsure").first
    expect(first).to_be_in_viewport()
    first.get_by_role("link", name="Rett linjen").click()
    page.get_by_role("link", name="Bruk denne").first.click()
    box = page.get_by_label("Det som blir sagt")
    expect(box).to_have_value("Det var en annen som kom dit.")
    page.get_by_role("button", name="Lagre", exact=True).click()
    saved = lines_of(database, doubtful)[1]
    line = page.locator(f"#linje-{saved.id}")
    expect(line).to_contain_text("Det var en annen som kom dit.")
    expect(line).not_to_have_class("line unsure")
    expect(line.get_by_role("link", name="Neste usikre sted")).to_be_visible()  # the answer to the saved form
    assert lines_of(database, doubtful)[1].checked
    line.get_by_role("link", name="Neste usikre sted").click()
    expect(page).to_have_url(re.compile(f"#linje-{lines_of(database, doubtful)[2].id}$"))


def test_a_gap_is_heard_and_filled_without_scripts(doubtful: int, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY, scripts=False)
    page.goto(f"/intervju/{doubtful}")
    page.locator("details.why summary").first.click()
    expect(page.get_by_text("Maskinen gjentok seg her.")).to_be_visible()
    page.get_by_role("link", name="Skriv det som mangler").last.click()
    page.get_by_role("link", name="Bruk denne").click()
    expect(page.get_by_label("Det som blir sagt")).to_have_value("takk for at du så på")
    page.get_by_label("Det som blir sagt").fill("Og så dro vi hjem.")
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Og så dro vi hjem.")).to_be_visible()
    expect(page.locator(".hole", has_text="mangler tekst")).to_have_count(1)


def test_the_sound_of_a_gap_is_one_press_away(doubtful: int, page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY)
    page.goto(f"/intervju/{doubtful}")
    page.get_by_role("link", name="Hør fra 0:15").click()
    wait_for(lambda: sounds_at(page) >= 15)
