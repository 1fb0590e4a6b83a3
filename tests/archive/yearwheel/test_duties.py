"""Duties: what can be kept, who answers, and the way back."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.errors import BadInput, NotAllowed
from archive.offices import OfficeKind
from archive.people import find_or_add_person
from archive.row_history import changes_of, undo_batch
from archive.units import UnitKind, find_unit
from archive.yearwheel.duties import (
    Duty,
    DutyDetails,
    DutyOwner,
    Owner,
    Strength,
    add_duty,
    change_duty,
    end_duty,
    list_duties,
)

MakeDuty = Callable[..., Duty]


@pytest.mark.parametrize(
    ("details", "field", "problem"),
    [
        (DutyDetails(""), "title", "empty"),
        (DutyDetails("x", minimum=-1), "minimum", "out_of_range"),
        (DutyDetails("x", minimum=1000), "minimum", "out_of_range"),
        (DutyDetails("x", lead_days=-1), "lead_days", "out_of_range"),
        (DutyDetails("x", lasts_minutes=0), "lasts_minutes", "out_of_range"),
        (DutyDetails("x", meeting_url="javascript:alert(1)"), "meeting_url", "not_a_link"),
        (DutyDetails("x", meeting_url="møterommet"), "meeting_url", "not_a_link"),
        (DutyDetails("x", rule="FREQ=DAILY", first_on=date(2023, 1, 1)), "rule", "too_often"),
        (DutyDetails("x", each_of=UnitKind.PARTNER), "each_of", "unknown"),
        (DutyDetails("x", checklist=tuple(map(str, range(41)))), "checklist", "too_many"),
        (DutyDetails("x", owners=(Owner(),)), "owners", "unknown"),
        (DutyDetails("x", owners=(Owner(person_id=4711),)), "owners", "unknown"),
        (DutyDetails("x", owners=(Owner(OfficeKind.LEADER),)), "owners", "no_unit"),
        (DutyDetails("x", owners=(Owner(OfficeKind.LEADER, unit_id=2**40),)), "owners", "unknown"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_left(
    session: Session, now: datetime, details: DutyDetails, field: str, problem: str
) -> None:
    with pytest.raises(BadInput) as raised:
        add_duty(session, details, by=None, now=now)
    assert (raised.value.field, raised.value.problem) == (field, problem)
    session.rollback()
    assert list_duties(session) == []


def test_a_bare_address_of_a_meeting_is_made_whole(make_duty: MakeDuty) -> None:
    assert make_duty(meeting_url="mote.example/j/77").meeting_url == "https://mote.example/j/77"


def test_only_the_secretary_changes_duties(session: Session, now: datetime, volunteer: User) -> None:
    with pytest.raises(NotAllowed):
        add_duty(session, DutyDetails("x"), by=volunteer.id, now=now)


def test_owners_change_with_the_duty_and_one_undo_takes_all_back(
    session: Session, make_duty: MakeDuty, secretary: User, now: datetime
) -> None:
    county = find_unit(session, "Trøndelag SV", UnitKind.COUNTY_BRANCH)
    person = find_or_add_person(session, "Olga Oppdiktet")
    assert county is not None
    leader = Owner(OfficeKind.LEADER, county.id)
    duty = make_duty(owners=(leader,))
    session.expire_all()
    details = DutyDetails("Rydde boden", strength=Strength.CONSIDERED, owners=(Owner(person_id=person.id),))
    assert change_duty(session, duty, details, by=secretary.id, now=now)
    assert [each.person_id for each in duty.owners] == [person.id]
    assert not change_duty(session, duty, details, by=secretary.id, now=now)
    latest = changes_of(session, "duty", duty.id)[0]
    assert latest.batch is not None
    undo_batch(session, latest.batch, by=secretary.id, now=now)
    session.expire_all()
    assert (duty.title, duty.strength) == ("Rydde kontoret", Strength.MUST)
    assert [(each.office_kind, each.unit_id, each.person_id) for each in duty.owners] == [
        (OfficeKind.LEADER, county.id, None)
    ]


def test_adding_a_duty_is_undone_with_its_owners(session: Session, make_duty: MakeDuty, now: datetime) -> None:
    person = find_or_add_person(session, "Olga Oppdiktet")
    duty = make_duty(owners=(Owner(person_id=person.id),))
    batch = changes_of(session, "duty", duty.id)[0].batch
    assert batch is not None
    session.commit()
    undo_batch(session, batch, by=None, now=now)
    assert session.query(Duty).count() == session.query(DutyOwner).count() == 0


def test_a_duty_that_ended_is_none_in_later_years(session: Session, make_duty: MakeDuty, now: datetime) -> None:
    duty = make_duty()
    end_duty(session, duty, ended_on=date(2027, 5, 1), by=None, now=now)
    assert [duty.is_duty_in(year) for year in (2026, 2027, 2028)] == [True, True, False]
