"""*Arbeidsplan*: the plans, one plan as it is read, and one goal or measure with what shows that it is done."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.access import meetings_visible_to, records_visible_to
from archive.accounts import Role
from archive.errors import NotFound
from archive.links import links_among, links_of
from archive.meetings.meeting import Meeting
from archive.records import Record
from archive.row_history import latest_change
from archive.workplan.changes import amendments_of, came_from, removals
from archive.workplan.figures import status_of
from archive.workplan.items import ItemStatus, WorkPlanItem, items_of
from archive.workplan.looking import Answers, PlanSight, item_for, may_report, own_items, plan_for, plans_for, sight_of
from archive.workplan.outline import ItemKind, outline
from archive.workplan.plans import PlanState, WorkPlan
from archive.workplan.report import count_statuses
from archive.workplan.revision import plan_after
from archive.workplan.sources import FromDocument
from web.rights import needs
from web.visit import db, today, viewer
from web.workplan_words import FILTERS, STATUSES

pages = Blueprint("workplan", __name__, url_prefix="/arbeidsplan")
for _name, _filter in FILTERS.items():
    pages.add_app_template_filter(_filter, _name)


def sight() -> PlanSight:
    """How much of the plans this reader sees."""
    return sight_of(db(), viewer(), today=today())


def asked_year(plan: WorkPlan) -> int:
    """The year of a plan that the address names; the one nearest to now when it names none.

    Raises:
        NotFound: the plan is not for that year.
    """
    year = request.args.get("ar", plan.year_shown(today()), type=int)
    if year not in plan.years:
        raise NotFound("year", year)
    return year


@pages.get("")
@needs(Role.MEMBER)
def show() -> ResponseReturnValue:
    """Every plan that this reader sees, the one that holds now first."""
    sees = sight()
    plans = plans_for(db(), sees)
    return render_template(
        "workplan/list.html",
        plans=plans,
        sight=sees,
        removed=removals(db()) if sees.may_edit else [],
    )


@pages.get("/<int:plan_id>")
@needs(Role.MEMBER)
def one(plan_id: int) -> ResponseReturnValue:
    """A plan: how the year stands, its goals and measures, and how each goes."""
    sees = sight()
    plan = plan_for(db(), plan_id, sees)
    items, year = items_of(db(), plan_id), asked_year(plan)
    status = status_of(db(), plan, year)
    numbers = [each.id for each in items if each.kind is not ItemKind.HEADING]
    chosen = request.args.get("status", "")
    after, amendments = plan_after(db(), plan), amendments_of(db(), plan)
    return render_template(
        "workplan/one.html",
        plan=plan,
        sight=sees,
        year=year,
        chapters=outline(items),
        counts=count_statuses(items),
        chosen=chosen if chosen in list(ItemStatus) else "",
        statuses=STATUSES,
        answers=Answers(db(), items, today=today()),
        evidence=links_among(db(), "work_plan_item", numbers, viewer(), today=today()),
        origins=came_from(db(), items),
        own=own_items(db(), viewer(), items, today=today()) if not plan.is_proposal else set(),
        amendments=amendments,
        added_later={each.row_id for each in amendments if each.before is None},
        status=status,
        after=after if after is not None and sees.sees(after) else None,
        meeting=seen_meeting(plan),
        records=seen_records(plan, [*items, *status.points]),
    )


@pages.get("/punkt/<int:item_id>")
@needs(Role.MEMBER)
def item(item_id: int) -> ResponseReturnValue:
    """One goal or measure."""
    return item_page(item_for(db(), item_id, sight()))


def item_page(found: WorkPlanItem, typed: dict[str, str] | None = None, wrong: dict[str, str] | None = None) -> str:
    """The page of an item; `typed` is what a form held that failed."""
    sees, plan = sight(), found.plan
    origin = found.carried_from
    later = db().scalars(select(WorkPlanItem).where(WorkPlanItem.carried_from_id == found.id)).all()
    return render_template(
        "workplan/item.html",
        item=found,
        plan=plan,
        sight=sees,
        answers=Answers(db(), [found], today=today()).of(found),
        may_report=may_report(db(), viewer(), found, today=today()) and found.kind is not ItemKind.HEADING,
        amendments=[each for each in amendments_of(db(), plan) if each.row_id == found.id and "item" in each.table],
        origin=origin if origin is not None and sees.sees(origin.plan) else None,
        later=[each for each in later if sees.sees(each.plan)],
        origin_links=links_of(db(), "work_plan_item", origin.id, viewer(), today=today()) if origin else [],
        records=seen_records(plan, [found]),
        seen=latest_change(db(), "work_plan_item", found.id),
        statuses=STATUSES,
        typed=typed or {},
        wrong=wrong or {},
        today=today().isoformat(),
    )


def plans_adopted_at(meeting_id: int) -> list[WorkPlan]:
    """The plans that a meeting adopted, for its own page; none for who is no member."""
    if not viewer().role.at_least(Role.MEMBER):
        return []
    adopted = select(WorkPlan).where(WorkPlan.meeting_id == meeting_id, WorkPlan.state != PlanState.PROPOSAL)
    return list(db().scalars(adopted.order_by(WorkPlan.first_year, WorkPlan.id)))


@pages.app_context_processor
def _for_templates() -> dict[str, Any]:
    return {"plans_adopted_at": plans_adopted_at}


def seen_meeting(plan: WorkPlan) -> Meeting | None:
    """The meeting that adopted a plan, where this reader may see it."""
    if plan.meeting_id is None:
        return None
    return db().scalar(select(Meeting).where(Meeting.id == plan.meeting_id, meetings_visible_to(viewer())))


def seen_records(plan: WorkPlan, items: Iterable[FromDocument]) -> dict[int, Record]:
    """The documents that a plan and what stands in it name, as far as this reader may see them; one question."""
    numbers = {plan.record_id, *(each.record_id for each in plan.parents), *(each.source_record_id for each in items)}
    found = select(Record).where(Record.id.in_(numbers - {None}), records_visible_to(viewer()))
    return {each.id: each for each in db().scalars(found)} if numbers - {None} else {}
