"""What was removed and not brought back: after thirty days its values are erased from the history of rows, for good.

That something was removed, when and by whom, stays. The history of what is still there stays whole: it goes with the
thing itself.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import null, select, text, update
from sqlalchemy.orm import Session, aliased

from archive.bin import KEPT_FOR
from archive.row_history import RowChange

# Whose row number is not its own: these hold no more than who works on what.
_NOT_ROWS = ("assignment",)
_AT_ONCE = 500


def forget_removed(session: Session, *, now: datetime) -> int:
    """Erase what stood in rows that were removed more than thirty days ago; how many rows that was."""
    gone = _removed_before(session, now - KEPT_FOR)
    if gone and session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))  # what is erased is overwritten, not only let go
    numbers: dict[str, list[int]] = {}
    for table, row_id in gone:
        numbers.setdefault(table, []).append(row_id)
    for table, row_ids in numbers.items():
        for first in range(0, len(row_ids), _AT_ONCE):
            theirs = (RowChange.of_table == table, RowChange.row_id.in_(row_ids[first : first + _AT_ONCE]))
            session.execute(update(RowChange).where(*theirs).values(before=null(), after=null()))
    session.flush()
    session.expire_all()
    return len(gone)


def _removed_before(session: Session, limit: datetime) -> Sequence[tuple[str, int]]:
    """The table and number of every row that went before `limit` and never came back."""
    later = aliased(RowChange)
    came_back = select(later.id).where(
        later.of_table == RowChange.of_table,
        later.row_id == RowChange.row_id,
        later.id > RowChange.id,
        later.after.is_not(None),
    )
    gone = select(RowChange.of_table, RowChange.row_id).where(
        RowChange.before.is_not(None),
        RowChange.after.is_(None),
        RowChange.made_at < limit,
        RowChange.of_table.not_in(_NOT_ROWS),
        ~came_back.exists(),
    )
    return [(table, row_id) for table, row_id in session.execute(gone.distinct())]
