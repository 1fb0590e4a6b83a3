import shutil
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from media.errors import NotSound
from media.probe import probe
from tests.media.conftest import KINDS, LENGTH_MS, cut_off, damaged, ffmpeg

Recording = Callable[[str], Path]


@pytest.mark.parametrize("kind", KINDS)
def test_a_recording_of_any_kind_tells_its_true_length(kind: str, recording: Recording) -> None:
    probed = probe(recording(kind))
    assert probed.duration_ms == pytest.approx(LENGTH_MS, abs=100)
    assert probed.channels == 1
    assert not probed.has_video


def test_what_is_found_is_told(recording: Recording) -> None:
    probed = probe(recording("mp3"))
    assert (probed.container, probed.codec, probed.sample_rate_hz) == ("mp3", "mp3", 44_100)


def test_an_old_telephone_s_recording_tells_its_length(tmp_path: Path) -> None:
    frame = b"\x3c" + bytes(31)  # AMR, 12.2 kbit/s, 20 ms; Debian's ffmpeg reads it and cannot write it
    (tmp_path / "amr").write_bytes(b"#!AMR\n" + frame * 600)
    assert probe(tmp_path / "amr").duration_ms == pytest.approx(12_000, abs=50)


@pytest.mark.parametrize("name", ["intervju.txt", "-i", "$(reboot).wav", "a\nb", "æøå 🎙.doc", "%d.mp3", "http:__x"])
def test_the_name_does_not_matter(name: str, recording: Recording, tmp_path: Path) -> None:
    shutil.copy(recording("flac"), tmp_path / name)
    assert probe(tmp_path / name).codec == "flac"


@pytest.mark.parametrize("container", ["mp4", "matroska", "avi", "mpegts", "mpeg"])
def test_a_video_with_sound_is_a_recording(container: str, video: Callable[..., Path]) -> None:
    probed = probe(video(sound=True, container=container))
    assert probed.has_video
    assert probed.duration_ms == pytest.approx(LENGTH_MS, abs=150)


def test_a_cover_picture_is_not_video(recording: Recording, tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "color=size=64x64", "-frames:v", "1", str(tmp_path / "cover.png"))
    both = ["-i", str(recording("mp3")), "-i", str(tmp_path / "cover.png"), "-map", "0", "-map", "1"]
    ffmpeg(*both, "-c", "copy", "-disposition:v", "attached_pic", "-f", "mp3", str(tmp_path / "with-cover"))
    probed = probe(tmp_path / "with-cover")
    assert not probed.has_video
    assert probed.duration_ms == pytest.approx(LENGTH_MS, abs=100)


def test_a_video_without_sound_is_refused(video: Callable[..., Path]) -> None:
    assert _refusal(video(sound=False)) == "no_sound"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.mp3").touch()
    assert _refusal(tmp_path / "empty.mp3") == "empty"


@pytest.mark.parametrize(
    "content",
    [
        b"Dette er et referat fra styret.\n" * 200,
        "Kjære alle sammen, her er det jeg husker.".encode() * 50,
        b"x",
        bytes(5000),
        b"%PDF-1.7\n" + b"1 0 obj << >> endobj\n" * 100,
        b"PK\x03\x04" + bytes(500),
        b"<html><body>lyd</body></html>" * 30,
    ],
)
def test_text_and_documents_renamed_to_mp3_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "opptak.mp3").write_bytes(content)
    assert _refusal(tmp_path / "opptak.mp3") == "not_media"


def test_a_picture_is_refused(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x64", "-frames:v", "1", str(tmp_path / "a.png"))
    (tmp_path / "a.png").rename(tmp_path / "a.mp3")
    assert _refusal(tmp_path / "a.mp3") == "not_media"


@pytest.mark.parametrize("kind", ["mp3", "mp3-vbr-bare", "m4a-index-first", "wav", "flac", "ogg", "webm-live", "aac"])
def test_a_file_that_was_cut_off_is_as_long_as_what_is_left(kind: str, recording: Recording, tmp_path: Path) -> None:
    probed = probe(cut_off(recording(kind), tmp_path / "cut", kept=0.5))
    assert probed.duration_ms == pytest.approx(_decoded_ms(tmp_path / "cut"), abs=120)
    assert probed.duration_ms < LENGTH_MS * 0.7


def test_an_m4a_that_lost_its_index_is_damaged_and_not_something_else(recording: Recording, tmp_path: Path) -> None:
    assert _refusal(cut_off(recording("m4a"), tmp_path / "cut", kept=0.6)) == "unreadable"


@pytest.mark.parametrize("kind", ["mp3", "mp3-vbr-bare", "aac"])
def test_damage_in_the_middle_does_not_make_it_shorter(kind: str, recording: Recording, tmp_path: Path) -> None:
    assert probe(damaged(recording(kind), tmp_path / "damaged")).duration_ms == pytest.approx(LENGTH_MS, abs=100)


def test_a_header_that_claims_hours_is_not_believed(recording: Recording, tmp_path: Path) -> None:
    wav = bytearray(recording("wav").read_bytes())
    data = wav.index(b"data")
    wav[data + 4 : data + 8] = b"\xff\xff\xff\x7f"
    (tmp_path / "boasting.wav").write_bytes(wav)
    assert probe(tmp_path / "boasting.wav").duration_ms == pytest.approx(LENGTH_MS, abs=100)


def test_more_than_twelve_hours_are_refused(tmp_path: Path) -> None:
    silence = ["-f", "lavfi", "-i", "anullsrc=sample_rate=1000:channel_layout=mono", "-t", "43300"]
    ffmpeg(*silence, "-c:a", "flac", "-compression_level", "0", "-f", "flac", str(tmp_path / "long"))
    assert _refusal(tmp_path / "long") == "too_long"


def test_eight_channels_are_a_recording_and_more_are_refused(tmp_path: Path) -> None:
    for channels in (8, 9):
        with wave.open(str(tmp_path / str(channels)), "wb") as file:
            file.setparams((channels, 2, 8000, 0, "NONE", ""))
            file.writeframes(bytes(channels * 2 * 8000))
    assert probe(tmp_path / "8").channels == 8
    assert _refusal(tmp_path / "9") == "too_many_channels"


def test_nothing_is_left_beside_the_file(recording: Recording, tmp_path: Path) -> None:
    shutil.copy(recording("ogg"), tmp_path / "upload")
    probe(tmp_path / "upload")
    assert [path.name for path in tmp_path.iterdir()] == ["upload"]


def _refusal(path: Path) -> str:
    with pytest.raises(NotSound) as raised:
        probe(path)
    return raised.value.reason


def _decoded_ms(path: Path) -> float:
    """What a plain ffmpeg makes of it, as an independent reference."""
    decode = ["ffmpeg", "-nostdin", "-v", "quiet", "-i", str(path), "-ac", "1", "-ar", "16000", "-f", "s16le", "-"]
    return len(subprocess.run(decode, capture_output=True).stdout) / 32
