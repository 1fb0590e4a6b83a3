"""What a person typed into the search field, read into what a passage must and must not hold. Pure.

Plain words, "quotation marks" for the exact words in order, a minus before what must not be there, `hvem:` for who
speaks, and a star after at least three letters for the beginning of a word. Everything else is just signs.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.search.analysis import Token, tokens

LONGEST = 1_000  # characters of a question that are read
MOST_WORDS = 24  # words of it that are searched for
SHORTEST_START = 3  # letters before a star

_PIECE = re.compile(
    r"""(?P<minus>(?<!\S)-)?
        (?:(?P<field>hvem):\s*)?+
        (?:["“”„«»](?P<quoted>[^"“”„«»]*)(?:["“”„«»]|$) | (?P<plain>[^\s"“”„«»]+) | $)""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to look for: a word by its keys, words in a row by their exact form, or the beginning of a word.

    A hyphenated word has both keys and a row: *Nord-Trøndelag* is also what somebody wrote in two words.
    """

    written: str
    keys: frozenset[str] = frozenset()
    row: tuple[str, ...] = ()
    start: str = ""

    def spans(self, text: Sequence[Token]) -> list[tuple[int, int]]:
        """Where it stands, as offsets into the text that the tokens come from."""
        found = []
        for place, token in enumerate(text):
            if token.joined and not self.keys.isdisjoint(token.joined):
                found.append((token.start, token.joined_end))
            elif not self.keys.isdisjoint(token.keys) or (self.start and token.word.startswith(self.start)):
                found.append((token.start, token.end))
            elif self.row and self._row_at(text, place):
                found.append((token.start, text[place + len(self.row) - 1].end))
        return found

    def _row_at(self, text: Sequence[Token], place: int) -> bool:
        return all(place + step < len(text) and text[place + step].word == word for step, word in enumerate(self.row))


@dataclass(frozen=True, slots=True)
class Question:
    """What to look for, what must not be there, and the words of the name of whoever speaks."""

    wanted: tuple[Wanted, ...] = ()
    unwanted: tuple[Wanted, ...] = ()
    speaker: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to find: no word at all, or only words that must not be there."""
        return not (self.wanted or self.speaker)

    def marks(self, text: Sequence[Token], speaker: str | None, *, any_word: bool) -> list[tuple[int, int]] | None:
        """Every place in a passage that answers it, in order; None when the passage is no answer.

        What touches or overlaps is one place. `any_word`: one of the words is enough, instead of all.
        """
        name = {token.word for token in tokens(speaker or "")}
        if not name.issuperset(self.speaker) or any(each.spans(text) for each in self.unwanted):
            return None
        found = [each.spans(text) for each in self.wanted]
        if found and not (any(found) if any_word else all(found)):
            return None
        merged: list[tuple[int, int]] = []
        for start, end in sorted(span for spans in found for span in spans):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return merged


def read_question(text: str) -> Question:
    """Read what a person typed. There is no wrong question: what makes no sense is passed over."""
    wanted: list[Wanted] = []
    unwanted: list[Wanted] = []
    speaker: list[str] = []
    room = MOST_WORDS
    for piece in _PIECE.finditer(text[:LONGEST]):
        if piece["field"]:
            words = [token.word for token in tokens(piece["quoted"] or piece["plain"] or "")][:room]
            speaker += words
            room -= len(words)
            continue
        for each in _things(piece["quoted"], piece["plain"] or ""):
            room -= max(len(each.row), 1)
            if room < 0:
                return Question(tuple(wanted), tuple(unwanted), tuple(speaker))
            (unwanted if piece["minus"] else wanted).append(each)
    return Question(tuple(wanted), tuple(unwanted), tuple(speaker))


def _things(quoted: str | None, plain: str) -> Iterable[Wanted]:
    if quoted is not None:
        row = tuple(token.word for token in tokens(quoted))
        return [Wanted(quoted.strip(), row=row)] if row else []
    words = tokens(plain)
    if plain.endswith("*") and len(words) == 1 and len(words[0].word) >= SHORTEST_START:
        return [Wanted(plain, start=words[0].word)]
    return _plain_words(plain, words)


def _plain_words(plain: str, words: Sequence[Token]) -> list[Wanted]:
    things = []
    whole_end = -1
    for word in words:
        if word.end <= whole_end:
            continue
        if word.joined:
            whole_end = word.joined_end
            row = tuple(each.word for each in words if word.start <= each.start < whole_end)
            things.append(Wanted(plain[word.start : whole_end], keys=frozenset(word.joined), row=row))
        else:
            things.append(Wanted(plain[word.start : word.end], keys=frozenset(word.keys)))
    return things
