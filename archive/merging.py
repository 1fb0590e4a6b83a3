"""Two people of the register were one: everything that points to one points to the other, and the way back.

What points to a person is found in the tables themselves, by their foreign keys: a table that is added later is merged
with no line here. The row that goes stays as a sign to the one that is kept, so that old links lead on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.access import Viewer, visible_to
from archive.accounts import Role, require_at_least
from archive.audit import note
from archive.database import Base
from archive.errors import BadInput
from archive.interviews import Access, Interview
from archive.link_looks import look_at
from archive.merging_rows import double_rows, move_rows, move_rows_back, pointers, put_rows_back, remove_rows
from archive.names import LearnedName, NameSuggestion, SuggestionState
from archive.naming_voices import KIND as VOICES
from archive.naming_voices import PEOPLE_MERGED
from archive.offices import Office
from archive.outbox import PERSON, OutboxEntry, searchable_text_changed
from archive.people import AliasKind, Person, PersonAlias
from archive.people_details import interviews_with
from archive.voices import Voice

FIELDS = ("born", "died", "note")


class PersonMerge(Base):
    """One merge: which rows it moved and took away, so that all of it can be put back."""

    __tablename__ = "person_merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    did: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None]

    kept: Mapped[Person] = relationship(foreign_keys=[kept_id])
    gone: Mapped[Person] = relationship(foreign_keys=[gone_id])


@dataclass(frozen=True, slots=True)
class Moving:
    """What would move, of one column of one table."""

    table: str
    column: str
    rows: int
    doubles: int  # of these, those that stand there for the other already


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do, before anybody says yes."""

    moving: tuple[Moving, ...]
    taken_over: tuple[str, ...]  # fields of `FIELDS` that the kept one lacks and gets
    differing: tuple[str, ...]  # fields that both have, and not alike: the kept one's stay

    @property
    def doubles(self) -> int:
        """Rows that both have, and that will stand there once."""
        return sum(each.doubles for each in self.moving)


def preview_merge(session: Session, kept: Person, gone: Person) -> MergePreview:
    """What a merge would do; as many questions whatever there is to move.

    Raises:
        BadInput: as `merge_people`.
    """
    _check(kept, gone)
    moving = []
    for pointer in pointers():
        count = pointer.count(session, gone.id)
        doubles = len(double_rows(session, pointer, kept.id, gone.id)) if count else 0
        if count:
            moving.append(Moving(pointer.table.name, pointer.column.name, count, doubles))
    taken = tuple(name for name in FIELDS if getattr(gone, name) and not getattr(kept, name))
    both = (name for name in ("born", "died") if getattr(gone, name) and getattr(kept, name))
    return MergePreview(
        tuple(moving), taken, tuple(name for name in both if getattr(gone, name) != getattr(kept, name))
    )


def merge_people(
    session: Session,
    kept: Person,
    gone: Person,
    *,
    name_is: AliasKind = AliasKind.SPELLING,
    by: int | None,
    today: date,
    now: datetime,
) -> PersonMerge:
    """Make two people one. The name of the one that goes stays as another name; `name_is` says what it was.

    An interview that would open by this, because one of the two had agreed to more than the other, is closed to what it
    was open to before: that a merge was right is for the secretary to say by opening it anew.

    Raises:
        BadInput: `other` is the "same" person, or is "merged" into another already.
    """
    require_at_least(session, by, "merge_people", Role.SECRETARY)
    _check(kept, gone)
    session.flush()
    interviews = interviews_with(session, [gone.id])
    seen_before = _seen_by(session, today)
    voices = _interviews_with_voice(session, gone.id)
    did: dict[str, Any] = {"fields": _take_over(kept, gone), "alias": _keep_name(session, kept, gone, name_is)}
    did["names"] = _correct_names(session, kept, gone) if name_is == AliasKind.SPELLING else {}
    did["removed"], did["moved"] = _move_everything(session, kept, gone)
    gone.merged_into_id = kept.id
    session.flush()
    did["closed"] = _close_what_opened(session, seen_before, today)
    merge = PersonMerge(kept_id=kept.id, gone_id=gone.id, did=did, made_at=now, made_by_id=by)
    session.add(merge)
    session.flush()
    note(session, "merged_people", "person", kept.id, user_id=by, now=now, gone=gone.id, merge=merge.id)
    for interview_id in voices:  # what was done there before speaks of somebody who is not there any more
        note(session, PEOPLE_MERGED, VOICES, interview_id, user_id=by, now=now)
    _tell_search(session, interviews, (kept.id, gone.id), now)
    return merge


def _move_everything(session: Session, kept: Person, gone: Person) -> tuple[list[list[Any]], list[dict[str, Any]]]:
    """Let all that points to one point to the other; gives the rows taken away and the rows moved, for the way back."""
    removed, moved = [], []
    for pointer in pointers():
        doubles = double_rows(session, pointer, kept.id, gone.id)
        if pointer.may_remove:
            removed += remove_rows(session, pointer, doubles)
            doubles = []
        moved.append(move_rows(session, pointer, kept.id, gone.id, but=doubles))
    return removed, moved


def undo_merge(session: Session, merge: PersonMerge, *, by: int | None, now: datetime) -> None:
    """Make one person two again. What points to the kept one since the merge stays with it.

    Raises:
        BadInput: `merge` is "undone_already", or one of the two was merged with another since ("merged_since").
    """
    require_at_least(session, by, "undo_merge", Role.SECRETARY)
    if merge.undone_at is not None:
        raise BadInput("merge", "undone_already")
    kept, gone, did = merge.kept, merge.gone, merge.did
    later = select(PersonMerge.id).where(
        PersonMerge.kept_id == kept.id, PersonMerge.id > merge.id, PersonMerge.undone_at.is_(None)
    )
    if kept.merged_into_id is not None or session.scalars(later.limit(1)).first() is not None:
        raise BadInput("merge", "merged_since")
    session.flush()
    interviews = interviews_with(session, [kept.id])
    voices = _interviews_with_voice(session, kept.id)
    known = {(each.table.name, each.column.name): each for each in pointers()}
    for moved in reversed(did["moved"]):
        pointer = known.get((moved["table"], moved["column"]))
        if pointer is not None:
            move_rows_back(session, pointer, moved, kept.id, gone.id)
    put_rows_back(session, did["removed"])
    _give_back(session, kept, did)
    gone.merged_into_id = None
    merge.undone_at = now
    session.flush()
    note(session, "undid_merge", "person", kept.id, user_id=by, now=now, gone=gone.id, merge=merge.id)
    for interview_id in voices:
        note(session, PEOPLE_MERGED, VOICES, interview_id, user_id=by, now=now)
    _tell_search(session, interviews, (kept.id, gone.id), now)


def merges_of(session: Session, person_id: int) -> list[PersonMerge]:
    """The merges into a person that stand, newest first."""
    into = select(PersonMerge).where(PersonMerge.kept_id == person_id, PersonMerge.undone_at.is_(None))
    return list(session.scalars(into.order_by(PersonMerge.id.desc())))


def _check(kept: Person, gone: Person) -> None:
    if kept.id == gone.id:
        raise BadInput("other", "same")
    if kept.merged_into_id is not None or gone.merged_into_id is not None:
        raise BadInput("other", "merged")


# --- what is known about the two


def _take_over(kept: Person, gone: Person) -> dict[str, list[str]]:
    """Give the kept one what it lacks; gives what stood there before and after, by field."""
    changed = {}
    for name in FIELDS:
        before, other = getattr(kept, name), getattr(gone, name)
        after = before or other
        if name == "note" and before and other and other not in before:
            after = f"{before}\n\n{other}"
        if after != before:
            setattr(kept, name, after)
            changed[name] = [before, after]
    return changed


def _keep_name(session: Session, kept: Person, gone: Person, name_is: AliasKind) -> int | None:
    """The name of the one that goes as another name of the kept one; the number of its row, None where it has it."""
    there = {kept.name_key} | {alias.name_key for alias in kept.aliases}
    if gone.name_key in there:
        return None
    alias = PersonAlias(person_id=kept.id, kind=name_is, name=gone.name)
    session.add(alias)
    session.flush()
    return alias.id


def _correct_names(session: Session, kept: Person, gone: Person) -> dict[str, Any]:
    """What the machine would offer as the wrongly spelt name, it offers as the right one; gives what was changed.

    Names that were put into a text stay as they stand there.
    """
    shared = select(Person.id).where(Person.name == gone.name, Person.id != gone.id, Person.merged_into_id.is_(None))
    if kept.name == gone.name or session.scalars(shared.limit(1)).first() is not None:
        return {}
    offered = (
        NameSuggestion.name == gone.name,
        NameSuggestion.kind == "person",
        NameSuggestion.state != SuggestionState.ACCEPTED,
    )
    suggestions = list(session.scalars(select(NameSuggestion.id).where(*offered)))
    learned = list(session.scalars(select(LearnedName.heard_key).where(LearnedName.name == gone.name)))
    session.execute(update(NameSuggestion).where(*offered).values(name=kept.name))
    session.execute(update(LearnedName).where(LearnedName.name == gone.name).values(name=kept.name))
    return {"from": gone.name, "to": kept.name, "suggestions": suggestions, "learned": learned}


def _give_back(session: Session, kept: Person, did: dict[str, Any]) -> None:
    """What `_take_over`, `_keep_name`, `_correct_names` and `_close_what_opened` did, where it still stands."""
    for name, (before, after) in did["fields"].items():
        if getattr(kept, name) == after:
            setattr(kept, name, before)
    alias = session.get(PersonAlias, did["alias"]) if did["alias"] else None
    if alias is not None and alias.person_id == kept.id:
        session.delete(alias)
    if names := did["names"]:
        offered = (NameSuggestion.id.in_(names["suggestions"]), NameSuggestion.name == names["to"])
        learned = (LearnedName.heard_key.in_(names["learned"]), LearnedName.name == names["to"])
        session.execute(update(NameSuggestion).where(*offered).values(name=names["from"]))
        session.execute(update(LearnedName).where(*learned).values(name=names["from"]))
    for interview_id, before, after in did["closed"]:
        same = (Interview.id == interview_id, Interview.access == Access(after))
        session.execute(update(Interview).where(*same).values(access=Access(before)))
    session.flush()
    session.expire_all()


# --- who sees what, and who searches what


def _seen_by(session: Session, today: date) -> dict[Access, set[int]]:
    """The interviews that members see, and those that everybody does."""
    return {
        access: set(session.scalars(select(Interview.id).where(visible_to(Viewer(role), today=today))))
        for access, role in ((Access.MEMBERS, Role.MEMBER), (Access.OPEN, Role.VISITOR))
    }


def _close_what_opened(session: Session, before: dict[Access, set[int]], today: date) -> list[list[Any]]:
    """Close what more people see than before to what they saw then; gives number, access before and after."""
    now_seen = _seen_by(session, today)
    closed = []
    for interview_id in sorted(set().union(*(now_seen[each] - before[each] for each in now_seen))):
        interview = session.get_one(Interview, interview_id)
        after = Access.MEMBERS if interview_id in before[Access.MEMBERS] else Access.CLOSED
        closed.append([interview_id, interview.access.value, after.value])
        interview.access = after
    session.flush()
    return closed


def _interviews_with_voice(session: Session, person_id: int) -> list[int]:
    either = (Voice.person_id == person_id) | (Voice.suggested_id == person_id)
    return list(session.scalars(select(Voice.interview_id).where(either).distinct()))


def _tell_search(session: Session, interviews: Sequence[int], people: Sequence[int], now: datetime) -> None:
    for interview_id in interviews:
        searchable_text_changed(session, interview_id, now=now)
    session.add_all(OutboxEntry(kind=PERSON, thing_id=person_id, at=now) for person_id in people)
    for person_id in people:
        look_at(session, PERSON, person_id, now=now)
    session.flush()
    session.expire_all()


def overlapping_offices(session: Session, kept: Person, gone: Person) -> list[str]:
    """Offices that both hold or held in one unit, and not in the very same days: after a merge somebody should look."""
    rows = session.execute(
        select(Office.person_id, Office.unit_id, Office.title, Office.begins, Office.ends, Office.held).where(
            Office.person_id.in_([kept.id, gone.id])
        )
    ).all()
    theirs = [each for each in rows if each.person_id == gone.id]
    ours = [each for each in rows if each.person_id == kept.id]
    return sorted(
        {
            one.title
            for one in theirs
            for other in ours
            if (one.unit_id, one.title.casefold()) == (other.unit_id, other.title.casefold())
            and one.held != other.held
            and one.begins <= other.ends
            and other.begins <= one.ends
        }
    )
