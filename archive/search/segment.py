"""Writing many documents into a Whoosh index at once: what is said in them is gathered by term, in memory.

Whoosh's own writer keeps every posting as a tuple, sorts them all and writes what does not fit into memory to disk and
back, twice. Postings come in the order of the documents anyway, so here each term has its own short arrays, 16 bytes a
posting, and only the terms are sorted.
"""

from array import array
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pickle import dumps
from typing import Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.system import pack_uint
from whoosh.util.numeric import byte_to_length, length_to_byte
from whoosh.writing import SegmentWriter

from archive.search.analysis import Key

# Postings that are read at once, where Whoosh has 128: among 80,000 passages half of the time of a question went into
# the heads of 900 blocks.
_BLOCK = 4_096
SMALL = 1_000  # documents of a segment that a change may write again
MOST_SMALL = 8  # such segments before they are put together

_Postings = tuple["array[int]", "array[float]", list[bytes]]


class Gatherer(SegmentWriter):  # type: ignore[misc]
    """One new segment of our own schema. `add_ours` instead of `add_document`; `finish` gives the segment.

    It takes no lock and does not write the table of contents: `put_together` does.
    """

    def __init__(self, index: Any) -> None:
        super().__init__(index, _lk=False, limitmb=1, codec=W3Codec(blocklimit=_BLOCK))
        self._terms: dict[str, dict[bytes, _Postings]] = {
            name: {} for name in ("kind", "interview", "keys", "exact", "speaker", "about")
        }
        self._lengths: dict[str, array[int]] = {name: array("I") for name in self._terms}

    def add_ours(self, document: Mapping[str, Any]) -> None:
        """Add one of `schema.documents_of`."""
        number = self.docnum
        keys, often = _together(document["keys"])
        self._gather("keys", number, ((text, weight, pack_uint(often[text])) for text, weight in keys.items()))
        self._lengths["keys"].append(len(document["keys"]))
        positions: dict[str, tuple[int, ...]] = {}
        for position, word in enumerate(document["exact"]):
            positions[word] = (*positions.get(word, ()), position)
        self._gather("exact", number, ((word, len(those), _packed(those)) for word, those in positions.items()))
        self._lengths["exact"].append(len(document["exact"]))
        spoken = dict.fromkeys(document["speaker"])
        self._gather("speaker", number, ((word, 1.0, _ONCE) for word in spoken))
        self._lengths["speaker"].append(len(spoken))
        for name in ("kind", "interview"):
            self._gather(name, number, [(document[name], 1.0, b"")])
        self._gather("about", number, ((term, 1.0, b"") for term in dict.fromkeys(document["about"])))
        self._describe(number, document)

    def finish(self) -> Any:
        """Write the segment; gives what a table of contents says of it."""
        self.perdocwriter.close()
        for name in sorted(self._terms):
            if self._terms[name]:
                self._write_field(name, self._terms.pop(name))
        self._close_segment()
        self._assemble_segment()
        segment = self.get_segment()
        self._finish()
        return segment

    def _finish(self) -> None:
        # Whoosh would remove the folder for passing files here, which belongs to others as well; `put_together` does.
        self.is_closed = True

    def _gather(self, field: str, number: int, items: Iterable[tuple[str, float, bytes]]) -> None:
        terms = self._terms[field]
        for text, weight, value in items:
            term = text.encode()
            found = terms.get(term)
            if found is None:
                found = terms[term] = (array("I"), array("f"), [])
            found[0].append(number)
            found[1].append(weight)
            found[2].append(value)

    def _describe(self, number: int, document: Mapping[str, Any]) -> None:
        """What is kept of the document itself."""
        writer, schema = self.perdocwriter, self.schema
        writer.start_doc(number)
        for name, lengths in self._lengths.items():
            if schema[name].scorable:
                writer.add_field(name, schema[name], None, lengths[number] if lengths else 0)
        for name in ("interview_id", "speaker_id", "stamp"):
            writer.add_column_value(name, schema[name].column_type, document[name])
        writer.add_field("where", schema["where"], document["where"], 0)
        writer.finish_doc()
        self._added = True
        self.docnum += 1

    def _write_field(self, name: str, terms: dict[bytes, _Postings]) -> None:
        into, field = self.fieldwriter, self.schema[name]
        lengths = [byte_to_length(length_to_byte(length)) for length in self._lengths[name]] if field.scorable else []
        into.start_field(name, field)
        for term in sorted(terms):
            numbers, weights, values = terms[term]
            into.start_term(term)
            add = into._postwriter.add_posting
            for number, weight, value in zip(numbers, weights, values, strict=True):
                add(number, weight, value, lengths[number] if lengths else 0)
            into.finish_term()
        into.finish_field()


def put_together(index: Any, segments: list[Any]) -> None:
    """Make new segments the whole content of an index."""
    writer = index.writer()
    try:
        writer._close_segment()
        writer._commit_toc(segments)
    finally:
        writer._finish()


def merge_small(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's hook at a commit: takes many small segments into the new one, and never touches the large.

    Its own rule may choose to write half of a large index again for one small change.
    """
    small = [each for each in segments if each.doc_count_all() <= SMALL]
    if len(small) < MOST_SMALL:
        return segments
    from whoosh.reading import SegmentReader

    for each in small:
        reader = SegmentReader(writer.storage, writer.schema, each)
        writer.add_reader(reader)
        reader.close()
    return [each for each in segments if each not in small]


def _together(keys: Iterable[Key]) -> tuple[dict[str, float], dict[str, int]]:
    """How much each key counts in a document, and how often it stands there."""
    weight: dict[str, float] = {}
    often: dict[str, int] = {}
    for text, counts in keys:
        weight[text] = weight.get(text, 0.0) + counts
        often[text] = often.get(text, 0) + 1
    return weight, often


@lru_cache(maxsize=10_000)
def _packed(positions: tuple[int, ...]) -> bytes:
    """As `whoosh.formats.Positions` packs them; most words stand once, so few are made anew."""
    steps = [position - before for before, position in zip((0, *positions), positions, strict=False)]
    return bytes(pack_uint(len(steps)) + dumps(steps, 2))


_ONCE = bytes(pack_uint(1))
