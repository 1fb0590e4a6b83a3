"""Finding names of the register in what a machine heard as something else. Pure: words in, suggestions out.

Whatever could be right stays as it is. A stretch of one to three words is looked at only when something speaks against
it: a word that no dictionary and no list of names has, a capital in mid-sentence, or a word that the machine itself was
not sure of. One name must then be near, and no other nearly as near.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from archive.names.places import other_names
from archive.names.register import DWELLERS, Name, Register, forms
from archive.names.sound import likeness, sounds
from archive.people import name_key

MOST_WORDS = 3
# Below this the model itself doubts a word (it is underlined on the page).
LOW_P = 0.4
# How alike a name must be, by the number of its sounds: few sounds are alike by chance. Found by bench/names.py, where
# lower ones lost precision faster than they gained names.
_ENOUGH = {4: 0.95, 5: 0.88, 6: 0.84, 7: 0.82}
_ENOUGH_LONG = 0.80
_FEWEST_SOUNDS = 4
# Ordinary words must be more alike, and so must a word that is written like one.
_ORDINARY_MORE, _SMALL_LETTER_MORE = 0.06, 0.08
# No other name may be so near.
_AMBIGUOUS = 0.08
_LEARNED = 1.0
# A full name that is found word by word comes before one of its words, though that is a little more alike.
_FULL_NAME = 0.15
_LONGEST_HEARD = 60  # letters; what is longer is noise

_EDGES = re.compile(r"^([^\w]*)(.*?)([^\w]*)$", re.DOTALL)
_SENTENCE_END = re.compile(r"[.!?…:]")
_SMALL_WORDS = frozenset(
    "i på og at er det som en et ei å til av for med den har hadde var de vi jeg eg æ du han hun ho om så men ikke "
    "fra ved da der her nå ja nei the dem meg seg deg oss dere min mi sin si vår hva hvor hvem når alle noe noen "
    "kan skal vil må ble blir bli også bare mot under over etter før inn ut opp ned være vært gikk kom mer".split()
)

IsWord = Callable[[str], bool]
Learned = Mapping[str, str]  # what was heard, folded as `name_key`, and the name that was meant


@dataclass(frozen=True, slots=True)
class Found:
    """A name that may have been meant by the words [first, last] of a line."""

    first: int
    last: int  # inclusive
    heard: str  # as it stands, without the signs around it and without `tail`
    name: str
    tail: str  # what stays of the word after the name: "s", "væringene"
    kind: str  # person, place, unit
    score: float  # 0 to 1


@dataclass(frozen=True)  # without slots, for `cached_property`
class _Word:
    """A word of a line, and what speaks for and against it."""

    written: str  # without the signs around it
    before: str
    after: str
    p: float | None  # how sure the machine was; None: it did not say
    begins: bool  # a sentence
    is_ordinary: bool

    @property
    def capital(self) -> bool:
        """Whether it is written like a name."""
        return self.written[:1].isupper()

    @cached_property
    def small(self) -> bool:
        """Whether it holds sentences together and is hardly part of a name."""
        return self.written.casefold() in _SMALL_WORDS

    @property
    def doubted(self) -> bool:
        """Whether something speaks against it."""
        low = self.p is not None and self.p < LOW_P
        return not self.is_ordinary or low or (self.capital and not self.begins)


def find_names(
    texts: Sequence[str], sure: Sequence[float | None], register: Register, learned: Learned, is_word: IsWord
) -> list[Found]:
    """The names that may have been meant in a line, none overlapping, in its order. `sure`: how sure, for each word."""
    words = _words(texts, sure, is_word)
    known = set(_known(words, register))
    taken = {at for first, last in known for at in range(first, last + 1)}
    found = []
    for first in range(len(words)):
        for last in range(first, min(first + MOST_WORDS, len(words))):
            stretch = words[first : last + 1]
            if (first, last) in known or not _is_doubted(stretch):
                continue
            one = _learned(stretch, first, last, register, learned)
            if one is None and not taken & set(range(first, last + 1)):
                one = _near(stretch, first, last, register)
            if one is not None:
                found.append(one)
    return _apart(found)


def _words(texts: Sequence[str], sure: Sequence[float | None], is_word: IsWord) -> list[_Word]:
    words: list[_Word] = []
    begins = True
    for text, p in zip(texts, sure, strict=True):
        match = _EDGES.match(text)
        assert match is not None  # noqa: S101 - it matches anything
        before, written, after = match.groups()
        words.append(_Word(written, before, after, p, begins, _is_ordinary(written, is_word)))
        begins = bool(_SENTENCE_END.search(after)) or (begins and not written)
    return words


def _is_ordinary(written: str, is_word: IsWord) -> bool:
    if len(written) < 2 or not written[0].isalpha():
        return True
    return is_word(written.casefold()) or is_word(written)


def _is_doubted(stretch: Sequence[_Word]) -> bool:
    """Whether something speaks against one of the words, and nothing parts them: a sign, or nothing but signs."""
    parted = any(one.after or two.before for one, two in pairwise(stretch))
    return not parted and all(word.written for word in stretch) and any(word.doubted for word in stretch)


def _known(words: Sequence[_Word], register: Register) -> Iterator[tuple[int, int]]:
    """Stretches that are names already, ours or others', and are left alone."""
    for first in range(len(words)):
        for last in range(first, min(first + MOST_WORDS, len(words))):
            stretch = words[first : last + 1]
            written = " ".join(word.written for word in stretch)
            if stretch[0].capital and (register.knows(written) or _is_foreign(written)):
                yield first, last


def _is_foreign(written: str) -> bool:
    return any(core in other_names() for core, _ in forms(written))


def _learned(stretch: Sequence[_Word], first: int, last: int, register: Register, learned: Learned) -> Found | None:
    for core, tail in forms(_written(stretch)):
        if meant := learned.get(name_key(core)):
            known = register.get(meant)
            return Found(first, last, core, meant, tail, known.kind if known else "place", _LEARNED)
    return None


def _near(stretch: Sequence[_Word], first: int, last: int, register: Register) -> Found | None:
    written = _written(stretch)
    if stretch[0].small or stretch[-1].small or len(written) > _LONGEST_HEARD:
        return None
    options = [each for core, tail in forms(written) if (each := _nearest(stretch, core, tail, register))]
    if not options:
        return None
    name, core, tail, score = max(options, key=lambda option: option[3])
    return Found(first, last, core, name.name, tail, name.kind, round(score, 3))


def _written(stretch: Sequence[_Word]) -> str:
    return " ".join(word.written for word in stretch)


def _nearest(stretch: Sequence[_Word], core: str, tail: str, register: Register) -> tuple[Name, str, str, float] | None:
    heard = sounds(core)
    if len(heard) < _FEWEST_SOUNDS - 1:
        return None
    scored = sorted(((likeness(heard, name.sounds), name) for name in register.near(heard)), key=lambda each: -each[0])
    if not scored:
        return None
    score, name = scored[0]
    if score < _enough(name, stretch, tail) or name_key(core) == name_key(name.name):
        return None
    if len(scored) > 1 and score - scored[1][0] < _AMBIGUOUS:
        return None
    return name, core, tail, score


def _enough(name: Name, stretch: Sequence[_Word], tail: str) -> float:
    count = len(name.sounds)
    if count < _FEWEST_SOUNDS:
        return 2.0  # never
    enough = _ENOUGH.get(count, _ENOUGH_LONG)
    ordinary = sum(word.is_ordinary for word in stretch) / len(stretch)
    lower = not any(word.capital for word in stretch) and not DWELLERS.fullmatch(tail)
    return enough + ordinary * _ORDINARY_MORE + lower * _SMALL_LETTER_MORE


def _apart(found: Sequence[Found]) -> list[Found]:
    """The best of those that overlap, full names before their parts; of equals the one of fewer words."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda one: (-_rank(one), one.last - one.first, one.first)):
        if all(each.last < other.first or other.last < each.first for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda one: one.first)


def _rank(found: Found) -> float:
    words = found.last - found.first
    return found.score + (_FULL_NAME * words if len(found.name.split()) == words + 1 else 0)


def put_in(texts: Sequence[str], first: int, last: int, old: str, name: str) -> list[str] | None:
    """What the words [first, last] become when `name` stands for `old`: signs and tails stay. None: `old` is not there.

    The word for who lives in a place keeps its small letter, since it is no name.
    """
    return _swap(texts, first, last, old, lambda written, tail: _small(name) if _is_small(written, tail) else name)


def take_out(texts: Sequence[str], first: int, last: int, name: str, heard: str) -> list[str] | None:
    """What `put_in` put in is `heard` again. None: `name` is not there any more."""
    return _swap(texts, first, last, name, lambda _written, _tail: heard)


def stands(texts: Sequence[str], first: int, last: int, heard: str) -> bool:
    """Whether the words [first, last] are still what was heard."""
    return put_in(texts, first, last, heard, heard) is not None


def _swap(texts: Sequence[str], first: int, last: int, old: str, new: Callable[[str, str], str]) -> list[str] | None:
    stretch = [match.groups() for text in texts[first : last + 1] if (match := _EDGES.match(text))]
    if not stretch or len(stretch) != last - first + 1:
        return None
    written = " ".join(part[1] for part in stretch)
    tail = written[len(old) :]
    if name_key(written[: len(old)]) != name_key(old) or (written[: len(old)], tail) not in forms(written):
        return None
    return f"{stretch[0][0]}{new(written, tail)}{tail}{stretch[-1][2]}".split()


def _is_small(written: str, tail: str) -> bool:
    return DWELLERS.fullmatch(tail) is not None and not written[0].isupper()


def _small(name: str) -> str:
    return name[0].lower() + name[1:]
