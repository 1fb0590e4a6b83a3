"""Days that are only partly known, as people type them: *ca. 1975*, *våren 74*, *1970-tallet*, *1971–75*. Pure.

What is kept of them, and how it is shown, is in `archive.fuzzy_edtf`; its names can be had from here.
"""

import re

from archive.errors import BadInput
from archive.fuzzy_edtf import (
    LONGEST_EDTF,
    MONTHS,
    FuzzyDate,
    Unclear,
    bounds,
    parse,
    parse_point,
    read_edtf,
    shown,
)
from archive.typed import clean

__all__ = ["LONGEST_EDTF", "FuzzyDate", "bounds", "edtf_of", "read_edtf", "read_typed", "shown"]

_LONGEST_TYPED = 80
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

_APPROXIMATE = r"ca\.?|cirka|circa|sirka|omtrent|omkring|omlag|om lag|rundt|kring|~"
_UNCERTAIN = r"kanskje|trolig|antagelig|antakelig|antakeleg|truleg|muligens|visstnok|sannsynligvis|usikkert"
_BEFORE = re.compile(rf"(?:(?P<about>{_APPROXIMATE})|(?P<doubt>{_UNCERTAIN}))(?:\s+|(?<=[.~])|(?=\d))(?P<rest>.+)")
_AFTER = re.compile(r"(?P<rest>.+?)\s*(?:\((?P<said>\?|ca\.?|usikkert|trolig)\)|(?P<sign>[?~%]))")
_FILLER = re.compile(r"(?:i løpet av|i|på|den|året|år|om)\s+(?=\S)")
_WEEKDAY = re.compile(rf"({'|'.join(_WEEKDAYS)})\s+(?:den\s+)?(?=\d)")
_MONTH_NAMES = {name: number for number, name in enumerate(MONTHS, start=1)} | {
    name[:3]: number for number, name in enumerate(MONTHS, start=1)
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
    except Unclear as unclear:
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
    except Unclear as unclear:
        spans = [found.groups() for form in _RANGE if (found := form.fullmatch(text))]
        spans += [(text[: at.start()], text[at.end() :]) for at in _HYPHEN.finditer(text)]
        problem = unclear
        for begin, end in spans:
            try:
                return _typed_span(begin, end)
            except Unclear as other:
                if problem.problem == "unreadable_date" or other.problem == "backwards":
                    problem = other
        if _EDTF_TYPED.fullmatch(text):
            return parse(text.upper())
        raise problem from None


def _open_ended(text: str) -> FuzzyDate | None:
    """`fra 1971`, `1971–`, `til 1975`, `–1975`, `før 1975`, `etter 1975`; None for another form."""
    if found := re.fullmatch(r"(?:fra|frå|siden|sidan)\s+((?:(?!\stil\s).)+?)|(.+?)\s?[–-]", text):
        try:
            return parse(f"{_typed_point(found[1] or found[2]).edtf}/..")
        except Unclear:
            if not re.search("[–-]", found[1] or ""):
                raise
            return None  # `fra 1971–75`
    if found := re.fullmatch(r"(?:til(?: og med)?|inntil|[–-])\s?(.+)", text):
        return parse(f"../{_typed_point(found[1]).edtf}")
    if found := re.fullmatch(r"(før|etter)\s+(\d{4})", text):
        before = found[1] == "før"
        return parse(f"../{int(found[2]) - 1}" if before else f"{int(found[2]) + 1}/..")
    return None


def _winter(year: int, end: str) -> FuzzyDate:
    if int(end) != year + 1:
        raise Unclear("backwards")
    return parse(f"{year}-12/{end}-02")


def _typed_span(begin: str, end: str) -> FuzzyDate:
    begin = re.sub(r"^(?:fra|frå)\s+", "", begin)
    if begin in _NOBODY_KNOWS or end in _NOBODY_KNOWS:
        known = ["" if each in _NOBODY_KNOWS else _typed_point(each).edtf for each in (begin, end)]
        return parse("/".join(known))
    if re.fullmatch(r"['’]?\d{2}", end) and (year := re.search(r"\d{4}(?!.*\d{4})", begin)):
        end = year[0][:2] + end[-2:]
    last = _typed_point(end)
    try:
        first = _typed_point(begin)
    except Unclear as unclear:
        if unclear.problem not in ("unreadable_date", "no_year", "century"):
            raise
        first = _typed_point(_completed(begin, last))
    return parse(f"{first.edtf}/{last.edtf}")


def _completed(begin: str, last: FuzzyDate) -> str:
    """The beginning of a span with what only its end says: `14.` of *14.–16. mars 1974*, `mai` of *mai–juni 1974*."""
    known = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-\d{2})?[~?%]?", last.edtf)
    if known is None:
        raise Unclear("unreadable_date")
    if re.fullmatch(r"\d{1,2}\.?", begin) and known[2]:
        return f"{begin.rstrip('.')}.{known[2]}.{known[1]}"
    if _WITHOUT_YEAR.fullmatch(begin):
        return f"{begin.rstrip('.')}{'.' if begin[:1].isdigit() and begin[-1:] in '.0123456789' else ' '}{known[1]}"
    raise Unclear("unreadable_date")


def _typed_point(text: str) -> FuzzyDate:
    text, about, doubt = _without_signs(text)
    weekday = _WEEKDAY.match(text)
    if weekday:
        text = text[weekday.end() :]
    found = parse_point(_plain(text) + ("%" if about and doubt else "~" if about else "?" if doubt else ""))
    if weekday and found.first and _WEEKDAYS[found.first.weekday()] != weekday[1]:
        raise Unclear("weekday")
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
        raise Unclear("century")
    if _PART_OF.fullmatch(text):
        raise Unclear("part_of_decade")
    if _WITHOUT_YEAR.fullmatch(text):
        raise Unclear("no_year")
    raise Unclear("unreadable_date")


def _month(number: int) -> int:
    if not 1 <= number <= 12:
        raise Unclear("no_such_day")
    return number


def _year(four: str | None, two: str | None) -> str:
    if four:
        return four
    if int(two or 0) < _SURELY_1900S_FROM:
        raise Unclear("century")
    return f"19{two}"
