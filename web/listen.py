"""The page of an interview: its text, which follows the sound, and grows while the machine writes."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.access import may_curate, may_edit
from archive.catalogue import load_interview
from archive.interviews import Interview, Status
from archive.progress import progress_of
from archive.recordings import MachineLayer
from archive.transcripts import Segment, segments_of
from web.rights import public
from web.sound import sound_of
from web.turns import holes, is_doubtful, turns
from web.visit import db, now, today, viewer

pages = Blueprint("listen", __name__, url_prefix="/intervju/<int:interview_id>")

pages.add_app_template_filter(lambda ms: f"{ms / 1000:.1f} s".replace(".", ","), "sekunder")  # `0,8 s`
UNFINISHED = (Status.RECEIVED, Status.PROCESSING)
# Models whose Norwegian is so rough that the page says so: Whisper's two smallest sizes, whoever trained them.
ROUGH_SIZES = ("tiny", "base")


@pages.get("")
@public
def show(interview_id: int) -> ResponseReturnValue:
    """The interview. `?t=` is the second to begin at, `&spill=1` asks for sound at once."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    segments = segments_of(db(), interview_id)
    start_ms = _start_ms(request.args.get("t"), interview)
    return render_template(
        "listen/show.html",
        page=turns(segments, holes(interview.recordings)),
        start_ms=start_ms,
        play=request.args.get("spill") == "1",
        may_curate=may_curate(viewer()),
        **_state(interview, segments),
    )


@pages.get("/tekst")
@public
def growing(interview_id: int) -> ResponseReturnValue:
    """What came since a page was made with `n` lines, `siste` the last of them, and sound if `lyd` is 1."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    segments = segments_of(db(), interview_id)
    state = _state(interview, segments)
    fresh, added = _since(segments, request.args.get("n", 0, int), request.args.get("siste", 0, int))
    if not state["growing"]:  # the last look: lines may have been cut or named anew when the whole was put together
        fresh, added = "all", segments
    return render_template(
        "listen/growing.html",
        page=turns(added, holes(interview.recordings) if fresh == "all" else ()),
        fresh=fresh,
        new_sound=state["sound"].ready and request.args.get("lyd") == "0",
        start_ms=None,
        play=False,
        **state,
    )


def _since(segments: Sequence[Segment], count: int, last_id: int) -> tuple[str, Sequence[Segment]]:
    if count == len(segments) and (not count or segments[-1].id == last_id):
        return "nothing", ()
    if count < len(segments) and (not count or segments[count - 1].id == last_id):
        return ("more", segments[count:]) if count else ("all", segments)
    return "all", segments  # groups came out of order: several workers share the recording


def _state(interview: Interview, segments: Sequence[Segment]) -> dict[str, Any]:
    """What the templates need to know beside the text itself."""
    unfinished = interview.status in UNFINISHED
    sound = sound_of(interview)
    sources = machine_sources(interview)
    last_id = segments[-1].id if segments else 0
    return {
        "interview": interview,
        "has_text": bool(segments),
        "sound": sound,
        "sources": sources,
        "coarse": any(is_coarse(layer) for layer in sources),
        "doubtful": any(is_doubtful(segment) for segment in segments),
        "checked_share": _share(segments),
        "may_edit": may_edit(viewer(), interview) and not unfinished,
        "progress": progress_of(db(), interview, now=now()) if unfinished else None,
        "growing": unfinished or sound.expected,
        "poll": url_for(".growing", interview_id=interview.id, n=len(segments), siste=last_id, lyd=int(sound.ready)),
    }


def machine_sources(interview: Interview) -> list[MachineLayer]:
    """The runs that made the text, one for each engine and model, newest run of each recording only."""
    newest = [recording.layers[-1] for recording in interview.recordings if recording.layers]
    return list({(layer.engine, layer.model): layer for layer in newest}.values())


def is_coarse(layer: MachineLayer) -> bool:
    """Whether the model is so small that its text only helps one to find the place."""
    return any(size in layer.model.lower().replace("_", "-").split("-") for size in ROUGH_SIZES)


def _share(segments: Sequence[Segment]) -> str:
    """How much a person vouches for: `12 av 80 linjer`."""
    return f"{sum(segment.checked for segment in segments)} av {len(segments)} linjer"


def _start_ms(typed: str | None, interview: Interview) -> int | None:
    """The place a link points to; None when it points to nothing in the recording."""
    try:
        start_ms = round(float(typed or "") * 1000)
    except (ValueError, OverflowError):
        return None
    return start_ms if 0 <= start_ms < interview.duration_ms else None
