"""Our own JSON, as `stemme show --json` and the export write it: back comes what went out. Pure."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from archive.chapters import LONGEST_KEYWORD, LONGEST_SYNOPSIS, LONGEST_TITLE, MOST_KEYWORDS, ChapterDetails
from archive.errors import BadInput
from archive.exchange.reading.cues import (
    LATEST_MS,
    LONGEST_SPEAKER,
    Cue,
    ReadChapter,
    ReadText,
    check_count,
    check_text,
    check_times,
    refuse,
)
from archive.interviews import InterviewDetails
from archive.typed import clean, many_lines, one_line

_MOST_VOICES = 1000


def read_json(lines: Sequence[str]) -> ReadText:
    """The segments and chapters of a document. Access, status and numbers are the other archive's and stay there.

    Raises:
        ImportRefused: where it is no JSON, its line; where a segment or a chapter is wrong, its number, from 1.
    """
    try:
        document = json.loads("\n".join(lines).lstrip("\ufeff"), parse_constant=_no_such_number)
    except json.JSONDecodeError as wrong:
        raise refuse("not_json", wrong.lineno, lines[min(wrong.lineno, len(lines)) - 1]) from wrong
    except (ValueError, RecursionError) as wrong:
        raise refuse("not_json") from wrong
    segments = document.get("segments") if isinstance(document, dict) else None
    if not isinstance(segments, list):
        raise refuse("not_ours")
    check_count(segments, len(segments))
    cues = [_cue(each, number) for number, each in enumerate(segments, start=1)]
    cues = sorted((cue for cue in cues if cue.text), key=lambda cue: (cue.start_ms or 0, cue.line))
    if not cues:
        raise refuse("no_cues")
    return ReadText("json", tuple(cues), details=_details(document), chapters=chapters_in(document, segments))


def chapters_in(document: dict[str, Any], segments: list[Any]) -> tuple[ReadChapter, ...]:
    """The chapters; documents from before there were any have none.

    Raises:
        ImportRefused: "bad_chapter" with its number, from 1.
    """
    given = document.get("chapters") or []
    if not isinstance(given, list):
        raise refuse("not_ours")
    check_count(given, len(given))
    numbers = {each["id"]: number for number, each in enumerate(segments, start=1) if type(each.get("id")) is int}
    read = []
    for number, each in enumerate(given, start=1):
        try:
            segment_id = each.get("segment_id")
            line = None if segment_id is None else numbers.get(_whole(segment_id))
            read.append(ReadChapter(_read_chapter(each), line))
        except (KeyError, TypeError, ValueError, AttributeError, BadInput) as wrong:
            raise refuse("bad_chapter", number, each) from wrong
    return tuple(sorted(read, key=lambda chapter: chapter.details.start_ms))


def _read_chapter(given: dict[str, Any]) -> ChapterDetails:
    start_ms, end_ms = _whole(given["start_ms"]), given.get("end_ms")
    if not 0 <= start_ms <= LATEST_MS or (end_ms is not None and not start_ms < _whole(end_ms) <= LATEST_MS):
        raise ValueError(start_ms)
    title = one_line(_written(given["title"]), "title", limit=LONGEST_TITLE, required=True)
    synopsis = many_lines(_written(given.get("synopsis") or ""), "synopsis", limit=LONGEST_SYNOPSIS)
    keywords = [one_line(_written(each), "keywords", limit=LONGEST_KEYWORD) for each in given.get("keywords") or []]
    if len(keywords) > MOST_KEYWORDS:
        raise ValueError(len(keywords))
    return ChapterDetails(start_ms, title, end_ms, synopsis, tuple(dict.fromkeys(filter(None, keywords))))


def _no_such_number(written: str) -> Any:
    raise ValueError(written)


def _cue(given: Any, number: int) -> Cue:
    try:
        return _read_cue(given, number)
    except (KeyError, TypeError, ValueError, OverflowError) as wrong:
        raise refuse("bad_segment", number, given) from wrong


def _read_cue(given: dict[str, Any], number: int) -> Cue:
    start_ms, end_ms = _whole(given["start_ms"]), _whole(given["end_ms"])
    check_times(start_ms, end_ms, number)
    text = " ".join(clean(_written(given["text"])).split())
    speaker = " ".join(clean(_written(given.get("speaker") or "")).split())
    if len(speaker) > LONGEST_SPEAKER:
        raise refuse("speaker_too_long", number, speaker)
    voice = given.get("voice")
    if voice is not None and not 1 <= _whole(voice) <= _MOST_VOICES:
        raise ValueError(voice)
    words = tuple(_words(given.get("words") or [], start_ms, end_ms))
    if " ".join(word[2] for word in words) != text:
        words = ()
    checked = given.get("checked", False) is True
    return Cue(check_text(text, number), speaker, start_ms, end_ms, number, words, voice, checked)


def _words(given: Any, start_ms: int, end_ms: int) -> list[tuple[int, int, str, float]]:
    """The words with their times; none where they do not lie in order inside the segment."""
    words, earliest_ms = [], start_ms
    for word in given:
        begins, ends = _whole(word["start_ms"]), _whole(word["end_ms"])
        p = word.get("p")
        p = 1.0 if p is None else float(p)
        if not earliest_ms <= begins <= ends <= end_ms or not 0 <= p <= 1:
            return []
        earliest_ms = begins
        words.append((begins, ends, _written(word["text"]), p))
    return words


def _whole(value: Any) -> int:
    if type(value) is not int or not -LATEST_MS <= value <= 10 * LATEST_MS:
        raise TypeError(value)
    return value


def _written(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _details(document: dict[str, Any]) -> InterviewDetails:
    """What the document says of the interview; what cannot be used is as if it were not there."""

    def line(name: str) -> str:
        value = document.get(name)
        return value if isinstance(value, str) else ""

    def names(name: str) -> tuple[str, ...]:
        value = document.get(name)
        return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()

    try:
        held_on = date.fromisoformat(document.get("held_on") or "")
    except (TypeError, ValueError):
        held_on = None
    return InterviewDetails(
        title=line("title"),
        narrators=names("narrators"),
        interviewers=names("interviewers"),
        heard=names("heard"),
        held_on=held_on,
        place=line("place"),
        language=line("language") or "nb",
        dialect=line("dialect"),
        summary=line("summary"),
    )
