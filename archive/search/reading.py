"""Asking the Whoosh index which passages to look at. It gives ids and scores, never a text."""

import heapq
import logging
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from whoosh import query as whoosh_query

from archive.search import folder as place
from archive.search.analysis import HOMOGRAPH, own_keys
from archive.search.question import Question, Wanted, spelling_of
from archive.search.schema import SCHEMA_VERSION, open_at
from archive.search.spelling import distance

_log = logging.getLogger(__name__)

TIME_LIMIT_S = 1.0
_ATTEMPTS = 3
_PAUSE_S = 0.05
MOST_DOUBTFUL = 500  # candidates of interviews that changed which are checked one by one; the rest are left out
SHORTEST_SLIP = 5  # letters of a word that may be a slip of the hand; shorter ones are near too many others
LONG_SLIP = 7  # letters of a word in which two may be wrong
MOST_NEAR = 8  # keys that one slip may stand for
MOST_SPELLINGS = 300  # words of the archive that the beginning of a word may stand for


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """Something to look at in the database; sorts by relevance."""

    rank: tuple[float, int]  # smaller is better; the second number keeps the order of equals
    kind: str = field(compare=False)
    interview_id: int = field(compare=False)
    lines: tuple[int, ...] = field(compare=False)
    before: int | None = field(compare=False)
    after: int | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What the index says: how many passages, the best of them, and those that the database must confirm first."""

    sure: int = 0
    interviews: frozenset[int] = frozenset()  # the interviews that hold those we are sure of
    best: tuple[Candidate, ...] = ()
    doubtful: tuple[Candidate, ...] = ()
    complete: bool = True  # False: the time was up, or the index cannot be read


class _NoIndex(Exception):
    """Raised when there is no index, or none of our making."""


class Index:
    """The index of one archive, for any number of threads. A search sees what was written before it began."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._idle: list[tuple[tuple[str, int], Any]] = []  # a searcher serves one thread at a time
        self._lock = Lock()
        self._opened: tuple[str, Any] | None = None

    def find(
        self,
        question: Question,
        *,
        any_word: bool,
        kinds: Collection[str],
        visible: Collection[int],
        changed: Collection[int],
        most: int,
    ) -> Found:
        """The `most` best passages among the interviews in `visible`.

        Those of interviews in `changed` (which the index has not heard of) come apart and are not counted. Never
        raises for what a person typed; an index that cannot be read is doubted, and nothing is found in it.
        """
        for attempt in range(_ATTEMPTS):
            last = attempt == _ATTEMPTS - 1
            try:
                with self._searcher() as searcher:
                    asked = _asked(searcher, question, any_word=any_word, kinds=kinds)
                    return _collect(searcher, asked, visible, changed, most)
            except _NoIndex:
                _log.debug("there is no search index yet")
            except Exception:
                _log.log(logging.ERROR if last else logging.DEBUG, "search failed", exc_info=True)
                if last:
                    place.doubt(self._folder)
            # A writer may have put another index in use between our reading its name and opening it.
            time.sleep(_PAUSE_S)
        return Found(complete=False)

    def mended(self, question: Question) -> Question:
        """The question, asking also for keys that are spelt nearly as a word of which the index has nothing at all."""
        try:
            with self._searcher() as searcher:
                near = {each.written: _near(searcher, each) for each in question.needed}
        except Exception:
            _log.debug("no spellings without an index", exc_info=True)  # `find` sees to it
            return question
        return question.with_near(near)

    def close(self) -> None:
        """Close what is open; a later search opens it again."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, searcher in idle:
            searcher.close()

    @contextmanager
    def _searcher(self) -> Iterator[Any]:
        """A searcher of the newest state, for this thread alone."""
        name, index = self._open()
        state, searcher = self._take(name, index)
        yield searcher  # after an exception it is not used again
        with self._lock:
            self._idle.append((state, searcher))

    def _open(self) -> tuple[str, Any]:
        path = place.current(self._folder)
        if path is None:
            raise _NoIndex
        opened = self._opened
        if opened is None or opened[0] != path.name:
            if place.made_with(path).get("schema") != str(SCHEMA_VERSION):
                raise _NoIndex
            opened = self._opened = (path.name, open_at(path))
        return opened

    def _take(self, name: str, index: Any) -> tuple[tuple[str, int], Any]:
        newest = (name, index.latest_generation())
        with self._lock:
            stale = [each for each in self._idle if each[0] != newest]
            self._idle = [each for each in self._idle if each[0] == newest]
            taken = self._idle.pop() if self._idle else None
        for _, searcher in stale:
            searcher.close()
        return taken or (newest, index.searcher())


def _asked(searcher: Any, question: Question, *, any_word: bool, kinds: Collection[str]) -> Any:
    """The question in Whoosh's terms. No text is ever parsed by Whoosh, so no wildcard or range can be smuggled in."""
    parts = [_term(searcher, each, any_word=any_word) for each in question.needed]
    asked = [whoosh_query.Or(parts) if any_word else whoosh_query.And(parts)] if parts else []
    if question.helping:
        helping = whoosh_query.Or([_term(searcher, each) for each in question.helping])
        asked = [whoosh_query.AndMaybe(asked[0], helping)]
    asked += [whoosh_query.Term("speaker", word) for word in question.speaker]
    limits = whoosh_query.Or([whoosh_query.Term("kind", kind) for kind in kinds])
    whole = whoosh_query.Require(whoosh_query.And(asked), limits)
    if question.unwanted:
        whole = whoosh_query.AndNot(whole, whoosh_query.Or([_term(searcher, each) for each in question.unwanted]))
    return whole.normalize()


def _term(searcher: Any, wanted: Wanted, *, any_word: bool = False) -> Any:
    ways = [whoosh_query.Term("keys", key, boost=weight) for key, weight in wanted.asked(any_word=any_word)]
    ways += [whoosh_query.Term("exact", word, boost=HOMOGRAPH) for word in wanted.words]
    ways += [_term(searcher, other, any_word=any_word) for other in wanted.either]
    if len(wanted.row) == 1:
        ways.append(whoosh_query.Term("exact", wanted.row[0]))
    elif wanted.row:
        ways.append(whoosh_query.Phrase("exact", list(wanted.row)))
    if wanted.start:
        begun = searcher.reader().expand_prefix("exact", wanted.start)
        spellings = [word.decode() for word, _ in zip(begun, range(MOST_SPELLINGS), strict=False)]
        ways += [whoosh_query.Term("exact", word) for word in spellings] or [whoosh_query.NullQuery]
    return whoosh_query.Or(ways)


def _near(searcher: Any, wanted: Wanted) -> list[str]:
    """The keys nearest to a plain word of which the index has nothing; none when it has something."""
    written = spelling_of(wanted)
    reader = searcher.reader()
    if written is None or len(written) < SHORTEST_SLIP or any(("keys", key.text) in reader for key in wanted.keys):
        return []
    if any(("exact", word) in reader for word in wanted.words):
        return []
    for most in range(1, 3 if len(written) >= LONG_SLIP else 2):
        words = {word: distance(word, written, most) for word in reader.terms_within("exact", written, most, prefix=1)}
        stem = own_keys(written)[0]
        keys = {key: distance(key, stem, most) for key in reader.terms_within("keys", stem, most, prefix=1)}
        if words or keys:
            found = [
                *((far, key) for key, far in keys.items()),
                *((words[w], key) for w in words for key in own_keys(w)),
            ]
            return list(dict.fromkeys(key for _, key in sorted(found)))[:MOST_NEAR]
    return []


def _collect(searcher: Any, asked: Any, visible: Collection[int], changed: Collection[int], most: int) -> Found:
    """Go through what matches, ask for the right to each before it is counted, and stop when the time is up."""
    until = time.monotonic() + TIME_LIMIT_S
    context = searcher.context()
    seen: list[tuple[float, int, int]] = []  # (minus the score, document, interview)
    doubtful: list[tuple[float, int, int]] = []
    complete = True
    for leaf, offset in searcher.leaf_searchers():
        matcher = asked.matcher(leaf, context)
        if not matcher.is_active():
            continue
        interview_of = leaf.reader().column_reader("interview_id")
        while matcher.is_active():
            document = matcher.id()
            interview_id = interview_of[document]
            if interview_id in visible:
                into = doubtful if interview_id in changed else seen
                into.append((-matcher.score(), offset + document, interview_id))
            matcher.next()
            if time.monotonic() > until:
                complete = False
                break
    return Found(
        sure=len(seen),
        interviews=frozenset(interview_id for _, _, interview_id in seen),
        best=tuple(_candidate(searcher, *each) for each in heapq.nsmallest(most, seen)),
        doubtful=tuple(_candidate(searcher, *each) for each in heapq.nsmallest(MOST_DOUBTFUL, doubtful)),
        complete=complete,
    )


def _candidate(searcher: Any, rank: float, document: int, interview_id: int) -> Candidate:
    kind, lines, before, after = searcher.stored_fields(document)["where"]
    return Candidate((rank, document), kind, interview_id, lines, before, after)
