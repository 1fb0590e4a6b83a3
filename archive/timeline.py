"""The history timeline: the events that a reader may see, by decade and year, and what they can be narrowed to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive.access import Viewer, events_visible_to
from archive.database import LARGEST_ID, is_possible_id
from archive.errors import NotFound
from archive.events import Event, EventState
from archive.link_kinds import KINDS
from archive.links import tied_to
from archive.people import Person
from archive.people_found import known_to
from archive.search.narrowing import storable
from archive.units import Unit

FIRST_OF_DECADE = 5  # events that each decade shows before one goes into it
MOST_REMEMBERED = 5
MOST_SHOWN = 100  # of one decade or year


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the timeline is narrowed to; None: anything."""

    place: str | None = None
    unit_id: int | None = None
    person_id: int | None = None

    def conditions(self, viewer: Viewer) -> list[ColumnElement[bool]]:
        """What holds for an event of it that the reader may see."""
        made = [events_visible_to(viewer)]
        if self.place is not None:
            made.append(Event.place == storable(self.place))
        for kind, number in (("unit", self.unit_id), ("person", self.person_id)):
            if number is not None:
                bounded = max(-1, min(number, LARGEST_ID))
                made.append(Event.id.in_(tied_to("event", kind, KINDS[kind].number == bounded)))
        return made


@dataclass(frozen=True, slots=True)
class Offered:
    """What the events that a reader may see can be narrowed to."""

    places: tuple[str, ...]
    units: tuple[tuple[int, str], ...]
    people: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Decade:
    """A decade and its first events."""

    first_year: int
    count: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The events of a decade or a year: those that begin in it, and those that began before and went on into it."""

    begun: Sequence[Event]
    earlier: Sequence[Event]


def load_event(session: Session, event_id: int, viewer: Viewer) -> Event:
    """One event.

    Raises:
        NotFound: it is not there, or not for this reader.
    """
    event = None
    if is_possible_id(event_id):
        event = session.scalar(select(Event).where(Event.id == event_id, events_visible_to(viewer)))
    if event is None:
        raise NotFound("event", event_id)
    return event


def decades(session: Session, viewer: Viewer, narrowed: Narrowed) -> list[Decade]:
    """Every decade that something begins in, each with its first events; two questions, however many."""
    chosen = select(Event.id, Event.first_day).where(*narrowed.conditions(viewer))
    rows = session.execute(chosen.order_by(Event.first_day, Event.last_day, Event.id)).all()
    numbers: dict[int, list[int]] = {}
    for number, first_day in rows:
        numbers.setdefault(first_day.year // 10 * 10, []).append(number)
    wanted = [number for each in numbers.values() for number in each[:FIRST_OF_DECADE]]
    found = {event.id: event for event in session.scalars(select(Event).where(Event.id.in_(wanted)))}
    return [
        Decade(first_year, len(each), tuple(found[number] for number in each[:FIRST_OF_DECADE]))
        for first_year, each in numbers.items()
    ]


def years(session: Session, viewer: Viewer, narrowed: Narrowed, first: date, last: date) -> Counter[int]:
    """How many events begin in each year of a stretch."""
    chosen = select(Event.first_day).where(*narrowed.conditions(viewer), Event.first_day.between(first, last))
    return Counter(day.year for day in session.scalars(chosen))


def stretch(session: Session, viewer: Viewer, narrowed: Narrowed, first: date, last: date) -> Stretch:
    """What begins between two days, and what had begun and was not over."""
    allowed = narrowed.conditions(viewer)
    ordered = select(Event).where(*allowed).order_by(Event.first_day, Event.last_day, Event.id).limit(MOST_SHOWN)
    begun = session.scalars(ordered.where(Event.first_day.between(first, last))).all()
    earlier = session.scalars(ordered.where(Event.first_day < first, Event.last_day >= first)).all()
    return Stretch(begun, earlier)


def every_event(session: Session, viewer: Viewer, narrowed: Narrowed) -> Sequence[Event]:
    """All that a reader may see, in order: for feeds."""
    chosen = select(Event).where(*narrowed.conditions(viewer))
    return session.scalars(chosen.order_by(Event.first_day, Event.last_day, Event.id)).all()


def years_ago(session: Session, viewer: Viewer, today: date, *, years: int = 50) -> list[Event]:
    """What happened so many years ago: in this month first, then in the rest of the year."""
    year = today.year - years
    if year < 1:
        return []
    begun = select(Event).where(
        events_visible_to(viewer),
        Event.first_day.between(date(year, 1, 1), date(year, 12, 31)),
        Event.last_day <= date(year, 12, 31),
    )
    found = session.scalars(begun.order_by(Event.first_day, Event.id)).all()
    return sorted(found, key=lambda each: _far(each, today.month))[:MOST_REMEMBERED]


def _far(event: Event, month: int) -> tuple[bool, date, int]:
    exactly = event.first_day.month == event.last_day.month == month
    return not exactly, event.first_day, event.id


def offered(session: Session, viewer: Viewer, *, today: date) -> Offered:
    """Places, units and people of the events that the reader may see, and of nothing else."""
    seen = events_visible_to(viewer)
    places = session.scalars(select(Event.place).where(seen, Event.place != "").distinct().order_by(Event.place))
    units = select(Unit.id, Unit.name).where(
        Unit.id.in_(tied_to("unit", "event", seen)), KINDS["unit"].visible(viewer, today)
    )
    people = select(Person.id, Person.name).where(
        Person.id.in_(tied_to("person", "event", seen)), known_to(viewer, today=today)
    )
    return Offered(
        tuple(places),
        tuple((number, name) for number, name in session.execute(units.order_by(Unit.name_key))),
        tuple((number, name) for number, name in session.execute(people.order_by(Person.name_key))),
    )


def suggested(session: Session, viewer: Viewer) -> Sequence[Event]:
    """The suggestions that this reader may decide, or made himself; the oldest first."""
    waiting = select(Event).where(events_visible_to(viewer), Event.state == EventState.SUGGESTED)
    return session.scalars(waiting.order_by(Event.id).limit(MOST_SHOWN)).all()
