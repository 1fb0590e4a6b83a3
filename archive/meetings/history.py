"""Taking a case or a whole meeting away with what hangs on it, and the way back from every change of one."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.links import links_with, remove_link
from archive.meetings.cases import MeetingCase, delete_case
from archive.meetings.meeting import Meeting
from archive.meetings.papers import MeetingPaper, remove_paper
from archive.outbox import meeting_changed
from archive.row_history import RowChange, note_change, require_not_undone, snapshot, undo_batch, undo_change

MOST_REMOVED = 100


def remove_case(session: Session, case: MeetingCase, *, by: int | None, now: datetime) -> RowChange:
    """Take a case away with its papers and links; undoing the change that is given brings all of it back.

    Raises:
        BadInput: `case` is "in_use": a plan names it as what adopted it.
    """
    require_at_least(session, by, "remove_case", Role.SECRETARY)
    meeting_id = case.meeting_id
    change = _remove(session, case, _batch(), by, now)
    meeting_changed(session, meeting_id, now=now)
    return change


def remove_meeting(session: Session, meeting: Meeting, *, by: int | None, now: datetime) -> RowChange:
    """Take a meeting away with its cases, papers and links; `undo_removal` brings all of it back.

    Raises:
        BadInput: `case` or `meeting` is "in_use": a plan names it.
    """
    require_at_least(session, by, "remove_meeting", Role.SECRETARY)
    batch, number = _batch(), meeting.id
    for paper in session.scalars(select(MeetingPaper).where(MeetingPaper.meeting_id == number)).all():
        remove_paper(session, paper, by=by, now=now, batch=batch)
    for case in session.scalars(select(MeetingCase).where(MeetingCase.meeting_id == number)).all():
        _remove(session, case, batch, by, now)
    for link in links_with(session, "meeting", number):
        remove_link(session, link, by=by, now=now, batch=batch)
    before = snapshot(meeting)
    try:
        with session.begin_nested():
            session.delete(meeting)
            change = note_change(session, meeting, before, act="removed", by=by, now=now, batch=batch)
    except IntegrityError:
        raise BadInput("meeting", "in_use") from None
    meeting_changed(session, number, now=now)
    assert change is not None  # noqa: S101 - what is gone has changed
    return change


def removed_meetings(session: Session) -> Sequence[RowChange]:
    """The removals that can be undone, the last first."""
    gone = select(RowChange).where(
        RowChange.of_table == "meeting", RowChange.act == "removed", RowChange.undone_at.is_(None)
    )
    gone = gone.where(RowChange.before.is_not(None))  # what was forgotten does not come back
    return session.scalars(gone.order_by(RowChange.id.desc()).limit(MOST_REMOVED)).all()


def undo_removal(session: Session, change_id: int, *, by: int | None, now: datetime) -> int:
    """Bring a meeting back with its cases, papers and links; gives the meeting's number.

    Raises:
        NotFound: there is no such removal.
        BadInput: as `undo_of_meeting`.
    """
    change = find_row(session, RowChange, change_id)
    if change is None or change.of_table != "meeting" or change.act != "removed":
        raise NotFound("change", change_id)
    undo_of_meeting(session, change, by=by, now=now)
    return change.row_id


def undo_of_meeting(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    """Put back what one change did to a meeting, a case or a paper; what was done in one go is put back in one go.

    Raises:
        BadInput: as `archive.row_history.undo_change`.
    """
    require_at_least(session, by, "undo_of_meeting", Role.SECRETARY)
    require_not_undone(change)
    if change.batch is not None:
        undo_batch(session, change.batch, by=by, now=now)
    else:
        undo_change(session, change, by=by, now=now)
    meeting_changed(session, change.thing_id, now=now)


def _remove(session: Session, case: MeetingCase, batch: str, by: int | None, now: datetime) -> RowChange:
    for paper in session.scalars(select(MeetingPaper).where(MeetingPaper.case_id == case.id)).all():
        remove_paper(session, paper, by=by, now=now, batch=batch)
    for link in links_with(session, "meeting_case", case.id):
        remove_link(session, link, by=by, now=now, batch=batch)
    return delete_case(session, case, by=by, now=now, batch=batch)


def _batch() -> str:
    return f"meeting:{secrets.token_hex(8)}"
