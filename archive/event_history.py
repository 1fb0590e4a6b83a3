"""Taking an event off the timeline with what hangs on it, and the way back from every change of one."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.database import find_row
from archive.errors import NotFound
from archive.events import Event, may_change
from archive.links import links_with, remove_link
from archive.outbox import event_changed
from archive.row_history import RowChange, note_change, require_not_undone, snapshot, undo_batch, undo_change

MOST_REMOVED = 100


def remove_event(session: Session, event: Event, *, by: int | None, now: datetime) -> RowChange:
    """Take an event away, and its links with it; `undo_removal` brings all of it back.

    Raises:
        NotAllowed: as `archive.events.may_change`.
    """
    may_change(session, event, by)
    batch = f"event:{secrets.token_hex(8)}"
    for link in links_with(session, "event", event.id):
        remove_link(session, link, by=by, now=now, batch=batch)
    event_changed(session, event.id, now=now)
    before = snapshot(event)
    session.delete(event)
    change = note_change(session, event, before, act="removed", by=by, now=now, batch=batch)
    assert change is not None  # noqa: S101 - what is gone has changed
    return change


def removed_events(session: Session) -> Sequence[RowChange]:
    """The removals that can be undone, the last first."""
    gone = select(RowChange).where(
        RowChange.of_table == "event", RowChange.act == "removed", RowChange.undone_at.is_(None)
    )
    gone = gone.where(RowChange.before.is_not(None))  # what was forgotten does not come back
    return session.scalars(gone.order_by(RowChange.id.desc()).limit(MOST_REMOVED)).all()


def undo_removal(session: Session, change_id: int, *, by: int | None, now: datetime) -> int:
    """Bring an event and its links back; gives the event's number.

    Raises:
        NotFound: there is no such removal.
        BadInput: as `archive.row_history.undo_change`.
        NotAllowed: whoever asks is neither the secretary nor the one who took it away.
    """
    change = find_row(session, RowChange, change_id)
    if change is None or change.of_table != "event" or change.act != "removed" or change.batch is None:
        raise NotFound("change", change_id)
    if change.made_by_id != by or by is None:
        require_at_least(session, by, "undo_removal", Role.SECRETARY)
    require_not_undone(change)
    undo_batch(session, change.batch, by=by, now=now)
    event_changed(session, change.row_id, now=now)
    return change.row_id


def undo_of_event(session: Session, change: RowChange, *, by: int | None, now: datetime) -> Event | None:
    """Put back what one change did to an event; None when it is gone by that.

    Raises:
        BadInput: as `archive.row_history.undo_change`; "in_use" where something is linked to what would go.
    """
    require_at_least(session, by, "undo_of_event", Role.SECRETARY)
    event = undo_change(session, change, by=by, now=now)
    event_changed(session, change.row_id, now=now)
    return event if isinstance(event, Event) else None
