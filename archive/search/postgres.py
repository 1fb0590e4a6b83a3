"""Searching in PostgreSQL: for the archives of many branches together, in the database that they have anyway.

PostgreSQL stores and ranks; the keys and words are those that our own analyzer made, so it finds what Whoosh finds.
One row for each passage, in one `tsvector`: `k:` before a key (its weight as A to D), `x:` before a word as it is
written (for phrases and beginnings), `s:` before a word of the speaker's name. How many rows have a key stands in a
table of its own, for the score. All of it is a cache: no migration knows these tables.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from math import log
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from archive.database import LARGEST_ID, Database
from archive.search.analysis import HOMOGRAPH
from archive.search.backend import (
    MOST_DOUBTFUL,
    MOST_SPELLINGS,
    TIME_LIMIT_S,
    Asking,
    Candidate,
    Found,
    keys_near,
)
from archive.search.postgres_store import quoted
from archive.search.question import Question, Wanted

_log = logging.getLogger(__name__)

MOST_RANKED = 2_000  # passages whose score is worked out; of more, those that came last into the index are ranked
_PLACED = (
    "JOIN unnest(CAST(:order AS bigint[])) WITH ORDINALITY AS ordered (ordered_id, place) ON ordered_id = interview_id"
)
_WEIGHTS = "{0.3, 0.4, 0.6, 1.0}"  # of D, C, B, A


class PgIndex:
    """The index for reading, for any number of threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, asking: Asking) -> Found:
        """The best passages; nothing, and not complete, where the index is missing or the time is up."""
        try:
            with self._connection() as connection:
                return _Asked(connection, asking).found()
        except SQLAlchemyError:
            _log.exception("search in PostgreSQL failed")
            return Found(complete=False)

    def mended(self, question: Question, visible: Collection[int]) -> Question:
        """The question, asking also for keys that are spelt nearly as a word that nobody says in `visible`."""
        try:
            with self._connection() as connection:
                near = {each.written: _near(connection, each, visible) for each in question.needed}
        except SQLAlchemyError:
            return question  # `find` sees to it
        return question.with_near(near)

    def begun(self, start: str, visible: Collection[int], most: int) -> list[str]:
        """Words that begin so and are said in `visible`; the most common first."""
        try:
            with self._connection() as connection:
                common = _beginning(connection, f"x:{start}")
                return [word for word in common if _is_said(connection, f"x:{word}", visible)][:most]
        except SQLAlchemyError:
            return []

    def close(self) -> None:
        """Give back the connections."""
        self._database.close()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with self._database.engine.connect() as connection:
            connection.execute(text(f"SET LOCAL statement_timeout = {round(TIME_LIMIT_S * 1000)}"))
            yield connection


class _Asked:
    """One question to PostgreSQL."""

    def __init__(self, connection: Connection, asking: Asking) -> None:
        self._connection = connection
        self._asking = asking
        question = asking.question
        every = [_query(each, any_word=asking.any_word) for each in question.needed]
        match = [f"({(' | ' if asking.any_word else ' & ').join(every)})"] if every else []
        match += [quoted(f"s:{word}") for word in question.speaker]
        match += [f"!({_query(each, any_word=False)})" for each in question.unwanted]
        self._values = {
            "match": " & ".join(match),
            "kinds": list(asking.kinds),
            "visible": list(asking.visible),
            "changed": list(asking.changed),
            "speaker": _bounded(asking.speaker_id),
            "decade": _bounded(asking.decade),
            "person": _bounded(asking.person_id),
        }

    def found(self) -> Found:
        where = "said @@ CAST(:match AS tsquery) AND kind = ANY(:kinds) AND interview_id = ANY(:visible)"
        if self._asking.speaker_id is not None:
            where += " AND speaker_id = :speaker"
        if self._asking.decade is not None:
            where += " AND CAST(:decade AS integer) = ANY(decades)"
        if self._asking.person_id is not None:
            where += " AND CAST(:person AS integer) = ANY(people)"
        sure = f"{where} AND NOT interview_id = ANY(:changed)"
        counts, decades, people = self._counted(sure)
        doubtful: tuple[Candidate, ...] = ()
        if self._asking.changed:
            doubtful = self._ranked(f"{where} AND interview_id = ANY(:changed)", MOST_DOUBTFUL, {}, by_interview=False)
        best = self._ranked(sure, self._asking.most, self._asking.order, by_interview=self._asking.by_interview)
        return Found(counts=counts, best=best, doubtful=doubtful, decades=decades, people=people)

    def _counted(self, where: str) -> tuple[Counter[tuple[int, int]], Counter[int], Counter[int]]:
        """How many there are by interview and speaker, and where asked for by what they are about."""
        about = ", decades, people" if self._asking.with_facets else ""
        counts: Counter[tuple[int, int]] = Counter()
        decades: Counter[int] = Counter()
        people: Counter[int] = Counter()
        columns = f"interview_id, speaker_id{about}"
        for interview_id, speaker_id, *those, count in self._rows(
            f"SELECT {columns}, count(*) FROM search_passage WHERE {where} GROUP BY {columns}"  # noqa: S608
        ):
            counts[interview_id, speaker_id] += count
            for counter, those_said in zip((decades, people), those, strict=False):
                counter.update(dict.fromkeys(those_said, count))
        return counts, decades, people

    def _ranked(self, where: str, most: int, order: Any, *, by_interview: bool) -> tuple[Candidate, ...]:
        first, placed = ("place", _PLACED) if order else ("0 AS place", "")
        chosen = "DISTINCT ON (interview_id)" if by_interview else ""
        score, values = self._score()
        rows = self._rows(
            f"SELECT * FROM (SELECT {chosen} *, {score} AS score FROM (SELECT id, kind, interview_id, lines,"  # noqa: S608
            f" line_before, line_after, ts_filter(said, '{{a,b,c,d}}') AS said, {first} FROM search_passage {placed}"
            f" WHERE {where} ORDER BY place, id DESC LIMIT {MOST_RANKED}) matched"
            f" ORDER BY {'interview_id, ' if by_interview else ''}place, score DESC, id) ranked"
            " ORDER BY place, score DESC, id LIMIT :most",
            most=most,
            order=sorted(order, key=order.__getitem__),
            **values,
        )
        return tuple(
            Candidate(
                (row.place or 0, -row.score, row.id),
                row.kind,
                row.interview_id,
                tuple(row.lines),
                row.line_before,
                row.line_after,
            )
            for row in rows
        )

    def _score(self) -> tuple[str, dict[str, Any]]:
        """The sum over all keys asked for, each by its weight and by how rare it is."""
        asked: dict[str, float] = {}
        for wanted in (*self._asking.question.needed, *self._asking.question.helping):
            for term, weight in _terms(wanted, any_word=self._asking.any_word):
                asked[term] = max(asked.get(term, 0.0), weight)
        rare = self._rarity(list(asked))
        parts, values = ["0.0"], {}
        for number, (term, weight) in enumerate(asked.items()):
            if term in rare:
                parts.append(f"{weight * rare[term]:.5f} * ts_rank('{_WEIGHTS}', said, CAST(:t{number} AS tsquery))")
                values[f"t{number}"] = quoted(term)
        return " + ".join(parts), values

    def _rarity(self, terms: list[str]) -> dict[str, float]:
        """The inverse document frequency of those terms that the archive has."""
        passages = self._connection.scalar(text("SELECT passages FROM search_state")) or 1
        rows = self._connection.execute(
            text("SELECT key, passages FROM search_key WHERE key = ANY(:keys)"), {"keys": terms}
        )
        return {key: log(1 + max(passages, count) / (count + 1)) for key, count in rows}

    def _rows(self, statement: str, **more: Any) -> Any:
        return self._connection.execute(text(statement), {**self._values, **more})


def _bounded(number: int | None) -> int | None:
    """A number that may come from an address, as far as PostgreSQL can compare it; no row has either bound."""
    return None if number is None else max(-1, min(number, LARGEST_ID))


def _terms(wanted: Wanted, *, any_word: bool) -> Iterator[tuple[str, float]]:
    yield from ((f"k:{key}", weight) for key, weight in wanted.asked(any_word=any_word))
    yield from ((f"x:{word}", HOMOGRAPH) for word in (*wanted.words, *wanted.row))
    for other in wanted.either:
        yield from _terms(other, any_word=any_word)


def _query(wanted: Wanted, *, any_word: bool) -> str:
    """One thing to look for, in the language of `tsquery`."""
    ways = [quoted(f"k:{key.text}") for key in wanted.asked(any_word=any_word)]
    ways += [quoted(f"x:{word}") for word in wanted.words]
    ways += [_query(other, any_word=any_word) for other in wanted.either]
    if wanted.row:
        ways.append(f"({' <-> '.join(quoted(f'x:{word}') for word in wanted.row)})")
    if wanted.start:
        ways.append(f"{quoted(f'x:{wanted.start}')}:*")
    return f"({' | '.join(ways)})"


def _is_said(connection: Connection, term: str, visible: Collection[int]) -> bool:
    statement = "SELECT 1 FROM search_passage WHERE said @@ CAST(:term AS tsquery) AND interview_id = ANY(:ids) LIMIT 1"
    return connection.scalar(text(statement), {"term": quoted(term), "ids": list(visible)}) is not None


def _beginning(connection: Connection, start: str) -> list[str]:
    statement = 'SELECT key FROM search_key WHERE key >= :start AND key < :end COLLATE "C" ORDER BY key LIMIT :most'
    rows = connection.execute(
        text(f"SELECT key FROM ({statement}) begun JOIN search_key USING (key) ORDER BY passages DESC, key"),  # noqa: S608
        {"start": start, "end": start + "\U0010ffff", "most": MOST_SPELLINGS},
    )
    return [key.removeprefix("x:") for (key,) in rows]


_PREFIXES = {"keys": "k:", "exact": "x:"}


def _near(connection: Connection, wanted: Wanted, visible: Collection[int]) -> list[str]:
    @cache
    def within_two(field: str, written: str) -> list[str]:
        return _alike(connection, _PREFIXES[field], written)

    return keys_near(
        wanted,
        is_said=lambda field, term: _is_said(connection, _PREFIXES[field] + term, visible),
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
