"""What the documents of a Whoosh index are about: the decades and the people that are spoken of in them.

They stand in the field `about`, as terms: `d1970`, `p12`. A search is narrowed by such a term as by any other; to count
them, each segment's terms are read once, since a segment never changes.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import query as whoosh_query

from archive.search.mentions import Names
from archive.search.postings import Numbers

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
    """What the documents of one segment are about, read once: a number for each term, of each document that has it."""

    def __init__(self, terms: Mapping[str, Numbers]) -> None:
        self._terms = list(terms)
        self._documents = np.concatenate([np.empty(0, np.int64), *terms.values()])
        self._numbers = np.repeat(np.arange(len(terms)), [len(each) for each in terms.values()])

    def count(self, found: NDArray[np.bool_]) -> Counter[str]:
        """How many of the documents that were found (True for each) have each term."""
        often = np.bincount(self._numbers[found[self._documents]], minlength=len(self._terms))
        return Counter({self._terms[number]: int(often[number]) for number in np.flatnonzero(often).tolist()})


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
