"""What a text may be tied to: the events it may speak of, and the people and units whose names are in it. Pure.

Precise before complete. A name is a full name that only one in the register has. An event needs two signs in one line:
its year, a name of one who belongs to it, a word of its title.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from archive.link_looks import EVENT, PERSON, UNIT
from archive.search.analysis import Token, tokens
from archive.search.decades import years_said
from archive.search.mentions import Names
from archive.search.words import is_known_name

ENOUGH = 3
_PERSON, _YEAR, _WORD, _MOST_WORDS = 2, 2, 1, 2
_LONGEST_YEARS = 3  # of a span whose single years are looked for
_SHORTEST_WORD = 5
NEAR_MS = 60_000  # a place so near to another says nothing new
# Of one text. Beyond it, what is said once drowns what is said often.
MOST_PLACES = 5  # of one event
MOST_EVENTS = 20
MOST_NAMES = 15
# *ca. 1974* is no end of a sentence.
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÆØÅ«\"–-])|\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that may speak of something."""

    text: str
    ms: int | None = None  # where it begins, in an interview
    page: int | None = None  # of a record
    sentence: int = 0  # of the page, from 0
    names: tuple[str, ...] = ()  # that people decided are meant in it, whatever stands there


@dataclass(frozen=True, slots=True)
class Sought:
    """What to know of an event in order to find it spoken of."""

    event_id: int
    years: frozenset[int]  # 1970 for 1970-tallet too: that is how the lines are read
    people: frozenset[int]
    words: tuple[frozenset[str], ...]  # of the title, each in the forms in which search compares it


@dataclass(frozen=True)
class Known:
    """All that is looked for."""

    people: Names
    units: Names
    events: Sequence[Sought]
    of_year: dict[int, list[Sought]] = field(default_factory=lambda: defaultdict(list), repr=False)
    of_person: dict[int, list[Sought]] = field(default_factory=lambda: defaultdict(list), repr=False)

    def __post_init__(self) -> None:
        for each in self.events:
            for year in each.years:
                self.of_year[year].append(each)
            for person in each.people:
                self.of_person[person].append(each)


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text, and what the text may be tied to there."""

    kind: str  # event, person or unit
    id: int
    line: Line
    score: int  # of an event its signs; of a name in how many lines it stands
    why: tuple[str, ...]  # person, year, word: the signs of an event; name

    @property
    def key(self) -> tuple[str, int, int | None, int | None]:
        """What it is the same suggestion by, when the text is looked through again: a name wherever it stands."""
        place = (self.line.ms, self.line.page) if self.kind == EVENT else (None, None)
        return self.kind, self.id, *place


def find(lines: Iterable[Line], known: Known, *, but: Collection[tuple[str, int]] = ()) -> list[Found]:
    """What these lines may be tied to, the likeliest first; `but`: (kind, number) of what a text belongs to anyway."""
    names: dict[tuple[str, int], list[Line]] = defaultdict(list)
    events: list[Found] = []
    for line in lines:
        said = tokens(line.text)
        people = set(known.people.sure_in(line.text, said))
        people.update(*(known.people.sure_in(name, tokens(name)) for name in line.names))
        for kind, ids in ((PERSON, people), (UNIT, known.units.sure_in(line.text, said))):
            for number in ids:
                names[kind, number].append(line)
        events += _events_in(line, said, people, known)
    named = [
        Found(kind, number, those[0], len(those), ("name",))
        for (kind, number), those in names.items()
        if (kind, number) not in but
    ]
    return [*_apart(events), *sorted(named, key=_likeliest)[:MOST_NAMES]]


def _events_in(line: Line, said: Sequence[Token], people: set[int], known: Known) -> Iterable[Found]:
    years = years_said(line.text)
    maybe = {each.event_id: each for year in years for each in known.of_year.get(year, ())}
    maybe |= {each.event_id: each for person in people for each in known.of_person.get(person, ())}
    words = frozenset[str]().union(*_telling(said)) if maybe else frozenset()
    for each in maybe.values():
        shared = min(sum(not word.isdisjoint(words) for word in each.words), _MOST_WORDS)
        points = {
            "person": _PERSON * bool(each.people & people),
            "year": _YEAR * bool(each.years & years),
            "word": _WORD * shared,
        }
        score = sum(points.values())
        if score >= ENOUGH:
            yield Found(EVENT, each.event_id, line, score, tuple(sign for sign, worth in points.items() if worth))


def _apart(found: Iterable[Found]) -> list[Found]:
    """The likeliest places of each event, none near another of it."""
    places: dict[int, list[Found]] = defaultdict(list)
    kept: list[Found] = []
    for each in sorted(found, key=_likeliest):
        others = places[each.id]
        if len(others) < MOST_PLACES and not any(_is_near(each.line, other.line) for other in others):
            others.append(each)
            kept.append(each)
    return kept[:MOST_EVENTS]


def _is_near(one: Line, other: Line) -> bool:
    if one.ms is None or other.ms is None:
        return one.page == other.page
    return abs(one.ms - other.ms) <= NEAR_MS


def _likeliest(found: Found) -> tuple[int, int, int, int, str, int]:
    line = found.line
    return -found.score, line.page or 0, line.ms or 0, line.sentence, found.kind, found.id


def sentences_of(text: str) -> list[str]:
    """The lines of a page of a record, in which it is looked for what they speak of."""
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()]


def years_of(first: date, last: date) -> frozenset[int]:
    """The years by which an event is found in what is said: its own, where they are few, else the decade that it is."""
    if last == date.max or last.year - first.year < _LONGEST_YEARS:
        end = first.year if last == date.max else last.year
        return frozenset(range(first.year, end + 1))
    is_decade = first.year % 10 == 0 and last.year == first.year + 9
    return frozenset({first.year}) if is_decade else frozenset()


def words_of(title: str) -> tuple[frozenset[str], ...]:
    """The words of an event's title by which it is found."""
    return _telling(tokens(title))


def _telling(said: Sequence[Token]) -> tuple[frozenset[str], ...]:
    """The words that say what a text is about, each in the forms in which search compares it."""
    return tuple(
        frozenset(key.text for key in word.keys)
        for word in said
        if len(word.word) >= _SHORTEST_WORD and not word.word.isdigit() and not is_known_name(word.word)
    )
