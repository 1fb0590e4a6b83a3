"""One-time links, and the offer of a password after them."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from archive.accounts import LoginLink, User, end_user, make_login_link
from archive.database import Database
from tests.web.conftest import PASSWORD, Browser


@pytest.fixture
def link(database: Database) -> str:
    """The address of a link for Mari Medlem."""
    with database.write() as session:
        user = session.scalars(select(User).where(User.username == "member")).one()
        token = make_login_link(session, user, made_by_id=None, now=datetime.now(UTC))
        session.commit()
    return f"/inn/{token}"


def test_looking_at_a_link_does_not_use_it_up(visitor: Browser, link: str) -> None:
    for _ in range(3):
        page = visitor.get(link)
        assert "Hei, Mari Medlem" in page.text
    assert "Mari Medlem (medlem)" not in visitor.get("/").text


def test_a_link_lets_in_once(app: Flask, visitor: Browser, link: str) -> None:
    answer = visitor.post_form(link, page=link)
    assert answer.headers["Location"] == "/velkommen"
    assert "Mari Medlem (medlem)" in visitor.get("/").text
    other: Browser = app.test_client()  # type: ignore[assignment]
    again = other.post_form(link, page="/logg-inn")
    assert again.status_code == 410
    assert "Lenken er brukt" in again.text
    assert "Lenken er brukt" in other.get(link).text


def test_an_old_a_foreign_and_an_ended_link_say_what_to_do(visitor: Browser, link: str, database: Database) -> None:
    assert "Lenken er ikke hel" in visitor.get("/inn/noe-annet").text
    with database.write() as session:
        row = session.scalars(select(LoginLink)).one()
        row.expires_at = datetime.now(UTC) - timedelta(minutes=1)
        session.commit()
    assert "Lenken er for gammel" in visitor.get(link).text
    with database.write() as session:
        end_user(session, session.scalars(select(LoginLink)).one().user, by=None, now=datetime.now(UTC))
        session.commit()
    assert "Lenken virker ikke" in visitor.get(link).text


def test_a_link_does_not_let_in_over_an_open_network(visitor: Browser, link: str) -> None:
    page = visitor.get(link, environ_base={"REMOTE_ADDR": "192.168.1.33"})
    assert page.status_code == 403
    assert "Mari Medlem" not in page.text


def test_a_first_password_may_be_chosen_or_not(app: Flask, visitor: Browser, link: str) -> None:
    visitor.post_form(link, page=link)
    assert "Hopp over" in visitor.get("/velkommen").text
    weak = visitor.post_form("/velkommen", {"new_password": "kort"}, page="/velkommen")
    assert weak.status_code == 422
    assert "for kort" in weak.text
    chosen = visitor.post_form("/velkommen", {"new_password": PASSWORD}, page="/velkommen")
    assert chosen.headers["Location"] == "/"
    assert "Mari Medlem (medlem)" in visitor.get("/").text
    other: Browser = app.test_client()  # type: ignore[assignment]
    assert other.post_form("/logg-inn", {"username": "member", "password": PASSWORD}).status_code == 302


def test_who_has_a_password_does_not_change_it_here(visitor: Browser, link: str) -> None:
    visitor.post_form(link, page=link)
    visitor.post_form("/velkommen", {"new_password": PASSWORD}, page="/velkommen")
    answer = visitor.post_form("/velkommen", {"new_password": "noe helt annet enn før"}, page="/velkommen")
    assert answer.headers["Location"] == "/min-konto"
