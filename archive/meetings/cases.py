"""Cases (saker) of a meeting, in their order: what was proposed, what was decided, and how the votes fell."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from archive.accounts import Role, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput
from archive.meetings.meeting import Meeting, page_of
from archive.outbox import meeting_changed
from archive.people import Person
from archive.row_history import RowChange, note_change, snapshot
from archive.typed import many_lines, one_line

LIMITS = {"number": 30, "title": 300, "vote": 300, "text": 100_000}


def number_key(number: str) -> str:
    """A case's number as it is compared: *Sak 3 / 2023* is *3/2023*. Pure."""
    return "".join(number.casefold().split()).removeprefix("sak").rstrip(".:")


class MeetingCase(Base):
    """One case of a meeting. Its number in the table is never reused."""

    __tablename__ = "meeting_case"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number_key", name="uq_meeting_case_meeting_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]  # its place in the agenda, from 1; gaps do no harm
    number: Mapped[str] = mapped_column(String(LIMITS["number"]), default="")  # 3/2023, as it was typed; "": has none
    number_key: Mapped[str | None] = mapped_column(String(LIMITS["number"]))  # as it is compared; follows `number`
    title: Mapped[str] = mapped_column(String(LIMITS["title"]))
    proposal: Mapped[str] = mapped_column(default="")  # innstilling
    discussion: Mapped[str] = mapped_column(default="")  # what was said
    decision: Mapped[str] = mapped_column(default="")  # vedtak
    vote: Mapped[str] = mapped_column(String(LIMITS["vote"]), default="")  # enstemmig, 14 mot 3; "": not written down
    presented_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship(back_populates="cases")
    presented_by: Mapped[Person | None] = relationship()

    @validates("number")
    def _follow_number(self, _field: str, number: str) -> str:
        self.number_key = number_key(number) or None
        return number

    @property
    def name(self) -> str:
        """As one speaks of it: *Sak 3/2023 Budsjett*."""
        return f"Sak {self.number} {self.title}" if self.number else self.title


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """What the secretary writes about a case."""

    title: str
    number: str = ""
    proposal: str = ""
    discussion: str = ""
    decision: str = ""
    vote: str = ""
    presented_by_id: int | None = None


def add_case(session: Session, meeting: Meeting, details: CaseDetails, *, by: int | None, now: datetime) -> MeetingCase:
    """One more case, below the others.

    Raises:
        BadInput: as `write_case`.
    """
    return add_cases(session, meeting, [details], by=by, now=now)[0]


def add_cases(
    session: Session, meeting: Meeting, every: Sequence[CaseDetails], *, by: int | None, now: datetime
) -> list[MeetingCase]:
    """Cases in their order, below those that are there; all of them or none, and one undo takes them away again.

    Raises:
        BadInput: as `write_case`, for the first that cannot be kept.
    """
    require_at_least(session, by, "add_case", Role.SECRETARY)
    batch = _batch() if len(every) > 1 else None
    last = session.scalar(select(func.max(MeetingCase.position)).where(MeetingCase.meeting_id == meeting.id)) or 0
    taken = _keys_of(session, meeting.id)
    added = []
    for position, details in enumerate(every, start=last + 1):
        case = MeetingCase(meeting_id=meeting.id, position=position, made_at=now)
        write_case(session, case, details, taken=taken)
        if case.number_key:
            taken.add(case.number_key)
        session.add(case)
        added.append(case)
    session.flush()
    for case in added:
        note_change(session, case, None, act="added", by=by, now=now, thing=page_of(meeting.id), batch=batch)
    meeting_changed(session, meeting.id, now=now)
    return added


def change_case(
    session: Session, case: MeetingCase, details: CaseDetails, *, by: int | None, now: datetime
) -> RowChange | None:
    """Write a case anew; None when nothing is different.

    Raises:
        BadInput: as `write_case`.
    """
    require_at_least(session, by, "change_case", Role.SECRETARY)
    before = snapshot(case)
    with session.no_autoflush:
        write_case(session, case, details, taken=_keys_of(session, case.meeting_id) - {case.number_key})
    meeting_changed(session, case.meeting_id, now=now)
    return note_change(session, case, before, act="changed", by=by, now=now, thing=page_of(case.meeting_id))


def move_case(session: Session, case: MeetingCase, *, up: bool, by: int | None, now: datetime) -> None:
    """Let a case change places with the one above or below it; at the end of the list nothing happens."""
    require_at_least(session, by, "move_case", Role.SECRETARY)
    theirs = select(MeetingCase).where(MeetingCase.meeting_id == case.meeting_id)
    every = list(session.scalars(theirs.order_by(MeetingCase.position, MeetingCase.id)))
    at = every.index(case)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(every):
        return
    befores = [snapshot(each) for each in every]
    every[at], every[other] = every[other], every[at]
    by_id = {before["id"]: before for before in befores}
    for position, each in enumerate(every, start=1):
        each.position = position
    batch = _batch()
    for each in every:
        note_change(
            session, each, by_id[each.id], act="moved", by=by, now=now, thing=page_of(case.meeting_id), batch=batch
        )
    meeting_changed(session, case.meeting_id, now=now)


def delete_case(session: Session, case: MeetingCase, *, by: int | None, now: datetime, batch: str) -> RowChange:
    """Take away the row of a case on which nothing hangs any more; `history.remove_case` is for people.

    Raises:
        BadInput: `case` is "in_use": something outside the meeting names it.
    """
    before, thing = snapshot(case), page_of(case.meeting_id)
    try:
        with session.begin_nested():
            session.delete(case)
            change = note_change(session, case, before, act="removed", by=by, now=now, thing=thing, batch=batch)
    except IntegrityError:
        raise BadInput("case", "in_use") from None
    assert change is not None  # noqa: S101 - what is gone has changed
    return change


def write_case(session: Session, case: MeetingCase, details: CaseDetails, *, taken: set[str] | set[str | None]) -> None:
    """Put the details into the row.

    Raises:
        BadInput: the first value that cannot be kept: `case_number` is "taken" by another case of the meeting or
            "too_long"; `case_title` is "empty" or "too_long"; `presented_by` is "unknown"; a text is "too_long".
    """
    number = one_line(details.number, "case_number", limit=LIMITS["number"])
    if number_key(number) in taken:
        raise BadInput("case_number", "taken")
    case.number = number
    case.title = one_line(details.title, "case_title", limit=LIMITS["title"], required=True)
    case.proposal = many_lines(details.proposal, "proposal", limit=LIMITS["text"])
    case.discussion = many_lines(details.discussion, "discussion", limit=LIMITS["text"])
    case.decision = many_lines(details.decision, "decision", limit=LIMITS["text"])
    case.vote = one_line(details.vote, "vote", limit=LIMITS["vote"])
    if details.presented_by_id is not None and find_row(session, Person, details.presented_by_id) is None:
        raise BadInput("presented_by", "unknown")
    case.presented_by_id = details.presented_by_id


def _keys_of(session: Session, meeting_id: int) -> set[str]:
    keys = select(MeetingCase.number_key).where(
        MeetingCase.meeting_id == meeting_id, MeetingCase.number_key.is_not(None)
    )
    return {key for key in session.scalars(keys) if key}


def _batch() -> str:
    return f"meeting:{secrets.token_hex(8)}"
