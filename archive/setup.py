"""Making an archive where there is none, and opening the one that is there."""

import os
import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import model, site
from archive.database import Database
from archive.errors import NotInitialised
from archive.first_texts import ARCHIVE_CREATORS, FIRST_TEXTS
from archive.interviews import ArchiveCreator
from archive.migrate import is_current, is_initialised, upgrade
from archive.organisation.beginning import put_in_once
from archive.settings import Settings

__all__ = ["initialise", "model", "open_database", "secret_key"]  # `model`: every table is known from here on


def initialise(settings: Settings, *, now: datetime) -> None:
    """Make the folders, the database and what every archive begins with. Safe to repeat; nothing is overwritten."""
    for folder in (settings.data, settings.incoming, settings.derived, settings.index, settings.models):
        _make_private_folder(folder)
    _make_secret_key(settings.data / "secret-key")
    upgrade(settings)
    database = Database(settings.database_url)
    try:
        with database.write() as session:
            _begin(session, now)
            session.commit()
    finally:
        database.close()


def open_database(settings: Settings) -> Database:
    """The database of the archive, brought up to date first when it is older than the program.

    Raises:
        NotInitialised: there is no archive in the data folder yet.
        NewerArchive: a newer program made it.
    """
    if not is_initialised(settings) or not (settings.data / "secret-key").exists():
        raise NotInitialised
    if not is_current(settings):
        upgrade(settings)
    return Database(settings.database_url)


def secret_key(settings: Settings) -> str:
    """What signs cookies and forms.

    Raises:
        NotInitialised: there is no archive in the data folder yet.
    """
    try:
        return (settings.data / "secret-key").read_text("ascii").strip()
    except FileNotFoundError as error:
        raise NotInitialised from error


def _make_private_folder(folder: Path) -> None:
    """A folder that only the archive's own user can enter, also when it was there before."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def _make_secret_key(path: Path) -> None:
    """Write the key whole or not at all: two processes that start at once end up with the same one."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails when the other process was first; its key is the key
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _begin(session: Session, now: datetime) -> None:
    known = set(session.scalars(select(ArchiveCreator.name)))
    session.add_all(ArchiveCreator(name=name) for name in ARCHIVE_CREATORS if name not in known)
    for key, text in FIRST_TEXTS.items():
        if not site.page_history(session, key):
            site.save_page(session, key, text, by=None, now=now)
    put_in_once(session, now=now)
