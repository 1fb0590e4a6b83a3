"""Whom a reader may know of, how people are found, and that nothing closed shows through."""

from datetime import date, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER, VISITOR, ConsentDetails, Use, Viewer, open_interview
from archive.accounts import Role
from archive.database import Database
from archive.errors import NotFound
from archive.exchange.tables import Row, Table
from archive.interviews import Access, Interview, InterviewDetails, Part, Participation, Status, add_interview
from archive.merging import merge_people, preview_merge, undo_merge
from archive.names import NameSuggestion, SuggestionState
from archive.offices import Office, OfficeKind
from archive.people import AliasKind, Person, PersonAlias, find_or_add_person
from archive.people_found import (
    Listed,
    likely_same,
    list_people,
    load_known,
    mentions_of,
    search_people,
    sort_key,
    speaks_in,
)
from archive.people_table import PEOPLE_TABLE
from archive.table_imports import carry_out_table, imports_of, plan_table, undo_import
from archive.transcripts import Segment
from archive.units import Unit, UnitKind

MEMBER = Viewer(Role.MEMBER)


def told(session: Session, now: datetime, title: str, narrator: str, access: Access) -> Interview:
    """An interview with two lines, a minute together, open as said."""
    details = InterviewDetails(title=title, narrators=(narrator,), interviewers=("Ida Intervjuer",))
    interview = add_interview(session, details, handed_in_by_id=None, now=now)
    interview.status = Status.IN_REVIEW
    speaker = interview.narrators[0]
    for start_ms in (10_000, 50_000):
        session.add(
            Segment(interview=interview, speaker=speaker, start_ms=start_ms, end_ms=start_ms + 30_000, text="Vi sang.")
        )
    if access is not Access.CLOSED:
        use = Use.ALL if access is Access.OPEN else Use.MEMBERS
        consent = ConsentDetails(given_by=narrator, use=use, valid_from=date(2026, 1, 1))
        open_interview(session, interview, access, consent=consent, by=None, now=now)
    session.flush()
    return interview


def named(session: Session, interview: Interview, name: str, state: SuggestionState = SuggestionState.ACCEPTED) -> None:
    """Somebody decided that this name is said in the first line."""
    line = interview.segments[0]
    session.add(
        NameSuggestion(
            interview_id=interview.id, segment_id=line.id, first_word=0, last_word=0, heard="x", name=name,
            kind="person", score=1.0, state=state,
        )
    )  # fmt: skip
    session.flush()


def names(session: Session, viewer: Viewer, today: date) -> list[str]:
    return [each.name for each in list_people(session, viewer, today=today)]


def test_each_reader_knows_those_of_what_he_may_see(session: Session, now: datetime, today: date) -> None:
    told(session, now, "Åpen", "Åse Åpen", Access.OPEN)
    told(session, now, "Medlem", "Mona Medlem", Access.MEMBERS)
    told(session, now, "Lukket", "Lars Lukket", Access.CLOSED)
    find_or_add_person(session, "Nils Nevntløs")
    assert names(session, VISITOR, today) == ["Ida Intervjuer", "Åse Åpen"]
    assert names(session, MEMBER, today) == ["Ida Intervjuer", "Mona Medlem", "Åse Åpen"]
    everybody = ["Ida Intervjuer", "Lars Lukket", "Mona Medlem", "Nils Nevntløs", "Åse Åpen"]
    assert names(session, MACHINE_OWNER, today) == everybody


def test_members_know_those_who_are_named_and_those_with_an_office(
    session: Session, now: datetime, today: date
) -> None:
    interview = told(session, now, "Medlem", "Mona Medlem", Access.MEMBERS)
    closed = told(session, now, "Lukket", "Lars Lukket", Access.CLOSED)
    for name in ("Nevnt Navn", "Avvist Navn", "Skjult Navn", "Verv Holder"):
        find_or_add_person(session, name)
    named(session, interview, "Nevnt Navn")
    named(session, interview, "Avvist Navn", SuggestionState.DECLINED)
    named(session, closed, "Skjult Navn")
    unit = Unit(name="Frosta", kind=UnitKind.LOCAL_BRANCH, active="")
    session.add(unit)
    session.flush()
    holder = find_or_add_person(session, "Verv Holder")
    session.add(Office(unit_id=unit.id, person_id=holder.id, kind=OfficeKind.LEADER, title="leder", held="1971/"))
    session.flush()
    assert names(session, MEMBER, today) == ["Verv Holder", "Ida Intervjuer", "Mona Medlem", "Nevnt Navn"]
    assert names(session, VISITOR, today) == []


def test_a_persons_page_tells_nothing_of_what_is_closed(session: Session, now: datetime, today: date) -> None:
    shown = told(session, now, "Åpen", "Åse Åpen", Access.OPEN)
    hidden = told(session, now, "Lukket", "Åse Åpen", Access.CLOSED)
    named(session, shown, "Åse Åpen")
    named(session, hidden, "Åse Åpen")
    person = shown.narrators[0]
    for viewer, titles in ((VISITOR, ["Åpen"]), (MEMBER, ["Åpen"]), (MACHINE_OWNER, ["Lukket", "Åpen"])):
        found = speaks_in(session, person, viewer, today=today)
        assert sorted(each.interview.title for each in found) == titles
        assert {(each.talking_ms, each.first_ms) for each in found} == {(60_000, 10_000)}
        assert sorted(each.title for each in mentions_of(session, person, viewer, today=today)) == titles
    with pytest.raises(NotFound):
        load_known(session, find_or_add_person(session, "Ukjent For Alle").id, MEMBER, today=today)


def test_a_mention_under_another_name_is_a_mention(session: Session, now: datetime, today: date) -> None:
    interview = told(session, now, "Åpen", "Åse Åpen", Access.OPEN)
    person = find_or_add_person(session, "Kari Gift")
    session.add(PersonAlias(person_id=person.id, kind=AliasKind.FORMER, name="Kari Ugift"))
    session.flush()
    named(session, interview, "Kari Ugift")
    assert len(mentions_of(session, person, MEMBER, today=today)) == 1
    assert load_known(session, person.id, MEMBER, today=today) is person


def listed(*names: str) -> list[Listed]:
    return [Listed(number, name, "", "", ()) for number, name in enumerate(names, start=1)]


@pytest.mark.parametrize(
    ("typed", "spelt", "alike"),
    [
        ("olga", ["Olga Oppdiktet"], []),
        ("OPPD olg", ["Olga Oppdiktet"], []),
        ("Bjørgan", ["Per Bjørgan"], ["Pål Bjørgen"]),
        ("kristjansen", [], ["Kari Christiansen"]),
        ("haug", ["Ola Haugen"], []),
        ("xyz", [], []),
        ("x", [], []),
        ("ødegaard", [], ["Åse Ødegård"]),
    ],
)
def test_people_are_found_by_how_they_are_spelt_and_by_how_they_sound(
    typed: str, spelt: list[str], alike: list[str]
) -> None:
    everybody = listed(
        "Olga Oppdiktet", "Per Bjørgan", "Pål Bjørgen", "Kari Christiansen", "Ola Haugen", "Åse Ødegård", "Li"
    )
    found, sounding = search_people(everybody, typed)
    assert [each.name for each in found] == spelt
    assert [each.name for each in sounding] == alike


def test_people_stand_by_last_name_as_norwegians_sort() -> None:
    people = listed("Åse Ås", "Per Aas", "Ola Ærlig", "Kari Østby", "Anna Zahl", "Anna Aune", "Per Zahl")
    assert [each.name for each in sorted(people, key=sort_key)] == [
        "Anna Aune", "Anna Zahl", "Per Zahl", "Ola Ærlig", "Kari Østby", "Per Aas", "Åse Ås",
    ]  # fmt: skip
    assert [each.letter for each in people] == ["Å", "Å", "Æ", "Ø", "Z", "A", "Z"]


def test_who_may_be_the_same_person_is_offered(session: Session) -> None:
    olga = find_or_add_person(session, "Olga Bjørgan")
    everybody = listed("x", "Olga Bjørgen", "Oluf Berg", "Olga Bjørgan")
    assert [each.name for each in likely_same(everybody, olga)][:2] == ["Olga Bjørgan", "Olga Bjørgen"]


@pytest.mark.parametrize("count", [3, 60])
def test_a_list_asks_no_more_for_many(session: Session, now: datetime, today: date, count: int) -> None:
    for number in range(count):
        told(session, now, f"Samtale {number}", f"Person Nummer{number}", Access.OPEN)
    session.commit()
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *each: asked.append(each[2]))
    assert len(list_people(session, MEMBER, today=today)) == count + 1
    interviewer = session.query(Person).filter_by(name="Ida Intervjuer").one()
    assert len(speaks_in(session, interviewer, MEMBER, today=today)) == count
    assert len(asked) <= 10


def test_both_databases_answer_alike(each_database: Database, now: datetime, today: date) -> None:
    with each_database.write() as session:
        interview = told(session, now, "Medlem", "Mona Medlem", Access.MEMBERS)
        double = find_or_add_person(session, "Mona Meldem")
        session.add(Participation(interview=interview, person=double, part=Part.NARRATOR))
        named(session, interview, "Mona Meldem")
        kept = interview.narrators[0]
        assert [each.name for each in list_people(session, MEMBER, today=today)] == [
            "Ida Intervjuer", "Mona Medlem", "Mona Meldem",
        ]  # fmt: skip
        assert preview_merge(session, kept, double).doubles == 1
        done = merge_people(session, kept, double, by=None, today=today, now=now)
        assert [each.title for each in mentions_of(session, kept, MEMBER, today=today)] == ["Medlem"]
        assert [each.talking_ms for each in speaks_in(session, kept, MEMBER, today=today)] == [60_000]
        assert load_known(session, double.id, MEMBER, today=today) is kept
        undo_merge(session, done, by=None, now=now)
        session.refresh(interview)
        assert [each.name for each in interview.narrators] == ["Mona Medlem", "Mona Meldem"]
        table = Table((Row(2, {"name": "Mona Medlem", "born": "ca. 1931", "former": "Mona Ung"}),), ("name",))
        plan = plan_table(session, PEOPLE_TABLE, table, now=now)
        batch = carry_out_table(session, PEOPLE_TABLE, table, fingerprint=plan.fingerprint, by=None, now=now)
        assert (kept.born, kept.names(AliasKind.FORMER)) == ("1931~", ["Mona Ung"])
        assert [each.batch for each in imports_of(session, PEOPLE_TABLE)] == [batch]
        undo_import(session, PEOPLE_TABLE, batch, by=None, now=now)
        assert session.get_one(Person, kept.id, populate_existing=True).born == ""
        session.commit()
