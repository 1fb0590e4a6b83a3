"""Occurrences: from planned to held, put off and called off, and back."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from archive.errors import BadInput
from archive.row_history import changes_of, undo_batch
from archive.units import UnitKind, find_unit
from archive.yearwheel.duties import Duty
from archive.yearwheel.occurrences import (
    Occurrence,
    State,
    When,
    ask_for_help,
    call_off,
    calls_for_help,
    give_help,
    hold,
    put_off,
    set_day,
    tick,
)

MakeDuty = Callable[..., Duty]
Plan = Callable[..., Occurrence]
DAY = date(2026, 3, 10)


def test_what_is_held_has_its_day_its_minutes_and_its_word_to_the_next(
    session: Session, make_duty: MakeDuty, plan: Plan, now: datetime, today: date
) -> None:
    held = plan(make_duty(), DAY, starts=time(18))
    assert held.is_unreported(today)
    later = now + timedelta(minutes=5)
    hold(
        session,
        held,
        held_on=date(2026, 3, 12),
        minutes="Fem møtte. ",
        note_to_next="Book rom",
        by=None,
        now=later,
        today=today,
    )
    assert (held.state, held.due_on, held.minutes) == (State.HELD, date(2026, 3, 12), "Fem møtte.")
    assert held.changed_at == later
    latest = changes_of(session, "duty", held.duty_id)[0]
    assert latest.act == "held" and latest.batch is not None
    undo_batch(session, latest.batch, by=None, now=later)
    assert (held.state, held.due_on, held.minutes) == (State.PLANNED, DAY, "")


def test_nothing_was_held_tomorrow(
    session: Session, make_duty: MakeDuty, plan: Plan, now: datetime, today: date
) -> None:
    planned = plan(make_duty(), DAY)
    with pytest.raises(BadInput, match="held_on: future"):
        hold(session, planned, held_on=today + timedelta(days=1), minutes="", by=None, now=now, today=today)
    assert planned.state == State.PLANNED


def test_what_was_put_off_or_called_off_can_be_planned_again(
    session: Session, make_duty: MakeDuty, plan: Plan, now: datetime
) -> None:
    moved = plan(make_duty(), DAY)
    for end, state in ((put_off, State.POSTPONED), (call_off, State.CANCELLED)):
        end(session, moved, by=None, now=now)
        assert moved.state == state
        set_day(session, moved, When(date(2027, 1, 3)), by=None, now=now)
        assert (moved.state, moved.year) == (State.PLANNED, 2027)


def test_what_is_held_is_not_moved_or_called_off(
    session: Session, make_duty: MakeDuty, plan: Plan, now: datetime, today: date
) -> None:
    held = plan(make_duty(), DAY)
    hold(session, held, held_on=DAY, minutes="", by=None, now=now, today=today)
    for act in (
        lambda: call_off(session, held, by=None, now=now),
        lambda: put_off(session, held, by=None, now=now),
        lambda: set_day(session, held, When(DAY), by=None, now=now),
    ):
        with pytest.raises(BadInput, match="held_already"):
            act()


def test_a_duty_of_each_unit_needs_to_know_whose(session: Session, make_duty: MakeDuty, plan: Plan) -> None:
    region = find_unit(session, "Innherred", UnitKind.REGION)
    county = find_unit(session, "Trøndelag SV", UnitKind.COUNTY_BRANCH)
    assert region is not None and county is not None
    duty = make_duty(each_of=UnitKind.REGION)
    with pytest.raises(BadInput, match="unit_id: empty"):
        plan(duty, DAY)
    with pytest.raises(BadInput, match="unit_id: unknown"):
        plan(duty, DAY, unit_id=county.id)
    with pytest.raises(BadInput, match="unit_id: unknown"):
        plan(make_duty("Eget"), DAY, unit_id=region.id)
    assert plan(duty, DAY, unit_id=region.id).unit is region


def test_a_day_out_of_reach_is_refused(make_duty: MakeDuty, plan: Plan) -> None:
    with pytest.raises(BadInput, match="due_on: far_off"):
        plan(make_duty(), date(9999, 1, 1))


def test_only_lines_of_the_checklist_are_ticked(
    session: Session, make_duty: MakeDuty, plan: Plan, now: datetime
) -> None:
    planned = plan(make_duty(checklist=("Kost", "Mopp")), DAY)
    tick(session, planned, ["Mopp", "Robot"], by=None, now=now)
    assert planned.ticked == ["Mopp"]
    before = len(changes_of(session, "duty", planned.duty_id))
    tick(session, planned, ["Mopp"], by=None, now=now)
    assert len(changes_of(session, "duty", planned.duty_id)) == before  # nothing was done


def test_calls_for_help_wait_until_help_is_given(
    session: Session, make_duty: MakeDuty, plan: Plan, now: datetime
) -> None:
    duty = make_duty()
    first, second = plan(duty, DAY), plan(duty, DAY + timedelta(days=1))
    ask_for_help(session, second, "Vi er bare to", by=None, now=now)
    ask_for_help(session, first, "", by=None, now=now + timedelta(hours=1))
    assert calls_for_help(session) == [second, first]
    give_help(session, second, by=None, now=now)
    assert calls_for_help(session) == [first]
