"""The site on a port of its own, and a real Chromium in front of it."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, Route
from waitress.server import create_server

from archive.accounts import Role
from archive.settings import Settings
from tests.chromium import PATIENCE_S
from tests.web.served import session_cookie

WIDE, PHONE = (1280, 900), (390, 844)


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The address of the site, served as `stemme web` does."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture
def page_of(live: str, settings: Settings, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A page that is logged in as the person with a role. What the browser complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_page(role: Role, *, size: tuple[int, int] = WIDE, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=live, viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts
        )
        contexts.append(context)
        if role is not Role.VISITOR:
            context.add_cookies([{"name": "stemme", "value": session_cookie(settings, role.value), "url": live}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, complaints


def open_before_its_script(page: Page, path: str, script: str) -> Callable[[], None]:
    """Open a page that one of its scripts does not come to, as on a thin line; gives what lets the script come."""
    held: list[Route] = []
    is_open = threading.Event()

    def hold(route: Route) -> None:
        if is_open.is_set():
            route.continue_()
        else:
            held.append(route)

    address = f"**/{script}*"
    page.route(address, hold)
    with page.expect_request(address):
        page.goto(path, wait_until="commit")

    def let_it_come() -> None:
        is_open.set()
        for route in held:
            route.continue_()

    return let_it_come


def follow(page: Page, target: Locator) -> None:
    """Press what leads to another page, and wait until that page is there with its scripts.

    A press alone waits for nothing: what comes next may meet the old page, one without its scripts or its style, or
    (`goto`) break off what was sent.
    """
    with page.expect_event("load"):
        target.click()


def sounds_at(page: Page) -> float:
    """Where the sound is, in seconds."""
    return float(page.evaluate("document.getElementById('lyd').currentTime"))


def wait_for(holds: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Until it holds. Playwright's own waiting evaluates strings, which our pages forbid."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never held"
        time.sleep(0.03)


def wait_for_sound(page: Page) -> None:
    """Until something was heard."""
    wait_for(lambda: page.evaluate(_WAS_HEARD))


def heard_from(page: Page) -> float:
    """Where what was heard last began, in seconds, however late one looks. For a sound that was there before."""
    return float(page.evaluate(_HEARD_FROM))


def began_at(page: Page, press: Callable[[], None]) -> float:
    """Press what lets the sound of this page begin; where it began, in seconds, however late one looks."""
    page.evaluate(_NOTE_BEGINNINGS)
    press()
    wait_for(lambda: page.evaluate("window.beginnings.length"))
    return float(page.evaluate("window.beginnings[0]"))


_NOTE_BEGINNINGS = """(sound => {
  window.beginnings = [];
  sound.addEventListener("playing", () => window.beginnings.push(sound.currentTime));
})(document.getElementById('lyd'))"""
_WAS_HEARD = """(sound => sound?.played.length > 0 && !sound.seeking && sound.readyState > 2)(
  document.getElementById('lyd'))"""
_HEARD_FROM = "(played => played.start(played.length - 1))(document.getElementById('lyd').played)"


def write_down_words(page: Page) -> Callable[[], list[str]]:
    """From now on the words that are marked as they sound are written down; gives what reads them."""
    page.evaluate(
        """(() => {
          window.marked = [];
          new MutationObserver(changes => {
            for (const { target } of changes) if (target.matches(".now")) window.marked.push(target.textContent);
          }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["class"] });
        })()"""
    )
    return lambda: list(page.evaluate("window.marked"))
