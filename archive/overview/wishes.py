"""What follow-up elected representatives have asked for (ønsket oppfølging), and what came of it.

They say themselves what they want; the secretary writes it down for those who have no account.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from archive.access import Viewer
from archive.accounts import Role, User, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput, NotAllowed, NotFound
from archive.overview.sight import sight_of
from archive.overview.unit_years import page_of
from archive.people import Person
from archive.row_history import RowChange, note_change, snapshot
from archive.typed import many_lines
from archive.units import Unit

LONGEST_WISH = 5_000


class FollowUpWish(Base):
    """One wish of one representative. Its number is never reused."""

    __tablename__ = "follow_up_wish"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)  # the municipality, or the county's group
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # None: all of them together
    wish: Mapped[str]
    wished_on: Mapped[date]
    answer: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]  # None: it waits

    unit: Mapped[Unit] = relationship()
    person: Mapped[Person | None] = relationship()


def ask_follow_up(
    session: Session,
    unit: Unit,
    person_id: int | None,
    wish: str,
    *,
    wished_on: date,
    by: int | None,
    now: datetime,
    today: date,
) -> FollowUpWish:
    """Write down what a representative wants.

    Raises:
        NotAllowed: `by` is neither the secretary nor the representative.
        BadInput: `wish` is "empty" or "too_long"; `wished_on` is "future"; `person_id` is "unknown".
    """
    _require_own(session, by, unit.id, person_id, today)
    person = find_row(session, Person, person_id) if person_id is not None else None
    if person_id is not None and (person is None or person.merged_into_id is not None):
        raise BadInput("person_id", "unknown")
    if wished_on > today:
        raise BadInput("wished_on", "future")
    text = _text(wish, "wish")
    if not text:
        raise BadInput("wish", "empty")
    row = FollowUpWish(unit_id=unit.id, person_id=person_id, wish=text, wished_on=wished_on)
    session.add(row)
    note_change(session, row, None, act="wished", by=by, now=now, thing=page_of(unit.id))
    return row


def answer_wish(
    session: Session, row: FollowUpWish, answer: str, *, answered_on: date, by: int | None, now: datetime, today: date
) -> RowChange | None:
    """Say what came of a wish.

    Raises:
        NotAllowed: `by` is below the secretary.
        BadInput: `answer` is "empty" or "too_long"; `answered_on` is "future" or "before_start".
    """
    require_at_least(session, by, "answer_wish", Role.SECRETARY)
    text = _text(answer, "answer")
    if not text:
        raise BadInput("answer", "empty")
    if answered_on > today:
        raise BadInput("answered_on", "future")
    if answered_on < row.wished_on:
        raise BadInput("answered_on", "before_start")
    before = snapshot(row)
    row.answer, row.answered_on = text, answered_on
    return note_change(session, row, before, act="answered", by=by, now=now, thing=page_of(row.unit_id))


def remove_wish(session: Session, row: FollowUpWish, *, by: int | None, now: datetime, today: date) -> None:
    """Take away a wish that was written down by mistake, or is no more; the history brings it back.

    Raises:
        NotAllowed: `by` is neither the secretary nor the representative.
    """
    _require_own(session, by, row.unit_id, row.person_id, today)
    before, thing = snapshot(row), page_of(row.unit_id)
    session.delete(row)
    note_change(session, row, before, act="removed", by=by, now=now, thing=thing)


def load_wish(session: Session, wish_id: int) -> FollowUpWish:
    """One wish.

    Raises:
        NotFound: there is none of this number.
    """
    row = find_row(session, FollowUpWish, wish_id)
    if row is None:
        raise NotFound("wish", wish_id)
    return row


def wishes(
    session: Session, *, unit_ids: Sequence[int] | None = None, person_id: int | None = None
) -> list[FollowUpWish]:
    """Wishes with who and where, those that wait first, then the latest; in one question."""
    chosen = select(FollowUpWish).options(joinedload(FollowUpWish.person), joinedload(FollowUpWish.unit))
    if unit_ids is not None:
        chosen = chosen.where(FollowUpWish.unit_id.in_(unit_ids))
    if person_id is not None:
        chosen = chosen.where(FollowUpWish.person_id == person_id)
    found = session.scalars(chosen.order_by(FollowUpWish.wished_on.desc(), FollowUpWish.id.desc()))
    return sorted(found, key=lambda each: each.answered_on is not None)


def _require_own(session: Session, by: int | None, unit_id: int, person_id: int | None, today: date) -> None:
    if by is None:
        return
    require_at_least(session, by, "ask_follow_up", Role.MEMBER)
    user = session.get_one(User, by)
    sight = sight_of(session, Viewer(user.role, by), today=today)
    is_own = person_id is not None and sight.person_id == person_id and unit_id in sight.elected_in
    if not (sight.may_edit or is_own):
        raise NotAllowed("ask_follow_up")


def _text(typed: str, field: str) -> str:
    return many_lines(typed, field, limit=LONGEST_WISH)
