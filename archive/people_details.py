"""What is known about a person beside the name: written, changed, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.audit import note as note_act
from archive.errors import BadInput
from archive.fuzzy_dates import edtf_of, read_edtf
from archive.interviews import Participation
from archive.local_time import day_of
from archive.outbox import searchable_text_changed
from archive.people import LONGEST_NAME, AliasKind, Person, PersonAlias, name_key, new_batch
from archive.row_history import (
    RowChange,
    Thing,
    Touched,
    changes_in,
    changes_of,
    note_change,
    note_changes,
    snapshot,
    undo_batch,
)
from archive.transcripts import Segment
from archive.typed import many_lines, one_line

LONGEST_NOTE = 10_000
MOST_ALIASES = 20
KIND = "person"


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What the secretary writes about a person; times as people type them."""

    name: str
    former: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    born: str = ""
    died: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CheckedPerson:
    """The details as they can be kept."""

    name: str
    aliases: tuple[tuple[AliasKind, str], ...]
    born: str  # EDTF, as `died`
    died: str
    note: str


def check_person(details: PersonDetails, *, now: datetime) -> CheckedPerson:
    """The details as they can be kept.

    Raises:
        BadInput: `name` is "empty"; something is "too_long"; `born` or `died` cannot be read (see
            `archive.fuzzy_dates.read_typed`) or lies in the "future"; `died` "before_birth"; "too_many" other names.
    """
    name = one_line(details.name, "name", limit=LONGEST_NAME, required=True)
    aliases: dict[str, tuple[AliasKind, str]] = {}
    for kind, field, typed in (
        (AliasKind.FORMER, "former", details.former),
        (AliasKind.NICKNAME, "nicknames", details.nicknames),
        (AliasKind.SPELLING, "spellings", details.spellings),
    ):
        for each in typed:
            alias = one_line(each, field, limit=LONGEST_NAME)
            if alias and name_key(alias) != name_key(name):
                aliases.setdefault(name_key(alias), (kind, alias))
        if len(aliases) > MOST_ALIASES:
            raise BadInput(field, "too_many")
    born, died = (_past(typed, field, now) for field, typed in (("born", details.born), ("died", details.died)))
    if born and died:
        begins, ends = read_edtf(born).first, read_edtf(died).last
        if begins and ends and ends < begins:
            raise BadInput("died", "before_birth")
    note = many_lines(details.note, "note", limit=LONGEST_NOTE)
    return CheckedPerson(name, tuple(aliases.values()), born, died, note)


def _past(typed: str, field: str, now: datetime) -> str:
    edtf = edtf_of(typed, field)
    if edtf:
        first = read_edtf(edtf).first
        if first is not None and first > day_of(now):
            raise BadInput(field, "future")
    return edtf


def add_person(
    session: Session, details: PersonDetails, *, by: int | None, now: datetime, batch: str | None = None
) -> Person:
    """Somebody new; two people may have one name.

    Raises:
        BadInput: as `check_person`.
    """
    require_at_least(session, by, "add_person", Role.SECRETARY)
    checked = check_person(details, now=now)
    person = Person(name=checked.name, born=checked.born, died=checked.died, note=checked.note)
    session.add(person)
    batch = batch or new_batch()
    note_change(session, person, None, act="added", by=by, now=now, batch=batch)
    _write_aliases(session, person, checked.aliases, by, now, batch)
    return person


def write_many(
    session: Session,
    added: Sequence[CheckedPerson],
    changed: Sequence[tuple[Person, CheckedPerson]],
    *,
    by: int | None,
    now: datetime,
    batch: str,
) -> None:
    """Add and change many people in one go; the caller says it to the log of acts."""
    new = [(Person(name=each.name, born=each.born, died=each.died, note=each.note), each) for each in added]
    session.add_all(person for person, _ in new)
    touched = [Touched(person, None) for person, _ in new]
    renamed = []
    for person, checked in changed:
        touched.append(Touched(person, snapshot(person)))
        renamed += [person.id] if person.name != checked.name else []
        person.name, person.born, person.died, person.note = checked.name, checked.born, checked.died, checked.note
    session.flush()
    for person, checked in new:
        for kind, name in checked.aliases:
            alias = PersonAlias(person_id=person.id, kind=kind, name=name)
            session.add(alias)
            touched.append(Touched(alias, None, Thing(KIND, person.id)))
    note_changes(session, touched, act="imported", by=by, now=now, batch=batch)
    for person, checked in changed:
        if [(alias.kind, alias.name) for alias in person.aliases] != list(checked.aliases):
            _write_aliases(session, person, checked.aliases, by, now, batch)
    for interview_id in interviews_with(session, renamed):
        searchable_text_changed(session, interview_id, now=now)
    session.flush()


def change_person(
    session: Session, person: Person, details: PersonDetails, *, by: int | None, now: datetime, batch: str | None = None
) -> None:
    """Write anew what is known about a person.

    Raises:
        BadInput: as `check_person`; `name` is "merged": this row only points to another.
    """
    require_at_least(session, by, "change_person", Role.SECRETARY)
    checked = check_person(details, now=now)
    if person.merged_into_id is not None:
        raise BadInput("name", "merged")
    before, name_before, batch = snapshot(person), person.name, batch or new_batch()
    person.name, person.born, person.died, person.note = checked.name, checked.born, checked.died, checked.note
    note_change(session, person, before, act="changed", by=by, now=now, batch=batch)
    _write_aliases(session, person, checked.aliases, by, now, batch)
    if person.name != name_before:
        name_changed(session, person.id, now=now)


def _write_aliases(
    session: Session,
    person: Person,
    wanted: Sequence[tuple[AliasKind, str]],
    by: int | None,
    now: datetime,
    batch: str,
) -> None:
    there = {(alias.kind, alias.name): alias for alias in person.aliases}
    thing = Thing(KIND, person.id)
    for key, alias in there.items():
        if key not in wanted:
            before = snapshot(alias)
            session.delete(alias)
            note_change(session, alias, before, act="removed", by=by, now=now, thing=thing, batch=batch)
    for kind, name in wanted:
        if (kind, name) not in there:
            alias = PersonAlias(person_id=person.id, kind=kind, name=name)
            session.add(alias)
            note_change(session, alias, None, act="added", by=by, now=now, thing=thing, batch=batch)
    session.expire(person, ["aliases"])


def name_changed(session: Session, person_id: int, *, now: datetime) -> None:
    """Ask for the interviews in which this person speaks or takes part to be indexed anew."""
    for interview_id in interviews_with(session, [person_id]):
        searchable_text_changed(session, interview_id, now=now)


def interviews_with(session: Session, person_ids: Sequence[int]) -> list[int]:
    """The interviews in which one of these people takes part or speaks, whoever may see them."""
    takes_part = select(Participation.interview_id).where(Participation.person_id.in_(person_ids))
    speaks = select(Segment.interview_id).where(Segment.speaker_id.in_(person_ids))
    return sorted(set(session.scalars(takes_part.union(speaks))))


# --- taken back


@dataclass(frozen=True, slots=True)
class Edit:
    """What was done to a person in one go."""

    batch: str
    changes: tuple[RowChange, ...]
    undone: bool


def edits_of(session: Session, person_id: int) -> list[Edit]:
    """What was done to a person and the other names, newest first."""
    batches: dict[str, list[RowChange]] = {}
    for change in changes_of(session, KIND, person_id):
        batches.setdefault(change.batch or f"#{change.id}", []).append(change)
    return [
        Edit(batch, tuple(reversed(changes)), all(each.undone_at is not None for each in changes))
        for batch, changes in batches.items()
    ]


def undo_edit(session: Session, person: Person, batch: str, *, by: int | None, now: datetime) -> None:
    """Take back what was done to a person in one go.

    Raises:
        BadInput: as `row_history.undo_batch`; "unknown": it was not done to this person alone.
    """
    require_at_least(session, by, "undo_edit", Role.SECRETARY)
    changes = changes_in(session, batch)
    if not changes or any((each.thing, each.thing_id) != (KIND, person.id) for each in changes):
        raise BadInput("change", "unknown")
    if not undo_batch(session, batch, by=by, now=now):
        raise BadInput("change", "undone_already")
    note_act(session, "undid", KIND, person.id, user_id=by, now=now, batch=batch)
    session.flush()
    session.expire_all()
    name_changed(session, person.id, now=now)
