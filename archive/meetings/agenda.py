"""Reading an agenda that somebody pasted: one case on each line, *1/23 Godkjenning av innkalling*. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from archive.errors import BadInput
from archive.meetings.cases import LIMITS, number_key
from archive.typed import one_line

MOST_LINES = 100
_HEADINGS = frozenset({"saksliste", "sakliste", "sakene", "saker", "dagsorden", "innkalling", "agenda"})
_BULLET = re.compile(r"[-–—•*·]\s+")
_MONTHS = "jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des"
# 3/2023, FS 12/23, 4a/23; a number alone, as in an annual meeting's agenda, wants a sign behind it or a case before it.
_WITH_YEAR = r"(?:[A-ZÆØÅ]{1,5}[ -]?)?\d{1,4}[a-zæøå]?\s?/\s?\d{2,4}"
_ALONE = r"\d{1,3}[a-zæøå]?(?=\s*[.):])(?!\.\d)"
_LINE = re.compile(
    rf"(?:sak(?:\s+nr\.?)?\s*:?\s+(?P<said>{_WITH_YEAR}|\d{{1,3}}[a-zæøå]?)|(?P<plain>{_WITH_YEAR}|{_ALONE}))"
    r"(?=\W|$)\s*[.):–—-]*\s*(?P<title>.*)",
    re.IGNORECASE,
)
_DAY = re.compile(rf"\d{{1,2}}\.\s*(?:{_MONTHS})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AgendaCase:
    """A case as it stands on a line."""

    line: int  # from 1, as it was pasted
    number: str  # "": it has none
    title: str


@dataclass(frozen=True, slots=True)
class AgendaProblem:
    """Why a line is no case."""

    line: int
    found: str
    problem: str  # no_title, twice, taken, too_long, too_many


@dataclass(frozen=True, slots=True)
class Agenda:
    """What was understood of a text, and what was not."""

    cases: tuple[AgendaCase, ...]
    problems: tuple[AgendaProblem, ...]


def read_agenda(text: str, *, taken: Collection[str] = ()) -> Agenda:
    """The cases of a pasted agenda, line by line; empty lines and a heading above them are passed over.

    `taken`: the `number_key` of each case that the meeting has already.
    """
    cases: list[AgendaCase] = []
    problems: list[AgendaProblem] = []
    seen: set[str] = set()
    for line, written in enumerate(text.splitlines(), start=1):
        found = _BULLET.sub("", " ".join(written.split()) + " ", count=1).strip()
        if not found or found.casefold().rstrip(":") in _HEADINGS:
            continue
        case, problem = _read(line, found, seen, taken)
        if case is not None and len(cases) >= MOST_LINES:
            case, problem = None, "too_many"
        if case is not None:
            cases.append(case)
            seen.add(number_key(case.number))
        else:
            problems.append(AgendaProblem(line, found[:200], problem))
            if problem == "too_many":
                break
    return Agenda(tuple(cases), tuple(problems))


def _read(line: int, found: str, seen: Collection[str], taken: Collection[str]) -> tuple[AgendaCase | None, str]:
    matched = None if _DAY.match(found) else _LINE.fullmatch(found)
    number = (matched["said"] or matched["plain"]) if matched else ""
    title = matched["title"] if matched else found
    key = number_key(number)
    if key and (key in seen or key in taken):
        return None, "twice" if key in seen else "taken"
    try:
        number = one_line(number, "number", limit=LIMITS["number"])
        title = one_line(title, "case_title", limit=LIMITS["title"], required=True)
    except BadInput as bad:
        return None, "no_title" if bad.problem == "empty" else bad.problem
    return AgendaCase(line, number, title), ""
