"""The index follows the database within a second or two, and nobody waits for it."""

import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from archive import database as archive_database
from archive.database import Database
from archive.interviews import Interview, InterviewDetails, add_interview
from archive.outbox import OutboxEntry, searchable_text_changed
from archive.search import folder as place
from archive.settings import Settings
from archive.setup import open_database
from web import indexing
from web.indexing import IndexKeeper

WITHIN_S = 60  # a busy machine; a test that passes waits no longer than the index takes


def add_something(database: Database) -> None:
    """A change by somebody else: the worker, the command line."""
    now = datetime.now(UTC)
    with database.write() as session:
        details = InterviewDetails(title="Blanketten", narrators=("Forteller A",), held_on=date(2022, 3, 14))
        interview: Interview = add_interview(session, details, handed_in_by_id=None, now=now)
        searchable_text_changed(session, interview.id, now=now)
        session.commit()


def wait_until_indexed(database: Database, within_s: float) -> None:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        with database.read() as session:
            if session.scalar(select(OutboxEntry.id).limit(1)) is None:
                return
        time.sleep(0.02)
    raise AssertionError("the index did not follow")


def test_a_change_by_another_process_is_found(
    settings: Settings, database: Database, make_app: Callable[..., Flask]
) -> None:
    make_app(settings, keep_index=True)
    add_something(database)
    wait_until_indexed(database, within_s=WITHIN_S)


def test_a_nudge_is_followed_at_once(monkeypatch: pytest.MonkeyPatch, settings: Settings, database: Database) -> None:
    monkeypatch.setattr(indexing, "LOOK_EVERY_S", 60.0)
    keeper = IndexKeeper(settings, database)
    keeper.start()
    add_something(database)
    keeper.nudge()
    wait_until_indexed(database, within_s=WITHIN_S)
    keeper.stop()


def test_an_index_that_could_not_be_read_is_built_anew_before_anything_changes(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, make_app: Callable[..., Flask]
) -> None:
    monkeypatch.setattr(indexing, "LOOK_EVERY_S", 0.1)
    make_app(settings, keep_index=True)
    end = time.monotonic() + WITHIN_S
    while (first := place.current(settings.index)) is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    (settings.index / "doubt").touch()
    while place.is_doubted(settings.index):
        assert time.monotonic() < end
        time.sleep(0.02)
    assert place.current(settings.index) not in (first, None)


def test_trouble_does_not_end_the_keeper(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, settings: Settings, database: Database
) -> None:
    monkeypatch.setattr(indexing, "LOOK_AFTER_TROUBLE_S", 0.05)
    monkeypatch.setattr(archive_database, "BUSY_TIMEOUT_MS", 50)
    add_something(database)
    impatient = open_database(settings)
    keeper = IndexKeeper(settings, impatient)
    holder = sqlite3.connect(settings.data / "archive.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")  # somebody writes for longer than the keeper waits
    keeper.start()
    end = time.monotonic() + WITHIN_S
    while "could not be brought up to date" not in caplog.text and time.monotonic() < end:
        time.sleep(0.05)
    assert "could not be brought up to date" in caplog.text
    holder.close()
    wait_until_indexed(database, within_s=WITHIN_S)
    keeper.stop()
    impatient.close()


def test_stopping_ends_the_thread_and_is_safe_to_repeat(settings: Settings, database: Database) -> None:
    keeper = IndexKeeper(settings, database)
    keeper.stop()
    keeper = IndexKeeper(settings, database)
    keeper.start()
    keeper.stop()
    keeper.stop()
    assert "index-keeper" not in {thread.name for thread in threading.enumerate()}
