"""A long recording of real speech whose every word is known: the file over and over, silence of other lengths between.

Each repetition begins a little later in the silence before the first word, is a little louder or softer, and is
followed by 0.3 to 4 s in which nobody speaks, so that windows fall differently each time. All from one seed: a shorter
recording is the beginning of a longer one.
"""

import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
SILENCE_S = (0.3, 4.0)
GAIN_DB = 3.0
ROOM_DB = -70.0  # what a quiet room sounds like; no recorder writes zeros
SPEECH_DB = -40.0  # below the loudest moment: quieter at the beginning of the file is silence before the first word
SEED = 3


@dataclass(frozen=True, slots=True)
class Made:
    """A long recording."""

    path: Path
    duration_ms: int
    repetitions: int
    reference: list[str] | None  # every word that is said; None: nobody wrote them down


def make_recording(source: Path, reference: list[str] | None, target: Path, minutes: float) -> Made:
    """Repeat the whole file until it is about `minutes` long; MP3 as a recorder makes it."""
    once = read_sound(source)
    length, repetitions = 0, 0
    command = ["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "-"]
    encoder = subprocess.Popen([*command, "-b:a", "64k", str(target)], stdin=subprocess.PIPE)
    assert encoder.stdin is not None
    with encoder.stdin as pipe:
        for piece in _repetitions(once):
            if repetitions and length + len(piece) / 2 > minutes * 60 * RATE_HZ:
                break
            pipe.write((np.clip(piece, -1, 1) * 32_767).astype("<i2").tobytes())
            length, repetitions = length + len(piece), repetitions + 1
    if encoder.wait() != 0:
        raise RuntimeError("ffmpeg could not write the recording")
    words = None if reference is None else reference * repetitions
    return Made(target, length * 1000 // RATE_HZ, repetitions, words)


def read_sound(source: Path) -> NDArray[np.float32]:
    """A whole file as samples, mono at 16 kHz."""
    command = ["ffmpeg", "-v", "error", "-i", str(source), "-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1", "-"]
    raw = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return np.frombuffer(raw, dtype="<i2").astype(np.float32) / 32_768


def _repetitions(once: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    chance = random.Random(SEED)
    noise = np.random.default_rng(SEED)
    before = _silence_before(once)
    while True:
        spoken = once[chance.randint(0, before) :] * 10 ** (chance.uniform(-GAIN_DB, GAIN_DB) / 20)
        silence = np.zeros(int(chance.uniform(*SILENCE_S) * RATE_HZ), dtype=np.float32)
        piece = np.concatenate([spoken, silence])
        yield piece + noise.normal(0, 10 ** (ROOM_DB / 20), len(piece)).astype(np.float32)


def _silence_before(once: NDArray[np.float32]) -> int:
    """How many samples of silence the file begins with, less a tenth of a second."""
    frame = RATE_HZ // 50
    loudness = np.sqrt(np.mean(once[: len(once) // frame * frame].reshape(-1, frame) ** 2, axis=1))
    spoken = np.flatnonzero(loudness > loudness.max() * 10 ** (SPEECH_DB / 20))
    return max(0, int(spoken[0]) * frame - RATE_HZ // 10) if len(spoken) else 0
