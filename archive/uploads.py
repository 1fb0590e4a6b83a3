"""Files on their way in, piece by piece, so that a lost network or a killed server costs one piece at most.

The order that survives both: append, fsync, then commit the offset. So the file never holds less than the database
says, and what it holds beyond that is cut off before the next piece.
"""

import errno
import hashlib
import os
import re
import secrets
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from archive.accounts import one_row
from archive.database import Database
from archive.errors import BadInput, NoRoom, NotFound, UploadOutOfStep
from archive.recordings import Upload
from archive.settings import Settings
from archive.typed import safe_name
from media.store import sync_folder

LIVES = timedelta(days=7)
# What stays free for the database, the log and the person who must tidy up: research §3.4.
KEPT_FREE_BYTES = 2_000_000_000
KEPT_FREE_SHARE = 0.05
# Folders in which a command makes a copy of somebody's file on its way in.
COPIES = "add-"
_ID = re.compile(r"[0-9a-f]{32}")  # it comes from an address, and a file is named after it
CHECKSUMS = ("sha1", "sha256")
_READ_BYTES = 256 * 1024
# A second request for one upload waits this long for the first; a piece of 8 MiB is written long before.
_TURN_TIMEOUT_S = 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def start_upload(
    session: Session, *, user_id: int, original_name: str, size_bytes: int, now: datetime, settings: Settings
) -> Upload:
    """Make room for a file that is to come.

    Raises:
        BadInput: `size_bytes` is "empty" or "too_large".
        NoRoom: the disk has too little room, counting what other uploads have yet to bring.
    """
    if not 0 < size_bytes < 2**62:
        raise BadInput("size_bytes", "empty" if size_bytes <= 0 else "too_large")
    to_come = select(func.coalesce(func.sum(Upload.size_bytes - Upload.offset_bytes), 0)).where(Upload.expires_at > now)
    room = room_bytes(incoming_folder(settings)) - int(session.scalar(to_come) or 0)
    if size_bytes > room:
        raise NoRoom(size_bytes, max(room, 0))
    upload = Upload(
        id=secrets.token_hex(16),
        user_id=user_id,
        original_name=safe_name(original_name),
        size_bytes=size_bytes,
        offset_bytes=0,
        made_at=now,
        expires_at=now + LIVES,
    )
    session.add(upload)
    session.flush()
    return upload


def incoming_folder(settings: Settings) -> Path:
    """Where uploads lie. Somebody who tidies may have removed it: then it is made again."""
    settings.incoming.mkdir(mode=0o700, exist_ok=True)
    return settings.incoming


def room_bytes(folder: Path) -> int:
    """How much may still be received on the disk of `folder`; negative when less is free than is kept free."""
    disk = shutil.disk_usage(folder)
    return disk.free - max(KEPT_FREE_BYTES, int(disk.total * KEPT_FREE_SHARE))


def load_upload(session: Session, upload_id: str, user_id: int) -> Upload:
    """An upload of this user.

    Raises:
        NotFound: it is not there, or it is another's.
    """
    upload = session.get(Upload, upload_id) if _ID.fullmatch(upload_id) else None
    if upload is None or upload.user_id != user_id:
        raise NotFound("upload", upload_id)
    return upload


def uploads_of(session: Session, user_id: int, *, now: datetime) -> list[Upload]:
    """What this user has begun and not handed in, oldest first."""
    theirs = select(Upload).where(Upload.user_id == user_id, Upload.expires_at > now)
    return list(session.scalars(theirs.order_by(Upload.made_at, Upload.id)))


def upload_path(settings: Settings, upload_id: str) -> Path:
    """Where the bytes of an upload lie."""
    return settings.incoming / upload_id


def write_piece(
    database: Database,
    settings: Settings,
    upload_id: str,
    user_id: int,
    offset_bytes: int,
    stream: BinaryIO,
    *,
    checksum: tuple[str, bytes] | None,
    now: datetime,
) -> int:
    """Append a piece and say how many bytes are received. A piece is kept whole or not at all.

    `checksum` is the name of a hash and the digest that the piece must have.

    Raises:
        NotFound: no such upload of this user, or it has expired.
        UploadOutOfStep: the piece does not begin where the received bytes end, or another piece is being written.
        BadInput: `checksum` is "unknown" or a "mismatch"; `piece` is "too_long" for the size that was announced.
        NoRoom: the disk is full.
    """
    if checksum is not None and checksum[0] not in CHECKSUMS:
        raise BadInput("checksum", "unknown")
    upload = _fresh_upload(database, upload_id, user_id, now)
    incoming_folder(settings)
    try:
        with FileLock(_lock_path(settings, upload_id), timeout=_TURN_TIMEOUT_S):
            upload = _fresh_upload(database, upload_id, user_id, now)
            if offset_bytes != upload.offset_bytes:
                raise UploadOutOfStep(upload.offset_bytes)
            _mend_offset(database, settings, upload)
            written = _append(upload_path(settings, upload_id), upload, stream, checksum)
            _save_offset(database, upload, offset_bytes + written)
            return offset_bytes + written
    except Timeout as error:
        raise UploadOutOfStep(upload.offset_bytes) from error


def end_upload(session: Session, settings: Settings, upload: Upload) -> None:
    """Forget an upload: given up, or safe in the store by now."""
    session.delete(upload)
    session.flush()
    _remove_files(settings, upload.id)


def clear_expired(database: Database, settings: Settings, *, now: datetime) -> None:
    """Remove uploads that nobody came back to, and what belongs to no upload: files, and copies of a killed `add`."""
    with database.write() as session:
        for upload in session.scalars(select(Upload).where(Upload.expires_at <= now)):
            end_upload(session, settings, upload)
        known = set(session.scalars(select(Upload.id)))
        session.commit()
    too_old = (now - LIVES).timestamp()
    for path in incoming_folder(settings).iterdir():
        with suppress(FileNotFoundError):  # its own request was faster
            if path.name.removesuffix(".lock") in known or path.stat().st_mtime >= too_old:
                continue
            if path.is_file():
                path.unlink()
            elif path.name.startswith(COPIES):
                shutil.rmtree(path, ignore_errors=True)


def _fresh_upload(database: Database, upload_id: str, user_id: int, now: datetime) -> Upload:
    with database.read() as session:
        upload = load_upload(session, upload_id, user_id)
    if upload.expires_at <= now or upload.sha256 is not None:
        raise NotFound("upload", upload_id)
    return upload


def _mend_offset(database: Database, settings: Settings, upload: Upload) -> None:
    """Go back to what is really there when bytes are missing: someone emptied the folder, or restored a database."""
    path = upload_path(settings, upload.id)
    present = path.stat().st_size if path.exists() else 0
    if present < upload.offset_bytes:
        _save_offset(database, upload, present)
        raise UploadOutOfStep(present)


def _save_offset(database: Database, upload: Upload, offset_bytes: int) -> None:
    with database.write() as session:
        same = (Upload.id == upload.id, Upload.offset_bytes == upload.offset_bytes)
        if not one_row(session, update(Upload).where(*same).values(offset_bytes=offset_bytes)):
            raise NotFound("upload", upload.id)  # given up in the meantime
        session.commit()


def _append(path: Path, upload: Upload, stream: BinaryIO, checksum: tuple[str, bytes] | None) -> int:
    """Bytes written behind the received ones, on the disk for good; on any error none."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        file.truncate(upload.offset_bytes)
        file.seek(upload.offset_bytes)
        try:
            written = _copy(stream, file, upload.size_bytes - upload.offset_bytes, checksum)
            os.fsync(file.fileno())
        except BaseException as error:
            file.truncate(upload.offset_bytes)
            if isinstance(error, OSError) and error.errno in _FULL:
                raise NoRoom(upload.size_bytes - upload.offset_bytes, shutil.disk_usage(path.parent).free) from error
            raise
    if upload.offset_bytes == 0:
        sync_folder(path.parent)
    return written


def _copy(stream: BinaryIO, file: BinaryIO, most_bytes: int, checksum: tuple[str, bytes] | None) -> int:
    digest = hashlib.new(checksum[0], usedforsecurity=False) if checksum is not None else None
    written = 0
    while piece := stream.read(_READ_BYTES):
        written += len(piece)
        if written > most_bytes:
            raise BadInput("piece", "too_long")
        if digest is not None:
            digest.update(piece)
        rest = memoryview(piece)
        while rest:  # an unbuffered write may take less than it is given
            rest = rest[file.write(rest) :]
    if checksum is not None and digest is not None and digest.digest() != checksum[1]:
        raise BadInput("checksum", "mismatch")
    return written


def _lock_path(settings: Settings, upload_id: str) -> Path:
    return settings.incoming / f"{upload_id}.lock"


def _remove_files(settings: Settings, upload_id: str) -> None:
    for path in (upload_path(settings, upload_id), _lock_path(settings, upload_id)):
        with suppress(FileNotFoundError):
            path.unlink()
