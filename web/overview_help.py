"""The secretary's forms on a unit of the overview: what representatives wish, and help offered, asked for and given."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput
from archive.overview.helping import STEPS, HelpDetails, UnitHelp, load_help, remove_help, write_help
from archive.overview.wishes import answer_wish, ask_follow_up, load_wish, remove_wish
from archive.row_history import latest_change
from archive.units import Unit, UnitKind, load_unit
from web.overview import sight
from web.overview_unit import counted, unit_page
from web.overview_words import wrong
from web.rights import needs
from web.typed_interview import read_day
from web.typed_unit import read_number
from web.units import check_unchanged
from web.visit import db, now, today, viewer

pages = Blueprint("overview_help", __name__, url_prefix="/oversikt")

_OF_THE_COUNTY = (UnitKind.COUNCIL_GROUP, UnitKind.ELECTED_BODY)


@pages.post("/<int:unit_id>/onske")
@needs(Role.SECRETARY)
def wish(unit_id: int) -> ResponseReturnValue:
    """Write down what a representative wants."""
    unit = counted(unit_id)
    try:
        person_id = read_number(request.form.get("person_id", ""), "person_id")
        day = read_day(request.form.get("wished_on", ""), "wished_on") or today()
        text = request.form.get("wish", "")
        ask_follow_up(db(), unit, person_id, text, wished_on=day, by=viewer().user_id, now=now(), today=today())
    except BadInput as bad:
        return _again(unit_id, bad, "onske")
    db().commit()
    flash("Ønsket er skrevet ned.")
    return _to(unit_id, "onsker")


@pages.post("/onske/<int:wish_id>/svar")
@needs(Role.SECRETARY)
def answer(wish_id: int) -> ResponseReturnValue:
    """Say what came of a wish."""
    row = load_wish(db(), wish_id)
    try:
        day = read_day(request.form.get("answered_on", ""), "answered_on") or today()
        text = request.form.get("answer", "")
        answer_wish(db(), row, text, answered_on=day, by=viewer().user_id, now=now(), today=today())
    except BadInput as bad:
        return _again(_page_of(row.unit), bad, f"svar-{wish_id}")
    db().commit()
    flash("Svaret er lagret.")
    return _to(_page_of(row.unit), "onsker")


@pages.post("/onske/<int:wish_id>/ta-bort")
@needs(Role.SECRETARY)
def take_away_wish(wish_id: int) -> ResponseReturnValue:
    """A wish was written down by mistake."""
    row = load_wish(db(), wish_id)
    unit_id = _page_of(row.unit)
    remove_wish(db(), row, by=viewer().user_id, now=now(), today=today())
    db().commit()
    flash("Ønsket er tatt bort. Du kan angre det i historikken.")
    return _to(unit_id, "onsker")


@pages.get("/<int:unit_id>/hjelp")
@needs(Role.SECRETARY)
def new(unit_id: int) -> ResponseReturnValue:
    """An empty form."""
    return _form(counted(unit_id), {"about": "", **dict.fromkeys(STEPS, "")})


@pages.post("/<int:unit_id>/hjelp")
@needs(Role.SECRETARY)
def add(unit_id: int) -> ResponseReturnValue:
    """Help was offered, asked for or given."""
    unit = counted(unit_id)
    try:
        write_help(db(), unit, _details(), by=viewer().user_id, now=now(), today=today())
    except BadInput as bad:
        db().rollback()
        return _form(counted(unit_id), request.form.to_dict(), bad), 422
    db().commit()
    flash("Hjelpen er skrevet ned.")
    return _to(unit_id, "hjelp")


@pages.get("/hjelp/<int:help_id>")
@needs(Role.SECRETARY)
def edit(help_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    row = load_help(db(), help_id)
    days = {step: getattr(row, step) for step in STEPS}
    typed = {"about": row.about, **{step: day.isoformat() if day else "" for step, day in days.items()}}
    return _form(row.unit, typed, row=row)


@pages.post("/hjelp/<int:help_id>")
@needs(Role.SECRETARY)
def change(help_id: int) -> ResponseReturnValue:
    """Write it anew."""
    row = load_help(db(), help_id)
    try:
        check_unchanged("unit_help", help_id)
        write_help(db(), row.unit, _details(), row=row, by=viewer().user_id, now=now(), today=today())
    except BadInput as bad:
        db().rollback()
        row = load_help(db(), help_id)
        return _form(row.unit, request.form.to_dict(), bad, row=row), 422
    db().commit()
    flash("Endringene er lagret. Du kan angre dem i historikken.")
    return _to(row.unit_id, "hjelp")


@pages.post("/hjelp/<int:help_id>/ta-bort")
@needs(Role.SECRETARY)
def remove(help_id: int) -> ResponseReturnValue:
    """It was written down by mistake."""
    row = load_help(db(), help_id)
    unit_id = row.unit_id
    remove_help(db(), row, by=viewer().user_id, now=now())
    db().commit()
    flash("Hjelpen er tatt bort. Du kan angre det i historikken.")
    return _to(unit_id, "hjelp")


def _details() -> HelpDetails:
    days = {step: read_day(request.form.get(step, ""), step) for step in STEPS}
    return HelpDetails(request.form.get("about", ""), **days)


def _form(unit: Unit, typed: dict[str, str], bad: BadInput | None = None, *, row: UnitHelp | None = None) -> str:
    seen = latest_change(db(), "unit_help", row.id) if row else 0
    return render_template("overview/help_form.html", unit=unit, typed=typed, wrong=wrong(bad), row=row, seen=seen)


def _again(unit_id: int, bad: BadInput, form: str) -> ResponseReturnValue:
    db().rollback()
    year = request.args.get("ar", today().year, type=int)
    return unit_page(counted(unit_id), sight(), year, bad=bad, open=form), 422


def _page_of(unit: Unit) -> int:
    """The unit on whose page a wish stands: the municipality's own, or the county's for its groups."""
    while unit.parent_id is not None and unit.kind in _OF_THE_COUNTY:
        unit = load_unit(db(), unit.parent_id)
    return unit.id


def _to(unit_id: int, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("overview_unit.one", unit_id=unit_id, ar=request.args.get("ar"), _anchor=anchor), 303)
