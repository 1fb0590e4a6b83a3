"""The store of originals: write-once, each file under the SHA-256 of its bytes, so that `verify` can tell."""

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import fsspec

from media.errors import OutOfRoom, StoreUnknown

PIECE_BYTES = 1 << 20
_NAME = re.compile(r"[0-9a-f]{64}")
# Where a file appears whole or not at all, so that it needs no name of its own on the way.
_APPEARS_WHOLE = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az"}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store. `was_new` is False when the same bytes lay there already."""

    sha256: str
    size_bytes: int
    was_new: bool


class Store(Protocol):
    """What both stores can do. Nothing here changes what was stored; `remove` is for `pipeline.erasing` alone."""

    def adopt(self, path: Path) -> Stored:
        """Take over a file that lies whole on this machine; it is gone from `path` afterwards. Raises: OutOfRoom."""

    def put(self, stream: BinaryIO) -> Stored:
        """Store what `stream` holds from where it stands to its end. Raises: OutOfRoom."""

    def open(self, sha256: str) -> BinaryIO:
        """Open for reading and seeking. Raises: FileNotFoundError."""

    def local(self, sha256: str) -> AbstractContextManager[Path]:
        """A path on this machine with these bytes, to read only. Raises: FileNotFoundError."""

    def has(self, sha256: str) -> bool:
        """Whether these bytes are stored."""

    def size_bytes(self, sha256: str) -> int:
        """Raises: FileNotFoundError."""

    def hashes(self) -> Iterator[str]:
        """Everything that is stored, in no order."""

    def verify(self, sha256: str) -> bool:
        """Re-read every byte; False when the file is gone or its bytes are not what they were."""

    def stored_at(self, sha256: str) -> datetime | None:
        """When these bytes were last taken in, also where they lay there already; None when they are not there."""

    def remove(self, sha256: str) -> None:
        """Take these bytes away for good. The caller has seen to it that no row names them. Twice is once."""


def open_store(url: str) -> Store:
    """The store at a folder path or at any address that fsspec knows (`s3://bucket/folder`).

    Raises:
        StoreUnknown: fsspec does not know it, or lacks the library for it.
    """
    if "://" not in url:
        return FolderStore(Path(url))
    return RemoteStore(url)


def place_of(sha256: str) -> str:
    """Where a file lies below the store's root: `ab/cd/<sha256>`."""
    if not _NAME.fullmatch(sha256):
        raise FileNotFoundError(errno.ENOENT, "not a SHA-256", sha256)
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def free_bytes(path: Path) -> int:
    """How much room is left on the disk where `path` lies or will lie."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free


class FolderStore:
    """A store in a folder on this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def adopt(self, path: Path) -> Stored:
        """See `Store.adopt`."""
        sha256, size = _hash_file(path)
        with full_disk_named():
            if path.stat().st_dev != self._made(self._root).stat().st_dev:
                with path.open("rb") as stream:
                    stored = self.put(stream)
                path.unlink()
                return stored
            sync_file(path)
            return self._settle(path, sha256, size)

    def put(self, stream: BinaryIO) -> Stored:
        """See `Store.put`."""
        digest, size = hashlib.sha256(), 0
        with full_disk_named():
            # A leftover after a crash carries this prefix, is no SHA-256, and is never read.
            handle, name = tempfile.mkstemp(prefix=".receiving-", dir=self._made(self._root))
            part = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    while piece := stream.read(PIECE_BYTES):
                        digest.update(piece)
                        file.write(piece)
                        size += len(piece)
                    file.flush()
                    os.fsync(file.fileno())
                return self._settle(part, digest.hexdigest(), size)
            finally:
                part.unlink(missing_ok=True)

    def _settle(self, path: Path, sha256: str, size: int) -> Stored:
        place = self._root / place_of(sha256)
        if self.verify(sha256):
            os.utime(place)  # taken in again: see `stored_at`
            path.unlink()
            return Stored(sha256, size, was_new=False)
        self._made(place.parent)  # new, or the stored bytes have rotted and these mend them
        with suppress(PermissionError):  # disks formatted for Windows, where backups lie, know no such rights
            path.chmod(0o440)
        path.replace(place)
        sync_folder(place.parent)
        return Stored(sha256, size, was_new=True)

    def _made(self, folder: Path) -> Path:
        """Make a folder of the store and the ones above it, so that they survive a power cut."""
        if not folder.exists():
            above = folder.parent
            if folder != self._root:
                self._made(above)
            folder.mkdir(mode=0o700, parents=folder == self._root, exist_ok=True)
            sync_folder(above)
        return folder

    def open(self, sha256: str) -> BinaryIO:
        """See `Store.open`."""
        return (self._root / place_of(sha256)).open("rb")

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """See `Store.local`."""
        place = self._root / place_of(sha256)
        place.stat()
        yield place

    def has(self, sha256: str) -> bool:
        """See `Store.has`."""
        return (self._root / place_of(sha256)).is_file()

    def size_bytes(self, sha256: str) -> int:
        """See `Store.size_bytes`."""
        return (self._root / place_of(sha256)).stat().st_size

    def hashes(self) -> Iterator[str]:
        """See `Store.hashes`."""
        for place in self._root.glob("??/??/*"):
            if _NAME.fullmatch(place.name):
                yield place.name

    def verify(self, sha256: str) -> bool:
        """See `Store.verify`."""
        return self.has(sha256) and sha256_of(self._root / place_of(sha256)) == sha256

    def stored_at(self, sha256: str) -> datetime | None:
        """See `Store.stored_at`."""
        try:
            return datetime.fromtimestamp((self._root / place_of(sha256)).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def remove(self, sha256: str) -> None:
        """See `Store.remove`."""
        place = self._root / place_of(sha256)
        place.unlink(missing_ok=True)
        if place.parent.exists():
            sync_folder(place.parent)


class RemoteStore:
    """A store at an address that fsspec knows. Files pass through this machine's temporary folder."""

    def __init__(self, url: str) -> None:
        self._files: Any
        try:
            self._files, root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise StoreUnknown(url.partition("://")[0]) from error  # the rest may hold a password
        self._root = str(root).rstrip("/")
        protocol = self._files.protocol
        names = {protocol} if isinstance(protocol, str) else set(protocol)
        self._appears_whole = bool(names & _APPEARS_WHOLE)

    def adopt(self, path: Path) -> Stored:
        """See `Store.adopt`."""
        sha256, size = _hash_file(path)
        place = self._place(sha256)
        new = not self.verify(sha256)
        # Written in any case: stored bytes may have rotted, and no address knows another way to say `stored_at`.
        self._files.makedirs(place.rsplit("/", 1)[0], exist_ok=True)
        arriving = place if self._appears_whole else f"{place}.part"
        with full_disk_named():
            self._files.put_file(str(path), arriving)
        if arriving != place:
            self._files.mv(arriving, place)
        if self._files.size(place) != size:
            raise OSError(errno.EIO, "the store kept another number of bytes", place)
        path.unlink()
        return Stored(sha256, size, was_new=new)

    def put(self, stream: BinaryIO) -> Stored:
        """See `Store.put`."""
        with full_disk_named(), tempfile.TemporaryDirectory(prefix="stemme-") as folder:
            path = Path(folder) / "original"
            with path.open("wb") as file:
                shutil.copyfileobj(stream, file, PIECE_BYTES)
            return self.adopt(path)

    def open(self, sha256: str) -> BinaryIO:
        """See `Store.open`."""
        return cast("BinaryIO", self._files.open(self._place(sha256), "rb"))

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """See `Store.local`."""
        with tempfile.TemporaryDirectory(prefix="stemme-") as folder:
            path = Path(folder) / "original"
            with full_disk_named():
                self._files.get_file(self._place(sha256), str(path))
            yield path

    def has(self, sha256: str) -> bool:
        """See `Store.has`."""
        return bool(self._files.exists(self._place(sha256)))

    def size_bytes(self, sha256: str) -> int:
        """See `Store.size_bytes`."""
        return int(self._files.size(self._place(sha256)))

    def hashes(self) -> Iterator[str]:
        """See `Store.hashes`."""
        for path in self._files.find(self._root):
            name = str(path).rsplit("/", 1)[-1]
            if _NAME.fullmatch(name):
                yield name

    def verify(self, sha256: str) -> bool:
        """See `Store.verify`."""
        if not self.has(sha256):
            return False
        with self.open(sha256) as file:
            return _hash(file)[0] == sha256

    def stored_at(self, sha256: str) -> datetime | None:
        """See `Store.stored_at`."""
        try:
            at = cast("datetime", self._files.modified(self._place(sha256)))
        except FileNotFoundError:
            return None
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def remove(self, sha256: str) -> None:
        """See `Store.remove`."""
        if self.has(sha256):
            self._files.rm_file(self._place(sha256))

    def _place(self, sha256: str) -> str:
        return f"{self._root}/{place_of(sha256)}"


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    if os.name == "nt":  # Windows opens no folders; its file system journals names
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make what was written to a file survive a power cut."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, as they are on the disk now."""
    return _hash_file(path)[0]


def _hash_file(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return _hash(file)


def _hash(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


@contextmanager
def full_disk_named() -> Iterator[None]:
    """Names the error of a full disk: OutOfRoom instead of a number."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutOfRoom from error
        raise
