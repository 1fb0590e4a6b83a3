"""Asking the Whoosh index which passages to look at. It gives ids and scores, never a text."""

import heapq
import logging
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from whoosh import query as whoosh_query

from archive.search import folder as place
from archive.search.about import FIELD, Abouts, split_counts, terms_of
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
from archive.search.question import Question, Wanted
from archive.search.schema import SCHEMA_VERSION, open_at

_log = logging.getLogger(__name__)

_ATTEMPTS = 3
_PAUSE_S = 0.05


class _NoIndex(Exception):
    """Raised when there is no index, or none of our making."""


class Index:
    """The index of one archive, for any number of threads. A search sees what was written before it began."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._idle: list[tuple[tuple[str, int], Any]] = []  # a searcher serves one thread at a time
        self._lock = Lock()
        self._opened: tuple[str, Any] | None = None
        self._abouts = Abouts()

    def find(self, asking: Asking) -> Found:
        """The best passages. An index that cannot be read is doubted, and nothing is found in it."""
        for attempt in range(_ATTEMPTS):
            last = attempt == _ATTEMPTS - 1
            try:
                with self._searcher() as searcher:
                    return _collect(searcher, asking, self._abouts)
            except _NoIndex:
                _log.debug("there is no search index yet")
            except Exception:
                _log.log(logging.ERROR if last else logging.DEBUG, "search failed", exc_info=True)
                if last:
                    place.doubt(self._folder)
            # A writer may have put another index in use between our reading its name and opening it.
            time.sleep(_PAUSE_S)
        return Found(complete=False)

    def mended(self, question: Question, visible: Collection[int]) -> Question:
        """The question, asking also for keys that are spelt nearly as a word that nobody says in `visible`."""
        try:
            with self._searcher() as searcher:
                near = {each.written: _near(searcher, each, visible) for each in question.needed}
        except Exception:
            _log.debug("no spellings without an index", exc_info=True)  # `find` sees to it
            return question
        return question.with_near(near)

    def begun(self, start: str, visible: Collection[int], most: int) -> list[str]:
        """Words that begin so and are said in `visible`; the most common first."""
        try:
            with self._searcher() as searcher:
                reader = searcher.reader()
                words = {
                    word: reader.doc_frequency("exact", word)
                    for word, _ in zip(reader.expand_prefix("exact", start), range(MOST_SPELLINGS), strict=False)
                }
                common = sorted(words, key=lambda word: (-words[word], word))
                seen = (word for word in common if _is_said(searcher, "exact", word, visible))
                return [word.decode() for word in islice(seen, most)]
        except Exception:
            _log.debug("no words without an index", exc_info=True)
            return []

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


def _asked(searcher: Any, asking: Asking) -> Any:
    """The question in Whoosh's terms. No text is ever parsed by Whoosh, so no wildcard or range can be smuggled in."""
    question, any_word = asking.question, asking.any_word
    parts = [_term(searcher, each, any_word=any_word) for each in question.needed]
    asked = [whoosh_query.Or(parts) if any_word else whoosh_query.And(parts)] if parts else []
    if question.helping:
        helping = whoosh_query.Or([_term(searcher, each) for each in question.helping])
        asked = [whoosh_query.AndMaybe(asked[0], helping)]
    asked += [whoosh_query.Term("speaker", word) for word in question.speaker]
    kinds = whoosh_query.Or([whoosh_query.Term("kind", kind) for kind in asking.kinds])
    about = terms_of(_if_any(asking.decade), _if_any(asking.person_id))
    limits = whoosh_query.And([kinds, *(whoosh_query.Term(FIELD, term) for term in about)])
    whole = whoosh_query.Require(whoosh_query.And(asked), limits)
    if question.unwanted:
        whole = whoosh_query.AndNot(whole, whoosh_query.Or([_term(searcher, each) for each in question.unwanted]))
    return whole.normalize()


def _if_any(number: int | None) -> tuple[int, ...]:
    return () if number is None else (number,)


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


def _is_said(searcher: Any, field: str, text: str | bytes, visible: Collection[int]) -> bool:
    """Whether a term stands in any of these interviews. What is only said elsewhere must make no difference."""
    for leaf, _ in searcher.leaf_searchers():
        reader = leaf.reader()
        if (field, text) not in reader:
            continue
        interview_of = reader.column_reader("interview_id")
        matcher = reader.postings(field, text)
        while matcher.is_active():
            if interview_of[matcher.id()] in visible:
                return True
            matcher.next()
    return False


def _near(searcher: Any, wanted: Wanted, visible: Collection[int]) -> list[str]:
    def is_said(field: str, term: str) -> bool:
        return _is_said(searcher, field, term, visible)

    def alike(field: str, written: str, most: int) -> list[str]:
        return [term for term in searcher.reader().terms_within(field, written, most, prefix=1) if is_said(field, term)]

    return keys_near(wanted, is_said=is_said, alike=alike)


def _collect(searcher: Any, asking: Asking, abouts: Abouts) -> Found:
    """Go through what matches, ask for the right to each before it is counted, and stop when the time is up."""
    until = time.monotonic() + TIME_LIMIT_S
    asked = _asked(searcher, asking)
    context = searcher.context()
    seen: list[_Seen] = []
    doubtful: list[_Seen] = []
    counts: Counter[tuple[int, int]] = Counter()
    about: Counter[str] = Counter()
    complete = True
    for leaf, offset in searcher.leaf_searchers():
        matcher = asked.matcher(leaf, context)
        if not matcher.is_active():
            continue
        interview_of = leaf.reader().column_reader("interview_id")
        speaker_of = leaf.reader().column_reader("speaker_id")
        before = len(seen)
        while matcher.is_active():
            document = matcher.id()
            interview_id = interview_of[document]
            if interview_id in asking.visible and asking.speaker_id in (None, speaker_of[document]):
                one = (asking.order.get(interview_id, 0), -matcher.score(), offset + document, interview_id)
                if interview_id in asking.changed:
                    doubtful.append(one)
                else:
                    seen.append(one)
                    counts[interview_id, speaker_of[document]] += 1
            matcher.next()
            if time.monotonic() > until:
                complete = False
                break
        if asking.with_facets:
            about += abouts.count(leaf.reader(), [each[2] - offset for each in seen[before:]])
    decades, people = split_counts(about)
    best = heapq.nsmallest(asking.most, _best_of_each(seen) if asking.by_interview else seen)
    return Found(
        counts=counts,
        best=tuple(_candidate(searcher, each) for each in best),
        doubtful=tuple(_candidate(searcher, each) for each in heapq.nsmallest(MOST_DOUBTFUL, doubtful)),
        complete=complete,
        decades=decades,
        people=people,
    )


_Seen = tuple[int, float, int, int]  # the interview's place in the order, minus the score, document, interview


def _best_of_each(seen: list[_Seen]) -> list[_Seen]:
    best: dict[int, _Seen] = {}
    for each in seen:
        best[each[3]] = min(each, best.get(each[3], each))
    return list(best.values())


def _candidate(searcher: Any, seen: _Seen) -> Candidate:
    kind, lines, before, after = searcher.stored_fields(seen[2])["where"]
    return Candidate(seen[:3], kind, seen[3], lines, before, after)
