"""The segments of a Whoosh index as arrays, so that a question is worked out for thousands of passages at a time.

Whoosh's own matchers go from passage to passage in Python, some microseconds for each word of each: a common word among
80,000 passages took a fifth of a second.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import islice
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

from archive.search import codec
from archive.search.about import FIELD, Subjects
from archive.search.backend import MOST_SPELLINGS
from archive.search.postings import Numbers, Postings, Scored, Scores
from archive.search.vocabulary import Vocabulary

# As Whoosh's BM25F has them.
_B = 0.75
_K1 = 1.2
_LENGTHS = np.array([1, *(byte_to_length(byte) for byte in range(1, 256))], dtype=np.float32)  # by the byte on disk
_MOST_KEPT = 200  # segments whose columns are kept; an index has few
_PLACES = 1 << 32  # more than the words of any document

Which = NDArray[np.bool_]  # for each document of a segment whether it is meant


class Columns:
    """What never changes about the documents of one segment. Read by any number of threads."""

    def __init__(self, reader: Any) -> None:
        self.count: int = reader.doc_count_all()
        interviews, self.speakers = (codec.numbers_of(reader, name) for name in ("interview_id", "speaker_id"))
        self.interviews, self.interview_at = np.unique(interviews, return_inverse=True)
        speakers, speaker_at = np.unique(self.speakers, return_inverse=True)
        pairs, self.pair_at = np.unique(self.interview_at * len(speakers) + speaker_at, return_inverse=True)
        theirs = self.interviews[pairs // len(speakers)].tolist(), speakers[pairs % len(speakers)].tolist()
        self.pairs = list(zip(*theirs, strict=True))  # interviews and who speaks in them, by the numbers of `pair_at`
        self._lengths = {name: _LENGTHS[codec.lengths_of(reader, name)] for name in codec.SCORED}
        self.stamps = codec.numbers_of(reader, "stamp")
        self._norms: dict[str, tuple[float, Scores]] = {}
        self._vocabularies: dict[tuple[str, str], Vocabulary] = {}
        terms = codec.begun(reader, FIELD, "")
        self.subjects = Subjects({term.decode(): Scored(*codec.at(reader, info)).documents for term, info in terms})

    def norms(self, field: str, average: float) -> Scores:
        """What BM25 has below the line for the length of a field that is so long on average."""
        known = self._norms.get(field)
        if known is None or known[0] != average:
            norms = (_K1 * (1 - _B) + _K1 * _B / average * self._lengths[field]).astype(np.float32)
            known = self._norms[field] = average, norms
        return known[1]

    def vocabulary(self, reader: Any, field: str, letter: str) -> Vocabulary:
        """The terms of a field that begin with a letter; read when somebody asks."""
        known = self._vocabularies.get((field, letter))
        if known is None:
            terms = [term.decode() for term, _ in codec.begun(reader, field, letter)]
            known = self._vocabularies[field, letter] = Vocabulary(terms)
        return known


class Segment:
    """One segment while a searcher has it open."""

    def __init__(self, reader: Any, offset: int, columns: Columns) -> None:
        self.reader, self.offset, self.columns = reader, offset, columns

    @cached_property
    def living(self) -> Which:
        """The documents that nobody has deleted."""
        living = np.ones(self.columns.count, dtype=np.bool_)
        living[list(self.reader.segment().deleted_docs())] = False
        return living

    def of_interviews(self, wanted: Collection[int]) -> Which:
        """The documents of the interviews that `wanted` holds."""
        if not wanted:
            return np.zeros(self.columns.count, dtype=np.bool_)
        held: Which = np.array([number in wanted for number in self.columns.interviews.tolist()])
        return held[self.columns.interview_at]

    def places(self, order: Mapping[int, int]) -> Numbers:
        """The place of each document's interview in an order; 0 where it has none."""
        if not order:
            return np.zeros(self.columns.count, dtype=np.int64)
        places: Numbers = np.array([order.get(number, 0) for number in self.columns.interviews.tolist()], np.int64)
        return places[self.columns.interview_at]

    def holding(self, field: str, text: str) -> Which:
        """The documents that hold a term."""
        found = np.zeros(self.columns.count, dtype=np.bool_)
        posted = self.postings(field, text)
        if posted is not None:
            found[posted.documents] = True
        return found

    def postings(self, field: str, text: str) -> Scored | None:
        """The documents that hold a term, deleted ones too, and how much it weighs in each; None: it is nowhere."""
        written, count = codec.found(self.reader, field, text.encode())
        return Scored(written, count) if count else None

    def in_a_row(self, row: Sequence[str]) -> Numbers:
        """The documents in which these words stand in this order."""
        begins: Numbers | None = None  # a document and the place there of the first word, as one number
        for step, word in enumerate(row):
            written, count = codec.found(self.reader, "exact", word.encode())
            if not count:
                return np.empty(0, np.int64)
            posted = Postings.read(written, count)
            those = np.repeat(posted.documents, posted.often) * _PLACES + posted.places - step
            if begins is None:
                begins = those
            else:
                at = np.minimum(np.searchsorted(those, begins), len(those) - 1)
                begins = begins[those[at] == begins]
        return np.unique(begins // _PLACES) if begins is not None else np.empty(0, np.int64)

    def near(self, field: str, word: str, most: int) -> list[str]:
        """The terms of a field that are at most so far from a word and begin with its letter."""
        return self.columns.vocabulary(self.reader, field, word[:1]).near(word, most)


def begun_with(segments: list[Segment], start: str) -> dict[str, int]:
    """The first words, in the order of the alphabet, that begin so, and in how many documents each stands."""
    found: Counter[str] = Counter()
    for segment in segments:
        words = codec.begun(segment.reader, "exact", start)
        for term, info in islice(words, MOST_SPELLINGS):
            found[term.decode()] += codec.count_in(info)
    return {word: found[word] for word in sorted(found, key=str.encode)[:MOST_SPELLINGS]}


class Segments:
    """The segments of one archive's index whose columns were read, for any number of threads."""

    def __init__(self) -> None:
        self._read: dict[str, Columns] = {}

    def of(self, searcher: Any) -> list[Segment]:
        """The segments that a searcher has open."""
        leaves = ((leaf.reader(), offset) for leaf, offset in searcher.leaf_searchers())
        return [Segment(reader, offset, self._columns(reader)) for reader, offset in leaves if reader.doc_count_all()]

    def _columns(self, reader: Any) -> Columns:
        name = reader.segment().segment_id()
        columns = self._read.get(name)
        if columns is None:  # two threads may read the same one, and nothing is lost
            columns = Columns(reader)
            if len(self._read) >= _MOST_KEPT:
                self._read = {}
            self._read[name] = columns
        return columns


class Terms:
    """The terms of one question in all segments: where they stand, and what they count there (BM25, as Whoosh's)."""

    def __init__(self, searcher: Any, segments: list[Segment]) -> None:
        self.segments = segments
        self._documents = max(searcher.doc_count_all(), 1)
        self._average = {name: float(searcher.avg_field_length(name)) or 1.0 for name in codec.SCORED}
        self._read: dict[tuple[str, str], list[Scored | None]] = {}

    def add(self, into: Scores, place: int, field: str, text: str, boost: float) -> None:
        """Add what a term counts to the scores of the segment with number `place`."""
        everywhere = self.postings(field, text)
        posted = everywhere[place]
        if posted is None:
            return
        rare = log(self._documents / (sum(len(each.documents) for each in everywhere if each) + 1)) + 1
        below = self.segments[place].columns.norms(field, self._average[field])[posted.documents]
        below += posted.weights
        np.divide(posted.weights, below, out=below)
        below *= np.float32(boost * rare * (_K1 + 1))
        into[posted.documents] += below

    def postings(self, field: str, text: str) -> list[Scored | None]:
        """The postings of a term in each of the segments."""
        found = self._read.get((field, text))
        if found is None:
            found = self._read[field, text] = [each.postings(field, text) for each in self.segments]
        return found
