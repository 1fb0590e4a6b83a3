"""Each line of what an office lets its holder see, and that the right ends with the office."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from archive.access import VISITOR, Viewer
from archive.accounts import Role, User, end_user
from archive.errors import BadInput, NotAllowed
from archive.offices import Office, OfficeKind, end_office
from archive.organisation.contacts import contacts_of, may_see_contacts, write_contact
from archive.organisation.rights import NO_RIGHTS, rights_of, rights_of_viewer, say_who_logs_in
from archive.people import find_or_add_person
from archive.row_history import changes_of
from archive.units import Unit, end_unit
from tests.archive.organisation.conftest import Hold

UnitNamed = Callable[..., Unit]


@pytest.mark.parametrize(
    ("kind", "sees"),
    [
        (OfficeKind.LEADER, True),
        (OfficeKind.DEPUTY, True),
        (OfficeKind.SECRETARY, True),
        (OfficeKind.TREASURER, True),
        (OfficeKind.MEMBER, True),
        (OfficeKind.SUBSTITUTE, False),
        (OfficeKind.CONTACT, False),
        (OfficeKind.OTHER, False),
        (OfficeKind.ELECTED, False),
    ],
)
def test_the_county_board_sees_overview_and_year_wheel(
    unit_named: UnitNamed, hold: Hold, today: date, kind: OfficeKind, sees: bool
) -> None:
    rights = rights_of([hold(unit_named("Trøndelag SV"), kind=kind)], today)
    assert (rights.sees_overview, rights.sees_year_wheel) == (sees, sees)
    assert not rights.sees_contacts


@pytest.mark.parametrize("name", ["Snåsa SV", "Kvinnepolitisk utvalg", "Trøndelag SU", "Nord-Trøndelag SV"])
def test_no_other_board_does(unit_named: UnitNamed, hold: Hold, today: date, name: str) -> None:
    assert not rights_of([hold(unit_named(name))], today).sees_overview


def test_a_right_begins_and_ends_with_the_office(
    session: Session, unit_named: UnitNamed, hold: Hold, now: datetime
) -> None:
    office = hold(unit_named("Trøndelag SV"), held_from="01.02.2026")
    assert not rights_of([office], date(2026, 1, 31)).sees_overview
    assert rights_of([office], date(2026, 2, 1)).sees_overview
    end_office(session, office, held_to="14.03.2026", by=None, now=now)
    assert rights_of([office], date(2026, 3, 14)).sees_overview
    assert not rights_of([office], date(2026, 3, 15)).sees_overview
    end_office(session, office, held_to="ukjent", by=None, now=now)
    assert rights_of([office], date(2026, 3, 14)) == NO_RIGHTS


def test_a_unit_that_is_no_more_gives_nothing(
    session: Session, unit_named: UnitNamed, hold: Hold, now: datetime, today: date
) -> None:
    region = unit_named("Innherred")
    office = hold(region)
    assert rights_of([office], today).regions == {region.id}
    end_unit(session, region, active_to="2025", by=None, now=now)
    assert rights_of([office], today) == NO_RIGHTS


def _log_in(session: Session, user: User, person: str, now: datetime) -> Viewer:
    say_who_logs_in(session, user, find_or_add_person(session, person), by=None, now=now)
    return Viewer(user.role, user.id)


def _seen(session: Session, viewer: Viewer, offices: Sequence[Office], today: date) -> set[str]:
    ids = {each.person_id for each in offices}
    return {each.person.name for each in contacts_of(session, ids, viewer, today=today).values()}


@pytest.fixture
def branches(session: Session, unit_named: UnitNamed, hold: Hold, now: datetime) -> list[Office]:
    """Leaders of three branches, one of another region, and of a committee, all with a telephone."""
    offices = [
        hold(unit_named("Snåsa SV"), "Snefrid Snåsning"),
        hold(unit_named("Verdal SV"), "Vidar Verdaling"),
        hold(unit_named("Røros SV"), "Ragna Røros"),
        hold(unit_named("Kvinnepolitisk utvalg"), "Kjersti Utvalg"),
        hold(unit_named("Snåsa SV"), "Før Snåsning", held_from="2010", held_to="2012"),
    ]
    for office in offices:
        write_contact(session, office.person, email="", phone="900 00 000", by=None, now=now)
    return offices


def test_a_region_leader_sees_the_contacts_of_the_regions_branches_and_no_others(
    session: Session,
    member: User,
    unit_named: UnitNamed,
    hold: Hold,
    branches: list[Office],
    now: datetime,
    today: date,
) -> None:
    office = hold(unit_named("Innherred"), "Inga Region")
    viewer = _log_in(session, member, "Inga Region", now)
    assert may_see_contacts(session, viewer, today=today)
    assert _seen(session, viewer, branches, today) == {"Snefrid Snåsning", "Vidar Verdaling"}
    end_office(session, office, held_to="13.03.2026", by=None, now=now)
    assert _seen(session, viewer, branches, today) == set()


def test_a_branch_leader_sees_those_of_the_branch(
    session: Session,
    member: User,
    unit_named: UnitNamed,
    hold: Hold,
    branches: list[Office],
    now: datetime,
    today: date,
) -> None:
    more = hold(unit_named("Snåsa SV"), "Kasper Kasserer", OfficeKind.TREASURER)
    write_contact(session, more.person, email="kasper@eksempel.no", phone="", by=None, now=now)
    viewer = _log_in(session, member, "Snefrid Snåsning", now)
    assert _seen(session, viewer, [*branches, more], today) == {"Snefrid Snåsning", "Kasper Kasserer"}


@pytest.mark.parametrize("kind", [OfficeKind.DEPUTY, OfficeKind.TREASURER, OfficeKind.MEMBER, OfficeKind.CONTACT])
def test_others_of_the_branch_or_the_region_see_none(
    session: Session,
    member: User,
    unit_named: UnitNamed,
    hold: Hold,
    branches: list[Office],
    now: datetime,
    today: date,
    kind: OfficeKind,
) -> None:
    hold(unit_named("Snåsa SV"), "Nils Nest", kind)
    hold(unit_named("Innherred"), "Nils Nest", kind)
    assert _seen(session, _log_in(session, member, "Nils Nest", now), branches, today) == set()


def test_the_board_members_volunteers_and_visitors_see_no_contacts_and_the_secretary_all(
    session: Session,
    member: User,
    volunteer: User,
    secretary: User,
    owner: User,
    unit_named: UnitNamed,
    hold: Hold,
    branches: list[Office],
    now: datetime,
    today: date,
) -> None:
    hold(unit_named("Trøndelag SV"), "Bodil Styre")
    board = _log_in(session, member, "Bodil Styre", now)
    assert rights_of_viewer(session, board, today=today).sees_overview
    for viewer in (board, Viewer(volunteer.role, volunteer.id), VISITOR, Viewer(Role.MEMBER)):
        assert _seen(session, viewer, branches, today) == set()
    for user in (secretary, owner):
        assert len(_seen(session, Viewer(user.role, user.id), branches, today)) == 5


def test_an_account_that_has_ended_gives_nothing(
    session: Session, member: User, unit_named: UnitNamed, hold: Hold, now: datetime, today: date
) -> None:
    hold(unit_named("Trøndelag SV"), "Bodil Styre")
    viewer = _log_in(session, member, "Bodil Styre", now)
    end_user(session, member, by=None, now=now)
    assert rights_of_viewer(session, viewer, today=today) == NO_RIGHTS


def test_only_one_account_is_one_person_and_nobody_ties_somebody_above_himself(
    session: Session, member: User, volunteer: User, secretary: User, owner: User, now: datetime
) -> None:
    _log_in(session, member, "Bodil Styre", now)
    person = find_or_add_person(session, "Bodil Styre")
    with pytest.raises(BadInput) as raised:
        say_who_logs_in(session, volunteer, person, by=None, now=now)
    assert (raised.value.field, raised.value.problem) == ("person_id", "taken")
    with pytest.raises(NotAllowed):
        say_who_logs_in(session, owner, person, by=secretary.id, now=now)
    with pytest.raises(NotAllowed):
        say_who_logs_in(session, member, None, by=volunteer.id, now=now)
    say_who_logs_in(session, member, None, by=secretary.id, now=now)
    say_who_logs_in(session, volunteer, person, by=secretary.id, now=now)


def test_what_is_taken_away_of_contacts_is_not_kept_in_any_history(session: Session, now: datetime) -> None:
    person = find_or_add_person(session, "Olga Oppdiktet")
    contact = write_contact(session, person, email="olga@eksempel.no", phone="900 00 000", by=None, now=now)
    assert contact is not None
    number = contact.id
    write_contact(session, person, email="olga@eksempel.no", phone="911 11 111", by=None, now=now)
    assert len(changes_of(session, "person_contact", number)) == 2
    assert write_contact(session, person, email=" ", phone="", by=None, now=now + timedelta(days=1)) is None
    assert changes_of(session, "person_contact", number) == []


@pytest.mark.parametrize(
    ("email", "phone", "field"),
    [("olga", "", "email"), ("o@b", "", "email"), ("", "ring meg", "phone"), ("", "123", "phone")],
)
def test_what_reaches_nobody_is_refused(session: Session, now: datetime, email: str, phone: str, field: str) -> None:
    with pytest.raises(BadInput) as raised:
        write_contact(session, find_or_add_person(session, "Olga"), email=email, phone=phone, by=None, now=now)
    assert raised.value.field == field
