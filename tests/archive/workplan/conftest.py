"""An invented plan of an invented year."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from archive.units import UnitKind, find_unit
from archive.workplan.item_acts import add_items
from archive.workplan.items import ItemDetails, WorkPlanItem
from archive.workplan.outline import ItemKind
from archive.workplan.plans import Adoption, PlanDetails, WorkPlan, add_plan, adopt_plan


@pytest.fixture
def county(session: Session) -> int:
    """The number of the county branch."""
    unit = find_unit(session, "Trøndelag SV", UnitKind.COUNTY_BRANCH)
    assert unit is not None
    return unit.id


@pytest.fixture
def plan(session: Session, county: int, now: datetime) -> WorkPlan:
    """A proposal for the year of `now`."""
    return add_plan(session, PlanDetails("Arbeidsplan 2026", county, 2026, 2026), by=None, now=now)


@pytest.fixture
def write(session: Session, now: datetime) -> Callable[..., list[WorkPlanItem]]:
    """Put lines into a plan: `# ` a heading, `- ` a measure, anything else a goal."""

    def add(plan: WorkPlan, *lines: str, why: str = "") -> list[WorkPlanItem]:
        kinds = {"#": ItemKind.HEADING, "-": ItemKind.MEASURE}
        many = [ItemDetails(kinds.get(line[0], ItemKind.GOAL), line.lstrip("#- ")) for line in lines]
        return add_items(session, plan, many, why=why, by=None, now=now)

    return add


@pytest.fixture
def adopt(session: Session, now: datetime, today: date) -> Callable[[WorkPlan], None]:
    """Let an invented meeting adopt a plan."""

    def decide(plan: WorkPlan) -> None:
        adopt_plan(session, plan, Adoption(today, "Årsmøtet, sak 8"), by=None, now=now, today=today)

    return decide
