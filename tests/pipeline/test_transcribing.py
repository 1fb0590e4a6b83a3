"""Batches in flight, what people ask of the machine meanwhile, and a recording that is heard anew."""

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive import jobs
from archive.chapters import ChapterDetails, bring_in, chapters_of
from archive.database import Database
from archive.interviews import Interview, Status
from archive.jobs import ask_for_unfinished
from archive.local_time import LOCAL
from archive.machine_work import ask_again, cancel, pause, resume
from archive.outbox import OutboxEntry
from archive.progress import progress_of
from archive.recordings import MachineLayer, Recording, RecordingState, Window
from archive.settings import Settings
from archive.transcripts import Segment, edit_segment, segments_of
from archive.working_hours import set_working_hours
from pipeline.bench import Load
from pipeline.engines import Decoded, Samples
from pipeline.models import Model
from pipeline.saving import BEGUN
from tests.pipeline.conftest import receive
from tests.pipeline.scripted import ScriptedEngine, loading
from tests.pipeline.working import (
    Text,
    batches_in,
    child_worker,
    failure_of,
    hold,
    kill,
    let_go,
    planned_batches,
    state_of,
    status_of,
    text_of,
    wait_for,
    words_of,
    work,
    worker_here,
)

pytestmark = pytest.mark.worker


def windows_of(database: Database, run: int = 1) -> list[Window]:
    with database.read() as session:
        windows = select(Window).join(Window.layer).where(MachineLayer.run == run).order_by(Window.number)
        return list(session.scalars(windows))


def begun_again(database: Database) -> int:
    """How many windows were begun more than once."""
    return sum(window.metrics[BEGUN] - 1 for window in windows_of(database))


def test_several_batches_in_flight_give_the_same_text(
    settings: Settings, database: Database, talk: Path, tmp_path: Path, undisturbed: Text
) -> None:
    interview_id = receive(settings, talk)
    log = tmp_path / "log"
    work(settings, interview_id, loading(log, 0.3, batch=8, replicas=3))
    assert text_of(database, interview_id) == undisturbed
    assert begun_again(database) == 0
    with database.read() as session:
        layer = session.scalars(select(MachineLayer)).one()
        assert layer.speech_ms == sum(window.end_ms - window.start_ms for window in layer.windows)
        assert 300 <= layer.working_ms < 60_000  # on the wall, in ms: three batches of 0.3 s beside each other
        assert layer.languages == {"no": 0.9, "sv": 0.1}
        assert session.scalars(select(Recording)).one().attempts == 0


def test_every_window_says_where_somebody_speaks_in_it(settings: Settings, database: Database, talk: Path) -> None:
    work(settings, receive(settings, talk))
    for window in windows_of(database):
        assert window.speech
        assert all(window.start_ms <= start < end <= window.end_ms for start, end in window.speech)


def test_what_shares_a_batch_stays_so_under_another_worker(
    settings: Settings, database: Database, talk: Path, tmp_path: Path
) -> None:
    interview_id = receive(settings, talk)
    log = tmp_path / "log"
    with worker_here(settings, loading(log, 1.0, batch=4)):
        wait_for(lambda: batches_in(log))
    work(settings, interview_id, loading(log, batch=8, replicas=2))
    sizes = [len(line.split()) for line in batches_in(log)]
    assert sizes[:2] == [2, 4]
    assert max(sizes) == 4
    assert {window.group_number for window in windows_of(database)} == set(range(len(sizes)))


def test_a_kill_costs_the_batches_in_flight_and_no_more(
    settings: Settings, database: Database, talk: Path, tmp_path: Path, undisturbed: Text
) -> None:
    interview_id = receive(settings, talk)
    log = tmp_path / "log"
    hold(log, 2)
    with child_worker(settings, log) as process:
        wait_for(lambda: len(batches_in(log)) == 2)
        kill(process)
    let_go(log)
    work(settings, interview_id, loading(log, batch=8, replicas=2))
    assert text_of(database, interview_id) == undisturbed
    assert begun_again(database) == planned_batches(database)[1]  # the one batch that was under way


class Failing(ScriptedEngine):
    """Has no memory for the third batch that it gets."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._calls = itertools.count(1)

    def decode(self, windows: Sequence[Samples], language: str, *, prompt: str = "") -> list[Decoded]:
        """As `Engine.decode`."""
        if next(self._calls) == 3:
            raise MemoryError
        return super().decode(windows, language, prompt=prompt)


def test_an_error_in_one_batch_lets_the_others_end(
    settings: Settings, database: Database, talk: Path, tmp_path: Path, undisturbed: Text
) -> None:
    interview_id = receive(settings, talk)
    log = tmp_path / "log"

    def load(_settings: Settings, model: Model) -> ScriptedEngine:
        return Failing(model, log, 0.2, batch=2, replicas=2)

    work(settings, interview_id, load)
    assert (status_of(database, interview_id), failure_of(database)) == (Status.FAILED, "out_of_memory")
    assert 0 < len(text_of(database, interview_id)) < len(undisturbed)
    with database.write() as session:
        jobs.try_again(session, session.scalars(select(Recording)).one())
        session.commit()
    work(settings, interview_id, loading(log))
    assert text_of(database, interview_id) == undisturbed


def test_pause_takes_effect_between_batches_and_resume_goes_on(
    settings: Settings, database: Database, talk: Path, tmp_path: Path, undisturbed: Text
) -> None:
    interview_id = receive(settings, talk)
    ask_for_unfinished(settings)
    log = tmp_path / "log"
    hold(log, 2)
    with worker_here(settings, loading(log, batch=2)):
        wait_for(lambda: len(batches_in(log)) == 2)
        direct(database, interview_id, pause)
        assert status_of(database, interview_id) == Status.PAUSED
        let_go(log)
        wait_for(lambda: sum(window.text is not None for window in windows_of(database)) == 4)
        assert len(batches_in(log)) == 2
        direct(database, interview_id, resume)
        ask_for_unfinished(settings)
        wait_for(lambda: status_of(database, interview_id) == Status.MACHINE_TEXT)
    assert text_of(database, interview_id) == undisturbed
    assert begun_again(database) == 0


def direct(database: Database, interview_id: int, act: Callable[..., None]) -> None:
    with database.write() as session:
        act(session, session.get_one(Interview, interview_id), by=None, now=datetime.now(UTC))
        session.commit()


def test_a_cancelled_text_stays_as_far_as_it_came(
    settings: Settings, database: Database, talk: Path, tmp_path: Path, undisturbed: Text
) -> None:
    interview_id = receive(settings, talk)
    log = tmp_path / "log"
    hold(log, 2)
    with worker_here(settings, loading(log, batch=2)):
        wait_for(lambda: len(batches_in(log)) == 2)
        direct(database, interview_id, cancel)
        let_go(log)
        wait_for(lambda: sum(window.text is not None for window in windows_of(database)) == 4)
    assert (status_of(database, interview_id), state_of(database)) == (Status.CANCELLED, RecordingState.CANCELLED)
    so_far = words_of(text_of(database, interview_id))
    assert so_far == words_of(undisturbed)[: len(so_far)]
    assert so_far
    direct(database, interview_id, resume)
    work(settings, interview_id, loading(log))
    assert text_of(database, interview_id) == undisturbed


class Renamed(ScriptedEngine):
    """Hears another word in front of each window than the first engine did."""

    def decode(self, windows: Sequence[Samples], language: str, *, prompt: str = "") -> list[Decoded]:
        """As `Engine.decode`."""
        return [_renamed(each) for each in super().decode(windows, language, prompt=prompt)]

    def decode_alone(self, window: Samples, language: str, way: str) -> Decoded:
        """As `Engine.decode_alone`."""
        return _renamed(super().decode_alone(window, language, way))


def _renamed(decoded: Decoded) -> Decoded:
    return replace(decoded, words=((*decoded.words[0][:2], "nytt", 0.9), *decoded.words[1:]))


def ask_anew(database: Database, *, model: str | None = None, **asked: int) -> None:
    with database.write() as session:
        recording = session.scalars(select(Recording)).one()
        ask_again(session, recording, model=model, by=None, now=datetime.now(UTC), **asked)
        session.commit()


def hear_anew(settings: Settings, database: Database, load: Load, **asked: int) -> None:
    ask_anew(database, **asked)
    with worker_here(settings, load):
        wait_for(lambda: state_of(database) == RecordingState.DONE)


def renaming(log: Path) -> Load:
    return lambda _settings, model: Renamed(model, log, batch=4)


def test_heard_anew_the_old_text_stands_until_the_new_is_whole_and_peoples_lines_for_good(
    settings: Settings, database: Database, talk: Path, tmp_path: Path
) -> None:
    interview_id = receive(settings, talk)
    work(settings, interview_id)
    now = datetime.now(UTC)
    with database.write() as session:
        touched = segments_of(session, interview_id)[3]
        correction = {"text": "Det skrev jeg.", "speaker_id": None, "base_version": 0, "editor_id": None, "now": now}
        edit_segment(session, touched.id, **correction)  # type: ignore[arg-type]
        session.commit()
    before, status = text_of(database, interview_id), status_of(database, interview_id)
    ask_anew(database)
    log = tmp_path / "log"
    hold(log, 2)
    with worker_here(settings, renaming(log)):
        wait_for(lambda: len(batches_in(log)) == 2)
        assert text_of(database, interview_id) == before
        assert status_of(database, interview_id) == status == Status.IN_REVIEW
        with database.read() as session:
            progress = progress_of(session, session.get_one(Interview, interview_id), now=now)
        assert progress.fraction == 1.0
        assert progress.heard_anew is not None
        let_go(log)
        wait_for(lambda: state_of(database) == RecordingState.DONE)
    after = text_of(database, interview_id)
    assert status_of(database, interview_id) == Status.IN_REVIEW
    assert before[3] in after
    assert words_of(after).count("nytt") >= len(windows_of(database)) - 1
    assert after == sorted(after)
    assert all(each[1] <= before[3][0] or before[3][1] <= each[0] for each in after if each != before[3])
    assert all(window.text for window in windows_of(database, run=2))


@pytest.mark.parametrize("has_times", [True, False])
def test_a_text_that_people_brought_in_stands_alone_where_it_is(
    settings: Settings, database: Database, talk: Path, tmp_path: Path, has_times: bool
) -> None:
    interview_id = receive(settings, talk)
    ours = (20_000, 70_000) if has_times else (0, 0)
    with database.write() as session:
        session.add(Segment(interview_id=interview_id, start_ms=ours[0], end_ms=ours[1], text="Det sto på papiret."))
        session.commit()

    def only_ours_there() -> bool:
        lines = text_of(database, interview_id)
        beside = [line for line in lines if line[:2] != ours]
        assert len(lines) - len(beside) == 1
        return all(line[1] <= ours[0] or ours[1] <= line[0] for line in beside) if has_times else not beside

    work(settings, interview_id)
    assert only_ours_there()
    assert bool(text_of(database, interview_id)[1:]) == has_times
    hear_anew(settings, database, renaming(tmp_path / "log"))
    assert only_ours_there()
    assert ("nytt" in words_of(text_of(database, interview_id))) == has_times


def test_a_stretch_that_is_heard_anew_changes_nothing_outside_it(
    settings: Settings, database: Database, talk: Path, tmp_path: Path
) -> None:
    interview_id = receive(settings, talk)
    work(settings, interview_id)
    before = text_of(database, interview_id)
    window = windows_of(database)[2]
    asked = {"start_ms": window.start_ms + 2_000, "end_ms": window.end_ms - 2_000}
    with database.write() as session:
        session.query(OutboxEntry).delete()
        session.get_one(Interview, interview_id).status = Status.REVIEWED
        session.commit()
    hear_anew(settings, database, renaming(tmp_path / "log"), **asked)
    after = text_of(database, interview_id)
    (heard,) = windows_of(database, run=2)
    assert (heard.start_ms, heard.end_ms, heard.speech) == (window.start_ms, window.end_ms, window.speech)

    def outside(lines: Text) -> Text:
        return [line for line in lines if line[1] <= window.start_ms or window.end_ms <= line[0]]

    assert outside(after) == outside(before)
    assert words_of(after).count("nytt") == 1
    # Somebody vouched for the whole, and nobody has read this line.
    assert status_of(database, interview_id) == Status.IN_REVIEW


def test_hearing_anew_with_a_model_that_is_not_there_says_so_and_loses_nothing(
    settings: Settings, database: Database, talk: Path, tmp_path: Path
) -> None:
    interview_id = receive(settings, talk)
    work(settings, interview_id)
    before = text_of(database, interview_id)
    ask_anew(database, model="NbAiLab/nb-whisper-small")
    with worker_here(settings, loading()):
        wait_for(lambda: failure_of(database) is not None)
    assert (failure_of(database), state_of(database)) == ("model_missing", RecordingState.DONE)
    assert (status_of(database, interview_id), text_of(database, interview_id)) == (Status.MACHINE_TEXT, before)


def test_hearing_anew_that_is_cancelled_leaves_the_old_text(
    settings: Settings, database: Database, talk: Path, tmp_path: Path
) -> None:
    interview_id = receive(settings, talk)
    work(settings, interview_id)
    before = text_of(database, interview_id)
    ask_anew(database)
    log = tmp_path / "log"
    hold(log, 1)
    with worker_here(settings, renaming(log)):
        wait_for(lambda: batches_in(log))
        direct(database, interview_id, cancel)
        let_go(log)
        wait_for(lambda: any(window.text for window in windows_of(database, run=2)))
    assert (state_of(database), status_of(database, interview_id)) == (RecordingState.DONE, Status.MACHINE_TEXT)
    assert text_of(database, interview_id) == before


def test_outside_its_hours_the_worker_begins_nothing_unless_somebody_waits(
    settings: Settings, database: Database, remark: Path, tmp_path: Path
) -> None:
    interview_id = receive(settings, remark)
    now = datetime.now(LOCAL)
    with database.write() as session:
        opens, closes = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (2, 3))
        set_working_hours(session, opens, closes, by=None, now=now)
        session.commit()
    log = tmp_path / "log"
    with worker_here(settings, loading(log)):
        wait_for(lambda: windows_of(database))
        threading.Event().wait(2)
        assert batches_in(log) == []
        with database.read() as session:
            assert (
                session.scalars(select(Recording)).one().attempts == 0
            )  # it may be switched off as often as one likes
            progress = progress_of(session, session.get_one(Interview, interview_id), now=now)
        assert progress.works_from is not None
        assert progress.ready_at is not None
        assert progress.ready_at > progress.works_from > now
    work(settings, interview_id, loading(log))
    assert status_of(database, interview_id) == Status.MACHINE_TEXT


def test_a_job_of_the_first_version_is_begun_anew_from_the_rows(
    settings: Settings,
    database: Database,
    talk: Path,
    tmp_path: Path,
    undisturbed: Text,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interview_id = receive(settings, talk)
    with monkeypatch.context() as first_version:
        first_version.setattr(jobs, "APPLICATION_VERSION", "1")
        assert ask_for_unfinished(settings) == 1
    log = tmp_path / "log"
    work(settings, interview_id, loading(log))
    assert text_of(database, interview_id) == undisturbed
    assert len(batches_in(log)) == len(planned_batches(database))


def test_a_log_gives_way_to_what_was_said_and_stands_as_chapters(
    settings: Settings, database: Database, talk: Path, now: datetime
) -> None:
    interview_id = receive(settings, talk)
    with database.write() as session:
        line = Segment(interview_id=interview_id, start_ms=5_000, end_ms=6_000, text="Stikkord")
        session.add(line)
        session.flush()
        bring_in(session, interview_id, [(ChapterDetails(5_000, "Stikkord"), line.id)], by=None, now=now)
        session.commit()
    work(settings, interview_id)
    lines = text_of(database, interview_id)
    assert lines
    assert all(line[2] != "Stikkord" for line in lines)
    assert any(line[0] < 6_000 and line[1] > 5_000 for line in lines)
    with database.read() as session:
        assert [each.title for each in chapters_of(session, interview_id)] == ["Stikkord"]
