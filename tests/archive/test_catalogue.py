from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER, VISITOR, ConsentDetails, Use, Viewer, close_now, open_interview
from archive.accounts import Role, User
from archive.catalogue import Filter, browse, facets, handed_in_by, load_interview, received_as
from archive.database import Database
from archive.errors import NotFound
from archive.interviews import Access, Interview, InterviewDetails, Status, add_interview
from archive.planning import PlanDetails, plan_interview
from archive.recordings import ReceivedFile, add_recordings

TODAY = date(2026, 3, 14)
MINUTE_MS = 60_000
EVERYTHING = Filter()

Archive = dict[str, Interview]


def _fill(session: Session, now: datetime, received: Callable[..., ReceivedFile]) -> Archive:
    """Four interviews: an open, a members', a closed and a planned one."""
    interviews = {}
    for title, narrator, held_on, place, minutes, access in (
        ("åpen", "Olga", date(2024, 5, 1), "Frosta", 10, Access.OPEN),
        ("medlem", "Per", date(2025, 6, 1), "Ørland", 45, Access.MEMBERS),
        ("lukket", "Olga", date(2025, 7, 1), "Åfjord", 90, Access.CLOSED),
    ):
        details = InterviewDetails(title=title, narrators=(narrator,), held_on=held_on, place=place)
        interview = add_interview(session, details, handed_in_by_id=None, now=now)
        add_recordings(session, interview, [received(title, minutes * MINUTE_MS)], received_by_id=None, now=now)
        if access != Access.CLOSED:
            consent = ConsentDetails(narrator, Use.ALL, TODAY)
            open_interview(session, interview, access, consent=consent, by=None, now=now)
        interviews[title] = interview
    interviews["lukket"].status = Status.REVIEWED
    interviews["planlagt"] = plan_interview(session, PlanDetails("Kari"), now=now, by=None)
    session.flush()
    return interviews


@pytest.fixture
def shelf(session: Session, now: datetime, received: Callable[..., ReceivedFile]) -> Archive:
    """The four, on SQLite."""
    return _fill(session, now, received)


def titles(session: Session, viewer: Viewer, chosen: Filter = EVERYTHING, today: date = TODAY) -> list[str]:
    return [interview.title for interview in browse(session, viewer, chosen, today=today)]


def test_each_reader_finds_what_is_for_them_newest_first(session: Session, shelf: Archive) -> None:
    assert titles(session, VISITOR) == ["åpen"]
    assert titles(session, Viewer(Role.MEMBER)) == ["medlem", "åpen"]
    assert titles(session, Viewer(Role.SECRETARY)) == ["lukket", "medlem", "åpen"]
    assert titles(session, Viewer(Role.MEMBER), today=date(2026, 3, 13)) == []  # the consents begin tomorrow


def test_facets_name_nothing_that_is_hidden(session: Session, shelf: Archive, now: datetime) -> None:
    seen = facets(session, VISITOR, today=TODAY)
    assert ([person.name for person in seen.narrators], seen.places, seen.years) == (["Olga"], ("Frosta",), (2024,))
    seen = facets(session, MACHINE_OWNER, today=TODAY)
    assert [person.name for person in seen.narrators] == ["Olga", "Per"]  # not Kari, who has not been asked yet
    assert (set(seen.places), seen.years) == ({"Frosta", "Ørland", "Åfjord"}, (2025, 2024))
    close_now(session, shelf["åpen"], by=None, now=now)
    seen = facets(session, VISITOR, today=TODAY)
    assert (seen.narrators, seen.places, seen.years) == ((), (), ())


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (Filter(place="Ørland"), ["medlem"]),
        (Filter(place="Frosta", year=2025), []),
        (Filter(year=2025), ["lukket", "medlem"]),
        (Filter(length="short"), ["åpen"]),
        (Filter(length="middle"), ["medlem"]),
        (Filter(length="long"), ["lukket"]),
        (Filter(text=Status.REVIEWED), ["lukket"]),
        (Filter(text=Status.RECEIVED), ["medlem", "åpen"]),
        (Filter(narrator_id=10**30), []),
        (Filter(year=-1), []),
        (Filter(year=10**30), []),
        (Filter(place="Sted\x00"), []),
    ],
)
def test_the_list_is_narrowed(session: Session, shelf: Archive, chosen: Filter, found: list[str]) -> None:
    assert titles(session, MACHINE_OWNER, chosen) == found


def test_the_list_is_narrowed_to_a_narrator(session: Session, shelf: Archive) -> None:
    olga = shelf["åpen"].narrators[0]
    assert titles(session, MACHINE_OWNER, Filter(narrator_id=olga.id)) == ["lukket", "åpen"]
    assert titles(session, VISITOR, Filter(narrator_id=olga.id)) == ["åpen"]


def test_postgres_finds_the_same(each_database: Database, now: datetime, received: Callable[..., ReceivedFile]) -> None:
    with each_database.write() as session:
        _fill(session, now, received)
        assert titles(session, Viewer(Role.MEMBER)) == ["medlem", "åpen"]
        assert titles(session, MACHINE_OWNER, Filter(year=2025, length="long", text=Status.REVIEWED)) == ["lukket"]
        for nonsense in (Filter(year=10**30), Filter(narrator_id=10**30), Filter(narrator_id=0), Filter(place="\x00")):
            assert titles(session, MACHINE_OWNER, nonsense) == []
        assert facets(session, VISITOR, today=TODAY).years == (2024,)


def test_what_is_hidden_and_what_is_not_there_look_the_same(session: Session, shelf: Archive) -> None:
    hidden = shelf["lukket"].id
    assert load_interview(session, hidden, MACHINE_OWNER, today=TODAY) is shelf["lukket"]
    for number in (hidden, 4711, 0, -1, 2**31, 10**30):
        with pytest.raises(NotFound) as raised:
            load_interview(session, number, VISITOR, today=TODAY)
        assert (raised.value.kind, raised.value.id) == ("interview", number)


def test_what_one_handed_in_newest_first(
    session: Session, interview: Interview, volunteer: User, other_volunteer: User, now: datetime
) -> None:
    newer = add_interview(session, InterviewDetails(title="Nyere"), handed_in_by_id=volunteer.id, now=now)
    assert handed_in_by(session, volunteer.id) == [newer, interview]
    assert handed_in_by(session, other_volunteer.id) == []


def test_what_was_received_before_is_named_to_who_may_see_it(session: Session, shelf: Archive) -> None:
    hashes = {title: shelf[title].recordings[0].sha256 for title in ("åpen", "lukket")}
    known = received_as(session, [*hashes.values(), "0" * 64], VISITOR, today=TODAY)
    assert known == {hashes["åpen"]: shelf["åpen"], hashes["lukket"]: None}
    assert received_as(session, [hashes["lukket"]], MACHINE_OWNER, today=TODAY) == {hashes["lukket"]: shelf["lukket"]}
    assert received_as(session, [], MACHINE_OWNER, today=TODAY) == {}
