"""Speech files → turns: windows of ten seconds, who speaks in each, and which of them are one voice.

Every moment is heard in the middle half of one window, with seconds of sound around it. Sound is read a window at a
time, so memory hardly grows with the recording: what is kept is 192 numbers and a stretch for each piece of speech, 15
MB for four hours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media.measure import read_samples, speech_duration_ms
from pipeline.diarization.clusters import Heard, voices_of
from pipeline.diarization.features import HZ, STEP_SAMPLES, log_mel
from pipeline.diarization.networks import FRAME_SAMPLES, LOCAL_SPEAKERS, WINDOW_FRAMES, WINDOW_SAMPLES, Networks

STEP_MS = 5_000  # each window's middle half is as long
LONGEST_PIECE_MS = 2_500  # long enough to know a voice by; a change that the first network missed costs no more
LEAST_PIECE_MS = 500  # of a voice alone; less cannot be recognised, and goes with what the same speaker says nearby
ROUND_FEATURES = 10
LEAST_TURN_MS = 120  # a shorter sound is a click or a breath
LEAST_PAUSE_MS = 200  # a shorter silence is inside what is said

_FRAME_MS = FRAME_SAMPLES * 1000 / HZ
_WINDOW_MS = WINDOW_SAMPLES * 1000 // HZ
_FEWEST_FRAMES = round(300 / _FRAME_MS)
_MARGIN_MS = (_WINDOW_MS - STEP_MS) // 2

Span = tuple[int, int]  # (start, end) in frames of a window, half-open


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A stretch of one recording in which one voice speaks; turns of two voices may overlap."""

    start_ms: int
    end_ms: int
    voice: int  # from 0, by first appearance over all recordings


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Something that a local speaker of a window says in its middle half, and the piece whose voice it is."""

    start_ms: int
    end_ms: int
    piece: int  # number among all pieces


@dataclass(frozen=True, slots=True)
class Told:
    """Who speaks when in each recording, and how each voice sounds (192 numbers of unit length)."""

    turns: list[list[Turn]]
    voices: NDArray[np.float32]


def tell_apart(files: Sequence[Path], networks: Networks, count: int, *, exact: bool) -> Told:
    """The turns of all recordings of one interview, voices numbered by first appearance in their order."""
    pieces: list[Heard] = []
    parts = [_listen(path, networks, pieces) for path in files]
    labels, voices = voices_of(pieces, count, exact=exact)
    return _numbered([_turns(part, labels) for part in parts], voices)


def sound_of(path: Path, spans: Sequence[tuple[int, int]], networks: Networks) -> NDArray[np.float32] | None:
    """How the one who speaks in these stretches sounds; None when they are too short to say."""
    heard: list[NDArray[np.float32]] = []
    for start_ms, end_ms in spans:
        for at_ms in range(start_ms, end_ms, LONGEST_PIECE_MS):
            features = log_mel(read_samples(path, at_ms, min(end_ms, at_ms + LONGEST_PIECE_MS)))
            if len(features) * STEP_SAMPLES * 1000 // HZ >= LEAST_PIECE_MS:
                heard.append(networks.voice(features) * np.float32(len(features)))
    if not heard:
        return None
    total = np.sum(heard, axis=0)
    unit: NDArray[np.float32] = (total / max(float(np.linalg.norm(total)), 1e-9)).astype(np.float32)
    return unit


def _listen(path: Path, networks: Networks, pieces: list[Heard]) -> list[_Stretch]:
    """What is said in one recording; the pieces that voices are known by are added to those of the others."""
    duration_ms = speech_duration_ms(path)
    stretches: list[_Stretch] = []
    for start_ms, samples in _windows(path, duration_ms):
        active = networks.who(samples)
        alone = active & (active.sum(axis=1) == 1)[:, None]
        if not alone.any():
            continue
        features = log_mel(samples)
        for speaker in range(LOCAL_SPEAKERS):
            spans = _pieces(alone[:, speaker])
            group = pieces[-1].speaker + 1 if pieces else 0
            first = len(pieces)
            for start, end in spans:
                embedding = networks.voice(_features(features, start, end))
                pieces.append(Heard(group, embedding, round((end - start) * _FRAME_MS)))
            if spans:
                for said, piece in _owned(active[:, speaker], spans):
                    begin_ms, end_ms = (round(start_ms + frame * _FRAME_MS) for frame in said)
                    begin_ms, end_ms = max(begin_ms, 0), min(end_ms, duration_ms)  # windows reach beyond the file
                    if begin_ms < end_ms:
                        stretches.append(_Stretch(begin_ms, end_ms, first + piece))
    return stretches


def _windows(path: Path, duration_ms: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Windows whose middle halves follow each other from 0; what lies outside the file is silence."""
    for middle_ms in range(0, duration_ms, STEP_MS):
        start_ms = middle_ms - _MARGIN_MS
        samples = read_samples(path, max(start_ms, 0), start_ms + _WINDOW_MS)
        before = (max(start_ms, 0) - start_ms) * HZ // 1000
        yield start_ms, np.pad(samples, (before, WINDOW_SAMPLES - before - len(samples)))


_MIDDLE = (round(_MARGIN_MS / _FRAME_MS), round((_MARGIN_MS + STEP_MS) / _FRAME_MS))


def _pieces(alone: NDArray[np.bool_]) -> list[Span]:
    """Where to know a local speaker by: what it says alone in the middle half, else the longest it says at all."""
    least, longest = LEAST_PIECE_MS / _FRAME_MS, LONGEST_PIECE_MS / _FRAME_MS
    spans = _closed(_spans(alone))
    middle = [(max(start, _MIDDLE[0]), min(end, _MIDDLE[1])) for start, end in spans]
    long_enough = [(start, end) for start, end in middle if end - start >= least]
    if not long_enough:
        return [_widened(max(spans, key=lambda span: span[1] - span[0]))] if spans else []
    cut: list[Span] = []
    for start, end in long_enough:
        edges = np.linspace(start, end, max(1, round((end - start) / longest)) + 1).round().astype(int).tolist()
        cut += list(pairwise(edges))
    return cut


def _widened(span: Span) -> Span:
    """A span that is long enough for the voice network, with what is around it where it must."""
    more = max(0, _FEWEST_FRAMES - (span[1] - span[0]))
    start = min(max(span[0] - more // 2, 0), WINDOW_FRAMES - _FEWEST_FRAMES)
    return start, max(span[1], start + _FEWEST_FRAMES)


def _owned(active: NDArray[np.bool_], pieces: Sequence[Span]) -> list[tuple[Span, int]]:
    """What a local speaker says in the middle half, each frame with the piece it lies in or nearest to."""
    middles = np.array([(start + end) / 2 for start, end in pieces])
    owned: list[tuple[Span, int]] = []
    for start, end in _closed(_spans(active)):
        begin, stop = max(start, _MIDDLE[0]), min(end, _MIDDLE[1])
        if stop <= begin:
            continue
        nearest = np.abs(np.arange(begin, stop)[:, None] + 0.5 - middles).argmin(axis=1)
        edges = [0, *(np.flatnonzero(np.diff(nearest)) + 1).tolist(), stop - begin]
        owned += [((begin + a, begin + b), int(nearest[a])) for a, b in pairwise(edges)]
    return owned


def _features(features: NDArray[np.float32], start: int, end: int) -> NDArray[np.float32]:
    """The voice network's features of frames of the first network, a whole number of tenths of a second.

    The library under torch keeps what it prepared for each length that it met; of a few lengths that is little.
    """
    first, last = start * FRAME_SAMPLES // STEP_SAMPLES, min(end * FRAME_SAMPLES // STEP_SAMPLES, len(features))
    spare = (last - first) % ROUND_FEATURES
    return features[first + spare // 2 : last - (spare - spare // 2)]


def _spans(said: NDArray[np.bool_]) -> list[Span]:
    edges = np.flatnonzero(np.diff(np.pad(said.astype(np.int8), 1))).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _closed(spans: Sequence[Span]) -> list[Span]:
    """The spans of frames with their short pauses filled."""
    closed: list[Span] = []
    for start, end in spans:
        if closed and (start - closed[-1][1]) * _FRAME_MS < LEAST_PAUSE_MS:
            closed[-1] = (closed[-1][0], end)
        else:
            closed.append((start, end))
    return closed


def _turns(stretches: Sequence[_Stretch], labels: Sequence[int]) -> list[Turn]:
    """The stretches of each voice, joined where nothing but a short pause lies between."""
    turns: dict[int, list[tuple[int, int]]] = {}
    for each in sorted(stretches, key=lambda stretch: stretch.start_ms):
        mine = turns.setdefault(labels[each.piece], [])
        if mine and each.start_ms - mine[-1][1] < LEAST_PAUSE_MS:
            mine[-1] = (mine[-1][0], max(mine[-1][1], each.end_ms))
        else:
            mine.append((each.start_ms, each.end_ms))
    found = [Turn(start, end, voice) for voice, spans in turns.items() for start, end in spans]
    return sorted(turn for turn in found if turn.end_ms - turn.start_ms >= LEAST_TURN_MS)


def _numbered(turns: list[list[Turn]], voices: NDArray[np.float32]) -> Told:
    order = list(dict.fromkeys(turn.voice for part in turns for turn in part))
    number = {voice: at for at, voice in enumerate(order)}
    told = [[Turn(turn.start_ms, turn.end_ms, number[turn.voice]) for turn in part] for part in turns]
    return Told(told, voices[order] if order else voices[:0])
