"""Taking somebody out of the register who was entered by mistake: only when nothing points there, and with a way back.

What points to a person is found in the tables themselves, as for a merge: a table that is added later is asked with no
line here, and only its page has to be named.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, delete, func, literal, select
from sqlalchemy.orm import Session

from archive.access import Consent
from archive.accounts import Role, User, require_at_least
from archive.audit import note
from archive.bin_rows import Binned, outside_bin
from archive.contributions import Contribution
from archive.errors import BadInput
from archive.interviews import Interview, Participation
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import Meeting
from archive.merging import PersonMerge
from archive.merging_rows import pointers
from archive.offices import Office
from archive.organisation.rights import UserPerson
from archive.overview.wishes import FollowUpWish
from archive.people import Person, new_batch
from archive.people_details import KIND
from archive.recordings import Recording
from archive.records import Record
from archive.row_history import RowChange, Thing, changes_in, note_change, require_not_undone, snapshot, undo_batch
from archive.transcripts import Revision, Segment
from archive.units import Unit
from archive.voices import Voice
from archive.workplan.items import WorkPlanItem, WorkPlanResponsible
from archive.workplan.plans import WorkPlan
from archive.yearwheel.duties import Duty, DutyOwner
from archive.yearwheel.occurrences import Occurrence
from archive.yearwheel.reminders import Reminder

# So many things are named for each kind of pointing.
MOST_NAMED = 5
# The person's other names go along, and come back with it; what was found in texts is looked for anew.
_GOES_ALONG = ("person_alias", "link_suggestion")


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that points to a person, by the page that shows it."""

    page: str
    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Pointing:
    """What points to a person from one column of one table."""

    table: str
    column: str
    rows: int
    things: tuple[Named, ...]  # some of them; () where no page shows them, or they lie in the bin


def pointing_to(session: Session, person: Person) -> list[Pointing]:
    """Everything that points to a person, but other names; as many questions however much it is."""
    columns = [each for each in pointers() if each.table.name not in _GOES_ALONG]
    counts = [
        select(literal(number), func.count()).select_from(each.table).where(each.column == person.id)
        for number, each in enumerate(columns)
    ]
    found = []
    for number, rows in session.execute(counts[0].union_all(*counts[1:])):
        if rows:
            table, column = columns[number].table.name, columns[number].column.name
            found.append(Pointing(table, column, rows, _named(session, table, column, person.id)))
    merged = select(func.count()).where(Person.merged_into_id == person.id)
    if others := session.scalar(merged):
        found.append(Pointing("person", "merged_into_id", others, (Named("person", person.id, person.name),)))
    return found


def remove_person(session: Session, person: Person, *, by: int | None, now: datetime) -> RowChange:
    """Take somebody out of the register, with other names; `undo_removal` brings all of it back.

    Raises:
        BadInput: `person` is "pointed_to" (see `pointing_to`), or "merged" into another.
    """
    require_at_least(session, by, "remove_person", Role.SECRETARY)
    if person.merged_into_id is not None:
        raise BadInput("person", "merged")
    if pointing_to(session, person):
        raise BadInput("person", "pointed_to")
    batch = new_batch()
    # Merges that were undone say nothing of anybody any more.
    session.execute(delete(PersonMerge).where((PersonMerge.kept_id == person.id) | (PersonMerge.gone_id == person.id)))
    for alias in list(person.aliases):
        before = snapshot(alias)
        session.delete(alias)
        about = Thing(KIND, person.id)
        note_change(session, alias, before, act="removed", by=by, now=now, thing=about, batch=batch)
    session.expire(person, ["aliases"])
    before = snapshot(person)
    session.delete(person)
    change = note_change(session, person, before, act="removed", by=by, now=now, batch=batch)
    assert change is not None  # noqa: S101 - what is gone has changed
    return change


def undo_removal(session: Session, change: RowChange, *, by: int | None, now: datetime) -> int:
    """Bring somebody back into the register with the other names; gives the number.

    Raises:
        BadInput: as `archive.row_history.undo_batch`; "changed_since" for what was done before somebody was removed.
    """
    require_at_least(session, by, "undo_removal", Role.SECRETARY)
    require_not_undone(change)
    changes = changes_in(session, change.batch) if change.batch else []
    if not any(each.of_table == "person" and each.act == "removed" for each in changes):
        raise BadInput("change", "changed_since")
    undo_batch(session, str(change.batch), by=by, now=now)
    note(session, "undid", KIND, change.thing_id, user_id=by, now=now, batch=change.batch)
    session.flush()
    session.expire_all()
    return change.thing_id


# The pages that show what points --------------------------------------------------------------------------------------


def _named(session: Session, table: str, column: str, person_id: int) -> tuple[Named, ...]:
    rows = _PAGES.get((table, column))
    if rows is None:
        return ()
    page, asked, condition = rows
    found = session.execute(asked.where(condition == person_id).distinct().order_by("title").limit(MOST_NAMED))
    return tuple(Named(page, number, title) for number, title in found)


def _interviews(through: Any) -> Select[int, str]:
    """The interviews that rows belong to, but those in the bin: no page shows them."""
    rows = select(Interview.id, Interview.title.label("title")).join(through, through.interview_id == Interview.id)
    return rows.where(outside_bin(Binned.INTERVIEW, Interview.id))


def _corrected() -> Select[int, str]:
    rows = select(Interview.id, Interview.title.label("title")).join(Segment, Segment.interview_id == Interview.id)
    kept = outside_bin(Binned.INTERVIEW, Interview.id)
    return rows.join(Revision, Revision.segment_id == Segment.id).where(kept)


def _units(through: Any) -> Select[int, str]:
    return select(Unit.id, Unit.name.label("title")).join(through, through.unit_id == Unit.id)


def _duties(through: Any) -> Select[int, str]:
    return select(Duty.id, Duty.title.label("title")).join(through, through.duty_id == Duty.id)


def _records() -> Select[int, str]:
    return select(Record.id, Record.title.label("title")).where(outside_bin(Binned.RECORD, Record.id))


def _plans() -> Select[int, str]:
    rows = select(WorkPlan.id, WorkPlan.title.label("title")).join(WorkPlanItem, WorkPlanItem.plan_id == WorkPlan.id)
    return rows.join(WorkPlanResponsible, WorkPlanResponsible.item_id == WorkPlanItem.id)


def _meetings() -> Select[int, str]:
    return select(Meeting.id, Meeting.title.label("title")).join(MeetingCase, MeetingCase.meeting_id == Meeting.id)


def _users() -> Select[int, str]:
    return select(User.id, User.name.label("title")).join(UserPerson, UserPerson.user_id == User.id)


def _contributions() -> Select[int, str]:
    return select(Contribution.id, cast(Contribution.about, String).label("title"))


_PAGES: dict[tuple[str, str], tuple[str, Select[int, str], Any]] = {
    ("consent", "person_id"): ("access", _interviews(Consent), Consent.person_id),
    ("contribution", "person_id"): ("contribution", _contributions(), Contribution.person_id),
    ("duty_owner", "person_id"): ("duty", _duties(DutyOwner), DutyOwner.person_id),
    ("follow_up_wish", "person_id"): ("overview", _units(FollowUpWish), FollowUpWish.person_id),
    ("meeting_case", "presented_by_id"): ("meeting", _meetings(), MeetingCase.presented_by_id),
    ("office", "person_id"): ("unit", _units(Office), Office.person_id),
    ("participation", "person_id"): ("interview", _interviews(Participation), Participation.person_id),
    ("record", "person_id"): ("record", _records(), Record.person_id),
    ("recording", "speaker_id"): ("interview", _interviews(Recording), Recording.speaker_id),
    ("reminder", "person_id"): (
        "duty",
        _duties(Occurrence).join(Reminder, Reminder.occurrence_id == Occurrence.id),
        Reminder.person_id,
    ),
    ("revision", "speaker_after_id"): ("interview", _corrected(), Revision.speaker_after_id),
    ("revision", "speaker_before_id"): ("interview", _corrected(), Revision.speaker_before_id),
    ("segment", "speaker_id"): ("interview", _interviews(Segment), Segment.speaker_id),
    ("user_person", "person_id"): ("user", _users(), UserPerson.person_id),
    ("voice", "person_id"): ("interview", _interviews(Voice), Voice.person_id),
    ("voice", "suggested_id"): ("interview", _interviews(Voice), Voice.suggested_id),
    ("work_plan_responsible", "person_id"): ("work_plan", _plans(), WorkPlanResponsible.person_id),
}
