"""Frame by frame through sound that has no times of its own: MP3 and AAC as they come from many recorders.

Such a file is a row of frames; where a piece is damaged, a player joins what is left, and everything after it comes too
early. Walking the frames tells how long the file truly is and where time is missing.
"""

import mmap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Data = bytes | mmap.mmap
Kind = Literal["mp3", "aac"]

_BITRATES_KBPS: dict[tuple[bool, int], tuple[int, ...]] = {  # (MPEG-1?, layer) → by the header's four bits
    (True, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES_HZ = (44_100, 48_000, 32_000)
_AAC_RATES_HZ = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
LET_GO_BYTES = 16 << 20
_TAGS = (b"ID3", b"TAG", b"APETAGEX", b"LYRICSBEGIN")  # not sound, also when files were joined with them inside


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as its header tells it; `stream` is what stays the same through a file."""

    size_bytes: int
    samples: int
    rate_hz: int
    stream: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """What the frames of a file add up to."""

    sound_ms: float  # of the frames that are there
    gaps: tuple[tuple[float, float], ...]  # (sound_ms before it, ms that are missing), in order
    sound_bytes: int

    @property
    def duration_ms(self) -> int:
        """How long the sound was before anything was lost."""
        return round(self.sound_ms + sum(missing for _, missing in self.gaps))


def walk_file(path: Path, kind: Kind) -> Walk:
    """Walk a whole file."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return walk(data, kind)


def walk(data: Data, kind: Kind) -> Walk:
    """Walk frames from the first to the last; bytes between them count as lost sound at the rate of the sound so far.

    What lies before the first frame and after the last one is no sound that we know of.
    """
    read = read_mp3_frame if kind == "mp3" else read_aac_frame
    at = _next_frame(data, 0, read)
    first = at
    sound_ms, sound_bytes = 0.0, 0
    junk: list[tuple[float, int]] = []
    stream: tuple[int, ...] | None = None
    let_go = 0
    while at is not None:
        frame = read(data, at)
        if frame is None or (stream is not None and frame.stream != stream):
            found = _next_frame(data, at, read)
            if found is not None and found > at and not _is_tag(data, at):
                junk.append((sound_ms, found - at))
            at, stream = found, None
            continue
        if at - let_go > LET_GO_BYTES:
            let_go = _let_go(data, at)
        stream = frame.stream
        if at != first or not _is_table_of_contents(data, at, frame):
            sound_ms += frame.samples * 1000 / frame.rate_hz
        sound_bytes += frame.size_bytes
        at += frame.size_bytes
    per_ms = sound_bytes / sound_ms if sound_ms else 1.0
    return Walk(sound_ms, tuple((before, size / per_ms) for before, size in junk), sound_bytes)


def read_mp3_frame(data: Data, at: int) -> Frame | None:
    """The MPEG audio frame that begins at `at`; None when none does."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 4 or bitrate in (0, 15) or rate == 3:
        return None
    mpeg1 = version == 3
    rate_hz = _MP3_RATES_HZ[rate] // {3: 1, 2: 2, 0: 4}[version]
    bits_s = _BITRATES_KBPS[mpeg1, layer][bitrate] * 1000
    padding = head[2] >> 1 & 1
    if layer == 1:
        return Frame((12 * bits_s // rate_hz + padding) * 4, 384, rate_hz, (version, layer, rate))
    samples = 576 if layer == 3 and not mpeg1 else 1152
    return Frame(samples // 8 * bits_s // rate_hz + padding, samples, rate_hz, (version, layer, rate))


def read_aac_frame(data: Data, at: int) -> Frame | None:
    """The ADTS frame that begins at `at`; None when none does."""
    head = data[at : at + 7]
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    rate = head[2] >> 2 & 15
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if rate >= len(_AAC_RATES_HZ) or size < 7:
        return None
    return Frame(size, 1024 * ((head[6] & 3) + 1), _AAC_RATES_HZ[rate], (head[1] & 8, head[2] >> 6, rate))


def _next_frame(data: Data, at: int, read: Callable[[Data, int], Frame | None]) -> int | None:
    """Where the next frame begins: one that another like it, or the end of the file, follows. None: there is none."""
    at = _past_leading_tag(data, at)
    while (at := data.find(b"\xff", at)) != -1:
        frame = read(data, at)
        if frame:
            after = at + frame.size_bytes
            follows = read(data, after)
            if after >= len(data) or (follows and follows.stream == frame.stream):
                return at
        at += 1
    return None


def _let_go(data: Data, at: int) -> int:
    """Give the pages before `at` back, so that a large file never counts as our memory."""
    end = at - at % mmap.PAGESIZE
    if isinstance(data, mmap.mmap) and hasattr(data, "madvise"):
        data.madvise(mmap.MADV_DONTNEED, 0, end)
    return end


def _past_leading_tag(data: Data, at: int) -> int:
    """After an ID3v2 tag, whose picture may hold bytes that look like frames."""
    head = data[at : at + 10]
    if head[:3] != b"ID3" or len(head) < 10 or max(head[6:10]) > 0x7F:
        return at
    return at + 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])


def _is_tag(data: Data, at: int) -> bool:
    return any(data[at : at + len(tag)] == tag for tag in _TAGS)


def _is_table_of_contents(data: Data, at: int, frame: Frame) -> bool:
    head = data[at : at + min(frame.size_bytes, 200)]
    return any(mark in head for mark in (b"Xing", b"Info", b"VBRI"))
