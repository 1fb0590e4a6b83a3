"""Where an event may be spoken of: lines that name its people, its year or its matter. People decide; nothing is tied
by itself.

Precise before complete: one sign alone (the year, a name that people decided on, a word of the title) is not enough.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from archive.access import Viewer, events_visible_to, visible_to
from archive.events import Event, EventState
from archive.interviews import Interview
from archive.links import links_with, pairs_of
from archive.names import NameSuggestion, SuggestionState
from archive.people import Person, PersonAlias
from archive.search.analysis import tokens
from archive.search.decades import spoken_years, years_said
from archive.search.words import is_known_name
from archive.transcripts import Segment

ENOUGH = 3
_PERSON, _YEAR, _WORD, _MOST_WORDS = 2, 2, 1, 2
_LONGEST_YEARS = 3  # of a span whose single years are looked for
_SHORTEST_WORD = 5
NEAR_MS = 60_000  # a place so near to one that is tied already, or declined, says nothing new
MOST = 20
_MOST_LINES = 3_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line that may speak of something."""

    segment_id: int
    interview_id: int
    title: str  # the interview's
    start_ms: int
    text: str
    people: frozenset[int] = frozenset()  # whose names people decided are said in it


@dataclass(frozen=True, slots=True)
class Sought:
    """What to know of an event in order to find it spoken of."""

    event_id: int
    title: str
    dated: str
    years: frozenset[int]  # 1970 for 1970-tallet too: that is how the lines are read
    people: frozenset[int]
    words: tuple[frozenset[str], ...]  # of the title, each in the forms in which search compares it


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line that an event may be tied to, and why."""

    event_id: int
    title: str
    dated: str
    line: Line
    score: int
    why: tuple[str, ...]  # person, year, word


def for_event(session: Session, event: Event, viewer: Viewer, *, today: date) -> list[Suggestion]:
    """Lines of the interviews that the reader may see, in which this event may be spoken of; the likeliest first."""
    sought = _sought(session, [event])
    people = sought[0].people
    names = _names_of(session, people)
    ways: list[ColumnElement[bool]] = [Segment.id.in_(_decided(names))] if names else []
    ways += [Segment.text.contains(name, autoescape=True) for name in _full(names)]
    ways += [Segment.text.ilike(f"%{spelling}%") for year in sought[0].years for spelling in spoken_years(year)]
    if not ways:
        return []
    chosen = _lines().where(visible_to(viewer, today=today), or_(*ways)).limit(_MOST_LINES)
    lines = _read(session, chosen, names)
    return _open(session, suggest(lines, sought), "event", event.id)


def for_interview(session: Session, interview: Interview, viewer: Viewer) -> list[Suggestion]:
    """Events that the reader may see, and that a line of this interview may speak of; the likeliest first."""
    stands = select(Event).where(events_visible_to(viewer), Event.state == EventState.STANDS)
    events = session.scalars(stands).all()
    sought = _sought(session, events)
    names = _names_of(session, {person for each in sought for person in each.people})
    lines = _read(session, _lines().where(Interview.id == interview.id), names)
    return _open(session, suggest(lines, sought), "interview", interview.id)


def suggest(lines: Iterable[Line], sought: Sequence[Sought]) -> list[Suggestion]:
    """The lines in which something of what is sought may be spoken of, the likeliest first. Pure."""
    found = []
    for line in lines:
        said = years_said(line.text)
        maybe = [each for each in sought if each.years & said or each.people & line.people]
        if not maybe:
            continue
        words = frozenset().union(*_words(line.text))
        for each in maybe:
            shared = min(sum(not word.isdisjoint(words) for word in each.words), _MOST_WORDS)
            points = {
                "person": _PERSON * bool(each.people & line.people),
                "year": _YEAR * bool(each.years & said),
                "word": _WORD * shared,
            }
            score = sum(points.values())
            if score >= ENOUGH:
                why = tuple(sign for sign, worth in points.items() if worth)
                found.append(Suggestion(each.event_id, each.title, each.dated, line, score, why))
    return sorted(found, key=lambda one: (-one.score, one.line.interview_id, one.line.start_ms, one.event_id))


def years_of(first: date, last: date) -> frozenset[int]:
    """The years by which an event is found in what is said: its own, where they are few, else the decade that it is."""
    if last == date.max or last.year - first.year < _LONGEST_YEARS:
        end = first.year if last == date.max else last.year
        return frozenset(range(first.year, end + 1))
    is_decade = first.year % 10 == 0 and last.year == first.year + 9
    return frozenset({first.year}) if is_decade else frozenset()


def _words(text: str) -> tuple[frozenset[str], ...]:
    """The words of a text that say what it is about, each in the forms in which search compares it."""
    return tuple(
        frozenset(key.text for key in word.keys)
        for word in tokens(text)
        if len(word.word) >= _SHORTEST_WORD and not word.word.isdigit() and not is_known_name(word.word)
    )


def _sought(session: Session, events: Sequence[Event]) -> list[Sought]:
    people: dict[int, set[int]] = defaultdict(set)
    for event_id, person_id in pairs_of(session, "event", "person", [event.id for event in events]):
        people[event_id].add(person_id)
    return [
        Sought(
            event.id,
            event.title,
            event.dated,
            years_of(event.first_day, event.last_day),
            frozenset(people[event.id]),
            _words(event.title),
        )
        for event in events
    ]


def _names_of(session: Session, people: Collection[int]) -> dict[str, set[int]]:
    """Whose each name is, other names too."""
    if not people:
        return {}
    own = select(Person.name, Person.id).where(Person.id.in_(people))
    other = select(PersonAlias.name, PersonAlias.person_id).where(PersonAlias.person_id.in_(people))
    names: dict[str, set[int]] = defaultdict(set)
    for name, person_id in session.execute(own.union_all(other)):
        names[name].add(person_id)
    return names


def _decided(names: Collection[str]) -> Select[Any]:
    """The lines in which somebody decided that one of these names is meant."""
    return select(NameSuggestion.segment_id).where(
        NameSuggestion.state == SuggestionState.ACCEPTED,
        NameSuggestion.kind == "person",
        NameSuggestion.segment_id.is_not(None),
        NameSuggestion.name.in_(names),
    )


def _full(names: Iterable[str]) -> list[str]:
    """The names that say who is meant wherever they stand."""
    return [name for name in names if " " in name]


def _lines() -> Select[*tuple[Any, ...]]:
    what = (Segment.id, Segment.interview_id, Interview.title, Segment.start_ms, Segment.text)
    return select(*what).join(Segment.interview).order_by(Segment.interview_id, Segment.start_ms)


def _read(session: Session, chosen: Select[*tuple[Any, ...]], names: Mapping[str, Collection[int]]) -> list[Line]:
    """The lines, with whose names are in them: those that people decided on, and full names as they are written."""
    rows = session.execute(chosen).all()
    decided: dict[int, set[int]] = defaultdict(set)
    if names:
        for segment_id, name in session.execute(_decided(names).add_columns(NameSuggestion.name)):
            decided[segment_id].update(names[name])
    everything = "\n".join(row.text for row in rows)
    there = [name for name in _full(names) if name in everything]
    made = []
    for number, interview_id, title, start_ms, text in rows:
        written = {person for name in there if name in text for person in names[name]}
        made.append(Line(number, interview_id, title, start_ms, text, frozenset(written | decided.get(number, set()))))
    return made


def _open(session: Session, found: Iterable[Suggestion], kind: str, number: int) -> list[Suggestion]:
    """Those that nobody has said yes or no to there, each place once."""
    taken: dict[tuple[int, int], list[int]] = defaultdict(list)
    for link in links_with(session, kind, number):
        sides = {side.kind: side for side in (link.side("a"), link.side("b"))}
        if "event" in sides and "interview" in sides and sides["interview"].ms is not None:
            taken[sides["event"].id, sides["interview"].id].append(sides["interview"].ms)
    left = []
    for each in found:
        places = taken[each.event_id, each.line.interview_id]
        if all(abs(place - each.line.start_ms) > NEAR_MS for place in places):
            places.append(each.line.start_ms)
            left.append(each)
    return left[:MOST]
