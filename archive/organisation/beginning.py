"""Putting in the organisation that an archive begins with: once, and never over anything that a person wrote."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.people import name_key
from archive.site import get_setting, set_setting
from archive.units import Unit, UnitDetails, UnitKind, add_unit

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
        note = region.get("note", "")
        found.append(FirstUnit(region["key"], region["name"], UnitKind.REGION, parent="county", note=note))
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
    """Put in what is not there, and say how many units that was. What has the same name and kind is taken to be it."""
    known = {each.key: each for each in session.scalars(select(Unit).where(Unit.key.is_not(None)))}
    named = {(each.name_key, each.kind): each for each in session.scalars(select(Unit))}
    added = 0
    for first in first_units():
        if first.key in known:
            continue
        same = named.get((name_key(first.name), first.kind))
        if same is None:
            same = add_unit(session, _details(first, known), by=by, now=now, key=first.key)
            added += 1
        elif same.key is None:
            same.key = first.key
        known[first.key] = same
    set_setting(session, _PUT_IN, now.date().isoformat())
    return added


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


def _details(first: FirstUnit, known: dict[str | None, Unit]) -> UnitDetails:
    def id_of(key: str | None) -> int | None:
        return known[key].id if key is not None else None

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
