"""A text as an interviewer types it: paragraphs, with or without times and names before them. Pure.

Plain text and word processors' documents come here alike, as paragraphs with their places.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from archive.exchange.reading.cues import LATEST_MS, Cue, ReadText, Remark, check_count, refuse
from archive.exchange.reading.labels import split_label, trusted_labels
from archive.typed import clean

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,3}))?"
_IN_BRACKETS = re.compile(rf"[\[(<]\s*{_CLOCK}(?:\s*(?:-->|[-–—])\s*{_CLOCK})?\s*[\])>]\s*[-–—:]?\s*")
_BARE = re.compile(rf"{_CLOCK}(?:\s*(?:-->|[-–—])\s*{_CLOCK})?(?:\s*[-–—:]\s*|\s+|$)")
# How Teams and Otter write it: the name, then the time, and the words on the next lines.
_NAME_THEN_TIME = re.compile(rf"(?P<name>[^\W\d_][^\d:\[\]()]{{0,79}}?)[ \t]*[\[(]?{_CLOCK}[\])]?\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"»”’)]?\s+")
# What a line of the transcript holds at most when a paragraph is cut: search and correction want short ones.
LONGEST_PIECE = 1_000
# How fast people speak, letters a second with spaces: 15 in the recordings that we measured, within a third.
LETTERS_PER_S = 15
# A line that a program broke at the margin is at least so long, and none is longer than the margin.
_WRAPPED_FROM, _WRAPPED_TO = 50, 100
_MOST_LISTED_BARE = 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph and where it stands; `begins` says that it has an empty line, or its own place, before it."""

    text: str
    line: int
    begins: bool = True


def paragraphs_of(lines: Sequence[str]) -> list[Paragraph]:
    """The paragraphs of a plain text: each line, and where a program broke lines at a margin, each block of lines."""
    found: list[Paragraph] = []
    blank_before, has_blanks = True, any(not line.strip() for line in lines[:-1])
    for number, line in enumerate(lines, start=1):
        text = " ".join(clean(line.replace("\f", " ").replace("\v", " ").lstrip("\ufeff")).split())
        if text:
            found.append(Paragraph(text, number, blank_before))
        blank_before = not text
    return _unwrapped(found) if has_blanks else found


def _unwrapped(lines: Sequence[Paragraph]) -> list[Paragraph]:
    """Blocks whose lines all run to the margin as one paragraph each; a line with a time or a name begins its own."""
    joined: list[Paragraph] = []
    last_length = 0
    for line in lines:
        goes_on = (
            not line.begins
            and _WRAPPED_FROM <= last_length <= _WRAPPED_TO
            and len(line.text) <= _WRAPPED_TO
            and not _IN_BRACKETS.match(line.text)
            and not split_label(line.text)
        )
        last_length = len(line.text)
        if goes_on:
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {line.text}")
        else:
            joined.append(line)
    return joined


def read_typed(paragraphs: Sequence[Paragraph], format: str) -> ReadText:
    """The text as cues. Times are those of the text; where it has some, the paragraphs between them share the rest.

    Raises:
        ImportRefused: "empty", times that cannot be, or too much of it.
    """
    bare = _has_bare_times(paragraphs)
    timed = [_Timed.of(paragraph, bare) for paragraph in paragraphs]
    trusted = trusted_labels(each.text for each in timed)
    cues = list(_cues(timed, trusted))
    if not cues:
        raise refuse("empty")
    _check_order(cues)
    remarks = () if any(cue.start_ms is not None for cue in cues) else (Remark("no_times"),)
    return ReadText(format, tuple(_with_all_times(cues)), remarks)


@dataclass(frozen=True, slots=True)
class _Timed:
    text: str
    line: int
    start_ms: int | None
    end_ms: int | None
    speaker: str | None = None  # who stands before the time on a line of their own

    @classmethod
    def of(cls, paragraph: Paragraph, bare: bool) -> "_Timed":
        found = _IN_BRACKETS.match(paragraph.text) or (_BARE.match(paragraph.text) if bare else None)
        if found:
            start_ms = _ms(found.groups()[:4], paragraph)
            end_ms = _ms(found.groups()[4:8], paragraph) if found[6] else None
            if end_ms is not None and end_ms < (start_ms or 0):
                raise refuse("ends_before_start", paragraph.line, paragraph.text)
            return cls(paragraph.text[found.end() :], paragraph.line, start_ms, end_ms)
        named = _NAME_THEN_TIME.fullmatch(paragraph.text)
        if named and split_label(f"{named['name'].strip()}: x"):
            return cls("", paragraph.line, _ms(named.groups()[1:5], paragraph), None, named["name"].strip(" -–,"))
        label = re.match(rf"([^\W\d_][^:\[\]]{{0,79}}?)\s*[\[(]{_CLOCK}[\])]\s*:\s*", paragraph.text)
        if label and split_label(f"{label[1]}: x"):
            text = paragraph.text[label.end() :]
            return cls(text, paragraph.line, _ms(label.groups()[1:5], paragraph), None, label[1])
        return cls(paragraph.text, paragraph.line, None, None)


def _ms(parts: Sequence[str | None], paragraph: Paragraph) -> int:
    hours, minutes, seconds, part = parts
    if int(seconds or 0) > 59 or (hours is not None and int(minutes or 0) > 59):
        raise refuse("bad_times", paragraph.line, paragraph.text)
    time_ms = ((int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)) * 1000
    if time_ms > LATEST_MS:
        raise refuse("too_late", paragraph.line, paragraph.text)
    return time_ms + int((part or "").ljust(3, "0"))


def _has_bare_times(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether times without brackets are times of the recording: several, never backwards. Else they are of the day."""
    found = [match for each in paragraphs if (match := _BARE.match(each.text))]
    times = [((int(m[1] or 0) * 60 + int(m[2])) * 60 + int(m[3])) for m in found if int(m[3]) < 60]
    rising = all(before <= after for before, after in pairwise(times))
    return (
        len(times) == len(found)
        and len(times) >= _MOST_LISTED_BARE - 1
        and rising
        and len(times) * 10 >= len(paragraphs)
    )


def _cues(timed: Sequence[_Timed], trusted: set[str]) -> Iterator[Cue]:
    """The paragraphs as cues. Who began to speak goes on until somebody else does; so does a time without words."""
    speaker, start_ms, count = "", None, 0
    for each in timed:
        text = each.text
        if each.start_ms is not None:
            start_ms = each.start_ms
        if each.speaker is not None:
            speaker = each.speaker
        split = split_label(text)
        if split and split[0] in trusted:
            speaker, text = split
            within = _IN_BRACKETS.match(text)  # «Kari: [00:12:30] Ja, …»
            if within:
                start_ms = _ms(within.groups()[:4], Paragraph(text, each.line))
                text = text[within.end() :]
        for piece in _pieces(text):
            yield Cue(piece, speaker, start_ms, each.end_ms, each.line)
            start_ms = None
            count += 1
            if count % 1000 == 0:
                check_count(range(count), each.line)


def _pieces(text: str) -> list[str]:
    """A paragraph in pieces of whole sentences that are short enough to be one line each."""
    if len(text) <= LONGEST_PIECE:
        return [text] if text else []
    pieces = [""]
    for sentence in _SENTENCE_END.split(text):
        for part in _cut(sentence):
            if pieces[-1] and len(pieces[-1]) + len(part) >= LONGEST_PIECE:
                pieces.append(part)
            else:
                pieces[-1] = f"{pieces[-1]} {part}".strip()
    return [piece for piece in pieces if piece]


def _cut(sentence: str) -> list[str]:
    """A sentence without end, cut between words; a word without end too."""
    parts = []
    while len(sentence) > LONGEST_PIECE:
        at = sentence.rfind(" ", 1, LONGEST_PIECE)
        at = at if at > 0 else LONGEST_PIECE
        parts.append(sentence[:at].strip())
        sentence = sentence[at:].strip()
    return [*parts, sentence]


def _check_order(cues: Sequence[Cue]) -> None:
    latest_ms = 0
    for cue in cues:
        if cue.start_ms is None:
            continue
        if cue.start_ms < latest_ms:
            raise refuse("backwards", cue.line, cue.text)
        latest_ms = cue.start_ms


def _with_all_times(cues: Sequence[Cue]) -> list[Cue]:
    """Times for all where some have them: between two, by how much is said; never slower than people speak.

    Of a text without times nothing is guessed: all its times stay None.
    """
    known = [number for number, cue in enumerate(cues) if cue.start_ms is not None]
    if not known:
        return list(cues)
    edges = [*known, len(cues)] if known[0] == 0 else [0, *known, len(cues)]
    timed: list[Cue] = []
    for first, last in pairwise(edges):
        begins_ms = cues[first].start_ms or 0
        next_ms = cues[last].start_ms if last < len(cues) else None
        timed += _shared(cues[first:last], begins_ms, next_ms)
    return timed


def _shared(cues: Sequence[Cue], begins_ms: int, next_ms: int | None) -> list[Cue]:
    said_ms = [max(len(cue.text) * 1000 // LETTERS_PER_S, 500) for cue in cues]
    room_ms = sum(said_ms) if next_ms is None else min(sum(said_ms), max(next_ms - begins_ms, 0))
    found, before = [], 0
    for cue, length in zip(cues, said_ms, strict=True):
        start_ms = begins_ms + room_ms * before // sum(said_ms)
        before += length
        end_ms = begins_ms + room_ms * before // sum(said_ms)
        found.append(replace(cue, start_ms=start_ms, end_ms=max(cue.end_ms or end_ms, start_ms)))
    return found
