"""What was done to a person and the other names, and the way back: each act as a whole."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.fuzzy_dates import shown
from archive.people import AliasKind, load_person
from archive.people_details import Edit, edits_of, undo_edit
from archive.row_history import RowChange
from web.rights import needs
from web.told_changes import Told, shortened
from web.visit import db, now, viewer
from web.wording import problem

pages = Blueprint("people_history", __name__, url_prefix="/folk/<int:person_id>")

ALIASES = {AliasKind.FORMER: "Tidligere navn", AliasKind.NICKNAME: "Kalt", AliasKind.SPELLING: "Også skrevet"}
_ACTS = {
    "added": "Lagt til",
    "changed": "Endret",
    "removed": "Tatt bort",
    "imported": "Lagt inn fra en tabell",
    "undid": "Angret",
}
_FIELDS = {"name": "Navn", "born": "Født", "died": "Død", "note": "Merknad"}
_OWN_BATCH = "person:"  # what is done with others in one go is undone where it was done


@pages.get("/historikk")
@needs(Role.SECRETARY)
def show(person_id: int) -> ResponseReturnValue:
    """Every act, newest first."""
    person = load_person(db(), person_id)
    return render_template("people/history.html", person=person, changes=list(map(_told, edits_of(db(), person.id))))


@pages.post("/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(person_id: int, change_id: int) -> ResponseReturnValue:
    """Take back what was done to a person in one go."""
    person, change = load_person(db(), person_id), find_row(db(), RowChange, change_id)
    try:
        undo_edit(db(), person, (change.batch if change else None) or "", by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        flash(problem("change", bad.problem))
        return redirect(url_for(".show", person_id=person_id), 303)
    db().commit()
    try:
        load_person(db(), person_id)
    except NotFound:  # taken back was that the person was added
        flash("Det er angret. Personen er tatt bort.")
        return redirect(url_for("people.show"), 303)
    flash("Det er angret.")
    return redirect(url_for(".show", person_id=person_id), 303)


def _told(edit: Edit) -> Told:
    change = edit.changes[0]
    return Told.of(
        change,
        act=_ACTS.get(change.act, "Endret"),
        what="",
        lines=tuple(line for each in edit.changes for line in _lines(each)),
        may_undo=not edit.undone and edit.batch.startswith(_OWN_BATCH) and change.can_be_undone,
    )


def _lines(change: RowChange) -> list[tuple[str, str, str]]:
    before, after = change.before or {}, change.after or {}
    if change.of_table == "person_alias":
        kind = ALIASES[AliasKind((after or before)["kind"])] if after or before else ""
        return [(kind, str(before.get("name", "")), str(after.get("name", "")))] if kind else []
    changed = [field for field in _FIELDS if field in change.fields and (before.get(field) or after.get(field))]
    return [(_FIELDS[field], _said(field, before), _said(field, after)) for field in changed]


def _said(field: str, row: dict[str, object]) -> str:
    value = str(row.get(field) or "")
    return shown(value) if field in ("born", "died") and value else shortened(value)
