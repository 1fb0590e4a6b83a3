"""What went wrong, as a short key that the pages word."""

import errno

from media.errors import NotSound, OutOfRoom, ToolFailed, ToolMissing
from pipeline.errors import EngineMissing, GaveUp, ModelDamaged, ModelMissing, ModelUnusable

_KEYS: tuple[tuple[type[BaseException], str], ...] = (
    (NotSound, "not_sound"),
    (ToolMissing, "tool_missing"),
    (ToolFailed, "tool_failed"),
    (OutOfRoom, "out_of_room"),
    (ModelMissing, "model_missing"),
    (ModelDamaged, "model_damaged"),
    (ModelUnusable, "model_unusable"),
    (EngineMissing, "engine_missing"),
    (GaveUp, "gave_up"),
    (FileNotFoundError, "original_missing"),
    (MemoryError, "out_of_memory"),
)


def failure_key(error: BaseException) -> str:
    """The key of `Recording.failure` for what was raised; `unknown` is for the log to tell."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "out_of_room"
    return next((key for kind, key in _KEYS if isinstance(error, kind)), "unknown")
