from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.interviews import Access
from archive.meetings.meeting import Meeting, MeetingDetails, MeetingKind, add_meeting
from archive.units import Unit, UnitKind


@pytest.fixture
def branch(session: Session) -> Unit:
    """The county branch."""
    return session.scalars(select(Unit).where(Unit.kind == UnitKind.COUNTY_BRANCH, Unit.merged_into_id.is_(None))).one()


@pytest.fixture
def annual(session: Session, branch: Unit, secretary: User, now: datetime) -> Meeting:
    """The annual meeting of 2023, which members may read."""
    details = MeetingDetails(
        branch.id, MeetingKind.ANNUAL, "Årsmøte 2023", "11.3.2023", access=Access.MEMBERS, ground="Vedtatt av styret"
    )
    return add_meeting(session, details, by=secretary.id, now=now)
