"""When channels part the speakers, and when they do not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from media.apart import FRAME_MS
from pipeline.channels import turns_by_channel

SECONDS = 120
QUIET, LOUD = 20.0, 70.0


def levels(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.uint8]:
    chance = np.random.default_rng(1)
    both = np.stack([left, right], axis=1) + chance.normal(0, 2, (len(left), 2))
    return np.clip(both, 0, 96).astype(np.uint8)


def by_turns(bleed_db: float, seconds: int = 10, share: float = 0.5) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two who take turns, each heard `bleed_db` weaker by the other's microphone."""
    frames = SECONDS * 1000 // FRAME_MS
    at_s = np.arange(frames) * FRAME_MS / 1000
    is_left = (at_s % seconds) < seconds * share
    pause = (at_s % 2) > 1.7
    left = np.where(pause, QUIET, np.where(is_left, LOUD, LOUD - bleed_db))
    right = np.where(pause, QUIET, np.where(is_left, LOUD - bleed_db, LOUD))
    return left, right


@pytest.mark.parametrize("bleed_db", [10, 20, 45])
def test_a_microphone_each(bleed_db: float) -> None:
    turns = turns_by_channel(levels(*by_turns(bleed_db)))
    assert turns is not None
    said = [0, 0]
    for start_ms, end_ms, channel in turns:
        middle_s = (start_ms + end_ms) / 2000
        assert channel == (0 if middle_s % 10 < 5 else 1)
        said[channel] += end_ms - start_ms
    assert min(said) > 40_000


def test_a_microphone_that_is_set_louder_changes_nothing() -> None:
    left, right = by_turns(15)
    turns = turns_by_channel(levels(left, right - 12))
    assert turns is not None
    assert {channel for _, _, channel in turns} == {0, 1}


def test_who_asks_may_say_little() -> None:
    assert turns_by_channel(levels(*by_turns(15, share=0.9))) is not None


@pytest.mark.parametrize(
    "name", ["the same twice", "ordinary stereo", "one dead channel", "one speaker", "silence", "nothing"]
)
def test_what_is_not_a_microphone_each(name: str) -> None:
    left, right = by_turns(15)
    both = np.maximum(left, right)
    cases = {
        "the same twice": (both, both),
        "ordinary stereo": by_turns(3),
        "one dead channel": (both, np.full_like(both, 2.0)),
        "one speaker": (both, both - 15),
        "silence": (np.full_like(both, 4.0), np.full_like(both, 4.0)),
        "nothing": (both[:5], both[:5]),
    }
    assert turns_by_channel(levels(*cases[name])) is None
