"""How alike two names sound when they are said in Norwegian, from 0 to 1. Pure.

A spelling becomes a string of sounds: one sign each, capital letters for sounds of several letters (`S` as in *skje*,
`C` as in *kjære*, `N` as in *lang*, `E` *ei*, `Y` *øy*, `A` *au*). What is written and not heard (d after l, n and r, h
in *hv*, double consonants) is gone. Sounds that a hearer confuses, in Trøndelag more than elsewhere, are near.

`archive.search.spelling.sound_key` is the same idea for an index, which can ask only whether two keys are equal: it
makes one sound of those that are near here. Each is tuned by its own measurements, so they share no rules.
"""

import math
import re
import unicodedata
from functools import lru_cache
from itertools import accumulate

_LETTERS = str.maketrans({"ö": "ø", "ä": "æ", "ü": "y", "ð": "d", "þ": "t", "ï": "i", "é": "e", "ê": "e", "ß": "s"})
_VOWELS = "aeiouyæøåEYA"
# In this order; each is (what is written, what is heard).
_RULES = tuple(
    (re.compile(written), heard)
    for written, heard in (
        (r"[^a-zæøå]", ""),
        (r"aa", "å"),
        (r"dt", "t"),
        (r"sch|skj|stj|sj|sh|sk(?=[iy]|ei|øy)", "S"),
        (r"kj|tj|^k(?=[iy]|ei|øy)", "C"),
        (r"gj|^hj|^lj|^g(?=[iy]|ei|øy)", "j"),
        (r"hv", "v"),
        (r"c[hk]|q", "k"),
        (r"c(?=[eiy])|z", "s"),
        (r"c", "k"),
        (r"x", "ks"),
        (r"w", "v"),
        (r"ph", "f"),
        (r"(?<=[lnr])d", ""),
        (r"h(?![aeiouyæøå])", ""),
        (r"ng", "N"),
        (r"e[iyj]|ai|æi|eg(?=n)", "E"),
        (r"øy|øi|oi|øj", "Y"),
        (r"au|æu|øu", "A"),
        (r"(?<=e)t$|(?<=i)g$", ""),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=50_000)
def sounds(written: str) -> str:
    """The sounds of a word, or of several that are said as one; "" when there is no letter of ours in it."""
    folded = unicodedata.normalize("NFC", written).casefold().translate(_LETTERS)
    for rule, heard in _RULES:
        folded = rule.sub(heard, folded)
    return folded


# What it costs to hear one sound for another, where it is less than `_OTHER`. Set by ear and by what Whisper's base
# model made of Norwegian names; bench/names.py measures what they are worth.
_NEAR = {
    0.15: "SC oå eæ",
    0.25: "iy",
    0.3: "bp dt gk vf nN yu Eæ",
    0.35: "uo ei eø Ee Yø YE kC sS",
    0.4: "aå aæ uø øy mn bv ij Aa Aå Ao",
    0.5: "ea øå øæ øo yo Ea Ng jg Sj tC rd uv",
    0.6: "lr ln dn kS",
}
_OTHER_VOWEL, _OTHER = 0.65, 1.0
# What it costs to hear a sound that is not there, or to miss one.
_ALONE = {"h": 0.35, "e": 0.4, "j": 0.4, "t": 0.6, "d": 0.6, "g": 0.6, "r": 0.6} | dict.fromkeys("aiouyæøåEYA", 0.7)
_ALONE_OTHER = 0.8
_LAST_E = 0.25  # *kom* for *komme*: Trøndersk drops it
_FIRST = 1.3  # the beginning of a name is what is heard best


def _table() -> dict[str, dict[str, float]]:
    """What it costs to hear one sound for another, for all pairs."""
    near = {frozenset(pair): cost for cost, pairs in _NEAR.items() for pair in pairs.split()}
    signs = "abcdefghijklmnopqrstuvwxyzæøåSCNEYA"

    def between(a: str, b: str) -> float:
        return 0.0 if a == b else near.get(frozenset(a + b), _OTHER_VOWEL if {a, b} <= set(_VOWELS) else _OTHER)

    return {a: {b: between(a, b) for b in signs} for a in signs}


_BETWEEN = _table()


def _alones(heard: str) -> list[float]:
    """What it costs to hear or miss each sound of a string, by its place."""
    costs = [_ALONE.get(sound, _ALONE_OTHER) for sound in heard]
    if heard:
        costs[0] *= _FIRST
        if heard[-1] == "e":
            costs[-1] = _LAST_E
    return costs


def distance(a: str, b: str, most: float = math.inf) -> float:
    """What it costs to hear the sounds `a` as `b`; the same the other way around. Above `most` it is infinite."""
    alone_a, alone_b = _alones(a), _alones(b)
    row = [0.0, *accumulate(alone_b)]
    for place_a, sound_a in enumerate(a):
        costs, alone = _BETWEEN[sound_a], alone_a[place_a]
        left = row[0] + alone
        before, row = row, [left]
        for place_b, sound_b in enumerate(b):
            both = costs[sound_b] * (_FIRST if place_a == place_b == 0 else 1)
            left = min(before[place_b] + both, before[place_b + 1] + alone, left + alone_b[place_b])
            row.append(left)
        if min(row) > most:
            return math.inf
    return row[-1] if row[-1] <= most else math.inf


def likeness(a: str, b: str, least: float = 0.0) -> float:
    """How alike two strings of sounds are: 1 the same, 0 nothing in common, or less alike than `least`."""
    longest = max(len(a), len(b))
    return max(0.0, 1 - distance(a, b, (1 - least) * longest + _ROUNDING) / longest) if longest else 0.0


_ROUNDING = 1e-9
_MERGED = str.maketrans({"b": "p", "d": "t", "g": "k", "v": "f", "C": "S", "j": "S", "N": "n", "m": "n", "h": ""})


@lru_cache(maxsize=50_000)
def skeleton(heard: str) -> str:
    """The consonants of a string of sounds, those that are easily confused as one: what a name is looked up by."""
    return "".join(c for c in heard if c not in _VOWELS).translate(_MERGED)


def neighbours(bones: str) -> set[str]:
    """A skeleton and what is left of it when one consonant is taken away, or two of six and more.

    Two skeletons that share one of these differ in little; of two consonants or fewer nothing may go.
    """
    found = {bones}
    for _ in range(0 if len(bones) < 3 else 1 if len(bones) < 6 else 2):
        found |= {each[:n] + each[n + 1 :] for each in found for n in range(len(each))}
    return found
