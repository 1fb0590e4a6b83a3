"""From a whole upload to a received file, so that a crash anywhere between loses nothing.

An upload's SHA-256 is committed before its bytes move into the store. Whoever comes back after a crash finds the bytes
in one of the two places, and always by that hash.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.audit import AuditEvent, note
from archive.database import Database
from archive.errors import NotFound, UploadRefused
from archive.interviews import Interview
from archive.recordings import ReceivedFile, Recording, Upload, find_recording, receive_file
from archive.settings import Settings
from archive.uploads import end_upload, load_upload, upload_path
from media.errors import NotSound
from media.probe import Probe, probe
from media.store import Store, sha256_of

# A form that comes again within this time is the same press of a button, or the same page sent once more.
JUST_NOW = timedelta(minutes=10)
_HANDED_IN = "handed_in"


def check_upload(database: Database, settings: Settings, store: Store, upload_id: str, user_id: int) -> Probe:
    """Read a whole upload through: is it sound, and is it new? The answer is written down with it.

    A sound one gets its SHA-256, and changes no more; one that is not keeps the reason for whoever looks at it later.

    Raises:
        UploadRefused: with the reason.
    """
    _load_whole(database, upload_id, user_id)
    try:
        looked = _look_into(upload_path(settings, upload_id))
        if looked is None:
            upload = _load_whole(database, upload_id, user_id)
            if upload.sha256 is None or not store.has(upload.sha256):
                raise UploadRefused(upload_id, "gone")
            looked = _probe_stored(store, upload.sha256), upload.sha256
    except NotSound as not_sound:
        _write_verdict(database, upload_id, user_id, refused=not_sound.reason)
        raise UploadRefused(upload_id, not_sound.reason) from not_sound
    sound, sha256 = looked
    _write_verdict(database, upload_id, user_id, sha256=sha256)
    _refuse_received(database, upload_id, sha256)
    return sound


def receive_uploads(
    database: Database, settings: Settings, store: Store, upload_ids: Sequence[str], user_id: int
) -> list[ReceivedFile]:
    """Move whole uploads into the store, in this order. None moves before all are found good. No session is open.

    Raises:
        UploadRefused: one of them cannot be received; it says which.
        NoRoom: the store is full. What has moved is found there the next time.
    """
    seen: set[str] = set()
    ready = [_ready(database, settings, store, upload_id, user_id) for upload_id in upload_ids]
    for upload, _found in ready:
        if upload.sha256 in seen:
            raise UploadRefused(upload.id, "twice")
        seen.add(str(upload.sha256))
    return [_move(settings, store, upload, found) for upload, found in ready]


def forget_uploads(
    session: Session,
    settings: Settings,
    upload_ids: Sequence[str],
    interview: Interview,
    user_id: int,
    *,
    now: datetime,
) -> None:
    """The uploads are recordings of `interview` now: drop them, in the transaction that made the recordings."""
    for upload_id in upload_ids:
        end_upload(session, settings, load_upload(session, upload_id, user_id))
    note(session, _HANDED_IN, "interview", interview.id, user_id=user_id, now=now, uploads=list(upload_ids))


def handed_in_just_now(
    database: Database, settings: Settings, store: Store, upload_ids: Sequence[str], user_id: int, *, now: datetime
) -> int | None:
    """The interview that this user made of these files a moment ago: one form came twice. None: there is none such.

    The second form names the same uploads, which are forgotten by now, or brought the same bytes with it once more.
    """
    since, interview_id = now - JUST_NOW, None
    for upload_id in upload_ids:
        with database.read() as session:
            found = _forgotten_as(session, upload_id, user_id, since)
        found = found or _bytes_received_as(database, settings, store, upload_id, user_id, since)
        if found is None or interview_id not in (None, found):
            return None
        interview_id = found
    return interview_id


def _forgotten_as(session: Session, upload_id: str, user_id: int, since: datetime) -> int | None:
    recent = select(AuditEvent).where(
        AuditEvent.at >= since, AuditEvent.user_id == user_id, AuditEvent.act == _HANDED_IN
    )
    return next((int(each.thing_id) for each in session.scalars(recent) if upload_id in each.detail["uploads"]), None)


def _bytes_received_as(
    database: Database, settings: Settings, store: Store, upload_id: str, user_id: int, since: datetime
) -> int | None:
    try:
        _ready(database, settings, store, upload_id, user_id)
    except UploadRefused as refused:
        theirs = select(Recording.interview_id).where(
            Recording.interview_id == refused.received_as,
            Recording.received_by_id == user_id,
            Recording.received_at >= since,
        )
        with database.read() as session:
            return session.scalar(theirs.limit(1))
    return None


def _write_verdict(
    database: Database, upload_id: str, user_id: int, *, sha256: str | None = None, refused: str | None = None
) -> None:
    with database.write() as session:
        try:
            upload = load_upload(session, upload_id, user_id)
        except NotFound:
            raise UploadRefused(upload_id, "gone") from None
        upload.sha256, upload.refused = sha256, refused
        session.commit()


def _load_whole(database: Database, upload_id: str, user_id: int) -> Upload:
    with database.read() as session:
        try:
            upload = load_upload(session, upload_id, user_id)
        except NotFound:
            raise UploadRefused(upload_id, "gone") from None
    if upload.offset_bytes < upload.size_bytes:
        raise UploadRefused(upload_id, "not_whole")
    return upload


def _ready(
    database: Database, settings: Settings, store: Store, upload_id: str, user_id: int
) -> tuple[Upload, Probe | None]:
    """A whole upload with its SHA-256 written down, new to us; and what it holds, when we looked just now."""
    upload = _load_whole(database, upload_id, user_id)
    if upload.sha256 is None:
        found = check_upload(database, settings, store, upload_id, user_id)
        return _load_whole(database, upload_id, user_id), found
    _refuse_received(database, upload_id, upload.sha256)
    return upload, None


def _move(settings: Settings, store: Store, upload: Upload, found: Probe | None) -> ReceivedFile:
    path, sha256 = upload_path(settings, upload.id), str(upload.sha256)
    try:
        with _moved_meanwhile(path):
            return receive_file(store, path, upload.original_name, found=found)
        if not store.has(sha256):
            raise UploadRefused(upload.id, "gone")
        found = found or _probe_stored(store, sha256)
        return ReceivedFile(sha256, upload.size_bytes, found, upload.original_name)
    except NotSound as not_sound:
        raise UploadRefused(upload.id, not_sound.reason) from not_sound


def _look_into(path: Path) -> tuple[Probe, str] | None:
    """What an upload holds, and its SHA-256; None when it lies there no longer."""
    with _moved_meanwhile(path), ThreadPoolExecutor(1) as beside:
        hashing = beside.submit(sha256_of, path)
        sound = probe(path)  # a child process looks into the file while we hash it
        return sound, hashing.result()
    return None


@contextmanager
def _moved_meanwhile(path: Path) -> Iterator[None]:
    """Lets errors pass when the file is gone: the same form, sent twice, may have moved it at any moment."""
    try:
        yield
    except (NotSound, FileNotFoundError):
        if path.exists():
            raise


def _probe_stored(store: Store, sha256: str) -> Probe:
    """Look into what a hand-in that was cut short had moved already."""
    with store.local(sha256) as path:
        return probe(path)


def _refuse_received(database: Database, upload_id: str, sha256: str) -> None:
    with database.read() as session:
        known = find_recording(session, sha256)
    if known is not None:
        raise UploadRefused(upload_id, "already_received", known.interview_id)
