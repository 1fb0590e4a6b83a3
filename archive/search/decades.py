"""The decades that somebody speaks about: years and decades in digits and in Norwegian words. Pure.

Precise before complete: a number is a year only where nothing makes it a sum, a time of day or somebody's age, and two
digits (*i 73, i syttitre*) only right behind a word that asks for a year.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from archive.search.words import function_words

FIRST, LAST = 1900, 2039
_OLDEST_SHORT = 30  # *i 73* is 1973; below this it is as likely a number of something

_WORTH_READING = re.compile(r"\d\d|nitten|tjue|tyve|tusen|tretti|tredve|ørti|femti|seksti|sytti|søtti|åtti|nitti", re.I)
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_HYPHENS = re.compile(r"[-\u2010-\u2014]")
_STOP = re.compile(r"\s*[.,;:!?)\]»”\"…\n]|\s+[-\u2013\u2014]\s|\s*$")
_APOSTROPHE = re.compile(r"\s+['’‘´`-]?$")

_ONES = {"en": 1, "ett": 1, "ein": 1, "to": 2, "tre": 3, "fire": 4, "fem": 5, "seks": 6, "sju": 7, "syv": 7}
_ONES |= {"åtte": 8, "ni": 9}
_TENS = {"tjue": 20, "tyve": 20, "tretti": 30, "tredve": 30, "førti": 40, "femti": 50, "seksti": 60, "sytti": 70}
_TENS |= {"søtti": 70, "åtti": 80, "nitti": 90}
_TEENS = {"ti": 10, "elleve": 11, "tolv": 12, "tretten": 13, "fjorten": 14, "femten": 15, "seksten": 16}
_TEENS |= {"sytten": 17, "søtten": 17, "atten": 18, "nitten": 19}
_MOST_TOKENS = 6  # *nitten hundre og tre og sytti*

_DECADE = frozenset("tallet talet tallene tala".split())
_DECADE_OR_AGE = frozenset("åra årene årane åran".split())
_AND = frozenset("og eller til å".split())

_MONTHS = "januar februar mars april mai juni juli august september oktober november desember"
_SEASONS = "høsten hausten våren sommeren sommaren sommarn vinteren vintern jula påska året valget valet valgkampen"
# A year follows: two digits are enough.
_CUES = frozenset(f"i fra frå siden sia sidan {_SEASONS} {_MONTHS}".split())
_ROUND_CUES = _CUES | frozenset("år før etter til innen rundt mot etterpå".split())  # *før 2000*
_NO_CUE = frozenset("opp ned oppe nede fart hastighet delt deles rykket rykte kjørte".split())  # *kjørte opp i 80*
# Behind these stands a number of another kind.
_NO_YEAR_AFTER = frozenset(
    "kl klokka klokken klokko nr nummer side sidene kr tlf telefon mobil paragraf sak saksnummer kapittel postnummer "
    "postboks boks kosta kostet koster kostar betalte betalt tjente tjent".split()
)
_CLOCK = frozenset("kl klokka klokken klokko".split())
# Before these stands how many there are.
_COUNTED = frozenset(
    "kr kroner krone kroners millioner million milliarder tusen mennesker menneske personer folk mann kvinner menn "
    "medlemmer medlemmar medlemer medlem stemmer røyster stemmene velgere veljarar innbyggere innbyggarar "
    "underskrifter signaturer meter meters m km kilometer cm mm mil kilo kg gram tonn liter mål dekar hektar "
    "kvadratmeter kubikk kubikkmeter arbeidere arbeidarar ansatte tilsette ganger gonger timer timar minutter minutt "
    "minuttar sekunder dager dagar dagsverk år uker veker måneder månader år åringer stykker stk stykk prosent poeng "
    "eksemplarer løpesedler plakater brev bøker sider hus boliger leiligheter familier husstander bønder soldater "
    "watt volt hestekrefter barn elever studenter deltakere delegater sauer kyr griner dyr trær biler busser "
    "abonnenter lodd bilder ord spørsmål arbeidsplasser jobber plasser kommuner lag lokallag".split()
)
_MORE = frozenset("nye gamle norske unge store små andre flere faste betalende aktive gode levende".split())
_VERBS = frozenset(  # what may follow *i 73* beside the function words
    "begynte begynner starta startet start slutta sluttet meldte flytta flyttet reiste stilte valgte vant tapte stemte "
    "jobba jobbet arbeidet bodde satt sto stod møtte fant laget lagde hørte så ga gav døde ble blei vart va "
    "delte demonstrerte skjedde husker".split()
)
# *han var i 70-åra* is his age.
_PEOPLE = frozenset(
    "jeg eg æ han hun ho hu hainn du vi de dem dei mor far bestemor bestefar kona kone mannen kvinnen dama".split()
)
_IS = frozenset("er var va e blir vart vert ble nå langt godt kommet komme kommen".split())
_OLD = frozenset("mann menn kvinne kvinner dame damer kar karer folk gubbe gubber kjerring person personer".split())


class _Word(NamedTuple):
    """A word or a number, and the signs before it."""

    gap: str
    text: str


class _Number(NamedTuple):
    """A number that stands in one or more words: a year, or two digits."""

    value: int
    end: int  # the word behind it


def decades_said(text: str) -> tuple[int, ...]:
    """The decades that a text speaks about, in order: 1970 is 1970 to 1979. Empty where it names none."""
    return tuple(sorted({year // 10 * 10 for year in years_said(text)}))


def years_said(text: str) -> frozenset[int]:
    """The years that a text speaks about; of a whole decade its first one."""
    if not _WORTH_READING.search(text):
        return frozenset()
    words, rest = _words(text.lower())
    years = {year for place in range(len(words)) for year in _years_at(words, place, rest)}
    return frozenset(year for year in years if FIRST <= year <= LAST)


def spoken_years(year: int) -> list[str]:
    """Pieces of text of which one stands wherever a year is said: for looking before reading."""
    forms = [str(year)]
    if 1900 + _OLDEST_SHORT <= year < 2000:
        forms += [f" {year % 100}", *_two_digits(year % 100)]
    else:
        forms += [form for form, number in _spoken().items() if number == year]
    return forms


def _words(text: str) -> tuple[list[_Word], str]:
    """The words with the signs before each, and the signs behind the last. *syttitallet* is two words."""
    found: list[_Word] = []
    end = 0
    for match in _TOKEN.finditer(text):
        gap, word = text[end : match.start()], match.group()
        tail = next((each for each in (*_DECADE, *_DECADE_OR_AGE) if word.endswith(each)), "")
        if tail and word[: -len(tail)] in _spoken():
            found += [_Word(gap, word[: -len(tail)]), _Word("", tail)]
        else:
            found.append(_Word(gap, word))
        end = match.end()
    return found, text[end:]


def _years_at(words: Sequence[_Word], place: int, rest: str) -> Iterator[int]:
    number = _number(words, place)
    if number is None:
        return
    decade = list(_decades(words, place, number))
    if decade:
        yield from decade
    elif number.value >= FIRST:
        if _is_year(words, place, number, rest):
            yield number.value
            yield from _span(words, number)
    elif number.value >= _OLDEST_SHORT:
        yield from _short_years(words, place, rest)


def _number(words: Sequence[_Word], place: int) -> _Number | None:
    """The number that begins here, the longest there is; None for any other word, and for 3 or 5 digits."""
    first = words[place].text
    if first.isdigit():
        return _Number(int(first), place + 1) if len(first) in (2, 4) and first.isascii() else None
    if first not in _begins():
        return None
    known = _spoken()
    for end in range(min(place + _MOST_TOKENS, len(words)), place, -1):
        written = first + "".join((_joint(each.gap) or "?") + each.text for each in words[place + 1 : end])
        if written in known:
            return _Number(known[written], end)
    return None


def _joint(gap: str) -> str:
    return " " if gap.isspace() else "-" if _HYPHENS.fullmatch(gap) else ""


def _decades(words: Sequence[_Word], place: int, number: _Number) -> Iterator[int]:
    """*70-tallet*, *1970-åra*, *syttitallet*, and the first of *60- og 70-tallet*."""
    decade = _decade_of(number.value)
    if decade is None or number.end >= len(words):
        return
    gap, tail = words[number.end]
    if gap not in ("", " ") and not _HYPHENS.fullmatch(gap):
        return
    if tail in _DECADE or (tail in _DECADE_OR_AGE and not (number.value < 100 and _is_age(words, place))):
        yield decade
        before = _number(words, place - 2) if place >= 2 and words[place - 1].text in _AND else None
        if before and before.end == place - 1 and (first := _decade_of(before.value)) is not None:
            yield first


def _decade_of(number: int) -> int | None:
    """The decade that is called by a number; *1900-tallet* is a century, and *10-tallet* may be either."""
    if number % 10 or number == FIRST:
        return None
    return number if number > FIRST else 1900 + number if 20 <= number < 100 else None


def _is_age(words: Sequence[_Word], place: int) -> bool:
    before = [each.text for each in words[max(0, place - 4) : place]][::-1]
    if not before or before[0] != "i":
        return False
    if len(before) > 1 and before[1] in _OLD:
        return True
    if len(before) > 2 and before[1] in _PEOPLE:
        return before[2] in _IS
    return len(before) > 2 and before[1] in _IS and bool(_PEOPLE & set(before[2:4]))


def _is_year(words: Sequence[_Word], place: int, number: _Number, rest: str) -> bool:
    """Whether a number from 1900 on is a year: nothing before or behind it says otherwise."""
    before = words[place - 1].text if place else ""
    gap = words[place].gap
    if number.value > LAST or before in _NO_YEAR_AFTER or (place > 1 and words[place - 2].text in _CLOCK):
        return False
    if before.isdigit() and (gap.isspace() or gap in (",", ":")):
        return False
    if gap.endswith(("§", "#", "+")) or (place and not gap):
        return False
    spoken = not words[place].text.isdigit()
    doubtful = number.value % 100 == 0 or (spoken and number.end > place + 1 and number.value % 100 in (15, 30, 45))
    if doubtful and before not in _ROUND_CUES:
        return False
    behind = words[number.end : number.end + 2]
    if not behind:
        return not rest.lstrip().startswith(("%", "°", ",-"))
    if not behind[0].gap:
        return False
    if behind[0].text.isdigit():
        return behind[0].gap not in (".", ",", ":") and not behind[0].gap.isspace()
    if behind[0].gap.strip() in ("%", "°", ",-"):
        return False
    counted = [each.text for each in behind if not each.gap.strip(" -")]
    return not (counted and (counted[0] in _COUNTED or (counted[0] in _MORE and set(counted[1:]) & _COUNTED)))


def _span(words: Sequence[_Word], number: _Number) -> Iterator[int]:
    """The last year of *1968-72*."""
    if number.end < len(words) and _HYPHENS.fullmatch(words[number.end].gap):
        last = words[number.end].text
        if len(last) == 2 and last.isdigit() and int(last) > number.value % 100:
            yield number.value // 100 * 100 + int(last)


def _short_years(words: Sequence[_Word], place: int, rest: str) -> Iterator[int]:
    """*i 73*, *høsten '68*, *i 72 og 73*, *i syttitre*; none where the row of numbers ends in what is counted."""
    if place == 0 or words[place - 1].text not in _CUES or not _APOSTROPHE.match(words[place].gap):
        return
    if place > 1 and words[place - 2].text in _NO_CUE:
        return
    row = list(_row(words, place))
    if not row:
        return
    end = row[-1].end
    is_range = words[place - 1].text in ("fra", "frå") and len(row) > 1 and all(each.value % 10 == 0 for each in row)
    if not is_range and all(_OLDEST_SHORT <= each.value < 100 for each in row) and _may_end(words, end, rest):
        yield from (1900 + each.value for each in row)


def _row(words: Sequence[_Word], place: int) -> Iterator[_Number]:
    """The numbers that stand beside each other from here: *72, 73 og 74*."""
    number = _number(words, place)
    while number is not None:
        yield number
        place = number.end
        if place < len(words) and words[place].text in _AND and words[place].gap.isspace():
            place += 1
        elif place >= len(words) or not (words[place].gap.strip() == "," or _HYPHENS.fullmatch(words[place].gap)):
            return
        number = _number(words, place) if place < len(words) else None


def _may_end(words: Sequence[_Word], end: int, rest: str) -> bool:
    """Whether a year may end here: at a stop, or before a word that is not counted."""
    if end >= len(words):
        return _STOP.match(rest) is not None
    gap, following = words[end]
    if not gap:
        return False
    if not gap.isspace():
        return _STOP.match(gap) is not None and not (following.isdigit() and gap in (".", ",", ":"))
    return following != "av" and following not in _ONES and (following in function_words() or following in _VERBS)


@cache
def _spoken() -> dict[str, int]:
    """Every year and two-digit number as it is written in words, and 2000 to 2039."""
    two = {number: list(_two_digits(number)) for number in range(20, 100)}
    small = {value: [word for word, other in _ONES.items() if other == value] for value in range(1, 10)}
    small |= {value: [word for word, other in _TEENS.items() if other == value] for value in range(10, 20)}
    known = {form: number for number, forms in two.items() for form in forms}
    below = {**small, **two}
    for number, forms in below.items():
        known.update({year: 1900 + number for form in forms for year in _nineteen(form, number)})
        if number < LAST % 100 + 1:
            known.update({year: 2000 + number for form in forms for year in _two_thousand(form, number)})
    known.update(dict.fromkeys(("totusen", "to tusen"), 2000))
    return known


@cache
def _begins() -> frozenset[str]:
    """The first words of all numbers."""
    return frozenset(re.split("[ -]", form, maxsplit=1)[0] for form in _spoken())


def _two_digits(number: int) -> Iterator[str]:
    for ten in (word for word, value in _TENS.items() if value == number // 10 * 10):
        if number % 10 == 0:
            yield ten
        for one in (word for word, value in _ONES.items() if number % 10 and value == number % 10):
            yield from (f"{ten}{one}", f"{ten}-{one}", f"{one}og{ten}", f"{one} og {ten}", f"{one}-og-{ten}")


def _nineteen(form: str, number: int) -> Iterator[str]:
    if number >= 10:
        yield from (f"nitten{form}", f"nitten {form}", f"nitten-{form}")
    for hundred in ("nittenhundre", "nitten hundre"):
        yield from (f"{hundred}og{form}", f"{hundred} og {form}", f"{hundred}og {form}")
        yield from (f"{hundred}{form}", f"{hundred} {form}") if number >= 10 else ()


def _two_thousand(form: str, number: int) -> Iterator[str]:
    for thousand in ("totusen", "to tusen"):
        yield from (f"{thousand}og{form}", f"{thousand} og {form}", f"{thousand}og {form}")
    if number >= 10:
        yield from (f"tjue{form}", f"tjue {form}", f"tjue-{form}")
