"""Which voice says which word, and lines that hold one voice each. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.engines import Word
from pipeline.lines import lines_of

# A word whose time lies outside every turn belongs to the nearest one: word times are off by some 100 ms.
NEAR_MS = 2_000
# A change of voice moves to the end of a sentence that lies this near: people change there, and clocks waver.
SNAP_WORDS = 2
SNAP_MS = 700
# One word this short between words of another voice is a wrong time rather than somebody else's word.
FLICKER_MS = 300

_ENDS = (".", "?", "!", "…")


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch in which a voice speaks, on the same clock as the words."""

    start_ms: int
    end_ms: int
    voice: int


class Turns:
    """Who speaks when; asked for many words at once."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._voices = sorted({turn.voice for turn in turns})
        self._spoken = [_Spoken([turn for turn in turns if turn.voice == voice]) for voice in self._voices]

    def of(self, spans: Sequence[tuple[int, int]]) -> list[int | None]:
        """The voice that speaks longest in each span, else the nearest one; None where none is near."""
        if not spans or not self._voices:
            return [None] * len(spans)
        times = np.array(spans, np.float64)
        times[:, 1] = np.maximum(times[:, 1], times[:, 0] + 1)
        shared = np.stack([each.within(times) for each in self._spoken], axis=1)
        away = np.stack([each.away(times) for each in self._spoken], axis=1)
        best = np.where(shared.max(axis=1) > 0, shared.argmax(axis=1), away.argmin(axis=1))
        is_near = (shared.max(axis=1) > 0) | (away.min(axis=1) <= NEAR_MS)
        return [self._voices[number] if near else None for number, near in zip(best, is_near, strict=True)]


class _Spoken:
    """What one voice says, as running sums."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        edges: list[list[int]] = []
        for turn in sorted(turns, key=lambda each: (each.start_ms, each.end_ms)):
            if edges and turn.start_ms <= edges[-1][1]:
                edges[-1][1] = max(edges[-1][1], turn.end_ms)
            else:
                edges.append([turn.start_ms, turn.end_ms])
        self._edges = np.array(edges, np.float64)
        lengths = self._edges[:, 1] - self._edges[:, 0]
        before = np.cumsum(lengths) - lengths
        self._at = self._edges.reshape(-1)
        self._sums = np.stack([before, before + lengths], axis=1).reshape(-1)

    def within(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """How many milliseconds of each span it speaks."""
        sums = np.interp(times, self._at, self._sums)
        return np.asarray(sums[:, 1] - sums[:, 0])

    def away(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far each span lies from where it speaks."""
        after = np.searchsorted(self._edges[:, 0], times[:, 0], side="right")
        before = np.maximum(after - 1, 0)
        behind = np.maximum(times[:, 0] - self._edges[before, 1], 0)
        behind[after == 0] = np.inf
        following = np.minimum(after, len(self._edges) - 1)
        ahead = np.maximum(self._edges[following, 0] - times[:, 1], 0)
        ahead[after == len(self._edges)] = np.inf
        nearest: NDArray[np.float64] = np.minimum(behind, ahead)
        return nearest


def lines_by_voice(words: Sequence[Word], turns: Turns) -> list[tuple[int | None, list[Word]]]:
    """The words in lines of one voice each, every word in exactly one, in order."""
    voices = _settled(words, turns.of([(word[0], word[1]) for word in words]))
    lines: list[tuple[int | None, list[Word]]] = []
    start = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or voices[at] != voices[start]:
            lines += [(voices[start], line) for line in lines_of(words[start:at])]
            start = at
    return lines


def main_voice(words: Sequence[Word], span: tuple[int, int], turns: Turns) -> int | None:
    """The voice of a line that stays as it is: that of most of its words, or of its time when they have none."""
    spans = [(word[0], word[1]) for word in words] or [span]
    said: dict[int, int] = {}
    for (start_ms, end_ms), voice in zip(spans, turns.of(spans), strict=True):
        if voice is not None:
            said[voice] = said.get(voice, 0) + max(end_ms - start_ms, 1)
    return max(said, key=lambda voice: (said[voice], -voice), default=None)


def _settled(words: Sequence[Word], heard: Sequence[int | None]) -> list[int | None]:
    """The voices of the words, where changes stand at sentences' ends if one is near, and nothing flickers."""
    voices = list(heard)
    for at in range(1, len(words) - 1):
        alone = voices[at - 1] == voices[at + 1] != voices[at]
        if alone and words[at][1] - words[at][0] < FLICKER_MS and not _is_sentence(words, at):
            voices[at] = voices[at - 1]
    at = 1
    while at < len(words):
        if voices[at] != voices[at - 1]:
            to = _sentence_end(words, voices, at)
            for number in range(min(at, to), max(at, to)):
                voices[number] = voices[at - 1] if to > at else voices[at]
            at = max(at, to)
        at += 1
    return voices


def _is_sentence(words: Sequence[Word], at: int) -> bool:
    """Whether the word stands alone between two sentences: «… i Verdal. Ja. Og så …»."""
    return words[at - 1][2].endswith(_ENDS) and words[at][2].endswith(_ENDS)


def _sentence_end(words: Sequence[Word], voices: Sequence[int | None], at: int) -> int:
    """Where the next voice should begin, for a change before word `at`: after a sentence's end, when one is near."""
    for steps in range(SNAP_WORDS + 1):
        for to in (at - steps, at + steps):
            if not 0 < to < len(words) or not words[to - 1][2].endswith(_ENDS):
                continue
            if steps == 0:
                return at
            first, last = min(at, to), max(at, to)
            # Some of what the voice says must stay with it on the other side.
            kept = voices[first - 1 : last] if to < at else voices[first : last + 1]
            if len(set(kept)) == 1 and words[last - 1][1] - words[first][0] <= SNAP_MS:
                return to
    return at
