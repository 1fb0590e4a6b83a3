"""Somebody who was entered by mistake goes and comes back; who is spoken of anywhere stays, and it is said where."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.bin import throw_away
from archive.database import Database
from archive.desk_changes import removed_lately, undo_any
from archive.errors import BadInput, NotAllowed
from archive.interviews import Interview, InterviewDetails, add_interview
from archive.merging import merge_people, undo_merge
from archive.merging_rows import pointers
from archive.offices import OfficeDetails, OfficeKind, add_office
from archive.organisation.contacts import write_contact
from archive.people import Person, PersonAlias, find_or_add_person
from archive.people_details import PersonDetails, add_person
from archive.removing_people import pointing_to, remove_person
from archive.row_history import RowChange
from archive.units import find_unit

KARI = PersonDetails(name="Kari Feil", former=("Kari Før",), nicknames=("Kaia",), born="1931")


@pytest.fixture
def kari(session: Session, now: datetime) -> Person:
    """Somebody whom nothing points to."""
    return add_person(session, KARI, by=None, now=now)


def removal(session: Session) -> RowChange:
    return session.scalars(select(RowChange).where(RowChange.of_table == "person", RowChange.act == "removed")).one()


def test_who_was_entered_by_mistake_goes_and_comes_back_as_before(
    session: Session, kari: Person, secretary: User, volunteer: User, now: datetime
) -> None:
    number = kari.id
    with pytest.raises(NotAllowed):
        remove_person(session, kari, by=volunteer.id, now=now)
    remove_person(session, kari, by=secretary.id, now=now)
    assert session.get(Person, number) is None
    assert session.scalars(select(PersonAlias)).all() == []
    assert find_or_add_person(session, "En Annen").id > number  # numbers are given once, so the way back stays open
    assert [each.row_id for each in removed_lately(session, since=now, most=9)] == [number]
    added = session.scalars(select(RowChange).where(RowChange.of_table == "person", RowChange.act == "added")).one()
    with pytest.raises(BadInput, match="changed_since"):
        undo_any(session, added.id, by=secretary.id, now=now)
    undo_any(session, removal(session).id, by=secretary.id, now=now)
    back = session.get_one(Person, number)
    assert (back.name, back.born, back.birth_year) == ("Kari Feil", "1931", 1931)
    assert sorted(alias.name for alias in back.aliases) == ["Kaia", "Kari Før"]
    with pytest.raises(BadInput, match="undone_already"):
        undo_any(session, removal(session).id, by=secretary.id, now=now)


def test_the_way_back_also_leads_from_one_of_the_other_names(session: Session, kari: Person, now: datetime) -> None:
    remove_person(session, kari, by=None, now=now)
    alias = select(RowChange).where(RowChange.of_table == "person_alias", RowChange.act == "removed").limit(1)
    undo_any(session, session.scalars(alias).one().id, by=None, now=now)
    assert session.scalars(select(Person).where(Person.name == "Kari Feil")).one().aliases


def test_who_takes_part_or_holds_office_stays_and_it_is_said_where(
    session: Session, kari: Person, interview: Interview, now: datetime
) -> None:
    narrator = interview.narrators[0]
    with pytest.raises(BadInput, match="pointed_to"):
        remove_person(session, narrator, by=None, now=now)
    unit = find_unit(session, "Snåsa SV")
    assert unit is not None
    details = OfficeDetails(unit.id, kari.id, OfficeKind.LEADER, "leder", held_from="2024")
    add_office(session, details, by=None, now=now)
    write_contact(session, kari, email="kari@eksempel.no", phone="", by=None, now=now)
    found = {each.table: each for each in pointing_to(session, kari)}
    assert set(found) == {"office", "person_contact"}
    assert [(each.page, each.title) for each in found["office"].things] == [("unit", "Snåsa SV")]
    takes_part = next(each for each in pointing_to(session, narrator) if each.table == "participation")
    assert [each.title for each in takes_part.things] == [interview.title]
    throw_away(session, interview, by=None, now=now)
    assert all(each.things == () for each in pointing_to(session, narrator))
    with pytest.raises(BadInput, match="pointed_to"):
        remove_person(session, narrator, by=None, now=now)


def test_who_was_merged_stays_and_a_merge_undone_is_in_nobodys_way(
    session: Session, kari: Person, now: datetime
) -> None:
    other = find_or_add_person(session, "Kari Rett")
    merge = merge_people(session, kari, other, by=None, today=date(2026, 3, 14), now=now)
    for person, problem in ((kari, "pointed_to"), (other, "merged")):
        with pytest.raises(BadInput, match=problem):
            remove_person(session, person, by=None, now=now)
    undo_merge(session, merge, by=None, now=now)
    remove_person(session, kari, by=None, now=now)
    assert session.get(Person, kari.id) is None


def test_both_databases_say_what_points_and_forget_what_went(each_database: Database, now: datetime) -> None:
    with each_database.write() as session:
        kari = add_person(session, KARI, by=None, now=now)
        add_interview(session, InterviewDetails("Om Kari", narrators=("Kari Feil",)), handed_in_by_id=None, now=now)
        (found,) = pointing_to(session, kari)
        assert (found.table, found.rows, found.things[0].title) == ("participation", 1, "Om Kari")
        other = add_person(session, PersonDetails(name="Ola Feil", spellings=("Olla",)), by=None, now=now)
        change = remove_person(session, other, by=None, now=now)
        undo_any(session, change.id, by=None, now=now)
        assert session.get_one(Person, change.row_id).aliases[0].name == "Olla"


def test_every_column_that_points_is_asked_in_as_many_questions_however_much_points(
    session: Session, interview: Interview, now: datetime
) -> None:
    asked: list[str] = []
    listen: Callable[..., None] = lambda *each: asked.append(each[2])  # noqa: E731
    event.listen(session.get_bind(), "before_cursor_execute", listen)
    narrator = interview.narrators[0]
    session.flush()
    counts = []
    pointing_to(session, narrator)
    for _ in range(2):
        asked.clear()
        pointing_to(session, narrator)
        counts.append(len(asked))
        for number in range(20):
            copy = Interview(title=f"Kopi {number}", made_at=now)
            copy.participations = [type(interview.participations[0])(person=narrator, part="narrator")]
            session.add(copy)
        session.flush()
    assert counts[0] == counts[1] <= 2 + len(pointers())
