"""Log-in with a password, and log-out."""

import logging

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive import logins
from archive.accounts import Role, User, find_user
from web.identity import log_in as let_in
from web.identity import log_out as let_out
from web.identity import password_is_right
from web.rights import public
from web.security import connection_is_safe, is_this_machine
from web.visit import archive, db, is_demo, now

pages = Blueprint("login", __name__)
log = logging.getLogger(__name__)

DEMO_ROLES = (Role.MEMBER, Role.VOLUNTEER, Role.SECRETARY, Role.OWNER)
# Members of the demo who see more because of an office that they hold: the button's value, the account, the words.
DEMO_OFFICES = (
    ("board_member", "demo-styremedlem", "medlem av fylkesstyret"),
    ("branch_leader", "demo-lagsleder", "leder for et lokallag"),
)


@pages.get("/logg-inn")
@public
def log_in() -> ResponseReturnValue:
    """The form."""
    if g.user is not None:
        return redirect(_next_page())
    return _form()


@pages.post("/logg-inn")
@public
def try_password() -> ResponseReturnValue:
    """Let somebody in who knows the name and the password."""
    if not connection_is_safe():
        return _form(), 403
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    address = request.remote_addr or ""
    with archive().database.read() as looking:
        wait = logins.wait_before_login(looking, username, address, now=now())
        user = find_user(looking, username)
    if wait:
        seconds = int(wait.total_seconds()) + 1
        return _form(wait_s=seconds), 429, {"Retry-After": str(seconds)}
    if not password_is_right(user, password):
        logins.note_login_failure(db(), username, address, now=now())
        db().commit()
        log.warning("a log-in from %s failed", address)
        return _form(wrong=True), 401
    assert user is not None  # noqa: S101 - an unknown user's password is never right
    logins.forget_login_failures(db(), username, address)
    let_in(db().get_one(User, user.id))
    db().commit()
    return redirect(_next_page())


@pages.post("/logg-inn/demo")
@public
def demo() -> ResponseReturnValue:
    """Let somebody in at the machine itself as a demo account."""
    role, offices = request.form.get("role", ""), {key: username for key, username, _ in DEMO_OFFICES}
    if not demo_buttons() or (role not in DEMO_ROLES and role not in offices):
        return _form(), 403
    chosen = User.username == offices[role] if role in offices else User.role == role
    user = db().scalars(select(User).where(chosen, User.active).order_by(User.id)).first()
    if user is None:
        return _form(), 404
    let_in(user)
    db().commit()
    return redirect(_next_page())


@pages.post("/logg-ut")
@public
def log_out() -> ResponseReturnValue:
    """End this browser's session."""
    let_out()
    db().commit()
    flash("Du er logget ut.")
    return redirect(url_for("front.show"))


def demo_buttons() -> list[Role]:
    """The roles that the log-in page offers: in a demo, which has no address for others, at the machine itself."""
    return list(DEMO_ROLES) if is_demo() and archive().settings.base_url is None and is_this_machine() else []


def _form(*, wrong: bool = False, wait_s: int = 0) -> str:
    return render_template(
        "accounts/log_in.html",
        wrong=wrong,
        wait_s=wait_s,
        safe=connection_is_safe(),
        base_url=archive().settings.base_url,
        demo_roles=demo_buttons(),
        demo_offices=DEMO_OFFICES,
        username=request.form.get("username", ""),
        next_page=_next_page(),
    )


def _next_page() -> str:
    """Where to go after log-in: a path of ours, never another site."""
    wanted = request.values.get("neste", "")
    # One stroke first and nothing that a browser drops or turns into a second one: then no host name can follow.
    safe = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if safe else url_for("front.show")
