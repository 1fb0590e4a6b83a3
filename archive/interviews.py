"""Interviews, planned or held, and who takes part in them."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.accounts import Role, User, require_at_least
from archive.audit import note
from archive.database import Base, find_row
from archive.errors import BadInput, NotAllowed
from archive.outbox import searchable_text_changed
from archive.people import Person, find_or_add_person, name_key
from archive.row_history import Snapshot, Thing, plain
from archive.typed import many_lines, one_line
from archive.value_history import note_values

if TYPE_CHECKING:
    from archive.access import Consent
    from archive.recordings import Recording
    from archive.transcripts import Segment


class Status(enum.StrEnum):
    """How far an interview has come; the words are a contract of the command line."""

    PLANNED = "planned"
    RECEIVED = "received"
    PROCESSING = "processing"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    MACHINE_TEXT = "machine_text"
    IN_REVIEW = "in_review"
    REVIEWED = "reviewed"
    FAILED = "failed"


# While the machine writes, or is to write: the text may still grow.
UNDER_WAY = (Status.RECEIVED, Status.PROCESSING)


class Access(enum.StrEnum):
    """Whom an interview is open to. `closed`: who handed it in, volunteers it is assigned to, secretary and owner."""

    CLOSED = "closed"
    MEMBERS = "members"
    OPEN = "open"


class Part(enum.StrEnum):
    """What a person does in an interview."""

    NARRATOR = "narrator"
    INTERVIEWER = "interviewer"
    HEARD = "heard"


class ArchiveCreator(Base):
    """The body or person whose archive a thing belongs to (arkivskaper); creators are never mixed."""

    __tablename__ = "archive_creator"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class Interview(Base):
    """One conversation, planned or held. Its number is never reused, also after a deletion."""

    __tablename__ = "interview"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[Status] = mapped_column(default=Status.PLANNED, index=True)
    access: Mapped[Access] = mapped_column(default=Access.CLOSED, index=True)
    held_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(10), default="nb")  # nb, nn, se, … as BCP 47 says
    language_kept_at: Mapped[datetime | None]  # when somebody said that the language is right, whatever was heard
    dialect: Mapped[str] = mapped_column(String(200), default="")  # in words
    summary: Mapped[str] = mapped_column(default="")
    voice_count: Mapped[int | None]  # how many speak; None: as many as are named, at least two
    creator_id: Mapped[int | None] = mapped_column(ForeignKey("archive_creator.id"))
    handed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    received_at: Mapped[datetime | None]  # None: no sound yet
    is_demo: Mapped[bool] = mapped_column(default=False)  # invented content, marked as such on every page

    creator: Mapped[ArchiveCreator | None] = relationship()
    handed_in_by: Mapped[User | None] = relationship()
    participations: Mapped[list["Participation"]] = relationship(
        back_populates="interview", cascade="all, delete-orphan", order_by="Participation.id"
    )
    plan: Mapped["InterviewPlan | None"] = relationship(back_populates="interview", cascade="all, delete-orphan")
    recordings: Mapped[list["Recording"]] = relationship(back_populates="interview", order_by="Recording.part")
    segments: Mapped[list["Segment"]] = relationship(
        back_populates="interview", cascade="all, delete-orphan", order_by="Segment.start_ms, Segment.id"
    )
    consents: Mapped[list["Consent"]] = relationship(back_populates="interview", order_by="Consent.id")

    @property
    def reference(self) -> str:
        """What stands in citations: `TSV-I-0042`."""
        return f"TSV-I-{self.id:04d}"

    def people(self, part: Part) -> list[Person]:
        """Those who take this part, in the order they were named."""
        return [each.person for each in self.participations if each.part == part]

    @property
    def narrators(self) -> list[Person]:
        """The people interviewed."""
        return self.people(Part.NARRATOR)

    @property
    def duration_ms(self) -> int:
        """Length of the interview's one time line, in milliseconds; 0 without sound."""
        return max((r.offset_ms + r.duration_ms for r in self.recordings), default=0)


class Participation(Base):
    """One person in one interview."""

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("interview_id", "person_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[Part]

    interview: Mapped[Interview] = relationship(back_populates="participations")
    person: Mapped[Person] = relationship(lazy="joined")


class InterviewPlan(Base):
    """Why and how we want to ask somebody. It stays with the interview after it is held."""

    __tablename__ = "interview_plan"

    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"), primary_key=True)
    offices_held: Mapped[str] = mapped_column(default="")
    haste: Mapped[int] = mapped_column(default=2)  # 1: at once, 2: this year, 3: can wait
    why_haste: Mapped[str] = mapped_column(default="")
    who_asks: Mapped[str] = mapped_column(String(200), default="")
    agreed_on: Mapped[date | None]  # the day the interview is agreed to be held
    question_guide: Mapped[str] = mapped_column(default="")

    interview: Mapped[Interview] = relationship(back_populates="plan")


class Assignment(Base):
    """A volunteer who may see and correct one interview although it is closed."""

    __tablename__ = "assignment"

    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    assigned_at: Mapped[datetime]
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


def creator_names(session: Session) -> dict[int, str]:
    """The archive creators' names by their numbers, in the order they came."""
    return {each.id: each.name for each in session.scalars(select(ArchiveCreator).order_by(ArchiveCreator.id))}


@dataclass(frozen=True, slots=True)
class InterviewDetails:
    """What whoever hands in an interview writes about it. Only the title is needed here; the page asks for more."""

    title: str
    narrators: tuple[str, ...] = ()
    interviewers: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    held_on: date | None = None
    place: str = ""
    creator_id: int | None = None
    language: str = "nb"
    dialect: str = ""
    summary: str = ""
    voice_count: int | None = None  # how many speak; None: as many as are named, at least two


# As many voices as a form may say: more than sit around one table.
MOST_VOICES = 12
# How many characters each may have; the columns are as wide.
LIMITS = {"title": 300, "place": 200, "language": 10, "dialect": 200, "name": 200}
# No interview of ours is older than the first machines that people carried to their neighbours.
_FIRST_YEAR = 1900


def check_details(details: InterviewDetails, *, today: date | None = None) -> list[BadInput]:
    """What the page refuses, one problem per field: "empty", "too_long", "too_old", "future" (after `today`)."""
    problems = []
    for field, required in (("title", True), ("place", False), ("language", True), ("dialect", False)):
        try:
            one_line(getattr(details, field), field, limit=LIMITS[field], required=required)
        except BadInput as problem:
            problems.append(problem)
    names = {"narrators": details.narrators, "interviewers": details.interviewers, "heard": details.heard}
    for field, given in names.items():
        try:
            if not _names(given, field) and field == "narrators":
                problems.append(BadInput(field, "empty"))
        except BadInput as problem:
            problems.append(problem)
    if details.voice_count is not None and not 1 <= details.voice_count <= MOST_VOICES:
        problems.append(BadInput("voice_count", "out_of_range"))
    if details.held_on is None:
        problems.append(BadInput("held_on", "empty"))
    elif details.held_on.year < _FIRST_YEAR:
        problems.append(BadInput("held_on", "too_old"))
    elif today is not None and details.held_on > today:
        problems.append(BadInput("held_on", "future"))
    return problems


def add_interview(
    session: Session, details: InterviewDetails, *, handed_in_by_id: int | None, now: datetime
) -> Interview:
    """A new interview, closed and without sound.

    Raises:
        BadInput: the title is empty, `creator_id` is unknown, or a value is too long.
    """
    interview = Interview(title="", handed_in_by_id=handed_in_by_id, made_at=now)
    session.add(interview)
    describe(session, interview, details)
    note(session, "added", "interview", interview.id, user_id=handed_in_by_id, now=now)
    searchable_text_changed(session, interview.id, now=now)
    return interview


def change_details(
    session: Session, interview: Interview, details: InterviewDetails, *, by: int | None, now: datetime
) -> None:
    """Write anew what is known about an interview.

    Raises:
        BadInput: the title is empty, or a value is too long.
    """
    require_at_least(session, by, "change_details", Role.VOLUNTEER)
    before = details_of(interview)
    describe(session, interview, details)
    after = details_of(interview)
    note_values(session, "interview", interview.id, before, after, act="changed_details", by=by, now=now)
    searchable_text_changed(session, interview.id, now=now)


# What of the row is written by people, and comes back when they undo it.
DETAILS = ("title", "held_on", "place", "creator_id", "language", "dialect", "summary", "voice_count")


def details_of(interview: Interview) -> Snapshot:
    """What people wrote about an interview, for its history; those who take part by their numbers, in their order."""
    people = {part.value: [person.id for person in interview.people(part)] for part in Part}
    return {name: plain(getattr(interview, name)) for name in DETAILS} | people


def note_one_value(
    session: Session,
    interview: Interview,
    name: str,
    before: object,
    after: object,
    *,
    act: str,
    by: int | None,
    now: datetime,
) -> None:
    """Write down what one thing about an interview was and is, which the log of acts tells whole."""
    was, now_is = plain(before), plain(after)
    detail = {"before": was, "after": now_is}
    note_values(session, "interview", interview.id, {name: was}, {name: now_is}, act=act, by=by, now=now, detail=detail)


def describe(session: Session, interview: Interview, details: InterviewDetails) -> None:
    """Write the details into the row, nothing more."""
    interview.title = one_line(details.title, "title", limit=LIMITS["title"], required=True)
    interview.held_on = details.held_on
    interview.place = one_line(details.place, "place", limit=LIMITS["place"])
    if details.creator_id is not None and find_row(session, ArchiveCreator, details.creator_id) is None:
        raise BadInput("creator_id", "unknown")
    interview.creator_id = details.creator_id
    interview.language = one_line(details.language, "language", limit=LIMITS["language"], required=True)
    interview.dialect = one_line(details.dialect, "dialect", limit=LIMITS["dialect"])
    interview.summary = many_lines(details.summary, "summary")
    interview.voice_count = details.voice_count
    session.flush()
    named = {
        Part.NARRATOR: _names(details.narrators, "narrators"),
        Part.INTERVIEWER: _names(details.interviewers, "interviewers"),
        Part.HEARD: _names(details.heard, "heard"),
    }
    people = {part: [_person_named(session, interview, name) for name in names] for part, names in named.items()}
    name_people(session, interview, people)


def _names(typed: Iterable[str], field: str) -> list[str]:
    """The names as they can be kept, without those of which nothing is left."""
    return [name for each in typed if (name := one_line(each, field, limit=LIMITS["name"]))]


def _person_named(session: Session, interview: Interview, name: str) -> Person:
    """The one who takes part already, when two people share the name; else whom the register knows."""
    present = (each.person for each in interview.participations if each.person.name_key == name_key(name))
    return next(present, None) or find_or_add_person(session, name)


def name_people(session: Session, interview: Interview, named: dict[Part, list[Person]]) -> None:
    """Make these the people of the parts that are named; the other parts stay. A person named twice is one."""
    wanted = list(dict.fromkeys((part, person) for part, people in named.items() for person in people))
    present = [(each.part, each.person) for each in interview.participations if each.part in named]
    if wanted == present:
        return
    interview.participations[:] = [each for each in interview.participations if each.part not in named]
    session.flush()  # the old rows go before equal new ones come
    interview.participations += [Participation(part=part, person=person) for part, person in wanted]
    session.flush()


def assign(session: Session, interview: Interview, user: User, *, by: int | None, now: datetime) -> None:
    """Let a volunteer see and correct this interview although it is closed. Twice is once."""
    require_at_least(session, by, "assign", Role.SECRETARY)
    if session.get(Assignment, (interview.id, user.id)) is None:
        session.add(Assignment(interview_id=interview.id, user_id=user.id, assigned_at=now, assigned_by_id=by))
        _note_assignment(session, interview, user, "assigned", by, now)


def unassign(session: Session, interview: Interview, user: User, *, by: int | None, now: datetime) -> None:
    """Take back `assign`."""
    require_at_least(session, by, "unassign", Role.SECRETARY)
    assignment = session.get(Assignment, (interview.id, user.id))
    if assignment is not None:
        session.delete(assignment)
        _note_assignment(session, interview, user, "unassigned", by, now)


def _note_assignment(
    session: Session, interview: Interview, user: User, act: str, by: int | None, now: datetime
) -> None:
    given: Snapshot = {"user_id": user.id}
    before, after = (None, given) if act == "assigned" else (given, None)
    thing = Thing("interview", interview.id)
    to = {"to": user.id}
    note_values(session, "assignment", user.id, before, after, act=act, thing=thing, by=by, now=now, detail=to)


# What people may change: how far the text has come. The rest is the worker's to say.
TEXT_STATUSES = (Status.MACHINE_TEXT, Status.IN_REVIEW, Status.REVIEWED)


def set_status(session: Session, interview: Interview, status: Status, *, by: int | None, now: datetime) -> None:
    """Say how far an interview has come.

    Raises:
        NotAllowed: a person may only move a text between machine text, in review and reviewed.
    """
    if by is not None:
        require_at_least(session, by, "set_status", Role.VOLUNTEER)
        if interview.status not in TEXT_STATUSES or status not in TEXT_STATUSES:
            raise NotAllowed("set_status")
    before, interview.status = interview.status, status
    if by is None:
        note(session, "set_status", "interview", interview.id, user_id=by, now=now, before=before, after=status)
    else:  # what the machine says of its own work is not undone
        note_one_value(session, interview, "status", before, status, act="set_status", by=by, now=now)
    searchable_text_changed(session, interview.id, now=now)
    session.flush()
