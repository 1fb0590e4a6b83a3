"""When the machine gave up on a recording: why, as a sentence that says what to do, and the button *Prøv igjen*."""

from dataclasses import dataclass

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from archive import jobs
from archive.access import may_edit
from archive.accounts import Role
from archive.catalogue import load_interview
from archive.errors import NotAllowed
from archive.interviews import Interview, Status
from archive.recordings import Recording, RecordingState
from web.rights import needs
from web.visit import archive, db, today, viewer

pages = Blueprint("failed", __name__, url_prefix="/intervju/<int:interview_id>")

_TELL = "Si fra til den som drifter arkivet, og prøv igjen når det er ordnet."
# Why, and what to do, by the keys of `Recording.failure`.
REASONS = {
    "not_sound": ("filen lar seg ikke lese.", "Kopier den fra opptakeren én gang til, og lever kopien."),
    "tool_missing": ("programmet som leser lydfiler, er ikke installert på serveren.", _TELL),
    "tool_failed": (
        "programmet som leser lydfiler, ga opp.",
        "Går det ikke når du prøver igjen, er filen skadet: kopier den fra opptakeren én gang til, og lever kopien.",
    ),
    "out_of_room": (
        "disken på serveren er full.",
        "Si fra til den som drifter arkivet, og prøv igjen når det er plass.",
    ),
    "original_missing": (
        "lydfilen ligger ikke der den skal i arkivet.",
        "Si fra til den som drifter arkivet: filen må hentes fra sikkerhetskopien. Prøv igjen når den er på plass.",
    ),
    "model_missing": ("talemodellen er ikke installert på serveren.", _TELL),
    "model_damaged": ("talemodellen på serveren er skadet.", _TELL),
    "model_unusable": ("talemodellen på serveren kan ikke brukes.", _TELL),
    "engine_missing": ("talemotoren er ikke installert på serveren.", _TELL),
    "out_of_memory": (
        "serveren har for lite minne.",
        "Prøv igjen. Går det ikke da heller, trengs en mindre talemodell.",
    ),
    "gave_up": ("arbeidet stoppet flere ganger på samme sted.", _TELL),
    "unknown": (
        "noe uventet gikk galt.",
        "Prøv igjen. Går det ikke da heller, må den som drifter arkivet, se i loggen.",
    ),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What became of an interview's text or sound, for who may try again."""

    is_text: bool  # the text is not whole; else only what a listener gets is missing
    why: str
    what_to_do: str
    is_safe: bool  # the original lies in the store


def failure_of(interview: Interview) -> Failure | None:
    """Why the text or the sound is not made; None: all is well so far, or this reader can do nothing about it."""
    if not may_edit(viewer(), interview):
        return None
    is_text = interview.status is Status.FAILED
    failures = [each.failure for each in interview.recordings if each.state is RecordingState.FAILED and is_text]
    failures += [each.listen_failure for each in interview.recordings if each.listen_failure]
    if not is_text and not failures:
        return None
    key = (failures[0] if failures else None) or "unknown"
    why, what_to_do = REASONS.get(key, REASONS["unknown"])
    return Failure(is_text, why, what_to_do, is_safe="original_missing" not in failures)


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


def _has_failed(recording: Recording) -> bool:
    return recording.state is RecordingState.FAILED or recording.listen_failure is not None
