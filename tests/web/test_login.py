"""Log-in with a password, and log-out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from archive.accounts import Role, User
from archive.database import Database
from archive.logins import LoginFailures
from archive.settings import Settings
from archive.site import set_setting
from tests.web.conftest import PASSWORD, Browser, with_base_url
from web.identity import hash_password


@pytest.fixture
def with_password(app: Flask, database: Database) -> User:
    """Mari Medlem, who has chosen a password and has an e-mail address."""
    with app.app_context():
        hashed = hash_password(PASSWORD)
    with database.write() as session:
        user = session.scalars(select(User).where(User.username == "member")).one()
        user.password, user.email = hashed, "mari@eksempel.no"
        session.commit()
    return user


def log_in(browser: Browser, username: str = "member", password: str = PASSWORD, **more: str) -> int:
    return browser.post_form("/logg-inn", {"username": username, "password": password, **more}).status_code


def is_in(browser: Browser) -> bool:
    return "Mari Medlem" in browser.get("/").text


@pytest.mark.parametrize("name", ["member", "Member ", "MARI@eksempel.no"])
def test_a_name_or_an_address_and_the_password_let_in(visitor: Browser, with_password: User, name: str) -> None:
    assert log_in(visitor, name) == 302
    assert is_in(visitor)


def test_a_password_typed_on_another_machine_is_the_same(app: Flask, visitor: Browser, database: Database) -> None:
    composed, in_parts = "blåbær på øya", "bla\u030abær pa\u030a øya"
    with app.app_context():
        hashed = hash_password(composed)
    with database.write() as session:
        session.scalars(select(User).where(User.username == "member")).one().password = hashed
        session.commit()
    assert log_in(visitor, password=in_parts) == 302


def test_wrong_name_and_wrong_password_get_the_same_answer(visitor: Browser, with_password: User) -> None:
    def answer(name: str) -> str:
        page = visitor.post_form("/logg-inn", {"username": name, "password": "noe helt annet"})
        assert page.status_code == 401
        kept = re.sub(r'name="csrf_token" value="[^"]+"|nonce="[^"]+"', "", page.text)
        return kept.replace(f'value="{name}"', "")

    assert answer("member") == answer("finnes ikke") == answer("volunteer")


def test_who_has_no_password_or_has_ended_does_not_get_in(
    visitor: Browser, with_password: User, database: Database
) -> None:
    assert log_in(visitor, "volunteer", "") == 401
    with database.write() as session:
        session.get_one(User, with_password.id).active = False
        session.commit()
    assert log_in(visitor) == 401


def test_many_wrong_passwords_mean_a_wait_and_never_a_closed_door(
    visitor: Browser, with_password: User, database: Database
) -> None:
    for _ in range(5):
        log_in(visitor, password="feil passord her")
    answer = visitor.post_form("/logg-inn", {"username": "member", "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Vent" in answer.text
    assert "Kontoen din er ikke stengt" in answer.text
    with database.write() as session:  # the time passes
        for row in session.scalars(select(LoginFailures)):
            row.last_at = datetime.now(UTC) - timedelta(minutes=2)
        session.commit()
    assert log_in(visitor) == 302


def test_log_in_begins_a_new_session(visitor: Browser, with_password: User) -> None:
    visitor.get("/logg-inn")
    with visitor.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        proof = cookie["csrf_token"]
    log_in(visitor)
    with visitor.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != proof


def test_log_out_ends_the_session_also_for_who_copied_the_cookie(
    app: Flask, visitor: Browser, with_password: User
) -> None:
    log_in(visitor)
    copied = visitor.get_cookie("stemme")
    assert copied is not None
    visitor.post_form("/logg-ut", page="/")
    assert not is_in(visitor)
    thief = app.test_client()
    thief.set_cookie("stemme", copied.value)
    assert "Mari Medlem" not in thief.get("/").text


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/intervju?sted=Frosta", "/intervju?sted=Frosta"),
        ("https://et-annet-sted.no/", "/"),
        ("//et-annet-sted.no/", "/"),
        ("/\\et-annet-sted.no/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\tx", "/"),
        ("//[", "/"),
    ],
)
def test_log_in_leads_on_only_within_the_archive(
    visitor: Browser, with_password: User, wanted: str, leads_to: str
) -> None:
    answer = visitor.post_form("/logg-inn", {"username": "member", "password": PASSWORD, "neste": wanted})
    assert answer.headers["Location"] == leads_to


def test_a_password_longer_than_any_is_wrong_and_nothing_worse(visitor: Browser, with_password: User) -> None:
    assert log_in(visitor, password=PASSWORD + "x" * 5000) == 401
    assert log_in(visitor, "nobody", password="x" * 5000) == 401


def test_over_an_open_network_nobody_logs_in_and_the_page_says_what_to_do(
    visitor: Browser, with_password: User
) -> None:
    elsewhere = {"REMOTE_ADDR": "192.168.1.33"}
    page = visitor.get("/logg-inn", environ_base=elsewhere)
    assert "https://" in page.text
    assert "STEMME_BASE_URL" in page.text
    assert 'type="password"' not in page.text
    answer = visitor.post_form("/logg-inn", {"username": "member", "password": PASSWORD}, environ_base=elsewhere)
    assert answer.status_code == 403


def test_a_session_from_a_safe_place_is_not_used_on_an_open_network(visitor: Browser, with_password: User) -> None:
    log_in(visitor)
    answer = visitor.get("/", environ_base={"REMOTE_ADDR": "192.168.1.33"})
    assert "Mari Medlem" not in answer.text


def test_behind_a_trusted_proxy_with_https_log_in_works_with_a_safe_cookie(
    settings: Settings, make_app: Callable[..., Flask], with_password: User
) -> None:
    app = make_app(with_base_url(settings, "https://arkiv.eksempel.no", proxies=1))
    browser: Browser = app.test_client()  # type: ignore[assignment]
    forwarded = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "arkiv.eksempel.no",
        "X-Forwarded-For": "203.0.113.9",
    }
    page = browser.get("/logg-inn", headers=forwarded)
    proof = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert proof
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-stemme=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    answer = browser.post(
        "/logg-inn",
        data={"csrf_token": proof[1], "username": "member", "password": PASSWORD},
        headers={**forwarded, "Referer": "https://arkiv.eksempel.no/logg-inn", "Cookie": cookie.split(";")[0]},
    )
    assert answer.status_code == 302, answer.text


def test_demo_buttons_exist_only_in_a_demo_at_the_machine_itself(visitor: Browser, database: Database) -> None:
    assert "Inn som sekretær" not in visitor.get("/logg-inn").text
    assert visitor.post_form("/logg-inn/demo", {"role": "secretary"}).status_code == 403
    with database.write() as session:
        set_setting(session, "demo", "1")
        session.commit()
    assert "Inn som sekretær" in visitor.get("/logg-inn").text
    for elsewhere in (
        {"environ_base": {"REMOTE_ADDR": "192.168.1.33"}},
        {"base_url": "http://192.168.1.20"},
        {"headers": {"X-Forwarded-For": "203.0.113.9"}},
    ):
        assert "Inn som sekretær" not in visitor.get("/logg-inn", **elsewhere).text
    assert visitor.post_form("/logg-inn/demo", {"role": "secretary"}).status_code == 302
    assert "Siri Sekretær" in visitor.get("/").text
    assert "Demo." in visitor.get("/hjelp").text


def test_a_demo_button_gives_no_role_that_is_not_offered(visitor: Browser, database: Database) -> None:
    with database.write() as session:
        set_setting(session, "demo", "1")
        session.commit()
    assert visitor.post_form("/logg-inn/demo", {"role": "visitor"}).status_code == 403
    assert "Inn som leder for et lokallag" in visitor.get("/logg-inn").text
    assert visitor.post_form("/logg-inn/demo", {"role": "branch_leader"}).status_code == 404  # an older demo has none


def test_a_member_is_remembered(visitor: Browser, with_password: User) -> None:
    log_in(visitor)
    cookie = visitor.get_cookie("stemme")
    assert cookie is not None
    assert cookie.expires is not None


def test_every_role_has_a_word(browser_of: Callable[[Role], Browser]) -> None:
    for role, word in ((Role.MEMBER, "medlem"), (Role.OWNER, "driftsansvarlig")):
        assert f"({word})" in browser_of(role).get("/").text
