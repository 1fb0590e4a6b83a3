"""The history of what is no row of its own: an interview with its people, who may see it, a role, a setting.

The same table, pages and rules as `archive.row_history`. But whoever owns the values reads them and writes them back,
since only he knows their rules: an undo must never open what an opening would not.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from archive.audit import note
from archive.errors import BadInput
from archive.row_history import RowChange, Snapshot, Thing, line_of_history, require_not_undone


def note_values(
    session: Session,
    of_table: str,
    row_id: int,
    before: Snapshot | None,
    after: Snapshot | None,
    *,
    act: str,
    by: int | None,
    now: datetime,
    thing: Thing | None = None,
    detail: Mapping[str, Any] | None = None,
) -> RowChange | None:
    """Write down what was just done, here and with `detail` in the log of acts; None when nothing changed by it.

    `thing`: on whose page it is told; None: on its own, by the name of the table. `before` is None for what came, and
    `after` for what went; of what stayed only the values that changed are kept.
    """
    if before is not None and after is not None:
        changed = {name for name in (*before, *after) if before.get(name) != after.get(name)}
        before = {name: value for name, value in before.items() if name in changed}
        after = {name: value for name, value in after.items() if name in changed}
    if before == after:
        return None
    about = thing or Thing(of_table, row_id)
    change = RowChange(**line_of_history(of_table, row_id, about, act, before, after, by, now))
    session.add(change)
    session.flush()
    note(session, act, about.kind, about.id, user_id=by, now=now, change=change.id, **(detail or {}))
    return change


def require_undoable(change: RowChange, stands: Snapshot | None, *, left: Snapshot | None = None) -> None:
    """Refuse to undo what was undone, or changed again since. `stands`: the values now; None when they are gone.

    `left`: what the change left there, where that is read in another way by now; None: as it was written down.

    Raises:
        BadInput: "undone_already", "changed_since", or "forgotten".
    """
    require_not_undone(change)
    if change.after is None or stands is None:
        same = change.after is None and stands is None and change.before is not None
    elif change.before is None:
        same = stands == change.after
    else:
        same = all(stands.get(name) == (left or change.after).get(name) for name in change.fields)
    if not same:
        raise BadInput("change", "changed_since")


def note_undone(
    session: Session,
    change: RowChange,
    before: Snapshot | None,
    after: Snapshot | None,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Write down that what a change did was put back, with what stood there just now and what stands there by that."""
    change.undone_at = now
    thing = Thing(change.thing, change.thing_id)
    note_values(session, change.of_table, change.row_id, before, after, act="undid", thing=thing, by=by, now=now)
    session.flush()
