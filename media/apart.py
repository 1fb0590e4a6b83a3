"""How loud each of two channels is from moment to moment: a recorder with two microphones tells who speaks."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media.sound import open_sound

FRAME_MS = 20
FLOOR_DB = 96  # below the loudest there is: what 16 bits can tell
_RATE_HZ = 8_000  # speech has its strength below 4 kHz
_FRAME_SAMPLES = FRAME_MS * _RATE_HZ // 1000

Levels = NDArray[np.uint8]  # (frames, 2), in dB above FLOOR_DB below full scale


def channel_levels(source: Path, *, work: Path, duration_ms: int) -> Levels:
    """The level of both channels in every 20 ms; 1.4 MB for four hours. The source has two channels.

    Raises:
        ToolMissing, ToolFailed, OutOfRoom
    """
    both = [_levels(source, channel, work, duration_ms) for channel in (0, 1)]
    frames = min(len(each) for each in both)
    return np.stack([each[:frames] for each in both], axis=1)


def _levels(source: Path, channel: int, work: Path, duration_ms: int) -> NDArray[np.uint8]:
    levels: list[NDArray[np.uint8]] = []
    rest = b""
    with open_sound(source, _RATE_HZ, work=work, duration_ms=duration_ms, channel=channel) as sound:
        for piece in sound.until(duration_ms):
            rest += piece
            whole = len(rest) // (_FRAME_SAMPLES * 2) * _FRAME_SAMPLES * 2
            if whole:
                levels.append(_of_frames(rest[:whole]))
                rest = rest[whole:]
    return np.concatenate(levels) if levels else np.zeros(0, np.uint8)


def _of_frames(content: bytes) -> NDArray[np.uint8]:
    frames = np.frombuffer(content, np.int16).reshape(-1, _FRAME_SAMPLES).astype(np.float64) / 32_768
    power = np.maximum((frames**2).mean(axis=1), 10 ** (-FLOOR_DB / 10))
    levels: NDArray[np.uint8] = np.clip(np.round(10 * np.log10(power) + FLOOR_DB), 0, 255).astype(np.uint8)
    return levels
