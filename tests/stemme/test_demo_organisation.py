import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive.access import VISITOR, Viewer
from archive.accounts import Role, User
from archive.database import Database
from archive.events import Event
from archive.interviews import Access, Interview
from archive.links import Link, links_of
from archive.local_time import day_of
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import Meeting
from archive.offices import Office
from archive.overview.board import board
from archive.overview.helping import UnitHelp
from archive.overview.unit_years import UnitYear
from archive.overview.wishes import FollowUpWish
from archive.people import Person, PersonAlias
from archive.records import ReadingState, Record
from archive.row_history import RowChange
from archive.search.index import open_index
from archive.search.query import search
from archive.settings import Settings
from archive.timeline import years_ago
from archive.units import Unit
from archive.workplan.figures import status_of
from archive.workplan.items import ItemStatus, items_of
from archive.workplan.plans import PlanState, list_plans
from archive.yearwheel.looking import Sight, wheel_year
from archive.yearwheel.occurrences import calls_for_help
from stemme.demo_organisation import FOLDER, read_organisation
from tests.conftest import settings_for
from tests.stemme.conftest import PROJECT

SOURCES = PROJECT.parent / "shared" / "sources"


@pytest.fixture
def settings(demo_data: Path, tmp_path: Path) -> Settings:
    """Settings of a demo of its own."""
    return settings_for(Path(shutil.copytree(demo_data, tmp_path / "data")))


def test_event_interview_and_page_lead_to_each_other(database: Database, today: date) -> None:
    member = Viewer(Role.MEMBER)
    with database.read() as session:
        event = session.scalars(
            select(Event).where(Event.title == "Fire mødre går fra hus til hus for barnehage")
        ).one()
        others = {each.other.kind: each for each in links_of(session, "event", event.id, member, today=today)}
        assert set(others) == {"interview", "person", "unit", "record"}
        assert (others["interview"].ms, others["interview"].other.title) == (35_328, "Barnehagen i bygda")
        interview = others["interview"].other.id
        back = [each.other.title for each in links_of(session, "interview", interview, member, today=today)]
        assert event.title in back
        assert links_of(session, "interview", interview, VISITOR, today=today) == []


def test_every_link_leads_to_a_second_that_is_heard_and_a_page_that_is_there(database: Database) -> None:
    told = {link[key]: link for event in read_organisation()["event"] for link in event["links"] for key in link}
    assert {"barnehagen", "minutes", "storlia", "Harald Eksempelli"} <= set(told)
    with database.read() as session:
        for link in session.scalars(select(Link)):
            for side in (link.side("a"), link.side("b")):
                if side.ms is not None:
                    interview = session.get_one(Interview, side.id)
                    assert side.ms < interview.recordings[0].duration_ms
                if side.page is not None:
                    version = session.get_one(Record, side.id).current
                    assert version is not None and side.page <= version.page_count


def test_documents_are_read_and_their_line_numbers_known_but_a_picture_waits(database: Database) -> None:
    with database.read() as session:
        records = {each.title: each for each in session.scalars(select(Record))}
        plan = records["Arbeidsplan for Innervika lokallag 1982"].current
        assert plan is not None and plan.is_numbered and len(plan.pages) == 3
        assert plan.pages[1].text.startswith("Mål for året\nBarnehagen\n")
        leaflet = records["Løpeseddel om barnehage"].current
        assert leaflet is not None and leaflet.state is ReadingState.WAITING
        assert records["Underskriftslisten for barnehage"].current is None
        assert {each.access for each in records.values()} == {Access.OPEN, Access.MEMBERS}


def test_pages_and_events_are_found_at_once(database: Database, settings: Settings, today: date) -> None:
    index = open_index(settings)
    kinds = ("record", "event")
    with database.read() as session:
        found = search(session, index, "gjerdet", viewer=Viewer(Role.MEMBER), today=today, kinds=kinds)
        assert {hit.kind for hit in found.hits} == {"record", "event"}
        assert search(session, index, "gjerdet", viewer=VISITOR, today=today, kinds=kinds).total == 0
        assert search(session, index, "kaffekjelen", viewer=VISITOR, today=today, kinds=kinds).total == 1


def test_the_year_wheel_has_what_is_held_what_is_missing_and_a_call_for_help(
    database: Database, now: datetime, today: date
) -> None:
    with database.read() as session:
        wheel = wheel_year(session, today.year, Sight(sees_all=True, may_edit=True), today=day_of(now))
        whole = wheel.whole()
        assert whole.held > 10
        assert whole.planned > 10
        assert whole.unreported > 0
        assert wheel.missing > 0
        [asked] = calls_for_help(session)
        assert asked.unit is not None and asked.unit.name == "Innervika lokallag"


def test_a_meeting_adopted_the_plan_and_its_goals_have_come_somewhere(database: Database, today: date) -> None:
    with database.read() as session:
        [plan] = list_plans(session)
        assert plan.state is PlanState.ADOPTED
        case = session.get_one(MeetingCase, plan.case_id)
        assert case.decision.startswith("Planen er vedtatt")
        items = items_of(session, plan.id)
        [goal] = [each for each in items if each.measured_in == "medlemmer"]
        assert (goal.target, goal.current) == (60, 41)
        assert {each.status for each in items} > {ItemStatus.DONE, ItemStatus.UNDER_WAY, ItemStatus.PUT_OFF}
        members = next(each for each in status_of(session, plan, today.year - 1).figures if each.key == "members")
        assert (members.before, members.value) == (512, 553)


def test_the_county_board_s_overview_has_figures_a_wish_and_a_call_for_help(database: Database, today: date) -> None:
    with database.read() as session:
        whole = board(session, today.year, today=today)
        lines = {each.unit.name: each for each in whole.lines}
        assert len(lines) == 38
        assert session.scalar(select(func.count(UnitYear.id)).where(UnitYear.year == today.year)) == 7
        assert session.scalar(select(func.count(FollowUpWish.id))) == 1
        assert session.scalar(select(func.count(UnitHelp.id))) == 1


def test_something_is_fifty_years_ago(database: Database, today: date) -> None:
    with database.read() as session:
        assert [each.title for each in years_ago(session, VISITOR, today)] == ["Plakaten som hang opp ned"]


def test_all_of_it_says_that_it_is_invented(database: Database) -> None:
    with database.read() as session:
        new_units = session.scalars(select(Unit).where(Unit.key.is_(None)))
        said = [each.note for each in session.scalars(select(Office))] + [each.note for each in new_units]
        said += [each.note for each in session.scalars(select(Record))]
        said += [each.text for each in session.scalars(select(Event))]
        said += [each.note for each in session.scalars(select(Meeting))] + [each.about for each in list_plans(session)]
        assert said
        assert all("oppdiktet" in each.casefold() for each in said)


def test_everything_was_done_by_the_demo_s_secretary_and_can_be_undone(database: Database) -> None:
    with database.read() as session:
        secretary = session.scalars(select(User).where(User.role == Role.SECRETARY)).one()
        for table, model in (("office", Office), ("event", Event), ("record", Record), ("link", Link)):
            changes = select(func.count()).where(RowChange.of_table == table, RowChange.act.in_(("added", "linked")))
            noted = session.scalar(changes.where(RowChange.made_by_id == secretary.id))
            assert noted == session.scalar(select(func.count()).select_from(model))


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the papers that real names stand in are not here")
def test_nobody_in_it_is_named_in_a_real_paper(database: Database) -> None:
    real = " ".join(path.read_text("utf-8") for path in SOURCES.glob("*.txt")).casefold()
    with database.read() as session:
        names = [*session.scalars(select(Person.name)), *session.scalars(select(PersonAlias.name))]
    assert len(names) > 15
    assert not [name for name in names if name.casefold() in real or name.split()[-1].casefold() in real]


def test_the_papers_are_small() -> None:
    papers = [FOLDER / each["file"] for each in read_organisation()["record"] if "file" in each]
    assert {path.suffix for path in papers} == {".txt", ".pdf", ".docx", ".png"}
    assert sum(path.stat().st_size for path in papers) < 100_000
