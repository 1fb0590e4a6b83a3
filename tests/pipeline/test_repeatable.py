"""The same file, model and options give the same words, also when the worker is killed in between."""

import logging
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from archive.interviews import Status
from archive.jobs import ask_for_unfinished
from archive.recordings import MachineLayer, Window
from archive.settings import Settings
from archive.setup import open_database
from archive.transcripts import segments_of
from pipeline.engines import SAMPLE_RATE_HZ, Samples, load_engine
from pipeline.models import find_model
from pipeline.saving import BEGUN
from tests.conftest import settings_for
from tests.pipeline.conftest import receive, write_wav
from tests.pipeline.working import PROJECT, kill, status_of, text_of, wait_for, work

log = logging.getLogger(__name__)

PATIENCE_S = 600


@pytest.fixture
def make_speech(king_samples: Samples, tmp_path: Path) -> Callable[[int], Path]:
    """Real speech of 88 s (two batches), so many times over."""

    def make(times: int) -> Path:
        silence = np.zeros(3 * SAMPLE_RATE_HZ, dtype=np.float32)
        return write_wav(tmp_path / "speech.wav", np.concatenate([king_samples, silence] * times))

    return make


@contextmanager
def real_worker(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    """`stemme worker` as a person starts it."""
    environment = {**os.environ, "STEMME_DATA": str(settings.data)}
    command = [sys.executable, "-m", "stemme", "worker"]
    with subprocess.Popen(command, cwd=PROJECT, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def archive_beside(empty_archive: Path, folder: Path) -> Settings:
    shutil.copytree(empty_archive, folder)
    return settings_for(folder)


def everything_heard(settings: Settings, interview_id: int) -> tuple[list[Any], list[Any]]:
    """All windows and all lines, without what tells when they were made."""
    with closing(open_database(settings)) as database, database.read() as session:
        windows = [
            (
                *(each.number, each.group_number, each.start_ms, each.end_ms, each.speech, each.text, each.words),
                *(each.how, each.doubts, each.others),
                {key: value for key, value in each.metrics.items() if key != BEGUN},
            )
            for each in session.scalars(select(Window).order_by(Window.number))
        ]
        lines = [(each.start_ms, each.end_ms, each.text, each.words) for each in segments_of(session, interview_id)]
        return windows, lines


@pytest.mark.weights
@pytest.mark.timeout(2400)
@pytest.mark.parametrize(
    ("times", "latest_s", "one_voice"),
    [(1, 3, True), pytest.param(3, 8, False, marks=pytest.mark.slow)],  # two batches; five, and voices told apart
)
def test_a_killed_worker_hears_what_an_undisturbed_one_hears(
    empty_archive: Path,
    make_speech: Callable[[int], Path],
    tmp_path: Path,
    times: int,
    latest_s: float,
    one_voice: bool,
) -> None:
    speech = make_speech(times)
    calm, killed = (archive_beside(empty_archive, tmp_path / name) for name in ("calm", "killed"))
    copies = [Path(shutil.copy(speech, tmp_path / f"{name}.wav")) for name in ("calm", "killed")]
    interview_id, same_id = (
        receive(each, copy, one_voice=one_voice) for each, copy in zip((calm, killed), copies, strict=True)
    )
    work(calm, interview_id, load_engine)
    seed = random.randrange(1_000_000)
    log.warning("killed at a moment drawn with seed %s", seed)  # pytest shows it when the test fails
    ask_for_unfinished(killed)
    with closing(open_database(killed)) as database:
        with real_worker(killed) as process:
            wait_for(lambda: text_of(database, same_id), seconds=PATIENCE_S)
            time.sleep(random.Random(seed).uniform(0, latest_s))
            kill(process)
        with real_worker(killed):
            wait_for(lambda: status_of(database, same_id) == Status.MACHINE_TEXT, seconds=PATIENCE_S)
        with database.read() as session:
            layer = session.scalars(select(MachineLayer)).one()
            begun = [window.metrics[BEGUN] for window in layer.windows]
    assert everything_heard(killed, same_id) == everything_heard(calm, interview_id)
    engine = load_engine(calm, find_model(calm, None))
    assert sum(begun) - len(begun) <= engine.batch * engine.replicas
    assert max(begun) <= 2
