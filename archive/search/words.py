"""What is known of Norwegian words: stems, dictionary forms, how common they are, which are function words. Pure.

Everything is loaded on first use: a process that never searches pays nothing for it.
"""

import gzip
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.metadata import distribution
from itertools import islice
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_STEMMING = threading.Lock()  # the stemmer keeps the word it works on in itself
# Letters of neighbours that a Norwegian writes with his own; other accents are left out (*é*, *ï*, *ü*).
_NEIGHBOURS = str.maketrans({"ö": "ø", "ä": "æ", "ð": "d", "þ": "th", "ß": "ss", "đ": "d", "ŋ": "ng"})
_OURS = frozenset("æøå")
COMMON_WORDS = 40_000  # how many of the list are taken for common; three in four are words of ours
_SHORTEST_COMMON = 3
_READ_BYTES = 16_384
_LANGUAGES = ("nb", "nn")


def lines_of(name: str) -> Iterator[str]:
    """The lines of a data file beside this module, without comments and empty lines."""
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """A word in lower case in our own letters, without accents."""
    if word.isascii():
        return word
    word = word.translate(_NEIGHBOURS)
    return "".join(
        sign
        if sign in _OURS
        else "".join(c for c in unicodedata.normalize("NFD", sign) if not unicodedata.combining(c))
        for sign in word
    )


def stem(word: str) -> str:
    """What Snowball leaves of a word in lower case; never empty."""
    with _STEMMING:
        return str(_stemmer().stemWord(word)) or word


def lemmas(word: str) -> Iterator[str]:
    """The dictionary forms of a word, bokmål's first; none when no dictionary has it."""
    for dictionary in _dictionaries():
        if lemma := dictionary.get(word):
            yield lemma.lower()


@lru_cache(maxsize=50_000)
def bokmaal_lemma(word: str) -> str | None:
    """The dictionary form of a bokmål word; None: the dictionary has no such word."""
    lemma = _dictionaries()[0].get(word)
    return lemma.lower() if lemma else None


@lru_cache(maxsize=50_000)
def is_known(word: str) -> bool:
    """Whether bokmål or nynorsk has this word in lower case."""
    return any(word in dictionary for dictionary in _dictionaries())


@lru_cache(maxsize=50_000)
def is_known_name(word: str) -> bool:
    """Whether the dictionaries have this word (given in lower case) with a capital letter only."""
    return not is_known(word) and is_known(word[:1].upper() + word[1:])


@lru_cache(maxsize=50_000)
def rank(word: str) -> int | None:
    """How many words are written more often than this one, from 1; None: it is not among the common words."""
    place = _common_words().get(word)
    return place if place and is_known(word) else None


@cache
def _common_words() -> Mapping[str, int]:
    """What wordfreq counted in books, news, subtitles and the web, names and foreign words among the rest."""
    return {word: place for place, word in enumerate(islice(_by_frequency(), COMMON_WORDS), start=1)}


def _by_frequency() -> Iterator[str]:
    """Norwegian words from the most common on, read out of wordfreq's own file as far as anybody asks.

    `wordfreq.iter_wordlist` gives the same, but unpacks all 319,000 and imports what mends broken text and names
    languages: 27 MB more in every process that searches. The file is a list of a header and then, for each hundredth
    of a factor of ten by which words are rarer, a list of words ("cBpack" 1); no more versions come (pyproject.toml).
    """
    import msgpack

    path = distribution("wordfreq").locate_file("wordfreq/data/large_nb.msgpack.gz")
    with gzip.open(str(path)) as file:
        unpacker = msgpack.Unpacker(file, read_size=_READ_BYTES)
        count = unpacker.read_array_header()
        if unpacker.unpack() != {"format": "cB", "version": 1}:
            raise ValueError(path)
        for _ in range(count - 1):
            yield from (word for word in unpacker.unpack() if len(word) >= _SHORTEST_COMMON)


@cache
def function_words() -> frozenset[str]:
    """Words that hold a sentence together and say little alone: bokmål, nynorsk, Trøndersk."""
    return frozenset(word for line in lines_of("function_words.txt") for word in line.split())


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("norwegian", 0)  # 0: it need not remember words, the keys are remembered


def load_whole() -> None:
    """Unpack the dictionaries, for a process that looks up very many words: 110 MB, 20 times as fast."""
    global _unpacked
    if _unpacked:
        return
    from simplemma.strategies.dictionaries import DefaultDictionaryFactory

    factory = DefaultDictionaryFactory()
    _unpacked = tuple(factory.get_dictionary(language) for language in _LANGUAGES)


_unpacked: tuple[Mapping[str, str], ...] = ()


def _dictionaries() -> tuple[Mapping[str, str], ...]:
    return _unpacked or _packed()


@cache
def _packed() -> tuple[Mapping[str, str], ...]:
    """Word form to lemma in bokmål and nynorsk, read where they lie packed: 11 MB, ready in 0.6 s.

    simplemma's trie is as small and is ready at once, but only after a first build of 2 s and 50 MB into a file of its
    own. A word is looked up once and then remembered, so its speed would gain little here.
    """
    from simplemma.strategies.dictionaries import StreamDictionaryFactory

    factory = StreamDictionaryFactory()
    return tuple(factory.get_dictionary(language) for language in _LANGUAGES)
