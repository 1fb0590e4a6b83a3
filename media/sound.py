"""The sound of a file as one stream of samples in which every moment keeps its true time.

ffmpeg joins what is left when a piece of a file is damaged, and everything after it comes too early: a word's time
would point at another word. Here every decoded block comes with the time that the container gives it, in a Matroska
stream that ffmpeg writes for us, and where time is missing the stream holds silence. Containers without times are
walked first (`media.frames`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from media import frames
from media.channels import one_channel, pick
from media.probe import WITHOUT_TIMES, read_header
from media.run import LONGEST_S, ffmpeg_arguments, input_file, private_folder, running

SAMPLE_BYTES = 2
# Clocks of containers waver by some milliseconds; what is more than this is put right, so no time is further off.
TOLERANCE_MS = 40
# Silence put in that is shorter than a short word is not worth telling a person about.
LOST_MS = 100
SILENCE_PIECE_MS = 1000
LEAST_SECONDS = 600  # a slow machine gets this much however short the sound is; longer sound gets its own length

_DESCEND = {0x18538067, 0x1F43B675, 0xA0}  # Segment, Cluster, BlockGroup
_TIMESTAMP, _BLOCKS = 0xE7, (0xA3, 0xA1)


class Sound:
    """An iterator over pieces of s16 mono samples that follow each other without a gap from 0.

    `lost` and `duration_ms` are whole when the iterator has ended.
    """

    def __init__(
        self, blocks: Iterator[tuple[int, bytes]], rate_hz: int, gaps: tuple[tuple[float, float], ...]
    ) -> None:
        self.lost: list[tuple[int, int]] = []
        self._blocks = blocks
        self._rate_hz = rate_hz
        self._gaps = gaps
        self._written = 0  # samples

    @property
    def duration_ms(self) -> int:
        """How far the stream has come."""
        return self._written * 1000 // self._rate_hz

    def __iter__(self) -> Iterator[bytes]:
        gap, shift_ms = 0, 0.0
        tolerance = TOLERANCE_MS * self._rate_hz // 1000
        for time_ms, samples in self._blocks:
            while gap < len(self._gaps) and time_ms >= self._gaps[gap][0]:
                shift_ms += self._gaps[gap][1]
                gap += 1
            ahead = round((time_ms + shift_ms) * self._rate_hz / 1000) - self._written
            if ahead > tolerance:
                yield from self._silence(ahead)
            elif ahead < -tolerance:
                samples = samples[-ahead * SAMPLE_BYTES :]  # what overlaps is left out
            self._written += len(samples) // SAMPLE_BYTES
            yield samples

    def until(self, duration_ms: int) -> Iterator[bytes]:
        """All pieces, and silence at the end when the sound ends before `duration_ms`."""
        yield from self
        yield from self._silence(duration_ms * self._rate_hz // 1000 - self._written)

    def _silence(self, samples: int) -> Iterator[bytes]:
        start_ms, end_ms = self.duration_ms, (self._written + samples) * 1000 // self._rate_hz
        if end_ms - start_ms >= LOST_MS and self._written:
            joins = self.lost and start_ms - self.lost[-1][1] < LOST_MS
            first_ms = self.lost.pop()[0] if joins else start_ms
            self.lost.append((first_ms, end_ms))
        piece = SILENCE_PIECE_MS * self._rate_hz // 1000
        while samples > 0:
            self._written += min(samples, piece)
            yield bytes(min(samples, piece) * SAMPLE_BYTES)
            samples -= piece


@contextmanager
def open_sound(
    source: Path, rate_hz: int, *, work: Path, duration_ms: int, channel: int | None = None
) -> Iterator[Sound]:
    """Decode `source` to mono at `rate_hz`, with a private folder below `work`. Read it to its end.

    `duration_ms` is as probed; it decides how long the decoder may take. `channel` is the one to hear; None: all.

    Raises:
        ToolMissing, ToolFailed, OutOfRoom
    """
    with private_folder(work, source) as folder:
        header = read_header(folder)
        gaps = _gaps(folder, header)
        stream = input_file(folder / "original")["a:0"]
        if channel is None:
            channel = one_channel(folder, header, duration_ms)
        output = (stream if channel is None else pick(stream, channel)).output(
            "pipe:1", format="matroska", acodec="pcm_s16le", ac=1, ar=rate_hz, t=LONGEST_S, vn=None, sn=None, dn=None
        )
        seconds = allowed_seconds(duration_ms)
        with running("ffmpeg", ffmpeg_arguments(output), folder=folder, seconds=seconds) as process:
            assert process.stdout is not None  # noqa: S101 - `running` opened it
            yield Sound(read_blocks(process.stdout), rate_hz, gaps)


def allowed_seconds(duration_ms: int) -> int:
    """How long a tool may work on sound of this length."""
    return LEAST_SECONDS + duration_ms // 1000


def _gaps(folder: Path, header: dict[str, Any]) -> tuple[tuple[float, float], ...]:
    container = header.get("format", {}).get("format_name", "")
    if container not in WITHOUT_TIMES:
        return ()
    return frames.walk_file(folder / "original", WITHOUT_TIMES[container]).gaps


def read_blocks(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The (time in ms, samples) of every block in a Matroska stream of one track of plain samples."""
    cluster_ms = 0
    while True:
        element = _number(stream, keep_marker=True)
        if element is None:
            return
        size = _number(stream, keep_marker=False)
        if element in _DESCEND:
            continue
        content = stream.read(size or 0)
        if element == _TIMESTAMP:
            cluster_ms = int.from_bytes(content, "big")
        elif element in _BLOCKS:  # track number (one byte for the first 127), time in the cluster, flags
            yield cluster_ms + int.from_bytes(content[1:3], "big", signed=True), content[4:]


def _number(stream: IO[bytes], *, keep_marker: bool) -> int | None:
    """EBML's number of one to eight bytes, whose leading zeros say how many; None at the end of the stream."""
    first = stream.read(1)
    if not first:
        return None
    length = 9 - first[0].bit_length()
    value = first[0] if keep_marker else first[0] & (0xFF >> length)
    for byte in stream.read(length - 1):
        value = value << 8 | byte
    return value
