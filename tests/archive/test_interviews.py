from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.audit import AuditEvent
from archive.database import Database
from archive.errors import BadInput, NotAllowed
from archive.interviews import (
    Access,
    Interview,
    InterviewDetails,
    Part,
    Status,
    add_interview,
    change_details,
    check_details,
    set_status,
)
from archive.outbox import INTERVIEW, OutboxEntry
from archive.people import Person
from archive.row_history import changes_of

DETAILS = InterviewDetails(
    title="  Da laget ble stiftet ",
    narrators=("Olga Oppdiktet", "Per Oppdiktet", "olga  oppdiktet"),
    interviewers=("Frode Frivillig",),
    heard=("Olga Oppdiktet",),
    held_on=date(2026, 3, 1),
    place="Frosta",
    dialect="frosting, med en del innslag fra Leksvik",
    summary="Om 1973.\nOg om 1975.",
)


def test_a_new_interview_is_closed_and_knows_its_people(each_database: Database, now: datetime) -> None:
    with each_database.write() as session:
        interview = add_interview(session, DETAILS, handed_in_by_id=None, now=now)
        session.commit()
    with each_database.read() as session:
        interview = session.get_one(Interview, interview.id)
        assert (interview.title, interview.access, interview.status) == (
            "Da laget ble stiftet",
            Access.CLOSED,
            Status.PLANNED,
        )
        assert [person.name for person in interview.narrators] == ["Olga Oppdiktet", "Per Oppdiktet"]
        assert interview.people(Part.HEARD) == interview.narrators[:1]  # one person, two parts
        assert [person.name for person in interview.people(Part.INTERVIEWER)] == ["Frode Frivillig"]
        assert interview.summary == "Om 1973.\nOg om 1975."
        assert interview.reference == f"TSV-I-{interview.id:04d}"
        assert interview.duration_ms == 0


def test_details_are_written_anew(session: Session, volunteer: User, now: datetime) -> None:
    interview = add_interview(session, DETAILS, handed_in_by_id=volunteer.id, now=now)
    new = replace(DETAILS, title="Ny tittel", narrators=("Per Oppdiktet", "Olga Oppdiktet"), heard=(), held_on=None)
    change_details(session, interview, new, by=volunteer.id, now=now)
    session.expire(interview)
    assert interview.title == "Ny tittel"
    assert interview.held_on is None
    assert [person.name for person in interview.narrators] == ["Per Oppdiktet", "Olga Oppdiktet"]
    assert interview.people(Part.HEARD) == []
    change_details(session, interview, new, by=volunteer.id, now=now)  # the same again
    assert [person.name for person in interview.narrators] == ["Per Oppdiktet", "Olga Oppdiktet"]


def test_of_two_people_of_one_name_the_one_who_takes_part_stays(session: Session, now: datetime) -> None:
    session.add_all([Person(name="Olga Oppdiktet", birth_year=1920), Person(name="Olga Oppdiktet", birth_year=1950)])
    session.flush()
    interview = add_interview(session, replace(DETAILS, narrators=()), handed_in_by_id=None, now=now)
    younger = session.scalars(select(Person).where(Person.birth_year == 1950)).one()
    interview.participations[0].person = younger
    session.flush()
    change_details(session, interview, DETAILS, by=None, now=now)
    assert younger in interview.narrators


def test_the_page_asks_for_title_narrator_and_date(now: datetime) -> None:
    def problems(details: InterviewDetails) -> set[tuple[str, str]]:
        return {(each.field, each.problem) for each in check_details(details, today=now.date())}

    assert problems(DETAILS) == set()
    assert problems(InterviewDetails(title=" ", narrators=(" ",))) == {
        ("title", "empty"),
        ("narrators", "empty"),
        ("held_on", "empty"),
    }
    too_long = InterviewDetails(
        title="x" * 301,
        narrators=("x" * 201,),
        place="x" * 201,
        dialect="x" * 201,
        language="x" * 11,
        held_on=date(216, 3, 1),
    )
    assert problems(too_long) == {
        ("title", "too_long"),
        ("narrators", "too_long"),
        ("place", "too_long"),
        ("dialect", "too_long"),
        ("language", "too_long"),
        ("held_on", "too_old"),
    }
    assert problems(replace(DETAILS, held_on=date(2026, 3, 15))) == {("held_on", "future")}


@pytest.mark.parametrize(
    "bad",
    [
        {"title": ""},
        {"title": "x" * 301},
        {"place": "x" * 201},
        {"narrators": ("x" * 201,)},
        {"creator_id": 4711},
        {"creator_id": 10**30},
    ],
)
def test_what_cannot_be_kept_is_refused(session: Session, now: datetime, bad: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        add_interview(session, replace(DETAILS, **bad), handed_in_by_id=None, now=now)  # type: ignore[arg-type]


def test_a_number_is_never_used_again(session: Session, now: datetime) -> None:
    first = add_interview(session, InterviewDetails(title="En"), handed_in_by_id=None, now=now)
    number = first.id
    session.delete(first)
    session.flush()
    assert add_interview(session, InterviewDetails(title="To"), handed_in_by_id=None, now=now).id > number


def test_people_move_a_text_on_and_the_worker_does_the_rest(
    session: Session, interview: Interview, volunteer: User, member: User, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        set_status(session, interview, Status.REVIEWED, by=volunteer.id, now=now)  # there is no text yet
    set_status(session, interview, Status.MACHINE_TEXT, by=None, now=now)
    set_status(session, interview, Status.IN_REVIEW, by=volunteer.id, now=now)
    set_status(session, interview, Status.REVIEWED, by=volunteer.id, now=now)
    for status in (Status.PROCESSING, Status.PLANNED, Status.FAILED):
        with pytest.raises(NotAllowed):
            set_status(session, interview, status, by=volunteer.id, now=now)
    with pytest.raises(NotAllowed):
        set_status(session, interview, Status.IN_REVIEW, by=member.id, now=now)
    assert interview.status == Status.REVIEWED


def test_what_is_done_is_written_down_without_a_word_of_it(
    session: Session, interview: Interview, volunteer: User, now: datetime
) -> None:
    change_details(session, interview, DETAILS, by=volunteer.id, now=now)
    (change,) = changes_of(session, "interview", interview.id)
    events = session.scalars(select(AuditEvent).where(AuditEvent.kind == "interview")).all()
    assert [(each.act, each.user_id, each.detail) for each in events] == [
        ("added", volunteer.id, {}),
        ("changed_details", volunteer.id, {"change": change.id}),
    ]
    assert len(session.scalars(select(OutboxEntry).where(OutboxEntry.kind == INTERVIEW)).all()) == 2
