"""The way back from what was decided of who sees an interview: consents, their withdrawal, and who works on it.

Nothing opens by an undo. What a consent that comes back, or one that goes, would let more people see is closed to what
they saw a moment before; opening it is for the secretary to say anew.
"""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive.access import OPENINGS, Consent, covers, write_access
from archive.accounts import User
from archive.errors import BadInput
from archive.interviews import Access, Assignment, Interview
from archive.local_time import day_of
from archive.row_history import RowChange, Snapshot, snapshot, typed_values
from archive.value_history import note_undone, require_undoable
from archive.voices import forget_prints_of

_WIDTH = {access: width for width, access in enumerate(Access)}


def require_covered(interview: Interview, access: Access, *, now: datetime) -> None:
    """Refuse to open an interview wider than it is, where the consents that hold today do not go as far.

    Raises:
        BadInput: "no_consent".
    """
    wider = _WIDTH[access] > _WIDTH[interview.access]
    if wider and not covers(interview, access, today=day_of(now)):
        raise BadInput("change", "no_consent")


def undo_of_consent(
    session: Session, interview: Interview, change: RowChange, *, by: int | None, now: datetime
) -> None:
    """Take back that a consent was written down, or that it was withdrawn; a voice that was forgotten stays so.

    Raises:
        BadInput: as `archive.value_history.require_undoable`; "has_scan": a picture of the paper hangs on it.
    """
    consent = session.get(Consent, change.row_id)
    stands = None if consent is None else snapshot(consent)
    require_undoable(change, stands)
    today = day_of(now)
    seen_before = _in_force(interview, today)
    after = _put_consent_back(session, consent, change)
    session.expire(interview, ["consents"])
    note_undone(session, change, stands, after, by=by, now=now)
    seen_now = _in_force(interview, today)
    if seen_now != seen_before:
        narrower = min(seen_before, seen_now, key=_WIDTH.__getitem__)
        if narrower != interview.access:
            write_access(session, interview, narrower, "closed", by, now)


def _put_consent_back(session: Session, consent: Consent | None, change: RowChange) -> Snapshot | None:
    if change.before is None:
        assert consent is not None  # noqa: S101 - `require_undoable` has seen it
        if consent.scan_sha256 is not None:
            raise BadInput("change", "has_scan")
        forget_prints_of(session, consent.id)
        session.delete(consent)
        session.flush()
        return None
    values = typed_values(Consent, change.before)
    if consent is None:
        consent = Consent(**values)
        try:
            with session.begin_nested():
                session.add(consent)
        except IntegrityError:  # who gave it, or who wrote it down, is gone
            raise BadInput("change", "changed_since") from None
    else:
        for name in change.fields:
            setattr(consent, name, values[name])
        if consent.withdrawn_at is not None:  # it was withdrawn, that was undone, and this undoes the undoing
            forget_prints_of(session, consent.id)
    session.flush()
    return snapshot(consent)


def _in_force(interview: Interview, today: date) -> Access:
    """To whom an interview is open today: its access, as far as the consents go."""
    covered = (each for each in OPENINGS if _WIDTH[each] <= _WIDTH[interview.access])
    return max(
        (each for each in covered if covers(interview, each, today=today)),
        key=_WIDTH.__getitem__,
        default=Access.CLOSED,
    )


def undo_of_assignment(
    session: Session, interview: Interview, change: RowChange, *, by: int | None, now: datetime
) -> None:
    """Take an interview back from a volunteer, or give it again.

    Raises:
        BadInput: as `archive.value_history.require_undoable`; "user_ended": nobody works with that account any more.
    """
    user = session.get_one(User, change.row_id)
    assignment = session.get(Assignment, (interview.id, user.id))
    stands = None if assignment is None else {"user_id": user.id}
    require_undoable(change, stands)
    if assignment is not None:
        session.delete(assignment)
    elif not user.active:
        raise BadInput("change", "user_ended")
    else:
        session.add(Assignment(interview_id=interview.id, user_id=user.id, assigned_at=now, assigned_by_id=by))
    note_undone(session, change, stands, change.before, by=by, now=now)
