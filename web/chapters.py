"""The chapters of an interview: the list beside its text, and the forms of those who write them."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.access import may_edit
from archive.accounts import Role
from archive.catalogue import load_interview
from archive.chapters import (
    Chapter,
    ChapterDetails,
    add_chapter,
    change_chapter,
    chapters_and_lines,
    details_of,
    ends_of,
    history_of,
    load_chapter,
    remove_chapter,
    removed_chapters_of,
    restore_chapter,
)
from archive.errors import BadInput, ChangedMeanwhile, NotAllowed
from archive.interviews import Interview
from archive.transcripts import Segment, segments_of
from web.rights import needs
from web.visit import db, now, today, viewer
from web.wording import position

pages = Blueprint("chapters", __name__)

_TIME = re.compile(r"(?:(\d{1,2})[:.])?(\d{1,4})[:.](\d{2})")


@dataclass(frozen=True, slots=True)
class Shown:
    """A chapter as the list shows it."""

    chapter: Chapter
    end_ms: int
    line_id: int | None  # the line that it begins in; None: there is none, or nobody knows
    is_current: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds."""

    start: str
    end: str = ""
    title: str = ""
    synopsis: str = ""
    keywords: str = ""
    base_version: int = 0

    @classmethod
    def of(cls, chapter: Chapter) -> "Typed":
        """The form as it opens."""
        return cls(
            position(chapter.start_ms),
            "" if chapter.end_ms is None else position(chapter.end_ms),
            chapter.title,
            chapter.synopsis,
            ", ".join(chapter.keywords),
            chapter.version,
        )

    @classmethod
    def sent(cls) -> "Typed":
        """The form as it came in."""
        form = request.form
        texts = {name: form.get(name, "") for name in ("start", "end", "title", "synopsis", "keywords")}
        return cls(**texts, base_version=form.get("base_version", -1, int))

    def details(self, stands: Chapter | None = None) -> ChapterDetails:
        """What it says. A time that is left as it stands keeps its thousandths.

        Raises:
            BadInput: a time is "empty" or "not_a_place".
        """
        start_ms = _read_time(self.start, "start_ms", stands.start_ms if stands else None)
        end_ms = _read_time(self.end, "end_ms", stands.end_ms if stands else None) if self.end.strip() else None
        keywords = [each.strip() for each in re.split("[,;\n]", self.keywords)]
        return ChapterDetails(start_ms, self.title, end_ms, self.synopsis, keywords)


def chapter_list(
    interview: Interview, segments: Sequence[Segment], start_ms: int | None, *, undo_id: int | None = None
) -> dict[str, Any]:
    """What the list beside the text needs. `undo_id`: the chapter that was just removed."""
    both = chapters_and_lines(db(), interview.id)
    chapters = [chapter for chapter, _ in both]
    until_ms = max([interview.duration_ms, *(line.end_ms for line in segments)])
    ends, starts = ends_of(chapters, until_ms), [line.start_ms for line in segments]
    current = bisect_right([each.start_ms for each in chapters], start_ms) - 1 if start_ms is not None else -1
    may_index = may_edit(viewer(), interview)
    removed = removed_chapters_of(db(), interview.id) if may_index else []
    return {
        "chapters": [
            Shown(
                chapter,
                end_ms,
                _line_at(chapter.start_ms, segments, starts),
                place == current and start_ms is not None and start_ms < end_ms,
            )
            for place, (chapter, end_ms) in enumerate(zip(chapters, ends, strict=True))
        ],
        # A log is the list and the text in one: it is read as text, and the list stays folded.
        "is_only_log": bool(segments) and sum(is_a_line for _, is_a_line in both) == len(segments),
        "may_index": may_index,
        "removed_chapters": removed,
        "undo_chapter": next((each for each in removed if each.id == undo_id), None),
    }


def _line_at(start_ms: int, segments: Sequence[Segment], starts: Sequence[int]) -> int | None:
    if not starts or not starts[-1]:  # a text without times
        return None
    return segments[max(bisect_right(starts, start_ms) - 1, 0)].id


@pages.get("/intervju/<int:interview_id>/kapittel/nytt")
@needs(Role.VOLUNTEER)
def new(interview_id: int) -> ResponseReturnValue:
    """An empty form; `?fra=` is the second that is heard."""
    interview = interview_to_edit(interview_id)
    at_ms = min(max(request.args.get("fra", 0, int), 0) * 1000, max(interview.duration_ms - 1, 0))
    return _form(interview, Typed(position(at_ms)))


@pages.post("/intervju/<int:interview_id>/kapittel/nytt")
@needs(Role.VOLUNTEER)
def add(interview_id: int) -> ResponseReturnValue:
    """Write a chapter down."""
    typed = Typed.sent()
    interview = interview_to_edit(interview_id)
    try:
        chapter = add_chapter(db(), interview_id, typed.details(), by=viewer().user_id, now=now())
    except BadInput as problem:
        db().rollback()
        return _form(interview_to_edit(interview_id), typed, problem=problem), 422
    db().commit()
    return _done(interview, chapter, "Kapittelet er lagt til.")


@pages.get("/kapittel/<int:chapter_id>/endre")
@needs(Role.VOLUNTEER)
def edit(chapter_id: int) -> ResponseReturnValue:
    """The form with what stands there; one that was removed is brought back from its history."""
    chapter = _chapter_to_edit(chapter_id)
    if chapter.removed_at is not None:
        return redirect(url_for(".history", chapter_id=chapter_id))
    return _form(chapter.interview, Typed.of(chapter), chapter)


@pages.post("/kapittel/<int:chapter_id>/endre")
@needs(Role.VOLUNTEER)
def change(chapter_id: int) -> ResponseReturnValue:
    """Write it anew, or show what somebody else wrote meanwhile beside what was typed."""
    typed, chapter = Typed.sent(), _chapter_to_edit(chapter_id)
    try:
        details = typed.details(chapter)
        change_chapter(db(), chapter_id, details, base_version=typed.base_version, by=viewer().user_id, now=now())
    except ChangedMeanwhile:
        db().rollback()
        return _changed_meanwhile(chapter_id, typed)
    except BadInput as problem:
        db().rollback()
        chapter = _chapter_to_edit(chapter_id)
        return _form(chapter.interview, typed, chapter, problem=problem), 422
    db().commit()
    return _done(chapter.interview, chapter, "Kapittelet er lagret.")


@pages.post("/kapittel/<int:chapter_id>/fjern")
@needs(Role.VOLUNTEER)
def remove(chapter_id: int) -> ResponseReturnValue:
    """Take it away; the page that follows can undo it."""
    chapter, version = _chapter_to_edit(chapter_id), request.form.get("base_version", -1, int)
    try:
        remove_chapter(db(), chapter_id, base_version=version, by=viewer().user_id, now=now())
    except ChangedMeanwhile:
        db().rollback()
        return _changed_meanwhile(chapter_id, Typed.of(_chapter_to_edit(chapter_id)))
    db().commit()
    return _done(chapter.interview, chapter, "")


@pages.get("/kapittel/<int:chapter_id>/historikk")
@needs(Role.VOLUNTEER)
def history(chapter_id: int) -> ResponseReturnValue:
    """Every version of a chapter, the first at the bottom."""
    chapter = _chapter_to_edit(chapter_id)
    changes = history_of(db(), chapter_id)
    first = ChapterDetails(**changes[-1].before) if changes else details_of(chapter)
    return render_template(
        "chapters/history.html", chapter=chapter, interview=chapter.interview, changes=changes, first=first
    )


@pages.post("/kapittel/<int:chapter_id>/gjenopprett")
@needs(Role.VOLUNTEER)
def restore(chapter_id: int) -> ResponseReturnValue:
    """Make it stand as it did at an older version, as a new version."""
    chapter, form = _chapter_to_edit(chapter_id), request.form
    version, base_version = form.get("version", 0, int), form.get("base_version", -1, int)
    try:
        restore_chapter(db(), chapter_id, version, base_version=base_version, by=viewer().user_id, now=now())
    except ChangedMeanwhile:
        db().rollback()
        return redirect(url_for(".history", chapter_id=chapter_id, endret=1), 303)
    db().commit()
    return _done(chapter.interview, chapter, "Kapittelet er hentet fram igjen.")


def _read_time(typed: str, field: str, stands_ms: int | None) -> int:
    """`12:34` or `1:02:34`, as the player shows it."""
    written = typed.strip()
    if not written:
        raise BadInput(field, "empty")
    if stands_ms is not None and written == position(stands_ms):
        return stands_ms
    found = _TIME.fullmatch(written)
    if found is None or not found[0].isascii() or int(found[3]) > 59 or (found[1] and int(found[2]) > 59):
        raise BadInput(field, "not_a_place")
    return ((int(found[1] or 0) * 60 + int(found[2])) * 60 + int(found[3])) * 1000


def interview_to_edit(interview_id: int) -> Interview:
    """The interview, when this reader may write its chapters.

    Raises:
        NotFound, NotAllowed
    """
    interview = load_interview(db(), interview_id, viewer(), today=today())
    if not may_edit(viewer(), interview):
        raise NotAllowed("edit")
    return interview


def _chapter_to_edit(chapter_id: int) -> Chapter:
    chapter = load_chapter(db(), chapter_id, viewer(), today=today())
    if not may_edit(viewer(), chapter.interview):
        raise NotAllowed("edit")
    return chapter


def _is_htmx() -> bool:
    return "HX-Request" in request.headers


def _form(
    interview: Interview,
    typed: Typed,
    chapter: Chapter | None = None,
    *,
    problem: BadInput | None = None,
    theirs: Chapter | None = None,
) -> str:
    return render_template(
        "chapters/_form.html" if _is_htmx() else "chapters/form.html",
        interview=interview,
        chapter=chapter,
        typed=typed,
        problem=problem,
        theirs=theirs,
        back=_place(interview, chapter),
    )


def _changed_meanwhile(chapter_id: int, typed: Typed) -> ResponseReturnValue:
    """What was typed, and what stands there now; its version is the one the next answer starts from."""
    chapter = _chapter_to_edit(chapter_id)
    texts = (typed.start, typed.end, typed.title, typed.synopsis, typed.keywords)
    return _form(chapter.interview, Typed(*texts, chapter.version), chapter, theirs=chapter), 409


def _done(interview: Interview, chapter: Chapter, said: str) -> ResponseReturnValue:
    """The list as it is now, in the page that asked; or the page itself. `said` is "" for what was removed."""
    undo_id = None if said else chapter.id
    if not _is_htmx():
        if said:
            flash(said)
            return redirect(_place(interview, chapter), 303)
        return redirect(url_for("listen.show", interview_id=interview.id, fjernet=undo_id, _anchor="kapitler"), 303)
    shown = chapter_list(interview, segments_of(db(), interview.id), None, undo_id=undo_id)
    piece = render_template(
        "listen/_chapters.html", interview=interview, said=said, fresh_id=chapter.id, start_ms=None, **shown
    )
    return make_response(piece)


def _place(interview: Interview, chapter: Chapter | None) -> str:
    if chapter is None or chapter.removed_at is not None:
        return url_for("listen.show", interview_id=interview.id, _anchor="kapitler")
    anchor = f"kapittel-{chapter.id}"
    return url_for("listen.show", interview_id=interview.id, t=chapter.start_ms // 1000, _anchor=anchor)
