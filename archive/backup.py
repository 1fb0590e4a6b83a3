"""Keeping a copy of the archive elsewhere, getting it back, and looking whether the originals are what they were.

A backup is a folder: `manifest.json`, the database as it was at one moment, the key that signs log-ins, and every
original and scan that the database speaks of. The database is copied first: an original that it names was stored
before, is never changed, and so can be copied at leisure while the archive is in use. The manifest is written last and
whole; until then the backup before is the one that counts. Left out, since they are made again: speech files, access
copies, the search index, the job engine's database, and uploads that nobody has handed in yet. Left out too is how
voices sound: a consent that is withdrawn cannot reach a copy in a drawer, and a voice can be learned again.
"""

import gzip
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, delete, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from archive.access import Consent
from archive.database import Database
from archive.errors import BackupUnusable, FolderTaken, NotInitialised
from archive.migrate import current_revision, is_initialised, upgrade
from archive.recordings import Recording, Upload
from archive.records import RecordVersion
from archive.rows import dump_rows, load_rows
from archive.settings import Settings
from archive.setup import initialise, open_database
from archive.site import get_setting, set_setting
from media.store import Store, open_store, sha256_of, sync_file, sync_folder

FORMAT = 1
MANIFEST = "manifest.json"
SECRET_KEY = "secret-key"  # noqa: S105 - a file's name
LAST_BACKUP = "last_backup_at"  # a site setting
NOT_COPIED = frozenset({"voice_print"})  # tables whose rows stay in the archive itself
# Backups are taken by the night or by the week; one that is older was forgotten.
OLD_AFTER = timedelta(days=8)
Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What one backup did. `damaged` and `missing` are originals that could not be kept: SHA-256s."""

    made_at: str
    originals: int
    new: int
    size_bytes: int
    damaged: list[str]
    missing: list[str]


@dataclass(frozen=True, slots=True)
class Verified:
    """What re-reading every original found; `unnamed` lie in the store, but nothing in the archive speaks of them."""

    originals: int
    damaged: list[str]
    missing: list[str]
    unnamed: list[str]


def backup(
    settings: Settings, destination: Path, *, now: datetime, report: Report = lambda _fraction: None
) -> BackedUp:
    """Bring the backup in `destination` up to date. Safe while the archive is in use; only new originals are copied.

    Raises:
        NotInitialised: there is no archive to keep.
        FolderTaken: another archive's backup lies there.
        BackupUnusable: the copy of the database is not sound; the backup before still counts.
    """
    if not is_initialised(settings):
        raise NotInitialised
    destination.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = _backup_before(settings, destination)
    database = _copy_database(settings, destination, now)
    wanted = _hashes_in(destination / database["file"])
    target = open_store(str(destination / "originals"))
    new, damaged, missing = _copy_originals(open_store(settings.store_url), target, wanted, report)
    sizes = {sha256: target.size_bytes(sha256) for sha256 in wanted if sha256 not in {*damaged, *missing}}
    manifest = {
        "format": FORMAT,
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "revision": current_revision(settings),
        "database": database,
        "secret_key": _keep_file(settings.data / SECRET_KEY, destination / SECRET_KEY),
        "originals": [{"sha256": sha256, "size_bytes": size} for sha256, size in sizes.items()],
        "damaged": damaged,
        "missing": missing,
    }
    _write_whole(destination / MANIFEST, json.dumps(manifest, indent=1).encode())
    if before and before["database"]["file"] != database["file"]:
        (destination / before["database"]["file"]).unlink(missing_ok=True)
    made_at = str(manifest["made_at"])
    _remember(settings, made_at)
    return BackedUp(made_at, len(sizes), new, sum(sizes.values()), damaged, missing)


def restore(source: Path, settings: Settings, *, now: datetime, report: Report = lambda _fraction: None) -> BackedUp:
    """Bring a backup back to where `settings` point. Every SHA-256 is checked before the database takes its place,
    so an archive that can be opened is whole.

    Raises:
        FolderTaken: the data folder, or the database that the settings name, is not empty.
        BackupUnusable: a file of the backup is missing or changed; it names the file.
    """
    manifest = _read_manifest(source)
    _refuse_taken(settings)
    database = source / manifest["database"]["file"]
    _check(database, manifest["database"]["sha256"])
    _check(source / SECRET_KEY, manifest["secret_key"]["sha256"])
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    _bring_back_originals(source, open_store(settings.store_url), manifest["originals"], report)
    _bring_back_database(settings, database, manifest["revision"])
    shutil.copyfile(source / SECRET_KEY, settings.data / SECRET_KEY)
    (settings.data / SECRET_KEY).chmod(0o600)
    initialise(settings, now=now)
    _forget_uploads(settings)
    total = sum(int(each["size_bytes"]) for each in manifest["originals"])
    count = len(manifest["originals"])
    return BackedUp(manifest["made_at"], count, count, total, manifest["damaged"], manifest["missing"])


def verify(settings: Settings, *, report: Report = lambda _fraction: None) -> Verified:
    """Re-read every byte of every original and scan.

    Raises:
        NotInitialised: there is no archive.
    """
    database = open_database(settings)
    try:
        with database.read() as session:
            wanted = originals_of(session)
            on_their_way = set(session.scalars(select(Upload.sha256)))
    finally:
        database.close()
    store = open_store(settings.store_url)
    everything = sorted({*wanted, *store.hashes()})
    damaged, missing = [], []
    for number, sha256 in enumerate(everything, start=1):
        if not store.has(sha256):
            missing.append(sha256)
        elif not store.verify(sha256):
            damaged.append(sha256)
        report(number / len(everything))
    unnamed = [each for each in everything if each not in wanted and each not in on_their_way]
    return Verified(len(everything), damaged, missing, unnamed)


def last_backup(session: Session) -> datetime | None:
    """When the archive was last backed up; None: never."""
    said = get_setting(session, LAST_BACKUP)
    return datetime.fromisoformat(said) if said else None


def originals_of(session: Session) -> list[str]:
    """The SHA-256 of everything in the store that the database speaks of: recordings, scanned consents, records."""
    scans = select(Consent.scan_sha256).where(Consent.scan_sha256.is_not(None))
    papers = select(RecordVersion.sha256)
    recordings = session.scalars(select(Recording.sha256))
    return sorted({*recordings, *session.scalars(papers), *filter(None, session.scalars(scans))})


# Taking a backup -----------------------------------------------------------------------------------------------------


def _backup_before(settings: Settings, destination: Path) -> dict[str, Any] | None:
    """The manifest that stands in `destination`; None for the first backup there. The key tells archives apart."""
    if not (destination / MANIFEST).exists():
        return None
    before = _read_manifest(destination)
    if before["secret_key"]["sha256"] != sha256_of(settings.data / SECRET_KEY):
        raise FolderTaken(str(destination))
    return before


def _copy_database(settings: Settings, destination: Path, now: datetime) -> dict[str, Any]:
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        path = destination / f"archive-{stamp}.db"
        _copy_sqlite(Path(str(url.database)), path)
    else:
        path = destination / f"archive-{stamp}.jsonl.gz"
        database = Database(settings.database_url)
        try:
            with gzip.open(path, "wt", encoding="utf-8") as lines:
                lines.writelines(f"{line}\n" for line in dump_rows(database.engine, without=NOT_COPIED))
        finally:
            database.close()
    path.chmod(0o600)
    sync_file(path)
    return {"file": path.name, "sha256": sha256_of(path), "size_bytes": path.stat().st_size}


def _copy_sqlite(source: Path, target: Path) -> None:
    """A copy from one moment, made by SQLite itself; writers do not wait for it."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA secure_delete=ON")  # else the rows would still lie in the file, unseen
        there = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in there & NOT_COPIED:
            copy.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
        copy.commit()
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself
        (answer,) = copy.execute("PRAGMA integrity_check").fetchone()
    if answer != "ok":
        target.unlink()
        raise BackupUnusable(source, "changed")


def _hashes_in(database: Path) -> list[str]:
    """The originals that the copied database speaks of, not those of the live one, which goes on changing."""
    if database.suffix == ".db":
        engine = create_engine(f"sqlite:///{database}")
        try:
            with Session(engine) as session:
                return originals_of(session)
        finally:
            engine.dispose()
    columns = {"recording": "sha256", "consent": "scan_sha256", "record_version": "sha256"}
    with gzip.open(database, "rt", encoding="utf-8") as lines:
        rows = [
            (name, values) for name, values in map(json.loads, lines) if name in columns and not isinstance(values, int)
        ]
    return sorted({values[columns[name]] for name, values in rows} - {None})


def _copy_originals(store: Store, target: Store, wanted: list[str], report: Report) -> tuple[int, list[str], list[str]]:
    new, damaged, missing = 0, [], []
    for number, sha256 in enumerate(wanted, start=1):
        if not store.has(sha256):
            if not target.has(sha256):
                missing.append(sha256)
        elif not target.has(sha256) or target.size_bytes(sha256) != store.size_bytes(sha256):
            with store.open(sha256) as stream:
                stored = target.put(stream)
            if stored.sha256 != sha256:
                damaged.append(sha256)
            new += stored.was_new
        report(number / len(wanted))
    return new, damaged, missing


def _remember(settings: Settings, made_at: object) -> None:
    database = open_database(settings)
    try:
        with database.write() as session:
            set_setting(session, LAST_BACKUP, str(made_at))
            session.commit()
    finally:
        database.close()


# Bringing one back ---------------------------------------------------------------------------------------------------


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise BackupUnusable(path, "missing") from error
    except ValueError as error:
        raise BackupUnusable(path, "changed") from error
    if manifest.get("format") != FORMAT:
        raise BackupUnusable(path, "unknown")
    return manifest


def _refuse_taken(settings: Settings) -> None:
    if settings.data.exists() and any(settings.data.iterdir()):
        raise FolderTaken(str(settings.data))
    if is_initialised(settings):
        raise FolderTaken(make_url(settings.database_url).render_as_string(hide_password=True))


def _check(path: Path, sha256: str) -> None:
    if not path.is_file():
        raise BackupUnusable(path, "missing")
    if sha256_of(path) != sha256:
        raise BackupUnusable(path, "changed")


def _bring_back_originals(source: Path, store: Store, originals: list[dict[str, Any]], report: Report) -> None:
    kept = open_store(str(source / "originals"))
    for number, each in enumerate(originals, start=1):
        sha256 = each["sha256"]
        if not kept.has(sha256):
            raise BackupUnusable(source / "originals" / sha256, "missing")
        with kept.open(sha256) as stream:
            stored = store.put(stream)
        if stored.sha256 != sha256:
            raise BackupUnusable(source / "originals" / sha256, "changed")
        report(number / len(originals))


def _bring_back_database(settings: Settings, kept: Path, revision: str) -> None:
    """SQLite to SQLite is a copied file; every other way goes through rows, into tables of the backup's own age."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and kept.suffix == ".db":
        part = Path(f"{url.database}.part")
        shutil.copyfile(kept, part)
        sync_file(part)
        part.replace(str(url.database))
        return
    upgrade(settings, revision)
    database = Database(settings.database_url)
    try:
        load_rows(database.engine, _lines(kept))
    finally:
        database.close()


def _lines(kept: Path) -> Iterator[str]:
    if kept.suffix == ".db":
        engine = create_engine(f"sqlite:///{kept}")
        try:
            yield from dump_rows(engine)
        finally:
            engine.dispose()
    else:
        with gzip.open(kept, "rt", encoding="utf-8") as lines:
            yield from lines


def _forget_uploads(settings: Settings) -> None:
    """What nobody had handed in is not in the backup, so no page may promise to go on with it."""
    database = open_database(settings)
    try:
        with database.write() as session:
            session.execute(delete(Upload))
            session.commit()
    finally:
        database.close()


# Files ---------------------------------------------------------------------------------------------------------------


def _keep_file(source: Path, target: Path) -> dict[str, Any]:
    _write_whole(target, source.read_bytes())
    return {"file": target.name, "sha256": sha256_of(target)}


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)
