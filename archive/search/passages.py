"""Passages: the stretches of one speaker that a search finds. Pure."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST_MS = 60_000
LONGEST_TEXT = 2_000  # letters, about two minutes of speech: what bounds a text that came without times


@dataclass(frozen=True, slots=True)
class Line:
    """What search needs of a segment."""

    id: int
    interview_id: int
    recording_id: int | None
    speaker_id: int | None
    voice: int | None  # its number in the interview; None: nobody told voices apart
    speaker: str | None
    start_ms: int
    end_ms: int
    text: str
    words: str  # the segment's, as JSON: read only where a time is asked for, since it takes longer than all the rest
    checked: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive lines of one speaker, and the lines just before and after them, whoever speaks there."""

    lines: tuple[Line, ...]
    before: Line | None
    after: Line | None

    @property
    def text(self) -> str:
        """The text of all its lines, one space between them."""
        return " ".join(line.text.strip() for line in self.lines)

    @property
    def start_ms(self) -> int:
        """When it begins on the interview's time line."""
        return self.lines[0].start_ms

    @property
    def end_ms(self) -> int:
        """When it ends on the interview's time line."""
        return max(line.end_ms for line in self.lines)

    def time_at(self, offset: int) -> int:
        """When the word at this offset into `text` begins, in milliseconds on the interview's time line."""
        line, in_line = self._at(offset)
        return _time_in_line(line, in_line)

    def line_at(self, offset: int) -> Line:
        """The line that the word at this offset into `text` stands in."""
        return self._at(offset)[0]

    def _at(self, offset: int) -> tuple[Line, int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line.text.strip()) + 1)
        place = min(bisect_right(starts, offset), len(self.lines)) - 1
        return self.lines[place], offset - starts[place]


def passages_of(lines: Iterable[Line]) -> list[Passage]:
    """The passages of one interview; `lines` are its segments in time order. Empty lines belong to none."""
    groups: list[list[Line]] = []
    for line in lines:
        if not line.text.strip():
            continue
        if groups and _joins(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [
        Passage(
            tuple(group),
            groups[place - 1][-1] if place else None,
            groups[place + 1][0] if place + 1 < len(groups) else None,
        )
        for place, group in enumerate(groups)
    ]


def passage_from(lines: Iterable[Line], before: Line | None, after: Line | None) -> Passage | None:
    """A passage that was found before, as its lines are now; None when they are gone or no longer one speaker's."""
    written = tuple(line for line in lines if line.text.strip())
    return Passage(written, before, after) if written and one_speaker(written) else None


def one_speaker(lines: Sequence[Line]) -> bool:
    """Whether the same person speaks in all of them, as far as anybody knows.

    Two voices without a name are two people. Lines of nobody in particular count as one speaker only within one
    recording: in two files it may be two people.
    """
    return len({_who(line) for line in lines}) == 1


def _who(line: Line) -> tuple[str, int | None]:
    if line.speaker_id is not None:
        return "person", line.speaker_id
    return ("voice", line.voice) if line.voice is not None else ("recording", line.recording_id)


def _joins(group: Sequence[Line], line: Line) -> bool:
    return (
        one_speaker((group[-1], line))
        and line.end_ms - group[0].start_ms <= LONGEST_MS
        and sum(len(each.text) + 1 for each in group) + len(line.text) <= LONGEST_TEXT
    )


def _time_in_line(line: Line, offset: int) -> int:
    """When the word at this offset into the line's text begins.

    Words are found in the text one after the other. A line without word times (or whose words are not those of its
    text) gives the time that the place in the text suggests.
    """
    line_text = line.text.strip()
    cursor, time_ms = 0, None
    for start_ms, _end_ms, text, *_ in json.loads(line.words or "[]"):
        word = str(text).strip()
        place = line_text.find(word, cursor)
        if place < 0:
            continue
        if place > offset:
            break
        cursor, time_ms = place + len(word), int(start_ms)
    if time_ms is not None:
        return time_ms
    share = min(offset, len(line_text)) / max(len(line_text), 1)
    return line.start_ms + int((line.end_ms - line.start_ms) * share)
