"""Setting up a year: it is seen first, safe to repeat, and never over what a person wrote."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.errors import BadInput, NotAllowed
from archive.organisation.beginning import first_units
from archive.row_history import undo_batch
from archive.yearwheel.defaults import first_duties
from archive.yearwheel.duties import Duty, DutyDetails, Per, Strength, change_duty, end_duty, list_duties
from archive.yearwheel.looking import Sight, wheel_year
from archive.yearwheel.occurrences import Occurrence, State, When, call_off, occurrences_in, set_day
from archive.yearwheel.year import plan_year, set_up_year


def test_the_defaults_hold_what_the_plan_says() -> None:
    found = {each.key: each.details for each in first_duties()}
    assert len(found) == len(first_duties()) == 32
    assert all(each.source_lines and each.about for each in found.values())
    numbers = {key: each.minimum for key, each in found.items()}
    assert numbers["board-meeting"] == 10 and numbers["new-members-meeting"] == 2
    assert numbers["region-meeting"] is None and numbers["committee-meeting"] is None  # for the secretary to set
    assert found["committee-open-event"].strength == Strength.ENCOURAGED
    assert found["st-olavsloppet-gathering"].strength == Strength.CONSIDERED
    assert found["training"].strength == Strength.AS_NEEDED
    assert found["branch-leaders-before-council"].per == Per.DATE
    keys = {each.key for each in first_units()} | {"own"}
    assert {key for each in first_duties() for _kind, key in each.owners} <= keys


def test_a_year_is_seen_before_it_is_set_up(session: Session) -> None:
    seen = plan_year(session, 2027)
    assert len(seen.new_duties) == 32
    days = [each for each in seen.new_days if each.title == "Fylkesstyremøte"]
    assert len(days) == 10 and days[0].day == date(2027, 1, 12)
    assert sum(each.title == "Årsmøte i lokallaget" for each in seen.new_days) == 28
    assert sum(each.title == "Arrangement i regionen" for each in seen.new_days) == 7
    assert "Møte i regionteamet" in seen.without_minimum and "Medieutspill til fylkestinget" in seen.without_days
    assert session.scalar(select(func.count()).select_from(Duty)) == 0


def test_setting_up_a_year_makes_it_and_again_changes_nothing(
    session: Session, secretary: User, now: datetime, today: date
) -> None:
    done, _batch = set_up_year(session, 2027, by=secretary.id, now=now)
    days = occurrences_in(session, 2027)
    assert len(days) == len(done.new_days) and not any(each.is_set for each in days)
    again = plan_year(session, 2027)
    assert again.changes_nothing and again.standing == len(days)
    set_up_year(session, 2027, by=secretary.id, now=now)
    assert len(occurrences_in(session, 2027)) == len(days)
    wheel = wheel_year(session, 2027, Sight(True, True), today=today)
    board = next(each for each in wheel.standings if each.duty.key == "board-meeting")
    assert (board.whole.minimum, board.whole.planned, board.whole.missing) == (10, 10, 0)


def test_what_a_person_changed_stays(session: Session, secretary: User, now: datetime) -> None:
    set_up_year(session, 2027, by=secretary.id, now=now)
    duty = next(each for each in list_duties(session) if each.key == "board-meeting")
    first, second, *_rest = [each for each in occurrences_in(session, 2027) if each.duty_id == duty.id]
    set_day(session, first, When(date(2027, 1, 20)), by=secretary.id, now=now)
    call_off(session, second, by=secretary.id, now=now)
    details = DutyDetails("Styremøte", minimum=8, rule="FREQ=MONTHLY;BYDAY=1MO", first_on=date(2023, 1, 1))
    change_duty(session, duty, details, by=secretary.id, now=now)
    gone = next(each for each in list_duties(session) if each.key == "st-olavsloppet")
    end_duty(session, gone, ended_on=date(2027, 1, 1), by=secretary.id, now=now)
    seen = plan_year(session, 2027)
    assert [each.title for each in seen.new_days] == ["Styremøte", "Styremøte"]  # twelve now, ten stand
    set_up_year(session, 2027, by=secretary.id, now=now)
    assert (first.due_on, second.state, duty.title) == (date(2027, 1, 20), State.CANCELLED, "Styremøte")
    assert "st-olavsloppet" not in [each.key for each in plan_year(session, 2028).new_duties]
    assert not any(each.title == "St. Olavsloppet" for each in plan_year(session, 2028).new_days)


def test_a_whole_year_is_undone_in_one_go(session: Session, secretary: User, now: datetime) -> None:
    _done, batch = set_up_year(session, 2027, by=secretary.id, now=now)
    session.commit()
    undo_batch(session, batch, by=secretary.id, now=now)
    assert session.scalar(select(func.count()).select_from(Occurrence)) == 0
    assert session.scalar(select(func.count()).select_from(Duty)) == 0


@pytest.mark.parametrize(("year", "lists"), [(2026, 0), (2027, 28)])
def test_election_duties_come_in_election_years(session: Session, year: int, lists: int) -> None:
    days = plan_year(session, year).new_days
    assert sum(each.title == "Valgliste til kommunevalget" for each in days) == lists


@pytest.mark.parametrize("year", [0, 1969, 2201, 99999])
def test_a_year_out_of_reach_is_refused(session: Session, year: int) -> None:
    with pytest.raises(BadInput, match="far_off"):
        plan_year(session, year)


def test_only_the_secretary_sets_up_a_year(session: Session, member: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        set_up_year(session, 2027, by=member.id, now=now)


def test_looking_asks_no_more_questions_for_more_rows(
    session: Session, now: datetime, today: date, make_duty: Callable[..., Duty], plan: Callable[..., Occurrence]
) -> None:
    from sqlalchemy import event

    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for size in (2, 40):
        for number in range(size):
            plan(make_duty(f"Oppgave {size}-{number}"), date(2026, 5, 1))
        session.commit()
        session.expunge_all()
        asked.clear()
        wheel = wheel_year(session, 2026, Sight(True, True), today=today)
        assert [each.duty.owners for each in wheel.occurrences]
        counts.append(len(asked))
    assert counts[0] == counts[1]
