"""What one year's board hands over to the next: what was held, what lacks, and what they want to say."""

from collections.abc import Iterable
from dataclasses import dataclass

from archive.yearwheel.counting import Count
from archive.yearwheel.duties import Duty
from archive.yearwheel.looking import WheelYear
from archive.yearwheel.occurrences import Occurrence, State


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A duty as the next board takes it over."""

    duty: Duty
    whole: Count
    held: tuple[Occurrence, ...]
    open: tuple[Occurrence, ...]  # planned and not held, or put off
    notes: tuple[Occurrence, ...]  # those with a word to the next one

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.held or self.open or self.notes or self.duty.note_to_next or self.whole.missing)


def handover(wheel: WheelYear) -> list[HandedOver]:
    """All of it, what lacks most first, then in the wheel's order. Pure."""
    found = [
        HandedOver(
            duty=each.duty,
            whole=each.whole,
            held=_those(each.occurrences, State.HELD),
            open=tuple(one for one in each.occurrences if one.state in (State.PLANNED, State.POSTPONED)),
            notes=tuple(one for one in each.occurrences if one.note_to_next),
        )
        for each in wheel.standings
    ]
    return sorted((each for each in found if not each.says_nothing), key=lambda each: -each.whole.missing)


def _those(occurrences: Iterable[Occurrence], state: State) -> tuple[Occurrence, ...]:
    return tuple(each for each in occurrences if each.state == state)
