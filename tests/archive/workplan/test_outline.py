"""The order of a plan, by property: nothing is lost, and a step back undoes a step."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from archive.workplan.outline import ItemKind, end_of, moved, outline


@dataclass(frozen=True)
class Line:
    number: int
    kind: ItemKind


LISTS = st.lists(st.sampled_from(ItemKind), max_size=12).map(
    lambda kinds: [Line(number, kind) for number, kind in enumerate(kinds)]
)


@given(LISTS)
def test_an_outline_holds_every_line_once_and_in_order(lines: list[Line]) -> None:
    told = []
    for chapter in outline(lines):
        told += [chapter.heading] if chapter.heading else []
        told += chapter.items
    assert told == lines


@given(LISTS.filter(bool), st.data(), st.booleans())
def test_a_step_takes_along_what_belongs_to_a_line_and_a_step_back_undoes_it(
    lines: list[Line], data: st.DataObject, up: bool
) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    block = lines[at : end_of(lines, at)]
    after = moved(lines, at, up=up)
    assert sorted(after, key=lambda each: each.number) == lines
    now_at = after.index(lines[at])
    assert after[now_at : now_at + len(block)] == block
    if after == lines:
        assert at == 0 if up else end_of(lines, at) == len(lines)
    elif end_of(after, now_at) == now_at + len(block):
        # What it took along is again all that belongs to it: only then is the way back the same.
        assert moved(after, now_at, up=not up) == lines


def test_a_measure_belongs_to_the_goal_above_it_and_both_to_the_heading() -> None:
    kinds = [ItemKind.MEASURE, ItemKind.HEADING, ItemKind.GOAL, ItemKind.MEASURE, ItemKind.GOAL]
    first, second = outline([Line(number, kind) for number, kind in enumerate(kinds)])
    assert (first.heading, first.goals[0].goal, len(first.goals[0].measures)) == (None, None, 1)
    assert [len(goal.measures) for goal in second.goals] == [1, 0]


def test_a_goal_steps_over_measures_that_stand_under_no_goal_and_stays_in_its_chapter() -> None:
    kinds = [ItemKind.HEADING, ItemKind.HEADING, ItemKind.MEASURE, ItemKind.GOAL]
    lines = [Line(number, kind) for number, kind in enumerate(kinds)]
    assert [each.number for each in moved(lines, 3, up=True)] == [0, 1, 3, 2]
