"""Reminders before a deadline: who is written to, once for each deadline, and the private link that each one holds.

A reminder is a row before it is a letter. Its Message-ID is made with the row and never changes, so that a letter which
was sent twice (a power cut between the mail server's yes and ours) is one letter to every mail program.
"""

import enum
import hashlib
import hmac
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Select, String, UniqueConstraint, and_, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from archive.access import MACHINE_OWNER
from archive.accounts import Role, require_at_least, sha256_of
from archive.audit import note
from archive.database import Base, find_row
from archive.errors import BadInput, LinkSpent, NotFound
from archive.organisation.contacts import contacts_of
from archive.people import Person
from archive.yearwheel.duties import LONGEST_LEAD_DAYS, Duty
from archive.yearwheel.letter import Letter, write_letter
from archive.yearwheel.looking import Owners
from archive.yearwheel.occurrences import Occurrence, State, When, ask_for_help, set_day, write_held

# Who fails to be reached is tried again, less and less often, until the deadline.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=2), timedelta(hours=6)


class Sending(enum.StrEnum):
    """How far a reminder has come."""

    WAITING = "waiting"  # to be sent, or to be handed over by a person
    SENT = "sent"
    HANDED_OVER = "handed_over"  # a person sent it in another way
    REFUSED = "refused"  # the mail server will not take it, so a person has to


class Answer(enum.StrEnum):
    """What was answered by the link."""

    HELD = "held"
    PLANNED = "planned"
    HELP = "help"


class Reminder(Base):
    """One letter to one person about one deadline."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("occurrence_id", "person_id", "due_on", name="uq_reminder_occurrence_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date] = mapped_column(index=True)  # the deadline that it reminds of; one that is moved has a new one
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    state: Mapped[Sending] = mapped_column(default=Sending.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)  # more than one for a letter that was sent: perhaps sent twice
    try_again_at: Mapped[datetime | None]  # None: now
    sent_at: Mapped[datetime | None]
    answer: Mapped[Answer | None]
    answered_at: Mapped[datetime | None]

    occurrence: Mapped[Occurrence] = relationship()
    person: Mapped[Person] = relationship()


def token_of(secret: str, message_id: str) -> str:
    """The secret part of a reminder's link. It can be made again after a power cut, and stands in no database."""
    made = hmac.new(secret.encode(), f"reminder:{message_id}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def plan_reminders(session: Session, secret: str, *, today: date, now: datetime) -> int:
    """Write down who is to be reminded from today on; how many that is. Safe to repeat, in few questions."""
    due = _due(session, today)
    if not due:
        return 0
    owners = Owners(session, {each.duty.id: each.duty for each in due}.values(), today=today)
    known = _known(session, [each.id for each in due])
    added = 0
    for occurrence in due:
        for person_id in owners.people_of(occurrence.duty, occurrence.unit_id):
            if (occurrence.id, person_id, occurrence.due_on) not in known:
                session.add(_reminder(secret, occurrence, person_id, now))
                added += 1
    session.flush()
    if added:
        note(session, "planned_reminders", "day", today, user_id=None, now=now, count=added)
    return added


def _due(session: Session, today: date) -> list[Occurrence]:
    """What is to come, and near enough for its duty's lead time."""
    last = today + timedelta(days=LONGEST_LEAD_DAYS)
    to_come = (
        select(Occurrence)
        .where(Occurrence.state == State.PLANNED, Occurrence.due_on >= today, Occurrence.due_on <= last)
        .options(joinedload(Occurrence.duty).selectinload(Duty.owners))
    )
    near = (each for each in session.scalars(to_come) if (each.due_on - today).days <= each.duty.lead_days)
    return sorted(near, key=lambda each: (each.due_on, each.id))


def _known(session: Session, occurrence_ids: Collection[int]) -> set[tuple[int, int, date]]:
    columns = select(Reminder.occurrence_id, Reminder.person_id, Reminder.due_on)
    least, most = min(occurrence_ids), max(occurrence_ids)
    found = session.execute(columns.where(Reminder.occurrence_id >= least, Reminder.occurrence_id <= most))
    return {(occurrence_id, person_id, due_on) for occurrence_id, person_id, due_on in found}


def _reminder(secret: str, occurrence: Occurrence, person_id: int, now: datetime) -> Reminder:
    message_id = f"<{uuid.uuid4().hex}@stemmearkivet>"
    return Reminder(
        occurrence_id=occurrence.id,
        person_id=person_id,
        due_on=occurrence.due_on,
        message_id=message_id,
        token_sha256=sha256_of(token_of(secret, message_id)),
        made_at=now,
        state=Sending.WAITING,
        attempts=0,
    )


def addresses_of(session: Session, person_ids: Collection[int], *, today: date) -> dict[int, str]:
    """Where people are written to. The letter goes to themselves: the program reads it as the machine's owner."""
    found = contacts_of(session, person_ids, MACHINE_OWNER, today=today)
    return {person_id: contact.email for person_id, contact in found.items() if contact.email}


def to_send(session: Session, *, today: date, now: datetime) -> list[Reminder]:
    """What the worker is to send now: still wanted, and to somebody who has an e-mail address."""
    waiting = _waiting().where(
        Reminder.state == Sending.WAITING,
        Reminder.due_on >= today,
        or_(Reminder.try_again_at.is_(None), Reminder.try_again_at <= now),
    )
    found = [each for each in session.scalars(waiting) if is_wanted(each)]
    addresses = addresses_of(session, {each.person_id for each in found}, today=today)
    return [each for each in found if each.person_id in addresses]


def outbox(session: Session, *, today: date) -> list[Reminder]:
    """What is not sent: for a person to hand over, by day. One question for however many."""
    open_ones = _waiting().join(Reminder.occurrence).where(to_hand_over(today=today))
    return list(session.scalars(open_ones.order_by(Reminder.due_on, Reminder.id)))


def to_hand_over(*, today: date) -> ColumnElement[bool]:
    """Whether a reminder, joined with its occurrence, waits for a person: not sent, and still wanted (`is_wanted`)."""
    return and_(
        Reminder.state.in_((Sending.WAITING, Sending.REFUSED)),
        Reminder.due_on >= today,
        Reminder.answer.is_(None),
        Occurrence.state == State.PLANNED,
        Occurrence.due_on == Reminder.due_on,
    )


def _waiting() -> Select[Reminder]:
    return select(Reminder).options(
        joinedload(Reminder.person),
        joinedload(Reminder.occurrence).options(joinedload(Occurrence.duty), joinedload(Occurrence.unit)),
    )


def is_wanted(reminder: Reminder) -> bool:
    """Whether it still tells the truth: the deadline stands, and nobody has answered."""
    one = reminder.occurrence
    return one.state == State.PLANNED and one.due_on == reminder.due_on and reminder.answer is None


def load_reminder(session: Session, reminder_id: int) -> Reminder:
    """One reminder.

    Raises:
        NotFound: there is none of this number.
    """
    reminder = find_row(session, Reminder, reminder_id)
    if reminder is None:
        raise NotFound("reminder", reminder_id)
    return reminder


# Sending -------------------------------------------------------------------------------------------------------------


def begin_sending(reminder: Reminder) -> None:
    """Commit this before the letter leaves: what is tried twice can then be counted."""
    reminder.attempts += 1


def was_sent(session: Session, reminder: Reminder, *, now: datetime) -> None:
    """The mail server took it."""
    reminder.state, reminder.sent_at, reminder.try_again_at = Sending.SENT, now, None
    note(session, "sent_reminder", "reminder", reminder.id, user_id=None, now=now, attempts=reminder.attempts)


def was_refused(session: Session, reminder: Reminder, *, now: datetime) -> None:
    """The mail server will never take it."""
    reminder.state = Sending.REFUSED
    note(session, "reminder_refused", "reminder", reminder.id, user_id=None, now=now, attempts=reminder.attempts)


def try_later(reminder: Reminder, *, now: datetime) -> None:
    """The mail server is away, or will not take it just now."""
    wait: timedelta = _FIRST_WAIT * 2 ** min(max(reminder.attempts - 1, 0), 10)
    reminder.try_again_at = now + min(wait, _LONGEST_WAIT)


def hand_over(session: Session, reminder: Reminder, *, by: int | None, now: datetime) -> None:
    """A person has given it to whom it is for."""
    require_at_least(session, by, "hand_over", Role.SECRETARY)
    reminder.state, reminder.sent_at = Sending.HANDED_OVER, now
    note(session, "handed_over_reminder", "reminder", reminder.id, user_id=by, now=now)
    session.flush()


# Answering -----------------------------------------------------------------------------------------------------------


def read_link(session: Session, token: str, *, today: date) -> Reminder:
    """What a link is about. Looking does not use it up.

    Raises:
        LinkSpent: "wrong"; "used" (somebody has answered); "expired" (the deadline is past); or "revoked" (it was
            held, moved or called off meanwhile). The reminder can be had by `known_link` all the same.
    """
    reminder = known_link(session, token)
    if reminder.answer is not None:
        raise LinkSpent("used")
    if reminder.due_on < today:
        raise LinkSpent("expired")
    if not is_wanted(reminder):
        raise LinkSpent("revoked")
    return reminder


def known_link(session: Session, token: str) -> Reminder:
    """The reminder of a link, whether it can still be answered or not.

    Raises:
        LinkSpent: "wrong".
    """
    reminder = session.scalar(_waiting().where(Reminder.token_sha256 == sha256_of(token)))
    if reminder is None:
        raise LinkSpent("wrong")
    return reminder


def answer_held(
    session: Session, reminder: Reminder, *, held_on: date, minutes: str, now: datetime, today: date
) -> None:
    """It was held.

    Raises:
        BadInput: `held_on` is "future" or "far_off", or `minutes` are too long.
    """
    write_held(
        session, reminder.occurrence, held_on=held_on, minutes=minutes, note_to_next="", by=None, now=now, today=today
    )
    _answered(session, reminder, Answer.HELD, now)


def answer_planned(session: Session, reminder: Reminder, *, due_on: date, now: datetime, today: date) -> None:
    """It will be held on another day, or on this one.

    Raises:
        BadInput: `due_on` is "past" or "far_off".
    """
    if due_on < today:
        raise BadInput("due_on", "past")
    one = reminder.occurrence
    when = When(due_on, one.starts if due_on == one.due_on else None, one.lasts_minutes, one.place, one.meeting_url)
    set_day(session, one, when, by=None, now=now)
    _answered(session, reminder, Answer.PLANNED, now)


def answer_help(session: Session, reminder: Reminder, text: str, *, now: datetime) -> None:
    """They need help.

    Raises:
        BadInput: the text is too long.
    """
    ask_for_help(session, reminder.occurrence, text, by=None, now=now)
    _answered(session, reminder, Answer.HELP, now)


def _answered(session: Session, reminder: Reminder, answer: Answer, now: datetime) -> None:
    reminder.answer, reminder.answered_at = answer, now
    note(session, "answered_reminder", "reminder", reminder.id, user_id=None, now=now, answer=answer)
    session.flush()


def letter_of(reminder: Reminder, *, link: str, sender: str) -> Letter:
    """The letter that a reminder is, by e-mail as from the outbox. `link` is where it is answered."""
    one = reminder.occurrence
    return write_letter(
        name=reminder.person.name,
        title=one.duty.title,
        unit=one.unit.name if one.unit else "",
        due_on=reminder.due_on,
        about=one.duty.about,
        checklist=[step for step in one.duty.checklist if step not in one.ticked],
        link=link,
        sender=sender,
    )
