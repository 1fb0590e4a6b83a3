"""Whose names are said in a text."""

import pytest

from archive.search.analysis import tokens
from archive.search.mentions import Names

REGISTER = [
    (1, "Kari Fortelling", False),
    (2, "Ola Anton Svarer", False),
    (3, "Anne-Marie Oppdiktet", False),
    (4, "Per", False),
    (5, "Per Påfunn", False),
    (5, "Skøyer-Per", True),
    (5, "Krokslåtten", True),
    (5, "Hansen", True),
    (6, "Jo Navnebror", False),
    (7, "Jo Navnebror", False),
    (8, "Kari Lise Fortelling", False),
    (9, "Renée Uvirkelig", False),
]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Da kom Kari Fortelling inn.", [1]),
        ("Da kom kari fortelling inn.", []),
        ("Det var Kari Fortellings idé.", [1]),
        ("Kari fortalte, og Fortelling sto der.", []),
        ("Kari Lise Fortelling", [8]),
        ("Ola Svarer og Ola Anton Svarer", [2]),
        ("Ola Per Svarer", []),
        ("Anne Marie Oppdiktet og Anne-Marie Oppdiktets mor", [3]),
        ("Per kom. Per Påfunn også.", [5]),
        ("Skøyer-Per sang.", [5]),
        ("Så sa Krokslåtten nei, og krokslåtten ble slått.", [5]),
        ("Hansen sa noe.", []),
        ("Jo Navnebror", [6, 7]),
        ("Renee Uvirkelig og Renée Uvirkelig", [9]),
        ("Renee Uvirkelig", [9]),
        ("", []),
    ],
)
def test_who_is_named(text: str, said: list[int]) -> None:
    assert list(Names(REGISTER).said_in(text, tokens(text))) == said


def test_the_names_of_somebody() -> None:
    names = Names(REGISTER)
    assert sorted(names.of([2])) == [("ola", "anton", "svarer"), ("ola", "svarer")]
    assert list(names.of([99])) == []
    assert Names([]).said_in("Kari Fortelling", tokens("Kari Fortelling")) == ()
