"""The segments of a Whoosh index as arrays, so that a question is worked out for thousands of passages at a time.

Whoosh's own matchers go from passage to passage in Python, some microseconds for each word of each: a common word among
80,000 passages took a fifth of a second. What is read here is what Whoosh wrote, with Whoosh's own readers; only the
going through is ours. The names with an underscore belong to the pinned version.
"""

from collections.abc import Mapping
from functools import cached_property
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import LENGTHS_COLUMN, W3LeafMatcher
from whoosh.util.numeric import byte_to_length

from archive.search.about import Subjects

Numbers = NDArray[np.int64]
Scores = NDArray[np.float32]  # one for each document of a segment; 0: it does not match, and a match is always above 0

# As Whoosh's BM25F has them.
_B = 0.75
_K1 = 1.2
_LENGTHS = np.array([1, *(byte_to_length(byte) for byte in range(1, 256))], dtype=np.float32)  # by the byte on disk
_MOST_KEPT = 200  # segments whose columns are kept; an index has few


class Columns:
    """What never changes about the documents of one segment. Read by any number of threads."""

    def __init__(self, reader: Any) -> None:
        self.count: int = reader.doc_count_all()
        interviews = _column(reader.column_reader("interview_id"), self.count, np.dtype(">i8"))
        speakers = _column(reader.column_reader("speaker_id"), self.count, np.dtype(">i8"))
        self.interviews, self.interview_at = np.unique(interviews, return_inverse=True)
        both, at = np.unique(np.stack([interviews, speakers]), axis=1, return_inverse=True)
        self.pairs: list[tuple[int, int]] = [(int(interview), int(speaker)) for interview, speaker in both.T]
        self.pair_at: Numbers = at.reshape(-1)
        self.speakers = speakers
        self.lengths = {name: self._lengths(reader, name) for name in ("keys", "exact", "speaker")}
        self.subjects = Subjects(reader)

    def _lengths(self, reader: Any, name: str) -> Scores:
        column = reader._perdoc._cached_reader(f"_{name}_len", LENGTHS_COLUMN)
        if column is None:
            return np.ones(self.count, dtype=np.float32)
        return _LENGTHS[_column(column, self.count, np.dtype("u1"))]


def _column(column: Any, count: int, form: np.dtype[Any]) -> Numbers:
    """A column of numbers at once. What was never set, at the end, is 0."""
    while not hasattr(column, "_basepos"):
        column = column._reader  # what Whoosh wraps a column in
    written = min(column._count, count)
    read = np.frombuffer(column._dbfile.get(column._basepos, written * form.itemsize), form)
    return np.concatenate([read, np.zeros(count - written, form)]).astype(np.int64)


class Segment:
    """One segment while a searcher has it open."""

    def __init__(self, reader: Any, offset: int, columns: Columns) -> None:
        self.reader, self.offset, self.columns = reader, offset, columns

    @cached_property
    def living(self) -> NDArray[np.bool_]:
        """The documents that nobody has deleted."""
        living = np.ones(self.columns.count, dtype=np.bool_)
        living[list(self.reader.segment().deleted_docs())] = False
        return living

    def of_interviews(self, wanted: Any) -> NDArray[np.bool_]:
        """The documents of the interviews that `wanted` holds."""
        held: NDArray[np.bool_] = np.array([number in wanted for number in self.columns.interviews.tolist()])
        return held[self.columns.interview_at]

    def places(self, order: Mapping[int, int]) -> Numbers:
        """The place of each document's interview in an order; 0 where it has none."""
        places: Numbers = np.array([order.get(number, 0) for number in self.columns.interviews.tolist()], np.int64)
        return places[self.columns.interview_at]

    def holding(self, field: str, text: str) -> NDArray[np.bool_]:
        """The documents that hold a term."""
        found = np.zeros(self.columns.count, dtype=np.bool_)
        posted = self.postings(field, text)
        if posted is not None:
            found[posted[0]] = True
        return found

    def postings(self, field: str, text: str | bytes) -> tuple[Numbers, Scores] | None:
        """The documents that hold a term, deleted ones too, and how much it weighs in each; None: it is nowhere."""
        term = text.encode() if isinstance(text, str) else text
        if (field, term) not in self.reader:
            return None
        matcher = self.reader._terms.matcher(field, term, self.reader.schema[field].format)
        if not isinstance(matcher, W3LeafMatcher):  # a single posting, that stands with the term
            return np.array([matcher.id()]), np.array([matcher.weight()], dtype=np.float32)
        ids, weights = [], []
        while matcher.is_active():
            matcher._read_data()
            steps, weight, _values = matcher._data
            ids.append(np.cumsum(np.array(steps, dtype=np.int64)))
            weights.append(_weights(weight, len(steps)))
            matcher._next_block()
        return np.concatenate(ids), np.concatenate(weights)


def _weights(written: Any, count: int) -> Scores:
    """A block's weights: Whoosh writes one where all are alike, and none where all are 1."""
    if written is None or isinstance(written, float):
        return np.full(count, 1.0 if written is None else written, dtype=np.float32)
    return np.array(written, dtype=np.float32)


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
        self._searcher = searcher
        self._documents = max(searcher.doc_count_all(), 1)
        self._read: dict[tuple[str, str], list[tuple[Numbers, Scores] | None]] = {}

    def add(self, into: Scores, place: int, field: str, text: str, boost: float) -> None:
        """Add what a term counts to the scores of the segment with number `place`."""
        everywhere = self._postings(field, text)
        posted = everywhere[place]
        if posted is None:
            return
        ids, weights = posted
        rare = log(self._documents / (sum(len(each[0]) for each in everywhere if each) + 1)) + 1
        length = self.segments[place].columns.lengths[field][ids] / self._average(field)
        into[ids] += boost * rare * (weights * (_K1 + 1)) / (weights + _K1 * (1 - _B + _B * length))

    def _postings(self, field: str, text: str) -> list[tuple[Numbers, Scores] | None]:
        found = self._read.get((field, text))
        if found is None:
            found = self._read[field, text] = [each.postings(field, text) for each in self.segments]
        return found

    def _average(self, field: str) -> float:
        return float(self._searcher.avg_field_length(field)) or 1.0
