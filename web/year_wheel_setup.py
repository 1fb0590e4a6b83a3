"""*Sett opp året*: seen first, done with one button, undone with another."""

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput, NotFound
from archive.row_history import undo_batch
from archive.yearwheel.year import YearPlan, plan_year, set_up_year
from web.rights import needs
from web.visit import db, now, today, viewer
from web.wording import counted
from web.year_wheel import asked_year
from web.year_wheel_history import is_year_batch
from web.year_wheel_words import problem

pages = Blueprint("year_wheel_setup", __name__, url_prefix="/arshjul")


@pages.get("/sett-opp")
@needs(Role.SECRETARY)
def look() -> ResponseReturnValue:
    """What would be added, and what the secretary has to set afterwards."""
    return _page(plan_year(db(), asked_year()))


@pages.post("/sett-opp")
@needs(Role.SECRETARY)
def carry_out() -> ResponseReturnValue:
    """Do it."""
    year = request.form.get("year", type=int)
    if year is None:
        raise NotFound("year", request.form.get("year"))
    done, batch = set_up_year(db(), year, by=viewer().user_id, now=now())
    db().commit()
    if done.changes_nothing:
        flash("Alt sto der fra før, så ingenting er endret.")
        return redirect(url_for("year_wheel.show", ar=year), 303)
    return redirect(url_for(".finished", batch=batch, ar=year), 303)


@pages.get("/satt-opp/<batch>")
@needs(Role.SECRETARY)
def finished(batch: str) -> ResponseReturnValue:
    """It is done: where to go, and the way back."""
    if not is_year_batch(batch):
        raise NotFound("batch", batch)
    seen = plan_year(db(), asked_year())
    return render_template("year_wheel/set_up_done.html", batch=batch, plan=seen, year=seen.year)


@pages.post("/satt-opp/<batch>/angre")
@needs(Role.SECRETARY)
def undo(batch: str) -> ResponseReturnValue:
    """Take away all that came with it."""
    if not is_year_batch(batch):
        raise NotFound("batch", batch)
    try:
        count = undo_batch(db(), batch, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        flash(
            "Oppsettet kan ikke angres i ett, for noe av det er endret eller tatt i bruk siden. "
            f"{problem(bad.field, bad.problem)} Du kan angre hver dag for seg i historikken."
        )
        return redirect(url_for("year_wheel.show", ar=asked_year()), 303)
    db().commit()
    flash(f"Oppsettet er angret: {counted(count, 'ting er tatt bort', 'ting er tatt bort')}.")
    return redirect(url_for("year_wheel.show", ar=asked_year()), 303)


def _page(plan: YearPlan) -> str:
    by_title = sorted(plan.new_days, key=lambda each: (each.title, each.day, each.unit))
    groups = [(title, list(days)) for title, days in groupby(by_title, key=lambda each: each.title)]
    groups.sort(key=lambda each: each[1][0].day)
    years = range(today().year - 1, today().year + 5)
    return render_template("year_wheel/set_up.html", plan=plan, groups=groups, year=plan.year, years=years)
