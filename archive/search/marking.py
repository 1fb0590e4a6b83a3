"""Where the words that were asked for stand in a passage, as the index knows it.

To find them in the text again is to make the keys of each of its words, which takes ten times as long as the search. So
the index holds which word of its document each key belongs to; where that is no longer the text, it is gone through.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from archive.search.analysis import Key, Token
from archive.search.question import Question, Wanted

Places = Callable[[str, str], Sequence[int]]  # where a term of a field stands in one document; of keys `at_place`

_WORD = 1 << 24  # more than the words of any text that is searched
_MOST_WORDS = 255  # that a name or a hyphenated word may have


class Marked(NamedTuple):
    """The words of a document that answer a question: the first and how many, for each place."""

    stamp: int  # of what the document was made from, `schema.Source`
    words: tuple[tuple[int, int], ...]


def keys_and_places(words: Sequence[Token]) -> tuple[list[Key], list[int]]:
    """All keys of a text, and for each where it stands: its word, and how many words it is made of."""
    keys: list[Key] = []
    places: list[int] = []
    for place, word in enumerate(words):
        keys += word.keys
        places += [place] * len(word.keys)
        for wide in word.wide:
            keys += wide.keys
            places += [at_place(place, min(wide.words, _MOST_WORDS))] * len(wide.keys)
    return keys, places


def at_place(word: int, words: int) -> int:
    """A place as one number: its word, and how many words it is made of."""
    return word + (words - 1) * _WORD


def split_place(place: int) -> tuple[int, int]:
    """The word of a place, and how many words it is made of."""
    return place % _WORD, place // _WORD + 1


def words_that_answer(question: Question, places: Places, *, any_word: bool) -> tuple[tuple[int, int], ...] | None:
    """What `Marked.words` says of one document; None: the index cannot say it of this question."""
    if asks_for_beginnings(question):
        return None  # hundreds of words may begin so: the text is gone through sooner
    found = (each for wanted in question.needed for each in _of(wanted, places, any_word=any_word))
    return tuple(sorted(set(found)))


def asks_for_beginnings(question: Question) -> bool:
    """Whether the words that answer are not known before the archive's words are."""
    return any(each.start for wanted in question.needed for each in (wanted, *wanted.either))


def _of(wanted: Wanted, places: Places, *, any_word: bool) -> Iterator[tuple[int, int]]:
    for key in wanted.asked(any_word=any_word):
        for place in places("keys", key.text):
            yield split_place(place)
    for word in wanted.words:
        yield from ((place, 1) for place in places("exact", word))
    if wanted.row:
        begins = set(places("exact", wanted.row[0]))
        for step, word in enumerate(wanted.row):
            begins &= {place - step for place in places("exact", word)}
        yield from ((place, len(wanted.row)) for place in begins)
    for other in wanted.either:
        yield from _of(other, places, any_word=any_word)
