"""An invented bit of organisation beside the one that every archive begins with."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from archive.offices import Office, OfficeDetails, OfficeKind, add_office
from archive.people import Person, find_or_add_person
from archive.units import Unit, UnitDetails, UnitKind, add_unit, find_unit

Hold = Callable[..., Office]


@pytest.fixture
def unit_named(session: Session) -> Callable[..., Unit]:
    """The unit of this name, which has to be there."""

    def find(name: str, kind: UnitKind | None = None) -> Unit:
        unit = find_unit(session, name, kind)
        assert unit is not None, name
        return unit

    return find


@pytest.fixture
def hold(session: Session, now: datetime) -> Hold:
    """Let somebody hold an office in a unit."""

    def add(
        unit: Unit,
        person: str = "Olga Oppdiktet",
        kind: OfficeKind = OfficeKind.LEADER,
        held_from: str = "2024",
        held_to: str = "",
        title: str = "",
    ) -> Office:
        holder: Person = find_or_add_person(session, person)
        details = OfficeDetails(unit.id, holder.id, kind, title or kind.value, held_from, held_to)
        return add_office(session, details, by=None, now=now)

    return add


@pytest.fixture
def make_unit(session: Session, now: datetime) -> Callable[..., Unit]:
    """A new unit of this name and kind."""

    def make(name: str, kind: UnitKind = UnitKind.LOCAL_BRANCH, **more: object) -> Unit:
        return add_unit(session, UnitDetails(name=name, kind=kind, **more), by=None, now=now)  # type: ignore[arg-type]

    return make
