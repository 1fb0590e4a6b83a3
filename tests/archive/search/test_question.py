"""What is read out of what a person types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.analysis import tokens
from archive.search.question import LONGEST, MOST_WORDS, read_question


def marked(question: str, text: str, *, any_word: bool = False) -> list[str] | None:
    spans = read_question(question).marks(tokens(text), "Ola Svarer", any_word=any_word)
    return None if spans is None else [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("leder", "Lederne møttes, og lederen talte.", ["Lederne", "lederen"]),
        ("leder møte", "Lederne kom.", None),
        ('"ikke med"', "Ikke med, men ikke uten.", ["Ikke med"]),
        ('"ikke med"', "Ikke, sa hun; med meg.", None),
        ("ikke -med", "Ikke med.", None),
        ("ikke -hvis", "Ikke med.", ["Ikke"]),
        ("fylkes*", "Fylkestinget og fylkesstyret.", ["Fylkestinget", "fylkesstyret"]),
        ("nord-trøndelag", "I Nord-Trøndelag.", ["Nord-Trøndelag"]),
        ("nord-trøndelag", "I Nord Trøndelag.", ["Nord Trøndelag"]),
        ("nordtrøndelag", "I Nord-Trøndelag.", ["Nord-Trøndelag"]),
        ("trøndelag", "I Nord-Trøndelag.", ["Trøndelag"]),
        ("e-post", "Hun er på post.", None),
        ("hvem:ola torv", "Torvet.", ["Torvet"]),
        ("HVEM: Ola torv", "Torvet.", ["Torvet"]),
        ("hvem:kari torv", "Torvet.", None),
        ("torv/gate", "Torvet og gata.", ["Torvet", "gata"]),
        ("SV - SF", "SV og SF.", ["SV", "SF"]),
    ],
)
def test_what_a_question_marks(question: str, text: str, expected: list[str] | None) -> None:
    assert marked(question, text) == expected


def test_one_word_is_enough_when_asked_so() -> None:
    assert marked("leder romskip", "Lederne kom.", any_word=True) == ["Lederne"]
    assert marked("romskip", "Lederne kom.", any_word=True) is None


@pytest.mark.parametrize("nothing", ["", " ", "-torv", '""', "***", "hvem:", "hvem: -", "?!"])
def test_nothing_to_find(nothing: str) -> None:
    assert read_question(nothing).is_empty


def test_a_question_has_an_end() -> None:
    question = read_question("ord " * 3000)
    assert len(question.wanted) == MOST_WORDS
    assert len(read_question("a" * (LONGEST * 2)).wanted) == 1


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_question_to_any_text_marks_places_in_order(typed: str, text: str) -> None:
    question = read_question(typed)
    assert len(question.wanted) + len(question.unwanted) <= MOST_WORDS
    for any_word in (False, True):
        end = -1
        for start, stop in question.marks(tokens(text), None, any_word=any_word) or []:
            assert end < start < stop <= len(text)
            end = stop


@given(st.text(st.characters(max_codepoint=0x36F), min_size=1, max_size=100))
def test_a_text_answers_for_each_of_its_own_words(text: str) -> None:
    for token in tokens(text):
        assert read_question(token.word).marks(tokens(text), None, any_word=False)
