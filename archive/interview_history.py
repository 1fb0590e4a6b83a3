"""The way back from every change of an interview: its details, its people and units, how far it has come, who sees it.

An undo passes the rules of the act itself: what no consent covers today is not opened by it (`archive.access_history`).
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access_history import require_covered, undo_of_assignment, undo_of_consent
from archive.accounts import Role, require_at_least
from archive.bin_rows import Binned, outside_bin
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.interviews import DETAILS, Access, Interview, Part, Status, details_of, name_people
from archive.organisation.interviews import unit_ids_about, write_units
from archive.outbox import searchable_text_changed
from archive.people import load_person
from archive.planning import PLAN, plan_of
from archive.row_history import RowChange, Snapshot, plain, typed_values
from archive.value_history import note_undone, require_undoable

# Whose changes stand in the history of an interview.
TABLES = ("interview", "consent", "assignment")
_PARTS = tuple(part.value for part in Part)
_COLUMNS = (*DETAILS, "status", "access", "language_kept_at")


def is_for_the_secretary(change: RowChange) -> bool:
    """Whether a change says who may see an interview, what was agreed, or who works on it."""
    return change.of_table != "interview" or "access" in change.fields


def undo_of_interview(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    """Put back what one change did. The caller has asked whether `by` may see the interview.

    Raises:
        NotAllowed: it is the secretary's to undo, see `is_for_the_secretary`.
        BadInput: as `archive.value_history.require_undoable`; the interview lies "in_bin"; "no_consent" covers what
            would open; a plan whose interview is "held_since"; a "person_gone" or "unit_gone" was named there; and as
            `archive.access_history`.
    """
    role = Role.SECRETARY if is_for_the_secretary(change) else Role.VOLUNTEER
    require_at_least(session, by, "undo_of_interview", role)
    kept = select(Interview).where(Interview.id == change.thing_id, outside_bin(Binned.INTERVIEW, Interview.id))
    interview = session.scalar(kept)
    if interview is None:
        raise BadInput("change", "in_bin")
    if change.of_table == "consent":
        undo_of_consent(session, interview, change, by=by, now=now)
    elif change.of_table == "assignment":
        undo_of_assignment(session, interview, change, by=by, now=now)
    else:
        _undo_values(session, interview, change, by, now)
    searchable_text_changed(session, interview.id, now=now)
    session.flush()


def _undo_values(session: Session, interview: Interview, change: RowChange, by: int | None, now: datetime) -> None:
    stands = _values_of(session, interview)
    require_undoable(change, stands, left=_people_today(session, change.after or {}))
    wanted = {name: (change.before or {}).get(name) for name in change.fields}
    if "access" in wanted:
        require_covered(interview, Access(str(wanted["access"])), now=now)
    for name, value in typed_values(Interview, wanted).items():
        if name in _COLUMNS:
            setattr(interview, name, value)
    _put_plan_back(interview, wanted)
    _put_people_back(session, interview, wanted)
    if "units" in wanted:
        try:
            write_units(session, interview, wanted["units"] or [])
        except BadInput:
            raise BadInput("change", "unit_gone") from None
    session.flush()
    after = _values_of(session, interview)
    before, put_back = ({name: each.get(name) for name in wanted} for each in (stands, after))
    note_undone(session, change, before, put_back, by=by, now=now)


def _values_of(session: Session, interview: Interview) -> Snapshot:
    """Everything about an interview that its history tells."""
    columns = {name: plain(getattr(interview, name)) for name in _COLUMNS}
    units = {"units": unit_ids_about(session, interview)}
    return details_of(interview) | columns | plan_of(interview) | units


def _people_today(session: Session, values: Snapshot) -> Snapshot:
    """The same values, with whoever was merged into another since as that other. Who is gone keeps the number."""
    return values | {part: _merged(session, values[part]) for part in _PARTS if part in values}


def _merged(session: Session, person_ids: list[int]) -> list[int]:
    found = []
    for person_id in person_ids:
        try:
            found.append(load_person(session, person_id).id)
        except NotFound:
            found.append(person_id)
    return list(dict.fromkeys(found))


def _put_people_back(session: Session, interview: Interview, wanted: Snapshot) -> None:
    named = {Part(part): wanted[part] or [] for part in _PARTS if part in wanted}
    try:
        people = {part: [load_person(session, each) for each in numbers] for part, numbers in named.items()}
    except NotFound:
        raise BadInput("change", "person_gone") from None
    name_people(session, interview, people)


def _put_plan_back(interview: Interview, wanted: Snapshot) -> None:
    of_plan = {name: value for name, value in wanted.items() if name in PLAN}
    if not of_plan:
        return
    if interview.plan is None or interview.status != Status.PLANNED:
        raise BadInput("change", "held_since")
    for name, value in typed_values(type(interview.plan), of_plan).items():
        setattr(interview.plan, name, value)


def load_history(session: Session, change_id: int, interview_id: int) -> RowChange:
    """A change of this interview.

    Raises:
        NotFound: there is none of this number.
    """
    change = find_row(session, RowChange, change_id)
    if (
        change is None
        or (change.thing, change.thing_id) != ("interview", interview_id)
        or change.of_table not in TABLES
    ):
        raise NotFound("change", change_id)
    return change
