"""A year wheel of a few invented duties, and of those that every archive begins with."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from archive.yearwheel.duties import Duty, DutyDetails, add_duty
from archive.yearwheel.occurrences import Occurrence, When, plan_occurrence


@pytest.fixture
def make_duty(session: Session, now: datetime) -> Callable[..., Duty]:
    """A new duty; what is not said is as in `DutyDetails`."""

    def make(title: str = "Rydde kontoret", **more: object) -> Duty:
        return add_duty(session, DutyDetails(title=title, **more), by=None, now=now)  # type: ignore[arg-type]

    return make


@pytest.fixture
def plan(session: Session, now: datetime) -> Callable[..., Occurrence]:
    """A day that somebody sets for a duty."""

    def set_day(duty: Duty, day: date, *, unit_id: int | None = None, **more: object) -> Occurrence:
        when = When(day, **more)  # type: ignore[arg-type]
        return plan_occurrence(session, duty, when, unit_id=unit_id, by=None, now=now)

    return set_day
