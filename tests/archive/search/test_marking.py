"""What the index says of the words that answer is what the text itself says."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.analysis import spans_in, tokens
from archive.search.marking import keys_and_places, words_that_answer
from archive.search.question import merged, read_question

SAID = [
    *"vi sto på Torvet i Sosialistisk Folkeparti lagt ned".split(),
    *"e-post. Nord-Trøndelag itj kommunestyremøtet \u00ad møte".split(),
]
ASKED = [
    "torv",
    "møte kommunestyre",
    "nedlagt",
    '"på torvet i"',
    "SF OR epost",
    "trøndelag -vi",
    "ikke og",
    "nordtrøndelag",
    "hvem:kari torv",
]


@settings(deadline=None, max_examples=60)
@given(said=st.lists(st.sampled_from(SAID), max_size=14), typed=st.sampled_from(ASKED), any_word=st.booleans())
def test_marks_from_the_index_are_those_of_the_text(said: list[str], typed: str, any_word: bool) -> None:
    text, question = " ".join(said), read_question(typed)
    words = tokens(text)
    marks = question.marks(words, "Kari", any_word=any_word)
    if marks is None:
        return
    keys, at = keys_and_places(words)

    def places(field: str, term: str) -> Sequence[int]:
        if field == "keys":
            return [place for key, place in zip(keys, at, strict=True) if key.text == term]
        return [place for place, word in enumerate(words) if word.word == term]

    answering = words_that_answer(question, places, any_word=any_word)
    assert answering is not None
    spans = spans_in(text)
    assert merged((spans[first][0], spans[first + count - 1][1]) for first, count in answering) == marks


@pytest.mark.parametrize("typed", ["torv*", "sto OR torv*"])
def test_the_beginning_of_a_word_is_looked_for_in_the_text(typed: str) -> None:
    assert words_that_answer(read_question(typed), lambda *_: (), any_word=False) is None
