"""Yearly figures: what can be kept, what nobody has reported, who may write, and the way back."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from archive.access import Viewer
from archive.accounts import User
from archive.errors import BadInput, NotAllowed
from archive.offices import OfficeKind
from archive.organisation.rights import say_who_logs_in
from archive.overview.sight import sight_of
from archive.overview.unit_years import (
    Figures,
    ListWork,
    ProgrammeWork,
    UnitYear,
    election_of,
    election_work,
    page_of,
    unit_year,
    write_unit_year,
)
from archive.row_history import changes_of, undo_change
from archive.units import Unit, UnitKind
from tests.archive.organisation.conftest import Hold

Find = Callable[..., Unit]


@pytest.fixture
def frosta(unit_named: Find) -> Unit:
    """A municipality without a branch."""
    return unit_named("Frosta", UnitKind.MUNICIPALITY)


def test_figures_are_written_changed_and_taken_back(session: Session, frosta: Unit, now: datetime, today: date) -> None:
    first = Figures(members=7, counted_on=today, list_work=ListWork.UNDER_WAY)
    for figures in (first, Figures(members=8)):
        write_unit_year(session, frosta, 2026, figures, by=None, now=now, today=today)
    assert write_unit_year(session, frosta, 2026, Figures(members=8), by=None, now=now, today=today) is None
    newest, added = changes_of(session, *_page(frosta))
    undo_change(session, newest, by=None, now=now)
    row = unit_year(session, frosta.id, 2026)
    assert row is not None and (row.members, row.list_work, row.counted_on) == (7, ListWork.UNDER_WAY, today)
    undo_change(session, changes_of(session, *_page(frosta))[0], by=None, now=now)  # the undo is undone
    row = unit_year(session, frosta.id, 2026)
    assert row is not None and (row.members, row.list_work) == (8, None)
    assert added.act == "added"


def _page(unit: Unit) -> tuple[str, int]:
    thing = page_of(unit.id)
    return thing.kind, thing.id


@pytest.mark.parametrize(
    ("year", "figures", "field", "problem"),
    [
        (2026, Figures(members=-1), "members", "out_of_range"),
        (2026, Figures(members=100_000), "members", "out_of_range"),
        (2026, Figures(counted_on=date(2026, 3, 15)), "counted_on", "future"),
        (2026, Figures(counted_on=date(2025, 12, 31)), "counted_on", "other_year"),
        (2026, Figures(list_goal=1000), "list_goal", "out_of_range"),
        (2026, Figures(note="a" * 5001), "note", "too_long"),
        (1900, Figures(), "year", "far_off"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_changed(
    session: Session, frosta: Unit, now: datetime, today: date, year: int, figures: Figures, field: str, problem: str
) -> None:
    with pytest.raises(BadInput) as refused:
        write_unit_year(session, frosta, year, figures, by=None, now=now, today=today)
    assert (refused.value.field, refused.value.problem) == (field, problem)
    session.expire_all()
    assert unit_year(session, frosta.id, year) is None


def test_a_branch_has_no_figures_of_its_own(session: Session, unit_named: Find, now: datetime, today: date) -> None:
    with pytest.raises(BadInput):
        write_unit_year(session, unit_named("Snåsa SV"), 2026, Figures(members=3), by=None, now=now, today=today)


def test_a_branch_leader_writes_the_own_row_and_no_other(
    session: Session, unit_named: Find, hold: Hold, member: User, now: datetime, today: date
) -> None:
    snasa, frosta = (unit_named(name, UnitKind.MUNICIPALITY) for name in ("Snåsa", "Frosta"))
    office = hold(unit_named("Snåsa SV"))
    say_who_logs_in(session, member, office.person, by=None, now=now)
    write_unit_year(session, snasa, 2026, Figures(members=4), by=member.id, now=now, today=today)
    with pytest.raises(NotAllowed):
        write_unit_year(session, frosta, 2026, Figures(members=4), by=member.id, now=now, today=today)
    sight = sight_of(session, Viewer(member.role, member.id), today=today)
    assert (sight.sees_all, sight.own) == (False, frozenset({snasa.id}))
    office.held = "2024/2025"
    session.flush()
    with pytest.raises(NotAllowed):
        write_unit_year(session, snasa, 2026, Figures(members=5), by=member.id, now=now, today=today)


def test_the_board_reads_all_and_writes_nothing(
    session: Session, unit_named: Find, hold: Hold, member: User, now: datetime, today: date
) -> None:
    county = unit_named("Trøndelag SV", UnitKind.COUNTY_BRANCH)
    say_who_logs_in(session, member, hold(county, kind=OfficeKind.MEMBER).person, by=None, now=now)
    sight = sight_of(session, Viewer(member.role, member.id), today=today)
    assert sight.sees_all and not sight.may_edit and not sight.writes(county.id)


@pytest.mark.parametrize(("year", "election"), [(2023, 2023), (2024, 2027), (2026, 2027), (2027, 2027), (2028, 2031)])
def test_a_years_work_is_for_the_first_election_to_come(year: int, election: int) -> None:
    assert election_of(year) == election


@given(
    st.dictionaries(
        st.integers(2018, 2032),
        st.tuples(st.none() | st.sampled_from(list(ListWork)), st.none() | st.sampled_from(list(ProgrammeWork))),
    ),
    st.integers(2018, 2032),
)
def test_the_last_report_for_an_election_counts_and_none_of_another(
    reported: dict[int, tuple[ListWork | None, ProgrammeWork | None]], year: int
) -> None:
    rows = [UnitYear(year=each, list_work=lists, programme_work=work) for each, (lists, work) in reported.items()]
    found = election_work(rows, year)
    for place, (work, since) in enumerate(
        [(found.list_work, found.list_year), (found.programme_work, found.programme_year)]
    ):
        known = [
            each
            for each in range(year, year - 4, -1)
            if election_of(each) == election_of(year) and reported.get(each, (None, None))[place] is not None
        ]
        assert since == (known[0] if known else None)
        assert work == (reported[known[0]][place] if known else None)
