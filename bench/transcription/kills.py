"""`kill -9` at random moments of one run, and what each of them cost."""

import random
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.interviews import Interview, Status
from archive.recordings import MachineLayer, Window
from archive.setup import open_database
from bench.site import worker
from bench.transcription.ours import Archive, fresh_archive, heard_windows
from pipeline.saving import BEGUN

POLL_S = 0.05
IN_START = 0.25  # the share of kills that come while the worker is starting, or has only just begun
# A recording gives up after six attempts that nothing came of (`pipeline.steps`): a machine that dies so often is
# broken. So after this many such kills in a row, the next one waits until a window was saved.
PATIENCE = 3
ENDS_WITHIN_S = 7200.0

T = TypeVar("T")


@dataclass
class KilledRun:
    """What came of a run that was killed again and again."""

    lost: list[int]  # windows that were begun and not saved, for each kill
    begun: int  # how often windows were begun, all together
    windows: int
    group: int  # windows that may be in flight at once: batches × their size
    heard: list[Any]  # as `ours.heard_windows`


def run_undisturbed(folder: Path, recording: Path) -> tuple[list[Any], float]:
    """What is heard when nobody kills, and the seconds it takes."""
    with fresh_archive(folder, recording) as archive:
        began = time.monotonic()
        with worker(archive.data, log=folder / "worker.log") as process:
            _wait(archive, process, _is_whole)
        took_s = time.monotonic() - began
        with archive.reading() as session:
            return heard_windows(session), took_s


def run_killed(folder: Path, recording: Path, *, kills: int, run_s: float, seed: int) -> KilledRun:
    """One run over a recording, killed up to `kills` times; `run_s` is how long an undisturbed one takes."""
    chance = random.Random(seed)
    lost: list[int] = []
    with fresh_archive(folder, recording) as archive:
        in_vain = 0
        while len(lost) < kills and not _asked(archive, _is_whole):
            before = _asked(archive, _state)
            with worker(archive.data, log=folder / "worker.log") as process:
                _live(archive, process, chance, run_s / (kills + 1), is_to_save=in_vain >= PATIENCE)
                process.kill()
                process.wait()
            after = _asked(archive, _state)
            lost.append(sum(begun - before.get(id, (0, False))[0] for id, (begun, saved) in after.items() if not saved))
            in_vain = 0 if _saved(after) > _saved(before) else in_vain + 1
        with worker(archive.data, log=folder / "worker.log") as process:
            _wait(archive, process, _is_whole)
        with archive.reading() as session:
            begun = [begun for begun, _saved in _state(session).values()]
            options = session.scalars(select(MachineLayer.options)).one()
            group = int(options["batch"]) * int(options["replicas"])
            return KilledRun(lost, sum(begun), len(begun), group, heard_windows(session))


def _live(
    archive: Archive, process: subprocess.Popen[bytes], chance: random.Random, step_s: float, *, is_to_save: bool
) -> None:
    """Let a worker live for a random while: some end in its start, the others up to two steps after work began."""
    before = _asked(archive, _state)
    if chance.random() < IN_START and not is_to_save:
        time.sleep(chance.uniform(0, 2 * step_s))
        return
    if is_to_save:
        _wait(archive, process, lambda session: _saved(_state(session)) > _saved(before) or _is_whole(session))
    else:
        _wait(archive, process, lambda session: _begun(_state(session)) > _begun(before) or _is_whole(session))
    time.sleep(chance.uniform(0, 2 * step_s))


State = dict[int, tuple[int, bool]]  # by a window's id: how often it was begun, and whether its text is saved


def _state(session: Session) -> State:
    rows = session.execute(select(Window.id, Window.metrics, Window.text.is_not(None)))
    return {id: (int(metrics.get(BEGUN, 0)), saved) for id, metrics, saved in rows}


def _saved(state: State) -> int:
    return sum(saved for _begun, saved in state.values())


def _begun(state: State) -> int:
    return sum(begun for begun, _saved in state.values())


def _is_whole(session: Session) -> bool:
    """All of the recording is planned, and every window has text; or the recording failed, which is said."""
    if session.scalar(select(Interview.status)) == Status.FAILED:
        raise RuntimeError("the recording failed")
    return bool(session.scalar(select(MachineLayer.speech_ms))) and all(saved for _, saved in _state(session).values())


def _asked(archive: Archive, question: Callable[[Session], T]) -> T:
    with archive.reading() as session:
        return question(session)


def _wait(archive: Archive, process: subprocess.Popen[bytes], is_done: Callable[[Session], bool]) -> None:
    database = open_database(archive.settings)
    try:
        stop_at = time.monotonic() + ENDS_WITHIN_S
        while time.monotonic() < stop_at:
            with database.read() as session:
                if is_done(session):
                    return
            if process.poll() is not None:
                raise RuntimeError(f"the worker ended by itself with exit code {process.returncode}")
            time.sleep(POLL_S)
        raise RuntimeError("the run did not end")
    finally:
        database.close()
