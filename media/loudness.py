"""How loud a speech file is, how much of it is clipped, and how much louder an engine should hear it.

Loudness as ITU-R BS.1770 and EBU R 128 define it, counted in one pass with a minute of sound in memory. Only what the
machine hears is made louder: the original and the access copy stay as they are.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from media.convert import SPEECH_HZ
from media.measure import HEADER_BYTES

# Speech that was recorded well lies between -30 and -16 LUFS: it is left alone, so that nothing changes without need.
QUIET_LUFS = -30.0
TARGET_LUFS = -23.0  # EBU R 128
MOST_GAIN_DB = 55.0  # more would only lift the noise of the recorder
# The loudest tenth of a second in a hundred may touch this; a knock on the table does not keep a voice quiet.
PEAK_DBFS = -1.0
PEAK_SHARE = 0.99
# A sample this near to full scale is taken for clipped: what was cut off at 44.1 kHz wavers a little at 16 kHz.
CLIPPED_AT = 32_300
SILENCE_DBFS = -120.0  # what stands for "nothing at all", since JSON has no infinity

_STEP = SPEECH_HZ // 10  # 100 ms; a block of 400 ms is four of them
_BLOCK_STEPS = 4
_ABSOLUTE_GATE_LUFS = -85.0  # the standard has -70, for programmes; a telephone in a pocket hears speech below that
_RELATIVE_GATE_LU = -10.0
_READ_SAMPLES = 60 * SPEECH_HZ


@dataclass(frozen=True, slots=True)
class Loudness:
    """What is kept of a speech file's sound; see `Recording.sound`."""

    loudness_lufs: float | None  # integrated; None: nothing louder than -85 LUFS
    peak_dbfs: float
    clipped_share: float  # of all samples, 0 to 1
    gain_db: float  # for the engine and the voice activity only; 0: loud enough

    def as_json(self) -> dict[str, Any]:
        """As `Recording.sound` keeps it."""
        return asdict(self)


def measure_sound(speech_file: Path) -> Loudness:
    """Measure a file that `decode_speech` made."""
    powers, peaks, clipped, count = [np.zeros(0)], [np.zeros(0)], 0, 0
    for samples in _pieces(speech_file):
        size = np.abs(samples.astype(np.int32))
        clipped += int(np.count_nonzero(size >= CLIPPED_AT))
        count += len(samples)
        whole = len(samples) // _STEP * _STEP
        peaks.append(size[:whole].reshape(-1, _STEP).max(axis=1) / 32_768)
        powers.append(_weighted_power(samples[:whole].reshape(-1, _STEP) / 32_768))
        peaks.append(size[whole:].max(keepdims=True) / 32_768 if whole < len(size) else np.zeros(0))
    steps, loudest = np.concatenate(powers), np.concatenate(peaks)
    loudness = _integrated(steps)
    often = float(np.quantile(loudest, PEAK_SHARE)) if len(loudest) else 0.0
    return Loudness(
        loudness_lufs=None if loudness is None else round(loudness, 1),
        peak_dbfs=_decibels(float(loudest.max(initial=0.0))),
        clipped_share=round(clipped / count, 6) if count else 0.0,
        gain_db=_gain_db(loudness, _decibels(often)),
    )


def _gain_db(loudness: float | None, often_dbfs: float) -> float:
    if loudness is None or loudness >= QUIET_LUFS:
        return 0.0
    return round(max(0.0, min(TARGET_LUFS - loudness, PEAK_DBFS - often_dbfs, MOST_GAIN_DB)), 1)


def _pieces(speech_file: Path) -> Iterator[NDArray[np.int16]]:
    with speech_file.open("rb") as file:
        file.seek(HEADER_BYTES)
        while content := file.read(_READ_SAMPLES * 2):
            yield np.frombuffer(content[: len(content) // 2 * 2], np.int16)


def _weighted_power(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean square of each row after BS.1770's K-weighting, counted from its spectrum."""
    spectrum = np.fft.rfft(steps.astype(np.float32), axis=1)
    power = np.square(np.abs(spectrum)) * _K_WEIGHTS
    power[:, 1:-1] *= 2  # the other half of the spectrum
    summed: NDArray[np.float64] = power.sum(axis=1, dtype=np.float64) / _STEP**2
    return summed


def _k_weights() -> NDArray[np.float32]:
    """|H(f)|² of the two filters of BS.1770-4, annex 1, tables 1 and 2 (coefficients for 48 kHz)."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(_STEP, 1 / SPEECH_HZ) / 48_000)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    weights: NDArray[np.float32] = np.square(np.abs(shelf * high_pass)).astype(np.float32)
    return weights


_K_WEIGHTS = _k_weights()


def _integrated(steps: NDArray[np.float64]) -> float | None:
    """The loudness of all blocks of 400 ms that are not silence and not far below the others; None: all are silence."""
    if len(steps) < _BLOCK_STEPS:
        return None
    blocks = np.convolve(steps, np.full(_BLOCK_STEPS, 1 / _BLOCK_STEPS), mode="valid")
    heard = blocks[_lufs(blocks) > _ABSOLUTE_GATE_LUFS]
    if not len(heard):
        return None
    loud = heard[_lufs(heard) > _lufs(heard.mean()) + _RELATIVE_GATE_LU]
    return float(_lufs(loud.mean()))


def _lufs(power: Any) -> Any:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-12))


def _decibels(share: float) -> float:
    return round(max(20 * float(np.log10(share)), SILENCE_DBFS), 1) if share > 0 else SILENCE_DBFS
