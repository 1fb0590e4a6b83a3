"""What is planned, held and missing in a year, against the minimum. Pure: the rows come loaded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from archive.yearwheel.duties import Duty, Per, Strength
from archive.yearwheel.occurrences import Occurrence, State
from archive.yearwheel.recurrence import is_election_year


@dataclass(frozen=True, slots=True)
class Count:
    """How a duty stands in one year. `minimum` None: nobody has set it, so nobody can say what is missing."""

    minimum: int | None
    held: int
    planned: int  # still to come
    unreported: int  # the day is past, and nobody has said what became of it
    missing: int

    def __add__(self, other: "Count") -> "Count":
        unset = self.minimum is None or other.minimum is None
        return Count(
            None if unset else (self.minimum or 0) + (other.minimum or 0),
            self.held + other.held,
            self.planned + other.planned,
            self.unreported + other.unreported,
            self.missing + other.missing,
        )


NOTHING = Count(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a duty in one year, for one unit or for the county branch."""

    held: int = 0
    planned: int = 0  # still to come
    are_set: int = 0  # not called off, whatever became of them


def minimum_of(per: Per, minimum: int | None, year: int, set_days: int) -> int | None:
    """How many there must be in a year, for one unit; None where nobody has set it.

    `minimum`: what the duty says. `set_days`: how many days there are that were not called off, for those that are
    counted by their days.
    """
    if per == Per.ELECTION_YEAR and not is_election_year(year):
        return 0
    if per == Per.REQUEST:
        return set_days
    if per == Per.DATE:
        return set_days or None
    return minimum


def missing_of(per: Per, minimum: int | None, year: int, days: Days) -> int:
    """How many lack of what must be done, neither held nor to come."""
    return max(0, (minimum_of(per, minimum, year, days.are_set) or 0) - days.held - days.planned)


def count(duty: Duty, occurrences: Iterable[Occurrence], year: int, today: date) -> Count:
    """How a duty stands in a year, for one unit or for the county branch; the occurrences are that one's of the year.

    A day that is past and that nobody has reported is neither held nor to come. Only what *must* be done is missing.
    """
    theirs = list(occurrences)
    days = Days(
        held=sum(each.state == State.HELD for each in theirs),
        planned=sum(each.is_to_come(today) for each in theirs),
        are_set=sum(each.state != State.CANCELLED for each in theirs),
    )
    is_binding = duty.strength == Strength.MUST and duty.is_duty_in(year)
    return Count(
        minimum=minimum_of(duty.per, duty.minimum, year, days.are_set),
        held=days.held,
        planned=days.planned,
        unreported=sum(each.is_unreported(today) for each in theirs),
        missing=missing_of(duty.per, duty.minimum, year, days) if is_binding else 0,
    )


def count_each(
    duty: Duty, unit_ids: Sequence[int | None], occurrences: Iterable[Occurrence], year: int, today: date
) -> dict[int | None, Count]:
    """How a duty stands for each unit that has it for itself; `unit_ids` is [None] for the county branch's own.

    What was held by a unit that is no more is counted too, without a minimum.
    """
    by_unit: dict[int | None, list[Occurrence]] = {unit_id: [] for unit_id in unit_ids}
    former: dict[int | None, list[Occurrence]] = {}
    for each in occurrences:
        (by_unit if each.unit_id in by_unit else former).setdefault(each.unit_id, []).append(each)
    counts = {unit_id: count(duty, theirs, year, today) for unit_id, theirs in by_unit.items()}
    for unit_id, theirs in former.items():
        held = sum(each.state == State.HELD for each in theirs)
        counts[unit_id] = Count(0, held, sum(each.is_to_come(today) for each in theirs), 0, 0)
    return counts


def total(counts: Iterable[Count]) -> Count:
    """All of them together."""
    whole = NOTHING
    for each in counts:
        whole = whole + each
    return whole
