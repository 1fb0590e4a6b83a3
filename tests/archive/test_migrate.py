from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from archive.database import Database
from archive.errors import NewerArchive
from archive.migrate import current_revision, downgrade, head_revision, is_current, is_initialised, upgrade
from archive.model import Base
from archive.settings import Settings
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
