"""A new archive: every page leads to the first one, and only who has the printed code becomes the owner."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from archive.accounts import Role, User, first_run_code
from archive.setup import initialise, open_database
from tests.conftest import settings_for
from tests.web.conftest import PASSWORD, Browser

TYPED = {"name": "Dag Drift", "username": "Dag", "new_password": PASSWORD, "archive_name": "Frosta forteller"}


@pytest.fixture
def new(tmp_path: Path, make_app: Callable[..., Flask]) -> tuple[Browser, str]:
    """A browser on an archive that nobody owns, and the code that the machine printed."""
    settings = settings_for(tmp_path / "new")
    initialise(settings, now=datetime.now(UTC))
    database = open_database(settings)
    with database.write() as session:
        code = first_run_code(session, now=datetime.now(UTC))
        session.commit()
    database.close()
    assert code
    return make_app(settings).test_client(), code  # type: ignore[return-value]


@pytest.mark.parametrize("path", ["/", "/sok?q=x", "/logg-inn", "/personvern", "/brukere", "/finnes-ikke"])
def test_every_page_leads_to_the_first_one(new: tuple[Browser, str], path: str) -> None:
    browser, _code = new
    assert browser.get(path).headers["Location"] == "/kom-i-gang"
    assert browser.get("/static/css/base.css").status_code == 200


def test_the_code_makes_the_owner_and_names_the_archive(new: tuple[Browser, str]) -> None:
    browser, code = new
    typed = {**TYPED, "code": code.lower(), "help_name": "Hjelpsom", "help_phone": "12345678"}
    assert browser.post_form("/kom-i-gang", typed, page="/kom-i-gang").headers["Location"] == "/"
    page = browser.get("/").text
    assert "Dag Drift (driftsansvarlig)" in page
    assert "Frosta forteller" in page
    assert 'href="tel:12345678"' in page
    assert browser.get("/kom-i-gang").headers["Location"] == "/"


def test_a_wrong_code_makes_nobody_and_keeps_what_was_typed(new: tuple[Browser, str]) -> None:
    browser, _code = new
    answer = browser.post_form("/kom-i-gang", {**TYPED, "code": "AAAA-AAAA"}, page="/kom-i-gang")
    assert answer.status_code == 422
    assert "Koden stemmer ikke" in answer.text
    assert 'value="Frosta forteller"' in answer.text
    assert PASSWORD not in answer.text
    assert browser.get("/").headers["Location"] == "/kom-i-gang"


def test_guessing_codes_is_slow(new: tuple[Browser, str]) -> None:
    browser, code = new
    for _ in range(4):
        browser.post_form("/kom-i-gang", {**TYPED, "code": "AAAA-AAAA"}, page="/kom-i-gang")
    answer = browser.post_form("/kom-i-gang", {**TYPED, "code": code}, page="/kom-i-gang")
    assert "Vent et minutt" in answer.text


def test_the_first_page_is_not_for_an_open_network(new: tuple[Browser, str]) -> None:
    browser, code = new
    elsewhere = {"REMOTE_ADDR": "192.168.1.33"}
    assert "Her kan du ikke logge inn trygt" in browser.get("/kom-i-gang", environ_base=elsewhere).text
    answer = browser.post_form("/kom-i-gang", {**TYPED, "code": code}, page="/kom-i-gang", environ_base=elsewhere)
    assert answer.status_code == 403


def test_an_owner_is_made_once(app: Flask, visitor: Browser) -> None:
    assert visitor.get("/kom-i-gang").headers["Location"] == "/"
    visitor.post_form("/kom-i-gang", {**TYPED, "code": "AAAA-AAAA"})
    with app.extensions["archive"].database.read() as session:
        assert len(session.scalars(select(User).where(User.role == Role.OWNER)).all()) == 1
