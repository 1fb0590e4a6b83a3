"""Planned, held and missing against the minimum."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.yearwheel.counting import count, count_each, total
from archive.yearwheel.duties import Duty, Per, Strength
from archive.yearwheel.occurrences import Occurrence, State

TODAY = date(2026, 6, 1)


def duty(per: Per = Per.YEAR, minimum: int | None = 10, strength: Strength = Strength.MUST) -> Duty:
    """A duty that is in no database."""
    return Duty(title="Møte", strength=strength, per=per, minimum=minimum)


def one(state: State, days: int, unit_id: int | None = None) -> Occurrence:
    """An occurrence so many days from today."""
    return Occurrence(state=state, due_on=TODAY + timedelta(days=days), unit_id=unit_id)


def test_ten_meetings_are_counted() -> None:
    held = [one(State.HELD, -days) for days in range(1, 5)]
    to_come = [one(State.PLANNED, days) for days in (0, 30, 60)]
    others = [one(State.PLANNED, -1), one(State.POSTPONED, 5), one(State.CANCELLED, 9)]
    found = count(duty(), [*held, *to_come, *others], 2026, TODAY)
    assert (found.held, found.planned, found.unreported, found.missing) == (4, 3, 1, 3)


@pytest.mark.parametrize("strength", [Strength.ENCOURAGED, Strength.CONSIDERED, Strength.AS_NEEDED])
def test_only_what_must_be_done_is_missing(strength: Strength) -> None:
    assert count(duty(strength=strength), [], 2026, TODAY).missing == 0


def test_what_nobody_has_set_is_unknown_not_missing() -> None:
    found = count(duty(minimum=None), [one(State.HELD, -1)], 2026, TODAY)
    assert (found.minimum, found.held, found.missing) == (None, 1, 0)


@pytest.mark.parametrize(("year", "missing"), [(2026, 0), (2027, 1), (2028, 0), (2031, 1)])
def test_election_years_have_duties_of_their_own(year: int, missing: int) -> None:
    assert count(duty(Per.ELECTION_YEAR, 1), [], year, TODAY).missing == missing


def test_what_is_counted_by_its_days_lacks_those_that_were_not_held() -> None:
    days = [one(State.HELD, -20), one(State.PLANNED, -2), one(State.CANCELLED, -1), one(State.PLANNED, 4)]
    found = count(duty(Per.DATE, None), days, 2026, TODAY)
    assert (found.minimum, found.missing) == (3, 1)
    assert count(duty(Per.DATE, None), [], 2026, TODAY).minimum is None
    assert count(duty(Per.REQUEST, None), [], 2026, TODAY).minimum == 0


def test_a_duty_that_has_ended_lacks_nothing() -> None:
    ended = duty()
    ended.ended_on = date(2026, 1, 1)
    assert count(ended, [], 2026, TODAY).missing == 0


def test_each_unit_is_counted_for_itself() -> None:
    days = [one(State.HELD, -1, 1), one(State.HELD, -2, 1), one(State.HELD, -3, 9)]
    counts = count_each(duty(minimum=1), [1, 2], days, 2026, TODAY)
    assert {unit: each.missing for unit, each in counts.items()} == {1: 0, 2: 1, 9: 0}
    whole = total(counts.values())
    assert (whole.minimum, whole.held, whole.missing) == (2, 3, 1)  # what one does twice does not help another


@given(st.lists(st.tuples(st.sampled_from(list(State)), st.integers(-300, 300))), st.integers(0, 20))
def test_held_planned_and_missing_never_fall_short_of_the_minimum(days: list[tuple[State, int]], minimum: int) -> None:
    found = count(duty(minimum=minimum), [one(state, day) for state, day in days], 2026, TODAY)
    assert found.held + found.planned + found.missing >= minimum
    assert found.missing == 0 or found.held + found.planned + found.missing == minimum


def test_the_clock_is_the_callers(now: datetime) -> None:
    planned = one(State.PLANNED, 0)
    assert planned.is_to_come(TODAY) and not planned.is_unreported(TODAY)
    assert planned.is_unreported(TODAY + timedelta(days=1))
