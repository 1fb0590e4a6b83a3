"""What was done to a duty and to its days, and the way back: what was done in one go is undone in one go."""

from datetime import date
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.offices import OfficeKind
from archive.organisation.words import OFFICE_WORDS, UNIT_WORDS
from archive.row_history import RowChange, changes_in, changes_of, undo_change
from archive.units import UnitKind
from archive.yearwheel.duties import Duty, Per, Strength, load_duty
from archive.yearwheel.occurrences import State
from web import wording
from web.rights import needs
from web.told_changes import Names, Told
from web.visit import db, now, viewer
from web.year_wheel_words import ACTS, FIELDS, PER, STATES, STRENGTHS, TABLES, problem

pages = Blueprint("year_wheel_history", __name__, url_prefix="/arshjul")

_TABLES = ("duty", "duty_owner", "occurrence")


@pages.get("/oppgave/<int:duty_id>/historikk")
@needs(Role.SECRETARY)
def show(duty_id: int) -> ResponseReturnValue:
    """Every change, newest first."""
    return _page(load_duty(db(), duty_id))


@pages.post("/oppgave/<int:duty_id>/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(duty_id: int, change_id: int) -> ResponseReturnValue:
    """Put back what was done in one go with this change."""
    change = find_row(db(), RowChange, change_id)
    if change is None or (change.thing, change.thing_id) != ("duty", duty_id) or change.of_table not in _TABLES:
        raise NotFound("change", change_id)
    try:
        together = [each for each in _together(change) if each.undone_at is None]
        if not together:
            raise BadInput("change", "undone_already")
        for each in reversed(together):
            undo_change(db(), each, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(load_duty(db(), duty_id), bad), 409
    db().commit()
    gone = find_row(db(), Duty, duty_id) is None
    flash("Oppgaven er tatt bort igjen." if gone else "Endringen er angret.")
    return redirect(url_for("year_wheel.show") if gone else url_for(".show", duty_id=duty_id), 303)


def _together(change: RowChange) -> list[RowChange]:
    """What was done to the duty in one go. Of setting up a year each day goes alone: all of it goes on that page."""
    if change.batch is None or change.act == "set_up":
        return [change]
    theirs = (change.thing, change.thing_id)
    return [
        each
        for each in changes_in(db(), change.batch)
        if (each.thing, each.thing_id) == theirs and each.act != "set_up"
    ]


def is_year_batch(batch: str) -> bool:
    """Whether this is something that setting up a year did."""
    return any(change.act == "set_up" for change in changes_in(db(), batch))


def _page(duty: Duty, bad: BadInput | None = None) -> str:
    changes = changes_of(db(), "duty", duty.id)
    names = Names(changes)
    told = []
    for _go, together in groupby(changes, key=lambda each: each.id if each.act == "set_up" else each.batch or each.id):
        told.append(_told(list(together), names))
    said = problem(bad.field, bad.problem) if bad else ""
    return render_template("year_wheel/history.html", duty=duty, changes=told, problem=said)


def _told(together: list[RowChange], names: Names) -> Told:
    """Changes of one go; what the main row says comes first."""
    main = min(together, key=lambda each: _TABLES.index(each.of_table) if each.of_table in _TABLES else 9)
    lines = []
    for change in sorted(together, key=lambda each: each.id):
        before, after = change.before or {}, change.after or {}
        for field in change.fields:
            if field in FIELDS:
                lines.append(
                    (FIELDS[field], _say(names, field, before.get(field)), _say(names, field, after.get(field)))
                )
    return Told.of(
        main,
        act=ACTS.get(main.act, main.act),
        what=_what(main),
        lines=tuple(line for line in lines if line[1] != line[2]),
        may_undo=all(each.can_be_undone for each in together),
    )


def _what(change: RowChange) -> str:
    stood = change.after or change.before or {}
    if change.of_table == "occurrence" and stood.get("due_on"):
        return wording.day(date.fromisoformat(str(stood["due_on"])))
    return TABLES.get(change.of_table, change.of_table)


def _say(names: Names, field: str, value: object) -> str:
    """A value as a person reads it."""
    if value is None or value == "" or value == []:
        return ""
    if (name := names.of(field, value)) is not None:
        return name
    if field in ("first_on", "due_on", "ended_on"):
        return wording.day(date.fromisoformat(str(value)))
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return _KEYS[field](str(value)) if field in _KEYS else str(value)


_KEYS = {
    "strength": lambda key: STRENGTHS[Strength(key)],
    "per": lambda key: PER[Per(key)],
    "state": lambda key: STATES[State(key)],
    "each_of": lambda key: UNIT_WORDS[UnitKind(key)],
    "office_kind": lambda key: OFFICE_WORDS[OfficeKind(key)],
}
