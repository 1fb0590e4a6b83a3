"""The timeline as a calendar and as data: what this reader sees, narrowed as the page is."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from archive.exchange.timeline import Tied, as_calendar, as_data
from archive.link_kinds import Shown
from archive.links import links_among
from archive.timeline import Narrowed, every_event
from web.link_words import address_of, linked_address
from web.rights import public
from web.timeline import narrowed_by
from web.visit import db, now, site_values, today, viewer

pages = Blueprint("timeline_feeds", __name__)


@pages.get("/tidslinje.ics")
@public
def calendar() -> ResponseReturnValue:
    """For calendars."""
    events = every_event(db(), viewer(), _narrowed())
    name = f"Tidslinjen i {site_values().get('archive_name', 'Stemmearkivet')}"
    made = as_calendar(events, name=name, urls=_urls([each.id for each in events]), host=request.host.partition(":")[0])
    answer = Response(made, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="tidslinje.ics"'
    return answer


@pages.get("/tidslinje.json")
@public
def data() -> ResponseReturnValue:
    """For other programs."""
    events = every_event(db(), viewer(), _narrowed())
    numbers = [each.id for each in events]
    found = links_among(db(), "event", numbers, viewer(), today=today())
    host = _host()
    links = {
        number: [
            Tied(each.other.kind, each.other.title, host + linked_address(each), each.ms, each.page) for each in theirs
        ]
        for number, theirs in found.items()
    }
    return jsonify(as_data(events, urls=_urls(numbers), links=links, now=now()))


def _narrowed() -> Narrowed:
    return narrowed_by(request.args.get("sted", ""), request.args.get("ledd"), request.args.get("person"))


def _urls(numbers: list[int]) -> dict[int, str]:
    host = _host()
    return {number: host + address_of(Shown("event", number, "", "")) for number in numbers}


def _host() -> str:
    return request.host_url.rstrip("/")
