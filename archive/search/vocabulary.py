"""The words of an archive that are spelt nearly as one, found among very many at once. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archive.search.spelling import distance

_LETTERS = 31  # the bits that a letter may have; two letters may share one


class Vocabulary:
    """Some words, as one text and where each begins: ten bytes a word, where a list would have sixty."""

    def __init__(self, words: Sequence[str]) -> None:
        self._text = "".join(words)
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        self._begins = np.cumsum(lengths) - lengths
        self._lengths = lengths.astype(np.uint8 if len(words) and lengths.max() < 256 else np.int64)
        self._letters = _letters(self._text, self._begins)

    def near(self, word: str, most: int) -> list[str]:
        """The words that are at most so far from this one (`spelling.distance`), in no order."""
        if not len(self._begins):
            return []
        # What differs by one letter differs at most by one that went and one that came.
        letters = np.bitwise_count(self._letters ^ _letters(word, np.zeros(1, np.int64))) <= 2 * most
        alike = letters & (np.abs(self._lengths.astype(np.int64) - len(word)) <= most)
        begins, lengths = self._begins[alike].tolist(), self._lengths[alike].tolist()
        words = (self._text[begin : begin + length] for begin, length in zip(begins, lengths, strict=True))
        return [each for each in words if distance(each, word, most) <= most]


def _letters(text: str, begins: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Which letters each word has, as bits."""
    if not len(begins):
        return np.empty(0, np.uint32)
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    return np.bitwise_or.reduceat(np.uint32(1) << (codes % _LETTERS), begins)
