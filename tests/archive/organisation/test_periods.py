from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadInput
from archive.organisation.periods import bounds_of, period_of, surely_overlap, typed_ends

FIELDS = ("held_from", "held_to")
TIMES = st.sampled_from(["1974", "mai 1974", "14.03.1975", "ca. 1975", "våren 1976", "1970-tallet", "kanskje 1981"])


@pytest.mark.parametrize(
    ("begun", "ended", "kept"),
    [
        ("1971", "1975", "1971/1975"),
        ("1971", "", "1971/.."),
        ("1971", "ukjent", "1971/"),
        ("", "1975", "../1975"),
        ("", "", ""),
        ("1971–75", "", "1971/1975"),
        ("2023", "2023", "2023"),
    ],
)
def test_two_fields_become_one_period(begun: str, ended: str, kept: str) -> None:
    assert period_of(begun, ended, FIELDS) == kept


@pytest.mark.parametrize(
    ("begun", "ended", "field", "problem"),
    [
        ("1975", "1971", "held_to", "backwards"),
        ("31.02.1974", "", "held_from", "no_such_day"),
        ("1971", "1973–1975", "held_to", "one_time"),
        ("1971–1973", "1975", "held_from", "one_time"),
        ("", "ukjent", "held_to", "nothing_known"),
        ("en gang", "", "held_from", "unreadable_date"),
    ],
)
def test_what_is_no_period_is_refused_with_its_field(begun: str, ended: str, field: str, problem: str) -> None:
    with pytest.raises(BadInput) as raised:
        period_of(begun, ended, FIELDS)
    assert (raised.value.field, raised.value.problem) == (field, problem)


@given(TIMES, st.one_of(TIMES, st.sampled_from(["", "ukjent"])))
def test_what_the_form_shows_means_the_same_when_it_is_sent_again(begun: str, ended: str) -> None:
    try:
        kept = period_of(begun, ended, FIELDS)
    except BadInput:
        return
    assert period_of(*typed_ends(kept), FIELDS) == kept


def test_of_a_period_that_ended_nobody_knows_when_only_the_beginning_is_sure() -> None:
    assert bounds_of("1971/") == (date(1971, 1, 1), date(1971, 12, 31))
    assert bounds_of("1971/..") == (date(1971, 1, 1), date.max)
    assert bounds_of("../1975") == (date.min, date(1975, 12, 31))
    assert bounds_of("") == (date.min, date.max)


YEARS = st.tuples(st.integers(1950, 1960), st.integers(0, 5)).map(lambda each: (each[0], each[0] + each[1]))


@given(YEARS, YEARS)
def test_whole_years_overlap_when_they_share_more_than_the_year_they_meet_in(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    def kept(years: tuple[int, int]) -> str:
        return period_of(str(years[0]), str(years[1]), FIELDS)

    shared = set(range(one[0] + 1, one[1])) & set(range(other[0], other[1] + 1)) or set(
        range(other[0] + 1, other[1])
    ) & set(range(one[0], one[1] + 1))
    if shared:
        assert surely_overlap(kept(one), kept(other))
    if one[1] < other[0] or other[1] < one[0]:
        assert not surely_overlap(kept(one), kept(other))


def test_two_that_go_on_overlap_and_two_that_meet_in_a_year_do_not() -> None:
    assert surely_overlap("1971/..", "1999/..")
    assert surely_overlap("", "2020/..")
    assert surely_overlap("1971/1975", "1971/1975")
    assert not surely_overlap("1971/1975", "1975/1979")
    assert not surely_overlap("1971/", "1973/1975")
    assert surely_overlap("1971-01-01/1975-06-30", "1975-06-01/1979")
