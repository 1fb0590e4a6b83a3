from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from archive.coverage import GAP_MS
from archive.replacing import Heard, Standing, heir_of, replacement, without_cracks

WHOLE_MS = 2_000
spans = st.tuples(st.integers(0, WHOLE_MS), st.integers(1, 300)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@st.composite
def lines(draw: st.DrawFn) -> list[Standing]:
    drawn = draw(st.lists(st.tuples(spans, st.booleans()), max_size=12))
    return [Standing(number, *span, touched) for number, (span, touched) in enumerate(drawn, start=1)]


@st.composite
def heard(draw: st.DrawFn) -> list[Heard]:
    """Lines of words in order, as an engine gives them: some words last no time at all."""
    lines, at = [], 0
    for window_id in range(draw(st.integers(0, 6))):
        words: list[Any] = []
        for _ in range(draw(st.integers(1, 6))):
            start = at + draw(st.integers(0, 120))
            at = start + draw(st.integers(0, 90))
            words.append([start, at, f"ord{len(words)}", 0.9])
        lines.append(Heard(window_id, words))
    return lines


stretches = st.none() | spans


@given(lines(), heard(), stretches)
def test_no_line_of_a_person_goes(standing: list[Standing], new: list[Heard], stretch: tuple[int, int] | None) -> None:
    gone = replacement(standing, new, stretch).gone
    assert not gone & {line.id for line in standing if line.is_touched}


@given(lines(), heard(), stretches)
def test_nothing_comes_beside_a_text_of_people_without_times(
    standing: list[Standing], new: list[Heard], stretch: tuple[int, int] | None
) -> None:
    assert replacement([Standing(99, 0, 0, True), *standing], new, stretch).come == ()


@given(lines(), heard(), stretches)
def test_nothing_outside_the_stretch_changes(
    standing: list[Standing], new: list[Heard], stretch: tuple[int, int] | None
) -> None:
    result = replacement(standing, new, stretch)
    if stretch is None:
        assert result.gone == {line.id for line in standing if not line.is_touched}
        return
    for line in standing:
        if line.id in result.gone:
            assert stretch[0] <= line.start_ms < line.end_ms <= stretch[1]
    assert all(stretch[0] <= line.start_ms < line.end_ms <= stretch[1] for line in result.come)


@given(lines(), heard(), stretches)
def test_no_new_line_lies_under_one_that_stays(
    standing: list[Standing], new: list[Heard], stretch: tuple[int, int] | None
) -> None:
    result = replacement(standing, new, stretch)
    for line in standing:
        for fresh in result.come if line.id not in result.gone else ():
            assert fresh.end_ms <= line.start_ms or line.end_ms <= fresh.start_ms


@given(lines(), heard(), stretches)
def test_every_other_word_is_there_once_and_in_order(
    standing: list[Standing], new: list[Heard], stretch: tuple[int, int] | None
) -> None:
    result = replacement(standing, new, stretch)
    stays = [line for line in standing if line.id not in result.gone]

    def is_free(start: int, end: int) -> bool:
        inside = stretch is None or (stretch[0] <= start and end <= stretch[1])
        return inside and all(end <= line.start_ms or line.end_ms <= start for line in stays)

    wanted = [word for line in new for word in line.words if is_free(word[0], max(word[1], word[0] + 1))]
    assert [word for line in result.come for word in line.words] == wanted
    assert all(line.words for line in result.come)


def test_new_words_go_around_a_corrected_line() -> None:
    standing = [Standing(1, 0, 100, False), Standing(2, 100, 200, True), Standing(3, 200, 300, False)]
    line = Heard(7, [[10, 90, "før", 0.9], [90, 120, "halvt", 0.9], [120, 190, "under", 0.9], [200, 290, "etter", 0.9]])
    result = replacement(standing, [line], None)
    assert result.gone == {1, 3}
    assert [[word[2] for word in each.words] for each in result.come] == [["før"], ["etter"]]


def test_a_line_takes_over_from_the_one_it_covers_most() -> None:
    old = [Standing(1, 0, 100, False), Standing(2, 100, 300, False)]
    assert heir_of(Heard(7, [[80, 200, "ord", 0.9]]), old) == old[1]
    assert heir_of(Heard(7, [[300, 400, "ord", 0.9]]), old) is None


@given(st.lists(st.tuples(st.integers(0, 9 * GAP_MS), st.integers(0, 3 * GAP_MS)), max_size=8))
def test_lines_reach_over_cracks_and_over_nothing_else(drawn: list[tuple[int, int]]) -> None:
    lines = [Standing(number, start, start + length, True) for number, (start, length) in enumerate(sorted(drawn))]
    joined = without_cracks(lines)
    assert [(line.id, line.start_ms) for line in joined] == [(line.id, line.start_ms) for line in lines]
    for place, (before, after) in enumerate(zip(lines, joined, strict=True)):
        following = lines[place + 1].start_ms if place + 1 < len(lines) else None
        gap = None if following is None else following - before.end_ms
        assert after.end_ms == (following if gap is not None and 0 < gap < GAP_MS else before.end_ms)
