"""The page of an interview: its text, which follows the sound, and grows while the machine writes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import String, cast, select

from archive.access import may_curate, may_edit
from archive.adding_sound import has_own_text
from archive.catalogue import load_interview
from archive.coverage import Coverage
from archive.interviews import UNDER_WAY, Interview, Status
from archive.language_question import language_to_ask_about
from archive.organisation.interviews import units_about
from archive.provenance import standing_layers, text_coverage
from archive.recordings import MachineLayer
from archive.transcripts import Segment, segments_of
from web.chapters import chapter_list
from web.machine_work import may_direct, work_of
from web.rights import public
from web.sound import sound_of
from web.to_do import tasks_of
from web.turns import holes, in_time_order, is_unsure, missing, turns, unsure_places
from web.visit import db, today, viewer

pages = Blueprint("listen", __name__, url_prefix="/intervju/<int:interview_id>")

pages.add_app_template_filter(lambda ms: f"{ms / 1000:.1f} s".replace(".", ","), "sekunder")  # `0,8 s`
# Models whose Norwegian is so rough that the page says so: Whisper's two smallest sizes, whoever trained them.
ROUGH_SIZES = re.compile(r"(?<![a-z])(tiny|base)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of an interview as they are now, without their words."""

    ids: tuple[int, ...]  # in time order
    checked: int  # how many of them a person vouches for
    unsure: tuple[int, ...]  # the first line of each place that is unsure
    is_partly_heard: bool  # some lines are a machine's, or were


@pages.get("")
@public
def show(interview_id: int) -> ResponseReturnValue:
    """The interview. `?t=` is the second to begin at, `&spill=1` asks for sound at once; `fjernet`: a chapter."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    segments = segments_of(db(), interview_id)
    text = _text_of(interview, segments)
    found = _coverage(interview, segments)
    start_ms = _start_ms(request.args.get("t"), interview)
    return render_template(
        "listen/show.html",
        page=turns(segments, in_time_order(holes(interview.recordings), missing(found))),
        coverage=found,
        tasks=tasks_of(interview, segments),
        start_ms=start_ms,
        play=request.args.get("spill") == "1",
        may_curate=may_curate(viewer()),
        about=units_about(db(), interview_id),
        has_voices=any(each.voice is not None for each in segments),
        **chapter_list(interview, segments, start_ms, undo_id=request.args.get("fjernet", None, int)),
        **_state(interview, text),
    )


@pages.get("/tekst")
@public
def growing(interview_id: int) -> ResponseReturnValue:
    """What came since a page was made with `n` lines, `siste` the last of them.

    `uferdig` is 1 when the page waits for text, `lyd` 0 when it waits for sound. A page that waits for sound alone
    keeps its text as it stands: somebody may be correcting it.
    """
    interview = load_interview(db(), interview_id, viewer(), today=today())
    text = _text_now(interview)
    fresh, segments, absent, found = "nothing", [], [], None
    if request.args.get("uferdig") == "1":
        fresh, ids = _since(text.ids, request.args.get("n", 0, int), request.args.get("siste", 0, int))
        if interview.status not in UNDER_WAY:  # lines may have been cut or named anew when the whole was put together
            fresh, ids = "all", text.ids
        segments = segments_of(db(), interview_id) if fresh == "all" else _lines(ids)
        if fresh == "all":
            found = _coverage(interview, segments)
            absent = in_time_order(holes(interview.recordings), missing(found))
    state = _state(interview, text)
    return render_template(
        "listen/growing.html",
        page=turns(segments, absent),
        coverage=found,
        tasks=tasks_of(interview, segments) if fresh == "all" else [],
        fresh=fresh,
        new_text=request.args.get("nytt") == "1" and state["work"] is None,
        new_sound=state["sound"].ready and request.args.get("lyd") == "0",
        start_ms=None,
        play=False,
        **state,
    )


def _text_of(interview: Interview, segments: Sequence[Segment]) -> Text:
    lines = [(each.id, each.window_id, is_unsure(each), each.checked) for each in segments]
    return _text(interview, lines)


def _text_now(interview: Interview) -> Text:
    """The same without reading any text."""
    rows = db().execute(
        select(Segment.id, Segment.window_id, cast(Segment.doubts, String) != "[]", Segment.checked)
        .where(Segment.interview_id == interview.id)
        .order_by(Segment.start_ms, Segment.id)
    )
    return _text(
        interview,
        [(line_id, window_id, doubts and not checked, checked) for line_id, window_id, doubts, checked in rows],
    )


def _text(interview: Interview, lines: Sequence[tuple[int, int | None, bool, bool]]) -> Text:
    """Nothing is unsure in a text that somebody vouches for as a whole."""
    is_reviewed = interview.status is Status.REVIEWED
    unsure = () if is_reviewed else tuple(unsure_places(each[:3] for each in lines))
    is_partly_heard = any(each[1] is not None for each in lines)
    return Text(tuple(each[0] for each in lines), sum(each[3] for each in lines), unsure, is_partly_heard)


def _coverage(interview: Interview, segments: Sequence[Segment]) -> Coverage | None:
    """None while the text grows: what is missing then is only not there yet."""
    return None if interview.status in UNDER_WAY else text_coverage(db(), interview, segments)


def _since(ids: tuple[int, ...], count: int, last_id: int) -> tuple[str, tuple[int, ...]]:
    """What to send to a page that has `count` lines up to `last_id`: "nothing", "more" after them, or "all" anew."""
    if 0 < count <= len(ids) and ids[count - 1] == last_id:
        return ("more" if count < len(ids) else "nothing"), ids[count:]
    if not ids and not count:
        return "nothing", ()
    return "all", ids  # the first lines, or groups out of order: several workers share the recording


def _lines(ids: tuple[int, ...]) -> list[Segment]:
    lines = select(Segment).where(Segment.id.in_(ids)).order_by(Segment.start_ms, Segment.id)
    return list(db().scalars(lines))


def _state(interview: Interview, text: Text) -> dict[str, Any]:
    """What the templates need to know beside the text itself."""
    unfinished = interview.status in UNDER_WAY
    sound = sound_of(interview)
    layers = standing_layers(db(), interview)
    sources = list({(layer.engine, layer.model): layer for layer in layers}.values())
    work = work_of(interview)
    is_working = work is not None and work.state == "working"
    poll = url_for(
        ".growing",
        interview_id=interview.id,
        n=len(text.ids),
        siste=text.ids[-1] if text.ids else 0,
        uferdig=int(unfinished),
        nytt=int(is_working and not unfinished),
        lyd=int(sound.ready),
    )
    edits = may_edit(viewer(), interview) and not unfinished
    return {
        "interview": interview,
        "text": text,
        "sound": sound,
        "sources": sources,
        "coarse": any(is_coarse(layer) for layer in sources),
        "may_edit": edits,
        "is_brought_in": has_own_text(db(), interview.id),
        "work": work,
        "growing": is_working or sound.expected,
        "poll": poll,
        "can_switch": may_direct(interview) if edits else False,
        "heard_language": language_to_ask_about(interview, layers) if edits and work is None else None,
    }


def is_coarse(layer: MachineLayer) -> bool:
    """Whether the model is so small that its text only helps one to find the place."""
    return ROUGH_SIZES.search(layer.model.lower()) is not None


def _start_ms(typed: str | None, interview: Interview) -> int | None:
    """The place a link points to; None when it points to nothing in the recording."""
    try:
        start_ms = round(float(typed or "") * 1000)
    except (ValueError, OverflowError):
        return None
    return start_ms if 0 <= start_ms < interview.duration_ms else None
