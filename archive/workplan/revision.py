"""Next year's plan (the yearly revision): a proposal that takes over what is unfinished and says where from."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.errors import BadInput
from archive.row_history import Touched, note_change, note_changes
from archive.typed import one_line
from archive.workplan.items import ItemStatus, WorkPlanItem, WorkPlanResponsible, items_of
from archive.workplan.outline import outline
from archive.workplan.plans import (
    LIMITS,
    PlanState,
    WorkPlan,
    WorkPlanParent,
    checked_years,
    new_batch,
    page_of,
)


def carried_over(items: Sequence[WorkPlanItem]) -> list[WorkPlanItem]:
    """What next year's plan takes over: what is unfinished, the goal of a measure that is, and the headings of both.

    A goal that is reached goes along while something under it is not done, so that no measure lands under another goal.
    """
    taken: list[WorkPlanItem] = []
    for chapter in outline(items):
        below: list[WorkPlanItem] = []
        for goal in chapter.goals:
            measures = [each for each in goal.measures if each.status.is_unfinished]
            if goal.goal is not None and (measures or goal.goal.status.is_unfinished):
                below.append(goal.goal)
            below += measures
        if below and chapter.heading is not None:
            taken.append(chapter.heading)
        taken += below
    return taken


def title_after(title: str, first: int, last: int, next_first: int, next_last: int) -> str:
    """What the next plan may be called: the years in the title of this one moved on. Pure."""
    moved = title
    for year, after in ((last, next_last), (first, next_first)) if first != last else ((first, next_first),):
        moved = moved.replace(str(year), f"\0{after}")
    return moved.replace("\0", "")


def next_plan(
    session: Session, plan: WorkPlan, *, title: str, first_year: int, last_year: int, by: int | None, now: datetime
) -> WorkPlan:
    """The plan after this one, as a proposal. What is done stays where it is, and nothing of this plan changes.

    Raises:
        BadInput: `state` is "not_adopted", or the "next_exists" already; the title or the years cannot be kept.
    """
    require_at_least(session, by, "next_plan", Role.SECRETARY)
    if plan.is_proposal:
        raise BadInput("state", "not_adopted")
    if plan_after(session, plan) is not None:
        raise BadInput("state", "next_exists")
    first, last = checked_years(first_year, last_year)
    if first <= plan.first_year:
        raise BadInput("first_year", "before_this")
    batch = new_batch()
    made = WorkPlan(
        title=one_line(title, "plan_title", limit=LIMITS["title"], required=True),
        unit_id=plan.unit_id,
        first_year=first,
        last_year=last,
        about=plan.about,
        state=PlanState.PROPOSAL,
        follows_id=plan.id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    note_change(session, made, None, act="added", by=by, now=now, thing=page_of(made.id), batch=batch)
    _carry(session, plan, made, by=by, now=now, batch=batch)
    return made


def _carry(session: Session, plan: WorkPlan, made: WorkPlan, *, by: int | None, now: datetime, batch: str) -> None:
    """Copy into the new plan what it takes over."""
    parents = [
        WorkPlanParent(plan_id=made.id, above_id=each.above_id, title=each.title, record_id=each.record_id)
        for each in plan.parents
    ]
    stood = carried_over(items_of(session, plan.id))
    items = [_copy(each, made.id, place) for place, each in enumerate(stood, 1)]
    session.add_all([*parents, *items])
    session.flush()
    answering = [_answering(row, item.id) for old, item in zip(stood, items, strict=True) for row in old.responsible]
    session.add_all(answering)
    session.flush()
    rows = [Touched(row, None, page_of(made.id)) for row in (*parents, *items, *answering)]
    note_changes(session, rows, act="carried", by=by, now=now, batch=batch)
    session.expire(made, ["parents"])


def plan_after(session: Session, plan: WorkPlan) -> WorkPlan | None:
    """The plan that comes after this one; None while there is none."""
    return session.scalars(select(WorkPlan).where(WorkPlan.follows_id == plan.id).order_by(WorkPlan.id)).first()


def _copy(item: WorkPlanItem, plan_id: int, position: int) -> WorkPlanItem:
    stays = item.status in (ItemStatus.UNDER_WAY, ItemStatus.DONE)
    copy = WorkPlanItem(
        plan_id=plan_id,
        position=position,
        kind=item.kind,
        text=item.text,
        about=item.about,
        measured_in=item.measured_in,
        target=item.target,
        current=item.current,
        current_on=item.current_on,
        status=item.status if stays else ItemStatus.NOT_BEGUN,
        status_on=item.status_on if stays else None,
        carried_from_id=item.id,
    )
    copy.stands_as(item)
    return copy


def _answering(row: WorkPlanResponsible, item_id: int) -> WorkPlanResponsible:
    return WorkPlanResponsible(
        item_id=item_id,
        person_id=row.person_id,
        unit_id=row.unit_id,
        each_of=row.each_of,
        office_kind=row.office_kind,
    )
