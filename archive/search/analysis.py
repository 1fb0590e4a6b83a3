"""Norwegian words, and the keys under which they are found. Pure; text and query go through the same functions.

A word gets one or more keys, all at its own place in the text: its stem, the stem of its dictionary form, and for what
looks like an agent noun (*leder*, *ordfører*) one key for all of its forms, which the stemmer alone tears apart.
No word is thrown away: *ikke* is what many a question turns on.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

# Raise it when a text would get other keys than before; an index of another version is built anew.
ANALYSIS_VERSION = 1

# Combining marks belong to the letter before them; a soft hyphen (from Word) is inside a word and not written.
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u00ad])+")
_HYPHENS = "-\u2010\u2011"
# Agent nouns: two letters or more, -er (nynorsk -ar), then an ending of the noun in either written form.
_AGENT = re.compile(r"(.{2,}[^e])(?:er|ar)(?:s|e|es|en|ens|ne|nes|ene|enes|ane|anes|ar|ars)?")
_STEMMING = threading.Lock()  # the stemmer keeps the word it works on in itself
_LONGEST_WORD = 64  # letters; beyond it is noise, and two such words are told apart by their beginning


@dataclass(frozen=True, slots=True)
class Token:
    """A word where it stands: offsets in the text, the word as it is written in lower case, and its keys.

    The first part of a hyphenated word also has the keys of the whole (`joined`) and where the whole ends.
    """

    start: int
    end: int
    word: str
    keys: tuple[str, ...]
    joined: tuple[str, ...] = ()
    joined_end: int = 0


def tokens(text: str) -> list[Token]:
    """The words of a text in order.

    The parts of a hyphenated word are words of their own (*Nord-Trøndelag* is found by *Trøndelag*), and the whole has
    keys too, so that *e-post* and *epost* find each other.
    """
    found = [
        Token(match.start(), match.end(), word, keys_of(word))
        for match in _WORD.finditer(text)
        if (word := _written(match.group()))
    ]
    for first, last in _hyphenated(text, found):
        whole = keys_of("".join(token.word for token in found[first : last + 1])[:_LONGEST_WORD])
        found[first] = replace(found[first], joined=whole, joined_end=found[last].end)
    return found


def _hyphenated(text: str, found: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """First and last place of every run of words held together by single hyphens."""
    first = 0
    for place in range(1, len(found) + 1):
        if place < len(found):
            between = text[found[place - 1].end : found[place].start]
            if len(between) == 1 and between in _HYPHENS:
                continue
        if place - 1 > first:
            yield first, place - 1
        first = place


def _written(word: str) -> str:
    if not word.isascii():
        word = unicodedata.normalize("NFC", word.replace("\u00ad", ""))
    return word.lower()[:_LONGEST_WORD]


@lru_cache(maxsize=20_000)
def keys_of(word: str) -> tuple[str, ...]:
    """The keys of one word in lower case, the stem first. Never empty."""
    if not word.isalpha():
        return (word,)
    keys = [_stem(word)]
    if agent := _agent_key(word):
        keys.append(agent)
    # *leder* may be what somebody does, and then belongs with *ledet*; *lederen* cannot, so its lemma is not stemmed.
    keys += [_agent_key(lemma) or _stem(lemma) for lemma in _lemmas(word)]
    return tuple(dict.fromkeys(keys))


def _agent_key(word: str) -> str | None:
    """One key for *leder, lederen, lederne, ledere* and for nynorsk *ordførar* beside *ordfører*; None: not one."""
    match = _AGENT.fullmatch(word)
    return f"{match.group(1)}er" if match else None


def _stem(word: str) -> str:
    with _STEMMING:
        return str(_stemmer().stemWord(word))


def _lemmas(word: str) -> Iterator[str]:
    for dictionary in _dictionaries():
        if lemma := dictionary.get(word):
            yield lemma.lower()


def is_word(word: str) -> bool:
    """Whether a dictionary of bokmål or nynorsk has this very form."""
    return any(word in dictionary for dictionary in _dictionaries())


# Both are imported on first use: a process that never searches pays nothing for them.
@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("norwegian", 0)  # 0: it need not remember words, `keys_of` does


@cache
def _dictionaries() -> tuple[Mapping[str, str], ...]:
    """Word form to lemma in bokmål and nynorsk, read where they lie packed: 11 MB, ready in 0.6 s.

    simplemma's trie is as small and is ready at once, but only after a first build of 2 s and 50 MB into a file of its
    own. A word is looked up once and then remembered, so its speed would gain little here.
    """
    from simplemma.strategies.dictionaries import StreamDictionaryFactory

    factory = StreamDictionaryFactory()
    return tuple(factory.get_dictionary(language) for language in ("nb", "nn"))


def warm_up() -> None:
    """Load the dictionaries now, so that the first search need not wait for them."""
    keys_of("stemme")
