"""Who is logged in where, and how long a name must wait after wrong passwords. Both live in the database, so they
survive a restart and hold for every web process."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.accounts import User, sha256_of
from archive.database import Base

# The first wrong passwords cost nothing: people mistype. After that the wait doubles, up to a cap that bores a machine
# but never shuts a person out.
FREE_FAILURES = 3
FREE_FAILURES_FROM_ADDRESS = 20
LONGEST_WAIT = timedelta(seconds=60)
# Failures older than this are forgotten.
FAILURES_FORGOTTEN_AFTER = timedelta(hours=12)
# However often a browser is used, after this it must be let in anew.
SESSION_ENDS_AFTER = timedelta(days=365)


class LoginSession(Base):
    """One browser that is logged in. The browser holds the key, we hold its SHA-256; log-out ends it for good."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class LoginFailures(Base):
    """How often a log-in failed lately, by a hash of who tried what from where."""

    __tablename__ = "login_failures"

    key_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


def start_session(session: Session, user: User, *, now: datetime) -> str:
    """Let a browser in as `user`; what it must show from now on."""
    session.execute(delete(LoginSession).where(LoginSession.made_at < now - SESSION_ENDS_AFTER))
    key = secrets.token_urlsafe(32)
    session.add(LoginSession(key_sha256=sha256_of(key), user_id=user.id, made_at=now))
    user.last_seen_at = now
    return key


def user_of_session(session: Session, key: str, *, now: datetime) -> User | None:
    """Who is logged in with this key; None when the session has ended, is a year old, or the account has ended."""
    lives = (LoginSession.ended_at.is_(None), LoginSession.made_at >= now - SESSION_ENDS_AFTER, User.active)
    of_key = select(User).join(LoginSession, LoginSession.user_id == User.id)
    return session.scalar(of_key.where(LoginSession.key_sha256 == sha256_of(key), *lives))


def end_session(session: Session, key: str, *, now: datetime) -> None:
    """Log one browser out."""
    session.execute(update(LoginSession).where(LoginSession.key_sha256 == sha256_of(key)).values(ended_at=now))


def end_all_sessions(session: Session, user: User, *, now: datetime) -> None:
    """Log `user` out everywhere; asked for after a new password and when an account ends."""
    open_ones = update(LoginSession).where(LoginSession.user_id == user.id, LoginSession.ended_at.is_(None))
    session.execute(open_ones.values(ended_at=now))
    user.fs_uniquifier = secrets.token_hex(32)


def wait_before_login(session: Session, username: str, address: str, *, now: datetime) -> timedelta:
    """How long this name from this address, or this address with any name, must wait before the next try; zero: none.

    The name alone never waits: else anybody could keep its owner out.
    """
    waits = [_wait(session.get(LoginFailures, key), free, now) for key, free in _keys(username, address)]
    return max(waits)


def note_login_failure(session: Session, username: str, address: str, *, now: datetime) -> None:
    """Count a wrong name or password."""
    session.execute(delete(LoginFailures).where(LoginFailures.last_at < now - FAILURES_FORGOTTEN_AFTER))
    for key, _free in _keys(username, address):
        row = session.get(LoginFailures, key)
        if row is None:
            session.add(LoginFailures(key_sha256=key, failures=1, last_at=now))
        else:
            row.failures += 1
            row.last_at = now


def forget_login_failures(session: Session, username: str, address: str) -> None:
    """Start from nothing after a log-in that worked. The address keeps its count: others may be trying from there."""
    pair, _free = _keys(username, address)[0]
    session.execute(delete(LoginFailures).where(LoginFailures.key_sha256 == pair))


def _wait(row: LoginFailures | None, free: int, now: datetime) -> timedelta:
    if row is None or row.failures < free or row.last_at < now - FAILURES_FORGOTTEN_AFTER:
        return timedelta()
    pause = min(timedelta(seconds=2 ** min(row.failures - free + 1, 10)), LONGEST_WAIT)
    # Not above the pause itself: the clock may have been set back since.
    return min(max(row.last_at + pause - now, timedelta()), pause)


def _keys(username: str, address: str) -> list[tuple[str, int]]:
    pair = sha256_of(f"name {username.strip().lower()} from {address}")
    return [(pair, FREE_FAILURES), (sha256_of(f"from {address}"), FREE_FAILURES_FROM_ADDRESS)]
