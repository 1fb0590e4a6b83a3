from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.audit import AuditEvent
from archive.errors import BadInput, NotAllowed
from archive.interviews import Interview, InterviewDetails, Status, add_interview
from archive.jobs import try_again
from archive.machine_work import ask_again, cancel, is_heard_anew, may_direct, pause, resume, settle
from archive.recordings import MachineLayer, Recording, RecordingState, add_recordings
from tests.archive.test_progress import Received

LENGTH_MS = 600_000


@pytest.fixture
def handed_in(session: Session, now: datetime, received: Received, volunteer: User) -> Interview:
    """An interview of two recordings that a volunteer handed in; nothing is heard yet."""
    interview = add_interview(session, InterviewDetails(title="Fra valgkampen"), handed_in_by_id=volunteer.id, now=now)
    files = [received("side a", LENGTH_MS), received("side b", LENGTH_MS)]
    add_recordings(session, interview, files, received_by_id=volunteer.id, now=now)
    return interview


def heard(session: Session, recording: Recording, now: datetime, *, is_whole: bool = True) -> None:
    """The worker has made a layer of the run that the recording is at."""
    layer = MachineLayer(
        recording=recording,
        run=recording.run,
        engine="faster-whisper",
        model="nb-whisper-base",
        model_sha256="5" * 64,
        options={},
        speech_ms=LENGTH_MS,
        started_at=now,
        finished_at=now if is_whole else None,
    )
    session.add(layer)
    recording.state = RecordingState.DONE if is_whole else RecordingState.WORKING
    session.flush()
    session.expire(recording, ["layers"])


def all_done(session: Session, interview: Interview, now: datetime) -> None:
    for recording in interview.recordings:
        heard(session, recording, now)
    settle(session, interview, by=None, now=now)


def states(interview: Interview) -> list[RecordingState]:
    return [recording.state for recording in interview.recordings]


def test_pause_and_resume_take_all_that_is_under_way(session: Session, handed_in: Interview, now: datetime) -> None:
    heard(session, handed_in.recordings[0], now)
    pause(session, handed_in, by=None, now=now)
    assert (states(handed_in), handed_in.status) == ([RecordingState.DONE, RecordingState.PAUSED], Status.PAUSED)
    with pytest.raises(BadInput, match="nothing_under_way"):
        pause(session, handed_in, by=None, now=now)
    resume(session, handed_in, by=None, now=now)
    assert (states(handed_in), handed_in.status) == ([RecordingState.DONE, RecordingState.WAITING], Status.PROCESSING)
    with pytest.raises(BadInput, match="nothing_paused"):
        resume(session, handed_in, by=None, now=now)


def test_what_nobody_began_goes_back_to_the_queue(session: Session, handed_in: Interview, now: datetime) -> None:
    pause(session, handed_in, by=None, now=now)
    resume(session, handed_in, by=None, now=now)
    assert handed_in.status == Status.RECEIVED


def test_what_is_done_cannot_be_paused_or_cancelled(session: Session, handed_in: Interview, now: datetime) -> None:
    all_done(session, handed_in, now)
    assert handed_in.status == Status.MACHINE_TEXT
    for act in (pause, cancel):
        with pytest.raises(BadInput, match="nothing_under_way"):
            act(session, handed_in, by=None, now=now)
    assert handed_in.status == Status.MACHINE_TEXT


def test_a_first_text_that_is_cancelled_can_be_taken_up_again(
    session: Session, handed_in: Interview, now: datetime
) -> None:
    heard(session, handed_in.recordings[0], now, is_whole=False)
    cancel(session, handed_in, by=None, now=now)
    assert (set(states(handed_in)), handed_in.status) == ({RecordingState.CANCELLED}, Status.CANCELLED)
    resume(session, handed_in, by=None, now=now)
    assert (set(states(handed_in)), handed_in.status) == ({RecordingState.WAITING}, Status.PROCESSING)
    assert [recording.run for recording in handed_in.recordings] == [1, 1]


def test_what_is_paused_can_be_cancelled(session: Session, handed_in: Interview, now: datetime) -> None:
    pause(session, handed_in, by=None, now=now)
    cancel(session, handed_in, by=None, now=now)
    assert handed_in.status == Status.CANCELLED


@pytest.mark.parametrize("status", [Status.MACHINE_TEXT, Status.IN_REVIEW, Status.REVIEWED])
def test_hearing_anew_leaves_the_status_to_people(
    session: Session, handed_in: Interview, now: datetime, status: Status
) -> None:
    all_done(session, handed_in, now)
    handed_in.status = status
    recording = handed_in.recordings[0]
    ask_again(session, recording, model="nb-whisper-small", start_ms=1_000, end_ms=9_000, by=None, now=now)
    assert (recording.run, recording.state, handed_in.status) == (2, RecordingState.WAITING, status)
    assert (recording.asked_model, recording.asked_start_ms, recording.asked_end_ms) == (
        "nb-whisper-small",
        1_000,
        9_000,
    )
    assert is_heard_anew(recording)
    pause(session, handed_in, by=None, now=now)
    assert (recording.state, handed_in.status) == (RecordingState.PAUSED, status)
    resume(session, handed_in, by=None, now=now)
    cancel(session, handed_in, by=None, now=now)
    assert (recording.state, handed_in.status) == (RecordingState.DONE, status)


def test_another_model_may_do_what_the_first_could_not(session: Session, handed_in: Interview, now: datetime) -> None:
    for recording in handed_in.recordings:
        recording.state, recording.failure = RecordingState.FAILED, "model_missing"
    settle(session, handed_in, by=None, now=now)
    assert handed_in.status == Status.FAILED
    ask_again(session, handed_in.recordings[0], model="whisper-base", by=None, now=now)
    assert (handed_in.recordings[0].failure, handed_in.status) == (None, Status.RECEIVED)


def test_a_second_wish_waits_for_the_first(session: Session, handed_in: Interview, now: datetime) -> None:
    recording = handed_in.recordings[0]
    with pytest.raises(BadInput, match="under_way"):
        ask_again(session, recording, model=None, by=None, now=now)
    pause(session, handed_in, by=None, now=now)
    with pytest.raises(BadInput, match="paused"):
        ask_again(session, recording, model=None, by=None, now=now)
    assert recording.run == 1


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "problem"),
    [
        (None, 1_000, "not_a_stretch"),
        (1_000, None, "not_a_stretch"),
        (1_000, 1_000, "not_a_stretch"),
        (-1, 1_000, "outside"),
        (0, LENGTH_MS + 1, "outside"),
    ],
)
def test_a_stretch_lies_in_the_recording(
    session: Session, handed_in: Interview, now: datetime, start_ms: int | None, end_ms: int | None, problem: str
) -> None:
    all_done(session, handed_in, now)
    with pytest.raises(BadInput, match=problem):
        ask_again(session, handed_in.recordings[0], model=None, start_ms=start_ms, end_ms=end_ms, by=None, now=now)
    assert handed_in.recordings[0].run == 1


def test_no_stretch_makes_a_text_whole_that_was_given_up(session: Session, handed_in: Interview, now: datetime) -> None:
    heard(session, handed_in.recordings[0], now, is_whole=False)
    cancel(session, handed_in, by=None, now=now)
    recording = handed_in.recordings[0]
    with pytest.raises(BadInput, match="never_whole"):
        ask_again(session, recording, model=None, start_ms=1_000, end_ms=9_000, by=None, now=now)
    assert (recording.run, recording.state, handed_in.status) == (1, RecordingState.CANCELLED, Status.CANCELLED)
    ask_again(session, recording, model=None, by=None, now=now)
    assert recording.run == 2


def test_hearing_anew_that_failed_can_be_tried_again(session: Session, handed_in: Interview, now: datetime) -> None:
    all_done(session, handed_in, now)
    recording = handed_in.recordings[0]
    ask_again(session, recording, model="finnes-ikke", by=None, now=now)
    recording.state, recording.failure = RecordingState.DONE, "model_missing"  # as the worker says it
    try_again(session, recording)
    session.refresh(recording)
    assert (states(handed_in)[0], recording.run) == (RecordingState.WAITING, 2)
    session.refresh(recording)
    assert recording.failure is None
    assert handed_in.status == Status.MACHINE_TEXT


def test_who_handed_it_in_and_the_secretary_direct_the_machine(
    session: Session, handed_in: Interview, volunteer: User, secretary: User, other_volunteer: User, now: datetime
) -> None:
    allowed = [may_direct(session, handed_in, user.id) for user in (volunteer, secretary, other_volunteer)]
    assert allowed == [True, True, False]
    for act in (pause, resume, cancel):
        with pytest.raises(NotAllowed):
            act(session, handed_in, by=other_volunteer.id, now=now)
    with pytest.raises(NotAllowed):
        ask_again(session, handed_in.recordings[0], model=None, by=other_volunteer.id, now=now)
    volunteer.active = False
    assert not may_direct(session, handed_in, volunteer.id)
    assert set(states(handed_in)) == {RecordingState.WAITING}


def test_every_act_is_written_down(session: Session, handed_in: Interview, secretary: User, now: datetime) -> None:
    pause(session, handed_in, by=secretary.id, now=now)
    resume(session, handed_in, by=secretary.id, now=now)
    cancel(session, handed_in, by=secretary.id, now=now)
    ask_again(session, handed_in.recordings[0], model=None, by=secretary.id, now=now)
    acts = [each.act for each in session.scalars(select(AuditEvent).where(AuditEvent.user_id == secretary.id))]
    kept = ["paused_machine_work", "resumed_machine_work", "cancelled_machine_work", "asked_again"]
    assert [act for act in acts if act in kept] == kept
