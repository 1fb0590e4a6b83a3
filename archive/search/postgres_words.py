"""The words of the archive, as PostgreSQL's index has them: those that begin so, and those that are spelt nearly so."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import Connection, text

from archive.search.backend import MOST_SPELLINGS, keys_near
from archive.search.postgres_rows import PREFIXES, quoted
from archive.search.question import Wanted

# ruff: noqa: S608 - statements are put together from texts of this module; what somebody typed is a parameter

_FEW = 20  # interviews


def among(visible: Collection[int]) -> str:
    """The condition that a passage is of one of these interviews, which `:visible` is, see `as_array`.

    Few of them are looked up. Of many, whose passages are most of all, the index is kept out of it by the sum: each
    passage that was found otherwise is asked instead.
    """
    number = "interview_id" if are_few(visible) else "interview_id + 0"
    return f"{number} = ANY(CAST(:visible AS bigint[]))"


def as_array(numbers: Collection[int]) -> str:
    """Numbers as PostgreSQL writes an array of them; the driver takes twenty times as long for thousands."""
    return f"{{{','.join(map(str, numbers))}}}"


def are_few(visible: Collection[int]) -> bool:
    """Whether looking up the passages of these interviews is the shorter way."""
    return len(visible) <= _FEW


def is_said(connection: Connection, term: str, visible: Collection[int]) -> bool:
    said = f"SELECT 1 FROM search_passage WHERE said @@ CAST(:term AS tsquery) AND {among(visible)} LIMIT 1"
    return connection.scalar(text(said), {"term": quoted(term), "visible": as_array(visible)}) is not None


def beginning(connection: Connection, start: str) -> list[str]:
    statement = 'SELECT key FROM search_key WHERE key >= :start AND key < :end COLLATE "C" ORDER BY key LIMIT :most'
    rows = connection.execute(
        text(f"SELECT key FROM ({statement}) begun JOIN search_key USING (key) ORDER BY passages DESC, key"),
        {"start": start, "end": start + "\U0010ffff", "most": MOST_SPELLINGS},
    )
    return [key.removeprefix("x:") for (key,) in rows]


def keys_spelt_nearly(connection: Connection, wanted: Wanted, visible: Collection[int]) -> list[str]:
    @cache
    def within_two(field: str, written: str) -> list[str]:
        return _alike(connection, PREFIXES[field], written)

    return keys_near(
        wanted,
        is_said=lambda field, term: is_said(connection, PREFIXES[field] + term, visible),
        alike=lambda field, written, _most: within_two(field, written),
    )


def _alike(connection: Connection, prefix: str, written: str) -> list[str]:
    """What begins with the same letter and is about as long."""
    rows = connection.execute(
        text(
            'SELECT substr(key, 3) FROM search_key WHERE key >= :first AND key < :end COLLATE "C"'
            " AND length(key) BETWEEN :shortest AND :longest"
        ),
        {
            "first": prefix + written[0],
            "end": prefix + written[0] + "\U0010ffff",
            "shortest": len(prefix + written) - 2,
            "longest": len(prefix + written) + 2,
        },
    )
    return [key for (key,) in rows]
