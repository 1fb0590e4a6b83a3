"""Narrowing a search, putting its hits in order, and counting what there is to narrow by.

The index knows how many hits each interview and each speaker has; what an interview is stands in the database. So
filters and orders are made of the interviews, whatever the back end, and nothing is counted but what the reader sees.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive.database import LARGEST_ID
from archive.errors import NotFound
from archive.events import Event
from archive.interviews import Interview, Status
from archive.links import Link, LinkState
from archive.meetings.meeting import Meeting
from archive.organisation.interviews import InterviewUnit
from archive.people import Person, load_person
from archive.records import Record
from archive.records_found import in_decade
from archive.search.backend import NOBODY
from archive.search.holders import (
    event_of,
    is_interview,
    meeting_of,
    number_of_event,
    number_of_meeting,
    number_of_record,
    record_of,
)
from archive.units import Unit

Sort = Literal["relevance", "date", "place"]
Text = Literal["reviewed", "machine"]
MOST_PEOPLE = 100  # who are mentioned that a list offers
_AT_ONCE = 500  # ids in one question to the database


@dataclass(frozen=True, slots=True)
class Narrow:
    """What a search is narrowed to; None: anything."""

    speaker_id: int | None = None
    place: str | None = None
    decade: int | None = None  # in which the interview was held: 1990 is 1990 to 1999
    language: str | None = None
    text: Text | None = None
    interview_id: int | None = None
    about_decade: int | None = None  # that is spoken about
    person_id: int | None = None  # who is mentioned
    unit_id: int | None = None  # what the interview is about, whose archive the record is in, or what is linked to it

    @property
    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return all(getattr(self, each.name) is None for each in fields(self))

    def conditions(self) -> list[ColumnElement[bool]]:
        """What must hold for an interview."""
        made: list[ColumnElement[bool]] = []
        if self.place is not None:
            made.append(Interview.place == storable(self.place))
        if self.decade is not None:
            first = min(max(self.decade, 1), 9990)
            made.append(Interview.held_on.between(date(first, 1, 1), date(first + 9, 12, 31)))
        if self.language is not None:
            made.append(Interview.language == storable(self.language))
        if self.text is not None:
            reviewed = Interview.status == Status.REVIEWED
            made.append(reviewed if self.text == "reviewed" else ~reviewed)
        if self.interview_id is not None:
            made.append(Interview.id == _stored_id(self.interview_id))
        if self.unit_id is not None:
            about = select(InterviewUnit.interview_id).where(InterviewUnit.unit_id == _stored_id(self.unit_id))
            made.append(or_(Interview.id.in_(about), self._is_linked("interview", Interview.id)))
        return made

    def record_conditions(self) -> list[ColumnElement[bool]]:
        """What must hold for a record: nobody speaks in it, and it has no place, language or checked text."""
        of_interviews = (self.speaker_id, self.place, self.language, self.text, self.interview_id)
        if any(value is not None for value in of_interviews):
            return [false()]
        made = [] if self.decade is None else [in_decade(self.decade)]
        if self.unit_id is not None:
            made.append(or_(Record.unit_id == _stored_id(self.unit_id), self._is_linked("record", Record.id)))
        return made

    def event_conditions(self) -> list[ColumnElement[bool]]:
        """What must hold for an event: nobody speaks in it, and nothing was recorded; it has a place."""
        of_others = (self.speaker_id, self.decade, self.language, self.text, self.interview_id)
        if any(value is not None for value in of_others):
            return [false()]
        made = [] if self.place is None else [Event.place == storable(self.place)]
        return made if self.unit_id is None else [*made, self._is_linked("event", Event.id)]

    def _is_linked(self, kind: str, number: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Whether a thing of this kind is linked to the unit."""
        linked = _linked_units(kind).subquery()
        return number.in_(select(linked.c.number).where(linked.c.unit_id == _stored_id(self.unit_id or 0)))

    def meeting_conditions(self) -> list[ColumnElement[bool]]:
        """What must hold for a meeting: nobody is heard in it, and nothing was recorded; it has a place and a unit."""
        of_others = (self.speaker_id, self.decade, self.language, self.text, self.interview_id)
        if any(value is not None for value in of_others):
            return [false()]
        made = [] if self.place is None else [Meeting.place == storable(self.place)]
        if self.unit_id is None:
            return made
        met = Meeting.unit_id == _stored_id(self.unit_id)
        return [*made, or_(met, self._is_linked("meeting", Meeting.id))]


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that hits can be narrowed to, and how many of them would be left."""

    value: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What the hits can be narrowed by, the most frequent first; decades in their order."""

    speakers: tuple[Facet, ...] = ()
    places: tuple[Facet, ...] = ()
    decades: tuple[Facet, ...] = ()
    languages: tuple[Facet, ...] = ()
    texts: tuple[Facet, ...] = ()
    about_decades: tuple[Facet, ...] = ()
    people: tuple[Facet, ...] = ()
    units: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many hits there are, by interview and speaker, by the decades spoken about, by the people mentioned."""

    speakers: Counter[tuple[int, int]] = field(default_factory=Counter)
    decades: Counter[int] = field(default_factory=Counter)
    people: Counter[int] = field(default_factory=Counter)


def as_it_stands(session: Session, narrow: Narrow) -> Narrow:
    """The same, with who was merged into somebody else as that person: old addresses find what they found."""
    speaker_id, person_id = (_standing(session, number) for number in (narrow.speaker_id, narrow.person_id))
    if (speaker_id, person_id) == (narrow.speaker_id, narrow.person_id):
        return narrow
    return replace(narrow, speaker_id=speaker_id, person_id=person_id)


def _standing(session: Session, person_id: int | None) -> int | None:
    if person_id is None:
        return None
    try:
        return load_person(session, person_id).id
    except NotFound:
        return person_id  # it finds nothing


def facets_of(session: Session, counts: Counts) -> Facets:
    """What hits can be narrowed by, from how many there are."""
    hits: Counter[int] = Counter()
    speakers: Counter[int] = Counter()
    events: Counter[int] = Counter()
    meetings: Counter[int] = Counter()
    for (number, speaker_id), count in counts.speakers.items():
        kind = events if event_of(number) is not None else meetings if meeting_of(number) is not None else hits
        kind[number] += count
        speakers[speaker_id] += count
    del speakers[NOBODY]
    places: Counter[str] = Counter()
    decades: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    what = (Interview.id, Interview.place, Interview.held_on, Interview.language, Interview.status)
    for part in _parts(hits):
        for interview_id, place, held_on, language, status in session.execute(select(*what).where(what[0].in_(part))):
            count = hits[interview_id]
            places[place] += count
            decades[str(held_on.year // 10 * 10) if held_on else ""] += count
            languages[language] += count
            texts["reviewed" if status == Status.REVIEWED else "machine"] += count
    for part in _parts(event_of(number) or 0 for number in events):
        for event_id, place in session.execute(select(Event.id, Event.place).where(Event.id.in_(part))):
            places[place] += events[number_of_event(event_id)]
    for part in _parts(meeting_of(number) or 0 for number in meetings):
        for meeting_id, place in session.execute(select(Meeting.id, Meeting.place).where(Meeting.id.in_(part))):
            places[place] += meetings[number_of_meeting(meeting_id)]
    return Facets(
        _people(session, speakers.most_common()),
        _facets(places),
        tuple(sorted(_facets(decades), key=lambda facet: facet.value)),
        _facets(languages),
        _facets(texts),
        tuple(Facet(str(decade), str(decade), count) for decade, count in sorted(counts.decades.items())),
        _people(session, counts.people.most_common(MOST_PEOPLE)),
        _units(session, hits, events + meetings),
    )


def order_of(session: Session, sort: Sort, visible: Collection[int]) -> dict[int, int]:
    """The place of each interview, record, event and meeting in an order; empty where only the score counts."""
    if sort == "relevance":
        return {}
    interviews = session.execute(select(Interview.id, Interview.held_on, Interview.place))
    rows = [(number, day, place) for number, day, place in interviews if number in visible]
    records = session.execute(select(Record.id, Record.first_day))
    rows += [(number_of_record(each), day, "") for each, day in records if number_of_record(each) in visible]
    events = session.execute(select(Event.id, Event.first_day, Event.place))
    rows += [(number_of_event(each), day, place) for each, day, place in events if number_of_event(each) in visible]
    meetings = session.execute(select(Meeting.id, Meeting.first_day, Meeting.place))
    rows += [
        (number_of_meeting(each), day, place) for each, day, place in meetings if number_of_meeting(each) in visible
    ]
    newest_first = sorted(rows, key=lambda row: (row[1] is None, -row[1].toordinal() if row[1] else 0, row[0]))
    if sort == "place":
        newest_first.sort(key=lambda row: (row[2] == "", row[2].lower()))
    return {number: place for place, (number, _, _) in enumerate(newest_first)}


def _people(session: Session, counted: Collection[tuple[int, int]]) -> tuple[Facet, ...]:
    """People with their names; two of one name by the years they were born."""
    found: dict[int, tuple[str, int | None]] = {}
    for part in _parts(number for number, _ in counted):
        rows = session.execute(select(Person.id, Person.name, Person.birth_year).where(Person.id.in_(part)))
        found.update((number, (name, year)) for number, name, year in rows)
    often = Counter(name for name, _ in found.values())
    shown = {
        number: f"{name} (født {year})" if often[name] > 1 and year else name for number, (name, year) in found.items()
    }
    return tuple(Facet(str(number), shown[number], count) for number, count in counted if number in shown)


def _units(session: Session, hits: Counter[int], others: Counter[int]) -> tuple[Facet, ...]:
    """What the interviews among the hits are about, whose records these are, who met, and what any is linked to."""
    counted: Counter[tuple[int, str]] = Counter()
    of_interviews = union(select(InterviewUnit.interview_id, InterviewUnit.unit_id), _linked_units("interview"))
    of_records = union(select(Record.id, Record.unit_id), _linked_units("record"))
    of_meetings = union(select(Meeting.id, Meeting.unit_id), _linked_units("meeting"))
    for part in _parts((*hits, *others)):
        kinds = (
            (of_interviews, {number: number for number in part if is_interview(number)}),
            (of_records, {record_id: number for number in part if (record_id := record_of(number)) is not None}),
            (_linked_units("event"), {event_id: number for number in part if (event_id := event_of(number))}),
            (of_meetings, {meeting_id: number for number in part if (meeting_id := meeting_of(number))}),
        )
        for pairs, numbers in kinds:
            theirs = pairs.subquery()
            thing, unit_id = theirs.c[0], theirs.c[1]
            named = select(thing, Unit.id, Unit.name).join(Unit, Unit.id == unit_id).where(thing.in_(numbers))
            for found, *unit in session.execute(named) if numbers else ():
                number = numbers[found]
                counted[unit[0], unit[1]] += hits[number] or others[number]
    return tuple(Facet(str(unit_id), name, count) for (unit_id, name), count in counted.most_common())


def _linked_units(kind: str) -> Select[*tuple[Any, ...]]:
    """Pairs of a thing of this kind and a unit that it is linked to, from whichever side; each pair once."""
    ways = []
    for here, there in ("ab", "ba"):
        number, unit_id = getattr(Link, f"{here}_{kind}_id"), getattr(Link, f"{there}_unit_id")
        stands = and_(Link.state == LinkState.STANDS, number.is_not(None), unit_id.is_not(None))
        ways.append(select(number.label("number"), unit_id.label("unit_id")).where(stands))
    both = union(*ways).subquery()
    return select(both.c.number, both.c.unit_id)


def _stored_id(number: int) -> int:
    """A number that any database can compare with its ids."""
    return max(-1, min(number, LARGEST_ID))


def storable(text: str) -> str:
    """A text as a database can compare it: without what no database takes (NUL, halves of characters)."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _parts(ids: Iterable[int]) -> Iterable[list[int]]:
    every = list(ids)
    return (every[first : first + _AT_ONCE] for first in range(0, len(every), _AT_ONCE))


def _facets(counted: Counter[str]) -> tuple[Facet, ...]:
    return tuple(Facet(value, value, count) for value, count in counted.most_common() if value)
