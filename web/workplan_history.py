"""What was done to a plan and to what stands in it, and the way back: what was done in one go is undone in one go."""

from collections.abc import Callable
from datetime import date
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.offices import OfficeKind
from archive.organisation.words import OFFICE_WORDS, UNIT_WORDS
from archive.row_history import RowChange, changes_of
from archive.units import UnitKind
from archive.workplan.amounts import shown_amount
from archive.workplan.changes import TABLES as OF_PLAN
from archive.workplan.changes import is_of_plan, undo_together
from archive.workplan.items import ItemStatus
from archive.workplan.plans import PlanState, WorkPlan, load_plan
from web import wording
from web.rights import needs
from web.told_changes import Names, Told
from web.visit import db, now, viewer
from web.workplan_words import ACTS, FIELDS, LINE_KINDS, STATES, STATUSES, TABLES, problem

pages = Blueprint("workplan_history", __name__, url_prefix="/arbeidsplan")

MOST_LINES = 30  # that one change tells before it says how many more there are
_DAYS = ("adopted_on", "status_on", "current_on", "amended_on")
_AMOUNTS = ("target", "current", "value")


@pages.get("/<int:plan_id>/historikk")
@needs(Role.SECRETARY)
def show(plan_id: int) -> ResponseReturnValue:
    """Every change, newest first."""
    return _page(load_plan(db(), plan_id))


@pages.post("/<int:plan_id>/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(plan_id: int, change_id: int) -> ResponseReturnValue:
    """Put back what was done in one go with this change."""
    change = find_row(db(), RowChange, change_id)
    if change is None or not is_of_plan(change, plan_id) or change.of_table not in OF_PLAN:
        raise NotFound("change", change_id)
    try:
        undo_together(db(), change, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(load_plan(db(), plan_id), bad), 409
    db().commit()
    gone = find_row(db(), WorkPlan, plan_id) is None
    flash("Planen er tatt bort igjen." if gone else "Endringen er angret.")
    return redirect(url_for("workplan.show") if gone else url_for(".show", plan_id=plan_id), 303)


def _page(plan: WorkPlan, bad: BadInput | None = None) -> str:
    changes = [each for each in changes_of(db(), "work_plan", plan.id) if each.of_table in OF_PLAN]
    names = Names(changes)
    together = [list(group) for _, group in groupby(changes, key=lambda each: each.batch or each.id)]
    return render_template(
        "workplan/history.html",
        plan=plan,
        changes=[_told(each, names) for each in together],
        problem=problem(bad.field, bad.problem) if bad else "",
    )


def _told(together: list[RowChange], names: Names) -> Told:
    """Changes of one go; what the main row says comes first, and what was only moved along last."""
    main = min(together, key=lambda each: (each.act == "moved", OF_PLAN.index(each.of_table), each.id))
    lines = []
    for change in sorted(together, key=lambda each: each.id):
        before, after = change.before or {}, change.after or {}
        for field in change.fields:
            if field in FIELDS:
                lines.append(
                    (FIELDS[field], _say(names, field, before.get(field)), _say(names, field, after.get(field)))
                )
    told = [line for line in lines if line[1] != line[2]]
    return Told.of(
        main,
        act=ACTS.get(main.act, main.act),
        what=_what(main, together),
        lines=tuple(told[:MOST_LINES]),
        more=max(0, len(told) - MOST_LINES),
        may_undo=(all(each.can_be_undone for each in together) and main.act != "undid") or _is_lone_undo(together),
    )


def _is_lone_undo(together: list[RowChange]) -> bool:
    return len(together) == 1 and together[0].act == "undid" and together[0].can_be_undone


def _what(change: RowChange, together: list[RowChange]) -> str:
    stood = change.after or change.before or {}
    if change.of_table != "work_plan_item":
        return TABLES.get(change.of_table, change.of_table)
    count = sum(each.of_table == change.of_table and each.act == change.act for each in together)
    has_points = any(each.of_table == "work_plan_point" for each in together)
    named = f"{count} punkter" if count > 1 else f"«{stood.get('text', '')}»"
    return f"{named}, og {TABLES['work_plan_point']}" if has_points else named


def _say(names: Names, field: str, value: object) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return ""
    if (name := names.of(field, value)) is not None:
        return name
    if field in _DAYS:
        return wording.day(date.fromisoformat(str(value)))
    if field in _AMOUNTS:
        return shown_amount(float(str(value)))
    return _KEYS[field](str(value)) if field in _KEYS else str(value)


_KEYS: dict[str, Callable[[str], str]] = {
    "kind": LINE_KINDS.__getitem__,
    "state": lambda key: STATES[PlanState(key)],
    "status": lambda key: STATUSES[ItemStatus(key)],
    "each_of": lambda key: UNIT_WORDS[UnitKind(key)],
    "office_kind": lambda key: OFFICE_WORDS[OfficeKind(key)],
}
