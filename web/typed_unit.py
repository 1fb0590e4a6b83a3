"""What the secretary typed about units and offices, kept as typed: a form that fails loses nothing."""

import re
from dataclasses import dataclass

from archive.errors import BadInput
from archive.fuzzy_dates import shown
from archive.offices import Office, OfficeDetails, OfficeKind
from archive.organisation.periods import typed_ends
from archive.organisation.words import OFFICE_WORDS
from archive.units import FormerName, Unit, UnitDetails, UnitKind
from web.typed_interview import Fields

_WITH_TIME = re.compile(r"(.+?)\s*\(([^()]*)\)")


@dataclass(slots=True)
class TypedUnit:
    """The form of a unit, field by field, as text."""

    name: str = ""
    kind: str = ""
    parent_id: str = ""
    region_id: str = ""
    municipality_id: str = ""
    municipality_number: str = ""
    former_names: str = ""  # one on each line, with when in parentheses
    merged_into_id: str = ""
    active_from: str = ""
    active_to: str = ""
    seats: str = ""
    note: str = ""

    @classmethod
    def read(cls, form: Fields) -> "TypedUnit":
        """As the browser sent it."""
        return cls(**{name: form.get(name, "") for name in cls.__slots__})

    @classmethod
    def of(cls, unit: Unit) -> "TypedUnit":
        """What stands there now."""
        begun, ended = typed_ends(unit.active)
        return cls(
            name=unit.name,
            kind=unit.kind,
            parent_id=str(unit.parent_id or ""),
            region_id=str(unit.region_id or ""),
            municipality_id=str(unit.municipality_id or ""),
            municipality_number=unit.municipality_number or "",
            former_names="\n".join(f"{name} ({shown(used)})" if used else name for name, used in unit.former_names),
            merged_into_id=str(unit.merged_into_id or ""),
            active_from=begun,
            active_to=ended,
            seats="" if unit.seats is None else str(unit.seats),
            note=unit.note,
        )

    def details(self) -> UnitDetails:
        """What can be kept of it.

        Raises:
            BadInput: the first field that cannot be used.
        """
        if self.kind not in list(UnitKind):
            raise BadInput("kind", "unknown")
        return UnitDetails(
            name=self.name,
            kind=UnitKind(self.kind),
            parent_id=read_number(self.parent_id, "parent_id"),
            region_id=read_number(self.region_id, "region_id"),
            municipality_id=read_number(self.municipality_id, "municipality_id"),
            municipality_number=self.municipality_number,
            former_names=read_former_names(self.former_names),
            merged_into_id=read_number(self.merged_into_id, "merged_into_id"),
            active_from=self.active_from,
            active_to=self.active_to,
            seats=_read_seats(self.seats),
            note=self.note,
        )


def read_former_names(typed: str) -> tuple[FormerName, ...]:
    """One on each line: `Malm SF (1961–1975)`; what stands in parentheses is when."""
    found = []
    for line in filter(None, map(str.strip, typed.splitlines())):
        timed = _WITH_TIME.fullmatch(line)
        found.append(FormerName(timed[1], timed[2]) if timed else FormerName(line))
    return tuple(found)


def read_number(typed: str, field: str) -> int | None:
    """The number of a row that was chosen; None for none.

    Raises:
        BadInput: "unknown".
    """
    typed = typed.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 10):
        raise BadInput(field, "unknown")
    return int(typed)


def _read_seats(typed: str) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 3):
        raise BadInput("seats", "out_of_range")
    return int(typed)


@dataclass(slots=True)
class TypedOffice:
    """The form of an office, field by field, as text."""

    unit_id: str = ""
    person: str = ""
    birth_year: str = ""
    kind: str = ""
    title: str = ""
    held_from: str = ""
    held_to: str = ""
    note: str = ""

    @classmethod
    def read(cls, form: Fields) -> "TypedOffice":
        """As the browser sent it."""
        return cls(**{name: form.get(name, "") for name in cls.__slots__})

    @classmethod
    def of(cls, office: Office) -> "TypedOffice":
        """What stands there now."""
        begun, ended = typed_ends(office.held)
        return cls(
            unit_id=str(office.unit_id),
            person=office.person.name,
            kind=office.kind,
            title=office.title,
            held_from=begun,
            held_to=ended,
            note=office.note,
        )

    def details(self, person_id: int) -> OfficeDetails:
        """What can be kept of it, for a person that the caller has found.

        Raises:
            BadInput: the first field that cannot be used.
        """
        if self.kind not in list(OfficeKind):
            raise BadInput("kind", "unknown")
        kind = OfficeKind(self.kind)
        return OfficeDetails(
            unit_id=read_number(self.unit_id, "unit_id") or 0,
            person_id=person_id,
            kind=kind,
            title=self.title.strip() or OFFICE_WORDS[kind],
            held_from=self.held_from,
            held_to=self.held_to,
            note=self.note,
        )
