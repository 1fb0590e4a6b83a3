"""Words and their keys, against what Norwegian grammar says."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.analysis import keys_of, tokens

# Words of one row must find each other; each row is one word in several forms.
TOGETHER = [
    ["leder", "lederen", "ledere", "lederne"],
    ["ordfører", "ordføreren", "ordførere", "ordførerne", "ordførar", "ordføraren"],
    ["velger", "velgeren", "velgere", "velgerne"],
    ["arbeider", "arbeideren", "arbeidere", "arbeiderne", "arbeidar"],
    ["trønder", "trønderen", "trøndere", "trønderne"],
    ["leiar", "leiaren", "leiarar", "leiarane"],
    ["bok", "boka", "bøker", "bøkene"],
    ["gå", "går", "gikk", "gått"],
    ["bonde", "bønder", "bøndene"],
    ["møte", "møtet", "møter", "møtene"],
    ["kommune", "kommunen", "kommuner", "kommunene"],
    ["streik", "streiken", "streiker", "streikene"],
    ["fabrikk", "fabrikken", "fabrikker"],
]
APART = [("leder", "lærer"), ("kone", "konge"), ("møte", "mot"), ("bok", "bukk"), ("ikke", "ikon")]


@pytest.mark.parametrize("forms", TOGETHER, ids=lambda forms: forms[0])
def test_the_forms_of_a_word_find_each_other(forms: list[str]) -> None:
    for asked in forms[:1]:
        for form in forms:
            assert set(keys_of(asked)) & set(keys_of(form)), (asked, form)


@pytest.mark.parametrize(("one", "other"), APART)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert not set(keys_of(one)) & set(keys_of(other))


def test_the_small_words_are_kept() -> None:
    text = "Det var ikke meg, og ikke deg."
    assert [token.word for token in tokens(text)] == ["det", "var", "ikke", "meg", "og", "ikke", "deg"]


def test_a_hyphenated_word_is_its_parts_and_the_whole() -> None:
    text = "I Nord-Trøndelag SV, e\u2011post – SU-erne -ja"
    found = tokens(text)
    assert [token.word for token in found] == ["i", "nord", "trøndelag", "sv", "e", "post", "su", "erne", "ja"]
    assert {text[token.start : token.joined_end]: token.joined[0] for token in found if token.joined} == {
        "Nord-Trøndelag": "nordtrøndelag",
        "e\u2011post": "epost",
        "SU-erne": "suern",
    }


def test_numbers_are_words() -> None:
    assert [(token.word, token.keys) for token in tokens("I 1975, 70-åra")][1] == ("1975", ("1975",))
    assert [token.word for token in tokens("I 1975, 70-åra")] == ["i", "1975", "70", "åra"]


def test_letters_in_two_pieces_are_one_letter() -> None:
    for word in ("Tråante", "Bodø", "Årøy", "Kåfjord"):
        (token,) = tokens(unicodedata.normalize("NFD", word))
        assert token.word == word.lower()


@given(st.text(max_size=200))
def test_offsets_point_at_the_words(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end <= len(text)
        assert token.keys
        assert all(token.keys)
        assert token.word == token.word.lower() or "İ" in text
        end = token.end
