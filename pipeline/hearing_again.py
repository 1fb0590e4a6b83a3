"""A window that the guard doubts is heard again, alone and in other ways, and the best version is kept.

Every way gives the same words for the same sound, whenever and wherever it runs. All versions are stored: what is not
kept stands beside it, so that nothing a machine wrote is lost and a person can look.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from archive.coverage import coverage
from pipeline.engines import SAMPLE_RATE_HZ, Decoded, Engine, Samples, Word
from pipeline.engines.protocol import BEAM_SIZE
from pipeline.errors import EngineFailed
from pipeline.guard import Doubt, compression_ratio, doubts
from pipeline.windows import Span

log = logging.getLogger(__name__)

How = Literal["batch", "cut", "beam", "penalties", "sampled"]

# How grave a doubt is. 3: what stands there was not said. 2: something that was said is missing, or is not this
# language. 1: it may be right all the same.
GRAVITY: dict[Doubt, int] = {
    "repeats": 3,
    "compression": 3,
    "prompt_echo": 3,
    "stock_phrase": 3,
    "words_without_speech": 3,
    "speech_without_words": 2,
    "too_slow": 2,
    "too_fast": 2,
    "other_language": 2,
    "low_probability": 1,
}
# A decoder that cannot get out. A price on repetition mends most at once; only these are worth a draw at random, which
# starts a process and loads the model anew.
_LOOPS = frozenset[Doubt]({"repeats", "compression"})
# These may be right all the same, and neither cutting nor penalties mend them.
_MILD = frozenset[Doubt]({"low_probability", "other_language"})
# Text that nobody said: where a model writes this and another decoding hears nothing, nothing was said.
_INVENTED = frozenset[Doubt]({"stock_phrase", "words_without_speech"})

_SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
_QUIET_MS = 100  # where nobody pauses, the quietest stretch of this length is cut
SHORTEST_HALF_MS = 2_000  # with less on one side Whisper invents


@dataclass(frozen=True, slots=True)
class Version:
    """One decoding of a window, and what speaks against it."""

    how: How
    decoded: Decoded
    doubts: tuple[Doubt, ...]
    coverage: float | None  # share of the window's speech that has text; None: nobody speaks

    @property
    def gravities(self) -> tuple[int, ...]:
        """Its doubts as numbers, the gravest first."""
        return tuple(sorted((GRAVITY[doubt] for doubt in self.doubts), reverse=True))


def better(versions: Sequence[Version]) -> int:
    """The number of the version to keep.

    The one whose gravest doubt is least grave, then whose next one is, then with fewer doubts; among equals the one in
    which more speech has text, then the one that its model believes in most, then the earlier one. A version without
    words is kept only when all are so, or when every other one holds words that nobody said and it lacks no speech:
    text is never given up because it is uncertain.
    """
    worded = [version for version in versions if version.decoded.words]
    invented = all(_INVENTED & set(version.doubts) for version in worded)

    def rank(number: int) -> tuple[tuple[int, ...], float, float, int]:
        version = versions[number]
        covered = 1.0 if version.coverage is None else version.coverage
        return version.gravities, -covered, -version.decoded.metrics.get("avg_logprob", -np.inf), number

    may_be_kept = [
        number
        for number, version in enumerate(versions)
        if version.decoded.words or not worded or (invented and not version.doubts)
    ]
    return min(may_be_kept, key=rank)


def hear_again(
    engine: Engine,
    samples: Samples,
    first: Decoded,
    *,
    language: str,
    speech: Sequence[Span],
    prompt: str = "",
    pause: Callable[[], None] = lambda: None,
) -> list[Version]:
    """All versions of one window, `first` (how it came out of its batch) in front; it alone when nothing is in doubt.

    The ladder stops at the first version that is in no doubt, or only mildly: beam, where the batch had a narrow one;
    then two halves cut in the quietest place, each by beam; then penalties on what repeats. For a loop the penalties
    come before the halves, and at last a draw at random with a seed from the window. What was only mildly in doubt is
    worth beam alone.

    Args:
        samples: the window, as the engine had it in its batch.
        speech: voice activity in the window's own time.
        pause: called before each decoding; may raise to leave off.
    """
    length_ms = len(samples) // _SAMPLES_PER_MS

    def judged(how: How, decoded: Decoded) -> Version:
        found = doubts(
            decoded,
            speech=speech,
            length_ms=length_ms,
            language=language,
            heard_language=first.languages,  # the whole window's, whatever becomes of its halves
            prompt=prompt,
        )
        covered = coverage([(span.start_ms, span.end_ms) for span in speech], [word[:2] for word in decoded.words])
        return Version(how, decoded, found, covered.share)

    versions = [judged("batch", first)]
    if not versions[0].doubts:
        return versions
    for how in _ladder(versions[0], engine):
        if how == "sampled" and not all(_LOOPS & set(version.doubts) for version in versions):
            continue
        pause()
        decoded = _heard(engine, samples, language, speech, how)
        if decoded is None:
            continue
        versions.append(judged(how, decoded))
        if set(versions[-1].doubts) <= _MILD:
            break
    return versions


def _ladder(first: Version, engine: Engine) -> tuple[How, ...]:
    """What to try. Where the batch was heard with the full beam already, the same again alone tells nothing new."""
    beam: tuple[How, ...] = ("beam",) if engine.options.get("beam_size", 1) < BEAM_SIZE else ()
    if set(first.doubts) <= _MILD:
        return beam
    if _LOOPS & set(first.doubts):
        return (*beam, "penalties", "cut", "sampled")
    return (*beam, "cut", "penalties")


def _heard(engine: Engine, samples: Samples, language: str, speech: Sequence[Span], how: How) -> Decoded | None:
    """The window decoded this way; None: it cannot be cut, or the process that draws came to grief."""
    if how == "sampled":
        try:
            return engine.decode_alone(samples, language, how)
        except EngineFailed:  # one window is not worth a recording
            log.exception("a window was not heard again by drawing")
            return None
    if how != "cut":
        assert how != "batch"  # noqa: S101 - that is how it came here
        return engine.decode_alone(samples, language, how)
    cut_ms = quiet_place(samples, speech)
    if cut_ms is None:
        return None
    halves = samples[: cut_ms * _SAMPLES_PER_MS], samples[cut_ms * _SAMPLES_PER_MS :]
    return joined([engine.decode_alone(half, language, "beam") for half in halves], cut_ms)


def quiet_place(samples: Samples, speech: Sequence[Span]) -> int | None:
    """Where to cut a window in two, in ms: the longest pause in its middle half, else its quietest 100 ms there.

    None when it is so short that a half would hold next to nothing.
    """
    length_ms = len(samples) // _SAMPLES_PER_MS
    earliest, latest = max(length_ms // 4, SHORTEST_HALF_MS), min(length_ms * 3 // 4, length_ms - SHORTEST_HALF_MS)
    if earliest >= latest:
        return None
    ends = [0, *(span.end_ms for span in speech)]
    starts = [*(span.start_ms for span in speech), length_ms]
    pauses = [(start - end, (start + end) // 2) for end, start in zip(ends, starts, strict=True)]
    inside = [pause for pause in pauses if pause[0] > 0 and earliest <= pause[1] <= latest]
    if inside:
        return max(inside)[1]
    piece = _QUIET_MS * _SAMPLES_PER_MS
    middle = samples[earliest * _SAMPLES_PER_MS : latest * _SAMPLES_PER_MS]
    pieces = middle[: len(middle) // piece * piece].reshape(-1, piece)
    if not len(pieces):
        return (earliest + latest) // 2
    return earliest + int(np.argmin(np.square(pieces).mean(axis=1))) * _QUIET_MS + _QUIET_MS // 2


def joined(halves: Sequence[Decoded], cut_ms: int) -> Decoded:
    """Two halves as one window: the second's words `cut_ms` later, metrics weighted by words, as they stand for text.

    The compression is that of the whole text, since a loop may go on over the cut.
    """
    left, right = halves
    later: list[Word] = [(start + cut_ms, end + cut_ms, text, p) for start, end, text, p in right.words]
    whole = Decoded((*left.words, *later), {})
    weights = [max(len(half.words), 1) for half in halves]
    keys = left.metrics.keys() & right.metrics.keys()
    metrics = {
        key: round(float(np.average([half.metrics[key] for half in halves], weights=weights)), 4)
        for key in sorted(keys)
    }
    metrics["compression_ratio"] = round(compression_ratio(whole.text), 4)
    return Decoded(whole.words, metrics)
