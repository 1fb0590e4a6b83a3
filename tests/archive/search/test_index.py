"""Whoosh's folder is a cache: whatever is wrong with it, search goes on, and it is built anew.

What holds for both back ends stands in test_writers.py.
"""

import json
import os
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.outbox import searchable_text_changed
from archive.search import folder as place
from archive.search.index import bring_up_to_date
from archive.search.reading import Index
from archive.search.schema import open_at
from archive.transcripts import Segment
from tests.archive.search.conftest import NOW, SmallArchive


def test_where_another_writes_one_may_leave_it_to_it_or_wait(archive: SmallArchive) -> None:
    ids = archive.add_many(2)
    with place.writing(archive.settings.index, wait=False) as mine:
        assert mine
        assert bring_up_to_date(archive.settings, archive.database, wait=False) == 0
        waiter = threading.Thread(target=archive.update)
        waiter.start()
        time.sleep(0.3)
        assert waiter.is_alive()
        assert archive.waiting == 2
    waiter.join(timeout=120)
    assert archive.found("torv") == ids


def test_searches_in_many_threads_while_the_index_changes(archive: SmallArchive) -> None:
    archive.add("Først", (None, "Granskogen sto stille."))
    faults: list[BaseException] = []
    stop = threading.Event()

    def look() -> None:
        try:
            while not stop.is_set():
                assert archive.search("granskog").total == 1
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _round in range(5):
        archive.add_many(1)
        archive.update()
        (archive.settings.index / "doubt").touch()
        archive.update()
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []


def test_an_index_made_by_another_version_is_built_anew_and_searched_until_then(archive: SmallArchive) -> None:
    a = archive.add("A", (None, "Torvet var fullt."))
    index = place.current(archive.settings.index)
    assert index is not None
    made_with = json.loads((index / "versions.json").read_text())
    (index / "versions.json").write_text(json.dumps({**made_with, "analysis": "0"}))
    fresh = Index(archive.settings.index)
    archive.index.close()
    archive.index = fresh
    assert archive.found("torv") == [a]
    assert archive.update() == 1
    assert place.current(archive.settings.index) != index
    assert archive.found("torv") == [a]


def test_an_index_with_other_fields_is_not_opened(archive: SmallArchive) -> None:
    a = archive.add("A", (None, "Torvet var fullt."))
    index = place.current(archive.settings.index)
    assert index is not None
    (index / "versions.json").write_text(json.dumps({"schema": "0"}))
    archive.index = Index(archive.settings.index)
    results = archive.search("torv")
    assert (results.total, results.complete) == (0, False)
    archive.update()
    assert archive.found("torv") == [a]


@pytest.mark.parametrize("harm", ["tables", "cut", "gone", "pointer"])
def test_a_broken_index_never_breaks_a_search_and_is_built_anew(archive: SmallArchive, harm: str) -> None:
    a = archive.add("A", (None, "Torvet var fullt."))
    index = place.current(archive.settings.index)
    assert index is not None
    for path in index.iterdir():
        if harm == "tables" and path.suffix == ".toc":
            path.write_bytes(b"\x00" * 40)
        elif harm == "cut" and path.suffix == ".seg":
            path.write_bytes(path.read_bytes()[:50])
        elif harm == "gone" and path.suffix == ".seg":
            path.unlink()
    pointer = archive.settings.index / "current"
    if harm == "pointer":
        pointer.write_text("../../etc")
    long_ago = time.time() - 3600
    os.utime(pointer, (long_ago, long_ago))
    archive.index = Index(archive.settings.index)
    results = archive.search("torv")
    assert (results.total, results.complete) == (0, False)
    archive.update()
    assert archive.found("torv") == [a]


@pytest.mark.parametrize("harm", [b"", b"garbage" * 9])
def test_an_index_that_breaks_before_it_is_read_is_built_anew_by_the_next_change(
    archive: SmallArchive, harm: bytes
) -> None:
    """No search has doubted it, and it is too young to be doubted: the writer is the first to see."""
    a = archive.add("A", (None, "Torvet var fullt."))
    index = place.current(archive.settings.index)
    assert index is not None
    for path in index.glob("*.seg"):
        path.write_bytes(harm) if harm else path.unlink()
    archive.index = Index(archive.settings.index)
    b = archive.add("B", (None, "Torvet var tomt."))
    archive.update()
    assert archive.found("torv") == [a, b]


def test_a_correction_writes_the_passages_that_it_changed_and_leaves_the_others(archive: SmallArchive) -> None:
    said = [(None if n % 2 else "Ola Svarer", f"Torvet, nummer {n}.") for n in range(12)]
    a = archive.add("A", *said)
    with archive.database.write() as session:
        line = session.scalars(select(Segment).where(Segment.text == "Torvet, nummer 5.")).one()
        line.text = "Kaia, nummer 5."
        searchable_text_changed(session, a, now=NOW)
        session.commit()
    archive.update()
    path = place.current(archive.settings.index)
    assert path is not None
    assert [(each.doc_count_all(), each.deleted_count()) for each in open_at(path)._segments()] == [(13, 1), (1, 0)]
    assert len(archive.search("torvet", limit=20).hits) == 11
    assert [hit.text for hit in archive.search("kaia").hits] == ["Kaia, nummer 5."]


def test_a_fresh_archive_has_an_index_and_finds_nothing(tmp_path: Path, archive: SmallArchive) -> None:
    assert archive.found("torv") == []
    archive.settings.index.rename(tmp_path / "away")
    assert archive.search("torv").complete is False
    archive.update()
    assert archive.found("torv") == []
