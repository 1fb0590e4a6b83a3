"""The three normalisations: as jiwer says, the same when done twice, and nothing lost track of."""

import unicodedata
from itertools import pairwise

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.evaluation.normalise import NORMALISATIONS, Piece, as_library, with_figures, with_hyphens_split

SAID = "femti to og 000 20 1975 nitten syttifem tjue-en Møtet! e-post – «Ja», 5. 12.15 1,5 % 50% hundre en ÅRA".split()
texts = st.one_of(
    st.lists(st.sampled_from(SAID), max_size=12),
    st.lists(st.text(min_size=1, max_size=8).filter(lambda text: not any(map(str.isspace, text))), max_size=8),
)


@given(st.text(max_size=80))
def test_the_library_way_is_the_scorers_own(text: str) -> None:
    """The National Library's four transforms over the whole text, which are jiwer's."""
    composed = unicodedata.normalize("NFC", text)
    scorer = jiwer.Compose(
        [jiwer.ToLowerCase(), jiwer.RemoveMultipleSpaces(), jiwer.Strip(), jiwer.RemovePunctuation()]
    )
    # Letters whose small form hangs on the letters around them are looked at in their word, which is the same.
    assert [piece.text for piece in as_library(composed.split())] == scorer(" ".join(composed.split())).split()


@pytest.mark.parametrize("name", NORMALISATIONS)
@given(words=texts)
def test_twice_is_once(name: str, words: list[str]) -> None:
    """What is normalised stays as it is."""
    once = [piece.text for piece in NORMALISATIONS[name](words)]
    assert [piece.text for piece in NORMALISATIONS[name](once)] == once


@pytest.mark.parametrize("name", NORMALISATIONS)
@given(words=texts)
def test_every_piece_knows_where_it_came_from(name: str, words: list[str]) -> None:
    """In order, inside the text, and without spaces."""
    pieces = NORMALISATIONS[name](words)
    for before, after in pairwise(pieces):
        assert before.last <= after.first
    assert all(0 <= piece.first <= piece.last < len(words) for piece in pieces)
    assert not any(piece.text.split() != [piece.text] for piece in pieces)


def test_hyphens_join_or_split() -> None:
    """What the National Library's scorer does, and what the words are."""
    assert as_library(["E-post,"]) == [Piece("epost", 0, 0)]
    assert with_hyphens_split(["E-post,"]) == [Piece("e", 0, 0), Piece("post", 0, 0)]
    assert [piece.text for piece in as_library("Trøndelag – Møre".split())] == ["trøndelag", "møre"]


def test_a_letter_in_two_signs_is_the_same_letter() -> None:
    """As a Mac writes file names and some programs write text."""
    assert as_library(["a\u030ara"]) == as_library(["åra"])


def test_a_number_of_many_words_is_one_piece() -> None:
    """It has the place of all its words."""
    assert with_figures("det var nitten syttifem da".split())[2] == Piece("1975", 2, 3)
