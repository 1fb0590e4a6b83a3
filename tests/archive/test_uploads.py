"""Pieces on their way in: what is counted is on the disk, whatever happens in between."""

import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from archive import uploads
from archive.accounts import User
from archive.database import Database
from archive.errors import BadInput, NoRoom, NotFound, UploadOutOfStep
from archive.recordings import Upload
from archive.settings import Settings
from archive.uploads import (
    clear_expired,
    end_upload,
    load_upload,
    room_bytes,
    start_upload,
    upload_path,
    uploads_of,
    write_piece,
)

Start = Callable[[int], Upload]
Write = Callable[..., int]


@pytest.fixture(autouse=True)
def small_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test machine may have little room; what is kept free is tested on its own."""
    monkeypatch.setattr(uploads, "KEPT_FREE_BYTES", 0)
    monkeypatch.setattr(uploads, "KEPT_FREE_SHARE", 0.0)


@pytest.fixture
def start(session: Session, settings: Settings, volunteer: User, now: datetime) -> Start:
    """Begins an upload of so many bytes for the volunteer."""

    def begin(size_bytes: int) -> Upload:
        upload = start_upload(
            session, user_id=volunteer.id, original_name="opptak.mp3", size_bytes=size_bytes, now=now, settings=settings
        )
        session.commit()
        return upload

    return begin


@pytest.fixture
def write(database: Database, settings: Settings, volunteer: User, now: datetime) -> Write:
    """Sends the volunteer's next piece."""

    def send(
        upload: Upload,
        offset_bytes: int,
        piece: bytes | BinaryIO,
        checksum: tuple[str, bytes] | None = None,
        *,
        user_id: int = volunteer.id,
        at: datetime = now,
    ) -> int:
        stream = io.BytesIO(piece) if isinstance(piece, bytes) else piece
        return write_piece(database, settings, upload.id, user_id, offset_bytes, stream, checksum=checksum, now=at)

    return send


def received(settings: Settings, database: Database, upload: Upload) -> tuple[int, bytes]:
    """What is counted, and what lies there."""
    with database.read() as session:
        counted = session.get_one(Upload, upload.id).offset_bytes
    path = upload_path(settings, upload.id)
    return counted, path.read_bytes() if path.exists() else b""


def test_pieces_become_the_file(settings: Settings, database: Database, start: Start, write: Write) -> None:
    upload = start(10)
    assert write(upload, 0, b"abcd") == 4
    assert write(upload, 4, b"") == 4
    assert write(upload, 4, b"efghij") == 10
    assert received(settings, database, upload) == (10, b"abcdefghij")
    assert upload_path(settings, upload.id).stat().st_mode & 0o777 == 0o600


@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(min_size=1, max_size=600_000), min_size=1, max_size=4))
def test_however_it_is_cut_up(
    settings: Settings, database: Database, start: Start, write: Write, pieces: list[bytes]
) -> None:
    whole = b"".join(pieces)
    upload, offset = start(len(whole)), 0
    for piece in pieces:
        offset = write(upload, offset, piece, ("sha1", hashlib.sha1(piece).digest()))
    assert received(settings, database, upload) == (len(whole), whole)


@pytest.mark.parametrize("wrong", [0, 3, 5, 10, 2**70, -1])
def test_a_piece_that_does_not_fit_on_is_refused(
    settings: Settings, database: Database, start: Start, write: Write, wrong: int
) -> None:
    upload = start(10)
    write(upload, 0, b"abcd")
    with pytest.raises(UploadOutOfStep) as raised:
        write(upload, wrong, b"efg")
    assert raised.value.offset_bytes == 4
    assert received(settings, database, upload) == (4, b"abcd")


def test_more_than_was_announced_is_refused_whole(
    settings: Settings, database: Database, start: Start, write: Write
) -> None:
    upload = start(6)
    write(upload, 0, b"abcd")
    with pytest.raises(BadInput) as raised:
        write(upload, 4, b"efg")
    assert (raised.value.field, raised.value.problem) == ("piece", "too_long")
    assert received(settings, database, upload) == (4, b"abcd")
    assert write(upload, 4, b"ef") == 6


def test_a_damaged_piece_is_dropped(settings: Settings, database: Database, start: Start, write: Write) -> None:
    upload = start(10)
    write(upload, 0, b"abcd")
    for name in ("sha1", "sha256"):
        right = hashlib.new(name, b"efg").digest()
        with pytest.raises(BadInput) as raised:
            write(upload, 4, b"eXg", (name, right))
        assert (raised.value.field, raised.value.problem) == ("checksum", "mismatch")
        assert received(settings, database, upload) == (4, b"abcd")
    with pytest.raises(BadInput) as raised:
        write(upload, 4, b"efg", ("md5", b""))
    assert raised.value.problem == "unknown"
    assert write(upload, 4, b"efg", ("sha256", hashlib.sha256(b"efg").digest())) == 7


def test_an_upload_is_its_owners_alone(
    session: Session,
    settings: Settings,
    start: Start,
    write: Write,
    other_volunteer: User,
    volunteer: User,
    now: datetime,
) -> None:
    upload = start(10)
    with pytest.raises(NotFound):
        write(upload, 0, b"abcd", user_id=other_volunteer.id)
    for number in (upload.id, "nei", "../../secret-key", "", "\x00"):
        with pytest.raises(NotFound):
            load_upload(session, number, other_volunteer.id)
    assert load_upload(session, upload.id, volunteer.id) is upload
    assert uploads_of(session, volunteer.id, now=now) == [upload]
    assert uploads_of(session, other_volunteer.id, now=now) == []
    assert not upload_path(settings, upload.id).exists()


def test_a_network_lost_in_the_middle_of_a_piece(
    settings: Settings, database: Database, start: Start, write: Write
) -> None:
    class Breaks(io.RawIOBase):
        pieces = iter([b"efgh", b"ij"])

        def read(self, _size: int = -1) -> bytes:
            for piece in self.pieces:
                return piece
            raise ConnectionResetError

    upload = start(20)
    write(upload, 0, b"abcd")
    with pytest.raises(ConnectionResetError):
        write(upload, 4, Breaks())
    assert received(settings, database, upload) == (4, b"abcd")
    assert write(upload, 4, b"efgh") == 8


KILLED = """
import io, os, signal, sys
from datetime import datetime
from archive import uploads
from archive.settings import read_settings
from archive.setup import open_database

data, upload_id, user_id, now, moment = sys.argv[1:]
settings = read_settings({"STEMME_DATA": data})

def die(*_arguments, **_more):
    os.kill(os.getpid(), signal.SIGKILL)

class Stream(io.BytesIO):
    def read(self, size=-1):
        piece = super().read(3)
        return piece or die()

stream = io.BytesIO(b"efgh")
if moment == "while writing":
    stream = Stream(b"efgh")
elif moment == "before the sync":
    os.fsync = die
else:
    uploads._save_offset = die
uploads.write_piece(open_database(settings), settings, upload_id, int(user_id), 4, stream, checksum=None,
                    now=datetime.fromisoformat(now))
"""


@pytest.mark.parametrize("moment", ["while writing", "before the sync", "before it is counted"])
def test_a_server_killed_while_it_receives(
    settings: Settings, database: Database, start: Start, write: Write, volunteer: User, now: datetime, moment: str
) -> None:
    upload = start(20)
    write(upload, 0, b"abcd")
    arguments = [str(settings.data), upload.id, str(volunteer.id), now.isoformat(), moment]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], cwd=Path(uploads.__file__).parent.parent)
    assert killed.returncode == -signal.SIGKILL
    counted, bytes_there = received(settings, database, upload)
    assert counted == 4
    assert bytes_there.startswith(b"abcd") and len(bytes_there) > 4  # it died with more on the disk than is counted
    assert write(upload, 4, b"EFGH") == 8
    assert received(settings, database, upload) == (8, b"abcdEFGH")


def test_bytes_that_have_gone_are_not_counted_any_more(
    settings: Settings, database: Database, start: Start, write: Write
) -> None:
    upload = start(10)
    write(upload, 0, b"abcdef")
    os.truncate(upload_path(settings, upload.id), 2)
    with pytest.raises(UploadOutOfStep) as raised:
        write(upload, 6, b"ghij")
    assert raised.value.offset_bytes == 2
    upload_path(settings, upload.id).unlink()
    with pytest.raises(UploadOutOfStep) as raised:
        write(upload, 2, b"c")
    assert raised.value.offset_bytes == 0
    assert write(upload, 0, b"abcdefghij") == 10
    assert received(settings, database, upload) == (10, b"abcdefghij")


def test_of_two_requests_for_one_piece_one_counts(
    settings: Settings, database: Database, start: Start, write: Write
) -> None:
    begun, go_on, outcomes = Event(), Event(), []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            begun.set()
            go_on.wait(10)
            return super().read(size)

    upload = start(4)

    def send(stream: BinaryIO) -> None:
        try:
            outcomes.append(str(write(upload, 0, stream)))
        except UploadOutOfStep as out:
            outcomes.append(f"out of step at {out.offset_bytes}")

    first = Thread(target=send, args=(Slow(b"abcd"),))
    first.start()
    begun.wait(10)
    second = Thread(target=send, args=(io.BytesIO(b"ABCD"),))
    second.start()
    go_on.set()
    first.join()
    second.join()
    assert sorted(outcomes) == ["4", "out of step at 4"]
    assert received(settings, database, upload) == (4, b"abcd")


def test_whoever_waits_too_long_for_his_turn_is_told(
    start: Start, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_TURN_TIMEOUT_S", 0.1)
    upload = start(8)

    class Nested(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            with pytest.raises(UploadOutOfStep):
                write(upload, 0, b"ABCD")
            return super().read(size)

    assert write(upload, 0, Nested(b"abcd")) == 4


def test_no_room_is_said_before_anything_comes(
    session: Session, settings: Settings, volunteer: User, start: Start, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = shutil.disk_usage(settings.incoming)._replace(total=100_000, free=20_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: disk)
    monkeypatch.setattr(uploads, "KEPT_FREE_BYTES", 2_000)
    monkeypatch.setattr(uploads, "KEPT_FREE_SHARE", 0.05)
    assert room_bytes(settings.incoming) == 15_000  # 5 % is more than 2000
    monkeypatch.setattr(uploads, "KEPT_FREE_BYTES", 8_000)
    assert room_bytes(settings.incoming) == 12_000
    start(7_000)
    with pytest.raises(NoRoom) as raised:
        start(5_001)  # the first one's bytes have yet to come
    assert (raised.value.needed_bytes, raised.value.free_bytes) == (5_001, 5_000)
    start(5_000)
    later = now + timedelta(days=7)  # both have been given up by then
    assert start_upload(
        session, user_id=volunteer.id, original_name="x", size_bytes=12_000, now=later, settings=settings
    )


def test_two_gigabytes_or_a_twentieth_stay_free() -> None:
    fresh = subprocess.run(
        [sys.executable, "-c", "from archive import uploads as u; print(u.KEPT_FREE_BYTES, u.KEPT_FREE_SHARE)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(uploads.__file__).parent.parent,
    )
    assert fresh.stdout.split() == ["2000000000", "0.05"]


@pytest.mark.parametrize(
    ("size_bytes", "problem"), [(0, "empty"), (-1, "empty"), (2**62, "too_large"), (10**30, "too_large")]
)
def test_a_size_that_cannot_be_is_refused(start: Start, size_bytes: int, problem: str) -> None:
    with pytest.raises(BadInput) as raised:
        start(size_bytes)
    assert (raised.value.field, raised.value.problem) == ("size_bytes", problem)


FULL = """
import io, resource, sys
from datetime import datetime
from archive import errors, uploads
from archive.settings import read_settings
from archive.setup import open_database

data, upload_id, user_id, now = sys.argv[1:]
settings = read_settings({"STEMME_DATA": data})
database = open_database(settings)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    uploads.write_piece(database, settings, upload_id, int(user_id), 4, io.BytesIO(b"x" * 900_000), checksum=None,
                        now=datetime.fromisoformat(now))
except errors.NoRoom:
    print("no room")
"""


def test_a_write_that_is_cut_short_keeps_the_old_state(
    settings: Settings, database: Database, start: Start, write: Write, volunteer: User, now: datetime
) -> None:
    upload = start(1_000_000)
    write(upload, 0, b"abcd")
    told = subprocess.run(
        [sys.executable, "-c", FULL, str(settings.data), upload.id, str(volunteer.id), now.isoformat()],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(uploads.__file__).parent.parent,
    )
    assert told.stdout == "no room\n"
    assert received(settings, database, upload) == (4, b"abcd")
    assert write(upload, 4, b"x" * 999_996) == 1_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 1 MB, where the machine lets us mount one."""
    place = tmp_path / "liten"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("nothing can be mounted here; a limit on file size stands in for a full disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_runs_full_keeps_the_old_state(
    small_disk: Path, settings: Settings, database: Database, start: Start, volunteer: User, now: datetime
) -> None:
    upload = start(5_000_000)
    tight = replace(settings, data=small_disk)
    tight.incoming.mkdir()

    def send(offset_bytes: int, piece: bytes) -> int:
        stream = io.BytesIO(piece)
        return write_piece(database, tight, upload.id, volunteer.id, offset_bytes, stream, checksum=None, now=now)

    assert send(0, b"a" * 600_000) == 600_000
    with pytest.raises(NoRoom):
        send(600_000, b"b" * 600_000)
    assert received(tight, database, upload) == (600_000, b"a" * 600_000)
    assert send(600_000, b"c" * 100_000) == 700_000  # what still fits is received


def test_an_upload_that_nobody_came_back_to_is_removed(
    settings: Settings, database: Database, start: Start, write: Write, now: datetime
) -> None:
    old, stray, fresh_stray = start(10), settings.incoming / ("f" * 32), settings.incoming / ("e" * 32)
    write(old, 0, b"abcd")
    stray.write_bytes(b"of no upload")
    fresh_stray.write_bytes(b"just begun")
    copies = settings.incoming / "add-killed"
    copies.mkdir()
    (copies / "original").write_bytes(b"somebody's voice")
    long_ago = (now - timedelta(days=8)).timestamp()
    os.utime(copies, (long_ago, long_ago))
    os.utime(stray, (long_ago, long_ago))
    os.utime(fresh_stray, (now.timestamp(), now.timestamp()))
    clear_expired(database, settings, now=now + timedelta(days=7) - timedelta(seconds=1))
    assert received(settings, database, old) == (4, b"abcd")
    assert not stray.exists() and not copies.exists() and fresh_stray.exists()
    clear_expired(database, settings, now=now + timedelta(days=7))
    with database.read() as session:
        assert session.get(Upload, old.id) is None
    assert not upload_path(settings, old.id).exists()
    assert not list(settings.incoming.glob(f"{old.id}*"))


def test_an_expired_upload_takes_nothing_more(start: Start, write: Write, now: datetime) -> None:
    upload = start(10)
    with pytest.raises(NotFound):
        write(upload, 0, b"abcd", at=now + timedelta(days=7))


def test_an_upload_that_is_given_up_is_gone(
    session: Session, settings: Settings, database: Database, start: Start, write: Write
) -> None:
    upload = start(10)
    write(upload, 0, b"abcd")
    end_upload(session, settings, upload)
    session.commit()
    assert list(settings.incoming.iterdir()) == []
    with pytest.raises(NotFound):
        write(upload, 4, b"efgh")
    assert list(settings.incoming.iterdir()) == []


def test_what_is_handed_in_is_written_to_no_more(
    session: Session, start: Start, write: Write, settings: Settings, database: Database
) -> None:
    upload = start(8)
    write(upload, 0, b"abcd")
    upload.sha256 = "a" * 64
    session.commit()
    with pytest.raises(NotFound):
        write(upload, 4, b"efgh")
    assert received(settings, database, upload) == (4, b"abcd")


def test_receiving_needs_little_memory(start: Start, write: Write) -> None:
    class Endless(io.RawIOBase):
        left = 64 * 1024 * 1024

        def read(self, size: int = -1) -> bytes:
            given = min(size, self.left)
            self.left -= given
            return b"\0" * given

    upload = start(64 * 1024 * 1024)
    tracemalloc.start()
    assert write(upload, 0, Endless()) == 64 * 1024 * 1024
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024
