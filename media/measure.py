"""What is measured in speech files: the waveform that a page draws, and the samples of one window."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from media.convert import SPEECH_HZ, Piece
from media.run import private_folder
from media.store import full_disk_named, sync_folder

PEAKS = 1200  # one for each pixel of a wide page
HEADER_BYTES = 44  # of the WAV files that `decode_speech` writes
SAMPLES_PER_MS = SPEECH_HZ // 1000
READ_SAMPLES = 60 * SPEECH_HZ


def write_peaks(speech_files: Sequence[Piece], target: Path) -> None:
    """Write `{"duration_ms": n, "peaks": [0..100, …]}`: the loudest sample of each of 1200 equal stretches.

    Raises:
        OutOfRoom: nothing lies at `target` then.
    """
    duration_ms = max((piece.offset_ms + piece.duration_ms for piece in speech_files), default=0)
    peaks = np.zeros(PEAKS, np.int64)
    for piece in speech_files:
        for at_ms, samples in _minutes(piece):
            loudest_of_ms = _loudest_of_each_ms(samples)
            stretches = (at_ms + np.arange(len(loudest_of_ms))) * PEAKS // duration_ms
            np.maximum.at(peaks, np.minimum(stretches, PEAKS - 1), loudest_of_ms)
    document = {"duration_ms": duration_ms, "peaks": [int(peak) for peak in np.round(peaks * 100 / 32_768)]}
    with full_disk_named(), private_folder(target.parent) as folder:
        part = folder / "peaks.json"
        with part.open("w", encoding="utf-8") as file:
            json.dump(document, file, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        sync_folder(target.parent)


def read_samples(speech_file: Path, start_ms: int, end_ms: int) -> NDArray[np.float32]:
    """The samples of [start_ms, end_ms) as the engines want them, -1 to 1; fewer where the file ends before."""
    with speech_file.open("rb") as file:
        file.seek(HEADER_BYTES + start_ms * SAMPLES_PER_MS * 2)
        return _read(file, (end_ms - start_ms) * SAMPLES_PER_MS).astype(np.float32) / np.float32(32_768)


def speech_duration_ms(speech_file: Path) -> int:
    """How long a speech file is."""
    return (speech_file.stat().st_size - HEADER_BYTES) // (SAMPLES_PER_MS * 2)


def _loudest_of_each_ms(samples: NDArray[np.int16]) -> NDArray[np.int32]:
    whole = len(samples) // SAMPLES_PER_MS * SAMPLES_PER_MS
    by_ms = samples[:whole].reshape(-1, SAMPLES_PER_MS)
    loudest: NDArray[np.int32] = np.maximum(by_ms.max(axis=1).astype(np.int32), -by_ms.min(axis=1).astype(np.int32))
    return loudest


def _minutes(piece: Piece) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """A speech file a minute at a time, with where each lies on the interview's time line."""
    with piece.path.open("rb") as file:
        file.seek(HEADER_BYTES)
        at_ms = piece.offset_ms
        while len(samples := _read(file, READ_SAMPLES)):
            yield at_ms, samples
            at_ms += len(samples) // SAMPLES_PER_MS


def _read(file: BinaryIO, count: int) -> NDArray[np.int16]:
    content = file.read(count * 2)
    return np.frombuffer(content[: len(content) // 2 * 2], np.int16)
