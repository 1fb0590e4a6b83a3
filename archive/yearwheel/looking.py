"""What a reader may see of the year wheel: the board and the secretary all of it, members what is marked for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import Viewer
from archive.accounts import Role
from archive.errors import NotFound
from archive.offices import Office, offices_held_on
from archive.organisation.rights import rights_of_viewer
from archive.units import Unit, UnitKind
from archive.yearwheel.counting import Count, count_each, total
from archive.yearwheel.duties import Duty, DutyOwner, list_duties, load_duty
from archive.yearwheel.occurrences import Occurrence, State, load_occurrence, occurrences_in


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of the year wheel somebody sees."""

    sees_all: bool  # with minutes, notes and counts; else only what is marked for members
    may_edit: bool

    def sees(self, duty: Duty) -> bool:
        """Whether this duty is among it."""
        return self.sees_all or duty.for_members


def sight_of(session: Session, viewer: Viewer, *, today: date) -> Sight:
    """What a viewer sees; for who is not a member, ask nothing."""
    secretary = viewer.role.at_least(Role.SECRETARY)
    return Sight(secretary or rights_of_viewer(session, viewer, today=today).sees_year_wheel, secretary)


def duty_for(session: Session, duty_id: int, sight: Sight) -> Duty:
    """One duty, as far as the reader may know of it.

    Raises:
        NotFound: there is none, or none for this reader.
    """
    duty = load_duty(session, duty_id)
    if not sight.sees(duty):
        raise NotFound("duty", duty_id)
    return duty


def occurrence_for(session: Session, occurrence_id: int, sight: Sight) -> Occurrence:
    """One occurrence, as far as the reader may know of it.

    Raises:
        NotFound: there is none, or none for this reader.
    """
    occurrence = load_occurrence(session, occurrence_id)
    if not sight.sees(occurrence.duty):
        raise NotFound("occurrence", occurrence_id)
    return occurrence


@dataclass(frozen=True, slots=True)
class Standing:
    """How a duty stands in a year, over all who have it."""

    duty: Duty
    whole: Count
    units: int  # how many units have it for themselves; 1 for the county branch's own
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class WheelYear:
    """A year as a reader sees it."""

    year: int
    standings: tuple[Standing, ...]
    occurrences: tuple[Occurrence, ...]  # by day

    @property
    def missing(self) -> int:
        """How much of what must be done is neither held nor planned."""
        return sum(each.whole.missing for each in self.standings)

    def whole(self) -> Count:
        """All duties together."""
        return total(each.whole for each in self.standings)


def wheel_year(session: Session, year: int, sight: Sight, *, today: date) -> WheelYear:
    """A year of the wheel, in a fixed number of questions."""
    duties = [each for each in list_duties(session) if sight.sees(each)]
    seen = {each.id for each in duties}
    occurrences = [each for each in occurrences_in(session, year) if each.duty_id in seen]
    by_duty: dict[int, list[Occurrence]] = {}
    for each in occurrences:
        by_duty.setdefault(each.duty_id, []).append(each)
    units = unit_ids_by_kind(session, year)
    standings = []
    for duty in duties:
        theirs = by_duty.get(duty.id, [])
        if not theirs and not duty.is_duty_in(year):
            continue
        having = having_ids(duty, units)
        counts = count_each(duty, having, theirs, year, today)
        standings.append(Standing(duty, total(counts.values()), len(having), tuple(theirs)))
    return WheelYear(year, tuple(standings), tuple(occurrences))


def unit_ids_by_kind(session: Session, year: int) -> dict[UnitKind, list[int]]:
    """The units that are there in some part of the year."""
    there = select(Unit.kind, Unit.id).where(Unit.begins <= date(year, 12, 31), Unit.ends >= date(year, 1, 1))
    found: dict[UnitKind, list[int]] = {}
    for kind, unit_id in session.execute(there):
        found.setdefault(kind, []).append(unit_id)
    return found


def having_ids(duty: Duty, units: dict[UnitKind, list[int]]) -> list[int | None]:
    """Which units have a duty for themselves; [None] for the county branch's own."""
    return [None] if duty.each_of is None else list(units.get(duty.each_of, []))


def waiting(wheel: WheelYear, *, today: date) -> list[Occurrence]:
    """What waits: days that are past and not reported first, then what is put off, then what comes, by day."""

    def place(each: Occurrence) -> tuple[int, date, int]:
        return (0 if each.is_unreported(today) else 1, each.due_on, each.id)

    open_ones = [each for each in wheel.occurrences if each.state in (State.PLANNED, State.POSTPONED)]
    return sorted(open_ones, key=place)


# Who answers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answers:
    """One of those who answer for a duty: the office or the person, and who holds the office today."""

    owner: DutyOwner
    offices: tuple[Office, ...]  # held today; () for a person, and where nobody holds it


class Owners:
    """Who answers for what today, read once for however many duties."""

    def __init__(self, session: Session, duties: Iterable[Duty], *, today: date) -> None:
        owners = [owner for duty in duties for owner in duty.owners if owner.office_kind]
        kinds = {owner.office_kind for owner in owners}
        held = offices_held_on(session, today) if owners else []
        self._held: dict[tuple[object, int], list[Office]] = {}
        for office in held:
            if office.kind in kinds:
                self._held.setdefault((office.kind, office.unit_id), []).append(office)

    def of(self, duty: Duty, unit_id: int | None = None) -> list[Answers]:
        """Who answers for a duty, of a unit that has it for itself or of the county branch."""
        found = []
        for owner in duty.owners:
            place = owner.unit_id or unit_id
            offices = self._held.get((owner.office_kind, place), []) if owner.office_kind and place else []
            found.append(Answers(owner, tuple(offices)))
        return found

    def people_of(self, duty: Duty, unit_id: int | None = None) -> list[int]:
        """The numbers of the people who answer, each once."""
        people: list[int] = []
        for each in self.of(duty, unit_id):
            people += [office.person_id for office in each.offices]
            if each.owner.person_id is not None:
                people.append(each.owner.person_id)
        return list(dict.fromkeys(people))
