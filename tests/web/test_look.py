"""What one sees: contrast, sizes, keyboard, and what axe finds, on a phone and on a screen."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from archive.accounts import Role, User, change_role
from archive.database import Database
from archive.interviews import Interview, InterviewDetails, change_details
from archive.site import save_settings
from tests.web.live import PHONE, WIDE, follow, open_before_its_script
from tests.web.stories import NOW

CSS = Path(__file__).parents[2] / "web" / "static" / "css"
PAGES = {
    Role.VISITOR: ("/", "/logg-inn", "/hjelp", "/personvern", "/finnes-ikke"),
    Role.SECRETARY: (
        "/",
        "/brukere",
        "/brukere/ny",
        "/brukere/1",
        "/brukere/1/historikk",
        "/innstillinger",
        "/innstillinger/historikk",
        "/intervju/1/historikk",
        "/min-konto",
        "/personvern/rediger",
        "/organisasjon",
        "/organisasjon/ansvar",
        "/organisasjon/1",
        "/organisasjon/ny",
        "/organisasjon/verv/ny",
    ),
}


@pytest.fixture
def changed(story: int, database: Database) -> None:
    """Somebody has changed the first interview, the first user and the settings, for the pages that tell of it."""
    with database.write() as session:
        interview, user = session.get_one(Interview, story), session.get_one(User, 1)
        details = InterviewDetails(title="Blanketten og bussen", place="Snåsa", summary="Om en nabo. " * 40)
        change_details(session, interview, details, by=None, now=NOW)
        change_role(session, user, Role.VOLUNTEER, by=None, now=NOW)
        save_settings(session, {"archive_name": "Minnene fra Namdalen"}, by=None, now=NOW)
        session.commit()


def tokens(dark: bool) -> dict[str, str]:
    """The colours of the light or the dark paper."""
    sheet = (CSS / "base.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\n\s*\}", sheet, re.DOTALL)
    found: dict[str, str] = {}
    for block in blocks[: 2 if dark else 1]:
        found.update(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block))
    return found


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 computes it."""

    def brightness(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
        parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("ink", ("paper", "card", "field", "tag", "warn-light", "act-light", "now")),
        ("soft", ("paper", "card")),
        ("act-dark", ("paper", "card", "act-light")),
        ("on-act", ("act", "act-deep")),
        ("ok", ("ok-light",)),
        ("warn", ("warn-light",)),
        ("on-mark", ("mark",)),
    ],
)
def test_text_is_read_at_seven_to_one(dark: bool, text: str, grounds: tuple[str, ...]) -> None:
    colours = tokens(dark)
    for ground in grounds:
        assert contrast(colours[text], colours[ground]) >= 7, f"{text} on {ground}"


@pytest.mark.parametrize("dark", [False, True])
def test_the_edges_of_what_one_operates_are_seen_at_three_to_one(dark: bool) -> None:
    colours = tokens(dark)
    for ground in ("paper", "card", "field"):
        for line in ("edge", "act-line"):
            assert contrast(colours[line], colours[ground]) >= 3, f"{line} on {ground}"


@pytest.mark.browser
@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize("size", [PHONE, WIDE])
@pytest.mark.parametrize("role", list(PAGES))
def test_axe_finds_nothing_and_nothing_runs_off_the_page(
    page_of: Callable[..., Page],
    role: Role,
    size: tuple[int, int],
) -> None:
    """Axe looks at each page on a phone; on a screen at one, where the menu lies open. Only the place differs there."""
    page = page_of(role, size=size)
    for number, path in enumerate(PAGES[role]):
        page.goto(path)
        assert not path.endswith("/historikk") or page.locator(".changes form").count(), path
        if size == PHONE or number == 0:
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, path


@pytest.mark.browser
@pytest.mark.usefixtures("changed")
def test_text_twice_as_large_still_fits_a_phone(page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY, size=PHONE)
    for path in PAGES[Role.SECRETARY]:
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '36px'")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, path


@pytest.mark.browser
def test_a_form_that_stood_open_is_sent_again_with_a_press(page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY)
    page.goto("/brukere/ny")
    page.get_by_label("Navn").fill("Åse Øvre Li")
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(each => { each.value = 'gammelt'; })")
    page.get_by_role("button", name="Legg til, og lag en lenke").click()
    page.get_by_role("heading", name="Siden har stått åpen lenge").wait_for()
    page.get_by_role("button", name="Send en gang til").click()
    page.get_by_role("heading", name="Lenken til Åse Øvre Li er klar").wait_for()


@pytest.mark.browser
@pytest.mark.usefixtures("changed")
def test_what_one_presses_is_large_enough(page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY, size=PHONE)
    for path in PAGES[Role.SECRETARY]:
        page.goto(path)
        low = page.evaluate(
            """[...document.querySelectorAll("button, .btn, input:not([type=hidden], [type=radio]), nav a")]
               .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
               .map(each => each.outerHTML)"""
        )
        assert low == [], path


@pytest.mark.browser
def test_on_a_phone_the_menu_opens_by_keyboard(page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY, size=PHONE)
    page.goto("/")
    button = page.get_by_role("button", name="Meny")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Hopp til innholdet"
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    page.get_by_role("navigation").get_by_role("link", name="Skrivebord").click()
    expect(page).to_have_url(re.compile("/skrivebord$"))


@pytest.mark.browser
def test_the_menus_button_is_seen_once_it_answers(page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY, size=PHONE)
    let_it_come = open_before_its_script(page, "/", "base.js")
    button = page.locator("[data-menu-button]")
    expect(button).to_be_hidden()
    let_it_come()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")


@pytest.mark.browser
def test_without_scripts_the_menu_lies_open_on_a_phone(page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY, size=PHONE, scripts=False)
    page.goto("/")
    expect(page.get_by_role("navigation").get_by_role("link", name="Skrivebord")).to_be_visible()
    expect(page.locator("[data-menu-button]")).to_be_hidden()


@pytest.mark.browser
def test_a_link_is_copied_or_marked(page_of: Callable[..., Page]) -> None:
    page = page_of(Role.SECRETARY)
    page.goto("/brukere")
    follow(page, page.get_by_role("button", name="Lag en felles lenke"))
    page.get_by_role("button", name="Kopier").click()
    said = re.compile(r"^(Kopiert\.|Teksten er merket\. Trykk Ctrl og C for å kopiere\.)$")
    expect(page.locator("#felles-adresse-said")).to_have_text(said)
