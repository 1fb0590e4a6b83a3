"""What was changed in *Innstillinger*, and the way back: undo of each change."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.names import prompt as names_prompt
from archive.row_history import RowChange, changes_of
from archive.site import SITE
from archive.site_history import undo_of_settings
from archive.working_hours import FROM, UNTIL
from web.rights import needs
from web.told_changes import Told
from web.visit import db, now, viewer
from web.wording import problem

pages = Blueprint("site_history", __name__, url_prefix="/innstillinger")

ACTS = {"changed_settings": "Endret", "set_working_hours": "Endret arbeidstiden", "undid": "Angret"}
FIELDS = {
    "archive_name": "Navnet på arkivet",
    "help_name": "Hvem som hjelper",
    "help_phone": "Telefon til hjelp",
    FROM: "Maskinen arbeider fra klokken",
    UNTIL: "Maskinen arbeider til klokken",
    names_prompt.SETTING: "Navn til talemodellen",
}


@pages.get("/historikk")
@needs(Role.SECRETARY)
def show() -> ResponseReturnValue:
    """Every change, newest first."""
    return _page()


@pages.post("/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(change_id: int) -> ResponseReturnValue:
    """Put back what one change set."""
    change = find_row(db(), RowChange, change_id)
    if change is None or (change.thing, change.thing_id) != (SITE.kind, SITE.id):
        raise NotFound("change", change_id)
    try:
        undo_of_settings(db(), change, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(problem(bad.field, bad.problem)), 409
    db().commit()
    flash("Endringen er angret.")
    return redirect(url_for(".show"), 303)


def _page(problem: str = "") -> str:
    told = [_told(each) for each in changes_of(db(), SITE.kind, SITE.id)]
    return render_template("settings/history.html", changes=told, problem=problem)


def _told(change: RowChange) -> Told:
    before, after = change.before or {}, change.after or {}
    changed = [(field, word) for field, word in FIELDS.items() if field in change.fields]
    return Told.of(
        change,
        act=ACTS.get(change.act, "Endret"),
        what="innstillinger" if change.act == "changed_settings" else "",
        lines=tuple((word, _say(field, before.get(field)), _say(field, after.get(field))) for field, word in changed),
    )


def _say(field: str, value: object) -> str:
    """A value as a person reads it; one that nobody has set is told by what holds then."""
    if field == names_prompt.SETTING:
        return "ja" if value == "1" else "nei"
    if field in (FROM, UNTIL):
        return str(value).replace(":", ".") if value else "hele døgnet"
    return str(value) if value else "ikke satt"
