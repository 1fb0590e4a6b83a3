"""What the machine is doing with an interview, and the buttons for who may pause it, stop it or have it listen anew."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import jobs, machine_work
from archive.accounts import Role
from archive.catalogue import load_interview
from archive.errors import BadInput, NotAllowed, NotFound
from archive.interviews import Interview, Status
from archive.language_question import change_language, keep_language
from archive.progress import Progress, progress_of
from archive.recordings import UNFINISHED, Recording, RecordingState
from archive.site import get_setting
from archive.working_hours import WorkingHours, working_hours
from web.rights import needs
from web.typed_interview import LANGUAGES
from web.visit import archive, db, now, site_values, today, viewer
from web.wording import problem, spoken

pages = Blueprint("machine_work", __name__, url_prefix="/intervju/<int:interview_id>")


@dataclass(frozen=True, slots=True)
class Work:
    """What is under way with an interview, or rests."""

    state: str  # "working" (or waiting its turn), "paused", "cancelled"
    progress: Progress
    hours: WorkingHours | None  # None: it works day and night
    may_direct: bool  # this reader has the buttons
    is_first: bool  # no machine was asked to hear any of it before

    @property
    def is_beside(self) -> bool:
        """Whether the text that stands was brought in by people: what the machine hears comes beside it."""
        return self.is_anew and self.is_first

    @property
    def is_anew(self) -> bool:
        """Whether a text stands already, and stays until the new one is whole."""
        return self.progress.heard_anew is not None

    @property
    def fraction(self) -> float:
        """How far it is with what is under way, 0 to 1."""
        return self.progress.fraction if self.progress.heard_anew is None else self.progress.heard_anew


def work_of(interview: Interview) -> Work | None:
    """What is under way; None: nothing is."""
    states = {each.state for each in interview.recordings}
    if states & set(UNFINISHED):
        state = "working"
    elif RecordingState.PAUSED in states:
        state = "paused"
    elif interview.status is Status.CANCELLED:
        state = "cancelled"
    else:
        return None
    progress = progress_of(db(), interview, now=now())
    is_first = all(each.run == 1 for each in interview.recordings)
    return Work(state, progress, working_hours(db()), may_direct(interview), is_first)


pages.add_app_template_filter(work_of, "arbeid")


def may_direct(interview: Interview) -> bool:
    """Whether this reader may pause, stop and ask again. A reader without a name may not."""
    by = viewer().user_id
    return by is not None and machine_work.may_direct(db(), interview, by)


def installed_models() -> list[str]:
    """The names of the speech models on the machine, as the worker last saw them; the web process knows of none."""
    found = json.loads(get_setting(db(), "models_installed") or "[]")
    return [str(name) for name in found]


def chosen_model() -> str | None:
    """The name of the model that new work uses; None: the one that comes with the program."""
    return archive().settings.model or site_values().get("model")


def _load(interview_id: int) -> Interview:
    interview = load_interview(db(), interview_id, viewer(), today=today())
    if not may_direct(interview):
        raise NotAllowed("machine_work")
    return interview


Act = Callable[[Interview], None]


def _do(interview_id: int, act: Act, said: str) -> ResponseReturnValue:
    """Do it, commit, wake the worker, and go back to the interview with a sentence about what came of it."""
    interview = _load(interview_id)
    try:
        act(interview)
    except BadInput as error:
        db().rollback()
        flash(problem(error.field, error.problem))
    else:
        db().commit()
        jobs.ask_for_unfinished(archive().settings)
        flash(said)
    return redirect(url_for("listen.show", interview_id=interview_id), 303)


@pages.post("/maskinen/pause")
@needs(Role.VOLUNTEER)
def pause(interview_id: int) -> ResponseReturnValue:
    """Let it rest until somebody says otherwise."""
    said = "Satt på pause. Det maskinen holder på med akkurat nå, gjør den ferdig først."
    return _do(interview_id, lambda each: machine_work.pause(db(), each, by=viewer().user_id, now=now()), said)


@pages.post("/maskinen/fortsett")
@needs(Role.VOLUNTEER)
def resume(interview_id: int) -> ResponseReturnValue:
    """Go on where it stopped."""
    said = "Maskinen fortsetter der den slapp."
    return _do(interview_id, lambda each: machine_work.resume(db(), each, by=viewer().user_id, now=now()), said)


@pages.get("/maskinen/avbryt")
@needs(Role.VOLUNTEER)
def ask_cancel(interview_id: int) -> ResponseReturnValue:
    """What stopping means, before it is done."""
    interview = _load(interview_id)
    work = work_of(interview)
    if work is None or work.state == "cancelled":
        return redirect(url_for("listen.show", interview_id=interview_id))
    return render_template("machine_work/cancel.html", interview=interview, work=work)


@pages.post("/maskinen/avbryt")
@needs(Role.VOLUNTEER)
def cancel(interview_id: int) -> ResponseReturnValue:
    """Leave the work: the text stands as far as it came, or as it was before."""
    said = "Avbrutt. Teksten som er her, blir stående."
    return _do(interview_id, lambda each: machine_work.cancel(db(), each, by=viewer().user_id, now=now()), said)


@pages.get("/maskinen/hor-pa-nytt")
@needs(Role.VOLUNTEER)
def ask_again(interview_id: int) -> ResponseReturnValue:
    """What hearing anew means, and which model is to do it. `opptak`: the recording; `fra`, `til`: a stretch in it."""
    interview = _load(interview_id)
    recording = _recording(interview, request.args.get("opptak", 0, int))
    start_ms, end_ms = request.args.get("fra", None, int), request.args.get("til", None, int)
    if (start_ms is None) is not (end_ms is None):
        raise NotFound("stretch", start_ms)
    return render_template(
        "machine_work/again.html",
        interview=interview,
        recording=recording,
        start_ms=start_ms,
        end_ms=end_ms,
        models=installed_models(),
        chosen=chosen_model(),
    )


@pages.post("/maskinen/hor-pa-nytt")
@needs(Role.VOLUNTEER)
def again(interview_id: int) -> ResponseReturnValue:
    """Have one recording heard anew, whole or a stretch of it, with the chosen model or another."""
    form = request.form
    model = form.get("model", "")
    start_ms, end_ms = form.get("start_ms", None, int), form.get("end_ms", None, int)

    def ask(interview: Interview) -> None:
        if model and model not in installed_models():
            raise BadInput("model", "unknown")
        recording = _recording(interview, form.get("recording", 0, int))
        stretch = {"start_ms": start_ms, "end_ms": end_ms}
        machine_work.ask_again(db(), recording, model=model or None, **stretch, by=viewer().user_id, now=now())

    said = "Maskinen hører opptaket på nytt. Teksten du ser, blir stående til den nye er ferdig."
    return _do(interview_id, ask, said)


def _recording(interview: Interview, recording_id: int) -> Recording:
    for recording in interview.recordings:
        if recording.id == recording_id:
            return recording
    raise NotFound("recording", recording_id)


@pages.post("/sprak")
@needs(Role.VOLUNTEER)
def language(interview_id: int) -> ResponseReturnValue:
    """The answer to *Maskinen tror det snakkes …*: keep the language, or change it and have all of it heard anew."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    heard = request.form.get("bytt", "")
    if not heard:
        keep_language(db(), interview, by=viewer().user_id, now=now())
        db().commit()
        flash(f"Takk. Språket står som {spoken(interview.language)}.")
        return redirect(url_for("listen.show", interview_id=interview_id), 303)
    if heard not in LANGUAGES:
        raise BadInput("language", "unknown")

    def change(interview: Interview) -> None:
        change_language(db(), interview, heard, by=viewer().user_id, now=now())
        for recording in interview.recordings:
            machine_work.ask_again(db(), recording, model=None, by=viewer().user_id, now=now())

    return _do(interview_id, change, f"Språket er nå {spoken(heard)}, og maskinen hører opptaket på nytt.")
