from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from archive import migrate
from archive.database import Database
from archive.errors import NewerArchive
from archive.interviews import Status
from archive.migrate import current_revision, downgrade, head_revision, is_current, is_initialised, upgrade
from archive.model import Base
from archive.people import Person
from archive.recordings import RecordingState, Window
from archive.settings import Settings
from archive.transcripts import Segment
from tests.conftest import settings_for


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def nothing_yet(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An empty place for a database, on SQLite and on PostgreSQL."""
    settings = settings_for(tmp_path)
    if request.param == "sqlite":
        return settings
    return replace(settings, database_url=request.getfixturevalue("postgres_url"))


def test_goes_up_down_and_up_again(nothing_yet: Settings) -> None:
    assert not is_initialised(nothing_yet)
    upgrade(nothing_yet)
    assert is_current(nothing_yet)
    assert current_revision(nothing_yet) == head_revision()
    assert _tables(nothing_yet) == {*Base.metadata.tables, "alembic_version"}
    downgrade(nothing_yet, "base")
    assert not is_initialised(nothing_yet)
    assert _tables(nothing_yet) == {"alembic_version"}
    upgrade(nothing_yet)
    assert is_current(nothing_yet)


def test_the_scripts_are_called_as_alembic_numbers_them() -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert migrate._known() == [script.revision for script in scripts.walk_revisions()][::-1]
    assert head_revision() == scripts.get_current_head()


def test_the_scripts_make_exactly_the_model(nothing_yet: Settings) -> None:
    upgrade(nothing_yet)
    database = Database(nothing_yet.database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_numbers_of_interviews_are_never_reused_on_sqlite(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    upgrade(settings)
    database = Database(settings.database_url)
    with database.engine.connect() as connection:
        for table in ("interview", "search_outbox"):
            made = connection.execute(
                text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}
            ).scalar()
            assert "AUTOINCREMENT" in str(made)
    database.close()


def test_two_that_start_at_once_both_find_it_done(nothing_yet: Settings) -> None:
    failures: list[Exception] = []

    def start() -> None:
        try:
            upgrade(nothing_yet)
        except Exception as failure:
            failures.append(failure)

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert is_current(nothing_yet)


def test_rows_of_the_first_shape_are_kept(nothing_yet: Settings) -> None:
    """As the first program wrote them; what they do not say is filled with what was true then."""
    upgrade(nothing_yet, "0001")
    database = Database(nothing_yet.database_url)
    with database.engine.begin() as connection:
        for table, row in _ROWS_OF_0001.items():
            columns, values = ", ".join(row), ", ".join(f":{column}" for column in row)
            connection.execute(text(f'INSERT INTO "{table}" ({columns}) VALUES ({values})'), row)
    upgrade(nothing_yet)
    with database.read() as session:
        line = session.scalars(select(Segment)).one()
        assert (line.text, line.words, line.version) == ("vi startet her", [[0, 900, "vi", 0.9]], 0)
        assert (line.doubts, line.voice, line.checked) == ([], None, False)
        window = session.scalars(select(Window)).one()
        assert (window.text, window.metrics) == ("vi startet her", {"avg_logprob": -0.3})
        assert (window.speech, window.how, window.doubts, window.others) == ([], "batch", [], [])
        layer, recording = window.layer, window.layer.recording
        assert (layer.options, layer.working_ms, layer.prompt) == ({"beam_size": 5, "group": 8}, 4200, "")
        assert (layer.languages, layer.speakers, layer.start_ms, layer.end_ms) == ({}, {}, None, None)
        assert (recording.state, recording.run, recording.sound) == (RecordingState.WORKING, 1, {})
        assert (recording.asked_model, recording.asked_start_ms, recording.asked_end_ms) == (None, None, None)
        interview = recording.interview
        assert (interview.title, interview.status, interview.voice_count) == ("Fra Frosta", Status.PROCESSING, None)
        assert not interview.consents[0].voice
        person = session.scalars(select(Person)).one()
        assert (person.born, person.birth_year, person.died, person.merged_into_id) == ("1931", 1931, "", None)
        database.close()
    downgrade(nothing_yet, "0001")
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT text FROM segment")).scalar() == "vi startet her"
    database.close()


_AT = "2026-03-14 12:00:00"
_ROWS_OF_0001: dict[str, dict[str, object]] = {
    "person": {"id": 1, "name": "Olga Oppdiktet", "name_key": "olga oppdiktet", "birth_year": 1931, "note": ""},
    "interview": {
        "id": 1,
        "title": "Fra Frosta",
        "status": "processing",
        "access": "closed",
        "place": "",
        "language": "nb",
        "dialect": "",
        "summary": "",
        "made_at": _AT,
        "received_at": _AT,
        "is_demo": False,
    },
    "consent": {
        "id": 1,
        "interview_id": 1,
        "given_by": "Olga Oppdiktet",
        "use": "members",
        "valid_from": "2026-03-01",
        "paper": "perm 3",
        "recorded_at": _AT,
    },
    "recording": {
        "id": 1,
        "interview_id": 1,
        "part": 1,
        "offset_ms": 0,
        "sha256": "a" * 64,
        "size_bytes": 1000,
        "duration_ms": 60_000,
        "original_name": "side a.mp3",
        "container": "mp3",
        "codec": "mp3",
        "channels": 1,
        "sample_rate_hz": 44_100,
        "received_at": _AT,
        "state": "working",
        "run": 1,
        "attempts": 0,
        "lost": "[]",
    },
    "machine_layer": {
        "id": 1,
        "recording_id": 1,
        "run": 1,
        "engine": "faster-whisper",
        "model": "whisper-base",
        "model_sha256": "b" * 64,
        "options": '{"beam_size": 5, "group": 8}',
        "speech_ms": 20_000,
        "started_at": _AT,
        "working_ms": 4200,
    },
    "window": {
        "id": 1,
        "layer_id": 1,
        "number": 0,
        "group_number": 0,
        "start_ms": 0,
        "end_ms": 20_000,
        "text": "vi startet her",
        "words": '[[0, 900, "vi", 0.9]]',
        "metrics": '{"avg_logprob": -0.3}',
    },
    "segment": {
        "id": 1,
        "interview_id": 1,
        "recording_id": 1,
        "window_id": 1,
        "start_ms": 0,
        "end_ms": 900,
        "text": "vi startet her",
        "words": '[[0, 900, "vi", 0.9]]',
        "machine_text": "vi startet her",
        "machine_words": '[[0, 900, "vi", 0.9]]',
        "version": 0,
        "checked": False,
    },
}


def test_looking_makes_no_file(tmp_path: Path) -> None:
    assert not is_initialised(settings_for(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_a_newer_program_is_left_alone(nothing_yet: Settings) -> None:
    upgrade(nothing_yet)
    database = Database(nothing_yet.database_url)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(NewerArchive):
        upgrade(nothing_yet)
    with pytest.raises(NewerArchive):
        is_current(nothing_yet)


def _tables(settings: Settings) -> set[str]:
    database = Database(settings.database_url)
    names = set(inspect(database.engine).get_table_names())
    database.close()
    return names - {"sqlite_sequence"}
