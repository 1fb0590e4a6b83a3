"""Compounds, on lists made by hand of words that are and words that are not."""

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.compounds import split

FILE = Path(__file__).parent / "compounds.txt"


def listed() -> dict[str, list[str]]:
    found = defaultdict(list)
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, _, words = line.partition(": ")
            found[kind] += words.split()
    return found


def is_split_there(marked: str) -> bool:
    word, tail = marked.replace("|", ""), marked.partition("|")[2]
    compound = split(word)
    return compound is not None and compound.tail == tail


@pytest.mark.parametrize("after", ["", " after"])
def test_nine_in_ten_splits_are_right_and_most_compounds_are_split(after: str) -> None:
    lists = listed()
    right = [marked for marked in lists[f"compounds{after}"] if is_split_there(marked)]
    whole = [word.replace("|", "") for word in lists[f"compounds{after}"]] + lists[f"none{after}"]
    made = [word for word in whole if split(word)]
    assert len(right) / len(made) >= 0.95, sorted(set(made) - {word.replace("|", "") for word in right})
    assert len(right) / len(lists[f"compounds{after}"]) >= 0.85


def test_the_lists_are_long_enough() -> None:
    assert sum(map(len, listed().values())) >= 300


@given(st.text("abdefghiklmnoprstuvyæøå", max_size=50))
def test_the_parts_stand_in_the_word(word: str) -> None:
    compound = split(word)
    if compound and word.endswith(compound.tail):
        assert word.startswith(compound.head) or len(compound.head) >= 5  # which bokmål writes otherwise
        assert compound.link in ("", "s", "e")
