"""Which windows are decoded together: fixed by the plan, whoever decodes them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pipeline.planning import batch_number, batch_size


def test_the_first_batch_is_small_and_the_others_are_alike() -> None:
    assert [batch_number(number, 4) for number in range(10)] == [0] * 2 + [1] * 4 + [2] * 4
    assert [batch_number(number, 1) for number in range(3)] == [0, 1, 2]


@given(batch=st.integers(1, 20), windows=st.integers(1, 200))
def test_every_batch_but_the_last_is_as_large_as_it_says(batch: int, windows: int) -> None:
    sizes = Counter(batch_number(number, batch) for number in range(windows))
    *whole, last = sorted(sizes)
    assert whole == list(range(last))
    assert all(sizes[number] == batch_size(number, batch) for number in whole)
    assert sizes[last] <= batch_size(last, batch)
