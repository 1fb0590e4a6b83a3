"""Giving times to the words of a corrected line. Pure: lists in, lists out."""

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

# A word is [start_ms, end_ms, text, p]: no spaces around `text`, and p is None when the machine did not say.
Word = list[Any]
# A word that a person wrote is certain.
_WRITTEN_P = 1.0


def align_words(old_words: Sequence[Sequence[Any]], new_text: str, start_ms: int, end_ms: int) -> list[Word]:
    """The words of `new_text` with times inside [start_ms, end_ms).

    A word that stands in both keeps its times; new words share the time of those they replace, else what lies between
    their neighbours. The times never go backwards, and the texts joined by spaces are `new_text` with single spaces.
    """
    tokens = new_text.split()
    old = _in_order(old_words, start_ms, end_ms)
    matcher = SequenceMatcher(a=[_key(word[2]) for word in old], b=[_key(token) for token in tokens], autojunk=False)
    words: list[Word] = []
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            kept = zip(old[old_from:old_to], tokens[new_from:new_to], strict=True)
            words += [[begins, ends, token, p] for (begins, ends, _text, p), token in kept]
        elif new_to > new_from:
            from_ms, to_ms = _room(old, old_from, old_to, start_ms, end_ms)
            words += _share(tokens[new_from:new_to], from_ms, to_ms)
    return words


def _key(word: str) -> str:
    """What makes two spellings the same word: letters and digits alone, case folded. A bare sign is itself."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LNM") or folded


def _in_order(words: Sequence[Sequence[Any]], start_ms: int, end_ms: int) -> list[Word]:
    """The words with times inside the line and never going backwards; right ones stay as they are."""
    earliest_ms = start_ms
    ordered = []
    for word in words:
        begins = min(max(int(word[0]), earliest_ms), end_ms)
        ends = min(max(int(word[1]), begins), end_ms)
        ordered.append([begins, ends, word[2], word[3] if len(word) > 3 else None])
        earliest_ms = ends
    return ordered


def _room(old: list[Word], old_from: int, old_to: int, start_ms: int, end_ms: int) -> tuple[int, int]:
    """The time of the old words [old_from, old_to); of none, what lies between their neighbours."""
    if old_to > old_from:
        return old[old_from][0], old[old_to - 1][1]
    return (old[old_from - 1][1] if old_from else start_ms), (old[old_to][0] if old_to < len(old) else end_ms)


def _share(tokens: list[str], from_ms: int, to_ms: int) -> list[Word]:
    """Share a stretch among words by their lengths."""
    total = sum(len(token) for token in tokens)
    edges, before = [from_ms], 0
    for token in tokens:
        before += len(token)
        edges.append(from_ms + (to_ms - from_ms) * before // total)
    return [[begins, ends, token, _WRITTEN_P] for token, (begins, ends) in zip(tokens, pairwise(edges), strict=True)]
