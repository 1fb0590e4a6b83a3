"""What the secretary does to a plan: writes it, has it adopted, makes the next one, takes a proposal away."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from archive.access import records_visible_to
from archive.accounts import Role
from archive.errors import BadInput
from archive.meetings.meeting import Meeting
from archive.records import Record
from archive.row_history import latest_change
from archive.units import Unit, UnitKind
from archive.workplan.changes import remove_plan, undo_removal
from archive.workplan.items import items_of
from archive.workplan.plans import WorkPlan, add_plan, adopt_plan, change_plan, list_plans, load_plan
from archive.workplan.revision import carried_over, next_plan, title_after
from web.rights import needs
from web.units import check_unchanged, unit_groups
from web.visit import db, now, today, viewer
from web.workplan_typed import TypedPlan, read_adoption
from web.workplan_words import problem, wrong

pages = Blueprint("workplan_editing", __name__, url_prefix="/arbeidsplan")

MOST_OFFERED = 300  # documents and meetings in one drop-down


@pages.get("/ny")
@needs(Role.SECRETARY)
def new() -> ResponseReturnValue:
    """An empty form, of the county branch and the year to come."""
    county = db().scalar(select(Unit.id).where(Unit.kind == UnitKind.COUNTY_BRANCH, Unit.ends >= today()).limit(1))
    year = today().year + 1
    return _form(TypedPlan(title=f"Arbeidsplan {year}", unit_id=str(county or ""), first_year=str(year)))


@pages.post("/ny")
@needs(Role.SECRETARY)
def add() -> ResponseReturnValue:
    """A new plan, which is a proposal."""
    typed = TypedPlan.read(request.form)
    try:
        plan = add_plan(db(), typed.details(), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad), 422
    db().commit()
    flash(f"{plan.title} er lagt til som forslag. Legg inn mål og tiltak.")
    return redirect(url_for("workplan.one", plan_id=plan.id), 303)


@pages.get("/<int:plan_id>/endre")
@needs(Role.SECRETARY)
def edit(plan_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    plan = load_plan(db(), plan_id)
    return _form(TypedPlan.of(plan), plan=plan)


@pages.post("/<int:plan_id>/endre")
@needs(Role.SECRETARY)
def change(plan_id: int) -> ResponseReturnValue:
    """Write it anew, unless somebody else did meanwhile."""
    typed, plan = TypedPlan.read(request.form), load_plan(db(), plan_id)
    try:
        check_unchanged("work_plan", plan_id)
        change_plan(db(), plan, typed.details(), why=typed.why, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad, plan=load_plan(db(), plan_id)), 422
    db().commit()
    flash("Endringene er lagret. Du kan angre dem i historikken.")
    return redirect(url_for("workplan.one", plan_id=plan_id), 303)


@pages.get("/<int:plan_id>/vedta")
@needs(Role.SECRETARY)
def ask_adoption(plan_id: int) -> ResponseReturnValue:
    """Which meeting adopted it, and when?"""
    return _adoption(load_plan(db(), plan_id))


@pages.post("/<int:plan_id>/vedta")
@needs(Role.SECRETARY)
def adopt(plan_id: int) -> ResponseReturnValue:
    """It is adopted."""
    plan = load_plan(db(), plan_id)
    try:
        adopt_plan(db(), plan, read_adoption(request.form), by=viewer().user_id, now=now(), today=today())
    except BadInput as bad:
        db().rollback()
        return _adoption(load_plan(db(), plan_id), bad), 422
    db().commit()
    flash(f"{plan.title} er vedtatt. Nå kan alle medlemmer lese den.")
    return redirect(url_for("workplan.one", plan_id=plan_id), 303)


@pages.get("/<int:plan_id>/neste")
@needs(Role.SECRETARY)
def ask_next(plan_id: int) -> ResponseReturnValue:
    """What the next plan is called, and what it takes over."""
    plan = load_plan(db(), plan_id)
    years = len(plan.years)
    first, last = plan.last_year + 1, plan.last_year + years
    title = title_after(plan.title, plan.first_year, plan.last_year, first, last)
    return _next(plan, TypedPlan(title=title, first_year=str(first), last_year=str(last) if years > 1 else ""))


@pages.post("/<int:plan_id>/neste")
@needs(Role.SECRETARY)
def make_next(plan_id: int) -> ResponseReturnValue:
    """Make it, as a proposal."""
    typed, plan = TypedPlan.read(request.form), load_plan(db(), plan_id)
    try:
        first, last = typed.years()
        made = next_plan(
            db(), plan, title=typed.title, first_year=first, last_year=last, by=viewer().user_id, now=now()
        )
    except BadInput as bad:
        db().rollback()
        return _next(load_plan(db(), plan_id), typed, bad), 422
    db().commit()
    flash(f"{made.title} er laget som forslag. Det som er gjort, står fortsatt i {plan.title}.")
    return redirect(url_for("workplan.one", plan_id=made.id), 303)


@pages.post("/<int:plan_id>/ta-bort")
@needs(Role.SECRETARY)
def remove(plan_id: int) -> ResponseReturnValue:
    """A proposal goes, with all that stands in it."""
    plan = load_plan(db(), plan_id)
    title = plan.title
    try:
        remove_plan(db(), plan, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        flash(problem(bad.field, bad.problem))
        return redirect(url_for("workplan.one", plan_id=plan_id), 303)
    db().commit()
    flash(f"Forslaget {title} er tatt bort. Du kan hente det tilbake nederst på siden.")
    return redirect(url_for("workplan.show"), 303)


@pages.post("/hent-tilbake/<int:change_id>")
@needs(Role.SECRETARY)
def bring_back(change_id: int) -> ResponseReturnValue:
    """A proposal that was taken away is there again."""
    try:
        plan_id = undo_removal(db(), change_id, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        flash(problem(bad.field, bad.problem))
        return redirect(url_for("workplan.show"), 303)
    db().commit()
    flash("Forslaget er tilbake.")
    return redirect(url_for("workplan.one", plan_id=plan_id), 303)


def _form(typed: TypedPlan, bad: BadInput | None = None, *, plan: WorkPlan | None = None) -> str:
    records = select(Record.id, Record.title).where(records_visible_to(viewer())).order_by(Record.id.desc())
    return render_template(
        "workplan/plan_form.html",
        typed=typed,
        plan=plan,
        seen=latest_change(db(), "work_plan", plan.id) if plan else 0,
        wrong=wrong(bad),
        units=unit_groups(),
        plans=[(each.id, each.title) for each in list_plans(db()) if plan is None or each.id != plan.id],
        records=db().execute(records.limit(MOST_OFFERED)).all(),
    )


def _adoption(plan: WorkPlan, bad: BadInput | None = None) -> str:
    meetings = select(Meeting).where(Meeting.unit_id == plan.unit_id, Meeting.first_day <= today())
    found = db().scalars(
        meetings.order_by(Meeting.first_day.desc(), Meeting.id).limit(50).options(selectinload(Meeting.cases))
    )
    return render_template("workplan/adopt.html", plan=plan, meetings=list(found), typed=request.form, wrong=wrong(bad))


def _next(plan: WorkPlan, typed: TypedPlan, bad: BadInput | None = None) -> str:
    stood = items_of(db(), plan.id)
    carried = carried_over(stood)
    return render_template(
        "workplan/next.html",
        plan=plan,
        typed=typed,
        wrong=wrong(bad),
        carried=carried,
        left=[each for each in stood if each not in carried],
    )
