"""What can be linked: how each kind is named, found and shown, and who may see it. A new kind is one line in `KINDS`.

It needs its two columns in the table of links too, which a migration adds.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, false, func, literal, null, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive.access import Viewer, events_visible_to, meetings_visible_to, records_visible_to, visible_to
from archive.accounts import Role
from archive.chapters import Chapter
from archive.events import Event
from archive.interviews import Interview, Participation
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import Meeting
from archive.organisation.rights import is_on_board
from archive.people import Person, PersonAlias, name_key
from archive.people_found import known_to
from archive.records import Record
from archive.units import Unit
from archive.workplan.items import WorkPlanItem, items_visible_to
from archive.workplan.outline import ItemKind
from archive.yearwheel.duties import Duty
from archive.yearwheel.occurrences import Occurrence

MOST_WORDS = 6  # of what somebody typed that are looked for


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a link: a thing, and where in it."""

    kind: str
    id: int
    ms: int | None = None  # on an interview's time line
    page: int | None = None  # of a record


@dataclass(frozen=True, slots=True)
class Shown:
    """A thing as a reader sees it at the other end of a link."""

    kind: str
    id: int
    title: str
    when: str  # EDTF; "": no time
    interview_id: int | None = None  # a chapter's
    start_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that can be linked."""

    key: str
    number: InstrumentedAttribute[int]
    shown: Callable[[], Select[*tuple[Any, ...]]]  # id, title, when, interview_id, start_ms
    visible: Callable[[Viewer, date], ColumnElement[bool]]
    named: Callable[[str], ColumnElement[bool]]  # whether one typed word begins something in its name
    newest: ColumnElement[Any]  # the order in which things are offered before anything is typed
    has_seconds: bool = False
    has_pages: bool = False

    def load(self, session: Session, ids: Collection[int], viewer: Viewer, *, today: date) -> dict[int, Shown]:
        """Those of the things that this reader may see, in one question."""
        if not ids:
            return {}
        rows = session.execute(self.shown().where(self.number.in_(ids), self.visible(viewer, today)))
        return {row[0]: self._of(row) for row in rows}

    def find(self, session: Session, typed: str, viewer: Viewer, *, today: date, most: int) -> list[Shown]:
        """Those that a reader may see and whose names have every typed word; the newest where nothing was typed."""
        words = name_key(typed).split()[:MOST_WORDS]
        found = self.shown().where(*(self.named(each) for each in words), self.visible(viewer, today))
        return [self._of(row) for row in session.execute(found.order_by(self.newest).limit(most))]

    def _of(self, row: Any) -> Shown:
        number, title, when, interview_id, start_ms = row
        return Shown(self.key, number, title, str(when or ""), interview_id, start_ms)


def word_in(column: Any) -> Callable[[str], ColumnElement[bool]]:
    """Whether a word stands in a column; SQLite's lower() knows only A to Z, so three ways to write it are tried."""

    def has(word: str) -> ColumnElement[bool]:
        escaped = word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        ways = {escaped, escaped.capitalize(), escaped.upper()}
        return or_(*(column.ilike(f"%{way}%", escape="\\") for way in sorted(ways)))

    return has


def _plain(number: Any, title: Any, when: Any) -> Callable[[], Select[*tuple[Any, ...]]]:
    return lambda: select(number, title, when, null(), null())


def _chapter() -> Select[*tuple[Any, ...]]:
    what = (Chapter.id, Chapter.title, literal(""), Chapter.interview_id, Chapter.start_ms)
    return select(*what).join(Chapter.interview)


def _interview_named(word: str) -> ColumnElement[bool]:
    people = select(Participation.id).join(Participation.person)
    told = exists(people.where(Participation.interview_id == Interview.id, word_in(Person.name_key)(word)))
    return or_(word_in(Interview.title)(word), word_in(Interview.place)(word), told)


def _person_named(word: str) -> ColumnElement[bool]:
    aliases = select(PersonAlias.id).where(PersonAlias.person_id == Person.id, word_in(PersonAlias.name_key)(word))
    return or_(word_in(Person.name_key)(word), exists(aliases))


def _event_named(word: str) -> ColumnElement[bool]:
    return or_(word_in(Event.title_key)(word), and_(literal(word.isdigit()), Event.dated.like(f"{word[:4]}%")))


def _meeting_named(word: str) -> ColumnElement[bool]:
    units = select(Unit.id).where(Unit.id == Meeting.unit_id, word_in(Unit.name_key)(word))
    dated = and_(literal(word.isdigit()), Meeting.dated.like(f"{word[:4]}%"))
    return or_(word_in(Meeting.title)(word), exists(units), dated)


def _case() -> Select[*tuple[Any, ...]]:
    name = func.trim(MeetingCase.number + " " + MeetingCase.title)
    return select(MeetingCase.id, name, Meeting.dated, null(), null()).join(MeetingCase.meeting)


def _case_named(word: str) -> ColumnElement[bool]:
    return or_(word_in(MeetingCase.title)(word), MeetingCase.number_key == word, word_in(Meeting.title)(word))


def _occurrence() -> Select[*tuple[Any, ...]]:
    where = func.coalesce(literal(", ").concat(Unit.name), "")
    what = (Occurrence.id, Duty.title.concat(where), cast(Occurrence.due_on, String), null(), null())
    return select(*what).join(Occurrence.duty).outerjoin(Occurrence.unit)


def _occurrences_visible_to(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """As `archive.yearwheel.looking.Sight` says it: the board sees all of the year wheel, members what is for them."""
    if viewer.role.at_least(Role.SECRETARY):
        return true()
    if not viewer.role.at_least(Role.MEMBER):
        return false()
    for_members = select(Duty.id).where(Duty.for_members).correlate(None)
    return or_(Occurrence.duty_id.in_(for_members), is_on_board(viewer, today))


def _occurrence_named(word: str) -> ColumnElement[bool]:
    dated = and_(literal(word.isdigit()), cast(Occurrence.due_on, String).like(f"{word[:4]}%"))
    return or_(word_in(Duty.title)(word), word_in(Unit.name_key)(word), dated)


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "event",
            Event.id,
            _plain(Event.id, Event.title, Event.dated),
            lambda viewer, _today: events_visible_to(viewer),
            _event_named,
            Event.id.desc(),
        ),
        Kind(
            "interview",
            Interview.id,
            _plain(Interview.id, Interview.title, cast(Interview.held_on, String)),
            lambda viewer, today: visible_to(viewer, today=today),
            _interview_named,
            Interview.id.desc(),
            has_seconds=True,
        ),
        Kind(
            "chapter",
            Chapter.id,
            _chapter,
            lambda viewer, today: and_(Chapter.removed_at.is_(None), visible_to(viewer, today=today)),
            word_in(Chapter.title),
            Chapter.id.desc(),
        ),
        Kind(
            "person",
            Person.id,
            _plain(Person.id, Person.name, literal("")),
            lambda viewer, today: known_to(viewer, today=today),
            _person_named,
            func.lower(Person.name),
        ),
        Kind(
            "unit",
            Unit.id,
            _plain(Unit.id, Unit.name, literal("")),
            lambda viewer, _today: true() if viewer.role.at_least(Role.MEMBER) else false(),
            word_in(Unit.name_key),
            func.lower(Unit.name),
        ),
        Kind(
            "record",
            Record.id,
            _plain(Record.id, Record.title, Record.dated),
            lambda viewer, _today: records_visible_to(viewer),
            word_in(Record.title),
            Record.id.desc(),
            has_pages=True,
        ),
        Kind(
            "meeting",
            Meeting.id,
            _plain(Meeting.id, Meeting.title, Meeting.dated),
            lambda viewer, _today: meetings_visible_to(viewer),
            _meeting_named,
            Meeting.id.desc(),
        ),
        Kind(
            "meeting_case",
            MeetingCase.id,
            _case,
            lambda viewer, _today: meetings_visible_to(viewer),
            _case_named,
            MeetingCase.id.desc(),
        ),
        Kind(
            "occurrence",
            Occurrence.id,
            _occurrence,
            _occurrences_visible_to,
            _occurrence_named,
            Occurrence.due_on.desc(),
        ),
        Kind(
            "work_plan_item",
            WorkPlanItem.id,
            _plain(WorkPlanItem.id, WorkPlanItem.text, literal("")),
            lambda viewer, today: and_(WorkPlanItem.kind != ItemKind.HEADING, items_visible_to(viewer, today=today)),
            word_in(WorkPlanItem.text),
            WorkPlanItem.id.desc(),
        ),
    )
}
