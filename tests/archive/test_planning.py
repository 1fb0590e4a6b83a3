from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.errors import BadInput, NotAllowed
from archive.interviews import Interview, InterviewDetails, InterviewPlan, Status
from archive.people import Person, find_or_add_person
from archive.people_details import edits_of, undo_edit
from archive.planning import PlanDetails, change_plan, hand_in_planned, plan_interview, planned_interviews
from archive.recordings import ReceivedFile, add_recordings

DETAILS = PlanDetails(
    narrator="Olga Oppdiktet",
    birth_year=1934,
    offices_held="Leder i lokallaget 1975–1981\nKommunestyret 1979",
    haste=1,
    why_haste="Flytter i vår.",
    who_asks="Frode",
    agreed_on=date(2026, 4, 1),
    question_guide="- Hvordan begynte det?\n- Hvem var med?",
)


def test_a_plan_says_whom_and_why(session: Session, volunteer: User, now: datetime) -> None:
    interview = plan_interview(session, DETAILS, now=now, by=volunteer.id)
    session.expire(interview)
    assert (interview.title, interview.status) == ("Samtale med Olga Oppdiktet", Status.PLANNED)
    assert [(person.name, person.birth_year) for person in interview.narrators] == [("Olga Oppdiktet", 1934)]
    assert interview.plan is not None
    assert interview.plan.offices_held == DETAILS.offices_held
    assert (interview.plan.haste, interview.plan.agreed_on) == (1, date(2026, 4, 1))
    assert interview.handed_in_by_id is None


def test_the_most_urgent_come_first_then_the_oldest(session: Session, now: datetime) -> None:
    for narrator, birth_year, haste in (
        ("Kan vente", 1920, 3),
        ("I år, ung", 1960, 2),
        ("I år, ukjent", None, 2),
        ("I år, gammel", 1930, 2),
        ("Straks", 1970, 1),
    ):
        plan_interview(session, PlanDetails(narrator, birth_year=birth_year, haste=haste), now=now, by=None)
    names = [interview.narrators[0].name for interview in planned_interviews(session)]
    assert names == ["Straks", "I år, gammel", "I år, ung", "I år, ukjent", "Kan vente"]


def test_a_plan_is_changed(session: Session, volunteer: User, now: datetime) -> None:
    interview = plan_interview(session, DETAILS, now=now, by=volunteer.id)
    changed = replace(DETAILS, narrator="Per Oppdiktet", birth_year=1940, title="Om streiken", haste=3)
    change_plan(session, interview, changed, by=volunteer.id, now=now)
    session.expire(interview)
    assert interview.title == "Om streiken"
    assert [person.name for person in interview.narrators] == ["Per Oppdiktet"]
    assert interview.plan is not None and interview.plan.haste == 3
    assert session.query(InterviewPlan).count() == 1


def test_a_birth_year_that_a_plan_brings_is_told_of_the_person_and_taken_back(
    session: Session, secretary: User, volunteer: User, now: datetime
) -> None:
    olga = find_or_add_person(session, "Olga Oppdiktet")
    interview = plan_interview(session, DETAILS, now=now, by=volunteer.id)
    (edit,) = edits_of(session, olga.id)
    (change,) = edit.changes
    assert (change.act, change.made_by_id, change.fields) == ("changed", volunteer.id, ("born", "birth_year"))
    change_plan(session, interview, replace(DETAILS, haste=2), by=volunteer.id, now=now)
    assert len(edits_of(session, olga.id)) == 1
    undo_edit(session, olga, edit.batch, by=secretary.id, now=now)
    assert (olga.born, olga.birth_year, interview.narrators) == ("", None, [olga])


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"narrator": " "}, "narrator"),
        ({"narrator": "x" * 201}, "narrator"),
        ({"birth_year": 2031}, "birth_year"),
        ({"birth_year": 19}, "birth_year"),
        ({"haste": 0}, "haste"),
        ({"who_asks": "x" * 201}, "who_asks"),
        ({"title": "x" * 301}, "title"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(
    session: Session, now: datetime, bad: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInput) as raised:
        plan_interview(session, replace(DETAILS, **bad), now=now, by=None)  # type: ignore[arg-type]
    assert raised.value.field == field


def test_members_do_not_plan(session: Session, member: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        plan_interview(session, DETAILS, now=now, by=member.id)


def test_a_held_interview_keeps_its_number_and_its_plan(
    session: Session, volunteer: User, now: datetime, received: Callable[..., ReceivedFile]
) -> None:
    session.add(Person(name="Olga Oppdiktet", birth_year=1901))  # another one of that name
    session.flush()
    planned = plan_interview(session, DETAILS, now=now, by=None)
    number, narrators = planned.id, planned.narrators
    details = InterviewDetails(title="Olga forteller", narrators=("Olga Oppdiktet",), held_on=date(2026, 3, 10))
    held = hand_in_planned(session, planned, details, handed_in_by_id=volunteer.id, now=now)
    add_recordings(session, held, [received()], received_by_id=volunteer.id, now=now)
    session.commit()
    interview = session.get_one(Interview, number)
    assert interview is held
    assert (interview.title, interview.handed_in_by_id) == ("Olga forteller", volunteer.id)
    assert interview.narrators == narrators
    assert interview.plan is not None and interview.plan.question_guide == DETAILS.question_guide
    assert interview.status == Status.RECEIVED
    assert planned_interviews(session) == []
    for too_late in (
        lambda: hand_in_planned(session, interview, details, handed_in_by_id=volunteer.id, now=now),
        lambda: change_plan(session, interview, DETAILS, by=volunteer.id, now=now),
    ):
        with pytest.raises(NotAllowed):
            too_late()
