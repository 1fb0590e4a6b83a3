import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.frames import read_aac_frame, read_mp3_frame, walk, walk_file
from tests.media.conftest import LENGTH_MS

MP3_FRAME = bytes([0xFF, 0xFB, 0x50, 0xC0]) + bytes(204)  # MPEG-1 layer III, 64 kbit/s, 44.1 kHz: 208 bytes, 26.12 ms
FRAME_MS = 1152 / 44.1
AAC_FRAME = bytes([0xFF, 0xF1, 0x50, 0x40, 0x19, 0x1F, 0xFC]) + bytes(193)  # 200 bytes, 1024 samples, 44.1 kHz


def test_headers_say_how_long_a_frame_is() -> None:
    frame = read_mp3_frame(MP3_FRAME, 0)
    assert frame and (frame.size_bytes, frame.samples, frame.rate_hz) == (208, 1152, 44_100)
    frame = read_aac_frame(AAC_FRAME, 0)
    assert frame and (frame.size_bytes, frame.samples, frame.rate_hz) == (200, 1024, 44_100)


@given(st.binary(max_size=300))
def test_any_bytes_can_be_walked(content: bytes) -> None:
    for kind in ("mp3", "aac"):
        assert walk(content, kind).duration_ms >= 0  # type: ignore[arg-type]


@given(before=st.integers(3, 60), lost_bytes=st.integers(1, 6000), after=st.integers(3, 60))
def test_bytes_that_are_no_frames_count_as_lost_time(before: int, lost_bytes: int, after: int) -> None:
    walked = walk(MP3_FRAME * before + bytes(lost_bytes) + MP3_FRAME * after, "mp3")
    assert walked.sound_ms == pytest.approx((before + after) * FRAME_MS)
    assert [gap[0] for gap in walked.gaps] == [pytest.approx(before * FRAME_MS)]
    assert walked.gaps[0][1] == pytest.approx(lost_bytes / 208 * FRAME_MS)


@given(count=st.integers(2, 60), kept=st.integers(0, 207))
def test_a_file_that_was_cut_off_is_as_long_as_what_is_there(count: int, kept: int) -> None:
    walked = walk(MP3_FRAME * count + MP3_FRAME[:kept], "mp3")
    assert walked.gaps == ()
    assert walked.duration_ms == pytest.approx(count * FRAME_MS, abs=FRAME_MS + 1)


def test_tags_are_no_sound() -> None:
    tag = b"ID3\x03\x00\x00" + bytes([0, 0, 8, 0]) + MP3_FRAME * 4 + bytes(1024 - 4 * 208)
    walked = walk(tag + MP3_FRAME * 10 + tag + MP3_FRAME * 10 + b"TAG" + bytes(125), "mp3")
    assert walked.gaps == ()
    assert walked.sound_ms == pytest.approx(20 * FRAME_MS)


def test_files_of_several_kinds_that_were_joined_are_all_sound() -> None:
    other = bytes([0xFF, 0xFB, 0x54, 0xC0]) + bytes(188)  # 48 kHz: 192 bytes, 24 ms
    walked = walk(MP3_FRAME * 20 + other * 10 + MP3_FRAME * 20, "mp3")
    assert walked.gaps == ()
    assert walked.sound_ms == pytest.approx(40 * FRAME_MS + 10 * 24)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_large_file_takes_no_memory(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(MP3_FRAME * 500_000)  # 104 MB
    Path("/proc/self/clear_refs").write_text("5")  # the most memory is counted from here
    before = _most_memory_bytes()
    assert walk_file(tmp_path / "large", "mp3").duration_ms == pytest.approx(500_000 * FRAME_MS, abs=30)
    assert _most_memory_bytes() - before < 40_000_000


def _most_memory_bytes() -> int:
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024


@pytest.mark.parametrize(("kind", "name"), [("mp3", "mp3"), ("mp3", "mp3-vbr-bare"), ("aac", "aac")])
def test_real_files_are_as_long_as_their_sound(kind: str, name: str, recording: Callable[[str], Path]) -> None:
    walked = walk_file(recording(name), kind)  # type: ignore[arg-type]
    assert walked.gaps == ()
    assert walked.duration_ms == pytest.approx(LENGTH_MS, abs=80)
