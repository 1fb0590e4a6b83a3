"""What stands in a plan: headings, goals and measures, who answers for each, and what became of it."""

import enum
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Float,
    ForeignKey,
    String,
    UniqueConstraint,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, selectinload

from archive.access import Viewer
from archive.accounts import Role
from archive.database import Base, find_row
from archive.errors import NotFound
from archive.offices import OfficeKind
from archive.organisation.rights import is_on_board
from archive.people import Person
from archive.typed import many_lines, one_line
from archive.units import Unit, UnitKind
from archive.workplan.outline import ItemKind
from archive.workplan.plans import LIMITS as PLAN_LIMITS
from archive.workplan.plans import PlanState, WorkPlan
from archive.workplan.sources import FromDocument, Source

LIMITS = {"text": 500, "measured_in": 60, "status_note": 5_000}


class ItemStatus(enum.StrEnum):
    """What became of a goal or a measure."""

    NOT_BEGUN = "not_begun"
    UNDER_WAY = "under_way"
    DONE = "done"
    PUT_OFF = "put_off"
    DROPPED = "dropped"  # ikke lenger aktuelt

    @property
    def is_unfinished(self) -> bool:
        """Whether next year's plan takes it over."""
        return self not in (ItemStatus.DONE, ItemStatus.DROPPED)


class WorkPlanItem(FromDocument, Base):
    """One heading, goal or measure. What it stands under follows from the order, see `outline`."""

    __tablename__ = "work_plan_item"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("work_plan.id"), index=True)
    position: Mapped[int]  # its place, from 1; gaps do no harm
    kind: Mapped[ItemKind]
    text: Mapped[str] = mapped_column(String(LIMITS["text"]))
    about: Mapped[str] = mapped_column(default="")
    measured_in: Mapped[str] = mapped_column(String(LIMITS["measured_in"]), default="")  # of a goal that is a number
    target: Mapped[float | None] = mapped_column(Float)
    current: Mapped[float | None] = mapped_column(Float)  # how far it has come, as somebody has said
    current_on: Mapped[date | None]
    status: Mapped[ItemStatus] = mapped_column(default=ItemStatus.NOT_BEGUN)
    status_note: Mapped[str] = mapped_column(default="")
    status_on: Mapped[date | None]  # None: nobody has said anything yet
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("work_plan_item.id"), index=True)
    amended_on: Mapped[date | None]  # when its words were last changed, or came, after the plan was adopted
    amended_why: Mapped[str] = mapped_column(String(PLAN_LIMITS["why"]), default="")

    plan: Mapped[WorkPlan] = relationship()
    carried_from: Mapped["WorkPlanItem | None"] = relationship(remote_side=[id])
    responsible: Mapped[list["WorkPlanResponsible"]] = relationship(
        back_populates="item", order_by="WorkPlanResponsible.id", passive_deletes="all"
    )


class WorkPlanResponsible(Base):
    """Who answers for an item: a person, or an office (or simply who leads) in a unit or in each of its kind."""

    __tablename__ = "work_plan_responsible"
    __table_args__ = (
        UniqueConstraint("item_id", "person_id", name="uq_work_plan_responsible_item_id"),
        CheckConstraint(
            "(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN each_of IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_responsible",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("work_plan_item.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    each_of: Mapped[UnitKind | None]  # in every unit of this kind
    office_kind: Mapped[OfficeKind | None]  # None: the unit itself, so whoever leads it

    item: Mapped[WorkPlanItem] = relationship(back_populates="responsible")
    person: Mapped[Person | None] = relationship()
    unit: Mapped[Unit | None] = relationship()

    @property
    def as_chosen(self) -> "Responsible":
        """The same as the secretary chooses it."""
        return Responsible(self.person_id, self.unit_id, self.each_of, self.office_kind)


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who answers, as the secretary chooses it."""

    person_id: int | None = None
    unit_id: int | None = None
    each_of: UnitKind | None = None
    office_kind: OfficeKind | None = None


@dataclass(frozen=True, slots=True)
class ItemDetails:
    """What the secretary writes about an item."""

    kind: ItemKind
    text: str
    about: str = ""
    measured_in: str = ""
    target: float | None = None
    responsible: tuple[Responsible, ...] = ()
    source: Source | None = None


# Looking -------------------------------------------------------------------------------------------------------------


def items_visible_to(viewer: Viewer, *, today: date) -> ColumnElement[bool]:
    """The condition on `WorkPlanItem`: members see what was adopted; the board and the secretary proposals too."""
    if viewer.role.at_least(Role.SECRETARY):
        return true()
    if not viewer.role.at_least(Role.MEMBER):
        return false()
    adopted = select(WorkPlan.id).where(WorkPlan.state != PlanState.PROPOSAL).correlate(None)
    return or_(WorkPlanItem.plan_id.in_(adopted), is_on_board(viewer, today))


def items_of(session: Session, plan_id: int) -> list[WorkPlanItem]:
    """What stands in a plan, in its order, with who answers; two questions, however much it is."""
    answering = selectinload(WorkPlanItem.responsible)
    found = session.scalars(
        select(WorkPlanItem)
        .where(WorkPlanItem.plan_id == plan_id)
        .order_by(WorkPlanItem.position, WorkPlanItem.id)
        .options(answering.options(joinedload(WorkPlanResponsible.person), joinedload(WorkPlanResponsible.unit)))
    )
    return list(found)


def load_item(session: Session, item_id: int) -> WorkPlanItem:
    """One item.

    Raises:
        NotFound: there is none of this number.
    """
    item = find_row(session, WorkPlanItem, item_id)
    if item is None:
        raise NotFound("work_plan_item", item_id)
    return item


def write_item(item: WorkPlanItem, details: ItemDetails) -> None:
    """Put the details into the row.

    Raises:
        BadInput: the first value that cannot be kept.
    """
    item.kind = details.kind
    item.text = one_line(details.text, "text", limit=LIMITS["text"], required=True)
    item.about = many_lines(details.about, "about", limit=20_000)
    is_goal = details.kind is ItemKind.GOAL
    item.measured_in = one_line(details.measured_in, "measured_in", limit=LIMITS["measured_in"]) if is_goal else ""
    item.target = details.target if is_goal else None
    if details.source is not None:
        item.take_source(details.source)
