from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.retiming import align_words

START, END = 10_000, 12_000
HEARD = [
    [10_000, 10_400, "vi", 0.9],
    [10_500, 10_900, "startet", 0.8],
    [11_000, 11_300, "lage", 0.4],
    [11_400, 11_900, "her", 0.7],
]


def times(text: str) -> list[tuple[int, int, str]]:
    return [(word[0], word[1], word[2]) for word in align_words(HEARD, text, START, END)]


def test_an_unchanged_line_keeps_everything() -> None:
    assert align_words(HEARD, "vi startet lage her", START, END) == HEARD


def test_case_and_signs_do_not_make_a_new_word() -> None:
    assert align_words(HEARD, "Vi startet, lage – her!", START, END)[:2] == [
        [10_000, 10_400, "Vi", 0.9],
        [10_500, 10_900, "startet,", 0.8],
    ]


def test_a_replaced_word_takes_its_time() -> None:
    assert times("vi startet laget her") == [
        (10_000, 10_400, "vi"),
        (10_500, 10_900, "startet"),
        (11_000, 11_300, "laget"),
        (11_400, 11_900, "her"),
    ]
    assert align_words(HEARD, "vi startet laget her", START, END)[2][3] == 1.0


def test_two_words_for_one_share_its_time_by_their_lengths() -> None:
    assert times("vi startet la get her")[2:4] == [(11_000, 11_120, "la"), (11_120, 11_300, "get")]


def test_one_word_for_two_takes_the_time_of_both() -> None:
    assert times("vi startetlaget her")[1] == (10_500, 11_300, "startetlaget")


def test_a_new_word_takes_what_lies_between() -> None:
    assert times("ja vi startet lage her")[0] == (10_000, 10_000, "ja")  # nothing lies before "vi"
    assert times("vi selv startet lage her")[1] == (10_400, 10_500, "selv")
    assert times("vi startet lage her oppe")[4] == (11_900, 12_000, "oppe")


def test_a_removed_word_leaves_the_others_where_they_were() -> None:
    assert times("vi lage her") == [(10_000, 10_400, "vi"), (11_000, 11_300, "lage"), (11_400, 11_900, "her")]


def test_an_empty_line_has_no_words() -> None:
    assert align_words(HEARD, "  ", START, END) == []
    assert align_words([], "", START, END) == []


def test_a_line_without_words_spreads_them_over_its_time() -> None:
    assert align_words([], "to ord", START, START + 500) == [[10_000, 10_200, "to", 1.0], [10_200, 10_500, "ord", 1.0]]


@pytest.mark.parametrize(("old", "new"), [("å", "a\u030a"), ("STRAẞE", "strasse"), ("ﬁn", "fin"), ("«Åse»", "åse")])
def test_letters_are_compared_as_people_read_them(old: str, new: str) -> None:
    assert align_words([[0, 100, old, 0.5]], new, 0, 200) == [[0, 100, new, 0.5]]


def test_times_outside_the_line_or_backwards_are_mended() -> None:
    wild = [[9_000, 10_500, "a", 0.5], [10_200, 10_100, "b", 0.5], [11_000, 99_000, "c", None]]
    assert align_words(wild, "a b c", START, END) == [
        [10_000, 10_500, "a", 0.5],
        [10_500, 10_500, "b", 0.5],
        [11_000, 12_000, "c", None],
    ]


WORD = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Z")), min_size=1, max_size=6).filter(
    lambda word: len(word.split()) == 1
) | st.sampled_from(["vi", "Vi", "startet", "laget", "her", "–", "å"])
TEXT = st.lists(WORD, max_size=12).map(" ".join)


@st.composite
def lines(draw: st.DrawFn) -> tuple[list[list[object]], int, int]:
    """A line with words in order inside it, as the machine makes them."""
    texts = draw(st.lists(WORD, max_size=12))
    edges = sorted(draw(st.lists(st.integers(0, 60_000), min_size=2 * len(texts) + 2, max_size=2 * len(texts) + 2)))
    words: list[list[object]] = [
        [edges[1 + 2 * n], edges[2 + 2 * n], text, draw(st.floats(0, 1))] for n, text in enumerate(texts)
    ]
    return words, edges[0], edges[-1]


@given(lines(), TEXT)
def test_whatever_is_written_the_times_are_in_order_and_inside(
    line: tuple[list[list[int]], int, int], text: str
) -> None:
    heard, start_ms, end_ms = line
    words = align_words(heard, text, start_ms, end_ms)
    assert [word[2] for word in words] == text.split()
    edges = [edge for word in words for edge in word[:2]]
    assert all(start_ms <= edge <= end_ms for edge in edges)
    assert all(earlier <= later for earlier, later in pairwise(edges))


@given(lines())
def test_writing_the_same_again_changes_nothing(line: tuple[list[list[object]], int, int]) -> None:
    heard, start_ms, end_ms = line
    assert align_words(heard, " ".join(str(word[2]) for word in heard), start_ms, end_ms) == heard


@given(lines(), st.integers(0, 12), TEXT)
def test_words_before_and_after_a_change_keep_their_times(
    line: tuple[list[list[object]], int, int], place: int, inserted: str
) -> None:
    """When what is put in has nothing in common with the rest, all of the rest keeps its times."""
    heard, start_ms, end_ms = line
    new = [f"zq{n}zq" for n, _ in enumerate(inserted.split())]
    texts = [str(word[2]) for word in heard]
    words = align_words(heard, " ".join([*texts[:place], *new, *texts[place:]]), start_ms, end_ms)
    place = min(place, len(texts))
    assert words[:place] == heard[:place]
    assert words[place + len(new) :] == heard[place:]
    assert all(word[3] == 1.0 for word in words[place : place + len(new)])


@given(TEXT, st.integers(0, 10_000), st.integers(0, 10_000))
def test_words_without_times_of_their_own_fill_the_line(text: str, start_ms: int, length_ms: int) -> None:
    words = align_words([], text, start_ms, start_ms + length_ms)
    assert [word[2] for word in words] == text.split()
    if words:
        assert (words[0][0], words[-1][1]) == (start_ms, start_ms + length_ms)
        assert all(one[1] == next_one[0] for one, next_one in pairwise(words))
