"""The interviews to browse: those this reader may see, narrowed by a plain form."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from archive.catalogue import Facets, Filter, Length, browse, facets
from archive.interviews import Status
from web.rights import public
from web.visit import db, today, viewer
from web.wording import STATUSES

pages = Blueprint("browse", __name__)

LENGTHS: dict[Length, str] = {
    "short": "under 20 minutter",
    "middle": "20 minutter til en time",
    "long": "en time eller mer",
}
# The states of a text that one looks for; what a worker does in between is for those who handed in.
TEXTS = (Status.MACHINE_TEXT, Status.IN_REVIEW, Status.REVIEWED)
# Fewer than this are seen at a glance; choosing among them would only be in the way.
NARROWED_FROM = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """One drop-down of the form: what can be chosen, and what is."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@pages.get("/intervju")
@public
def show() -> ResponseReturnValue:
    """The list, by the day they were held."""
    chosen = _chosen()
    narrowed = chosen != Filter()
    interviews = browse(db(), viewer(), chosen, today=today())
    may_narrow = narrowed or len(interviews) >= NARROWED_FROM
    return render_template(
        "browse/browse.html",
        interviews=interviews,
        choices=_choices(chosen, facets(db(), viewer(), today=today())) if may_narrow else [],
        narrowed=narrowed,
    )


def _chosen() -> Filter:
    """The form, as far as it can be understood: an odd value narrows nothing."""
    asked = request.args
    return Filter(
        narrator_id=asked.get("forteller", type=int),
        place=asked.get("sted", "").strip() or None,
        year=asked.get("ar", type=int),
        length=next((length for length in LENGTHS if length == asked.get("lengde")), None),
        text=next((status for status in TEXTS if status.value == asked.get("tekst")), None),
    )


def _choices(chosen: Filter, offered: Facets) -> list[Choice]:
    """The drop-downs that have anything to choose between."""
    narrators = tuple((str(person.id), person.name) for person in offered.narrators)
    places = tuple((place, place) for place in offered.places)
    years = tuple((str(year), str(year)) for year in offered.years)
    texts = tuple((status.value, STATUSES[status]) for status in TEXTS)
    return [
        Choice("forteller", "Forteller", narrators, str(chosen.narrator_id or "")),
        Choice("sted", "Sted", places, chosen.place or ""),
        Choice("ar", "År", years, str(chosen.year or "")),
        Choice("lengde", "Lengde", tuple(LENGTHS.items()), chosen.length or ""),
        Choice("tekst", "Tekst", texts, chosen.text.value if chosen.text else ""),
    ]
