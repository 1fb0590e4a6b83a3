"""`script/bench speakers FILE…`: how well voices are told apart, how fast, and with how much memory.

Each FILE is a recording of one person. Of them conversations are made with known turns (two who take turns, short
answers in between, talking at the same time, telephone sound, noise, all of them together, one alone, 20 minutes), and
what is found is held against them: diarization error rate with no collar, overlap kept, over 10 ms frames, with the
names that fit best. `--kinds` picks some of them, `--hours N` adds one of that length.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.conversations import HZ, Kind, Reference, Samples, Speaker, conversation, samples_of, speaker

FRAME_MS = 10
LOOK_EVERY_S = 0.2
TELEPHONE = "aresample=8000,highpass=300,lowpass=3400,aresample=16000"

# What is made of the recordings: how many people (0: all of them), and what sort of conversation.
KINDS: dict[str, tuple[int, Kind]] = {
    "two": (2, Kind(300)),
    "short answers": (2, Kind(300, backchannels=0.5)),
    "at the same time": (2, Kind(300, backchannels=0.3, overlap=0.4)),
    "telephone, 8 kHz": (2, Kind(300, backchannels=0.2, overlap=0.1, filters=TELEPHONE)),
    "noise, 10 dB": (2, Kind(300, backchannels=0.2, overlap=0.1, noise_db=10)),
    "all": (0, Kind(300, backchannels=0.2, overlap=0.1)),
    "one": (1, Kind(120)),
    "20 min": (2, Kind(1200, backchannels=0.3, overlap=0.1)),
}


@dataclass(frozen=True, slots=True)
class Errors:
    """Shares of what is said, in 0.0 to 1.0."""

    missed: float
    false_alarm: float
    confused: float

    @property
    def rate(self) -> float:
        """The diarization error rate."""
        return self.missed + self.false_alarm + self.confused


def error_rate(reference: Reference, found: Sequence[tuple[int, int, int]]) -> Errors:
    """Collar 0, overlap kept: what is missed, what is too much and what is somebody else's, over what is said."""
    end_ms = max([end for _, end, _ in reference] + [end for _, end, _ in found], default=0)
    names, voices = sorted({who for *_, who in reference}), sorted({voice for *_, voice in found})
    true = _frames([(a, b, names.index(who)) for a, b, who in reference], len(names), end_ms)
    heard = _frames([(a, b, voices.index(voice)) for a, b, voice in found], len(voices), end_ms)
    said, spoken = true.sum(axis=1), heard.sum(axis=1)
    shared = true.T.astype(np.int64) @ heard.astype(np.int64)
    right = _best_match(shared)
    total = max(int(said.sum()), 1)
    both = int(np.minimum(said, spoken).sum())
    return Errors(
        missed=int(np.maximum(said - spoken, 0).sum()) / total,
        false_alarm=int(np.maximum(spoken - said, 0).sum()) / total,
        confused=(both - right) / total,
    )


def _frames(turns: Sequence[tuple[int, int, int]], count: int, end_ms: int) -> NDArray[np.int8]:
    frames = np.zeros((end_ms // FRAME_MS + 1, count), np.int8)
    for start, end, number in turns:
        frames[round(start / FRAME_MS) : round(end / FRAME_MS), number] = 1
    return frames


def _best_match(shared: NDArray[np.int64]) -> int:
    """The most frames that can be right, each voice being one person at most."""
    if shared.shape[0] > shared.shape[1]:
        shared = shared.T
    rows = range(shared.shape[0])
    ways = permutations(range(shared.shape[1]), shared.shape[0])
    return max((sum(int(shared[row, way[row]]) for row in rows) for way in ways), default=0)


def measure(sound: Samples, count: int) -> tuple[list[tuple[int, int, int]], float, float]:
    """What the child process finds; seconds it took, and its peak of PSS in MB."""
    with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder:
        path = Path(folder) / "speech.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, HZ, 0, "NONE", "not compressed"))
            file.writeframes((sound * 32_767).astype(np.int16).tobytes())
        threads = min(4, os.cpu_count() or 1)
        request = {"files": [str(path)], "count": count, "exact": True, "threads": threads}
        command = [sys.executable, "-m", "pipeline.diarization.child"]
        environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": str(threads)}
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        assert process.stdin is not None and process.stdout is not None
        memory = _Memory(process.pid)
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        took_s = time.monotonic() - began
        peak = memory.peak_mb()
        process.stdin.close()
        process.wait()
    return [(start, end, voice) for start, end, voice in answer["turns"][0]], took_s, peak


class _Memory:
    """Looks at a process's share of memory until it is asked."""

    def __init__(self, pid: int) -> None:
        self._rollup = Path(f"/proc/{pid}/smaps_rollup")
        self._peak_kb = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            try:
                lines = self._rollup.read_text().splitlines()
            except OSError:
                return
            self._peak_kb = max(self._peak_kb, *(int(line.split()[1]) for line in lines if line.startswith("Pss:")))

    def peak_mb(self) -> float:
        """The most it was, in MB; 0 where the system does not say."""
        self._over.set()
        self._thread.join()
        return self._peak_kb / 1024


def report(name: str, people: Sequence[Speaker], kind: Kind) -> None:
    """Make one conversation and print one line."""
    sound, reference = conversation(people, kind, seed=7)
    found, took_s, peak_mb = measure(sound, len(people))
    errors = error_rate(reference, found)
    print(
        f"{name:18} {len(people)} voices: DER {errors.rate:6.1%}"
        f" (missed {errors.missed:.1%}, too much {errors.false_alarm:.1%}, confused {errors.confused:.1%}),"
        f" {took_s / kind.seconds:.3f} × real time, {peak_mb:.0f} MB",
        flush=True,
    )


def main() -> None:
    """Print one line for each kind of conversation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="+", help="a recording of one person")
    parser.add_argument("--kinds", default=",".join(KINDS), help=f"some of: {', '.join(KINDS)}")
    parser.add_argument("--hours", type=float, help="also a conversation of two as long as this")
    given = parser.parse_args()
    people = [speaker(path.stem, samples_of(path)) for path in given.file]
    for name in given.kinds.split(","):
        count, kind = KINDS[name.strip()]
        if count <= len(people):
            report(name.strip(), people[: count or len(people)], kind)
    if given.hours:
        report(f"{given.hours:g} h", people[:2], Kind(round(given.hours * 3600), backchannels=0.3, overlap=0.1))


if __name__ == "__main__":
    main()
