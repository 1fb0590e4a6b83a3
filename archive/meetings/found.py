"""Finding meetings, their cases and their papers. Everything here is limited to what the viewer may see."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import ColumnElement, Select, extract, func, select
from sqlalchemy.orm import Session, joinedload

from archive.access import Viewer, meetings_visible_to, records_visible_to
from archive.database import LARGEST_ID, is_possible_id
from archive.errors import NotFound
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import Meeting, MeetingKind
from archive.meetings.papers import MeetingPaper, PaperRole
from archive.people import Person
from archive.people_found import known_to
from archive.units import Unit

PAGE_OF = 50
MOST_OF_UNIT = 10


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader narrows the list by; None: everything."""

    unit_id: int | None = None
    kind: MeetingKind | None = None
    decade: int | None = None  # 1970 is 1970 to 1979

    @property
    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return all(getattr(self, each.name) is None for each in fields(self))

    def conditions(self) -> list[ColumnElement[bool]]:
        """What must hold for a meeting."""
        made: list[ColumnElement[bool]] = []
        if self.unit_id is not None:
            made.append(Meeting.unit_id == max(-1, min(self.unit_id, LARGEST_ID)))
        if self.kind is not None:
            made.append(Meeting.kind == self.kind)
        if self.decade is not None:
            first = min(max(self.decade, 1), 9_980)
            made += [Meeting.first_day <= date(first + 9, 12, 31), Meeting.last_day >= date(first, 1, 1)]
        return made


@dataclass(frozen=True, slots=True)
class Offered:
    """What the visible meetings can be narrowed by."""

    units: tuple[tuple[int, str], ...]
    kinds: tuple[MeetingKind, ...]
    decades: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A meeting as a list shows it."""

    meeting: Meeting
    cases: int
    has_minutes: bool  # that the reader may see


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is a paper."""

    paper: MeetingPaper
    meeting: Meeting
    case: MeetingCase | None


def load_meeting(session: Session, meeting_id: int, viewer: Viewer) -> Meeting:
    """One meeting.

    Raises:
        NotFound: it is not there, or not for this viewer.
    """
    wanted = select(Meeting).where(Meeting.id == meeting_id, meetings_visible_to(viewer))
    found = session.scalar(wanted.options(joinedload(Meeting.unit))) if is_possible_id(meeting_id) else None
    if found is None:
        raise NotFound("meeting", meeting_id)
    return found


def load_case(session: Session, case_id: int, viewer: Viewer) -> MeetingCase:
    """One case with its meeting.

    Raises:
        NotFound: it is not there, or not for this viewer.
    """
    wanted = select(MeetingCase).join(MeetingCase.meeting).where(MeetingCase.id == case_id, meetings_visible_to(viewer))
    found = session.scalar(wanted.options(joinedload(MeetingCase.meeting))) if is_possible_id(case_id) else None
    if found is None:
        raise NotFound("meeting_case", case_id)
    return found


def cases_of(session: Session, meeting: Meeting) -> Sequence[MeetingCase]:
    """The cases of a meeting that the reader may see, in their order, with who presented each."""
    theirs = select(MeetingCase).where(MeetingCase.meeting_id == meeting.id)
    ordered = theirs.order_by(MeetingCase.position, MeetingCase.id)
    return session.scalars(ordered.options(joinedload(MeetingCase.presented_by))).all()


def papers_among(
    session: Session, meeting_ids: Collection[int], viewer: Viewer, *, role: PaperRole | None = None
) -> dict[int, list[MeetingPaper]]:
    """The papers of meetings that the reader may see, as far as he may see the records too; in one question."""
    wanted = select(MeetingPaper).join(MeetingPaper.record).join(MeetingPaper.meeting)
    wanted = wanted.where(
        MeetingPaper.meeting_id.in_(meeting_ids), meetings_visible_to(viewer), records_visible_to(viewer)
    )
    if role is not None:
        wanted = wanted.where(MeetingPaper.role == role)
    order = list(PaperRole)
    found = session.scalars(wanted.options(joinedload(MeetingPaper.record))).all() if meeting_ids else ()
    made: dict[int, list[MeetingPaper]] = {}
    for paper in sorted(found, key=lambda each: (order.index(each.role), each.id)):
        made.setdefault(paper.meeting_id, []).append(paper)
    return made


def known_presenters(session: Session, cases: Sequence[MeetingCase], viewer: Viewer, *, today: date) -> set[int]:
    """Those who presented the cases and whose own page the reader may open."""
    wanted = {each.presented_by_id for each in cases if each.presented_by_id is not None}
    known = select(Person.id).where(Person.id.in_(wanted), known_to(viewer, today=today))
    return set(session.scalars(known)) if wanted else set()


def list_meetings(session: Session, viewer: Viewer, chosen: Filter, *, page: int = 1) -> tuple[list[Listed], int]:
    """One page of the meetings that match, the newest first; and how many there are in all."""
    conditions = (meetings_visible_to(viewer), *chosen.conditions())
    total = session.scalar(select(func.count()).select_from(Meeting).where(*conditions)) or 0
    wanted = _ordered(select(Meeting).where(*conditions)).limit(PAGE_OF).offset(min((page - 1) * PAGE_OF, 2**31))
    return listed(session, session.scalars(wanted).all(), viewer), total


def listed(session: Session, meetings: Sequence[Meeting], viewer: Viewer) -> list[Listed]:
    """Meetings with how many cases each has, and whether its minutes are here; two questions, however many."""
    numbers = [each.id for each in meetings]
    cases = Counter(session.scalars(select(MeetingCase.meeting_id).where(MeetingCase.meeting_id.in_(numbers))))
    minutes = papers_among(session, numbers, viewer, role=PaperRole.MINUTES)
    return [Listed(each, cases[each.id], each.id in minutes) for each in meetings]


def offered(session: Session, viewer: Viewer) -> Offered:
    """Units, kinds and decades of the meetings that the viewer may see, and of nothing else."""
    seen = meetings_visible_to(viewer)
    units = select(Unit.id, Unit.name, Unit.name_key).join(Meeting, Meeting.unit_id == Unit.id).where(seen).distinct()
    kinds = set(session.scalars(select(Meeting.kind).where(seen).distinct()))
    years = session.scalars(select(extract("year", Meeting.first_day)).where(seen).distinct())
    return Offered(
        tuple((number, name) for number, name, _key in session.execute(units.order_by(Unit.name_key))),
        tuple(kind for kind in MeetingKind if kind in kinds),
        tuple(sorted({int(year) // 10 * 10 for year in years})),
    )


def meetings_of_unit(session: Session, unit_id: int, viewer: Viewer) -> tuple[list[Meeting], int]:
    """The newest meetings of a unit, and how many it has."""
    conditions = (meetings_visible_to(viewer), Meeting.unit_id == unit_id)
    total = session.scalar(select(func.count()).select_from(Meeting).where(*conditions)) or 0
    found = session.scalars(_ordered(select(Meeting).where(*conditions)).limit(MOST_OF_UNIT)).all() if total else ()
    return list(found), total


def meeting_of_occurrence(session: Session, occurrence_id: int, viewer: Viewer) -> Meeting | None:
    """The meeting that an occurrence of the year wheel became."""
    wanted = select(Meeting).where(Meeting.occurrence_id == occurrence_id, meetings_visible_to(viewer))
    return session.scalar(wanted)


def places_of_record(session: Session, record_id: int, viewer: Viewer) -> list[Place]:
    """The meetings and cases that a record, which the reader may see, is a paper of; the newest first."""
    wanted = select(MeetingPaper).join(MeetingPaper.meeting)
    wanted = wanted.where(MeetingPaper.record_id == record_id, meetings_visible_to(viewer))
    wanted = wanted.options(joinedload(MeetingPaper.meeting), joinedload(MeetingPaper.case))
    found = session.scalars(wanted.order_by(Meeting.first_day.desc(), MeetingPaper.id))
    return [Place(each, each.meeting, each.case) for each in found]


def presented_by(session: Session, person_id: int, viewer: Viewer) -> Sequence[MeetingCase]:
    """The cases that a person presented, the newest first."""
    theirs = select(MeetingCase).join(MeetingCase.meeting)
    theirs = theirs.where(MeetingCase.presented_by_id == person_id, meetings_visible_to(viewer))
    ordered = theirs.order_by(Meeting.first_day.desc(), MeetingCase.position, MeetingCase.id)
    return session.scalars(ordered.options(joinedload(MeetingCase.meeting)).limit(PAGE_OF)).all()


def _ordered(wanted: Select[Meeting]) -> Select[Meeting]:
    return wanted.options(joinedload(Meeting.unit)).order_by(Meeting.first_day.desc(), Meeting.id.desc())
