"""The forms for goals, measures and headings, and *Meld hvordan det går*, which also whoever answers for one may do."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.accounts import Role
from archive.errors import BadInput
from archive.people import Person
from archive.row_history import latest_change
from archive.workplan.item_acts import add_items, change_item, move_item, remove_item
from archive.workplan.items import WorkPlanItem, items_of, load_item
from archive.workplan.looking import item_for
from archive.workplan.outline import ItemKind
from archive.workplan.plans import WorkPlan, load_plan
from archive.workplan.reporting import report_status
from web.organisation_words import OFFICE_CHOICES
from web.rights import needs
from web.typed_unit import read_number
from web.units import check_unchanged, unit_groups
from web.visit import db, now, today, viewer
from web.workplan import item_page, sight
from web.workplan_typed import TypedItem, read_status
from web.workplan_words import EACH_OF, KINDS, problem, wrong

pages = Blueprint("workplan_items", __name__, url_prefix="/arbeidsplan")

_MOST_NAMES = 2000


@pages.get("/<int:plan_id>/punkt/nytt")
@needs(Role.SECRETARY)
def new(plan_id: int) -> ResponseReturnValue:
    """An empty form; `?slag=` says what, `?etter=` below which item."""
    kind = request.args.get("slag", "")
    typed = TypedItem(kind=kind if kind in list(ItemKind) else ItemKind.GOAL, after=request.args.get("etter", ""))
    return _form(load_plan(db(), plan_id), typed)


@pages.post("/<int:plan_id>/punkt/nytt")
@needs(Role.SECRETARY)
def add(plan_id: int) -> ResponseReturnValue:
    """A new item."""
    typed, plan = TypedItem.read(request.form), load_plan(db(), plan_id)
    try:
        after = _after(plan, typed)
        (item,) = add_items(
            db(), plan, [typed.details(db())], why=typed.why, after=after, by=viewer().user_id, now=now()
        )
    except BadInput as bad:
        db().rollback()
        return _form(load_plan(db(), plan_id), typed, bad), 422
    db().commit()
    flash(f"{KINDS[item.kind].capitalize()} er lagt til.")
    return redirect(url_for("workplan.one", plan_id=plan_id, _anchor=f"punkt-{item.id}"), 303)


@pages.get("/punkt/<int:item_id>/endre")
@needs(Role.SECRETARY)
def edit(item_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    item = load_item(db(), item_id)
    return _form(item.plan, TypedItem.of(item), item=item)


@pages.post("/punkt/<int:item_id>/endre")
@needs(Role.SECRETARY)
def change(item_id: int) -> ResponseReturnValue:
    """Write it anew, unless somebody else did meanwhile."""
    typed, item = TypedItem.read(request.form), load_item(db(), item_id)
    try:
        check_unchanged("work_plan_item", item_id)
        change_item(db(), item, typed.details(db()), why=typed.why, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        item = load_item(db(), item_id)
        return _form(item.plan, typed, bad, item=item), 422
    db().commit()
    flash("Endringene er lagret. Du kan angre dem i historikken.")
    return redirect(url_for("workplan.one", plan_id=item.plan_id, _anchor=f"punkt-{item_id}"), 303)


@pages.post("/punkt/<int:item_id>/flytt")
@needs(Role.SECRETARY)
def move(item_id: int) -> ResponseReturnValue:
    """One step up or down, with what belongs to it."""
    item = load_item(db(), item_id)
    try:
        move_item(db(), item, up=request.form.get("vei") == "opp", by=viewer().user_id, now=now())
        db().commit()
    except BadInput as bad:
        db().rollback()
        flash(problem(bad.field, bad.problem))
    return redirect(url_for("workplan.one", plan_id=item.plan_id, _anchor=f"punkt-{item_id}"), 303)


@pages.post("/punkt/<int:item_id>/ta-bort")
@needs(Role.SECRETARY)
def remove(item_id: int) -> ResponseReturnValue:
    """Out of a proposal; the history brings it back."""
    item = load_item(db(), item_id)
    plan_id, text = item.plan_id, item.text
    try:
        remove_item(db(), item, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        flash(problem(bad.field, bad.problem))
        return redirect(url_for("workplan.item", item_id=item_id), 303)
    db().commit()
    flash(f"«{text}» er tatt ut av forslaget. Du kan angre det i historikken.")
    return redirect(url_for("workplan.one", plan_id=plan_id), 303)


@pages.post("/punkt/<int:item_id>/status")
@needs(Role.MEMBER)
def report(item_id: int) -> ResponseReturnValue:
    """How it goes, as the secretary or whoever answers for it says. `archive.workplan.looking` knows who may."""
    item = item_for(db(), item_id, sight())
    try:
        check_unchanged("work_plan_item", item_id)
        report_status(db(), item, read_status(request.form), viewer=viewer(), now=now(), today=today())
    except BadInput as bad:
        db().rollback()
        return item_page(item_for(db(), item_id, sight()), request.form.to_dict(), wrong(bad)), 422
    db().commit()
    flash("Takk. Det er skrevet ned hvordan det går.")
    return redirect(url_for("workplan.item", item_id=item_id), 303)


def _after(plan: WorkPlan, typed: TypedItem) -> WorkPlanItem | None:
    """The item that a new one comes below; None: at the end."""
    number = read_number(typed.after, "after")
    return next((each for each in items_of(db(), plan.id) if each.id == number), None)


def _form(plan: WorkPlan, typed: TypedItem, bad: BadInput | None = None, *, item: WorkPlanItem | None = None) -> str:
    named = select(Person.name).where(Person.merged_into_id.is_(None)).order_by(Person.name).limit(_MOST_NAMES)
    return render_template(
        "workplan/item_form.html",
        plan=plan,
        item=item,
        typed=typed,
        seen=latest_change(db(), "work_plan_item", item.id) if item else 0,
        wrong=wrong(bad),
        kinds=KINDS,
        items=items_of(db(), plan.id),
        offices=OFFICE_CHOICES,
        units=unit_groups(),
        each_of=EACH_OF,
        names=list(db().scalars(named)),
    )
