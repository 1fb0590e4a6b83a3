"""What a hit shows of what was said."""

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from web.excerpt import LONGEST, Passage, excerpt, marked


def span(text: str, word: str) -> tuple[int, int]:
    return text.index(word), text.index(word) + len(word)


def test_marks_keep_the_text_as_text() -> None:
    assert marked("a <b> c", [(2, 5)]) == "a <mark>&lt;b&gt;</mark> c"
    assert marked("ingen", []) == "ingen"


def test_a_hit_is_its_sentence_and_one_on_either_side() -> None:
    text = "Første. Andre her. Tredje med kaia i. Fjerde er nær. Femte."
    shown = excerpt(Passage(text, [span(text, "kaia")], "Foran.", "Etter."))
    assert shown == (
        '<span class="ctx">… Andre her.</span> Tredje med <mark>kaia</mark> i. '
        '<span class="ctx">Fjerde er nær. …</span>'
    )


def test_at_the_edge_the_others_sentence_is_shown() -> None:
    shown = excerpt(Passage("Bare dette.", [(0, 4)], "Hvorfor?", "Ja vel."))
    assert shown == '<span class="ctx">… Hvorfor?</span> <mark>Bare</mark> dette. <span class="ctx">Ja vel. …</span>'


def test_what_lies_between_two_places_is_cut() -> None:
    text = "Kaia her. Noe annet. Mer. Og kai der."
    assert excerpt(Passage(text, [(0, 4), span(text, "kai")])) == (
        '<mark>Kaia</mark> her. <span class="ctx">…</span> Og <mark>kai</mark> der.'
    )


def test_a_machine_that_forgot_the_full_stops_gives_a_piece_around_the_word() -> None:
    text = "og så " * 200 + "kaia " + "ja da " * 200
    shown = excerpt(Passage(text.strip(), [span(text, "kaia")]))
    assert "<mark>kaia</mark>" in shown
    assert len(shown.striptags()) < LONGEST + 20
    assert shown.count("…") == 2


TEXTS = st.text("ab<& .?!…å", max_size=400)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 400), st.integers(1, 9)), max_size=5), TEXTS, TEXTS)
def test_any_passage_is_shown_as_text_with_its_first_mark(
    text: str, wanted: list[tuple[int, int]], before: str, after: str
) -> None:
    marks, at = [], 0
    for skip, length in wanted:
        start = at + skip
        if start + length > len(text) or any(c in " .?!…" for c in text[start : start + length]):
            break
        marks.append((start, start + length))
        at = start + length
    shown = excerpt(Passage(text, marks, before, after))
    plain = shown.replace("<mark>", "").replace("</mark>", "").replace('<span class="ctx">', "").replace("</span>", "")
    assert "<" not in plain
    if marks:
        assert f"<mark>{Markup.escape(text[slice(*marks[0])])}</mark>" in shown
