"""Rules: what is taken, what is refused and why, and the days that they mean."""

from datetime import UTC, date, datetime, time

import pytest

from archive.errors import BadInput
from archive.yearwheel.recurrence import (
    days_of,
    instant_of,
    is_election_year,
    lead_begins,
    local_of,
    read_clock,
    read_rule,
)

FIRST = date(2023, 1, 1)


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("hver tirsdag", "unreadable"),
        ("FREQ=", "unreadable"),
        ("FREQ=SOMETIMES", "unreadable"),
        ("FREQ=YEARLY;FREQ=MONTHLY", "unreadable"),
        ("FREQ=YEARLY;INTERVAL=0", "unreadable"),
        ("FREQ=YEARLY;INTERVAL=900", "unreadable"),
        ("FREQ=YEARLY;COUNT=0", "unreadable"),
        ("FREQ=YEARLY;BYMONTH=13", "unreadable"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "unreadable"),
        ("FREQ=YEARLY;UNTIL=20270231", "unreadable"),
        ("FREQ=DAILY", "too_often"),
        ("FREQ=SECONDLY", "too_often"),
        ("FREQ=YEARLY;BYEASTER=0", "unsupported"),
        ("FREQ=YEARLY;BYHOUR=3", "unsupported"),
        ("FREQ=WEEKLY;BYDAY=2TU", "unsupported"),
        ("FREQ=YEARLY;COUNT=2;UNTIL=20300101", "two_ends"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "never"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29", "never"),  # from an odd year
        ("FREQ=YEARLY;UNTIL=20220101", "never"),
        ("FREQ=YEARLY;BYMONTH=1," + "1," * 100 + "1", "too_long"),
        ("FREQ=YEARLY\nDTSTART:20200101", "unreadable"),
    ],
)
def test_a_bad_rule_is_refused_with_a_reason(rule: str, problem: str) -> None:
    with pytest.raises(BadInput) as raised:
        read_rule(rule, FIRST)
    assert (raised.value.field, raised.value.problem) == ("rule", problem)


def test_a_rule_needs_a_day_to_begin_with() -> None:
    with pytest.raises(BadInput, match="no_first_day"):
        read_rule("FREQ=YEARLY", None)


def test_a_rule_is_taken_as_people_paste_it() -> None:
    assert read_rule(" rrule: freq=yearly ; until=20270301T120000Z;", FIRST) == "FREQ=YEARLY;UNTIL=20270301"
    assert read_rule("  ", None) == ""


def test_a_rule_without_end_ends_with_the_window() -> None:
    found = days_of("FREQ=MONTHLY;BYDAY=2TU", FIRST, date(2027, 1, 1), date(2027, 3, 31))
    assert found == [date(2027, 1, 12), date(2027, 2, 9), date(2027, 3, 9)]


def test_the_window_holds_both_its_ends() -> None:
    assert days_of("FREQ=YEARLY", FIRST, date(2027, 1, 1), date(2028, 1, 1)) == [date(2027, 1, 1), date(2028, 1, 1)]
    assert days_of("FREQ=YEARLY", FIRST, date(2027, 1, 2), date(2027, 12, 31)) == []
    assert days_of("FREQ=YEARLY", FIRST, date(2027, 1, 1), date(2026, 1, 1)) == []


def test_a_leap_day_comes_in_leap_years_only() -> None:
    found = days_of("FREQ=YEARLY", date(2024, 2, 29), date(2024, 1, 1), date(2032, 12, 31))
    assert found == [date(2024, 2, 29), date(2028, 2, 29), date(2032, 2, 29)]
    last = days_of("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", FIRST, date(2027, 1, 1), date(2028, 12, 31))
    assert last == [date(2027, 2, 28), date(2028, 2, 29)]


def test_without_a_rule_it_is_one_day() -> None:
    assert days_of("", FIRST, date(2023, 1, 1), date(2023, 1, 1)) == [FIRST]
    assert days_of("", FIRST, date(2024, 1, 1), date(2024, 12, 31)) == []


@pytest.mark.parametrize(
    ("day", "clock", "instant"),
    [
        (date(2027, 1, 12), time(18), datetime(2027, 1, 12, 17, tzinfo=UTC)),
        (date(2027, 7, 12), time(18), datetime(2027, 7, 12, 16, tzinfo=UTC)),
        (date(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # skipped: it is 03.30
        (date(2027, 10, 31), time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # twice: the first
    ],
)
def test_a_norwegian_time_is_an_instant(day: date, clock: time, instant: datetime) -> None:
    assert instant_of(day, clock) == instant


def test_a_skipped_time_is_shown_an_hour_later() -> None:
    assert local_of(instant_of(date(2027, 3, 28), time(2, 30))).time() == time(3, 30)


@pytest.mark.parametrize(
    ("typed", "clock"),
    [("18", time(18)), ("kl. 18.30", time(18, 30)), ("9:05", time(9, 5)), ("", None), ("00.00", time(0))],
)
def test_a_time_of_day_is_read_as_people_write_it(typed: str, clock: time | None) -> None:
    assert read_clock(typed, "starts") == clock


@pytest.mark.parametrize("typed", ["25.00", "18.60", "om kvelden", "1800", "-3"])
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="not_a_time"):
        read_clock(typed, "starts")


def test_elections_come_each_fourth_year() -> None:
    assert [year for year in range(2020, 2032) if is_election_year(year)] == [2023, 2027, 2031]
    assert lead_begins(date(2028, 3, 1), 1) == date(2028, 2, 29)
