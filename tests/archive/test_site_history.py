"""Undo of what the secretary sets for the whole archive."""

from datetime import datetime, time

import pytest
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.errors import BadInput, NotAllowed
from archive.row_history import RowChange, changes_of
from archive.site import SITE, get_setting, save_settings
from archive.site_history import undo_of_settings
from archive.working_hours import WorkingHours, set_working_hours, working_hours


def all_changes(session: Session) -> list[RowChange]:
    return changes_of(session, SITE.kind, SITE.id)


def test_only_what_changed_is_told_and_comes_back(
    session: Session, secretary: User, volunteer: User, now: datetime
) -> None:
    names = {"archive_name": "Minnene", "help_name": None}
    save_settings(session, names, by=secretary.id, now=now)
    save_settings(session, names, by=secretary.id, now=now)  # the same again is no change
    (change,) = all_changes(session)
    assert change.fields == ("archive_name",)
    with pytest.raises(NotAllowed):
        undo_of_settings(session, change, by=volunteer.id, now=now)
    undo_of_settings(session, change, by=secretary.id, now=now)
    assert get_setting(session, "archive_name") is None
    undo_of_settings(session, all_changes(session)[0], by=secretary.id, now=now)
    assert get_setting(session, "archive_name") == "Minnene"


def test_what_was_set_again_is_refused(session: Session, now: datetime) -> None:
    for name in ("Minnene", "Røstene"):
        save_settings(session, {"archive_name": name}, by=None, now=now)
    with pytest.raises(BadInput, match="changed_since"):
        undo_of_settings(session, all_changes(session)[1], by=None, now=now)


def test_the_machine_never_begins_and_stops_at_one_time_by_an_undo(session: Session, now: datetime) -> None:
    set_working_hours(session, "22", "06", by=None, now=now)
    set_working_hours(session, "23", "06", by=None, now=now)
    set_working_hours(session, "23", "22", by=None, now=now)
    with session.begin_nested() as point:
        with pytest.raises(BadInput, match="changed_since"):
            undo_of_settings(session, all_changes(session)[1], by=None, now=now)
        point.rollback()
    undo_of_settings(session, all_changes(session)[0], by=None, now=now)
    assert working_hours(session) == WorkingHours(time(23), time(6))
