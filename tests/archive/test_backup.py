"""A backup is whole, can be taken at any time, and gives back an equal archive."""

import io
import json
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.access import VISITOR, ConsentDetails, Use, open_interview, record_consent
from archive.accounts import User
from archive.backup import BackedUp, backup, restore, verify
from archive.database import Database
from archive.errors import BackupUnusable, FolderTaken, NotInitialised
from archive.interviews import Access, Interview, InterviewDetails, add_interview
from archive.recordings import Recording, Upload, add_recordings, receive_file
from archive.search.index import bring_up_to_date, open_index
from archive.search.query import Hit, search
from archive.settings import Settings
from archive.setup import open_database
from archive.site import get_setting
from archive.transcripts import Segment
from archive.uploads import start_upload, write_piece
from archive.voice_memory import remember
from archive.voices import VoicePrint
from media.store import open_store
from tests.conftest import settings_for

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@pytest.fixture
def make_sound(tmp_path: Path) -> Callable[[int], Path]:
    """Makes a recording of one tone; each tone is another recording."""

    def make(hz: int) -> Path:
        path = tmp_path / f"{hz}.mp3"
        command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"sine=frequency={hz}:duration=1", str(path)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return path

    return make


@pytest.fixture
def held(settings: Settings, database: Database, recording_file: Path) -> Interview:
    """An open interview with real sound and one line of text."""
    return hold(settings, database, recording_file, "vi startet lokallaget på Frosta")


def hold(settings: Settings, database: Database, file: Path, text: str) -> Interview:
    received = receive_file(open_store(settings.store_url), file, file.name)
    with database.write() as session:
        details = InterviewDetails(title=text.title(), narrators=("Olga Oppdiktet",), held_on=date(2026, 3, 1))
        interview = add_interview(session, details, handed_in_by_id=None, now=NOW)
        add_recordings(session, interview, [received], received_by_id=None, now=NOW)
        consent = ConsentDetails(given_by="Olga Oppdiktet", use=Use.ALL, valid_from=date(2026, 3, 1))
        open_interview(session, interview, Access.OPEN, consent=consent, by=None, now=NOW)
        words = [[n * 500, n * 500 + 500, word, 0.9] for n, word in enumerate(text.split())]
        session.add(Segment(interview=interview, start_ms=0, end_ms=2500, text=text, words=words))
        session.commit()
    return interview


def sound_of(settings: Settings) -> dict[str, bytes]:
    store = open_store(settings.store_url)
    return {sha256: store.open(sha256).read() for sha256 in store.hashes()}


def texts_of(settings: Settings) -> list[tuple[str, list[object]]]:
    database = open_database(settings)
    with database.read() as session:
        texts = [(segment.text, segment.words) for segment in session.scalars(select(Segment).order_by(Segment.id))]
    database.close()
    return texts


def hits_of(settings: Settings, question: str) -> list[Hit]:
    database = open_database(settings)
    bring_up_to_date(settings, database, wait=True)
    with database.read() as session:
        found = search(session, open_index(settings), question, viewer=VISITOR, today=NOW.date()).hits
    database.close()
    return found


def test_an_archive_comes_back_with_equal_text_sound_and_hits(
    settings: Settings, held: Interview, tmp_path: Path
) -> None:
    """Into an empty folder."""
    done = backup(settings, tmp_path / "kept", now=NOW)
    assert (done.originals, done.new, done.damaged, done.missing) == (1, 1, [], [])
    back = settings_for(tmp_path / "back")
    restore(tmp_path / "kept", back, now=NOW)
    assert sound_of(back) == sound_of(settings)
    assert texts_of(back) == texts_of(settings)
    assert hits_of(back, "lokallag") == hits_of(settings, "lokallag") != []
    assert (back.data / "secret-key").read_bytes() == (settings.data / "secret-key").read_bytes()
    assert (back.data / "secret-key").stat().st_mode & 0o077 == 0


def test_a_backup_during_an_upload_is_whole(
    settings: Settings, database: Database, volunteer: User, held: Interview, tmp_path: Path
) -> None:
    """Pieces arrive all the while; what is not handed in is left out, and the copy promises nothing about it."""
    with database.write() as session:
        now = datetime.now(UTC)
        upload = start_upload(
            session, user_id=volunteer.id, original_name="lang.mp3", size_bytes=50_000_000, now=now, settings=settings
        )
        session.commit()
    over, pieces = threading.Event(), 0

    def arrive() -> None:
        nonlocal pieces
        while not over.is_set():
            offset = pieces * 100_000
            write_piece(
                database, settings, upload.id, volunteer.id, offset, BytesIO(b"x" * 100_000), checksum=None, now=now
            )
            pieces += 1

    arriving = threading.Thread(target=arrive)
    arriving.start()
    try:
        while pieces < 3:
            time.sleep(0.01)
        backup(settings, tmp_path / "kept", now=NOW)
    finally:
        over.set()
        arriving.join()
    assert pieces > 3
    back = settings_for(tmp_path / "back")
    restore(tmp_path / "kept", back, now=NOW)
    assert texts_of(back) == texts_of(settings)
    assert sound_of(back) == sound_of(settings)
    restored = open_database(back)
    with restored.read() as session:
        assert session.scalars(select(Upload)).all() == []
    restored.close()
    with database.read() as session:
        assert session.get_one(Upload, upload.id).offset_bytes == pieces * 100_000


def test_only_what_is_new_is_copied_and_the_day_is_remembered(
    settings: Settings, database: Database, held: Interview, tmp_path: Path, make_sound: Callable[[int], Path]
) -> None:
    """The second time."""
    backup(settings, tmp_path / "kept", now=NOW)
    hold(settings, database, make_sound(700), "bestemor var med hele veien")
    later = NOW + timedelta(days=1)
    done = backup(settings, tmp_path / "kept", now=later)
    assert (done.originals, done.new) == (2, 1)
    assert len(list((tmp_path / "kept").glob("archive-*"))) == 1
    with database.read() as session:
        assert get_setting(session, "last_backup_at") == later.isoformat(timespec="seconds")


def test_an_original_received_after_the_database_was_copied_is_left_for_the_next_time(
    settings: Settings, database: Database, held: Interview, tmp_path: Path, make_sound: Callable[[int], Path]
) -> None:
    """The manifest names exactly what the copied database speaks of."""

    def receive_another(_fraction: float) -> None:
        hold(settings, database, make_sound(900), "dette kom mens vi kopierte")

    done = backup(settings, tmp_path / "kept", now=NOW, report=receive_another)
    assert done.originals == 1
    back = settings_for(tmp_path / "back")
    restore(tmp_path / "kept", back, now=NOW)
    assert [text for text, _words in texts_of(back)] == ["vi startet lokallaget på Frosta"]


def test_a_damaged_original_is_named_and_does_not_replace_the_sound_one(
    settings: Settings, held: Interview, tmp_path: Path
) -> None:
    """Nor is it called kept when there was none before."""
    (sha256,) = sound_of(settings)
    backup(settings, tmp_path / "sound", now=NOW)
    damage(settings.data / "originals", sha256)
    assert verify(settings).damaged == [sha256]
    done = backup(settings, tmp_path / "too-late", now=NOW)
    assert (done.originals, done.damaged) == (0, [sha256])
    backup(settings, tmp_path / "sound", now=NOW)
    assert open_store(str(tmp_path / "sound" / "originals")).verify(sha256)


def test_verify_names_what_is_missing(settings: Settings, held: Interview) -> None:
    """And says that all is well when it is."""
    assert verify(settings).damaged == verify(settings).missing == []
    (sha256,) = sound_of(settings)
    next((settings.data / "originals").rglob(sha256)).unlink()
    assert verify(settings).missing == [sha256]


@pytest.mark.parametrize("what", ["archive-*.db", "secret-key", "originals/??/??/*"])
def test_a_backup_that_is_not_whole_is_refused(settings: Settings, held: Interview, tmp_path: Path, what: str) -> None:
    """One changed byte anywhere; and no archive can be opened where it would have been."""
    backup(settings, tmp_path / "kept", now=NOW)
    (file,) = (tmp_path / "kept").glob(what)
    change_a_byte(file)
    with pytest.raises(BackupUnusable):
        restore(tmp_path / "kept", settings_for(tmp_path / "back"), now=NOW)
    with pytest.raises(NotInitialised):
        open_database(settings_for(tmp_path / "back"))


def test_a_backup_is_never_poured_over_something_else(settings: Settings, held: Interview, tmp_path: Path) -> None:
    """Not over an archive, not over another archive's backup, and not from a folder that holds none."""
    backup(settings, tmp_path / "kept", now=NOW)
    with pytest.raises(FolderTaken):
        restore(tmp_path / "kept", settings, now=NOW)
    (settings.data / "secret-key").write_text("another archive")
    with pytest.raises(FolderTaken):
        backup(settings, tmp_path / "kept", now=NOW)
    with pytest.raises(BackupUnusable):
        restore(tmp_path, settings_for(tmp_path / "back"), now=NOW)


def test_a_backup_that_was_cut_off_leaves_the_one_before(settings: Settings, held: Interview, tmp_path: Path) -> None:
    """The manifest is written last."""
    backup(settings, tmp_path / "kept", now=NOW)

    def pull_the_plug(_fraction: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(settings, tmp_path / "kept", now=NOW + timedelta(days=1), report=pull_the_plug)
    done: BackedUp = restore(tmp_path / "kept", settings_for(tmp_path / "back"), now=NOW)
    assert datetime.fromisoformat(done.made_at) == NOW


@pytest.mark.postgres
def test_a_backup_moves_an_archive_between_sqlite_and_postgresql(
    settings: Settings, postgres_url: str, held: Interview, tmp_path: Path
) -> None:
    """There and back again, with equal text and sound."""
    backup(settings, tmp_path / "kept", now=NOW)
    big = replace(settings_for(tmp_path / "big"), database_url=postgres_url)
    restore(tmp_path / "kept", big, now=NOW)
    assert texts_of(big) == texts_of(settings)
    backup(big, tmp_path / "kept-big", now=NOW)
    assert json.loads((tmp_path / "kept-big" / "manifest.json").read_text())["database"]["file"].endswith(".jsonl.gz")
    back = settings_for(tmp_path / "back")
    restore(tmp_path / "kept-big", back, now=NOW)
    assert texts_of(back) == texts_of(settings)
    assert sound_of(back) == sound_of(settings)
    with open_database(back).read() as session:
        assert session.scalar(select(Recording.original_name)) == "tone.mp3"


def damage(originals: Path, sha256: str) -> None:
    """Change one byte of an original, as a failing disk would."""
    change_a_byte(next(originals.rglob(sha256)))


def change_a_byte(file: Path) -> None:
    """Somewhere in the middle."""
    file.chmod(0o600)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_verify_names_what_nobody_speaks_of(settings: Settings, held: Interview) -> None:
    """Such as a file that was taken into the store by a hand-in that was then given up."""
    left = open_store(settings.store_url).put(io.BytesIO(b"left by a hand-in that was cut short")).sha256
    assert verify(settings).unnamed == [left]


def test_how_voices_sound_is_never_copied(
    settings: Settings, database: Database, held: Interview, tmp_path: Path
) -> None:
    """Not even as bytes that no row speaks of: whoever withdraws a consent cannot reach the copy."""
    with database.write() as session:
        interview = session.get_one(Interview, held.id)
        olga, day = interview.narrators[0], date(2026, 3, 1)
        record_consent(
            session, interview, given_by=olga.name, use=Use.ARCHIVE, valid_from=day, voice=True, by=None, now=NOW
        )
        sound = [0.123456, 0.654321] * 500
        assert remember(session, interview.id, olga.id, sound, "CAM++ x", now=NOW, today=NOW.date())
        session.commit()
    backup(settings, tmp_path / "kept", now=NOW)
    (copy,) = (tmp_path / "kept").glob("archive-*.db")
    assert b"0.123456" not in copy.read_bytes()
    back = settings_for(tmp_path / "back")
    restore(tmp_path / "kept", back, now=NOW)
    assert texts_of(back) == texts_of(settings)
    with database.read() as session:
        assert session.scalars(select(VoicePrint)).one().embedding == sound
