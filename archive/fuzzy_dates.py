"""Days that are only partly known: read as people type them, kept as EDTF, shown in Norwegian. Pure.

EDTF (ISO 8601-2) is used at levels 0 and 1, in the forms that an organisation's memory needs: `1974`, `1974-05`,
`1974-05-14`, a season (`1974-21` is the spring), a decade (`197X`), a century (`19XX`), each perhaps approximate (`~`),
uncertain (`?`) or both (`%`), and spans of these: `1971/1975`, `1971/..` (it goes on), `1971/` (nobody knows the end).
What is shown can be typed again and means the same.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from archive.errors import BadInput
from archive.typed import clean

LONGEST_EDTF = 24  # the longest form there is: two days with a sign each, and the stroke between
_LONGEST_TYPED = 80

_MONTHS = "januar februar mars april mai juni juli august september oktober november desember".split()
_SEASONS = {21: "våren", 22: "sommeren", 23: "høsten", 24: "vinteren"}
_SEASON_MONTHS = {21: (3, 5), 22: (6, 8), 23: (9, 11)}
_WEEKDAYS = "mandag tirsdag onsdag torsdag fredag lørdag søndag".split()
_DECADES = {
    word: tens
    for tens, words in {
        20: "tjue tyve",
        30: "tretti tredve",
        40: "førti førr",
        50: "femti",
        60: "seksti",
        70: "sytti",
        80: "åtti",
        90: "nitti",
    }.items()
    for word in words.split()
}
# Two figures are a year of the last century from here on; below, nobody can tell 1931 from 2031.
_SURELY_1900S_FROM = 40

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
class _Unclear(Exception):
    """Why a text is no time; a key that the page words."""

    problem: str


# --- EDTF


def read_edtf(edtf: str) -> FuzzyDate:
    """What one of our EDTF strings means.

    Raises:
        ValueError: it is none of the forms that we keep.
    """
    try:
        return _edtf(edtf)
    except _Unclear as unclear:
        raise ValueError(f"{edtf!r} is no time: {unclear.problem}") from None


def bounds(edtf: str) -> tuple[date | None, date | None]:
    """The outermost days of a kept time: for columns that a database sorts and narrows by; (None, None) for ""."""
    if not edtf:
        return None, None
    found = read_edtf(edtf)
    return found.first, found.last


def _edtf(edtf: str) -> FuzzyDate:
    begin, stroke, end = edtf.partition("/")
    if not stroke:
        return _point(edtf)
    points = [None if each in ("", "..") else _point(each) for each in (begin, end)]
    first, last = points
    if first is None and last is None:
        raise _Unclear("unreadable_date")
    if first and last and (_later(first.first, last.first) or _later(first.last, last.last)):
        raise _Unclear("backwards")
    written = "/".join(point.edtf if point else each for point, each in zip(points, (begin, end), strict=True))
    return FuzzyDate(written, first.first if first else None, last.last if last else None)


def _later(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one > other


def _point(edtf: str) -> FuzzyDate:
    sign = edtf[-1:] if edtf[-1:] in _SIGNS else ""
    found = _EDTF_POINT.fullmatch(edtf.removesuffix(sign))
    if found is None:
        raise _Unclear("unreadable_date")
    if found[4] or found[5]:
        low, high = (found[4] or found[5]).ljust(4, "0"), (found[4] or found[5]).ljust(4, "9")
        return _between(edtf, int(low), 1, 1, int(high), 12, 31)
    year, month, day = int(found[1]), _figures(found[2]), _figures(found[3])
    if month is None:  # `1974-XX` says no more than `1974`
        if day is not None:
            raise _Unclear("unreadable_date")
        return _between(f"{year:04}{sign}", year, 1, 1, year, 12, 31)
    if month > 12 and day is None and found[3] is None:
        return _season(f"{year:04}-{month}{sign}", year, month)
    if not 1 <= month <= 12:
        raise _Unclear("no_such_day")
    last = calendar.monthrange(year, month)[1] if year else 0
    if day is None:
        return _between(f"{year:04}-{month:02}{sign}", year, month, 1, year, month, last)
    if not 1 <= day <= last:
        raise _Unclear("no_such_day")
    return _between(f"{year:04}-{month:02}-{day:02}{sign}", year, month, day, year, month, day)


def _figures(written: str | None) -> int | None:
    return None if written in (None, "XX") else int(written or 0)


def _season(edtf: str, year: int, season: int) -> FuzzyDate:
    """A winter may be either end of its year: people mean now one, now the other."""
    if season not in _SEASONS:
        raise _Unclear("no_such_day")
    begin, end = _SEASON_MONTHS.get(season, (1, 12))
    return _between(edtf, year, begin, 1, year, end, calendar.monthrange(year, end)[1] if year else 0)


def _between(edtf: str, *days: int) -> FuzzyDate:
    if days[0] < 1000:
        raise _Unclear("unreadable_date")
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
    name = f"{_MONTHS[month - 1]} {year}"
    return f"{int(rest[1])}. {name}" if len(rest) == 2 else name


# --- typed

_APPROXIMATE = r"ca\.?|cirka|circa|sirka|omtrent|omkring|omlag|om lag|rundt|kring|~"
_UNCERTAIN = r"kanskje|trolig|antagelig|antakelig|antakeleg|truleg|muligens|visstnok|sannsynligvis|usikkert"
_BEFORE = re.compile(rf"(?:(?P<about>{_APPROXIMATE})|(?P<doubt>{_UNCERTAIN}))(?:\s+|(?<=[.~])|(?=\d))(?P<rest>.+)")
_AFTER = re.compile(r"(?P<rest>.+?)\s*(?:\((?P<said>\?|ca\.?|usikkert|trolig)\)|(?P<sign>[?~%]))")
_FILLER = re.compile(r"(?:i løpet av|i|på|den|året|år|om)\s+(?=\S)")
_WEEKDAY = re.compile(rf"({'|'.join(_WEEKDAYS)})\s+(?:den\s+)?(?=\d)")
_MONTH_NAMES = {name: number for number, name in enumerate(_MONTHS, start=1)} | {
    name[:3]: number for number, name in enumerate(_MONTHS, start=1)
}
_MONTH_NAMES |= {"sept": 9, "mar": 3}
_SEASON_NAMES = {
    name: number
    for number, names in {
        21: "våren vår vårparten",
        22: "sommeren sommer sommaren sommar",
        23: "høsten høst hausten haust",
        24: "vinteren vinter",
    }.items()
    for name in names.split()
}
_YEAR = r"(?:(\d{4})|['’]?(\d{2}))"
_MONTH = rf"({'|'.join(sorted(_MONTH_NAMES, key=len, reverse=True))})\.?"
_SEASON = rf"({'|'.join(sorted(_SEASON_NAMES, key=len, reverse=True))})"
_TENS = r"(?:tallet|talet|åra|årene|åri|tiåret)"
_DAY_WORDS = re.compile(rf"(\d{{1,2}})\.?\s*{_MONTH},?\s*{_YEAR}")
_DAY_FIGURES = re.compile(rf"(\d{{1,2}})[./ -]\s*(\d{{1,2}})[./ -]\s*{_YEAR}")
_DAY_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH_WORDS = re.compile(rf"{_MONTH},?\s*{_YEAR}")
_MONTH_FIGURES = re.compile(r"(\d{1,2})[./]\s*(\d{4})")
_MONTH_ISO = re.compile(r"(\d{4})-(0\d|1[0-2])")
_SEASON_WORDS = re.compile(rf"{_SEASON}\s*{_YEAR}")
_WINTER = re.compile(r"vinteren\s+(\d{4})\s*[/–-]\s*(?:(\d{4})|(\d{2}))")
_DECADE = re.compile(rf"(?:tiåret fra\s+(\d{{3}}0))|(\d{{3}}0|\d0)\s?-?\s?{_TENS}")
_DECADE_WORDS = re.compile(rf"({'|'.join(_DECADES)})-?{_TENS}")
_WITHOUT_YEAR = re.compile(rf"(?:\d{{1,2}}\.?\s*)?{_MONTH}|{_SEASON}|\d{{1,2}}\.\s?\d{{1,2}}\.?")
_PART_OF = re.compile(r"(?:i |på )?(?:begynnelsen|starten|midten|slutten|tidlig|tidleg|sent|seint|midt)\b.+")
_UNKNOWN = frozenset({"ukjent", "ukjend", "vet ikke", "veit ikke", "veit ikkje", "?", "-", "–"})
_NOBODY_KNOWS = ("?", "ukjent", "ukjent tid")
_RANGE = (
    re.compile(r"(?:fra|frå)\s+(.+?)\s+til(?: og med)?\s+(.+)"),
    re.compile(r"mellom\s+(.+?)\s+og\s+(.+)"),
    re.compile(r"(.+?)\s+til(?: og med)?\s+(.+)"),
    re.compile(r"(\d{4})/(\d{2})"),
    re.compile(r"([^–]*?)\s*–\s*([^–]*)"),
    re.compile(r"(.*?)\s+-\s+(.*)"),
)
_EDTF_TYPED = re.compile(r"[\dx]{4}[\dx~?%/-]*(?:\.\.)?|(?:\.\.)?/[\dx~?%-]+")
_HYPHEN = re.compile(r"(?<=[\w.?])-(?=\w)")


def read_typed(typed: str | None, field: str = "date") -> FuzzyDate | None:
    """The time that somebody typed, in Norwegian or as EDTF; None when nothing was, or that nobody knows.

    Raises:
        BadInput: "unreadable_date"; "no_such_day" (31.02.1974); "century" (two figures that may be 1931 or 2031);
            "no_year"; "backwards" (a span that ends before it begins); "part_of_decade" (early, late); "weekday"
            (another one than that day was); "too_long".
    """
    text = " ".join(clean(typed or "").casefold().split()).replace("—", "–").replace("−", "–").replace("‑", "-")
    if not text or text in _UNKNOWN:
        return None
    if len(text) > _LONGEST_TYPED:
        raise BadInput(field, "too_long")
    try:
        return _typed(text)
    except _Unclear as unclear:
        raise BadInput(field, unclear.problem) from None


def edtf_of(typed: str | None, field: str = "date") -> str:
    """What is kept of a typed time; "" for none.

    Raises:
        BadInput: as `read_typed`.
    """
    found = read_typed(typed, field)
    return found.edtf if found else ""


def _typed(text: str) -> FuzzyDate:
    if winter := _WINTER.fullmatch(text):
        return _winter(int(winter[1]), winter[2] or winter[1][:2] + winter[3])
    open_ended = _open_ended(text)
    if open_ended is not None:
        return open_ended
    try:
        return _typed_point(text)
    except _Unclear as unclear:
        spans = [found.groups() for form in _RANGE if (found := form.fullmatch(text))]
        spans += [(text[: at.start()], text[at.end() :]) for at in _HYPHEN.finditer(text)]
        problem = unclear
        for begin, end in spans:
            try:
                return _typed_span(begin, end)
            except _Unclear as other:
                if problem.problem == "unreadable_date" or other.problem == "backwards":
                    problem = other
        if _EDTF_TYPED.fullmatch(text):
            return _edtf(text.upper())
        raise problem from None


def _open_ended(text: str) -> FuzzyDate | None:
    """`fra 1971`, `1971–`, `til 1975`, `–1975`, `før 1975`, `etter 1975`; None for another form."""
    if found := re.fullmatch(r"(?:fra|frå|siden|sidan)\s+((?:(?!\stil\s).)+?)|(.+?)\s?[–-]", text):
        try:
            return _edtf(f"{_typed_point(found[1] or found[2]).edtf}/..")
        except _Unclear:
            if not re.search("[–-]", found[1] or ""):
                raise
            return None  # `fra 1971–75`
    if found := re.fullmatch(r"(?:til(?: og med)?|inntil|[–-])\s?(.+)", text):
        return _edtf(f"../{_typed_point(found[1]).edtf}")
    if found := re.fullmatch(r"(før|etter)\s+(\d{4})", text):
        before = found[1] == "før"
        return _edtf(f"../{int(found[2]) - 1}" if before else f"{int(found[2]) + 1}/..")
    return None


def _winter(year: int, end: str) -> FuzzyDate:
    if int(end) != year + 1:
        raise _Unclear("backwards")
    return _edtf(f"{year}-12/{end}-02")


def _typed_span(begin: str, end: str) -> FuzzyDate:
    begin = re.sub(r"^(?:fra|frå)\s+", "", begin)
    if begin in _NOBODY_KNOWS or end in _NOBODY_KNOWS:
        known = ["" if each in _NOBODY_KNOWS else _typed_point(each).edtf for each in (begin, end)]
        return _edtf("/".join(known))
    if re.fullmatch(r"['’]?\d{2}", end) and (year := re.search(r"\d{4}(?!.*\d{4})", begin)):
        end = year[0][:2] + end[-2:]
    last = _typed_point(end)
    try:
        first = _typed_point(begin)
    except _Unclear as unclear:
        if unclear.problem not in ("unreadable_date", "no_year", "century"):
            raise
        first = _typed_point(_completed(begin, last))
    return _edtf(f"{first.edtf}/{last.edtf}")


def _completed(begin: str, last: FuzzyDate) -> str:
    """The beginning of a span with what only its end says: `14.` of *14.–16. mars 1974*, `mai` of *mai–juni 1974*."""
    known = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-\d{2})?[~?%]?", last.edtf)
    if known is None:
        raise _Unclear("unreadable_date")
    if re.fullmatch(r"\d{1,2}\.?", begin) and known[2]:
        return f"{begin.rstrip('.')}.{known[2]}.{known[1]}"
    if _WITHOUT_YEAR.fullmatch(begin):
        return f"{begin.rstrip('.')}{'.' if begin[:1].isdigit() and begin[-1:] in '.0123456789' else ' '}{known[1]}"
    raise _Unclear("unreadable_date")


def _typed_point(text: str) -> FuzzyDate:
    text, about, doubt = _without_signs(text)
    weekday = _WEEKDAY.match(text)
    if weekday:
        text = text[weekday.end() :]
    found = _point(_plain(text) + ("%" if about and doubt else "~" if about else "?" if doubt else ""))
    if weekday and found.first and _WEEKDAYS[found.first.weekday()] != weekday[1]:
        raise _Unclear("weekday")
    return found


def _without_signs(text: str) -> tuple[str, bool, bool]:
    """The time itself, whether it is approximate, and whether it is uncertain."""
    about = doubt = False
    while True:
        if found := _BEFORE.fullmatch(text):
            about, doubt = about or bool(found["about"]), doubt or bool(found["doubt"])
        elif found := _AFTER.fullmatch(text):
            said = found["said"] or found["sign"]
            about, doubt = about or said in ("~", "%", "ca", "ca."), doubt or said not in ("~", "ca", "ca.")
        else:
            filler = _FILLER.match(text)
            if filler is None:
                return text, about, doubt
            text = text[filler.end() :]
            continue
        text = found["rest"].strip()


def _plain(text: str) -> str:
    """The EDTF of a time without signs."""
    if re.fullmatch(r"\d{4}", text):
        return text
    if found := _DAY_ISO.fullmatch(text):
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    if found := _MONTH_ISO.fullmatch(text):
        return f"{found[1]}-{found[2]}"
    if found := _MONTH_FIGURES.fullmatch(text):
        return f"{found[2]}-{_month(int(found[1])):02}"
    if found := _DAY_FIGURES.fullmatch(text):
        return f"{_year(found[3], found[4])}-{_month(int(found[2])):02}-{int(found[1]):02}"
    if found := _DAY_WORDS.fullmatch(text):
        return f"{_year(found[3], found[4])}-{_MONTH_NAMES[found[2]]:02}-{int(found[1]):02}"
    if found := _MONTH_WORDS.fullmatch(text):
        return f"{_year(found[2], found[3])}-{_MONTH_NAMES[found[1]]:02}"
    if found := _SEASON_WORDS.fullmatch(text):
        return f"{_year(found[2], found[3])}-{_SEASON_NAMES[found[1]]}"
    return _long_time(text)


def _long_time(text: str) -> str:
    """A decade or a century; else why it is no time."""
    if found := _DECADE.fullmatch(text):
        if found[1]:
            return f"{found[1][:3]}X"
        written = found[2] if len(found[2]) == 4 else _year(None, found[2])
        return f"{written[:2]}XX" if written.endswith("00") else f"{written[:3]}X"
    if found := _DECADE_WORDS.fullmatch(text):
        return f"{_year(None, str(_DECADES[found[1]]))[:3]}X"
    if found := re.fullmatch(r"(\d{3}x|\d{2}xx)", text):
        return found[1].upper()
    if found := re.fullmatch(r"['’](\d{2})", text):
        return _year(None, found[1])
    if re.fullmatch(r"\d{2}", text):
        raise _Unclear("century")
    if _PART_OF.fullmatch(text):
        raise _Unclear("part_of_decade")
    if _WITHOUT_YEAR.fullmatch(text):
        raise _Unclear("no_year")
    raise _Unclear("unreadable_date")


def _month(number: int) -> int:
    if not 1 <= number <= 12:
        raise _Unclear("no_such_day")
    return number


def _year(four: str | None, two: str | None) -> str:
    if four:
        return four
    if int(two or 0) < _SURELY_1900S_FROM:
        raise _Unclear("century")
    return f"19{two}"
