"""The windows of one recording, found while the first of them are decoded: voice activity runs ahead of the engine."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from archive.recordings import MachineLayer, Recording, Window
from archive.settings import Settings
from media.measure import read_samples, speech_duration_ms
from media.places import speech_file
from pipeline.engines import Samples
from pipeline.voice import FRAME_MS, speech_probabilities
from pipeline.windows import FIRST_GROUP, Excerpt, Span, plan_windows, settled_windows, speech_spans

# A look at all that was listened to costs more the more there is, so each one waits until there is this much more.
_MORE = 1.5


@dataclass(frozen=True, slots=True)
class Sound:
    """A speech file as the engine hears it, to the length that the time line rests on."""

    path: Path
    duration_ms: int
    gain_db: float = 0.0  # what makes a quiet recording as loud as others

    def read(self, start_ms: int, end_ms: int) -> Samples:
        """The samples of [start_ms, end_ms), -1 to 1."""
        samples = read_samples(self.path, start_ms, end_ms)
        if not self.gain_db:
            return samples
        louder: Samples = np.clip(samples * np.float32(10 ** (self.gain_db / 20)), -1, 1)
        return louder

    def read_excerpt(self, excerpt: Excerpt) -> Samples:
        """What the model hears of a window, without its longer silences."""
        return np.concatenate([self.read(piece.start_ms, piece.end_ms) for piece in excerpt.pieces])


def sound_of(settings: Settings, recording: Recording) -> Sound:
    """A recording whose speech file is made."""
    path = speech_file(settings.derived, recording.sha256)
    return Sound(path, speech_duration_ms(path), float(recording.sound.get("gain_db", 0)))


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """A window and where somebody speaks in it."""

    span: Span
    speech: tuple[Span, ...]


def batch_number(window_number: int, batch: int) -> int:
    """Which windows (numbered from 0) are decoded together, `batch` of them; few at first, so that text comes soon."""
    first = min(FIRST_GROUP, batch)
    return 0 if window_number < first else 1 + (window_number - first) // batch


def batch_size(number: int, batch: int) -> int:
    """How many windows a batch holds, unless it is the last one."""
    return min(FIRST_GROUP, batch) if number == 0 else batch


def find_windows(sound: Sound, stretch: Span | None) -> Iterator[list[PlannedWindow]]:
    """The windows that touch `stretch` (None: all), a few at a time and in order; the same ones whenever it is asked.

    It also gives empty lists, at least one for each minute of sound, so that whoever asks can leave in between.
    """
    blocks: list[Samples] = []
    known_ms = look_at_ms = end_ms = 0
    for block in speech_probabilities(sound.read, sound.duration_ms):
        blocks.append(block)
        known_ms += len(block) * FRAME_MS
        if known_ms < look_at_ms or known_ms >= sound.duration_ms:
            yield []
            continue
        heard = np.concatenate(blocks)
        settled = _after(end_ms, settled_windows(heard))
        yield _described(settled, heard, stretch)
        if settled:
            end_ms, look_at_ms = settled[-1].end_ms, round(known_ms * _MORE)
            if stretch is not None and settled[-1].start_ms >= stretch.end_ms:
                return
    heard = np.concatenate([np.zeros(0, dtype=np.float32), *blocks])
    # The last frame of voice activity may reach past the end of the file.
    windows = [Span(each.start_ms, min(each.end_ms, sound.duration_ms)) for each in plan_windows(heard)]
    yield _described(_after(end_ms, windows), heard, stretch)


def _after(end_ms: int, windows: list[Span]) -> list[Span]:
    return [window for window in windows if window.start_ms >= end_ms]


def _described(windows: list[Span], heard: Samples, stretch: Span | None) -> list[PlannedWindow]:
    wanted = [each for each in windows if stretch is None or _clip(each, stretch) is not None]
    spans = speech_spans(heard) if wanted else []
    described = []
    for window in wanted:
        first = bisect_right(spans, window.start_ms, key=lambda span: span.end_ms)
        last = bisect_left(spans, window.end_ms, key=lambda span: span.start_ms)
        parts = (_clip(each, window) for each in spans[first:last])
        described.append(PlannedWindow(window, tuple(part for part in parts if part is not None)))
    return described


def _clip(span: Span, to: Span) -> Span | None:
    start_ms, end_ms = max(span.start_ms, to.start_ms), min(span.end_ms, to.end_ms)
    return Span(start_ms, end_ms) if start_ms < end_ms else None


@dataclass(frozen=True, slots=True)
class Piece:
    """A window that is planned, as far as its batch needs it."""

    id: int
    start_ms: int
    end_ms: int
    speech: tuple[Span, ...]

    @property
    def excerpt(self) -> Excerpt:
        """What the model hears of it."""
        return Excerpt.of(Span(self.start_ms, self.end_ms), self.speech)


class Plan:
    """Which batches are known and not begun, in order. What a layer was begun with holds, whoever goes on with it."""

    def __init__(self) -> None:
        self.is_whole = False
        self._size = 0
        self._count = self._end_ms = 0
        self._batches: dict[int, list[Piece]] = {}

    def load(self, layer: MachineLayer) -> None:
        """Take up what was planned before."""
        # "group" is what layers were begun with by the program of the first version.
        self._size = int(layer.options.get("batch") or layer.options["group"])
        self.is_whole = layer.speech_ms > 0
        lacking = {window.group_number for window in layer.windows if window.text is None}
        for window in layer.windows:
            self.add(window)
        self._batches = {number: pieces for number, pieces in self._batches.items() if number in lacking}

    def numbered(self, portion: list[PlannedWindow]) -> list[tuple[int, PlannedWindow]]:
        """The windows of a portion that are not known yet, with their numbers."""
        unknown = [each for each in portion if each.span.start_ms >= self._end_ms]
        return list(enumerate(unknown, start=self._count))

    def add(self, window: Window) -> None:
        """Know one more window; the next one in order."""
        speech = tuple(Span(start, end) for start, end in window.speech)
        piece = Piece(window.id, window.start_ms, window.end_ms, speech)
        self._batches.setdefault(window.group_number, []).append(piece)
        self._count, self._end_ms = window.number + 1, window.end_ms

    def batch_of(self, window_number: int) -> int:
        """The batch that a window of this number belongs to."""
        return batch_number(window_number, self._size)

    def has_ready(self) -> bool:
        """Whether there is a batch to begin: one that no more windows can join."""
        first = min(self._batches, default=None)
        return first is not None and (self.is_whole or len(self._batches[first]) == batch_size(first, self._size))

    def take(self) -> tuple[int, list[Piece]]:
        """The next batch and its number."""
        first = min(self._batches)
        return first, self._batches.pop(first)
