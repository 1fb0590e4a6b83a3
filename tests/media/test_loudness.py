"""Loudness against ffmpeg's own meter, which was made by somebody else."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from media.loudness import MOST_GAIN_DB, QUIET_LUFS, SILENCE_DBFS, TARGET_LUFS, measure_sound
from media.measure import read_samples
from tests.media.conftest import ffmpeg

DEMO = Path(__file__).resolve().parents[2] / "stemme" / "demo"


def speech(tmp_path: Path, filters: str = "anull", seconds: int = 30) -> Path:
    """The first half minute of a demo recording (a machine's voice), as the engine would get it."""
    path = tmp_path / "speech.wav"
    source = ["-t", str(seconds), "-i", str(DEMO / "forste-motet.opus")]
    ffmpeg(*source, "-af", filters, "-ac", "1", "-ar", "16000", "-bitexact", str(path))
    return path


def said_by_ffmpeg(path: Path) -> float:
    run = subprocess.run(["ffmpeg", "-nostats", "-i", path, "-af", "ebur128", "-f", "null", "-"], capture_output=True)
    return float(re.findall(rb"I:\s+(-?[\d.]+) LUFS", run.stderr)[-1])


@pytest.mark.parametrize("level_db", [6, 0, -10, -30])
def test_loudness_is_what_ffmpeg_measures(level_db: int, tmp_path: Path) -> None:
    path = speech(tmp_path, f"volume={level_db}dB")
    assert measure_sound(path).loudness_lufs == pytest.approx(said_by_ffmpeg(path), abs=0.3)


def test_pauses_do_not_make_a_voice_quiet(tmp_path: Path) -> None:
    alone = measure_sound(speech(tmp_path)).loudness_lufs
    with_silence = measure_sound(speech(tmp_path, "apad=pad_dur=120", 30)).loudness_lufs
    assert with_silence == pytest.approx(alone, abs=0.1)


def test_an_ordinary_recording_is_left_as_it_is(tmp_path: Path) -> None:
    measured = measure_sound(speech(tmp_path))
    assert measured.loudness_lufs is not None
    assert measured.loudness_lufs > QUIET_LUFS
    assert measured.gain_db == 0
    assert measured.clipped_share == 0
    assert measured.as_json().keys() == {"loudness_lufs", "peak_dbfs", "clipped_share", "gain_db"}


@pytest.mark.parametrize("level_db", [-15, -30, -50])
def test_a_quiet_recording_is_heard_as_loud_as_others(level_db: int, tmp_path: Path) -> None:
    measured = measure_sound(speech(tmp_path, f"volume={level_db}dB"))
    assert measured.loudness_lufs is not None
    assert measured.loudness_lufs + measured.gain_db == pytest.approx(TARGET_LUFS, abs=0.2)
    assert measured.peak_dbfs + measured.gain_db < 1  # a single moment may be cut, no more


def test_a_knock_on_the_table_does_not_keep_a_voice_quiet(tmp_path: Path) -> None:
    knock = "volume=-35dB,volume=enable='between(t,10,10.02)':volume=35dB"
    measured = measure_sound(speech(tmp_path, knock))
    assert measured.peak_dbfs > -25
    assert measured.gain_db > 20


def test_clipped_sound_says_so(tmp_path: Path) -> None:
    measured = measure_sound(speech(tmp_path, "volume=25dB"))
    assert measured.clipped_share > 0.01
    assert measured.peak_dbfs == 0
    assert measured.gain_db == 0


def test_silence_and_a_file_without_samples_have_no_loudness(tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "3", "-bitexact", str(path))
    for size in (None, 44, 44 + 6_401):
        if size is not None:
            path.write_bytes(path.read_bytes()[:size])
        measured = measure_sound(path)
        assert measured.loudness_lufs is None
        assert (measured.peak_dbfs, measured.clipped_share, measured.gain_db) == (SILENCE_DBFS, 0, 0)


def test_a_hiss_is_not_made_louder_than_a_voice_can_need(tmp_path: Path) -> None:
    path = tmp_path / "hiss.wav"
    hiss = "anoisesrc=r=16000:amplitude=0.0002:seed=3:duration=20"
    ffmpeg("-f", "lavfi", "-i", hiss, "-ac", "1", "-bitexact", str(path))
    assert measure_sound(path).gain_db <= MOST_GAIN_DB


def test_it_reads_what_is_read_elsewhere(tmp_path: Path) -> None:
    path = speech(tmp_path)
    loudest = float(np.abs(read_samples(path, 0, 30_000)).max())
    assert measure_sound(path).peak_dbfs == pytest.approx(20 * np.log10(loudest), abs=0.06)
