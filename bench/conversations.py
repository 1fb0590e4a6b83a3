"""Conversations with true turn times, made of recordings of one person each."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.voice import speech_probabilities
from pipeline.windows import speech_spans

HZ = 16_000
BACKCHANNEL_MS = (250, 700)  # «ja», «mm»: a piece of somebody's speech as long as one
PAUSE_MS = (100, 900)
TURN_PARTS = (1, 4)  # how many utterances the one who tells says before the other asks

Samples = NDArray[np.float32]
Reference = list[tuple[int, int, str]]  # (start_ms, end_ms, who)


@dataclass(frozen=True, slots=True)
class Speaker:
    """One person's utterances, each with the stretches of speech in it."""

    name: str
    utterances: list[tuple[Samples, list[tuple[int, int]]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of conversation."""

    seconds: int
    backchannels: float = 0.0  # for each utterance of the one who tells, how likely somebody says «ja» meanwhile
    overlap: float = 0.0  # how likely an utterance begins before the one before it has ended
    filters: str = "anull"  # what ffmpeg does to the sound
    noise_db: float | None = None  # how far under the speech


def samples_of(path: Path, channel: int | None = None) -> Samples:
    """A recording at 16 kHz, mixed to one channel or one of its channels."""
    pick = f"pan=mono|c0=c{channel}" if channel is not None else "anull"
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-af", pick, "-ac", "1", "-ar", str(HZ), "-f", "s16le", "-"]
    plain = subprocess.run(command, check=True, capture_output=True).stdout
    samples = np.frombuffer(plain, np.int16).astype(np.float32) / 32_768
    even: Samples = (samples / max(float(np.sqrt(np.mean(samples**2))), 1e-6) * 0.06).astype(np.float32)
    return even


def speaker(name: str, samples: Samples) -> Speaker:
    """Cut one person's speech into utterances at pauses of half a second and more, at most 12 s long."""
    read = lambda start, end: samples[start * 16 : end * 16]  # noqa: E731
    duration_ms = len(samples) // 16
    probabilities = np.concatenate(list(speech_probabilities(read, duration_ms)))
    groups: list[list[tuple[int, int]]] = []
    for span in speech_spans(probabilities):
        end_ms = min(span.end_ms, duration_ms)
        if groups and span.start_ms - groups[-1][-1][1] < 500 and end_ms - groups[-1][0][0] < 12_000:
            groups[-1].append((span.start_ms, end_ms))
        else:
            groups.append([(span.start_ms, end_ms)])
    utterances = []
    for group in groups:
        first, last = group[0][0], group[-1][1]
        utterances.append((samples[first * 16 : last * 16], [(a - first, b - first) for a, b in group]))
    return Speaker(name, utterances)


def conversation(people: Sequence[Speaker], kind: Kind, seed: int) -> tuple[Samples, Reference]:
    """The first one tells, the others ask by turns. The same seed gives the same conversation."""
    chance = np.random.default_rng(seed)
    sound = np.zeros(kind.seconds * HZ, np.float32)
    reference: Reference = []
    waiting = {each.name: list(chance.permutation(len(each.utterances))) for each in people}

    def say(who: Speaker, at_ms: int, longest_ms: int | None = None) -> int:
        if not waiting[who.name]:
            waiting[who.name] = list(chance.permutation(len(who.utterances)))
        samples, spans = who.utterances[waiting[who.name].pop()]
        if longest_ms:
            samples, spans = samples[: longest_ms * 16], [(a, min(b, longest_ms)) for a, b in spans if a < longest_ms]
        place = slice(at_ms * 16, min(at_ms * 16 + len(samples), len(sound)))
        sound[place] += samples[: place.stop - place.start]
        reference.extend((at_ms + a, at_ms + b, who.name) for a, b in spans)
        return at_ms + len(samples) // 16

    at_ms, turn = 500, 0
    while at_ms < kind.seconds * 1000 - 13_000:
        who = people[0] if turn % 2 else people[1 + turn // 2 % max(1, len(people) - 1)] if people[1:] else people[0]
        for _ in range(int(chance.integers(*TURN_PARTS)) if who is people[0] else 1):
            start_ms, at_ms = at_ms, say(who, at_ms)
            if people[1:] and chance.random() < kind.backchannels and at_ms - start_ms > 2_000:
                other = people[1] if who is people[0] else people[0]
                say(other, int(chance.integers(start_ms + 500, at_ms - 800)), int(chance.integers(*BACKCHANNEL_MS)))
            pause = int(chance.integers(*PAUSE_MS))
            at_ms += -int(chance.integers(300, 1_200)) if chance.random() < kind.overlap else pause
        turn += 1
    return _treated(sound, kind, chance), sorted(reference)


def _treated(sound: Samples, kind: Kind, chance: np.random.Generator) -> Samples:
    if kind.noise_db is not None:
        level = np.sqrt(np.mean(sound**2)) * 10 ** (-kind.noise_db / 20)
        hiss = chance.standard_normal(len(sound)).astype(np.float32)
        sound = sound + np.float32(level) * np.cumsum(hiss - hiss.mean(), dtype=np.float64).astype(np.float32) * 0.002
        sound = sound + np.float32(level) * hiss
    if kind.filters != "anull":
        command = ["ffmpeg", "-v", "error", "-f", "f32le", "-ar", str(HZ), "-ac", "1", "-i", "-", "-af", kind.filters]
        command += ["-ar", str(HZ), "-f", "f32le", "-"]
        plain = subprocess.run(command, input=sound.tobytes(), check=True, capture_output=True).stdout
        sound = np.frombuffer(plain, np.float32)[: len(sound)]
    return np.clip(sound, -1, 1)
