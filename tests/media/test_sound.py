import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sound import LOST_MS, TOLERANCE_MS, Sound, open_sound, read_blocks
from tests.media.conftest import LENGTH_MS

RATE_HZ = 1000  # one sample is one ms, so that times can be read off
BLOCK_MS = 20


def _block(time_ms: int, mark: int, length: int = BLOCK_MS) -> tuple[int, bytes]:
    return time_ms, mark.to_bytes(2, "little") * length


def _samples(sound: Sound, duration_ms: int = 0) -> list[int]:
    content = b"".join(sound.until(duration_ms))
    return [int.from_bytes(content[at : at + 2], "little") for at in range(0, len(content), 2)]


def test_blocks_that_follow_each_other_are_joined() -> None:
    sound = Sound(iter([_block(0, 1), _block(20, 2), _block(40, 3)]), RATE_HZ, ())
    assert _samples(sound) == [1] * 20 + [2] * 20 + [3] * 20
    assert sound.lost == []
    assert sound.duration_ms == 60


def test_missing_time_is_silence_and_is_told() -> None:
    sound = Sound(iter([_block(0, 1), _block(500, 2)]), RATE_HZ, ())
    samples = _samples(sound)
    assert samples.index(2) == 500
    assert samples[20:500] == [0] * 480
    assert sound.lost == [(20, 500)]


def test_sound_that_ends_too_early_is_told() -> None:
    sound = Sound(iter([_block(0, 1)]), RATE_HZ, ())
    assert len(_samples(sound, 400)) == 400
    assert sound.lost == [(20, 400)]


def test_a_late_beginning_is_silence_but_nothing_is_lost() -> None:
    sound = Sound(iter([_block(700, 1)]), RATE_HZ, ())
    assert _samples(sound).index(1) == 700
    assert sound.lost == []


def test_gaps_that_a_walk_found_move_everything_after_them() -> None:
    sound = Sound(iter([_block(at, 1 + at // 20) for at in range(0, 100, 20)]), RATE_HZ, ((40.0, 300.0),))
    samples = _samples(sound)
    assert samples.index(2) == 20
    assert samples.index(3) == 340
    assert samples.index(5) == 380
    assert sound.lost == [(40, 340)]


@given(
    st.lists(
        st.tuples(st.integers(-200, 2000), st.integers(1, 50)),
        min_size=1,
        max_size=40,
    )
)
def test_no_moment_is_further_off_than_the_tolerance(steps: list[tuple[int, int]]) -> None:
    """Whatever a container's clock does, a block that is not overlapped lands where its time says."""
    blocks, at, end = [], 0, 0
    for number, (pause, length) in enumerate(steps):
        at = max(0, at + pause)
        blocks.append((at, number + 1, length))
        at += length
        end = max(end, at)
    sound = Sound(iter([_block(*block) for block in blocks]), RATE_HZ, ())
    samples = _samples(sound)
    reached = 0
    for time_ms, mark, length in blocks:
        if time_ms >= reached:
            assert abs(samples.index(mark) - time_ms) <= TOLERANCE_MS
        reached = max(reached, time_ms + length)
    assert abs(len(samples) - end) <= TOLERANCE_MS
    assert all(end - start >= LOST_MS for start, end in sound.lost)
    assert sound.lost == sorted(sound.lost)


def test_blocks_of_a_stream_are_read_with_their_times() -> None:
    def element(head: str, content: bytes) -> bytes:
        return bytes.fromhex(head) + bytes([0x80 | len(content)]) + content

    cluster = bytes.fromhex("1F43B67501FFFFFFFFFFFFFF")  # of unknown length
    stream = (
        element("1A45DFA3", b"webm")
        + bytes.fromhex("1853806701FFFFFFFFFFFFFF")
        + cluster
        + element("E7", b"\x03\xe8")
        + element("A3", b"\x81\x00\x05\x80ab")
        + element("A3", b"\x81\xff\xfe\x80cd")
        + cluster
        + element("E7", b"\x07\xd0")
        + element("A0", element("A1", b"\x81\x00\x00\x00ef") + element("9B", b"\x01"))
    )
    assert list(read_blocks(io.BytesIO(stream))) == [(1005, b"ab"), (998, b"cd"), (2000, b"ef")]


def test_a_stream_that_breaks_off_ends(recording: Callable[[str], Path]) -> None:
    assert list(read_blocks(io.BytesIO(b"\x1a"))) == []
    assert list(read_blocks(io.BytesIO(b""))) == []


def test_real_sound_comes_whole_at_any_rate(recording: Callable[[str], Path], tmp_path: Path) -> None:
    for rate_hz in (8_000, 32_000):
        with open_sound(recording("ogg"), rate_hz, work=tmp_path, duration_ms=LENGTH_MS) as sound:
            size = sum(len(piece) for piece in sound)
        assert size / 2 / rate_hz * 1000 == pytest.approx(LENGTH_MS, abs=30)
    assert list(tmp_path.iterdir()) == []
