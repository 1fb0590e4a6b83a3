"""*Jeg vil bidra*: what members and visitors know and tell us, about a thing of the archive or something it lacks."""

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.access import Viewer
from archive.accounts import Role, User, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput, NotFound
from archive.link_kinds import Side
from archive.links import check_side
from archive.row_history import RowChange, note_change, snapshot, undo_change
from archive.typed import many_lines, one_line

LIMITS = {"text": 5_000, "name": 200, "contact": 320, "reply": 2_000}
ABOUT = ("interview", "event", "record", "person")  # what somebody can know more about
# More than a branch hears in a week of work at the desk; a machine that fills it stops here.
MOST_WAITING = 300
# What one person, or all who are not logged in together, may tell within an hour.
MOST_AN_HOUR = 20
_HOUR = timedelta(hours=1)


class ContributionState(enum.StrEnum):
    """What became of what somebody told."""

    NEW = "new"
    ANSWERED = "answered"
    PUT_ASIDE = "put_aside"


class Contribution(Base):
    """What one person told us once. Its name and how to reach it are seen by the secretary alone."""

    __tablename__ = "contribution"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    name: Mapped[str] = mapped_column(String(LIMITS["name"]), default="")  # "": did not say
    contact: Mapped[str] = mapped_column(String(LIMITS["contact"]), default="")
    about: Mapped[str] = mapped_column(String(300), default="")  # its title when it was told: the thing may go
    interview_id: Mapped[int | None] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    at_ms: Mapped[int | None]  # on the interview's time line
    page: Mapped[int | None]  # of the record
    state: Mapped[ContributionState] = mapped_column(default=ContributionState.NEW, index=True)
    reply: Mapped[str] = mapped_column(default="")  # what the secretary did or answered
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))  # None: not logged in

    made_by: Mapped[User | None] = relationship()

    @property
    def side(self) -> Side | None:
        """What it is about; None: nothing in the archive, or something that is gone."""
        for kind in ABOUT:
            number = getattr(self, f"{kind}_id")
            if number is not None:
                return Side(kind, number, self.at_ms, self.page)
        return None


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody typed."""

    text: str
    name: str = ""
    contact: str = ""


def contribute(
    session: Session, told: Told, about: Side | None, viewer: Viewer, *, today: date, now: datetime
) -> Contribution:
    """Keep what somebody told, for the desk.

    Raises:
        BadInput: `text` is "empty" or a value "too_long"; "quota" when too much came within the hour, or waits.
        NotFound: what it is about is not there, or not for this reader.
    """
    shown = None
    if about is not None:
        if about.kind not in ABOUT:
            raise NotFound(about.kind, about.id)
        shown = check_side(session, about, viewer, today=today)
    _check_quota(session, viewer, now)
    contribution = Contribution(
        text=many_lines(told.text, "text", limit=LIMITS["text"]),
        name=one_line(told.name, "name", limit=LIMITS["name"]),
        contact=one_line(told.contact, "contact", limit=LIMITS["contact"]),
        about=shown.title[:300] if shown else "",
        state=ContributionState.NEW,
        made_at=now,
        made_by_id=viewer.user_id,
    )
    if not contribution.text:
        raise BadInput("text", "empty")
    if about is not None:
        setattr(contribution, f"{about.kind}_id", about.id)
        contribution.at_ms, contribution.page = about.ms, about.page
    session.add(contribution)
    session.flush()
    note_change(session, contribution, None, act="told", by=viewer.user_id, now=now)
    return contribution


def settle_contribution(
    session: Session,
    contribution: Contribution,
    state: ContributionState,
    *,
    reply: str = "",
    by: int | None,
    now: datetime,
) -> RowChange | None:
    """Say what became of it: answered, put aside, or new again. None when nothing is different.

    Raises:
        BadInput: `reply` is "too_long".
    """
    require_at_least(session, by, "settle_contribution", Role.SECRETARY)
    before = snapshot(contribution)
    contribution.reply = many_lines(reply, "reply", limit=LIMITS["reply"])
    contribution.state = state
    return note_change(session, contribution, before, act=state.value, by=by, now=now)


def undo_of_contribution(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    """Put back what one change did. That it was told is not undone.

    Raises:
        BadInput: as `archive.row_history.undo_change`; "in_use" for its coming.
    """
    require_at_least(session, by, "undo_of_contribution", Role.SECRETARY)
    if change.before is None:
        raise BadInput("change", "in_use")
    undo_change(session, change, by=by, now=now)


def load_contribution(session: Session, contribution_id: int) -> Contribution:
    """One of them; the caller has seen to it that the secretary asks.

    Raises:
        NotFound: there is none of this number.
    """
    contribution = find_row(session, Contribution, contribution_id)
    if contribution is None:
        raise NotFound("contribution", contribution_id)
    return contribution


def settled_contributions(session: Session, *, first: int, most: int) -> tuple[list[Contribution], int]:
    """What was answered or put aside, the last that came first; and how many there are."""
    done = Contribution.state != ContributionState.NEW
    found = select(Contribution).where(done).order_by(Contribution.id.desc()).offset(first).limit(most)
    return list(session.scalars(found)), _count(session, done)


def _check_quota(session: Session, viewer: Viewer, now: datetime) -> None:
    """Nobody fills the desk: neither one person in an hour, nor all together."""
    if _count(session, Contribution.state == ContributionState.NEW) >= MOST_WAITING:
        raise BadInput("text", "quota")
    who = Contribution.made_by_id.is_not_distinct_from(viewer.user_id)
    if _count(session, who, Contribution.made_at > now - _HOUR) >= MOST_AN_HOUR:
        raise BadInput("text", "quota")


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Contribution).where(*conditions)) or 0
