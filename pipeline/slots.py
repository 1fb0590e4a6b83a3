"""A worker's slot: the name under which the engine of jobs knows it.

A restarted worker takes the dead one's slot and goes on with its jobs at once; two that live never share one, since
the lock belongs to the process and goes with it, also after `kill -9`.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from archive.jobs import SILENT_AFTER, WorkerSlot
from archive.settings import Settings

# More workers than this on one machine are a mistake in somebody's script.
MOST_WORKERS = 64


@contextmanager
def held_slot(settings: Settings) -> Iterator[str]:
    """The first slot that no living worker of this machine holds."""
    for number in range(MOST_WORKERS):
        name = _name(settings, number)
        try:
            with FileLock(_lock_path(settings, name), timeout=0):
                yield name
                return
        except Timeout:
            continue
    raise RuntimeError("too many workers")


def say_alive(session: Session, name: str, *, started_at: datetime, now: datetime) -> None:
    """Write down that the worker of this slot lives."""
    slot = session.get(WorkerSlot, name)
    if slot is None:
        session.add(WorkerSlot(name=name, started_at=started_at, seen_at=now))
    else:
        slot.started_at, slot.seen_at = started_at, now


def is_dead(session: Session, settings: Settings, name: str, *, now: datetime) -> bool:
    """Whether nobody works under this name: its lock is free here, or it was silent too long elsewhere."""
    lock = _lock_path(settings, name)
    if lock.exists():
        try:
            with FileLock(lock, timeout=0):
                return True
        except Timeout:
            return False
    slot = session.get(WorkerSlot, name)
    return slot is None or slot.seen_at <= now - SILENT_AFTER


def _name(settings: Settings, number: int) -> str:
    if make_url(settings.jobs_url).get_backend_name() == "sqlite":
        return f"worker-{number}"
    return f"{socket.gethostname()[:30]}-{number}"  # machines that share a database have locks of their own


def _lock_path(settings: Settings, name: str) -> Path:
    folder = settings.data / "locks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{name}.lock"
