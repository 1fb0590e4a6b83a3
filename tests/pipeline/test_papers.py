"""The worker reads the files of records: text, scans, and on after a stop."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from archive.database import Database
from archive.record_series import RecordKind
from archive.records import ReadingState, RecordDetails, RecordVersion, add_record, receive_paper
from archive.records_found import pages_of
from archive.settings import Settings
from media import ocr
from media.papers import PaperPage
from media.places import page_picture
from media.store import Store
from pipeline import papers as steps
from pipeline.bench import Bench, Stopping
from pipeline.worker import run_worker
from tests.media import papers
from tests.pipeline.scripted import loading
from tests.pipeline.working import wait_for

HandIn = Callable[[bytes, str], int]


@pytest.fixture
def hand_in(database: Database, store: Store, tmp_path: Path, now: datetime) -> HandIn:
    """A record with this file; the number of its version."""

    def add(content: bytes, name: str) -> int:
        path = tmp_path / "incoming"
        path.write_bytes(content)
        received = receive_paper(store, path, name)
        with database.write() as session:
            details = RecordDetails("Plan", RecordKind.WORK_PLAN)
            record = add_record(session, details, received, by=None, now=now)
            session.commit()
            return record.versions[0].id

    return add


@pytest.fixture
def bench(settings: Settings, database: Database, store: Store) -> Bench:
    """A worker's bench without a worker."""
    return Bench(settings, database, store, threading.Event(), loading())


def _read(bench: Bench, version_id: int, run: int = 1) -> None:
    assert steps.begin(bench, version_id, run)
    steps.read_text(bench, version_id, run)
    steps.read_scans(bench, version_id, run)
    steps.finish(bench, version_id, run)


def _texts(database: Database, version_id: int) -> list[str]:
    with database.read() as session:
        return [page.text for page in pages_of(session, session.get_one(RecordVersion, version_id))]


def test_a_worker_reads_what_was_handed_in(settings: Settings, database: Database, hand_in: HandIn) -> None:
    version_id = hand_in(papers.pdf([["Møte på brygga"], ["Side to"]]), "møte.pdf")
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(settings, stop), kwargs={"load": loading()})
    thread.start()

    def is_read() -> bool:
        with database.read() as session:
            return session.get_one(RecordVersion, version_id).state is ReadingState.DONE

    try:
        wait_for(is_read)
    finally:
        stop.set()
        thread.join()
    assert _texts(database, version_id) == ["Møte på brygga", "Side to"]


def test_reading_goes_on_with_the_page_it_was_at(bench: Bench, database: Database, hand_in: HandIn) -> None:
    version_id = hand_in(papers.pdf([[f"Side {n} er om brygga"] for n in range(1, 121)]), "lang.pdf")
    assert steps.begin(bench, version_id, 1)
    real, asked = steps.read_pages, []

    def read_and_stop(path: Path, kind: str, first: int, last: int) -> list[PaperPage]:
        asked.append(first)
        if len(asked) == 2:
            bench.stop.set()
        return real(path, kind, first, last)

    steps.read_pages = read_and_stop
    try:
        with pytest.raises(Stopping):
            steps.read_text(bench, version_id, 1)
        bench.stop.clear()
        _read(bench, version_id)
    finally:
        steps.read_pages = real
    assert asked == [0, 50, 100]
    assert _texts(database, version_id) == [f"Side {n} er om brygga" for n in range(1, 121)]


@pytest.mark.skipif(not ocr.can_read(), reason="tesseract with Norwegian is not installed")
def test_scanned_pages_are_drawn_and_read(
    bench: Bench, database: Database, settings: Settings, hand_in: HandIn
) -> None:
    content = papers.picture(["Kari Brygge møtte på årsmøtet"], "TIFF")
    version_id = hand_in(content, "skann.tif")
    _read(bench, version_id)
    assert _texts(database, version_id) == ["Kari Brygge møtte på årsmøtet"]
    with database.read() as session:
        version = session.get_one(RecordVersion, version_id)
        assert pages_of(session, version)[0].has_picture
        assert page_picture(settings.derived, version.sha256, 1).exists()


def test_without_tesseract_a_scan_is_drawn_and_said_to_be_unread(
    bench: Bench, database: Database, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    version_id = hand_in(papers.picture(["Kari"], "PNG"), "skann.png")
    _read(bench, version_id)
    with database.read() as session:
        version = session.get_one(RecordVersion, version_id)
        assert (version.state, version.unread_pages) == (ReadingState.DONE, 1)
        assert pages_of(session, version)[0].has_picture


def test_a_run_that_is_no_longer_wanted_does_nothing(bench: Bench, hand_in: HandIn) -> None:
    version_id = hand_in(b"Referat fra brygga", "referat.txt")
    assert not steps.begin(bench, version_id, 2)
    _read(bench, version_id)
    assert not steps.begin(bench, version_id, 1)
    steps.fail(bench, version_id, 1, "unknown")
    with bench.database.read() as session:
        assert session.get_one(RecordVersion, version_id).state is ReadingState.DONE
