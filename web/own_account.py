"""The page about oneself: name, role, password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import logins
from archive.accounts import Role, User
from web import wording
from web.identity import log_out, password_is_right, password_problem, set_password
from web.rights import needs
from web.visit import archive, db, now, this_user, viewer

pages = Blueprint("own_account", __name__, url_prefix="/min-konto")


@pages.get("")
@needs(Role.MEMBER)
def show() -> ResponseReturnValue:
    """Name, role, and the form for a password."""
    return render_template("accounts/own_account.html", user=this_user(), problems={})


@pages.post("/passord")
@needs(Role.MEMBER)
def change_password() -> ResponseReturnValue:
    """Set a password of one's own choice. Who has one must know it."""
    with archive().database.read() as looking:  # checking takes a moment; nobody waits for the writing lock meanwhile
        user = looking.get_one(User, viewer().user_id)
    new, old = request.form.get("new_password", ""), request.form.get("password", "")
    problems = {}
    if user.password and not password_is_right(user, old):
        problems["password"] = wording.problem("password", "wrong")
    problem = password_problem(new, name=user.name, username=user.username)
    if problem:
        problems["new_password"] = wording.problem("new_password", problem)
    if problems:
        return render_template("accounts/own_account.html", user=user, problems=problems), 422
    set_password(this_user(), new)
    db().commit()
    flash("Passordet er lagret. Du er logget ut alle andre steder.")
    return redirect(url_for("own_account.show"))


@pages.post("/logg-ut-overalt")
@needs(Role.MEMBER)
def log_out_everywhere() -> ResponseReturnValue:
    """End every session of one's own, this one too."""
    logins.end_all_sessions(db(), this_user(), now=now())
    db().commit()
    log_out()
    db().commit()
    flash("Du er logget ut alle steder.")
    return redirect(url_for("front.show"))
