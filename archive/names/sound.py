"""How alike two names sound when they are said in Norwegian, from 0 to 1. Pure.

A spelling becomes a string of sounds: one sign each, capital letters for sounds of several letters (`S` as in *skje*,
`C` as in *kjære*, `N` as in *lang*, `E` *ei*, `Y` *øy*, `A` *au*). What is written and not heard (d after l, n and r, h
in *hv*, double consonants) is gone. Sounds that a hearer confuses, in Trøndelag more than elsewhere, are near.
"""

import re
import unicodedata
from functools import lru_cache

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
_BETWEEN = {
    (a, b): cost
    for cost, pairs in _NEAR.items()
    for pair in pairs.split()
    for a, b in ((pair[0], pair[1]), (pair[1], pair[0]))
}
# What it costs to hear a sound that is not there, or to miss one.
_ALONE = {"h": 0.35, "e": 0.4, "j": 0.4, "t": 0.6, "d": 0.6, "g": 0.6, "r": 0.6} | dict.fromkeys("aiouyæøåEYA", 0.7)
_ALONE_OTHER = 0.8
_LAST_E = 0.25  # *kom* for *komme*: Trøndersk drops it
_FIRST = 1.3  # the beginning of a name is what is heard best


def _between(a: str, b: str) -> float:
    if a == b:
        return 0.0
    vowels = (a in _VOWELS) + (b in _VOWELS)
    return _BETWEEN.get((a, b), _OTHER_VOWEL if vowels == 2 else _OTHER)


def _alone(sound: str, *, last: bool) -> float:
    return _LAST_E if last and sound == "e" else _ALONE.get(sound, _ALONE_OTHER)


@lru_cache(maxsize=50_000)
def distance(a: str, b: str) -> float:
    """What it costs to hear the sounds `a` as `b`; the same the other way around."""
    row = [0.0]
    for place, sound in enumerate(b):
        row.append(row[-1] + _alone(sound, last=place == len(b) - 1) * (1 if place else _FIRST))
    for place_a, sound_a in enumerate(a):
        alone_a = _alone(sound_a, last=place_a == len(a) - 1) * (1 if place_a else _FIRST)
        before, row = row, [row[0] + alone_a]
        for place_b, sound_b in enumerate(b):
            alone_b = _alone(sound_b, last=place_b == len(b) - 1) * (1 if place_b else _FIRST)
            both = _between(sound_a, sound_b) * (_FIRST if place_a == place_b == 0 else 1)
            row.append(min(before[place_b] + both, before[place_b + 1] + alone_a, row[place_b] + alone_b))
    return row[-1]


def likeness(a: str, b: str) -> float:
    """How alike two strings of sounds are: 1 the same, 0 nothing in common."""
    longest = max(len(a), len(b))
    return max(0.0, 1 - distance(a, b) / longest) if longest else 0.0


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
