"""An index is a cache: it catches up after anything, and search goes on meanwhile. Real processes, really killed."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive.outbox import OutboxEntry
from archive.search import folder as place
from archive.search.index import bring_up_to_date
from archive.search.reading import Index
from tests.archive.search.conftest import SmallArchive

DRAIN = """
import sys
import archive.model
from archive.database import Database
from archive.search import analysis, index
from archive.settings import read_settings
index._AT_ONCE = int(sys.argv[2])
settings = read_settings({"STEMME_DATA": sys.argv[1]})
analysis.warm_up()
print("ready", flush=True)
if sys.argv[3] == "rebuild":
    (settings.index / "doubt").touch()
index.bring_up_to_date(settings, Database(settings.database_url), wait=True)
print("done", flush=True)
"""


def start(archive: SmallArchive, *, at_once: int = 200, act: str = "drain") -> "subprocess.Popen[str]":
    """Another process that brings the index up to date."""
    arguments = [sys.executable, "-c", DRAIN, str(archive.settings.data), str(at_once), act]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def waiting(archive: SmallArchive) -> int:
    with archive.database.read() as session:
        return session.scalar(select(func.count(OutboxEntry.id))) or 0


def add_many(archive: SmallArchive, count: int, word: str = "torvet", lines: int = 4) -> list[int]:
    said = [(None, f"Vi sto på {word} og ventet. " * 20)] * lines
    return [archive.add(f"Nr. {number}", *said, indexed=False) for number in range(count)]


def test_the_outbox_is_emptied_and_the_count_is_of_interviews(archive: SmallArchive) -> None:
    ids = add_many(archive, 3)
    archive.say(ids[0], (None, "Enda en setning."), indexed=False)
    assert archive.update() == 3
    assert waiting(archive) == 0
    assert archive.update() == 0
    assert archive.found("torv") == ids


def test_an_interview_that_is_written_again_is_there_once(archive: SmallArchive) -> None:
    a = archive.add("A", (None, "Torvet."))
    archive.say(a, ("Ola Svarer", "Torvet igjen."))
    assert sorted(hit.text for hit in archive.search("torv").hits) == ["Torvet igjen.", "Torvet."]


def test_where_another_writes_one_may_leave_it_to_it_or_wait(archive: SmallArchive) -> None:
    ids = add_many(archive, 2)
    with place.writing(archive.settings.index, wait=False) as mine:
        assert mine
        assert bring_up_to_date(archive.settings, archive.database, wait=False) == 0
        waiter = threading.Thread(target=archive.update)
        waiter.start()
        time.sleep(0.3)
        assert waiter.is_alive()
        assert waiting(archive) == 2
    waiter.join(timeout=30)
    assert archive.found("torv") == ids


def test_two_processes_share_the_work_without_a_fault(archive: SmallArchive) -> None:
    ids = add_many(archive, 12)
    both = [start(archive, at_once=3), start(archive, at_once=3)]
    assert [each.communicate(timeout=60)[0].split() for each in both] == [["ready", "done"]] * 2
    assert waiting(archive) == 0
    assert archive.found("torv") == ids
    assert archive.search("torv").total == archive.search("vente").total


@pytest.mark.parametrize("act", ["drain", "rebuild"])
def test_a_writer_killed_at_any_moment_leaves_an_index_that_is_searched_and_catches_up(
    archive: SmallArchive, act: str
) -> None:
    chance = random.Random(7)
    first = archive.add("Først", (None, "Granskogen sto stille."))
    ids: list[int] = []
    in_the_middle = 0
    for _round in range(5):
        ids += add_many(archive, 5)
        child = start(archive, at_once=2, act=act)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.3))
        child.send_signal(signal.SIGKILL)
        in_the_middle += child.wait() == -signal.SIGKILL and waiting(archive) > 0
        child.stdout.close()
        assert archive.found("granskog") == [first]
        assert set(archive.found("torv")) <= set(ids)
    assert in_the_middle >= 2
    archive.update()
    assert archive.found("torv") == ids
    assert archive.search("torv").total == len(ids) * 4
    assert archive.found("granskog") == [first]
    left = [path.name for path in archive.settings.index.iterdir()]
    assert sorted(name.partition("-")[0] for name in left) == ["current", "lock", "whoosh"]


def test_search_goes_on_while_a_new_index_is_built(archive: SmallArchive) -> None:
    ids = add_many(archive, 15)
    archive.update()
    before = place.current(archive.settings.index)
    child = start(archive, act="rebuild")
    searches = 0
    while child.poll() is None:
        assert archive.found("torv") == ids
        searches += 1
    assert child.communicate()[0].split() == ["ready", "done"]
    assert searches > 1
    assert place.current(archive.settings.index) != before
    assert archive.found("torv") == ids
    assert before is not None
    assert not before.exists()


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
        add_many(archive, 1)
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


def test_a_fresh_archive_has_an_index_and_finds_nothing(tmp_path: Path, archive: SmallArchive) -> None:
    assert archive.found("torv") == []
    archive.settings.index.rename(tmp_path / "away")
    assert archive.search("torv").complete is False
    archive.update()
    assert archive.found("torv") == []
