"""What the documents of a Whoosh index are about: the decades and the people that are spoken of in them.

They stand in the field `about`, as terms: `d1970`, `p12`. A search is narrowed by such a term as by any other; to count
them, each segment's terms are turned round once, into a number for each document, since a segment never changes.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import query as whoosh_query

from archive.search.mentions import Names

FIELD = "about"


def terms_of(decades: Iterable[int], people: Iterable[int]) -> list[str]:
    """The terms of a document."""
    return [*(f"d{decade}" for decade in decades), *(f"p{person_id}" for person_id in people)]


def split_terms(terms: Iterable[str]) -> tuple[list[int], list[int]]:
    """The decades and the people of a document's terms."""
    made: dict[str, list[int]] = {"d": [], "p": []}
    for term in terms:
        made[term[0]].append(int(term[1:]))
    return made["d"], made["p"]


def split_counts(counted: Mapping[str, int]) -> tuple[Counter[int], Counter[int]]:
    """How often each decade and each person stands in what was counted by terms."""
    decades, people = split_terms(counted)
    return (
        Counter({decade: counted[f"d{decade}"] for decade in decades}),
        Counter({person_id: counted[f"p{person_id}"] for person_id in people}),
    )


class Subjects:
    """What the documents of one segment are about, read once: a number for each document, and its terms."""

    def __init__(self, reader: Any) -> None:
        terms: dict[int, tuple[str, ...]] = {}
        for term in reader.lexicon(FIELD):
            for document in reader.postings(FIELD, term).all_ids():
                terms[document] = (*terms.get(document, ()), term.decode())
        self._kinds: list[tuple[str, ...]] = [(), *dict.fromkeys(terms.values())]
        number = {kind: place for place, kind in enumerate(self._kinds)}
        self._number_of = np.zeros(reader.doc_count_all(), dtype=np.int32)
        for document, kind in terms.items():
            self._number_of[document] = number[kind]

    def count(self, documents: NDArray[np.int64]) -> Counter[str]:
        """How many of the documents have each term."""
        often = np.bincount(self._number_of[documents], minlength=len(self._kinds))
        counted: Counter[str] = Counter()
        for number in np.flatnonzero(often).tolist():
            for term in self._kinds[number]:
                counted[term] += int(often[number])
        return counted


def interviews_that_name(index: Any, people: Collection[int], names: Names) -> set[int]:
    """The interviews in an index that say the names of these people, or are written down as saying them."""
    ways = [whoosh_query.Term(FIELD, f"p{person_id}") for person_id in people]
    for *first, last in names.of(people):
        ends = whoosh_query.Or([whoosh_query.Term("exact", word) for word in (last, f"{last}s")])
        ways.append(whoosh_query.And([*(whoosh_query.Term("exact", word) for word in first), ends]))
    with index.searcher() as searcher:
        found = list(searcher.docs_for_query(whoosh_query.Or(ways)))
        interview_of = searcher.reader().column_reader("interview_id") if found else {}
        return {int(interview_of[document]) for document in found}
