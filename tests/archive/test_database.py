import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from archive import database as module
from archive.database import Database
from archive.interviews import Assignment, Interview
from archive.settings import Settings
from archive.site import SiteSetting, get_setting, set_setting


@pytest.fixture
def other(settings: Settings) -> Iterator[Database]:
    """A second process: the same file through an engine of its own."""
    database = Database(settings.database_url)
    yield database
    database.close()


def test_sqlite_is_set_up_for_several_processes(database: Database) -> None:
    with database.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000, "synchronous": 2}


def test_a_row_that_points_nowhere_is_refused(each_database: Database) -> None:
    with each_database.write() as session:
        session.add(Assignment(interview_id=4711, user_id=4711, assigned_at=datetime.now(UTC)))
        with pytest.raises(IntegrityError):
            session.flush()


def test_instants_come_back_aware_and_in_utc(each_database: Database) -> None:
    in_norway = datetime(2026, 7, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    with each_database.write() as session:
        session.add(Interview(title="x", made_at=in_norway))
        session.commit()
    with each_database.read() as session:
        made_at = session.scalars(select(Interview.made_at)).one()
    assert made_at == datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert made_at.tzinfo is UTC


def test_an_instant_without_its_time_zone_is_refused(database: Database) -> None:
    with database.write() as session:
        session.add(Interview(title="x", made_at=datetime(2026, 7, 1)))  # noqa: DTZ001 - that is the point
        with pytest.raises(StatementError):
            session.flush()


def test_words_of_the_domain_are_kept_as_they_are_written(database: Database, interview: Interview) -> None:
    with database.engine.connect() as connection:
        row = connection.execute(text("SELECT status, access FROM interview")).one()
    assert tuple(row) == ("planned", "closed")


def test_a_second_writer_waits_for_the_first(database: Database, other: Database) -> None:
    holds, order = Event(), []

    def first() -> None:
        with database.write() as session:
            set_setting(session, "who", "first")
            holds.set()
            time.sleep(0.4)
            order.append("first")
            session.commit()

    thread = Thread(target=first)
    thread.start()
    holds.wait()
    with other.write() as session:
        assert get_setting(session, "who") == "first"  # it began after the first one was done
        order.append("second")
        set_setting(session, "who", "second")
        session.commit()
    thread.join()
    assert order == ["first", "second"]


def test_readers_never_wait_for_a_writer(database: Database, other: Database) -> None:
    with database.write() as writing:
        set_setting(writing, "help_name", "Ny")
        with other.read() as reading:  # whoever waited would wait for this very thread, and give up in the end
            assert get_setting(reading, "help_name") is None
        writing.commit()
    with other.read() as reading:
        assert get_setting(reading, "help_name") == "Ny"


def test_two_that_read_before_they_write_lose_nothing(database: Database, other: Database) -> None:
    """The case that a plain BEGIN fails on at once, without waiting."""
    with database.write() as session:
        set_setting(session, "count", "0")
        session.commit()

    def count_up(through: Database) -> None:
        for _ in range(25):
            with through.write() as session:
                setting = session.get(SiteSetting, "count")
                assert setting is not None
                setting.value = str(int(setting.value) + 1)
                session.commit()

    threads = [Thread(target=count_up, args=(through,)) for through in (database, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert get_setting(session, "count") == "50"


def test_who_waits_too_long_is_told_that_it_is_locked(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT_MS", 200)
    impatient = Database(settings.database_url)
    with database.write() as writing:
        set_setting(writing, "a", "b")
        with pytest.raises(OperationalError, match="database is locked"), impatient.write() as session:
            set_setting(session, "c", "d")
    impatient.close()


def test_a_writer_that_dies_leaves_nothing_half_made(database: Database, other: Database) -> None:
    writing = database.write()
    set_setting(writing, "half", "made")
    writing.connection().connection.driver_connection.close()  # type: ignore[union-attr]
    with other.write() as session:
        assert get_setting(session, "half") is None


def test_the_file_can_be_read_by_sqlite_alone(settings: Settings, database: Database) -> None:
    with database.write() as session:
        set_setting(session, "archive_name", "Prøve")
        session.commit()
    with sqlite3.connect(Path(settings.data / "archive.db")) as plain:
        assert plain.execute("SELECT value FROM site_setting WHERE key = 'archive_name'").fetchone() == ("Prøve",)
