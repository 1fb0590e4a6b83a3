"""SubRip as programs and people write it: with or without numbers, with a comma or a dot before thousandths. Pure.

Read by ourselves and not by pysubs2: that one passes over a damaged cue in silence and gives no line numbers.
"""

import re
from collections.abc import Sequence

from archive.exchange.reading.cues import Cue, ReadText, check_count, check_order, check_text, refuse
from archive.exchange.reading.labels import with_labels
from archive.exchange.reading.subtitles import ARROW, read_times
from archive.typed import clean

_TAG = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)
_VTT_ONLY = re.compile(r"<v[. \t]|^(?:NOTE|STYLE|REGION)\b|-->[^>]*\b(?:align|position|line|size|vertical):")


def read_srt(lines: Sequence[str], *, name: str = "") -> ReadText:
    """The cues of a file. `name` is the file's own: one that calls itself WebVTT wants its header.

    Raises:
        ImportRefused: with the line and the reason.
    """
    lines = [lines[0].lstrip("\ufeff"), *lines[1:]]
    if name.lower().endswith(".vtt") or any(_VTT_ONLY.search(line) for line in lines):
        raise refuse("no_header", 1, lines[0])
    timed = [number for number, line in enumerate(lines) if ARROW in line]
    _check_before(lines, timed[0])
    cues: list[Cue] = []
    for at, until in zip(timed, [*timed[1:], len(lines)], strict=True):
        start_ms, end_ms, _position = read_times(lines[at], at + 1)
        said = _without_number(lines[at + 1 : until]) if until < len(lines) else lines[at + 1 : until]
        text = _plain(" ".join(said))
        if text:
            cues.append(Cue(check_text(text, at + 1), "", start_ms, end_ms, at + 1))
        check_count(cues, at + 1)
    if not cues:
        raise refuse("no_cues", len(lines))
    check_order(cues)
    return ReadText("srt", *with_labels(cues))


def _check_before(lines: Sequence[str], first: int) -> None:
    """Above the first times only a number may stand."""
    for number, line in enumerate(lines[:first], start=1):
        if line.strip() and not line.strip().isdigit():
            raise refuse("no_times", number, line)


def _without_number(said: Sequence[str]) -> Sequence[str]:
    """The lines of a cue without the number of the next one, which stands just above that one's times.

    A number that is said is kept: the next one's has an empty line above it, or nothing at all.
    """
    if said and said[-1].strip().isdigit() and (len(said) == 1 or not said[-2].strip() or _is_only_blank(said[:-1])):
        return said[:-1]
    return said


def _is_only_blank(lines: Sequence[str]) -> bool:
    return all(not line.strip() for line in lines)


def _plain(marked: str) -> str:
    return " ".join(clean(_TAG.sub("", marked)).split())
