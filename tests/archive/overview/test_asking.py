"""Whom a representative can ask: everybody once, the nearest first."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from archive.offices import OfficeKind
from archive.organisation.tree import Listed, list_units
from archive.overview.asking import Representative, near_count, representatives, whom_to_ask
from archive.units import UnitKind
from tests.archive.organisation.conftest import Hold
from tests.archive.overview.test_unit_years import Find


def place(number: int, region: int | None, kind: UnitKind = UnitKind.MUNICIPALITY) -> Listed:
    return Listed(number, f"Sted {number}", kind, None, region, None, "", True, (), None)


PLACES = [place(1, 10), place(2, 10), place(3, 11), place(4, None), place(9, None, UnitKind.COUNCIL_GROUP)]
people = st.lists(
    st.builds(
        lambda number, where, roles: Representative(number, f"Nr {number}", where, where.region_id, tuple(roles)),
        st.integers(1, 12),
        st.sampled_from(PLACES),
        st.lists(st.sampled_from(["kommunestyrerepresentant", "Varaordfører", "ordfører"]), min_size=1, unique=True),
    ),
    min_size=1,
    max_size=20,
)
ORDER = ["role_and_region", "region", "role", "higher", "municipalities"]


@given(people)
def test_everybody_stands_once_and_nobody_asks_himself(everybody: list[Representative]) -> None:
    one = everybody[0]
    circles = whom_to_ask(one, everybody)
    asked = [each.person_id for circle in circles for each in circle.people]
    assert len(asked) == len(set(asked)) and one.person_id not in asked
    assert all(before < after for before, after in pairwise(ORDER.index(circle.why) for circle in circles))
    for circle in circles:
        for each in circle.people:
            same_role = {role.casefold() for role in one.roles} & {role.casefold() for role in each.roles}
            if circle.why == "role_and_region":
                assert same_role and (each.place.id == one.place.id or each.region_id == one.region_id is not None)
            if circle.why == "role":
                assert same_role
    higher = {each.person_id for each in everybody if each.place.kind == UnitKind.COUNCIL_GROUP} - {one.person_id}
    assert higher <= set(asked)


@pytest.mark.parametrize(("number", "region", "near"), [(1, 10, 2), (2, 10, 1), (3, 11, 0), (4, None, 0)])
def test_how_many_are_near(number: int, region: int | None, near: int) -> None:
    everybody = [Representative(each, f"Nr {each}", PLACES[each % 2], 10, ("ordfører",)) for each in (1, 2, 3)]
    assert near_count(number, region, everybody) == near


def test_a_seat_in_a_committee_belongs_to_its_group_and_a_branch_to_its_municipality(
    session: Session, unit_named: Find, hold: Hold, today: object
) -> None:
    hold(unit_named("Fylkestingsgruppa"), "Fylkes Fabel", OfficeKind.ELECTED, title="medlem")
    hold(unit_named("Hovedutvalg for kultur"), "Fylkes Fabel", OfficeKind.ELECTED, title="nestleder")
    hold(unit_named("Snåsa SV"), "Olga Oppdiktet", OfficeKind.ELECTED, title="varaordfører")
    hold(unit_named("Snåsa", UnitKind.MUNICIPALITY), "Per Påfunnet", OfficeKind.ELECTED_SUBSTITUTE, title="vara")
    hold(unit_named("Kvinnepolitisk utvalg"), "Ikke Valgt", OfficeKind.ELECTED, title="medlem")
    found = representatives(session, today, list_units(session, today=today))  # type: ignore[arg-type]
    assert [(each.name, each.place.name, each.roles) for each in found] == [
        ("Fylkes Fabel", "Fylkestingsgruppa", ("medlem", "nestleder i Hovedutvalg for kultur")),
        ("Olga Oppdiktet", "Snåsa", ("varaordfører",)),
    ]
