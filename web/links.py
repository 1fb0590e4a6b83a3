"""The one-time link that the secretary hands over: a page with a button, and then the offer of a password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role, read_login_link, use_login_link
from web import wording
from web.identity import log_in, password_problem, set_password
from web.rights import needs, public
from web.security import connection_is_safe, unsafe_page
from web.visit import db, now, this_user

pages = Blueprint("links", __name__)


@pages.get("/inn/<token>")
@public
def look(token: str) -> ResponseReturnValue:
    """Whom the link is for, and the button. Looking does not use it up: mail programs look at links by themselves."""
    if not connection_is_safe():
        return unsafe_page()
    user = read_login_link(db(), token, now=now())
    return render_template("accounts/link.html", user=user, token=token)


@pages.post("/inn/<token>")
@public
def enter(token: str) -> ResponseReturnValue:
    """Use the link up and let this browser in."""
    if not connection_is_safe():
        return unsafe_page()
    log_in(use_login_link(db(), token, now=now()))
    db().commit()
    return redirect(url_for("links.welcome"))


@pages.get("/velkommen")
@needs(Role.MEMBER)
def welcome() -> ResponseReturnValue:
    """Somebody came in without a password: one may be chosen, or not."""
    return render_template("accounts/welcome.html", user=this_user(), problem=None)


@pages.post("/velkommen")
@needs(Role.MEMBER)
def choose_password() -> ResponseReturnValue:
    """Set the first password. Who has one already changes it on the page of the account, where the old one is asked."""
    user = this_user()
    if user.password:
        return redirect(url_for("own_account.show"))
    password = request.form.get("new_password", "")
    problem = password_problem(password, name=user.name, username=user.username)
    if problem:
        sentence = wording.problem("new_password", problem)
        return render_template("accounts/welcome.html", user=user, problem=sentence), 422
    set_password(user, password)
    db().commit()
    flash(f"Passordet er lagret. Neste gang logger du inn som «{user.username}».")
    return redirect(url_for("front.show"))
