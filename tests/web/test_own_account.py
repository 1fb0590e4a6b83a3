"""One's own page: the password, and logging out everywhere."""

from collections.abc import Callable

import pytest

from archive.accounts import Role
from tests.web.conftest import PASSWORD, Browser

NEW = "helt andre ord nå"


@pytest.fixture
def with_password(member: Browser) -> Browser:
    """A member who has chosen a password."""
    assert change(member, PASSWORD) == 302
    return member


def change(browser: Browser, new: str, old: str = "") -> int:
    typed = {"new_password": new, "password": old}
    return browser.post_form("/min-konto/passord", typed, page="/min-konto").status_code


def test_a_password_is_changed_by_who_knows_the_old_one(with_password: Browser) -> None:
    assert change(with_password, NEW, old="feil") == 422
    assert change(with_password, NEW, old=PASSWORD) == 302
    assert "(medlem)" in with_password.get("/").text


def test_a_new_password_logs_out_everywhere_else(with_password: Browser, browser_of: Callable[[Role], Browser]) -> None:
    elsewhere = browser_of(Role.MEMBER)
    assert "(medlem)" in elsewhere.get("/").text
    change(with_password, NEW, old=PASSWORD)
    assert "(medlem)" not in elsewhere.get("/").text


@pytest.mark.parametrize("easy", ["elleve tegn", "aaaaaaaaaaaaaaa", "passord123456", "marimedlem1234", "x" * 200])
def test_easy_passwords_are_refused_with_a_reason(member: Browser, easy: str) -> None:
    answer = member.post_form("/min-konto/passord", {"new_password": easy}, page="/min-konto")
    assert answer.status_code == 422
    assert "Passordet er for" in answer.text


def test_one_can_log_out_everywhere(member: Browser, browser_of: Callable[[Role], Browser]) -> None:
    elsewhere = browser_of(Role.MEMBER)
    member.post_form("/min-konto/logg-ut-overalt", page="/min-konto")
    assert "(medlem)" not in member.get("/").text
    assert "(medlem)" not in elsewhere.get("/").text
