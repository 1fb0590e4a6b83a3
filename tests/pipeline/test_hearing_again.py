"""The ladder for a doubtful window, and which version is kept. The engine here says what it was given to say."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines import SAMPLE_RATE_HZ, Decoded, Samples
from pipeline.errors import EngineFailed
from pipeline.guard import DOUBTS
from pipeline.hearing_again import (
    GRAVITY,
    SHORTEST_HALF_MS,
    How,
    Version,
    better,
    hear_again,
    joined,
    quiet_place,
)
from pipeline.windows import Span
from tests.pipeline.test_guard import TALK, heard

LOOP = heard("og noen av mennene skrev under " * 9)
GOOD = heard(TALK)
NOTHING = Decoded((), {"avg_logprob": -0.9})
UNSURE = heard(TALK, avg_logprob=-1.3)


class ListedEngine:
    """An engine that says for each way what the list holds, and remembers what it was asked."""

    name, model, model_sha256, batch, replicas = "listed", "none", "1" * 64, 8, 1

    def __init__(self, says: dict[str, Decoded], beam_size: int = 1) -> None:
        self.options: dict[str, Any] = {"beam_size": beam_size}
        self.asked: list[tuple[str, int]] = []  # (way, ms of sound)
        self._says = says

    def decode(self, windows: Sequence[Samples], language: str, *, prompt: str = "") -> list[Decoded]:
        """Nobody asks for a batch here."""
        raise AssertionError

    def decode_alone(self, window: Samples, language: str, way: str) -> Decoded:
        """As listed."""
        self.asked.append((way, len(window) // 16))
        return self._says[way]

    def languages(self, window: Samples) -> dict[str, float]:
        """Nobody asks: it comes with the batch."""
        raise AssertionError


def sound(decoded: Decoded) -> tuple[Samples, list[Span]]:
    """A window in which somebody speaks for as long as these words last."""
    end_ms = decoded.words[-1][1]
    return np.zeros((end_ms + 400) * 16, dtype=np.float32), [Span(0, end_ms + 100)]


def again(engine: ListedEngine, first: Decoded, like: Decoded = GOOD) -> list[Version]:
    samples, speech = sound(like)
    return hear_again(engine, samples, first, language="nb", speech=speech)


def test_what_is_not_doubted_is_not_heard_again() -> None:
    engine = ListedEngine({})
    versions = again(engine, GOOD)
    assert [(version.how, version.doubts, version.coverage) for version in versions] == [("batch", (), 1.0)]
    assert engine.asked == []


@pytest.mark.parametrize("mended", [GOOD, UNSURE])
def test_the_ladder_stops_when_no_more_than_a_mild_doubt_is_left(mended: Decoded) -> None:
    engine = ListedEngine({"beam": mended})
    versions = again(engine, LOOP)
    assert [version.how for version in versions] == ["batch", "beam"]
    assert better(versions) == 1
    assert versions[0].decoded == LOOP  # what was not kept is there


def test_the_whole_ladder_is_climbed_for_a_loop_and_costs_no_more_than_it_may() -> None:
    engine = ListedEngine(dict.fromkeys(("beam", "penalties", "sampled"), LOOP))
    versions = again(engine, LOOP, LOOP)
    assert [version.how for version in versions] == ["batch", "beam", "penalties", "cut", "sampled"]
    assert len(engine.asked) == 5  # a cut has two halves
    assert better(versions) == 0


def test_what_was_heard_with_beam_in_its_batch_is_not_heard_so_again() -> None:
    engine = ListedEngine(dict.fromkeys(("beam", "penalties", "sampled"), LOOP), beam_size=5)
    assert [version.how for version in again(engine, LOOP, LOOP)] == ["batch", "penalties", "cut", "sampled"]
    assert [version.how for version in again(engine, UNSURE)] == ["batch"]


def test_only_loops_are_worth_a_draw() -> None:
    engine = ListedEngine(dict.fromkeys(("beam", "penalties", "sampled"), heard("Ja.")))
    assert [version.how for version in again(engine, heard("Ja."))] == ["batch", "beam", "cut", "penalties"]


def test_a_little_doubt_is_worth_one_more_decoding() -> None:
    engine = ListedEngine(dict.fromkeys(("beam", "penalties", "sampled"), UNSURE))
    assert [version.how for version in again(engine, UNSURE)] == ["batch", "beam"]


def test_another_language_belongs_to_the_sound_and_no_decoding_is_wasted_on_it() -> None:
    engine = ListedEngine({"beam": GOOD})
    versions = again(engine, replace(UNSURE, languages={"en": 0.95}))
    assert versions[0].doubts == ("low_probability", "other_language")
    assert versions[1].doubts == ("other_language",)
    assert len(engine.asked) == 1


def test_a_draw_that_comes_to_grief_costs_no_more_than_itself() -> None:
    class Frail(ListedEngine):
        def decode_alone(self, window: Samples, language: str, way: str) -> Decoded:
            if way == "sampled":
                raise EngineFailed(-9)
            return LOOP

    assert [version.how for version in again(Frail({}), LOOP, LOOP)] == ["batch", "beam", "penalties", "cut"]


def test_a_worker_that_is_to_end_leaves_between_two_decodings() -> None:
    class Enough(Exception):
        pass

    def pause() -> None:
        raise Enough

    samples, speech = sound(GOOD)
    engine = ListedEngine({})
    with pytest.raises(Enough):
        hear_again(engine, samples, LOOP, language="nb", speech=speech, pause=pause)
    assert engine.asked == []


def test_halves_are_decoded_by_beam_and_joined_in_the_window_s_time() -> None:
    """The loop stands in the whole, and not in the halves."""

    class Halves(ListedEngine):
        def decode_alone(self, window: Samples, language: str, way: str) -> Decoded:
            self.asked.append((way, len(window) // 16))
            return LOOP if len(window) > 20_000 * 16 else heard("Vi gikk på stemmeverving", wps=0.5)

    samples = np.zeros(24_000 * 16, dtype=np.float32)
    engine = Halves({})
    versions = hear_again(engine, samples, LOOP, language="nb", speech=[Span(0, 9_000), Span(11_000, 19_000)])
    assert engine.asked == [("beam", 24_000), ("penalties", 24_000), ("beam", 10_000), ("beam", 14_000)]
    assert [word[0] for word in versions[3].decoded.words] == [200, 2_200, 4_200, 6_200, 10_200, 12_200, 14_200, 16_200]


def test_metrics_of_halves_are_weighted_by_their_words() -> None:
    left, right = heard("en to tre", avg_logprob=-1.0), heard("fire", avg_logprob=-0.2)
    whole = joined([left, right], 5_000)
    assert whole.metrics["avg_logprob"] == -0.8
    assert whole.metrics["compression_ratio"] < 1
    assert whole.text == "en to tre fire"


@given(st.integers(0, 30_000), st.lists(st.tuples(st.integers(0, 29_000), st.integers(100, 9_000)), max_size=6))
def test_a_window_is_cut_in_its_middle_half_in_silence_if_there_is_any(
    length_ms: int, said: list[tuple[int, int]]
) -> None:
    spans, end = [], 0
    for start, length in sorted(said):
        if end < start and start + length <= length_ms:
            spans.append(Span(start, start + length))
            end = start + length
    samples = np.random.default_rng(length_ms).normal(0, 0.1, length_ms * 16).astype(np.float32)
    cut_ms = quiet_place(samples, spans)
    if cut_ms is None:
        assert length_ms <= 2 * SHORTEST_HALF_MS + 1
        return
    assert SHORTEST_HALF_MS <= cut_ms <= length_ms - SHORTEST_HALF_MS
    assert length_ms // 4 <= cut_ms <= length_ms * 3 // 4
    middles = [(a.end_ms + b.start_ms) // 2 for a, b in pairwise(spans)]
    if any(max(length_ms // 4, 2_000) <= middle <= min(length_ms * 3 // 4, length_ms - 2_000) for middle in middles):
        assert not any(span.start_ms < cut_ms < span.end_ms for span in spans)


def test_who_never_pauses_is_cut_where_it_is_quietest() -> None:
    samples = np.random.default_rng(5).normal(0, 0.1, 20 * SAMPLE_RATE_HZ).astype(np.float32)
    samples[12_300 * 16 : 12_400 * 16] *= 0.1
    assert quiet_place(samples, [Span(0, 20_000)]) == 12_350


versions = st.builds(
    Version,
    how=st.sampled_from(["batch", "beam", "cut"]),
    decoded=st.sampled_from([GOOD, UNSURE, NOTHING]),
    doubts=st.lists(st.sampled_from(DOUBTS), unique=True, max_size=4).map(tuple),
    coverage=st.one_of(st.none(), st.floats(0, 1)),
)


@given(st.lists(versions, min_size=1, max_size=5))
def test_the_kept_version_has_the_least_grave_doubts(them: list[Version]) -> None:
    kept = them[better(them)]
    worded = [version for version in them if version.decoded.words]
    if worded and kept.decoded.words:
        assert kept.gravities == min(version.gravities for version in worded)
    assert better(them) == better(list(them))


@given(st.lists(versions, min_size=1, max_size=5))
def test_text_is_given_up_only_for_silence_that_another_decoding_heard(them: list[Version]) -> None:
    kept = them[better(them)]
    worded = [version for version in them if version.decoded.words]
    if worded and not kept.decoded.words:
        assert kept.doubts == ()
        assert all({"stock_phrase", "words_without_speech"} & set(version.doubts) for version in worded)


def test_an_invented_farewell_gives_way_to_silence_and_stays_beside_it() -> None:
    farewell = heard("Takk for at du så på!")
    samples = np.zeros(6_000 * 16, dtype=np.float32)
    engine = ListedEngine({"beam": NOTHING})
    found = hear_again(engine, samples, farewell, language="nb", speech=[Span(2_000, 2_400)])
    assert found[better(found)].decoded == NOTHING
    assert {"stock_phrase", "words_without_speech"} <= set(found[0].doubts)


def test_words_that_nothing_speaks_against_but_their_probability_stand_against_silence() -> None:
    def version(how: How, decoded: Decoded, *doubted: Any) -> Version:
        return Version(how, decoded, doubted, 1.0)

    assert better([version("batch", UNSURE, "low_probability"), version("beam", NOTHING)]) == 0
    lost = version("beam", NOTHING, "speech_without_words")
    assert better([version("batch", GOOD, "words_without_speech"), lost]) == 0


def test_of_two_without_doubt_the_one_that_covers_more_is_kept_then_the_surer_one() -> None:
    assert better([Version("batch", GOOD, (), 0.8), Version("beam", GOOD, (), 0.9)]) == 1
    assert better([Version("batch", UNSURE, (), 0.9), Version("beam", GOOD, (), 0.9)]) == 1
    assert better([Version("batch", GOOD, (), 0.9), Version("beam", GOOD, (), 0.9)]) == 0


def test_every_doubt_has_a_gravity() -> None:
    assert set(GRAVITY) == set(DOUBTS)
