"""*Stemmene*: how many voices the machine told apart, where to hear each, and one press to say who it is."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive import jobs
from archive.access import may_edit
from archive.accounts import Role
from archive.catalogue import load_interview
from archive.errors import BadInput, NoConsent, NotAllowed, NotFound
from archive.interviews import MOST_VOICES, UNDER_WAY, Interview
from archive.naming_voices import (
    Heard,
    ask_for_voices,
    heard_voices,
    last_act,
    merge_voices,
    name_voice,
    swap_voices,
    take_back,
)
from archive.people import Person, find_or_add_person, load_person
from archive.transcripts import Segment
from archive.voice_memory import ask_to_remember, forget, is_remembered, voice_consent
from archive.voices import VoiceRequest, expected_voices
from web.failure_words import FAILURES
from web.rights import needs
from web.sound import sound_of
from web.visit import archive, db, now, today, viewer
from web.wording import problem as problem_words

pages = Blueprint("voices", __name__, url_prefix="/intervju/<int:interview_id>/stemmer")

OTHER = "annen"  # the choice that means: the name typed beside it
BEFORE_MS = 300  # a turn is heard from just before its first word


@dataclass(frozen=True, slots=True)
class Card:
    """A voice as the page shows it."""

    heard: Heard
    remembered: bool  # the archive keeps how it sounds
    may_remember: bool  # its person has agreed to that
    waits: bool  # the machine is asked to learn it
    failure: str  # why it could not, in words; "": it could, or was not asked


@pages.get("")
@needs(Role.VOLUNTEER)
def show(interview_id: int) -> ResponseReturnValue:
    """The voices, and what can be done with them."""
    return _page(_load(interview_id))


@pages.post("/<int:number>/hvem")
@needs(Role.VOLUNTEER)
def name(interview_id: int, number: int) -> ResponseReturnValue:
    """Say whose a voice is."""
    interview = _load(interview_id)
    try:
        person_id = _chosen_person()
        name_voice(db(), interview, number, person_id, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(_load(interview_id), {f"navn-{number}": problem_words("other_name", bad.problem)}), 422
    db().commit()
    flash("Navnet er satt på linjene." if person_id else "Navnet er tatt bort fra linjene.")
    return _back(interview_id, f"stemme-{number}")


@pages.post("/<int:number>/bytt")
@needs(Role.VOLUNTEER)
def swap(interview_id: int, number: int) -> ResponseReturnValue:
    """Two voices were named the wrong way round."""
    return _act(interview_id, number, swap_voices, "Navnene er byttet om.")


@pages.post("/<int:number>/sammen")
@needs(Role.VOLUNTEER)
def merge(interview_id: int, number: int) -> ResponseReturnValue:
    """Two voices are one person's."""
    return _act(interview_id, number, merge_voices, "Stemmene er slått sammen.")


@pages.post("/angre")
@needs(Role.VOLUNTEER)
def undo(interview_id: int) -> ResponseReturnValue:
    """Take back what was done last."""
    interview = _load(interview_id)
    was_undone = take_back(db(), interview, by=viewer().user_id, now=now())
    db().commit()
    flash("Det siste er angret." if was_undone else "Det er ikke noe å angre.")
    return _back(interview_id)


@pages.post("/finn")
@needs(Role.VOLUNTEER)
def find_again(interview_id: int) -> ResponseReturnValue:
    """Ask the machine to find another number of voices."""
    interview = _load(interview_id)
    try:
        ask_for_voices(db(), interview, request.form.get("voice_count", 0, int), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(_load(interview_id), {"voice_count": problem_words("voice_count", bad.problem)}), 422
    db().commit()
    jobs.ask_for_unfinished(archive().settings)
    flash("Maskinen finner stemmene på nytt. Teksten kan leses så lenge.")
    return _back(interview_id)


@pages.post("/husk/<int:person_id>")
@needs(Role.SECRETARY)
def remember(interview_id: int, person_id: int) -> ResponseReturnValue:
    """Learn a voice whose owner has agreed to it."""
    interview = _load(interview_id)
    try:
        ask_to_remember(db(), interview, person_id, today=today(), by=viewer().user_id, now=now())
    except NoConsent:
        db().rollback()
        flash("Stemmen kan ikke huskes: det finnes ikke noe samtykke til det som gjelder i dag.")
        return _back(interview_id)
    db().commit()
    jobs.ask_for_unfinished(archive().settings)
    flash("Maskinen lærer seg stemmen. Det tar noen minutter.")
    return _back(interview_id)


@pages.post("/glem/<int:person_id>")
@needs(Role.SECRETARY)
def forget_voice(interview_id: int, person_id: int) -> ResponseReturnValue:
    """Delete what is kept of a voice."""
    _load(interview_id)
    forget(db(), person_id, by=viewer().user_id, now=now())
    db().commit()
    flash("Stemmen er glemt. Det som var husket, er slettet.")
    return _back(interview_id)


def _act(interview_id: int, number: int, act: Callable[..., None], said: str) -> ResponseReturnValue:
    interview = _load(interview_id)
    other = request.form.get("andre", 0, int)
    try:
        act(db(), interview, number, other, by=viewer().user_id, now=now())
    except BadInput:
        db().rollback()
        return _back(interview_id)
    db().commit()
    flash(said)
    return _back(interview_id, f"stemme-{other}")


def _chosen_person() -> int | None:
    """Whom the form names; None: nobody.

    Raises:
        BadInput: the other name is empty or too long.
        NotFound: no such person.
    """
    chosen = request.form.get("person", "")
    if chosen == OTHER:
        return find_or_add_person(db(), request.form.get("other_name", "")).id
    if not chosen:
        return None
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) <= 10):
        raise NotFound("person", chosen)
    return load_person(db(), int(chosen)).id


def _load(interview_id: int) -> Interview:
    interview = load_interview(db(), interview_id, viewer(), today=today())
    if not may_edit(viewer(), interview):
        raise NotAllowed("name_voices")
    return interview


def _back(interview_id: int, place: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(".show", interview_id=interview_id, _anchor=place), 303)


def _page(interview: Interview, problems: dict[str, str] | None = None) -> str:
    requests = list(db().scalars(select(VoiceRequest).where(VoiceRequest.interview_id == interview.id)))
    telling = next((each for each in requests if each.person_id is None), None)
    act = last_act(db(), interview.id)
    return render_template(
        "voices/show.html",
        interview=interview,
        cards=[_card(heard, requests) for heard in heard_voices(db(), interview.id)],
        people=_people(interview),
        other=OTHER,
        problems=problems or {},
        may_undo=act is not None,
        undo_word=UNDO_WORDS.get(act.act, "Angre det siste") if act else "",
        method=_method(interview),
        telling=telling is not None and telling.failure is None,
        telling_failure=_why(telling.failure) if telling is not None and telling.failure else "",
        count=expected_voices(interview)[0],
        most=MOST_VOICES,
        unfinished=interview.status in UNDER_WAY,
        has_sound=sound_of(interview).ready,
        before_ms=BEFORE_MS,
        is_secretary=viewer().role.at_least(Role.SECRETARY),
    )


UNDO_WORDS = {
    "named_voice": "Angre: sett navnet tilbake",
    "swapped_voices": "Angre: bytt tilbake",
    "merged_voices": "Angre: skill stemmene igjen",
}


def _card(heard: Heard, requests: list[VoiceRequest]) -> Card:
    person_id = heard.voice.person_id
    if person_id is None:
        return Card(heard, False, False, False, "")
    asked = next((each for each in requests if each.person_id == person_id), None)
    return Card(
        heard,
        remembered=is_remembered(db(), person_id),
        may_remember=voice_consent(db(), person_id, today=today()) is not None,
        waits=asked is not None and asked.failure is None,
        failure=_why(asked.failure) if asked is not None and asked.failure else "",
    )


def _why(key: str) -> str:
    return FAILURES.get(key, FAILURES["unknown"]).why


def _method(interview: Interview) -> str:
    """How the voices were told apart: a key for the page; "": not yet."""
    newest = [recording.layers[-1].speakers for recording in interview.recordings if recording.layers]
    failures = [each["failure"] for each in newest if each.get("failure")]
    if failures:
        return str(failures[0])
    return next((str(each["method"]) for each in newest if each.get("method")), "")


def _people(interview: Interview) -> list[Person]:
    """Those who take part, and whoever already speaks somewhere in the interview; each once."""
    speaking = select(Person).join(Segment, Segment.speaker_id == Person.id).where(Segment.interview_id == interview.id)
    everybody = [each.person for each in interview.participations] + list(db().scalars(speaking.distinct()))
    return list({person.id: person for person in everybody}.values())
