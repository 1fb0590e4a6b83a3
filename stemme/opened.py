"""The archive that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from archive.access import MACHINE_OWNER, Viewer
from archive.accounts import Role
from archive.database import Database
from archive.local_time import day_of
from archive.settings import Settings, read_settings
from archive.setup import open_database

# Where `stemme serve` or `web` was started last: a setting, so that links made at the command line lead there.
PORT_KEY = "served_port"


@dataclass(frozen=True, slots=True)
class Opened:
    """Settings and database, for as long as the command runs."""

    settings: Settings
    database: Database


@contextmanager
def opened_archive() -> Iterator[Opened]:
    """The archive that the environment names.

    Raises:
        NotInitialised: there is none yet.
    """
    settings = read_settings()
    database = open_database(settings)
    try:
        yield Opened(settings, database)
    finally:
        database.close()


def eyes_of(role: str | None) -> Viewer:
    """Whose eyes: None is the machine's owner, who sees everything."""
    return MACHINE_OWNER if role is None else Viewer(Role(role))


def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is where the archive is at home."""
    return day_of(now())
