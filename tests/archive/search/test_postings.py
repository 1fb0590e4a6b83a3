"""Postings as bytes are what they were, alone and one after the other."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.postings import Part, Postings, Scored, joined

WORDS = st.lists(st.integers(0, 70_000), min_size=1, max_size=4).map(sorted)
KEPT = st.lists(
    st.tuples(st.integers(1, 70_000), st.integers(1, 30), WORDS), min_size=1, max_size=12
)  # steps between documents, tenths, places


def postings(kept: list[tuple[int, int, list[int]]], *, placed: bool = True) -> Postings:
    documents, tenths, places = zip(*kept, strict=True)
    return Postings(
        np.cumsum(documents),
        np.array(tenths, np.float32) / np.float32(10),
        np.array([len(each) for each in places]),
        np.array([place for each in places for place in each if placed], np.int64),
    )


def same(one: Postings, other: Postings) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@settings(deadline=None)
@given(KEPT, st.booleans())
def test_what_was_written_is_read(kept: list[tuple[int, int, list[int]]], placed: bool) -> None:
    made = postings(kept, placed=placed)
    assert same(Postings.read(made.written(), len(kept)), made)


@settings(deadline=None)
@given(KEPT)
def test_a_question_reads_documents_weights_and_the_places_in_one(kept: list[tuple[int, int, list[int]]]) -> None:
    made = postings(kept)
    scored = Scored(made.written(), len(kept))
    assert np.array_equal(scored.documents, made.documents)
    assert np.array_equal(scored.weights, made.weights)
    assert [scored.places_in(int(each)) for each in made.documents] == [places for *_, places in kept]
    assert scored.places_in(int(made.documents[-1]) + 1) == []


@settings(deadline=None)
@given(st.lists(KEPT, min_size=1, max_size=5), st.booleans())
def test_joined_parts_are_read_as_one(parts: list[list[tuple[int, int, list[int]]]], placed: bool) -> None:
    begin, moved, written = 0, [], []
    for kept in parts:
        made = postings(kept, placed=placed)
        documents = made.documents + begin
        written.append(Part(made.written(), len(kept), int(documents[0]), int(documents[-1])))
        moved.append(made._replace(documents=documents))
        begin = int(documents[-1])
    whole = Postings(*(np.concatenate(each) for each in zip(*moved, strict=True)))
    assert same(Postings.read(joined(written), len(whole.documents)), whole)
