"""The chapters of an interview: places on its time line with a title, so that one finds the way in four hours.

A chapter is what oral history archives call an index point. It says what is spoken about, in an archivist's words, and
is never what was said. Every change of one is kept, and what was removed can be brought back.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, delete, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from archive.access import Viewer, may_edit, visible_to
from archive.accounts import User
from archive.audit import note
from archive.catalogue import load_interview
from archive.database import Base, is_possible_id
from archive.errors import BadInput, ChangedMeanwhile, NotAllowed, NotFound
from archive.interviews import Interview
from archive.local_time import day_of
from archive.outbox import searchable_text_changed
from archive.transcripts import Segment, editing_viewer
from archive.typed import many_lines, one_line

LONGEST_TITLE = 300
LONGEST_SYNOPSIS = 10_000
LONGEST_KEYWORD = 100
MOST_KEYWORDS = 50
# As `archive.exchange.reading`: no conversation of ours lasts longer.
LATEST_MS = 24 * 3_600_000


class Chapter(Base):
    """A place on the interview's time line, what is spoken about from there, and how far it goes."""

    __tablename__ = "chapter"
    __table_args__ = (Index("ix_chapter_interview_start", "interview_id", "start_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"))
    # The row of a log that was brought in both as this and as a line; None: it stands nowhere else.
    line_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id", ondelete="SET NULL"), index=True)
    start_ms: Mapped[int]  # on the interview's time line
    end_ms: Mapped[int | None]  # None: until the next one
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    synopsis: Mapped[str] = mapped_column(default="")
    keywords: Mapped[list[Any]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=0)  # 0: as it was made
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]  # None: it stands

    interview: Mapped[Interview] = relationship()
    made_by: Mapped[User | None] = relationship()
    changes: Mapped[list["ChapterChange"]] = relationship(
        back_populates="chapter", cascade="all, delete-orphan", order_by="ChapterChange.version"
    )

    @property
    def text(self) -> str:
        """All of it as one text, which search reads and shows."""
        said = ""
        for part in filter(None, (self.title, self.synopsis, ", ".join(self.keywords))):
            said += part if not said else f" {part}" if said[-1] in ".!?…:" else f". {part}"
        return said


class ChangeKind(enum.StrEnum):
    """What was done with a chapter."""

    CHANGED = "changed"
    REMOVED = "removed"
    RESTORED = "restored"


class ChapterChange(Base):
    """Who changed which chapter when, before and after."""

    __tablename__ = "chapter_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapter.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]  # the version this change made
    kind: Mapped[ChangeKind]
    before: Mapped[dict[str, Any]]  # as `ChapterDetails`
    after: Mapped[dict[str, Any]]
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]

    chapter: Mapped[Chapter] = relationship(back_populates="changes")
    editor: Mapped[User | None] = relationship()


@dataclass(frozen=True, slots=True)
class ChapterDetails:
    """What a person says of a chapter."""

    start_ms: int
    title: str
    end_ms: int | None = None
    synopsis: str = ""
    keywords: Sequence[str] = ()


def chapters_of(session: Session, interview_id: int) -> list[Chapter]:
    """The chapters of an interview in time order. Whoever asks has loaded the interview first."""
    return list(session.scalars(_standing(interview_id)))


def removed_chapters_of(session: Session, interview_id: int) -> list[Chapter]:
    """Those that were removed and can be brought back, the last removed first."""
    removed = select(Chapter).where(Chapter.interview_id == interview_id, Chapter.removed_at.is_not(None))
    return list(session.scalars(removed.order_by(Chapter.removed_at.desc(), Chapter.id.desc())))


def chapters_and_lines(session: Session, interview_id: int) -> list[tuple[Chapter, bool]]:
    """The chapters, and of each whether a line of the text still says the very same."""
    both = _standing(interview_id).outerjoin(Segment, Chapter.line_id == Segment.id).add_columns(Segment.version)
    return [(chapter, (chapter.version, line_version) == (0, 0)) for chapter, line_version in session.execute(both)]


def ends_of(chapters: Sequence[Chapter], until_ms: int) -> list[int]:
    """Where each ends: where it says so, else where the next one begins, else at `until_ms`. Pure."""
    starts = sorted({chapter.start_ms for chapter in chapters})
    following = dict(zip(starts, [*starts[1:], until_ms], strict=False))
    given = [following[each.start_ms] if each.end_ms is None else each.end_ms for each in chapters]
    return [max(end_ms, chapter.start_ms + 1) for chapter, end_ms in zip(chapters, given, strict=True)]


def load_chapter(session: Session, chapter_id: int, viewer: Viewer, *, today: date) -> Chapter:
    """One chapter, also a removed one.

    Raises:
        NotFound: it is not there, or its interview is not for this viewer.
    """
    chapter = None
    if is_possible_id(chapter_id):
        wanted = select(Chapter).join(Chapter.interview)
        chapter = session.scalar(wanted.where(Chapter.id == chapter_id, visible_to(viewer, today=today)))
    if chapter is None:
        raise NotFound("chapter", chapter_id)
    return chapter


def history_of(session: Session, chapter_id: int) -> list[ChapterChange]:
    """Every change of a chapter, newest first. Whoever asks has loaded the chapter first."""
    changes = select(ChapterChange).where(ChapterChange.chapter_id == chapter_id)
    return list(
        session.scalars(changes.options(selectinload(ChapterChange.editor)).order_by(ChapterChange.version.desc()))
    )


def add_chapter(
    session: Session, interview_id: int, details: ChapterDetails, *, by: int | None, now: datetime
) -> Chapter:
    """Write a chapter down.

    Raises:
        NotFound: no such interview, or not for whoever does it.
        NotAllowed: he may read but not correct.
        BadInput: `chapter_title` is "empty"; a value is "too_long"; there are "too_many" `keywords`; `start_ms` lies
            "outside" the sound; `end_ms` "before_start" or "outside".
    """
    return add_chapters(session, interview_id, [details], by=by, now=now)[0]


def add_chapters(
    session: Session, interview_id: int, details: Sequence[ChapterDetails], *, by: int | None, now: datetime
) -> list[Chapter]:
    """Write several down, such as the rows of a log; none when one of them cannot be.

    Raises:
        NotFound, NotAllowed, BadInput: as `add_chapter`.
    """
    viewer = editing_viewer(session, by)
    interview = load_interview(session, interview_id, viewer, today=day_of(now))
    if not may_edit(viewer, interview):
        raise NotAllowed("edit")
    checked = [_plain(_checked(interview, each)) for each in details]
    made = [Chapter(interview_id=interview.id, made_by_id=by, made_at=now, **each) for each in checked]
    session.add_all(made)
    session.flush()
    for chapter in made:
        _tell(session, chapter, "added", by, now)
    return made


def bring_in(
    session: Session,
    interview_id: int,
    chapters: Iterable[tuple[ChapterDetails, int | None]],
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Add the chapters that came with a finished text, which was checked when it was read.

    Args:
        chapters: each with the number of the line that says the same, None where no line does.
    """
    session.add_all(
        Chapter(interview_id=interview_id, line_id=line_id, made_by_id=by, made_at=now, **_plain(details))
        for details, line_id in chapters
    )
    session.flush()


def change_chapter(
    session: Session, chapter_id: int, details: ChapterDetails, *, base_version: int, by: int | None, now: datetime
) -> Chapter:
    """Write a chapter anew; what is sent as it stands changes nothing.

    Raises:
        NotFound, NotAllowed, BadInput: as `add_chapter`.
        ChangedMeanwhile: somebody else changed or removed it since `base_version`.
    """
    chapter = _chapter_for(session, chapter_id, base_version, by, now)
    _change(session, chapter, ChangeKind.CHANGED, _checked(chapter.interview, details), by=by, now=now)
    return chapter


def remove_chapter(session: Session, chapter_id: int, *, base_version: int, by: int | None, now: datetime) -> Chapter:
    """Take a chapter away. `restore_chapter` brings it back.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile: as `change_chapter`.
    """
    chapter = _chapter_for(session, chapter_id, base_version, by, now)
    _change(session, chapter, ChangeKind.REMOVED, details_of(chapter), is_removed=True, by=by, now=now)
    return chapter


def restore_chapter(
    session: Session, chapter_id: int, version: int, *, base_version: int, by: int | None, now: datetime
) -> Chapter:
    """Make a chapter stand as it did at a version; 0 is as it was made.

    Raises:
        NotFound: no such chapter or version, or not for whoever does it.
        NotAllowed, ChangedMeanwhile: as `change_chapter`.
    """
    chapter = _chapter_for(session, chapter_id, base_version, by, now)
    _change(session, chapter, ChangeKind.RESTORED, _at_version(chapter, version), by=by, now=now)
    return chapter


def details_of(chapter: Chapter) -> ChapterDetails:
    """The chapter as it stands."""
    keywords = tuple(chapter.keywords)
    return ChapterDetails(chapter.start_ms, chapter.title, chapter.end_ms, chapter.synopsis, keywords)


def is_only_a_chapter() -> ColumnElement[bool]:
    """Of a line: whether it is a row of a log that stands as a chapter too, and nobody has changed either."""
    return exists(select(Chapter.id).where(Chapter.line_id == Segment.id, Chapter.version == 0).correlate(Segment)) & (
        Segment.version == 0
    )


def log_gives_way(session: Session, interview_id: int) -> None:
    """The machine has written what was said: what of a log nobody changed stands as chapters alone."""
    rows = delete(Segment).where(Segment.interview_id == interview_id, is_only_a_chapter())
    session.execute(rows, execution_options={"synchronize_session": False})


def _standing(interview_id: int) -> Select[Chapter]:
    standing = select(Chapter).where(Chapter.interview_id == interview_id, Chapter.removed_at.is_(None))
    return standing.order_by(Chapter.start_ms, Chapter.id)


def _chapter_for(session: Session, chapter_id: int, base_version: int, by: int | None, now: datetime) -> Chapter:
    """A chapter that this person may change, locked until the caller commits."""
    viewer = editing_viewer(session, by)
    chapter = load_chapter(session, chapter_id, viewer, today=day_of(now))
    if not may_edit(viewer, chapter.interview):
        raise NotAllowed("edit")
    session.refresh(chapter, with_for_update={"of": Chapter})
    if chapter.version != base_version:
        raise ChangedMeanwhile("chapter", chapter.id, chapter.version)
    return chapter


def _change(
    session: Session,
    chapter: Chapter,
    kind: ChangeKind,
    details: ChapterDetails,
    *,
    is_removed: bool = False,
    by: int | None,
    now: datetime,
) -> None:
    before, after = _plain(details_of(chapter)), _plain(details)
    if before == after and is_removed == (chapter.removed_at is not None):
        return
    change = ChapterChange(
        version=chapter.version + 1, kind=kind, before=before, after=after, editor_id=by, made_at=now
    )
    chapter.changes.append(change)
    for name, value in after.items():
        setattr(chapter, name, value)
    chapter.version = change.version
    chapter.removed_at = now if is_removed else None
    session.flush()
    _tell(session, chapter, kind, by, now)


def _tell(session: Session, chapter: Chapter, act: str, by: int | None, now: datetime) -> None:
    note(session, f"{act}_chapter", "chapter", chapter.id, user_id=by, now=now, interview=chapter.interview_id)
    searchable_text_changed(session, chapter.interview_id, now=now)


def _at_version(chapter: Chapter, version: int) -> ChapterDetails:
    if version == 0:
        return ChapterDetails(**chapter.changes[0].before) if chapter.changes else details_of(chapter)
    for change in chapter.changes:
        if change.version == version:
            return ChapterDetails(**change.after)
    raise NotFound("version", version)


def _plain(details: ChapterDetails) -> dict[str, Any]:
    """As the row keeps it, and as JSON can."""
    return {
        "start_ms": details.start_ms,
        "end_ms": details.end_ms,
        "title": details.title,
        "synopsis": details.synopsis,
        "keywords": list(details.keywords),
    }


def _checked(interview: Interview, details: ChapterDetails) -> ChapterDetails:
    latest_ms = interview.duration_ms or LATEST_MS
    if not 0 <= details.start_ms < latest_ms:
        raise BadInput("start_ms", "outside")
    if details.end_ms is not None and details.end_ms <= details.start_ms:
        raise BadInput("end_ms", "before_start")
    if details.end_ms is not None and details.end_ms > latest_ms:
        raise BadInput("end_ms", "outside")
    keywords = [one_line(each, "keywords", limit=LONGEST_KEYWORD) for each in details.keywords]
    if len(keywords) > MOST_KEYWORDS:
        raise BadInput("keywords", "too_many")
    return ChapterDetails(
        details.start_ms,
        one_line(details.title, "chapter_title", limit=LONGEST_TITLE, required=True),
        details.end_ms,
        many_lines(details.synopsis, "synopsis", limit=LONGEST_SYNOPSIS),
        tuple(dict.fromkeys(filter(None, keywords))),
    )
