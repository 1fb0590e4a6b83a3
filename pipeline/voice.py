"""Where somebody speaks: Silero's voice activity model (it comes with faster-whisper), fed piece by piece."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAME_MS = 32
_FRAME_SAMPLES = 512  # what the model takes at 16 kHz; 32 ms exactly, so that frames and milliseconds never drift
_CONTEXT_SAMPLES = 64  # of the frame before, which the model wants in front
BLOCK_MS = 60_000  # how much sound is in memory at a time; a whole number of frames

Read = Callable[[int, int], NDArray[np.float32]]  # samples of [start_ms, end_ms)


def speech_probabilities(read: Read, duration_ms: int) -> Iterator[NDArray[np.float32]]:
    """How likely speech is in each frame of 32 ms, one block of sound after the other; memory stays the same.

    The numbers are those that the model gives for the whole recording at once: its state goes from block to block.
    """
    from faster_whisper.vad import get_vad_model

    session: Any = get_vad_model().session
    state = np.zeros((1, 1, 128), dtype=np.float32)
    cell = np.zeros((1, 1, 128), dtype=np.float32)
    tail = np.zeros((1, _CONTEXT_SAMPLES), dtype=np.float32)
    for start_ms in range(0, duration_ms, BLOCK_MS):
        samples = read(start_ms, min(start_ms + BLOCK_MS, duration_ms))
        frames = np.pad(samples, (0, -len(samples) % _FRAME_SAMPLES)).reshape(-1, _FRAME_SAMPLES)
        before = np.concatenate([tail, frames[:-1, -_CONTEXT_SAMPLES:]])
        output, state, cell = session.run(
            None, {"input": np.concatenate([before, frames], axis=1), "h": state, "c": cell}
        )
        tail = frames[-1:, -_CONTEXT_SAMPLES:]
        yield np.asarray(output, dtype=np.float32).reshape(-1)
