"""Whether a recorder gave each speaker a channel of its own, and who speaks when in that case. Pure.

Two microphones in one room also hear the other speaker, 10 dB and more below their own when each is worn or stands in
front of its speaker; an ordinary stereo pair differs by a few dB whoever speaks.
"""

import numpy as np
from numpy.typing import NDArray

from media.apart import FRAME_MS, Levels

APART_DB = 6  # one channel is this much louder: its speaker speaks
APART_SHARE = 0.7  # of what is said; talking at the same time makes the channels equal
LEAST_SHARE = 0.03  # of what is said, by either: the one who asks may say little
LEAST_MS = 3_000  # and so much in all
SPEECH_BELOW_DB = 30  # under the loudest parts; quieter is the room
DEAD_BELOW_DB = 40  # a channel whose loudest parts lie so far under the other's has no microphone
SMOOTH_FRAMES = 15  # 300 ms: about a syllable and the pause after it
LEAST_TURN_MS = 200

Turns = list[tuple[int, int, int]]  # (start_ms, end_ms, channel)


def turns_by_channel(levels: Levels) -> Turns | None:
    """Who speaks when by the louder channel; None when the channels do not part the speakers."""
    if len(levels) < SMOOTH_FRAMES:
        return None
    smooth = _smoothed(levels)
    loud = np.percentile(smooth, 95, axis=0)
    if abs(loud[0] - loud[1]) > DEAD_BELOW_DB or loud.min() <= SPEECH_BELOW_DB:
        return None
    speaking = (smooth - loud).max(axis=1) > -SPEECH_BELOW_DB
    # A microphone that is set louder than the other is no nearer: what counts is who is loud for that microphone.
    difference = (smooth[:, 0] - loud[0]) - (smooth[:, 1] - loud[1])
    sides = [speaking & (difference >= APART_DB), speaking & (difference <= -APART_DB)]
    total, shares = speaking.sum(), [side.sum() for side in sides]
    if not total or sum(shares) < APART_SHARE * total or min(shares) < max(LEAST_SHARE * total, LEAST_MS / FRAME_MS):
        return None
    return sorted(turn for channel, side in enumerate(sides) for turn in _spans(side, channel))


def _smoothed(levels: Levels) -> NDArray[np.float64]:
    """The mean level around each frame, in dB, of both channels."""
    kernel = np.ones(SMOOTH_FRAMES) / SMOOTH_FRAMES
    return np.stack([np.convolve(levels[:, channel], kernel, mode="same") for channel in (0, 1)], axis=1)


def _spans(side: NDArray[np.bool_], channel: int) -> Turns:
    edges = np.flatnonzero(np.diff(np.pad(side.astype(np.int8), 1))) * FRAME_MS
    return [(start, end, channel) for start, end in edges.reshape(-1, 2).tolist() if end - start >= LEAST_TURN_MS]
