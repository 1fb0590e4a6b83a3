"""Norwegian words, and the keys under which they are found. Pure.

The index holds for each word, at its own place, its own keys (weight 1) and with less weight what else it is found by:
the parts of a compound, the bokmål word behind a dialect form, the spelling without æ, ø and å, the sound of a name,
the other names of a thing. A question asks for a word's own keys, and for what a form, a slip or a name may stand for;
for the parts of a compound it asks only where some of its words are enough, so that *kommunestyremøte* does not find
every *møte*.

All keys share one space, so one key is one look-up. Those that begin with a sign are of one kind only:
`~` without æøå, `?` the sound of a name, `+` a compound by its parts, `=` a thing of several names.
No word is thrown away: *ikke* is what many a question turns on.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from archive.search import compounds, dialect, terms
from archive.search.spelling import folded, sound_key, unfolded
from archive.search.words import (
    bokmaal_lemma,
    function_words,
    is_known,
    is_known_name,
    lemmas,
    load_whole,
    plain,
    rank,
    stem,
)

# Raise it when a text would get other keys than before; an index of another version is built anew.
ANALYSIS_VERSION = 3

# How much a key counts beside the word's own, in the index and in a question.
OWN = 1.0
SAME_THING = 0.8  # another name, another letter for the same (aa, å)
DIALECT = 0.6  # the word that a dialect form stands for
PART = 0.5  # of a compound
HOMOGRAPH = 0.4  # one of several words that a form may stand for
FOLDED = 0.4
SOUND = 0.3
SMALL_WORD = 0.15  # what a function word counts in a question

# Combining marks belong to the letter before them; a soft hyphen (from Word) is inside a word and not written.
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u00ad])+")
_HYPHENS = "-\u2010\u2011"
_SENTENCE = re.compile(r"[.!?…:;\"“”„«»\n–—(]\s*$")
# Agent nouns: two letters or more, -er (nynorsk -ar), then an ending of the noun in either written form.
_AGENT = re.compile(r"(.{2,}[^e])(?:er|ar)(?:s|e|es|en|ens|ne|nes|ene|enes|ane|anes|ar|ars)?")
_LONGEST_WORD = 64  # letters; beyond it is noise, and two such words are told apart by their beginning
_COMMON = 2_000  # a word this common is meant as it is typed: *far* is not *får*
_SHORTEST_JOINED = 6  # letters of a word that was written in two
_PARTICLES = frozenset("ned inn ut opp fram frem bort".split())  # *legge ned* is *nedlegge*


class Key(NamedTuple):
    """What a word is found by, and how much it counts beside the word itself (1)."""

    text: str
    weight: float


class Asked(NamedTuple):
    """What a word of a question looks for: keys, and words by their exact form where a key would reach too far."""

    keys: tuple[Key, ...]
    words: tuple[str, ...] = ()
    parts: tuple[Key, ...] = ()  # of a compound: only where some of what was asked for is enough


class Wide(NamedTuple):
    """A thing of several words (a hyphenated word, a name) that begins at a token: where it ends and its keys."""

    end: int
    words: int  # how many
    keys: tuple[Key, ...]
    sure: bool = True  # False: two words that may have been meant as one


class Token(NamedTuple):
    """A word where it stands: offsets in the text, the word as it is written in lower case, and its keys."""

    start: int
    end: int
    word: str
    keys: tuple[Key, ...]
    is_name: bool = False  # it has a capital that no sentence asks for
    wide: tuple[Wide, ...] = ()

    @property
    def all_keys(self) -> Iterator[Key]:
        """Everything that is found at this place."""
        yield from self.keys
        for each in self.wide:
            yield from each.keys


class _Seen(NamedTuple):
    """What is worth remembering of a word as it is written."""

    word: str  # in lower case; "" for what is only marks
    keys: tuple[Key, ...]
    has_capital: bool
    is_abbreviation: bool  # several capitals and nothing else
    stem: str  # by which names of several words begin
    begins: int  # how many words the longest name has that begins with it; 0: none does
    joins: int  # whether it may be written in two with another word: 0 no, 1 yes, 2 as a particle only


def _look_at(written: str) -> _Seen:
    word = _lower(written)
    first = stem(plain(word)) if word else ""
    joins = 2 if word in _PARTICLES else int(len(word) > 1 and word.isalpha() and not is_small(word))
    capital, abbreviation = written[0].isupper(), len(written) > 1 and written.isupper()
    keys = keys_of(word) if word else ()
    return _Seen(word, keys, capital, abbreviation, first, terms.beginnings().get(first, 0), joins)


_seen = lru_cache(maxsize=50_000)(_look_at)


def remember_more(written: int) -> None:
    """Remember so many words as they are written, each 1.5 kB, for a process that reads very much and then ends."""
    global _seen
    _seen = lru_cache(maxsize=written)(_look_at)


def tokens(text: str) -> list[Token]:
    """The words of a text in order.

    The parts of a hyphenated word are words of their own (*Nord-Trøndelag* is found by *Trøndelag*), and the whole has
    keys too, so that *e-post* and *epost* find each other; so has a name of several words, and a compound that stands
    in two words.
    """
    found: list[Token] = []
    seen: list[_Seen] = []
    wide: list[tuple[int, Wide]] = []
    for match in _WORD.finditer(text):
        each = _seen(match.group())
        if not each.word:
            continue
        start, end = match.span()
        is_name = each.has_capital and (each.is_abbreviation or _inside_sentence(text, start))
        beside = each.joins and seen and seen[-1].joins == 1 and not is_name and text[found[-1].end : start] == " "
        if beside and (keys := _joined(seen[-1].word, each.word)):
            wide.append((len(found) - 1, Wide(end, 2, keys, sure=False)))
        found.append(Token(start, end, each.word, keys_of(each.word, True) if is_name else each.keys, is_name))
        seen.append(each)
    wide += _hyphenated(text, found)
    wide += _named(found, seen)
    for place, those in wide:
        found[place] = found[place]._replace(wide=(*found[place].wide, those))
    return found


def words_in(text: str) -> list[str]:
    """The words of a text as `Token.word` has them, without the work of their keys."""
    return [word for match in _WORD.finditer(text) if (word := _lower(match.group()))]


def spans_in(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand, each as `tokens` has it, without the work of their keys."""
    return [match.span() for match in _WORD.finditer(text) if match.group().strip("\u00ad")]


def is_needed(word: str) -> bool:
    """Whether a question with this word in lower case asks for it even among others: *ikke* it does, *og* not."""
    return not is_small(word) or "ikke" in (word, *dialect.meant(word))


def is_small(word: str) -> bool:
    """Whether a word in lower case holds sentences together and counts little."""
    return word in function_words()


@lru_cache(maxsize=50_000)
def keys_of(word: str, is_name: bool = False) -> tuple[Key, ...]:
    """What a word in lower case is found by, the weightiest first. Never empty."""
    own = own_keys(word)
    keys = [Key(key, OWN) for key in own]
    if word.isalpha():
        keys += _same_words(word, is_name)
        if not is_small(word):
            if not is_name and not is_known_name(word):
                keys += _part_keys(word)
            strange = len(keys) == len(own) and not is_known(word)
            keys += _spellings(word, own, by_sound=is_name or strange)
    return _strongest(keys)


@lru_cache(maxsize=5_000)
def asked_of(word: str, is_name: bool = False) -> Asked:
    """What a word in lower case looks for. Its keys are never empty, the weightiest first."""
    keys = [Key(key, OWN) for key in own_keys(word)]
    parts: list[Key] = []
    if not word.isalpha():
        return Asked(tuple(keys))
    meant = dialect.meant(word)
    if len(meant) == 1:
        keys += [Key(key, DIALECT) for key in own_keys(meant[0])]
    keys += _regular(word)
    term = terms.of_word(word, is_name=True)
    keys += [Key(key, SAME_THING) for key in (term.own if term else ())]
    if not is_small(word):
        keys += _typed(word, is_name)
        compound = compounds.split(plain(word))
        if compound:
            keys.append(Key(_compound_key(compound), PART))
            parts = [Key(key, PART) for part in (compound.head, compound.tail) for key in own_keys(part)]
    return Asked(_strongest(keys), meant if len(meant) > 1 else (), _strongest(parts))


def own_keys(word: str) -> tuple[str, ...]:
    """The keys that are the word's own: its stem, that of its dictionary form, one for an agent noun. Never empty."""
    word = plain(word) or word
    if not word.isalpha():
        return (word,)
    keys = [stem(word)]
    if agent := _agent_key(word):
        keys.append(agent)
    if word in dialect.table() and bokmaal_lemma(word) is None:
        return tuple(keys)  # the table knows better than nynorsk's dictionary: *me* is not only *me*
    # *leder* may be what somebody does, and then belongs with *ledet*; *lederen* cannot, so its lemma is not stemmed.
    keys += [_agent_key(lemma) or stem(lemma) for lemma in lemmas(word)]
    return tuple(dict.fromkeys(keys))


def _agent_key(word: str) -> str | None:
    """One key for *leder, lederen, lederne, ledere* and for nynorsk *ordførar* beside *ordfører*; None: not one."""
    match = _AGENT.fullmatch(word)
    return f"{match.group(1)}er" if match else None


def _same_words(word: str, is_name: bool) -> Iterator[Key]:
    """The bokmål words that a form stands for, and the things that it is a name of."""
    meant = dialect.meant(word)
    for each in meant:
        # Of a function word the form that was said is enough: *va* is *var*, and need not be *er* and *være* as well.
        those = own_keys(each)[:1] if is_small(each) else own_keys(each)
        yield from (Key(key, DIALECT if len(meant) == 1 else HOMOGRAPH) for key in those)
    yield from _regular(word)
    if term := terms.of_word(word, is_name=is_name):
        yield from (Key(key, SAME_THING) for key in sorted(term.own | term.wholes))


def _regular(word: str) -> Iterator[Key]:
    """The bokmål words that the rules see in a form which no table has."""
    if not dialect.meant(word) and not is_small(word):
        meant = dialect.by_rule(plain(word))
        for each in meant:
            yield from (Key(key, DIALECT if len(meant) == 1 else HOMOGRAPH) for key in own_keys(each))


def _spellings(word: str, own: Sequence[str], *, by_sound: bool) -> Iterator[Key]:
    """How a word of the text is found by those who type or spell it otherwise."""
    word = plain(word)
    if (other := unfolded(word)) != word and rank(word) is None:
        yield from (Key(key, SAME_THING) for key in own_keys(other))
        own = own_keys(other)
    if not own[0].isascii():
        yield Key(f"~{folded(own[0])}", FOLDED)
    if by_sound and (sound := sound_key(word)):
        yield Key(f"?{sound}", SOUND)


def _typed(word: str, is_name: bool) -> Iterator[Key]:
    """What somebody may have meant who typed this word: other letters, or a name that he has only heard."""
    word = plain(word)
    if (other := unfolded(word)) != word and rank(word) is None:
        yield from (Key(key, SAME_THING) for key in own_keys(other))
    if other.isascii() and (rank(word) or _COMMON) >= _COMMON:
        yield from (Key(f"~{folded(key)}", FOLDED) for key in own_keys(other) if "a" in key or "o" in key)
    if (is_name or not is_known(word)) and (sound := sound_key(other)):
        yield Key(f"?{sound}", SOUND)


def _part_keys(written: str) -> Iterator[Key]:
    """The parts of a compound and the compound itself, however its parts are linked or spelt."""
    if compound := compounds.split(plain(written)):
        for part in (compound.head, compound.tail):
            meant = dialect.meant(part)
            yield from (Key(key, PART) for word in (part, *meant[:1]) for key in own_keys(word))
        yield Key(_compound_key(compound), PART)


def _compound_key(compound: compounds.Compound) -> str:
    return f"+{_base(compound.head)} {_base(compound.tail)}"


def _base(word: str) -> str:
    """The last of a word's own keys, that of its dictionary form, in bokmål where the table knows the nynorsk."""
    meant = dialect.meant(word)
    return own_keys(meant[0] if len(meant) == 1 else word)[-1]


def _named(found: Sequence[Token], seen: Sequence[_Seen]) -> Iterator[tuple[int, Wide]]:
    """Names of several words, each with the place of the first."""
    known = terms.terms()
    for first, each in enumerate(seen):
        if not each.begins:
            continue
        for count in range(min(each.begins, len(seen) - first), 1, -1):
            if term := known.get(tuple(word.stem for word in seen[first : first + count])):
                keys = tuple(Key(key, SAME_THING) for key in sorted(term.own | term.wholes))
                yield first, Wide(found[first + count - 1].end, count, keys)
                break


def as_one(one: str, two: str) -> tuple[Key, ...]:
    """The keys of what two words of a question may be as one; looks harder than for a text."""
    made = _joined(one, two) or (compounds.is_made_of(one, two) and own_keys(one + two)) or ()
    return tuple(each if isinstance(each, Key) else Key(each, DIALECT) for each in made)


@lru_cache(maxsize=5_000)
def _joined(one: str, two: str) -> tuple[Key, ...]:
    """The keys of what two words may be as one: *fylkes ting*, or *lagt ned* beside *nedlagt*; mostly none."""
    particle = two in _PARTICLES
    whole = two + one if particle else one + two
    if len(whole) < _SHORTEST_JOINED:
        return ()
    # Two words of a text rarely meet again, so nothing dearer than a look-up is done here.
    if (rank(one) is None and rank(one[:-1]) is None) or not is_known(whole):
        return ()
    return keys_of(whole) if particle else tuple(Key(key, DIALECT) for key in own_keys(whole))


def _hyphenated(text: str, found: Sequence[Token]) -> Iterator[tuple[int, Wide]]:
    """The runs of words held together by single hyphens, each with the place of the first."""
    if not any(sign in text for sign in _HYPHENS):
        return
    first = 0
    for place in range(1, len(found) + 1):
        if place < len(found):
            between = text[found[place - 1].end : found[place].start]
            if len(between) == 1 and between in _HYPHENS:
                continue
        if place - 1 > first:
            whole = "".join(token.word for token in found[first:place])[:_LONGEST_WORD]
            yield first, Wide(found[place - 1].end, place - first, keys_of(whole, found[first].is_name))
        first = place


def _inside_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start]
    return bool(before.strip()) and not _SENTENCE.search(before)


def _lower(word: str) -> str:
    if not word.isascii():
        word = unicodedata.normalize("NFC", word.replace("\u00ad", ""))
    return word.lower()[:_LONGEST_WORD]


def _strongest(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Each key once, with the most that it counts."""
    best: dict[str, float] = {}
    for key in keys:
        best[key.text] = max(key.weight, best.get(key.text, 0))
    return tuple(Key(text, best[text]) for text in sorted(best, key=best.__getitem__, reverse=True))


def warm_up(*, whole: bool = False) -> None:
    """Load what the keys are made with now, so that the first search need not wait for it.

    `whole`: with the dictionaries unpacked, which takes 110 MB and makes words that are new half as dear.
    """
    if whole:
        load_whole()
    tokens("Stemmearkivet var itj møtt opp.")
