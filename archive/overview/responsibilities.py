"""Who answers for which duties today: by office, by person, and the duties that nobody answers for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from archive.offices import Office, OfficeKind
from archive.organisation.tree import Listed
from archive.people import Person
from archive.units import UnitKind
from archive.yearwheel.duties import Duty


@dataclass(frozen=True, slots=True)
class Responsibilities:
    """The duties of everybody, as far as a reader may know of them."""

    by_office: Mapping[tuple[OfficeKind, int], tuple[Duty, ...]]  # the sort of office and the unit
    by_person: tuple[tuple[Person, tuple[Duty, ...]], ...]  # those that a person answers for, whatever the office
    vacant: tuple[tuple[Duty, tuple[Listed, ...]], ...] = field(default=())  # where nobody holds such an office

    def of(self, office: Office) -> tuple[Duty, ...]:
        """What an office answers for."""
        return self.by_office.get((office.kind, office.unit_id), ())


def responsibilities(
    duties: Iterable[Duty], held: Iterable[Office], units: Sequence[Listed], *, today: date
) -> Responsibilities:
    """Which duties each office and person answers for today, and which have nobody. Pure: the rows come loaded.

    A duty of each unit of a kind is that unit's own office's, where it says so; nobody is where no owner of a duty has
    somebody in office, and then the units are named that this holds for.
    """
    duties = [each for each in duties if each.ended_on is None or each.ended_on > today]
    filled = {(office.kind, office.unit_id) for office in held}
    by_kind: dict[UnitKind, list[Listed]] = {}
    for unit in units:
        if unit.is_active:
            by_kind.setdefault(unit.kind, []).append(unit)
    by_office: dict[tuple[OfficeKind, int], list[Duty]] = {}
    people: dict[int, tuple[Person, list[Duty]]] = {}
    vacant: list[tuple[Duty, tuple[Listed, ...]]] = []
    for duty in duties:
        having: list[Listed | None] = [None] if duty.each_of is None else list(by_kind.get(duty.each_of, []))
        without: list[Listed | None] = []
        for has_it in having:
            places = _places(duty, has_it)
            for place in places:
                theirs = by_office.setdefault(place, [])
                if duty not in theirs:
                    theirs.append(duty)
            if not any(place in filled for place in places) and not any(owner.person for owner in duty.owners):
                without.append(has_it)
        for owner in duty.owners:
            if owner.person is not None:
                people.setdefault(owner.person.id, (owner.person, []))[1].append(duty)
        if without:
            vacant.append((duty, tuple(each for each in without if each is not None)))
    return Responsibilities(
        {place: tuple(theirs) for place, theirs in by_office.items()},
        tuple((person, tuple(theirs)) for person, theirs in sorted(people.values(), key=lambda each: each[0].name)),
        tuple(vacant),
    )


def _places(duty: Duty, unit: Listed | None) -> list[tuple[OfficeKind, int]]:
    """The offices that answer for a duty, of a unit that has it for itself or of the county branch (None)."""
    found = []
    for owner in duty.owners:
        unit_id = owner.unit_id or (unit.id if unit else None)
        if owner.office_kind is not None and unit_id is not None:
            found.append((owner.office_kind, unit_id))
    return found
