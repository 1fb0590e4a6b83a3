"""The secretary's forms for the cases of a meeting: one at a time, or a whole agenda that is pasted."""

from dataclasses import dataclass, fields

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from archive.accounts import Role
from archive.errors import BadInput
from archive.meetings.agenda import Agenda, read_agenda
from archive.meetings.cases import CaseDetails, MeetingCase, add_case, add_cases, change_case, move_case
from archive.meetings.found import cases_of, load_case, load_meeting
from archive.meetings.history import remove_case
from archive.meetings.meeting import Meeting
from archive.people import find_or_add_person
from archive.row_history import latest_change
from archive.typed import one_line
from web.meetings import meeting_page
from web.meetings_words import AGENDA_PROBLEMS
from web.rights import needs
from web.typed_interview import Fields, wording
from web.units import check_unchanged
from web.visit import db, now, viewer
from web.wording import counted, problem

pages = Blueprint("meetings_cases", __name__, url_prefix="/mote")

LONGEST_AGENDA = 50_000


@dataclass(slots=True)
class TypedCase:
    """The form, field by field, as text."""

    case_number: str = ""
    case_title: str = ""
    presented_by: str = ""
    proposal: str = ""
    discussion: str = ""
    decision: str = ""
    vote: str = ""

    @classmethod
    def read(cls, form: Fields) -> "TypedCase":
        """As the browser sent it."""
        return cls(**{field.name: form.get(field.name, "") for field in fields(cls)})

    @classmethod
    def of(cls, case: MeetingCase) -> "TypedCase":
        """What stands there now."""
        presenter = case.presented_by.name if case.presented_by else ""
        return cls(case.number, case.title, presenter, case.proposal, case.discussion, case.decision, case.vote)

    def details(self, session: Session, case: MeetingCase | None = None) -> CaseDetails:
        """What is to be kept of it. A person who is typed and not in the register comes there.

        Raises:
            BadInput: `presented_by` is "too_long".
        """
        return CaseDetails(
            self.case_title,
            self.case_number,
            self.proposal,
            self.discussion,
            self.decision,
            self.vote,
            self._presenter_id(session, case),
        )

    def _presenter_id(self, session: Session, case: MeetingCase | None) -> int | None:
        name = one_line(self.presented_by, "presented_by", limit=200)
        if not name:
            return None
        if case is not None and case.presented_by is not None and case.presented_by.name == name:
            return case.presented_by_id  # two may share the name
        return find_or_add_person(session, name).id


@pages.get("/<int:meeting_id>/sak")
@needs(Role.SECRETARY)
def new(meeting_id: int) -> ResponseReturnValue:
    """An empty form."""
    return _form(TypedCase(), load_meeting(db(), meeting_id, viewer()))


@pages.post("/<int:meeting_id>/sak")
@needs(Role.SECRETARY)
def add(meeting_id: int) -> ResponseReturnValue:
    """One more case, below the others."""
    typed, meeting = TypedCase.read(request.form), load_meeting(db(), meeting_id, viewer())
    try:
        case = add_case(db(), meeting, typed.details(db()), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, load_meeting(db(), meeting_id, viewer()), bad), 422
    db().commit()
    flash(f"«{case.name}» er lagt til.")
    return _to(case)


@pages.get("/sak/<int:case_id>/endre")
@needs(Role.SECRETARY)
def edit(case_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    case = load_case(db(), case_id, viewer())
    return _form(TypedCase.of(case), case.meeting, case=case)


@pages.post("/sak/<int:case_id>/endre")
@needs(Role.SECRETARY)
def change(case_id: int) -> ResponseReturnValue:
    """Write it anew, unless somebody else did meanwhile."""
    typed, case = TypedCase.read(request.form), load_case(db(), case_id, viewer())
    try:
        check_unchanged("meeting_case", case_id)
        change_case(db(), case, typed.details(db(), case), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        case = load_case(db(), case_id, viewer())
        return _form(typed, case.meeting, bad, case=case), 422
    db().commit()
    flash("Saken er lagret. Du kan angre det i historikken.")
    return _to(case)


@pages.post("/sak/<int:case_id>/flytt")
@needs(Role.SECRETARY)
def move(case_id: int) -> ResponseReturnValue:
    """One place up, or down."""
    case = load_case(db(), case_id, viewer())
    move_case(db(), case, up=request.form.get("vei") == "opp", by=viewer().user_id, now=now())
    db().commit()
    return _to(case)


@pages.post("/sak/<int:case_id>/fjern")
@needs(Role.SECRETARY)
def remove(case_id: int) -> ResponseReturnValue:
    """Take it away with its papers."""
    case = load_case(db(), case_id, viewer())
    name, meeting_id = case.name, case.meeting_id
    try:
        remove_case(db(), case, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return meeting_page(load_meeting(db(), meeting_id, viewer()), problem(bad.field, bad.problem)), 409
    db().commit()
    flash(f"«{name}» er tatt bort. Var det feil, kan du angre det her.")
    return redirect(url_for("meetings_history.show", meeting_id=meeting_id), 303)


@pages.get("/<int:meeting_id>/saksliste")
@needs(Role.SECRETARY)
def paste(meeting_id: int) -> ResponseReturnValue:
    """Where an agenda is pasted."""
    return _agenda_form(load_meeting(db(), meeting_id, viewer()), "")


@pages.post("/<int:meeting_id>/saksliste")
@needs(Role.SECRETARY)
def read_pasted(meeting_id: int) -> ResponseReturnValue:
    """What was understood of it; and, when somebody has seen that, all of the cases at once."""
    meeting, text = load_meeting(db(), meeting_id, viewer()), request.form.get("agenda", "")
    if len(text) > LONGEST_AGENDA:
        return _agenda_form(meeting, text[:LONGEST_AGENDA], problem("agenda", "too_long")), 422
    agenda = _read(meeting, text)
    if not agenda.cases and not agenda.problems:
        return _agenda_form(meeting, text, problem("agenda", "empty")), 422
    if agenda.problems or request.form.get("gjor") != "legg-inn":
        return _agenda_form(meeting, text, agenda=agenda), 422 if agenda.problems else 200
    details = [CaseDetails(each.title, each.number) for each in agenda.cases]
    added = add_cases(db(), meeting, details, by=viewer().user_id, now=now())
    db().commit()
    flash(f"{counted(len(added), 'sak er lagt inn', 'saker er lagt inn')}. Alt kan angres under Historikk.")
    return redirect(url_for("meetings.one", meeting_id=meeting_id, _anchor="saker"), 303)


def _read(meeting: Meeting, text: str) -> Agenda:
    taken = {each.number_key for each in cases_of(db(), meeting) if each.number_key}
    return read_agenda(text, taken=taken)


def _agenda_form(meeting: Meeting, text: str, problem: str = "", *, agenda: Agenda | None = None) -> str:
    return render_template(
        "meetings/agenda.html",
        meeting=meeting,
        text=text,
        problem=problem,
        cases=agenda.cases if agenda else (),
        problems=[(each.line, each.found, AGENDA_PROBLEMS[each.problem]) for each in agenda.problems] if agenda else [],
    )


def _form(typed: TypedCase, meeting: Meeting, bad: BadInput | None = None, *, case: MeetingCase | None = None) -> str:
    back = url_for("meetings.one", meeting_id=meeting.id, _anchor=f"sak-{case.id}" if case else None)
    return render_template(
        "meetings/case_form.html",
        typed=typed,
        meeting=meeting,
        case=case,
        wrong=wording([bad] if bad else []),
        seen=latest_change(db(), "meeting_case", case.id) if case else 0,
        back=back,
    )


def _to(case: MeetingCase) -> ResponseReturnValue:
    return redirect(url_for("meetings.one", meeting_id=case.meeting_id, _anchor=f"sak-{case.id}"), 303)
