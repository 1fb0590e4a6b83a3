"""What holds for the writers of both indexes: they share the work, may die at any moment, and nobody's search notices.

Real processes, really killed.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from archive.search import folder as place
from archive.search import postgres_store
from archive.search.schema import versions
from tests.archive.search.conftest import SmallArchive

WRITER = """
import sys
import archive.model
from archive.database import Database
from archive.search import analysis, index, postgres_store
from archive.settings import read_settings
index._AT_ONCE = postgres_store._AT_ONCE = int(sys.argv[1])
settings = read_settings()
analysis.warm_up()
print("ready", flush=True)
index.bring_up_to_date(settings, Database(settings.database_url), wait=True)
print("done", flush=True)
"""


@contextmanager
def writer(each: SmallArchive, *, at_once: int = 200) -> Iterator["subprocess.Popen[str]"]:
    """Another process that brings the index up to date, so many interviews at a time."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("STEMME_")}
    command = [sys.executable, "-c", WRITER, str(at_once)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**environ, **each.environ}) as process:
        try:
            yield process
        finally:
            process.kill()


def make_old(each: SmallArchive) -> None:
    """Let the index be one that an older analyzer made."""
    old = json.dumps({**versions(), "analysis": "0"})
    if each.settings.search == "postgresql":
        with each.database.engine.begin() as connection:
            connection.execute(text("UPDATE search_state SET versions = :old"), {"old": old})
        return
    index = place.current(each.settings.index)
    assert index is not None
    (index / "versions.json").write_text(old)


def test_the_outbox_is_emptied_and_the_count_is_of_interviews(each: SmallArchive) -> None:
    ids = each.add_many(3)
    each.say(ids[0], (None, "Enda en setning."), indexed=False)
    assert each.update() == 3
    assert each.waiting == 0
    assert each.update() == 0
    assert each.found("torv") == ids


def test_an_interview_that_is_written_again_is_there_once(each: SmallArchive) -> None:
    a = each.add("A", (None, "Torvet."))
    each.say(a, ("Ola Svarer", "Torvet igjen."))
    assert sorted(hit.text for hit in each.search("torv").hits) == ["Torvet igjen.", "Torvet."]


def test_two_processes_share_the_work_without_a_fault(each: SmallArchive) -> None:
    ids = each.add_many(12)
    with writer(each, at_once=3) as one, writer(each, at_once=3) as other:
        said = [process.communicate(timeout=120)[0].split() for process in (one, other)]
    assert said == [["ready", "done"]] * 2
    assert each.waiting == 0
    assert each.found("torv") == ids
    assert each.search("torv").total == each.search("vente").total


@pytest.mark.parametrize("act", ["drain", "rebuild"])
def test_a_writer_killed_at_any_moment_leaves_an_index_that_is_searched_and_catches_up(
    each: SmallArchive, act: str
) -> None:
    chance = random.Random(7)
    first = each.add("Først", (None, "Granskogen sto stille."))
    ids: list[int] = []
    in_the_middle = 0
    for _round in range(5):
        ids += each.add_many(5)
        if act == "rebuild":
            make_old(each)
        with writer(each, at_once=2) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.0, 0.3))
            process.send_signal(signal.SIGKILL)
            in_the_middle += process.wait() == -signal.SIGKILL and each.waiting > 0
        assert each.found("granskog") == [first]
        assert set(each.found("torv")) <= set(ids)
    assert in_the_middle >= 2
    each.update()
    assert each.waiting == 0
    assert each.found("torv") == ids
    assert each.search("torv").total == len(ids) * 4
    assert each.found("granskog") == [first]
    assert left_behind(each) == []


def left_behind(each: SmallArchive) -> list[str]:
    """What a writer that died was making and nobody cleared away."""
    if each.settings.search == "postgresql":
        with each.database.engine.connect() as connection:
            named = "SELECT relname FROM pg_class WHERE relname LIKE 'search%_new' AND relkind = 'r'"
            return list(connection.scalars(text(named)))
    names = sorted(path.name for path in each.settings.index.iterdir())
    in_use = place.current(each.settings.index)
    return [name for name in names if name not in ("current", "lock", in_use and in_use.name)]


def test_an_index_of_another_version_is_built_anew_by_itself_while_search_goes_on(each: SmallArchive) -> None:
    ids = each.add_many(15)
    each.update()
    make_old(each)
    searches = 0
    with writer(each) as process:
        while process.poll() is None:
            assert each.found("torv") == ids
            searches += 1
        assert process.communicate()[0].split() == ["ready", "done"]
    assert searches > 1
    assert each.update() == 0
    assert each.found("torv") == ids


def test_an_edit_is_found_at_the_next_look(each: SmallArchive) -> None:
    ids = each.add_many(30)
    each.update()
    each.say(ids[7], ("Ola Svarer", "Og så kom det en elg."), indexed=False)
    each.update()
    assert each.found("elg") == [ids[7]]


@pytest.mark.parametrize("each", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("table", ["search_state", "search_passage", "search_key", "search_common"])
def test_tables_that_somebody_took_away_are_made_anew(each: SmallArchive, table: str) -> None:
    """What Whoosh bears stands in test_index.py."""
    a = each.add("A", (None, "Torvet var fullt."))
    with each.database.engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {table}"))
    assert each.search("torv").complete is False
    assert each.update() == 1
    assert each.found("torv") == [a]


@pytest.mark.parametrize("each", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_where_another_writes_into_postgresql_one_may_leave_it_to_it_or_wait(each: SmallArchive) -> None:
    """Whoosh's lock stands in test_index.py."""
    ids = each.add_many(2)
    with postgres_store._writing(each.database, wait=False) as mine:
        assert mine
        assert postgres_store.bring_up_to_date(each.database, wait=False) == 0
        waiter = threading.Thread(target=each.update)
        waiter.start()
        time.sleep(0.3)
        assert waiter.is_alive()
        assert each.waiting == 2
    waiter.join(timeout=120)
    assert each.found("torv") == ids
