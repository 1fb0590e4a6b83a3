"""The plan of windows: pure arithmetic, so told by property."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline import windows
from pipeline.voice import FRAME_MS
from pipeline.windows import (
    LONG_PAUSE_MS,
    MAX_STRETCH_MS,
    MAX_WINDOW_MS,
    MIN_PAUSE_MS,
    MIN_SPEECH_MS,
    Excerpt,
    Span,
    plan_windows,
    settled_windows,
    speech_spans,
)

Probabilities = NDArray[np.float32]


@st.composite
def recordings(draw: st.DrawFn) -> Probabilities:
    """Speech and silence in turns, from a click to minutes without a pause."""
    turns = draw(
        st.lists(
            st.tuples(
                st.one_of(st.integers(1, 12), st.integers(1, 400), st.integers(400, 4000)),  # frames of speech
                st.one_of(st.integers(1, 20), st.integers(20, 300)),  # frames of silence
            ),
            max_size=40,
        )
    )
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    parts = [np.zeros(draw(st.integers(0, 300)), dtype=np.float32)]
    for speech, silence in turns:
        parts.append(random.uniform(0.36, 1.0, speech).astype(np.float32))
        parts.append(random.uniform(0.0, 0.34, silence).astype(np.float32))
    return np.concatenate(parts)


def speech(seconds: float) -> Probabilities:
    return np.full(round(seconds * 1000 / FRAME_MS), 0.9, dtype=np.float32)


def silence(seconds: float) -> Probabilities:
    return np.full(round(seconds * 1000 / FRAME_MS), 0.1, dtype=np.float32)


@given(recordings())
def test_all_speech_is_in_exactly_one_window_and_no_window_is_too_long(probabilities: Probabilities) -> None:
    plan = plan_windows(probabilities)
    assert all(0 <= window.start_ms < window.end_ms for window in plan)
    assert all(window.length_ms <= MAX_STRETCH_MS for window in plan)
    assert all(excerpt.length_ms <= MAX_WINDOW_MS for excerpt in excerpts_of(plan, probabilities))
    assert all(before.end_ms <= after.start_ms for before, after in itertools.pairwise(plan))
    assert not plan or plan[-1].end_ms <= len(probabilities) * FRAME_MS
    for span in speech_spans(probabilities):
        covered = sum(max(0, min(window.end_ms, span.end_ms) - max(window.start_ms, span.start_ms)) for window in plan)
        assert covered == span.length_ms


def excerpts_of(plan: list[Span], probabilities: Probabilities) -> list[Excerpt]:
    spans = speech_spans(probabilities)
    return [Excerpt.of(window, inside(window, spans)) for window in plan]


def inside(window: Span, spans: list[Span]) -> list[Span]:
    clipped = (Span(max(each.start_ms, window.start_ms), min(each.end_ms, window.end_ms)) for each in spans)
    return [each for each in clipped if each.start_ms < each.end_ms]


@given(recordings())
def test_an_excerpt_holds_all_speech_and_knows_the_way_back(probabilities: Probabilities) -> None:
    spans = speech_spans(probabilities)
    plan = plan_windows(probabilities)
    for window, excerpt in zip(plan, excerpts_of(plan, probabilities), strict=True):
        assert all(window.start_ms <= piece.start_ms < piece.end_ms <= window.end_ms for piece in excerpt.pieces)
        assert all(before.end_ms < after.start_ms for before, after in itertools.pairwise(excerpt.pieces))
        for said in inside(window, spans):
            (heard,) = excerpt.from_recording(said)
            assert heard.length_ms == said.length_ms
            assert excerpt.to_recording(heard) == said
            assert heard.end_ms <= excerpt.length_ms


def test_a_word_over_a_silence_that_was_left_out_lies_where_its_middle_is() -> None:
    excerpt = Excerpt((Span(1_000, 3_000), Span(9_000, 11_000)))
    assert excerpt.to_recording(Span(1_500, 2_200)) == Span(2_500, 3_000)
    assert excerpt.to_recording(Span(1_900, 2_600)) == Span(9_000, 9_600)
    assert excerpt.to_recording(Span(3_900, 4_000)) == Span(10_900, 11_000)


def test_where_nobody_looked_for_speech_the_whole_window_is_heard() -> None:
    assert Excerpt.of(Span(5_000, 20_000), []).pieces == (Span(5_000, 20_000),)


@given(recordings())
def test_silence_is_not_decoded(probabilities: Probabilities) -> None:
    spans = speech_spans(probabilities)
    for window in plan_windows(probabilities):
        inside = [span for span in spans if span.start_ms < window.end_ms and window.start_ms < span.end_ms]
        assert inside
        pauses = [after.start_ms - before.end_ms for before, after in itertools.pairwise(inside)]
        assert max(pauses, default=0) <= LONG_PAUSE_MS


@given(recordings(), st.integers(0, 20_000))
def test_more_sound_never_changes_a_settled_window(probabilities: Probabilities, known: int) -> None:
    settled = settled_windows(probabilities[:known])
    assert plan_windows(probabilities)[: len(settled)] == settled


@given(recordings())
def test_spans_are_apart_and_none_is_a_click(probabilities: Probabilities) -> None:
    spans = speech_spans(probabilities)
    assert all(span.length_ms >= MIN_SPEECH_MS for span in spans)
    assert all(after.start_ms - before.end_ms >= MIN_PAUSE_MS for before, after in itertools.pairwise(spans))


def test_nothing_said_is_no_window() -> None:
    assert plan_windows(silence(30)) == []
    assert plan_windows(np.zeros(0, dtype=np.float32)) == []


def test_a_click_is_no_speech_and_a_short_answer_is() -> None:
    assert speech_spans(np.concatenate([silence(5), speech(0.064), silence(5)])) == []
    assert len(plan_windows(np.concatenate([silence(5), speech(0.2), silence(5)]))) == 1


def test_a_window_ends_in_the_latest_good_pause() -> None:
    said = [speech(12), silence(0.6), speech(8), silence(0.6), speech(5), silence(0.1), speech(20)]
    first = plan_windows(np.concatenate(said))[0]
    assert 20_600 <= first.end_ms <= 21_200


def test_who_never_pauses_is_cut_where_speech_is_least_sure() -> None:
    unbroken = speech(50)
    unbroken[round(19_200 / FRAME_MS)] = 0.4
    assert plan_windows(unbroken)[0] == Span(0, 19_200)


def test_a_short_remark_waits_for_the_next_one_unless_the_pause_is_long() -> None:
    assert len(plan_windows(np.concatenate([speech(2), silence(12), speech(10)]))) == 1
    assert len(plan_windows(np.concatenate([speech(2), silence(18), speech(10)]))) == 2


def test_a_window_fits_into_what_whisper_takes() -> None:
    assert windows.MAX_WINDOW_MS <= 30_000
