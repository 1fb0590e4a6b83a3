"""Writing many documents into one segment: what is said in them is gathered in memory, as numbers in arrays.

Whoosh's own writer keeps every posting as a tuple, sorts them all and writes what does not fit into memory to disk and
back, twice. Postings come in the order of the documents anyway, so here one sort by term, of numbers, is all.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from whoosh.util.numeric import length_to_byte

from archive.search.analysis import Key
from archive.search.codec import FIELDS, NUMBERS, SCORED, New, key_of
from archive.search.postings import Numbers, Postings

# Postings that are gathered before they are written, about 5,000 passages of 110 words: some 60 MB.
MOST_GATHERED = 2_000_000


class Gatherer:
    """Takes documents (`schema.documents_of`) and makes segments of them; one, but for very many."""

    def __init__(self, opened: Any) -> None:
        self._opened = opened
        self._made: list[Any] = []
        self._begin()

    def _begin(self) -> None:
        self._new: New | None = None
        self._fields = {name: _Field() for name in FIELDS}
        self._lengths: dict[str, array[int]] = {name: array("B") for name in SCORED}
        self._count = self._gathered = 0

    def add(self, document: Mapping[str, Any]) -> None:
        """Add one document."""
        if self._gathered >= MOST_GATHERED:
            self._write()
        self._new = self._new or New(self._opened)
        fields, number = self._fields, self._count
        keys = _together(document["keys"], document["key_places"])
        for text, (weight, those) in keys.items():
            fields["keys"].add(text, number, weight, len(those), those)
        places: dict[str, list[int]] = {}
        for place, word in enumerate(document["exact"]):
            places.setdefault(word, []).append(place)
        for word, those in places.items():
            fields["exact"].add(word, number, len(those), len(those), those)
        spoken = dict.fromkeys(document["speaker"])
        once = {"speaker": spoken, "about": dict.fromkeys(document["about"])}
        once |= {name: {document[name]: None} for name in ("kind", "interview")}
        for name, terms in once.items():
            for term in terms:
                fields[name].add(term, number, 1, 1)
        self._describe(
            {"keys": len(document["keys"]), "exact": len(document["exact"]), "speaker": len(spoken)}, document
        )
        self._count += 1
        self._gathered += len(keys) + len(places)

    def _describe(self, words: Mapping[str, int], document: Mapping[str, Any]) -> None:
        """What is kept of the document itself."""
        new = self._new
        assert new is not None  # noqa: S101 - `add` has made it
        for name, count in words.items():
            self._lengths[name].append(length_to_byte(count))
            new.add_length(name, count)
        lengths = {name: self._lengths[name][-1] for name in SCORED}
        new.add_document([document[name] for name in NUMBERS], lengths, document["where"])

    def finish(self) -> list[Any]:
        """The segments, each in several files: `merging.as_one` makes one of them, in one file."""
        self._write()
        return self._made

    def _write(self) -> None:
        new = self._new
        if new is None:
            return
        for name, field in self._fields.items():
            lengths = np.frombuffer(self._lengths[name], np.uint8) if name in SCORED else None
            for term, postings in field.sorted():
                new.add_term(key_of(name, term), postings, lengths)
        self._made.append(new.finish())
        self._begin()


class _Field:
    """The postings of one field as they come: for each the number of its term, the document, and so on."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._terms, self._documents, self._often, self._places = array("I"), array("I"), array("I"), array("I")
        self._weights = array("f")

    def add(self, term: str, document: int, weight: float, often: int, places: Sequence[int] = ()) -> None:
        self._terms.append(self._numbers.setdefault(term, len(self._numbers)))
        self._documents.append(document)
        self._weights.append(weight)
        self._often.append(often)
        self._places.extend(places)

    def sorted(self) -> Iterator[tuple[bytes, Postings]]:
        """The terms in the order of their bytes, with their postings."""
        if not self._numbers:
            return
        terms = sorted((term.encode(), number) for term, number in self._numbers.items())
        rank = np.empty(len(terms), np.int64)
        rank[[number for _, number in terms]] = np.arange(len(terms))
        ranks = rank[np.frombuffer(self._terms, np.uint32)]
        order = np.argsort(ranks, kind="stable")
        documents = np.frombuffer(self._documents, np.uint32)[order].astype(np.int64)
        weights = np.frombuffer(self._weights, np.float32)[order]
        often, places = self._often_and_places(order)
        ends = np.cumsum(np.bincount(ranks))
        place_ends = np.cumsum(often)[ends - 1] if len(places) else np.zeros_like(ends)
        first = first_place = 0
        for (term, _), end, place_end in zip(terms, ends.tolist(), place_ends.tolist(), strict=True):
            those = slice(first, end)
            yield term, Postings(documents[those], weights[those], often[those], places[first_place:place_end])
            first, first_place = end, place_end

    def _often_and_places(self, order: Numbers) -> tuple[Numbers, Numbers]:
        came = np.frombuffer(self._often, np.uint32).astype(np.int64)
        often, places = came[order], np.frombuffer(self._places, np.uint32).astype(np.int64)
        if not len(places):
            return often, places
        # Where the places of each posting begin: as they came, and as they will lie.
        begins, lies = (np.cumsum(came) - came)[order], np.cumsum(often) - often
        return often, places[np.repeat(begins - lies, often) + np.arange(len(places))]


def _together(keys: Iterable[Key], places: Iterable[int]) -> dict[str, tuple[float, list[int]]]:
    """How much each key counts in a document, and where it stands there."""
    found: dict[str, tuple[float, list[int]]] = {}
    for (text, counts), place in zip(keys, places, strict=True):
        weight, those = found.get(text, (0.0, []))
        those.append(place)
        found[text] = weight + counts, those
    return found
