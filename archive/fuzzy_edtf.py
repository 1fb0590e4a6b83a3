"""Days that are only partly known, as they are kept (EDTF) and shown in Norwegian. Pure.

EDTF (ISO 8601-2) is used at levels 0 and 1, in the forms that an organisation's memory needs: `1974`, `1974-05`,
`1974-05-14`, a season (`1974-21` is the spring), a decade (`197X`), a century (`19XX`), each perhaps approximate (`~`),
uncertain (`?`) or both (`%`), and spans of these: `1971/1975`, `1971/..` (it goes on), `1971/` (nobody knows the end).
What is shown can be typed again and means the same; `archive.fuzzy_dates` reads what people type.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date

LONGEST_EDTF = 24  # the longest form there is: two days with a sign each, and the stroke between
MONTHS = "januar februar mars april mai juni juli august september oktober november desember".split()
_SEASONS = {21: "våren", 22: "sommeren", 23: "høsten", 24: "vinteren"}
_SEASON_MONTHS = {21: (3, 5), 22: (6, 8), 23: (9, 11)}

_EDTF_POINT = re.compile(r"(\d{4})(?:-(\d{2}|XX)(?:-(\d{2}|XX))?)?|(\d{3})X|(\d{2})XX")
_SIGNS = {"~": "ca. ", "?": "kanskje ", "%": "kanskje ca. "}


@dataclass(frozen=True, slots=True)
class FuzzyDate:
    """A time that is more or less known. `first` and `last` are the outermost days that it can mean."""

    edtf: str
    first: date | None  # None: open or unknown at that end
    last: date | None

    @property
    def goes_on(self) -> bool:
        """Whether it has begun and not ended (`1971/..`); an end that nobody knows (`1971/`) is not that."""
        return self.edtf.endswith("/..")

    @property
    def is_span(self) -> bool:
        """Whether it is from one time to another."""
        return "/" in self.edtf

    @property
    def year(self) -> int | None:
        """The year it lies in, when it lies in one."""
        same = self.first is not None and self.last is not None and self.first.year == self.last.year
        return self.first.year if same and self.first else None

    def __str__(self) -> str:
        return shown(self.edtf)


@dataclass
class Unclear(Exception):
    """Why a text is no time; a key that the page words."""

    problem: str


# --- EDTF


def read_edtf(edtf: str) -> FuzzyDate:
    """What one of our EDTF strings means.

    Raises:
        ValueError: it is none of the forms that we keep.
    """
    try:
        return parse(edtf)
    except Unclear as unclear:
        raise ValueError(f"{edtf!r} is no time: {unclear.problem}") from None


def bounds(edtf: str) -> tuple[date | None, date | None]:
    """The outermost days of a kept time: for columns that a database sorts and narrows by; (None, None) for ""."""
    if not edtf:
        return None, None
    found = read_edtf(edtf)
    return found.first, found.last


def parse(edtf: str) -> FuzzyDate:
    """`read_edtf` for whoever words what is wrong.

    Raises:
        Unclear: "unreadable_date", "no_such_day" or "backwards".
    """
    begin, stroke, end = edtf.partition("/")
    if not stroke:
        return parse_point(edtf)
    points = [None if each in ("", "..") else parse_point(each) for each in (begin, end)]
    first, last = points
    if first is None and last is None:
        raise Unclear("unreadable_date")
    if first and last and (_later(first.first, last.first) or _later(first.last, last.last)):
        raise Unclear("backwards")
    written = "/".join(point.edtf if point else each for point, each in zip(points, (begin, end), strict=True))
    return FuzzyDate(written, first.first if first else None, last.last if last else None)


def _later(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one > other


def parse_point(edtf: str) -> FuzzyDate:
    """One time that is no span.

    Raises:
        Unclear: as `parse`.
    """
    sign = edtf[-1:] if edtf[-1:] in _SIGNS else ""
    found = _EDTF_POINT.fullmatch(edtf.removesuffix(sign))
    if found is None:
        raise Unclear("unreadable_date")
    if found[4] or found[5]:
        low, high = (found[4] or found[5]).ljust(4, "0"), (found[4] or found[5]).ljust(4, "9")
        return _between(edtf, int(low), 1, 1, int(high), 12, 31)
    year, month, day = int(found[1]), _figures(found[2]), _figures(found[3])
    if month is None:  # `1974-XX` says no more than `1974`
        if day is not None:
            raise Unclear("unreadable_date")
        return _between(f"{year:04}{sign}", year, 1, 1, year, 12, 31)
    if month > 12 and day is None and found[3] is None:
        return _season(f"{year:04}-{month}{sign}", year, month)
    if not 1 <= month <= 12:
        raise Unclear("no_such_day")
    last = calendar.monthrange(year, month)[1] if year else 0
    if day is None:
        return _between(f"{year:04}-{month:02}{sign}", year, month, 1, year, month, last)
    if not 1 <= day <= last:
        raise Unclear("no_such_day")
    return _between(f"{year:04}-{month:02}-{day:02}{sign}", year, month, day, year, month, day)


def _figures(written: str | None) -> int | None:
    return None if written in (None, "XX") else int(written or 0)


def _season(edtf: str, year: int, season: int) -> FuzzyDate:
    """A winter may be either end of its year: people mean now one, now the other."""
    if season not in _SEASONS:
        raise Unclear("no_such_day")
    begin, end = _SEASON_MONTHS.get(season, (1, 12))
    return _between(edtf, year, begin, 1, year, end, calendar.monthrange(year, end)[1] if year else 0)


def _between(edtf: str, *days: int) -> FuzzyDate:
    if days[0] < 1000:
        raise Unclear("unreadable_date")
    return FuzzyDate(edtf, date(*days[:3]), date(*days[3:]))


# --- shown


def shown(edtf: str) -> str:
    """The time in Norwegian: `ca. 1975`, `1970-tallet`, `våren 1974`, `14. mars 1974`, `1971–1975`; "" for ""."""
    begin, stroke, end = edtf.partition("/")
    if not stroke:
        return _shown_point(edtf) if edtf else ""
    if end == "..":
        return f"fra {_shown_point(begin)}"
    if begin == "..":
        return f"til {_shown_point(end)}"
    if not end:
        return f"fra {_shown_point(begin)} til ukjent tid"
    if not begin:
        return f"fra ukjent tid til {_shown_point(end)}"
    return f"{_shown_point(begin)}–{_shown_point(end)}"


def _shown_point(edtf: str) -> str:
    sign = edtf[-1] if edtf[-1] in _SIGNS else ""
    return _SIGNS.get(sign, "") + _shown_plain(edtf.removesuffix(sign))


def _shown_plain(edtf: str) -> str:
    if edtf.endswith("XX"):
        return f"{edtf[:2]}00-tallet"
    if edtf.endswith("X"):
        # *1900-tallet* is the whole century, so its first decade needs another name.
        return f"tiåret fra {edtf[:3]}0" if edtf[2] == "0" else f"{edtf[:3]}0-tallet"
    year, *rest = edtf.split("-")
    if not rest:
        return year
    month = int(rest[0])
    if month in _SEASONS:
        return f"{_SEASONS[month]} {year}"
    name = f"{MONTHS[month - 1]} {year}"
    return f"{int(rest[1])}. {name}" if len(rest) == 2 else name
