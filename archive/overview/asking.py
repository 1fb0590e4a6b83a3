"""Elected representatives place by place, and whom each of them can ask: the same role first, and the same region."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive.offices import Office, OfficeKind
from archive.organisation.tree import Listed, alphabetical
from archive.people import name_key
from archive.units import BRANCHES, UnitKind

# Bodies of the county and of parliament; what is held in a municipality or its branch belongs to the municipality.
HIGHER = (UnitKind.COUNCIL_GROUP, UnitKind.ELECTED_BODY)


@dataclass(frozen=True, slots=True)
class Representative:
    """One who is elected, in one place, with every role held there."""

    person_id: int
    name: str
    place: Listed  # the municipality, or the group in the county council or parliament
    region_id: int | None
    roles: tuple[str, ...]  # as they are called: kommunestyrerepresentant, nestleder i Hovedutvalg for kultur

    @property
    def role_keys(self) -> frozenset[str]:
        """The roles as they are compared."""
        return frozenset(name_key(each) for each in self.roles)

    @property
    def is_higher(self) -> bool:
        """Whether in the county council or parliament."""
        return self.place.kind in HIGHER


@dataclass(frozen=True, slots=True)
class Circle:
    """Some whom a representative can ask, and why these."""

    why: str  # role_and_region, region, role, higher, municipalities
    people: tuple[Representative, ...]


def representatives(session: Session, day: date, units: Iterable[Listed]) -> list[Representative]:
    """Everybody who is elected on a day, by place and name; one question.

    `units`: as `archive.organisation.tree.list_units` gives them.
    """
    held = select(Office).where(Office.kind == OfficeKind.ELECTED, Office.begins <= day, Office.ends >= day)
    return gather(session.scalars(held.options(joinedload(Office.person))), units)


def gather(offices: Iterable[Office], units: Iterable[Listed]) -> list[Representative]:
    """One for each person and place, whatever the number of offices there. Pure."""
    by_id = {each.id: each for each in units}
    roles: dict[tuple[int, int], list[str]] = {}
    names: dict[int, str] = {}
    for office in sorted(offices, key=lambda each: (each.begins, each.id)):
        unit = by_id.get(office.unit_id)
        place = _place(unit, by_id) if unit else None
        if unit is None or place is None:
            continue
        role = f"{office.title} i {unit.name}" if unit.kind == UnitKind.ELECTED_BODY else office.title
        names[office.person_id] = office.person.name
        theirs = roles.setdefault((office.person_id, place.id), [])
        if name_key(role) not in map(name_key, theirs):
            theirs.append(role)
    found = [
        Representative(person_id, names[person_id], by_id[place_id], by_id[place_id].region_id, tuple(theirs))
        for (person_id, place_id), theirs in roles.items()
    ]
    return sorted(found, key=lambda each: (alphabetical(each.place.name), each.place.id, alphabetical(each.name)))


def _place(unit: Listed, by_id: Mapping[int, Listed]) -> Listed | None:
    if unit.kind in BRANCHES:
        return by_id.get(unit.municipality_id or 0)
    above = by_id.get(unit.parent_id or 0)
    if unit.kind == UnitKind.ELECTED_BODY and above is not None and above.kind == UnitKind.COUNCIL_GROUP:
        return above
    return unit if unit.kind in (UnitKind.MUNICIPALITY, *HIGHER) else None


def whom_to_ask(one: Representative, everybody: Sequence[Representative]) -> list[Circle]:
    """Whom a representative can ask, the nearest first, everybody once. Pure.

    First those with the same role in the same region, then the others of the region, then the same role elsewhere; and
    for who sits in a municipality those who sit in the county council or parliament, so that both hear of each other.
    """
    others = [each for each in everybody if each.person_id != one.person_id]
    ways = {
        "role_and_region": [each for each in others if _same_role(one, each) and _same_region(one, each)],
        "region": [each for each in others if _same_region(one, each)],
        "role": [each for each in others if _same_role(one, each)],
        "higher": [each for each in others if each.is_higher],
    }
    if one.is_higher:
        ways["municipalities"] = [each for each in others if not each.is_higher]
    seen: set[int] = set()
    circles = []
    for why, people in ways.items():
        new = [each for each in people if each.person_id not in seen]
        new = list({each.person_id: each for each in reversed(new)}.values())[::-1]
        seen |= {each.person_id for each in new}
        if new:
            circles.append(Circle(why, tuple(new)))
    return circles


def _same_region(one: Representative, other: Representative) -> bool:
    """Two in one region; of the county's own and parliament's, two in the same group."""
    if one.is_higher or other.is_higher:
        return one.place.id == other.place.id
    if one.region_id is None:
        return one.place.id == other.place.id
    return one.region_id == other.region_id


def _same_role(one: Representative, other: Representative) -> bool:
    return bool(one.role_keys & other.role_keys)


def near_count(place_id: int, region_id: int | None, everybody: Iterable[Representative]) -> int:
    """How many representatives of other municipalities in a region somebody in a municipality can ask. Pure."""
    near = {
        each.person_id
        for each in everybody
        if not each.is_higher and each.place.id != place_id and region_id is not None and each.region_id == region_id
    }
    return len(near)
