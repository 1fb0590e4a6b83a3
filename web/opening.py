"""Who may see an interview: opening on a consent, closing at once, and giving it to volunteers."""

from dataclasses import asdict, replace

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.access import OPENINGS, Consent, close_now, covers, open_interview, record_consent, withdraw_consent
from archive.accounts import Role, User
from archive.catalogue import load_interview
from archive.database import find_row
from archive.errors import BadInput, NoConsent, NotFound
from archive.interviews import Access, Assignment, Interview, assign, unassign
from web import consent_scan
from web.rights import needs
from web.typed_consent import TypedConsent, problem_words
from web.visit import archive, db, now, today, viewer

pages = Blueprint("opening", __name__)

SAID = {
    None: "Samtykket er lagret.",
    Access.MEMBERS: "Intervjuet er åpnet for medlemmer.",
    Access.OPEN: "Intervjuet er åpnet for alle.",
}


@pages.get("/intervju/<int:interview_id>/tilgang")
@needs(Role.SECRETARY)
def show(interview_id: int) -> ResponseReturnValue:
    """Who may see it now, what was agreed, and the form that opens it."""
    interview = _load(interview_id)
    return _page(interview, TypedConsent.blank(interview, today()))


@pages.post("/intervju/<int:interview_id>/tilgang")
@needs(Role.SECRETARY)
def agree(interview_id: int) -> ResponseReturnValue:
    """Write down a consent, and open the interview to whom the form says."""
    interview = _load(interview_id)
    typed = TypedConsent.read(request.form)
    try:
        details = typed.details()
        if scan := consent_scan.receive(archive().store, request.files.get("scan")):
            details = replace(details, scan_sha256=scan.sha256, scan_name=scan.name)
        if typed.wanted is None:
            record_consent(db(), interview, **asdict(details), by=viewer().user_id, now=now())
        else:
            open_interview(db(), interview, typed.wanted, consent=details, by=viewer().user_id, now=now())
    except (BadInput, NoConsent) as problem:
        db().rollback()
        return _page(_load(interview_id), typed, problem), 422
    db().commit()
    flash(SAID[typed.wanted])
    return redirect(url_for(".show", interview_id=interview_id))


@pages.post("/intervju/<int:interview_id>/apne")
@needs(Role.SECRETARY)
def open_again(interview_id: int) -> ResponseReturnValue:
    """Open to what a consent that stands already covers."""
    interview = _load(interview_id)
    access = Access.OPEN if request.form.get("access") == Access.OPEN.value else Access.MEMBERS
    try:
        open_interview(db(), interview, access, consent=None, by=viewer().user_id, now=now())
    except NoConsent as problem:
        db().rollback()
        interview = _load(interview_id)
        return _page(interview, TypedConsent.blank(interview, today()), problem), 422
    db().commit()
    flash(SAID[access])
    return redirect(url_for(".show", interview_id=interview_id))


@pages.post("/intervju/<int:interview_id>/lukk")
@needs(Role.SECRETARY)
def close(interview_id: int) -> ResponseReturnValue:
    """*Lukk nå*: from the next request on nobody but those who work with it sees, hears or finds the interview."""
    interview = _load(interview_id)
    close_now(db(), interview, by=viewer().user_id, now=now())
    db().commit()
    flash("Intervjuet er lukket.")
    return redirect(url_for(".show", interview_id=interview_id))


@pages.post("/samtykke/<int:consent_id>/trekk")
@needs(Role.SECRETARY)
def withdraw(consent_id: int) -> ResponseReturnValue:
    """The narrator has changed her mind."""
    consent = _consent(consent_id)
    withdraw_consent(db(), consent, by=viewer().user_id, now=now())
    db().commit()
    flash("Samtykket er trukket tilbake.")
    return redirect(url_for(".show", interview_id=consent.interview_id))


@pages.get("/samtykke/<int:consent_id>/skann")
@needs(Role.SECRETARY)
def scan(consent_id: int) -> Response:
    """The scan of a signed paper. Seen by secretary and owner only."""
    consent = _consent(consent_id)
    if consent.scan_sha256 is None:
        raise NotFound("scan", consent_id)
    return consent_scan.send(archive().store, consent.scan_sha256, consent.scan_name or "")


@pages.post("/intervju/<int:interview_id>/frivillige")
@needs(Role.SECRETARY)
def give(interview_id: int) -> ResponseReturnValue:
    """Give the interview to a volunteer, or take it back."""
    interview = _load(interview_id)
    user = find_row(db(), User, request.form.get("user_id", 0, int))
    if user is None:
        raise NotFound("user", request.form.get("user_id"))
    change = unassign if request.form.get("handling") == "ta-tilbake" else assign
    change(db(), interview, user, by=viewer().user_id, now=now())
    db().commit()
    return redirect(url_for(".show", interview_id=interview_id, _anchor="frivillige"))


def _load(interview_id: int) -> Interview:
    return load_interview(db(), interview_id, viewer(), today=today())


def _consent(consent_id: int) -> Consent:
    consent = find_row(db(), Consent, consent_id)
    if consent is None:
        raise NotFound("consent", consent_id)
    return consent


def _page(interview: Interview, typed: TypedConsent, problem: BadInput | NoConsent | None = None) -> str:
    volunteers = list(db().scalars(select(User).where(User.active, User.role == Role.VOLUNTEER).order_by(User.name)))
    given = set(db().scalars(select(Assignment.user_id).where(Assignment.interview_id == interview.id)))
    covered = [access.value for access in OPENINGS if covers(interview, access, today=today())]
    return render_template(
        "opening/opening.html",
        interview=interview,
        typed=typed,
        problems=problem_words(problem),
        today=today(),
        covered=covered,
        in_force=interview.access.value in covered,
        given=[user for user in volunteers if user.id in given],
        others=[user for user in volunteers if user.id not in given],
    )
