"""Passwords and what they must be."""

from datetime import timedelta

import pytest
from flask import Flask

from archive.accounts import User
from web.identity import hash_password, password_is_right, password_problem
from web.security import SESSION_LIVES


def test_passwords_are_kept_as_argon2id_of_a_strength_that_small_machines_bear(app: Flask) -> None:
    with app.app_context():
        hashed = hash_password("tre ulike ord her")
        assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert hashed != hash_password("tre ulike ord her")


def test_only_the_password_itself_is_right_and_only_for_who_may_come(app: Flask) -> None:
    with app.app_context():
        user = User(active=True, password=hash_password("tre ulike ord her"))
        assert password_is_right(user, "tre ulike ord her")
        assert not password_is_right(user, "Tre ulike ord her")
        assert not password_is_right(user, "")
        assert not password_is_right(None, "tre ulike ord her")
        user.active = False
        assert not password_is_right(user, "tre ulike ord her")


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("kaffe gullregn brygge", None),
        ("åæø åæø ulv 7", None),
        ("elleve tegn", "too_short"),
        ("x" * 129, "too_long"),
        ("ababababababab", "too_easy"),
        ("Sosialistisk1975", "too_easy"),
        ("qwertyuiopåasdf", "too_easy"),
        ("kari.nordmann12", "too_easy"),
        ("NordmannKari2026", "too_easy"),
    ],
)
def test_a_new_password_is_long_and_not_the_first_guess(password: str, problem: str | None) -> None:
    assert password_problem(password, name="Kari Nordmann", username="kari.nordmann") == problem


def test_a_browser_is_remembered_for_two_months() -> None:
    assert timedelta(days=60) == SESSION_LIVES
