"""The secretary's forms for a duty: add, change, end, take up again. Undo is in the history."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.accounts import Role
from archive.errors import BadInput
from archive.people import Person
from archive.row_history import latest_change
from archive.yearwheel.duties import EACH_OF, Duty, add_duty, change_duty, end_duty, load_duty
from web.organisation_words import OFFICE_CHOICES, UNIT_HEADINGS
from web.rights import needs
from web.units import check_unchanged, unit_groups
from web.visit import db, now, today, viewer
from web.year_wheel_typed import CHOICES, TypedDuty
from web.year_wheel_words import PER, STRENGTHS, wrong

pages = Blueprint("year_wheel_duties", __name__, url_prefix="/arshjul")

# So many names help whoever types; in a register with more, one types.
_MOST_NAMES = 2000


@pages.get("/oppgave/ny")
@needs(Role.SECRETARY)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(TypedDuty())


@pages.post("/oppgave/ny")
@needs(Role.SECRETARY)
def add() -> ResponseReturnValue:
    """A new duty."""
    typed = TypedDuty.read(request.form)
    try:
        duty = add_duty(db(), typed.details(db()), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad), 422
    db().commit()
    flash(f"{duty.title} er lagt til.")
    return redirect(url_for("year_wheel.duty", duty_id=duty.id), 303)


@pages.get("/oppgave/<int:duty_id>/endre")
@needs(Role.SECRETARY)
def edit(duty_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    duty = load_duty(db(), duty_id)
    return _form(TypedDuty.of(duty), duty=duty)


@pages.post("/oppgave/<int:duty_id>/endre")
@needs(Role.SECRETARY)
def change(duty_id: int) -> ResponseReturnValue:
    """Write it anew, unless somebody else did meanwhile. Days that are set stay."""
    typed, duty = TypedDuty.read(request.form), load_duty(db(), duty_id)
    try:
        check_unchanged("duty", duty_id)
        change_duty(db(), duty, typed.details(db()), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad, duty=load_duty(db(), duty_id)), 422
    db().commit()
    flash("Endringene er lagret. Dagene som alt er satt, står som før.")
    return redirect(url_for("year_wheel.duty", duty_id=duty_id), 303)


@pages.post("/oppgave/<int:duty_id>/avslutt")
@needs(Role.SECRETARY)
def end(duty_id: int) -> ResponseReturnValue:
    """It is not a duty any more from today on."""
    duty = load_duty(db(), duty_id)
    end_duty(db(), duty, ended_on=today(), by=viewer().user_id, now=now())
    db().commit()
    flash(f"{duty.title} er avsluttet. Det som er holdt, blir stående.")
    return redirect(url_for("year_wheel.duty", duty_id=duty_id), 303)


@pages.post("/oppgave/<int:duty_id>/ta-opp-igjen")
@needs(Role.SECRETARY)
def take_up(duty_id: int) -> ResponseReturnValue:
    """It is a duty again."""
    duty = load_duty(db(), duty_id)
    end_duty(db(), duty, ended_on=None, by=viewer().user_id, now=now())
    db().commit()
    flash(f"{duty.title} gjelder igjen.")
    return redirect(url_for("year_wheel.duty", duty_id=duty_id), 303)


def _form(typed: TypedDuty, bad: BadInput | None = None, *, duty: Duty | None = None) -> str:
    named = select(Person.name).where(Person.merged_into_id.is_(None)).order_by(Person.name).limit(_MOST_NAMES)
    return render_template(
        "year_wheel/duty_form.html",
        typed=typed,
        duty=duty,
        seen=latest_change(db(), "duty", duty.id) if duty else 0,
        wrong=wrong(bad),
        strengths=STRENGTHS,
        per=PER,
        choices=CHOICES,
        each_of={kind: UNIT_HEADINGS[kind] for kind in EACH_OF},
        offices=OFFICE_CHOICES,
        units=unit_groups(),
        names=list(db().scalars(named)),
    )
