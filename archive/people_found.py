"""Finding people, and what the archive holds of one: for this reader's eyes, with nothing of what is closed to him."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from archive.access import Viewer, events_visible_to, meetings_visible_to, visible_to
from archive.accounts import Role
from archive.errors import NotFound
from archive.interviews import Interview, Part, Participation, Status
from archive.meetings.cases import MeetingCase
from archive.names import NameSuggestion, SuggestionState
from archive.names.sound import likeness, neighbours, skeleton, sounds
from archive.offices import Office
from archive.people import Person, PersonAlias, load_person, name_key
from archive.transcripts import Segment

# How alike two names must sound; found by trying the register's own names against what people write.
ENOUGH_ALIKE = 0.78
MOST_ALIKE = 12
MOST_MENTIONS = 100
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ"
_ORDER = {letter: place for place, letter in enumerate(LETTERS.casefold())}


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as a list shows it."""

    id: int
    name: str
    born: str  # EDTF, as `died`
    died: str
    aliases: tuple[str, ...]

    @property
    def letter(self) -> str:
        """The letter that the last name begins with; `#` for another sign."""
        last = self.name.split()[-1].casefold().replace("aa", "å") if self.name.split() else ""
        return last[:1].upper() if last[:1].upper() in LETTERS and last else "#"


@dataclass(frozen=True, slots=True)
class Speaks:
    """An interview that a person takes part or speaks in."""

    interview: Interview
    parts: tuple[Part, ...]
    talking_ms: int
    first_ms: int | None  # where the first of it begins; None: says nothing there, as far as anybody has written


@dataclass(frozen=True, slots=True)
class Mention:
    """A line in which somebody decided that this person is named."""

    interview_id: int
    title: str
    segment_id: int
    start_ms: int
    text: str


def known_to(viewer: Viewer, *, today: date) -> ColumnElement[bool]:
    """The condition on `Person` that holds for the people this reader may know of.

    A visitor knows those who take part or speak in what is open. A member knows those of what members see, whoever is
    named there, whoever holds or held an office, whoever belongs to an event that he sees, and whoever presented a case
    of a meeting that he sees. What is closed to a reader makes nobody known.
    """
    stands = Person.merged_into_id.is_(None)
    if viewer.role.at_least(Role.SECRETARY):
        return stands
    allowed = held_and_visible(viewer, today)
    takes_part = exists(
        select(Participation.id).join(Participation.interview).where(Participation.person_id == Person.id, allowed)
    )
    speaks = exists(select(Segment.id).join(Segment.interview).where(Segment.speaker_id == Person.id, allowed))
    if not viewer.role.at_least(Role.MEMBER):
        return and_(stands, or_(takes_part, speaks))
    other_names = select(PersonAlias.name).where(PersonAlias.person_id == Person.id)
    named = exists(
        select(NameSuggestion.id)
        .join(Interview, Interview.id == NameSuggestion.interview_id)
        .where(_decided(), or_(NameSuggestion.name == Person.name, NameSuggestion.name.in_(other_names)), allowed)
    )
    holds_office = exists(select(Office.id).where(Office.person_id == Person.id))
    presented = exists(
        select(MeetingCase.id)
        .join(MeetingCase.meeting)
        .where(MeetingCase.presented_by_id == Person.id, meetings_visible_to(viewer))
    )
    return and_(stands, or_(takes_part, speaks, named, holds_office, presented, _belongs_to_event(viewer)))


def held_and_visible(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """The interviews that a person's page may speak of: held, and this reader's to see."""
    return and_(visible_to(viewer, today=today), Interview.status != Status.PLANNED)


def _decided() -> ColumnElement[bool]:
    return and_(
        NameSuggestion.state == SuggestionState.ACCEPTED,
        NameSuggestion.kind == "person",
        NameSuggestion.segment_id.is_not(None),
    )


def _belongs_to_event(viewer: Viewer) -> ColumnElement[bool]:
    from archive.links import tied_to  # here, since links rest on the people too

    return Person.id.in_(tied_to("person", "event", events_visible_to(viewer)))


def load_known(session: Session, person_id: int, viewer: Viewer, *, today: date) -> Person:
    """A person whom this reader may know of; of one that was merged, the one it was merged into.

    Raises:
        NotFound: there is none, or not for this reader.
    """
    person = load_person(session, person_id)
    if session.scalar(select(Person.id).where(Person.id == person.id, known_to(viewer, today=today))) is None:
        raise NotFound("person", person_id)
    return person


def list_people(session: Session, viewer: Viewer, *, today: date) -> list[Listed]:
    """Everybody whom this reader may know of, by last name as a Norwegian sorts; two questions, however many."""
    known = select(Person.id, Person.name, Person.born, Person.died).where(known_to(viewer, today=today))
    rows = session.execute(known).all()
    aliases: dict[int, list[str]] = {}
    for person_id, name in session.execute(
        select(PersonAlias.person_id, PersonAlias.name).order_by(PersonAlias.person_id, PersonAlias.id)
    ):
        aliases.setdefault(person_id, []).append(name)
    found = [Listed(id, name, born, died, tuple(aliases.get(id, ()))) for id, name, born, died in rows]
    return sorted(found, key=sort_key)


def sort_key(person: Listed) -> tuple[list[int], int]:
    """Last name first, æ, ø and å last; *aa* in a name is an å, as in the telephone book."""
    *first, last = person.name.casefold().replace("aa", "å").split() or [""]
    letters = " ".join([last, *first])
    return [_ORDER.get(letter, -1 if letter == " " else 100 + ord(letter)) for letter in letters], person.id


def search_people(people: Iterable[Listed], typed: str) -> tuple[list[Listed], list[Listed]]:
    """Those of whose names every typed word begins a word, and those of whose names every word sounds alike."""
    words = name_key(typed).split()
    if not words:
        return list(people), []
    spelt, rest = [], []
    for person in people:
        names = [name_key(name).replace("-", " ").split() for name in (person.name, *person.aliases)]
        if any(all(any(part.startswith(word) for part in name) for word in words) for name in names):
            spelt.append(person)
        else:
            rest.append((person, names))
    heard = [sounds(word) for word in words]
    scored = [
        (score, person)
        for person, names in rest
        if (score := max(_alike(heard, name) for name in names)) >= ENOUGH_ALIKE
    ]
    scored.sort(key=lambda each: -each[0])
    return spelt, [person for _, person in scored[:MOST_ALIKE]]


def _alike(heard: Sequence[str], name: Sequence[str]) -> float:
    """How alike the least alike of the typed words is to the word of the name that is nearest to it."""
    least = 1.0
    for each in heard:
        if len(each) < 2:  # a letter sounds like every other
            return 0.0
        least = min(least, max((_likeness(each, part) for part in name), default=0.0))
        if least < ENOUGH_ALIKE:
            return 0.0
    return least


@lru_cache(maxsize=20_000)  # a register has some thousand parts of names, and they come again and again
def _likeness(heard: str, part: str) -> float:
    other = sounds(part)
    if _neighbours(heard).isdisjoint(_neighbours(other)):  # too few consonants in common: measuring takes longer
        return 0.0
    return likeness(heard, other, ENOUGH_ALIKE)


@lru_cache(maxsize=20_000)
def _neighbours(heard: str) -> frozenset[str]:
    return frozenset(neighbours(skeleton(heard)))


def speaks_in(session: Session, person: Person, viewer: Viewer, *, today: date) -> list[Speaks]:
    """The interviews that a person takes part or speaks in, as far as this reader may see them, newest first."""
    allowed = held_and_visible(viewer, today)
    parts: dict[int, list[Part]] = {}
    for interview_id, part in session.execute(
        select(Participation.interview_id, Participation.part)
        .join(Participation.interview)
        .where(Participation.person_id == person.id, allowed)
        .order_by(Participation.id)
    ):
        parts.setdefault(interview_id, []).append(part)
    talking = {
        interview_id: (talking_ms, first_ms)
        for interview_id, talking_ms, first_ms in session.execute(
            select(Segment.interview_id, func.sum(Segment.end_ms - Segment.start_ms), func.min(Segment.start_ms))
            .join(Segment.interview)
            .where(Segment.speaker_id == person.id, allowed)
            .group_by(Segment.interview_id)
        )
    }
    chosen = select(Interview).where(Interview.id.in_([*parts, *talking]), allowed)
    rows = session.scalars(chosen.order_by(Interview.held_on.desc().nulls_last(), Interview.id.desc()))
    return [
        Speaks(
            each,
            tuple(parts.get(each.id, ())),
            int(talking.get(each.id, (0, None))[0]),
            talking.get(each.id, (0, None))[1],
        )
        for each in rows
    ]


def mentions_of(
    session: Session, person: Person, viewer: Viewer, *, today: date, most: int = MOST_MENTIONS
) -> list[Mention]:
    """The lines in which somebody decided that this person is named, in what this reader may see."""
    names = [person.name, *(alias.name for alias in person.aliases)]
    rows = session.execute(
        select(Interview.id, Interview.title, Segment.id, Segment.start_ms, Segment.text, Interview.held_on)
        .select_from(NameSuggestion)
        .join(Segment, Segment.id == NameSuggestion.segment_id)
        .join(Interview, Interview.id == Segment.interview_id)
        .where(_decided(), NameSuggestion.name.in_(names), held_and_visible(viewer, today))
        .order_by(Interview.held_on.desc().nulls_last(), Interview.id.desc(), Segment.start_ms)
        .distinct()
        .limit(most)
    )
    return [Mention(*row[:5]) for row in rows]


def likely_same(people: Sequence[Listed], person: Person, *, most: int = 8) -> list[Listed]:
    """Who else in the register may be the same person: like in name, and nothing else speaks against it."""
    own = [
        [sounds(part) for part in name_key(name).split()]
        for name in (person.name, *(alias.name for alias in person.aliases))
    ]
    scored = []
    for other in people:
        if other.id == person.id:
            continue
        names = [name_key(name).split() for name in (other.name, *other.aliases)]
        score = max((_alike(heard, name) for heard in own for name in names), default=0.0)
        if score >= ENOUGH_ALIKE:
            scored.append((score, other))
    scored.sort(key=lambda each: -each[0])
    return [other for _, other in scored[:most]]
