"""Who answers for which duties: by office, by person, and those that nobody answers for."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from archive.offices import OfficeKind, offices_held_on
from archive.organisation.tree import list_units
from archive.overview.responsibilities import responsibilities
from archive.people import find_or_add_person
from archive.units import UnitKind
from archive.yearwheel.duties import DutyDetails, Owner, add_duty, end_duty, list_duties
from tests.archive.organisation.conftest import Hold
from tests.archive.overview.test_unit_years import Find


def test_duties_stand_with_the_office_that_answers(
    session: Session, unit_named: Find, hold: Hold, now: datetime, today: date
) -> None:
    county, region = unit_named("Trøndelag SV", UnitKind.COUNTY_BRANCH), unit_named("Innherred", UnitKind.REGION)
    secretary, leader = hold(county, kind=OfficeKind.SECRETARY), hold(region, "Per Påfunnet")
    person = find_or_add_person(session, "Uten Verv")
    own = Owner(OfficeKind.LEADER)
    for title, more in (
        ("Sende innkalling", {"owners": (Owner(OfficeKind.SECRETARY, county.id),)}),
        ("Arrangement", {"each_of": UnitKind.REGION, "owners": (own, Owner(OfficeKind.SECRETARY, county.id))}),
        ("Møte", {"each_of": UnitKind.REGION, "owners": (own,)}),
        ("Kassen", {"owners": (Owner(OfficeKind.TREASURER, county.id),)}),
        ("Nøkkelen", {"owners": (Owner(person_id=person.id),)}),
        ("Ingen", {}),
        ("Slutt", {"owners": (Owner(OfficeKind.SECRETARY, county.id),)}),
    ):
        duty = add_duty(session, DutyDetails(title, **more), by=None, now=now)  # type: ignore[arg-type]
        if title == "Slutt":
            end_duty(session, duty, ended_on=today, by=None, now=now)
    units = list_units(session, today=today)
    found = responsibilities(list_duties(session), offices_held_on(session, today), units, today=today)
    assert [each.title for each in found.of(secretary)] == ["Arrangement", "Sende innkalling"]
    assert [each.title for each in found.of(leader)] == ["Arrangement", "Møte"]
    assert [(who.name, [each.title for each in theirs]) for who, theirs in found.by_person] == [
        ("Uten Verv", ["Nøkkelen"])
    ]
    vacant = {duty.title: len(without) for duty, without in found.vacant}
    assert vacant == {"Ingen": 0, "Kassen": 0, "Møte": 6}
