"""Undo of what is said about an interview, and of who sees it: never wider than a consent of today goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from archive.access import (
    VISITOR,
    Consent,
    ConsentDetails,
    Use,
    close_now,
    open_interview,
    record_consent,
    visible_to,
    withdraw_consent,
)
from archive.accounts import User, end_user
from archive.bin import bring_back, throw_away
from archive.errors import BadInput, NotAllowed
from archive.interview_history import undo_of_interview
from archive.interviews import (
    Access,
    Assignment,
    Interview,
    InterviewDetails,
    Part,
    Status,
    add_interview,
    assign,
    change_details,
    set_status,
    unassign,
)
from archive.merging import merge_people
from archive.organisation.interviews import set_units, units_about
from archive.people import Person, find_or_add_person
from archive.planning import PlanDetails, change_plan, hand_in_planned, plan_interview
from archive.row_history import RowChange, changes_of
from archive.units import find_unit

TODAY = date(2026, 3, 14)
DETAILS = InterviewDetails(
    title="Da laget ble stiftet",
    narrators=("Olga Oppdiktet", "Per Oppdiktet"),
    interviewers=("Frode Frivillig",),
    held_on=date(2026, 3, 1),
    place="Frosta",
    summary="Om 1973.",
)
Undo = Callable[[RowChange], None]


@pytest.fixture
def interview(session: Session, volunteer: User, now: datetime) -> Interview:
    """An interview that a volunteer handed in."""
    return add_interview(session, DETAILS, handed_in_by_id=volunteer.id, now=now)


@pytest.fixture
def newest(session: Session, interview: Interview) -> Callable[[], RowChange]:
    """The last change of the interview."""
    return lambda: changes_of(session, "interview", interview.id)[0]


@pytest.fixture
def undo(session: Session, secretary: User, now: datetime) -> Undo:
    """The secretary presses *Angre*."""
    return lambda change: undo_of_interview(session, change, by=secretary.id, now=now)


def refused(undo: Undo, change: RowChange) -> str:
    with pytest.raises(BadInput) as raised:
        undo(change)
    return raised.value.problem


def seen_by_all(session: Session, interview: Interview, today: date = TODAY) -> bool:
    session.flush()
    return session.query(Interview).filter(Interview.id == interview.id, visible_to(VISITOR, today=today)).count() == 1


def test_details_and_people_come_back_in_their_order_and_the_undo_can_be_undone(
    session: Session, interview: Interview, volunteer: User, newest: Callable[[], RowChange], now: datetime
) -> None:
    other = replace(DETAILS, title="Feil tittel", narrators=("Per Oppdiktet",), held_on=None, heard=("Ola Nymo",))
    change_details(session, interview, other, by=volunteer.id, now=now)
    change = newest()
    assert (change.made_by, change.act) == (volunteer, "changed_details")
    assert set(change.fields) == {"title", "narrator", "held_on", "heard"}
    undo_of_interview(session, change, by=volunteer.id, now=now)
    session.expire(interview)
    assert (interview.title, interview.held_on) == (DETAILS.title, DETAILS.held_on)
    assert [each.name for each in interview.narrators] == ["Olga Oppdiktet", "Per Oppdiktet"]
    assert interview.people(Part.HEARD) == []
    assert interview.summary == "Om 1973."
    undo_of_interview(session, newest(), by=volunteer.id, now=now)
    assert (interview.title, interview.held_on) == ("Feil tittel", None)
    assert [each.name for each in interview.narrators] == ["Per Oppdiktet"]


def test_what_was_changed_again_is_refused_and_the_rest_is_not(
    session: Session, interview: Interview, undo: Undo, newest: Callable[[], RowChange], now: datetime
) -> None:
    change_details(session, interview, replace(DETAILS, place="Snåsa"), by=None, now=now)
    first = newest()
    change_details(session, interview, replace(DETAILS, place="Snåsa", title="Ny"), by=None, now=now)
    second = newest()
    change_details(session, interview, replace(DETAILS, place="Lierne", title="Ny"), by=None, now=now)
    assert refused(undo, first) == "changed_since"
    undo(second)
    assert (interview.title, interview.place) == (DETAILS.title, "Lierne")
    assert refused(undo, second) == "undone_already"


def test_saving_the_same_again_is_no_change(session: Session, interview: Interview, now: datetime) -> None:
    change_details(session, interview, DETAILS, by=None, now=now)
    assert changes_of(session, "interview", interview.id) == []


def test_somebody_who_was_merged_since_comes_back_as_who_it_was(
    session: Session, interview: Interview, undo: Undo, newest: Callable[[], RowChange], now: datetime
) -> None:
    olga, kept = interview.narrators[0], find_or_add_person(session, "Olga O. Oppdiktet")
    change_details(session, interview, replace(DETAILS, narrators=("Per Oppdiktet",)), by=None, now=now)
    removed = newest()
    merge_people(session, kept, olga, by=None, today=TODAY, now=now)
    undo(removed)
    assert interview.narrators[0] is kept


def test_somebody_who_is_gone_is_said_to_be(
    session: Session, interview: Interview, undo: Undo, newest: Callable[[], RowChange], now: datetime
) -> None:
    change_details(session, interview, replace(DETAILS, interviewers=()), by=None, now=now)
    session.delete(session.query(Person).filter_by(name="Frode Frivillig").one())
    session.flush()
    assert refused(undo, newest()) == "person_gone"


def test_units_status_and_plan_come_back(
    session: Session, interview: Interview, undo: Undo, volunteer: User, newest: Callable[[], RowChange], now: datetime
) -> None:
    unit = find_unit(session, "Snåsa SV")
    assert unit is not None
    set_units(session, interview, [unit.id], by=None, now=now)
    undo(newest())
    assert units_about(session, interview.id) == []
    set_status(session, interview, Status.MACHINE_TEXT, by=None, now=now)
    set_status(session, interview, Status.REVIEWED, by=volunteer.id, now=now)
    undo(newest())
    assert interview.status == Status.MACHINE_TEXT
    planned = plan_interview(session, PlanDetails("Olga Oppdiktet", haste=3), now=now, by=None)
    change_plan(session, planned, PlanDetails("Per Oppdiktet", haste=1, why_haste="Snart 90."), now=now, by=None)
    change = changes_of(session, "interview", planned.id)[0]
    undo(change)
    assert planned.plan is not None
    assert (planned.plan.haste, planned.plan.why_haste, planned.narrators[0].name) == (3, "", "Olga Oppdiktet")
    hand_in_planned(session, planned, DETAILS, handed_in_by_id=volunteer.id, now=now)
    planned.status = Status.RECEIVED
    undo(changes_of(session, "interview", planned.id)[0])
    assert planned.title == "Samtale med Olga Oppdiktet"
    assert refused(undo, changes_of(session, "interview", planned.id)[2]) == "held_since"


def test_an_undo_never_opens_what_no_consent_covers_today(
    session: Session, interview: Interview, undo: Undo, newest: Callable[[], RowChange], now: datetime
) -> None:
    consent = ConsentDetails("Olga Oppdiktet", Use.ALL, TODAY - timedelta(days=9), valid_until=TODAY)
    open_interview(session, interview, Access.OPEN, consent=consent, by=None, now=now)
    close_now(session, interview, by=None, now=now)
    closed = newest()
    tomorrow = now + timedelta(days=1)
    with pytest.raises(BadInput, match="no_consent"):
        undo_of_interview(session, closed, by=None, now=tomorrow)
    undo(closed)  # today it still holds
    assert seen_by_all(session, interview)
    undo(newest())
    withdraw_consent(session, interview.consents[0], by=None, now=now)
    reopened = next(each for each in changes_of(session, "interview", interview.id) if each.act == "undid")
    assert refused(undo, reopened) == "no_consent"
    assert not seen_by_all(session, interview)
    assert interview.access == Access.CLOSED


def test_a_withdrawal_that_is_undone_gives_the_consent_back_and_opens_nothing(
    session: Session, interview: Interview, undo: Undo, newest: Callable[[], RowChange], now: datetime
) -> None:
    consent = ConsentDetails("Olga Oppdiktet", Use.ALL, TODAY)
    open_interview(session, interview, Access.OPEN, consent=consent, by=None, now=now)
    withdraw_consent(session, interview.consents[0], by=None, now=now)
    closed, withdrawn = changes_of(session, "interview", interview.id)[:2]
    assert (closed.act, withdrawn.act) == ("closed", "withdrew_consent")
    undo(withdrawn)
    assert interview.consents[0].holds(TODAY)
    assert not seen_by_all(session, interview)
    undo(closed)
    assert seen_by_all(session, interview)


@pytest.mark.parametrize("goes", [True, False])
def test_a_consent_that_goes_or_comes_back_lets_nobody_in_by_the_way(
    session: Session, interview: Interview, undo: Undo, newest: Callable[[], RowChange], now: datetime, goes: bool
) -> None:
    """Open by its access, and yet closed, since one of two had agreed to less or no longer: then that goes or holds."""
    open_interview(
        session, interview, Access.OPEN, consent=ConsentDetails("Olga Oppdiktet", Use.ALL, TODAY), by=None, now=now
    )
    other = {"given_by": "Per Oppdiktet", "valid_from": TODAY, "by": None, "now": now}
    if goes:
        record_consent(session, interview, use=Use.ARCHIVE, **other)  # type: ignore[arg-type]
        change = newest()
    else:
        record_consent(session, interview, use=Use.ALL, **other)  # type: ignore[arg-type]
        withdraw_consent(session, interview.consents[1], by=None, now=now)
        change = next(each for each in changes_of(session, "interview", interview.id) if each.act == "withdrew_consent")
        interview.access = Access.OPEN
    assert not seen_by_all(session, interview)
    undo(change)
    assert not seen_by_all(session, interview)
    assert interview.access == Access.CLOSED


def test_a_consent_written_by_mistake_goes_and_closes_what_stood_on_it(
    session: Session, interview: Interview, undo: Undo, newest: Callable[[], RowChange], now: datetime
) -> None:
    open_interview(
        session, interview, Access.OPEN, consent=ConsentDetails("Olga Oppdiktet", Use.ALL, TODAY), by=None, now=now
    )
    recorded = changes_of(session, "interview", interview.id)[1]
    undo(recorded)
    assert session.query(Consent).count() == 0
    assert interview.access == Access.CLOSED
    undone = next(each for each in changes_of(session, "interview", interview.id) if each.of_table == "consent")
    undo(undone)
    assert interview.consents[0].given_by == "Olga Oppdiktet"
    assert not seen_by_all(session, interview)
    interview.consents[0].scan_sha256 = "a" * 64
    session.flush()
    with_scan = ConsentDetails("Per Oppdiktet", Use.ALL, TODAY, scan_sha256="b" * 64, scan_name="papir.pdf")
    open_interview(session, interview, Access.OPEN, consent=with_scan, by=None, now=now)
    assert refused(undo, changes_of(session, "interview", interview.id)[1]) == "has_scan"


def test_an_assignment_is_taken_back_and_given_again(
    session: Session,
    interview: Interview,
    other_volunteer: User,
    undo: Undo,
    newest: Callable[[], RowChange],
    now: datetime,
) -> None:
    assign(session, interview, other_volunteer, by=None, now=now)
    undo(newest())
    assert session.query(Assignment).count() == 0
    undo(newest())
    assert session.query(Assignment).one().user_id == other_volunteer.id
    unassign(session, interview, other_volunteer, by=None, now=now)
    end_user(session, other_volunteer, by=None, now=now)
    assert refused(undo, newest()) == "user_ended"


def test_volunteers_undo_details_and_never_who_sees_it(
    session: Session,
    interview: Interview,
    volunteer: User,
    member: User,
    newest: Callable[[], RowChange],
    now: datetime,
) -> None:
    change_details(session, interview, replace(DETAILS, place="Snåsa"), by=None, now=now)
    with pytest.raises(NotAllowed):
        undo_of_interview(session, newest(), by=member.id, now=now)
    open_interview(
        session, interview, Access.OPEN, consent=ConsentDetails("Olga Oppdiktet", Use.ALL, TODAY), by=None, now=now
    )
    for change in changes_of(session, "interview", interview.id)[:2]:
        with pytest.raises(NotAllowed):
            undo_of_interview(session, change, by=volunteer.id, now=now)


def test_what_lies_in_the_bin_comes_out_first(
    session: Session, interview: Interview, undo: Undo, newest: Callable[[], RowChange], now: datetime
) -> None:
    change_details(session, interview, replace(DETAILS, place="Snåsa"), by=None, now=now)
    entry = throw_away(session, interview, by=None, now=now)
    assert refused(undo, newest()) == "in_bin"
    bring_back(session, entry, by=None, now=now)
    undo(newest())
    assert interview.place == "Frosta"
