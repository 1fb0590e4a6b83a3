"""What becomes of the lines when the machine has heard a recording anew: people's stay, the machine's old ones go.

A line that a person corrected or vouched for stands as it is, and so does every line that reaches outside what was
heard anew. The new words under such a line are left out; they remain in the layer's windows. So a text that people
brought in before there was any sound has no machine's text beside it, but where it is silent for so long that something
may be missing; one without times stands for the whole.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from archive.coverage import GAP_MS

Words = list[Any]  # [[start_ms, end_ms, text, p], …] as `Segment.words`


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of the text as it stands."""

    id: int
    start_ms: int
    end_ms: int
    is_touched: bool  # a person corrected it, vouched for it, wrote it or brought it in


@dataclass(frozen=True, slots=True)
class Heard:
    """A line that the machine made now, from one window."""

    window_id: int
    words: Words

    @property
    def start_ms(self) -> int:
        """Where its first word begins."""
        return int(self.words[0][0])

    @property
    def end_ms(self) -> int:
        """Where its last word ends; never the same as the start."""
        return max(int(self.words[-1][1]), self.start_ms + 1)


@dataclass(frozen=True, slots=True)
class Replacement:
    """Which lines go, and which come, in time order."""

    gone: frozenset[int]
    come: tuple[Heard, ...]


def replacement(standing: Sequence[Standing], heard: Iterable[Heard], stretch: tuple[int, int] | None) -> Replacement:
    """What to do with the lines of one recording. `stretch` is what was heard anew, half-open; None: all of it.

    Lines and stretch are on one time line. No line that comes lies under one that stays.
    """

    def stays(line: Standing) -> bool:
        return line.is_touched or (stretch is not None and not _lies_in(line.start_ms, line.end_ms, stretch))

    staying = [line for line in standing if stays(line)]
    taken = _joined((line.start_ms, line.end_ms) for line in staying)
    is_everywhere = any(line.end_ms == 0 for line in staying)  # nobody knows where its words are said
    come = [] if is_everywhere else [part for line in heard for part in _between(line, taken, stretch)]
    return Replacement(
        gone=frozenset(line.id for line in standing if not stays(line)),
        come=tuple(sorted(come, key=lambda line: line.start_ms)),
    )


def without_cracks(lines: Sequence[Standing]) -> list[Standing]:
    """Lines of one text in time order, each as far as to the next where nothing can be missing between the two.

    Who types a text notes times by the eye: a single word of the machine's would stand in every crack.
    """
    ends = [line.end_ms for line in lines]
    for place, (line, following) in enumerate(pairwise(lines)):
        if line.end_ms < following.start_ms < line.end_ms + GAP_MS:
            ends[place] = following.start_ms
    return [replace(line, end_ms=end_ms) for line, end_ms in zip(lines, ends, strict=True)]


def heir_of(line: Heard, gone: Sequence[Standing]) -> Standing | None:
    """Of the lines that go, the one that `line` mostly takes the place of; None: there was nothing."""

    def shared_ms(old: Standing) -> int:
        return min(old.end_ms, line.end_ms) - max(old.start_ms, line.start_ms)

    best = max(gone, key=shared_ms, default=None)
    return best if best is not None and shared_ms(best) > 0 else None


def _lies_in(start_ms: int, end_ms: int, stretch: tuple[int, int]) -> bool:
    return stretch[0] <= start_ms and end_ms <= stretch[1]


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that overlap or touch as one."""
    joined: list[tuple[int, int]] = []
    for start_ms, end_ms in sorted(spans):
        if joined and start_ms <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_ms))
        else:
            joined.append((start_ms, end_ms))
    return joined


def _between(line: Heard, taken: Sequence[tuple[int, int]], stretch: tuple[int, int] | None) -> list[Heard]:
    """What is left of a line between what stays: one part for each gap that its words lie in."""
    parts: dict[int, Words] = {}
    for word in line.words:
        start_ms, end_ms = int(word[0]), max(int(word[1]), int(word[0]) + 1)
        if stretch is not None and not _lies_in(start_ms, end_ms, stretch):
            continue
        gap = bisect_right(taken, start_ms, key=lambda span: span[0])
        is_before_next = gap == len(taken) or end_ms <= taken[gap][0]
        if is_before_next and (gap == 0 or taken[gap - 1][1] <= start_ms):
            parts.setdefault(gap, []).append(word)
    return [Heard(line.window_id, words) for words in parts.values()]
