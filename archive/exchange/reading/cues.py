"""What every reader of a finished text gives back, and the limits that all of them keep. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from archive.chapters import ChapterDetails
from archive.errors import ImportRefused
from archive.interviews import InterviewDetails

# A hundred hours of speech with a time for every word; whatever is larger is no transcript of one interview.
LARGEST_BYTES = 32_000_000
# Ten hours of lines of a third of a second each.
MOST_CUES = 100_000
# The line of a file: a whole chapter that somebody typed without pressing Enter fits, a file without line breaks not.
LONGEST_FILE_LINE = 200_000
# As long as `archive.transcripts.LONGEST_LINE`: what one line of the transcript may hold.
LONGEST_TEXT = 10_000
# No conversation of ours lasts longer; a time above it is a slip or another unit.
LATEST_MS = 24 * 3_600_000
# Programs round the ends of their cues; more than this is two cues at once.
ROUNDING_MS = 500
LONGEST_SPEAKER = 200
FOUND = 60  # how much of a bad line is shown again


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of the transcript to be, in the order of the file."""

    text: str
    speaker: str  # as it is written there; "" when the file does not say
    start_ms: int | None  # None: the file has no time here
    end_ms: int | None
    line: int  # where it stands in the file, from 1
    words: tuple[tuple[int, int, str, float], ...] = ()  # with times, where the file has them
    voice: int | None = None
    checked: bool = False


@dataclass(frozen=True, slots=True)
class ReadChapter:
    """A chapter to be; `line` is that of the `Cue` that is the same row of a log, None: no line says the same."""

    details: ChapterDetails
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that whoever hands in the text should know; `key` is worded by the page."""

    key: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class ReadText:
    """A finished text, read whole and found good."""

    format: str  # vtt, srt, txt, docx, csv, xlsx, json
    cues: tuple[Cue, ...]
    remarks: tuple[Remark, ...] = ()
    details: InterviewDetails | None = None  # what the file itself says of the interview; only our own JSON does
    is_log: bool = False  # keywords with times and not what was said
    chapters: tuple[ReadChapter, ...] = ()

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks, as the file writes them, in the order they come."""
        return tuple(dict.fromkeys(cue.speaker for cue in self.cues if cue.speaker))

    @property
    def has_times(self) -> bool:
        """Whether any line says when it was said."""
        return any(cue.start_ms is not None for cue in self.cues)


def refuse(problem: str, line: int | None = None, found: Any = "") -> ImportRefused:
    """The error to raise, with what stood there cut short and on one line."""
    said = " ".join(str(found).split())
    return ImportRefused(problem, line, said if len(said) <= FOUND else f"{said[:FOUND]}…")


def check_times(start_ms: int, end_ms: int, line: int, found: str = "") -> None:
    """Refuse the times of one cue that cannot be.

    Raises:
        ImportRefused: "ends_before_start", "too_late" (after 24 hours), "negative".
    """
    if start_ms < 0 or end_ms < 0:
        raise refuse("negative", line, found)
    if end_ms < start_ms:
        raise refuse("ends_before_start", line, found)
    if end_ms > LATEST_MS:
        raise refuse("too_late", line, found)


def check_text(text: str, line: int) -> str:
    """The text of one cue.

    Raises:
        ImportRefused: "too_long".
    """
    if len(text) > LONGEST_TEXT:
        raise refuse("text_too_long", line, text)
    return text


def check_order(cues: Sequence[Cue]) -> None:
    """Refuse times that go backwards, and one voice that says two things at once. Two speakers may overlap.

    Raises:
        ImportRefused: "backwards" or "overlaps", at the later one.
    """
    for before, cue in pairwise(cues):
        if cue.start_ms is not None and before.start_ms is not None and cue.start_ms < before.start_ms:
            raise refuse("backwards", cue.line, cue.text)
    ends: dict[str, int] = {}
    for cue in cues:
        if cue.start_ms is None or cue.end_ms is None:
            continue
        if ends.get(cue.speaker, 0) - cue.start_ms > ROUNDING_MS:
            raise refuse("overlaps", cue.line, cue.text)
        ends[cue.speaker] = max(cue.end_ms, ends.get(cue.speaker, 0))


def check_count(cues: Sequence[Any], line: int) -> None:
    """Stop a reader that has gathered more than any interview holds.

    Raises:
        ImportRefused: "too_many".
    """
    if len(cues) > MOST_CUES:
        raise refuse("too_many", line)
