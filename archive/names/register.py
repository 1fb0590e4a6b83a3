"""The names that the archive knows: its people, the places and the units, ready to be found by their sound."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.interviews import Interview
from archive.names.places import places, units
from archive.names.sound import neighbours, skeleton, sounds
from archive.people import AliasKind, Person, PersonAlias, name_key

# What comes after a place's name in the word for who lives there; *Steinkjer* + *væringene*.
DWELLERS = re.compile(r"(?:væring|bygg|ing)(?:s|en|ens|er|ers|ene|enes|an|a)?$")
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*", re.UNICODE)
_LONGEST_NAME = 60  # letters; what is longer is a sentence in the wrong field


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written."""

    name: str
    kind: str  # person, place, unit

    @property
    def sounds(self) -> str:
        """How it sounds."""
        return sounds(self.name)


@dataclass(frozen=True)
class Register:
    """Names, each once. `alike` finds those that share most of their consonants with what was heard."""

    names: tuple[Name, ...]
    _by_key: dict[str, Name] = field(default_factory=dict, repr=False, compare=False)
    _by_bones: dict[str, list[Name]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_bones = defaultdict(list)
        for name in self.names:
            self._by_key.setdefault(name_key(name.name), name)
            for bones in neighbours(skeleton(name.sounds)):
                by_bones[bones].append(name)
        self._by_bones.update(by_bones)

    def get(self, written: str) -> Name | None:
        """The name that is spelled so, whatever its capitals; None when it is not in the register."""
        return self._by_key.get(name_key(written))

    def knows(self, written: str) -> bool:
        """Whether this is a name of the register, also in the genitive or as the word for who lives there."""
        return any(self.get(core) is not None for core, _ in forms(written))

    def near(self, heard: str) -> set[Name]:
        """Names whose consonants are nearly those of the sounds `heard`. How alike they are is for `alike` to say."""
        return {name for bones in neighbours(skeleton(heard)) for name in self._by_bones.get(bones, ())}


def forms(written: str) -> list[tuple[str, str]]:
    """What may be a name in a word, and what follows it: `Steinkjers` is *Steinkjers*, and *Steinkjer* and `s`."""
    found = [(written, "")]
    if len(written) > 3 and written[-1] in "sS" and written[-2] not in "sS":
        core = written[:-1].rstrip("'’")
        found.append((core, written[len(core) :]))
    dwellers = DWELLERS.search(written)
    if dwellers and dwellers.start() > 3:
        found.append((written[: dwellers.start()], dwellers.group()))
    first, hyphen, rest = written.partition("-")
    if hyphen and len(first) > 3 and rest:
        found.append((first, hyphen + rest))
    return found


def make_register(people: Iterable[str], more_places: Iterable[str] = ()) -> Register:
    """The register of these people and places, and of the names that come with the program. People come first."""
    full = list(dict.fromkeys(" ".join(each.split()) for each in people if each.strip()))
    firsts = Counter(each.split()[0] for each in full)
    named = [Name(each, "person") for each in full]
    for each in full:
        first, *_, last = each.split() if " " in each else (each, each)
        if first != last:
            named.append(Name(last, "person"))
            if firsts[first] == 1:  # of two with one first name nobody knows who was meant
                named.append(Name(first, "person"))
    named += [Name(each.strip(), "place") for each in more_places if each.strip()]
    named += [Name(place.name, "place") for place in places()]
    named += [Name(unit, "unit") for unit in units()]
    once = {name_key(each.name): each for each in reversed(named) if len(each.name) <= _LONGEST_NAME}
    return Register(tuple(reversed(once.values())))


def register(session: Session) -> Register:
    """The register as the archive is now."""
    people = session.scalars(select(Person.name).where(Person.merged_into_id.is_(None)).order_by(Person.id)).all()
    # Also what they were called before, and are called by friends; never how somebody misspelt them.
    others = select(PersonAlias.name).join(PersonAlias.person).where(PersonAlias.kind != AliasKind.SPELLING)
    aliases = session.scalars(others.where(Person.merged_into_id.is_(None)).order_by(PersonAlias.id)).all()
    held_at = session.scalars(select(Interview.place).where(Interview.place != "").distinct().order_by(Interview.place))
    return make_register([*people, *aliases], held_at)


def names_in(text: str, register: Register) -> "Counter[str]":
    """How often each name of the register stands in a text, the longest first (*Steinkjer SV* is not *Steinkjer*).

    Capitals count: *hell* is no place. Genitives and the words for who lives there count as the name.
    """
    words = _WORD.findall(text)
    found: Counter[str] = Counter()
    at = 0
    while at < len(words):
        length, name = next(_names_at(words, at, register), (1, None))
        if name is not None:
            found[name.name] += 1
        at += length
    return found


_MOST_WORDS = 6


def _names_at(words: list[str], at: int, register: Register) -> Iterator[tuple[int, Name]]:
    for length in range(min(_MOST_WORDS, len(words) - at), 0, -1):
        written = " ".join(words[at : at + length])
        for core, tail in forms(written):
            name = register.get(core)
            if name is not None and (core[0].isupper() or DWELLERS.fullmatch(tail)):
                yield length, name
                break
