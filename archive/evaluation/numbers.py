"""Numbers in words, bokmål and nynorsk, read as figures. Pure.

Some that people say can be read in two ways. These are the choices, the same for both texts that are compared:

- «nitten syttifem» is 1975. Only 16 to 19 begin such a year, or 20 when no round ten follows («tjue tretti» is twenty,
  thirty; «tjue ti» and «tjue tjue» are years). «seksten sytten» is sixteen, seventeen.
- «tjue to» is 22. «tjue en» is twenty and an article; «tjueen» and «en og tjue» are 21.
- «en», «et», «ei», «ein» and «eit» are one only inside a longer number. «andre» counts as second.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


def _by_word(**values: str) -> dict[str, int]:
    return {word: int(value[1:]) for value, words in values.items() for word in words.split()}


ARTICLES = frozenset("en et ei ein eit".split())
UNITS = _by_word(
    _1="ett eitt én éin", _2="to", _3="tre", _4="fire", _5="fem", _6="seks", _7="sju syv", _8="åtte", _9="ni"
)
TEENS = _by_word(
    _10="ti",
    _11="elleve",
    _12="tolv",
    _13="tretten",
    _14="fjorten",
    _15="femten",
    _16="seksten",
    _17="sytten søtten",
    _18="atten",
    _19="nitten",
)
TENS = _by_word(
    _20="tjue tyve",
    _30="tretti tredve",
    _40="førti",
    _50="femti",
    _60="seksti",
    _70="sytti søtti",
    _80="åtti",
    _90="nitti",
)
HUNDRED = "hundre"
SCALES = _by_word(_1000="tusen", _1000000="million millioner millionar", _1000000000="milliard milliarder milliardar")
ORDINALS = _by_word(
    _1="første fyrste",
    _2="andre",
    _3="tredje",
    _4="fjerde",
    _5="femte",
    _6="sjette",
    _7="sjuende syvende sjuande",
    _8="åttende åttande",
    _9="niende niande",
    _10="tiende tiande",
    _11="ellevte",
    _12="tolvte",
    _13="trettende trettande",
    _14="fjortende fjortande",
    _15="femtende femtande",
    _16="sekstende sekstande",
    _17="syttende syttande søttende",
    _18="attende attande",
    _19="nittende nittande",
    _20="tjuende tyvende tjuande",
    _30="trettiende tredevte trettiande",
    _40="førtiende førtiande",
    _50="femtiende femtiande",
    _60="sekstiende sekstiande",
    _70="syttiende syttiande",
    _80="åttiende åttiande",
    _90="nittiende nittiande",
    _100="hundrede hundrande",
    _1000="tusende tusande",
)
_WORDS = {*UNITS, *TEENS, *TENS, *SCALES, *ORDINALS, *ARTICLES, HUNDRED, "null"}
_PART = "|".join(sorted({*_WORDS, "og"}, key=len, reverse=True))
_PARTS, _COMPOUND = re.compile(_PART), re.compile(f"(?:{_PART})+")
# What stands at the end of «syttitallet», «sekstiårene», «femtiåringen».
_TAIL = re.compile(r"(.+?)(tall(?:et|ets)?|tal(?:et)?|år(?:a|ene|et|s)?|åring(?:en|er|ar|ane|ene)?)")
_CENTURIES = range(16, 21)
# Figures before «tusen» and «millioner»; longer ones are no number that anybody says.
_FIGURES = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was read, and the word after it."""

    value: int
    end: int
    is_ordinal: bool = False

    @property
    def written(self) -> str:
        """`52`, or `5te` for the fifth."""
        return f"{self.value}te" if self.is_ordinal else str(self.value)


def read_number(words: Sequence[str], at: int) -> Number | None:
    """The longest number in words that begins at `at`; None when none does. Figures alone are read already."""
    if words[at] == "null":
        return Number(0, at + 1)
    if words[at] in ARTICLES and words[at + 1 : at + 2] == ["komma"] and at + 2 < len(words):
        return Number(1, at + 1) if read_number(words, at + 2) or words[at + 2].isdecimal() else None
    return _year(words, at) or _scaled(words, at)


def parts_of_number(word: str) -> list[str]:
    """«femtito» as its words, «syttitallet» as «sytti» and «tallet», when that is what it is; else nothing."""
    if (found := _TAIL.fullmatch(word)) and found[1] not in ARTICLES:
        inner = [found[1]] if found[1] in _WORDS else parts_of_number(found[1])
        return [*inner, found[2]] if inner else []
    if word in _WORDS or not _COMPOUND.fullmatch(word):
        return []
    # Inside a number written as one word, «en» is no article.
    parts = ["ett" if part in ARTICLES else part for part in _PARTS.findall(word)]
    read = read_number(parts, 0)
    return parts if read is not None and read.end == len(parts) else []


def is_step(first: str, second: str) -> bool:
    """«nitten-tjue» and «seksten-sytten» with a hyphen go from one to the next, and are no years."""
    values = [TEENS.get(word) or TENS.get(word) or 0 for word in (first, second)]
    return values[0] in _CENTURIES and values[1] == values[0] + 1


def _year(words: Sequence[str], at: int) -> Number | None:
    """«nitten syttifem», «nitten null fem», «tjue tjuefire»."""
    century = _value(words, at, TEENS) or _value(words, at, TENS)
    if century not in _CENTURIES:
        return None
    if words[at + 1 : at + 2] == ["null"]:
        unit = _value(words, at + 2, UNITS)
        return Number(century * 100 + unit, at + 3) if unit else None
    rest = _below_hundred(words, at + 1)
    if rest is None or rest.is_ordinal or rest.value < 10:
        return None
    is_next = rest.value == century + 1 < 20
    is_round = century == 20 and rest.value > 20 and rest.value % 10 == 0
    return None if is_next or is_round else Number(century * 100 + rest.value, rest.end)


def _scaled(words: Sequence[str], at: int) -> Number | None:
    """«to millioner tre hundre tusen og fem», and all that is shorter."""
    total, end = 0, at
    for scale in (10**9, 10**6, 10**3):
        begin = _after_and(words, end) if total else end
        if part := _times(words, begin, scale):
            total, end = total + part.value, part.end
    begin = _after_and(words, end) if total else end
    rest = _below_thousand(words, begin) or (_article(words, begin) if begin > end else None)
    if rest and total and _value(words, rest.end, SCALES):  # «en million tre millioner»: the next number begins here
        rest = None
    if rest and (not total or rest.value < 1000):
        return Number(total + rest.value, rest.end, rest.is_ordinal)
    return Number(total, end) if total else None


def _times(words: Sequence[str], at: int, scale: int) -> Number | None:
    """«to hundre tusen», «en million», `3 millioner`, «tusen»: so many of one scale."""
    many = _below_thousand(words, at) or _article(words, at) or _figures(words, at) or Number(1, at)
    if many.is_ordinal or _value(words, many.end, SCALES) != scale:
        return None
    return Number(many.value * scale, many.end + 1)


def _below_thousand(words: Sequence[str], at: int) -> Number | None:
    """«to hundre og fem», also «nitten hundre og fem»."""
    many = _below_hundred(words, at)
    before = many or _article(words, at) or Number(1, at)
    if before.is_ordinal or before.value > 19 or words[before.end : before.end + 1] != [HUNDRED]:
        return many
    hundreds = Number(before.value * 100, before.end + 1)
    begin = _after_and(words, hundreds.end)
    rest = _below_hundred(words, begin) or (_article(words, begin) if begin > hundreds.end else None)
    return Number(hundreds.value + rest.value, rest.end, rest.is_ordinal) if rest else hundreds


def _below_hundred(words: Sequence[str], at: int) -> Number | None:
    if ordinal := _value(words, at, ORDINALS):
        return Number(ordinal, at + 1, is_ordinal=True)
    unit = _value(words, at, UNITS) or (1 if _article(words, at) else 0)
    if unit and words[at + 1 : at + 2] == ["og"]:  # «to og femti»
        ten, tenth = _value(words, at + 2, TENS), _value(words, at + 2, ORDINALS)
        if ten or tenth in range(20, 100):
            return Number(unit + (ten or tenth), at + 3, is_ordinal=not ten)
    if ten := _value(words, at, TENS):
        after, ordinal = _value(words, at + 1, UNITS), _value(words, at + 1, ORDINALS)
        if after or 0 < ordinal < 10:
            return Number(ten + (after or ordinal), at + 2, is_ordinal=not after)
        return Number(ten, at + 1)
    value = _value(words, at, TEENS) or _value(words, at, UNITS)
    return Number(value, at + 1) if value else None


def _article(words: Sequence[str], at: int) -> Number | None:
    return Number(1, at + 1) if at < len(words) and words[at] in ARTICLES else None


def _figures(words: Sequence[str], at: int) -> Number | None:
    return Number(int(words[at]), at + 1) if at < len(words) and _FIGURES.fullmatch(words[at]) else None


def _after_and(words: Sequence[str], at: int) -> int:
    return at + 1 if words[at : at + 1] == ["og"] else at


def _value(words: Sequence[str], at: int, table: dict[str, int]) -> int:
    """What a word is worth in a table; 0: nothing."""
    return table.get(words[at], 0) if at < len(words) else 0
