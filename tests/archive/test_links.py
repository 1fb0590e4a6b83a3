from datetime import date, datetime

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER, VISITOR, Consent, Use, Viewer
from archive.accounts import Role, add_user
from archive.errors import BadInput, NotAllowed, NotFound
from archive.events import Event, EventDetails, add_event
from archive.interviews import Access, Interview, Status
from archive.link_kinds import KINDS, Side
from archive.links import (
    LinkState,
    add_link,
    links_among,
    links_of,
    links_with,
    load_link,
    pairs_of,
    remove_link,
    tied_to,
    undo_of_link,
)
from archive.merging import merge_people, undo_merge
from archive.people import Person, find_or_add_person
from archive.people_found import load_known
from archive.row_history import changes_of
from archive.units import Unit, find_unit

MEMBER = Viewer(Role.MEMBER)


def happened(session: Session, now: datetime, title: str = "Ny barnehage", access: Access = Access.MEMBERS) -> Event:
    return add_event(session, EventDetails(title, "1974", access=access), by=None, now=now)


def told(session: Session, now: datetime, access: Access = Access.CLOSED, title: str = "Blanketten") -> Interview:
    interview = Interview(title=title, status=Status.REVIEWED, access=access, made_at=now)
    session.add(interview)
    session.flush()
    if access is not Access.CLOSED:
        use = Use.ALL if access is Access.OPEN else Use.MEMBERS
        day = date(2020, 1, 1)
        session.add(
            Consent(interview_id=interview.id, given_by="Kari Oppdiktet", use=use, valid_from=day, recorded_at=now)
        )
        session.flush()
    return interview


def test_a_link_is_seen_from_both_sides(session: Session, now: datetime, today: date) -> None:
    event, interview = happened(session, now), told(session, now, Access.MEMBERS)
    add_link(session, Side("event", event.id), Side("interview", interview.id, ms=41_000), by=None, now=now)
    (there,) = links_of(session, "event", event.id, MEMBER, today=today)
    assert (there.other.title, there.ms) == ("Blanketten", 41_000)
    (back,) = links_of(session, "interview", interview.id, MEMBER, today=today)
    assert (back.other.title, back.other.when, back.here.ms, back.ms) == ("Ny barnehage", "1974", 41_000, None)


def test_who_may_not_see_the_other_side_sees_no_link(session: Session, now: datetime, today: date) -> None:
    event = happened(session, now, access=Access.OPEN)
    closed, opened = told(session, now), told(session, now, Access.OPEN, "Åpent")
    unit = find_unit(session, "Snåsa SV")
    assert unit is not None
    for other in (Side("interview", closed.id), Side("interview", opened.id), Side("unit", unit.id)):
        add_link(session, Side("event", event.id), other, by=None, now=now)

    def seen(viewer: Viewer) -> list[str]:
        return [each.other.title for each in links_of(session, "event", event.id, viewer, today=today)]

    assert seen(MACHINE_OWNER) == ["Blanketten", "Åpent", "Snåsa SV"]
    assert seen(MEMBER) == ["Åpent", "Snåsa SV"]
    assert seen(VISITOR) == ["Åpent"]
    with pytest.raises(NotFound):
        load_link(
            session, links_of(session, "event", event.id, MACHINE_OWNER, today=today)[0].link_id, MEMBER, today=today
        )


def test_the_same_twice_is_one(session: Session, now: datetime, today: date) -> None:
    event, interview = Side("event", happened(session, now).id), Side("interview", told(session, now).id, ms=1000)
    first = add_link(session, event, interview, by=None, now=now)
    assert add_link(session, interview, event, by=None, now=now).id == first.id
    assert len(links_of(session, "event", event.id, MACHINE_OWNER, today=today)) == 1


def test_what_cannot_be_linked(session: Session, now: datetime) -> None:
    event, interview = happened(session, now), told(session, now)
    one = Side("event", event.id)
    for other, problem in (
        (one, "same"),
        (Side("interview", interview.id, ms=-1), "outside"),
        (Side("interview", interview.id, page=2), "outside"),
    ):
        with pytest.raises(BadInput) as raised:
            add_link(session, one, other, by=None, now=now)
        assert raised.value.problem == problem
    for missing in (Side("person", 9_999), Side("person", 2**40), Side("planet", 1)):
        with pytest.raises(NotFound):
            add_link(session, one, missing, by=None, now=now)
    member = add_user(session, name="Mari Medlem", username="mari", role=Role.MEMBER, now=now, by=None)
    frode = add_user(session, name="Frode Frivillig", username="frode", role=Role.VOLUNTEER, now=now, by=None)
    with pytest.raises(NotAllowed):
        add_link(session, one, Side("interview", interview.id), by=member.id, now=now)
    with pytest.raises(NotFound):  # closed to him
        add_link(session, one, Side("interview", interview.id), by=frode.id, now=now)


def test_taken_away_and_brought_back(session: Session, now: datetime, today: date) -> None:
    event, interview = happened(session, now), told(session, now)
    link = add_link(session, Side("interview", interview.id, ms=5), Side("event", event.id), by=None, now=now)
    change = remove_link(session, link, by=None, now=now)
    assert change is not None
    assert not links_of(session, "event", event.id, MACHINE_OWNER, today=today)
    undo_of_link(session, change, by=None, now=now)
    assert [each.ms for each in links_of(session, "event", event.id, MACHINE_OWNER, today=today)] == [5]
    acts = [each.act for each in changes_of(session, "event", event.id)]
    assert acts == ["undid", "unlinked", "linked", "added"]


def test_a_declined_suggestion_is_no_link(session: Session, now: datetime, today: date) -> None:
    event, place = Side("event", happened(session, now).id), Side("interview", told(session, now).id, ms=7000)
    add_link(session, event, place, state=LinkState.DECLINED, by=None, now=now)
    assert not links_of(session, "event", event.id, MACHINE_OWNER, today=today)
    assert [each.state for each in links_with(session, "event", event.id)] == [LinkState.DECLINED]
    add_link(session, event, place, by=None, now=now)  # somebody thought better of it
    assert links_of(session, "event", event.id, MACHINE_OWNER, today=today)


def test_a_merge_takes_the_links_along(session: Session, now: datetime, today: date) -> None:
    event = happened(session, now)
    kari, other = (find_or_add_person(session, name) for name in ("Kari Oppdiktet", "Kari Opdiktet"))
    for person in (kari, other):
        add_link(session, Side("event", event.id), Side("person", person.id), by=None, now=now)
    merge = merge_people(session, kari, other, by=None, today=today, now=now)
    seen = links_of(session, "event", event.id, MACHINE_OWNER, today=today)
    assert [each.other.title for each in seen] == ["Kari Oppdiktet"]
    undo_merge(session, merge, by=None, now=now)
    assert len(links_of(session, "event", event.id, MACHINE_OWNER, today=today)) == 2


def test_who_belongs_to_an_event_that_members_see_is_known_to_them(
    session: Session, now: datetime, today: date
) -> None:
    event, person = happened(session, now), find_or_add_person(session, "Olga Oppdiktet")
    add_link(session, Side("event", event.id), Side("person", person.id), by=None, now=now)
    assert load_known(session, person.id, MEMBER, today=today) is person
    with pytest.raises(NotFound):
        load_known(session, person.id, VISITOR, today=today)
    assert [each.other.title for each in links_of(session, "person", person.id, MEMBER, today=today)] == [event.title]
    event.access = Access.CLOSED
    session.flush()
    with pytest.raises(NotFound):
        load_known(session, person.id, MEMBER, today=today)


def test_found_by_every_word_of_the_name(session: Session, now: datetime, today: date) -> None:
    happened(session, now, "Årsmøtet på Ørland")
    told(session, now, Access.MEMBERS, "Ærlig talt")
    find_or_add_person(session, "Åse Oppdiktet")

    def found(kind: str, typed: str, viewer: Viewer = MACHINE_OWNER) -> list[str]:
        return [each.title for each in KINDS[kind].find(session, typed, viewer, today=today, most=5)]

    assert found("event", "ørland årsmøtet") == ["Årsmøtet på Ørland"]
    assert found("event", "1974") == ["Årsmøtet på Ørland"]
    assert found("event", "100%_") == []
    assert found("interview", "ærlig", MEMBER) == ["Ærlig talt"]
    assert found("interview", "ærlig", VISITOR) == []
    assert found("person", "åse opp") == ["Åse Oppdiktet"]
    assert found("person", "åse", MEMBER) == []
    assert found("unit", "snåsa sv", MEMBER) == ["Snåsa SV"]
    assert found("unit", "snåsa", VISITOR) == []


def test_no_more_questions_for_more_links(session: Session, now: datetime, today: date) -> None:
    events = [happened(session, now, f"Hendelse {number}") for number in range(20)]
    person, interview = find_or_add_person(session, "Olga Oppdiktet"), told(session, now, Access.MEMBERS)
    numbers = [each.id for each in events]
    for number in numbers[:2]:
        add_link(session, Side("event", number), Side("person", person.id), by=None, now=now)
        add_link(session, Side("event", number), Side("interview", interview.id, ms=number), by=None, now=now)
    few = _count(session, numbers, today)
    for number in numbers:
        for ms in range(5):
            add_link(session, Side("event", number), Side("interview", interview.id, ms=ms), by=None, now=now)
    assert _count(session, numbers, today) == few


def _count(session: Session, numbers: list[int], today: date) -> int:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = session.get_bind()
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    session.expire_all()
    links_among(session, "event", numbers, MEMBER, today=today)
    sqlalchemy_event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def test_things_of_one_kind_tied_to_another(session: Session, now: datetime) -> None:
    event, person = happened(session, now), find_or_add_person(session, "Olga Oppdiktet")
    add_link(session, Side("person", person.id), Side("event", event.id), by=None, now=now)
    assert session.scalars(tied_to("event", "person", Person.id == person.id)).all() == [event.id]
    assert session.scalars(tied_to("person", "event", Event.id == event.id)).all() == [person.id]
    assert pairs_of(session, "event", "person", [event.id]) == [(event.id, person.id)]
    assert session.scalars(tied_to("event", "unit", Unit.id > 0)).all() == []
