"""What people type about when something was, what is kept of it, and how it is shown."""

import calendar
import re
from datetime import date

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadInput
from archive.fuzzy_dates import LONGEST_EDTF, bounds, edtf_of, read_edtf, read_typed, shown


@pytest.mark.parametrize(
    ("typed", "edtf", "is_shown"),
    [
        ("1974", "1974", "1974"),
        ("mai 1974", "1974-05", "mai 1974"),
        ("05.1974", "1974-05", "mai 1974"),
        ("sept. 74", "1974-09", "september 1974"),
        ("14.03.1974", "1974-03-14", "14. mars 1974"),
        ("14. Mars 1974", "1974-03-14", "14. mars 1974"),
        ("den 14/3 1974", "1974-03-14", "14. mars 1974"),
        ("torsdag 14. mars 1974", "1974-03-14", "14. mars 1974"),
        ("29.2.1972", "1972-02-29", "29. februar 1972"),
        ("1974-03-14", "1974-03-14", "14. mars 1974"),
        ("våren 74", "1974-21", "våren 1974"),
        ("hausten 1974", "1974-23", "høsten 1974"),
        ("ca. 1975", "1975~", "ca. 1975"),
        ("ca 1975", "1975~", "ca. 1975"),
        ("omkring 1975", "1975~", "ca. 1975"),
        ("1975?", "1975?", "kanskje 1975"),
        ("kanskje ca. 1975", "1975%", "kanskje ca. 1975"),
        ("1970-tallet", "197X", "1970-tallet"),
        ("på 70-tallet", "197X", "1970-tallet"),
        ("syttitallet", "197X", "1970-tallet"),
        ("70-åra", "197X", "1970-tallet"),
        ("1800-tallet", "18XX", "1800-tallet"),
        ("tiåret fra 1900", "190X", "tiåret fra 1900"),
        ("1971–1975", "1971/1975", "1971–1975"),
        ("1971-75", "1971/1975", "1971–1975"),
        ("1921-24", "1921/1924", "1921–1924"),
        ("1971/75", "1971/1975", "1971–1975"),
        ("fra 1971 til 1975", "1971/1975", "1971–1975"),
        ("fra 1971–75", "1971/1975", "1971–1975"),
        ("mellom 1971 og 1975", "1971/1975", "1971–1975"),
        ("14.–16. mars 1974", "1974-03-14/1974-03-16", "14. mars 1974–16. mars 1974"),
        ("mai-juni 1974", "1974-05/1974-06", "mai 1974–juni 1974"),
        ("30. mars–1. april 1974", "1974-03-30/1974-04-01", "30. mars 1974–1. april 1974"),
        ("vinteren 1974–75", "1974-12/1975-02", "desember 1974–februar 1975"),
        ("fra 1971", "1971/..", "fra 1971"),
        ("1971–", "1971/..", "fra 1971"),
        ("til 1975", "../1975", "til 1975"),
        ("før 1975", "../1974", "til 1974"),
        ("etter 1975", "1976/..", "fra 1976"),
        ("1971–?", "1971/", "fra 1971 til ukjent tid"),
        ("?–1975", "/1975", "fra ukjent tid til 1975"),
        ("ca. 1971–mai 1975", "1971~/1975-05", "ca. 1971–mai 1975"),
        ("1974-XX", "1974", "1974"),
        ("1974-21", "1974-21", "våren 1974"),
        ("1971/..", "1971/..", "fra 1971"),
        ("197x~", "197X~", "ca. 1970-tallet"),
    ],
)
def test_what_people_type_is_kept_and_shown(typed: str, edtf: str, is_shown: str) -> None:
    assert edtf_of(typed) == edtf
    assert shown(edtf) == is_shown
    assert edtf_of(is_shown) == edtf


@pytest.mark.parametrize("typed", ["", "  ", None, "ukjent", "vet ikke", "?"])
def test_nothing_and_what_nobody_knows_is_nothing(typed: str | None) -> None:
    assert read_typed(typed) is None


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("31.02.1974", "no_such_day"),
        ("29.02.1974", "no_such_day"),
        ("1974-02-31", "no_such_day"),
        ("14.13.1974", "no_such_day"),
        ("31.02.1974–1975", "no_such_day"),
        ("våren 24", "century"),
        ("24", "century"),
        ("14.3.31", "century"),
        ("20-tallet", "century"),
        ("14. mars", "no_year"),
        ("våren", "no_year"),
        ("1975–1971", "backwards"),
        ("1975/1971", "backwards"),
        ("vinteren 1974–77", "backwards"),
        ("tidlig på 70-tallet", "part_of_decade"),
        ("slutten av 1970-tallet", "part_of_decade"),
        ("fredag 14. mars 1974", "weekday"),
        ("i fjor", "unreadable_date"),
        ("19741", "unreadable_date"),
        ("0000", "unreadable_date"),
        ("0974", "unreadable_date"),
        ("1971–1973–1975", "unreadable_date"),
        ("/", "unreadable_date"),
        ("../..", "unreadable_date"),
        ("1" * 100, "too_long"),
    ],
)
def test_what_is_no_time_is_refused_with_the_reason(typed: str, problem: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_typed(typed, "born")
    assert (refused.value.field, refused.value.problem) == ("born", problem)


years = st.integers(1000, 2999)
points = st.one_of(
    years.map(lambda year: f"{year}"),
    st.tuples(years, st.integers(1, 12)).map(lambda at: f"{at[0]}-{at[1]:02}"),
    st.tuples(years, st.integers(21, 24)).map(lambda at: f"{at[0]}-{at[1]}"),
    st.dates(date(1000, 1, 1), date(2999, 12, 31)).map(date.isoformat),
    st.integers(100, 299).map(lambda decade: f"{decade}X"),
    st.integers(10, 29).map(lambda century: f"{century}XX"),
)
signed = st.tuples(points, st.sampled_from(["", "~", "?", "%"])).map("".join)


@given(signed)
def test_what_is_shown_can_be_typed_again(edtf: str) -> None:
    assert edtf_of(shown(edtf)) == edtf
    if not re.fullmatch(r"\d{4}-2[1-4]", edtf):  # *1921-24* is what people write for 1921 to 1924
        assert edtf_of(edtf) == edtf
    assert len(edtf) <= LONGEST_EDTF


@given(signed, signed)
def test_spans_are_shown_and_typed_again_or_refused(one: str, other: str) -> None:
    (first, first_end), (last, last_end) = bounds(one), bounds(other)
    assert first and first_end and last and last_end
    edtf = f"{one}/{other}"
    if first > last or first_end > last_end:
        with pytest.raises(ValueError, match="backwards"):
            read_edtf(edtf)
    else:
        assert edtf_of(shown(edtf)) == edtf
        assert bounds(edtf) == (first, last_end)
        assert len(edtf) <= LONGEST_EDTF


@given(signed, st.sampled_from(["{}/..", "../{}", "{}/", "/{}"]))
def test_open_and_unknown_ends_are_shown_and_typed_again(edtf: str, form: str) -> None:
    span = form.format(edtf)
    assert edtf_of(shown(span)) == span
    assert read_edtf(span).goes_on is (form == "{}/..")
    first, last = bounds(span)
    assert (first is None) is not (last is None)


@given(points.filter(lambda edtf: not re.fullmatch(r"\d{4}-2[1-4]", edtf)))
def test_times_reach_as_far_as_another_reader_of_edtf_says(edtf: str) -> None:
    other = parse_edtf(edtf)
    reach = [date(*each[:3]) for each in (other.lower_strict(), other.upper_strict())]
    assert list(bounds(edtf)) == reach


@given(years, st.integers(1, 12))
def test_a_month_reaches_from_its_first_day_to_its_last(year: int, month: int) -> None:
    days = calendar.Calendar().itermonthdates(year, month)
    inside = [day for day in days if day.month == month] if year < 2999 else []
    first, last = bounds(f"{year}-{month:02}")
    assert not inside or (first, last) == (inside[0], inside[-1])


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    try:
        found = read_typed(typed)
    except BadInput:
        return
    assert found is None or read_edtf(found.edtf) == found


@pytest.mark.parametrize(
    ("edtf", "year"), [("1974", 1974), ("1974-05/1974-07", 1974), ("197X", None), ("1974/..", None)]
)
def test_the_year_of_a_time_that_lies_in_one(edtf: str, year: int | None) -> None:
    assert read_edtf(edtf).year == year
