"""What was typed about plans and their items, kept as typed: a form that fails loses nothing."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from archive.errors import BadInput
from archive.offices import OfficeKind
from archive.units import UnitKind
from archive.workplan.amounts import read_amount, shown_amount
from archive.workplan.items import ItemDetails, ItemStatus, Responsible, WorkPlanItem
from archive.workplan.outline import ItemKind
from archive.workplan.plans import Adoption, Parent, PlanDetails, WorkPlan
from archive.workplan.reporting import StatusReport
from web.named_people import named_people
from web.typed_interview import Fields, read_day
from web.typed_unit import read_number

ROWS = 3  # that stand empty for whoever has more to add
_EACH = "hver:"  # before a kind of unit, where others have a unit's number


@dataclass(slots=True)
class TypedParent:
    """One row of what a plan is subordinate to."""

    above: str = ""
    title: str = ""
    record: str = ""


@dataclass(slots=True)
class TypedPlan:
    """The form of a plan, field by field, as text."""

    title: str = ""
    unit_id: str = ""
    first_year: str = ""
    last_year: str = ""
    about: str = ""
    record_id: str = ""
    why: str = ""
    parents: list[TypedParent] = field(default_factory=lambda: [TypedParent() for _row in range(ROWS)])

    @classmethod
    def read(cls, form: Fields) -> "TypedPlan":
        """As the browser sent it."""
        plain = {name: form.get(name, "") for name in cls.__slots__ if name != "parents"}
        rows = max(ROWS, sum(key.startswith("parent_title_") for key in form))
        parents = [
            TypedParent(*(form.get(f"parent_{name}_{row}", "") for name in ("above", "title", "record")))
            for row in range(rows)
        ]
        return cls(**plain, parents=parents)

    @classmethod
    def of(cls, plan: WorkPlan) -> "TypedPlan":
        """What stands there now."""
        rows = [TypedParent(str(each.above_id or ""), each.title, str(each.record_id or "")) for each in plan.parents]
        return cls(
            title=plan.title,
            unit_id=str(plan.unit_id),
            first_year=str(plan.first_year),
            last_year=str(plan.last_year) if plan.last_year != plan.first_year else "",
            about=plan.about,
            record_id=str(plan.record_id or ""),
            parents=rows + [TypedParent() for _row in range(max(1, ROWS - len(rows)))],
        )

    def details(self) -> PlanDetails:
        """What can be kept of it.

        Raises:
            BadInput: the first field that cannot be used.
        """
        unit_id = read_number(self.unit_id, "unit_id")
        if unit_id is None:
            raise BadInput("unit_id", "unknown")
        first, last = self.years()
        parents = tuple(
            Parent(each.title, read_number(each.above, "parents"), read_number(each.record, "parents"))
            for each in self.parents
        )
        return PlanDetails(
            title=self.title,
            unit_id=unit_id,
            first_year=first,
            last_year=last,
            about=self.about,
            record_id=read_number(self.record_id, "record_id"),
            parents=parents,
        )

    def years(self) -> tuple[int, int]:
        """The first and the last year; one that is left out is the same.

        Raises:
            BadInput: `first_year` is "far_off".
        """
        first = read_year(self.first_year, "first_year")
        if first is None:
            raise BadInput("first_year", "far_off")
        return first, read_year(self.last_year, "last_year") or first


@dataclass(slots=True)
class TypedRow:
    """One row of who answers: an office, and where."""

    office: str = ""
    where: str = ""  # a unit's number, or `hver:` and a kind


@dataclass(slots=True)
class TypedItem:
    """The form of an item, field by field, as text."""

    kind: str = ItemKind.GOAL.value
    text: str = ""
    about: str = ""
    measured_in: str = ""
    target: str = ""
    responsible_people: str = ""
    why: str = ""
    after: str = ""  # below which item a new one comes; "": at the end
    rows: list[TypedRow] = field(default_factory=lambda: [TypedRow() for _row in range(ROWS)])

    @classmethod
    def read(cls, form: Fields) -> "TypedItem":
        """As the browser sent it."""
        plain = {name: form.get(name, "") for name in cls.__slots__ if name != "rows"}
        count = max(ROWS, sum(key.startswith("where_") for key in form))
        rows = [TypedRow(form.get(f"office_{row}", ""), form.get(f"where_{row}", "")) for row in range(count)]
        return cls(**plain, rows=rows)

    @classmethod
    def of(cls, item: WorkPlanItem) -> "TypedItem":
        """What stands there now."""
        rows = [
            TypedRow(each.office_kind or "", f"{_EACH}{each.each_of.value}" if each.each_of else str(each.unit_id))
            for each in item.responsible
            if each.person_id is None
        ]
        return cls(
            kind=item.kind.value,
            text=item.text,
            about=item.about,
            measured_in=item.measured_in,
            target=shown_amount(item.target),
            responsible_people="\n".join(each.person.name for each in item.responsible if each.person),
            rows=rows + [TypedRow() for _row in range(max(1, ROWS - len(rows)))],
        )

    def details(self, session: Session) -> ItemDetails:
        """What can be kept of it.

        Raises:
            BadInput: the first field that cannot be used.
        """
        if self.kind not in list(ItemKind):
            raise BadInput("kind", "unknown")
        kind = ItemKind(self.kind)
        answering = () if kind is ItemKind.HEADING else (*self._offices(), *self._people(session))
        return ItemDetails(
            kind=kind,
            text=self.text,
            about=self.about,
            measured_in=self.measured_in,
            target=read_amount(self.target, "target") if kind is ItemKind.GOAL else None,
            responsible=answering,
        )

    def _offices(self) -> list[Responsible]:
        found = []
        for row in self.rows:
            if row.office and not row.where:
                raise BadInput("responsible", "no_unit")
            if not row.where:
                continue
            office = _one_office(row.office)
            if row.where.startswith(_EACH):
                kind = row.where.removeprefix(_EACH)
                if kind not in list(UnitKind):
                    raise BadInput("responsible", "unknown")
                found.append(Responsible(each_of=UnitKind(kind), office_kind=office))
            else:
                found.append(Responsible(unit_id=read_number(row.where, "responsible"), office_kind=office))
        return found

    def _people(self, session: Session) -> list[Responsible]:
        named = named_people(session, self.responsible_people, "responsible_people")
        return [Responsible(person_id=each.id) for each in named]


def read_status(form: Fields) -> StatusReport:
    """How somebody says that it goes.

    Raises:
        BadInput: the first field that cannot be used.
    """
    status = form.get("status", "")
    if status not in list(ItemStatus):
        raise BadInput("status", "unknown")
    return StatusReport(
        ItemStatus(status),
        form.get("status_note", ""),
        read_day(form.get("status_on", ""), "status_on"),
        read_amount(form.get("current", ""), "current"),
    )


def read_adoption(form: Fields) -> Adoption:
    """Which meeting adopted a plan; a case names its meeting too.

    Raises:
        BadInput: the first field that cannot be used.
    """
    on: date | None = read_day(form.get("adopted_on", ""), "adopted_on")
    if on is None:
        raise BadInput("adopted_on", "empty")
    meeting, _, case = form.get("meeting", "").partition(":")
    return Adoption(on, form.get("adopted_by", ""), read_number(meeting, "meeting_id"), read_number(case, "case_id"))


def read_year(typed: str, name: str) -> int | None:
    """A year of four figures; None when nothing was typed.

    Raises:
        BadInput: "far_off".
    """
    typed = typed.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) == 4):
        raise BadInput(name, "far_off")
    return int(typed)


def _one_office(value: str) -> OfficeKind | None:
    if not value:
        return None
    if value not in list(OfficeKind):
        raise BadInput("responsible", "unknown")
    return OfficeKind(value)
