"""Which decades a text speaks about: what is a year, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.decades import FIRST, LAST, decades_said

YEARS = {
    "Det var i 1973.": [1970],
    "I 1969 ble jeg med, og i 1975 gikk jeg ut.": [1960, 1970],
    "Høsten 1961, på et loft i Namsos": [1960],
    "17. mai 1945 sto vi på torget": [1940],
    "17.05.1945 sto vi på torget": [1940],
    "fra 1968–72 satt jeg der": [1960, 1970],
    "fra 1968-1972 satt jeg der": [1960, 1970],
    "valget i 1991 og 1995": [1990],
    "EU-kampen i 94 glemmer jeg aldri": [],  # *glemmer* may as well be what there were 94 of
    "EU-kampen i 94 var hard": [1990],
    "Det var i 73, tror jeg": [1970],
    "høsten '68 flyttet vi": [1960],
    "i -68 begynte det": [1960],
    "i 72 og 73 var det stille": [1970],
    "fra 73 til 81 satt jeg i styret": [1970, 1980],
    "Jeg ble født i syttitre.": [1970],
    "i nittensyttitre": [1970],
    "det var nitten syttitre, det": [1970],
    "nittenhundreogsekstiåtte": [1960],
    "nitten hundre og tre og sytti": [1970],
    "i treogsytti kom han": [1970],
    "i tre og sytti kom han": [1970],
    "i søttito, va æ tolv": [1970],
    "Det var i søttito": [1970],
    "på 70-tallet": [1970],
    "på 60- og 70-tallet": [1960, 1970],
    "sekstitallet og syttitallet": [1960, 1970],
    "sekstiåra var fine": [1960],
    "i 1970-åra": [1970],
    "på nittensekstitallet": [1960],
    "på sytti-tallet": [1970],
    "på 70-talet i Namdalen": [1970],
    "på åttitalet": [1980],
    "på 1920-tallet": [1920],
    "ute på 2000-tallet": [2000],
    "i 2003 slo de seg sammen": [2000],
    "i år 2000": [2000],
    "totusenogåtte": [2000],
    "i to tusen og elleve": [2010],
    "valget i tjue tretten": [2010],
    "i tjuefemten": [2010],
    "siden 2021": [2020],
    "Nedleggelsen i 1986, og avisene skrev": [1980],
    "Årene 1950–1959": [1950],
}
NOT_YEARS = [
    "",
    "Vi var 1973 medlemmer.",
    "Det kom inn 1950 kroner.",
    "kr 1950",
    "Det kosta 1985 for døra.",
    "over 2000 mennesker",
    "vi var rundt 1900 nye medlemmer",
    "klokka 1930 begynte møtet",
    "kl. 1930",
    "klokka nitten tretti",
    "klokka var nitten tretti",
    "møtet begynte nitten tretti",
    "telefon 1973",
    "side 1973 i boka",
    "sak 1973",
    "19.30",
    "1.973 stemmer",
    "1 973 stemmer",
    "1973,50",
    "1973 %",
    "1975 meter over havet",
    "i 40 år",
    "i førti år satt han der",
    "i 40 minutter",
    "i tretti, førti år",
    "i 70 prosent av tilfellene",
    "i 60 km/t",
    "opp i 80.",
    "økte fra 50 til 60.",
    "delt i 30.",
    "jeg er 73",
    "vi var syttitre på møtet",
    "i syttitre timer",
    "i sytti av husene",
    "i 50 av kommunene",
    "på 1800-tallet",
    "på 1900-tallet",
    "på nittenhundretallet",
    "i 1899 og i 2040",
    "han var i 70-åra",
    "da var hun i åttiårene",
    "en mann i 70-årene",
    "50-årslaget",
    "to tusen kroner",
    "i to tusen år",
    "i 2000 år",
    "12345 og 197 og 19731",
    "A1973 og 1973b",
    "tjueåtte og sekstifem",
    "nitten stykker",
]


@pytest.mark.parametrize("text", YEARS)
def test_years_and_decades(text: str) -> None:
    assert list(decades_said(text)) == YEARS[text]
    assert list(decades_said(text.upper())) == YEARS[text]


@pytest.mark.parametrize("text", NOT_YEARS)
def test_what_only_looks_like_a_year(text: str) -> None:
    assert decades_said(text) == ()


def test_an_age_is_told_from_a_decade() -> None:
    assert decades_said("Det var i 70-åra") == (1970,)
    assert decades_said("Det gjorde vi i 70-åra") == (1970,)
    assert decades_said("Han var i 1970-åra") == (1970,)


@given(st.integers(FIRST, LAST), st.sampled_from(["Det var i {}.", "Fra {} husker jeg mye", "våren {} kom de"]))
def test_a_year_behind_a_word_that_asks_for_one_is_always_found(year: int, said: str) -> None:
    assert decades_said(said.format(year)) == (year // 10 * 10,)


@given(st.integers(1950, 1999))
def test_a_year_is_the_same_in_digits_and_in_words(year: int) -> None:
    tens = dict(zip(range(5, 10), ("femti", "seksti", "sytti", "åtti", "nitti"), strict=True))
    ones = ("", "en", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni")
    word = tens[year // 10 % 10] + ones[year % 10]
    for said in (f"Det var i {year % 100}.", f"Det var i {word}.", f"Det var i nitten{word}.", f"nitten {word}"):
        assert decades_said(said) == (year // 10 * 10,), said


WORDS = st.sampled_from(
    "i på fra 1973 73 sytti syttitre nitten hundre og til tallet åra år - . , ' 70-tallet x".split()
)


@given(st.lists(WORDS, max_size=30).map(" ".join) | st.text(max_size=200))
def test_any_text_gives_decades_in_order(text: str) -> None:
    found = decades_said(text)
    assert list(found) == sorted(set(found))
    assert all(FIRST <= decade <= LAST and decade % 10 == 0 for decade in found)
