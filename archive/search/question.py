"""What a person typed into the search field, read into what a passage must and must not hold. Pure.

Plain words, "quotation marks" for the exact words in order, OR between two things of which one is enough, a minus
before what must not be there, `hvem:` or `taler:` for who speaks, and a star after at least three letters for the
beginning of a word. Everything else is just signs. Function words among others only help to order the hits.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from archive.search import compounds
from archive.search.analysis import PART, SMALL_WORD, Asked, Key, Token, as_one, asked_of, is_needed, own_keys, tokens
from archive.search.spelling import unfolded
from archive.search.words import plain, rank

LONGEST = 1_000  # characters of a question that are read
MOST_WORDS = 24  # words of it that are searched for
SHORTEST_START = 3  # letters before a star
NEAR = 0.5  # what a key counts that is only spelt nearly as what was typed

_PIECE = re.compile(
    r"""(?P<minus>(?<!\S)-)?
        (?:(?P<field>hvem|taler):\s*)?+
        (?:["“”„«»](?P<quoted>[^"“”„«»]*)(?:["“”„«»]|$) | (?P<plain>[^\s"“”„«»]+) | $)""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to look for, in any of these ways; `either` is other things that do as well (OR).

    A hyphenated word has both keys and a row: *Nord-Trøndelag* is also what somebody wrote in two words.
    """

    written: str
    keys: tuple[Key, ...] = ()
    words: tuple[str, ...] = ()  # by their exact form
    parts: tuple[Key, ...] = ()  # of a compound, for where some of what was asked for is enough
    row: tuple[str, ...] = ()  # words that stand in this order
    start: str = ""  # the beginning of a word
    needed: bool = True  # False: a function word, which only helps to order the hits
    either: tuple["Wanted", ...] = ()
    near: tuple[str, ...] = ()  # keys of the archive that are nearly what was typed, where it has none that is

    def spans(self, text: Sequence[Token], *, any_word: bool = False) -> list[tuple[int, int]]:
        """Where it stands (or with `any_word` a part of it), as offsets into the text that the tokens come from."""
        keys = {key.text for key in self.asked(any_word=any_word)}
        found = [span for place, token in enumerate(text) for span in self._at(text, place, token, keys)]
        return found + [span for other in self.either for span in other.spans(text, any_word=any_word)]

    def asked(self, *, any_word: bool) -> tuple[Key, ...]:
        """The keys to look for."""
        return (*self.keys, *self.parts) if any_word else self.keys

    def _at(self, text: Sequence[Token], place: int, token: Token, keys: set[str]) -> Iterator[tuple[int, int]]:
        for wide in token.wide:
            if any(key.text in keys for key in wide.keys):
                yield token.start, wide.end
        begins = self.start and token.word.startswith(self.start)
        if begins or token.word in self.words or any(key.text in keys for key in token.keys):
            yield token.start, token.end
        if self.row and self._row_at(text, place):
            yield token.start, text[place + len(self.row) - 1].end

    def _row_at(self, text: Sequence[Token], place: int) -> bool:
        return all(place + step < len(text) and text[place + step].word == word for step, word in enumerate(self.row))


@dataclass(frozen=True, slots=True)
class Question:
    """What to look for, what must not be there, and the words of the name of whoever speaks."""

    wanted: tuple[Wanted, ...] = ()
    unwanted: tuple[Wanted, ...] = ()
    speaker: tuple[str, ...] = ()
    is_apart: bool = False  # the words are the parts of the one that was typed

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to find: no word at all, or only words that must not be there."""
        return not (self.wanted or self.speaker)

    @property
    def needed(self) -> tuple[Wanted, ...]:
        """What a passage must hold: everything but function words, or these where there is nothing else."""
        return tuple(each for each in self.wanted if each.needed) or self.wanted

    @property
    def helping(self) -> tuple[Wanted, ...]:
        """What only helps to order the hits."""
        return tuple(each for each in self.wanted if each not in self.needed)

    def with_near(self, near: Mapping[str, Sequence[str]]) -> "Question":
        """The same question, asking also for the keys that are near what was typed, by what was typed."""
        return replace(self, wanted=tuple(_with_near(each, near) for each in self.wanted))

    def marks(self, text: Sequence[Token], speaker: str | None, *, any_word: bool) -> list[tuple[int, int]] | None:
        """Every place in a passage that answers it, in order; None when the passage is no answer.

        `any_word`: one of the words is enough, instead of all. Words that need not be there are not marked either:
        every passage has an *og*.
        """
        name = {token.word for token in tokens(speaker or "")}
        if not name.issuperset(self.speaker) or any(each.spans(text) for each in self.unwanted):
            return None
        found = [each.spans(text, any_word=any_word) for each in self.needed]
        if found and not (any(found) if any_word else all(found)):
            return None
        return merged(span for spans in found for span in spans)


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places in a text in order; those that touch or overlap are one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def read_question(text: str) -> Question:
    """Read what a person typed. There is no wrong question: what makes no sense is passed over."""
    reader = _Reader()
    for piece in _PIECE.finditer(text[:LONGEST]):
        plain = piece["plain"] or ""
        if piece["field"]:
            reader.name_speaker(piece["quoted"] or plain)
        elif plain == "OR" and not piece["minus"]:
            reader.either()
        elif piece["quoted"] is not None or piece["minus"] or plain.endswith("*"):
            reader.add(_things(piece["quoted"], plain), unwanted=bool(piece["minus"]))
        else:
            reader.gather(plain)
    return reader.question()


class _Reader:
    """Puts a question together; plain words that stand beside each other are read as one text."""

    def __init__(self) -> None:
        self._wanted: list[Wanted] = []
        self._unwanted: list[Wanted] = []
        self._speaker: list[str] = []
        self._room = MOST_WORDS
        self._plain: list[str] = []
        self._or = False

    def gather(self, plain: str) -> None:
        self._plain.append(plain)

    def add(self, things: Iterable[Wanted], *, unwanted: bool = False) -> None:
        """Take up things in order, as long as there is room; the first belongs to what stood before an OR."""
        self._flush()
        self._take(things, unwanted=unwanted)

    def either(self) -> None:
        """What comes next is another way to say what came last."""
        self._flush()
        self._or = bool(self._wanted)

    def name_speaker(self, name: str) -> None:
        self._flush()
        words = [token.word for token in tokens(name)][: max(self._room, 0)]
        self._speaker += words
        self._room -= len(words)

    def question(self) -> Question:
        self._flush()
        return Question(tuple(self._wanted), tuple(self._unwanted), tuple(self._speaker))

    def _flush(self) -> None:
        plain, self._plain = " ".join(self._plain), []
        self._take(_plain_words(plain, tokens(plain)) if plain else ())

    def _take(self, things: Iterable[Wanted], *, unwanted: bool = False) -> None:
        for each in things:
            self._room -= max(len(each.row), 1)
            if self._room < 0:
                return
            if unwanted:
                self._unwanted.append(each)
            elif self._or:
                self._wanted[-1] = replace(self._wanted[-1], either=(*self._wanted[-1].either, each))
            else:
                self._wanted.append(each)
            self._or = False


def _things(quoted: str | None, plain: str) -> Iterable[Wanted]:
    if quoted is not None:
        row = tuple(token.word for token in tokens(quoted))
        return [Wanted(quoted.strip(), row=row)] if row else []
    words = tokens(plain)
    if plain.endswith("*") and len(words) == 1 and len(words[0].word) >= SHORTEST_START:
        return [Wanted(plain, start=words[0].word)]
    return _plain_words(plain, words)


def _plain_words(plain: str, words: Sequence[Token]) -> list[Wanted]:
    """Each word, or each name of several words, as one thing."""
    things = []
    place = 0
    while place < len(words):
        wide = max((each for each in words[place].wide if each.sure), key=lambda each: each.words, default=None)
        if wide:
            row = tuple(each.word for each in words[place : place + wide.words])
            things.append(Wanted(plain[words[place].start : wide.end], keys=wide.keys, row=row))
        else:
            things.append(_plain_word(words[place], _as_one(words, place)))
        place += wide.words if wide else 1
    return things


def _as_one(words: Sequence[Token], place: int) -> list[Key]:
    """The keys of what a word may be together with the one before or after it: *papir fabrikk*, *lagt ned*."""
    pairs = zip(words[max(0, place - 1) : place + 1], words[max(0, place - 1) + 1 : place + 2], strict=False)
    return [key for one, two in pairs if not one.is_name or not two.is_name for key in as_one(one.word, two.word)]


def _plain_word(token: Token, as_one: Sequence[Key]) -> Wanted:
    asked: Asked = asked_of(token.word, token.is_name)
    needed = is_needed(token.word)
    keys = (*asked.keys, *as_one) if needed else tuple(Key(text, weight * SMALL_WORD) for text, weight in asked.keys)
    return Wanted(token.word, keys=keys, words=asked.words, parts=asked.parts, needed=needed)


def _with_near(wanted: Wanted, near: Mapping[str, Sequence[str]]) -> Wanted:
    found = tuple(near.get(wanted.written, ()))
    return replace(wanted, keys=(*wanted.keys, *(Key(key, NEAR) for key in found)), near=found) if found else wanted


def taken_apart(question: Question) -> Question | None:
    """The parts of a compound that is all that was asked for, each as a word that must be there; None: it is none."""
    if len(question.needed) != 1 or question.needed[0].either or question.needed[0].row:
        return None
    (one,) = question.needed
    compound = compounds.split(plain(one.written)) if one.parts else None
    if compound is None:
        return None
    parts = [
        Wanted(part, keys=tuple(Key(key, PART) for key in own_keys(part))) for part in (compound.head, compound.tail)
    ]
    return replace(question, wanted=(*parts, *question.helping), is_apart=True)


def spelling_of(wanted: Wanted) -> str | None:
    """What to compare with the words of the archive where it has nothing of a word; None: it is no slip of the hand."""
    if not wanted.keys or wanted.row or wanted.either or not wanted.needed or rank(wanted.written) is not None:
        return None
    return unfolded(plain(wanted.written))
