"""Figures, strengths and weaknesses of a year beside those of the year before, and what the archive counts."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from archive.errors import BadInput
from archive.offices import OfficeDetails, OfficeKind, add_office
from archive.people import find_or_add_person
from archive.units import UnitKind, find_unit
from archive.workplan.counted import count_year
from archive.workplan.figures import Figure, status_of, write_status
from archive.workplan.plans import WorkPlan
from archive.workplan.revision import next_plan


@pytest.fixture
def say(session: Session, now: datetime, today: date) -> Callable[..., bool]:
    """Write down how a year stands."""

    def write(
        plan: WorkPlan,
        year: int,
        figures: dict[str, float | None],
        strong: Sequence[str] = (),
        weak: Sequence[str] = (),
    ) -> bool:
        typed = [Figure(label, value) for label, value in figures.items()]
        return write_status(
            session, plan, year, figures=typed, strengths=strong, weaknesses=weak, by=None, now=now, today=today
        )

    return write


def test_a_year_stands_beside_the_year_before(
    session: Session, plan: WorkPlan, adopt: Callable[[WorkPlan], None], say: Callable[..., bool], now: datetime
) -> None:
    assert say(
        plan, 2026, {"Medlemmer": 120, "Sykler": 3, "Lokallag": None}, ["- God kaffe", "", "Mange hender"], ["Lang vei"]
    )
    assert not say(plan, 2026, {"Medlemmer": 120, "Sykler": 3}, ["God kaffe", "Mange hender"], ["Lang vei"])
    adopt(plan)
    after = next_plan(session, plan, title="Neste", first_year=2027, last_year=2027, by=None, now=now)
    say(after, 2027, {"Lokallag": 9, "Medlemmer": 118}, ["Mange hender"], [])
    status = status_of(session, after, 2027)
    assert [(each.label, each.value, each.before, each.difference) for each in status.figures] == [
        ("Medlemmer", 118, 120, -2),
        ("Lokallag", 9, None, None),
        ("Sykler", None, 3, None),
    ]
    assert (status.strengths.texts, status.strengths.before) == (("Mange hender",), ("God kaffe", "Mange hender"))
    assert (status.weaknesses.texts, status.weaknesses.gone) == ((), ("Lang vei",))
    assert not status.strengths.is_new(status.strengths.now[0])


@pytest.mark.parametrize(
    ("year", "figures", "problem"),
    [
        (2030, {}, "year: outside"),
        (2026, {"": 3}, "figure_label: empty"),
        (2026, {"Medlemmer": 1, "medlemmer ": 2}, "same"),
        (2026, {"x" * 200: 1}, "too_long"),
    ],
)
def test_figures_that_cannot_be_kept_are_refused(
    plan: WorkPlan, say: Callable[..., bool], year: int, figures: dict[str, float], problem: str
) -> None:
    with pytest.raises(BadInput, match=problem):
        say(plan, year, figures)


def test_the_archive_counts_what_it_knows_and_nothing_else(session: Session, now: datetime, today: date) -> None:
    counted = count_year(session, 2026, today=today)
    assert counted["branches"] >= 28 and counted["interviews"] == 0
    assert "county-group" not in counted and "wheel-held" not in counted  # not known is not nought
    group = find_unit(session, "Fylkestingsgruppa", UnitKind.COUNCIL_GROUP)
    town = find_unit(session, "Frosta", UnitKind.MUNICIPALITY)
    assert group is not None and town is not None
    for name, unit in (("Una Oppdiktet", group), ("Una Oppdiktet", town), ("Per Påfunn", town)):
        person = find_or_add_person(session, name)
        add_office(
            session, OfficeDetails(unit.id, person.id, OfficeKind.ELECTED, "folkevalgt", "2023"), by=None, now=now
        )
    counted = count_year(session, 2026, today=today)
    assert (counted["county-group"], counted["representatives"], counted["municipalities"]) == (1, 2, 1)
    assert count_year(session, 2027, today=today) == {}
