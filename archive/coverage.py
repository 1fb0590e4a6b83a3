"""How much of what was said has text, and where text is missing. Pure: spans in, numbers out.

The guard asks it of one window, the pages and the evaluation of a whole recording; all mean the same by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

# A moment of speech has text when a word is this near: voice activity hears breath and the end of a sound longer than
# the word lasts. Measured on 40 decodings of 7 minutes in which nothing is left out (base weights, greedy and beam, a
# public speech and the demo): 99.2 % of speech lies within 200 ms of a word, all of it within 500 ms.
REACH_MS = 500
# What counts as missing: research, section 1.4 (a pipeline for Norwegian podcasts finds whole lost sentences so).
GAP_MS = 3_000
GAP_SPEECH_MS = 1_500
# Nobody takes longer over one word (stable-ts has the same limit): a longer one was stretched over what is missing.
LONGEST_WORD_MS = 3_000

Stretch = tuple[int, int]  # start_ms, end_ms, half-open


class Gap(NamedTuple):
    """A stretch without words in which somebody speaks for `speech_ms`."""

    start_ms: int
    end_ms: int
    speech_ms: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What `coverage` found. `share` is None when nobody speaks: there is nothing to cover."""

    speech_ms: int
    covered_ms: int
    gaps: tuple[Gap, ...]

    @property
    def share(self) -> float | None:
        """The share of speech that has text, 0 to 1."""
        return self.covered_ms / self.speech_ms if self.speech_ms else None


def coverage(speech: Iterable[Stretch], words: Iterable[Stretch]) -> Coverage:
    """Hold voice activity against the words' times; both in any order and on the same time line.

    A gap is `GAP_MS` or more without a word, holding `GAP_SPEECH_MS` or more of speech. Before the first word and after
    the last one it reaches from where speech begins to where it ends, and `GAP_SPEECH_MS` of speech are enough.
    """
    spoken = united(speech)
    worded = united((start, min(end, start + LONGEST_WORD_MS)) for start, end in words)
    near = united((start - REACH_MS, end + REACH_MS) for start, end in worded)
    return Coverage(_length(spoken), _length(common(spoken, near)), tuple(_gaps(spoken, worded)))


def united(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same stretches in order, those that touch or overlap as one. One that is empty stays, as a point in time."""
    joined: list[Stretch] = []
    for start, end in sorted((start, max(start, end)) for start, end in stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def common(these: Sequence[Stretch], those: Sequence[Stretch]) -> list[Stretch]:
    """What lies in both; each side as `united` gives it."""
    shared: list[Stretch] = []
    this = that = 0
    while this < len(these) and that < len(those):
        start, end = max(these[this][0], those[that][0]), min(these[this][1], those[that][1])
        if start < end:
            shared.append((start, end))
        if these[this][1] < those[that][1]:
            this += 1
        else:
            that += 1
    return shared


def _gaps(spoken: Sequence[Stretch], worded: Sequence[Stretch]) -> list[Gap]:
    if not spoken:
        return []
    found = []
    after = [None, *(end for _start, end in worded)]
    before = [*(start for start, _end in worded), None]
    for left, right in zip(after, before, strict=True):
        open_ended = left is None or right is None
        start = spoken[0][0] if left is None else left
        end = spoken[-1][1] if right is None else right
        # `spoken` is walked anew for each hole that is long enough; there are few of those.
        if end <= start or (end - start < GAP_MS and not open_ended):
            continue
        inside = common(spoken, [(start, end)])
        if _length(inside) >= GAP_SPEECH_MS:
            found.append(Gap(start if left is not None else inside[0][0], end, _length(inside)))
    return found


def _length(stretches: Iterable[Stretch]) -> int:
    return sum(end - start for start, end in stretches)
