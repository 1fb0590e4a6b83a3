"""Names of one thing: *SF* and *Sosialistisk Folkeparti*, *Tråante* and *Trondheim*; wholes that find their parts. Pure.

Each thing has a key of its own, which stands in the index wherever one of its names does; a name that is asked for asks
for the key. A part has the keys of its wholes in the index, and asks for its own only: so *Indre Fosen* finds *Rissa*.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from archive.search.words import lines_of, plain, stem

_ABBREVIATION = 4  # letters of a name that may have the s of the genitive or "-ere" right behind it
MOST_WORDS = 5

Words = tuple[str, ...]


@dataclass(slots=True)
class Term:
    """What one name (a word or several) asks for, and all that it is found by."""

    own: set[str] = field(default_factory=set)
    wholes: set[str] = field(default_factory=set)


@cache
def terms() -> Mapping[Words, Term]:
    """Every name by the stems of its words; the stems of an abbreviation with its endings too."""
    lines = list(lines_of("terms.txt"))
    keys: dict[Words, str] = {}
    found: dict[Words, Term] = defaultdict(Term)
    for line in lines:
        if "=" in line:
            names = [stems(name.split()) for name in line.split("=")]
            for name in names:
                keys[name] = f"={' '.join(names[0])}"
                found[name].own.add(keys[name])
    for line in lines:
        whole, arrow, parts = line.partition(">")
        if arrow:
            name = stems(whole.split())
            key = keys.setdefault(name, f"={' '.join(name)}")
            found[name].own.add(key)
            for part in parts.split(","):
                found[stems(part.split())].wholes.add(key)
    for (word,), term in [each for each in found.items() if len(each[0]) == 1]:
        if len(word) <= _ABBREVIATION:
            for ending in ("s", "ere", "erne", "eren"):
                found.setdefault((word + ending,), term)
    return dict(found)


@cache
def beginnings() -> Mapping[str, int]:
    """The first word of every name, and how many words the longest of them has."""
    found: dict[str, int] = {}
    for name in terms():
        found[name[0]] = max(len(name), found.get(name[0], 0))
    return found


def stems(words: list[str]) -> Words:
    """What names are compared by."""
    parts = [part for word in words for part in word.replace("-", " ").replace(".", " ").split()]
    return tuple(stem(plain(part.lower())) for part in parts)
