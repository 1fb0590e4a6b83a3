"""The organisation as a list: region by region, with the municipalities that have a branch and those that have none."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.offices import Office, OfficeKind
from archive.people import Person, name_key
from archive.units import BRANCHES, Unit, UnitKind

# What has a place of its own in the list; the rest is listed by kind.
_PLACED = (UnitKind.REGION, UnitKind.MUNICIPALITY, *BRANCHES)


@dataclass(frozen=True, slots=True)
class Listed:
    """A unit as a list shows it."""

    id: int
    name: str
    kind: UnitKind
    parent_id: int | None
    region_id: int | None  # its own; a branch's is its municipality's
    municipality_id: int | None
    active: str
    is_active: bool
    former_names: tuple[str, ...]
    seats: int | None
    leaders: tuple[str, ...] = ()  # those of today


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality and its branches of today; none: it is without."""

    municipality: Listed
    branches: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A region and its municipalities, those with a branch first."""

    unit: Listed
    places: tuple[Place, ...]
    others: tuple[Listed, ...]  # branches of the region that are in no municipality


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything, once: what is there today, and what was."""

    regions: tuple[Region, ...]
    outside: tuple[Place, ...]  # municipalities in no region
    loose: tuple[Listed, ...]  # branches in no municipality and no region
    others: dict[UnitKind, tuple[Listed, ...]] = field(default_factory=dict)  # in the order of the kinds
    former: tuple[Listed, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.regions or self.outside or self.loose or self.others or self.former)


def list_units(session: Session, *, today: date) -> list[Listed]:
    """Every unit with its leaders of today, by name: two questions, however many there are."""
    leading = (
        select(Office.unit_id, Person.name)
        .join(Person, Person.id == Office.person_id)
        .where(Office.kind == OfficeKind.LEADER, Office.begins <= today, Office.ends >= today)
        .order_by(Office.begins, Person.name)
    )
    leaders: dict[int, list[str]] = {}
    for unit_id, name in session.execute(leading):
        leaders.setdefault(unit_id, []).append(name)
    columns = select(
        Unit.id,
        Unit.name,
        Unit.kind,
        Unit.parent_id,
        Unit.region_id,
        Unit.municipality_id,
        Unit.active,
        Unit.begins,
        Unit.ends,
        Unit.former_names,
        Unit.seats,
    )
    found = [
        Listed(
            id=row.id,
            name=row.name,
            kind=row.kind,
            parent_id=row.parent_id,
            region_id=row.region_id,
            municipality_id=row.municipality_id,
            active=row.active,
            is_active=row.begins <= today <= row.ends,
            former_names=tuple(former[0] for former in row.former_names),
            seats=row.seats,
            leaders=tuple(leaders.get(row.id, ())),
        )
        for row in session.execute(columns)
    ]
    return sorted(found, key=lambda each: (alphabetical(each.name), each.id))


def organisation(units: Iterable[Listed]) -> Organisation:
    """The list as a page shows it."""
    units = list(units)
    active = [each for each in units if each.is_active]
    branches: dict[int | None, list[Listed]] = {}
    for each in active:
        if each.kind in BRANCHES:
            branches.setdefault(each.municipality_id, []).append(each)
    places = [Place(each, tuple(branches.get(each.id, ()))) for each in active if each.kind == UnitKind.MUNICIPALITY]
    regions = [each for each in active if each.kind == UnitKind.REGION]
    known = {each.id for each in regions}
    loose = branches.get(None, [])
    kinds = [kind for kind in UnitKind if kind not in _PLACED]
    others = {kind: tuple(each for each in active if each.kind == kind) for kind in kinds}
    return Organisation(
        regions=tuple(_region(each, places, loose) for each in regions),
        outside=tuple(_without_last(each for each in places if each.municipality.region_id not in known)),
        loose=tuple(each for each in loose if each.region_id not in known),
        others={kind: listed for kind, listed in others.items() if listed},
        former=tuple(each for each in units if not each.is_active),
    )


def _region(region: Listed, places: Iterable[Place], loose: Iterable[Listed]) -> Region:
    own = _without_last(each for each in places if each.municipality.region_id == region.id)
    return Region(region, tuple(own), tuple(each for each in loose if each.region_id == region.id))


def _without_last(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda each: not each.branches)


def matching(units: Iterable[Listed], sought: str) -> list[Listed]:
    """Those whose name, or a name they had, holds every word that is sought; those of today first."""
    words = name_key(sought).split()
    found = [
        each
        for each in units
        if all(any(word in name_key(name) for name in (each.name, *each.former_names)) for word in words)
    ]
    return sorted(found, key=lambda each: not each.is_active)


_LAST_LETTERS = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})


def alphabetical(name: str) -> str:
    """By which names stand in a Norwegian's order, æ, ø and å last."""
    return name_key(name).translate(_LAST_LETTERS)
