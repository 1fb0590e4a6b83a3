"""Text to measure search with: passages with the word frequencies of Norwegian, and the fixed mix of questions.

Invented by chance from a fixed seed, so that every run asks the same of the same text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random

WORDS = 110  # of a passage
PASSAGES_PER_HOUR = 80
PASSAGES_PER_INTERVIEW = 100  # one and a quarter hour
SENTENCE = 12  # words, on average
RANKS = range(50, 20_000)  # of the words that questions are made of
SOME_WORDS_EVERY = 10  # every tenth question has a word that no passage has beside the others


@dataclass(frozen=True, slots=True)
class Mixed:
    """A question of the mix."""

    typed: str
    words: int
    any_word: bool  # made to fall back on passages with some of the words


@cache
def _vocabulary() -> tuple[list[str], list[float]]:
    """The words of Norwegian, the most common first, and the running sum of their frequencies."""
    from wordfreq import get_frequency_dict

    common = {word: share for word, share in get_frequency_dict("nb", wordlist="best").items() if word.isalpha()}
    words = sorted(common, key=lambda word: (-common[word], word))
    return words, list(accumulate(common[word] for word in words))


def passages(count: int, *, seed: int = 1) -> Iterator[str]:
    """So many passages; the first of them are the same for every count."""
    chance = Random(seed)
    words, sums = _vocabulary()
    for _ in range(count):
        yield _as_sentences(chance.choices(words, cum_weights=sums, k=WORDS), chance)


def _as_sentences(words: list[str], chance: Random) -> str:
    """Words with capitals and full stops."""
    said = []
    begins = True
    for word in words:
        ends = chance.random() < 1 / SENTENCE
        said.append((word.capitalize() if begins else word) + ("." if ends else ""))
        begins = ends
    return " ".join(said)


def questions(count: int, *, seed: int = 2) -> list[Mixed]:
    """One, two and three words by thirds, drawn by how often they are said from ranks 50 to 20,000.

    Every tenth has a word beside them that nobody says, so that some of its words must do.
    """
    chance = Random(seed)
    words, sums = _vocabulary()
    drawn = words[RANKS.start : RANKS.stop]
    weights = [sums[rank] - sums[rank - 1] for rank in RANKS]
    made = []
    for number in range(count):
        chosen = chance.choices(drawn, weights=weights, k=number % 3 + 1)
        any_word = number % SOME_WORDS_EVERY == SOME_WORDS_EVERY - 1
        extra = ["qwxzkjv"] if any_word else []
        made.append(Mixed(" ".join(chosen + extra), len(chosen), any_word))
    return made
