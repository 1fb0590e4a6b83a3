"""What could be posted in social media: what happened so many years ago, and what has just been opened to all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import VISITOR
from archive.interviews import Access
from archive.links import pairs_of
from archive.organisation.interviews import InterviewUnit
from archive.organisation.tree import Listed
from archive.overview.news import news
from archive.overview.posts import PLACES, RegionCount, posted_about, region_of
from archive.timeline import years_ago

_Found = tuple[str, int, str, str, int | None]  # kind, number, title, when, years ago
ROUND_YEARS = (100, 75, 50, 25, 10)
NEW_DAYS = 60
MOST = 12


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that everybody may see and nobody has posted about."""

    kind: str  # event, interview, record
    id: int
    title: str
    when: str  # EDTF; "": no time
    years: int | None  # so many years ago this year; None: just opened
    unit_id: int | None  # which unit it is about, where that is known
    region_id: int  # `WHOLE_COUNTY` where it is not


def proposals(
    session: Session, units: Sequence[Listed], counts: Iterable[RegionCount], *, now: datetime, today: date
) -> list[Proposal]:
    """What could be posted, for regions with the fewest posts first; a fixed number of questions.

    Only what a visitor may see: a post is for everybody.
    """
    told = posted_about(session)
    found: list[_Found] = [
        ("event", event.id, event.title, event.dated, years)
        for years in ROUND_YEARS
        for event in years_ago(session, VISITOR, today, years=years)
    ]
    since = now - timedelta(days=NEW_DAYS)
    opened = news(session, since=since, until=now, audience=Access.OPEN, today=today)
    found += [("interview", each.id, each.title, str(each.held_on or ""), None) for each in opened.interviews]
    found += [("record", each.id, each.title, each.dated, None) for each in opened.records]
    found = [each for each in found if (each[0], each[1]) not in told]
    about = _units_of(session, found, units)
    by_id = {each.id: each for each in units}
    posted = {each.region_id: each.total for each in counts}
    made = []
    for kind, number, title, when, years in found:
        unit_id = about.get((kind, number))
        region_id = region_of(unit_id, by_id) if unit_id is not None else 0
        made.append(Proposal(kind, number, title, when, years, unit_id, region_id))
    return sorted(made, key=lambda each: posted.get(each.region_id, 0))[:MOST]


def _units_of(session: Session, found: Iterable[_Found], units: Sequence[Listed]) -> dict[tuple[str, int], int]:
    """A unit of each thing, one of those that a post can be from."""
    numbers: dict[str, list[int]] = {"event": [], "interview": [], "record": []}
    for kind, number, *_rest in found:
        numbers[kind].append(number)
    pairs = [("event", *pair) for pair in pairs_of(session, "event", "unit", numbers["event"])]
    pairs += [("record", *pair) for pair in pairs_of(session, "record", "unit", numbers["record"])]
    about = select(InterviewUnit.interview_id, InterviewUnit.unit_id)
    about = about.where(InterviewUnit.interview_id.in_(numbers["interview"])).order_by(InterviewUnit.unit_id)
    pairs += [("interview", interview_id, unit_id) for interview_id, unit_id in session.execute(about)]
    places = {each.id: PLACES.index(each.kind) for each in units if each.kind in PLACES}
    chosen: dict[tuple[str, int], int] = {}
    for kind, number, unit_id in sorted(
        (pair for pair in pairs if pair[2] in places), key=lambda pair: places[pair[2]]
    ):
        chosen.setdefault((kind, number), unit_id)
    return chosen
