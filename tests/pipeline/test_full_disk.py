"""A disk that is full in the middle of the work: said in one word, nothing half made, and trying again works."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from archive.database import Database
from archive.interviews import Status
from archive.jobs import try_again
from archive.recordings import Recording
from archive.settings import Settings
from archive.setup import open_database
from media.places import speech_file
from tests.conftest import settings_for
from tests.pipeline.conftest import receive
from tests.pipeline.working import (
    Text,
    batches_in,
    child_worker,
    failure_of,
    hold,
    let_go,
    status_of,
    text_of,
    wait_for,
    words_of,
)

pytestmark = pytest.mark.worker

SIZE_BYTES = 24_000_000


@pytest.fixture
def small_disk(empty_archive: Path, tmp_path: Path) -> Iterator[Settings]:
    """An archive on a disk of its own, with room for one short recording."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no disk can be mounted here")
    if mounted.returncode:
        pytest.skip("no disk may be mounted here: it takes the rights of root")
    try:
        shutil.copytree(empty_archive, disk / "data")
        yield settings_for(disk / "data")
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=False)


def fill(settings: Settings) -> Path:
    """A file that takes all the room there is."""
    ballast = settings.data.parent / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return ballast


def is_sound(database: Database) -> bool:
    with database.read() as session:
        return bool(session.scalar(text("PRAGMA integrity_check")) == "ok")


def again(database: Database) -> None:
    with database.write() as session:
        try_again(session, session.scalars(select(Recording)).one())
        session.commit()


@pytest.mark.timeout(400)
def test_a_full_disk_is_said_and_trying_again_works(
    small_disk: Settings, talk: Path, tmp_path: Path, undisturbed: Text
) -> None:
    interview_id = receive(small_disk, talk)
    log = tmp_path / "log"
    with closing(open_database(small_disk)) as database:
        with database.read() as session:
            sha256 = session.scalars(select(Recording.sha256)).one()
        ballast = fill(small_disk)
        ballast.open("r+b").truncate(ballast.stat().st_size - 2_000_000)  # the rows have room, the speech file has not
        with child_worker(small_disk, log):
            wait_for(lambda: failure_of(database) is not None)
        assert (status_of(database, interview_id), failure_of(database)) == (Status.FAILED, "out_of_room")
        assert not speech_file(small_disk.derived, sha256).exists()
        ballast.unlink()
        again(database)
        hold(log, 2)
        with child_worker(small_disk, log):
            wait_for(lambda: len(batches_in(log)) == 2)
            ballast = fill(small_disk)  # while the second batch is under way
            let_go(log)
            time.sleep(6)
            so_far = words_of(text_of(database, interview_id))
            assert so_far == words_of(undisturbed)[: len(so_far)]
            ballast.unlink()
            wait_for(lambda: status_of(database, interview_id) in (Status.FAILED, Status.MACHINE_TEXT), seconds=180)
            assert failure_of(database) in (None, "out_of_room")
        if status_of(database, interview_id) == Status.FAILED:
            again(database)
            with child_worker(small_disk, log):
                wait_for(lambda: status_of(database, interview_id) == Status.MACHINE_TEXT)
        assert text_of(database, interview_id) == undisturbed
        assert is_sound(database)
