"""Headings, lists and paragraphs out of printed lines."""

from pathlib import Path

import pytest

from archive.readable.blocks import Block, blocks_of
from archive.readable.numbers import PrintedLine, take_numbers_off
from tests.archive.readable.test_numbers import INVENTED, REAL


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for page in blocks_of(take_numbers_off([text])) for block in page]


def test_headings_lists_and_paragraphs_are_told_apart() -> None:
    assert _kinds(INVENTED) == [
        ("heading", "Sak 9 Plan for dugnaden i Lillevik 1998"),
        ("heading", "Hvorfor"),
        (
            "paragraph",
            "Vi dugner fordi brygga fra 1974 ikke tåler en vinter til, og fordi alle som var med i styret i 1998 "
            "lovte det.",
        ),
        ("item", "Brygga skal stå ferdig i 2003"),
        ("item", "Naustet må få tak"),
        ("heading", "Slik gjør vi det:"),
        ("item", "Kaia ryddes av de som bor nede ved sjøen, og av Nils og Gunhild Brattås."),
        ("item", "Alle tar med spade, trillebår og kaffe."),
        ("item", "Neste gang er 14.08.1998"),
        ("item", "Regnskapet er på 12 400 kroner"),
    ]


def test_marks_say_where_each_printed_line_begins() -> None:
    blocks = [block for page in blocks_of(take_numbers_off([INVENTED])) for block in page]
    paragraph = blocks[2]
    assert [(number, paragraph.text[at : at + 10]) for at, number in paragraph.marks] == [
        (5, "Vi dugner "),
        (6, "styret i 1"),
    ]
    assert Block.from_json(paragraph.as_json()) == paragraph


def test_a_word_cut_at_the_end_of_a_line_is_whole_again_and_a_shared_ending_keeps_its_hyphen() -> None:
    lines = [
        PrintedLine("Vi gikk til valg på det samme programmet i kommunestyre-"),
        PrintedLine("valget, og siden i kommune- og fylkestingsvalget, der kommune-"),
        PrintedLine("og fylkeslaget sto sammen."),
    ]
    ((block,),) = blocks_of([lines])
    assert "kommunestyrevalget" in block.text
    assert "der kommune- og fylkeslaget" in block.text


def test_short_lines_one_below_the_other_stay_lines() -> None:
    text = (
        "Møtet ble holdt i naustet i Lillevik, og nesten alle som var bedt, kom til tida.\n\n"
        "Til stede var disse\nKari Brygge\nNils Naust\nGunhild Brattås\nForfall: ingen."
    )
    said = _kinds(text)[1][1]
    assert said.split("\n")[1:4] == ["Kari Brygge", "Nils Naust", "Gunhild Brattås"]


@pytest.mark.skipif(not Path(REAL).exists(), reason="the plan itself does not lie beside the project")
def test_the_real_plan_has_its_headings_and_lists() -> None:
    blocks = [block for page in blocks_of(take_numbers_off([REAL.read_text()])) for block in page]
    headings = {block.marks[0][1] for block in blocks if block.kind == "heading" and block.marks}
    # As they are printed: introduction, starting point, strengths, weaknesses, goals, … , the year wheel.
    assert headings >= {4, 19, 38, 40, 49, 58, 66, 76, 78, 94, 103, 110, 128, 136, 141, 146, 153, 157, 163, 170, 180}
    items = [block for block in blocks if block.kind == "item"]
    first_lines = [block.marks[0][1] for block in items]
    assert {29, 30, 31, 42, 46, 84, 88, 113, 115, 119, 124, 193, 198, 209, 213} <= set(first_lines)
    # An item that goes on below an empty line is one item.
    assert [number for _, number in next(b for b in items if b.marks[0][1] == 46).marks] == [46, 47, 48]
    assert [number for _, number in next(b for b in items if b.marks[0][1] == 88).marks] == [88, 89]
