"""Where everything lies on the wheel: twelve months around a year, and a dot for each thing. Pure geometry.

The picture is a square of 640, its middle at nought, January at the top and to the right.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from archive.yearwheel.occurrences import Occurrence, State
from web.wording import MONTHS

SIZE = 640
_INNER, _OUTER, _WORDS, _NUMBERS = 132.0, 312.0, 276.0, 152.0
_LANES = (180.0, 202.0, 224.0, 246.0)
# So far apart, in degrees, dots in one lane do not touch.
_APART = 6.5
_SHORT = tuple(month[:3] for month in MONTHS)


@dataclass(frozen=True, slots=True)
class Dot:
    """A duty on a day, for however many units have it."""

    x: float
    y: float
    look: str  # held, planned, proposed, open
    title: str


@dataclass(frozen=True, slots=True)
class Sector:
    """A month."""

    number: int
    name: str
    short: str
    path: str
    word_x: float
    word_y: float
    count: int
    count_x: float
    count_y: float
    is_now: bool


@dataclass(frozen=True, slots=True)
class Wheel:
    """All that the picture shows."""

    year: int
    sectors: tuple[Sector, ...]
    dots: tuple[Dot, ...]
    hand: tuple[float, float, float, float] | None  # today's line; None in another year


@dataclass(frozen=True, slots=True)
class DayGroup:
    """What one duty has on one day: one occurrence, or that of many units."""

    occurrences: tuple[Occurrence, ...]

    @property
    def first(self) -> Occurrence:
        """The one that the group is named by."""
        return self.occurrences[0]

    @property
    def day(self) -> date:
        """Its day."""
        return self.first.due_on

    def look(self, today: date) -> str:
        """How it is drawn: what waits for somebody outdoes what is done."""
        if any(each.is_unreported(today) or each.state == State.POSTPONED for each in self.occurrences):
            return "open"
        if all(each.state == State.HELD for each in self.occurrences):
            return "held"
        return "planned" if any(each.is_set for each in self.occurrences) else "proposed"

    @property
    def held(self) -> int:
        """How many are held."""
        return sum(each.state == State.HELD for each in self.occurrences)


def day_groups(occurrences: Iterable[Occurrence]) -> list[DayGroup]:
    """What lies on the wheel, by day; what is called off does not."""
    groups: dict[tuple[date, int], list[Occurrence]] = {}
    for each in occurrences:
        if each.state != State.CANCELLED:
            groups.setdefault((each.due_on, each.duty_id), []).append(each)
    return [DayGroup(tuple(theirs)) for _key, theirs in sorted(groups.items())]


def draw(year: int, groups: Sequence[DayGroup], *, today: date) -> Wheel:
    """The wheel of a year."""
    theirs = [each for each in groups if each.day.year == year]
    counts = [sum(each.day.month == month for each in theirs) for month in range(1, 13)]
    sectors = tuple(
        _sector(month, counts[month - 1], (year, month) == (today.year, today.month)) for month in range(1, 13)
    )
    angle = angle_of(today)
    hand = (*_point(angle, _INNER - 10), *_point(angle, _OUTER)) if today.year == year else None
    return Wheel(year, sectors, tuple(_dots(theirs, today)), hand)


def angle_of(day: date) -> float:
    """Where a day lies, in degrees from the top: each month is a twelfth, each day its part of the month."""
    length = (date(day.year + day.month // 12, day.month % 12 + 1, 1) - day.replace(day=1)).days
    return 30 * (day.month - 1 + (day.day - 0.5) / length)


def _dots(groups: Sequence[DayGroup], today: date) -> Iterable[Dot]:
    """Side by side where days lie close: each in the first lane with room, else in the one that is longest free."""
    last = dict.fromkeys(_LANES, -360.0)
    for group in groups:
        angle = angle_of(group.day)
        lane = next((each for each in _LANES if angle - last[each] >= _APART), min(last, key=lambda each: last[each]))
        last[lane] = angle
        x, y = _point(angle, lane)
        yield Dot(x, y, group.look(today), group.first.duty.title)


def _sector(month: int, count: int, is_now: bool) -> Sector:
    start, end = 30.0 * (month - 1) + 0.6, 30.0 * month - 0.6
    (ax, ay), (bx, by) = _point(start, _OUTER), _point(end, _OUTER)
    (cx, cy), (dx, dy) = _point(end, _INNER), _point(start, _INNER)
    path = f"M{ax} {ay}A{_OUTER:g} {_OUTER:g} 0 0 1 {bx} {by}L{cx} {cy}A{_INNER:g} {_INNER:g} 0 0 0 {dx} {dy}Z"
    middle = 30.0 * month - 15
    word_x, word_y = _point(middle, _WORDS)
    count_x, count_y = _point(middle, _NUMBERS)
    name = MONTHS[month - 1]
    return Sector(month, name, _SHORT[month - 1], path, word_x, word_y, count, count_x, count_y, is_now)


def _point(angle: float, radius: float) -> tuple[float, float]:
    """A place by its angle from the top, clockwise, and its way from the middle."""
    radians = math.radians(angle)
    return round(radius * math.sin(radians), 1), round(-radius * math.cos(radians), 1)
