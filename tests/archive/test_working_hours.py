from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.errors import BadInput, NotAllowed
from archive.local_time import LOCAL
from archive.working_hours import WorkingHours, set_working_hours, working_hours

NIGHT = WorkingHours(time(22), time(6))
times = st.times().map(lambda each: each.replace(second=0, microsecond=0))
hours = st.tuples(times, times).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: WorkingHours(*pair))
# Around both nights on which European clocks change, and any other day.
days = st.sampled_from([datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 28), (10, 24), (6, 1))])
instants = st.builds(lambda day, seconds: day + timedelta(seconds=seconds), days, st.integers(0, 2 * 86_400))
MINUTE = timedelta(minutes=1)


def norway(*when: int) -> datetime:
    return datetime(*when, tzinfo=LOCAL)  # type: ignore[misc,arg-type]


@given(hours, instants)
def test_it_opens_at_the_first_open_minute(each: WorkingHours, now: datetime) -> None:
    opens_at = each.opens_at(now)
    assert each.is_open(opens_at)
    at = now
    while not each.is_open(at):  # the reference: look at the clock on the wall every minute
        at = at.replace(second=0) + MINUTE
    assert opens_at == at


@given(hours, instants, st.integers(0, 30 * 60))
def test_work_is_done_when_so_many_open_minutes_have_passed(each: WorkingHours, now: datetime, minutes: int) -> None:
    now = now.replace(second=0)
    finished_at = each.finished_at(now, minutes * 60_000)
    if finished_at - now > timedelta(days=4):
        return  # a few open minutes a day: the reference takes too long
    at, worked = now, 0
    while worked < minutes:
        worked += each.is_open(at)
        at += MINUTE
    assert finished_at == (at if minutes else each.opens_at(now))


def test_a_night_goes_over_midnight() -> None:
    assert NIGHT.is_open(norway(2026, 1, 5, 23))
    assert NIGHT.is_open(norway(2026, 1, 5, 5, 59))
    assert not NIGHT.is_open(norway(2026, 1, 5, 6))
    assert NIGHT.opens_at(norway(2026, 1, 5, 14)) == norway(2026, 1, 5, 22)


def test_the_clock_on_the_wall_counts_when_clocks_change() -> None:
    three_hours = 3 * 3_600_000
    early = WorkingHours(time(1), time(5))
    assert early.finished_at(norway(2026, 3, 29, 0), three_hours) == norway(
        2026, 3, 29, 5
    )  # that night has no 2 o'clock
    assert early.finished_at(norway(2026, 10, 25, 0), three_hours) == norway(2026, 10, 25, 3)  # and that one has two


def test_work_that_one_night_cannot_hold_goes_on_the_next() -> None:
    ten_hours = 10 * 3_600_000
    assert NIGHT.finished_at(norway(2026, 1, 5, 12), ten_hours) == norway(2026, 1, 7, 0)


def test_a_secretary_sets_them_as_people_write_times(
    session: Session, secretary: User, volunteer: User, now: datetime
) -> None:
    assert working_hours(session) is None
    set_working_hours(session, "22", " 06.30 ", by=secretary.id, now=now)
    assert working_hours(session) == WorkingHours(time(22), time(6, 30))
    set_working_hours(session, "", " ", by=secretary.id, now=now)
    assert working_hours(session) is None
    with pytest.raises(NotAllowed):
        set_working_hours(session, "22:00", "06:00", by=volunteer.id, now=now)


@pytest.mark.parametrize(
    ("from_", "until", "field", "problem"),
    [
        ("", "06:00", "work_from", "empty"),
        ("22:00", "", "work_until", "empty"),
        ("sent", "06:00", "work_from", "not_a_time"),
        ("22:00", "25:00", "work_until", "not_a_time"),
        ("22:60", "06:00", "work_from", "not_a_time"),
        ("22:00", "22.00", "work_until", "same"),
        ("0", "24:00", "work_until", "same"),
    ],
)
def test_what_is_no_time_is_refused_and_nothing_changes(
    session: Session, now: datetime, from_: str, until: str, field: str, problem: str
) -> None:
    set_working_hours(session, "20:00", "04:00", by=None, now=now)
    with pytest.raises(BadInput) as refused:
        set_working_hours(session, from_, until, by=None, now=now)
    assert (refused.value.field, refused.value.problem) == (field, problem)
    assert working_hours(session) == WorkingHours(time(20), time(4))
