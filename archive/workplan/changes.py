"""What was done to a plan: what was changed after it was adopted, taking a proposal away, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from archive.accounts import Role, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput, NotFound
from archive.local_time import day_of
from archive.row_history import RowChange, changes_in, note_change, require_not_undone, snapshot, undo_change
from archive.workplan.figures import WorkPlanFigure
from archive.workplan.item_acts import take_away
from archive.workplan.items import WorkPlanItem, items_of
from archive.workplan.plans import WorkPlan, WorkPlanParent, new_batch, page_of
from archive.workplan.points import WorkPlanPoint
from archive.workplan.report_texts import WorkPlanReportText

TABLES = (
    "work_plan",
    "work_plan_item",
    "work_plan_responsible",
    "work_plan_parent",
    "work_plan_figure",
    "work_plan_point",
    "work_plan_report_text",
)
# What a meeting adopts. The rest of a row is how it goes, which may be said at any time.
WORDS = {
    "work_plan": ("title", "unit_id", "first_year", "last_year", "about", "amended_on", "amended_why"),
    "work_plan_item": ("kind", "text", "about", "position", "measured_in", "target", "amended_on", "amended_why"),
    "work_plan_responsible": ("person_id", "unit_id", "each_of", "office_kind"),
    "work_plan_parent": ("above_id", "title", "record_id"),
}
_AMENDED = ("amended", "amended_added")


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change of an adopted plan's words."""

    on: date
    table: str
    row_id: int
    before: dict[str, Any] | None  # None: it came after the plan was adopted
    after: dict[str, Any]
    why: str
    by: str  # "": the program itself

    @property
    def changed(self) -> tuple[tuple[str, Any, Any], ...]:
        """The words that are different: (column, what stood there, what came instead)."""
        if self.before is None:
            return ()
        names = (name for name in WORDS[self.table] if not name.startswith("amended"))
        return tuple(
            (name, self.before.get(name), self.after.get(name))
            for name in names
            if self.before.get(name) != self.after.get(name)
        )


def amendments_of(session: Session, plan: WorkPlan) -> list[Amendment]:
    """What was changed after the plan was adopted and still stands, in its order; one question, for members too."""
    theirs = select(RowChange).where(
        RowChange.thing == "work_plan",
        RowChange.thing_id == plan.id,
        RowChange.act.in_(_AMENDED),
        RowChange.of_table.in_(("work_plan", "work_plan_item")),
        RowChange.undone_at.is_(None),
    )
    found = session.scalars(theirs.order_by(RowChange.id).options(joinedload(RowChange.made_by)))
    return [
        Amendment(
            day_of(each.made_at),
            each.of_table,
            each.row_id,
            each.before,
            each.after or {},
            str((each.after or {}).get("amended_why") or ""),
            each.made_by.name if each.made_by else "",
        )
        for each in found
    ]


def undo_together(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    """Put back what was done in one go with this change.

    Raises:
        BadInput: as `archive.row_history.undo_change`; "adopted" for words that the plan had when a meeting adopted it.
    """
    require_at_least(session, by, "undo_work_plan", Role.SECRETARY)
    every = [change] if change.batch is None else changes_in(session, change.batch)
    together = [each for each in every if each.undone_at is None]
    if not together:
        raise BadInput("change", "undone_already")
    for each in together:
        _check_not_adopted(session, each)
    _undo_each(session, together, by=by, now=now)


def _undo_each(session: Session, together: Sequence[RowChange], *, by: int | None, now: datetime) -> None:
    """The last first: so what others hang on is there again before they are, and goes after them."""
    for each in reversed(together):
        undo_change(session, each, by=by, now=now)
    session.expire_all()


def _check_not_adopted(session: Session, change: RowChange) -> None:
    """A change from before the plan was adopted cannot be taken back afterwards without saying so."""
    plan = find_row(session, WorkPlan, change.thing_id) if change.thing == "work_plan" else None
    if plan is None or plan.is_proposal:
        return
    adopted = select(func.max(RowChange.id)).where(
        RowChange.of_table == "work_plan", RowChange.row_id == plan.id, RowChange.act == "adopted"
    )
    came_or_went = change.before is None or change.after is None
    touches = set(change.fields) & set(WORDS.get(change.of_table, ()))
    if change.of_table in WORDS and (touches or came_or_went) and change.id < (session.scalar(adopted) or 0):
        raise BadInput("change", "adopted")


def remove_plan(session: Session, plan: WorkPlan, *, by: int | None, now: datetime) -> str:
    """Take a proposal away with all that stands in it; gives the name by which `undo_removal` brings it back.

    Raises:
        BadInput: `plan` is "adopted", or "in_use": another plan comes after it, or names it as its parent.
    """
    require_at_least(session, by, "remove_plan", Role.SECRETARY)
    if not plan.is_proposal:
        raise BadInput("plan", "adopted")
    above = select(WorkPlanParent.id).where(WorkPlanParent.above_id == plan.id)
    after = select(WorkPlan.id).where(WorkPlan.follows_id == plan.id)
    if session.scalar(select(or_(above.exists(), after.exists()))):
        raise BadInput("plan", "in_use")
    batch, thing = new_batch(), page_of(plan.id)
    for item in items_of(session, plan.id):
        take_away(session, item, by=by, now=now, batch=batch)
    kinds: Sequence[type[Base]] = (WorkPlanFigure, WorkPlanPoint, WorkPlanReportText, WorkPlanParent)
    rows = [row for kind in kinds for row in session.scalars(select(kind).filter_by(plan_id=plan.id))]
    for row in (*rows, plan):
        before = snapshot(row)
        session.delete(row)
        note_change(session, row, before, act="removed", by=by, now=now, thing=thing, batch=batch)
    return batch


def removals(session: Session) -> list[RowChange]:
    """The plans that were taken away and can be brought back, the last first."""
    gone = select(RowChange).where(
        RowChange.of_table == "work_plan", RowChange.act == "removed", RowChange.undone_at.is_(None)
    )
    return list(session.scalars(gone.order_by(RowChange.id.desc()).limit(20)))


def undo_removal(session: Session, change_id: int, *, by: int | None, now: datetime) -> int:
    """Bring a plan back with all that stood in it; gives its number.

    Raises:
        NotFound: there is no such removal.
        BadInput: as `archive.row_history.undo_change`.
    """
    require_at_least(session, by, "undo_removal", Role.SECRETARY)
    change = find_row(session, RowChange, change_id)
    if change is None or (change.of_table, change.act) != ("work_plan", "removed") or change.batch is None:
        raise NotFound("change", change_id)
    require_not_undone(change)
    number = change.row_id
    _undo_each(session, changes_in(session, change.batch), by=by, now=now)
    return number


def is_of_plan(change: RowChange | None, plan_id: int) -> bool:
    """Whether a change belongs to the history of a plan."""
    return change is not None and (change.thing, change.thing_id) == ("work_plan", plan_id)


def came_from(session: Session, items: Sequence[WorkPlanItem]) -> dict[int, WorkPlanItem]:
    """Where items were carried over from, by the number of that item, with their plans; one question."""
    numbers = {each.carried_from_id for each in items} - {None}
    if not numbers:
        return {}
    found = session.scalars(
        select(WorkPlanItem).where(WorkPlanItem.id.in_(numbers)).options(joinedload(WorkPlanItem.plan))
    )
    return {each.id: each for each in found}
