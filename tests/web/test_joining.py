"""The joint link: ask, wait, and in after a yes."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from archive.accounts import Role
from tests.web.conftest import Browser
from tests.web.live import PHONE


@pytest.fixture
def link(secretary: Browser) -> str:
    """The address of the joint link, which the secretary turned on."""
    secretary.post_form("/brukere/felles-lenke", {"turn": "on"}, page="/brukere")
    found = re.search(r"http://localhost(/bli-med/[^\"]+)", secretary.get("/brukere").text)
    assert found
    return found[1]


def ask(browser: Browser, link: str, name: str = "Per Prøve", contact: str = "") -> str:
    answer = browser.post_form(link, {"name": name, "contact": contact}, page=link)
    return answer.headers.get("Location", "")


def answer(secretary: Browser, said: str) -> str:
    """Answer whoever waits; what the secretary then reads."""
    number = re.search(r"/brukere/svar/(\d+)", secretary.get("/brukere").text)
    assert number
    address = f"/brukere/svar/{number[1]}"
    return secretary.post_form(address, {"answer": said}, page="/brukere", follow_redirects=True).text


def test_who_asks_waits_and_comes_in_after_a_yes(visitor: Browser, secretary: Browser, link: str) -> None:
    assert ask(visitor, link, contact="per@eksempel.no") == "/bli-med/venter"
    assert "Du venter på svar" in visitor.get("/bli-med/venter").text
    assert visitor.post_form("/bli-med/venter").status_code == 410
    assert "1 ting venter" in secretary.get("/").text
    assert "Vil logge inn" in secretary.get("/skrivebord").text
    answer(secretary, "yes")
    assert "Du er sluppet inn" in visitor.get("/bli-med/venter").text
    assert visitor.post_form("/bli-med/venter", page="/bli-med/venter").headers["Location"] == "/velkommen"
    assert "per@eksempel.no" in visitor.get("/velkommen").text
    assert "Per Prøve (medlem)" in visitor.get("/").text


def test_the_waiting_page_asks_by_itself_with_and_without_script(visitor: Browser, link: str) -> None:
    ask(visitor, link)
    page = visitor.get("/bli-med/venter").text
    assert 'http-equiv="refresh"' in page
    assert 'hx-get="/bli-med/venter"' in page
    part = visitor.get("/bli-med/venter", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "Du venter på svar" in part


@pytest.mark.parametrize(("said", "told"), [("yes", "er sluppet inn"), ("no", "får ikke komme inn")])
def test_the_secretary_reads_whom_the_answer_was_about(
    visitor: Browser, secretary: Browser, link: str, said: str, told: str
) -> None:
    ask(visitor, link, name="Nils <b>Prøve")
    assert f"Nils &lt;b&gt;Prøve {told}." in answer(secretary, said)


@pytest.mark.browser
def test_in_a_real_browser_the_page_changes_when_the_answer_comes(
    page_of: Callable[..., Page],
    secretary: Browser,
    link: str,
) -> None:
    page = page_of(Role.VISITOR, size=PHONE)
    page.goto(link)
    page.get_by_label("Navnet ditt").fill("Per Prøve")
    page.get_by_role("button", name="Be om å bli med").click()
    page.get_by_role("heading", name="Du venter på svar").wait_for()
    answer(secretary, "yes")
    page.get_by_role("button", name="Gå inn").click()
    page.get_by_role("heading", name="Du er inne, Per Prøve").wait_for()


def test_a_no_is_said_kindly(visitor: Browser, secretary: Browser, link: str) -> None:
    ask(visitor, link)
    answer(secretary, "no")
    assert "Sekretæren sa nei" in visitor.get("/bli-med/venter").text
    assert visitor.post_form("/bli-med/venter").status_code == 410


def test_a_yes_is_for_the_browser_that_asked(app: Flask, visitor: Browser, secretary: Browser, link: str) -> None:
    ask(visitor, link)
    answer(secretary, "yes")
    other: Browser = app.test_client()  # type: ignore[assignment]
    assert other.get("/bli-med/venter").status_code == 410
    assert other.post_form("/bli-med/venter").status_code == 410


def test_a_link_that_is_turned_off_or_replaced_stops_working(visitor: Browser, secretary: Browser, link: str) -> None:
    secretary.post_form("/brukere/felles-lenke", {"turn": "on"}, page="/brukere")
    assert "Lenken virker ikke" in visitor.get(link).text
    secretary.post_form("/brukere/felles-lenke", {"turn": "off"}, page="/brukere")
    assert "Lag en felles lenke" in secretary.get("/brukere").text
    assert visitor.post_form(link, {"name": "Per"}).status_code == 410


def test_a_name_is_needed(visitor: Browser, link: str) -> None:
    page = visitor.post_form(link, {"name": "  ", "contact": "99 88 77 66"}, page=link)
    assert page.status_code == 422
    assert "Skriv navnet." in page.text
    assert 'value="99 88 77 66"' in page.text


def test_a_flood_of_names_stops(monkeypatch: pytest.MonkeyPatch, visitor: Browser, link: str) -> None:
    monkeypatch.setattr("web.joining.MOST_WAITING", 2)
    assert ask(visitor, link) and ask(visitor, link)
    assert visitor.post_form(link, {"name": "En til"}, page=link).status_code == 429
