"""The way back from every change of what the secretary sets for the whole archive."""

from datetime import datetime

from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.errors import BadInput
from archive.row_history import RowChange
from archive.site import get_setting, set_setting
from archive.value_history import note_undone, require_undoable
from archive.working_hours import FROM, UNTIL


def undo_of_settings(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    """Put back what one change set.

    Raises:
        BadInput: as `archive.value_history.require_undoable`; "changed_since" too where the machine would begin and
            stop at one time of day, or only one of the two would be set.
    """
    require_at_least(session, by, "undo_of_settings", Role.SECRETARY)
    stands = {name: get_setting(session, name) for name in change.fields}
    require_undoable(change, stands)
    wanted = {name: (change.before or {}).get(name) for name in change.fields}
    for name, value in wanted.items():
        set_setting(session, name, value)
    start, end = get_setting(session, FROM), get_setting(session, UNTIL)
    if (start is None) != (end is None) or (start is not None and start == end):
        raise BadInput("change", "changed_since")
    note_undone(session, change, stands, wanted, by=by, now=now)
