"""Nynorsk, Trøndersk and the branch's own words, both ways where that makes sense."""

import pytest

from archive.search import dialect, terms
from archive.search.spelling import distance, folded, sound_key
from archive.search.words import function_words, is_known, plain
from tests.archive.search.test_analysis import finds

BOTH_WAYS = """jeg eg|jeg æ|eg æ|ikke ikkje|ikke itj|ikkje itj|itte ikke|ittj ikke|hva kva|hva ka|kva ka|hvordan korleis
hvordan korsn|hvem kven|hvem kæm|hvorfor kvifor|hvorfor kæffer|dere dykk|dere dokk|noe noko|noe nåkka|hun ho|valg val
leder leiar|ordfører ordførar|var va|han hainn|dem dæm|flyttet fløtta|mann mainn|alle allj|til tell|hvit kvit
snakke snakk|kjøpe kjøp|hjem heim|høst haust|drøm draum|skole skule|sykehus sjukehus|penger pæng|hest hæst|fisk fesk
land lainn|kveld kveill|skolen skoln|guttene gutan|melk mjølk|kirke kyrkjene|frihet fridommen|redaktør bladstyraren
søsken sysken"""


@pytest.mark.parametrize("pair", [pair.strip() for pair in BOTH_WAYS.replace("\n", "|").split("|")])
def test_bokmaal_and_dialect_find_each_other(pair: str) -> None:
    one, other = pair.split()
    assert finds(one, other)
    assert finds(other, one)


@pytest.mark.parametrize(
    ("form", "words"),
    [("me", "vi med"), ("mæ", "meg med"), ("e", "jeg er"), ("koss", "hvordan hvilken"), ("va", "var")],
)
def test_a_homograph_stands_for_each_of_its_words(form: str, words: str) -> None:
    for word in words.split():
        assert finds(form, word), word
        assert finds(word, form), word


@pytest.mark.parametrize("pair", ["vi med", "med vi", "meg med", "mæ me", "me mæ", "jeg er", "er jeg"])
def test_a_homograph_links_none_of_its_words(pair: str) -> None:
    asked, said = pair.split()
    assert not finds(asked, said)


def test_the_table_is_long_and_stands_for_words_of_bokmaal() -> None:
    pairs = [(form, word) for form, words in dialect.table().items() for word in words]
    assert len(pairs) >= 400
    assert [word for _, word in pairs if not (is_known(word) or word in function_words())] == []
    assert all(form != word for form, word in pairs)


def test_rules_leave_common_words_alone() -> None:
    for word in ("streiken", "huset", "barna", "bonde", "kveld", "styre", "arbeid", "fylke", "fabrikk", "folk"):
        assert dialect.by_rule(word) == ()


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("fløtta", "flytta"),
        ("skogsarbeideran", "skogsarbeiderne"),
        ("talerstoln", "talerstolen"),
        ("traktorn", "traktoren"),
        ("kommunistane", "kommunistene"),
        ("skinnan", "skinnene"),
        ("steikt", "stekt"),
        ("klokkar", "klokker"),
        ("allj", "all"),
    ],
)
def test_rules_propose_what_bokmaal_writes(spoken: str, written: str) -> None:
    assert finds(written, spoken)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("SF", "i Sosialistisk Folkeparti"),
        ("sosialistisk folkeparti", "vi i SF"),
        ("SV", "i Sosialistisk Venstreparti"),
        ("SU", "i Sosialistisk Ungdom"),
        ("SUF", "i Sosialistisk Ungdomsforbund"),
        ("Norges Kommunistiske Parti", "i NKP"),
        ("LO", "i Landsorganisasjonen"),
        ("Sosialistisk Valgforbund", "i valgforbundet"),
        ("Indre Fosen", "folk fra Rissa"),
        ("Indre Fosen", "folk fra Leksvik"),
        ("indre fosen", "i Indre Fosen"),
        ("Orkland", "i Snillfjord"),
        ("Heim", "i Snillfjord"),
        ("Hitra", "i Snillfjord"),
        ("Steinkjer", "borte i Stod"),
        ("Tråante", "i Trondheim"),
        ("Trondheim", "i Tråante"),
        ("Røros", "i Rosse"),
        ("Snåase", "på Snåsa"),
        ("Raarvihke", "i Røyrvik"),
    ],
)
def test_names_of_one_thing_and_wholes_find_each_other(asked: str, said: str) -> None:
    assert finds(asked, said)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Rissa", "i Indre Fosen"),
        ("Snillfjord", "på Hitra"),
        ("Rissa", "i Leksvik"),
        ("SU", "i AUF og SUF"),
        ("SV", "i Sosialistisk Valgforbund"),
        ("SV", "i SF"),
        ("fylkesting", "fylkesstyret"),
        ("Steinkjer", "Døra stod åpen, og vannet stod."),
        ("Steinkjer", "et egg"),
    ],
)
def test_parts_do_not_find_wholes_and_different_bodies_stay_apart(asked: str, said: str) -> None:
    assert not finds(asked, said)


def test_every_name_asks_for_something() -> None:
    assert all(term.own or term.wholes for term in terms.terms().values())
    assert len(terms.terms()) > 100


def test_spelling() -> None:
    assert sound_key("guldbrandsen") == sound_key("gullbransen")
    assert sound_key("thorvald") == sound_key("torvald")
    assert sound_key("kjersti") != sound_key("kristi")
    assert sound_key("mo") == ""
    assert folded("møre") == folded("moere") == "more"
    assert plain("stïentje") == "stientje"
    assert distance("sykehuset", "sykehsuet", 2) == 1
    assert distance("bok", "bøkene", 2) == 3
