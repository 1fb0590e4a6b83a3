"""Numbers in words, held against num2words and against what people say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from archive.evaluation.normalise import with_figures
from archive.evaluation.numbers import SCALES, TEENS, TENS, UNITS, read_number


def figures(text: str) -> str:
    """A text as it is compared."""
    return " ".join(piece.text for piece in with_figures(text.split()))


@given(st.integers(0, 10**9 - 1).filter(lambda n: n != 1))
def test_every_number_that_another_program_writes_is_read_back(number: int) -> None:
    """Bokmål, with compounds («en tusen ni hundre og syttifem»). «en» alone is an article, its «millard» no word."""
    assert figures(num2words(number, lang="no")) == str(number)


@given(st.integers(2, 999_999).filter(lambda n: n % 100 and n % 100 not in range(13, 20)))
def test_ordinals_that_another_program_writes_are_read_back(number: int) -> None:
    """num2words writes «trettførste» for the thirteenth, so those are left out; in round hundreds people differ."""
    assert figures(num2words(number, lang="no", to="ordinal")) == f"{number}te"


@given(st.integers(1600, 1999))
def test_years_are_read_as_they_are_said(year: int) -> None:
    """«nitten hundre og syttifem» by num2words, and «nitten syttifem» by hand."""
    assert figures(num2words(year, lang="no", to="year")) == str(year)
    century, rest = divmod(year, 100)
    said = f"{num2words(century, lang='no')} {num2words(rest, lang='no')}"
    if rest >= 10 and not rest == century + 1 < 20:
        assert figures(said) == figures(said.replace(" ", "")) == str(year)


@given(st.integers(2, 9), st.sampled_from(sorted(TENS)))
def test_old_and_new_counting_are_the_same(unit: int, ten: str) -> None:
    """«to og femti», «toogfemti», «femtito», «femti-to», «femti to»."""
    word = next(word for word, value in UNITS.items() if value == unit)
    ways = [f"{word} og {ten}", f"{word}og{ten}", f"{ten}{word}", f"{ten}-{word}", f"{ten} {word}"]
    assert {figures(way) for way in ways} == {str(TENS[ten] + unit)}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("femti-to", "52"),
        ("to og femti", "52"),
        ("nitten syttifem", "1975"),
        ("nitten-syttifem", "1975"),
        ("nittensyttifem", "1975"),
        ("1975", "1975"),
        ("nitten null fem", "1905"),
        ("tjue tjuefire", "2024"),
        ("tjue ti", "2010"),
        ("to tusen og atten", "2018"),
        ("ein og tjue", "21"),
        ("eitt hundre og ein", "101"),
        ("tjueein", "21"),
        ("tjue en gang", "20 en gang"),
        ("sjuande mai", "7te mai"),
        ("den 7. mai", "den 7te mai"),
        ("Jeg var 7. Da", "jeg var 7 da"),
        ("femtiandre", "52te"),
        ("en stol, et bord, ei ku", "en stol et bord ei ku"),
        ("syttitallet", "70 tallet"),
        ("70-tallet", "70 tallet"),
        ("nittensyttitallet", "1970 tallet"),
        ("attenhundretallet", "1800 tallet"),
        ("sekstiåra", "60 åra"),
        ("femåringen", "5 åringen"),
        ("20 000", "20000"),
        ("20.000", "20000"),
        ("tjue tusen", "20000"),
        ("3 millioner", "3000000"),
        ("tre millioner", "3000000"),
        ("to milliarder og tre", "2000000003"),
        ("1,5 liter", "1 komma 5 liter"),
        ("en komma fem liter", "1 komma 5 liter"),
        ("50 %", "50 prosent"),
        ("50%.", "50 prosent"),
        ("kl. 12.15", "kl 12 15"),
        ("12:15", "12 15"),
        ("ti femten stykker", "10 15 stykker"),
        ("tjue tretti stykker", "20 30 stykker"),
        ("seksten-sytten år", "16 17 år"),
        ("nitten-tjue år", "19 20 år"),
        ("10–15", "10 15"),
        ("Trøndelag–Møre e-post", "trøndelag møre e post"),
        ("ett århundre", "1 århundre"),
        ("et enkelt tall, entall", "et enkelt tall entall"),
        ("entallet", "entallet"),
        ("'68-erne", "68 erne"),
    ],
)
def test_what_people_say(said: str, meant: str) -> None:
    """Each choice that the module states."""
    assert figures(said) == meant


@given(st.lists(st.sampled_from([*UNITS, *TEENS, *TENS, *SCALES, "hundre", "og", "en", "null", "andre", "7", "hus"])))
def test_reading_always_goes_forward(words: list[str]) -> None:
    """Whatever the order of the words: a number ends after its beginning and inside the text."""
    for at in range(len(words)):
        read = read_number(words, at)
        assert read is None or at < read.end <= len(words)
