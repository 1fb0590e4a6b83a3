"""How alike names sound: a distance as distances are, and what Norwegians hear as the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.names.sound import distance, likeness, neighbours, skeleton, sounds

words = st.text(alphabet="abcdefghijklmnopqrstuvwxyzæøåÆØÅéäö -'", max_size=14)
said = words.map(sounds)


@given(said, said)
def test_it_is_the_same_both_ways_and_nothing_only_for_equals(a: str, b: str) -> None:
    assert distance(a, b) == pytest.approx(distance(b, a))
    assert (distance(a, b) == 0) == (a == b)
    assert 0 <= likeness(a, b) <= 1


@given(said, said, st.floats(0, 10))
def test_a_limit_changes_nothing_below_it(a: str, b: str, most: float) -> None:
    whole = distance(a, b)
    limited = distance(a, b, most)
    assert limited == (whole if whole <= most else math.inf)


@given(said, said)
def test_it_is_never_above_missing_everything(a: str, b: str) -> None:
    assert distance(a, b) <= distance(a, "") + distance("", b) + 1e-9


@given(st.text(max_size=30))
def test_anything_that_can_be_typed_has_sounds(text: str) -> None:
    assert set(sounds(text)) <= set("abcdefghijklmnopqrstuvwxyzæøåSCNEYA")
    assert sounds(text) == sounds(text.upper()) or "ß" in text or text.upper().lower() != text.lower()


@given(said)
def test_one_consonant_more_or_less_is_a_neighbour(heard: str) -> None:
    bones = skeleton(heard)
    if len(bones) >= 3:
        for at in range(len(bones)):
            assert neighbours(bones) & neighbours(bones[:at] + bones[at + 1 :])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kjøkken", "tjøkken"),
        ("Skjelstad", "Sjelstad"),
        ("hvit", "vit"),
        ("Gjølme", "Jølme"),
        ("Trondheim", "Tronheim"),
        ("Namsoss", "Namsos"),
        ("Aasen", "Åsen"),
        ("Malwik", "Malvik"),
        ("Zelbu", "Selbu"),
        ("Cristin", "Kristin"),
        ("Stein kjer", "Steinkjer"),
        ("Røyrwik", "Røyrvik"),
    ],
)
def test_what_sounds_the_same_is_the_same(one: str, other: str) -> None:
    assert sounds(one) == sounds(other)


@pytest.mark.parametrize(
    ("heard", "near", "far"),
    [
        ("Stenkær", "Steinkjer", "Steinan"),
        ("Lovanger", "Levanger", "Orkanger"),
        ("Snosa", "Snåsa", "Ogna"),
        ("Inherre", "Innherred", "Inderdal"),
    ],
)
def test_the_name_that_was_meant_is_nearer(heard: str, near: str, far: str) -> None:
    assert likeness(sounds(heard), sounds(near)) > likeness(sounds(heard), sounds(far)) + 0.1
