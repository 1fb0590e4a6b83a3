"""*Oversikt*: every municipality and the county itself at a glance, for the county board: charts, and a table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import NotFound
from archive.exchange.tables import Column, write_csv, write_xlsx
from archive.organisation.tree import alphabetical
from archive.overview.board import Board, Line, board
from archive.overview.sight import Sight, sight_of
from archive.overview.unit_year_table import cells_of
from archive.overview.unit_years import FIRST_YEAR, LAST_YEAR, Figures, ListWork, election_of
from archive.overview.words import LIST_WORDS, PROGRAMME_WORDS
from archive.row_history import latest_change
from archive.units import Unit
from archive.yearwheel.occurrences import calls_for_help
from web.overview_drawing import LIST_ORDER, PROGRAMME_ORDER, columns, list_bar, marks, programme_bar
from web.overview_words import FILTERS, help_words, list_words, programme_words
from web.rights import needs
from web.visit import db, today, viewer

pages = Blueprint("overview", __name__, url_prefix="/oversikt")
for _name, _filter in FILTERS.items():
    pages.add_app_template_filter(_filter, _name)

NO_REGION = "uten"


def sight() -> Sight:
    """What this reader sees of the overview."""
    return sight_of(db(), viewer(), today=today())


def asked_year() -> int:
    """The year that the address names; this one when it names none.

    Raises:
        NotFound: a year that no figures are kept for.
    """
    year = request.args.get("ar", today().year, type=int)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound("year", year)
    return year


def refused(sees: Sight) -> str:
    """The page for who does not see the overview, with what that reader may see instead."""
    own = db().query(Unit).filter(Unit.id.in_(sees.own)).order_by(Unit.name).all() if sees.own else []
    return render_template("overview/refused.html", own=own, person_id=sees.person_id if sees.elected_in else None)


# What the list can be narrowed to, and how it can be ordered.
_Holds = Callable[[Line], bool]
NARROWED: dict[str, tuple[str, _Holds]] = {
    "hjelp": ("venter på hjelp", lambda each: bool(each.help.waiting)),
    "onsker": ("har ønsket oppfølging", lambda each: bool(each.wishes)),
    "uten-lag": ("uten lokallag", lambda each: not each.branches),
    "uten-folkevalgte": ("ingen folkevalgte er meldt", lambda each: not each.elected),
    "liste": ("listen er ikke levert", lambda each: each.election.list_work != ListWork.DELIVERED),
    "medlemmer": ("medlemstallet er ikke meldt", lambda each: each.members is None),
}
ORDERS: dict[str, tuple[str, Callable[[Line], Any]]] = {
    "region": ("region", lambda each: 0),  # as they come
    "navn": ("navn", lambda each: alphabetical(each.unit.name)),
    "medlemmer": ("flest medlemmer", lambda each: -1 if each.members is None else -each.members - 2),
    "folkevalgte": ("flest folkevalgte", lambda each: -(each.elected or 0)),
    "hjelp": ("ventet lengst på hjelp", lambda each: min(each.help.waiting, default=date.max)),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the list is narrowed to and ordered by."""

    region: str = ""  # a region's number, or `NO_REGION`
    only: str = ""  # a key of `NARROWED`
    order: str = "region"

    @classmethod
    def read(cls) -> "Chosen":
        """As the address says it; what it cannot mean is left out."""
        only, order = request.args.get("vis", ""), request.args.get("ordne", "")
        return cls(
            request.args.get("region", "")[:12],
            only if only in NARROWED else "",
            order if order in ORDERS else "region",
        )

    def lines(self, whole: Board) -> list[Line]:
        """The lines that are asked for, in their order."""
        found = [each for each in whole.lines if self._in_region(each)]
        if self.only:
            found = [each for each in found if NARROWED[self.only][1](each)]
        return sorted(found, key=ORDERS[self.order][1])

    def _in_region(self, line: Line) -> bool:
        if not self.region:
            return True
        return line.region is None if self.region == NO_REGION else str(line.unit.region_id) == self.region

    @property
    def as_query(self) -> dict[str, Any]:
        """What an address carries of it."""
        query = {"region": self.region, "vis": self.only, "ordne": self.order if self.order != "region" else ""}
        return {key: value for key, value in query.items() if value}


@pages.get("")
@needs(Role.MEMBER)
def show() -> ResponseReturnValue:
    """The overview of a year; one line of it opened for writing where `?endre=` says so."""
    sees = sight()
    if not sees.sees_all:
        return refused(sees)
    return overview_page(sees, asked_year(), editing=request.args.get("endre", 0, type=int))


def overview_page(
    sees: Sight,
    year: int,
    *,
    editing: int = 0,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> str:
    """The page; `typed` is what the opened line held when it failed."""
    whole, chosen = board(db(), year, today=today()), Chosen.read()
    lines = chosen.lines(whole)
    opened = next((each for each in [*lines, whole.county] if each and each.unit.id == editing), None)
    return render_template(
        "overview/show.html",
        sees=sees,
        whole=whole,
        lines=lines,
        groups=_groups(lines, chosen, editing),
        chosen=chosen,
        year=year,
        election=election_of(year),
        is_this_year=year == today().year,
        narrowed=NARROWED,
        orders=ORDERS,
        told=_told(whole),
        lists=list_bar([len(whole.with_list(work)) for work in LIST_ORDER]),
        programmes=programme_bar([len(whole.with_programme(work)) for work in PROGRAMME_ORDER]),
        field=marks(whole.lines),
        members=columns(whole.members),
        calls=calls_for_help(db()) if year == today().year else [],
        opened=opened if opened and sees.writes(opened.unit.id) else None,
        typed=typed if typed is not None else form_of(opened),
        wrong=problems or {},
        seen=seen_of(opened),
        list_words={key.value: word for key, word in LIST_WORDS.items()},
        programme_words={key.value: word for key, word in PROGRAMME_WORDS.items()},
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that a small screen folds under one heading; "" where they are one list."""

    heading: str
    lines: tuple[Line, ...]
    is_open: bool

    @property
    def waiting(self) -> int:
        """How many of them wait for help."""
        return sum(bool(each.help.waiting) for each in self.lines)


def _groups(lines: list[Line], chosen: Chosen, editing: int) -> list[Group]:
    """The lines region by region, as long as they are ordered so; what is narrowed, or written in, stands open."""
    if chosen.order != "region":
        return [Group("", tuple(lines), is_open=True)] if lines else []
    grouped = groupby(lines, key=lambda each: each.region.name if each.region else "Uten region")
    narrowed = bool(chosen.region or chosen.only)
    return [
        Group(heading, theirs, narrowed or any(each.unit.id == editing for each in theirs))
        for heading, theirs in ((heading, tuple(each)) for heading, each in grouped)
    ]


def form_of(line: Line | None) -> dict[str, str]:
    """What the form of a line holds before anybody types."""
    return fields_of(line.row if line and line.row else Figures())


def fields_of(figures: Any) -> dict[str, str]:
    """Figures as the fields of a form."""
    fields = cells_of(figures)
    return {
        **fields,
        "counted_on": figures.counted_on.isoformat() if figures.counted_on else "",
        "list_work": figures.list_work or "",
        "programme_work": figures.programme_work or "",
    }


def seen_of(line: Line | None) -> int:
    """The number of the last change of a line's row, which its form carries."""
    return latest_change(db(), "unit_year", line.row.id) if line and line.row else 0


@dataclass(frozen=True, slots=True)
class Told:
    """The numbers that stand at the top, each with what it counts."""

    elected: int
    elected_in: int  # municipalities with somebody elected
    elected_none: int  # that have reported none
    elected_unknown: int
    active: int
    inactive: int
    activity_unknown: int
    delivered: int
    list_of: int  # of how many
    has_goal: bool
    adopted: int
    waiting: int  # municipalities that wait for help
    wishes: int
    alone: int  # municipalities whose only representative has nobody else in the region
    changed_on: date | None


def _told(whole: Board) -> Told:
    lines, branches = whole.lines, whole.with_branch
    known = [each for each in lines if each.elected is not None]
    rows = [each.row for each in [*lines, whole.county] if each and each.row]
    return Told(
        elected=sum(each.elected or 0 for each in known),
        elected_in=sum(bool(each.elected) for each in known),
        elected_none=sum(each.elected == 0 for each in known),
        elected_unknown=len(lines) - len(known),
        active=sum(each.is_active is True for each in branches),
        inactive=sum(each.is_active is False for each in branches),
        activity_unknown=sum(each.is_active is None for each in branches),
        delivered=len(whole.with_list(ListWork.DELIVERED)),
        list_of=whole.list_goal if whole.list_goal is not None else len(branches),
        has_goal=whole.list_goal is not None,
        adopted=len(whole.with_programme(PROGRAMME_ORDER[0])),
        waiting=sum(bool(each.help.waiting) for each in lines),
        wishes=sum(len(each.wishes) for each in [*lines, *([whole.county] if whole.county else [])]),
        alone=sum(len(each.representatives) == 1 and not each.near for each in lines),
        changed_on=max((each.changed_at.date() for each in rows), default=None),
    )


# As a file -----------------------------------------------------------------------------------------------------------

_COLUMNS = (
    Column("unit", "Kommune"),
    Column("region", "Region"),
    Column("year", "År"),
    Column("branches", "Lag"),
    Column("active", "Laget er aktivt"),
    Column("members", "Medlemmer"),
    Column("counted_on", "Talt"),
    Column("lists", "Liste"),
    Column("programme", "Program"),
    Column("elected", "Folkevalgte"),
    Column("names", "Hvem"),
    Column("near", "Andre folkevalgte i regionen"),
    Column("wishes", "Ønsker som venter"),
    Column("help", "Hjelp"),
)


@pages.get("/tabell.csv", defaults={"format": "csv"})
@pages.get("/tabell.xlsx", defaults={"format": "xlsx"})
@needs(Role.MEMBER)
def download(format: str) -> ResponseReturnValue:
    """The table as it is shown, as a file."""
    sees, year = sight(), asked_year()
    if not sees.sees_all:
        return refused(sees)
    whole = board(db(), year, today=today())
    rows = [_cells(each, year) for each in [*([whole.county] if whole.county else []), *Chosen.read().lines(whole)]]
    if format == "csv":
        content, kind = write_csv(_COLUMNS, rows), "text/csv; charset=utf-8"
    else:
        content = write_xlsx(_COLUMNS, rows, sheet=f"Oversikt {year}")
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="oversikt-{year}.{format}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _cells(line: Line, year: int) -> dict[str, str]:
    """A line as the cells of a row; what is not reported is empty, not nought."""
    active = line.is_active
    reported = line.row or Figures()
    return {
        "unit": line.unit.name,
        "region": line.region.name if line.region else "",
        "year": str(year),
        "branches": ", ".join(each.name for each in line.branches),
        "active": "" if active is None else "ja" if active else "nei",
        "members": cells_of(reported)["members"],
        "counted_on": cells_of(reported)["counted_on"],
        "lists": list_words(line.election.list_work) if line.election.list_work else "",
        "programme": programme_words(line.election.programme_work) if line.election.programme_work else "",
        "elected": "" if line.elected is None else str(line.elected),
        "names": ", ".join(each.name for each in line.representatives),
        "near": str(line.near) if line.region else "",
        "wishes": str(len(line.wishes)),
        "help": ", ".join(word for word, _look in help_words(line.help)),
    }
