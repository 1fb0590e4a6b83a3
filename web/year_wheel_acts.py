"""What the secretary says of an occurrence: a new day, held, put off, called off, ticked. Undo is in the history."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput
from archive.organisation.tree import Listed, list_units
from archive.yearwheel.duties import Duty, load_duty
from archive.yearwheel.occurrences import (
    Occurrence,
    When,
    call_off,
    give_help,
    hold,
    load_occurrence,
    plan_occurrence,
    put_off,
    set_day,
    tick,
)
from archive.yearwheel.recurrence import read_clock
from web.rights import needs
from web.typed_interview import read_day
from web.typed_unit import read_number
from web.units import check_unchanged
from web.visit import db, now, today, viewer
from web.year_wheel import occurrence_page, sight
from web.year_wheel_words import day_words, wrong

pages = Blueprint("year_wheel_acts", __name__, url_prefix="/arshjul")


@pages.get("/oppgave/<int:duty_id>/dag")
@needs(Role.SECRETARY)
def new_day(duty_id: int) -> ResponseReturnValue:
    """An empty form for a day of a duty."""
    duty = load_duty(db(), duty_id)
    typed = {
        "starts": duty.clock.replace(":", "."),
        "lasts_minutes": str(duty.lasts_minutes),
        "place": duty.place,
        "meeting_url": duty.meeting_url,
        "unit_id": request.args.get("ledd", ""),
    }
    return _day_form(duty, typed)


@pages.post("/oppgave/<int:duty_id>/dag")
@needs(Role.SECRETARY)
def add_day(duty_id: int) -> ResponseReturnValue:
    """A day is set."""
    duty = load_duty(db(), duty_id)
    try:
        unit_id = read_number(request.form.get("unit_id", ""), "unit_id")
        one = plan_occurrence(db(), duty, _when(), unit_id=unit_id, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _day_form(load_duty(db(), duty_id), request.form.to_dict(), bad), 422
    db().commit()
    flash(f"{duty.title} er planlagt {day_words(one)}.")
    return redirect(url_for("year_wheel.duty", duty_id=duty_id, ar=one.year), 303)


@pages.post("/gjennomforing/<int:occurrence_id>/dag")
@needs(Role.SECRETARY)
def move(occurrence_id: int) -> ResponseReturnValue:
    """A new day, or the proposed one confirmed."""
    one = load_occurrence(db(), occurrence_id)
    try:
        check_unchanged("occurrence", occurrence_id)
        set_day(db(), one, _when(), by=viewer().user_id, now=now())
    except BadInput as bad:
        return _again(occurrence_id, bad, "dag")
    return _done(one, f"Dagen er satt til {day_words(one)}.")


@pages.post("/gjennomforing/<int:occurrence_id>/holdt")
@needs(Role.SECRETARY)
def held(occurrence_id: int) -> ResponseReturnValue:
    """It was held."""
    one = load_occurrence(db(), occurrence_id)
    form = request.form
    try:
        check_unchanged("occurrence", occurrence_id)
        hold(
            db(),
            one,
            held_on=_day("held_on"),
            minutes=form.get("minutes", ""),
            note_to_next=form.get("note_to_next", ""),
            by=viewer().user_id,
            now=now(),
            today=today(),
        )
    except BadInput as bad:
        return _again(occurrence_id, bad, "holdt")
    return _done(one, "Meldt som holdt. Takk for at du skrev det ned.")


@pages.post("/gjennomforing/<int:occurrence_id>/utsett")
@needs(Role.SECRETARY)
def postpone(occurrence_id: int) -> ResponseReturnValue:
    """It does not happen on its day, and nobody knows when."""
    one = load_occurrence(db(), occurrence_id)
    try:
        put_off(db(), one, by=viewer().user_id, now=now())
    except BadInput as bad:
        return _again(occurrence_id, bad, "")
    return _done(one, "Utsatt. Den står blant det som venter, til noen setter en ny dag.")


@pages.post("/gjennomforing/<int:occurrence_id>/avlys")
@needs(Role.SECRETARY)
def cancel(occurrence_id: int) -> ResponseReturnValue:
    """It does not happen."""
    one = load_occurrence(db(), occurrence_id)
    try:
        call_off(db(), one, by=viewer().user_id, now=now())
    except BadInput as bad:
        return _again(occurrence_id, bad, "")
    return _done(one, "Avlyst. Du kan angre det i historikken, eller sette en ny dag.")


@pages.post("/gjennomforing/<int:occurrence_id>/sjekkliste")
@needs(Role.SECRETARY)
def check_off(occurrence_id: int) -> ResponseReturnValue:
    """Which lines of the checklist are done."""
    one = load_occurrence(db(), occurrence_id)
    tick(db(), one, request.form.getlist("step"), by=viewer().user_id, now=now())
    return _done(one, "Sjekklisten er lagret.")


@pages.post("/gjennomforing/<int:occurrence_id>/hjelp-gitt")
@needs(Role.SECRETARY)
def helped(occurrence_id: int) -> ResponseReturnValue:
    """The help that was asked for is given."""
    one = load_occurrence(db(), occurrence_id)
    give_help(db(), one, by=viewer().user_id, now=now())
    return _done(one, "Hjelpen er meldt gitt.")


def _done(one: Occurrence, sentence: str) -> ResponseReturnValue:
    db().commit()
    flash(sentence)
    return redirect(url_for("year_wheel.occurrence", occurrence_id=one.id), 303)


def _again(occurrence_id: int, bad: BadInput, which: str) -> ResponseReturnValue:
    """The page anew, with what was typed and what is wrong with it."""
    db().rollback()
    one = load_occurrence(db(), occurrence_id)
    return occurrence_page(one, sight(), request.form.to_dict(), wrong=wrong(bad), open=which), 422


def _when() -> When:
    form = request.form
    lasts = read_number(form.get("lasts_minutes", ""), "lasts_minutes")
    return When(
        due_on=_day("due_on"),
        starts=read_clock(form.get("starts"), "starts"),
        lasts_minutes=120 if lasts is None else lasts,
        place=form.get("place", ""),
        meeting_url=form.get("meeting_url", ""),
    )


def _day(field: str) -> date:
    day = read_day(request.form.get(field, ""), field)
    if day is None:
        raise BadInput(field, "empty")
    return day


def _day_form(duty: Duty, typed: dict[str, str], bad: BadInput | None = None) -> str:
    units: list[Listed] = []
    if duty.each_of is not None:
        units = [each for each in list_units(db(), today=today()) if each.kind == duty.each_of and each.is_active]
    return render_template("year_wheel/day_form.html", duty=duty, typed=typed, units=units, wrong=wrong(bad))
