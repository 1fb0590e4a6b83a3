"""Which stretches of a recording go through the model: every stretch with speech, cut in silence. Pure arithmetic.

Whisper's encoder takes as long for a remark as for 30 s, so a window is filled up: it takes what follows until 28 s
are heard, and of a pause only as much as shows that there is one. A window is therefore a stretch of up to a minute
of the recording, and its `Excerpt` goes through the model and knows the way back. Where it ends hangs on
the recording alone, since int8 results depend on what shares a batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.voice import FRAME_MS

# Silero's own advice: speech begins above 0.5 and lasts until it falls below 0.35.
SPEECH_FROM = 0.5
SPEECH_UNTIL = 0.35
MIN_SPEECH_MS = 128  # shorter is a click; "ja" takes 150 ms and more
MIN_PAUSE_MS = 96  # shorter is inside a word

MIN_WINDOW_MS = 10_000
MAX_WINDOW_MS = 28_000
PAD_MS = 200  # of the silence around speech goes along: first and last sounds are soft
# … and this much on either side of speech inside a window. Word error rates over fourteen changed copies of one speech
# (as `script/bench word-errors`, resampled later): 35.0 % with 100, 33.8 with 150, 32.5 with 175, 32.9 with 200, 34.8
# with 250, 35.8 with 300, 37.2 with 400; 36.1 for faster-whisper's own batches.
KEPT_MS = 175
MAX_STRETCH_MS = 60_000  # of the recording, that one window may reach over
# A window ends here however short it is: something else is talked about. With 6 s a fourth more windows were no better
# heard (34.8 % against 34.8, 250 ms kept).
LONG_PAUSE_MS = 15_000
GOOD_PAUSE_MS = 320  # any pause from here on is as good a place to cut as another; the later one wins

FIRST_GROUP = 2  # windows in the first batch: few, so that the first text comes soon

_MAX_SPEECH_MS = MAX_WINDOW_MS - 2 * PAD_MS
# A window weighs the piece that begins inside its stretch, and where that is cut hangs on 28 s more; rounded up.
SETTLED_MS = 120_000


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a recording, half-open."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """How long it lasts."""
        return self.end_ms - self.start_ms


def speech_spans(probabilities: NDArray[np.float32]) -> list[Span]:
    """Where somebody speaks, from the probability of speech in each frame."""
    raw: list[Span] = []
    start: int | None = None
    for frame in np.flatnonzero((probabilities >= SPEECH_FROM) | (probabilities < SPEECH_UNTIL)).tolist():
        speaking = bool(probabilities[frame] >= SPEECH_FROM)
        if speaking and start is None:
            start = frame
        elif not speaking and start is not None:
            raw.append(Span(start * FRAME_MS, frame * FRAME_MS))
            start = None
    if start is not None:
        raw.append(Span(start * FRAME_MS, len(probabilities) * FRAME_MS))
    joined: list[Span] = []
    for span in raw:
        if joined and span.start_ms - joined[-1].end_ms < MIN_PAUSE_MS:
            joined[-1] = Span(joined[-1].start_ms, span.end_ms)
        else:
            joined.append(span)
    return [span for span in joined if span.length_ms >= MIN_SPEECH_MS]


def plan_windows(probabilities: NDArray[np.float32]) -> list[Span]:
    """The windows of a recording, in order, apart from each other, none longer than `MAX_WINDOW_MS`.

    Together they hold all speech. They are chosen from left to right: what more sound would tell cannot change a
    window that begins `SETTLED_MS` before the end of what is known.
    """
    pieces = [piece for span in speech_spans(probabilities) for piece in _without_long_spans(span, probabilities)]
    windows: list[Span] = []
    first = 0
    while first < len(pieces):
        last = _last_of_window(pieces, first)
        windows.append(_padded(pieces, first, last, end_ms=len(probabilities) * FRAME_MS))
        first = last + 1
    return windows


def settled_windows(probabilities: NDArray[np.float32]) -> list[Span]:
    """The first windows of a recording of which only the beginning was looked at."""
    known_ms = len(probabilities) * FRAME_MS
    return [window for window in plan_windows(probabilities) if window.start_ms + SETTLED_MS <= known_ms]


def _without_long_spans(span: Span, probabilities: NDArray[np.float32]) -> list[Span]:
    """Where nobody pauses for too long, cut where speech is least sure."""
    pieces = []
    while span.length_ms > _MAX_SPEECH_MS:
        earliest = (span.start_ms + MIN_WINDOW_MS) // FRAME_MS
        latest = (span.start_ms + _MAX_SPEECH_MS) // FRAME_MS
        sureness = np.convolve(probabilities[earliest - 1 : latest + 1], (1, 2, 1), mode="valid")
        cut_ms = (earliest + int(np.argmin(sureness))) * FRAME_MS
        pieces.append(Span(span.start_ms, cut_ms))
        span = Span(cut_ms, span.end_ms)
    return [*pieces, span]


def _last_of_window(pieces: Sequence[Span], first: int) -> int:
    """The number of the last piece that goes into the window that begins with piece `first`."""
    ends: list[tuple[int, int, int]] = []  # (how good a pause follows, ms heard until there, its number): largest best
    heard_ms = 0
    for number in range(first, len(pieces)):
        heard_ms += pieces[number].length_ms
        stretch_ms = pieces[number].end_ms - pieces[first].start_ms
        if heard_ms > _MAX_SPEECH_MS or (ends and stretch_ms > MAX_STRETCH_MS - 2 * PAD_MS):
            long_enough = [end for end in ends if end[1] >= MIN_WINDOW_MS]
            return max(long_enough or ends[-1:])[2]
        if number + 1 == len(pieces):
            break
        pause_ms = pieces[number + 1].start_ms - pieces[number].end_ms
        if pause_ms > LONG_PAUSE_MS:
            return number
        ends.append((min(pause_ms, GOOD_PAUSE_MS), heard_ms, number))
        heard_ms += min(pause_ms, 2 * KEPT_MS)
    return len(pieces) - 1


def _padded(pieces: Sequence[Span], first: int, last: int, *, end_ms: int) -> Span:
    """A window around its pieces with some silence, never more than half of what lies between two windows."""
    before_ms = pieces[first].start_ms - pieces[first - 1].end_ms if first else 2 * pieces[first].start_ms
    after_ms = (
        pieces[last + 1].start_ms - pieces[last].end_ms
        if last + 1 < len(pieces)
        else 2 * (end_ms - pieces[last].end_ms)
    )
    return Span(pieces[first].start_ms - min(PAD_MS, before_ms // 2), pieces[last].end_ms + min(PAD_MS, after_ms // 2))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What the model hears of a window: pieces of it, one after the other, and their way back to the recording."""

    pieces: tuple[Span, ...]

    @classmethod
    def of(cls, window: Span, speech: Sequence[Span]) -> "Excerpt":
        """Speech with some silence around it; the whole window where nobody looked for speech.

        Args:
            speech: in the recording's time, in order, inside the window.
        """
        pieces: list[Span] = []
        for span in speech:
            start_ms, end_ms = max(span.start_ms - KEPT_MS, window.start_ms), min(span.end_ms + KEPT_MS, window.end_ms)
            if pieces and start_ms <= pieces[-1].end_ms:
                pieces[-1] = Span(pieces[-1].start_ms, end_ms)
            else:
                pieces.append(Span(start_ms, end_ms))
        return cls(tuple(pieces) or (window,))

    @property
    def length_ms(self) -> int:
        """How long it is to the model."""
        return sum(piece.length_ms for piece in self.pieces)

    def to_recording(self, heard: Span) -> Span:
        """When in the recording a word is said. It lies in one piece: the one that holds the word's middle."""
        middle_ms, at_ms = (heard.start_ms + heard.end_ms) // 2, 0
        for piece in self.pieces[:-1]:
            if middle_ms < at_ms + piece.length_ms:
                break
            at_ms += piece.length_ms
        else:
            piece = self.pieces[-1]
        start_ms, end_ms = (
            min(max(piece.start_ms + each - at_ms, piece.start_ms), piece.end_ms)
            for each in (heard.start_ms, heard.end_ms)
        )
        return Span(start_ms, end_ms)

    def from_recording(self, span: Span) -> list[Span]:
        """The parts of a stretch of the recording that are heard, in the model's time."""
        parts, at_ms = [], 0
        for piece in self.pieces:
            start_ms, end_ms = max(span.start_ms, piece.start_ms), min(span.end_ms, piece.end_ms)
            if start_ms < end_ms:
                parts.append(Span(at_ms + start_ms - piece.start_ms, at_ms + end_ms - piece.start_ms))
            at_ms += piece.length_ms
        return parts
