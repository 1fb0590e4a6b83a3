"""One municipality, or the county, on the overview: its figures year by year, representatives, wishes and help."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput, NotAllowed, NotFound
from archive.organisation.tree import Listed, list_units
from archive.overview.asking import Representative, representatives
from archive.overview.board import board, day_of_year
from archive.overview.helping import NO_HELP, HelpState, UnitHelp, help_in, wheel_by_unit, years_help
from archive.overview.sight import Sight
from archive.overview.unit_year_table import figures_of
from archive.overview.unit_years import (
    COUNTED,
    FIRST_YEAR,
    LAST_YEAR,
    Figures,
    UnitYear,
    check_year,
    election_of,
    unit_year,
    unit_years,
    write_unit_year,
)
from archive.overview.wishes import FollowUpWish, wishes
from archive.overview.words import LIST_WORDS, PROGRAMME_WORDS
from archive.row_history import latest_change
from archive.units import BRANCHES, Unit, UnitKind, load_unit
from web.overview import Chosen, asked_year, fields_of, overview_page, refused, sight
from web.overview_words import wrong
from web.rights import needs
from web.units import check_unchanged
from web.visit import db, now, today, viewer

pages = Blueprint("overview_unit", __name__, url_prefix="/oversikt")


@pages.get("/<int:unit_id>")
@needs(Role.MEMBER)
def one(unit_id: int) -> ResponseReturnValue:
    """One row of the overview; a branch leader sees his own."""
    sees, unit = sight(), counted(unit_id)
    if not sees.sees(unit_id):
        return refused(sees)
    return unit_page(unit, sees, asked_year())


@pages.post("/<int:unit_id>/<int:year>")
@needs(Role.MEMBER)
def save(unit_id: int, year: int) -> ResponseReturnValue:
    """Write the figures of a year, on the page of the unit or in the list."""
    sees, unit = sight(), counted(unit_id)
    if not sees.writes(unit_id):
        raise NotAllowed("write_overview")
    typed, in_list = request.form.to_dict(), request.form.get("fra") == "liste" and sees.sees_all
    try:
        check_year(year)
        known = unit_year(db(), unit_id, year)
        check_unchanged("unit_year", known.id if known else 0)
        figures = figures_of(_with_what_stands(typed, known))
        change = write_unit_year(db(), unit, year, figures, by=viewer().user_id, now=now(), today=today())
    except BadInput as bad:
        db().rollback()
        if bad.field == "year":
            raise NotFound("year", year) from None
        again = {**fields_of(Figures()), **typed}
        if in_list:
            return overview_page(sees, year, editing=unit_id, typed=again, problems=wrong(bad)), 422
        return unit_page(counted(unit_id), sees, year, typed=again, bad=bad), 422
    db().commit()
    flash(f"{unit.name} {year} er lagret." if change else f"Ingenting er endret for {unit.name} {year}.")
    return redirect(_next(unit_id, year) if in_list else url_for(".one", unit_id=unit_id, ar=year), 303)


def _with_what_stands(typed: dict[str, str], known: UnitYear | None) -> dict[str, str]:
    """What a form holds; of fields that it has not (a municipality's has no goal) what stands already."""
    return {**fields_of(known or Figures()), **typed}


def _next(unit_id: int, year: int) -> str:
    """Where the list goes on: at the line after this one, opened for writing, or at this one."""
    chosen = Chosen.read()
    if request.form.get("videre") != "neste":
        return url_for("overview.show", ar=year, _anchor=f"rad-{unit_id}", **chosen.as_query)
    whole = board(db(), year, today=today())
    order = [*([whole.county.unit.id] if whole.county else []), *(each.unit.id for each in chosen.lines(whole))]
    after = order[order.index(unit_id) + 1 :] if unit_id in order else []
    if not after:
        return url_for("overview.show", ar=year, _anchor=f"rad-{unit_id}", **chosen.as_query)
    return url_for("overview.show", ar=year, endre=after[0], _anchor=f"rad-{after[0]}", **chosen.as_query)


def counted(unit_id: int) -> Unit:
    """A unit that figures are kept of.

    Raises:
        NotFound: there is none, or none that figures are kept of.
    """
    unit = load_unit(db(), unit_id)
    if unit.kind not in COUNTED:
        raise NotFound("unit", unit_id)
    return unit


@dataclass(frozen=True, slots=True)
class _Around:
    """What the page shows beside the figures."""

    branches: tuple[Listed, ...]
    people: tuple[Representative, ...]
    wishes: tuple[FollowUpWish, ...]
    helped: tuple[UnitHelp, ...]
    help_state: HelpState


def unit_page(
    unit: Unit,
    sees: Sight,
    year: int,
    *,
    typed: dict[str, str] | None = None,
    bad: BadInput | None = None,
    open: str = "",
) -> str:
    """The page of one unit; `open` names the form that failed."""
    around = _around(unit, sees, year)
    row = unit_year(db(), unit.id, year)
    return render_template(
        "overview/unit.html",
        unit=unit,
        is_county=unit.kind == UnitKind.COUNTY_BRANCH,
        sees=sees,
        year=year,
        election=election_of(year),
        branches=around.branches,
        people=around.people,
        wishes=around.wishes,
        helped=around.helped,
        help_state=around.help_state,
        rows=unit_years(db(), FIRST_YEAR, LAST_YEAR, unit_id=unit.id),
        typed=typed if typed is not None else fields_of(row or Figures()),
        wrong=wrong(bad),
        seen=latest_change(db(), "unit_year", row.id) if row else 0,
        open=open,
        today=today(),
        list_words={key.value: word for key, word in LIST_WORDS.items()},
        programme_words={key.value: word for key, word in PROGRAMME_WORDS.items()},
    )


def _around(unit: Unit, sees: Sight, year: int) -> _Around:
    day = day_of_year(year, today())
    units = list_units(db(), today=day)
    is_county = unit.kind == UnitKind.COUNTY_BRANCH
    below = [] if is_county else [each for each in units if each.municipality_id == unit.id]
    branches = tuple(each for each in below if each.kind in BRANCHES and each.is_active)
    if not sees.sees_all:
        return _Around(branches, (), (), (), NO_HELP)
    elected = representatives(db(), day, units)
    people = [each for each in elected if (each.is_higher if is_county else each.place.id == unit.id)]
    places = [unit.id]
    if is_county:
        places += [each.id for each in units if each.kind in (UnitKind.COUNCIL_GROUP, UnitKind.ELECTED_BODY)]
    helped = help_in(db(), [unit.id])
    wheel = wheel_by_unit(db(), year)
    state = sum((wheel[each.id].help for each in below if each.id in wheel), NO_HELP) + years_help(helped, year)
    return _Around(branches, tuple(people), tuple(wishes(db(), unit_ids=places)), tuple(helped), state)
