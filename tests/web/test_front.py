"""The front page, for each who may come."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from archive.access import Consent, Use
from archive.accounts import Role, User
from archive.database import Database
from archive.events import EventDetails, add_event
from archive.interviews import Access, Interview, InterviewDetails, Status, add_interview
from archive.offices import Office, OfficeDetails, OfficeKind, add_office
from archive.organisation.rights import say_who_logs_in
from archive.people import find_or_add_person
from archive.units import Unit
from tests.conftest import NOW
from tests.web.conftest import Browser


@pytest.fixture
def three(database: Database) -> None:
    """A closed interview, one for members, and one for all."""
    with database.write() as session:
        for title, access, use in (
            ("Den lukkede", Access.CLOSED, Use.ARCHIVE),
            ("For medlemmer", Access.MEMBERS, Use.MEMBERS),
            ("For alle", Access.OPEN, Use.ALL),
        ):
            details = InterviewDetails(title=title, narrators=("Forteller A",), held_on=date(2022, 3, 14))
            interview: Interview = add_interview(session, details, handed_in_by_id=None, now=NOW)
            interview.access, interview.status = access, Status.MACHINE_TEXT
            session.add(
                Consent(
                    interview=interview, given_by="Forteller A", use=use, valid_from=date(2022, 1, 1), recorded_at=NOW
                )
            )
        session.commit()


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.VISITOR, {"For alle"}),
        (Role.MEMBER, {"For alle", "For medlemmer"}),
        (Role.VOLUNTEER, {"For alle", "For medlemmer"}),
        (Role.SECRETARY, {"For alle", "For medlemmer", "Den lukkede"}),
    ],
)
def test_each_sees_what_is_open_to_him(
    three: None, browser_of: Callable[[Role], Browser], role: Role, seen: set[str]
) -> None:
    page = browser_of(role).get("/").text
    assert {title for title in ("Den lukkede", "For medlemmer", "For alle") if f">{title}</a>" in page} == seen


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.VISITOR, "Ingen intervjuer er åpne for alle ennå"),
        (Role.MEMBER, "Ingen intervjuer er åpnet for medlemmer ennå"),
        (Role.VOLUNTEER, "Skriv opp hvem dere vil spørre"),
        (Role.OWNER, "Skriv opp hvem dere vil spørre"),
    ],
)
def test_an_empty_archive_says_what_to_do_next(browser_of: Callable[[Role], Browser], role: Role, said: str) -> None:
    assert said in browser_of(role).get("/").text


def test_a_volunteer_meets_what_is_to_be_corrected(three: None, volunteer: Browser, member: Browser) -> None:
    assert "2 intervjuer har tekst som ikke er kontrollert" in volunteer.get("/").text
    assert "Til retting" not in member.get("/").text


def test_a_visitor_is_met_with_a_question_and_help(visitor: Browser) -> None:
    page = visitor.get("/").text
    assert "Hva vil du høre om?" in page
    assert "Ring Hjelpsom Hansen" in page


def test_what_happened_fifty_years_ago_is_shown_to_who_may_see_it(
    database: Database, visitor: Browser, member: Browser
) -> None:
    year = datetime.now(UTC).year - 50
    with database.write() as session:
        details = EventDetails("Brygga brant", str(year), place="Lillevik", access=Access.MEMBERS)
        add_event(session, details, by=None, now=NOW)
        session.commit()
    assert "For 50 år siden" in member.get("/").text
    assert "Brygga brant" in member.get("/").text
    assert "For 50 år siden" not in visitor.get("/").text


def test_who_sits_on_the_county_board_finds_what_the_board_sees(
    database: Database, member: Browser, secretary: Browser
) -> None:
    assert "Fylkesstyret" not in member.get("/").text
    with database.write() as session:
        county = session.scalars(select(Unit).where(Unit.key == "county")).one()
        person = find_or_add_person(session, "Mari Medlem")
        details = OfficeDetails(county.id, person.id, OfficeKind.MEMBER, "styremedlem", held_from="2020")
        add_office(session, details, by=None, now=NOW)
        user = session.scalars(select(User).where(User.role == Role.MEMBER)).one()
        say_who_logs_in(session, user, person, by=None, now=NOW)
        session.commit()
    assert "Du sitter i styret" in member.get("/").text
    assert "Du sitter i styret" not in secretary.get("/").text


def test_who_leads_a_branch_finds_the_way_to_it(database: Database, member: Browser) -> None:
    with database.write() as session:
        branch = session.scalars(select(Unit).where(Unit.key == "branch:5006")).one()
        person = find_or_add_person(session, "Mari Medlem")
        details = OfficeDetails(branch.id, person.id, OfficeKind.LEADER, "leder", held_from="2020")
        add_office(session, details, by=None, now=NOW)
        user = session.scalars(select(User).where(User.role == Role.MEMBER)).one()
        say_who_logs_in(session, user, person, by=None, now=NOW)
        session.commit()
        row = f"/oversikt/{branch.municipality_id}"
    page = member.get("/").text
    assert "Du leder laget" in page and "Du sitter i styret" not in page
    assert f'href="{row}"' in page and member.get(row).status_code == 200
    with database.write() as session:
        session.query(Office).update({Office.held: "2020/2021"})
        session.query(Office).update({Office.ends: date(2021, 12, 31)})
        session.commit()
    assert "Du leder laget" not in member.get("/").text
