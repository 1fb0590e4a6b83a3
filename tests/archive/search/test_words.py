"""What is known of Norwegian words, against the libraries that know it."""

import subprocess
import sys
from itertools import islice

import wordfreq

from archive.search.words import COMMON_WORDS, rank


def test_common_words_are_those_of_wordfreq_in_its_order() -> None:
    those = [word for word in islice(wordfreq.iter_wordlist("nb", "large"), 60_000) if len(word) >= 3]
    ranks = {word: place for word in those if (place := rank(word)) is not None}
    assert len(ranks) > 25_000
    assert all(those[place - 1] == word for word, place in ranks.items())
    assert max(ranks.values()) <= COMMON_WORDS


def test_names_and_foreign_words_are_not_common_words() -> None:
    assert [rank(word) for word in ("with", "london", "xyzzy", "")] == [None] * 4
    assert rank("ikke") == 5


def test_nobody_who_searches_pays_for_the_rest_of_wordfreq() -> None:
    program = "import sys; from archive.search.analysis import warm_up; warm_up(); print('wordfreq' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
