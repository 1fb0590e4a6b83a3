"""Words as lines of a transcript."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines import Word
from pipeline.lines import MAX_CHARACTERS, MAX_LENGTH_MS, lines_of


def said(text: str, *, word_ms: int = 300, pause_ms: int = 50) -> list[Word]:
    """Words one after the other at an even pace."""
    step = word_ms + pause_ms
    return [(n * step, n * step + word_ms, word, 0.9) for n, word in enumerate(text.split())]


def texts(words: list[Word]) -> list[str]:
    return [" ".join(word[2] for word in line) for line in lines_of(words)]


@st.composite
def speech(draw: st.DrawFn) -> list[Word]:
    words: list[Word] = []
    at_ms = 0
    for text in draw(st.lists(st.text("abcæøå.,?", min_size=1, max_size=12), max_size=120)):
        at_ms += draw(st.integers(0, 2500))
        length_ms = draw(st.integers(0, 1500))
        words.append((at_ms, at_ms + length_ms, text, 0.5))
        at_ms += length_ms
    return words


@given(speech())
def test_every_word_is_in_one_line_in_order_and_no_line_is_too_long(words: list[Word]) -> None:
    lines = lines_of(words)
    assert [word for line in lines for word in line] == words
    for line in lines:
        fits = (
            sum(len(word[2]) + 1 for word in line) - 1 <= MAX_CHARACTERS and line[-1][1] - line[0][0] <= MAX_LENGTH_MS
        )
        assert fits or len(line) == 1


def test_a_sentence_is_a_line() -> None:
    assert texts(said("Vi startet lokallaget i 1975. Det var tolv stykker på møtet.")) == [
        "Vi startet lokallaget i 1975.",
        "Det var tolv stykker på møtet.",
    ]


def test_a_short_answer_goes_with_what_follows() -> None:
    assert texts(said("Ja. Det husker jeg godt.")) == ["Ja. Det husker jeg godt."]


def test_a_long_pause_ends_a_line() -> None:
    words = said("vi gikk hjem")
    later = [(start + 9000, end + 9000, text, p) for start, end, text, p in said("og så kom de")]
    assert texts([*words, *later]) == ["vi gikk hjem", "og så kom de"]


def test_a_long_sentence_is_cut_after_a_clause() -> None:
    first = " ".join(["ord"] * 24) + ","
    assert texts(said(f"{first} {' '.join(['mer'] * 26)}", word_ms=200)) == [first, " ".join(["mer"] * 26)]


def test_nothing_said_is_no_line() -> None:
    assert lines_of([]) == []
