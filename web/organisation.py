"""*Organisasjon*: the units, region by region; one unit with who holds and held what; and who answers for what."""

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.offices import REPRESENTATIVES, Office, offices_held_on, offices_in
from archive.organisation.beginning import is_whole, put_in
from archive.organisation.contacts import contacts_of, may_see_contacts
from archive.organisation.interviews import interviews_about
from archive.organisation.invitations import INVITED, invitations_to
from archive.organisation.tree import Listed, Organisation, list_units, matching, organisation
from archive.overview.responsibilities import responsibilities
from archive.row_history import changes_of
from archive.units import BRANCHES, Unit, UnitKind, load_unit
from archive.workplan.answering import PlanDuties, items_of_unit, items_today
from archive.yearwheel.duties import list_duties
from archive.yearwheel.looking import sight_of
from web.rights import needs
from web.visit import db, now, today, viewer
from web.wording import counted

pages = Blueprint("organisation", __name__, url_prefix="/organisasjon")

# So many of a search are shown; whoever needs more writes more.
MOST_FOUND = 100


@pages.get("")
@needs(Role.MEMBER)
def show() -> ResponseReturnValue:
    """Every unit, region by region, or those that a name is sought for."""
    units = list_units(db(), today=today())
    sought = request.args.get("sok", "").strip()[:100]
    found = matching(units, sought) if sought else []
    names = {each.id: each.name for each in units}
    return render_template(
        "organisation/show.html",
        sought=sought,
        found=found[:MOST_FOUND],
        found_count=len(found),
        names=names,
        whole=organisation(units),
        sees_contacts=may_see_contacts(db(), viewer(), today=today()),
        may_put_in=viewer().role.at_least(Role.SECRETARY) and not is_whole(db()),
    )


@pages.post("/legg-inn")
@needs(Role.SECRETARY)
def begin() -> ResponseReturnValue:
    """Put in what is missing of the organisation that an archive begins with."""
    added = put_in(db(), by=viewer().user_id, now=now())
    db().commit()
    flash(f"{counted(added, 'ledd er lagt inn', 'ledd er lagt inn')}. Det som sto her fra før, er ikke rørt.")
    return redirect(url_for(".show"), 303)


@pages.get("/ansvar")
@needs(Role.MEMBER)
def responsibility() -> ResponseReturnValue:
    """*Hvem har ansvar for hva*: who holds which office today, unit by unit, and which duties each answers for."""
    units = {each.id: each for each in list_units(db(), today=today())}
    held = [each for each in offices_held_on(db(), today()) if each.unit_id in units]
    sees = sight_of(db(), viewer(), today=today())
    duties = [each for each in list_duties(db()) if sees.sees(each)]
    return render_template(
        "organisation/responsibility.html",
        headings=_parts(organisation(units.values()), held),
        contacts=contacts_of(db(), {each.person_id for each in held}, viewer(), today=today()),
        duties=responsibilities(duties, held, list(units.values()), today=today()),
        plan_items=PlanDuties(items_today(db(), viewer(), today=today())),
        sees_all=sees.sees_all,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of *Hvem har ansvar for hva*, and its units with who holds office there today."""

    heading: str
    held: tuple[tuple[Listed, tuple[Office, ...]], ...]
    vacant: tuple[Listed, ...]  # where nobody is written down


def _parts(whole: Organisation, held: list[Office]) -> list[Part]:
    by_unit: dict[int, list[Office]] = {}
    for office in held:
        by_unit.setdefault(office.unit_id, []).append(office)

    def part(heading: str, units: list[Listed]) -> Part:
        held = tuple((each, tuple(by_unit[each.id])) for each in units if each.id in by_unit)
        return Part(heading, held, tuple(each for each in units if each.id not in by_unit))

    county = [each for kind in (UnitKind.COUNTY_BRANCH,) for each in whole.others.get(kind, ())]
    committees = [each for kind in _WORKING for each in whole.others.get(kind, ())]
    elected = [each for kind in _ELECTED for each in whole.others.get(kind, ())]
    branches = [each for region in whole.regions for place in region.places for each in place.branches]
    branches += [each for region in whole.regions for each in region.others]
    branches += [each for place in whole.outside for each in place.branches] + list(whole.loose)
    places = [place.municipality for region in whole.regions for place in region.places]
    places += [place.municipality for place in whole.outside]
    parts = [
        part("Fylkesstyret", county),
        part("Regionene", [each.unit for each in whole.regions]),
        part("Utvalg og grupper", committees),
        part("Folkevalgte i fylket og på Stortinget", elected),
        part("Lokallag og bydelslag", branches),
        part("Folkevalgte i kommunene", places),
        part("Ungdomsorganisasjonen", list(whole.others.get(UnitKind.YOUTH_BRANCH, ()))),
    ]
    return [each for each in parts if each.held or each.vacant]


_WORKING = (UnitKind.COMMITTEE, UnitKind.CAMPAIGN_COMMITTEE, UnitKind.SENIOR_GROUP, UnitKind.OTHER)
_ELECTED = (UnitKind.COUNCIL_GROUP, UnitKind.ELECTED_BODY)


@pages.get("/<int:unit_id>")
@needs(Role.MEMBER)
def one(unit_id: int) -> ResponseReturnValue:
    """One unit: what it is and was, who holds and held office, what hangs on it."""
    unit = load_unit(db(), unit_id)
    offices = offices_in(db(), [unit_id])
    current = [each for each in offices if each.is_held(today())]
    people = {each.person_id for each in current}
    return render_template(
        "organisation/unit.html",
        unit=unit,
        around=_around(unit),
        current=current,
        earlier=[each for each in offices if each not in current],
        representatives=sum(each.kind == REPRESENTATIVES[0] for each in current),
        contacts=contacts_of(db(), people, viewer(), today=today()),
        sees_contacts=may_see_contacts(db(), viewer(), today=today()),
        interviews=interviews_about(db(), [unit_id], viewer(), today=today()),
        invitations=invitations_to(db(), [unit_id]),
        plan_items=items_of_unit(db(), unit, viewer(), today=today()),
        is_invited=unit.kind in INVITED,
        is_active=unit.is_active(today()),
        last_change=next(iter(changes_of(db(), "unit", unit_id, limit=1)), None),
    )


@dataclass(frozen=True, slots=True)
class Around:
    """What hangs on a unit."""

    region: Listed | None
    places: tuple[tuple[Listed, tuple[Listed, ...]], ...]  # a region's municipalities with their branches
    branches: tuple[Listed, ...]  # a municipality's
    below: tuple[tuple[str, tuple[Listed, ...]], ...]  # what is under it, by kind
    former: tuple[Listed, ...]  # what was under it
    became_this: tuple[Listed, ...]


def _around(unit: Unit) -> Around:
    units = list_units(db(), today=today())
    by_id = {each.id: each for each in units}
    merged = {each.id for each in db().query(Unit.id).filter(Unit.merged_into_id == unit.id)}
    branches = [each for each in units if each.kind in BRANCHES]
    places = [each for each in units if each.kind == UnitKind.MUNICIPALITY and each.region_id == unit.id]
    below = [each for each in units if each.parent_id == unit.id and each.id not in merged]
    # Below the county branch stands everything; what the list region by region shows is not said again.
    if unit.kind == UnitKind.COUNTY_BRANCH:
        below = [each for each in below if each.kind not in BRANCHES]
    active = sorted((each for each in below if each.is_active), key=lambda each: list(UnitKind).index(each.kind))
    in_place = by_id.get(unit.municipality_id or 0)
    region_id = in_place.region_id if in_place else unit.region_id
    return Around(
        region=by_id.get(region_id or 0),
        places=tuple(
            (place, tuple(each for each in branches if each.municipality_id == place.id and each.is_active))
            for place in places
        ),
        branches=tuple(each for each in branches if each.municipality_id == unit.id),
        below=tuple((kind, tuple(listed)) for kind, listed in groupby(active, key=lambda each: each.kind)),
        former=tuple(each for each in below if not each.is_active),
        became_this=tuple(by_id[each] for each in merged),
    )
