"""What the secretary does to the items of a plan: adds, changes, moves, takes away. Undo is in the history."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.database import find_row
from archive.errors import BadInput
from archive.links import links_with, remove_link
from archive.people import Person
from archive.row_history import Touched, note_change, note_changes, snapshot
from archive.units import Unit
from archive.workplan.items import (
    ItemDetails,
    ItemStatus,
    Responsible,
    WorkPlanItem,
    WorkPlanResponsible,
    items_of,
    write_item,
)
from archive.workplan.outline import moved
from archive.workplan.plans import WorkPlan, amend, new_batch, page_of

MOST_ITEMS = 500
MOST_RESPONSIBLE = 8


def add_items(
    session: Session,
    plan: WorkPlan,
    many: Sequence[ItemDetails],
    *,
    why: str = "",
    after: WorkPlanItem | None = None,
    by: int | None,
    now: datetime,
    batch: str | None = None,
) -> list[WorkPlanItem]:
    """New items in their order, at the end or after another; undone in one go, with all that is of the same `batch`.

    Raises:
        BadInput: a value that cannot be kept; `items` are "too_many"; `why` is "empty" for a plan that was adopted.
    """
    require_at_least(session, by, "add_items", Role.SECRETARY)
    stood, batch = items_of(session, plan.id), batch or new_batch()
    if len(stood) + len(many) > MOST_ITEMS:
        raise BadInput("items", "too_many")
    at = next((place for place, each in enumerate(stood, 1) if after is not None and each.id == after.id), len(stood))
    made = []
    for details in many:
        item = WorkPlanItem(plan_id=plan.id, position=0, status=ItemStatus.NOT_BEGUN)
        write_item(item, details)
        amend(plan, item, why, now)
        made.append((item, checked_responsible(session, details.responsible)))
    befores = [(each, snapshot(each)) for each in stood]
    for position, each in enumerate([*stood[:at], *(item for item, _ in made), *stood[at:]], 1):
        each.position = position
    session.add_all(item for item, _ in made)
    session.flush()
    touched = [Touched(each, before, page_of(plan.id)) for each, before in befores]
    note_changes(session, touched, act="moved", by=by, now=now, batch=batch)
    act = "added" if plan.is_proposal else "amended_added"
    for item, answering in made:
        note_change(session, item, None, act=act, by=by, now=now, thing=page_of(plan.id), batch=batch)
        _add_responsible(session, item, answering, by=by, now=now, batch=batch)
    return [item for item, _ in made]


def change_item(
    session: Session, item: WorkPlanItem, details: ItemDetails, *, why: str = "", by: int | None, now: datetime
) -> bool:
    """Write an item's words anew; whether anything is different. Its status stays.

    Raises:
        BadInput: as `add_items`.
    """
    require_at_least(session, by, "change_item", Role.SECRETARY)
    plan, before, batch = item.plan, snapshot(item), new_batch()
    answering = checked_responsible(session, details.responsible)
    stood = {each.as_chosen: each for each in item.responsible}
    with session.no_autoflush:
        write_item(item, details)
        if snapshot(item) == before and answering == list(stood):
            return False
        act = amend(plan, item, why, now)
    note_change(session, item, before, act=act, by=by, now=now, thing=page_of(plan.id), batch=batch)
    for each, row in stood.items():
        if each not in answering:
            gone = snapshot(row)
            session.delete(row)
            note_change(session, row, gone, act="removed", by=by, now=now, thing=page_of(plan.id), batch=batch)
    new = [each for each in answering if each not in stood]
    _add_responsible(session, item, new, by=by, now=now, batch=batch)
    return True


def move_item(session: Session, item: WorkPlanItem, *, up: bool, by: int | None, now: datetime) -> bool:
    """One step up or down, with what belongs to it; whether it could. An adopted plan keeps its order.

    Raises:
        BadInput: `order` is "adopted".
    """
    require_at_least(session, by, "move_item", Role.SECRETARY)
    if not item.plan.is_proposal:
        raise BadInput("order", "adopted")
    stood = items_of(session, item.plan_id)
    befores = {each.id: snapshot(each) for each in stood}
    order = moved(stood, stood.index(item), up=up)
    if order == stood:
        return False
    for position, each in enumerate(order, 1):
        each.position = position
    touched = [Touched(each, befores[each.id], page_of(item.plan_id)) for each in order]
    note_changes(session, touched, act="moved", by=by, now=now, batch=new_batch())
    return True


def remove_item(session: Session, item: WorkPlanItem, *, by: int | None, now: datetime) -> None:
    """Take an item out of a proposal, with its links; the history brings it back.

    Raises:
        BadInput: `item` is "adopted" (say that it is no longer of interest instead) or "carried" on by another plan.
    """
    require_at_least(session, by, "remove_item", Role.SECRETARY)
    if not item.plan.is_proposal:
        raise BadInput("item", "adopted")
    if session.scalar(select(WorkPlanItem.id).where(WorkPlanItem.carried_from_id == item.id).limit(1)) is not None:
        raise BadInput("item", "carried")
    take_away(session, item, by=by, now=now, batch=new_batch())


def take_away(session: Session, item: WorkPlanItem, *, by: int | None, now: datetime, batch: str) -> None:
    """Delete an item with what hangs on it, each noted."""
    thing = page_of(item.plan_id)
    for link in links_with(session, "work_plan_item", item.id):
        remove_link(session, link, by=by, now=now, batch=batch)
    for row in (*item.responsible, item):
        before = snapshot(row)
        session.delete(row)
        note_change(session, row, before, act="removed", by=by, now=now, thing=thing, batch=batch)


def checked_responsible(session: Session, many: Sequence[Responsible]) -> list[Responsible]:
    """Those who answer, each once.

    Raises:
        BadInput: `responsible` is "too_many" or "unknown".
    """
    found = list(dict.fromkeys(many))
    if len(found) > MOST_RESPONSIBLE:
        raise BadInput("responsible", "too_many")
    for each in found:
        person = None if each.person_id is None else find_row(session, Person, each.person_id)
        ways = (
            person is not None and person.merged_into_id is None and each.office_kind is None,
            each.unit_id is not None and find_row(session, Unit, each.unit_id) is not None,
            each.each_of is not None,
        )
        named = sum(value is not None for value in (each.person_id, each.unit_id, each.each_of))
        if sum(ways) != 1 or named != 1:
            raise BadInput("responsible", "unknown")
    return found


def _add_responsible(
    session: Session, item: WorkPlanItem, many: Sequence[Responsible], *, by: int | None, now: datetime, batch: str
) -> None:
    for each in many:
        row = WorkPlanResponsible(
            item_id=item.id,
            person_id=each.person_id,
            unit_id=each.unit_id,
            each_of=each.each_of,
            office_kind=each.office_kind,
        )
        session.add(row)
        note_change(session, row, None, act="added", by=by, now=now, thing=page_of(item.plan_id), batch=batch)
    session.expire(item, ["responsible"])
