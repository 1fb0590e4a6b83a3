"""Sessions that can be ended, and the wait after wrong passwords."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from archive import logins
from archive.accounts import User, end_user

HERE = "192.0.2.7"


def fail(session: Session, name: str, times: int, now: datetime, address: str = HERE) -> None:
    for _ in range(times):
        logins.note_login_failure(session, name, address, now=now)


def wait(session: Session, name: str, now: datetime, address: str = HERE) -> timedelta:
    return logins.wait_before_login(session, name, address, now=now)


def test_a_session_is_its_users_until_it_is_ended(session: Session, member: User, now: datetime) -> None:
    key = logins.start_session(session, member, now=now)
    assert logins.user_of_session(session, key, now=now) is member
    assert member.last_seen_at == now
    logins.end_session(session, key, now=now)
    assert logins.user_of_session(session, key, now=now) is None


def test_after_a_year_a_browser_is_let_in_anew(session: Session, member: User, now: datetime) -> None:
    key = logins.start_session(session, member, now=now)
    later = now + timedelta(days=366)
    assert logins.user_of_session(session, key, now=later) is None
    logins.start_session(session, member, now=later)
    assert session.query(logins.LoginSession).count() == 1


def test_ending_all_sessions_ends_each_and_changes_what_cookies_name(
    session: Session, member: User, now: datetime
) -> None:
    keys = [logins.start_session(session, member, now=now) for _ in range(2)]
    before = member.fs_uniquifier
    logins.end_all_sessions(session, member, now=now)
    assert [logins.user_of_session(session, key, now=now) for key in keys] == [None, None]
    assert member.fs_uniquifier != before


def test_an_account_that_ends_is_logged_out(session: Session, member: User, now: datetime) -> None:
    key = logins.start_session(session, member, now=now)
    end_user(session, member, by=None, now=now)
    assert logins.user_of_session(session, key, now=now) is None


def test_the_key_itself_is_not_kept(session: Session, member: User, now: datetime) -> None:
    key = logins.start_session(session, member, now=now)
    session.flush()
    kept = session.query(logins.LoginSession).one()
    assert key not in (kept.key_sha256, str(vars(kept)))


def test_the_first_mistakes_are_free_then_the_wait_doubles_up_to_a_minute(session: Session, now: datetime) -> None:
    waits = []
    for _ in range(12):
        waits.append(wait(session, "kari", now).total_seconds())
        fail(session, "kari", 1, now)
    assert waits == [0, 0, 0, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_the_wait_passes(session: Session, now: datetime) -> None:
    fail(session, "kari", 4, now)
    assert wait(session, "kari", now) == timedelta(seconds=4)
    assert wait(session, "kari", now + timedelta(seconds=3)) == timedelta(seconds=1)
    assert wait(session, "kari", now + timedelta(seconds=4)) == timedelta()


def test_a_clock_that_is_set_back_shuts_nobody_out(session: Session, now: datetime) -> None:
    fail(session, "kari", 4, now + timedelta(days=300))
    assert wait(session, "kari", now) == timedelta(seconds=4)


def test_nobody_can_keep_another_out_from_elsewhere(session: Session, now: datetime) -> None:
    fail(session, "kari", 15, now)
    assert wait(session, "KARI ", now) > timedelta()
    assert wait(session, "kari", now, address="198.51.100.1") == timedelta()


def test_an_address_that_tries_many_names_waits_too(session: Session, now: datetime) -> None:
    for number in range(logins.FREE_FAILURES_FROM_ADDRESS):
        fail(session, f"navn{number}", 1, now)
    assert wait(session, "et nytt navn", now) > timedelta()


@pytest.mark.parametrize("hours", [13, 100])
def test_failures_are_forgotten(session: Session, now: datetime, hours: int) -> None:
    fail(session, "kari", 9, now)
    later = now + timedelta(hours=hours)
    assert wait(session, "kari", later) == timedelta()
    fail(session, "kari", 1, later)
    assert wait(session, "kari", later) == timedelta()


def test_a_right_password_starts_from_nothing(session: Session, now: datetime) -> None:
    fail(session, "kari", 9, now)
    logins.forget_login_failures(session, "kari", HERE)
    assert wait(session, "kari", now) == timedelta()
