"""Correcting a line where it stands, and everything that ever stood there."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from archive.access import may_edit
from archive.accounts import Role
from archive.catalogue import load_interview
from archive.errors import BadInput, EditConflict, NotAllowed, NotFound
from archive.interviews import Interview, Status, set_status
from archive.names.deciding import settle
from archive.names.suggestions import groups
from archive.people import Person, find_or_add_person, load_person
from archive.transcripts import (
    Segment,
    add_segment,
    edit_segment,
    history,
    load_segment,
    next_segment,
    next_unsure,
    restore,
)
from archive.versions import heard_beside, heard_in
from web.rights import needs
from web.turns import is_unsure, line_of
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
    """The form for one line: a piece of the page for htmx, a page of its own without.

    `?hort=` is the number of what else was heard there, from 1: the form opens with that.
    """
    segment, interview = _load(segment_id)
    typed = Typed.of(segment)
    heard, chosen = heard_beside(db(), segment), request.args.get("hort", 0, int)
    if 0 < chosen <= len(heard):
        typed = replace(typed, text=heard[chosen - 1])
    return _form(segment, interview, typed)


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
    typed = Typed.sent()
    try:
        segment, interview = _load(segment_id)
    except NotFound:
        return _gone(typed), 409
    speaker_before = segment.speaker_id
    try:
        _keep(segment, typed)
    except EditConflict:
        db().rollback()
        return _conflict(segment_id, typed), 409
    except NotFound:
        db().rollback()
        return _gone(typed), 409
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
    settle(db(), segment.id, by=viewer().user_id, now=now())


def _speaker_id(typed: Typed) -> int | None:
    if typed.speaker == OTHER:
        return find_or_add_person(db(), typed.other_name).id
    if not typed.speaker:
        return None
    number = typed.speaker if typed.speaker.isascii() and typed.speaker.isdigit() and len(typed.speaker) <= 10 else "0"
    try:
        return load_person(db(), int(number)).id
    except NotFound:
        raise BadInput("speaker", "unknown") from None


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


def _gone(typed: Typed) -> str:
    """The line is no longer there: the machine heard the recording anew meanwhile. What was typed is not lost."""
    template = "edit/_gone.html" if _is_htmx() else "edit/gone.html"
    interview_id = request.form.get("interview", 0, int)
    try:
        interview = load_interview(db(), interview_id, viewer(), today=today())
    except NotFound:
        interview = None
    return render_template(template, typed=typed, interview=interview)


# --- a line that the machine left out


@pages.get("/intervju/<int:interview_id>/ny-linje")
@needs(Role.VOLUNTEER)
def new_line(interview_id: int) -> ResponseReturnValue:
    """The form for what is said in a gap, `fra` and `til` in milliseconds; `hort` as in `line`."""
    gap = Gap.asked(_interview_to_edit(interview_id), request.args)
    heard, chosen = gap.heard(), request.args.get("hort", 0, int)
    text = heard[chosen - 1] if 0 < chosen <= len(heard) else ""
    return _gap_form(gap, Typed(text, "", "", 0))


@pages.post("/intervju/<int:interview_id>/ny-linje")
@needs(Role.VOLUNTEER)
def add_line(interview_id: int) -> ResponseReturnValue:
    """Write what is said in a gap; *Her blir det ikke sagt noe* is a line without words."""
    gap, typed = Gap.asked(_interview_to_edit(interview_id), request.form), Typed.sent()
    nothing = request.form.get("handling") == "ingenting"
    try:
        if not nothing and not typed.text.strip():
            raise BadInput("text", "empty")
        segment = add_segment(
            db(),
            interview_id,
            gap.start_ms,
            gap.end_ms,
            "" if nothing else typed.text,
            speaker_id=None if nothing else _speaker_id(typed),
            editor_id=viewer().user_id,
            now=now(),
        )
    except BadInput as problem:
        db().rollback()
        return _gap_form(Gap.asked(_interview_to_edit(interview_id), request.form), typed, problem), 422
    db().commit()
    return redirect(_place(segment), 303)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of one recording in which somebody speaks and no text stands. Times on the interview's time line."""

    interview: Interview
    start_ms: int
    end_ms: int

    @classmethod
    def asked(cls, interview: Interview, values: MultiDict[str, str]) -> "Gap":
        """What an address or a form names.

        Raises:
            NotFound: it does not lie in the sound.
        """
        gap = cls(interview, values.get("fra", -1, int), values.get("til", -1, int))
        if not 0 <= gap.start_ms < gap.end_ms <= interview.duration_ms:
            raise NotFound("gap", gap.start_ms)
        return gap

    def heard(self) -> list[str]:
        """What the machine heard there and did not keep."""
        return heard_in(db(), self.interview, self.start_ms, self.end_ms)


def _interview_to_edit(interview_id: int) -> Interview:
    interview = load_interview(db(), interview_id, viewer(), today=today())
    if not may_edit(viewer(), interview):
        raise NotAllowed("edit")
    return interview


def _gap_form(gap: Gap, typed: Typed, problem: BadInput | None = None) -> str:
    return render_template(
        "edit/new_line.html",
        gap=gap,
        interview=gap.interview,
        typed=typed,
        heard=gap.heard(),
        people=_people(gap.interview),
        other=OTHER,
        problem=problem,
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
    interview = _interview_to_edit(interview_id)
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
    after = next_unsure(db(), segment) if segment.doubts and segment.checked else None
    return {"line": line_of(segment), "interview": interview, "may_edit": True, "next_unsure": after}


def _form(segment: Segment, interview: Interview, typed: Typed, problem: BadInput | None = None) -> str:
    template = "edit/_form.html" if _is_htmx() else "edit/line.html"
    return render_template(template, problem=problem, **_form_state(segment, interview, typed))


def _form_state(segment: Segment, interview: Interview, typed: Typed) -> dict[str, Any]:
    return {
        "segment": segment,
        "interview": interview,
        "typed": typed,
        "people": _people(interview),
        "heard": heard_beside(db(), segment),
        "is_unsure": is_unsure(segment),
        "other": OTHER,
        "place": _place(segment),
        "names": groups(db(), interview.id, segment_id=segment.id),
        "user_id": viewer().user_id,
    }


def _people(interview: Interview) -> list[Person]:
    """Those who take part, and whoever already speaks somewhere in the interview; each once."""
    speaking = select(Person).join(Segment, Segment.speaker_id == Person.id).where(Segment.interview_id == interview.id)
    everybody = [each.person for each in interview.participations] + list(db().scalars(speaking.distinct()))
    return list({person.id: person for person in everybody}.values())
