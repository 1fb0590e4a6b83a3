"""The sound of an interview as a browser gets it, and its peaks."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from flask import Blueprint, Response, abort, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import wrap_file

from archive.catalogue import load_interview
from archive.interviews import Interview
from archive.recordings import Recording
from archive.sound import access_copy_path, original_playable, peaks_path
from web.rights import public
from web.visit import archive, db, today, viewer

log = logging.getLogger(__name__)

pages = Blueprint("sound", __name__, url_prefix="/intervju/<int:interview_id>")

COPY_TYPE = "audio/mp4"
ORIGINAL_TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "aac": "audio/aac"}
# A browser may keep what it has heard, but asks each time whether it still may play it.
PRIVATE = "private, no-cache"


@dataclass(frozen=True, slots=True)
class Sound:
    """Whether the page has something to play."""

    ready: bool
    expected: bool  # nothing can be played yet, but the access copy is being made


def sound_of(interview: Interview) -> Sound:
    """What a page can offer of the interview's sound now."""
    if not interview.recordings:
        return Sound(ready=False, expected=False)
    ready = access_copy_path(archive().settings, interview).exists() or original_playable(interview)
    failed = any(recording.listen_failure for recording in interview.recordings)
    return Sound(ready=ready, expected=not ready and not failed)


@pages.get("/lyd")
@public
def play(interview_id: int) -> ResponseReturnValue:
    """The sound, whole or the part that was asked for. Rights are looked up for every part."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    copy = access_copy_path(archive().settings, interview)
    with suppress(FileNotFoundError):  # not made yet, or cleared away this moment
        return _part(copy.open("rb"), COPY_TYPE, etag=copy.stem)
    if not original_playable(interview):
        abort(404, "no_sound_yet")
    recording = interview.recordings[0]
    try:
        original = archive().store.open(recording.sha256)
    except FileNotFoundError:
        log.error("the original of recording %s is not in the store", recording.id)
        abort(404, "original_missing")
    return _part(original, _original_type(recording), etag=recording.sha256)


def _original_type(recording: Recording) -> str:
    """An MP4 by any of its names is `audio/mp4`."""
    names = recording.container.split(",")
    return next((ORIGINAL_TYPES[name] for name in names if name in ORIGINAL_TYPES), COPY_TYPE)


def _part(stream: BinaryIO, mimetype: str, *, etag: str) -> Response:
    """The stream, or the one range of it that the request names (206, 416)."""
    size_bytes = stream.seek(0, 2)
    stream.seek(0)
    response = Response(wrap_file(request.environ, stream), mimetype=mimetype, direct_passthrough=True)
    response.content_length = size_bytes
    response.set_etag(etag)
    response.headers["Cache-Control"] = PRIVATE
    response.make_conditional(request, accept_ranges=True, complete_length=size_bytes)
    return response


@pages.get("/bolger")
@public
def peaks(interview_id: int) -> ResponseReturnValue:
    """The waveform: `{"duration_ms": n, "peaks": [0..100, …]}`."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    file = peaks_path(archive().settings, interview)
    if not interview.recordings or not file.exists():
        abort(404)
    response = send_file(file, mimetype="application/json", conditional=True)
    response.headers["Cache-Control"] = PRIVATE
    return response
