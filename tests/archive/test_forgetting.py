"""What was removed is erased from the history after thirty days; what is there, or came back, keeps all of it."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import Use, record_consent
from archive.database import Database
from archive.desk_changes import recent_changes, removed_lately, undo_any
from archive.errors import BadInput
from archive.event_history import remove_event, removed_events
from archive.events import EventDetails, add_event, change_event
from archive.forgetting import forget_removed
from archive.interview_history import undo_of_interview
from archive.interviews import Interview
from archive.people_details import PersonDetails, add_person, change_person, edits_of, undo_edit
from archive.removing_people import remove_person
from archive.row_history import RowChange, changes_of

DAYS = timedelta(days=30)
SECRET = "Hemmelige Hansen"


def written(session: Session) -> str:
    """All values that the history holds."""
    return json.dumps([[each.before, each.after] for each in session.scalars(select(RowChange))], ensure_ascii=False)


def test_what_was_removed_is_erased_after_thirty_days_and_not_before(each_database: Database, now: datetime) -> None:
    with each_database.write() as session:
        person = add_person(session, PersonDetails(name=SECRET, nicknames=("Hemmelig",)), by=None, now=now)
        change_person(session, person, PersonDetails(name="En Annen"), by=None, now=now)
        event = add_event(session, EventDetails(f"{SECRET} talte", "1974"), by=None, now=now)
        change_event(session, event, EventDetails("Noen talte", "1974"), by=None, now=now)
        for removed in (
            remove_person(session, person, by=None, now=now),
            remove_event(session, event, by=None, now=now),
        ):
            assert removed.act == "removed"
        assert forget_removed(session, now=now + DAYS) == 0
        assert SECRET in written(session)
        # the nickname was taken away when the name was changed: a row of its own
        assert forget_removed(session, now=now + DAYS + timedelta(minutes=1)) == 3
        assert "Hemmelig" not in written(session)
        assert "talte" not in written(session)
        told = changes_of(session, "person", removed.row_id) or changes_of(session, "event", removed.row_id)
        assert {each.made_at for each in told} == {now}  # that it happened stays
        with pytest.raises(BadInput, match="forgotten"):
            undo_any(session, removed.id, by=None, now=now)
        assert removed_lately(session, since=now, most=9) == []
        assert removed_events(session) == []
        assert all(each.change_id is None for each in recent_changes(session, first=0, most=6)[0])
        assert forget_removed(session, now=now + 2 * DAYS) == 0


def test_what_came_back_keeps_its_history(session: Session, now: datetime) -> None:
    event = add_event(session, EventDetails("Stiftelsen", "1973"), by=None, now=now)
    removed = remove_event(session, event, by=None, now=now)
    undo_any(session, removed.id, by=None, now=now)
    assert forget_removed(session, now=now + 2 * DAYS) == 0
    assert "Stiftelsen" in written(session)


def test_an_edit_of_somebody_who_stays_is_refused_when_a_part_of_it_is_gone(session: Session, now: datetime) -> None:
    person = add_person(session, PersonDetails(name="Kari", nicknames=("Hemmelig",)), by=None, now=now)
    change_person(session, person, PersonDetails(name="Kari Ny"), by=None, now=now)
    edit = edits_of(session, person.id)[0]
    assert forget_removed(session, now=now + 2 * DAYS) == 1
    with pytest.raises(BadInput, match="forgotten"):
        undo_edit(session, person, edit.batch, by=None, now=now)
    assert person.name == "Kari Ny"


def test_a_consent_that_was_a_mistake_is_forgotten_and_the_living_interview_is_not(
    session: Session, interview: Interview, now: datetime
) -> None:
    record_consent(session, interview, given_by=SECRET, use=Use.ALL, valid_from=now.date(), by=None, now=now)
    undo_of_interview(session, changes_of(session, "interview", interview.id)[0], by=None, now=now)
    forget_removed(session, now=now + 2 * DAYS)
    assert SECRET not in written(session)
    with pytest.raises(BadInput, match="forgotten"):
        undo_of_interview(session, changes_of(session, "interview", interview.id)[0], by=None, now=now)
