"""*Slik ble teksten til*: what heard each recording, how sure it was, and what it left out."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.access import may_edit
from archive.accounts import Role
from archive.catalogue import load_interview
from archive.errors import NotAllowed, NotFound
from archive.interviews import Interview
from archive.provenance import runs_of, standing_layers
from archive.recordings import UNFINISHED, MachineLayer, Recording, Window
from web.failure_words import failure_words
from web.listen import is_coarse
from web.machine_work import may_direct, work_of
from web.rights import needs, public
from web.visit import db, today, viewer
from web.wording import counted, number, share

pages = Blueprint("provenance", __name__, url_prefix="/intervju/<int:interview_id>/teksten")

# What is told of an engine's options, in this order; the rest stands under *Alle innstillinger*.
OPTIONS = {
    "device": "Regner på",
    "compute_type": "Regnemåte",
    "beam_size": "Forslag som veies mot hverandre",
    "batch": "Vinduer som høres sammen",
    "threads": "Tråder",
    "replicas": "Arbeidere side om side",
}
_DEVICES = {"cpu": "prosessoren", "cuda": "skjermkortet"}
# Less than this is not heard as louder.
AUDIBLE_DB = 1.0
# More than this share of samples at the ceiling is heard as crackling.
CLIPPED_FROM = 0.001


@dataclass(frozen=True, slots=True)
class Told:
    """One fact about a run: what, and how it is."""

    what: str
    how: str


def options_told(layer: MachineLayer) -> list[Told]:
    """The options that the words depend on, as a reader can understand them."""
    options = {key: layer.options.get(key) for key in OPTIONS}
    told = [
        Told(OPTIONS[key], _DEVICES.get(str(value), str(value))) for key, value in options.items() if value is not None
    ]
    versions = layer.options.get("versions") or {}
    if versions:
        told.append(Told("Programmer", ", ".join(f"{name} {version}" for name, version in versions.items())))
    return told


def all_options(layer: MachineLayer) -> str:
    """Everything as it was noted, for who wants to do it again."""
    return json.dumps(layer.options, ensure_ascii=False, indent=1, sort_keys=True)


def sound_told(recording: Recording) -> list[str]:
    """What was measured of the sound, in sentences; [] before it was."""
    sound: dict[str, Any] = recording.sound
    told = []
    gain_db = sound.get("gain_db") or 0.0
    if "loudness_lufs" in sound and sound["loudness_lufs"] is None:
        told.append("Opptaket er så godt som stille.")
    if gain_db >= AUDIBLE_DB:
        told.append(f"Opptaket var lavt; maskinen hørte det {number(gain_db, 0)} dB sterkere. Originalen er urørt.")
    clipped = sound.get("clipped_share") or 0.0
    if clipped >= CLIPPED_FROM:
        told.append(f"Lyden var for sterk for opptakeren i {share(clipped)} av tiden. Der er ordene vanskelige å høre.")
    if sound.get("channels") == "mixed":
        told.append("Opptaket har flere lydspor. Maskinen hørte dem slått sammen.")
    elif sound.get("channels") == "apart":
        told.append("Opptaket har ett lydspor for hver stemme.")
    return told


def voices_told(layer: MachineLayer) -> str:
    """How the voices were told apart."""
    speakers: dict[str, Any] = layer.speakers
    method, count = speakers.get("method"), speakers.get("count")
    found = f" Maskinen fant {counted(count, 'stemme', 'stemmer')}." if count else ""
    if method == "channels":
        return f"Hver stemme hadde sitt eget lydspor.{found}"
    if method and method != "none":
        program = f"{method} {speakers.get('version', '')}".strip()
        return f"Stemmene er skilt fra hverandre av en maskin ({program}).{found}"
    if speakers.get("failure"):
        return f"Maskinen klarte ikke å skille stemmene: {failure_words(speakers['failure']).why}"
    return "Stemmene er ikke skilt fra hverandre."


@pages.get("")
@public
def show(interview_id: int) -> ResponseReturnValue:
    """All runs of all recordings, the newest first."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    runs = runs_of(db(), interview)
    parts = [(recording, [run for run in runs if run.recording is recording]) for recording in interview.recordings]
    return render_template(
        "provenance/show.html",
        interview=interview,
        parts_of=parts,
        standing=standing_layers(db(), interview),
        options_told=options_told,
        all_options=all_options,
        sound_told=sound_told,
        voices_told=voices_told,
        is_coarse=is_coarse,
        work=work_of(interview),
        under_way=[each for each in interview.recordings if each.state in UNFINISHED],
        may_edit=may_edit(viewer(), interview),
        may_direct=may_direct(interview),
    )


@pages.get("/<int:layer_id>")
@needs(Role.VOLUNTEER)
def windows(interview_id: int, layer_id: int) -> ResponseReturnValue:
    """Every window of one run: what was kept, how sure it is, and what else was heard."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    if not may_edit(viewer(), interview):
        raise NotAllowed("edit")
    layer = _layer(interview, layer_id)
    return render_template(
        "provenance/windows.html",
        interview=interview,
        layer=layer,
        recording=next(each for each in interview.recordings if each.id == layer.recording_id),
        windows=list(db().scalars(select(Window).where(Window.layer_id == layer.id).order_by(Window.number))),
        may_direct=may_direct(interview),
    )


def _layer(interview: Interview, layer_id: int) -> MachineLayer:
    """A layer of this interview.

    Raises:
        NotFound: it is another's, or there is none.
    """
    layer = db().get(MachineLayer, layer_id)
    if layer is None or layer.recording_id not in {each.id for each in interview.recordings}:
        raise NotFound("layer", layer_id)
    return layer
