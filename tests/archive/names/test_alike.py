"""Which words are taken for a name, and which are let be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.names.alike import Found, find_names, put_in, stands, take_out
from archive.names.register import make_register
from archive.search.words import is_known

REGISTER = make_register(["Oddvar Prøvemo", "Magnhild Tenkehaug"], ["Innervika"])


def found(text: str, p: float | None = 0.9, learned: dict[str, str] | None = None) -> list[Found]:
    texts = text.split()
    return find_names(texts, [p] * len(texts), REGISTER, learned or {}, is_known)


def mended(text: str, p: float | None = 0.9, learned: dict[str, str] | None = None) -> str:
    """The line when every suggestion is accepted."""
    texts = text.split()
    for each in reversed(found(text, p, learned)):
        put = put_in(texts, each.first, each.last, each.heard, each.name)
        assert put is not None
        texts[each.first : each.last + 1] = put
    return " ".join(texts)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("Vi bodde i Stenkær, den gang.", "Vi bodde i Steinkjer, den gang."),
        ("«Fråsta!» ropte han.", "«Frosta!» ropte han."),
        ("Det var Lovangers beste lag.", "Det var Levangers beste lag."),
        ("De gamle stenkærværingene lo.", "De gamle steinkjerværingene lo."),
        ("Stenkærværingene lo.", "Steinkjerværingene lo."),
        ("Jeg var leder i Namsås SV da.", "Jeg var leder i Namsos SV da."),
        ("Det var Magnhil Tenkeaug som sa det.", "Det var Magnhild Tenkehaug som sa det."),
        ("Hun kom fra Åver halla.", "Hun kom fra Overhalla."),
        ("Namsås-avdelingen var stor.", "Namsos-avdelingen var stor."),
    ],
)
def test_what_was_heard_wrong_is_offered_right(heard: str, meant: str) -> None:
    assert mended(heard) == meant


@pytest.mark.parametrize(
    "right",
    [
        "Vi bodde i Steinkjer og Trondhjem, og på Inderøya.",
        "Steinkjerværingene og Levangers folk reiste til Møre og Romsdal.",
        "Hun hadde vondt i halsen, og huset lå ved en strand.",
        "Gå til hell!",
        "Per Hansen og Solveig Nordby kom fra Oslo.",
        "Vi sang hele veien hjem.",
        "Han het Grytlaug Rotneskog.",
        "",
        "– … !",
        "🎷 🎷🎷 👩‍👩‍👧",
        "1975 1 2 3",
    ],
)
def test_what_may_be_right_is_let_be(right: str) -> None:
    assert found(right) == []


def test_between_two_names_that_are_as_near_nobody_chooses() -> None:
    two = make_register(["Kari Tverrmoen", "Kari Tverrmyen"])
    assert find_names(["Fra", "Tverrmøen", "kom"], [0.9] * 3, two, {}, is_known) == []
    one = make_register(["Kari Tverrmoen"])
    assert [each.name for each in find_names(["Fra", "Tverrmøen", "kom"], [0.9] * 3, one, {}, is_known)] == [
        "Tverrmoen"
    ]


def test_an_ordinary_word_is_only_doubted_when_something_speaks_against_it() -> None:
    learned = {"stein skjer": "Steinkjer"}
    assert found("vi så at stein skjer i jorda", learned=learned) == []
    assert mended("vi bodde i stein skjer", p=0.2, learned=learned) == "vi bodde i Steinkjer"
    assert mended("vi bodde i Stein Skjer", learned=learned) == "vi bodde i Steinkjer"


def test_what_was_learned_comes_before_what_is_near() -> None:
    assert mended("Vi bodde i Stenkær.", learned={"stenkær": "Stjern"}) == "Vi bodde i Stjern."


def test_nothing_goes_across_the_end_of_a_sentence() -> None:
    assert found("Det var i Åver. Halla kom.") == []


def test_a_word_without_its_signs_comes_out_as_it_went_in() -> None:
    put = put_in(["«Stenkærs»,"], 0, 0, "Stenkær", "Nord-Trøndelag SV")
    assert put == ["«Nord-Trøndelag", "SVs»,"]
    assert take_out(put, 0, 1, "Nord-Trøndelag SV", "Stenkær") == ["«Stenkærs»,"]
    assert put_in(["noe", "annet"], 0, 0, "Stenkær", "Steinkjer") is None
    assert put_in([], 0, 0, "Stenkær", "Steinkjer") is None


texts = st.lists(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=12), max_size=14)
names = st.sampled_from([name.name for name in REGISTER.names])


@settings(deadline=None, max_examples=150)
@given(texts, names, st.integers(0, 14), st.sampled_from(["", "s", ".", "!»", "væringene"]))
def test_whatever_is_found_can_be_put_in_and_taken_out_again(words: list[str], name: str, at: int, end: str) -> None:
    line = [*words[:at], *(name[:1] + "æ" + name[2:] + end).split(), *words[at:]]
    for each in find_names(line, [0.3] * len(line), REGISTER, {}, is_known):
        put = put_in(line, each.first, each.last, each.heard, each.name)
        assert put is not None and put != line[each.first : each.last + 1]
        assert stands(line, each.first, each.last, each.heard)
        new = [*line[: each.first], *put, *line[each.last + 1 :]]
        back = take_out(new, each.first, each.first + len(put) - 1, each.name, each.heard)
        assert back is not None
        assert " ".join(back).casefold() == " ".join(line[each.first : each.last + 1]).casefold()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Stenkær" * 1400, 0),
        ("Stenkær " * 1250, 1250),
        ("X" * 10_000, 0),
        ("æ " * 5000, 0),
        ("-" * 10_000, 0),
        ("Aaaa-" * 2000, 0),
        ("s's " * 2500, 0),
    ],
    ids=range(7),
)
def test_a_line_of_ten_thousand_characters_is_asked_about_a_few_times_for_each_word(line: str, names: int) -> None:
    texts = line.split()
    asked: list[str] = []

    def is_word(word: str) -> bool:
        asked.append(word)
        return is_known(word)

    class Learned(dict[str, str]):
        def get(self, heard: str, default: str | None = None) -> str | None:  # what `find_names` looks it up by
            asked.append(heard)
            return default

    assert len(find_names(texts, [0.1] * len(texts), REGISTER, Learned(), is_word)) == names
    assert len(asked) <= 8 * len(texts)
