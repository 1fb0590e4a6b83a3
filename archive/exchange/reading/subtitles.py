"""What WebVTT and SubRip share: the line of times, and a block of lines that ends at an empty one. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.exchange.reading.cues import check_times, refuse

ARROW = "-->"
_STAMP = re.compile(r"(-?)(?:(\d{1,9}):)?(\d{1,2}):(\d{1,2})([.,])(\d{1,3})")
_STAMP_PLAIN = re.compile(r"(-?)(\d{1,9}):(\d{1,2}):(\d{1,2})()()")  # without thousandths: some programs leave them out


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that follow each other, and the number of the first."""

    line: int
    lines: tuple[str, ...]


def blocks_of(lines: Sequence[str], first: int = 1) -> Iterator[Block]:
    """The blocks between empty lines; `first` is the number of the first line."""
    gathered: list[str] = []
    for number, line in enumerate([*lines, ""], start=first):
        if line.strip():
            gathered.append(line)
        elif gathered:
            yield Block(number - len(gathered), tuple(gathered))
            gathered = []


def read_times(written: str, line: int, *, signs: str = ".,") -> tuple[int, int, str]:
    """Start and end in milliseconds, and what stands after them on the line of times.

    Raises:
        ImportRefused: "bad_times", "ends_before_start", "too_late", "negative".
    """
    left, arrow, right = written.partition(ARROW)
    end_words = right.split(None, 1)
    if not arrow or not left.strip() or not end_words:
        raise refuse("bad_times", line, written)
    start_ms = _time_ms(left.strip(), line, written, signs)
    end_ms = _time_ms(end_words[0], line, written, signs)
    check_times(start_ms, end_ms, line, written)
    return start_ms, end_ms, end_words[1] if len(end_words) > 1 else ""


def _time_ms(stamp: str, line: int, written: str, signs: str) -> int:
    found = _STAMP.fullmatch(stamp) or _STAMP_PLAIN.fullmatch(stamp)
    if found is None or (found[5] and found[5] not in signs):
        raise refuse("bad_times", line, written)
    minus, hours, minutes, seconds, _sign, part = found.groups()
    if minus:
        raise refuse("negative", line, written)
    if int(minutes) > 59 or int(seconds) > 59:
        raise refuse("bad_times", line, written)
    whole_s = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole_s * 1000 + int((part or "").ljust(3, "0"))


def looks_timed(lines: Sequence[str]) -> bool:
    """Whether any of the first lines is one of times, as both formats write it."""
    return any(ARROW in line and re.search(r"\d:\d", line) is not None for line in lines[:400])
