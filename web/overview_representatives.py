"""*Folkevalgte*: who is elected where, whom each of them can ask, and what follow-up they themselves wish."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput, NotAllowed, NotFound
from archive.organisation.contacts import contacts_of
from archive.organisation.tree import Listed, list_units
from archive.overview.asking import Circle, Representative, representatives, whom_to_ask
from archive.overview.wishes import FollowUpWish, ask_follow_up, load_wish, remove_wish, wishes
from archive.people import load_person
from archive.units import UnitKind, load_unit
from web.overview import sight
from web.overview_words import wrong
from web.rights import needs
from web.typed_unit import read_number
from web.visit import db, now, today, viewer

pages = Blueprint("overview_representatives", __name__, url_prefix="/organisasjon/folkevalgte")

MOST_ASKED = 12  # of each circle


@pages.get("")
@needs(Role.MEMBER)
def show() -> ResponseReturnValue:
    """Everybody who is elected today, the county's first, then region by region."""
    units = list_units(db(), today=today())
    everybody = representatives(db(), today(), units)
    by_place: dict[int, list[Representative]] = {}
    for each in everybody:
        by_place.setdefault(each.place.id, []).append(each)
    active = [each for each in units if each.is_active]
    sees = sight()
    return render_template(
        "overview/representatives.html",
        groups=[(each, by_place.get(each.id, [])) for each in active if each.kind == UnitKind.COUNCIL_GROUP],
        bodies=[each for each in active if each.kind == UnitKind.ELECTED_BODY],
        regions=_regions(active, by_place),
        contacts=contacts_of(db(), {each.person_id for each in everybody}, viewer(), today=today()),
        own=sees.person_id if sees.elected_in else None,
    )


_Places = list[tuple[Listed, list[Representative]]]


def _regions(active: list[Listed], by_place: dict[int, list[Representative]]) -> list[tuple[Listed | None, _Places]]:
    """The municipalities of each region, then those in none; whoever has somebody elected first."""
    regions: list[Listed | None] = [each for each in active if each.kind == UnitKind.REGION]
    known = {each.id for each in regions if each is not None}
    places = [each for each in active if each.kind == UnitKind.MUNICIPALITY]
    found: list[tuple[Listed | None, _Places]] = []
    for region in [*regions, None]:
        theirs = [
            (each, by_place.get(each.id, []))
            for each in places
            if (each.region_id == region.id if region else each.region_id not in known)
        ]
        if theirs:
            found.append((region, sorted(theirs, key=lambda pair: not pair[1])))
    return found


@pages.get("/<int:person_id>")
@needs(Role.MEMBER)
def one(person_id: int) -> ResponseReturnValue:
    """Whom one representative can ask."""
    return _page(person_id)


@pages.post("/<int:person_id>/onske")
@needs(Role.MEMBER)
def wish(person_id: int) -> ResponseReturnValue:
    """A representative says what follow-up he wants."""
    sees = sight()
    if sees.person_id != person_id or not sees.elected_in:
        raise NotAllowed("ask_follow_up")
    try:
        chosen = read_number(request.form.get("unit_id", ""), "unit_id") or min(sees.elected_in)
        text, by = request.form.get("wish", ""), viewer().user_id
        unit = load_unit(db(), chosen)
        ask_follow_up(db(), unit, person_id, text, wished_on=today(), by=by, now=now(), today=today())
    except BadInput as bad:
        db().rollback()
        return _page(person_id, bad), 422
    db().commit()
    flash("Ønsket er sendt til fylkesstyret og sekretæren.")
    return redirect(url_for(".one", person_id=person_id, _anchor="onsket"), 303)


@pages.post("/<int:person_id>/onske/<int:wish_id>/ta-tilbake")
@needs(Role.MEMBER)
def withdraw(person_id: int, wish_id: int) -> ResponseReturnValue:
    """A representative takes a wish back."""
    row = load_wish(db(), wish_id)
    if row.person_id != person_id or row.answered_on is not None:
        raise NotFound("wish", wish_id)
    remove_wish(db(), row, by=viewer().user_id, now=now(), today=today())
    db().commit()
    flash("Ønsket er tatt tilbake.")
    return redirect(url_for(".one", person_id=person_id), 303)


def _page(person_id: int, bad: BadInput | None = None) -> str:
    units = list_units(db(), today=today())
    everybody = representatives(db(), today(), units)
    places = [each for each in everybody if each.person_id == load_person(db(), person_id).id]
    if not places:
        raise NotFound("representative", person_id)
    sees = sight()
    circles = _circles(places, everybody)
    people = {each.person_id for circle in circles for each in circle.people}
    is_me = sees.person_id == places[0].person_id
    return render_template(
        "overview/whom_to_ask.html",
        person_id=person_id,
        name=places[0].name,
        places=places,
        circles=circles,
        contacts=contacts_of(db(), people, viewer(), today=today()),
        most=MOST_ASKED,
        is_me=is_me,
        may_wish=is_me and bool(sees.elected_in),
        wishes=_wishes(person_id) if is_me or sees.sees_all else [],
        wrong=wrong(bad),
    )


def _wishes(person_id: int) -> list[FollowUpWish]:
    return wishes(db(), person_id=person_id)


def _circles(places: list[Representative], everybody: list[Representative]) -> list[Circle]:
    """Whom somebody can ask who may be elected in several places: by the first, then who only the others add."""
    circles: dict[str, list[Representative]] = {}
    seen: set[int] = set()
    for place in places:
        for circle in whom_to_ask(place, everybody):
            new = [each for each in circle.people if each.person_id not in seen]
            seen |= {each.person_id for each in new}
            circles.setdefault(circle.why, []).extend(new)
    return [Circle(why, tuple(people)) for why, people in circles.items() if people]
