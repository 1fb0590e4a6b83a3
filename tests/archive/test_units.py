from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.errors import BadInput, NotAllowed, NotFound
from archive.units import FormerName, Unit, UnitDetails, UnitKind, add_unit, change_unit, end_unit, find_unit, load_unit

Make = Callable[..., Unit]


@pytest.fixture
def make(session: Session, now: datetime) -> Make:
    """A new unit of this name, a branch unless something else is said."""

    def add(name: str, kind: UnitKind = UnitKind.LOCAL_BRANCH, **more: object) -> Unit:
        return add_unit(session, UnitDetails(name=name, kind=kind, **more), by=None, now=now)  # type: ignore[arg-type]

    return add


def test_a_unit_keeps_its_dates_as_well_as_anybody_knows_them(make: Make, today: date) -> None:
    unit = make(
        "Utopia SV",
        active_from="ca. 1975",
        former_names=(FormerName("Utopia SF", "1961–1975"), FormerName(" ")),
        note="  Stiftet på kaia.  ",
    )
    assert unit.active == "1975~/.."
    assert unit.former_names == [["Utopia SF", "1961/1975"]]
    assert unit.note == "Stiftet på kaia."
    assert unit.is_active(today)
    assert not unit.is_active(date(1974, 12, 31))


@pytest.mark.parametrize(
    ("details", "field", "problem"),
    [
        ({"name": " "}, "name", "empty"),
        ({"name": "x" * 201}, "name", "too_long"),
        ({"name": "snåsa sv"}, "name", "taken"),
        ({"active_from": "1975", "active_to": "1971"}, "active_to", "backwards"),
        ({"active_from": "31.02.1974"}, "active_from", "no_such_day"),
        ({"seats": 1000}, "seats", "out_of_range"),
        ({"parent_id": 2**31}, "parent_id", "unknown"),
        ({"region_id": 999_999}, "region_id", "unknown"),
        ({"kind": UnitKind.MUNICIPALITY, "municipality_number": "50"}, "municipality_number", "unreadable"),
        ({"kind": UnitKind.MUNICIPALITY, "municipality_number": "5001"}, "municipality_number", "taken"),
        ({"former_names": (FormerName("Utopia SF", "en gang"),)}, "former_names", "unreadable_date"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    session: Session, make: Make, details: dict[str, object], field: str, problem: str
) -> None:
    values = {"name": "Utopia SV", **details}
    with pytest.raises(BadInput) as raised:
        make(str(values.pop("name")), values.pop("kind", UnitKind.LOCAL_BRANCH), **values)  # type: ignore[arg-type]
    assert (raised.value.field, raised.value.problem) == (field, problem)
    assert find_unit(session, "Utopia SV") is None


def test_a_unit_is_never_under_itself(session: Session, make: Make, now: datetime) -> None:
    top = make("Øvre", UnitKind.OTHER)
    middle = make("Midtre", UnitKind.OTHER, parent_id=top.id)
    low = make("Nedre", UnitKind.OTHER, parent_id=middle.id)
    for parent in (low, top):
        with pytest.raises(BadInput, match="loop"), session.begin_nested():
            changed = UnitDetails("Øvre", UnitKind.OTHER, parent_id=parent.id)
            change_unit(session, top, changed, by=None, now=now)
        session.refresh(top)
    assert top.parent_id is None
    with pytest.raises(BadInput, match="loop"):
        end_unit(session, low, active_to="2012", merged_into_id=low.id, by=None, now=now)


def test_a_branch_in_a_municipality_follows_its_region(session: Session, make: Make) -> None:
    place = find_unit(session, "Steinkjer", UnitKind.MUNICIPALITY)
    region = find_unit(session, "Namdalen", UnitKind.REGION)
    assert place is not None
    assert region is not None
    branch = make("Malm SV", municipality_id=place.id, region_id=region.id)
    assert (branch.municipality_id, branch.region_id) == (place.id, None)
    committee = make("Oppdiktet utvalg", UnitKind.COMMITTEE, municipality_id=place.id, region_id=region.id)
    assert (committee.municipality_id, committee.region_id) == (None, None)


def test_a_unit_ends_and_says_what_it_became(session: Session, make: Make, now: datetime, today: date) -> None:
    small, large = make("Lille Utopia SV", active_from="1975"), make("Store Utopia SV")
    with pytest.raises(BadInput, match="empty"):
        end_unit(session, small, active_to=" ", by=None, now=now)
    end_unit(session, small, active_to="2012", merged_into_id=large.id, by=None, now=now)
    assert (small.active, small.merged_into) == ("1975/2012", large)
    assert not small.is_active(today)
    end_unit(session, large, active_to="2013", by=None, now=now)
    assert large.active == "../2013"


def test_two_of_one_name_are_told_apart_by_what_they_are(session: Session) -> None:
    assert find_unit(session, "trondheim") is None
    region = find_unit(session, "TRONDHEIM", UnitKind.REGION)
    assert region is not None
    assert region.kind == UnitKind.REGION


def test_only_the_secretary_changes_units(session: Session, volunteer: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        add_unit(session, UnitDetails("Utopia SV", UnitKind.LOCAL_BRANCH), by=volunteer.id, now=now)
    for number in (987_654, 2**40):
        with pytest.raises(NotFound):
            load_unit(session, number)
