"""*Årshjul*: the year at a glance, what waits next, one duty, one occurrence, and what is handed over."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import NotFound
from archive.organisation.tree import alphabetical
from archive.units import Unit
from archive.yearwheel.counting import Count, count_each
from archive.yearwheel.duties import Duty, Strength
from archive.yearwheel.handover import handover
from archive.yearwheel.looking import (
    Owners,
    Sight,
    duty_for,
    having_ids,
    occurrence_for,
    sight_of,
    unit_ids_by_kind,
    waiting,
    wheel_year,
)
from archive.yearwheel.occurrences import Occurrence, State, occurrences_of, version_of
from web.rights import needs
from web.visit import db, today, viewer
from web.year_wheel_drawing import DayGroup, day_groups, draw
from web.year_wheel_words import FILTERS, due_words, state_words

pages = Blueprint("year_wheel", __name__, url_prefix="/arshjul")
for _name, _filter in FILTERS.items():
    pages.add_app_template_filter(_filter, _name)
pages.add_app_template_filter(lambda each: state_words(each, today()), "tilstand")
pages.add_app_template_filter(lambda each: due_words(each, today()), "naar")

# So much of what waits is shown at the top; the list of months has the rest.
MOST_WAITING = 8
FIRST_YEAR, LAST_YEAR = 1970, 2200


def sight() -> Sight:
    """How much of the wheel this reader sees."""
    return sight_of(db(), viewer(), today=today())


def asked_year() -> int:
    """The year that the address names; this one when it names none that can be.

    Raises:
        NotFound: a year that no wheel is made for.
    """
    year = request.args.get("ar", today().year, type=int)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound("year", year)
    return year


@pages.get("")
@needs(Role.MEMBER)
def show() -> ResponseReturnValue:
    """The year: what waits first, the wheel, month by month, and how each duty stands."""
    year, sees = asked_year(), sight()
    wheel = wheel_year(db(), year, sees, today=today())
    groups = day_groups(wheel.occurrences)
    months = [
        (month, [each for each in groups if each.day == _in_month(each.day, year, month)]) for month in range(1, 13)
    ]
    outside = [each for each in groups if each.day.year != year]
    return render_template(
        "year_wheel/show.html",
        wheel=wheel,
        whole=wheel.whole(),
        sight=sees,
        next_up=_next_up([each for each in waiting(wheel, today=today()) if sees.sees_all or each.is_to_come(today())]),
        calls=[each for each in wheel.occurrences if each.help_asked_at and sees.sees_all],
        picture=draw(year, groups, today=today()),
        months=months,
        outside=outside,
        by_strength=[(each, [one for one in wheel.standings if one.duty.strength == each]) for each in Strength],
        year=year,
        is_this_year=year == today().year,
        this_month=today().month,
        unset=[each.duty for each in wheel.standings if each.whole.minimum is None and each.duty.per == "year"],
    )


def _in_month(day: date, year: int, month: int) -> date | None:
    return day if (day.year, day.month) == (year, month) else None


def _next_up(waits: list[Occurrence]) -> list[DayGroup]:
    """The first of what waits; what many units have on one day is one line."""
    groups: dict[tuple[date, int], list[Occurrence]] = {}
    for each in waits:
        groups.setdefault((each.due_on, each.duty_id), []).append(each)
    return [DayGroup(tuple(theirs)) for theirs in list(groups.values())[:MOST_WAITING]]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """How a duty stands for one unit that has it for itself."""

    unit: Unit
    count: Count


@pages.get("/oppgave/<int:duty_id>")
@needs(Role.MEMBER)
def duty(duty_id: int) -> ResponseReturnValue:
    """One duty: who answers, when it comes, and what became of it year by year."""
    sees, year = sight(), asked_year()
    found = duty_for(db(), duty_id, sees)
    every = occurrences_of(db(), duty_id)
    this_year = [each for each in every if each.year == year]
    having = having_ids(found, unit_ids_by_kind(db(), year))
    counts = count_each(found, having, this_year, year, today())
    earlier = [each for each in every if each.year < year and each.state == State.HELD]
    return render_template(
        "year_wheel/duty.html",
        duty=found,
        sight=sees,
        year=year,
        owners=Owners(db(), [found], today=today()).of(found),
        whole=sum(counts.values(), Count(0, 0, 0, 0, 0)),
        units=_unit_lines(found, counts) if sees.sees_all else [],
        occurrences=this_year,
        earlier=list(reversed(earlier)),
        later=[each for each in every if each.year > year],
    )


def _unit_lines(found: Duty, counts: dict[int | None, Count]) -> list[UnitLine]:
    if found.each_of is None:
        return []
    units = db().query(Unit).filter(Unit.id.in_([each for each in counts if each is not None])).all()
    lines = [UnitLine(each, counts[each.id]) for each in units]
    return sorted(lines, key=lambda each: (-each.count.missing, alphabetical(each.unit.name)))


@pages.get("/gjennomforing/<int:occurrence_id>")
@needs(Role.MEMBER)
def occurrence(occurrence_id: int) -> ResponseReturnValue:
    """One occurrence."""
    sees = sight()
    return occurrence_page(occurrence_for(db(), occurrence_id, sees), sees)


def occurrence_page(found: Occurrence, sees: Sight, typed: dict[str, str] | None = None, **more: object) -> str:
    """The page of one occurrence; `typed` is what a form held that failed."""
    earlier = [
        each
        for each in occurrences_of(db(), found.duty_id)
        if each.unit_id == found.unit_id and each.due_on < found.due_on and each.state == State.HELD
    ]
    return render_template(
        "year_wheel/occurrence.html",
        one=found,
        duty=found.duty,
        sight=sees,
        owners=Owners(db(), [found.duty], today=today()).of(found.duty, found.unit_id),
        before=earlier[-1] if earlier else None,
        seen=version_of(db(), found),
        typed=typed or {},
        today=today(),
        **{"wrong": {}, "open": "", **more},
    )


@pages.get("/overlevering")
@needs(Role.MEMBER)
def hand_over() -> ResponseReturnValue:
    """What the next board takes over: what lacks, what was held, and words to the next one."""
    year, sees = asked_year(), sight()
    wheel = wheel_year(db(), year, sees, today=today())
    found = handover(wheel)
    return render_template(
        "year_wheel/handover.html",
        sight=sees,
        year=year,
        wheel=wheel,
        whole=wheel.whole(),
        handed=found,
        owners=Owners(db(), [each.duty for each in found], today=today()),
    )
