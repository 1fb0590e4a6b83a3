"""What somebody answers for in the plans that hold today: a person, an office, a unit."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from archive.access import Viewer
from archive.offices import Office, OfficeKind
from archive.people import Person
from archive.units import Unit, UnitKind
from archive.workplan.items import WorkPlanItem, WorkPlanResponsible, items_visible_to
from archive.workplan.looking import LEADING
from archive.workplan.outline import ItemKind
from archive.workplan.plans import PlanState, WorkPlan


def items_today(
    session: Session, viewer: Viewer, *, today: date, answered: ColumnElement[bool] | None = None
) -> list[WorkPlanItem]:
    """The goals and measures of this year's plans that a reader may see, in the order of their plans.

    `answered`: a condition on `WorkPlanResponsible` that one of those who answer meets; None: whoever answers.
    """
    chosen = (
        select(WorkPlanItem)
        .join(WorkPlanItem.plan)
        .where(
            items_visible_to(viewer, today=today),
            WorkPlan.state != PlanState.SUPERSEDED,
            WorkPlan.first_year <= today.year,
            WorkPlan.last_year >= today.year,
            WorkPlanItem.kind != ItemKind.HEADING,
        )
        .order_by(WorkPlan.id.desc(), WorkPlanItem.position, WorkPlanItem.id)
    )
    if answered is not None:
        chosen = chosen.where(WorkPlanItem.responsible.any(answered))
    answering = selectinload(WorkPlanItem.responsible)
    named = answering.options(joinedload(WorkPlanResponsible.person), joinedload(WorkPlanResponsible.unit))
    return list(session.scalars(chosen.options(contains_eager(WorkPlanItem.plan), named)))


def items_of_person(
    session: Session, offices: Sequence[Office], person_id: int, viewer: Viewer, *, today: date
) -> list[WorkPlanItem]:
    """What a person answers for today, by name or by an office; `offices` are those of the person."""
    ways: list[ColumnElement[bool]] = [WorkPlanResponsible.person_id == person_id]
    for office in offices:
        if not (office.begins <= today <= office.ends and office.unit.is_active(today)):
            continue
        named = WorkPlanResponsible.office_kind == office.kind
        if office.kind in LEADING:
            named = or_(named, WorkPlanResponsible.office_kind.is_(None))
        ways.append(and_(named, _has(office.unit_id, office.unit.kind)))
    return items_today(session, viewer, today=today, answered=or_(*ways))


def items_of_unit(session: Session, unit: Unit, viewer: Viewer, *, today: date) -> list[WorkPlanItem]:
    """What a unit, or an office in it, answers for today."""
    return items_today(session, viewer, today=today, answered=_has(unit.id, unit.kind))


def _has(unit_id: int, kind: UnitKind) -> ColumnElement[bool]:
    return or_(WorkPlanResponsible.unit_id == unit_id, WorkPlanResponsible.each_of == kind)


class PlanDuties:
    """Which of some items each office, unit and person answers for: for a page that shows all of them. Pure."""

    def __init__(self, items: Sequence[WorkPlanItem]) -> None:
        self._by_place: dict[tuple[OfficeKind | None, int | UnitKind], list[WorkPlanItem]] = defaultdict(list)
        people: dict[int, tuple[Person, list[WorkPlanItem]]] = {}
        for item in items:
            for row in item.responsible:
                where = row.unit_id or row.each_of
                if row.person is not None:
                    people.setdefault(row.person.id, (row.person, []))[1].append(item)
                elif where is not None:
                    self._by_place[row.office_kind, where].append(item)
        self.by_person = sorted(people.values(), key=lambda each: each[0].name)

    def of_office(self, office: Office) -> list[WorkPlanItem]:
        """What is an office's by its name."""
        return self._at(office.kind, office.unit_id, office.unit.kind)

    def of_unit(self, unit_id: int, kind: UnitKind) -> list[WorkPlanItem]:
        """What is a unit's, whoever leads it."""
        return self._at(None, unit_id, kind)

    def _at(self, office: OfficeKind | None, unit_id: int, kind: UnitKind) -> list[WorkPlanItem]:
        places: tuple[int | UnitKind, ...] = (unit_id, kind)
        found = {item.id: item for place in places for item in self._by_place.get((office, place), ())}
        return list(found.values())
