"""Reading the files of records: the text that stands in them, and the scanned pages by OCR. Each step looks at the rows
first and does only what they lack, so that a killed worker's work goes on with the page it was at.
"""

import tempfile
from pathlib import Path

from sqlalchemy.orm import Session

from archive import records_reading
from archive.records import TO_READ, ReadingState, RecordVersion
from media.ocr import can_read, read_picture
from media.papers import draw_page, read_pages
from media.places import page_picture
from media.store import sync_file, sync_folder
from pipeline.attempts import attempt
from pipeline.bench import Bench

PAGES_AT_ONCE = 50  # whose text is read in one child process, and saved together


def begin(bench: Bench, version_id: int, run: int) -> bool:
    """Say that it is this file's turn; False when there is nothing to do, or no longer."""
    with bench.database.write() as session:
        version = _of_run(session, version_id, run)
        if version is None:
            return False
        version.state = ReadingState.WORKING
        session.commit()
        return True


def read_text(bench: Bench, version_id: int, run: int) -> None:
    """The text that stands in the file, some pages at a time.

    Raises:
        DocumentRefused: it cannot be read after all.
    """
    while True:
        with bench.database.read() as session:
            version = _of_run(session, version_id, run)
            if version is None:
                return
            first = records_reading.next_page(session, version)
        if first >= version.page_count:
            return
        with attempt(bench, RecordVersion, version_id), bench.store.local(version.sha256) as path:
            pages = read_pages(path, version.file_kind, first, first + PAGES_AT_ONCE)
        with bench.database.write() as session:
            now_there = _of_run(session, version_id, run)
            if now_there is None:
                return
            if not pages:  # fewer than were counted: what there is, is all
                now_there.page_count = first
            records_reading.save_pages(session, now_there, first, pages)
            session.commit()


def read_scans(bench: Bench, version_id: int, run: int) -> None:
    """The scanned pages: each is drawn, and read where tesseract with Norwegian is installed."""
    reads = can_read()
    with bench.database.read() as session:
        version = _of_run(session, version_id, run)
        scans = records_reading.scans_of(session, version_id) if version else []
    for number in scans:
        assert version is not None  # noqa: S101 - else there are no scans
        picture = page_picture(bench.settings.derived, version.sha256, number)
        with attempt(bench, RecordVersion, version_id):
            said = _read_scan(bench, version, number, picture, reads=reads)
        with bench.database.write() as session:
            now_there = _of_run(session, version_id, run)
            if now_there is None:
                return
            records_reading.save_scan(session, now_there, number, said)
            session.commit()


def finish(bench: Bench, version_id: int, run: int) -> None:
    """Make the pages readable, and let search hear of them."""
    with bench.database.write() as session:
        version = _of_run(session, version_id, run)
        if version is not None:
            records_reading.settle(session, version, now=bench.now())
        session.commit()


def fail(bench: Bench, version_id: int, run: int, failure: str) -> None:
    """Say on the file why its text is not there."""
    with bench.database.write() as session:
        version = _of_run(session, version_id, run)
        if version is not None:
            records_reading.fail(session, version, failure)
        session.commit()


def _read_scan(bench: Bench, version: RecordVersion, number: int, picture: Path, *, reads: bool) -> str | None:
    if picture.exists() and not reads:
        return None
    with tempfile.TemporaryDirectory(prefix="page-") as folder, bench.store.local(version.sha256) as path:
        grey, shown = draw_page(path, version.file_kind, number - 1, Path(folder))
        _keep(shown, picture)
        return read_picture(grey) if reads else None


def _keep(made: Path, target: Path) -> None:
    """Put a picture in its place, whole or not at all."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(made.read_bytes())
    sync_file(part)
    part.replace(target)
    sync_folder(target.parent)


def _of_run(session: Session, version_id: int, run: int) -> RecordVersion | None:
    """The file, while this run of it is wanted and not done."""
    version = session.get(RecordVersion, version_id)
    return version if version is not None and version.run == run and version.state in TO_READ else None
