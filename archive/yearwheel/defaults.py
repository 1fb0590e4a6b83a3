"""The duties that a year wheel begins with, read from the file beside this one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from archive.offices import OfficeKind
from archive.units import UnitKind
from archive.yearwheel.duties import DutyDetails, Owner, Per, Strength

_FILE = Path(__file__).with_name("defaults.toml")
_OWN = "own"  # the unit that has the duty for itself


@dataclass(frozen=True, slots=True)
class FirstDuty:
    """A duty as the file says it. Units are named by their keys (`archive.organisation.beginning`)."""

    key: str
    details: DutyDetails
    owners: tuple[tuple[OfficeKind, str], ...]

    def with_owners(self, units: Mapping[str, int]) -> DutyDetails:
        """The duty with those of its owners whose unit is in this archive."""
        found = [
            Owner(kind, None if key == _OWN else units[key]) for kind, key in self.owners if key == _OWN or key in units
        ]
        return DutyDetails(**{**_fields(self.details), "owners": tuple(found)})


@cache
def first_duties() -> tuple[FirstDuty, ...]:
    """What stands in the file, in its order, which is the plan's as far as it goes."""
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(_told(each, told["first"]) for each in told["duty"])


def _told(each: dict[str, Any], first: date) -> FirstDuty:
    rule = each.get("rule", "")
    details = DutyDetails(
        title=each["title"],
        about=each["about"],
        strength=Strength(each["strength"]),
        per=Per(each["per"]),
        minimum=each.get("minimum"),
        each_of=UnitKind(each["each_of"]) if "each_of" in each else None,
        rule=rule,
        first_on=first if rule else None,
        starts=time.fromisoformat(each["clock"]) if "clock" in each else None,
        lead_days=each["lead_days"],
        checklist=tuple(each.get("checklist", ())),
        for_members=each.get("for_members", False),
        source_lines=each["lines"],
    )
    return FirstDuty(each["key"], details, tuple((OfficeKind(kind), key) for kind, key in each["owners"]))


def _fields(details: DutyDetails) -> dict[str, Any]:
    return {name: getattr(details, name) for name in DutyDetails.__slots__}
