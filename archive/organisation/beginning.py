"""Putting in the organisation that an archive begins with: once, and never over anything that a person wrote."""

import secrets
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.audit import note
from archive.people import name_key
from archive.row_history import Touched, note_changes
from archive.site import get_setting, set_setting
from archive.units import Unit, UnitDetails, UnitKind, write_unit

_FILE = Path(__file__).with_name("trondelag_sv.toml")
_PUT_IN = "organisation_put_in"


@dataclass(frozen=True, slots=True)
class FirstUnit:
    """A unit as the file says it. Others are named by their keys."""

    key: str
    name: str
    kind: UnitKind
    parent: str | None = None
    region: str | None = None
    municipality: str | None = None
    municipality_number: str = ""
    merged_into: str | None = None
    active_from: str = ""
    active_to: str = ""
    seats: int | None = None
    note: str = ""


@cache
def first_units() -> tuple[FirstUnit, ...]:
    """What stands in the file, those that others name before those that name them."""
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    found = [_told(each) for each in told["unit"]]
    for region in told["region"]:
        said = region.get("note", "")
        found.append(FirstUnit(region["key"], region["name"], UnitKind.REGION, parent="county", note=said))
        for name, number in region["municipalities"].items():
            found += _municipality(name, number, region["key"])
    for name, number in told["outside"]["municipalities"].items():
        found += _municipality(name, number, None)
    return tuple(found)


def put_in_once(session: Session, *, now: datetime) -> None:
    """What `stemme init` does. What a person has changed or taken away since stays so."""
    if get_setting(session, _PUT_IN) is None:
        put_in(session, by=None, now=now)


def put_in(session: Session, *, by: int | None, now: datetime) -> int:
    """Put in what is not there, and say how many units that was.

    What has the same name and kind, or the same municipality's number, is taken to be it.
    """
    require_at_least(session, by, "put_in_organisation", Role.SECRETARY)
    there = list(session.scalars(select(Unit)))
    known = {each.key: each for each in there if each.key is not None}
    same = {(each.name_key, each.kind): each for each in there}
    same_number = {each.municipality_number: each for each in there if each.municipality_number}
    added = []
    for first in (each for each in first_units() if each.key not in known):
        unit = same.get((name_key(first.name), first.kind)) or same_number.get(first.municipality_number)
        if unit is None:
            unit = Unit()
            write_unit(unit, _details(first, {}))
            session.add(unit)
            added.append((unit, first))
        unit.key = unit.key or first.key
        known[first.key] = unit
    session.flush()  # now each has its number, by which others name it
    for unit, first in added:
        write_unit(unit, _details(first, known))
    batch = f"organisation:{secrets.token_hex(8)}"
    note_changes(session, [Touched(unit, None) for unit, _first in added], act="added", by=by, now=now, batch=batch)
    note(session, "put_in_organisation", "unit", "", user_id=by, now=now, units=len(added))
    set_setting(session, _PUT_IN, now.date().isoformat())
    return len(added)


def is_whole(session: Session) -> bool:
    """Whether nothing of it is missing."""
    keys = set(session.scalars(select(Unit.key).where(Unit.key.is_not(None))))
    return {each.key for each in first_units()} <= keys


def _told(each: dict[str, Any]) -> FirstUnit:
    renamed = {"from": "active_from", "to": "active_to"}
    values = {renamed.get(name, name): value for name, value in each.items()}
    return FirstUnit(**{**values, "kind": UnitKind(values["kind"])})


def _municipality(name: str, number: str, region: str | None) -> Iterator[FirstUnit]:
    """A municipality, and its branch where it is in a region."""
    key = f"municipality:{number}"
    yield FirstUnit(key, name, UnitKind.MUNICIPALITY, region=region, municipality_number=number)
    if region is not None:
        yield FirstUnit(f"branch:{number}", f"{name} SV", UnitKind.LOCAL_BRANCH, parent="county", municipality=key)


def _details(first: FirstUnit, known: Mapping[str, Unit]) -> UnitDetails:
    """What the file says of a unit, with those of the units it names that are `known`."""

    def id_of(key: str | None) -> int | None:
        return known[key].id if key is not None and key in known else None

    return UnitDetails(
        name=first.name,
        kind=first.kind,
        parent_id=id_of(first.parent),
        region_id=id_of(first.region),
        municipality_id=id_of(first.municipality),
        municipality_number=first.municipality_number,
        merged_into_id=id_of(first.merged_into),
        active_from=first.active_from,
        active_to=first.active_to,
        seats=first.seats,
        note=first.note,
    )
