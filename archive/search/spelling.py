"""Spellings of one word: letters that a keyboard lacks, names by their sound, slips of the hand. Pure."""

import re
from functools import lru_cache

_DIGRAPHS = (("aa", "å"), ("ae", "æ"), ("oe", "ø"))
_FOLDED = str.maketrans({"æ": "a", "ø": "o", "å": "a"})

# In this order; each is (what is written, what is heard). Vowels that are easily confused become one.
_SOUNDS = tuple(
    (re.compile(written), heard)
    for written, heard in (
        (r"aa", "å"),
        (r"[^a-zæøå]", ""),
        (r"(?<=.)dt", "t"),
        (r"sch|skj|stj|sj|sh|sk(?=[iyj]|ei|øy)|rs(?=[^aeiouyæøå]|$)", "S"),
        (r"kj|tj|^k(?=[iy])|ch(?=[aeiouy])", "C"),
        (r"gj|^hj|^lj|^dj|^g(?=[iy])", "j"),
        (r"hv|w", "v"),
        (r"ck|ch|q|c(?![eiy])", "k"),
        (r"c|z", "s"),
        (r"x", "ks"),
        (r"ph", "f"),
        (r"(?<=[lnr])d(?=[^aeiouyæøåj]|$)", ""),
        (r"(?<=.)h|th(?=.)", lambda found: "t" if found.group() == "th" else ""),
        (r"(?<=.)g$|(?<=i)g(?=[^aeiouyæøå])", ""),
        (r"e[iyj]|ai|æi|ay", "E"),
        (r"øy|øi|oi|oy|øj", "O"),
        (r"au|æu|ou", "A"),
        (r"j(?=$|[^aeiouyæøåEOA])", ""),
        (r"(.)\1+", r"\1"),
        (r"[eæE]", "e"),
        (r"[oåu]", "o"),
        (r"[iy]", "i"),
        # The unstressed end of a name: Bjørgan, Bjørgen; Sund, Sunde; Moe, Mo.
        (r"(?<=.{3})[aeoiø](n?)$", r"e\1"),
        (r"(?<=.{2})e$", ""),
        (r"b(?=$|[st])|pb", "p"),
        (r"d(?=$|[s])", "t"),
        (r"g(?=[st])", "k"),
    )
)


@lru_cache(maxsize=50_000)
def sound_key(word: str) -> str:
    """What a name in lower case sounds like, coarse enough for what a machine hears; "" when it is too short to tell.

    `archive.names.sound.sounds` keeps apart what it then measures the distance between (*o* and *å*, *ng*). An index
    compares keys for equality alone, so here sounds that are confused are one, and the ends of names are dropped.
    """
    for written, heard in _SOUNDS:
        word = written.sub(heard, word)
    return word if len(word) >= 3 else ""


def unfolded(word: str) -> str:
    """A word with *aa*, *ae* and *oe* as the letters that they stand for."""
    for written, meant in _DIGRAPHS:
        word = word.replace(written, meant)
    return word


def folded(word: str) -> str:
    """A word as it is typed where there is no æ, ø or å: *a*, *o*, *a*."""
    return unfolded(word).translate(_FOLDED)


def distance(a: str, b: str, most: int) -> int:
    """How many letters must be put in, left out, changed or swapped with their neighbour; `most` + 1 for more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    older: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        new = [i]
        for j, other in enumerate(b, start=1):
            cost = min(row[j] + 1, new[-1] + 1, row[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            new.append(cost)
        if min(new) > most:
            return most + 1
        older, row = row, new
    return min(row[-1], most + 1)
