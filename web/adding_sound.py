"""*Legg til opptak*: the sound of an interview that came as a text, handed in the way every recording is."""

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import jobs
from archive.access import may_edit
from archive.accounts import Role
from archive.adding_sound import add_sound, has_own_text, may_get_sound, text_beyond_ms
from archive.catalogue import load_interview
from archive.errors import BadInput, NotAllowed
from archive.handing_in import forget_uploads
from archive.interviews import Interview
from archive.recordings import ReceivedFile
from web import upload
from web.handed_files import TypedFiles, Wrong, check_files, forget_copies, read_files, receive, received_as, shown
from web.rights import needs
from web.visit import archive, db, now, today, viewer
from web.wording import duration, position

pages = Blueprint("adding_sound", __name__, url_prefix="/intervju/<int:interview_id>/legg-til-opptak")

HAS_SOUND = "Intervjuet har lyd alt. Opptaket ble ikke lagt til. Er det en annen samtale, velger du Lever opptak."
# A text that goes on for longer than this after the sound may be of another recording.
BEYOND_MS = 60_000


@pages.get("")
@needs(Role.VOLUNTEER)
def begin(interview_id: int) -> ResponseReturnValue:
    """Choose the files."""
    interview = _load(interview_id)
    if not may_get_sound(interview):
        return _has_sound(interview_id)
    return _form(interview, TypedFiles(), Wrong())


@pages.post("")
@needs(Role.VOLUNTEER)
def add(interview_id: int) -> ResponseReturnValue:
    """Receive the files and give them to the interview, or say what is wrong and keep what was uploaded."""
    is_taken = not may_get_sound(_load(interview_id))
    db().close()  # a file that comes with the form is written in a transaction of its own
    wrong = Wrong()
    typed = read_files(request.form, request.files.getlist("files"), wrong)
    check_files(typed, wrong)
    db().close()  # hashing may take a minute, and nobody waits for our lock meanwhile
    if not wrong and not is_taken:
        try:
            receive(typed, partial(_write_down, interview_id, typed), wrong)
        except BadInput:  # somebody else was faster
            db().rollback()
            is_taken = True
    if wrong or is_taken:
        if received_as(typed) != interview_id:
            return _has_sound(interview_id) if is_taken else (_form(_load(interview_id), typed, wrong), 422)
        forget_copies(typed)  # this very form brought them a moment ago: the button was pressed twice
    jobs.ask_for_unfinished(archive().settings)
    return redirect(url_for("handin.receipt", interview_id=interview_id), 303)


def _write_down(interview_id: int, typed: TypedFiles, files: Sequence[ReceivedFile]) -> int:
    """One transaction: the recordings, and the uploads gone."""
    session, user_id = db(), upload.require_user_id()
    interview = _load(interview_id)
    add_sound(
        session,
        interview,
        files,
        one_time=typed.one_time,
        speakers=typed.people(),
        received_by_id=user_id,
        now=now(),
    )
    forget_uploads(session, archive().settings, typed.upload_ids, interview, user_id, now=now())
    session.commit()
    _remark(interview)
    return interview.id


def _remark(interview: Interview) -> None:
    beyond_ms = text_beyond_ms(db(), interview)
    if beyond_ms > BEYOND_MS:
        reaches = position(interview.duration_ms + beyond_ms)
        flash(f"Teksten går til {reaches}, men opptaket varer {duration(interview.duration_ms)}. Er det det rette?")


def _load(interview_id: int) -> Interview:
    interview = load_interview(db(), interview_id, viewer(), today=today())
    if not may_edit(viewer(), interview):
        raise NotAllowed("add_sound")
    return interview


def _has_sound(interview_id: int) -> ResponseReturnValue:
    flash(HAS_SOUND)
    return redirect(url_for("listen.show", interview_id=interview_id), 303)


def _form(interview: Interview, typed: TypedFiles, wrong: Wrong) -> str:
    return render_template(
        "adding_sound/form.html",
        interview=interview,
        wrong=wrong,
        is_brought_in=has_own_text(db(), interview.id),
        has_times=text_beyond_ms(db(), interview) > 0,
        **shown(typed),
    )
