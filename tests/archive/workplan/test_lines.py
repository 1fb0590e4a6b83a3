"""Goals and measures out of a pasted list and out of a document's pages."""

from hypothesis import given
from hypothesis import strategies as st

from archive.readable.blocks import Block
from archive.workplan.items import LIMITS
from archive.workplan.lines import candidates_of, divided, read_list
from archive.workplan.outline import ItemKind
from archive.workplan.points import PointKind

HEADING, GOAL, MEASURE = ItemKind


def test_a_pasted_list_says_what_each_line_is() -> None:
    typed = "# Lag\nFlere i lag\n - ringe\n● skrive\n\nTiltak: sykle\nFra fjoråret:\n1. bake\n---\n"
    assert [(each.kind, each.text) for each in read_list(typed, GOAL)] == [
        (HEADING, "Lag"),
        (GOAL, "Flere i lag"),
        (MEASURE, "ringe"),
        (MEASURE, "skrive"),
        (MEASURE, "sykle"),
        (HEADING, "Fra fjoråret"),
        (MEASURE, "bake"),
    ]


def test_pages_keep_where_each_line_stands() -> None:
    page = [
        Block("heading", "Mål:", 3, ((0, 66),)),
        Block("paragraph", "Flere i lag.", 0, ((0, 67),)),
        Block("heading", "Ellers", 2),
        Block("paragraph", "Vi bor her."),
        Block("item", "Ringe rundt til alle", 0, ((0, 80), (6, 81))),
        Block("row", "a\tb"),
        Block("heading", "Våre styrker:", 3),
        Block("item", "God kaffe"),
    ]
    found = candidates_of([(4, page)])
    assert [(each.kind, each.text, each.page, each.lines) for each in found] == [
        (HEADING, "Mål", 4, "66"),
        (GOAL, "Flere i lag.", 4, "67"),
        (HEADING, "Ellers", 4, ""),
        (None, "Vi bor her.", 4, ""),
        (MEASURE, "Ringe rundt til alle", 4, "80-81"),
        (None, "Våre styrker", 4, ""),
        (PointKind.STRENGTH, "God kaffe", 4, ""),
    ]


def test_what_is_pasted_under_strengths_is_one_until_the_next_heading() -> None:
    typed = "Styrker:\n- God kaffe\nMange hender\nTiltak: bake\nVåre svakheter:\nLang vei\n# Styrke lagene\nFlere lag"
    assert [(each.kind, each.text) for each in read_list(typed, GOAL)] == [
        (None, "Styrker"),
        (PointKind.STRENGTH, "God kaffe"),
        (PointKind.STRENGTH, "Mange hender"),
        (MEASURE, "bake"),
        (None, "Våre svakheter"),
        (PointKind.WEAKNESS, "Lang vei"),
        (HEADING, "Styrke lagene"),
        (GOAL, "Flere lag"),
    ]


@given(st.text(alphabet="aB. æØ!\n", max_size=3000))
def test_nothing_of_a_long_text_is_lost(text: str) -> None:
    head, rest = divided(text)
    assert len(head) <= LIMITS["text"]
    assert f"{head}{rest}".replace(" ", "") == "".join(text.split())
