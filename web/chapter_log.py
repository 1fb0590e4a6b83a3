"""A log of an interview that is here already: its rows become chapters, seen through before they are kept."""

import json
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.chapters import ChapterDetails, add_chapters, chapters_of
from archive.errors import BadInput, ImportRefused
from archive.exchange.reading import LARGEST_BYTES, read_text
from archive.exchange.reading.json import chapters_in
from archive.interviews import Interview
from media.errors import MediaError
from web.chapters import interview_to_edit
from web.import_words import refusal
from web.rights import needs
from web.visit import db, now, viewer
from web.wording import counted

pages = Blueprint("chapter_log", __name__, url_prefix="/intervju/<int:interview_id>/kapitler/fra-logg")

NO_FILE = "Velg filen med loggen først."
NO_LOG = "Dette er ikke en logg. En logg har en tid i den første kolonnen og et stikkord i den neste."
UNREADABLE = "Filen kunne ikke åpnes. Lagre den på nytt, og prøv igjen."
NOT_KEPT = "Kapitlene kunne ikke lagres. Velg filen på nytt."
OUTSIDE = "Loggen går lenger enn opptaket. Hører den til dette intervjuet? Ingenting ble lagt inn."


@pages.get("")
@needs(Role.VOLUNTEER)
def choose(interview_id: int) -> ResponseReturnValue:
    """Choose a file."""
    return _page(interview_to_edit(interview_id))


@pages.post("")
@needs(Role.VOLUNTEER)
def look(interview_id: int) -> ResponseReturnValue:
    """Read the file and show what would become chapters; nothing is kept."""
    interview = interview_to_edit(interview_id)
    found, problem = _read()
    if interview.duration_ms and any(each.start_ms >= interview.duration_ms for each in found):
        found, problem = (), OUTSIDE
    return _page(interview, found, problem), 422 if problem else 200


@pages.post("/lagre")
@needs(Role.VOLUNTEER)
def save(interview_id: int) -> ResponseReturnValue:
    """Write all of them down, or none."""
    interview = interview_to_edit(interview_id)
    try:
        given = json.loads(request.form.get("chapters", ""))
        found = [each.details for each in chapters_in({"chapters": given}, [])]
        if not found:
            raise BadInput("chapters", "empty")
        add_chapters(db(), interview_id, found, by=viewer().user_id, now=now())
    except (ValueError, ImportRefused, BadInput):
        db().rollback()
        return _page(interview_to_edit(interview_id), problem=NOT_KEPT), 422
    db().commit()
    flash(f"{counted(len(found), 'kapittel', 'kapitler')} er lagt til.")
    return redirect(url_for("listen.show", interview_id=interview.id, _anchor="kapitler"), 303)


def _read() -> tuple[Sequence[ChapterDetails], str]:
    """The chapters in the file that was sent, or the sentence that says why there are none."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return (), NO_FILE
    try:
        text = read_text(file.stream.read(LARGEST_BYTES + 1), name=file.filename)
    except ImportRefused as refused:
        return (), refusal(refused)
    except MediaError:
        return (), UNREADABLE
    return tuple(each.details for each in text.chapters), "" if text.chapters else NO_LOG


def _page(interview: Interview, found: Sequence[ChapterDetails] = (), problem: str = "") -> str:
    given = [
        {
            "start_ms": each.start_ms,
            "end_ms": each.end_ms,
            "title": each.title,
            "synopsis": each.synopsis,
            "keywords": list(each.keywords),
        }
        for each in found
    ]
    return render_template(
        "chapters/log.html",
        interview=interview,
        found=found,
        given=json.dumps(given, ensure_ascii=False),
        problem=problem,
        there=len(chapters_of(db(), interview.id)),
    )
