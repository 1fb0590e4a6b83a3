"""*Siste endringer*: who did what and when, in all registers, with *Angre* where there is a way back."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.desk_changes import Done, recent_changes, undo_any
from archive.errors import BadInput
from web.desk import MOST_ON_A_PAGE, page_number
from web.desk_words import ACTS, TABLES, UNKNOWN_ACT
from web.rights import needs
from web.visit import db, now, viewer
from web.wording import problem

pages = Blueprint("desk_changes", __name__, url_prefix="/endringer")


@pages.get("")
@needs(Role.SECRETARY)
def show() -> ResponseReturnValue:
    """The last changes, a page at a time."""
    page = page_number()
    found, count = recent_changes(db(), first=(page - 1) * MOST_ON_A_PAGE, most=MOST_ON_A_PAGE)
    return render_template(
        "desk/changes.html",
        changes=[(each, ACTS.get(each.act, UNKNOWN_ACT), TABLES.get(each.kind, ""), _address(each)) for each in found],
        page=page,
        last_page=max(1, -(-count // MOST_ON_A_PAGE)),
    )


@pages.post("/<int:change_id>/angre")
@needs(Role.SECRETARY)
def undo(change_id: int) -> ResponseReturnValue:
    """Put back what one change did; what is in the way is said."""
    back = redirect(url_for(".show", side=request.args.get("side") or None), 303)
    try:
        undo_any(db(), change_id, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        flash(problem("change", bad.problem))
        return back
    db().commit()
    flash("Endringen er angret. Også det kan angres.")
    return back


_PAGES: dict[str, tuple[str, str]] = {
    "interview": ("listen.show", "interview_id"),
    "record": ("records.one", "record_id"),
    "event": ("timeline.one", "event_id"),
    "person": ("people.one", "person_id"),
    "unit": ("organisation.one", "unit_id"),
    "duty": ("year_wheel.duty", "duty_id"),
    "user": ("users.one", "user_id"),
    "overview": ("overview_unit.one", "unit_id"),
    "contribution": ("desk.one", "contribution_id"),
}


def _address(done: Done) -> str:
    """Where the thing is seen; "" where there is no such page, or nothing any more."""
    kind, number = done.page or ("", 0)
    if kind not in _PAGES:
        return ""
    endpoint, name = _PAGES[kind]
    values: dict[str, Any] = {name: number}
    build: Callable[..., str] = url_for
    return build(endpoint, **values)
