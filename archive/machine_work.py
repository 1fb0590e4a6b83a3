"""What people ask of the machine while it makes a text: pause, go on, leave it, or hear a recording anew.

Each of these only writes the rows. The worker looks at them before every batch, so that it obeys within the seconds
that the batches under way take; those are finished and saved. Commit, then `jobs.ask_for_unfinished`.
"""

from datetime import datetime

from sqlalchemy.orm import Session, object_session

from archive.accounts import Role, User
from archive.adding_sound import has_own_text
from archive.audit import note
from archive.errors import BadInput, NotAllowed
from archive.interviews import Interview, Status
from archive.outbox import searchable_text_changed
from archive.recordings import UNFINISHED, Recording, RecordingState
from archive.typed import one_line

# While its first text is being made: the status follows what the recordings say. Later it is people's to set.
FIRST_TEXT = (Status.RECEIVED, Status.PROCESSING, Status.PAUSED, Status.CANCELLED, Status.FAILED)

# In this order: what is still to come says more than what was left, and that more than what is done.
_STATUS_BY_STATE = (
    (RecordingState.PAUSED, Status.PAUSED),
    (RecordingState.CANCELLED, Status.CANCELLED),
    (RecordingState.FAILED, Status.FAILED),
    (RecordingState.DONE, Status.MACHINE_TEXT),
)


def may_direct(session: Session, interview: Interview, by: int | None) -> bool:
    """Whether `by` may pause, go on, cancel and ask again: a secretary and up, and who handed it in. None: the owner.

    Whoever asks has loaded the interview with the eyes of `by` first.
    """
    if by is None:
        return True
    user = session.get(User, by)
    if user is None or not user.active:
        return False
    handed_it_in = user.role.at_least(Role.VOLUNTEER) and interview.handed_in_by_id == by
    return user.role.at_least(Role.SECRETARY) or handed_it_in


def pause(session: Session, interview: Interview, *, by: int | None, now: datetime) -> None:
    """Let the work on all its recordings rest until `resume`.

    Raises:
        NotAllowed: as `may_direct`.
        BadInput: `interview` has "nothing_under_way".
    """
    _require(session, interview, by, "pause")
    under_way = [each for each in interview.recordings if each.state in UNFINISHED]
    if not under_way:
        raise BadInput("interview", "nothing_under_way")
    for recording in under_way:
        recording.state = RecordingState.PAUSED
    _settle(session, interview, "paused", by, now)


def resume(session: Session, interview: Interview, *, by: int | None, now: datetime) -> None:
    """Go on where the work rests, or where it was cancelled; what has text is not heard again.

    Raises:
        NotAllowed: as `may_direct`.
        BadInput: `interview` has "nothing_paused".
    """
    _require(session, interview, by, "resume")
    resting = [each for each in interview.recordings if each.state in (RecordingState.PAUSED, RecordingState.CANCELLED)]
    if not resting:
        raise BadInput("interview", "nothing_paused")
    for recording in resting:
        recording.state, recording.attempts, recording.failure = RecordingState.WAITING, 0, None
    _settle(session, interview, "resumed", by, now)


def cancel(session: Session, interview: Interview, *, by: int | None, now: datetime) -> None:
    """Leave the work. A first text stays as far as it came (`resume` goes on); heard anew, the old text stands.

    Raises:
        NotAllowed: as `may_direct`.
        BadInput: `interview` has "nothing_under_way".
    """
    _require(session, interview, by, "cancel")
    left = [each for each in interview.recordings if each.state in (*UNFINISHED, RecordingState.PAUSED)]
    if not left:
        raise BadInput("interview", "nothing_under_way")
    for recording in left:
        recording.state = RecordingState.DONE if is_heard_anew(recording) else RecordingState.CANCELLED
    _settle(session, interview, "cancelled", by, now)


def leave_failed(session: Session, interview: Interview, *, by: int | None, now: datetime) -> None:
    """Let a run that failed be, where a text stands from before: nothing is asked for, and the failure is told no more.

    Raises:
        NotAllowed: as `may_direct`.
    """
    _require(session, interview, by, "leave_failed")
    failed = [each for each in interview.recordings if each.failure and each.state is RecordingState.DONE]
    for recording in failed:
        note(session, "left_failed", "recording", recording.id, user_id=by, now=now, failure=recording.failure)
        recording.failure = None
    session.flush()


def ask_again(
    session: Session,
    recording: Recording,
    *,
    model: str | None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    by: int | None,
    now: datetime,
) -> None:
    """Have a recording heard anew, all of it or a stretch, as a new layer. What people wrote stands; so does the
    machine's old text until the new one is whole.

    `model` is a name (None: the archive's choice); whether it is installed, the worker finds out. The stretch is in the
    recording, half-open.

    Raises:
        NotAllowed: as `may_direct`.
        BadInput: `recording` is "under_way" or "paused"; `model` is "too_long"; `stretch` is "not_a_stretch",
            "outside" the recording, or of a recording that was "never_whole": its text would then count as whole.
    """
    interview = recording.interview
    _require(session, interview, by, "ask_again")
    if recording.state in UNFINISHED:
        raise BadInput("recording", "under_way")
    if recording.state is RecordingState.PAUSED:
        raise BadInput("recording", "paused")
    _check_stretch(recording, start_ms, end_ms)
    recording.asked_model = one_line(model, "model", limit=200) or None
    recording.asked_start_ms, recording.asked_end_ms = start_ms, end_ms
    recording.run += 1
    recording.state, recording.attempts, recording.failure = RecordingState.WAITING, 0, None
    asked = {"run": recording.run, "model": recording.asked_model, "start_ms": start_ms, "end_ms": end_ms}
    note(session, "asked_again", "recording", recording.id, user_id=by, now=now, **asked)
    settle(session, interview, by=by, now=now)


def is_heard_anew(recording: Recording) -> bool:
    """Whether a text stands before this run is whole: one that an older run made, or that people brought in."""
    session = object_session(recording)
    is_brought_in = session is not None and has_own_text(session, recording.interview_id)
    return is_brought_in or any(
        layer.run < recording.run and layer.finished_at is not None for layer in recording.layers
    )


def settle(session: Session, interview: Interview, *, by: int | None, now: datetime) -> None:
    """Make the status of an interview whose first text is being made what its recordings say; later it is people's."""
    if interview.status not in FIRST_TEXT:
        return
    states = {each.state for each in interview.recordings}
    if states & set(UNFINISHED):
        begun = any(each.layers for each in interview.recordings)
        status = Status.PROCESSING if begun or RecordingState.WORKING in states else Status.RECEIVED
    else:
        status = next(status for state, status in _STATUS_BY_STATE if state in states)
    if status != interview.status:
        change = {"before": interview.status, "after": status}
        note(session, "set_status", "interview", interview.id, user_id=by, now=now, **change)
        interview.status = status
        searchable_text_changed(session, interview.id, now=now)
    session.flush()


def _settle(session: Session, interview: Interview, act: str, by: int | None, now: datetime) -> None:
    note(session, f"{act}_machine_work", "interview", interview.id, user_id=by, now=now)
    settle(session, interview, by=by, now=now)
    session.flush()


def _require(session: Session, interview: Interview, by: int | None, action: str) -> None:
    if not may_direct(session, interview, by):
        raise NotAllowed(action)


def _check_stretch(recording: Recording, start_ms: int | None, end_ms: int | None) -> None:
    if start_ms is None and end_ms is None:
        return
    if start_ms is None or end_ms is None or start_ms >= end_ms:
        raise BadInput("stretch", "not_a_stretch")
    if start_ms < 0 or end_ms > recording.duration_ms:
        raise BadInput("stretch", "outside")
    if all(layer.finished_at is None for layer in recording.layers):
        raise BadInput("stretch", "never_whole")
