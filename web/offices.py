"""The secretary's forms for an office: who holds it, from when until when; end it; take it away."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput
from archive.offices import (
    Office,
    add_office,
    change_office,
    end_office,
    holder_named,
    load_office,
    remove_office,
)
from archive.people import Person
from archive.row_history import latest_change
from archive.units import Unit
from web.organisation_words import OFFICE_CHOICES
from web.rights import needs
from web.typed_interview import wording
from web.typed_unit import TypedOffice, read_number
from web.units import check_unchanged, unit_groups
from web.visit import db, now, viewer

pages = Blueprint("offices", __name__, url_prefix="/organisasjon/verv")


@pages.get("/ny")
@needs(Role.SECRETARY)
def new() -> ResponseReturnValue:
    """An empty form; `?ledd=` says in which unit."""
    return _form(TypedOffice(unit_id=request.args.get("ledd", "")))


@pages.post("/ny")
@needs(Role.SECRETARY)
def add() -> ResponseReturnValue:
    """Somebody holds, or held, an office."""
    typed = TypedOffice.read(request.form)
    try:
        office = add_office(db(), typed.details(_holder(typed)), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad), 422
    db().commit()
    flash(f"{office.person.name} er skrevet inn som {office.title}.")
    return redirect(url_for("organisation.one", unit_id=office.unit_id), 303)


@pages.get("/<int:office_id>/endre")
@needs(Role.SECRETARY)
def edit(office_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    office = load_office(db(), office_id)
    return _form(TypedOffice.of(office), office=office)


@pages.post("/<int:office_id>/endre")
@needs(Role.SECRETARY)
def change(office_id: int) -> ResponseReturnValue:
    """Write it anew, unless somebody else did meanwhile."""
    typed, office = TypedOffice.read(request.form), load_office(db(), office_id)
    try:
        check_unchanged("office", office_id)
        person_id = office.person_id if typed.person.strip() == office.person.name else _holder(typed)
        change_office(db(), office, typed.details(person_id), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad, office=load_office(db(), office_id)), 422
    db().commit()
    flash("Endringene er lagret. Du kan angre dem i historikken.")
    return redirect(url_for("organisation.one", unit_id=office.unit_id), 303)


@pages.get("/<int:office_id>/avslutt")
@needs(Role.SECRETARY)
def end(office_id: int) -> ResponseReturnValue:
    """When did it end?"""
    return _end_form(load_office(db(), office_id))


@pages.post("/<int:office_id>/avslutt")
@needs(Role.SECRETARY)
def finish(office_id: int) -> ResponseReturnValue:
    """It is over."""
    office = load_office(db(), office_id)
    try:
        end_office(db(), office, held_to=request.form.get("held_to", ""), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _end_form(load_office(db(), office_id), bad), 422
    db().commit()
    flash(f"Vervet til {office.person.name} er avsluttet. Du kan angre det i historikken.")
    return redirect(url_for("organisation.one", unit_id=office.unit_id), 303)


@pages.post("/<int:office_id>/ta-bort")
@needs(Role.SECRETARY)
def remove(office_id: int) -> ResponseReturnValue:
    """It was written down by mistake."""
    office = load_office(db(), office_id)
    unit_id, who = office.unit_id, office.person.name
    remove_office(db(), office, by=viewer().user_id, now=now())
    db().commit()
    flash(f"Vervet til {who} er tatt bort. Du kan angre det i historikken.")
    return redirect(url_for("organisation.one", unit_id=unit_id), 303)


def _holder(typed: TypedOffice) -> int:
    year = _read_year(typed.birth_year)
    return holder_named(db(), typed.person, birth_year=year, by=viewer().user_id, now=now()).id


def _read_year(typed: str) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    if not (len(typed) == 4 and typed.isascii() and typed.isdigit() and typed > "1800"):
        raise BadInput("birth_year", "unreadable")
    return int(typed)


def _form(typed: TypedOffice, bad: BadInput | None = None, *, office: Office | None = None) -> str:
    names = select(Person.name).where(Person.merged_into_id.is_(None)).distinct().order_by(Person.name)
    return render_template(
        "organisation/office_form.html",
        typed=typed,
        wrong=wording([bad] if bad else []),
        office=office,
        seen=latest_change(db(), "office", office.id) if office else 0,
        kinds=OFFICE_CHOICES,
        units=unit_groups(),
        unit=_unit_of(typed),
        names=db().scalars(names).all(),
    )


def _unit_of(typed: TypedOffice) -> Unit | None:
    """The unit that the form is about already; None lets a person choose."""
    try:
        unit_id = read_number(typed.unit_id, "unit_id")
    except BadInput:
        return None
    return find_row(db(), Unit, unit_id) if unit_id else None


def _end_form(office: Office, bad: BadInput | None = None) -> str:
    return render_template(
        "organisation/office_end.html",
        office=office,
        held_to=request.form.get("held_to", ""),
        wrong=wording([bad] if bad else []),
    )
