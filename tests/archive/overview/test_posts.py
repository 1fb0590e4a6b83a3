"""Posts counted by region and month, and what is proposed: only what everybody may see."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from archive.errors import BadInput
from archive.events import EventDetails, add_event
from archive.interviews import Access
from archive.link_kinds import Side
from archive.links import add_link
from archive.organisation.tree import list_units
from archive.overview.posts import (
    WHOLE_COUNTY,
    Channel,
    PostDetails,
    RegionCount,
    SocialPost,
    Topic,
    count_by_region,
    posts_in,
    write_post,
)
from archive.overview.proposals import Proposal, proposals
from archive.units import UnitKind
from tests.archive.overview.test_unit_years import Find


def post(session: Session, unit_id: int, day: date, now: datetime, about: tuple[str, int] | None = None) -> SocialPost:
    details = PostDetails(day, unit_id, Channel.FACEBOOK, Topic.NEWS, "Oppdiktet", "eksempel.no/sak", about)
    return write_post(session, details, by=None, now=now, today=now.date())


def counted(session: Session, today: date) -> dict[str, RegionCount]:
    units = list_units(session, today=today)
    return {each.name: each for each in count_by_region(posts_in(session, today.year), units)}


def test_posts_are_counted_where_they_are_from(session: Session, unit_named: Find, now: datetime, today: date) -> None:
    january, march = date(2026, 1, 5), date(2026, 3, 1)
    for unit, day in (
        (unit_named("Snåsa SV"), january),
        (unit_named("Snåsa", UnitKind.MUNICIPALITY), march),
        (unit_named("Innherred", UnitKind.REGION), march),
        (unit_named("Frosta", UnitKind.MUNICIPALITY), march),
        (unit_named("Trøndelag SV", UnitKind.COUNTY_BRANCH), january),
        (unit_named("Snåsa SV"), date(2025, 12, 31)),
    ):
        post(session, unit.id, day, now)
    counts = counted(session, today)
    assert len(counts) == 8
    assert counts["Innherred"].months == (1, 0, 2, *[0] * 9) and counts["Innherred"].last == march
    assert counts["Namdalen"].total == 0 and counts["Namdalen"].last is None
    assert next(each for each in counts.values() if each.region_id == WHOLE_COUNTY).months[:3] == (1, 0, 1)
    assert sum(each.total for each in counts.values()) == len(posts_in(session, 2026)) == 5


@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        ({"posted_on": date(2026, 3, 15)}, "posted_on", "future"),
        ({"posted_on": date(1999, 1, 1)}, "posted_on", "too_old"),
        ({"unit_id": 987654}, "unit_id", "unknown"),
        ({"title": " "}, "title", "empty"),
        ({"address": "javascript:alert(1)"}, "address", "not_a_link"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    session: Session, unit_named: Find, now: datetime, today: date, change: dict[str, object], field: str, problem: str
) -> None:
    usual = {"posted_on": today, "unit_id": unit_named("Snåsa SV").id, "title": "Noe", "address": ""}
    details = PostDetails(channel=Channel.OTHER, topic=Topic.OTHER, **{**usual, **change})  # type: ignore[arg-type]
    with pytest.raises(BadInput) as refused:
        write_post(session, details, by=None, now=now, today=today)
    assert (refused.value.field, refused.value.problem) == (field, problem)


def proposed(session: Session, now: datetime) -> list[Proposal]:
    units = list_units(session, today=now.date())
    counts = count_by_region(posts_in(session, now.year), units)
    return proposals(session, units, counts, now=now, today=now.date())


def test_only_what_everybody_may_see_is_proposed_and_once(
    session: Session, unit_named: Find, now: datetime, today: date
) -> None:
    events = {
        access: add_event(session, EventDetails(f"Møte {access}", "1976", access=access), by=None, now=now)
        for access in Access
    }
    add_event(session, EventDetails("For 49 år siden", "1977", access=Access.OPEN), by=None, now=now)
    assert [(each.title, each.years) for each in proposed(session, now)] == [("Møte open", 50)]
    post(session, unit_named("Snåsa SV").id, today, now, ("event", events[Access.OPEN].id))
    assert proposed(session, now) == []


def test_the_region_with_fewest_posts_comes_first(
    session: Session, unit_named: Find, now: datetime, today: date
) -> None:
    for name in ("Snåsa SV", "Grong SV"):
        event = add_event(session, EventDetails(f"Møte i {name}", "1976", access=Access.OPEN), by=None, now=now)
        add_link(session, Side("event", event.id), Side("unit", unit_named(name).id), by=None, now=now)
    post(session, unit_named("Snåsa SV").id, today - timedelta(days=1), now)
    found = proposed(session, now)
    assert [each.title for each in found] == ["Møte i Grong SV", "Møte i Snåsa SV"]
    assert found[0].unit_id == unit_named("Grong SV").id
