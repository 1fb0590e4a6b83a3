"""When there is reason to ask whether another language is spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.languages import CLEARLY, SCANDINAVIAN, averaged, other_language_heard

codes = st.dictionaries(st.sampled_from(["no", "nn", "da", "sv", "en", "de", "la", "is"]), st.floats(0, 1))


@pytest.mark.parametrize(
    ("heard", "stated", "other"),
    [
        ({"en": 0.95, "no": 0.02}, "nb", "en"),
        ({"en": 0.95, "no": 0.02}, "en", None),
        ({"da": 0.9}, "nn", None),  # neighbours
        ({"la": 0.9}, "nb", None),  # nobody speaks Latin
        ({"en": 0.38, "nn": 0.24}, "nb", None),  # the furthest off that real Norwegian was
        ({"no": 0.5, "nn": 0.3}, "en", "no"),  # together they are clear
        ({"fi": 0.9}, "se", None),  # the model knows no Sámi
        ({}, "nb", None),
    ],
)
def test_it_asks_only_when_it_is_clear(heard: dict[str, float], stated: str, other: str | None) -> None:
    assert other_language_heard(heard, stated) == other


@given(codes, st.sampled_from(sorted(SCANDINAVIAN)))
def test_scandinavian_is_never_asked_about_in_a_scandinavian_interview(heard: dict[str, float], stated: str) -> None:
    other = other_language_heard(heard, stated)
    assert other is None or (other not in SCANDINAVIAN and heard[other] >= CLEARLY)


def test_windows_are_averaged_likeliest_first() -> None:
    assert averaged([]) == {}
    assert list(averaged([{"no": 0.8, "en": 0.2}, {"en": 0.6}]).items()) == [("en", 0.4), ("no", 0.4)]
