"""Events in search: a document for each, of all that stands on its page but what it is tied to."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import Viewer, events_visible_to
from archive.events import Event
from archive.fuzzy_dates import shown


def text_of(event: Event) -> str:
    """Everything about an event that is searched, its time as one writes it too."""
    return "\n".join(filter(None, (event.title, shown(event.dated), event.place, event.text, event.sources)))


def visible_events(session: Session, viewer: Viewer, ids: Collection[int]) -> dict[int, Event]:
    """Those of the events that a reader may see."""
    wanted = select(Event).where(Event.id.in_(ids), events_visible_to(viewer))
    return {event.id: event for event in session.scalars(wanted)} if ids else {}
