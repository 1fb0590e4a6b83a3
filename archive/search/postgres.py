"""Searching in PostgreSQL: for the archives of many branches together, in the database that they have anyway.

PostgreSQL stores, counts and ranks; the keys and words are those that our own analyzer made, so it finds what Whoosh
finds. What stands in a row says `postgres_rows`. How many rows have a key stands in a table of its own, for the score.
All of it is a cache: no migration knows these tables.
"""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from math import log
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from archive.database import LARGEST_ID, Database
from archive.search.backend import (
    MOST_DOUBTFUL,
    TIME_LIMIT_S,
    Asking,
    Candidate,
    Found,
)
from archive.search.marking import Marked, asks_for_beginnings, words_that_answer
from archive.search.postgres_candidates import at_most, levels_of, match_of, promising, terms_of
from archive.search.postgres_common import FROM_PASSAGES, counts_of
from archive.search.postgres_rows import PREFIXES, RANK_WEIGHTS, places_at, quoted
from archive.search.postgres_words import among, are_few, as_array, beginning, is_said, keys_spelt_nearly
from archive.search.question import Question
from archive.search.schema import KINDS, LOGGED, PASSAGE

# ruff: noqa: S608 - statements are put together from texts of this module; what somebody typed is a parameter

_log = logging.getLogger(__name__)

MOST_RANKED = 500  # passages whose score is worked out, or up to twice as many; `postgres_candidates` chooses which
_PLACED = (
    "JOIN unnest(CAST(:order AS bigint[])) WITH ORDINALITY AS ordered (ordered_id, place) ON ordered_id = interview_id"
)
# A question is worked out for what is asked now, from the index, alone. PostgreSQL would otherwise keep a plan that was
# made for fewer readers, read every passage where a word is common, or compile for longer than the search takes.
_SETTINGS = {
    "plan_cache_mode": "force_custom_plan",
    "enable_seqscan": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
    "work_mem": "64MB",
}


class PgIndex:
    """The index for reading, for any number of threads.

    Args:
        most_ranked, time_limit_s: others than usual only where it is measured what the limits cost.
    """

    def __init__(
        self, database: Database, *, most_ranked: int = MOST_RANKED, time_limit_s: float = TIME_LIMIT_S
    ) -> None:
        self._database = database
        self._most_ranked = most_ranked
        self._time_limit_s = time_limit_s
        self._settings = {**_SETTINGS, "statement_timeout": str(round(time_limit_s * 1000))}

    def find(self, asking: Asking) -> Found:
        """The best passages; nothing, and not complete, where the index is missing or the time is up."""
        try:
            with self._connection() as connection:
                return _Asked(connection, asking, self._most_ranked, self._time_limit_s).found()
        except OperationalError as error:  # most often the time was up
            _log.warning("search in PostgreSQL was given up: %s", error.orig)
            return Found(complete=False)
        except SQLAlchemyError:
            _log.exception("search in PostgreSQL failed")
            return Found(complete=False)

    def mended(self, question: Question, visible: Collection[int]) -> Question:
        """The question, asking also for keys that are spelt nearly as a word that nobody says in `visible`."""
        try:
            with self._connection() as connection:
                near = {each.written: keys_spelt_nearly(connection, each, visible) for each in question.needed}
        except SQLAlchemyError:
            return question  # `find` sees to it
        return question.with_near(near)

    def begun(self, start: str, visible: Collection[int], most: int) -> list[str]:
        """Words that begin so and are said in `visible`; the most common first."""
        try:
            with self._connection() as connection:
                common = beginning(connection, f"x:{start}")
                return [word for word in common if is_said(connection, f"x:{word}", visible)][:most]
        except SQLAlchemyError:
            return []

    def close(self) -> None:
        """Give back the connections."""
        self._database.close()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with self._database.engine.connect() as connection:
            set_each = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in self._settings.items())
            connection.execute(text(f"SELECT {set_each}"))
            yield connection


class _Asked:
    """One question to PostgreSQL."""

    def __init__(self, connection: Connection, asking: Asking, most_ranked: int, time_limit_s: float) -> None:
        self._connection = connection
        self._time_limit_s = time_limit_s
        self._until = time.monotonic() + time_limit_s
        self._asking = asking
        self._most_ranked = most_ranked
        self._match = match_of(asking.question, any_word=asking.any_word)
        self._values = {
            "match": self._match,
            "kinds": list(asking.kinds),
            "logged": LOGGED,
            "visible": as_array(asking.visible),
            "changed": list(asking.changed),
            "speaker": _bounded(asking.speaker_id),
            "decade": _bounded(asking.decade),
            "person": _bounded(asking.person_id),
        }

    def found(self) -> Found:
        asking = self._asking
        narrow = _of_kinds(asking.kinds)
        if asking.speaker_id is not None:
            narrow += " AND speaker_id = :speaker"
        if asking.decade is not None:
            narrow += " AND CAST(:decade AS integer) = ANY(decades)"
        if asking.person_id is not None:
            narrow += " AND CAST(:person AS integer) = ANY(people)"
        where = f"{narrow} AND {among(asking.visible)}"
        sure = f"{where} AND NOT interview_id = ANY(:changed)" if asking.changed else where
        asked = self._asked()
        often, passages = self._often([*asked, *levels_of(asked)])
        scored = {term: weight * _rarity(often[term], passages) for term, weight in asked.items() if term in often}
        doubtful: tuple[Candidate, ...] = ()
        if asking.changed:
            theirs = self._any_of(f"{where} AND interview_id = ANY(:changed)", {})
            doubtful = self._ranked(theirs, scored, MOST_DOUBTFUL, by_interview=False)
        counts: Counter[tuple[int, int]] = Counter()
        if asking.with_counts:
            counts = self._counted(where if are_few(asking.visible) else narrow, often)
        decades, people = self._about(sure) if asking.with_facets else (Counter(), Counter())
        if asking.order or (asking.with_counts and counts.total() <= self._most_ranked):
            candidates = self._any_of(sure, asking.order)
        else:
            candidates = self._promising(sure, scored, often, passages)
        best = self._ranked(candidates, scored, asking.most, by_interview=asking.by_interview)
        return Found(counts=counts, best=best, doubtful=doubtful, decades=decades, people=people)

    def _counted(self, where: str, often: Mapping[str, int]) -> Counter[tuple[int, int]]:
        """How many there are by interview and speaker; who may see which is asked of each interview once."""
        asking, rows = self._asking, None
        if (asking.speaker_id, asking.decade, asking.person_id) == (None, None, None):
            rows = counts_of(self._connection, self._match, asking.kinds)
        if rows is None:
            with self._two_processors() if at_most(asking.question, often) >= FROM_PASSAGES else nullcontext():
                rows = self._grouped(where)
        visible, changed = set(asking.visible), set(asking.changed)
        counts: Counter[tuple[int, int]] = Counter()
        for interview_id, speaker_id, count in rows:
            if interview_id in visible and interview_id not in changed:
                counts[interview_id, speaker_id] += count
        return +counts

    def _grouped(self, where: str) -> Iterator[tuple[int, int, int]]:
        # As three arrays: thousands of rows of their own would take longer to read than to count.
        grouped = (
            f"SELECT interview_id, speaker_id, count(*) FROM search_passage WHERE {_MATCHES} AND {where} GROUP BY 1, 2"
        )
        columns = self._rows(
            f"SELECT array_agg(interview_id), array_agg(speaker_id), array_agg(count) FROM ({grouped}) counted"
        ).one()
        return zip(*(each or () for each in columns), strict=True)

    def _about(self, where: str) -> tuple[Counter[int], Counter[int]]:
        """How many there are by the decades and by the people that they speak of."""
        decades: Counter[int] = Counter()
        people: Counter[int] = Counter()
        for those, them, count in self._rows(
            f"SELECT decades, people, count(*) FROM search_passage WHERE {_MATCHES} AND {where}"
            " AND (decades <> '{}' OR people <> '{}') GROUP BY 1, 2"
        ):
            for decade in those:
                decades[decade] += count
            for person_id in them:
                people[person_id] += count
        return decades, people

    def _any_of(self, where: str, order: Mapping[int, int]) -> str:
        """As many as are ranked: the first in the order, or any."""
        self._values["order"] = sorted(order, key=order.__getitem__)
        place, joined, ordered = ("place", _PLACED, "ORDER BY place, id DESC") if order else ("0 AS place", "", "")
        return (
            f"SELECT search_passage.*, {place} FROM search_passage {joined} WHERE {_MATCHES} AND {where} {ordered}"
            f" LIMIT {self._most_ranked}"
        )

    def _promising(self, where: str, scored: Mapping[str, float], often: Mapping[str, int], passages: int) -> str:
        """As many as are ranked, or up to twice as many: those that promise most."""
        found: dict[int, None] = {}
        most = self._most_ranked
        question, any_word = self._asking.question, self._asking.any_word
        for step in promising(question, scored, often, any_word=any_word, passages=passages, most=most):
            # Each step alone: one that is not needed would read all that PostgreSQL knows of common words.
            best = f"SELECT id FROM search_passage WHERE said @@ CAST(:step AS tsquery) AND {where} LIMIT {2 * most}"
            rows = self._rows(f"SELECT array_agg(id) FROM ({best}) best", step=step).scalar()
            found.update(dict.fromkeys(rows or ()))
            if len(found) >= most:
                break
        self._values["promising"] = as_array(list(found)[: 2 * most])
        return "SELECT *, 0 AS place FROM search_passage WHERE id = ANY(CAST(:promising AS bigint[]))"

    def _ranked(
        self, candidates: str, scored: Mapping[str, float], most: int, *, by_interview: bool
    ) -> tuple[Candidate, ...]:
        # `ts_filter` reads a passage once for all its scores (OFFSET keeps it apart) and leaves out what has no weight.
        unpacked = (
            "SELECT id, kind, interview_id, lines, line_before, line_after, place,"
            f" ts_filter(said, '{{a,b,c,d}}') AS said FROM ({candidates}) candidate OFFSET 0"
        )
        score = "0.0"
        values: dict[str, Any] = {"most": most}
        for number, (term, weight) in enumerate(scored.items()):
            score += f" + {weight:.5f} * ts_rank('{RANK_WEIGHTS}', said, CAST(:t{number} AS tsquery))"
            values[f"t{number}"] = quoted(term)
        first, chosen = ("interview_id, ", "DISTINCT ON (interview_id)") if by_interview else ("", "")
        rows = self._rows(
            f"SELECT * FROM (SELECT {chosen} id, kind, interview_id, lines, line_before, line_after, place,"
            f" {score} AS score FROM ({unpacked}) unpacked ORDER BY {first}place, score DESC, id) ranked"
            " ORDER BY place, score DESC, id LIMIT :most",
            **values,
        )
        found = rows.all()
        marked = self._marked([row.id for row in found if row.kind == PASSAGE])
        return tuple(
            Candidate(
                (row.place, -row.score, row.id),
                row.kind,
                row.interview_id,
                tuple(row.lines),
                row.line_before,
                row.line_after,
                marked.get(row.id),
            )
            for row in found
        )

    def _marked(self, rows: list[int]) -> dict[int, Marked]:
        """Which words of passages answer the question, of those where the index knows it."""
        question, any_word = self._asking.question, self._asking.any_word
        if not rows or asks_for_beginnings(question):
            return {}
        terms = {term for wanted in question.needed for term, _ in terms_of(wanted, any_word=any_word)}
        found = self._rows(
            "SELECT id, stamp, lexeme, positions FROM search_passage, unnest(said)"
            " WHERE id = ANY(:rows) AND lexeme = ANY(:terms)",
            rows=rows,
            terms=list(terms),
        )
        stamps: dict[int, int] = {}
        held: dict[int, dict[str, list[int] | None]] = defaultdict(dict)
        for row_id, stamp, lexeme, positions in found:
            stamps[row_id] = stamp
            held[row_id][lexeme] = places_at(lexeme, positions)
        return {
            row_id: Marked(stamps[row_id], words)
            for row_id, places in held.items()
            if (words := _words_at(question, places, any_word=any_word)) is not None
        }

    def _asked(self) -> dict[str, float]:
        """Everything that counts for the score, with how much."""
        question, asked = self._asking.question, dict[str, float]()
        for wanted in (*question.needed, *question.helping):
            for term, weight in terms_of(wanted, any_word=self._asking.any_word):
                asked[term] = max(asked.get(term, 0.0), weight)
        return asked

    def _often(self, terms: Collection[str]) -> tuple[dict[str, int], int]:
        """How many passages have each of those terms that the archive has, and how many passages it has."""
        statement = (
            "SELECT key, search_key.passages, search_state.passages AS every"
            " FROM search_state LEFT JOIN search_key ON key = ANY(:keys)"
        )
        rows = self._connection.execute(text(statement), {"keys": list(terms)}).all()
        return {row.key: row.passages for row in rows if row.passages}, rows[0].every if rows else 0

    @contextmanager
    def _two_processors(self) -> Iterator[None]:
        """Let PostgreSQL work out what is asked meanwhile on two processors, where it has them."""
        workers = "SELECT set_config('max_parallel_workers_per_gather', :count, true)"
        self._connection.execute(text(workers), {"count": "1"})
        yield
        self._connection.execute(text(workers), {"count": _SETTINGS["max_parallel_workers_per_gather"]})

    def _rows(self, statement: str, **more: Any) -> Any:
        left_ms = round((self._until - time.monotonic()) * 1000)
        if left_ms < self._time_limit_s * 900:  # the statements before have taken their part
            limit = "SELECT set_config('statement_timeout', :limit, true)"
            self._connection.execute(text(limit), {"limit": str(max(left_ms, 1))})
        return self._connection.execute(text(statement), {**self._values, **more})


_MATCHES = "said @@ CAST(:match AS tsquery)"


def _of_kinds(kinds: Collection[str]) -> str:
    """The condition that a passage is of one of these kinds, `:kinds`; asking for one is three times as fast."""
    if len(kinds) == 1:
        return "kind = (CAST(:kinds AS text[]))[1]"
    return "kind <> :logged" if set(kinds) == set(KINDS) else "kind = ANY(:kinds)"


def _rarity(often: int, passages: int) -> float:
    """The inverse document frequency."""
    return log(1 + max(passages, often) / (often + 1))


def _bounded(number: int | None) -> int | None:
    """A number that may come from an address, as far as PostgreSQL can compare it; no row has either bound."""
    return None if number is None else max(-1, min(number, LARGEST_ID))


def _words_at(
    question: Question, places: Mapping[str, list[int] | None], *, any_word: bool
) -> tuple[tuple[int, int], ...] | None:
    """What `Marked.words` says of a document, by where its lexemes stand."""
    if any(each is None for each in places.values()):
        return None
    return words_that_answer(question, lambda field, term: places.get(PREFIXES[field] + term) or (), any_word=any_word)
