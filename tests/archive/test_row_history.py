"""Each change of a row can be taken back, and nothing that came later goes with it."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.audit import AuditEvent
from archive.errors import BadInput, NotAllowed
from archive.row_history import RowChange, Touched, changes_of, note_changes, snapshot, undo_batch, undo_change
from archive.units import Unit, UnitDetails, UnitKind, add_unit, change_unit, end_unit, undo_of_unit


@pytest.fixture
def unit(session: Session, secretary: User, now: datetime) -> Unit:
    """A branch that the secretary wrote down."""
    details = UnitDetails("Utopia SV", UnitKind.LOCAL_BRANCH, active_from="1975", note="Stiftet på kaia.")
    return add_unit(session, details, by=secretary.id, now=now)


Change = Callable[..., RowChange]


@pytest.fixture
def change(session: Session, secretary: User, unit: Unit, now: datetime) -> Change:
    """Change the branch, and give what was written down of it."""

    def make(**values: object) -> RowChange:
        whole = {"name": unit.name, "kind": unit.kind, "active_from": "1975", "note": unit.note, **values}
        done = change_unit(session, unit, UnitDetails(**whole), by=secretary.id, now=now)  # type: ignore[arg-type]
        assert done is not None
        return done

    return make


def test_an_undo_puts_back_what_that_change_did_and_nothing_later(
    session: Session, secretary: User, unit: Unit, change: Change, now: datetime
) -> None:
    renamed = change(name="Nye Utopia SV")
    change(note="Stiftet i naustet.")
    undo_of_unit(session, renamed, by=secretary.id, now=now)
    assert (unit.name, unit.note) == ("Utopia SV", "Stiftet i naustet.")
    acts = [each.act for each in changes_of(session, "unit", unit.id)]
    assert acts == ["undid", "changed", "changed", "added"]


def test_an_undo_can_be_undone(session: Session, unit: Unit, change: Change, now: datetime) -> None:
    renamed = change(name="Nye Utopia SV")
    undo_of_unit(session, renamed, by=None, now=now)
    undo_of_unit(session, changes_of(session, "unit", unit.id)[0], by=None, now=now)
    assert unit.name == "Nye Utopia SV"


def test_what_was_changed_again_is_not_put_back(session: Session, unit: Unit, change: Change, now: datetime) -> None:
    first = change(name="Nye Utopia SV")
    change(name="Nyeste Utopia SV")
    with pytest.raises(BadInput, match="changed_since"):
        undo_of_unit(session, first, by=None, now=now)
    assert unit.name == "Nyeste Utopia SV"


def test_a_change_is_undone_once(session: Session, change: Change, now: datetime) -> None:
    renamed = change(name="Nye Utopia SV")
    undo_of_unit(session, renamed, by=None, now=now)
    with pytest.raises(BadInput, match="undone_already"):
        undo_of_unit(session, renamed, by=None, now=now)


def test_undoing_that_something_was_added_takes_it_away_and_back(session: Session, unit: Unit, now: datetime) -> None:
    number = unit.id
    undo_of_unit(session, changes_of(session, "unit", number)[0], by=None, now=now)
    assert session.get(Unit, number) is None
    undo_of_unit(session, changes_of(session, "unit", number)[0], by=None, now=now)
    back = session.get_one(Unit, number)
    assert (back.name, back.kind, back.active, back.begins) == (
        "Utopia SV",
        UnitKind.LOCAL_BRANCH,
        "1975/..",
        date(1975, 1, 1),
    )


def test_what_others_hang_on_is_not_taken_away(session: Session, unit: Unit, now: datetime) -> None:
    below = UnitDetails("Bydel i Utopia", UnitKind.TOWN_DISTRICT, parent_id=unit.id)
    add_unit(session, below, by=None, now=now)
    with pytest.raises(BadInput, match="in_use"):
        undo_of_unit(session, changes_of(session, "unit", unit.id)[0], by=None, now=now)
    assert session.get(Unit, unit.id) is not None


def test_an_undo_that_would_break_a_rule_is_refused(
    session: Session, unit: Unit, change: Change, now: datetime
) -> None:
    renamed = change(name="Nye Utopia SV")
    add_unit(session, UnitDetails("Utopia SV", UnitKind.LOCAL_BRANCH), by=None, now=now)
    with pytest.raises(BadInput, match="changed_since"):
        undo_of_unit(session, renamed, by=None, now=now)


def test_a_change_that_changes_nothing_is_none(session: Session, unit: Unit, secretary: User, now: datetime) -> None:
    same = UnitDetails("Utopia SV", UnitKind.LOCAL_BRANCH, active_from="1975", note="Stiftet på kaia.")
    assert change_unit(session, unit, same, by=secretary.id, now=now) is None
    assert len(changes_of(session, "unit", unit.id)) == 1


def test_what_is_done_stands_in_the_log_with_who_did_it(
    session: Session, secretary: User, volunteer: User, unit: Unit, now: datetime
) -> None:
    end_unit(session, unit, active_to="2012", by=secretary.id, now=now)
    done = session.scalars(select(AuditEvent).where(AuditEvent.kind == "unit", AuditEvent.act == "ended")).one()
    assert (done.user_id, done.thing_id) == (secretary.id, str(unit.id))
    with pytest.raises(NotAllowed):
        undo_of_unit(session, changes_of(session, "unit", unit.id)[0], by=volunteer.id, now=now)


def test_what_was_done_in_one_go_is_undone_in_one_go(session: Session, now: datetime) -> None:
    above = Unit(name="Øvre Utopia SV", kind=UnitKind.LOCAL_BRANCH, active="1971/1975")
    below = Unit(name="Nedre Utopia SV", kind=UnitKind.TOWN_DISTRICT, active="")
    session.add_all([above, below])
    note_changes(session, [Touched(above, None), Touched(below, None)], act="imported", by=None, now=now, batch="prøve")
    before = snapshot(below)
    below.parent_id = above.id
    note_changes(session, [Touched(below, before)], act="imported", by=None, now=now, batch="prøve")
    count = session.scalar(select(func.count()).select_from(Unit)) or 0
    assert undo_batch(session, "prøve", by=None, now=now) == 3
    assert session.scalar(select(func.count()).select_from(Unit)) == count - 2
    assert undo_batch(session, "prøve", by=None, now=now) == 0


def test_an_undo_of_a_row_of_no_table_is_refused(session: Session, unit: Unit, now: datetime) -> None:
    change = changes_of(session, "unit", unit.id)[0]
    change.of_table = "nowhere"
    with pytest.raises(BadInput):
        undo_change(session, change, by=None, now=now)
