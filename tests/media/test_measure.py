import json
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.convert import Piece
from media.measure import PEAKS, read_samples, speech_duration_ms, write_peaks


def _speech(path: Path, samples: list[int]) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(np.array(samples, np.int16).tobytes())
    return path


def test_a_window_is_read_where_it_lies(tmp_path: Path) -> None:
    path = _speech(tmp_path / "a.wav", [number // 16 for number in range(16 * 1000)])
    samples = read_samples(path, 200, 203)
    assert samples.dtype == np.float32
    assert (samples * 32_768).tolist() == [200] * 16 + [201] * 16 + [202] * 16
    assert len(read_samples(path, 990, 2_000)) == 160
    assert len(read_samples(path, 5_000, 6_000)) == 0
    assert speech_duration_ms(path) == 1000


@given(st.integers(0, 999), st.integers(1, 400))
def test_any_window_is_a_slice_of_the_whole(tmp_path_factory: pytest.TempPathFactory, start: int, length: int) -> None:
    folder = tmp_path_factory.getbasetemp() / "windows"
    folder.mkdir(exist_ok=True)
    path = folder / "a.wav"
    if not path.exists():
        _speech(path, [number % 30_000 for number in range(16_000)])
    whole = read_samples(path, 0, 1000)
    assert np.array_equal(read_samples(path, start, start + length), whole[start * 16 : (start + length) * 16])


def test_peaks_draw_the_whole_interview(tmp_path: Path) -> None:
    """Two parts of a minute: the first falls silent after half, the second is loud throughout; between them a pause."""
    first = _speech(tmp_path / "1.wav", [16_384, -3] * 8 * 30_000 + [0] * 16 * 30_000)
    second = _speech(tmp_path / "2.wav", [-32_768] * 16 * 60_000)
    write_peaks([Piece(first, 0, 60_000), Piece(second, 90_000, 60_000)], tmp_path / "peaks" / "p.json")
    document = json.loads((tmp_path / "peaks" / "p.json").read_text())
    peaks = document["peaks"]
    assert document["duration_ms"] == 150_000
    assert len(peaks) == PEAKS
    assert peaks == [50] * 240 + [0] * 480 + [100] * 480


def test_peaks_of_voices_recorded_apart_are_the_louder_one(tmp_path: Path) -> None:
    quiet = _speech(tmp_path / "1.wav", [3_277] * 16 * 2_000)
    loud = _speech(tmp_path / "2.wav", [0] * 16 * 1_000 + [29_491] * 16 * 1_000)
    write_peaks([Piece(quiet, 0, 2_000), Piece(loud, 0, 2_000)], tmp_path / "p.json")
    peaks = json.loads((tmp_path / "p.json").read_text())["peaks"]
    assert peaks[:600] == [10] * 600
    assert peaks[600:] == [90] * 600


def test_the_shortest_recording_has_peaks(tmp_path: Path) -> None:
    one = _speech(tmp_path / "1.wav", [32_767] * 160)
    write_peaks([Piece(one, 0, 10)], tmp_path / "p.json")
    assert max(json.loads((tmp_path / "p.json").read_text())["peaks"]) == 100
