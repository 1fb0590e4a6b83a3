"""The lists that come with the program hold what they say."""

from collections import Counter

from archive.names.places import other_names, places, units

KINDS = {
    "municipality", "former", "town", "village", "district", "island", "fjord", "river", "water", "mountain", "region",
    "place", "works", "sami", "neighbour",
}  # fmt: skip


def test_the_places_are_many_and_each_is_a_name() -> None:
    names = {place.name for place in places()}
    assert len(names) >= 600
    assert {place.kind for place in places()} == KINDS
    for place in places():
        assert place.name == place.name.strip() and place.name[0].isupper() and 2 <= len(place.name) <= 40, place


def test_the_municipalities_are_thirty_eight_and_everything_lies_in_one_of_them() -> None:
    municipalities = [place.name for place in places() if place.kind == "municipality"]
    assert len(municipalities) == len(set(municipalities)) == 38
    assert {place.municipality for place in places()} - {None} == set(municipalities)
    assert {"Tråante", "Snåase", "Raarvihke", "Rosse"} <= {place.name for place in places() if place.kind == "sami"}


def test_nothing_stands_twice_in_one_municipality() -> None:
    counted = Counter((place.name, place.municipality) for place in places())
    assert [each for each, count in counted.items() if count > 1] == []


def test_every_municipality_and_former_one_has_its_branch() -> None:
    assert {"Steinkjer SV", "Egge SV", "Sosialistisk Folkeparti", "Adresseavisen"} <= set(units())
    assert len(units()) == len(set(units()))


def test_names_from_elsewhere_are_not_empty_and_are_written_like_names() -> None:
    assert len(other_names()) > 600
    assert all(name[0].isupper() for name in other_names())
