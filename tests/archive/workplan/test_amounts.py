"""Numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadInput
from archive.workplan.amounts import read_amount, shown_amount


@given(st.integers(-99_999_999_999, 99_999_999_999))
def test_what_is_shown_can_be_typed_again(hundredths: int) -> None:
    value = hundredths / 100
    assert read_amount(shown_amount(value), "value") == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [("28", 28), ("1 606", 1606), ("12\u00a0500", 12500), ("3,5", 3.5), ("-2", -2), ("\u22122", -2), ("  ", None)],
)
def test_amounts_are_read(typed: str, value: float | None) -> None:
    assert read_amount(typed, "value") == value


@pytest.mark.parametrize("typed", ["mange", "1 60", "3,5,1", "1e9", "²", "٣", "12345678901", "=1+1", "nan"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="not_a_number"):
        read_amount(typed, "value")
