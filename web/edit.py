"""Correcting a line where it stands, and everything that ever stood there."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.access import may_edit
from archive.accounts import Role
from archive.catalogue import load_interview
from archive.database import find_row
from archive.errors import BadInput, EditConflict, NotAllowed
from archive.interviews import Interview, Status, set_status
from archive.people import Person, find_or_add_person
from archive.transcripts import (
    Segment,
    edit_segment,
    history,
    load_segment,
    next_segment,
    restore,
)
from web.rights import needs
from web.turns import line_of
from web.visit import db, now, today, viewer

pages = Blueprint("edit", __name__)

OTHER = "annen"  # the choice that means: the name typed beside it


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds."""

    text: str
    speaker: str  # a person's id, "" for unknown, OTHER for `other_name`
    other_name: str
    base_version: int

    @classmethod
    def of(cls, segment: Segment) -> "Typed":
        """The form as it opens."""
        return cls(segment.text, str(segment.speaker_id or ""), "", segment.version)

    @classmethod
    def sent(cls) -> "Typed":
        """The form as it came in."""
        form = request.form
        return cls(
            form.get("text", ""),
            form.get("speaker", ""),
            form.get("other_name", ""),
            form.get("base_version", -1, int),
        )


def _load(segment_id: int) -> tuple[Segment, Interview]:
    """The line and its interview, when this reader may correct them.

    Raises:
        NotFound: no such line, or the interview is not for this reader.
        NotAllowed: the reader may only read.
    """
    segment = load_segment(db(), segment_id, viewer(), today=today())
    if not may_edit(viewer(), segment.interview):
        raise NotAllowed("edit")
    return segment, segment.interview


@pages.get("/linje/<int:segment_id>")
@needs(Role.VOLUNTEER)
def line(segment_id: int) -> ResponseReturnValue:
    """The form for one line: a piece of the page for htmx, a page of its own without."""
    segment, interview = _load(segment_id)
    return _form(segment, interview, Typed.of(segment))


@pages.get("/linje/<int:segment_id>/vis")
@needs(Role.VOLUNTEER)
def show_line(segment_id: int) -> ResponseReturnValue:
    """The line as it stands: what *Avbryt* puts back."""
    segment, interview = _load(segment_id)
    if not _is_htmx():
        return redirect(_place(segment))
    return render_template("edit/saved.html", **_line_state(segment, interview))


@pages.post("/linje/<int:segment_id>")
@needs(Role.VOLUNTEER)
def save(segment_id: int) -> ResponseReturnValue:
    """Keep what was typed, or show both texts when somebody else was first."""
    segment, interview = _load(segment_id)
    typed = Typed.sent()
    speaker_before = segment.speaker_id
    try:
        _keep(segment, typed)
    except EditConflict:
        db().rollback()
        return _conflict(segment_id, typed), 409
    except BadInput as problem:
        db().rollback()
        return _form(*_load(segment_id), typed, problem), 422
    db().commit()
    return _after_saving(segment, interview, new_speaker=segment.speaker_id != speaker_before)


def _keep(segment: Segment, typed: Typed) -> None:
    """Write the line as the form says. *Teksten stemmer* is a line that is sent unchanged: it is vouched for.

    If something was typed all the same, it is kept: a press on the wrong button loses nothing.
    """
    edit_segment(
        db(),
        segment.id,
        text=typed.text,
        speaker_id=_speaker_id(typed),
        base_version=typed.base_version,
        editor_id=viewer().user_id,
        now=now(),
    )


def _speaker_id(typed: Typed) -> int | None:
    if typed.speaker == OTHER:
        return find_or_add_person(db(), typed.other_name).id
    if not typed.speaker:
        return None
    number = typed.speaker if typed.speaker.isascii() and typed.speaker.isdigit() and len(typed.speaker) <= 10 else "0"
    speaker = find_row(db(), Person, int(number))
    if speaker is None:
        raise BadInput("speaker", "unknown")
    return speaker.id


def _after_saving(segment: Segment, interview: Interview, *, new_speaker: bool) -> ResponseReturnValue:
    follows = next_segment(db(), segment) if request.form.get("handling") == "neste" else None
    if not _is_htmx():
        return redirect(url_for(".line", segment_id=follows.id) if follows else _place(segment))
    state = _line_state(segment, interview)
    if follows is not None:
        state["next_form"] = _form_state(follows, interview, Typed.of(follows))
    return render_template("edit/saved.html", new_speaker=new_speaker, **state)


# --- when two people changed the same line


def _conflict(segment_id: int, typed: Typed) -> str:
    """Both texts, who wrote the other one and when. Its forms start from the other's version."""
    segment, interview = _load(segment_id)
    changes = history(db(), segment_id)
    return render_template(
        "edit/_conflict.html" if _is_htmx() else "edit/conflict.html",
        piece=_is_htmx(),
        theirs=changes[0] if changes else None,
        **_form_state(segment, interview, typed),
    )


# --- history


@pages.get("/linje/<int:segment_id>/historikk")
@needs(Role.VOLUNTEER)
def line_history(segment_id: int) -> ResponseReturnValue:
    """Every version of a line, the machine's at the bottom."""
    segment, interview = _load(segment_id)
    changes = history(db(), segment_id)
    first_text = changes[-1].text_before if changes else segment.text
    return render_template(
        "edit/history.html",
        segment=segment,
        interview=interview,
        changes=changes,
        first_text=first_text,
        place=_place(segment),
    )


@pages.post("/linje/<int:segment_id>/gjenopprett")
@needs(Role.VOLUNTEER)
def bring_back(segment_id: int) -> ResponseReturnValue:
    """Make an older version the line's text again, as a new version."""
    segment, _ = _load(segment_id)
    try:
        restore(
            db(),
            segment_id,
            request.form.get("version", 0, int),
            base_version=request.form.get("base_version", -1, int),
            editor_id=viewer().user_id,
            now=now(),
        )
    except EditConflict:
        db().rollback()
        return redirect(url_for(".line_history", segment_id=segment_id, endret=1))
    db().commit()
    return redirect(_place(segment))


# --- the whole interview


@pages.post("/intervju/<int:interview_id>/kontrollert")
@needs(Role.VOLUNTEER)
def reviewed(interview_id: int) -> ResponseReturnValue:
    """A person vouches for the whole text, or takes it back."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    if not may_edit(viewer(), interview):
        raise NotAllowed("edit")
    status = Status.IN_REVIEW if request.form.get("angre") else Status.REVIEWED
    set_status(db(), interview, status, by=viewer().user_id, now=now())
    db().commit()
    return redirect(url_for("listen.show", interview_id=interview_id))


# --- what the templates need


def _is_htmx() -> bool:
    return "HX-Request" in request.headers


def _place(segment: Segment) -> str:
    address = url_for("listen.show", interview_id=segment.interview_id, t=segment.start_ms // 1000)
    return f"{address}#linje-{segment.id}"


def _line_state(segment: Segment, interview: Interview) -> dict[str, Any]:
    return {"line": line_of(segment), "interview": interview, "may_edit": True}


def _form(segment: Segment, interview: Interview, typed: Typed, problem: BadInput | None = None) -> str:
    template = "edit/_form.html" if _is_htmx() else "edit/line.html"
    return render_template(template, problem=problem, **_form_state(segment, interview, typed))


def _form_state(segment: Segment, interview: Interview, typed: Typed) -> dict[str, Any]:
    return {
        "segment": segment,
        "interview": interview,
        "typed": typed,
        "people": _people(interview, segment),
        "other": OTHER,
        "place": _place(segment),
        "user_id": viewer().user_id,
    }


def _people(interview: Interview, segment: Segment) -> list[Person]:
    """Those who take part, and whoever already speaks somewhere in the interview; each once."""
    speaking = select(Person).join(Segment, Segment.speaker_id == Person.id).where(Segment.interview_id == interview.id)
    everybody = [each.person for each in interview.participations] + list(db().scalars(speaking.distinct()))
    return list({person.id: person for person in everybody}.values())
