"""An interview log: a table with a time and a keyword or a sentence in each row, from CSV or a spreadsheet. Pure.

A row of it is an index point, so it becomes a chapter. It becomes a line too: as long as nobody has written what was
said, the log is all the text there is. `archive.chapters.log_gives_way` is what ends that. A table whose words fill the
time is what was said, and has no chapters.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from archive.chapters import LONGEST_KEYWORD, LONGEST_TITLE, MOST_KEYWORDS, ChapterDetails
from archive.exchange.reading.cues import (
    LATEST_MS,
    Cue,
    ReadChapter,
    ReadText,
    Remark,
    check_count,
    check_text,
    refuse,
)
from archive.people import name_key
from archive.typed import clean

_TIME = re.compile(r"\[?(?:(\d{1,4})[:.])?(\d{1,4})[:.](\d{2})(?:[.,:](\d{1,3}))?\]?")
_DELIMITERS = "\t;,|"
_START = frozenset(
    "tid tidspunkt tidskode start starttid fra frå timecode time time-code tidsmerke når klokke begynner in".split()
)
_END = frozenset("slutt sluttid til stopp end stop out".split())
_SPEAKER = frozenset("taler talar hvem kven snakker speaker person stemme navn namn".split())
# What a column says of a chapter; in a table without such words the first text is the title and the rest the synopsis.
_OF_CHAPTERS = (
    ("title", frozenset("kapittel kapitler tittel overskrift emne tema title".split())),
    ("synopsis", frozenset("sammendrag synopsis beskrivelse skildring innhold innhald omtale merknad notat".split())),
    ("keywords", frozenset("emneord nøkkelord nykelord keywords subjects".split())),
)
_EITHER = frozenset("stikkord keyword".split())  # the title where no other column is, else the keywords
# Times are true for nine rows in ten, or it is another table.
_TIMED_SHARE = 0.9
_MOST_COLUMNS = 50
_LOOKED_AT = 200
LETTERS_PER_S = 15
_SPOKEN_SHARE = 0.5  # of the time, which the words of speech fill and those of a log do not


def rows_of(lines: Sequence[str]) -> list[tuple[int, list[str]]] | None:
    """The rows of a text that is a log, each with the line it begins on; None: it is no log."""
    sample = [line for line in lines if line.strip()][:_LOOKED_AT]
    for delimiter in _DELIMITERS:
        if sum(delimiter in line for line in sample) < 0.5 * len(sample):
            continue
        try:
            if _is_log(_parsed(sample, delimiter)):
                return _parsed(lines, delimiter)
        except csv.Error:
            continue
    return None


def _parsed(lines: Sequence[str], delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=False)
    rows, line = [], 1
    for row in reader:
        rows.append((line, [cell.strip() for cell in row]))
        line = reader.line_num + 1
    return rows


def _is_log(rows: Sequence[tuple[int, list[str]]]) -> bool:
    filled = [cells for _, cells in rows if any(cells)]
    if not filled or max(map(len, filled)) < 2:
        return False
    columns = _header(filled[0])
    if columns:
        times = [cells[columns["start"]] for cells in filled[1:] if len(cells) > columns["start"]]
        return 2 * sum(_TIME.fullmatch(time) is not None for time in times) >= len(filled) - 1
    timed = [cells for cells in filled if _TIME.fullmatch(cells[0])]
    return len(timed) >= max(1, _TIMED_SHARE * len(filled)) and any(any(cells[1:]) for cells in timed)


def _header(cells: Sequence[str]) -> dict[str, int]:
    """Which column is what, by the words of the first row; {} when they are no header with a time."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        words = re.findall(r"[\w-]+", name_key(cell))
        for what, known in (("start", _START), ("end", _END), ("speaker", _SPEAKER)):
            if words and words[0] in known:
                columns.setdefault(what, place)
                break
    return columns if "start" in columns and not any(_TIME.fullmatch(cell) for cell in cells) else {}


def _chapter_columns(cells: Sequence[str]) -> dict[str, int]:
    """Which column says what of a chapter, by the words of the header."""
    columns: dict[str, int] = {}
    either = []
    for place, cell in enumerate(cells):
        words = re.findall(r"[\w-]+", name_key(cell))
        for what, known in _OF_CHAPTERS:
            if words and words[0] in known:
                columns.setdefault(what, place)
        if words and words[0] in _EITHER:
            either.append(place)
    for place in either:
        columns.setdefault("keywords" if "title" in columns else "title", place)
    return columns


def read_log(rows: Sequence[tuple[int, list[str]]], format: str) -> ReadText:
    """The rows as lines of the transcript.

    A row lasts as long as its words would take to say, until the next at most: it marks a place.

    Raises:
        ImportRefused: with the row and the reason.
    """
    filled = [(line, cells[:_MOST_COLUMNS]) for line, cells in rows if any(cells)]
    if not filled:
        raise refuse("empty")
    columns = _header(filled[0][1])
    body = filled[1:] if columns else filled
    of_chapters = _chapter_columns(filled[0][1]) if columns else {}
    columns = columns or {"start": 0}
    cues, chapters = [], []
    for line, cells in body:
        cue = _cue(cells, columns, line)
        cues.append(cue)
        check_count(cues, line)
        if cue.text:
            texts = {place: text for place, text in _texts(cells, columns).items() if text}
            chapters.append(ReadChapter(_chapter(cue, texts, of_chapters), line))
    if not cues:
        raise refuse("no_rows", filled[0][0])
    for before, cue in pairwise(cues):
        if (cue.start_ms or 0) < (before.start_ms or 0):
            raise refuse("backwards", cue.line, cue.text)
    said = tuple(_until_next(cues))
    without = Counter(not cue.text for cue in said)[True]
    return ReadText(
        format,
        tuple(cue for cue in said if cue.text),
        (Remark("empty_rows", without),) if without else (),
        is_log=True,
        chapters=() if _is_speech(cues) else tuple(chapters),
    )


def _is_speech(cues: Sequence[Cue]) -> bool:
    """Whether the rows are what was said, and not what it was about."""
    length_ms = (cues[-1].start_ms or 0) - (cues[0].start_ms or 0)
    spoken_ms = sum(len(cue.text) for cue in cues[:-1]) * 1000 / LETTERS_PER_S
    return spoken_ms > _SPOKEN_SHARE * length_ms


def _cue(cells: Sequence[str], columns: dict[str, int], line: int) -> Cue:
    written = cells[columns["start"]] if columns["start"] < len(cells) else ""
    start_ms = _ms(written, line)
    end_ms = None
    if "end" in columns and columns["end"] < len(cells) and cells[columns["end"]]:
        end_ms = _ms(cells[columns["end"]], line)
        if end_ms < start_ms:
            raise refuse("ends_before_start", line, " ".join(cells))
    speaker = cells[columns["speaker"]] if "speaker" in columns and columns["speaker"] < len(cells) else ""
    text = " – ".join(filter(None, _texts(cells, columns).values()))
    return Cue(check_text(text, line), " ".join(clean(speaker).split())[:200], start_ms, end_ms, line)


def _texts(cells: Sequence[str], columns: dict[str, int]) -> dict[int, str]:
    """What stands in the columns that are neither times nor speakers."""
    known = columns.values()
    return {place: " ".join(clean(cell).split()) for place, cell in enumerate(cells) if place not in known}


def _chapter(cue: Cue, texts: dict[int, str], columns: dict[str, int]) -> ChapterDetails:
    """The row as a chapter. Without a title of its own the first text is the title; nothing that stands there is lost.

    `texts`: those of its columns that hold something; `cue`: the row, its end only where one is given.
    """
    named = {what: texts[place] for what, place in columns.items() if place in texts}
    rest = [text for place, text in texts.items() if place not in columns.values()]
    title = named.pop("title", None) or (rest.pop(0) if rest else named.pop(next(iter(sorted(named)))))
    keywords = [word for each in re.split("[;,]", named.get("keywords", "")) if (word := each.strip())]
    if len(keywords) > MOST_KEYWORDS or any(len(word) > LONGEST_KEYWORD for word in keywords):
        keywords, rest = [], [*rest, named["keywords"]]
    written = [text for text in (named.get("synopsis", ""), *rest) if text]
    if len(title) > LONGEST_TITLE:
        written, title = [title, *written], f"{title[: LONGEST_TITLE - 2].rpartition(' ')[0] or title[:200]} …"
    end_ms = cue.end_ms if cue.end_ms != cue.start_ms else None
    return ChapterDetails(cue.start_ms or 0, title, end_ms, "\n".join(written), tuple(dict.fromkeys(keywords)))


def _ms(written: str, line: int) -> int:
    """`12:30` is minutes and seconds, `1:12:30` hours too; `0:12:30,5` a part of a second behind them."""
    if not written:
        raise refuse("row_without_time", line)
    if written.startswith("-"):
        raise refuse("negative", line, written)
    found = _TIME.fullmatch(written)
    if found is None or int(found[3]) > 59 or (found[1] is not None and int(found[2]) > 59):
        raise refuse("bad_times", line, written)
    whole_s = (int(found[1] or 0) * 60 + int(found[2])) * 60 + int(found[3])
    if whole_s * 1000 > LATEST_MS:
        raise refuse("too_late", line, written)
    return whole_s * 1000 + int((found[4] or "").ljust(3, "0"))


def _until_next(cues: Sequence[Cue]) -> list[Cue]:
    found: list[Cue] = []
    later_ms, next_ms = None, None  # the next row's time, and the next time that is another one
    for cue in reversed(cues):
        start_ms = cue.start_ms or 0
        if next_ms is not None and next_ms > start_ms:
            later_ms = next_ms
        next_ms = start_ms
        end_ms = start_ms + max(len(cue.text) * 1000 // LETTERS_PER_S, 1000)
        end_ms = min(end_ms, later_ms) if later_ms is not None else end_ms
        found.append(replace(cue, start_ms=start_ms, end_ms=min(end_ms, cue.end_ms or end_ms)))
    return found[::-1]
