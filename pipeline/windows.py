"""Which stretches of a recording go through the model: every stretch with speech, cut in silence. Pure arithmetic.

Whisper works on 30 s at a time, so longer windows cost less per word; shorter ones lose less speech (research: 30 s
chunks dropped whole sentences of dialect). Windows of 10 to 28 s are the middle. What is decoded together is fixed
here, by the recording alone, since int8 results depend on what shares a batch.
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
LONG_PAUSE_MS = 1_500  # a window ends here …
LONGER_PAUSE_MS = 6_000  # … or here while it is still short of MIN_WINDOW_MS
GOOD_PAUSE_MS = 480  # any pause from here on is as good a place to cut as another; the later one wins

FIRST_GROUP = 2  # few windows, so that the first text comes soon
GROUP_SIZE = 8  # then this many: measured best on 2 cores

_MAX_SPEECH_MS = MAX_WINDOW_MS - 2 * PAD_MS
# A window of 28 s weighs the piece that begins inside it, and where that is cut hangs on 28 s more; rounded up.
SETTLED_MS = 60_000


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


def group_number(window_number: int) -> int:
    """Which windows (numbered from 0) are decoded and saved together."""
    return 0 if window_number < FIRST_GROUP else 1 + (window_number - FIRST_GROUP) // GROUP_SIZE


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
    ends: list[
        tuple[int, int, int]
    ] = []  # (how good a pause follows, where it ends, its number): the best is the largest
    for number in range(first, len(pieces)):
        length_ms = pieces[number].end_ms - pieces[first].start_ms
        if length_ms > _MAX_SPEECH_MS:
            long_enough = [end for end in ends if end[1] - pieces[first].start_ms >= MIN_WINDOW_MS]
            return max(long_enough or ends[-1:])[2]
        if number + 1 == len(pieces):
            break
        pause_ms = pieces[number + 1].start_ms - pieces[number].end_ms
        if pause_ms > (LONG_PAUSE_MS if length_ms >= MIN_WINDOW_MS else LONGER_PAUSE_MS):
            return number
        ends.append((min(pause_ms, GOOD_PAUSE_MS), pieces[number].end_ms, number))
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
