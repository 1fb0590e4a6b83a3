"""Which of many short stretches are one and the same voice, when it is known how many voices there are. Pure numpy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Embeddings = NDArray[np.float32]  # (n, size), rows of unit length

# Stretches shorter than this say too little to found a voice on; they go to the voice they are nearest to.
FOUNDING_MS = 1_500
# As many decide (an hour of talk, and more than enough to know a few voices); the others go to the nearest. Their
# distances take 9 MB, whatever the recording's length.
MOST_FOUNDING = 1_500
# A voice is heard at least this long in all, unless the recording is too short for it.
LEAST_VOICE_MS = 4_000
LEAST_VOICE_SHARE = 0.01
# Two voices nearer than this are one, when the number is only a guess. Measured on recordings of one person: the two
# halves that are found are 0.80 and 0.91 alike; voices of different people were 0.33 and less (`bench/speakers.py`).
SAME_VOICE = 0.6
# How much the same local speaker's other pieces count beside a piece's own sound.
BESIDE = 0.5
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece of speech: whose of a window it is (a number of its own for each window and local speaker), how it
    sounds, and how long it is."""

    speaker: int
    embedding: NDArray[np.float32]
    alone_ms: int


def voices_of(heard: Sequence[Heard], count: int, *, exact: bool) -> tuple[list[int], Embeddings]:
    """A voice (from 0) for each piece, and how each voice sounds.

    `exact`: the number was given by somebody who knows; else it is the most there can be.
    """
    if not heard:
        return [], np.zeros((0, 0), np.float32)
    embeddings = np.stack([each.embedding for each in heard])
    weights = np.array([each.alone_ms for each in heard], np.float64)
    nearby = _nearby(heard, embeddings, weights)
    centres = _founded(embeddings, weights, min(count, len(heard)))
    labels = _assigned(nearby, centres)
    for _ in range(_ROUNDS):
        centres = _centres(embeddings, weights, labels, centres)
        again = _assigned(nearby, centres)
        if again == labels:
            break
        labels = again
    if not exact:
        centres = _joined(centres, weights, labels)
        labels = _assigned(nearby, centres)
    return labels, centres


def _nearby(heard: Sequence[Heard], embeddings: Embeddings, weights: NDArray[np.float64]) -> Embeddings:
    """How each piece sounds, with something of what the same local speaker says beside it: a short one tells little."""
    _, speakers = np.unique([each.speaker for each in heard], return_inverse=True)
    sums = np.zeros((int(speakers.max()) + 1, embeddings.shape[1]), np.float32)
    np.add.at(sums, speakers, embeddings * weights[:, None].astype(np.float32))
    sums *= np.float32(BESIDE) / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.float32(1e-9))
    nearby: Embeddings = embeddings + sums[speakers]
    return nearby


def _founded(embeddings: Embeddings, weights: NDArray[np.float64], count: int) -> Embeddings:
    """How `count` voices sound: the highest cut of the tree of likeness that leaves so many of a voice's length."""
    founding = np.flatnonzero(weights >= FOUNDING_MS)
    if len(founding) < count:
        founding = np.argsort(-weights, kind="stable")[: max(count, len(founding))]
    if len(founding) > MOST_FOUNDING:
        founding = founding[np.linspace(0, len(founding) - 1, MOST_FOUNDING).astype(int)]
    chosen, heaviness = embeddings[founding], weights[founding]
    least = min(LEAST_VOICE_MS, LEAST_VOICE_SHARE * heaviness.sum())
    merges = _tree(chosen)
    best: list[NDArray[np.int64]] = [np.arange(len(founding))]
    for groups in _cuts(len(founding), merges):
        large = [group for group in groups if heaviness[group].sum() >= least]
        if len(large) > len(best) or len(large) >= count:
            best = sorted(large, key=lambda group: -heaviness[group].sum())[:count]
        if len(large) >= count:
            break
    return np.stack([_unit((chosen[group] * heaviness[group, None]).sum(axis=0)) for group in best])


def _cuts(leaves: int, merges: list[tuple[int, int, float]]) -> Iterator[list[NDArray[np.int64]]]:
    """The groups of the tree, from one group of all down to as many as there are leaves."""
    members: list[NDArray[np.int64]] = [np.array([leaf]) for leaf in range(leaves)]
    for left, right, _ in merges:
        members.append(np.concatenate([members[left], members[right]]))
    groups = {len(members) - 1} if merges else set(range(leaves))
    yield [members[group] for group in sorted(groups)]
    for number in range(len(merges) - 1, -1, -1):
        left, right, _ = merges[number]
        groups = (groups - {leaves + number}) | {left, right}
        yield [members[group] for group in sorted(groups)]


def _tree(points: Embeddings) -> list[tuple[int, int, float]]:
    """Average linkage over cosine distance: (left, right, distance) of each merge, nearest first, as scipy numbers it.

    By chains of nearest neighbours (Müllner 2011): n² steps and one matrix.
    """
    count = len(points)
    distances = points @ points.T
    np.subtract(1.0, distances, out=distances)
    np.fill_diagonal(distances, np.inf)
    sizes = np.ones(count)
    raw: list[tuple[int, int, float]] = []
    chain: list[int] = []
    alive = np.ones(count, np.bool_)
    while len(raw) < count - 1:
        if not chain:
            chain.append(int(np.argmax(alive)))
        while True:
            row = distances[chain[-1]]
            nearest = int(np.argmin(row))
            if len(chain) > 1 and row[nearest] >= row[chain[-2]]:
                break
            chain.append(nearest)
        right, left = chain.pop(), chain.pop()
        raw.append((left, right, float(distances[left, right])))
        merged = (sizes[left] * distances[left] + sizes[right] * distances[right]) / (sizes[left] + sizes[right])
        distances[left, :], distances[:, left] = merged, merged
        distances[left, left] = np.inf
        distances[right, :], distances[:, right] = np.inf, np.inf
        sizes[left] += sizes[right]
        alive[right] = False
    return _numbered(raw, count)


def _numbered(raw: list[tuple[int, int, float]], count: int) -> list[tuple[int, int, float]]:
    """The merges in order of distance, each cluster by the number that its merge gave it."""
    numbers = list(range(count))

    def root(leaf: int) -> int:
        while numbers[leaf] != leaf:
            numbers[leaf] = numbers[numbers[leaf]]
            leaf = numbers[leaf]
        return leaf

    names = list(range(count))
    merges = []
    for left, right, distance in sorted(raw, key=lambda merge: merge[2]):
        first, second = root(left), root(right)
        merges.append((names[first], names[second], distance))
        numbers[second] = first
        names[first] = count + len(merges) - 1
    return merges


def _assigned(nearby: Embeddings, centres: Embeddings) -> list[int]:
    """The nearest voice of each piece."""
    return [int(voice) for voice in np.argmax(nearby @ centres.T, axis=1)]


def _centres(
    embeddings: Embeddings, weights: NDArray[np.float64], labels: Sequence[int], before: Embeddings
) -> Embeddings:
    """How each voice sounds, by what was given to it; one that got nothing stays as it was."""
    given = np.array(labels)
    centres = before.copy()
    for voice in range(len(before)):
        mine = (given == voice) & (weights >= FOUNDING_MS)
        if not mine.any():
            mine = given == voice
        if mine.any():
            centres[voice] = _unit((embeddings[mine] * weights[mine, None]).sum(axis=0))
    return centres


def _joined(centres: Embeddings, weights: NDArray[np.float64], labels: Sequence[int]) -> Embeddings:
    """The voices, without those that sound like another one."""
    lengths = np.bincount(np.array(labels), weights=weights, minlength=len(centres))
    while len(centres) > 1:
        likeness = centres @ centres.T
        np.fill_diagonal(likeness, -1)
        one, other = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
        if likeness[one, other] < SAME_VOICE:
            break
        centres[one] = _unit(centres[one] * lengths[one] + centres[other] * lengths[other])
        lengths[one] += lengths[other]
        centres, lengths = np.delete(centres, other, axis=0), np.delete(lengths, other)
    return centres


def _unit(vector: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.float32]:
    return (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
