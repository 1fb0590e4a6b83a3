"""Asking the Whoosh index which passages to look at. It gives ids and scores, never a text."""

import logging
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from archive.search import folder as place
from archive.search.backend import Asking, Found, keys_near
from archive.search.matching import Matching
from archive.search.question import Question, Wanted
from archive.search.schema import SCHEMA_VERSION, open_at
from archive.search.segments import Segment, Segments, begun_with

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
        self._segments = Segments()

    def find(self, asking: Asking) -> Found:
        """The best passages. An index that cannot be read is doubted, and nothing is found in it."""
        for attempt in range(_ATTEMPTS):
            last = attempt == _ATTEMPTS - 1
            try:
                with self._searcher() as searcher:
                    return Matching(searcher, asking, self._segments).found()
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
                segments = self._segments.of(searcher)
                said = _Said(segments, visible)
                near = {each.written: _near(segments, each, said) for each in question.needed}
        except Exception:
            _log.debug("no spellings without an index", exc_info=True)  # `find` sees to it
            return question
        return question.with_near(near)

    def begun(self, start: str, visible: Collection[int], most: int) -> list[str]:
        """Words that begin so and are said in `visible`; the most common first."""
        try:
            with self._searcher() as searcher:
                segments = self._segments.of(searcher)
                said = _Said(segments, visible)
                words = begun_with(segments, start)
                common = sorted(words, key=lambda word: (-words[word], word))
                return list(islice((word for word in common if said("exact", word)), most))
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


class _Said:
    """Whether a term stands in any of some interviews. What is only said elsewhere must make no difference."""

    def __init__(self, segments: list[Segment], visible: Collection[int]) -> None:
        self._among = [(segment, segment.living & segment.of_interviews(visible)) for segment in segments]

    def __call__(self, field: str, text: str) -> bool:
        for segment, visible in self._among:
            posted = segment.postings(field, text)
            if posted is not None and visible[posted.documents].any():
                return True
        return False


def _near(segments: list[Segment], wanted: Wanted, said: _Said) -> list[str]:
    def alike(field: str, written: str, most: int) -> list[str]:
        found = dict.fromkeys(term for segment in segments for term in segment.near(field, written, most))
        return [term for term in found if said(field, term)]

    return keys_near(wanted, is_said=said, alike=alike)
