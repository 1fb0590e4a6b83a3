"""The text of an interview: lines, what the machine heard, and every change a person made."""

import enum
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, and_, cast, or_, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from archive.access import MACHINE_OWNER, Viewer, may_edit, visible_to
from archive.accounts import User
from archive.audit import note
from archive.catalogue import load_interview
from archive.database import Base, find_row, is_possible_id
from archive.errors import BadInput, EditConflict, NotAllowed, NotFound
from archive.interviews import Interview, Status
from archive.local_time import day_of
from archive.outbox import searchable_text_changed
from archive.people import Person
from archive.recordings import Recording
from archive.retiming import align_words
from archive.typed import one_line

# More than anybody says between two pauses; it bounds the work of fitting words to times.
LONGEST_LINE = 10_000


class Segment(Base):
    """A line of the transcript. The machine's words and times stay as they were, whatever a person writes."""

    __tablename__ = "segment"
    __table_args__ = (Index("ix_segment_interview_start", "interview_id", "start_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"))
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id"))  # None: a text without sound
    window_id: Mapped[int | None] = mapped_column(ForeignKey("window.id", ondelete="SET NULL"), index=True)
    start_ms: Mapped[int]  # on the interview's time line, half-open
    end_ms: Mapped[int]
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    voice: Mapped[int | None]  # the number of the voice in the interview, from 1; None: nobody told them apart
    text: Mapped[str]
    words: Mapped[list[Any]] = mapped_column(default=list)  # [[start_ms, end_ms, text, p], …]; of `text`
    machine_text: Mapped[str | None]  # None: no machine made this line
    machine_words: Mapped[list[Any]] = mapped_column(default=list)
    doubts: Mapped[list[Any]] = mapped_column(default=list)  # its window's: *usikkert* until a person has checked it
    version: Mapped[int] = mapped_column(default=0)  # 0: as the machine or the import made it
    checked: Mapped[bool] = mapped_column(default=False)  # a person has heard it and vouches for the text

    interview: Mapped[Interview] = relationship(back_populates="segments")
    speaker: Mapped[Person | None] = relationship(lazy="joined")
    revisions: Mapped[list["Revision"]] = relationship(
        back_populates="segment", cascade="all, delete-orphan", order_by="Revision.version"
    )


class RevisionKind(enum.StrEnum):
    """Why a line changed."""

    CORRECTED = "corrected"
    RESTORED = "restored"
    CHECKED = "checked"
    NAMED = "named"  # a name was put in; nobody vouches for the rest of the line
    ADDED = "added"


class Revision(Base):
    """Who changed which line when, before and after."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]  # the version this change made
    kind: Mapped[RevisionKind]
    text_before: Mapped[str]
    text_after: Mapped[str]
    speaker_before_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    speaker_after_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]

    segment: Mapped[Segment] = relationship(back_populates="revisions")
    editor: Mapped[User | None] = relationship()


def segments_of(session: Session, interview_id: int) -> list[Segment]:
    """The lines of an interview in time order, with their speakers. Whoever asks has loaded the interview first."""
    lines = select(Segment).where(Segment.interview_id == interview_id).order_by(Segment.start_ms, Segment.id)
    return list(session.scalars(lines))


def latest_segments(session: Session, interview_id: int, count: int) -> list[Segment]:
    """The last lines there are so far, in time order: what shows that the text grows."""
    lines = select(Segment).where(Segment.interview_id == interview_id)
    newest = session.scalars(lines.order_by(Segment.start_ms.desc(), Segment.id.desc()).limit(count))
    return list(newest)[::-1]


def next_segment(session: Session, segment: Segment) -> Segment | None:
    """The line after this one; None after the last."""
    later = or_(
        Segment.start_ms > segment.start_ms, and_(Segment.start_ms == segment.start_ms, Segment.id > segment.id)
    )
    lines = select(Segment).where(Segment.interview_id == segment.interview_id, later)
    return session.scalars(lines.order_by(Segment.start_ms, Segment.id).limit(1)).first()


def next_unsure(session: Session, segment: Segment) -> Segment | None:
    """The line after this one that something speaks against and nobody has checked; None: there is none."""
    later = or_(
        Segment.start_ms > segment.start_ms, and_(Segment.start_ms == segment.start_ms, Segment.id > segment.id)
    )
    doubted = cast(Segment.doubts, String) != "[]"
    lines = select(Segment).where(
        Segment.interview_id == segment.interview_id, later, doubted, Segment.checked.is_(False)
    )
    return session.scalars(lines.order_by(Segment.start_ms, Segment.id).limit(1)).first()


def edit_segment(
    session: Session,
    segment_id: int,
    *,
    text: str,
    speaker_id: int | None,
    base_version: int,
    editor_id: int | None,
    now: datetime,
) -> Revision:
    """Correct a line. Whoever corrects has heard it, so it counts as checked; "" empties it. The machine's text stays.

    A line that is sent as it stands is vouched for, and that is a version too.

    Raises:
        NotFound: no such line, or not for this editor; or no such `speaker_id`.
        NotAllowed: the editor may read but not correct.
        EditConflict: somebody else changed the line since `base_version`.
        BadInput: the text is "too_long".
    """
    line = one_line(text, "text", limit=LONGEST_LINE)
    segment = _segment_for(session, segment_id, editor_id, now)
    if speaker_id is not None and find_row(session, Person, speaker_id) is None:
        raise NotFound("person", speaker_id)
    if segment.version != base_version:
        raise EditConflict(segment.id, segment.text, segment.version, line)
    kind = RevisionKind.CORRECTED
    if (line, speaker_id) == (segment.text, segment.speaker_id):
        kind = RevisionKind.CHECKED
    return _change(session, segment, kind, line, speaker_id, editor_id=editor_id, now=now)


def add_segment(
    session: Session,
    interview_id: int,
    start_ms: int,
    end_ms: int,
    text: str,
    *,
    speaker_id: int | None,
    editor_id: int | None,
    now: datetime,
) -> Segment:
    """Write a line where the machine left one out, on the interview's time line. It counts as checked.

    "" says that nobody says anything there. The first version is an empty line, so that what was added can be undone.

    Raises:
        NotFound: no such interview, or not for this editor; or no such `speaker_id`.
        NotAllowed: the editor may read but not correct.
        BadInput: the text is "too_long"; `start_ms` is "outside" the sound, or "taken" by another person's line.
    """
    line = one_line(text, "text", limit=LONGEST_LINE)
    viewer = editing_viewer(session, editor_id)
    interview = load_interview(session, interview_id, viewer, today=day_of(now))
    if not may_edit(viewer, interview):
        raise NotAllowed("edit")
    if speaker_id is not None and find_row(session, Person, speaker_id) is None:
        raise NotFound("person", speaker_id)
    recording = _recording_at(interview, start_ms, end_ms)
    # Of two who fill the same gap at once, the second must see what the first wrote.
    session.refresh(interview, ["status"], with_for_update={"of": Interview})
    if _is_written(session, interview_id, start_ms, end_ms):
        raise BadInput("start_ms", "taken")
    segment = Segment(interview=interview, recording_id=recording.id, start_ms=start_ms, end_ms=end_ms, text="")
    session.add(segment)
    session.flush()  # gives it its number and its version 0
    _change(session, segment, RevisionKind.ADDED, line, speaker_id, editor_id=editor_id, now=now)
    return segment


def _recording_at(interview: Interview, start_ms: int, end_ms: int) -> Recording:
    """The recording that holds the stretch; of several beside each other, the first."""
    for recording in interview.recordings:
        if recording.offset_ms <= start_ms < end_ms <= recording.offset_ms + recording.duration_ms:
            return recording
    raise BadInput("start_ms", "outside")


def _is_written(session: Session, interview_id: int, start_ms: int, end_ms: int) -> bool:
    """Whether a person wrote a line that lies in the stretch, without a machine's before it."""
    others = select(Segment.id).where(
        Segment.interview_id == interview_id,
        Segment.machine_text.is_(None),
        Segment.start_ms < end_ms,
        Segment.end_ms > start_ms,
    )
    return session.scalar(others.limit(1)) is not None


def change_words(
    session: Session,
    segment_id: int,
    change: Callable[[list[str]], list[str]],
    *,
    editor_id: int | None,
    now: datetime,
) -> Revision | None:
    """Put other words into a line without vouching for it. `change` gets the words as they are now, under lock.

    None when it gives them back as they are. The mark *checked* stays as it was.

    Raises:
        NotFound, NotAllowed, BadInput: as `edit_segment`.
    """
    segment = _segment_for(session, segment_id, editor_id, now)
    words = segment.text.split()
    changed = change(list(words))
    if changed == words:
        return None
    line = one_line(" ".join(changed), "text", limit=LONGEST_LINE)
    was_checked = segment.checked
    kind = RevisionKind.NAMED
    revision = _change(session, segment, kind, line, segment.speaker_id, editor_id=editor_id, now=now)
    segment.checked = was_checked
    session.flush()
    return revision


def restore(
    session: Session, segment_id: int, version: int, *, base_version: int, editor_id: int | None, now: datetime
) -> Revision:
    """Make an earlier version the newest one; 0 is the line as the machine or the import made it.

    Raises:
        NotFound: no such line or version, or not for this editor.
        NotAllowed, EditConflict: as `edit_segment`.
    """
    segment = _segment_for(session, segment_id, editor_id, now)
    text, speaker_id = _at_version(segment, version)
    if segment.version != base_version:
        raise EditConflict(segment.id, segment.text, segment.version, text)
    revision = _change(session, segment, RevisionKind.RESTORED, text, speaker_id, editor_id=editor_id, now=now)
    # Nobody vouches for what the machine wrote, nor for a line because a name was put into it.
    segment.checked = any(each.kind != RevisionKind.NAMED for each in segment.revisions if each.version <= version)
    session.flush()
    return revision


def history(session: Session, segment_id: int) -> list[Revision]:
    """Every change of a line, newest first. Whoever asks has loaded the interview first."""
    changes = select(Revision).where(Revision.segment_id == segment_id).options(selectinload(Revision.editor))
    return list(session.scalars(changes.order_by(Revision.version.desc())))


def load_segment(session: Session, segment_id: int, viewer: Viewer, *, today: date) -> Segment:
    """One line.

    Raises:
        NotFound: it is not there, or its interview is not for this viewer.
    """
    if not is_possible_id(segment_id):
        raise NotFound("segment", segment_id)
    condition = (Segment.id == segment_id, visible_to(viewer, today=today))
    wanted = select(Segment).join(Segment.interview).where(*condition)
    segment = session.scalar(wanted)
    if segment is None:
        raise NotFound("segment", segment_id)
    return segment


def editing_viewer(session: Session, editor_id: int | None) -> Viewer:
    """Whose eyes an editor has; None is the machine's owner."""
    if editor_id is None:
        return MACHINE_OWNER
    editor = session.get(User, editor_id)
    if editor is None or not editor.active:
        raise NotAllowed("edit")
    return Viewer(editor.role, editor.id)


def _segment_for(session: Session, segment_id: int, editor_id: int | None, now: datetime) -> Segment:
    """A line that this editor may correct, locked until the caller commits."""
    viewer = editing_viewer(session, editor_id)
    segment = load_segment(session, segment_id, viewer, today=day_of(now))
    if not may_edit(viewer, segment.interview):
        raise NotAllowed("edit")
    # Of two who save at once, the second must see what the first wrote. SQLite's writers come one by one anyway.
    try:
        session.refresh(segment, with_for_update={"of": Segment})
    except InvalidRequestError:  # the machine heard the recording anew and put other lines in its place meanwhile
        raise NotFound("segment", segment_id) from None
    return segment


def _at_version(segment: Segment, version: int) -> tuple[str, int | None]:
    changes = segment.revisions
    if version == 0:
        return (changes[0].text_before, changes[0].speaker_before_id) if changes else (segment.text, segment.speaker_id)
    for change in changes:
        if change.version == version:
            return change.text_after, change.speaker_after_id
    raise NotFound("version", version)


def _change(
    session: Session,
    segment: Segment,
    kind: RevisionKind,
    text: str,
    speaker_id: int | None,
    *,
    editor_id: int | None,
    now: datetime,
) -> Revision:
    revision = Revision(
        version=segment.version + 1,
        kind=kind,
        text_before=segment.text,
        text_after=text,
        speaker_before_id=segment.speaker_id,
        speaker_after_id=speaker_id,
        editor_id=editor_id,
        made_at=now,
    )
    segment.revisions.append(revision)
    if text != segment.text:
        # Fitted to what the machine heard, so that words which come back get their own times back.
        heard = segment.machine_words or segment.words
        segment.words = align_words(heard, text, segment.start_ms, segment.end_ms)
    segment.text, segment.speaker_id = text, speaker_id
    segment.version, segment.checked = revision.version, True
    if segment.interview.status == Status.MACHINE_TEXT:
        segment.interview.status = Status.IN_REVIEW
    note(session, kind, "segment", segment.id, user_id=editor_id, now=now, version=revision.version)
    searchable_text_changed(session, segment.interview_id, now=now)
    session.flush()
    session.expire(segment, ["speaker"])
    return revision
