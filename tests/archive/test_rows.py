"""A database as lines of text: every row comes through, between both kinds."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from archive.access import ConsentDetails, Use, open_interview
from archive.accounts import Role, add_user
from archive.database import Database
from archive.interviews import Access, Interview, InterviewDetails, add_interview
from archive.migrate import upgrade
from archive.rows import dump_rows, load_rows
from archive.settings import Settings
from archive.transcripts import Segment

NOW = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[Database]:
    """Tables without rows, of either kind."""
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'other.db'}" if is_sqlite else request.getfixturevalue("new_postgres_url")()
    upgrade(replace(settings, database_url=url))
    database = Database(url)
    yield database
    database.close()


def enter_things(session: Session) -> Interview:
    """An interview with every kind of value: days, instants, lists, words with quotes, an empty text, nothing."""
    user = add_user(session, name="Siri Sekretær", username="siri", role=Role.SECRETARY, now=NOW, by=None)
    details = InterviewDetails(
        title='Lokallaget på «Frosta»\n"og \\ mer', narrators=("Åse Oppdiktet",), held_on=date(2026, 3, 1)
    )
    interview = add_interview(session, details, handed_in_by_id=user.id, now=NOW)
    consent = ConsentDetails(given_by="Åse Oppdiktet", use=Use.ALL, valid_from=date(2026, 3, 2))
    open_interview(session, interview, Access.OPEN, consent=consent, by=user.id, now=NOW)
    words = [[0, 500, "ja", 0.25], [500, 900, "da", 1.0]]
    session.add(Segment(interview=interview, start_ms=0, end_ms=900, text="ja da", words=words, machine_text=None))
    session.commit()
    return interview


def test_every_row_comes_through(each_database: Database, empty_database: Database) -> None:
    """What is dumped again from the other database is the same, line for line."""
    with each_database.write() as session:
        enter_things(session)
    before = list(dump_rows(each_database.engine))
    load_rows(empty_database.engine, before)
    assert sorted(dump_rows(empty_database.engine)) == sorted(before)
    with empty_database.read() as session:
        interview = session.query(Interview).one()
        assert interview.made_at == NOW
        assert interview.held_on == date(2026, 3, 1)
        assert interview.segments[0].words == [[0, 500, "ja", 0.25], [500, 900, "da", 1.0]]
        assert interview.segments[0].machine_text is None


def test_a_number_that_was_given_out_is_never_given_out_again(
    each_database: Database, empty_database: Database
) -> None:
    """Also when its interview is gone."""
    with each_database.write() as session:
        first = add_interview(session, InterviewDetails(title="en"), handed_in_by_id=None, now=NOW)
        gone = add_interview(session, InterviewDetails(title="to"), handed_in_by_id=None, now=NOW)
        taken = {first.id, gone.id}
        session.delete(gone)
        session.commit()
    load_rows(empty_database.engine, dump_rows(each_database.engine))
    with empty_database.write() as session:
        new = add_interview(session, InterviewDetails(title="tre"), handed_in_by_id=None, now=NOW)
        assert new.id not in taken


def test_tables_can_be_left_out(each_database: Database) -> None:
    with each_database.write() as session:
        enter_things(session)
    named = {json.loads(line)[0] for line in dump_rows(each_database.engine)}
    assert named - {json.loads(line)[0] for line in dump_rows(each_database.engine, without={"segment"})} == {"segment"}


def test_what_cannot_be_poured_whole_is_not_poured_at_all(each_database: Database, empty_database: Database) -> None:
    """A line that is cut off leaves the rows as they were. (PostgreSQL's counters go on all the same.)"""
    with each_database.write() as session:
        enter_things(session)
    lines = list(dump_rows(each_database.engine))
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        load_rows(empty_database.engine, [*lines[:-2], lines[-2][:20]])
    assert not any('", {' in line for line in dump_rows(empty_database.engine))


def test_changes_made_meanwhile_are_not_seen(each_database: Database) -> None:
    """The dump is of one moment."""
    with each_database.write() as session:
        enter_things(session)
    lines = dump_rows(each_database.engine)
    first = next(lines)
    with each_database.write() as session:
        add_interview(session, InterviewDetails(title="kom etterpå"), handed_in_by_id=None, now=NOW)
        session.commit()
    assert not any("kom etterpå" in line for line in [first, *lines])
