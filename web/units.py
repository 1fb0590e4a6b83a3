"""The secretary's forms for a unit: add, change, end. Undo is in `web.organisation_history`."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput
from archive.organisation.tree import Listed, list_units
from archive.organisation.words import UNIT_WORDS
from archive.row_history import latest_change
from archive.units import BRANCHES, Unit, UnitKind, add_unit, change_unit, end_unit, load_unit, remove_unit
from web.organisation_words import UNIT_HEADINGS
from web.rights import needs
from web.typed_interview import wording
from web.typed_unit import TypedUnit, read_number
from web.visit import db, now, today, viewer

pages = Blueprint("units", __name__, url_prefix="/organisasjon")

Groups = list[tuple[str, list[Listed]]]


@pages.get("/ny")
@needs(Role.SECRETARY)
def new() -> ResponseReturnValue:
    """An empty form; `?under=` and `?kommune=` say where the new unit belongs."""
    under = request.args.get("under", "", type=str)
    place = request.args.get("kommune", "", type=str)
    return _form(TypedUnit(parent_id=under, municipality_id=place, kind=UnitKind.LOCAL_BRANCH if place else ""))


@pages.post("/ny")
@needs(Role.SECRETARY)
def add() -> ResponseReturnValue:
    """A new unit."""
    typed = TypedUnit.read(request.form)
    try:
        unit = add_unit(db(), typed.details(), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad), 422
    db().commit()
    flash(f"{unit.name} er lagt til.")
    return redirect(url_for("organisation.one", unit_id=unit.id), 303)


@pages.get("/<int:unit_id>/endre")
@needs(Role.SECRETARY)
def edit(unit_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    unit = load_unit(db(), unit_id)
    return _form(TypedUnit.of(unit), unit=unit)


@pages.post("/<int:unit_id>/endre")
@needs(Role.SECRETARY)
def change(unit_id: int) -> ResponseReturnValue:
    """Write it anew, unless somebody else did meanwhile."""
    typed, unit = TypedUnit.read(request.form), load_unit(db(), unit_id)
    try:
        check_unchanged("unit", unit_id)
        change_unit(db(), unit, typed.details(), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad, unit=load_unit(db(), unit_id)), 422
    db().commit()
    flash("Endringene er lagret. Du kan angre dem i historikken.")
    return redirect(url_for("organisation.one", unit_id=unit_id), 303)


@pages.get("/<int:unit_id>/avslutt")
@needs(Role.SECRETARY)
def end(unit_id: int) -> ResponseReturnValue:
    """When did it end, and what did it become?"""
    return _end_form(load_unit(db(), unit_id))


@pages.post("/<int:unit_id>/avslutt")
@needs(Role.SECRETARY)
def finish(unit_id: int) -> ResponseReturnValue:
    """It is no more."""
    unit = load_unit(db(), unit_id)
    try:
        became = read_number(request.form.get("merged_into_id", ""), "merged_into_id")
        ended = request.form.get("active_to", "")
        end_unit(db(), unit, active_to=ended, merged_into_id=became, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _end_form(load_unit(db(), unit_id), bad), 422
    db().commit()
    flash(f"{unit.name} er avsluttet. Du kan angre det i historikken.")
    return redirect(url_for("organisation.one", unit_id=unit_id), 303)


@pages.post("/<int:unit_id>/ta-bort")
@needs(Role.SECRETARY)
def remove(unit_id: int) -> ResponseReturnValue:
    """It was written down by mistake."""
    unit = load_unit(db(), unit_id)
    name = unit.name
    try:
        remove_unit(db(), unit, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        unit = load_unit(db(), unit_id)
        return _form(TypedUnit.of(unit), bad, unit=unit), 409
    db().commit()
    flash(f"{name} er tatt bort. Var det feil, kan du angre det her.")
    return redirect(url_for("organisation_history.show", unit_id=unit_id), 303)


def check_unchanged(table: str, row_id: int) -> None:
    """That nobody changed the row since the form was made; a form that is sent again after that holds.

    Raises:
        BadInput: `seen` is "changed_meanwhile".
    """
    if request.form.get("seen") != str(latest_change(db(), table, row_id)):
        raise BadInput("seen", "changed_meanwhile")


def unit_groups(kinds: Sequence[UnitKind] | None = None, *, but: int | None = None) -> Groups:
    """The units that one can choose, by what they are; those that are no more come last. `kinds`: None for all."""
    units = [each for each in list_units(db(), today=today()) if each.id != but]
    groups = [
        (UNIT_HEADINGS[kind], [each for each in units if each.kind == kind and each.is_active])
        for kind in UnitKind
        if kinds is None or kind in kinds
    ]
    former = [each for each in units if not each.is_active and (kinds is None or each.kind in kinds)]
    return [(heading, listed) for heading, listed in [*groups, ("De som var", former)] if listed]


def _form(typed: TypedUnit, bad: BadInput | None = None, *, unit: Unit | None = None) -> str:
    below = [kind for kind in UnitKind if kind not in (UnitKind.MUNICIPALITY, UnitKind.ELECTED_BODY)]
    own = unit.id if unit else None
    return render_template(
        "organisation/unit_form.html",
        typed=typed,
        wrong=wording([bad] if bad else []),
        unit=unit,
        seen=latest_change(db(), "unit", unit.id) if unit else 0,
        kinds=UNIT_WORDS,
        parents=unit_groups(below, but=own),
        regions=unit_groups([UnitKind.REGION]),
        municipalities=unit_groups([UnitKind.MUNICIPALITY]),
        successors=unit_groups(_successors(typed), but=own),
    )


def _successors(typed: TypedUnit) -> list[UnitKind]:
    """A unit becomes part of one of its own kind; a branch of any branch."""
    if typed.kind not in list(UnitKind):
        return []
    kind = UnitKind(typed.kind)
    return list(BRANCHES) if kind in BRANCHES else [kind]


def _end_form(unit: Unit, bad: BadInput | None = None) -> str:
    typed = TypedUnit.of(unit)
    return render_template(
        "organisation/unit_end.html",
        unit=unit,
        active_to=request.form.get("active_to", typed.active_to),
        merged_into_id=request.form.get("merged_into_id", typed.merged_into_id),
        wrong=wording([bad] if bad else []),
        successors=unit_groups(_successors(typed), but=unit.id),
    )
