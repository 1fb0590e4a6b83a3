"""The postings of one term, as arrays and as the bytes that lie on disk. Pure.

Whoosh pickles a tuple for every block of them: to read 40,000 took a hundred times as long as to work with them. Here
each column is bytes as they are in memory, one to four for a number, or a single number where all are alike.

    first document | steps to the next ones | weights in tenths | how often | positions

Every weight is a sum of weights of keys, which have one decimal (`analysis`).
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from struct import Struct
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Scores = NDArray[np.float32]

_FIRST = Struct("<I")
_ALIKE = 0x10  # beside the number of bytes: one number stands for all
_SIZES: dict[int, np.dtype[Any]] = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4")}
_TENTHS = 10


class Postings(NamedTuple):
    """Where a term stands. The four are as long as one another, but for `places`: as long as `often` says."""

    documents: Numbers  # rising
    weights: Scores  # how much it counts in each
    often: Numbers  # how often it stands there
    places: Numbers  # the words that it is, counted from 0, those of the first document first; empty: nobody asks

    @classmethod
    def read(cls, written: bytes, count: int) -> Self:
        """What `written` gave for so many documents."""
        documents, weights, at = _scored(written, count)
        often, at = _column(written, at, count)
        places = _column(written, at, int(often.sum()))[0] if at < len(written) else often[:0]
        return cls(documents, weights, often.astype(np.int64), places.astype(np.int64))

    def written(self) -> bytes:
        """These as bytes."""
        if len(self.documents) == 1:
            return self._one_written()
        return b"".join(
            (
                _FIRST.pack(int(self.documents[0])),
                _packed(np.diff(self.documents)),
                _packed(np.rint(self.weights * _TENTHS).astype(np.int64)),
                _packed(self.often),
                _packed(self.places) if len(self.places) else b"",
            )
        )

    def _one_written(self) -> bytes:
        """The same for a single document, as most terms have it, in a tenth of the time."""
        columns = _alike(round(float(self.weights[0]) * _TENTHS)), _alike(int(self.often[0]))
        places = b"" if not len(self.places) else _packed(self.places)
        return b"".join((_FIRST.pack(int(self.documents[0])), b"\0", *columns, places))

    def each_places(self) -> Iterator[list[int]]:
        """The places in each document."""
        ends = np.cumsum(self.often).tolist()
        places = self.places.tolist()
        return (places[start:end] for start, end in zip([0, *ends], ends, strict=False))


class Scored:
    """The same for a question: documents and weights are read at once, the places where somebody asks."""

    def __init__(self, written: bytes, count: int) -> None:
        self.documents, self.weights, self._at = _scored(written, count)
        self._written = written

    def places_in(self, document: int) -> list[int]:
        """Where the term stands in a document; nowhere in one that has it not."""
        at = int(np.searchsorted(self.documents, document))
        if at == len(self.documents) or self.documents[at] != document:
            return []
        ends, places = self._located
        begin = int(ends[at - 1]) if at else 0
        found: list[int] = places[begin : int(ends[at])].tolist()
        return found

    @cached_property
    def _located(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Where the places of each document end, and all of them."""
        often, at = _column(self._written, self._at, len(self.documents))
        ends = np.cumsum(often, dtype=np.int64)
        return ends, _column(self._written, at, int(ends[-1]))[0]


class Part(NamedTuple):
    """The postings of a term in some of the documents of a segment, as they are written."""

    written: bytes
    documents: int  # how many
    first: int  # the numbers that the first and the last of the documents have from now on
    last: int


def joined(parts: Sequence[Part]) -> bytes:
    """The postings of all parts, which follow one another, as `Postings.written` gives them; the bytes are copied."""
    columns: list[list[_Column]] = [[], [], [], []]
    for number, (written, count, first, _) in enumerate(parts):
        if number:
            columns[0].append(_Column(4, 1, first - parts[number - 1].last))
        lengths = count - 1, count, count
        at = _FIRST.size
        for column, length in zip(columns, lengths, strict=False):
            column.append(_Column.at(written, at, length))
            at += column[-1].size_written
        if at < len(written):
            columns[3].append(_Column.at(written, at, columns[2][-1].total))
    steps, tenths, often, places = columns
    ends = [_FIRST.pack(parts[0].first), *map(_one, (steps, tenths, often))]
    return b"".join([*ends, _one(places)] if places else ends)


class _Column(NamedTuple):
    """Numbers as they are written, or one that all of them are."""

    size: int
    length: int
    numbers: bytes | int

    @classmethod
    def at(cls, written: bytes, at: int, count: int) -> Self:
        form = written[at]
        size = form & ~_ALIKE
        if form & _ALIKE or not form:
            return cls(size, count, int.from_bytes(written[at + 1 : at + 1 + size], "little"))
        return cls(size, count, written[at + 1 : at + 1 + size * count])

    @property
    def size_written(self) -> int:
        return 1 + (self.size if isinstance(self.numbers, int) else len(self.numbers))

    @property
    def total(self) -> int:
        if isinstance(self.numbers, int):
            return self.length * self.numbers
        return int(np.frombuffer(self.numbers, _SIZES[self.size]).sum(dtype=np.int64))

    def wide(self, size: int) -> bytes:
        if isinstance(self.numbers, int):
            return self.numbers.to_bytes(size, "little") * self.length
        if self.size == size:
            return self.numbers
        return np.frombuffer(self.numbers, _SIZES[self.size]).astype(_SIZES[size]).tobytes()


def _one(columns: Sequence[_Column]) -> bytes:
    """Columns as one."""
    columns = [each for each in columns if each.length]
    if not columns:
        return b"\0"
    numbers = {each.numbers for each in columns if isinstance(each.numbers, int)}
    if len(numbers) == 1 and all(isinstance(each.numbers, int) for each in columns):
        return _alike(numbers.pop())
    size = max(_size(each.numbers) if isinstance(each.numbers, int) else each.size for each in columns)
    return bytes((size,)) + b"".join(each.wide(size) for each in columns)


def _scored(written: bytes, count: int) -> tuple[Numbers, Scores, int]:
    """Documents and weights, and where the next column begins."""
    steps, at = _column(written, _FIRST.size, count - 1)
    documents = np.empty(count, np.int64)
    documents[0] = _FIRST.unpack_from(written)[0]
    np.cumsum(steps, out=documents[1:])
    documents[1:] += documents[0]
    tenths, at = _column(written, at, count)
    return documents, np.divide(tenths, _TENTHS, dtype=np.float32), at


def _packed(numbers: Numbers) -> bytes:
    """A column: a byte that says how it is written, and its numbers."""
    if not len(numbers):
        return b"\0"
    largest = int(numbers[0]) if len(numbers) == 1 else int(numbers.max())
    if len(numbers) == 1 or largest == numbers.min():
        return _alike(largest)
    size = _size(largest)
    return bytes((size,)) + numbers.astype(_SIZES[size]).tobytes()


def _alike(number: int) -> bytes:
    """A column of which every number is this one."""
    size = _size(number)
    return bytes((_ALIKE | size,)) + number.to_bytes(size, "little")


def _size(number: int) -> int:
    return 1 if number < 1 << 8 else 2 if number < 1 << 16 else 4


def _column(written: bytes, at: int, count: int) -> tuple[NDArray[Any], int]:
    """A column that begins at `at`, and where the next one does."""
    form = written[at]
    at += 1
    if not form:
        return np.empty(0, np.uint8), at
    size = form & ~_ALIKE
    if form & _ALIKE:
        return np.full(count, int.from_bytes(written[at : at + size], "little"), _SIZES[size]), at + size
    return np.frombuffer(written, _SIZES[size], count, at), at + count * size
