"""Speech files → turns: windows of ten seconds, who speaks in each, and which of them are one voice.

Sound is read a window at a time, so memory hardly grows with the recording (what is kept: three bits for each frame
and 192 numbers for each speaker of a window; 20 MB for four hours).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media.measure import read_samples, speech_duration_ms
from pipeline.diarization.clusters import Heard, voices_of
from pipeline.diarization.features import HZ, STEP_SAMPLES, log_mel
from pipeline.diarization.networks import FRAME_SAMPLES, LOCAL_SPEAKERS, WINDOW_FRAMES, WINDOW_SAMPLES, Networks

STEP_MS = 5_000  # every moment is heard in two windows
LEAST_ALONE_MS = 300  # less than this of a voice cannot be recognised: it is taken for the one it is nearest to in time
MOST_FEATURES = 400  # 4 s of a speaker in a window are enough to know it by; more only takes time
LEAST_TURN_MS = 120  # a shorter sound is a click or a breath
LEAST_PAUSE_MS = 200  # a shorter silence is inside what is said

_FRAME_MS = FRAME_SAMPLES * 1000 / HZ
_WINDOW_MS = WINDOW_SAMPLES * 1000 // HZ


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A stretch of one recording in which one voice speaks; turns of two voices may overlap."""

    start_ms: int
    end_ms: int
    voice: int  # from 0, by first appearance over all recordings


@dataclass(slots=True)
class _Part:
    """One recording while it is heard: for each window who speaks when, and how each of them sounds."""

    duration_ms: int
    activity: list[NDArray[np.bool_]] = field(default_factory=list)  # (589, 3) each
    speakers: list[tuple[int, int]] = field(default_factory=list)  # (window, local speaker), as `heard`
    heard: list[Heard] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """Who speaks when in each recording, and how each voice sounds (192 numbers of unit length)."""

    turns: list[list[Turn]]
    voices: NDArray[np.float32]


def tell_apart(files: Sequence[Path], networks: Networks, count: int, *, exact: bool) -> Told:
    """The turns of all recordings of one interview, voices numbered by first appearance in their order."""
    parts = []
    windows = 0
    for path in files:
        part = _listen(path, networks, windows)
        windows += len(part.activity)
        parts.append(part)
    heard = [each for part in parts for each in part.heard]
    labels, voices = voices_of(heard, count, exact=exact)
    turns, at = [], 0
    for part in parts:
        turns.append(_turns(part, labels[at : at + len(part.heard)], len(voices)))
        at += len(part.heard)
    return _numbered(turns, voices)


def sound_of(path: Path, spans: Sequence[tuple[int, int]], networks: Networks) -> NDArray[np.float32] | None:
    """How the one who speaks in these stretches sounds; None when they are too short to say."""
    heard: list[NDArray[np.float32]] = []
    for start_ms, end_ms in spans:
        features = log_mel(read_samples(path, start_ms, min(end_ms, start_ms + _WINDOW_MS)))
        if len(features) * STEP_SAMPLES * 1000 // HZ >= LEAST_ALONE_MS:
            heard.append(networks.voice(features) * np.float32(len(features)))
    if not heard:
        return None
    total = np.sum(heard, axis=0)
    unit: NDArray[np.float32] = (total / max(float(np.linalg.norm(total)), 1e-9)).astype(np.float32)
    return unit


def _listen(path: Path, networks: Networks, first_window: int) -> _Part:
    part = _Part(speech_duration_ms(path))
    for number, samples in enumerate(_windows(path, part.duration_ms)):
        active = networks.who(samples)
        part.activity.append(active)
        features = log_mel(samples)
        for speaker in range(LOCAL_SPEAKERS):
            alone = active[:, speaker] & (active.sum(axis=1) == 1)
            alone_ms = round(int(alone.sum()) * _FRAME_MS)
            if alone_ms >= LEAST_ALONE_MS:
                part.speakers.append((number, speaker))
                embedding = networks.voice(_features_of(features, alone))
                part.heard.append(Heard(first_window + number, embedding, alone_ms))
    return part


def _windows(path: Path, duration_ms: int) -> Iterator[NDArray[np.float32]]:
    for start_ms in range(0, max(duration_ms - _WINDOW_MS + STEP_MS, 1), STEP_MS):
        samples = read_samples(path, start_ms, start_ms + _WINDOW_MS)
        yield np.pad(samples, (0, WINDOW_SAMPLES - len(samples)))


def _features_of(features: NDArray[np.float32], alone: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The features of those frames of the segmentation, the middle of them when they are more than enough."""
    frames = np.minimum(np.arange(len(features)) * STEP_SAMPLES // FRAME_SAMPLES, len(alone) - 1)
    mine = features[alone[frames]]
    spare = max(0, len(mine) - MOST_FEATURES) // 2
    return mine[spare : spare + MOST_FEATURES]


def _turns(part: _Part, labels: Sequence[int], voices: int) -> list[Turn]:
    """Frames of all windows on one line: how many speak by the windows' own word, who by the voices found in them."""
    if not voices:
        return []
    frames = round(part.duration_ms / _FRAME_MS) + WINDOW_FRAMES
    score = np.zeros((frames, voices), np.int8)
    speaking = np.zeros(frames, np.int8)
    windows = np.zeros(frames, np.int8)
    for number, active in enumerate(part.activity):
        at = round(number * STEP_MS / _FRAME_MS)
        speaking[at : at + WINDOW_FRAMES] += active.sum(axis=1).astype(np.int8)
        windows[at : at + WINDOW_FRAMES] += 1
    for (number, speaker), voice in zip(part.speakers, labels, strict=True):
        at = round(number * STEP_MS / _FRAME_MS)
        score[at : at + WINDOW_FRAMES, voice] += part.activity[number][:, speaker]
    together = np.minimum((speaking + windows // 2) // np.maximum(windows, 1), voices)
    return _spans(score, together, part.duration_ms)


def _spans(score: NDArray[np.int8], together: NDArray[np.int8], duration_ms: int) -> list[Turn]:
    ranks = np.argsort(np.argsort(-score, axis=1, kind="stable"), axis=1, kind="stable")
    said = (ranks < together[:, None]) & (score > 0)
    turns = []
    for voice in range(score.shape[1]):
        edges = np.flatnonzero(np.diff(np.pad(said[:, voice].astype(np.int8), 1)))
        spans = [(round(start * _FRAME_MS), round(end * _FRAME_MS)) for start, end in edges.reshape(-1, 2).tolist()]
        for start_ms, end_ms in _closed(spans):
            if end_ms - start_ms >= LEAST_TURN_MS and start_ms < duration_ms:
                turns.append(Turn(start_ms, min(end_ms, duration_ms), voice))
    return sorted(turns)


def _closed(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans with their short pauses filled."""
    closed: list[tuple[int, int]] = []
    for start_ms, end_ms in spans:
        if closed and start_ms - closed[-1][1] < LEAST_PAUSE_MS:
            closed[-1] = (closed[-1][0], end_ms)
        else:
            closed.append((start_ms, end_ms))
    return closed


def _numbered(turns: list[list[Turn]], voices: NDArray[np.float32]) -> Told:
    order = list(dict.fromkeys(turn.voice for part in turns for turn in part))
    number = {voice: at for at, voice in enumerate(order)}
    told = [[Turn(turn.start_ms, turn.end_ms, number[turn.voice]) for turn in part] for part in turns]
    return Told(told, voices[order] if order else voices[:0])
