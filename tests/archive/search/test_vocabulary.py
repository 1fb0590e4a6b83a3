"""The words that are nearly one: as many as going through all of them finds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.spelling import distance
from archive.search.vocabulary import Vocabulary

WORD = st.text("abdeøåл", min_size=1, max_size=7)


@settings(deadline=None)
@given(st.lists(WORD, max_size=40, unique=True), WORD, st.integers(1, 2))
def test_the_near_words_are_found(words: list[str], word: str, most: int) -> None:
    assert Vocabulary(words).near(word, most) == [each for each in words if distance(each, word, most) <= most]
