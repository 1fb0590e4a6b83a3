"""Writing anew what is known about an interview: the same fields as when it was handed in, and a summary."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.access import may_edit
from archive.accounts import Role
from archive.catalogue import load_interview
from archive.errors import BadInput, NotAllowed
from archive.interviews import Interview, change_details, creator_names
from archive.organisation.interviews import set_units, units_about
from web.named_units import NamedUnits
from web.rights import needs
from web.typed_interview import LANGUAGES, VOICE_COUNTS, TypedInterview, wording
from web.visit import db, now, today, viewer

pages = Blueprint("details", __name__, url_prefix="/intervju/<int:interview_id>/rediger")


@pages.get("")
@needs(Role.VOLUNTEER)
def change(interview_id: int) -> ResponseReturnValue:
    """The form, filled with what is known."""
    interview = _load(interview_id)
    typed = TypedInterview.of(interview)
    typed.held_on = interview.held_on.isoformat() if interview.held_on else ""
    labels = NamedUnits().labels
    return _form(interview, typed, interview.summary, [labels[each.id] for each in units_about(db(), interview_id)])


@pages.post("")
@needs(Role.VOLUNTEER)
def save(interview_id: int) -> ResponseReturnValue:
    """Keep it, ask for one more name, or say what is wrong."""
    interview = _load(interview_id)
    typed, summary = TypedInterview.read(request.form), request.form.get("summary", "")
    units = [each for each in request.form.getlist("units") if each.strip()]
    if part := request.form.get("more"):
        if part == "units":
            units.append("")
        else:
            typed.add_person(part)
        return _form(interview, typed, summary, units)
    details, problems = typed.details(creators=creator_names(db()), today=today())
    if problems:
        return _form(interview, typed, summary, units, wrong=wording(problems)), 422
    try:
        if "units" in request.form:
            set_units(db(), interview, NamedUnits().read(units), by=viewer().user_id, now=now())
        change_details(db(), interview, replace(details, summary=summary), by=viewer().user_id, now=now())
    except BadInput as problem:
        db().rollback()
        return _form(_load(interview_id), typed, summary, units, wrong=wording([problem])), 422
    db().commit()
    flash("Opplysningene er lagret. Du kan angre det i historikken.")
    return redirect(url_for("listen.show", interview_id=interview_id))


def _load(interview_id: int) -> Interview:
    interview = load_interview(db(), interview_id, viewer(), today=today())
    if not may_edit(viewer(), interview):
        raise NotAllowed("change_details")
    return interview


def _form(
    interview: Interview,
    typed: TypedInterview,
    summary: str,
    units: list[str],
    *,
    wrong: dict[str, str] | None = None,
) -> str:
    return render_template(
        "edit/details.html",
        interview=interview,
        typed=typed,
        summary=summary,
        units=units,
        unit_names=NamedUnits().labels.values(),
        wrong=wrong or {},
        creators=creator_names(db()),
        languages=LANGUAGES,
        voice_counts=VOICE_COUNTS,
    )
