"""Coverage, told by property and against a count of every millisecond."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from archive.coverage import GAP_MS, GAP_SPEECH_MS, LONGEST_WORD_MS, REACH_MS, Stretch, common, coverage, united

# Tenths of seconds, so that edges often meet.
stretches = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 60)).map(lambda pair: (pair[0] * 100, (pair[0] + pair[1]) * 100)),
    max_size=12,
)


def ticks(spans: list[Stretch], reach_ms: int = 0) -> set[int]:
    """Every tenth of a second that begins inside one of the spans."""
    return {ms for start, end in spans for ms in range(start - reach_ms, end + reach_ms, 100)}


def short(words: list[Stretch]) -> list[Stretch]:
    return [(start, min(end, start + LONGEST_WORD_MS)) for start, end in words]


@given(stretches, stretches)
def test_it_counts_every_moment_of_speech_near_a_word(speech: list[Stretch], words: list[Stretch]) -> None:
    found = coverage(speech, words)
    assert found.speech_ms == 100 * len(ticks(speech))
    assert found.covered_ms == 100 * len(ticks(speech) & ticks(short(words), REACH_MS))
    assert found.share is None if not ticks(speech) else 0 <= (found.share or 0) <= 1


@given(stretches, stretches)
def test_a_gap_holds_speech_and_no_word(speech: list[Stretch], words: list[Stretch]) -> None:
    gaps = coverage(speech, words).gaps
    for gap in gaps:
        inside = ticks([gap[:2]])
        assert gap.speech_ms == 100 * len(ticks(speech) & inside) >= GAP_SPEECH_MS
        assert not inside & ticks(short(words))
    assert list(gaps) == sorted(gaps)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(gaps))


@given(stretches, stretches)
def test_no_long_hole_with_speech_goes_unnoticed(speech: list[Stretch], words: list[Stretch]) -> None:
    named = ticks([gap[:2] for gap in coverage(speech, words).gaps])
    for (_, left), (right, _) in pairwise(united(short(words))):
        hole = ticks([(left, right)])
        if right - left >= GAP_MS and 100 * len(hole & ticks(speech)) >= GAP_SPEECH_MS:
            assert hole <= named


@given(stretches, stretches)
def test_order_does_not_matter(speech: list[Stretch], words: list[Stretch]) -> None:
    assert coverage(speech, words) == coverage(speech[::-1], words[::-1])


@given(stretches, stretches, stretches)
def test_more_words_never_cover_less(speech: list[Stretch], words: list[Stretch], more: list[Stretch]) -> None:
    assert coverage(speech, words).covered_ms <= coverage(speech, words + more).covered_ms


@given(stretches, stretches)
def test_what_is_common_is_in_both(these: list[Stretch], those: list[Stretch]) -> None:
    assert ticks(common(united(these), united(those))) == ticks(these) & ticks(those)


def test_where_nobody_speaks_there_is_nothing_to_cover() -> None:
    assert coverage([], []).share is None
    assert coverage([], [(0, 500)]).share is None
    assert coverage([], [(0, 500)]).gaps == ()


def test_speech_without_a_word_is_one_gap_from_where_it_begins_to_where_it_ends() -> None:
    assert coverage([(4_000, 5_000), (6_000, 7_000)], []).gaps == ((4_000, 7_000, 2_000),)
    assert coverage([(4_000, 5_000)], []).gaps == ()  # a cough


def test_a_lost_sentence_between_words_is_a_gap_and_a_pause_is_none() -> None:
    words = [(0, 1_000), (5_000, 6_000)]
    assert coverage([(0, 6_000)], words).gaps == ((1_000, 5_000, 4_000),)
    assert coverage([(0, 1_200), (4_800, 6_000)], words).gaps == ()


def test_a_word_that_was_stretched_over_lost_speech_does_not_hide_it() -> None:
    assert coverage([(0, 12_000)], [(0, 9_000), (9_000, 9_500)]).gaps[0] == (3_000, 9_000, 6_000)
