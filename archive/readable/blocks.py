"""Headings, paragraphs and lists out of the printed lines of a paper. Pure.

What belongs together is told by what a reader sees: a line that ends in the middle of a sentence goes on, a short one
that stands alone is a heading. Where it cannot be told, lines are kept as lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from archive.readable.numbers import PrintedLine

Kind = Literal["heading", "paragraph", "item", "row"]

_BULLET = re.compile(r"\s*[●•▪◦○·‣∙*–—-]\s+(?=\S)")
_NUMBERED = re.compile(r"\s*(?:\d{1,3}[.)]|[a-zæøå][.)])\s+(?=\S)", re.IGNORECASE)
_ENDED = re.compile(r"[.!?:;][\"'”»)]*$")
_HYPHEN = re.compile(r"[^\W\d_]{2,}-$")
_FINITE = re.compile(r"\b(skal|er|har|består|kan|må|vil|blir|ble|var|bør)\b", re.IGNORECASE)
_GOES_ON = ("og", "eller", "samt")  # *kommune- og fylkestingsvalget*
_LONG, _SHORT = 0.8, 0.6  # of a full line
_LEAST_WIDTH = 40
LONGEST_HEADING, MOST_HEADING_WORDS = 80, 9


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, an item of a list or a row of a table.

    `marks` says where each printed line begins in `text`: (offset, the line's number).
    """

    kind: Kind
    text: str
    level: int = 0
    marks: tuple[tuple[int, int], ...] = ()

    def as_json(self) -> list[Any]:
        """For a column."""
        return [self.kind, self.level, self.text, [list(mark) for mark in self.marks]]

    @classmethod
    def from_json(cls, kept: Sequence[Any]) -> "Block":
        """Out of a column."""
        kind, level, text, marks = kept
        return cls(kind, text, level, tuple((offset, number) for offset, number in marks))


@dataclass(slots=True)
class _Growing:
    """A block that lines are added to."""

    kind: Kind
    lines: list[PrintedLine] = field(default_factory=list)

    def add(self, line: PrintedLine) -> None:
        self.lines.append(line)

    def block(self, width: int) -> Block:
        text, marks = "", []
        for at, line in enumerate(self.lines):
            said = line.text
            if not at and self.kind == "item":
                said = _BULLET.sub("", said, count=1)
            if at:
                text = _joined(text, self.lines[at - 1].text, said, width)
            if line.number is not None:
                marks.append((len(text), line.number))
            text += said
        return Block(self.kind, text, 0, tuple(marks))


def blocks_of(pages: Sequence[Sequence[PrintedLine]]) -> list[list[Block]]:
    """The blocks of each page. One that goes on over a page break is two."""
    width = _full_width([line.text for page in pages for line in page if line.text])
    made = [[growing.block(width) for growing in _grown(page, width)] for page in pages]
    return _with_headings(made)


def _full_width(texts: Sequence[str]) -> int:
    """How long a full line is: nine of ten are not longer."""
    lengths = sorted(map(len, texts))
    return max(lengths[int(len(lengths) * 0.9)] if lengths else 0, _LEAST_WIDTH)


def _grown(lines: Sequence[PrintedLine], width: int) -> list[_Growing]:
    made: list[_Growing] = []
    before: PrintedLine | None = None  # the line just said
    apart = open_line = False
    for line in lines:
        if not line.text:
            apart = True
            open_line = open_line or line.number is not None
            continue
        starts_item = bool(_BULLET.match(line.text) or _NUMBERED.match(line.text))
        if starts_item or before is None or _begins(made[-1], before, line, width, apart=apart, open_line=open_line):
            made.append(_Growing("item" if starts_item else "paragraph"))
        made[-1].add(line)
        before, apart, open_line = line, False, False
    return made


def _begins(
    growing: _Growing, before: PrintedLine, line: PrintedLine, width: int, *, apart: bool, open_line: bool
) -> bool:
    """Whether this line begins another block than the line before it."""
    ended = bool(_ENDED.search(before.text))
    if open_line:
        return True
    if not apart:
        is_under_heading = len(growing.lines) == 1 and _looks_like_heading(before.text) and not ended
        is_full = len(line.text) >= _SHORT * width and len(before.text) < _SHORT * width
        return is_under_heading and is_full and line.text[:1].isupper()
    if ended:
        return True
    return not (line.text[:1].islower() or before.text.endswith("-") or len(before.text) >= _LONG * width)


def _joined(text: str, before: str, line: str, width: int) -> str:
    """The text so far, ready for the next line."""
    if _HYPHEN.search(text) and line[:1].islower() and line.split(" ")[0] not in _GOES_ON:
        return text[:-1]
    stands_alone = len(before) < _SHORT * width and (line[:1].isupper() or line[:1].isdigit())
    return f"{text}\n" if stands_alone else f"{text} "


def _looks_like_heading(text: str) -> bool:
    words = text.split()
    if not words or len(text) > LONGEST_HEADING or len(words) > MOST_HEADING_WORDS:
        return False
    if text.endswith(":"):
        return not _FINITE.search(text)
    return (text[0].isupper() or text[0].isdigit()) and text[-1] not in ".!?,;-–"


def _with_headings(pages: list[list[Block]]) -> list[list[Block]]:
    """Headings are those that look so and have something below; a text in which most do has none that can be told."""
    every = [(page, at) for page, blocks in enumerate(pages) for at in range(len(blocks))]
    likely = []
    for (page, at), below in zip(every, [*every[1:], None], strict=False):
        block = pages[page][at]
        follows = pages[below[0]][below[1]] if below else None
        starts_low = follows is not None and follows.kind == "paragraph" and follows.text[:1].islower()
        if block.kind == "paragraph" and follows and not starts_low and _looks_like_heading(_one_line(block.text)):
            likely.append((page, at))
    if len(likely) * 2 > len(every) > 2:
        return pages
    made = [list(blocks) for blocks in pages]
    for number, (page, at) in enumerate(likely):
        block = made[page][at]
        first = number == 0 and (page, at) == every[0]
        level = 1 if first else 3 if block.text.endswith(":") else 2
        made[page][at] = replace(block, kind="heading", level=level, text=_one_line(block.text))
    return made


def _one_line(text: str) -> str:
    return text.replace("\n", " ")
