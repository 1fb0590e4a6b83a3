"""The line numbers that a paper is printed with: found, kept beside the text, and taken out of it. Pure.

A text that was copied or read out of a printed paper carries them at the ends of its lines, glued to the last word,
alone on a line, or in front. They are told from other numbers by their order: one more on each line. What does not
stand in that row stays, so a year does, also one that a line number is glued to.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

LEAST_NUMBERS = 10  # fewer may be a list or a table
LEAST_SHARE = 0.6  # of the lines that say something or are numbered, from the first number to the last
LEAST_IN_FRONT = 25  # where most stand in front: a numbered list looks the same
_LONGEST_NUMBER = 5  # figures
_MOST_MISSING = 5  # numbers in a row that may be lost
_MISSING, _PASSED, _ANEW = 2.0, 0.5, 3.0  # what a lost number, a line without one, and a page that begins anew cost
# How sure each way of standing there is.
_WORTH = {"lone": 3.0, "apart": 3.0, "glued": 2.0, "front": 1.0, "cut": 1.0, "of_date": 0.5}

_END = re.compile(r"(\d+)\s*$")
_START = re.compile(r"\s*(\d{1,4})(?=\s+[^\s\d])")
_PART_OF_NUMBER = re.compile(r"\d[.,:/–-]$")


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of a paper. An empty `text` with a number is a line that was left open."""

    text: str
    number: int | None = None
    begins_page: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    line: int
    number: int
    start: int  # what to cut out of the line
    end: int
    way: str  # a key of `_WORTH`

    @property
    def worth(self) -> float:
        return _WORTH[self.way]


@dataclass(frozen=True, slots=True)
class _Chain:
    """A row of numbers, told by its last one."""

    worth: float
    last: _Candidate
    before: "_Chain | None"


def take_numbers_off(pages: Sequence[str]) -> list[list[PrintedLine]]:
    """The lines of each page, without the numbers that are printed at them; a text that has none keeps every figure.

    Where all came in one piece, a line that begins with a space after a numbered one begins a page: programs that copy
    text out of a PDF write it so.
    """
    raw = [(line, page) for page, text in enumerate(pages) for line in text.replace("\r\n", "\n").split("\n")]
    chain = _numbers_in(raw)
    lines = [PrintedLine(line.rstrip(), begins_page=_is_first(raw, at)) for at, (line, _) in enumerate(raw)]
    for each in chain:
        line = raw[each.line][0]
        kept = f"{line[: each.start]}{line[each.end :]}".rstrip()
        lines[each.line] = replace(lines[each.line], text=kept if kept.strip() else "", number=each.number)
    if chain:
        lines = _joined_with_lone(lines, chain)
        if len(pages) == 1:
            lines = _pages_by_spaces(lines)
    return _by_page(lines)


def _is_first(raw: Sequence[tuple[str, int]], at: int) -> bool:
    return at == 0 or raw[at][1] != raw[at - 1][1]


def _numbers_in(raw: Sequence[tuple[str, int]]) -> list[_Candidate]:
    """The row of numbers that explains most, or none where it explains too little."""
    best: dict[int, _Chain] = {}
    top: _Chain | None = None
    earlier_pages: _Chain | None = None
    said = [0]  # how many lines with something on them stand before each
    for line, _ in raw:
        said.append(said[-1] + bool(line.strip()))
    for at, (line, _) in enumerate(raw):
        if _is_first(raw, at):
            earlier_pages = top
        found = [
            chain
            for each in _candidates(at, line)
            if (chain := _continued(best, each, said, earlier_pages)) is not None
        ]
        for chain in found:
            known = best.get(chain.last.number)
            if known is None or chain.worth >= known.worth:
                best[chain.last.number] = chain
            if top is None or chain.worth > top.worth:
                top = chain
    chain_found = list(_unrolled(top))[::-1]
    return chain_found if _is_numbering(chain_found, raw, said) else []


def _candidates(at: int, line: str) -> Iterator[_Candidate]:
    """Every number that may be the line's own."""
    end = _END.search(line)
    if end:
        figures, start = end[1], end.start(1)
        before = line[:start]
        if not before.strip():
            way = "lone"
        elif before[-1].isspace():
            way = "apart"
        else:
            way = "of_date" if _PART_OF_NUMBER.search(before) else "glued"
        for cut in range(len(figures)):
            number = figures[cut:]
            if number[0] != "0" and len(number) <= _LONGEST_NUMBER:
                yield _Candidate(at, int(number), start + cut, len(line), "cut" if cut else way)
    front = _START.match(line)
    if front and front[1][0] != "0":
        yield _Candidate(at, int(front[1]), 0, front.end(1), "front")


def _continued(
    best: dict[int, _Chain], each: _Candidate, said: Sequence[int], earlier_pages: _Chain | None
) -> _Chain | None:
    """The best row that ends with this number; None where it begins none and continues none."""
    found: list[_Chain] = []
    for missing in range(_MOST_MISSING + 1):
        before = best.get(each.number - 1 - missing)
        if before is not None and before.last.line < each.line:
            passed = said[each.line] - said[before.last.line + 1]
            worth = before.worth + each.worth - _MISSING * missing - _PASSED * passed
            found.append(_Chain(worth, each, before))
    if each.number <= _MOST_MISSING:
        found.append(_Chain(each.worth - _MISSING * (each.number - 1), each, None))
    if each.number == 1 and earlier_pages is not None and earlier_pages.last.line < each.line:
        found.append(_Chain(earlier_pages.worth + each.worth - _ANEW, each, earlier_pages))
    return max(found, key=lambda chain: chain.worth, default=None)


def _unrolled(chain: _Chain | None) -> Iterator[_Candidate]:
    while chain is not None:
        yield chain.last
        chain = chain.before


def _is_numbering(chain: Sequence[_Candidate], raw: Sequence[tuple[str, int]], said: Sequence[int]) -> bool:
    if len(chain) < LEAST_NUMBERS:
        return False
    lone = sum(each.way == "lone" for each in chain)
    lines = said[chain[-1].line + 1] - said[chain[0].line] - lone  # that say something
    if len(chain) < LEAST_SHARE * lines or lines * 2 < lone:
        return False
    in_front = sum(each.way == "front" for each in chain)
    if in_front * 2 < len(chain):
        return True
    # A list has a number in front of every line as well; a paper's lines go on in the middle of sentences.
    goes_on = sum(raw[each.line][0][each.end :].lstrip()[:1].islower() for each in chain)
    return len(chain) >= LEAST_IN_FRONT and goes_on * 3 >= len(chain)


def _joined_with_lone(lines: list[PrintedLine], chain: Sequence[_Candidate]) -> list[PrintedLine]:
    """Where a number stands on a line of its own beside a line that has none, it is that line's."""
    lone = {each.line for each in chain if not lines[each.line].text}
    if len(lone) * 2 < len(chain):
        return lines
    first_said = next((at for at, line in enumerate(lines) if line.text.strip()), len(lines))
    step = 1 if chain[0].line < first_said else -1  # the number comes before its line, or after it
    made, gone = list(lines), set()
    for at in sorted(lone):
        beside = at + step
        while 0 <= beside < len(lines) and not lines[beside].text.strip() and lines[beside].number is None:
            beside += step
        if 0 <= beside < len(lines) and made[beside].number is None and lines[beside].text.strip():
            made[beside] = replace(made[beside], number=lines[at].number)
            gone.add(at)
    for at in sorted(gone):
        if lines[at].begins_page and at + 1 < len(made):
            made[at + 1] = replace(made[at + 1], begins_page=True)
    return [line for at, line in enumerate(made) if at not in gone]


def _pages_by_spaces(lines: list[PrintedLine]) -> list[PrintedLine]:
    """Lines that begin with one space, where few do."""
    said = [at for at, line in enumerate(lines) if line.text.strip()]
    spaced = [at for at in said if re.match(r" \S", lines[at].text) and any(lines[b].number for b in range(at))]
    if not spaced or len(spaced) * 5 > len(said):
        return lines
    made = list(lines)
    for at in spaced:
        made[at] = replace(made[at], begins_page=True)
    return made


def _by_page(lines: Sequence[PrintedLine]) -> list[list[PrintedLine]]:
    pages: list[list[PrintedLine]] = []
    for line in lines:
        if line.begins_page or not pages:
            pages.append([])
        pages[-1].append(replace(line, text=line.text.strip()))
    return pages
