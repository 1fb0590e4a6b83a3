"""When the machine gave up on a recording: why, as a sentence that says what to do, and the button *Prøv igjen*."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from archive import jobs, machine_work
from archive.access import may_edit
from archive.accounts import Role
from archive.catalogue import load_interview
from archive.errors import NotAllowed
from archive.interviews import Interview, Status
from archive.recordings import Recording, RecordingState
from web.failure_words import failure_words
from web.machine_work import may_direct
from web.rights import needs
from web.visit import archive, db, now, today, viewer

pages = Blueprint("failed", __name__, url_prefix="/intervju/<int:interview_id>")


@dataclass(frozen=True, slots=True)
class Failure:
    """What became of an interview's text or sound, for who may try again."""

    what: str  # "text": it is not whole; "sound": what a listener gets; "again": it was to be heard anew; "beside": it
    # was to be heard beside a text that people brought in
    why: str
    what_to_do: str
    is_safe: bool  # the original lies in the store
    may_leave: bool  # a text stands, and this reader may let the run that failed be


def failure_of(interview: Interview) -> Failure | None:
    """Why the text or the sound is not made; None: all is well so far, or this reader can do nothing about it."""
    if not may_edit(viewer(), interview):
        return None
    of_text = [each.failure for each in interview.recordings if each.state is RecordingState.FAILED]
    of_again = [each.failure for each in interview.recordings if each.failure and each.state is RecordingState.DONE]
    of_sound = [each.listen_failure for each in interview.recordings if each.listen_failure]
    if interview.status is Status.FAILED:
        what, key = "text", of_text[0] if of_text else None
    elif of_sound:
        what, key = "sound", of_sound[0]
    elif of_again:
        is_first = all(each.run == 1 for each in interview.recordings)
        what, key = "beside" if is_first else "again", of_again[0]
    else:
        return None
    words = failure_words(key)
    is_safe = "original_missing" not in (*of_text, *of_again, *of_sound)
    return Failure(
        what, words.why, words.what_to_do, is_safe, may_leave=what in ("again", "beside") and may_direct(interview)
    )


pages.add_app_template_filter(failure_of, "svikt")


@pages.post("/prov-igjen")
@needs(Role.VOLUNTEER)
def again(interview_id: int) -> ResponseReturnValue:
    """Put everything that failed back in the queue."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    if not may_edit(viewer(), interview):
        raise NotAllowed("try_again")
    for recording in interview.recordings:
        if _has_failed(recording):
            jobs.try_again(db(), recording)
    db().commit()
    jobs.ask_for_unfinished(archive().settings)
    return redirect(url_for("listen.show", interview_id=interview_id), 303)


@pages.post("/la-det-vaere")
@needs(Role.VOLUNTEER)
def leave(interview_id: int) -> ResponseReturnValue:
    """The text that stands is good enough: say no more of the run that failed."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    machine_work.leave_failed(db(), interview, by=viewer().user_id, now=now())
    db().commit()
    flash("Greit. Teksten står som før.")
    return redirect(url_for("listen.show", interview_id=interview_id), 303)


def _has_failed(recording: Recording) -> bool:
    left = recording.state in (RecordingState.FAILED, RecordingState.DONE) and recording.failure is not None
    return left or recording.state is RecordingState.FAILED or recording.listen_failure is not None
