"""The overview: a line for each municipality and one for the county itself, as the board reads it for a year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.organisation.tree import Listed, alphabetical, list_units
from archive.overview.asking import Representative, near_count, representatives
from archive.overview.helping import NO_HELP, HelpState, UnitHelp, WheelOfUnit, wheel_by_unit, years_help
from archive.overview.unit_years import ElectionWork, ListWork, ProgrammeWork, UnitYear, election_work, unit_years
from archive.overview.wishes import FollowUpWish, wishes
from archive.units import BRANCHES, UnitKind

YEARS_DRAWN = 8  # of members, the year that is shown last


@dataclass(frozen=True, slots=True)
class Line:
    """One municipality, or the county, in one year."""

    unit: Listed
    region: Listed | None  # None: in none; the county's, too
    branches: tuple[Listed, ...]  # of today
    row: UnitYear | None  # what is reported for the year itself
    members_before: int | None  # of the year before
    election: ElectionWork
    held: int  # how much its branches have held of what the year wheel asks of them
    help: HelpState
    representatives: tuple[Representative, ...]
    seats: int | None  # how many the party has there; None: not reported, or of a year that is past
    near: int  # representatives of the region's other municipalities
    wishes: tuple[FollowUpWish, ...]  # that wait for an answer
    wishes_answered: int

    @property
    def members(self) -> int | None:
        """How many members are reported."""
        return self.row.members if self.row else None

    @property
    def more_members(self) -> int | None:
        """How many more than the year before; None where one of the two is not reported."""
        if self.members is None or self.members_before is None:
            return None
        return self.members - self.members_before

    @property
    def is_active(self) -> bool | None:
        """Whether the branch does anything: as reported, else what it has held; None: nobody knows."""
        if self.row is not None and self.row.is_active is not None:
            return self.row.is_active
        return True if self.held else None

    @property
    def elected(self) -> int | None:
        """How many are elected; None: not reported."""
        if self.seats is not None:
            return self.seats
        return len(self.representatives) or None


@dataclass(frozen=True, slots=True)
class MembersOfYear:
    """The members of one year. Both None: not reported."""

    year: int
    county: int | None  # the county's own figure
    reported: int | None  # what the municipalities that have reported make together
    reporting: int  # how many those are

    @property
    def count(self) -> int | None:
        """The county's own figure, else what is reported together."""
        return self.county if self.county is not None else self.reported


@dataclass(frozen=True, slots=True)
class Board:
    """The whole overview of a year."""

    year: int
    county: Line | None
    lines: tuple[Line, ...]  # region by region, those in none last
    regions: tuple[Listed, ...]
    members: tuple[MembersOfYear, ...]
    higher: tuple[Representative, ...]  # in the county council and parliament
    groups: tuple[Listed, ...] = field(default=())  # those they sit in

    @property
    def with_branch(self) -> tuple[Line, ...]:
        """The municipalities that have a branch."""
        return tuple(each for each in self.lines if each.branches)

    @property
    def list_goal(self) -> int | None:
        """In how many municipalities there are to be lists, where the board has said so."""
        return self.county.row.list_goal if self.county and self.county.row else None

    def with_list(self, work: ListWork | None) -> tuple[Line, ...]:
        """The municipalities whose list has come so far; None: not reported."""
        return tuple(each for each in self.lines if each.election.list_work == work)

    def with_programme(self, work: ProgrammeWork | None) -> tuple[Line, ...]:
        """The municipalities with a branch whose programme has come so far; None: not reported."""
        return tuple(each for each in self.with_branch if each.election.programme_work == work)


def day_of_year(year: int, today: date) -> date:
    """The day as of which offices are shown: today in this year, the last day of one that is past. Pure."""
    return date(year, 12, 31) if year < today.year else today


def board(session: Session, year: int, *, today: date) -> Board:
    """The overview of a year, in a fixed number of questions."""
    day = day_of_year(year, today)
    units = list_units(session, today=day)
    figures: dict[int, list[UnitYear]] = {}
    for row in unit_years(session, year - YEARS_DRAWN + 1, year):
        figures.setdefault(row.unit_id, []).append(row)
    elected = representatives(session, day, units)
    wheel = wheel_by_unit(session, year)
    helped: dict[int, list[UnitHelp]] = {}
    for given in session.scalars(select(UnitHelp)):
        helped.setdefault(given.unit_id, []).append(given)
    wished: dict[int, list[FollowUpWish]] = {}
    for wish in wishes(session):
        wished.setdefault(wish.unit_id, []).append(wish)
    makes = _Lines(year, today, units, figures, elected, wheel, helped, wished)
    places = [each for each in units if each.kind == UnitKind.MUNICIPALITY and each.is_active]
    lines = sorted((makes.line(each) for each in places), key=_order)
    counties = [each for each in units if each.kind == UnitKind.COUNTY_BRANCH and each.is_active]
    county = makes.line(counties[0]) if counties else None
    return Board(
        year=year,
        county=county,
        lines=tuple(lines),
        regions=tuple(each for each in units if each.kind == UnitKind.REGION and each.is_active),
        members=members_by_year(figures, county.unit.id if county else None, places, year),
        higher=tuple(each for each in elected if each.is_higher),
        groups=tuple(each for each in units if each.kind == UnitKind.COUNCIL_GROUP and each.is_active),
    )


@dataclass(frozen=True, slots=True)
class _Lines:
    """All that lines are made of, read once."""

    year: int
    today: date
    units: Sequence[Listed]
    figures: dict[int, list[UnitYear]]
    elected: Sequence[Representative]
    wheel: dict[int, WheelOfUnit]
    helped: dict[int, list[UnitHelp]]
    wished: dict[int, list[FollowUpWish]]

    def line(self, unit: Listed) -> Line:
        """The line of a municipality or of the county."""
        is_county = unit.kind == UnitKind.COUNTY_BRANCH
        theirs = [] if is_county else [each for each in self.units if each.municipality_id == unit.id]
        branches = tuple(each for each in theirs if each.kind in BRANCHES and each.is_active)
        rows = self.figures.get(unit.id, [])
        by_year = {each.year: each for each in rows}
        before = by_year.get(self.year - 1)
        wheel = [self.wheel[each.id] for each in [*theirs, unit] if each.id in self.wheel]
        wished = self._wished(unit, is_county)
        elected = [each for each in self.elected if each.is_higher if is_county] or [
            each for each in self.elected if each.place.id == unit.id
        ]
        known_now = self.year >= self.today.year  # how many seats there are is only known of today
        return Line(
            unit=unit,
            region=next((each for each in self.units if each.id == unit.region_id and each.is_active), None),
            branches=branches,
            row=by_year.get(self.year),
            members_before=before.members if before else None,
            election=election_work(rows, self.year),
            held=sum(each.held for each in wheel),
            help=sum((each.help for each in wheel), NO_HELP) + years_help(self.helped.get(unit.id, ()), self.year),
            representatives=tuple(elected),
            seats=self._seats(unit, is_county) if known_now else None,
            near=near_count(unit.id, unit.region_id, self.elected),
            wishes=tuple(each for each in wished if each.answered_on is None),
            wishes_answered=sum(each.answered_on is not None for each in wished),
        )

    def _wished(self, unit: Listed, is_county: bool) -> list[FollowUpWish]:
        """What is wished there; of the county, what its groups wish."""
        places = [unit.id]
        if is_county:
            places += [each.id for each in self.units if each.kind in (UnitKind.COUNCIL_GROUP, UnitKind.ELECTED_BODY)]
        return [wish for place in places for wish in self.wished.get(place, ())]

    def _seats(self, unit: Listed, is_county: bool) -> int | None:
        if not is_county:
            return unit.seats
        groups = [each for each in self.units if each.kind == UnitKind.COUNCIL_GROUP and each.is_active]
        known = [each.seats for each in groups if each.seats is not None]
        return sum(known) if known else None


def _order(line: Line) -> tuple[bool, str, str]:
    return line.region is None, alphabetical(line.region.name) if line.region else "", alphabetical(line.unit.name)


def members_by_year(
    figures: dict[int, list[UnitYear]], county_id: int | None, places: Iterable[Listed], year: int
) -> tuple[MembersOfYear, ...]:
    """The members of the last years, with how many have reported. Pure."""
    numbers = {each.id for each in places}
    found = []
    for each in range(year - YEARS_DRAWN + 1, year + 1):
        of_year = {
            unit_id: row.members
            for unit_id, rows in figures.items()
            for row in rows
            if row.year == each and row.members is not None
        }
        counts = [count for unit_id, count in of_year.items() if unit_id in numbers]
        county = of_year.get(county_id) if county_id is not None else None
        found.append(MembersOfYear(each, county, sum(counts) if counts else None, len(counts)))
    return tuple(found)
