"""The demo's meetings with their cases, and the work plan that one of them adopted."""

from datetime import date
from typing import Any

from archive.access import MACHINE_OWNER, Viewer
from archive.accounts import Role
from archive.interviews import Access
from archive.link_kinds import Side
from archive.links import add_link
from archive.local_time import day_of
from archive.meetings.cases import CaseDetails, MeetingCase, add_cases
from archive.meetings.meeting import Meeting, MeetingDetails, MeetingKind, add_meeting
from archive.meetings.papers import PaperDetails, PaperRole, add_paper
from archive.people import find_or_add_person
from archive.units import UnitKind
from archive.workplan.figures import Figure, write_status
from archive.workplan.item_acts import add_items
from archive.workplan.items import ItemDetails, ItemStatus, Responsible, WorkPlanItem
from archive.workplan.outline import ItemKind
from archive.workplan.plans import Adoption, Parent, PlanDetails, WorkPlan, add_plan, adopt_plan
from archive.workplan.reporting import StatusReport, report_status
from stemme.demo_organisation import Writer, read_organisation

GROUND = "Demo: møtet er oppdiktet."
# The annual meeting is in March; before April last year's is the one that was held.
_HELD_BEFORE_MONTH = 4


def put_in_meetings_and_plan(writer: Writer) -> None:
    """Two annual meetings, and what the later of them adopted."""
    told, today = read_organisation(), day_of(writer.now)
    last = today.year - (2 if today.month < _HELD_BEFORE_MONTH else 1)
    adopting = [case for each in told["meeting"] for case in _meet(writer, each, last)]
    for case in adopting:
        _adopt(writer, told["plan"], case, last)


def _meet(writer: Writer, told: dict[str, Any], last: int) -> list[MeetingCase]:
    """Put in one meeting; those of its cases that adopt the plan."""
    details = MeetingDetails(
        unit_id=writer.units[told["unit"]].id,
        kind=MeetingKind(told["kind"]),
        title=told["title"].format(last=last),
        dated=told["dated"].format(last=last),
        place=told["place"],
        note=told["note"],
        access=Access.MEMBERS,
        ground=GROUND,
    )
    meeting = add_meeting(writer.session, details, **writer.act)
    cases = add_cases(writer.session, meeting, [_case(each, last) for each in told["case"]], **writer.act)
    for each, case in zip(told["case"], cases, strict=True):
        if "paper" in each:
            _add_paper(writer, meeting, case, each["paper"])
    return [case for each, case in zip(told["case"], cases, strict=True) if each.get("adopts")]


def _case(told: dict[str, Any], last: int) -> CaseDetails:
    words = {name: told.get(name, "") for name in ("proposal", "discussion", "decision", "vote")}
    return CaseDetails(told["title"], told["number"].format(last=last), **words)


def _add_paper(writer: Writer, meeting: Meeting, case: MeetingCase, told: dict[str, Any]) -> None:
    record = writer.records[told["record"]]
    paper = PaperDetails(record.id, PaperRole.CASE_PAPER, case_id=case.id, page=told["page"], lines=told["lines"])
    add_paper(writer.session, meeting, paper, MACHINE_OWNER, **writer.act)


def _adopt(writer: Writer, told: dict[str, Any], case: MeetingCase, last: int) -> None:
    """The plan for two years, its figures, and how far its goals and measures have come."""
    today = day_of(writer.now)
    details = PlanDetails(
        title=told["title"],
        unit_id=writer.units[told["unit"]].id,
        first_year=last,
        last_year=last + 1,
        about=told["about"],
        parents=(Parent(told["above"]),),
    )
    plan = add_plan(writer.session, details, **writer.act)
    items = add_items(writer.session, plan, [_item(writer, each) for each in told["item"]], **writer.act)
    adoption = Adoption(date(last, 3, 9), meeting_id=case.meeting_id, case_id=case.id)
    adopt_plan(writer.session, plan, adoption, today=today, **writer.act)
    for item, each in zip(items, told["item"], strict=True):
        _report(writer, item, each)
    _write_years(writer, plan, told)


def _item(writer: Writer, told: dict[str, Any]) -> ItemDetails:
    return ItemDetails(
        ItemKind(told["kind"]),
        told["text"],
        measured_in=told.get("measured_in", ""),
        target=told.get("target"),
        responsible=(_responsible(writer, told["responsible"]),) if "responsible" in told else (),
    )


def _responsible(writer: Writer, told: dict[str, str]) -> Responsible:
    if "person" in told:
        return Responsible(person_id=find_or_add_person(writer.session, told["person"]).id)
    if "each_of" in told:
        return Responsible(each_of=UnitKind(told["each_of"]))
    return Responsible(unit_id=writer.units[told["unit"]].id)


def _report(writer: Writer, item: WorkPlanItem, told: dict[str, Any]) -> None:
    """How it goes, and what shows that."""
    if "status" in told:
        report = StatusReport(ItemStatus(told["status"]), told.get("said", ""), current=told.get("current"))
        secretary = Viewer(Role.SECRETARY, writer.by)
        report_status(writer.session, item, report, viewer=secretary, now=writer.now, today=day_of(writer.now))
    evidence: str = told.get("evidence", "")
    if evidence in writer.records:
        shows = Side("record", writer.records[evidence].id)
    elif evidence in writer.interviews:
        shows = Side("interview", writer.interviews[evidence].id)
    else:
        return
    add_link(writer.session, Side("work_plan_item", item.id), shows, **writer.act)


def _write_years(writer: Writer, plan: WorkPlan, told: dict[str, Any]) -> None:
    for at, year in enumerate((plan.first_year, plan.last_year)):
        write_status(
            writer.session,
            plan,
            year,
            figures=[Figure(label, values[at]) for label, values in told["figures"].items()],
            strengths=told["strengths"],
            weaknesses=told["weaknesses"],
            today=day_of(writer.now),
            **writer.act,
        )
