"""Names of one thing (*SF* and *Sosialistisk Folkeparti*, *Tråante* and *Trondheim*), and wholes and parts. Pure.

Each thing has a key of its own, which stands in the index wherever one of its names does; a name that is asked for asks
for the key. A part has the keys of its wholes in the index, and asks for its own only: so *Indre Fosen* finds *Rissa*.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from archive.search.words import is_known, lines_of, plain, stem

_ABBREVIATION = 4  # letters of a name that may have "-ere" right behind it
_NO_HOMOGRAPH = 8  # letters of a name that is no ordinary word, though a dictionary has it (*Arbeiderpartiet*)

Words = tuple[str, ...]


@dataclass(slots=True)
class Term:
    """What one name (a word or several) asks for, and all that it is found by."""

    own: set[str] = field(default_factory=set)
    wholes: set[str] = field(default_factory=set)


@cache
def terms() -> Mapping[Words, Term]:
    """Every name by the stems of its words (one word as it is), and an abbreviation with its endings too."""
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
            for ending in ("ere", "erne", "eren"):
                found.setdefault((word + ending,), term)
    return dict(found)


@cache
def beginnings() -> Mapping[str, int]:
    """The stem of the first word of every name of several, and how many words the longest has."""
    found: dict[str, int] = {}
    for name in terms():
        if len(name) == 1:
            continue
        found[name[0]] = max(len(name), found.get(name[0], 0))
    return found


def of_word(word: str, *, is_name: bool) -> Term | None:
    """The thing that one word in lower case is a name of; None when it is not.

    A name that is a word as well (*Stod*, *Heim*, *Egge*) needs the capital that no sentence asks for.
    """
    term = terms().get((plain(word),)) or (terms().get((plain(word)[:-1],)) if word.endswith("s") else None)
    return term if term and (is_name or len(word) >= _NO_HOMOGRAPH or not is_known(word)) else None


def stems(words: list[str]) -> Words:
    """What names are compared by: one word as it is, several by their stems."""
    parts = [plain(part.lower()) for word in words for part in word.replace("-", " ").replace(".", " ").split()]
    return tuple(parts) if len(parts) == 1 else tuple(stem(part) for part in parts)
