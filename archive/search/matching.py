"""Working out a question against a Whoosh index: which passages match, how well, and how many there are of what."""

import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from archive.search.about import FIELD, split_counts, terms_of
from archive.search.analysis import HOMOGRAPH
from archive.search.backend import MOST_DOUBTFUL, TIME_LIMIT_S, Asking, Candidate, Found
from archive.search.marking import Marked, words_that_answer
from archive.search.postings import Numbers, Scores
from archive.search.question import Wanted
from archive.search.schema import PASSAGE
from archive.search.segments import Segment, Segments, Terms, begun_with


class _TimeUp(Exception):
    """Raised when a question has taken as long as it may."""


@dataclass
class _Seen:
    """Matching passages of all segments: their documents, scores, interviews and places in the order."""

    documents: list[Numbers] = field(default_factory=list)
    scores: list[Scores] = field(default_factory=list)
    interviews: list[Numbers] = field(default_factory=list)
    places: list[Numbers] = field(default_factory=list)

    def add(self, segment: Segment, found: Numbers, scores: Scores, places: Numbers) -> None:
        columns = segment.columns
        self.documents.append(found + segment.offset)
        self.scores.append(scores[found])
        self.interviews.append(columns.interviews[columns.interview_at[found]])
        self.places.append(places[found])

    def best(self, most: int, *, by_interview: bool) -> Iterator[tuple[tuple[int, float, int], int]]:
        """The rank and the interview of the `most` best, in order; with `by_interview` only the best of each."""
        if not self.documents:
            return
        documents, scores = np.concatenate(self.documents), np.concatenate(self.scores)
        interviews, places = np.concatenate(self.interviews), np.concatenate(self.places)
        order = np.lexsort((documents, -scores, places))
        if by_interview:
            _, first = np.unique(interviews[order], return_index=True)
            order = order[np.sort(first)]
        for at in order[:most].tolist():
            yield (int(places[at]), -float(scores[at]), int(documents[at])), int(interviews[at])


class Matching:
    """One question to the segments that a searcher has open. Nothing that was typed is ever parsed by Whoosh."""

    def __init__(self, searcher: Any, asking: Asking, segments: Segments) -> None:
        self._searcher = searcher
        self._asking = asking
        self._segments = segments.of(searcher)
        self._terms = Terms(searcher, self._segments)
        self._spellings: dict[str, list[str]] = {}
        self._until = time.monotonic() + TIME_LIMIT_S

    def found(self) -> Found:
        """The best passages, and counts of all that the reader may see; what there was when the time was up."""
        seen, doubtful = _Seen(), _Seen()
        counts: Counter[tuple[int, int]] = Counter()
        about: Counter[str] = Counter()
        complete = True
        try:
            for place, segment in enumerate(self._segments):
                scores = self._scores(place)
                if scores is None:
                    continue
                allowed = (scores > 0) & self._allowed(segment)
                changed = segment.of_interviews(self._asking.changed)
                places = segment.places(self._asking.order)
                doubtful.add(segment, np.flatnonzero(allowed & changed), scores, places)
                sure = np.flatnonzero(allowed & ~changed)
                seen.add(segment, sure, scores, places)
                self._count(segment, sure, counts, about)
        except _TimeUp:
            complete = False
        decades, people = split_counts(about)
        return Found(
            counts=counts,
            best=self._candidates(seen, self._asking.most, by_interview=self._asking.by_interview),
            doubtful=self._candidates(doubtful, MOST_DOUBTFUL, by_interview=False),
            complete=complete,
            decades=decades,
            people=people,
        )

    def _count(self, segment: Segment, found: Numbers, counts: Counter[tuple[int, int]], about: Counter[str]) -> None:
        if not self._asking.with_counts:
            return
        columns = segment.columns
        often = np.bincount(columns.pair_at[found], minlength=len(columns.pairs))
        for pair in np.flatnonzero(often).tolist():
            counts[columns.pairs[pair]] += int(often[pair])
        if self._asking.with_facets:
            which = np.zeros(columns.count, dtype=np.bool_)
            which[found] = True
            about.update(columns.subjects.count(which))

    def _allowed(self, segment: Segment) -> Any:
        """The passages that may be found, whatever they say."""
        asking = self._asking
        allowed = segment.living & segment.of_interviews(asking.visible)
        kinds = np.zeros_like(allowed)
        for kind in asking.kinds:
            kinds |= segment.holding("kind", kind)
        allowed &= kinds
        if asking.speaker_id is not None:
            allowed &= segment.columns.speakers == asking.speaker_id
        subjects = [[] if number is None else [number] for number in (asking.decade, asking.person_id)]
        for term in terms_of(*subjects):
            allowed &= segment.holding(FIELD, term)
        return allowed

    def _scores(self, place: int) -> Scores | None:
        """How well each passage of a segment answers; None where none does."""
        question, any_word = self._asking.question, self._asking.any_word
        parts = [self._of(each, place, any_word=any_word) for each in question.needed]
        parts += [self._of_name(name, place) for name in question.speaker]
        if not parts:
            return None
        spoken = len(question.speaker)
        words, names = parts[: len(parts) - spoken], parts[len(parts) - spoken :]
        total = np.zeros_like(parts[0])
        for part in parts:
            total += part
        matched = np.ones(len(total), dtype=np.bool_)
        if words:
            held = [word > 0 for word in words]
            matched = np.logical_or.reduce(held) if any_word else np.logical_and.reduce(held)
        for name in names:
            matched &= name > 0
        for unwanted in question.unwanted:
            matched &= self._of(unwanted, place) == 0
        if not matched.any():
            return None
        for helping in question.helping:
            total += self._of(helping, place)
        return np.where(matched, total, np.float32(0))

    def _of_name(self, word: str, place: int) -> Scores:
        into = np.zeros(self._segments[place].columns.count, dtype=np.float32)
        self._add(into, place, "speaker", word)
        return into

    def _of(self, wanted: Wanted, place: int, *, any_word: bool = False) -> Scores:
        """How much of one thing each passage of a segment has, in any of the ways to say it."""

        into = np.zeros(self._segments[place].columns.count, dtype=np.float32)
        for key, weight in wanted.asked(any_word=any_word):
            self._add(into, place, "keys", key, weight)
        for word in wanted.words:
            self._add(into, place, "exact", word, HOMOGRAPH)
        if len(wanted.row) == 1:
            self._add(into, place, "exact", wanted.row[0])
        elif wanted.row:
            self._add_row(into, place, wanted.row)
        if wanted.start:
            for word in self._begun(wanted.start):
                self._add(into, place, "exact", word)
        for other in wanted.either:
            into += self._of(other, place, any_word=any_word)
        return into

    def _add(self, into: Scores, place: int, field_name: str, text: str, boost: float = 1.0) -> None:
        self._look_at_the_clock()
        self._terms.add(into, place, field_name, text, boost)

    def _add_row(self, into: Scores, place: int, row: tuple[str, ...]) -> None:
        """Words that stand in this order count what they count together."""
        self._look_at_the_clock()
        found = self._segments[place].in_a_row(row)
        if len(found):
            scores = np.zeros_like(into)
            for word in row:
                self._add(scores, place, "exact", word)
            into[found] += scores[found]

    def _begun(self, start: str) -> list[str]:
        found = self._spellings.get(start)
        if found is None:
            found = self._spellings[start] = list(begun_with(self._segments, start))
        return found

    def _look_at_the_clock(self) -> None:
        if time.monotonic() > self._until:
            raise _TimeUp

    def _candidates(self, seen: _Seen, most: int, *, by_interview: bool) -> tuple[Candidate, ...]:
        made = []
        for rank, interview_id in seen.best(most, by_interview=by_interview):
            kind, lines, before, after = self._searcher.stored_fields(rank[2])["where"]
            marked = self._marked(rank[2]) if kind == PASSAGE else None
            made.append(Candidate(rank, kind, interview_id, lines, before, after, marked))
        return tuple(made)

    def _marked(self, document: int) -> Marked | None:
        """Which words of a document answer the question."""
        place = bisect_right([segment.offset for segment in self._segments], document) - 1
        segment = self._segments[place]
        inside = document - segment.offset

        def places(field_name: str, text: str) -> Sequence[int]:
            posted = self._terms.postings(field_name, text)[place]
            return posted.places_in(inside) if posted else ()

        words = words_that_answer(self._asking.question, places, any_word=self._asking.any_word)
        return None if words is None else Marked(int(segment.columns.stamps[inside]), words)
