"""Who sees which plan, who answers for what in it today, and who may say how it goes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive.access import Viewer
from archive.accounts import Role
from archive.errors import NotFound
from archive.offices import Office, OfficeKind, offices_held_on
from archive.organisation.rights import person_of, rights_of_viewer
from archive.workplan.items import WorkPlanItem, WorkPlanResponsible, load_item
from archive.workplan.plans import WorkPlan, list_plans, load_plan

# Who answers for a unit where no office is named.
LEADING = (OfficeKind.LEADER, OfficeKind.DEPUTY, OfficeKind.SECRETARY)


@dataclass(frozen=True, slots=True)
class PlanSight:
    """How much of the plans somebody sees."""

    sees_adopted: bool
    sees_proposals: bool  # the board and the secretary
    may_edit: bool

    def sees(self, plan: WorkPlan) -> bool:
        """Whether this plan is among it."""
        return self.sees_proposals if plan.is_proposal else self.sees_adopted


def sight_of(session: Session, viewer: Viewer, *, today: date) -> PlanSight:
    """What a viewer sees: members what was adopted, the board proposals too."""
    secretary = viewer.role.at_least(Role.SECRETARY)
    board = secretary or rights_of_viewer(session, viewer, today=today).sees_overview
    return PlanSight(viewer.role.at_least(Role.MEMBER), board, secretary)


def plans_for(session: Session, sight: PlanSight) -> list[WorkPlan]:
    """The plans that a reader sees, the latest first."""
    return [each for each in list_plans(session) if sight.sees(each)]


def plan_for(session: Session, plan_id: int, sight: PlanSight) -> WorkPlan:
    """One plan, as far as the reader may know of it.

    Raises:
        NotFound: there is none, or none for this reader.
    """
    plan = load_plan(session, plan_id)
    if not sight.sees(plan):
        raise NotFound("work_plan", plan_id)
    return plan


def item_for(session: Session, item_id: int, sight: PlanSight) -> WorkPlanItem:
    """One goal or measure, as far as the reader may know of it.

    Raises:
        NotFound: there is none, or none for this reader.
    """
    item = load_item(session, item_id)
    if not sight.sees(item.plan):
        raise NotFound("work_plan_item", item_id)
    return item


@dataclass(frozen=True, slots=True)
class Answering:
    """One of those who answer for an item, and who that is today."""

    row: WorkPlanResponsible
    offices: tuple[Office, ...]  # held today; () for a person, for every unit of a kind, and where nobody holds it


class Answers:
    """Who answers for what today, read once for however many items."""

    def __init__(self, session: Session, items: Iterable[WorkPlanItem], *, today: date) -> None:
        units = {row.unit_id for item in items for row in item.responsible if row.unit_id is not None}
        self._held: dict[int, list[Office]] = {}
        for office in offices_held_on(session, today, unit_ids=units) if units else []:
            self._held.setdefault(office.unit_id, []).append(office)

    def of(self, item: WorkPlanItem) -> list[Answering]:
        """Who answers for an item."""
        return [Answering(row, self._today(row)) for row in item.responsible]

    def _today(self, row: WorkPlanResponsible) -> tuple[Office, ...]:
        if row.unit_id is None or row.office_kind is None:
            return ()
        return tuple(each for each in self._held.get(row.unit_id, []) if each.kind == row.office_kind)


def own_items(session: Session, viewer: Viewer, items: Sequence[WorkPlanItem], *, today: date) -> set[int]:
    """Which of these items the viewer answers for today, by account, person and office."""
    person = None if viewer.user_id is None else person_of(session, viewer.user_id)
    if person is None or not viewer.role.at_least(Role.MEMBER):
        return set()
    held = [
        each
        for each in session.scalars(
            select(Office)
            .where(Office.person_id == person.id, Office.begins <= today, Office.ends >= today)
            .options(joinedload(Office.unit))
        )
        if each.unit.is_active(today)
    ]
    return {item.id for item in items if any(_answers(row, person.id, held) for row in item.responsible)}


def _answers(row: WorkPlanResponsible, person_id: int, held: Iterable[Office]) -> bool:
    kinds = LEADING if row.office_kind is None else (row.office_kind,)
    return row.person_id == person_id or any(
        office.kind in kinds and (office.unit_id == row.unit_id or office.unit.kind == row.each_of) for office in held
    )


def may_report(session: Session, viewer: Viewer, item: WorkPlanItem, *, today: date) -> bool:
    """Whether somebody may say how an item goes: the secretary, and in an adopted plan whoever answers for it."""
    if viewer.role.at_least(Role.SECRETARY):
        return True
    return not item.plan.is_proposal and item.id in own_items(session, viewer, [item], today=today)
