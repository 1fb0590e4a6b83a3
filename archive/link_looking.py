"""Looking texts through for links to suggest: what changed is looked at, and what was found is kept as rows.

Texts are looked through one at a time. A name or an event that changed sends the texts in which it may stand, or was
found, to be looked through; so one thing alone decides what is suggested (`archive.link_finding`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive.database import Database
from archive.events import Event, EventState
from archive.interviews import UNDER_WAY, Interview, Participation
from archive.link_finding import Found, Known, Line, Sought, find, sentences_of, words_of, years_of
from archive.link_kinds import word_in
from archive.link_looks import EVENT, INTERVIEW, PERSON, RECORD, UNIT, LinkLook
from archive.link_suggestions import SOUGHT, TEXTS, LinkSuggestion
from archive.links import pairs_of
from archive.names import NameSuggestion, SuggestionState
from archive.organisation.interviews import InterviewUnit
from archive.people import every_name
from archive.records import Record, RecordPage, RecordVersion
from archive.search.analysis import words_in
from archive.search.decades import spoken_years
from archive.search.mentions import Names
from archive.transcripts import Segment
from archive.units import Unit, UnitKind

# What the whole archive speaks of, and what is a place before it is a unit.
NOT_SOUGHT = (UnitKind.CENTRAL_PARTY, UnitKind.COUNTY_BRANCH, UnitKind.MUNICIPALITY)
# So many names and years are looked for in the texts' own rows; of more than that, all texts are looked through.
_MOST_WAYS = 60
_MOST_CHANGED = 5_000  # that are looked at together
_AT_ONCE = 500

_SHOWN = and_(RecordVersion.record_id == Record.id, RecordVersion.number == Record.current_number)
_Text = tuple[str, int]  # kind and number


class Looker:
    """Looks at what waits. What is looked for is read once for many texts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Known | None = None

    def step(self, *, now: datetime) -> bool:
        """Look at the next; False where nothing waits. No session is open while a text is looked through."""
        with self._database.read() as session:
            changed = _changed(session)
            text = None if changed else _next_text(session)
            if self._known is None or changed:
                self._known = read_known(session) if changed or text else None
            read = _read(session, text) if text else None
        if changed:
            assert self._known is not None  # noqa: S101 - read above
            _spread(self._database, changed, self._known, now)
        if text is None or read is None or self._known is None:
            return bool(changed)
        found = find(read.lines, self._known, but=read.belongs)
        if not _keep(self._database, text, read.looks, found, now):
            self._known = None  # somebody took away what was found, between reading and writing
        return True


def read_known(session: Session) -> Known:
    """All that is looked for, as the registers are now."""
    events = session.scalars(select(Event).where(Event.state == EventState.STANDS)).all()
    people: dict[int, set[int]] = defaultdict(set)
    for event_id, person_id in pairs_of(session, EVENT, PERSON, select(Event.id)):
        people[event_id].add(person_id)
    sought = [
        Sought(
            each.id,
            years_of(each.first_day, each.last_day),
            frozenset(people[each.id]),
            words_of(each.title),
        )
        for each in events
    ]
    return Known(Names(every_name(session)), Names(_unit_names(session)), sought)


def _unit_names(session: Session) -> Iterator[tuple[int, str, bool]]:
    units = select(Unit.id, Unit.name, Unit.former_names).where(Unit.kind.not_in(NOT_SOUGHT)).order_by(Unit.id)
    for number, name, former in session.execute(units):
        yield number, name, False
        yield from ((number, str(each[0]), False) for each in former)


# One text -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as it is looked through."""

    looks: Sequence[int]  # the rows that asked for it
    lines: Sequence[Line]
    belongs: Collection[tuple[str, int]]  # whom and what it is by or about, as people wrote down


def _next_text(session: Session) -> _Text | None:
    """The text that has waited longest; one that the machine still writes has time."""
    waits = (
        select(LinkLook.kind, LinkLook.thing_id)
        .outerjoin(Interview, and_(LinkLook.kind == INTERVIEW, Interview.id == LinkLook.thing_id))
        .where(LinkLook.kind.in_(TEXTS), or_(Interview.id.is_(None), Interview.status.not_in(UNDER_WAY)))
    )
    row = session.execute(waits.order_by(LinkLook.id).limit(1)).first()
    return (row.kind, row.thing_id) if row else None


def _read(session: Session, text: _Text) -> _Read:
    kind, number = text
    looks = session.scalars(select(LinkLook.id).where(LinkLook.kind == kind, LinkLook.thing_id == number)).all()
    if kind == INTERVIEW:
        return _Read(looks, list(_lines_said(session, number)), _belongs_to_interview(session, number))
    record = session.get(Record, number)
    theirs = {PERSON: record.person_id, UNIT: record.unit_id} if record else {}
    return _Read(looks, list(_lines_written(session, number)), {(key, each) for key, each in theirs.items() if each})


def _lines_said(session: Session, interview_id: int) -> Iterator[Line]:
    rows = select(Segment.id, Segment.start_ms, Segment.text).where(Segment.interview_id == interview_id)
    meant = _decided(session, interview_id)
    for number, ms, text in session.execute(rows.order_by(Segment.start_ms, Segment.id)):
        yield Line(text, ms=ms, names=tuple(meant.get(number, ())))


def _decided(session: Session, interview_id: int) -> dict[int | None, list[str]]:
    """The people whom somebody decided to be named in lines, by the line."""
    names: dict[int | None, list[str]] = defaultdict(list)
    rows = select(NameSuggestion.segment_id, NameSuggestion.name).where(
        NameSuggestion.interview_id == interview_id,
        NameSuggestion.segment_id.is_not(None),
        NameSuggestion.state == SuggestionState.ACCEPTED,
        NameSuggestion.kind == "person",
    )
    for segment_id, name in session.execute(rows):
        names[segment_id].append(name)
    return names


def _belongs_to_interview(session: Session, interview_id: int) -> set[tuple[str, int]]:
    """Who takes part or speaks in it, and what it is about."""
    columns = (
        (PERSON, Participation.person_id, Participation.interview_id),
        (PERSON, Segment.speaker_id, Segment.interview_id),
        (UNIT, InterviewUnit.unit_id, InterviewUnit.interview_id),
    )
    found: set[tuple[str, int]] = set()
    for kind, theirs, interview in columns:
        numbers = session.scalars(select(theirs).where(interview == interview_id).distinct())
        found.update((kind, number) for number in numbers if number is not None)
    return found


def _lines_written(session: Session, record_id: int) -> Iterator[Line]:
    pages = select(RecordPage.number, RecordPage.text).join(RecordVersion, RecordPage.version_id == RecordVersion.id)
    pages = pages.join(Record, _SHOWN).where(Record.id == record_id, RecordPage.text != "")
    for page, text in session.execute(pages.order_by(RecordPage.number)):
        yield from (Line(said, page=page, sentence=place) for place, said in enumerate(sentences_of(text)))


def _keep(database: Database, text: _Text, looks: Sequence[int], found: Sequence[Found], now: datetime) -> bool:
    """Let the rows of a text be what was found, and those that were there before keep their age; False: look again.

    Who takes the asking rows away writes, so two workers that looked at once never keep the same twice.
    """
    with database.write() as session:
        try:
            if _take_away(session, looks) and _is_there(session, text):
                _write(session, text, found, now)
            session.commit()
        except IntegrityError:
            session.rollback()
            return False
    return True


def _is_there(session: Session, text: _Text) -> bool:
    kind, number = text
    return session.get(Interview if kind == INTERVIEW else Record, number) is not None


def _write(session: Session, text: _Text, found: Sequence[Found], now: datetime) -> None:
    kind, number = text
    theirs = select(LinkSuggestion).where(getattr(LinkSuggestion, f"{kind}_id") == number)
    there = {_key(row): row for row in session.scalars(theirs)}
    for each in found:
        row = there.pop(each.key, None)
        if row is None:
            row = LinkSuggestion(found_at=now, **{f"{kind}_id": number, f"{each.kind}_id": each.id})
            session.add(row)
        row.ms, row.page, row.sentence = each.line.ms, each.line.page, each.line.sentence
        row.score, row.why = each.score, list(each.why)
    for row in there.values():
        session.delete(row)
    session.flush()


def _key(row: LinkSuggestion) -> tuple[str, int, int | None, int | None]:
    """As `Found.key`."""
    place = (row.ms, row.page) if row.event_id is not None else (None, None)
    return row.thing.kind, row.thing.id, *place


# What is looked for has changed ---------------------------------------------------------------------------------------


def _changed(session: Session) -> list[LinkLook]:
    return list(
        session.scalars(select(LinkLook).where(LinkLook.kind.in_(SOUGHT)).order_by(LinkLook.id).limit(_MOST_CHANGED))
    )


def _spread(database: Database, changed: Sequence[LinkLook], known: Known, now: datetime) -> None:
    """Have the texts looked through in which what changed may be named, or was found."""
    numbers = {kind: {each.thing_id for each in changed if each.kind == kind} for kind in SOUGHT}
    events = [each for each in known.events if each.event_id in numbers[EVENT]]
    people = numbers[PERSON].union(*(each.people for each in events))
    names = {*known.people.of(people), *known.units.of(numbers[UNIT])}
    names |= {tuple(words) for each in changed if (words := words_in(each.name))}
    years = sorted(frozenset[int]().union(*(each.years for each in events)))
    with database.read() as session:
        texts = _found_in(session, numbers)
        if len(names) + len(years) > _MOST_WAYS:
            texts |= {(INTERVIEW, number) for number in session.scalars(select(Interview.id))}
            texts |= {(RECORD, number) for number in session.scalars(select(Record.id))}
        elif names or years:
            texts |= _that_may_name(session, names, years)
    with database.write() as session:
        if _take_away(session, [each.id for each in changed]) and texts:
            session.execute(
                insert(LinkLook),
                [{"kind": kind, "thing_id": number, "name": "", "at": now} for kind, number in sorted(texts)],
            )
        session.commit()


def _found_in(session: Session, numbers: dict[str, set[int]]) -> set[_Text]:
    """The texts in which these were found before."""
    texts: set[_Text] = set()
    for kind, ids in numbers.items():
        rows = select(LinkSuggestion.interview_id, LinkSuggestion.record_id).distinct()
        for row in session.execute(rows.where(getattr(LinkSuggestion, f"{kind}_id").in_(ids))):
            texts |= {(text, number) for text, number in zip(TEXTS, row, strict=True) if number is not None}
    return texts


def _that_may_name(session: Session, names: Iterable[Sequence[str]], years: Iterable[int]) -> set[_Text]:
    """The texts in which the first and the last word of a name stand in one piece, or one of these years."""
    said = select(Segment.interview_id).where(_may_name(Segment.text, names, years)).distinct()
    written = select(RecordVersion.record_id).join(RecordPage, RecordPage.version_id == RecordVersion.id)
    written = written.join(Record, _SHOWN).where(_may_name(RecordPage.text, names, years)).distinct()
    return {
        *((INTERVIEW, number) for number in session.scalars(said)),
        *((RECORD, number) for number in session.scalars(written)),
    }


def _may_name(text: Any, names: Iterable[Sequence[str]], years: Iterable[int]) -> ColumnElement[bool]:
    has = word_in(text)
    ways = [and_(*(has(word) for word in {words[0], words[-1]})) for words in names]
    ways += [has(spelling) for year in years for spelling in spoken_years(year)]
    return or_(*ways)


def _take_away(session: Session, looks: Sequence[int]) -> bool:
    """Whether these rows were there; they are gone now."""
    gone = 0
    for start in range(0, len(looks), _AT_ONCE):
        rows = delete(LinkLook).where(LinkLook.id.in_(looks[start : start + _AT_ONCE]))
        gone += session.execute(rows, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
    return gone > 0
