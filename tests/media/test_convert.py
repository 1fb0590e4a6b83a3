import json
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from media.convert import Piece, decode_speech, make_access_copy
from media.errors import MediaError, ToolFailed
from media.measure import read_samples
from media.probe import probe
from tests.media.conftest import BEEP_MS, LENGTH_MS, beep_ms, cut_off, damaged, ffmpeg

Recording = Callable[[str], Path]
KEEPS_TIME_MS = 100


@pytest.mark.parametrize("kind", ["mp3", "m4a", "aac", "webm-live", "wma", "caf"])
def test_a_speech_file_is_what_the_engines_want(kind: str, recording: Recording, tmp_path: Path) -> None:
    target = tmp_path / "speech" / "ab" / "speech.wav"
    decoded = decode_speech(recording(kind), target, duration_ms=probe(recording(kind)).duration_ms)
    with wave.open(str(target)) as speech:
        assert (speech.getframerate(), speech.getnchannels(), speech.getsampwidth()) == (16_000, 1, 2)
        assert speech.getnframes() // 16 == decoded.duration_ms
    assert decoded.duration_ms == pytest.approx(LENGTH_MS, abs=100)
    assert decoded.lost == ()
    assert beep_ms(target) == pytest.approx(BEEP_MS, abs=60)  # WMA's encoder begins 50 ms late by itself
    assert [path.name for path in target.parent.iterdir()] == ["speech.wav"]


@pytest.mark.parametrize("kind", ["mp3", "mp3-vbr-bare", "m4a", "aac", "flac", "ogg", "opus", "webm-live", "wma"])
def test_later_times_stay_true_after_damage(kind: str, recording: Recording, tmp_path: Path) -> None:
    broken = damaged(recording(kind), tmp_path / "broken")
    decoded = decode_speech(broken, tmp_path / "speech.wav", duration_ms=probe(broken).duration_ms)
    assert beep_ms(tmp_path / "speech.wav") == pytest.approx(BEEP_MS, abs=KEEPS_TIME_MS)
    assert decoded.lost
    assert all(0 < start < end <= BEEP_MS for start, end in decoded.lost)


def test_a_plain_ffmpeg_would_lose_time(recording: Recording, tmp_path: Path) -> None:
    """Why we do not let ffmpeg write the speech file: the beep comes too early."""
    broken = damaged(recording("mp3"), tmp_path / "broken", zeroed_bytes=4096)
    ffmpeg("-loglevel", "quiet", "-i", str(broken), "-ac", "1", "-ar", "16000", "-bitexact", str(tmp_path / "x.wav"))
    assert beep_ms(tmp_path / "x.wav") < BEEP_MS - KEEPS_TIME_MS


def test_several_damages_add_up_to_nothing(recording: Recording, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(recording("mp3").read_bytes())
    for at in (0.1, 0.25, 0.4, 0.55):
        damaged(broken, broken, at=at)
    decoded = decode_speech(broken, tmp_path / "speech.wav", duration_ms=LENGTH_MS)
    assert len(decoded.lost) == 4
    assert beep_ms(tmp_path / "speech.wav") == pytest.approx(BEEP_MS, abs=KEEPS_TIME_MS)


def test_an_end_that_cannot_be_read_is_silence_and_told(recording: Recording, tmp_path: Path) -> None:
    cut = cut_off(recording("m4a-index-first"), tmp_path / "cut", kept=0.5)
    decoded = decode_speech(cut, tmp_path / "speech.wav", duration_ms=LENGTH_MS)
    assert decoded.duration_ms == LENGTH_MS
    assert decoded.lost[-1][1] == LENGTH_MS
    assert LENGTH_MS * 0.3 < decoded.lost[-1][0] < LENGTH_MS * 0.6


def test_sound_that_begins_after_the_picture_keeps_its_time(murmur: Path, tmp_path: Path) -> None:
    pictures = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=14"]
    late = ["-itsoffset", "1.5", "-i", str(murmur), "-c:v", "mpeg4", "-c:a", "aac", "-f", "matroska"]
    ffmpeg(*pictures, *late, str(tmp_path / "video"))
    probed = probe(tmp_path / "video")
    decode_speech(tmp_path / "video", tmp_path / "speech.wav", duration_ms=probed.duration_ms)
    assert probed.duration_ms == pytest.approx(LENGTH_MS + 1500, abs=100)
    assert beep_ms(tmp_path / "speech.wav") == pytest.approx(BEEP_MS + 1500, abs=KEEPS_TIME_MS)


def test_a_pause_in_the_container_s_clock_is_silence(recording: Recording, tmp_path: Path) -> None:
    """A laptop that slept while a browser recorded: minutes pass, and no memory is filled with them."""
    shift = "setts=ts='if(gt(TS,5000),TS+600000,TS)'"
    ffmpeg("-i", str(recording("webm-live")), "-c", "copy", "-bsf:a", shift, "-f", "webm", str(tmp_path / "slept"))
    probed = probe(tmp_path / "slept")
    assert probed.duration_ms == pytest.approx(LENGTH_MS + 600_000, abs=200)
    decoded = decode_speech(tmp_path / "slept", tmp_path / "speech.wav", duration_ms=probed.duration_ms)
    assert decoded.lost[0][1] - decoded.lost[0][0] == pytest.approx(600_000, abs=200)
    assert beep_ms(tmp_path / "speech.wav") == pytest.approx(BEEP_MS + 600_000, abs=KEEPS_TIME_MS)


def test_what_cannot_be_decoded_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("Referat fra styremøtet\n" * 100)
    with pytest.raises(ToolFailed):
        decode_speech(tmp_path / "text", tmp_path / "speech.wav", duration_ms=1000)
    assert [path.name for path in tmp_path.iterdir()] == ["text"]


def test_a_video_with_sound_becomes_a_speech_file(video: Callable[..., Path], tmp_path: Path) -> None:
    path = video(sound=True)
    decode_speech(path, tmp_path / "speech.wav", duration_ms=probe(path).duration_ms)
    assert beep_ms(tmp_path / "speech.wav") == pytest.approx(BEEP_MS, abs=30)


def test_an_access_copy_is_aac_that_begins_with_its_index(recording: Recording, tmp_path: Path) -> None:
    target = tmp_path / "listen" / "copy.m4a"
    make_access_copy([Piece(recording("flac"), 0, LENGTH_MS)], target)
    probed = probe(target)
    assert (probed.codec, probed.channels, probed.sample_rate_hz) == ("aac", 1, 32_000)
    assert probed.duration_ms == pytest.approx(LENGTH_MS, abs=50)
    content = target.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert _heard_beeps(target, tmp_path) == [pytest.approx(BEEP_MS, abs=40)]
    assert [path.name for path in target.parent.iterdir()] == ["copy.m4a"]


def test_parts_in_order_become_one_file(recording: Recording, tmp_path: Path) -> None:
    pieces, offset_ms = [], 0
    for kind in ("mp3", "m4a", "wma"):
        pieces.append(Piece(recording(kind), offset_ms, probe(recording(kind)).duration_ms))
        offset_ms += pieces[-1].duration_ms
    make_access_copy(pieces, tmp_path / "copy.m4a")
    assert probe(tmp_path / "copy.m4a").duration_ms == pytest.approx(offset_ms, abs=60)
    beeps = _heard_beeps(tmp_path / "copy.m4a", tmp_path)
    assert beeps == [pytest.approx(piece.offset_ms + BEEP_MS, abs=60) for piece in pieces]


def test_files_of_one_occasion_are_heard_together(recording: Recording, tmp_path: Path) -> None:
    """One file per person: both beep, and one of them joined the meeting later."""
    together = [Piece(recording("ogg"), 0, LENGTH_MS), Piece(recording("flac"), 1_500, LENGTH_MS)]
    make_access_copy(together, tmp_path / "copy.m4a")
    assert probe(tmp_path / "copy.m4a").duration_ms == pytest.approx(LENGTH_MS + 1_500, abs=60)
    beeps = _heard_beeps(tmp_path / "copy.m4a", tmp_path)
    assert beeps == [pytest.approx(BEEP_MS, abs=60), pytest.approx(BEEP_MS + 1_500, abs=60)]


def test_an_access_copy_keeps_its_times_after_damage(recording: Recording, tmp_path: Path) -> None:
    broken = damaged(recording("mp3"), tmp_path / "broken")
    pieces = [Piece(broken, 0, LENGTH_MS), Piece(recording("mp3"), LENGTH_MS, LENGTH_MS)]
    make_access_copy(pieces, tmp_path / "copy.m4a")
    beeps = _heard_beeps(tmp_path / "copy.m4a", tmp_path)
    assert beeps == [pytest.approx(BEEP_MS, abs=100), pytest.approx(LENGTH_MS + BEEP_MS, abs=100)]


def test_an_access_copy_carries_no_names(recording: Recording, tmp_path: Path) -> None:
    ffmpeg("-i", str(recording("mp3")), "-metadata", "title=Hemmelig", "-metadata", "artist=Oppdiktet Navn",
           "-f", "mp3", str(tmp_path / "named"))  # fmt: skip
    make_access_copy([Piece(tmp_path / "named", 0, LENGTH_MS)], tmp_path / "copy.m4a")
    show = ["ffprobe", "-v", "error", "-show_entries", "format_tags", "-of", "json", str(tmp_path / "copy.m4a")]
    tags = json.loads(subprocess.run(show, capture_output=True, check=True).stdout)["format"]["tags"]
    assert {"title", "artist"}.isdisjoint(tags)


def test_one_piece_that_cannot_be_read_leaves_no_copy(recording: Recording, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("ikke lyd")
    pieces = [Piece(recording("mp3"), 0, LENGTH_MS), Piece(tmp_path / "text", LENGTH_MS, LENGTH_MS)]
    with pytest.raises(MediaError):
        make_access_copy(pieces, tmp_path / "copy.m4a")
    assert [path.name for path in tmp_path.iterdir()] == ["text"]


def _heard_beeps(copy: Path, tmp_path: Path) -> list[int]:
    """Where every beep begins in an access copy, in ms."""
    decode_speech(copy, tmp_path / "heard" / "copy.wav", duration_ms=1)
    samples = read_samples(tmp_path / "heard" / "copy.wav", 0, 3_600_000)
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    tone = np.abs(np.fft.rfft(frames, axis=1))[:, 10]
    loud = np.flatnonzero(tone > tone.max() / 3)
    return [int(at) * 10 for at, before in zip(loud, [-100, *loud[:-1]], strict=True) if at - before > 30]
