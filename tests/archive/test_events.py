from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import VISITOR, Viewer, events_visible_to
from archive.accounts import Role, User, add_user
from archive.errors import BadInput, NotAllowed, NotFound
from archive.event_history import remove_event, removed_events, undo_of_event, undo_removal
from archive.events import Event, EventDetails, EventState, accept_event, add_event, change_event, days_of
from archive.interviews import Access
from archive.link_kinds import Side
from archive.links import add_link, links_of
from archive.outbox import OutboxEntry
from archive.people import find_or_add_person
from archive.row_history import changes_of

SECRETARY, MEMBER = Viewer(Role.SECRETARY), Viewer(Role.MEMBER)


@pytest.fixture
def frode(session: Session, now: datetime) -> User:
    """A volunteer."""
    return add_user(session, name="Frode Frivillig", username="frode", role=Role.VOLUNTEER, now=now, by=None)


def happened(session: Session, now: datetime, dated: str = "1974", by: User | None = None, **more: str) -> Event:
    details = EventDetails(more.pop("title", "Ny barnehage"), dated, access=Access.MEMBERS, **more)  # type: ignore[arg-type]
    return add_event(session, details, by=by.id if by else None, now=now)


@pytest.mark.parametrize(
    ("dated", "first", "last"),
    [
        ("1974-05-14", date(1974, 5, 14), date(1974, 5, 14)),
        ("1975~", date(1975, 1, 1), date(1975, 12, 31)),
        ("197X", date(1970, 1, 1), date(1979, 12, 31)),
        ("1971/1975", date(1971, 1, 1), date(1975, 12, 31)),
        ("1971/..", date(1971, 1, 1), date.max),
        ("1971/", date(1971, 1, 1), date(1971, 1, 1)),
        ("../1975", date(1975, 12, 31), date(1975, 12, 31)),
    ],
)
def test_the_days_of_a_time(dated: str, first: date, last: date) -> None:
    assert days_of(dated) == (first, last)


@given(st.dates(date(1800, 1, 1), date(2100, 1, 1)), st.dates(date(1800, 1, 1), date(2100, 1, 1)))
def test_the_days_of_a_span_are_its_ends(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert days_of(f"{first.isoformat()}/{last.isoformat()}") == (first, last)


@pytest.mark.parametrize(
    ("title", "dated", "field", "problem"),
    [
        (" ", "1974", "event_title", "empty"),
        ("x" * 201, "1974", "event_title", "too_long"),
        ("Ny barnehage", "", "dated", "empty"),
        ("Ny barnehage", "ukjent", "dated", "empty"),
        ("Ny barnehage", "31.02.1974", "dated", "no_such_day"),
        ("Ny barnehage", "våren 24", "dated", "century"),
        ("Ny barnehage", "1975–1974", "dated", "backwards"),
    ],
)
def test_what_cannot_be_kept(session: Session, now: datetime, title: str, dated: str, field: str, problem: str) -> None:
    with pytest.raises(BadInput) as raised:
        add_event(session, EventDetails(title, dated), by=None, now=now)
    assert (raised.value.field, raised.value.problem) == (field, problem)
    session.rollback()
    assert session.scalars(select(Event)).all() == []


def test_who_sees_an_event(session: Session, now: datetime) -> None:
    for access in Access:
        add_event(session, EventDetails(access.value, "1974", access=access), by=None, now=now)

    def seen(viewer: Viewer) -> list[str]:
        return [
            each.title for each in session.scalars(select(Event).where(events_visible_to(viewer)).order_by(Event.id))
        ]

    assert seen(VISITOR) == ["open"]
    assert seen(MEMBER) == ["members", "open"]
    assert seen(SECRETARY) == ["closed", "members", "open"]


def test_a_volunteer_suggests_and_the_secretary_decides(session: Session, now: datetime, frode: User) -> None:
    event = happened(session, now, by=frode)
    assert (event.state, event.access) == (EventState.SUGGESTED, Access.CLOSED)
    visible = select(Event).where(events_visible_to(Viewer(Role.VOLUNTEER, frode.id)))
    assert session.scalars(visible).all() == [event]
    assert session.scalars(select(Event).where(events_visible_to(Viewer(Role.VOLUNTEER, 99)))).all() == []
    change_event(session, event, EventDetails("Nytt navn", "1975", access=Access.OPEN), by=frode.id, now=now)
    assert (event.title, event.access) == ("Nytt navn", Access.CLOSED)
    with pytest.raises(NotAllowed):
        accept_event(session, event, Access.OPEN, by=frode.id, now=now)
    accept_event(session, event, Access.MEMBERS, by=None, now=now)
    assert session.scalars(select(Event).where(events_visible_to(MEMBER))).all() == [event]
    with pytest.raises(NotAllowed):  # it stands: only the secretary changes it now
        change_event(session, event, EventDetails("Noe annet", "1975"), by=frode.id, now=now)
    with pytest.raises(NotAllowed):
        remove_event(session, event, by=frode.id, now=now)


def test_every_change_has_its_way_back(session: Session, now: datetime) -> None:
    event = happened(session, now)
    change = change_event(session, event, EventDetails("Barnehagen brant", "mai 1975"), by=None, now=now)
    assert change is not None
    assert (event.title_key, event.first_day) == ("barnehagen brant", date(1975, 5, 1))
    undo_of_event(session, change, by=None, now=now)
    assert (event.title, event.dated, event.first_day, event.last_day) == (
        "Ny barnehage",
        "1974",
        date(1974, 1, 1),
        date(1974, 12, 31),
    )
    assert (
        change_event(session, event, EventDetails("Ny barnehage", "1974", access=Access.MEMBERS), by=None, now=now)
        is None
    )


def test_removed_with_its_links_and_brought_back(session: Session, now: datetime, today: date, frode: User) -> None:
    event, person = happened(session, now), find_or_add_person(session, "Olga Oppdiktet")
    add_link(session, Side("event", event.id), Side("person", person.id), by=None, now=now)
    number = event.id
    removal = remove_event(session, event, by=None, now=now)
    assert session.get(Event, number) is None
    assert links_of(session, "person", person.id, SECRETARY, today=today) == []
    assert list(removed_events(session)) == [removal]
    with pytest.raises(NotAllowed):
        undo_removal(session, removal.id, by=frode.id, now=now)
    assert undo_removal(session, removal.id, by=None, now=now) == number
    assert [each.other.id for each in links_of(session, "person", person.id, SECRETARY, today=today)] == [number]
    assert list(removed_events(session)) == []
    with pytest.raises(BadInput):
        undo_removal(session, removal.id, by=None, now=now)
    with pytest.raises(NotFound):
        undo_removal(session, 9_999, by=None, now=now)
    assert "removed" in {each.act for each in changes_of(session, "event", number)}


def test_what_is_tied_is_not_taken_away_by_an_undo(session: Session, now: datetime) -> None:
    event, person = happened(session, now), find_or_add_person(session, "Olga Oppdiktet")
    add_link(session, Side("event", event.id), Side("person", person.id), by=None, now=now)
    added = next(each for each in changes_of(session, "event", event.id) if each.act == "added")
    with pytest.raises(BadInput) as raised:
        undo_of_event(session, added, by=None, now=now)
    assert raised.value.problem == "in_use"
    assert session.get(Event, event.id) is not None


def test_search_hears_of_every_change(session: Session, now: datetime) -> None:
    event = happened(session, now)
    number = event.id
    change_event(session, event, EventDetails("Noe annet", "1975"), by=None, now=now)
    undo_removal(session, remove_event(session, event, by=None, now=now).id, by=None, now=now)
    session.flush()
    asked = session.scalars(select(OutboxEntry.thing_id).where(OutboxEntry.kind == "event")).all()
    assert list(asked) == [number] * 4
