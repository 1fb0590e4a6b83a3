"""Names, life and a note: written, changed, and taken back."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.errors import BadInput, NotAllowed
from archive.interviews import Interview
from archive.outbox import OutboxEntry
from archive.people import Person, find_or_add_person
from archive.people_details import PersonDetails, add_person, change_person, edits_of, undo_edit

KARI = PersonDetails(
    name="Kari Gift",
    former=("Kari Ugift", " kari  gift "),
    nicknames=("Kaia",),
    born="ca. 1931",
    died="våren 2004",
    note="Lærer.",
)


def facts(person: Person) -> tuple[object, ...]:
    return person.name, person.born, person.died, person.note, sorted((a.kind.value, a.name) for a in person.aliases)


def test_a_person_is_added_with_everything(session: Session, now: datetime, secretary: User) -> None:
    person = add_person(session, KARI, by=secretary.id, now=now)
    aliases = [("former", "Kari Ugift"), ("nickname", "Kaia")]
    assert facts(person) == ("Kari Gift", "1931~", "2004-21", "Lærer.", aliases)
    assert person.birth_year == 1931
    assert find_or_add_person(session, "KARI UGIFT") is person
    assert find_or_add_person(session, "Kari Ugift", birth_year=1958) is not person


def test_a_change_can_be_taken_back_and_that_too(session: Session, now: datetime, secretary: User) -> None:
    person = add_person(session, KARI, by=secretary.id, now=now)
    before = facts(person)
    change_person(session, person, PersonDetails(name="Kari Ny", nicknames=("Kaia",)), by=secretary.id, now=now)
    after = facts(person)
    assert after == ("Kari Ny", "", "", "", [("nickname", "Kaia")])
    undo_edit(session, person, edits_of(session, person.id)[0].batch, by=secretary.id, now=now)
    assert facts(person) == before
    added = edits_of(session, person.id)[-1]
    with pytest.raises(BadInput, match="unknown"):
        undo_edit(session, find_or_add_person(session, "En Annen"), added.batch, by=secretary.id, now=now)


def test_nothing_changed_is_no_change(session: Session, now: datetime, secretary: User) -> None:
    person = add_person(session, KARI, by=secretary.id, now=now)
    change_person(session, person, KARI, by=secretary.id, now=now)
    assert len(edits_of(session, person.id)) == 1


def test_a_new_name_is_heard_of_by_search(session: Session, interview: Interview, now: datetime) -> None:
    person = interview.narrators[0]
    session.query(OutboxEntry).delete()
    change_person(session, person, PersonDetails(name="Olga Nygift", former=(person.name,)), by=None, now=now)
    waiting = {tuple(each) for each in session.execute(select(OutboxEntry.kind, OutboxEntry.thing_id))}
    assert ("interview", interview.id) in waiting
    assert ("person", person.id) in waiting


@pytest.mark.parametrize(
    ("details", "field", "problem"),
    [
        (PersonDetails(name=" "), "name", "empty"),
        (PersonDetails(name="x" * 201), "name", "too_long"),
        (PersonDetails(name="A", born="31.02.1931"), "born", "no_such_day"),
        (PersonDetails(name="A", born="2031"), "born", "future"),
        (PersonDetails(name="A", born="1931", died="1930"), "died", "before_birth"),
        (PersonDetails(name="A", former=tuple(f"N{n}" for n in range(21))), "former", "too_many"),
        (PersonDetails(name="A", note="x" * 10_001), "note", "too_long"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    session: Session, now: datetime, details: PersonDetails, field: str, problem: str
) -> None:
    with pytest.raises(BadInput) as refused:
        add_person(session, details, by=None, now=now)
    assert (refused.value.field, refused.value.problem) == (field, problem)


def test_only_the_secretary_writes(session: Session, now: datetime, volunteer: User) -> None:
    with pytest.raises(NotAllowed):
        add_person(session, KARI, by=volunteer.id, now=now)
    with pytest.raises(NotAllowed):
        change_person(session, find_or_add_person(session, "A"), KARI, by=volunteer.id, now=now)
