"""Putting segments together into one, term by term: as many as there are, in little memory.

A question looks each of its keys up in every segment, so few and large segments are what makes it fast.
"""

import heapq
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from whoosh.reading import SegmentReader

from archive.search.codec import (
    INFO,
    NUMBERS,
    SCORED,
    Ahead,
    Lengths,
    New,
    TermInfo,
    field_of,
    lengths_of,
    numbers_of,
    terms_of,
)
from archive.search.postings import Numbers, Part, Postings, joined

SMALL = 1_000  # documents of a segment that a change may write again
MOST_SMALL = 8  # such segments before they are put together


def as_one(opened: Any, segments: Sequence[Any]) -> Any:
    """What a `Gatherer` made, as one segment in one file."""
    return merged(opened, segments) if len(segments) > 1 else _in_one_file(opened, segments[0])


def _in_one_file(opened: Any, segment: Any) -> Any:
    segment.create_compound_file(opened.storage)
    return segment


def merged(opened: Any, segments: Sequence[Any]) -> Any:
    """One new segment with the living documents of these, in order; the old ones are left for the next commit."""
    new = New(opened)
    sources: list[_Source] = []
    count = 0
    try:
        for each in segments:
            sources.append(_Source(opened, each, count))
            count += sources[-1].count
        for source in sources:
            source.copy_documents(new)
        lengths = {name: np.concatenate([each.lengths[name] for each in sources]) for name in SCORED}
        for key, entries in groupby(heapq.merge(*(each.terms(n) for n, each in enumerate(sources))), itemgetter(0)):
            _add(new, key, list(entries), sources, lengths.get(field_of(key)))
    finally:
        for source in sources:
            source.close()
    return _in_one_file(opened, new.finish())


def with_small_together(opened: Any, segments: list[Any]) -> list[Any]:
    """The segments of an index after a change: many small ones as one, and the large never touched."""
    small = [each for each in segments if each.doc_count_all() <= SMALL]
    if len(small) < MOST_SMALL:
        return segments
    return [*(each for each in segments if each not in small), merged(opened, small)]


def put_together(opened: Any, segments: list[Any]) -> None:
    """Make new segments the whole content of an index."""
    writer = opened.writer()
    try:
        commit(writer, segments)
    except BaseException:
        writer.cancel()
        raise


def commit(writer: Any, segments: list[Any]) -> None:
    """Make these segments the content of an index that a Whoosh writer has locked, which wrote none itself."""
    writer._close_segment()
    writer._commit_toc(segments)
    writer._finish()


class _Entry(NamedTuple):
    """A term in one of the segments; sorts by the key, and then by the segment."""

    key: bytes
    source: int
    info: bytes


def _add(new: New, key: bytes, entries: list[_Entry], sources: Sequence["_Source"], lengths: Lengths | None) -> None:
    """Write a term that stands in some of the segments."""
    if all(sources[entry.source].is_whole for entry in entries):
        of_each = [sources[entry.source].part(entry.info) for entry in entries]
        new.copy_term(key, _of_all([info for info, _ in of_each]), joined([part for _, part in of_each]))
        return
    parts = [part for entry in entries if len((part := sources[entry.source].read(entry.info)).documents)]
    if parts:
        new.add_term(key, Postings(*map(np.concatenate, zip(*parts, strict=True))), lengths)


def _of_all(infos: Sequence[TermInfo]) -> TermInfo:
    """What is known of a term in several parts."""
    weights, counts, shortest, longest, most, firsts, lasts = zip(*infos, strict=True)
    return TermInfo(sum(weights), sum(counts), min(shortest), max(longest), max(most), firsts[0], lasts[-1])


class _Source:
    """A segment that is read from beginning to end."""

    def __init__(self, opened: Any, segment: Any, first: int) -> None:
        reader = self._reader = SegmentReader(opened.storage, opened.schema, segment)
        self.first = first  # the number of its first document in the new segment
        living = np.ones(segment.doc_count_all(), np.bool_)
        living[list(segment.deleted_docs())] = False
        self._living = living
        self.count = int(living.sum())
        self.is_whole = self.count == len(living)
        self._numbers: Numbers = first + np.cumsum(living) - 1
        self.lengths = {name: lengths_of(reader, name)[living] for name in SCORED}
        self.postings = Ahead(reader._terms._postfile)

    def terms(self, number: int) -> Iterator[_Entry]:
        """Its terms in order."""
        return (_Entry(key, number, info) for key, info in terms_of(self._reader))

    def part(self, info: bytes) -> tuple[TermInfo, Part]:
        """A term in this segment, of which nothing was deleted: what is known of it, and its postings as they are."""
        _, *known, offset, length = INFO.unpack(info)
        term = TermInfo(*known)
        term = term._replace(first=term.first + self.first, last=term.last + self.first)
        return term, Part(self.postings.get(offset, length), term.documents, term.first, term.last)

    def read(self, info: bytes) -> Postings:
        """The postings of a term in the documents that live, by their new numbers."""
        _, _, count, *_, offset, length = INFO.unpack(info)
        postings = Postings.read(self.postings.get(offset, length), count)
        documents, weights, often, places = postings
        if self.is_whole:
            return Postings(documents + self.first, weights, often, places)
        living = self._living[documents]
        places = places[np.repeat(living, often)] if len(places) else places
        return Postings(self._numbers[documents[living]], weights[living], often[living], places)

    def copy_documents(self, new: New) -> None:
        """Write what is kept of its documents."""
        reader = self._reader
        numbers = zip(*(numbers_of(reader, name)[self._living].tolist() for name in NUMBERS), strict=True)
        lengths = zip(*(self.lengths[name].tolist() for name in SCORED), strict=True)
        for document, theirs, long in zip(np.flatnonzero(self._living).tolist(), numbers, lengths, strict=True):
            where = reader.stored_fields(document)["where"]
            new.add_document(theirs, dict(zip(SCORED, long, strict=True)), where)
        for name in SCORED:
            new.add_length(name, round(reader.field_length(name) * self.count / max(len(self._living), 1)))

    def close(self) -> None:
        self._reader.close()
