"""The whole way from a received recording to text that can be searched, and everything that may come between."""

import shutil
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.access import MACHINE_OWNER, Use, record_consent
from archive.database import Database
from archive.interviews import Interview, Status
from archive.jobs import WorkerSlot, ask_for_unfinished, prepare, try_again, unfinished, worker_is_alive
from archive.local_time import day_of
from archive.recordings import MachineLayer, Recording, RecordingState
from archive.search.index import bring_up_to_date, open_index
from archive.search.query import Hit, search
from archive.settings import Settings
from archive.setup import open_database
from archive.sound import access_copy_path, original_playable, peaks_path
from archive.transcripts import edit_segment, segments_of
from archive.voice_memory import remember
from archive.voices import VoicePrint
from media.places import speech_file
from media.store import open_store
from pipeline.attempts import MOST_ATTEMPTS
from pipeline.worker import run_worker
from tests.pipeline.conftest import receive, voice, write_wav
from tests.pipeline.scripted import loading
from tests.pipeline.working import (
    Text,
    batches_in,
    child_worker,
    failure_of,
    hold,
    kill,
    let_go,
    planned_batches,
    status_of,
    text_of,
    wait_for,
    work,
    worker_here,
)

pytestmark = pytest.mark.worker


def find(settings: Settings, database: Database, words: str) -> list[Hit]:
    with database.read() as session:
        today = datetime.now(UTC).date()
        return search(session, open_index(settings), words, viewer=MACHINE_OWNER, today=today).hits


def living(database: Database) -> int:
    """How many workers say that they are alive."""
    with database.read() as session:
        return len(session.scalars(select(WorkerSlot)).all())


def test_a_received_recording_becomes_text_that_can_be_searched(
    settings: Settings, database: Database, talk: Path
) -> None:
    interview_id = receive(settings, talk)
    ask_for_unfinished(settings)
    assert max(work(settings, interview_id)) > 0
    assert status_of(database, interview_id) == Status.MACHINE_TEXT
    with database.read() as session:
        layer = session.scalars(select(MachineLayer)).one()
        assert (layer.engine, layer.model, layer.run) == ("scripted", "whisper-base", 1)
        assert layer.options["language"] == "nb"
        assert layer.finished_at is not None
        assert all(window.text for window in layer.windows)
        assert len({window.group_number for window in layer.windows}) > 1
        lines = segments_of(session, interview_id)
    assert all(line.machine_text == line.text and line.words == line.machine_words for line in lines)
    assert all(line.text.split() == [word[2] for word in line.words] for line in lines)
    hits = find(settings, database, "Steinkjer")
    assert hits[0].start_ms in [word[0] for line in lines for word in line.words if word[2] == "Steinkjer"]


def test_what_a_listener_gets_is_made_once_the_text_is_whole(
    settings: Settings, database: Database, remark: Path
) -> None:
    """A browser plays the original until then, so the text gets the whole machine."""
    interview_id = receive(settings, remark)
    ask_for_unfinished(settings)
    with database.read() as session:
        interview = session.get_one(Interview, interview_id)
        assert original_playable(interview)
        copy, waveform = access_copy_path(settings, interview), peaks_path(settings, interview)
        speech = speech_file(settings.derived, interview.recordings[0].sha256)
    with worker_here(settings, loading()):
        wait_for(lambda: copy.exists() and waveform.exists() and not speech.exists())
    with database.read() as session:
        assert unfinished(session, settings) == []
        finished_at = session.scalars(select(MachineLayer)).one().finished_at
    assert finished_at is not None
    assert copy.stat().st_mtime > finished_at.timestamp()


def test_files_of_one_interview_share_a_time_line(settings: Settings, database: Database, tmp_path: Path) -> None:
    sides = [write_wav(tmp_path / f"side{n}.wav", voice(15, seed=n)) for n in (1, 2)]
    interview_id = receive(settings, *sides)
    work(settings, interview_id)
    starts = [start for start, _, _ in text_of(database, interview_id)]
    assert min(starts) < 15_000 <= max(starts)


def test_silence_has_no_text_and_is_done(settings: Settings, database: Database, tmp_path: Path) -> None:
    interview_id = receive(settings, write_wav(tmp_path / "silent.wav", voice(20) * 0))
    work(settings, interview_id)
    assert status_of(database, interview_id) == Status.MACHINE_TEXT
    assert text_of(database, interview_id) == []


def test_asking_twice_is_once(settings: Settings, database: Database, talk: Path, tmp_path: Path) -> None:
    interview_id = receive(settings, talk)
    assert ask_for_unfinished(settings) == 1
    assert ask_for_unfinished(settings) == 0
    work(settings, interview_id, loading(tmp_path / "log"))
    assert ask_for_unfinished(settings) == 0
    assert len(batches_in(tmp_path / "log")) == len(planned_batches(database))


def test_what_nobody_asked_for_is_found(settings: Settings, database: Database, remark: Path) -> None:
    interview_id = receive(settings, remark)
    work(settings, interview_id)
    assert status_of(database, interview_id) == Status.MACHINE_TEXT


def test_work_whose_row_says_undone_is_asked_for_anew_although_the_engine_ended_it(
    settings: Settings, database: Database, remark: Path
) -> None:
    interview_id = receive(settings, remark)
    work(settings, interview_id)
    with database.write() as session:  # as after a backup was put back, with the engine's own database left as it was
        recording = session.scalars(select(Recording)).one()
        recording.state, recording.interview.status = RecordingState.WAITING, Status.PROCESSING
        session.commit()
    assert ask_for_unfinished(settings) == 1
    work(settings, interview_id)
    assert status_of(database, interview_id) == Status.MACHINE_TEXT


def test_preparing_is_safe_to_repeat(settings: Settings) -> None:
    prepare(settings)
    prepare(settings)


def test_a_killed_worker_goes_on_where_it_was(
    settings: Settings, database: Database, talk: Path, tmp_path: Path, undisturbed: Text
) -> None:
    interview_id = receive(settings, talk)
    log = tmp_path / "log"
    hold(log, 2)
    with child_worker(settings, log) as process:
        wait_for(lambda: len(batches_in(log)) == 2)
        kill(process)
    let_go(log)
    assert status_of(database, interview_id) == Status.PROCESSING
    assert 0 < len(text_of(database, interview_id)) < len(undisturbed)
    with child_worker(settings, log):
        wait_for(lambda: status_of(database, interview_id) == Status.MACHINE_TEXT)
    assert text_of(database, interview_id) == undisturbed
    assert (
        len(batches_in(log)) == len(planned_batches(database)) + 1
    )  # the one that was under way is done twice, no other


def test_the_engines_own_database_may_be_lost_in_mid_job(
    settings: Settings, database: Database, talk: Path, tmp_path: Path, undisturbed: Text
) -> None:
    interview_id = receive(settings, talk)
    log = tmp_path / "log"
    hold(log, 2)
    with child_worker(settings, log) as process:
        wait_for(lambda: len(batches_in(log)) == 2)
        kill(process)
    let_go(log)
    for left in settings.data.glob("jobs.db*"):
        left.unlink()
    with child_worker(settings, log):
        wait_for(lambda: status_of(database, interview_id) == Status.MACHINE_TEXT)
    assert text_of(database, interview_id) == undisturbed
    assert len(batches_in(log)) == len(planned_batches(database)) + 1


def test_two_workers_share_the_queue_and_do_nothing_twice(
    settings: Settings, database: Database, talk: Path, tmp_path: Path
) -> None:
    first = receive(settings, talk)
    second = receive(settings, write_wav(tmp_path / "other.wav", voice(60, seed=9)))
    logs = [tmp_path / "log0", tmp_path / "log1"]
    with child_worker(settings, logs[0], seconds=0.5), child_worker(settings, logs[1], seconds=0.5):
        wait_for(lambda: {status_of(database, each) for each in (first, second)} == {Status.MACHINE_TEXT})
    done = [group for log in logs for group in batches_in(log)]
    assert len(done) == len(set(done))


def test_the_living_take_over_from_the_dead(
    settings: Settings, database: Database, talk: Path, tmp_path: Path, undisturbed: Text
) -> None:
    interview_id = receive(settings, talk)
    mine, others = tmp_path / "log0", tmp_path / "log1"
    hold(mine, 2)
    with child_worker(settings, mine) as process:
        wait_for(lambda: len(batches_in(mine)) == 2)
        with child_worker(settings, others):
            wait_for(lambda: living(database) == 2)
            kill(process)
            wait_for(lambda: status_of(database, interview_id) == Status.MACHINE_TEXT)
    assert text_of(database, interview_id) == undisturbed
    assert len(batches_in(others)) == len(planned_batches(database)) - 1  # the first was saved


def test_a_worker_that_is_told_to_stop_leaves_the_rest_for_later(
    settings: Settings, database: Database, talk: Path, tmp_path: Path, undisturbed: Text
) -> None:
    interview_id = receive(settings, talk)
    log, stop = tmp_path / "log", threading.Event()
    hold(log, 1)
    thread = threading.Thread(target=run_worker, args=(settings, stop), kwargs={"load": loading(log)})
    thread.start()
    wait_for(lambda: batches_in(log))
    with database.read() as session:
        assert worker_is_alive(session, datetime.now(UTC))
    stop.set()
    time.sleep(0.5)  # until it has heard so; were it slower, two more batches would have to end before
    let_go(log)
    thread.join()
    with database.read() as session:
        assert not worker_is_alive(session, datetime.now(UTC))
    assert status_of(database, interview_id) == Status.PROCESSING
    work(settings, interview_id, loading(log))
    assert text_of(database, interview_id) == undisturbed
    assert len(batches_in(log)) == len(planned_batches(database))


def test_a_persons_correction_stands_when_the_work_goes_on(
    settings: Settings, database: Database, talk: Path, tmp_path: Path
) -> None:
    interview_id = receive(settings, talk)
    log = tmp_path / "log"
    hold(log, 2)
    with child_worker(settings, log) as process:
        wait_for(lambda: text_of(database, interview_id))
        kill(process)
    with database.write() as session:
        line = segments_of(session, interview_id)[0]
        edit_segment(
            session,
            line.id,
            text="Vi gikk fra dør til dør.",
            speaker_id=None,
            base_version=0,
            editor_id=None,
            now=datetime.now(UTC),
        )
        session.commit()
    work(settings, interview_id)
    assert text_of(database, interview_id)[0][2] == "Vi gikk fra dør til dør."


def test_text_that_cannot_be_indexed_is_done_all_the_same(settings: Settings, database: Database, talk: Path) -> None:
    interview_id = receive(settings, talk)
    with database.write() as session:  # nobody asks for the waveform, whose job would settle it as well
        session.scalars(select(Recording)).one().listen_failure = "unknown"
        session.commit()
    shutil.rmtree(settings.index)
    settings.index.write_text("not a folder")
    work(settings, interview_id)
    assert status_of(database, interview_id) == Status.MACHINE_TEXT
    settings.index.unlink()
    bring_up_to_date(settings, database, wait=True)  # as the pages do every other second
    assert find(settings, database, text_of(database, interview_id)[0][2].split()[0])


def test_a_missing_original_is_said_and_the_worker_goes_on(
    settings: Settings, database: Database, remark: Path, tmp_path: Path
) -> None:
    broken = receive(settings, remark)
    for original in Path(settings.store_url).rglob("*"):
        if original.is_file():
            original.unlink()
    work(settings, broken)
    assert (status_of(database, broken), failure_of(database)) == (Status.FAILED, "original_missing")
    sound = receive(settings, write_wav(tmp_path / "other.wav", voice(30, seed=9)))
    work(settings, sound)
    assert status_of(database, sound) == Status.MACHINE_TEXT


def test_a_model_that_is_not_installed_is_said_and_can_be_mended(
    settings: Settings, database: Database, remark: Path
) -> None:
    interview_id = receive(settings, remark)
    work(replace(settings, model="NbAiLab/nb-whisper-small"), interview_id)
    assert (status_of(database, interview_id), failure_of(database)) == (Status.FAILED, "model_missing")
    with database.write() as session:
        try_again(session, session.scalars(select(Recording)).one())
        session.commit()
    work(settings, interview_id)
    assert (status_of(database, interview_id), failure_of(database)) == (Status.MACHINE_TEXT, None)


def test_sound_that_failed_is_made_again_and_the_text_stays(
    settings: Settings, database: Database, talk: Path, tmp_path: Path
) -> None:
    interview_id = receive(settings, talk)
    with database.write() as session:
        session.get_one(Interview, interview_id).recordings[0].listen_failure = "out_of_room"
        session.commit()
    work(settings, interview_id)
    before = text_of(database, interview_id)
    with database.write() as session:
        interview = session.get_one(Interview, interview_id)
        assert not access_copy_path(settings, interview).exists()
        interview.status = Status.REVIEWED
        try_again(session, interview.recordings[0])
        session.commit()
        copy, waveform = access_copy_path(settings, interview), peaks_path(settings, interview)
    assert ask_for_unfinished(settings) == 1
    with child_worker(settings, tmp_path / "log"):
        wait_for(lambda: copy.exists() and waveform.exists())
    assert batches_in(tmp_path / "log") == []
    assert (status_of(database, interview_id), text_of(database, interview_id)) == (Status.REVIEWED, before)


def test_what_takes_the_worker_down_again_and_again_is_given_up(
    settings: Settings, database: Database, remark: Path
) -> None:
    interview_id = receive(settings, remark)
    with database.write() as session:
        session.scalars(select(Recording)).one().attempts = MOST_ATTEMPTS
        session.commit()
    work(settings, interview_id)
    assert (status_of(database, interview_id), failure_of(database)) == (Status.FAILED, "gave_up")


def test_a_voice_goes_on_the_day_its_consent_has_ended_though_nobody_does_anything(
    settings: Settings, database: Database, remark: Path
) -> None:
    interview_id, now = receive(settings, remark), datetime.now(UTC)
    with database.write() as session:
        session.scalars(select(Recording)).one().state = RecordingState.CANCELLED
        interview = session.get_one(Interview, interview_id)
        olga = interview.narrators[0]
        agreed = record_consent(
            session,
            interview,
            given_by=olga.name,
            use=Use.ARCHIVE,
            valid_from=day_of(now),
            voice=True,
            by=None,
            now=now,
        )
        assert remember(session, interview_id, olga.id, [1.0], "CAM++ x", now=now, today=day_of(now))
        agreed.valid_until = day_of(now) - timedelta(days=1)
        session.commit()

    def is_gone() -> bool:
        with database.read() as session:
            return session.scalars(select(VoicePrint)).first() is None

    with worker_here(settings, loading()):
        wait_for(is_gone)


def test_the_store_still_holds_every_byte(settings: Settings, database: Database, remark: Path) -> None:
    interview_id = receive(settings, remark)
    work(settings, interview_id)
    store = open_store(settings.store_url)
    assert all(store.verify(sha256) for sha256 in store.hashes())


@pytest.mark.postgres
def test_data_and_jobs_may_live_in_postgresql(postgres_settings: Settings, remark: Path) -> None:
    settings = replace(postgres_settings, jobs_url=postgres_settings.database_url)
    interview_id = receive(settings, remark)
    assert ask_for_unfinished(settings) == 1
    work(settings, interview_id)
    with closing(open_database(settings)) as database:
        assert status_of(database, interview_id) == Status.MACHINE_TEXT
        assert len(text_of(database, interview_id)) > 0
        assert find(settings, database, "Steinkjer")
    assert ask_for_unfinished(settings) == 0
