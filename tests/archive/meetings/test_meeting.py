from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import VISITOR, Viewer, meetings_visible_to
from archive.accounts import Role, User
from archive.errors import BadInput, NotAllowed
from archive.interviews import Access
from archive.meetings.cases import number_key
from archive.meetings.meeting import Meeting, MeetingDetails, MeetingKind, add_meeting, change_meeting
from archive.outbox import MEETING, OutboxEntry
from archive.row_history import changes_of
from archive.units import Unit


def test_a_meeting_of_which_only_the_year_is_known(
    session: Session, branch: Unit, secretary: User, now: datetime
) -> None:
    details = MeetingDetails(branch.id, MeetingKind.ANNUAL, " Årsmøte  1979 ", "våren 1979", starts=time(18))
    meeting = add_meeting(session, details, by=secretary.id, now=now)
    assert (meeting.title, meeting.dated, meeting.clock) == ("Årsmøte 1979", "1979-21", "18:00")
    assert (meeting.first_day, meeting.last_day) == (date(1979, 3, 1), date(1979, 5, 31))
    assert meeting.access is Access.CLOSED
    assert [(each.kind, each.thing_id) for each in session.scalars(select(OutboxEntry))] == [(MEETING, meeting.id)]


@pytest.mark.parametrize(
    ("wrong", "field", "problem"),
    [
        ({"unit_id": 99_999}, "meeting_unit", "unknown"),
        ({"title": " "}, "meeting_title", "empty"),
        ({"dated": ""}, "meeting_dated", "empty"),
        ({"dated": "31.02.1974"}, "meeting_dated", "no_such_day"),
        ({"meeting_url": "javascript:alert(1)"}, "meeting_url", "not_a_link"),
        ({"access": Access.OPEN}, "meeting_ground", "empty"),
    ],
)
def test_what_cannot_be_kept(
    session: Session, branch: Unit, secretary: User, now: datetime, wrong: dict[str, object], field: str, problem: str
) -> None:
    details = MeetingDetails(branch.id, MeetingKind.OTHER, "Medlemsmøte", "2023")
    with pytest.raises(BadInput) as bad:
        add_meeting(session, replace(details, **wrong), by=secretary.id, now=now)  # type: ignore[arg-type]
    assert (bad.value.field, bad.value.problem) == (field, problem)


def test_only_the_secretary_writes_meetings(session: Session, annual: Meeting, volunteer: User, now: datetime) -> None:
    details = MeetingDetails(annual.unit_id, MeetingKind.ANNUAL, "Kupp", "2023")
    with pytest.raises(NotAllowed):
        add_meeting(session, details, by=volunteer.id, now=now)
    with pytest.raises(NotAllowed):
        change_meeting(session, annual, details, by=volunteer.id, now=now)


def test_a_change_is_written_down_once(session: Session, annual: Meeting, secretary: User, now: datetime) -> None:
    details = MeetingDetails(annual.unit_id, MeetingKind.ANNUAL, "Årsmøte 2023", "11.3.2023", place="Levanger")
    assert change_meeting(session, annual, details, by=secretary.id, now=now)
    assert change_meeting(session, annual, details, by=secretary.id, now=now) is None
    assert [each.act for each in changes_of(session, "meeting", annual.id)] == ["changed", "added"]


@pytest.mark.parametrize(
    ("access", "readers"),
    [
        (Access.CLOSED, {Role.SECRETARY, Role.OWNER}),
        (Access.MEMBERS, {Role.MEMBER, Role.VOLUNTEER, Role.SECRETARY, Role.OWNER}),
        (Access.OPEN, set(Role)),
    ],
)
def test_who_sees_a_meeting(session: Session, annual: Meeting, access: Access, readers: set[Role]) -> None:
    annual.access = access
    session.flush()
    seen = {role for role in Role if session.scalar(select(Meeting.id).where(meetings_visible_to(Viewer(role, 1))))}
    assert seen == readers
    assert bool(session.scalar(select(Meeting.id).where(meetings_visible_to(VISITOR)))) == (access is Access.OPEN)


@given(st.from_regex(r"[0-9]{1,3}/[0-9]{2,4}", fullmatch=True), st.sampled_from(["", "sak ", "Sak  ", "SAK"]))
def test_a_number_is_the_same_however_it_is_written(number: str, before: str) -> None:
    first, last = number.split("/")
    assert {number_key(f"{before}{first}{slash}{last}{end}") for slash in ("/", " / ") for end in ("", ".", ":")} == {
        number
    }
