"""What speaks against the words that an engine gave for one window. Pure: words, times and numbers in, doubts out.

A doubt is a reason to hear the window again (`pipeline.hearing_again`); what stays in doubt is shown as uncertain, with
its text. The thresholds were tried on 20 windows of real and machine speech, greedy and beam: `bench/guard.py`.
"""

import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from archive.coverage import REACH_MS, Stretch, common, coverage, united
from archive.languages import SCANDINAVIAN, other_language_heard
from pipeline.engines import Decoded, Word
from pipeline.function_words import function_words
from pipeline.stock_phrases import is_credit, is_farewell, plain_words
from pipeline.windows import Span

Doubt = Literal[
    "repeats",
    "compression",
    "low_probability",
    "too_fast",
    "too_slow",
    "prompt_echo",
    "stock_phrase",
    "speech_without_words",
    "words_without_speech",
    "other_language",
]
DOUBTS: tuple[Doubt, ...] = get_args(Doubt)

# OpenAI's own limits, after which its program decodes again.
MOST_COMPRESSION = 2.4
LEAST_LOGPROB = -1.0
# A loop: so many repeats of the same words (research, 4d: 8 repeats, at least 16 tokens, at least 20 s) …
MOST_REPEATS = 8
# … or fewer that fill the window: a person says "nei, nei, nei", but not for half of what is said.
FILLING_REPEATS = 3
FILLING_WORDS = 12
FILLING_MS = 20_000
LONGEST_PHRASE = 16  # words; what repeats in longer pieces is seen by its compression
# Words in a second of voice activity. Quick Norwegian talk has 4 to 5, and the pauses are not counted here.
FASTEST_WORDS_S = 6.0
SLOWEST_WORDS_S = 0.5
SPARE_WORDS = 3  # more or fewer than that say nothing in a short window
# So many words of the prompt in their order are an echo of it.
ECHO_WORDS = 4
# Words after each other, each further from any voice than a word reaches: fewer may be badly timed.
WORDS_WITHOUT_SPEECH = 3
# Little words of a language make up a third to a half of what is said in it.
FUNCTION_SHARE = 0.25
FUNCTION_LEAST = 4

# A sentence ends with a sign or before a pause.
_SENTENCE_ENDS = (".", "?", "!", "…")
_SENTENCE_PAUSE_MS = 1_000
_LATIN_SHARE = 0.5


def doubts(
    decoded: Decoded,
    *,
    speech: Sequence[Span],
    length_ms: int,
    language: str,
    heard_language: Mapping[str, float] | None = None,
    prompt: str = "",
) -> tuple[Doubt, ...]:
    """What speaks against this version of a window, in the order of `DOUBTS`; () when it is as it should be.

    Args:
        speech: voice activity in the window's own time.
        length_ms: of the window; words outside it are not believed.
        language: as the interview states it.
        heard_language: Whisper's codes and probabilities for this window; None: nobody asked.
        prompt: what the engine was told beforehand.
    """
    window = _Window(decoded, speech, length_ms, language, heard_language or {}, prompt)
    found = {
        "repeats": window.repeats(),
        "compression": window.compresses(),
        "low_probability": decoded.metrics.get("avg_logprob", 0.0) < LEAST_LOGPROB,
        "too_fast": window.is_too_fast(),
        "too_slow": window.is_too_slow(),
        "prompt_echo": window.echoes_the_prompt(),
        "stock_phrase": window.has_stock_phrase(),
        "speech_without_words": bool(coverage(window.speech, window.times).gaps),
        "words_without_speech": window.has_words_without_speech(),
        "other_language": window.is_in_another_language(),
    }
    return tuple(doubt for doubt in DOUBTS if found[doubt])


@dataclass(frozen=True)
class _Window:
    """One version of a window, with what is asked of it."""

    decoded: Decoded
    spans: Sequence[Span]
    length_ms: int
    language: str
    languages: Mapping[str, float]
    prompt: str

    @property
    def speech(self) -> list[Stretch]:
        return united((span.start_ms, span.end_ms) for span in self.spans)

    @property
    def speech_s(self) -> float:
        return sum(end - start for start, end in self.speech) / 1000

    @property
    def times(self) -> list[Stretch]:
        return [word[:2] for word in self.decoded.words]

    @property
    def said(self) -> list[tuple[str, int, int]]:
        """Every plain word with its times; a word with a hyphen is two."""
        return [(plain, start, end) for start, end, text, _p in self.decoded.words for plain in plain_words(text)]

    def repeats(self) -> bool:
        """The same words over and over, as a decoder that cannot get out."""
        plain = [word for word, _, _ in self.said]
        for start, length, times in runs(plain):
            words = length * times
            lasts_ms = self.said[start + words - 1][2] - self.said[start][1]
            fills = words >= FILLING_WORDS and (lasts_ms >= FILLING_MS or 2 * words > len(plain))
            if times >= MOST_REPEATS or (times >= FILLING_REPEATS and fills):
                return True
        return False

    def compresses(self) -> bool:
        """The text can be packed smaller than language can; counted here too, since an engine averages over pieces."""
        ratio = max(compression_ratio(self.decoded.text), self.decoded.metrics.get("compression_ratio", 0.0))
        return ratio > MOST_COMPRESSION

    def is_too_fast(self) -> bool:
        return len(self.said) > FASTEST_WORDS_S * self.speech_s + SPARE_WORDS

    def is_too_slow(self) -> bool:
        """Some words for much speech; no words at all are `speech_without_words`."""
        return 0 < len(self.said) < SLOWEST_WORDS_S * self.speech_s - SPARE_WORDS / 2

    def echoes_the_prompt(self) -> bool:
        """The engine says what it was told instead of what it hears."""
        plain, told = [word for word, _, _ in self.said], plain_words(self.prompt)
        shared = longest_shared_run(plain, told)
        return shared >= ECHO_WORDS or (shared == len(plain) >= 2)

    def has_stock_phrase(self) -> bool:
        """What subtitled programmes end with. What may really be said counts alone, or without a voice under it."""
        sentences = list(_sentences(self.decoded.words))
        for sentence in sentences:
            plain = plain_words(" ".join(word[2] for word in sentence))
            if is_credit(plain):
                return True
            if is_farewell(plain) and (len(sentences) == 1 or self._is_faster_than_the_voice(sentence, len(plain))):
                return True
        return False

    def _is_faster_than_the_voice(self, sentence: Sequence[Word], words: int) -> bool:
        place = [(sentence[0][0] - REACH_MS, sentence[-1][1] + REACH_MS)]
        voice_ms = sum(end - start for start, end in common(self.speech, place))
        return words > FASTEST_WORDS_S * voice_ms / 1000

    def has_words_without_speech(self) -> bool:
        """Several words after each other, or all, where nobody speaks: over silence, music or noise."""
        near = united((start - REACH_MS, end + REACH_MS) for start, end in self.speech)
        alone = in_a_row = 0
        for start, end in self.times:
            beside = start >= self.length_ms or not any(left <= end and start <= right for left, right in near)
            in_a_row = in_a_row + 1 if beside else 0
            alone = max(alone, in_a_row)
        return alone >= min(WORDS_WITHOUT_SPEECH, max(len(self.times), 1))

    def is_in_another_language(self) -> bool:
        """By the sound, else by the text: its little words, or signs that the language is not written with."""
        if other_language_heard(self.languages, self.language) is not None:
            return True
        plain = [word for word, _, _ in self.said]
        return is_foreign(plain, self.language) or _is_in_other_letters(self.decoded.text, self.language)


def compression_ratio(text: str) -> float:
    """How many times smaller zlib makes a text, as Whisper counts it; 0 for none."""
    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded)) if encoded else 0.0


def runs(words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Every (start, length, times ≥ 2) where a phrase of `length` words follows itself; the longest run of each place.

    `a b a b a` is a run of two `a b`; the half at the end does not count.
    """
    for length in range(1, min(LONGEST_PHRASE, len(words) // 2) + 1):
        same = 0  # how many words in a row equal the word `length` before
        for at in range(length, len(words) + 1):
            if at < len(words) and words[at] == words[at - length]:
                same += 1
                continue
            if same >= length:
                yield at - same - length, length, 1 + same // length
            same = 0


def longest_shared_run(these: Sequence[str], those: Sequence[str]) -> int:
    """The length of the longest row of words that stands in both."""
    longest, before = 0, [0] * (len(those) + 1)
    for this in these:
        here = [0] * (len(those) + 1)
        for number, that in enumerate(those, start=1):
            if this == that:
                here[number] = before[number - 1] + 1
                longest = max(longest, here[number])
        before = here
    return longest


def is_foreign(plain: Sequence[str], language: str) -> bool:
    """Whether the little words are those of another language than the stated one, and not of it."""
    own = "no" if language in SCANDINAVIAN else language
    counts = {code: sum(word in little for word in plain) for code, little in function_words(own).items()}
    mine = counts.pop(own, None)
    if mine is None or not counts:
        return False
    most = max(counts.values())
    return most >= FUNCTION_LEAST and most >= FUNCTION_SHARE * len(plain) and most > 2 * mine


def _is_in_other_letters(text: str, language: str) -> bool:
    """Mostly in letters that are not Latin, where the stated language is one of those that are written so."""
    letters = [sign for sign in text if sign.isalpha()]
    latin = sum(unicodedata.name(sign, "").startswith("LATIN") for sign in letters)
    return language in _LATIN and latin < _LATIN_SHARE * len(letters)


_LATIN = SCANDINAVIAN | {"se", "sma", "smj", "en", "de", "fr", "es", "fi", "is", "nl", "pl"}


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    for word, following in pairwise([*words, None]):
        assert word is not None  # noqa: S101 - only the last one is None, and it only follows
        sentence.append(word)
        if (
            following is None
            or word[2].rstrip("\"'»”)]").endswith(_SENTENCE_ENDS)
            or following[0] - word[1] >= _SENTENCE_PAUSE_MS
        ):
            yield sentence
            sentence = []
