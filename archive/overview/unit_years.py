"""Figures of a municipality, or of the county itself, for one year: members, activity, lists and programmes.

Members are numbers and never names. What nobody has reported is None, which is another thing than nought.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.database import Base
from archive.errors import BadInput
from archive.overview.sight import require_row
from archive.row_history import RowChange, Thing, note_change, snapshot
from archive.typed import many_lines
from archive.units import Unit, UnitKind
from archive.yearwheel.recurrence import is_election_year

FIRST_YEAR, LAST_YEAR = 1961, 2200
MOST_MEMBERS = 99_999
MOST_LISTS = 999
LONGEST_NOTE = 5_000
# Whose figures are kept. A branch's stand with its municipality, so that a new branch inherits them.
COUNTED = (UnitKind.MUNICIPALITY, UnitKind.COUNTY_BRANCH)


class ListWork(enum.StrEnum):
    """How far an election list has come (listestilling)."""

    NOT_BEGUN = "not_begun"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    NO_LIST = "no_list"  # it is decided that there is none


class ProgrammeWork(enum.StrEnum):
    """How far an election programme has come."""

    NOT_BEGUN = "not_begun"
    UNDER_WAY = "under_way"
    ADOPTED = "adopted"


class UnitYear(Base):
    """What is reported of one unit for one year."""

    __tablename__ = "unit_year"
    __table_args__ = (UniqueConstraint("unit_id", "year"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    year: Mapped[int] = mapped_column(index=True)
    members: Mapped[int | None]
    counted_on: Mapped[date | None]  # the day that `members` is the number of; None: nobody has said
    is_active: Mapped[bool | None]  # whether the branch does anything
    list_work: Mapped[ListWork | None]  # for the first election in or after the year
    programme_work: Mapped[ProgrammeWork | None]
    list_goal: Mapped[int | None]  # of the county: in how many municipalities there are to be lists
    note: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()


@dataclass(frozen=True, slots=True)
class Figures:
    """What somebody reports of a unit for a year; None: not reported."""

    members: int | None = None
    counted_on: date | None = None
    is_active: bool | None = None
    list_work: ListWork | None = None
    programme_work: ProgrammeWork | None = None
    list_goal: int | None = None
    note: str = ""


def election_of(year: int) -> int:
    """The municipal election that a year's work is for: the first in or after it."""
    return next(each for each in range(year, year + 4) if is_election_year(each))


def write_unit_year(
    session: Session, unit: Unit, year: int, figures: Figures, *, by: int | None, now: datetime, today: date
) -> RowChange | None:
    """Write down a unit's figures for a year; None when nothing is different.

    Raises:
        NotAllowed: `by` is neither secretary nor leads a branch there.
        BadInput: `year` is "far_off", `unit` is "unknown" (none that figures are kept of), or a value cannot be kept.
    """
    require_row(session, by, unit.id, today=today)
    check_year(year)
    if unit.kind not in COUNTED:
        raise BadInput("unit", "unknown")
    row = unit_year(session, unit.id, year)
    before = snapshot(row) if row else None
    if row is None:
        row = UnitYear(unit_id=unit.id, year=year, changed_at=now)
    with session.no_autoflush:
        put_figures(row, figures, today=today)
    if before is not None and snapshot(row) == before:
        return None
    row.changed_at = now
    session.add(row)
    return note_change(
        session, row, before, act="changed" if before else "added", by=by, now=now, thing=page_of(unit.id)
    )


def put_figures(row: UnitYear, figures: Figures, *, today: date) -> None:
    """Put figures that can be kept into a row.

    Raises:
        BadInput: `members` or `list_goal` is "out_of_range"; `counted_on` is "future", or "other_year" (before the year
            it is the number of, or more than a year after it); `note` is "too_long".
    """
    for field, most in (("members", MOST_MEMBERS), ("list_goal", MOST_LISTS)):
        value = getattr(figures, field)
        if value is not None and not 0 <= value <= most:
            raise BadInput(field, "out_of_range")
    if figures.counted_on is not None:
        if figures.counted_on > today:
            raise BadInput("counted_on", "future")
        if not date(row.year, 1, 1) <= figures.counted_on <= date(row.year + 1, 12, 31):
            raise BadInput("counted_on", "other_year")
    note = many_lines(figures.note, "note", limit=LONGEST_NOTE)
    row.members, row.counted_on, row.is_active = figures.members, figures.counted_on, figures.is_active
    row.list_work, row.programme_work = figures.list_work, figures.programme_work
    row.list_goal, row.note = figures.list_goal, note


def check_year(year: int) -> None:
    """That figures can be kept for a year.

    Raises:
        BadInput: `year` is "far_off".
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadInput("year", "far_off")


def unit_year(session: Session, unit_id: int, year: int) -> UnitYear | None:
    """What is reported of a unit for a year; None for nothing."""
    return session.scalar(select(UnitYear).where(UnitYear.unit_id == unit_id, UnitYear.year == year))


def unit_years(session: Session, first: int, last: int, *, unit_id: int | None = None) -> Sequence[UnitYear]:
    """What is reported for these years, of all units or of one, the latest year first."""
    found = select(UnitYear).where(UnitYear.year.between(first, last))
    if unit_id is not None:
        found = found.where(UnitYear.unit_id == unit_id)
    return session.scalars(found.order_by(UnitYear.year.desc(), UnitYear.unit_id)).all()


@dataclass(frozen=True, slots=True)
class ElectionWork:
    """How far lists and programme have come for an election, and when that was last reported. Years None: never."""

    list_work: ListWork | None = None
    list_year: int | None = None
    programme_work: ProgrammeWork | None = None
    programme_year: int | None = None


def election_work(rows: Iterable[UnitYear], year: int) -> ElectionWork:
    """What was last reported, up to a year, of the work for that year's election. Pure: the rows are one unit's."""
    since = election_of(year) - 3
    theirs = sorted((each for each in rows if since <= each.year <= year), key=lambda each: -each.year)
    lists = next((each for each in theirs if each.list_work is not None), None)
    programme = next((each for each in theirs if each.programme_work is not None), None)
    return ElectionWork(
        list_work=lists.list_work if lists else None,
        list_year=lists.year if lists else None,
        programme_work=programme.programme_work if programme else None,
        programme_year=programme.year if programme else None,
    )


def page_of(unit_id: int) -> Thing:
    """On whose page the changes of a unit's figures, wishes and help are shown."""
    return Thing("overview", unit_id)
