"""*Forslag*: where an event may be spoken of, for people to say yes or no to."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.catalogue import load_interview
from archive.link_kinds import Side
from archive.link_suggestions import Suggestion, for_event, for_interview
from archive.timeline import load_event
from web.link_words import as_field
from web.rights import needs
from web.visit import db, today, viewer

pages = Blueprint("timeline_suggestions", __name__)

WHY = {"person": "navnet på en som hører til", "year": "årstallet", "word": "ord fra overskriften"}


@pages.get("/tidslinje/<int:event_id>/forslag")
@needs(Role.VOLUNTEER)
def for_event_page(event_id: int) -> ResponseReturnValue:
    """Lines that may speak of an event."""
    event = load_event(db(), event_id, viewer())
    return render_template(
        "timeline/suggestions.html",
        event=event,
        interview=None,
        suggestions=for_event(db(), event, viewer(), today=today()),
        why=WHY,
        field_of=_field_of,
    )


@pages.get("/intervju/<int:interview_id>/hendelser")
@needs(Role.VOLUNTEER)
def for_interview_page(interview_id: int) -> ResponseReturnValue:
    """Events that an interview may speak of."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    return render_template(
        "timeline/suggestions.html",
        event=None,
        interview=interview,
        suggestions=for_interview(db(), interview, viewer()),
        why=WHY,
        field_of=_field_of,
    )


def _field_of(suggestion: Suggestion) -> str:
    return as_field(Side("interview", suggestion.line.interview_id, ms=suggestion.line.start_ms))
