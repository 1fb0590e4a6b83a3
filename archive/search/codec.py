"""How the segments of our Whoosh index are written and read: as Whoosh's own, but for the postings (`postings`).

Whoosh lets an index name its codec. Only `New` writes segments, so what would write postings one by one is left out.
The names with an underscore belong to the pinned version.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pickle import dumps
from struct import Struct
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray
from whoosh import formats
from whoosh.codec.whoosh3 import LENGTHS_COLUMN, W3Codec
from whoosh.matching import ListMatcher
from whoosh.system import pack_uint, pack_ushort

from archive.search.postings import Numbers, Postings

# The fields with terms. Their numbers stand in the keys of the table of terms, so every segment has all of them.
FIELDS = ("about", "exact", "interview", "keys", "kind", "speaker")
SCORED = ("exact", "keys", "speaker")  # those whose lengths are known
NUMBERS = ("interview_id", "speaker_id", "stamp")

Lengths = NDArray[np.uint8]  # of a field in each document, as Whoosh's bytes for lengths

# As `whoosh.codec.whoosh3.W3TermInfo`: inlined, weight, documents, shortest, longest, most weight, first, last; extent.
INFO = Struct("!BfIBBfIIqi")
_KEY_AND_VALUE = Struct("!ii")  # the lengths of both, before each entry of the table of terms
_FIELD_SIZE = 2  # bytes of a key that are its field
_READ_AHEAD = 1 << 16  # bytes


class TermInfo(NamedTuple):
    """What the table of terms says of one, between the ends of `INFO`."""

    weight: float
    documents: int  # how many have it
    shortest: int  # the lengths of its field in them, as Whoosh's bytes; 0: nobody knows
    longest: int
    most: float  # weight in one of them
    first: int
    last: int


class ArrayCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's own codec, with postings as arrays. The class is named in the index, never its code."""

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: object = None, scorer: object = None
    ) -> ListMatcher:
        """The postings of a term for Whoosh's own questions: which documents to delete, which name somebody."""
        offset, (length,) = terminfo.extent()  # as Whoosh reads it
        postings = Postings.read(dbfile.get(offset, length), terminfo.doc_frequency())
        ids, weights, values = postings.documents.tolist(), postings.weights.tolist(), _Values(postings, format_)
        return ListMatcher(ids, weights, values, format_, scorer=scorer, term=term, terminfo=terminfo)


class _Values(Sequence[bytes | None]):
    """What Whoosh keeps beside each posting, packed when it is asked for."""

    def __init__(self, postings: Postings, form: object) -> None:
        self._often = postings.often.tolist()
        self._places = list(postings.each_places()) if isinstance(form, formats.Positions) else None
        self._is_counted = isinstance(form, formats.Frequency)

    def __len__(self) -> int:
        return len(self._often)

    @overload
    def __getitem__(self, at: int) -> bytes | None: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[bytes | None]: ...
    def __getitem__(self, at: int | slice) -> bytes | Sequence[bytes | None] | None:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        if self._places is not None:
            places = self._places[at]
            steps = [place - before for before, place in zip([0, *places], places, strict=False)]
            return bytes(pack_uint(len(steps)) + dumps(steps, 2))
        return bytes(pack_uint(self._often[at])) if self._is_counted else None


class New:
    """A segment that is being written: its documents first, and then its terms in order."""

    def __init__(self, opened: Any) -> None:
        codec = ArrayCodec()
        self._storage, self._schema = opened.storage, opened.schema
        self._segment = codec.new_segment(self._storage, opened.indexname)
        self._documents = codec.per_document_writer(self._storage, self._segment)
        self._fields = codec.field_writer(self._storage, self._segment)
        for name in FIELDS:
            self._fields.start_field(name, self._schema[name])
            self._fields.finish_field()
        self._count = 0
        self._written = 0  # bytes of postings

    def add_document(self, numbers: Iterable[int], lengths: Mapping[str, int], where: object) -> None:
        """Add a document: its `NUMBERS`, the lengths of its `SCORED` fields as Whoosh's bytes, and what is kept."""
        writer, schema = self._documents, self._schema
        writer.start_doc(self._count)
        for name, number in zip(NUMBERS, numbers, strict=True):
            writer.add_column_value(name, schema[name].column_type, number)
        for name in (each for each in lengths if lengths[each]):
            writer.add_column_value(f"_{name}_len", LENGTHS_COLUMN, lengths[name])
        writer.add_field("where", schema["where"], where, 0)
        writer.finish_doc()
        self._count += 1

    def add_length(self, field: str, words: int) -> None:
        """Say how many words a field has in some of the documents together: by it Whoosh knows the average."""
        self._documents._fieldlengths[field] += words

    def add_term(self, key: bytes, postings: Postings, lengths: Lengths | None) -> None:
        """Add a term by its key (`key_of`), with the lengths of its field, if that has any."""
        documents, weights = postings.documents, postings.weights
        count, first = len(documents), int(documents[0])
        theirs = np.zeros(1, np.uint8) if lengths is None else lengths[documents]
        if count == 1:
            weight, length = float(weights[0]), int(theirs[0])
            self.copy_term(key, TermInfo(weight, 1, length, length, weight, first, first), postings.written())
            return
        shortest, longest = int(theirs.min()), int(theirs.max())
        weight, most = float(weights.sum()), float(weights.max())
        info = TermInfo(weight, count, shortest, longest, most, first, int(documents[-1]))
        self.copy_term(key, info, postings.written())

    def copy_term(self, key: bytes, info: TermInfo, written: bytes) -> None:
        """Add a term whose postings are bytes already."""
        self._fields._tindex.add(key, INFO.pack(0, *info, self._written, len(written)))
        self._fields._postfile.write(written)
        self._written += len(written)

    def finish(self) -> Any:
        """Write what is left; gives what a table of contents says of the segment, which is many files still."""
        self._documents.close()
        self._fields.close()
        self._segment.set_doc_count(self._count)
        return self._segment


def numbers_of(reader: Any, name: str) -> Numbers:
    """One of `NUMBERS` for every document of a segment."""
    return _column(reader.column_reader(name), reader.doc_count_all(), np.dtype(">i8")).astype(np.int64)


def lengths_of(reader: Any, name: str) -> Lengths:
    """How long one of the `SCORED` fields is in every document of a segment."""
    count = reader.doc_count_all()
    column = reader._perdoc._cached_reader(f"_{name}_len", LENGTHS_COLUMN)
    return np.zeros(count, np.uint8) if column is None else _column(column, count, np.dtype("u1"))


def _column(column: Any, count: int, form: np.dtype[Any]) -> NDArray[Any]:
    """A column of numbers at once. What was never set, at the end, is 0."""
    while not hasattr(column, "_basepos"):
        column = column._reader  # what Whoosh wraps a column in
    written = min(column._count, count)
    read = np.frombuffer(column._dbfile.get(column._basepos, written * form.itemsize), form)
    return np.concatenate([read, np.zeros(count - written, form)])


class Ahead:
    """A file that is read from some place on, much at a time."""

    def __init__(self, file: Any) -> None:
        self._file, self._read, self._at = file, b"", 0

    def get(self, at: int, length: int) -> bytes:
        """So many bytes at a place."""
        begin = at - self._at
        if begin < 0 or begin + length > len(self._read):
            self._read, self._at, begin = self._file.get(at, max(length, _READ_AHEAD)), at, 0
        return self._read[begin : begin + length]


def terms_of(reader: Any, first: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
    """The terms of a segment in order, from a key on, by their keys; with each what `INFO` unpacks."""
    table = reader._terms._tindex
    file, at = Ahead(table.dbfile), table.closest_key_pos(first) if first else table.startofdata
    while at is not None and at < table.endofdata:
        key, value = _KEY_AND_VALUE.unpack(file.get(at, _KEY_AND_VALUE.size))
        at += _KEY_AND_VALUE.size
        yield file.get(at, key), file.get(at + key, value)
        at += key + value


def begun(reader: Any, field: str, start: str) -> Iterator[tuple[bytes, bytes]]:
    """The terms of a field that begin so, in order; with each what `INFO` unpacks."""
    first = key_of(field, start.encode())
    for key, info in terms_of(reader, first):
        if not key.startswith(first):
            return
        yield key[_FIELD_SIZE:], info


def found(reader: Any, field: str, term: bytes) -> tuple[bytes, int]:
    """The postings of a term as they are written, and how many they are; 0: it is nowhere."""
    try:
        info = reader._terms._tindex[key_of(field, term)]
    except KeyError:
        return b"", 0
    return at(reader, info)


def at(reader: Any, info: bytes) -> tuple[bytes, int]:
    """The same, of what `INFO` unpacks."""
    _, _, count, *_, offset, length = INFO.unpack(info)
    return reader._terms._postfile.get(offset, length), count


def count_in(info: bytes) -> int:
    """In how many documents a term stands."""
    return int(INFO.unpack(info)[2])


def key_of(field: str, term: bytes) -> bytes:
    """The key of a term in the table of terms."""
    return bytes(pack_ushort(FIELDS.index(field)) + term)


def field_of(key: bytes) -> str:
    """The field of a key."""
    return FIELDS[int.from_bytes(key[:_FIELD_SIZE], "big")]
