"""The figures of a year that the archive can count by itself, offered to whoever writes them."""

from datetime import date

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from archive.access import Viewer, visible_to
from archive.accounts import Role
from archive.interviews import Interview, Status
from archive.offices import Office, OfficeKind
from archive.units import Unit, UnitKind
from archive.yearwheel.looking import Sight, wheel_year

_SECRETARY = Viewer(Role.SECRETARY)  # who writes the figures; what lies in the bin is not counted
_UNITS = {
    "branches": UnitKind.LOCAL_BRANCH,
    "town-districts": UnitKind.TOWN_DISTRICT,
    "senior-groups": UnitKind.SENIOR_GROUP,
}
# Units that the archive begins with (`archive.organisation.beginning`).
_GROUPS = {"parliament": "group:parliament", "county-group": "group:county"}


def count_year(session: Session, year: int, *, today: date) -> dict[str, int]:
    """What the archive counts, by the keys of `figures.USUAL`; nothing of a year to come.

    Units and representatives are those of the year's last day, or of today. One of which nothing is written down (no
    office in the county group, say) is left out: it is not nought, it is not known.
    """
    if year > today.year:
        return {}
    day = min(today, date(year, 12, 31))
    return (
        _units(session, day) | _elected(session, day) | _interviews(session, year, today) | _wheel(session, year, today)
    )


def _units(session: Session, day: date) -> dict[str, int]:
    there = select(Unit.kind, func.count()).where(Unit.begins <= day, Unit.ends >= day).group_by(Unit.kind)
    found = {row[0]: row[1] for row in session.execute(there)}
    return {key: found[kind] for key, kind in _UNITS.items() if found.get(kind)}


def _elected(session: Session, day: date) -> dict[str, int]:
    held = (
        select(Unit.key, func.count(distinct(Office.person_id)))
        .join(Unit, Unit.id == Office.unit_id)
        .where(Office.kind == OfficeKind.ELECTED, Office.begins <= day, Office.ends >= day)
        .where(Unit.key.in_(_GROUPS.values()))
        .group_by(Unit.key)
    )
    found = {row[0]: row[1] for row in session.execute(held)}
    groups = {key: found[unit] for key, unit in _GROUPS.items() if found.get(unit)}
    place = func.coalesce(Unit.municipality_id, Unit.id)
    local = (
        select(func.count(distinct(Office.person_id)), func.count(distinct(place)))
        .join(Unit, Unit.id == Office.unit_id)
        .where(Office.kind == OfficeKind.ELECTED, Office.begins <= day, Office.ends >= day)
        .where((Unit.kind == UnitKind.MUNICIPALITY) | Unit.municipality_id.is_not(None))
    )
    people, municipalities = session.execute(local).one()
    return groups | ({"representatives": people, "municipalities": municipalities} if people else {})


def _interviews(session: Session, year: int, today: date) -> dict[str, int]:
    held = select(func.count()).where(
        Interview.status != Status.PLANNED,
        Interview.held_on >= date(year, 1, 1),
        Interview.held_on <= date(year, 12, 31),
        visible_to(_SECRETARY, today=today),
    )
    return {"interviews": session.scalar(held) or 0}


def _wheel(session: Session, year: int, today: date) -> dict[str, int]:
    wheel = wheel_year(session, year, Sight(sees_all=True, may_edit=False), today=today)
    if not wheel.occurrences:
        return {}
    whole = wheel.whole()
    return {"wheel-held": whole.held, "wheel-missing": whole.missing}
