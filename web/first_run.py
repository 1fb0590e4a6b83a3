"""The first page of a new archive: whoever has the code that the machine printed becomes its owner."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import logins
from archive.accounts import make_owner as give_to_owner
from archive.errors import BadInput, LinkSpent
from web import wording
from web.identity import hash_password, log_in, password_problem
from web.rights import public
from web.security import connection_is_safe, unsafe_page
from web.site_settings import keep_names
from web.visit import archive, db, now

pages = Blueprint("first_run", __name__, url_prefix="/kom-i-gang")

# What wrong codes are counted under, as wrong passwords are under a name.
CODE = "kom-i-gang"


@pages.get("")
@public
def begin() -> ResponseReturnValue:
    """The form; gone when there is an owner."""
    if archive().has_owner:
        return redirect(url_for("front.show"))
    if not connection_is_safe():
        return unsafe_page()
    return _form({})


@pages.post("")
@public
def make_owner() -> ResponseReturnValue:
    """Make the owner, name the archive, and let the owner in."""
    if archive().has_owner:
        return redirect(url_for("front.show"))
    if not connection_is_safe():
        return unsafe_page()
    typed, address = request.form, request.remote_addr or ""
    problem = password_problem(typed.get("new_password", ""), name=typed.get("name", ""))
    if problem:
        return _form({"new_password": wording.problem("new_password", problem)})
    if logins.wait_before_login(db(), CODE, address, now=now()):
        return _form({"code": "Det har vært flere koder som ikke stemte. Vent et minutt, og prøv igjen."})
    db().rollback()  # hashing takes a moment; nobody waits for the writing lock meanwhile
    hashed = hash_password(typed.get("new_password", ""))
    try:
        _make(hashed)
    except BadInput as error:
        db().rollback()
        return _form({error.field: wording.problem(error.field, error.problem)})
    except LinkSpent as spent:
        db().rollback()
        logins.note_login_failure(db(), CODE, address, now=now())
        db().commit()
        return _form({"code": wording.problem("code", spent.reason)})
    flash("Arkivet er ditt. Du er logget inn som driftsansvarlig.")
    return redirect(url_for("front.show"))


def _make(password_hash: str) -> None:
    typed = request.form
    owner = give_to_owner(
        db(),
        code=typed.get("code", ""),
        name=typed.get("name", ""),
        username=typed.get("username", ""),
        password_hash=password_hash,
        now=now(),
    )
    keep_names(typed)
    log_in(owner)
    db().commit()


def _form(problems: dict[str, str]) -> ResponseReturnValue:
    page = render_template("accounts/first_run.html", problems=problems, typed=request.form)
    return (page, 422) if problems else page
