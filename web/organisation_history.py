"""What was done to a unit and to what stands on its page, and the way back: undo of each change."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.fuzzy_dates import shown
from archive.offices import undo_of_office
from archive.organisation.invitations import undo_of_invitation
from archive.row_history import RowChange, changes_of
from archive.units import Unit, undo_of_unit
from web import wording
from web.organisation_words import ACTS, FIELDS, TABLES, office_kind, unit_kind
from web.rights import needs
from web.told_changes import Names, Told
from web.visit import db, now, viewer

pages = Blueprint("organisation_history", __name__, url_prefix="/organisasjon")

_Undo = Callable[..., None]
_UNDOES: dict[str, _Undo] = {"unit": undo_of_unit, "office": undo_of_office, "invitation": undo_of_invitation}
# Fields that name a unit.
_UNITS = ("parent_id", "region_id", "municipality_id", "merged_into_id", "unit_id")
# What only follows another column says nothing to a reader.
_FOLLOWS = ("id", "key", "name_key", "begins", "ends")


@pages.get("/<int:unit_id>/historikk")
@needs(Role.SECRETARY)
def show(unit_id: int) -> ResponseReturnValue:
    """Every change, newest first."""
    return _page(unit_id)


@pages.post("/<int:unit_id>/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(unit_id: int, change_id: int) -> ResponseReturnValue:
    """Put back what one change did."""
    change = find_row(db(), RowChange, change_id)
    if change is None or (change.thing, change.thing_id) != ("unit", unit_id) or change.of_table not in _UNDOES:
        raise NotFound("change", change_id)
    try:
        _UNDOES[change.of_table](db(), change, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(unit_id, bad), 409
    db().commit()
    flash("Endringen er angret.")
    return redirect(url_for(".show", unit_id=unit_id), 303)


def _page(unit_id: int, bad: BadInput | None = None) -> str:
    """The history of a unit, also of one that was taken away: from there it can be brought back."""
    unit, changes = find_row(db(), Unit, unit_id), changes_of(db(), "unit", unit_id)
    if unit is None and not changes:
        raise NotFound("unit", unit_id)
    own = next((each for each in changes if each.of_table == "unit"), None)
    name = unit.name if unit else str(((own and own.before) or {}).get("name", ""))
    names = Names(changes, _UNITS)
    problem = wording.problem(bad.field, bad.problem) if bad else ""
    told = [_told(each, names) for each in changes]
    return render_template(
        "organisation/history.html", unit=unit, unit_id=unit_id, name=name, changes=told, problem=problem
    )


def _told(change: RowChange, names: Names) -> Told:
    before, after = change.before or {}, change.after or {}
    lines = [
        (FIELDS.get(each, each), _say(names, each, before.get(each)), _say(names, each, after.get(each)))
        for each in change.fields
        if each not in _FOLLOWS
    ]
    return Told.of(
        change,
        act=ACTS.get(change.act, change.act),
        what=TABLES.get(change.of_table, change.of_table),
        lines=tuple(line for line in lines if line[1] or line[2]),
        may_undo=change.can_be_undone and change.of_table in _UNDOES,
    )


def _say(names: Names, field: str, value: object) -> str:
    """A value as a person reads it."""
    if value is None or value == "" or value == []:
        return ""
    if (name := names.of(field, value)) is not None:
        return name
    if field == "kind":
        return _kind(str(value))
    if field in ("active", "held", "invited_on"):
        return shown(str(value))
    if field == "former_names" and isinstance(value, list):
        return ", ".join(f"{name} ({shown(used)})" if used else name for name, used in value)
    return str(value)


def _kind(value: str) -> str:
    try:
        return unit_kind(value)
    except ValueError:
        return office_kind(value)
