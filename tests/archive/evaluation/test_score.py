"""Scores, held against jiwer's own numbers and examples counted by hand."""

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.evaluation.normalise import NORMALISATIONS, as_library, with_hyphens_split
from archive.evaluation.score import Score, TimedWord, score

words = st.lists(st.sampled_from("vi var på møtet i Steinkjer den gangen nitten syttifem e-post".split()), max_size=30)
VOICED = [(0, 10**9)]


def timed(text: list[str]) -> list[TimedWord]:
    """A word each half second."""
    return [(500 * number, 500 * number + 400, word) for number, word in enumerate(text)]


@given(words.filter(bool), words)
def test_the_rates_are_jiwers(reference: list[str], text: list[str]) -> None:
    """Words and letters, over the texts as the National Library's scorer makes them."""
    found = score(reference, timed(text), as_library, speech=VOICED)
    before = [" ".join(piece.text for piece in as_library(each)) for each in (reference, text)]
    assert found.wer == pytest.approx(jiwer.wer(*before))
    assert found.cer == pytest.approx(jiwer.cer(*before))
    counted = jiwer.process_words(*before)
    assert (found.substitutions, found.deletions, found.insertions) == (
        counted.substitutions,
        counted.deletions,
        counted.insertions,
    )


@pytest.mark.parametrize("name", NORMALISATIONS)
@given(text=words.filter(bool))
def test_a_text_against_itself_is_without_fault(name: str, text: list[str]) -> None:
    """Whatever the normalisation."""
    found = score(text, timed(text), NORMALISATIONS[name], speech=[])
    assert (found.wer, found.cer, found.runs, found.over_silence) == (0, 0, (), 0)


def test_counted_by_hand() -> None:
    """Nine words: one other, one left out, one more."""
    reference = "Vi møttes på Folkets hus i Steinkjer hver torsdag".split()
    text = "vi møttes på folkets hus Steinkjer hver eneste tirsdag".split()
    found = score(reference, timed(text), as_library, speech=VOICED)
    assert (found.substitutions, found.deletions, found.insertions) == (1, 1, 1)
    assert found.wer == pytest.approx(3 / 9)
    assert found.runs == ()


def test_runs_of_deleted_words() -> None:
    """Two words are no run; three and five are."""
    reference = "a1 a2 b1 b2 b3 c1 d1 d2 d3 d4 d5 e1 f1 f2 g1".split()
    text = "a1 a2 c1 e1 g1".split()
    found = score(reference, timed(text), as_library, speech=VOICED)
    assert found.runs == (3, 5)
    assert found.longest_run == 5
    assert found.deletions == 10


@pytest.mark.parametrize(
    ("speech", "silent"),
    [
        ([(0, 900)], 2),
        ([(0, 1_100)], 1),  # the first of them is touched
        ([(0, 1_000)], 2),  # half-open
        ([(1_450, 1_460), (0, 900)], 2),  # between two words
        ([(1_899, 2_000)], 1),
        ([(1_900, 2_000)], 2),
        ([], 2),
        (None, None),
    ],
)
def test_what_was_made_up_while_nobody_speaks(speech: list[tuple[int, int]] | None, silent: int | None) -> None:
    """Two words are inserted, at 1.0 to 1.4 s and 1.5 to 1.9 s."""
    found = score(["takk", "for"], timed("takk for at dere".split()), as_library, speech=speech)
    assert (found.insertions, found.over_silence) == (2, silent)


def test_an_inserted_word_without_length_is_a_moment() -> None:
    """It lies in speech or it does not."""
    for at, silent in ((100, 0), (5_000, 1)):
        found = score(["ja"], [(0, 50, "ja"), (at, at, "vel")], as_library, speech=[(0, 200)])
        assert found.over_silence == silent


def test_an_empty_reference_has_no_rate() -> None:
    """What was made up is counted all the same."""
    found = score([], timed(["takk", "for"]), as_library, speech=[])
    assert found == Score(0, 2, 0, 0, 2, None, None, (), 2)
    assert score(["–"], [], as_library, speech=[]) == Score(0, 0, 0, 0, 0, None, None, (), 0)


def test_a_hyphen_counts_as_the_way_says() -> None:
    """«e-post» against «e post»."""
    found = {
        name: score(["e-post"], timed(["e", "post"]), NORMALISATIONS[name], speech=None) for name in NORMALISATIONS
    }
    assert [found[name].wer for name in ("library", "hyphens", "numbers")] == [2, 0, 0]


def test_four_hours_are_compared_word_by_word() -> None:
    """40,000 words, a fifth of them other words."""
    reference = [f"ord{number % 6_000}" for number in range(40_000)]
    text = [f"noe{number}" if number % 5 == 0 else word for number, word in enumerate(reference)]
    found = score(reference, timed(text), with_hyphens_split, speech=VOICED)
    assert (found.substitutions, found.insertions, found.deletions) == (8_000, 0, 0)
