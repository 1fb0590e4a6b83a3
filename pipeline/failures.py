"""What went wrong, as a short key that the pages word."""

import errno
import sqlite3

from sqlalchemy.exc import OperationalError

from media.errors import DocumentRefused, NotSound, OutOfRoom, ToolFailed, ToolMissing
from pipeline.errors import (
    EngineMissing,
    GaveUp,
    ModelDamaged,
    ModelMissing,
    ModelUnusable,
    VoicesFailed,
    VoiceTooShort,
)

_POSTGRESQL_DISK_FULL = "53100"

_KEYS: tuple[tuple[type[BaseException], str], ...] = (
    (NotSound, "not_sound"),
    (DocumentRefused, "document_refused"),
    (ToolMissing, "tool_missing"),
    (ToolFailed, "tool_failed"),
    (OutOfRoom, "out_of_room"),
    (ModelMissing, "model_missing"),
    (ModelDamaged, "model_damaged"),
    (ModelUnusable, "model_unusable"),
    (EngineMissing, "engine_missing"),
    (VoicesFailed, "voices_failed"),
    (VoiceTooShort, "voice_too_short"),
    (GaveUp, "gave_up"),
    (FileNotFoundError, "original_missing"),
    (MemoryError, "out_of_memory"),
)


def failure_key(error: BaseException) -> str:
    """The key of `Recording.failure` for what was raised; `unknown` is for the log to tell."""
    if is_full_disk(error):
        return "out_of_room"
    return next((key for kind, key in _KEYS if isinstance(error, kind)), "unknown")


def is_full_disk(error: BaseException) -> bool:
    """Whether a file or the database could not grow."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not isinstance(error, OperationalError):
        return False
    cause = error.orig
    sqlite_says = isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode == sqlite3.SQLITE_FULL
    return sqlite_says or getattr(cause, "sqlstate", None) == _POSTGRESQL_DISK_FULL
