"""The folder that the index lies in: which index is the current one, who may write, and what makes us doubt it.

    index/
      lock        held by whoever writes, whatever kind of process; the system lets go when the holder dies
      current     the name of the index in use; replaced by a rename, so it is the old one or the new one, never half
      doubt       is there when reading the current index went wrong
      whoosh-…/   an index and, in `versions.json`, what it was made with

An index is unpickled when it is opened, so only what this program wrote into its own folder is ever opened.
"""

import json
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whoosh.util.filelock import FileLock

from media.store import sync_file, sync_folder

YOUNGEST_DOUBTED_S = 600
_NAME = re.compile(r"whoosh-[0-9a-f]{12}")


@contextmanager
def writing(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock on the index; gives False when another writer has it and `wait` is False."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(str(folder / "lock"))
    if not lock.acquire(blocking=wait):
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def current(folder: Path) -> Path | None:
    """Where the index in use lies; None when there is none."""
    try:
        name = (folder / "current").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    path = folder / name
    return path if _NAME.fullmatch(name) and path.is_dir() else None


def made_with(index: Path) -> dict[str, str]:
    """What an index was made with; empty when that cannot be read."""
    try:
        read = json.loads((index / "versions.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def new_index(folder: Path) -> Path:
    """A fresh folder for an index that is not in use yet."""
    path = folder / f"whoosh-{uuid.uuid4().hex[:12]}"
    path.mkdir(mode=0o700)
    return path


def put_in_use(folder: Path, index: Path, versions: dict[str, str]) -> None:
    """Make a finished index the current one. Readers of the old one read on."""
    (index / "versions.json").write_text(json.dumps(versions), encoding="utf-8")
    sync(index)
    part = folder / "current.part"
    part.write_text(index.name, encoding="ascii")
    sync_file(part)
    part.replace(folder / "current")
    sync_folder(folder)
    (folder / "doubt").unlink(missing_ok=True)


def clear_others(folder: Path) -> None:
    """Clear away every index but the one in use: old ones, and what a writer that died was building.

    Only for whoever holds the lock: nobody else is building then.
    """
    in_use = current(folder)
    for other in folder.iterdir():
        if _NAME.fullmatch(other.name) and other != in_use:
            shutil.rmtree(other, ignore_errors=True)


def sync(index: Path) -> None:
    """Bring every file of an index to the disk: Whoosh itself never does."""
    for path in index.iterdir():
        if path.is_file():
            sync_file(path)
    sync_folder(index)


def doubt(folder: Path) -> None:
    """Say that the current index cannot be read; the next writer builds a new one.

    An index that was made a moment ago is not doubted, so that a fault of ours cannot build without end.
    """
    try:
        age_s = time.time() - (folder / "current").stat().st_mtime
    except OSError:
        return  # there is none, and the next writer builds one anyway
    if age_s > YOUNGEST_DOUBTED_S:
        (folder / "doubt").touch()


def condemn(folder: Path) -> None:
    """Have the next writer build a new index, whatever the age of the current one: somebody has looked into it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "doubt").touch()


def is_doubted(folder: Path) -> bool:
    """Whether reading the current index went wrong."""
    return (folder / "doubt").exists()
