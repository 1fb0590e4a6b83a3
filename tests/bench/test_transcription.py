"""The parts of `script/bench transcribe` that can be held against something; the measuring itself is never asserted."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.transcription.compare import time_errors, word_error_rate
from bench.transcription.memory import family, processor_s, pss_bytes, watched
from bench.transcription.recording import RATE_HZ, make_recording, read_sound

MIB = 1024 * 1024


def timed(text: str, *starts: int) -> list[tuple[int, int, str]]:
    """Words with these beginnings."""
    return [(start, start + 100, word) for word, start in zip(text.split(), starts, strict=True)]


def test_times_are_compared_between_words_that_both_heard() -> None:
    """«hver» is one's own, «tirsdag» another word; of the other three one is 301 ms late."""
    ours = timed("Vi møttes hver torsdag der.", 0, 1_301, 1_500, 2_000, 3_300)
    theirs = timed("vi møttes tirsdag der", 100, 1_000, 2_000, 3_000)
    found = time_errors(ours, theirs)
    assert (found.words, found.late, found.median_ms) == (3, 1, 300)
    assert time_errors([], theirs).share == 0


def test_word_errors_need_a_reference() -> None:
    """Without one there is no rate."""
    assert word_error_rate(None, timed("ja", 0)) is None
    assert word_error_rate(["Ja", "vel"], timed("ja", 0)) == 0.5


@pytest.fixture
def beep(tmp_path: Path) -> Path:
    """Half a second of silence, then a second of a loud tone."""
    path = tmp_path / "tone.wav"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=1"]
    subprocess.run([*command, "-af", "adelay=500,volume=8", str(path)], check=True)
    return path


def test_a_shorter_recording_is_the_beginning_of_a_longer_one(beep: Path, tmp_path: Path) -> None:
    """Whole repetitions, so that the reference is whole too; no two the same."""
    short = make_recording(beep, ["pip"], tmp_path / "short.mp3", 0.1)
    long = make_recording(beep, ["pip"], tmp_path / "long.mp3", 0.3)
    assert short.repetitions < long.repetitions
    assert short.reference == ["pip"] * short.repetitions
    assert abs(long.duration_ms - 18_000) < 4_000
    first, whole = read_sound(short.path), read_sound(long.path)
    assert abs(len(whole) * 1000 // RATE_HZ - long.duration_ms) < 200
    alike = len(first) - RATE_HZ
    assert float(np.corrcoef(first[:alike], whole[:alike])[0, 1]) > 0.99


def test_memory_is_that_of_a_process_and_its_children() -> None:
    """A child that holds 50 MiB counts with its parent, and is gone when it has ended."""
    child = f"import sys; held = bytearray(b'x') * {50 * MIB}; print(1, flush=True); sys.stdin.read()"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert parent.stdout is not None and parent.stdout.readline()
        assert len(family(parent.pid)) == 2
        assert 50 * MIB < pss_bytes(parent.pid) < 150 * MIB
        assert 0 < processor_s(parent.pid) < 30
        with watched(parent.pid) as peak:
            parent.communicate(timeout=120)
        assert pss_bytes(parent.pid) == 0
        assert peak.bytes < 150 * MIB
    finally:
        parent.kill()
