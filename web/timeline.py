"""*Tidslinje*: what happened when, decade by decade; and the page of one event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.events import Event, EventState
from archive.events_heard import heard_at
from archive.links import Linked, links_among, links_of
from archive.offices import Office, offices_held_on
from archive.row_history import changes_of
from archive.timeline import Narrowed, Offered, decades, load_event, offered, stretch, suggested, years, years_ago
from web.browse import Choice
from web.rights import public
from web.visit import db, today, viewer

pages = Blueprint("timeline", __name__, url_prefix="/tidslinje")

MOST_OFFICES = 40
REMEMBERED_YEARS = 50
FIRST_YEAR, LAST_YEAR = 10, 9989


@dataclass(frozen=True, slots=True)
class Told:
    """An event as the timeline shows it, with what hangs on it."""

    event: Event
    talks: tuple[Linked, ...]
    records: tuple[Linked, ...]

    @property
    def interviews(self) -> int:
        """How many interviews speak of it."""
        return len({each.other.id for each in self.talks})


@pages.get("")
@public
def show() -> ResponseReturnValue:
    """The decades; `?tiar=1970` goes into one of them, `?ar=1974` into a year."""
    narrowed = _narrowed()
    year, decade = _first_year("ar"), _first_year("tiar")
    if decade is not None:
        decade = decade // 10 * 10
    if year is not None:
        body = _zoomed(narrowed, year, year)
    elif decade is not None:
        body = _zoomed(narrowed, decade, decade + 9)
    else:
        body = _overview(narrowed)
    is_narrowed = narrowed != Narrowed()
    return render_template(
        "timeline/show.html",
        year=year,
        decade=year // 10 * 10 if year is not None else decade,
        choices=_choices(narrowed, offered(db(), viewer(), today=today())),
        is_narrowed=is_narrowed,
        kept=_kept(),
        remembered=_told(years_ago(db(), viewer(), today())) if year is None and decade is None else [],
        remembered_year=today().year - REMEMBERED_YEARS,
        suggested=suggested(db(), viewer()) if viewer().role.at_least(Role.VOLUNTEER) else [],
        may_suggest=viewer().role.at_least(Role.VOLUNTEER),
        may_decide=viewer().role.at_least(Role.SECRETARY),
        undo_id=request.args.get("fjernet", type=int),
        **body,
    )


@pages.get("/<int:event_id>")
@public
def one(event_id: int) -> ResponseReturnValue:
    """What happened; who speaks of it, at which second; the papers; who held office then."""
    event = load_event(db(), event_id, viewer())
    links = links_of(db(), "event", event_id, viewer(), today=today())
    is_secretary = viewer().role.at_least(Role.SECRETARY)
    return render_template(
        "timeline/event.html",
        event=event,
        meetings=[each for each in links if each.other.kind == "meeting"],
        heard=heard_at(db(), [each for each in links if each.other.kind == "interview"]),
        offices=_offices(event, links),
        most_offices=MOST_OFFICES,
        is_suggestion=event.state is EventState.SUGGESTED,
        may_change=is_secretary or _is_own_suggestion(event),
        may_decide=is_secretary,
        last_change=next(iter(changes_of(db(), "event", event_id, limit=1)), None) if is_secretary else None,
        may_link=viewer().role.at_least(Role.VOLUNTEER),
    )


def _is_own_suggestion(event: Event) -> bool:
    own = viewer().user_id is not None and event.made_by_id == viewer().user_id
    return own and event.state is EventState.SUGGESTED


def _offices(event: Event, links: Sequence[Linked]) -> list[Office]:
    """Who held office then in the units of the event. The register is the members'."""
    units = [each.other.id for each in links if each.other.kind == "unit"]
    if not units or not viewer().role.at_least(Role.MEMBER):
        return []
    until = max(event.first_day, min(event.last_day, today()))
    return offices_held_on(db(), event.first_day, until, unit_ids=units)


def _overview(narrowed: Narrowed) -> dict[str, Any]:
    found = decades(db(), viewer(), narrowed)
    told = iter(_told([event for each in found for event in each.events]))
    return {
        "decades": [(each, [next(told) for _ in each.events]) for each in found],
        "most": max((each.count for each in found), default=0),
        "total": sum(each.count for each in found),
    }


def _zoomed(narrowed: Narrowed, first: int, last: int) -> dict[str, Any]:
    """One decade or one year, year by year."""
    decade = first // 10 * 10
    found = stretch(db(), viewer(), narrowed, date(first, 1, 1), date(last, 12, 31))
    told = _told([*found.begun, *found.earlier])
    counted = years(db(), viewer(), narrowed, date(decade, 1, 1), date(decade + 9, 12, 31))
    by_year: dict[int, list[Told]] = {}
    for each in told[: len(found.begun)]:
        by_year.setdefault(each.event.first_day.year, []).append(each)
    return {
        "by_year": by_year,
        "earlier": told[len(found.begun) :],
        "years": counted,
        "total": len(found.begun),
        "left_out": sum(counted[each] for each in range(first, last + 1)) - len(found.begun),
    }


def _told(events: Sequence[Event]) -> list[Told]:
    numbers = [event.id for event in events]
    links = links_among(db(), "event", numbers, viewer(), today=today(), others=("interview", "record"))
    return [
        Told(
            event,
            tuple(each for each in links.get(event.id, ()) if each.other.kind == "interview"),
            tuple(each for each in links.get(event.id, ()) if each.other.kind == "record"),
        )
        for event in events
    ]


def _first_year(name: str) -> int | None:
    """A year from the address; what is none, or lies beyond all calendars, zooms nowhere."""
    year = request.args.get(name, type=int)
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def _narrowed() -> Narrowed:
    return narrowed_by(request.args.get("sted", ""), request.args.get("ledd"), request.args.get("person"))


def narrowed_by(place: str, unit: str | None, person: str | None) -> Narrowed:
    """What an address narrows to, as far as it can be understood: an odd value narrows nothing."""
    unit_id, person_id = (
        int(each) if each and each.isascii() and each.isdigit() and len(each) <= 10 else None for each in (unit, person)
    )
    return Narrowed(place.strip() or None, unit_id, person_id)


def _kept() -> dict[str, str]:
    """What links to other parts of the timeline take along."""
    return {name: request.args[name] for name in ("sted", "ledd", "person") if request.args.get(name)}


def _choices(narrowed: Narrowed, there: Offered) -> list[Choice]:
    made = [
        Choice("sted", "Sted", tuple((place, place) for place in there.places), narrowed.place or ""),
        Choice("ledd", "Organisasjonsledd", _options(there.units), str(narrowed.unit_id or "")),
        Choice("person", "Person", _options(there.people), str(narrowed.person_id or "")),
    ]
    return [_with_chosen(each) for each in made if each.options or each.chosen]


def _with_chosen(choice: Choice) -> Choice:
    """What is chosen can be seen and taken away also where no event has it."""
    if not choice.chosen or any(value == choice.chosen for value, _ in choice.options):
        return choice
    return Choice(choice.name, choice.label, (*choice.options, (choice.chosen, "det du har valgt")), choice.chosen)


def _options(named: Sequence[tuple[int, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(number), name) for number, name in named)


@pages.app_template_filter("tidslinjeadresse")
def _address(kept: dict[str, str], **more: Any) -> str:
    return url_for("timeline.show", **{**kept, **more})
