"""The order of a plan: chapters, goals under them, measures under goals. Pure.

A plan is one list in the order that it is read. What stands below what follows from the order: a measure belongs to the
goal above it, both belong to the heading above them. So nothing can point at what is not there.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar


class ItemKind(enum.StrEnum):
    """What an item of a plan is."""

    HEADING = "heading"
    GOAL = "goal"
    MEASURE = "measure"


_RANK = {ItemKind.HEADING: 0, ItemKind.GOAL: 1, ItemKind.MEASURE: 2}


Item = TypeVar("Item")  # anything with a `kind`


@dataclass(frozen=True, slots=True)
class Goal(Generic[Item]):
    """A goal and its measures; None: measures that stand under no goal."""

    goal: Item | None
    measures: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Chapter(Generic[Item]):
    """A heading and what stands under it; None: what stands before the first."""

    heading: Item | None
    goals: tuple[Goal[Item], ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Its goals and measures, in their order."""
        return tuple(
            each for one in self.goals for each in ((one.goal, *one.measures) if one.goal is not None else one.measures)
        )


def outline(items: Sequence[Item]) -> tuple[Chapter[Item], ...]:
    """A plan's list as chapters."""
    chapters: list[tuple[Item | None, list[tuple[Item | None, list[Item]]]]] = []
    for item in items:
        kind = _kind(item)
        if kind is ItemKind.HEADING or not chapters:
            chapters.append((item if kind is ItemKind.HEADING else None, []))
        goals = chapters[-1][1]
        if kind is ItemKind.GOAL:
            goals.append((item, []))
        elif kind is ItemKind.MEASURE:
            if not goals:
                goals.append((None, []))
            goals[-1][1].append(item)
    return tuple(
        Chapter(heading, tuple(Goal(goal, tuple(measures)) for goal, measures in goals)) for heading, goals in chapters
    )


def end_of(items: Sequence[Any], at: int) -> int:
    """Where what belongs to the item at this place ends: a heading takes its chapter along, a goal its measures."""
    end = at + 1
    while end < len(items) and _rank(items[end]) > _rank(items[at]):
        end += 1
    return end


def moved(items: Sequence[Item], at: int, *, up: bool) -> list[Item]:
    """The list with an item, and what belongs to it, one step higher or lower; as it was at the top or bottom.

    A step the other way brings the list back, unless it took in what stood there under it.
    """
    rank, end = _rank(items[at]), end_of(items, at)
    block, before, after = list(items[at:end]), list(items[:at]), list(items[end:])
    if up and before:
        to = len(before)
        while to > 0 and _rank(before[to - 1]) > rank:
            to -= 1
        # Over the line above with what belongs to it; over a heading only from right below it.
        if to == len(before) or (to > 0 and _rank(before[to - 1]) == rank):
            to -= 1
        return [*before[:to], *block, *before[to:], *after]
    if not up and after:
        to = end_of(after, 0) if _rank(after[0]) == rank else 1
        return [*before, *after[:to], *block, *after[to:]]
    return list(items)


def _kind(item: Any) -> ItemKind:
    return ItemKind(item.kind)


def _rank(item: Any) -> int:
    return _RANK[_kind(item)]
