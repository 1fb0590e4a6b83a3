from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from archive.database import Database
from archive.interviews import Interview, InterviewDetails, Status, add_interview
from archive.jobs import WorkerSlot
from archive.progress import progress_of, working_rate
from archive.recordings import MachineLayer, ReceivedFile, Recording, RecordingState, Window, add_recordings
from archive.site import set_setting

MINUTE_MS = 60_000
Received = Callable[..., ReceivedFile]


@pytest.fixture
def hand_in(session: Session, now: datetime, received: Received) -> Callable[..., Interview]:
    """Hands in an interview of files of so many minutes, so many minutes after `now`."""

    def make(title: str, *minutes: int, later: int = 0) -> Interview:
        return _hand_in(session, now, received, title, *minutes, later=later)

    return make


def _hand_in(session: Session, now: datetime, received: Received, title: str, *minutes: int, later: int) -> Interview:
    at = now + timedelta(minutes=later)
    interview = add_interview(session, InterviewDetails(title=title), handed_in_by_id=None, now=at)
    files = [received(f"{title} {n}", length * MINUTE_MS) for n, length in enumerate(minutes)]
    add_recordings(session, interview, files, received_by_id=None, now=at)
    return interview


def work(
    session: Session,
    recording: Recording,
    now: datetime,
    *,
    decoded: int,
    of: int,
    worked_ms: int = 0,
    model: str = "nb-whisper-base",
) -> None:
    """The worker has planned `of` windows of one minute and decoded some of them."""
    recording.state = RecordingState.DONE if decoded == of else RecordingState.WORKING
    layer = MachineLayer(
        recording=recording,
        run=recording.run,
        engine="faster-whisper",
        model=model,
        model_sha256=model.ljust(64),
        options={},
        speech_ms=of * MINUTE_MS,
        started_at=now,
        working_ms=worked_ms,
    )
    layer.windows = [
        Window(
            number=n,
            group_number=n,
            start_ms=n * MINUTE_MS,
            end_ms=(n + 1) * MINUTE_MS,
            text="noe" if n < decoded else None,
        )
        for n in range(of)
    ]
    session.add(layer)
    session.flush()


def worker_lives(session: Session, now: datetime) -> None:
    """A worker has just said that it is alive."""
    session.add(WorkerSlot(name="worker-0", seen_at=now, started_at=now))
    session.flush()


def test_nothing_is_promised_without_a_worker(
    session: Session, hand_in: Callable[..., Interview], now: datetime
) -> None:
    interview = hand_in("a", 10)
    progress = progress_of(session, interview, now=now)
    assert (progress.fraction, progress.queue_place, progress.ready_at) == (0.0, 1, None)
    assert (progress.worker_alive, progress.decoded_ms, progress.total_ms) == (False, 0, 10 * MINUTE_MS)
    worker_lives(session, now - timedelta(minutes=5))
    assert not progress_of(session, interview, now=now).worker_alive


def test_before_anything_is_measured_the_guess_follows_the_model(
    session: Session, hand_in: Callable[..., Interview], now: datetime
) -> None:
    interview = hand_in("a", 100)
    worker_lives(session, now)
    waits = {}
    for model in ("", "/modeller/nb-whisper-base-ct2", "nb-whisper-medium", "NbAiLab/nb-whisper-LARGE"):
        set_setting(session, "model", model)
        ready_at = progress_of(session, interview, now=now).ready_at
        assert ready_at is not None
        waits[model] = (ready_at - now).total_seconds() / 60
    assert waits[""] == waits["/modeller/nb-whisper-base-ct2"] == pytest.approx(8.2)
    assert waits["nb-whisper-medium"] == pytest.approx(80.2)
    assert waits["NbAiLab/nb-whisper-LARGE"] == pytest.approx(160.2)


def test_the_guess_follows_what_was_measured(
    session: Session, hand_in: Callable[..., Interview], now: datetime
) -> None:
    worker_lives(session, now)
    earlier = hand_in("tidligere", 10)
    work(session, earlier.recordings[0], now, decoded=10, of=10, worked_ms=5 * MINUTE_MS)
    assert working_rate(session) == 0.5
    interview = hand_in("a", 20, later=1)
    work(session, interview.recordings[0], now + timedelta(minutes=1), decoded=4, of=16, worked_ms=2 * MINUTE_MS)
    progress = progress_of(session, interview, now=now)
    assert progress.fraction == 0.25
    assert (progress.decoded_ms, progress.total_ms) == (4 * MINUTE_MS, 16 * MINUTE_MS)  # 4 of 20 minutes were silence
    assert progress.ready_at == now + timedelta(minutes=12 * 0.5)


def test_a_beginning_that_is_done_is_not_taken_for_the_whole(
    session: Session, hand_in: Callable[..., Interview], now: datetime
) -> None:
    interview = hand_in("a", 20)
    (recording,) = interview.recordings
    work(session, recording, now, decoded=2, of=2)
    recording.state, recording.layers[0].speech_ms = RecordingState.WORKING, 0  # the rest is not planned yet
    progress = progress_of(session, interview, now=now)
    assert (progress.fraction, progress.total_ms) == (0.1, 20 * MINUTE_MS)


def test_another_models_speed_is_not_counted(
    session: Session, hand_in: Callable[..., Interview], now: datetime
) -> None:
    slow, fast = hand_in("langsom", 10), hand_in("rask", 10)
    work(session, slow.recordings[0], now, decoded=10, of=10, worked_ms=20 * MINUTE_MS, model="nb-whisper-large")
    later = now + timedelta(hours=1)
    work(session, fast.recordings[0], later, decoded=10, of=10, worked_ms=2 * MINUTE_MS, model="nb-whisper-tiny")
    assert working_rate(session) == 0.2


def test_a_few_seconds_of_work_are_no_measure(
    session: Session, hand_in: Callable[..., Interview], now: datetime
) -> None:
    interview = hand_in("a", 10)
    work(session, interview.recordings[0], now, decoded=0, of=10, worked_ms=0)
    assert working_rate(session) == 0.08


def test_who_came_first_is_done_first(session: Session, hand_in: Callable[..., Interview], now: datetime) -> None:
    worker_lives(session, now)
    done = hand_in("ferdig", 10)
    work(session, done.recordings[0], now, decoded=10, of=10, worked_ms=10 * MINUTE_MS)
    done.status = Status.MACHINE_TEXT
    third = hand_in("tredje", 10, 10, later=3)
    second = hand_in("andre", 10, later=2)
    first = hand_in("første", 10, later=1)
    paused = hand_in("pause", 1000)
    paused.recordings[0].state = RecordingState.PAUSED
    session.flush()
    places, waits = [], []
    for interview in (first, second, third):
        progress = progress_of(session, interview, now=now)
        assert progress.ready_at is not None
        places.append(progress.queue_place)
        waits.append(round((progress.ready_at - now).total_seconds() / 60))
    assert (places, waits) == ([1, 2, 3], [10, 20, 40])
    work(session, third.recordings[0], now, decoded=5, of=10, worked_ms=5 * MINUTE_MS)
    assert progress_of(session, third, now=now).queue_place == 1  # what is being worked on is finished first
    for idle in (done, paused):
        progress = progress_of(session, idle, now=now)
        assert (progress.queue_place, progress.ready_at) == (None, None)


def test_all_is_done_only_when_the_text_is(session: Session, hand_in: Callable[..., Interview], now: datetime) -> None:
    interview = hand_in("a", 10)
    work(session, interview.recordings[0], now, decoded=10, of=10, worked_ms=1)
    assert progress_of(session, interview, now=now).fraction == 0.99
    for status in (Status.MACHINE_TEXT, Status.IN_REVIEW, Status.REVIEWED):
        interview.status = status
        assert progress_of(session, interview, now=now).fraction == 1.0


def test_an_old_run_does_not_count(session: Session, hand_in: Callable[..., Interview], now: datetime) -> None:
    interview = hand_in("a", 10)
    work(session, interview.recordings[0], now, decoded=10, of=10, worked_ms=MINUTE_MS)
    interview.recordings[0].run = 2
    interview.recordings[0].state = RecordingState.WAITING
    session.flush()
    assert progress_of(session, interview, now=now).fraction == 0.0


def test_an_interview_without_sound_has_nothing_to_wait_for(
    session: Session, interview: Interview, now: datetime
) -> None:
    progress = progress_of(session, interview, now=now)
    assert (progress.fraction, progress.queue_place, progress.ready_at, progress.total_ms) == (0.0, None, None, 0)


def test_both_databases_add_up_the_same(each_database: Database, now: datetime, received: Received) -> None:
    with each_database.write() as session:
        worker_lives(session, now)
        interview = _hand_in(session, now, received, "a", 20, 10, later=0)
        work(session, interview.recordings[0], now, decoded=5, of=20, worked_ms=5 * MINUTE_MS)
        progress = progress_of(session, interview, now=now)
        assert (progress.decoded_ms, progress.total_ms) == (5 * MINUTE_MS, 30 * MINUTE_MS)
        assert progress.ready_at == now + timedelta(minutes=25, milliseconds=10 * MINUTE_MS * 0.002)
