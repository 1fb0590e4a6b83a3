"""An interview log: a table with a time and a keyword or a sentence in each row, from CSV or a spreadsheet. Pure."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from archive.exchange.reading.cues import LATEST_MS, Cue, ReadText, Remark, check_count, check_text, refuse
from archive.people import name_key
from archive.typed import clean

_TIME = re.compile(r"\[?(?:(\d{1,4})[:.])?(\d{1,4})[:.](\d{2})(?:[.,:](\d{1,3}))?\]?")
_DELIMITERS = "\t;,|"
_START = frozenset(
    "tid tidspunkt tidskode start starttid fra frå timecode time time-code tidsmerke når klokke begynner in".split()
)
_END = frozenset("slutt sluttid til stopp end stop out".split())
_SPEAKER = frozenset("taler talar hvem kven snakker speaker person stemme navn namn".split())
# Times are true for nine rows in ten, or it is another table.
_TIMED_SHARE = 0.9
_MOST_COLUMNS = 50
_LOOKED_AT = 200
LETTERS_PER_S = 15


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
    columns = columns or {"start": 0}
    cues = []
    for line, cells in body:
        cues.append(_cue(cells, columns, line))
        check_count(cues, line)
    if not cues:
        raise refuse("no_rows", filled[0][0])
    for before, cue in pairwise(cues):
        if (cue.start_ms or 0) < (before.start_ms or 0):
            raise refuse("backwards", cue.line, cue.text)
    said = tuple(_until_next(cues))
    without = Counter(not cue.text for cue in said)[True]
    return ReadText(
        format, tuple(cue for cue in said if cue.text), (Remark("empty_rows", without),) if without else (), is_log=True
    )


def _cue(cells: Sequence[str], columns: dict[str, int], line: int) -> Cue:
    written = cells[columns["start"]] if columns["start"] < len(cells) else ""
    start_ms = _ms(written, line)
    end_ms = None
    if "end" in columns and columns["end"] < len(cells) and cells[columns["end"]]:
        end_ms = _ms(cells[columns["end"]], line)
        if end_ms < start_ms:
            raise refuse("ends_before_start", line, " ".join(cells))
    speaker = cells[columns["speaker"]] if "speaker" in columns and columns["speaker"] < len(cells) else ""
    words = [" ".join(clean(cell).split()) for place, cell in enumerate(cells) if place not in columns.values()]
    text = " – ".join(word for word in words if word)
    return Cue(check_text(text, line), " ".join(clean(speaker).split())[:200], start_ms, end_ms, line)


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
