"""Who is spoken about: the people of the register whose names are said. Pure, but for reading the register.

Precise before complete: a name is a full name (first and last word of a longer one, where nobody else is called so), or
another name that the register has for somebody and that is no ordinary word or first name.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from archive.names.places import other_names
from archive.people import every_name
from archive.search.analysis import Token, words_in
from archive.search.words import is_known, is_known_name, plain

Words = tuple[str, ...]


class Names:
    """The names of a register, ready to be found in texts.

    Args:
        register: the number of a person, a name, and whether it is another name than the full one. Two people of one
            name are both meant by it.
    """

    def __init__(self, register: Iterable[tuple[int, str, bool]]) -> None:
        people: dict[Words, set[int]] = defaultdict(set)
        shortened: dict[Words, set[int]] = defaultdict(set)
        for person_id, name, is_alias in register:
            for words in _spellings(words_in(name)):
                if len(words) > 1 or (words and is_alias and _is_telling(words[0])):
                    people[words].add(person_id)
                if len(words) > 2:
                    shortened[words[0], words[-1]].add(person_id)
        people.update({words: those for words, those in shortened.items() if words not in people and len(those) == 1})
        self._people: Mapping[Words, set[int]] = people
        # By their first words, the longest first: *Kari Anne Fortelling* is not also *Kari Anne*.
        self._begins: dict[str, list[Words]] = defaultdict(list)
        for words in sorted(people, key=len, reverse=True):
            self._begins[words[0]].append(words)

    def said_in(self, text: str, words: Sequence[Token]) -> tuple[int, ...]:
        """The people whose names are said, by their numbers; `words` are the text's."""
        return tuple(sorted(set[int]().union(*self._each_said(text, words))))

    def sure_in(self, text: str, words: Sequence[Token]) -> tuple[int, ...]:
        """The same, without a name that two people have."""
        return tuple(sorted(set[int]().union(*(those for those in self._each_said(text, words) if len(those) == 1))))

    def _each_said(self, text: str, words: Sequence[Token]) -> Iterator[set[int]]:
        """Whom each name may mean that is said."""
        place = 0
        while place < len(words):
            name = self._name_at(text, words, place)
            if name:
                yield self._people[name]
            place += len(name) or 1

    def of(self, people: Collection[int]) -> Iterator[Words]:
        """The names that are looked for, of some of the people; the last word may have an *s* behind it."""
        return (words for words, those in self._people.items() if not those.isdisjoint(people))

    def _name_at(self, text: str, words: Sequence[Token], place: int) -> Words:
        begun = self._begins.get(words[place].word) or self._begins.get(words[place].word.removesuffix("s"))
        if not begun or not text[words[place].start].isupper():
            return ()
        return next((name for name in begun if _stands(name, words[place : place + len(name)])), ())


def read_names(session: Session) -> Names:
    """The names of everybody in the register."""
    return Names(every_name(session))


def _spellings(words: Sequence[str]) -> set[Words]:
    return {tuple(words), tuple(plain(word) or word for word in words)}


def _is_telling(word: str) -> bool:
    """Whether one word alone says who is meant."""
    return not (is_known(word) or is_known_name(word) or word.capitalize() in other_names())


def _stands(name: Words, said: Sequence[Token]) -> bool:
    """Whether these words are the name, in the genitive too."""
    if len(said) < len(name) or any(each.word != word for each, word in zip(said[:-1], name, strict=False)):
        return False
    return said[-1].word in (name[-1], f"{name[-1]}s")
