"""Flask-Security on our own rows: who is logged in, log-in, log-out, and what a password must be.

Flask-Security's own pages are not used and its datastore commits nothing here: the view does, once. Its sessions are
signed cookies that nobody can end, so ours carry a key to a row of `archive.logins` beside its user id.
"""

import re
import unicodedata
from typing import Any, cast

from flask import Flask, g, request, session
from flask_security import Security, current_user, login_user, logout_user
from flask_security.core import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from flask_security.utils import hash_password as _hash
from flask_security.utils import verify_password

from archive import logins
from archive.access import VISITOR, Viewer
from archive.accounts import User
from archive.settings import Settings
from web.security import connection_is_safe
from web.visit import archive, db, now, today

SESSION_KEY = "login"
LAST_DAY = "day"
# OWASP's first choice for argon2id; the library's own would take 64 MiB for each who logs in at once.
ARGON2 = {"argon2__memory_cost": 19 * 1024, "argon2__time_cost": 2, "argon2__parallelism": 1}
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
# What a guesser tries first among long passwords; everything shorter is refused already.
WELL_KNOWN = re.compile(r"(passord|password|qwerty|sosialist|stemmearkiv|1234567|abcdef|velkommen)", re.IGNORECASE)


class Account(UserMixin):
    """A `User` row as Flask-Security wants to see it."""

    def __init__(self, row: User) -> None:
        self.row = row
        self.roles: list[Any] = []  # the role is a column of the row; see `web.rights`

    @property
    def id(self) -> int:  # type: ignore[override]
        return self.row.id

    @property
    def active(self) -> bool:  # type: ignore[override]
        return self.row.active

    @property
    def fs_uniquifier(self) -> str:  # type: ignore[override]
        return self.row.fs_uniquifier


class Accounts(UserDatastore):
    """Flask-Security's way to the rows. Reading only; the views change rows themselves, and commit."""

    def __init__(self) -> None:
        super().__init__(Account, RoleMixin)  # roles are a column of ours; no row of this kind is ever made

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:
        """The account that this browser's session was opened for."""
        key = session.get(SESSION_KEY)
        if not isinstance(key, str):
            return None
        with archive().database.read() as reading:
            row = logins.user_of_session(reading, key, now=now())
        if row is None or row.fs_uniquifier != kwargs.get("fs_uniquifier"):
            return None
        return Account(row)


def init_identity(app: Flask, settings: Settings) -> None:
    """Set Flask-Security up without pages, mail, commands or network."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=True,  # no pepper: a restored backup without its key file still lets people in
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=ARGON2,
        SECURITY_PASSWORD_LENGTH_MIN=SHORTEST_PASSWORD,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},  # would ask the DNS
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
    )
    Security(app, Accounts(), register_blueprint=False)


def load_viewer() -> None:
    """Before every view: whose eyes. Over an unsafe connection everybody is a visitor."""
    g.viewer, g.user = VISITOR, None
    if request.endpoint == "static" or not connection_is_safe() or not current_user.is_authenticated:
        return
    g.user = cast(Account, current_user).row
    g.viewer = Viewer(g.user.role, g.user.id)
    if session.get(LAST_DAY) != today().isoformat():
        session[LAST_DAY] = today().isoformat()  # the cookie is made anew once a day, and lives two months from then


def log_in(user: User) -> None:
    """Let this browser in as `user`, in a new session. The caller commits."""
    session.clear()
    session.permanent = True
    session[SESSION_KEY] = logins.start_session(db(), user, now=now())
    login_user(Account(user))


def log_out() -> None:
    """Log this browser out for good. The caller commits."""
    key = session.get(SESSION_KEY)
    if isinstance(key, str):
        logins.end_session(db(), key, now=now())
    logout_user()
    session.clear()


def set_password(user: User, password: str) -> None:
    """Give `user` a new password, log every browser out, and this one in again. The caller commits."""
    user.password = hash_password(password)
    logins.end_all_sessions(db(), user, now=now())
    log_in(user)


def hash_password(password: str) -> str:
    """argon2id of the password."""
    return _hash(normal_form(password))


def password_is_right(user: User | None, password: str) -> bool:
    """Whether `password` is the user's. An unknown user takes as long as a known one."""
    possible = len(password) <= LONGEST_PASSWORD  # nobody's is longer, and argon2 takes only so much
    if user is None or not user.active or not user.password or not possible:
        _hash(normal_form(password)[:LONGEST_PASSWORD])
        return False
    return bool(verify_password(normal_form(password), user.password))


def password_problem(password: str, *, name: str = "", username: str = "") -> str | None:
    """What is wrong with a new password, as a key for `web.wording`; None: nothing."""
    if len(password) < SHORTEST_PASSWORD:
        return "too_short"
    if len(password) > LONGEST_PASSWORD:
        return "too_long"
    if len(set(password)) < 5 or WELL_KNOWN.search(password):
        return "too_easy"
    own = [part for part in (*name.lower().split(), username.lower()) if len(part) >= 4]
    left = password.lower()
    for part in own:
        left = left.replace(part, "")
    return "too_easy" if len(left) < SHORTEST_PASSWORD - 4 else None


def normal_form(password: str) -> str:
    """The same bytes for what looks the same: an å typed on a Mac and on Windows."""
    return unicodedata.normalize("NFKC", password)
