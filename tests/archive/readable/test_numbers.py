"""Printed line numbers come off, whatever way they stand there, and years and other numbers stay."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.readable.numbers import take_numbers_off

REAL = Path(__file__).parents[4] / "shared/sources/arbeidsplan-trondelag-sv-2023.txt"

INVENTED = "\n".join(
    (
        " 1 Sak 9 Plan for dugnaden i",
        "Lillevik 1998 2 ",
        "",
        "3 ",
        "",
        "Hvorfor 4 ",
        "",
        "Vi dugner fordi brygga fra 1974 ikke tåler en vinter til, og fordi alle som var med i 5 ",
        "styret i 1998 lovte det.6",
        "",
        "- Brygga skal stå ferdig i 20037",
        "- Naustet må få tak8",
        "",
        "9",
        " Slik gjør vi det: 10 ",
        "",
        "● Kaia ryddes av de som bor nede ved sjøen, og av Nils og Gunhild 11 ",
        "",
        "Brattås. 12 ",
        " ● Alle tar med spade, trillebår og kaffe. 13 ",
        "",
        "● Neste gang er 14.08.1998 14 ",
        "● Regnskapet er på 12 400 kroner 15 ",
        "",
    )
)


def _said(text: str) -> list[tuple[int | None, str]]:
    pages = take_numbers_off([text])
    return [(line.number, line.text) for page in pages for line in page if line.text or line.number]


def test_numbers_that_trail_are_glued_stand_alone_or_lead_are_set_aside_and_years_stay() -> None:
    assert _said(INVENTED) == [
        (1, "Sak 9 Plan for dugnaden i"),
        (2, "Lillevik 1998"),
        (3, ""),
        (4, "Hvorfor"),
        (5, "Vi dugner fordi brygga fra 1974 ikke tåler en vinter til, og fordi alle som var med i"),
        (6, "styret i 1998 lovte det."),
        (7, "- Brygga skal stå ferdig i 2003"),
        (8, "- Naustet må få tak"),
        (9, ""),
        (10, "Slik gjør vi det:"),
        (11, "● Kaia ryddes av de som bor nede ved sjøen, og av Nils og Gunhild"),
        (12, "Brattås."),
        (13, "● Alle tar med spade, trillebår og kaffe."),
        (14, "● Neste gang er 14.08.1998"),
        (15, "● Regnskapet er på 12 400 kroner"),
    ]


def test_a_space_in_front_begins_a_page_where_hardly_any_line_has_one() -> None:
    lines = [f"Linje som sier noe om brygga {n}" for n in range(1, 31)]
    lines[14] = f" {lines[14]}"
    pages = take_numbers_off(["\n".join(lines)])
    assert [[line.number for line in page][:1] for page in pages] == [[1], [15]]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{n}. Kari møtte i {1960 + n}" for n in range(1, 30)),
        "\n".join(f"{n} Kari Bryggestad" for n in range(1, 30)),
        "\n".join(f"I {year} var vi mange på brygga, og flere i {year + 1}" for year in range(1970, 1999)),
        "Vedtatt 1\nStemmer 2\nMot 3",
    ],
)
def test_a_text_without_printed_numbers_keeps_every_figure(text: str) -> None:
    assert [line.text for page in take_numbers_off([text]) for line in page] == text.split("\n")


def test_numbers_on_lines_of_their_own_belong_to_the_line_beside_them() -> None:
    said = [f"Setning nummer {'x' * (n % 7)} om naustet" for n in range(1, 21)]
    after = "\n".join(f"{text}\n{n}" for n, text in enumerate(said, 1))
    before = "\n".join(f"{n}\n{text}" for n, text in enumerate(said, 1))
    assert _said(after) == _said(before) == list(enumerate(said, 1))


def test_numbers_that_begin_anew_on_each_page_are_known() -> None:
    page = "\n".join(f"Noe om brygga og om naustet {n}" for n in range(1, 16))
    pages = take_numbers_off([page, page])
    assert [[line.number for line in each] for each in pages] == [list(range(1, 16))] * 2


_WORDS = st.text(alphabet="abcdefghijklmnoæøå", min_size=1, max_size=9)
_LINE = st.lists(
    st.one_of(_WORDS, st.integers(1900, 2099).map(str), st.integers(0, 99).map(lambda n: f"{n} %")),
    min_size=1,
    max_size=9,
).map(" ".join)


@given(st.lists(_LINE, min_size=20, max_size=60), st.randoms(use_true_random=False))
def test_what_was_said_comes_back_whole(lines: list[str], chance: random.Random) -> None:
    printed = []
    for number, line in enumerate(lines, 1):
        glued = chance.random() < 0.2 and not line[-1].isdigit()
        printed.append(f"{line}{number}" if glued else f"{line} {number} ")
        if chance.random() < 0.2:
            printed.append("")
    assert _said("\n".join(printed)) == list(enumerate(lines, 1))


@pytest.mark.skipif(not REAL.exists(), reason="the plan itself does not lie beside the project")
def test_every_printed_number_of_the_real_plan_is_found_and_every_year_stays() -> None:
    text = REAL.read_text()
    pages = take_numbers_off([text])
    lines = [line for page in pages for line in page]
    numbers = [line.number for line in lines if line.number is not None]
    assert numbers == list(range(1, 220))
    years = re.compile(r"\b(?:19|20)\d\d\b")
    assert sum(len(years.findall(line.text)) for line in lines) == len(years.findall(text))
    assert [next(line.number for line in page if line.number) for page in pages] == [1, 38, 76, 115, 154, 193]
