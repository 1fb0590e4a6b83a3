"""The text of an interview to take home, in the formats that other programs read."""

from flask import Blueprint, Response, abort, request

from archive.catalogue import load_interview
from archive.exchange import ENDINGS, EXPORTS, MEDIA_TYPES
from web.rights import public
from web.visit import db, today, viewer

pages = Blueprint("export", __name__)

EXTRAS = {"tider": "times", "navn": "speakers"}
NAMES = {"kapitler": "chapters"}  # what an address calls a format, where it is another word


@pages.get("/intervju/<int:interview_id>/eksport/<format>")
@public
def download(interview_id: int, format: str) -> Response:
    """The file. `?med=tider,navn` puts times and names into the plain text."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    format = NAMES.get(format, format)
    if format not in EXPORTS:
        abort(404)
    extras = [EXTRAS[word] for word in request.args.get("med", "").split(",") if word in EXTRAS]
    response = Response(EXPORTS[format](db(), interview, extras=extras), content_type=MEDIA_TYPES[format])
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"{interview.reference}.{ENDINGS.get(format, format)}"
    )
    return response
