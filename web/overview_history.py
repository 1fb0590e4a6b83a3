"""What was done on the overview, and the way back: a unit's figures, wishes and help; posts; newsletters."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.overview import news, posts
from archive.overview.unit_years import page_of
from archive.row_history import RowChange, Thing, changes_of, undo_change
from web.overview_unit import counted
from web.overview_words import ACTS, FIELDS, TABLES, problem, say_value
from web.rights import needs
from web.told_changes import Names, Told
from web.visit import db, now, viewer
from web.wording import moment

pages = Blueprint("overview_history", __name__, url_prefix="/oversikt")

# What shares one history, by the word of its address: the thing, its name, and the page it belongs to.
SHARED = {
    "sosiale-medier": (posts.PAGE, "sosiale medier", "overview_posts.show"),
    "nytt": (news.PAGE, "nytt i arkivet", "overview_news.show"),
}
_MOMENTS = ("since", "until")


@pages.get("/<int:unit_id>/historikk")
@needs(Role.SECRETARY)
def show(unit_id: int) -> ResponseReturnValue:
    """Every change of a unit's figures, wishes and help, newest first."""
    return _unit_page(unit_id)


@pages.get("/historikk/<word>")
@needs(Role.SECRETARY)
def show_shared(word: str) -> ResponseReturnValue:
    """Every change of the posts, or of what was told."""
    if word not in SHARED:
        raise NotFound("history", word)
    return _shared_page(word)


@pages.post("/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(change_id: int) -> ResponseReturnValue:
    """Put back what one change did."""
    change = find_row(db(), RowChange, change_id)
    if change is None or change.of_table not in TABLES:
        raise NotFound("change", change_id)
    thing = Thing(change.thing, change.thing_id)
    word = next((word for word, shared in SHARED.items() if shared[0] == thing), None)
    try:
        undo_change(db(), change, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return (_shared_page(word, bad) if word else _unit_page(thing.id, bad)), 409
    db().commit()
    flash("Endringen er angret.")
    return redirect(url_for(".show_shared", word=word) if word else url_for(".show", unit_id=thing.id), 303)


def _unit_page(unit_id: int, bad: BadInput | None = None) -> str:
    unit = counted(unit_id)
    return _page(page_of(unit_id), unit.name, url_for("overview_unit.one", unit_id=unit_id), bad)


def _shared_page(word: str, bad: BadInput | None = None) -> str:
    thing, name, endpoint = SHARED[word]
    return _page(thing, name, url_for(endpoint), bad)


def _page(thing: Thing, name: str, back: str, bad: BadInput | None) -> str:
    changes = changes_of(db(), thing.kind, thing.id)
    names = Names(changes)
    said = problem(bad.field, bad.problem) if bad else ""
    told = [_told(each, names) for each in changes]
    return render_template("overview/history.html", name=name, back=back, changes=told, problem=said)


def _told(change: RowChange, names: Names) -> Told:
    before, after = change.before or {}, change.after or {}
    year = (after or before).get("year")
    lines = [
        (FIELDS[field], _say(names, field, before.get(field)), _say(names, field, after.get(field)))
        for field in change.fields
        if field in FIELDS and not (field == "unit_id" and change.of_table != "social_post")
    ]
    return Told.of(
        change,
        act=ACTS.get(change.act, change.act),
        what=f"tallene for {year}" if year else TABLES.get(change.of_table, change.of_table),
        lines=tuple(line for line in lines if line[1] != line[2]),
    )


def _say(names: Names, field: str, value: object) -> str:
    """A value as a person reads it."""
    if (name := names.of(field, value)) is not None:
        return name
    if field in _MOMENTS and value:
        return moment(datetime.fromisoformat(str(value)))
    return say_value(field, value)
