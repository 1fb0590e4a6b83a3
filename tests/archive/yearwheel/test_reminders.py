"""Reminders: who is written to, once; and what a link can do, once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from archive.accounts import sha256_of
from archive.desk import one_pile
from archive.errors import BadInput, LinkSpent
from archive.offices import OfficeDetails, OfficeKind, add_office
from archive.organisation.contacts import write_contact
from archive.people import Person, find_or_add_person
from archive.units import UnitKind, find_unit
from archive.yearwheel.duties import Duty, Owner
from archive.yearwheel.letter import write_letter
from archive.yearwheel.occurrences import Occurrence, State, When, call_off, set_day
from archive.yearwheel.reminders import (
    Answer,
    Reminder,
    Sending,
    addresses_of,
    answer_held,
    answer_help,
    answer_planned,
    begin_sending,
    hand_over,
    outbox,
    plan_reminders,
    read_link,
    to_send,
    token_of,
    try_later,
)

SECRET = "hemmelig nøkkel"


@pytest.fixture
def leader(session: Session, now: datetime) -> Person:
    """Who leads a branch, with an e-mail address."""
    person = find_or_add_person(session, "Olga Oppdiktet")
    branch = find_unit(session, "Snåsa SV", UnitKind.LOCAL_BRANCH)
    assert branch is not None
    add_office(session, OfficeDetails(branch.id, person.id, OfficeKind.LEADER, "leder", "2024"), by=None, now=now)
    write_contact(session, person, email="olga@eksempel.example", phone="", by=None, now=now)
    return person


@pytest.fixture
def due(
    session: Session, leader: Person, make_duty: Callable[..., Duty], plan: Callable[..., Occurrence], today: date
) -> Occurrence:
    """The branch's deadline, in ten days."""
    branch = find_unit(session, "Snåsa SV", UnitKind.LOCAL_BRANCH)
    assert branch is not None
    duty = make_duty("Årsmøte", each_of=UnitKind.LOCAL_BRANCH, owners=(Owner(OfficeKind.LEADER),), lead_days=14)
    return plan(duty, today + timedelta(days=10), unit_id=branch.id)


def planned(session: Session, today: date, now: datetime) -> list[Reminder]:
    """The reminders that there are after a look."""
    plan_reminders(session, SECRET, today=today, now=now)
    return session.query(Reminder).order_by(Reminder.id).all()


def link(reminder: Reminder) -> str:
    """The secret part of its link."""
    return token_of(SECRET, reminder.message_id)


def test_the_branchs_own_leader_is_reminded_once(
    session: Session, due: Occurrence, leader: Person, today: date, now: datetime
) -> None:
    (reminder,) = planned(session, today, now)
    assert (reminder.person_id, reminder.due_on, reminder.state) == (leader.id, due.due_on, Sending.WAITING)
    assert planned(session, today + timedelta(days=1), now) == [reminder]
    assert to_send(session, today=today, now=now) == [reminder]
    assert link(reminder) not in reminder.token_sha256 and sha256_of(link(reminder)) == reminder.token_sha256


def test_nobody_is_reminded_before_the_lead_time_or_after_the_deadline(
    session: Session, due: Occurrence, today: date, now: datetime
) -> None:
    assert planned(session, due.due_on - timedelta(days=15), now) == []
    assert planned(session, due.due_on + timedelta(days=1), now) == []
    assert len(planned(session, due.due_on - timedelta(days=14), now)) == 1


def test_a_deadline_that_moves_is_reminded_of_anew_and_the_old_link_is_void(
    session: Session, due: Occurrence, today: date, now: datetime
) -> None:
    (old,) = planned(session, today, now)
    set_day(session, due, When(due.due_on + timedelta(days=2)), by=None, now=now)
    old, new = planned(session, today, now)
    assert to_send(session, today=today, now=now) == [new]
    with pytest.raises(LinkSpent, match="revoked"):
        read_link(session, link(old), today=today)
    call_off(session, due, by=None, now=now)
    assert to_send(session, today=today, now=now) == outbox(session, today=today) == []


def test_who_has_no_address_waits_in_the_outbox(
    session: Session, due: Occurrence, leader: Person, today: date, now: datetime
) -> None:
    write_contact(session, leader, email="", phone="", by=None, now=now)
    (reminder,) = planned(session, today, now)
    assert addresses_of(session, [leader.id], today=today) == {}
    assert to_send(session, today=today, now=now) == [] and outbox(session, today=today) == [reminder]
    on_the_desk = one_pile(session, "letters", today=today, first=0, most=9)
    assert [(each.id, each.title) for each in on_the_desk.papers] == [(reminder.id, leader.name)]
    hand_over(session, reminder, by=None, now=now)
    assert outbox(session, today=today) == []
    assert one_pile(session, "letters", today=today, first=0, most=9).count == 0


def test_a_mail_server_that_is_away_is_tried_again_later(
    session: Session, due: Occurrence, today: date, now: datetime
) -> None:
    (reminder,) = planned(session, today, now)
    waits = []
    for _attempt in range(12):
        begin_sending(reminder)
        try_later(reminder, now=now)
        assert reminder.try_again_at is not None
        waits.append(reminder.try_again_at - now)
        assert to_send(session, today=today, now=now) == []
    assert waits[0] == timedelta(minutes=2) and waits[-1] == timedelta(hours=6) and waits == sorted(waits)
    assert to_send(session, today=today, now=now + timedelta(hours=6)) == [reminder]


def test_a_link_answers_held_once(session: Session, due: Occurrence, today: date, now: datetime) -> None:
    (reminder,) = planned(session, today, now)
    read = read_link(session, link(reminder), today=today)
    answer_held(session, read, held_on=today, minutes="Åtte møtte.", now=now, today=today)
    assert (due.state, due.due_on, due.minutes) == (State.HELD, today, "Åtte møtte.")
    assert reminder.answer == Answer.HELD
    with pytest.raises(LinkSpent, match="used"):
        read_link(session, link(reminder), today=today)


def test_a_link_answers_planned_and_help(session: Session, due: Occurrence, today: date, now: datetime) -> None:
    (reminder,) = planned(session, today, now)
    with pytest.raises(BadInput, match="due_on: past"):
        answer_planned(session, reminder, due_on=today - timedelta(days=1), now=now, today=today)
    answer_planned(session, reminder, due_on=today + timedelta(days=3), now=now, today=today)
    assert (due.due_on, due.is_set, reminder.answer) == (today + timedelta(days=3), True, Answer.PLANNED)
    second = planned(session, today, now)[-1]
    answer_help(session, second, "Vi mangler lokale", now=now)
    assert (due.help_text, due.help_asked_at) == ("Vi mangler lokale", now)


@pytest.mark.parametrize("token", ["", "feil", "x" * 10_000, "æøå\ud800"])
def test_a_wrong_link_is_wrong(session: Session, due: Occurrence, today: date, now: datetime, token: str) -> None:
    planned(session, today, now)
    with pytest.raises(LinkSpent, match="wrong"):
        read_link(session, token, today=today)


def test_a_link_ends_with_the_deadline(session: Session, due: Occurrence, today: date, now: datetime) -> None:
    (reminder,) = planned(session, today, now)
    assert read_link(session, link(reminder), today=due.due_on) is reminder
    with pytest.raises(LinkSpent, match="expired"):
        read_link(session, link(reminder), today=due.due_on + timedelta(days=1))


def test_planning_asks_no_more_questions_for_more_rows(
    session: Session, due: Occurrence, plan: Callable[..., Occurrence], today: date, now: datetime
) -> None:
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for more in (1, 30):
        for _each in range(more):
            plan(due.duty, today + timedelta(days=5), unit_id=due.unit_id)
        plan_reminders(session, SECRET, today=today, now=now)
        session.commit()
        session.expunge_all()
        asked.clear()
        plan_reminders(session, SECRET, today=today, now=now)
        counts.append(len(asked))
        due = session.get_one(Occurrence, 1)
    assert counts[0] == counts[1]


def test_a_letter_says_what_when_and_where_to_answer() -> None:
    letter = write_letter(
        name="Olga",
        title="Årsmøte",
        unit="Snåsa SV",
        due_on=date(2027, 2, 15),
        about="Innen fristen.",
        checklist=["Innkalling"],
        link="https://arkiv.example/svar/x",
        sender="Arkivet",
    )
    assert letter.subject == "Påminnelse: Årsmøte – Snåsa SV, 15. februar 2027"
    assert "- Innkalling" in letter.text and "\nhttps://arkiv.example/svar/x\n" in letter.text
