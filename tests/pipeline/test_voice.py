"""Voice activity, block by block."""

import numpy as np
import pytest

from pipeline import voice
from pipeline.engines import Samples
from pipeline.voice import speech_probabilities


def test_block_by_block_is_the_same_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from faster_whisper.vad import get_vad_model

    sound = np.random.default_rng(2).normal(0, 0.1, 512 * 300 + 77).astype(np.float32)
    sound[512 * 100 : 512 * 200] *= np.sin(np.arange(512 * 100) / 20).astype(np.float32)
    monkeypatch.setattr(voice, "BLOCK_MS", voice.FRAME_MS * 40)

    def read(start_ms: int, end_ms: int) -> Samples:
        return sound[start_ms * 16 : min(end_ms * 16, len(sound))]

    whole = get_vad_model()(np.pad(sound, (0, -len(sound) % 512))).reshape(-1)
    pieces = list(speech_probabilities(read, -(-len(sound) // 16)))
    assert len(pieces) == 8
    assert np.array_equal(np.concatenate(pieces), whole)


def test_speech_is_told_from_silence(king_samples: Samples) -> None:
    def read(start_ms: int, end_ms: int) -> Samples:
        return king_samples[start_ms * 16 : end_ms * 16]

    probabilities = np.concatenate(list(speech_probabilities(read, 30_000)))
    assert probabilities.mean() > 0.4
    silent = np.concatenate(list(speech_probabilities(lambda a, b: np.zeros((b - a) * 16, np.float32), 30_000)))
    assert silent.max() < 0.5
