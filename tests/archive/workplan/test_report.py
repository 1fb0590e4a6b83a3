"""The annual report and what is linked to a plan, for each reader, on both databases."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from archive.access import Viewer
from archive.accounts import Role, add_user
from archive.database import Database
from archive.interviews import Access
from archive.link_kinds import KINDS, Side
from archive.links import add_link
from archive.meetings.meeting import MeetingDetails, MeetingKind, add_meeting
from archive.offices import OfficeDetails, OfficeKind, add_office
from archive.organisation.rights import say_who_logs_in
from archive.people import find_or_add_person
from archive.units import UnitKind, find_unit
from archive.workplan.changes import removals, remove_plan, undo_removal
from archive.workplan.counted import count_year
from archive.workplan.item_acts import add_items
from archive.workplan.items import ItemDetails, ItemStatus, Responsible, items_of
from archive.workplan.looking import own_items
from archive.workplan.outline import ItemKind
from archive.workplan.plans import Adoption, PlanDetails, WorkPlan, add_plan, adopt_plan
from archive.workplan.report import annual_report
from archive.yearwheel.duties import DutyDetails, add_duty
from archive.yearwheel.occurrences import When, hold, plan_occurrence


def board_member(session: Session, unit_id: int, now: datetime) -> Viewer:
    """Una Oppdiktet, who sits on the county board and has an account."""
    person = find_or_add_person(session, "Una Oppdiktet")
    details = OfficeDetails(unit_id, person.id, OfficeKind.MEMBER, "styremedlem", "2020")
    add_office(session, details, by=None, now=now)
    user = add_user(session, name="Una Oppdiktet", username="una", role=Role.MEMBER, now=now, by=None)
    say_who_logs_in(session, user, person, by=None, now=now)
    return Viewer(Role.MEMBER, user.id)


def test_each_reader_gets_the_report_that_is_for_them(each_database: Database, now: datetime, today: date) -> None:
    with each_database.write() as session:
        unit = find_unit(session, "Trøndelag SV", UnitKind.COUNTY_BRANCH)
        assert unit is not None
        una = board_member(session, unit.id, now)
        plan = add_plan(session, PlanDetails("Plan", unit.id, 2026, 2026), by=None, now=now)
        who = (Responsible(unit_id=unit.id, office_kind=OfficeKind.MEMBER),)
        details = [ItemDetails(ItemKind.GOAL, "Flere lag"), ItemDetails(ItemKind.MEASURE, "Ringe", responsible=who)]
        goal, measure = add_items(session, plan, details, by=None, now=now)
        duty = add_duty(session, DutyDetails("Rydde boden", minimum=2), by=None, now=now)
        held = plan_occurrence(session, duty, When(today), unit_id=None, by=None, now=now)
        hold(session, held, held_on=today, minutes="", by=None, now=now, today=today)
        add_link(session, Side("work_plan_item", goal.id), Side("occurrence", held.id), by=None, now=now)
        for title, access in (("Lukket møte", Access.CLOSED), ("Åpent møte", Access.MEMBERS)):
            meeting = MeetingDetails(unit.id, MeetingKind.ANNUAL, title, "2026-03-01", access=access, ground="Vedtatt")
            add_meeting(session, meeting, by=None, now=now)
        measure.status = ItemStatus.DONE
        member = Viewer(Role.MEMBER)
        found = {
            viewer: KINDS["work_plan_item"].find(session, "ringe", viewer, today=today, most=5)
            for viewer in (member, una)
        }
        assert [len(each) for each in found.values()] == [0, 1]  # it is a proposal
        adopt_plan(session, plan, Adoption(today, "Årsmøtet"), by=None, now=now, today=today)
        assert len(KINDS["work_plan_item"].find(session, "ringe", member, today=today, most=5)) == 1
        assert KINDS["occurrence"].find(session, "boden", member, today=today, most=5) == []
        (shown,) = KINDS["occurrence"].find(session, "boden 2026", una, today=today, most=5)
        assert (shown.title, shown.when) == ("Rydde boden", today.isoformat())
        for_all = annual_report(session, plan, 2026, today=today)
        for_board = annual_report(session, plan, 2026, viewer=una, today=today)
        assert for_all.counts() == {ItemStatus.NOT_BEGUN: 1, ItemStatus.DONE: 1}
        assert (for_all.evidence, for_all.standings) == ({}, ())
        assert [each.title for each in for_all.meetings] == ["Åpent møte"]
        assert for_board.evidence[goal.id][0].other.title == "Rydde boden"
        assert [(each.whole.held, each.whole.missing) for each in for_board.standings] == [(1, 1)]
        assert own_items(session, una, items_of(session, plan.id), today=today) == {measure.id}
        counted = count_year(session, 2026, today=today)
        assert (counted["wheel-held"], counted["wheel-missing"]) == (1, 1)


def test_a_plan_with_everything_goes_and_comes_back(each_database: Database, now: datetime) -> None:
    with each_database.write() as session:
        unit = find_unit(session, "Trøndelag SV", UnitKind.COUNTY_BRANCH)
        assert unit is not None
        plan = add_plan(session, PlanDetails("Plan", unit.id, 2026, 2026), by=None, now=now)
        who = (Responsible(each_of=UnitKind.REGION, office_kind=OfficeKind.LEADER),)
        (goal,) = add_items(session, plan, [ItemDetails(ItemKind.GOAL, "Mål", responsible=who)], by=None, now=now)
        duty = add_duty(session, DutyDetails("Rydde boden"), by=None, now=now)
        day = plan_occurrence(session, duty, When(now.date()), unit_id=None, by=None, now=now)
        add_link(session, Side("work_plan_item", goal.id), Side("occurrence", day.id), by=None, now=now)
        remove_plan(session, plan, by=None, now=now)
        number = undo_removal(session, removals(session)[0].id, by=None, now=now)
        (back,) = items_of(session, number)
        assert back.responsible[0].each_of is UnitKind.REGION and session.get_one(WorkPlan, number).is_proposal
