"""Sound as the voice network wants it: Kaldi's 80 log mel energies, every 10 ms. Plain numpy."""

import numpy as np
from numpy.typing import NDArray

HZ = 16_000
STEP_SAMPLES = 160
_FRAME_SAMPLES = 400  # 25 ms
_FFT = 512
_BANDS = 80
_LOWEST_HZ = 20.0
_PRE_EMPHASIS = 0.97
_EPSILON = np.float32(np.finfo(np.float32).eps)


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, 80) of the samples, as Kaldi's `compute-fbank-feats` without dither; (0, 80) under 25 ms."""
    count = max(0, 1 + (len(samples) - _FRAME_SAMPLES) // STEP_SAMPLES)
    if not count:
        return np.zeros((0, _BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME_SAMPLES)[::STEP_SAMPLES][:count]
    level = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([level[:, :1], level[:, :-1]], axis=1)
    spectrum = np.fft.rfft((level - _PRE_EMPHASIS * before) * _WINDOW, _FFT)[:, : _FFT // 2]
    energy = (np.abs(spectrum) ** 2).astype(np.float32) @ _MEL.T
    mel: NDArray[np.float32] = np.log(np.maximum(energy, _EPSILON))
    return mel


def _mel(hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(np.asarray(hz) / 700.0))


def _triangles() -> NDArray[np.float32]:
    edges = np.linspace(_mel(_LOWEST_HZ), _mel(HZ / 2), _BANDS + 2)
    bins = _mel(np.arange(_FFT // 2) * HZ / _FFT)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


_MEL = _triangles()
_WINDOW = (np.hanning(_FRAME_SAMPLES) ** 0.85).astype(np.float32)  # Povey's
