"""What was done to a meeting, its cases and its papers, and the way back: undo of each change."""

from collections.abc import Callable, Iterable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.database import Base, find_row
from archive.errors import BadInput, NotFound
from archive.fuzzy_dates import shown
from archive.interviews import Access
from archive.links import undo_of_link
from archive.meetings.cases import MeetingCase
from archive.meetings.found import load_meeting
from archive.meetings.history import undo_of_meeting
from archive.meetings.meeting import Meeting, MeetingKind
from archive.meetings.papers import PaperRole
from archive.people import Person
from archive.records import Record
from archive.row_history import RowChange, changes_of
from web.meetings_words import ACTS, FIELDS, KINDS, ROLES, TABLES
from web.rights import needs
from web.told_changes import Names, Told, shortened
from web.visit import db, now, viewer
from web.wording import ACCESSES, problem

pages = Blueprint("meetings_history", __name__, url_prefix="/mote/<int:meeting_id>")

# What changes speak of by its number, beside the unit.
_NAMES: dict[str, type[Base]] = {"presented_by_id": Person, "record_id": Record, "case_id": MeetingCase}


@pages.get("/historikk")
@needs(Role.SECRETARY)
def show(meeting_id: int) -> ResponseReturnValue:
    """Every change, newest first."""
    return _page(load_meeting(db(), meeting_id, viewer()))


@pages.post("/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(meeting_id: int, change_id: int) -> ResponseReturnValue:
    """Put back what was done in one go."""
    change = find_row(db(), RowChange, change_id)
    if change is None or (change.thing, change.thing_id) != ("meeting", meeting_id):
        raise NotFound("change", change_id)
    try:
        put_back = undo_of_link if change.of_table == "link" and change.batch is None else undo_of_meeting
        put_back(db(), change, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(load_meeting(db(), meeting_id, viewer()), problem("change", bad.problem)), 409
    db().commit()
    if find_row(db(), Meeting, meeting_id) is None:
        flash("Møtet er tatt bort igjen.")
        return redirect(url_for("meetings.show"), 303)
    flash("Endringen er angret.")
    return redirect(url_for(".show", meeting_id=meeting_id), 303)


def _page(meeting: Meeting, problem: str = "") -> str:
    changes = changes_of(db(), "meeting", meeting.id)
    names = Names(changes, more=_NAMES)
    return render_template(
        "meetings/history.html", meeting=meeting, changes=list(_told(changes, names)), problem=problem
    )


def _told(changes: list[RowChange], names: Names) -> Iterable[Told]:
    """What was done in one go is told once, by the change of it that says most."""
    batches: dict[str, list[RowChange]] = {}
    for change in changes:
        if change.batch is not None:
            batches.setdefault(change.batch, []).append(change)
    for change in changes:
        together = batches.get(change.batch or "", [change])
        if change is together[0]:
            yield _one(change, together, names)


def _one(change: RowChange, together: list[RowChange], names: Names) -> Told:
    lines: list[tuple[str, str, str]] = []
    if len(together) == 1:
        before, after = change.before or {}, change.after or {}
        lines = [
            (FIELDS[each], _say(names, each, before.get(each)), _say(names, each, after.get(each)))
            for each in change.fields
            if each in FIELDS and (each != "position" or change.act == "moved")
        ]
    else:
        titles = [str((each.after or each.before or {}).get("title", "")) for each in reversed(together)]
        lines = [("Saker", "", ", ".join(filter(None, titles)))]
    return Told.of(
        change,
        act=ACTS.get(change.act, change.act),
        what=f"{len(together)} saker" if len(together) > 1 and change.act == "added" else _what(change),
        lines=tuple(line for line in lines if line[1] or line[2]),
    )


def _what(change: RowChange) -> str:
    row = change.after or change.before or {}
    if change.of_table == "meeting_case" and change.act != "moved":
        return f"saken «{row.get('title', '')}»" if row else "en sak"
    return TABLES.get(change.of_table, "")


def _say(names: Names, field: str, value: object) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return ""
    if (name := names.of(field, value)) is not None:
        return name
    return _WORDS[field](str(value)) if field in _WORDS else shortened(str(value))


_WORDS: dict[str, Callable[[str], str]] = {
    "kind": lambda key: KINDS[MeetingKind(key)],
    "role": lambda key: ROLES[PaperRole(key)],
    "access": lambda key: ACCESSES[Access(key)],
    "dated": shown,
}
