"""What every engine offers, and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Word = tuple[int, int, str, float]  # start_ms, end_ms in the window; the word with its punctuation; probability
# How a doubtful window is decoded again, by itself: most likely words by beam; the same with a price on repetition;
# words drawn at random with a seed that the window's own sound decides.
Way = Literal["beam", "penalties", "sampled"]

SAMPLE_RATE_HZ = 16_000
BEAM_SIZE = 5  # what all of Whisper's programs use
LONGEST_TEXT = 448  # tokens that the model's decoder has room for, prompt included
MOST_PROMPT_TOKENS = 60  # some fifteen place names; half of the room is always the answer's

# The model writes English as Norwegian nonsense that it half believes in (-0.88 for a well-known English recording; a
# public Norwegian speech lies between -0.36 and -0.74): what it is less sure of than this is asked for its language.
ASK_LANGUAGE_BELOW = -0.6

# Whisper knows Norwegian as `no` and `nn`. It has no Sámi, whose speakers are written down as Norwegian.
_WHISPER_CODES = {"nb": "no", "se": "no", "sma": "no", "smj": "no"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """What an engine heard in one window. `text` is its words with single spaces between, or nothing."""

    words: tuple[Word, ...]
    metrics: dict[str, float]  # avg_logprob, compression_ratio, no_speech_prob, temperature
    languages: dict[str, float] = field(default_factory=dict)  # as `Engine.languages`; {}: not asked

    @property
    def text(self) -> str:
        """The words as one line."""
        return " ".join(word[2] for word in self.words)


class Engine(Protocol):
    """What every engine offers. One instance holds one loaded model; its methods may be called by several threads.

    `options` hold everything that the words depend on, and the versions. A window is at most 30 s (mono, 16 kHz,
    -1..1). A language is as the interview says it (`nb`, `nn`, `en`, …); never guessed, since Norwegian passes for
    Danish.
    """

    name: str
    model: str
    model_sha256: str
    options: dict[str, Any]
    batch: int
    """How many windows are decoded together. What shares a batch may change a word, so the plan decides it."""
    replicas: int
    """How many `decode` calls can run at once. The words never depend on how many do."""

    def decode(self, windows: Sequence[Samples], language: str, *, prompt: str = "") -> list[Decoded]:
        """What is said in each window; the same windows give the same words.

        Args:
            prompt: names that may be said, cut after the last word that `MOST_PROMPT_TOKENS` have room for.
        """

    def decode_alone(self, window: Samples, language: str, way: Way) -> Decoded:
        """What is said in one window, heard by itself without a prompt; the same window and way give the same words.

        Raises:
            EngineFailed: the process that draws at random died, or took too long.
        """

    def languages(self, window: Samples) -> dict[str, float]:
        """Whisper's codes of the languages that may be spoken, with their probabilities, the likeliest first.

        Those below one in a hundred are left out.
        """


def whisper_code(language: str) -> str:
    """Whisper's own code for an interview's language."""
    return _WHISPER_CODES.get(language, language)


def likely(probabilities: Sequence[tuple[str, float]]) -> dict[str, float]:
    """The languages worth naming, as `Engine.languages`; always at least one."""
    in_order = sorted(probabilities, key=lambda each: -each[1])
    return {code: round(p, 3) for code, p in in_order if p >= 0.01 or code == in_order[0][0]}


def decoded_of(
    words: Sequence[tuple[float, float, str, float]],
    length: int,
    metrics: dict[str, float],
    languages: dict[str, float] | None = None,
) -> Decoded:
    """Words in whole milliseconds inside a window of `length` samples, from a library's words in seconds."""
    window_ms = length * 1000 // SAMPLE_RATE_HZ
    tidy: list[Word] = []
    earliest = 0
    for start_s, end_s, text, probability in words:
        if not text.strip():
            continue
        start_ms = min(max(round(start_s * 1000), earliest), window_ms)
        end_ms = min(max(round(end_s * 1000), start_ms), window_ms)
        earliest = start_ms
        if tidy and not text.startswith(" "):  # the rest of a word that the tokenizer cut in two
            before = tidy.pop()
            tidy.append((before[0], end_ms, before[2] + text.strip(), min(before[3], round(float(probability), 3))))
        else:
            tidy.append((start_ms, end_ms, text.strip(), round(float(probability), 3)))
    rounded = {key: round(float(value), 4) for key, value in metrics.items()}
    return Decoded(tuple(tidy), rounded, languages or {})
