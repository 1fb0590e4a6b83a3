"""What was decided of somebody's account, and the way back: undo of each change."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role, User
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.row_history import RowChange, changes_of
from archive.user_history import undo_of_user
from web.rights import needs
from web.told_changes import Told
from web.visit import db, now, viewer
from web.wording import ROLES, problem

pages = Blueprint("users_history", __name__, url_prefix="/brukere/<int:user_id>")

ACTS = {
    "changed_role": "Endret rollen",
    "ended_user": "Avsluttet kontoen",
    "let_back_in": "Slapp inn igjen",
    "undid": "Angret",
}


@pages.get("/historikk")
@needs(Role.SECRETARY)
def show(user_id: int) -> ResponseReturnValue:
    """Every change, newest first."""
    return _page(_load(user_id))


@pages.post("/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(user_id: int, change_id: int) -> ResponseReturnValue:
    """Put back what one change did."""
    change = find_row(db(), RowChange, change_id)
    if change is None or (change.of_table, change.thing, change.thing_id) != ("user", "user", user_id):
        raise NotFound("change", change_id)
    try:
        undo_of_user(db(), change, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(_load(user_id), problem(bad.field, bad.problem)), 409
    db().commit()
    flash("Endringen er angret.")
    return redirect(url_for(".show", user_id=user_id), 303)


def _load(user_id: int) -> User:
    user = find_row(db(), User, user_id)
    if user is None:
        raise NotFound("user", user_id)
    return user


def _page(user: User, problem: str = "") -> str:
    told = [_told(each) for each in changes_of(db(), "user", user.id) if each.of_table == "user"]
    return render_template("accounts/history.html", user=user, changes=told, problem=problem)


def _told(change: RowChange) -> Told:
    before, after = change.before or {}, change.after or {}
    lines = []
    if "role" in change.fields:
        lines.append(("Rolle", ROLES[Role(before["role"])], ROLES[Role(after["role"])]))
    if "active" in change.fields:
        lines.append(("Kan logge inn", _yes_or_no(before["active"]), _yes_or_no(after["active"])))
    return Told.of(
        change,
        act=ACTS.get(change.act, "Endret"),
        what="",
        lines=tuple(lines),
    )


def _yes_or_no(value: object) -> str:
    return "ja" if value else "nei"
