"""The names that come with the program: places of Trøndelag, parties and bodies, and names from elsewhere."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_NOWHERE = "-"
# Of a municipality and a former one there was a branch of the party.
_WITH_BRANCH = ("municipality", "former")


@dataclass(frozen=True, slots=True)
class Place:
    """A place, what kind it is, and the municipality of today that it lies in."""

    name: str
    kind: str  # municipality, former, town, village, district, island, fjord, river, works, sami, …
    municipality: str | None  # None: more than one, or none


@cache
def places() -> tuple[Place, ...]:
    """The places in archive/names/places.txt, in its order."""
    found = []
    municipality: str | None = None
    for line in _lines("places.txt"):
        if line.startswith("["):
            municipality = None if line.strip("[]") == _NOWHERE else line.strip("[]")
        else:
            kind, names = _names(line)
            found += [Place(name, kind, municipality) for name in names]
    return tuple(found)


@cache
def units() -> tuple[str, ...]:
    """Parties, bodies and papers, and the branch of the party in every municipality there was (*Steinkjer SV*)."""
    given = [name for line in _lines("units.txt") for name in _names(line)[1]]
    branches = [f"{place.name} SV" for place in places() if place.kind in _WITH_BRANCH]
    return tuple(dict.fromkeys(given + branches))


@cache
def other_names() -> frozenset[str]:
    """First names, family names and places from elsewhere, which are heard right when they are heard."""
    return frozenset(name for line in _lines("other_names.txt") for name in _names(line)[1])


def _lines(name: str) -> list[str]:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _names(line: str) -> tuple[str, list[str]]:
    kind, _, names = line.partition(":")
    return kind, [name.strip() for name in names.split(",")]
