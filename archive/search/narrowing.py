"""Narrowing a search, putting its hits in order, and counting what there is to narrow by.

The index knows how many hits each interview and each speaker has; what an interview is stands in the database. So
filters and orders are made of the interviews, whatever the back end, and nothing is counted but what the reader sees.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from archive.database import LARGEST_ID
from archive.interviews import Interview, Status
from archive.people import Person
from archive.search.backend import NOBODY

Sort = Literal["relevance", "date", "place"]
Text = Literal["reviewed", "machine"]
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

    @property
    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return all(getattr(self, each.name) is None for each in fields(self))

    def conditions(self) -> list[ColumnElement[bool]]:
        """What must hold for an interview."""
        made: list[ColumnElement[bool]] = []
        if self.place is not None:
            made.append(Interview.place == self.place)
        if self.decade is not None:
            first = min(max(self.decade, 1), 9990)
            made.append(Interview.held_on.between(date(first, 1, 1), date(first + 9, 12, 31)))
        if self.language is not None:
            made.append(Interview.language == self.language)
        if self.text is not None:
            reviewed = Interview.status == Status.REVIEWED
            made.append(reviewed if self.text == "reviewed" else ~reviewed)
        if self.interview_id is not None:
            made.append(Interview.id == min(self.interview_id, LARGEST_ID))
        return made


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


def facets_of(session: Session, counts: Mapping[tuple[int, int], int]) -> Facets:
    """Count hits, given by interview and speaker, by what is known of these."""
    hits: Counter[int] = Counter()
    speakers: Counter[int] = Counter()
    for (interview_id, speaker_id), count in counts.items():
        hits[interview_id] += count
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
    names: dict[int, str] = {}
    for part in _parts(speakers):
        named = select(Person.id, Person.name).where(Person.id.in_(part))
        names.update((number, name) for number, name in session.execute(named))
    return Facets(
        tuple(Facet(str(number), names[number], count) for number, count in speakers.most_common() if number in names),
        _facets(places),
        tuple(sorted(_facets(decades), key=lambda facet: facet.value)),
        _facets(languages),
        _facets(texts),
    )


def order_of(session: Session, sort: Sort, conditions: Iterable[ColumnElement[bool]]) -> dict[int, int]:
    """The place of each interview in an order; empty where only the score counts."""
    if sort == "relevance":
        return {}
    by_date = (Interview.held_on.is_(None), Interview.held_on.desc(), Interview.id)
    by_place = (Interview.place == "", func.lower(Interview.place), *by_date)
    wanted = select(Interview.id).where(*conditions).order_by(*(by_date if sort == "date" else by_place))
    return {interview_id: place for place, interview_id in enumerate(session.scalars(wanted))}


def _parts(ids: Iterable[int]) -> Iterable[list[int]]:
    every = list(ids)
    return (every[first : first + _AT_ONCE] for first in range(0, len(every), _AT_ONCE))


def _facets(counted: Counter[str]) -> tuple[Facet, ...]:
    return tuple(Facet(value, value, count) for value, count in counted.most_common() if value)
