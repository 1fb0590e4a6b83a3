"""Suggested links (foreslåtte koblinger): what the worker found in texts, waiting for people to say yes or no.

A row says only where something is named. Whether it still waits is asked of the links themselves each time: what is
tied, or was declined, is suggested no more, whoever did it and wherever; and when that is undone, it waits again.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.access import Viewer
from archive.accounts import Role, require_at_least
from archive.audit import note
from archive.database import Base, find_row
from archive.errors import NotFound
from archive.events import Event
from archive.interviews import Interview
from archive.link_finding import NEAR_MS, sentences_of
from archive.link_kinds import KINDS, Shown, Side
from archive.link_looks import EVENT, INTERVIEW, PERSON, RECORD, UNIT, LinkLook
from archive.links import Link, LinkState, add_link, columns_of, page_of
from archive.people import Person, PersonAlias
from archive.records import Record, RecordPage, RecordVersion
from archive.row_history import Touched, latest_change, note_changes
from archive.search.analysis import spans_in, words_in
from archive.transcripts import Segment
from archive.units import Unit

TEXTS = (INTERVIEW, RECORD)
SOUGHT = (EVENT, PERSON, UNIT)
_SIDES = (("a", "b"), ("b", "a"))
# All rows that are written in one go have the same columns.
_EMPTY: dict[str, Any] = dict.fromkeys(f"{side}_{kind}_id" for side in "ab" for kind in (*TEXTS, *SOUGHT))


def _one_of(kinds: Sequence[str]) -> str:
    return " + ".join(f"(CASE WHEN {kind}_id IS NULL THEN 0 ELSE 1 END)" for kind in kinds) + " = 1"


def _to(kind: str) -> ForeignKey:
    return ForeignKey(f"{kind}.id", ondelete="CASCADE")


class LinkSuggestion(Base):
    """A place in a text, and what may be tied to it. No words of the text stand here, so none outlive it."""

    __tablename__ = "link_suggestion"
    __table_args__ = (
        CheckConstraint(_one_of(TEXTS), name="one_text"),
        CheckConstraint(_one_of(SOUGHT), name="one_thing"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int | None] = mapped_column(_to("interview"), index=True)
    record_id: Mapped[int | None] = mapped_column(_to("record"), index=True)
    ms: Mapped[int | None]  # where the line begins, in an interview
    page: Mapped[int | None]  # of a record
    sentence: Mapped[int] = mapped_column(default=0)  # of the page, from 0
    event_id: Mapped[int | None] = mapped_column(_to("event"), index=True)
    person_id: Mapped[int | None] = mapped_column(_to("person"), index=True)
    unit_id: Mapped[int | None] = mapped_column(_to("unit"), index=True)
    score: Mapped[int]  # of an event its signs; of a name in how many lines it stands
    why: Mapped[list[Any]] = mapped_column(default=list)  # person, year, word: the signs of an event; name
    found_at: Mapped[datetime]

    @property
    def text(self) -> Side:
        """The text, and where in it."""
        if self.interview_id is not None:
            return Side(INTERVIEW, self.interview_id, ms=self.ms)
        assert self.record_id is not None  # noqa: S101 - the database has seen to it
        return Side(RECORD, self.record_id, page=self.page)

    @property
    def thing(self) -> Side:
        """What is named there."""
        numbers = {kind: getattr(self, f"{kind}_id") for kind in SOUGHT}
        return next(Side(kind, number) for kind, number in numbers.items() if number is not None)


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion as a page shows it: both sides, and the words that speak for it."""

    id: int
    thing: Shown
    text: Shown
    ms: int | None
    page: int | None
    segment_id: int | None
    said: str  # the line or sentence; "" where it was changed a moment ago
    marks: tuple[tuple[int, int], ...]  # the name in it
    score: int
    why: tuple[str, ...]


def suggestions(
    session: Session, viewer: Viewer, *, today: date, about: Side | None = None, first: int = 0, most: int
) -> tuple[int, list[Suggested]]:
    """How many suggestions this reader may answer, and some of them, the oldest first: as many questions whatever
    waits. `about`: only those that one thing is a side of, the likeliest first.
    """
    waits = select(LinkSuggestion).where(open_to(viewer, today=today))
    if about is not None:
        waits = waits.where(_column(about.kind) == about.id)
        order: tuple[Any, ...] = (LinkSuggestion.score.desc(), LinkSuggestion.id)
    else:
        order = (LinkSuggestion.found_at, LinkSuggestion.id)
    count = count_suggestions(session, viewer, today=today, about=about)
    rows = session.scalars(waits.order_by(*order).offset(first).limit(most)).all() if count else ()
    return count, _as_shown(session, rows, viewer, today)


def count_suggestions(session: Session, viewer: Viewer, *, today: date, about: Side | None = None) -> int:
    """How many wait for this reader. `about`: as `suggestions`; 0 for a kind that nothing is suggested for."""
    waits = select(func.count(LinkSuggestion.id)).where(open_to(viewer, today=today))
    if about is not None:
        if about.kind not in (*TEXTS, *SOUGHT):
            return 0
        waits = waits.where(_column(about.kind) == about.id)
    return session.scalar(waits) or 0


def as_papers(viewer: Viewer, *, today: date) -> Select[*tuple[Any, ...]]:
    """All that waits, as the desk asks: (id, what is named, in which text, since, 0), the oldest first."""
    named = func.coalesce(Event.title, Person.name, Unit.name)
    rows = select(
        LinkSuggestion.id, named, func.coalesce(Interview.title, Record.title), LinkSuggestion.found_at, literal(0)
    ).select_from(LinkSuggestion)
    for kind, table in ((EVENT, Event), (PERSON, Person), (UNIT, Unit), (INTERVIEW, Interview), (RECORD, Record)):
        rows = rows.outerjoin(table, _column(kind) == KINDS[kind].number)
    return rows.where(open_to(viewer, today=today)).order_by(LinkSuggestion.found_at, LinkSuggestion.id)


def load_suggestion(session: Session, number: int, viewer: Viewer, *, today: date) -> LinkSuggestion:
    """One suggestion that this reader may answer.

    Raises:
        NotFound: it is not there, was answered, or is not for this reader.
    """
    waits = select(LinkSuggestion.id).where(LinkSuggestion.id == number, open_to(viewer, today=today))
    found = find_row(session, LinkSuggestion, number)
    if found is None or session.scalar(waits) is None:
        raise NotFound("suggestion", number)
    return found


def answer(session: Session, suggestion: LinkSuggestion, *, accepted: bool, by: int | None, now: datetime) -> int:
    """Tie the two together, or remember that they are not to be; gives the number of the change, which can be undone.

    Raises:
        NotFound, NotAllowed: as `archive.links.add_link`.
    """
    state = LinkState.STANDS if accepted else LinkState.DECLINED
    link = add_link(session, suggestion.thing, suggestion.text, state=state, by=by, now=now)
    return latest_change(session, "link", link.id)


def decline_all(session: Session, about: Side, viewer: Viewer, *, today: date, now: datetime) -> int | None:
    """Remember that nothing that waits of one thing is to be tied; as many questions whatever waits.

    Gives the number of a change by which all of it is undone together; None where nothing waits.

    Raises:
        NotAllowed: whoever does it is no volunteer.
    """
    require_at_least(session, viewer.user_id, "decline_suggestions", Role.VOLUNTEER)
    waits = select(LinkSuggestion).where(open_to(viewer, today=today), _column(about.kind) == about.id)
    pairs = {(each.thing, each.text) for each in session.scalars(waits)}
    if not pairs:
        return None
    done = {"state": LinkState.DECLINED, "made_by_id": viewer.user_id, "made_at": now}
    rows = [_EMPTY | columns_of(thing, text) | done for thing, text in pairs]
    links = session.scalars(insert(Link).returning(Link), rows).all()
    batch = f"no:{uuid.uuid4().hex}"
    touched = [Touched(each, None, page_of(each)) for each in links]
    note_changes(session, touched, act="declined", by=viewer.user_id, now=now, batch=batch)
    change = latest_change(session, "link", links[-1].id)
    detail = {"change": change, "count": len(links)}
    note(session, "declined_suggestions", about.kind, about.id, user_id=viewer.user_id, now=now, **detail)
    return change


def still_looking(session: Session) -> bool:
    """Whether the worker has yet to look at something that changed."""
    return bool(session.scalar(select(exists(select(LinkLook.id)))))


# What waits -----------------------------------------------------------------------------------------------------------


def open_to(viewer: Viewer, *, today: date) -> ColumnElement[bool]:
    """The condition on `LinkSuggestion` that holds for what nobody answered, where a reader may see both sides."""
    return and_(
        *(_is_seen(kind, viewer, today) for kind in (*TEXTS, *SOUGHT)),
        *(~_is_answered(thing, here, there) for thing in SOUGHT for here, there in _SIDES),
    )


def _is_seen(kind: str, viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Whether what is at that side may be seen; a suggestion has one text and one thing, and the rest is empty."""
    seen = select(KINDS[kind].number).where(KINDS[kind].visible(viewer, today)).correlate(None)
    column: ColumnElement[int] = _column(kind)
    return or_(column.is_(None), column.in_(seen))


def _is_answered(thing: str, here: str, there: str) -> ColumnElement[bool]:
    """Whether a link ties the two, or did until somebody said no. An event is tied to places, all else to the text; but
    a record that is tied to an event as a whole is so on every page.
    """
    interview = getattr(Link, f"{there}_interview_id") == LinkSuggestion.interview_id
    record = getattr(Link, f"{there}_record_id") == LinkSuggestion.record_id
    if thing == EVENT:
        page = getattr(Link, f"{there}_page")
        near = (LinkSuggestion.ms - NEAR_MS, LinkSuggestion.ms + NEAR_MS)
        interview = and_(interview, getattr(Link, f"{there}_ms").between(*near))
        record = and_(record, or_(page.is_(None), page == LinkSuggestion.page))
    same = getattr(Link, f"{here}_{thing}_id") == _column(thing)
    return exists(select(Link.id).where(same, or_(interview, record)))


def _column(kind: str) -> Any:
    return getattr(LinkSuggestion, f"{kind}_id")


# How it is shown ------------------------------------------------------------------------------------------------------


def _as_shown(session: Session, rows: Sequence[LinkSuggestion], viewer: Viewer, today: date) -> list[Suggested]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.thing.kind].add(row.thing.id)
        wanted[row.text.kind].add(row.text.id)
    seen = {kind: KINDS[kind].load(session, wanted[kind], viewer, today=today) for kind in sorted(wanted)}
    lines, pages = _lines_at(session, rows), _pages_at(session, rows)
    names = _names_of(session, seen)
    made = []
    for row in rows:
        thing, text = seen[row.thing.kind].get(row.thing.id), seen[row.text.kind].get(row.text.id)
        if thing is None or text is None:
            continue
        segment_id, said = lines.get((row.interview_id, row.ms), (None, ""))
        if row.record_id is not None:
            said = dict(enumerate(pages.get((row.record_id, row.page), ()))).get(row.sentence, "")
        marks = _marks(said, names.get((thing.kind, thing.id), ()))
        why = tuple(map(str, row.why))
        made.append(Suggested(row.id, thing, text, row.ms, row.page, segment_id, said, marks, row.score, why))
    return made


def _lines_at(session: Session, rows: Iterable[LinkSuggestion]) -> dict[tuple[int | None, int | None], tuple[int, str]]:
    """The number and the words of the lines that begin there."""
    places = [(row.interview_id, row.ms) for row in rows if row.interview_id is not None]
    if not places:
        return {}
    there = select(Segment.interview_id, Segment.start_ms, Segment.id, Segment.text)
    there = there.where(tuple_(Segment.interview_id, Segment.start_ms).in_(places)).order_by(Segment.id.desc())
    return {(interview_id, ms): (number, text) for interview_id, ms, number, text in session.execute(there)}


def _pages_at(session: Session, rows: Iterable[LinkSuggestion]) -> dict[tuple[int | None, int | None], list[str]]:
    """The sentences of the pages, as they are shown now."""
    places = [(row.record_id, row.page) for row in rows if row.record_id is not None]
    if not places:
        return {}
    shown = and_(RecordVersion.record_id == Record.id, RecordVersion.number == Record.current_number)
    there = select(Record.id, RecordPage.number, RecordPage.text).join(RecordVersion, shown)
    there = there.join(RecordPage, RecordPage.version_id == RecordVersion.id)
    there = there.where(tuple_(Record.id, RecordPage.number).in_(places))
    return {(record_id, page): sentences_of(text) for record_id, page, text in session.execute(there)}


def _names_of(session: Session, seen: dict[str, dict[int, Shown]]) -> dict[tuple[str, int], set[str]]:
    """The words of all names of the people and units, in lower case."""
    names: dict[tuple[str, int], set[str]] = defaultdict(set)
    for kind in (PERSON, UNIT):
        for number, shown in seen.get(kind, {}).items():
            names[kind, number].update(words_in(shown.title))
    if people := seen.get(PERSON):
        aliases = select(PersonAlias.person_id, PersonAlias.name).where(PersonAlias.person_id.in_(people))
        for person_id, name in session.execute(aliases):
            names[PERSON, person_id].update(words_in(name))
    if units := seen.get(UNIT):
        for unit_id, former in session.execute(select(Unit.id, Unit.former_names).where(Unit.id.in_(units))):
            names[UNIT, unit_id].update(word for name, *_ in former for word in words_in(name))
    return names


def _marks(said: str, names: Collection[str]) -> tuple[tuple[int, int], ...]:
    """Where the words of a name stand, in the genitive too."""
    return tuple(
        (start, end)
        for start, end in spans_in(said)
        if (word := said[start:end].casefold()) in names or word.removesuffix("s") in names
    )
