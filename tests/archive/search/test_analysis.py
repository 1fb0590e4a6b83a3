"""Words and their keys, against what Norwegian grammar says."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.analysis import OWN, asked_of, keys_of, own_keys, tokens
from archive.search.question import read_question
from bench.judged import read_passages

# Words of one row must find each other; each row is one word in several forms.
TOGETHER = [
    ["leder", "lederen", "ledere", "lederne", "leiar", "leiaren", "leiarane"],
    ["ordfører", "ordføreren", "ordførere", "ordførerne", "ordførar", "ordføraren"],
    ["velger", "velgeren", "velgere", "velgerne"],
    ["arbeider", "arbeideren", "arbeidere", "arbeiderne", "arbeidar", "arbeidarane"],
    ["trønder", "trønderen", "trøndere", "trønderne"],
    ["leiar", "leiaren", "leiarar", "leiarane"],
    ["bok", "boka", "boken", "bøker", "bøkene"],
    ["gå", "går", "gikk", "gått", "gjekk"],
    ["bonde", "bønder", "bøndene"],
    ["møte", "møtet", "møter", "møtene", "møtan"],
    ["kommune", "kommunen", "kommuner", "kommunene", "kommunane"],
    ["streik", "streiken", "streiker", "streikene"],
    ["fabrikk", "fabrikken", "fabrikker", "fabrikkan"],
]
APART = [("leder", "lærer"), ("kone", "konge"), ("møte", "mot"), ("bok", "bukk"), ("ikke", "ikon"), ("far", "får")]


def finds(asked: str, text: str) -> bool:
    """Whether a question is answered by a text, all of its words."""
    return read_question(asked).marks(tokens(text), None, any_word=False) is not None


@pytest.mark.parametrize("forms", TOGETHER, ids=lambda forms: forms[0])
def test_the_forms_of_a_word_find_each_other(forms: list[str]) -> None:
    for form in forms:
        assert finds(forms[0], form), form
        assert finds(form, forms[0]), form


@pytest.mark.parametrize(("one", "other"), APART)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert not finds(one, other)
    assert not finds(other, one)


def test_the_small_words_are_kept() -> None:
    text = "Det var ikke meg, og ikke deg."
    assert [token.word for token in tokens(text)] == ["det", "var", "ikke", "meg", "og", "ikke", "deg"]


def test_a_hyphenated_word_is_its_parts_and_the_whole() -> None:
    text = "I Nord-Trøndelag SV, e\u2011post – SU-erne -ja"
    found = tokens(text)
    assert [token.word for token in found] == ["i", "nord", "trøndelag", "sv", "e", "post", "su", "erne", "ja"]
    wholes = {text[token.start : wide.end]: wide.keys[0].text for token in found for wide in token.wide if wide.sure}
    assert wholes == {"Nord-Trøndelag": "nordtrøndelag", "e\u2011post": "epost", "SU-erne": "suern"}


def test_numbers_are_words() -> None:
    found = tokens("I 1975, 70-åra")
    assert found[1].keys == (("1975", OWN),)
    assert [token.word for token in found] == ["i", "1975", "70", "åra"]


def test_letters_in_two_pieces_are_one_letter() -> None:
    for word in ("Tråante", "Bodø", "Årøy", "Kåfjord"):
        (token,) = tokens(unicodedata.normalize("NFD", word))
        assert token.word == word.lower()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("kommunestyre", "Kommunestyremøtet varte lenge."),
        ("møte", "Kommunestyremøtet varte lenge."),
        ("kommunestyre møte", "Kommunestyremøtet varte lenge."),
        ("kommunestyremøte", "Kommunestyremøtet varte lenge."),
        ("gruppe fylkesting", "Det sa fylkestingsgruppa."),
        ("fylkesstyre", "Det var på fylkesstyremøtet."),
        ("vedtak", "Landsmøtevedtaket sto fast."),
        ("kvinne", "Arbeiderkvinnene kom."),
        ("barnehage", "I barnhagan hos oss."),
        ("skoledag", "Første skuledagen."),
        ("lærarstreik", "Lærerstreiken i bygda."),
        ("papir fabrikk", "Papirfabrikken brant."),
        ("fylkesting", "I fylkes ting gruppa."),
        ("nedlagt gruve", "Gruva ble lagt ned."),
    ],
)
def test_compounds_are_found_by_their_parts(asked: str, said: str) -> None:
    assert finds(asked, said)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("kommunestyremøte", "Møtet i går."),
        ("kommunestyremøte", "Kommunestyret satt."),
        ("fylkesting", "Fylkesstyret sa nei."),
        ("fylkesstyre", "Fylkestinget sa nei."),
        ("heim", "Vi bor i Trondheim."),
    ],
)
def test_a_compound_is_not_found_by_another_with_one_part_of_it(asked: str, said: str) -> None:
    assert not finds(asked, said)


def test_parts_have_less_weight_than_the_word_and_are_asked_for_only_where_some_words_are_enough() -> None:
    weights = dict(keys_of("kommunestyremøtet"))
    assert weights["kommunestyremøt"] == OWN
    assert weights["møt"] < OWN
    assert "møt" not in dict(asked_of("kommunestyremøtet").keys)
    assert "møt" in dict(asked_of("kommunestyremøtet").parts)
    assert read_question("landsmøtevedtak").marks(tokens("Et vedtak der."), None, any_word=True) == [(3, 9)]


def test_names_are_not_taken_apart() -> None:
    for text in ("Der sto Steinkjer og Trondheim.", "Hun het Bergsand og Skogstad."):
        assert not any(key.text.startswith("+") for token in tokens(text) for key in token.keys)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("more", "Folk fra Møre."),
        ("moere", "Folk fra Møre."),
        ("ordforer", "Ordføreren kom."),
        ("ordfoerar", "Ordførarane kom."),
        ("aarsmoete", "På årsmøtet."),
        ("arsmote", "På årsmøtet."),
        ("Aasen", "Hos Åsen på Ås."),
        ("Åsen", "Hos Aasen på Ås."),
        ("laerer", "Læreren kom."),
        ("Stientje", "Vi dro til Stïentje."),
        ("Stïentje", "Vi dro til Stientje."),
    ],
)
def test_what_is_typed_without_our_letters_is_found(typed: str, said: str) -> None:
    assert finds(typed, said)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("Gullbransen", "Guldbrandsen"),
        ("Bjørgen", "Bjørgan"),
        ("Christoffersen", "Kristofersen"),
        ("Wikhammer", "Vikhammer"),
        ("Skjelbreid", "Skjelbred"),
    ],
)
def test_names_are_found_as_they_sound(heard: str, meant: str) -> None:
    assert finds(meant, f"Det sa {heard} til meg.")
    assert finds(heard, f"Det sa {meant} til meg.")


def test_a_word_has_few_keys() -> None:
    counts = [len(list(token.all_keys)) for passage in read_passages() for token in tokens(passage.text)]
    assert sum(counts) / len(counts) < 2.3


@given(st.text(max_size=40))
def test_every_word_has_its_own_key_first(text: str) -> None:
    for token in tokens(text):
        assert token.keys[0].weight == OWN
        assert {key.text for key in token.keys if key.weight == OWN} >= set(own_keys(token.word)[:1])
        assert all(0 < key.weight <= OWN for key in token.all_keys)
        assert asked_of(token.word).keys


@given(st.text(max_size=200))
def test_offsets_point_at_the_words(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end <= len(text)
        assert token.keys
        assert all(key.text for key in token.all_keys)
        assert all(token.end < wide.end <= len(text) for wide in token.wide)
        assert token.word == token.word.lower() or "İ" in text
        end = token.end
