from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.access import VISITOR, Viewer
from archive.accounts import User
from archive.errors import BadInput, NotAllowed
from archive.interviews import Interview
from archive.organisation.interviews import interviews_about, set_units, units_about
from archive.outbox import OutboxEntry
from archive.units import Unit


def test_an_interview_says_what_it_is_about(
    session: Session, interview: Interview, volunteer: User, unit_named: Callable[..., Unit], now: datetime, today: date
) -> None:
    snasa, women = unit_named("Snåsa SV"), unit_named("Kvinnepolitisk utvalg")
    before = session.scalar(select(func.count()).select_from(OutboxEntry)) or 0
    set_units(session, interview, [snasa.id, women.id, snasa.id], by=volunteer.id, now=now)
    assert [each.name for each in units_about(session, interview.id)] == ["Kvinnepolitisk utvalg", "Snåsa SV"]
    assert session.scalar(select(func.count()).select_from(OutboxEntry)) == before + 1
    set_units(session, interview, [women.id], by=volunteer.id, now=now)
    assert units_about(session, interview.id) == [women]
    set_units(session, interview, [women.id], by=volunteer.id, now=now)
    assert session.scalar(select(func.count()).select_from(OutboxEntry)) == before + 2


def test_a_units_page_shows_only_interviews_that_the_reader_may_see(
    session: Session, interview: Interview, volunteer: User, unit_named: Callable[..., Unit], now: datetime, today: date
) -> None:
    snasa = unit_named("Snåsa SV")
    set_units(session, interview, [snasa.id], by=None, now=now)
    own = Viewer(volunteer.role, volunteer.id)
    assert interviews_about(session, [snasa.id], own, today=today) == [interview]
    assert interviews_about(session, [snasa.id], VISITOR, today=today) == []


def test_a_unit_that_is_not_there_and_a_member_are_refused(
    session: Session, interview: Interview, member: User, now: datetime
) -> None:
    with pytest.raises(BadInput) as raised:
        set_units(session, interview, [987_654], by=None, now=now)
    assert raised.value.field == "units"
    with pytest.raises(NotAllowed):
        set_units(session, interview, [], by=member.id, now=now)
