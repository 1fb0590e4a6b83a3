"""Bringing the database to the shape that the code knows. The scripts lie in `archive/migrations`.

Alembic is loaded when there is something to bring: a command that finds all in order starts a quarter of a second
sooner without it. What the scripts are called says which there are, and a test holds that against Alembic.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url

from archive.database import Database
from archive.errors import NewerArchive
from archive.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parent / "migrations"
# Any number that nobody else uses; two processes that migrate the same PostgreSQL database wait for each other.
_POSTGRES_LOCK = 0x7374656D6D65


def upgrade(settings: Settings, revision: str = "head") -> None:
    """Bring the database up to `revision`. Safe to repeat, and safe for two processes at once.

    Raises:
        NewerArchive: the database was made by a newer program.
    """
    from alembic import command

    _run(settings, lambda config: command.upgrade(config, revision))


def downgrade(settings: Settings, revision: str) -> None:
    """Take the database back to `revision`; "base" leaves nothing."""
    from alembic import command

    _run(settings, lambda config: command.downgrade(config, revision))


def current_revision(settings: Settings) -> str | None:
    """The revision that the database is at; None when it has none. Never makes a file."""
    path = make_url(settings.database_url).database
    if make_url(settings.database_url).get_backend_name() == "sqlite" and not (path and Path(path).exists()):
        return None
    database = Database(settings.database_url)
    try:
        with database.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return revision
    finally:
        database.close()


def head_revision() -> str:
    """The revision that the code knows."""
    return _known()[-1]


def is_initialised(settings: Settings) -> bool:
    """Whether there is an archive where the settings point."""
    return current_revision(settings) is not None


def is_current(settings: Settings) -> bool:
    """Whether the database has the shape that the code knows.

    Raises:
        NewerArchive: it has a shape that the code does not know at all.
    """
    revision = current_revision(settings)
    _refuse_newer(revision)
    return revision == head_revision()


def _refuse_newer(revision: str | None) -> None:
    if revision is not None and revision not in _known():
        raise NewerArchive(revision)


def _known() -> list[str]:
    """The revisions that there are scripts for, in order: `0003_chapters.py` makes `0003`."""
    return sorted(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*_*.py"))


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _run(settings: Settings, work: "Callable[[Config], None]") -> None:
    """Run one Alembic command in one transaction that nobody else can write beside."""
    _refuse_newer(current_revision(settings))
    database = Database(settings.database_url)
    engine = database.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
    is_sqlite = engine.dialect.name == "sqlite"
    try:
        with engine.connect() as connection:
            if is_sqlite:
                # A table that is made anew is dropped in between; with foreign keys on, its children would go too.
                # The switch does nothing inside a transaction, so it is thrown on the bare connection.
                _bare(connection).execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                if not is_sqlite:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})")
                work(_config(connection))
                if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise RuntimeError(f"the migration left a row that points nowhere: {tuple(broken)}")
    finally:
        database.close()


def _bare(connection: Connection) -> Any:
    return connection.connection.driver_connection
