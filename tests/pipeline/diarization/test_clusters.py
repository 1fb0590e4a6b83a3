"""Which pieces are one voice, on points whose voices are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.diarization.clusters import Heard, voices_of


def heard(voices: list[int], seed: int, spread: float = 0.6, ms: int = 2_000) -> list[Heard]:
    """Pieces around one direction for each voice, in 192 dimensions, all as long."""
    chance = np.random.default_rng(seed)
    centres = chance.standard_normal((max(voices, default=0) + 1, 192))
    points = [centres[voice] + spread * chance.standard_normal(192) for voice in voices]
    return [Heard(at, (p / np.linalg.norm(p)).astype(np.float32), ms) for at, p in enumerate(points)]


def same(found: list[int], true: list[int]) -> bool:
    return len(set(zip(found, true, strict=True))) == len(set(true)) == len(set(found))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 3), min_size=24, max_size=120), st.integers(0, 1_000))
def test_voices_that_differ_are_told_apart(voices: list[int], seed: int) -> None:
    voices = [0, 0, 1, 1, 2, 2, 3, 3, *voices]
    found, centres = voices_of(heard(voices, seed), 4, exact=True)
    assert same(found, voices)
    assert np.allclose(np.linalg.norm(centres, axis=1), 1, atol=1e-5)


def test_a_guess_too_high_is_put_right_and_a_given_number_is_kept() -> None:
    pieces = heard([0] * 40, 3)
    assert len(voices_of(pieces, 2, exact=False)[1]) == 1
    assert len(voices_of(pieces, 2, exact=True)[1]) == 2


def test_one_who_says_little_is_still_somebody() -> None:
    voices = [0] * 200 + [1] * 4
    assert same(voices_of(heard(voices, 5), 2, exact=True)[0], voices)


def test_a_stray_sound_is_nobody() -> None:
    pieces = [*heard([0] * 60 + [1] * 60, 6), Heard(999, heard([7] * 1, 9)[0].embedding, 600)]
    found, _ = voices_of(pieces, 2, exact=True)
    assert same(found[:120], [0] * 60 + [1] * 60)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_anything_is_heard(count: int) -> None:
    found, centres = voices_of(heard([0] * count, 1), 3, exact=True)
    assert len(found) == count
    assert len(centres) <= 3
