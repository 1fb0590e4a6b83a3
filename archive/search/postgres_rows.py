"""What stands in a row of the index in PostgreSQL, and writing rows.

A document is one `tsvector`: `k:` before a key (each time it stands there with its weight, as A to D, and with its
place, for the marks), `x:` before a word as it is written (for phrases and beginnings), `s:` before a word of the
speaker's name. Where a key stands often, `2:`, `3:` and so on before it say that `ts_rank` gives for it at least what
it gives for a word that stands there so often: of very many documents those are ranked first.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import pi
from typing import Any

from sqlalchemy import Connection

from archive.search.about import split_terms
from archive.search.analysis import Key
from archive.search.marking import at_place, split_place
from archive.search.schema import versions

WEIGHTS = {"D": 0.3, "C": 0.4, "B": 0.6, "A": 1.0}  # what a letter counts
RANK_WEIGHTS = f"{{{', '.join(map(str, WEIGHTS.values()))}}}"  # the same as `ts_rank` takes it
PREFIXES = {"keys": "k:", "exact": "x:"}  # by the fields that both back ends know
_VERSION = "6"  # raise it when tables or lexemes change
_LETTERS = ((1.0, "A"), (0.5, "B"), (0.4, "C"), (0.0, "D"))  # a key of at least this weight
_LAST_POSITION = 16_000  # PostgreSQL knows none beyond 16,383; what stands here stands here or later
_WIDEST = 8  # words that a key may be made of to have a position of its own: passages have fewer than 2,000 words
_MOST_POSITIONS = 255  # of one lexeme
_ALL_OF_THEM = pi**2 / 6
_ROUNDED = 1e-6  # PostgreSQL works with fewer digits
_COLUMNS = "kind, interview_id, speaker_id, stamp, lines, line_before, line_after, decades, people, said"


def value_of(weights: Iterable[float]) -> float:
    """What `ts_rank` gives for one lexeme that stands with these weights, in this order.

    The one that counts most counts whole, each other one by the square of its place, as in `calc_rank_or` of
    PostgreSQL's tsrank.c; its sum is divided by what infinitely many would come to.
    """
    counted = list(weights)[:_MOST_POSITIONS]
    best = max(range(len(counted)), key=counted.__getitem__)
    added = sum(weight / (place + 1) ** 2 for place, weight in enumerate(counted) if place != best)
    return (counted[best] + added) / _ALL_OF_THEM


# The prefixes of the levels, and the value from which on a key has each. The first are what a key gives that stands so
# often with weight A; what stands with another weight before one with weight A comes to more than that.
LEVELS = {**{often: value_of([1.0] * often) for often in (2, 3, 4, 6, 9)}, 10: 1.0, 11: 1.1}


def made_with() -> dict[str, str]:
    """What the tables were made with; any difference asks for new ones."""
    return {**versions(), "postgresql": _VERSION}


def quoted(lexeme: str) -> str:
    """A lexeme as it stands in a `tsquery` or a `tsvector`."""
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def copy_into(connection: Connection, table: str, documents: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Add documents to a table; gives how many of them have each lexeme."""
    keys: Counter[str] = Counter()
    with cursor_of(connection) as cursor, cursor.copy(f"COPY {table} ({_COLUMNS}) FROM STDIN") as copy:
        for each in documents:
            said = _lexemes(each)
            keys.update(said.keys())
            copy.write_row(_row(each, " ".join(quoted(lexeme) + places for lexeme, places in said.items())))
    return keys


def cursor_of(connection: Connection) -> Any:
    """The driver's own cursor, for COPY."""
    raw: Any = connection.connection.driver_connection
    return raw.cursor()


def _row(document: Mapping[str, Any], said: str) -> tuple[Any, ...]:
    kind, lines, before, after = document["where"]
    what = (kind, document["interview_id"], document["speaker_id"], document["stamp"], list(lines), before, after)
    return (*what, *split_terms(document["about"]), said)


def _lexemes(document: Mapping[str, Any]) -> dict[str, str]:
    """What a document is found by, and its places as a `tsvector` writes them."""
    made = {f"s:{word}": "" for word in document["speaker"]}
    places: dict[str, list[str]] = {}
    for place, word in enumerate(document["exact"], start=1):
        places.setdefault(f"x:{word}", []).append(str(min(place, _LAST_POSITION)))
    letters: dict[str, dict[int, str]] = {}  # PostgreSQL knows a lexeme once at a place, with the most that it counts
    for key, place in zip(document["keys"], document["key_places"], strict=True):
        position, letter = _position(place), _letter(key)
        there = letters.setdefault(key.text, {})
        there[position] = min(there.get(position, letter), letter)
    for text, there in letters.items():
        stands = sorted(there.items())
        places[f"k:{text}"] = [f"{position}{letter}" for position, letter in stands]
        made.update(dict.fromkeys(_levels(text, [WEIGHTS[letter] for _, letter in stands]), ""))
    made.update({lexeme: f":{','.join(those[:_MOST_POSITIONS])}" for lexeme, those in places.items()})
    return made


def places_at(lexeme: str, positions: Sequence[int]) -> list[int] | None:
    """Where in its document a lexeme stands, by its positions, as `marking.Places` says it; None: further on too."""
    if positions and max(positions) >= _LAST_POSITION:
        return None
    if lexeme.startswith("x:"):
        return [position - 1 for position in positions]
    return [at_place((position - 1) // _WIDEST, (position - 1) % _WIDEST + 1) for position in positions]


def _position(place: int) -> int:
    """The position of a key."""
    word, words = split_place(place)
    return min(word * _WIDEST + words, _LAST_POSITION) if words <= _WIDEST else _LAST_POSITION


def _levels(key: str, weights: Sequence[float]) -> Iterator[str]:
    if len(weights) > 1:
        value = value_of(weights) + _ROUNDED
        yield from (f"{level}:{key}" for level, least in LEVELS.items() if value >= least)


def _letter(key: Key) -> str:
    return next(letter for least, letter in _LETTERS if key.weight >= least)
