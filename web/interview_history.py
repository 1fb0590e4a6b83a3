"""What was done to an interview, its people, who sees it and who works on it, and the way back: undo of each change."""

from collections.abc import Callable
from datetime import date, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.access import Use, may_curate, may_edit
from archive.accounts import Role, User
from archive.catalogue import load_interview
from archive.errors import BadInput, NotAllowed, NotFound
from archive.interview_history import TABLES, is_for_the_secretary, load_history, undo_of_interview
from archive.interviews import Access, ArchiveCreator, Interview, Part, Status
from archive.people import Person
from archive.planning import load_planned
from archive.row_history import RowChange, changes_of
from web.plan import HASTE
from web.rights import needs
from web.told_changes import Names, Told, shortened
from web.visit import db, now, today, viewer
from web.wording import ACCESSES, STATUSES, USES, day, problem, spoken

pages = Blueprint("interview_history", __name__, url_prefix="/intervju/<int:interview_id>")

ACTS = {
    "changed_details": "Endret opplysningene",
    "changed_plan": "Endret planen",
    "said_units": "Endret lag og ledd",
    "changed_language": "Endret språket",
    "kept_language": "Bekreftet språket",
    "changed_voice_count": "Endret hvor mange som snakker",
    "set_status": "Endret hvor langt teksten er kommet",
    "opened": "Åpnet",
    "closed": "Lukket",
    "recorded_consent": "Skrev inn et samtykke",
    "withdrew_consent": "Trakk tilbake et samtykke",
    "assigned": "Ga intervjuet til en frivillig",
    "unassigned": "Tok intervjuet tilbake fra en frivillig",
    "undid": "Angret",
}
FIELDS = {
    "title": "Tittel",
    Part.NARRATOR.value: "Forteller",
    "held_on": "Dagen det ble holdt",
    "place": "Sted",
    Part.INTERVIEWER.value: "Intervjuer",
    Part.HEARD.value: "Andre som høres",
    "voice_count": "Hvor mange snakker",
    "creator_id": "Arkivskaper",
    "language": "Språk",
    "language_kept_at": "Språket bekreftet",
    "dialect": "Dialekt",
    "units": "Lag og ledd",
    "summary": "Sammendrag",
    "offices_held": "Verv",
    "haste": "Hvor mye det haster",
    "why_haste": "Hvorfor det haster",
    "who_asks": "Hvem som spør",
    "agreed_on": "Avtalt dag",
    "question_guide": "Hva vi vil spørre om",
    "status": "Teksten",
    "access": "Hvem som ser det",
    "given_by": "Gitt av",
    "use": "Gått med på",
    "voice": "Stemmen kan huskes",
    "valid_from": "Gjelder fra",
    "valid_until": "Gjelder til og med",
    "paper": "Papiret ligger",
    "scan_name": "Bilde av papiret",
    "withdrawn_at": "Trukket tilbake",
    "user_id": "Frivillig",
}
_NAMES = {**dict.fromkeys((part.value for part in Part), Person), "creator_id": ArchiveCreator, "user_id": User}


@pages.get("/historikk")
@needs(Role.VOLUNTEER)
def show(interview_id: int) -> ResponseReturnValue:
    """Every change, newest first."""
    return _page(_load(interview_id))


@pages.post("/angre/<int:change_id>")
@needs(Role.VOLUNTEER)
def undo(interview_id: int, change_id: int) -> ResponseReturnValue:
    """Put back what one change did."""
    _load(interview_id)
    try:
        undo_of_interview(db(), load_history(db(), change_id, interview_id), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(_load(interview_id), problem(bad.field, bad.problem)), 409
    db().commit()
    flash("Endringen er angret.")
    return redirect(url_for(".show", interview_id=interview_id), 303)


def _load(interview_id: int) -> Interview:
    """The interview, for whoever may edit it; every volunteer sees the plan of one that is not held yet."""
    try:
        interview = load_interview(db(), interview_id, viewer(), today=today())
    except NotFound:
        return load_planned(db(), interview_id)
    if not may_edit(viewer(), interview):
        raise NotAllowed("undo_of_interview")
    return interview


def _page(interview: Interview, problem: str = "") -> str:
    is_secretary = may_curate(viewer())
    all_of_them = [each for each in changes_of(db(), "interview", interview.id) if each.of_table in TABLES]
    changes = [each for each in all_of_them if is_secretary or not is_for_the_secretary(each)]
    names = Names(changes, ("units",), _NAMES)
    givers = {each.id: each.given_by for each in interview.consents}
    return render_template(
        "edit/interview_history.html",
        interview=interview,
        changes=[_told(each, names, givers) for each in changes],
        problem=problem,
        is_secretary=is_secretary,
    )


def _told(change: RowChange, names: Names, givers: dict[int, str]) -> Told:
    before, after = change.before or {}, change.after or {}
    lines = [
        (word, _say(names, field, before.get(field)), _say(names, field, after.get(field)))
        for field, word in FIELDS.items()
        if field in change.fields
    ]
    return Told.of(
        change,
        act=ACTS.get(change.act, "Endret"),
        what=_what(change, givers),
        lines=tuple(line for line in lines if line[1] or line[2]),
    )


def _what(change: RowChange, givers: dict[int, str]) -> str:
    """What the act does not say by itself: whose consent was withdrawn, and of what is undone, what that was."""
    if change.act == "withdrew_consent" and change.row_id in givers:
        return f"fra {givers[change.row_id]}"
    if change.act != "undid":
        return ""
    if change.of_table != "interview":
        return {"consent": "endring av et samtykke", "assignment": "endring av hvem som arbeider med det"}[
            change.of_table
        ]
    return "endring av hvem som ser det" if "access" in change.fields else "endring av opplysningene"


def _say(names: Names, field: str, value: object) -> str:
    """A value as a person reads it."""
    if value is None or value == "" or value == []:
        return ""
    if (name := names.of(field, value)) is not None:
        return name
    return _WORDS[field](value) if field in _WORDS else shortened(str(value))


_WORDS: dict[str, Callable[[object], str]] = {
    **dict.fromkeys(
        ("held_on", "agreed_on", "valid_from", "valid_until"), lambda day_: day(date.fromisoformat(str(day_)))
    ),
    **dict.fromkeys(("withdrawn_at", "language_kept_at"), lambda at: day(datetime.fromisoformat(str(at)))),
    "access": lambda key: ACCESSES[Access(str(key))],
    "status": lambda key: STATUSES[Status(str(key))],
    "use": lambda key: USES[Use(str(key))],
    "language": lambda key: spoken(str(key)),
    "voice": lambda is_so: "ja" if is_so else "",
    "haste": lambda key: HASTE[int(str(key))],
}
