"""What was done to an event and to its links, and the way back: undo of each change."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.event_history import undo_of_event
from archive.events import Event, EventState
from archive.fuzzy_dates import shown
from archive.interviews import Access
from archive.link_kinds import KINDS
from archive.links import undo_of_link
from archive.row_history import RowChange, changes_of
from archive.timeline import load_event
from web.link_words import KIND_WORDS
from web.rights import needs
from web.told_changes import Told, shortened
from web.visit import db, now, today, viewer
from web.wording import ACCESSES, position, problem

pages = Blueprint("timeline_history", __name__, url_prefix="/tidslinje")

ACTS = {
    "added": "Lagt til",
    "suggested": "Foreslått",
    "changed": "Endret",
    "accepted": "Lagt på tidslinjen",
    "removed": "Fjernet",
    "linked": "Knyttet til",
    "declined": "Forslag avvist",
    "unlinked": "Kobling tatt bort",
    "undid": "Angret",
}
FIELDS = {
    "title": "Hva",
    "dated": "Når",
    "place": "Hvor",
    "text": "Tekst",
    "sources": "Kilder",
    "access": "Hvem som ser",
    "state": "Tilstand",
}
STATES = {EventState.SUGGESTED: "forslag", EventState.STANDS: "på tidslinjen"}


@pages.get("/<int:event_id>/historikk")
@needs(Role.SECRETARY)
def show(event_id: int) -> ResponseReturnValue:
    """Every change, newest first."""
    return _page(load_event(db(), event_id, viewer()))


@pages.post("/<int:event_id>/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(event_id: int, change_id: int) -> ResponseReturnValue:
    """Put back what one change did."""
    change = find_row(db(), RowChange, change_id)
    if change is None or (change.thing, change.thing_id) != ("event", event_id):
        raise NotFound("change", change_id)
    try:
        put_back = undo_of_link if change.of_table == "link" else undo_of_event
        put_back(db(), change, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(load_event(db(), event_id, viewer()), problem("change", bad.problem)), 409
    db().commit()
    if find_row(db(), Event, event_id) is None:
        flash("Hendelsen er tatt bort igjen.")
        return redirect(url_for("timeline.show"), 303)
    flash("Endringen er angret.")
    return redirect(url_for(".show", event_id=event_id), 303)


def _page(event: Event, problem: str = "") -> str:
    changes = changes_of(db(), "event", event.id)
    names = _names(changes)
    told = [_told(each, event.id, names) for each in changes]
    return render_template("timeline/history.html", event=event, changes=told, problem=problem)


def _told(change: RowChange, event_id: int, names: dict[tuple[str, int], str]) -> Told:
    before, after = change.before or {}, change.after or {}
    lines: list[tuple[str, str, str]] = []
    what = ""
    if change.of_table == "link":
        what = ", ".join(
            f"{KIND_WORDS[kind].one} «{names.get((kind, number), 'som er borte')}»{_place(after or before, side)}"
            for side, kind, number in _ends(after or before)
            if (kind, number) != ("event", event_id)
        )
    else:
        lines = [
            (FIELDS[each], _say(each, before.get(each)), _say(each, after.get(each)))
            for each in change.fields
            if each in FIELDS
        ]
    return Told.of(
        change,
        act=ACTS.get(change.act, change.act),
        what=what,
        lines=tuple(line for line in lines if line[1] or line[2]),
    )


def _ends(row: dict[str, object]) -> list[tuple[str, str, int]]:
    """The side, the kind and the number of both ends of a link as it was written down."""
    found = [(side, kind, row.get(f"{side}_{kind}_id")) for side in "ab" for kind in KINDS]
    return [(side, kind, number) for side, kind, number in found if isinstance(number, int)]


def _place(row: dict[str, object], side: str) -> str:
    ms, page = row.get(f"{side}_ms"), row.get(f"{side}_page")
    return f" ved {position(ms)}" if isinstance(ms, int) else f" side {page}" if page else ""


def _names(changes: list[RowChange]) -> dict[tuple[str, int], str]:
    """What is at the ends of the links that changes speak of; one question for each kind."""
    wanted: dict[str, set[int]] = {}
    for change in changes:
        if change.of_table == "link":
            for _, kind, number in _ends(change.after or change.before or {}):
                wanted.setdefault(kind, set()).add(number)
    return {
        (kind, number): found.title
        for kind, numbers in wanted.items()
        for number, found in KINDS[kind].load(db(), numbers, viewer(), today=today()).items()
    }


def _say(field: str, value: object) -> str:
    """A value as a person reads it."""
    if not value:
        return ""
    if field == "dated":
        return shown(str(value))
    if field == "access":
        return ACCESSES[Access(str(value))]
    if field == "state":
        return STATES[EventState(str(value))]
    return shortened(str(value))
