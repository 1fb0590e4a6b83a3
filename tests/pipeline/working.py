"""What tests of the worker do: let it work, here or in a process of its own, and look at what came of it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from archive.database import Database
from archive.interviews import Interview, Status
from archive.recordings import Recording, RecordingState, Window
from archive.settings import Settings
from archive.transcripts import segments_of
from pipeline.bench import Load
from pipeline.worker import run_worker, work_until_done
from tests.pipeline.scripted import held_file, loading

PROJECT = Path(__file__).resolve().parents[2]
Text = list[tuple[int, int, str]]


def work(settings: Settings, interview_id: int, load: Load | None = None) -> list[float]:
    """Work until the text is there; how far it said it was."""
    heard: list[float] = []
    work_until_done(settings, interview_id, heard.append, load=load or loading())
    return heard


@contextmanager
def worker_here(settings: Settings, load: Load) -> Iterator[threading.Event]:
    """A worker in a thread of this process."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(settings, stop), kwargs={"load": load})
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


@contextmanager
def child_worker(settings: Settings, log: Path, seconds: float = 0.0) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker in a process of its own, whose engine takes `seconds` for a batch."""
    command = [sys.executable, "-m", "tests.pipeline.scripted", str(settings.data), str(log), str(seconds)]
    with subprocess.Popen(command, cwd=PROJECT) as process:
        try:
            yield process
        finally:
            process.kill()


def kill(process: "subprocess.Popen[bytes]") -> None:
    """As a power cut would."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(condition: Callable[[], object], *, seconds: float = 240) -> None:
    """Until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def hold(log: Path, batch: int) -> None:
    """Let the engine of this log come as far as this batch, counted from 1, and stay in it until it is let go.

    What a test does then happens in the middle of that batch, however slow the machine.
    """
    held_file(log).write_text(str(batch))


def let_go(log: Path) -> None:
    """Let the engine of this log go on."""
    held_file(log).unlink()


def batches_in(log: Path) -> list[str]:
    """What the engine was given, a line for each batch."""
    return log.read_text().splitlines() if log.exists() else []


def planned_batches(database: Database) -> list[int]:
    """How many windows each batch of the one layer holds, by the plan."""
    with database.read() as session:
        numbers = list(session.scalars(select(Window.group_number)))
    return [numbers.count(number) for number in sorted(set(numbers))]


def text_of(database: Database, interview_id: int) -> Text:
    """The lines with their times."""
    with database.read() as session:
        return [(line.start_ms, line.end_ms, line.text) for line in segments_of(session, interview_id)]


def words_of(lines: Text) -> list[str]:
    """What is said, however it is cut into lines: that may change when voices are told apart at the end."""
    return [word for _, _, text in lines for word in text.split()]


def status_of(database: Database, interview_id: int) -> Status:
    """How far the interview has come."""
    with database.read() as session:
        return session.get_one(Interview, interview_id).status


def state_of(database: Database) -> RecordingState:
    """How far the one recording has come."""
    with database.read() as session:
        return session.scalars(select(Recording)).one().state


def failure_of(database: Database) -> str | None:
    """What went wrong with the one recording."""
    with database.read() as session:
        return session.scalars(select(Recording)).one().failure
