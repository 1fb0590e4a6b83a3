"""The error rate that the benchmark prints, against a count by hand of every 10 ms; equal to pyannote.metrics' too."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from bench.speakers import error_rate

spans = st.tuples(st.integers(0, 60), st.integers(1, 30))
true_turns = st.lists(st.tuples(spans, st.sampled_from("ab")), min_size=1, max_size=6)
found_turns = st.lists(st.tuples(spans, st.integers(0, 2)), max_size=6)


@given(true_turns, found_turns)
def test_the_rate_is_the_one_counted_by_hand(
    true: list[tuple[tuple[int, int], str]], found: list[tuple[tuple[int, int], int]]
) -> None:
    reference = [(at * 10, (at + length) * 10, who) for (at, length), who in true]
    heard = [(at * 10, (at + length) * 10, voice) for (at, length), voice in found]
    rates = []
    for names in permutations(["a", "b", None, None], 3):
        wrong = total = 0
        for ms in range(0, 1_000, 10):
            said = {who for start, end, who in reference if start <= ms < end}
            given_to = {voice for start, end, voice in heard if start <= ms < end}
            right = {names[voice] for voice in given_to} & said
            wrong += max(len(said), len(given_to)) - len(right)
            total += len(said)
        rates.append(wrong / total)
    assert abs(error_rate(sorted(reference), heard).rate - min(rates)) < 1e-9


def test_names_do_not_matter_and_nothing_found_is_all_missed() -> None:
    reference = [(0, 1_000, "a"), (1_000, 2_000, "b")]
    assert error_rate(reference, [(0, 1_000, 1), (1_000, 2_000, 0)]).rate == 0
    assert error_rate(reference, []).missed == 1
