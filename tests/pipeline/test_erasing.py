"""What lay in the bin to its end is erased with its files, whatever moment the worker is killed in."""

import io
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from archive.bin import throw_away
from archive.bin_rows import BinEntry, Binned
from archive.database import Database
from archive.interviews import Interview, InterviewDetails, Status, add_interview
from archive.jobs import unfinished
from archive.record_series import RecordKind
from archive.recordings import Recording, RecordingState
from archive.records import ReadingState, Record, RecordDetails, RecordVersion, add_record
from archive.search.index import bring_up_to_date
from archive.settings import Settings
from archive.sound import access_copy_path, peaks_path
from archive.transcripts import Segment
from media import places
from media.store import Store, open_store
from pipeline.bench import Bench
from pipeline.erasing import erase
from tests.pipeline.scripted import loading
from tests.pipeline.working import wait_for, worker_here

LONG_AGO = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings.store_url)


def bench_of(settings: Settings, database: Database, store: Store) -> Bench:
    return Bench(settings, database, store, threading.Event(), loading())


def put(store: Store, content: bytes) -> str:
    """Bytes in the store."""
    return store.put(io.BytesIO(content)).sha256


def thrown(settings: Settings, database: Database, store: Store) -> list[int]:
    """An interview with sound and two records, long enough in the bin; a third record shares the first one's file."""
    with database.write() as session:
        interview = add_interview(session, InterviewDetails("Borte"), handed_in_by_id=None, now=LONG_AGO)
        interview.status = Status.MACHINE_TEXT
        recording = Recording(
            part=1, offset_ms=0, sha256=put(store, b"lyd"), size_bytes=3, duration_ms=1000, original_name="a.wav",
            container="wav", codec="pcm_s16le", channels=1, sample_rate_hz=8000, received_at=LONG_AGO,
            state=RecordingState.DONE,
        )  # fmt: skip
        interview.recordings.append(recording)
        session.flush()
        line = Segment(
            recording_id=recording.id,
            start_ms=0,
            end_ms=900,
            text="Kvernsteinen sang",
            words=[],
            machine_text="",
            machine_words=[],
        )
        interview.segments.append(line)
        made = [places.speech_file(settings.derived, recording.sha256)]
        made += [access_copy_path(settings, interview), peaks_path(settings, interview)]
        records = [_paper(session, "Borte papir", put(store, b"papir")), _paper(session, "Blir", put(store, b"papir"))]
        alone = _paper(session, "Alene", put(store, b"alene"))
        made += [places.page_picture(settings.derived, each.versions[0].sha256, 1) for each in (records[0], alone)]
        for file in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"laget")
        entries = [throw_away(session, each, by=None, now=LONG_AGO) for each in (interview, records[0], alone)]
        session.commit()
        for sha256 in store.hashes():  # taken in before they were thrown away
            os.utime(Path(settings.store_url) / sha256[:2] / sha256[2:4] / sha256, (0, 0))
        return [each.id for each in entries]


def _paper(session: Any, title: str, sha256: str) -> Record:
    record = add_record(session, RecordDetails(title, RecordKind.MINUTES), None, by=None, now=LONG_AGO)
    record.versions.append(
        RecordVersion(
            number=1, sha256=sha256, size_bytes=5, original_name="p.pdf", file_kind="pdf", page_count=1, is_paged=True,
            received_at=LONG_AGO, state=ReadingState.DONE,
        )
    )  # fmt: skip
    session.flush()
    return record


def killed_at(number: int, work: Callable[[Bench], None], settings: Settings) -> bool:
    """Work in a process of its own that is killed before its question or deletion of this number; whether it was."""
    child = os.fork()
    if child == 0:
        database = Database(settings.database_url)
        done = 0

        def count(*_any: object) -> None:
            nonlocal done
            done += 1
            if done == number:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(database.engine, "before_cursor_execute", count)
        event.listen(database.engine, "commit", count)
        store = open_store(settings.store_url)
        remove = store.remove

        def counted(sha256: str) -> None:
            count()
            remove(sha256)
            count()

        store.remove = counted  # type: ignore[method-assign]
        try:
            work(bench_of(settings, database, store))
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "it failed"
    return os.WIFSIGNALED(status)


def test_killed_at_every_moment_it_is_whole_or_gone_and_goes_on(
    settings: Settings, database: Database, store: Store
) -> None:
    """`kill -9` before each statement, each commit and each deletion of a file, one after the other."""
    entries = thrown(settings, database, store)
    originals = set(store.hashes())
    shared = next(each for each in originals if store.open(each).read() == b"papir")
    database.close()
    kills = 0
    for entry_id in entries:
        number = 1
        while killed_at(number, lambda bench, one=entry_id: erase(bench, one), settings):
            kills += 1
            number += 1
            with database.read() as session:
                entry = session.get_one(BinEntry, entry_id)
                thing = session.get(Interview if entry.kind == Binned.INTERVIEW else Record, entry.thing_id)
                assert (thing is None) == (entry.erased_at is not None), "half of it is gone"
                if thing is not None:
                    assert set(store.hashes()) >= _named(session), "a row names a file that is gone"
            database.close()
            assert number < 200
    assert kills > 60
    assert list(store.hashes()) == [shared], "and what another record names stays"
    left = [path for path in settings.derived.rglob("*") if path.is_file()]
    assert [path.parent.name for path in left] == [shared]
    with database.read() as session:
        assert session.scalars(select(Interview)).all() == []
        assert [each.title for each in session.scalars(select(Record))] == ["Blir"]
        assert session.scalars(select(Segment)).all() == []


def _named(session: Any) -> set[str]:
    return {*session.scalars(select(Recording.sha256)), *session.scalars(select(RecordVersion.sha256))}


def test_the_worker_erases_by_itself_and_looks_once_more_in_an_hour(
    settings: Settings, database: Database, store: Store
) -> None:
    entries = thrown(settings, database, store)
    with database.read() as session:
        assert {job.id for job in unfinished(session, settings)} >= {f"erase:{number}" for number in entries}
    with worker_here(settings, loading()):
        wait_for(lambda: len(list(store.hashes())) == 1)
        wait_for(lambda: _waits(database) == 3)
    with database.write() as session:
        for entry in session.scalars(select(BinEntry)):
            assert entry.title == ""
            entry.erased_at = entry.erase_at = LONG_AGO
        session.commit()
    for number in entries:
        erase(bench_of(settings, database, store), number)
    assert _waits(database) == 0


def _waits(database: Database) -> int:
    with database.read() as session:
        return len([each for each in session.scalars(select(BinEntry)) if each.erase_at > datetime.now(UTC)])


def test_what_was_handed_in_again_a_moment_ago_stays(settings: Settings, database: Database, store: Store) -> None:
    """Whoever hands it in has not written his row yet."""
    entries = thrown(settings, database, store)
    again = put(store, b"lyd")
    for number in entries:
        erase(bench_of(settings, database, store), number)
    assert store.has(again)
    with database.read() as session:
        assert session.scalars(select(Recording)).all() == []


def test_what_was_brought_back_is_left_alone(settings: Settings, database: Database, store: Store) -> None:
    (first, *_others) = thrown(settings, database, store)
    with database.write() as session:
        session.delete(session.get_one(BinEntry, first))
        session.commit()
    erase(bench_of(settings, database, store), first)
    with database.read() as session:
        assert [each.title for each in session.scalars(select(Interview))] == ["Borte"]


def test_nothing_of_it_is_left_in_the_search_index(settings: Settings, database: Database, store: Store) -> None:
    """What is only taken out of an index still lies in its files."""
    entries = thrown(settings, database, store)
    bring_up_to_date(settings, database, wait=True)
    assert _holds(settings.index, b"kvernstein")
    for number in entries:
        erase(bench_of(settings, database, store), number)
    bring_up_to_date(settings, database, wait=True)
    assert not _holds(settings.index, b"kvernstein")


def _holds(folder: Path, word: bytes) -> bool:
    return any(word in file.read_bytes() for file in folder.rglob("*") if file.is_file())
