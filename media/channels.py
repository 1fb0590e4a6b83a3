"""How two channels become one without the voice being lost.

A cable or a microphone that is wired the wrong way round gives two channels that are each other's mirror: each sounds
right, and their sum is silence. Such a recording is heard from one channel.
"""

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from media.errors import ToolFailed
from media.run import ffmpeg_arguments, input_file, run

# Mirrored channels that carry nothing else have -1; two microphones in a room lie between 0 and 1.
AGAINST = -0.5
# The wiring is the same all through, so a listen here and there is enough.
EXCERPTS = 8
EXCERPT_MS = 4_000
_RATE_HZ = 8_000
_EXCERPT_SECONDS = 60  # what one listen may take


def one_channel(folder: Path, header: dict[str, Any], duration_ms: int) -> int | None:
    """The channel (0 or 1) of `original` in a private folder that is to be heard alone; None: all of them together.

    `header` is what `read_header` said of it.

    Raises:
        ToolMissing
    """
    sound = [stream for stream in header.get("streams", []) if stream.get("codec_type") == "audio"]
    if not sound or sound[0].get("channels") != 2:
        return None
    sums = np.zeros(3)  # left², right², left times right
    for number in range(EXCERPTS):
        start_ms = max(0, duration_ms * (2 * number + 1) // (2 * EXCERPTS) - EXCERPT_MS // 2)
        with suppress(ToolFailed):  # damage at this place; the others tell
            left, right = _excerpt(folder, start_ms)
            sums += (left @ left, right @ right, left @ right)
    left_power, right_power, together = sums
    if left_power == 0 or right_power == 0 or together / np.sqrt(left_power * right_power) > AGAINST:
        return None
    return int(right_power > left_power)


def pick(stream: Any, channel: int) -> Any:
    """ffmpeg-python's node for one channel of a stream."""
    return stream.filter("channelmap", map=str(channel), channel_layout="mono")


def _excerpt(folder: Path, start_ms: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    source = input_file(folder / "original", ss=start_ms / 1000)
    output = source["a:0"].output(
        "pipe:1", format="s16le", ac=2, ar=_RATE_HZ, t=EXCERPT_MS / 1000, vn=None, sn=None, dn=None
    )
    content = run("ffmpeg", ffmpeg_arguments(output), folder=folder, seconds=_EXCERPT_SECONDS)
    both = np.frombuffer(content[: len(content) // 4 * 4], np.int16).reshape(-1, 2).astype(np.float64) / 32_768
    return both[:, 0], both[:, 1]
