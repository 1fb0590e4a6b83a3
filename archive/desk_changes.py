"""*Siste endringer*: what was done lately, to whatever it was, and the way back where the history of rows knows one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from archive.accounts import Role, User, require_at_least
from archive.audit import AuditEvent
from archive.bin_rows import Binned, outside_bin
from archive.contributions import Contribution, undo_of_contribution
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.event_history import undo_of_event, undo_removal
from archive.events import Event
from archive.interview_history import undo_of_interview
from archive.interviews import Interview
from archive.links import undo_of_link
from archive.meetings.history import undo_of_meeting
from archive.meetings.meeting import Meeting
from archive.offices import undo_of_office
from archive.organisation.invitations import undo_of_invitation
from archive.people import Person
from archive.people_details import undo_edit
from archive.records import Record, undo_of_record
from archive.removing_people import undo_removal as undo_person_removal
from archive.row_history import RowChange, changes_in, require_not_undone, undo_change
from archive.site_history import undo_of_settings
from archive.units import Unit, undo_of_unit
from archive.user_history import undo_of_user
from archive.workplan.changes import undo_together
from archive.workplan.plans import WorkPlan
from archive.yearwheel.duties import Duty

# What happens by itself, or says nothing of what stands in the archive.
_NOT_TOLD = ("planned_reminders", "sent_reminder", "reminder_refused", "made_login_link")
_TITLES = ("title", "name", "text")
_Undo = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Done:
    """One act."""

    id: int
    act: str
    kind: str  # what it was done to, as the log of acts calls it
    thing_id: str
    title: str  # of the thing, where it has one; "" where it is gone, or is nobody's to read here
    by: str  # "": the program itself
    at: datetime
    change_id: int | None  # what can be undone; None: nothing here
    was_undone: bool
    page: tuple[str, int] | None  # on whose page it is told: (kind, number); None where there is none any more


def recent_changes(session: Session, *, first: int, most: int) -> tuple[list[Done], int]:
    """The last acts from number `first` on, the newest first, and how many there are; as many questions whatever
    was done.
    """
    told = AuditEvent.act.not_in(_NOT_TOLD)
    count = session.scalar(select(func.count()).select_from(AuditEvent).where(told)) or 0
    page = select(AuditEvent).where(told).order_by(AuditEvent.id.desc()).offset(first).limit(most)
    acts = session.scalars(page.options(joinedload(AuditEvent.user))).all()
    numbers = {each.detail["change"] for each in acts if isinstance(each.detail.get("change"), int)}
    changes = {each.id: each for each in session.scalars(select(RowChange).where(RowChange.id.in_(numbers)))}
    titles = _titles_of(session, [_place(each, changes) for each in acts])
    return [_told(each, changes, titles) for each in acts], count


def undo_any(session: Session, change_id: int, *, by: int | None, now: datetime) -> None:
    """Put back what one change did, as the page of its own thing would: with what was done in the same go.

    Raises:
        NotFound: there is no such change.
        BadInput: as `archive.row_history.undo_change`.
    """
    require_at_least(session, by, "undo_any", Role.SECRETARY)
    change = find_row(session, RowChange, change_id)
    if change is None:
        raise NotFound("change", change_id)
    require_not_undone(change)
    undo = _UNDOES.get(change.of_table)
    if undo is None:
        raise BadInput("change", "in_use")
    undo(session, change, by=by, now=now)


def removed_lately(session: Session, *, since: datetime, most: int) -> Sequence[RowChange]:
    """Removals of what has no files, that can still be undone, the last first."""
    gone = select(RowChange).where(
        RowChange.act == "removed",
        RowChange.before.is_not(None),
        RowChange.after.is_(None),
        RowChange.undone_at.is_(None),
        RowChange.made_at >= since,
        RowChange.of_table.in_(REMOVABLE),
    )
    return session.scalars(gone.order_by(RowChange.id.desc()).limit(most).options(joinedload(RowChange.made_by))).all()


def title_in(values: dict[str, Any] | None) -> str:
    """What a row called itself, as it was written down."""
    found = (str((values or {}).get(name) or "") for name in _TITLES)
    return next((each for each in found if each), "")


def _told(act: AuditEvent, changes: dict[int, RowChange], titles: dict[tuple[str, int], str]) -> Done:
    change = changes.get(act.detail.get("change", 0))
    title = title_in(change.after or change.before) if change else ""
    place = _place(act, changes)
    may_undo = change is not None and change.can_be_undone and change.of_table in _UNDOES
    if change is not None and change.of_table in ("contribution", "record") and change.before is None:
        may_undo = False  # that it came is not undone here
    return Done(
        id=act.id,
        act=act.act,
        kind=act.kind,
        thing_id=act.thing_id,
        title=title or titles.get(place, ""),
        by=act.user.name if act.user else "",
        at=act.at,
        change_id=change.id if change is not None and may_undo else None,
        was_undone=change is not None and change.undone_at is not None,
        page=place if place in titles else None,
    )


def _place(act: AuditEvent, changes: dict[int, RowChange]) -> tuple[str, int]:
    """Of what it is told: an office's change on its unit's page; (…, 0) for what has no number.

    An act that names another thing than the changed row is told of that: all that was declined of an interview.
    """
    change = changes.get(act.detail.get("change", 0))
    if change is not None and change.of_table == act.kind:
        return change.thing, change.thing_id
    return act.kind, int(act.thing_id) if act.thing_id.isdigit() and len(act.thing_id) < 10 else 0


def _titles_of(session: Session, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The names of what is there, one question for each kind."""
    wanted: dict[str, set[int]] = {kind: set() for kind in _NAMED}
    for kind, number in places:
        wanted.get(kind, set()).add(number)
    return {
        (kind, number): title
        for kind, numbers in wanted.items()
        for number, title in session.execute(_NAMED[kind](numbers))
    }


def _named(number: Any, title: Any, *conditions: Any) -> Callable[[set[int]], Select[Any]]:
    return lambda numbers: select(number, title).where(number.in_(numbers), *conditions)


_NAMED: dict[str, Callable[[set[int]], Select[Any]]] = {
    "contribution": _named(Contribution.id, Contribution.about),
    "interview": _named(Interview.id, Interview.title, outside_bin(Binned.INTERVIEW, Interview.id)),
    "record": _named(Record.id, Record.title, outside_bin(Binned.RECORD, Record.id)),
    "event": _named(Event.id, Event.title),
    "person": _named(Person.id, Person.name),
    "unit": _named(Unit.id, Unit.name),
    "duty": _named(Duty.id, Duty.title),
    "user": _named(User.id, User.name),
    "meeting": _named(Meeting.id, Meeting.title),
    "work_plan": _named(WorkPlan.id, WorkPlan.title),
    "overview": _named(Unit.id, Unit.name),
}


# The way back of each table -------------------------------------------------------------------------------------------


def _event(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    if change.act == "removed":
        undo_removal(session, change.id, by=by, now=now)
    else:
        undo_of_event(session, change, by=by, now=now)


def _person(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    person = find_row(session, Person, change.thing_id)
    if person is None:
        undo_person_removal(session, change, by=by, now=now)
        return
    if change.batch is None:
        raise BadInput("change", "in_use")
    undo_edit(session, person, change.batch, by=by, now=now)


def _duty(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    """What was done to a duty in one go; of setting up a year only this day."""
    alone = change.batch is None or change.act == "set_up"
    theirs = [change] if alone else [each for each in changes_in(session, str(change.batch)) if each.act != "set_up"]
    for each in reversed(theirs):
        if each.undone_at is None and (each.thing, each.thing_id) == (change.thing, change.thing_id):
            undo_change(session, each, by=by, now=now)


_UNDOES: dict[str, _Undo] = {
    "contribution": undo_of_contribution,
    "duty": _duty,
    "duty_owner": _duty,
    "occurrence": _duty,
    "event": _event,
    "assignment": undo_of_interview,
    "consent": undo_of_interview,
    "interview": undo_of_interview,
    "follow_up_wish": undo_change,
    "invitation": undo_of_invitation,
    "link": undo_of_link,
    "meeting": undo_of_meeting,
    "meeting_case": undo_of_meeting,
    "meeting_paper": undo_of_meeting,
    "newsletter": undo_change,
    "office": undo_of_office,
    "person": _person,
    "person_alias": _person,
    "record": undo_of_record,
    "site_setting": undo_of_settings,
    "social_post": undo_change,
    "unit": undo_of_unit,
    "unit_help": undo_change,
    "unit_year": undo_change,
    "user": undo_of_user,
    "work_plan": undo_together,
    "work_plan_figure": undo_together,
    "work_plan_item": undo_together,
    "work_plan_parent": undo_together,
    "work_plan_point": undo_together,
    "work_plan_report_text": undo_together,
    "work_plan_responsible": undo_together,
}
# What a person thinks of as one thing that was taken away.
REMOVABLE = (
    "event",
    "follow_up_wish",
    "invitation",
    "meeting",
    "meeting_case",
    "office",
    "person",
    "social_post",
    "unit",
    "unit_help",
    "work_plan",
    "work_plan_item",
)
