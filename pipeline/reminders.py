"""Sending reminders: a durable job for each letter, with the Message-ID that was made with its row."""

import logging
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr

from archive.local_time import day_of
from archive.setup import secret_key
from archive.site import get_setting
from archive.yearwheel.reminders import (
    Reminder,
    Sending,
    addresses_of,
    begin_sending,
    is_wanted,
    letter_of,
    plan_reminders,
    token_of,
    try_later,
    was_refused,
    was_sent,
)
from pipeline.bench import Bench
from pipeline.mail import mail_server

log = logging.getLogger(__name__)

# What a mail server says of an address that will never do; all else may pass.
_NEVER = range(500, 600)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A letter on its way, and where it goes."""

    reminder_id: int
    message: EmailMessage


def plan(bench: Bench) -> int:
    """Write down who is to be reminded; how many that is."""
    now = bench.now()
    with bench.database.write() as session:
        added = plan_reminders(session, secret_key(bench.settings), today=day_of(now), now=now)
        session.commit()
    if added:
        log.info("%d reminders were planned", added)
    return added


def send(bench: Bench, reminder_id: int) -> None:
    """Send one letter, once as far as mail allows; what cannot be sent now stays as it is, and is tried later."""
    ready = _begin(bench, reminder_id)
    if ready is None:
        return
    try:
        with mail_server(bench.settings.smtp_url or "") as server:
            server.send_message(ready.message)
    except (smtplib.SMTPException, OSError) as error:
        _failed(bench, reminder_id, error)
        return
    now = bench.now()
    with bench.database.write() as session:
        was_sent(session, session.get_one(Reminder, reminder_id), now=now)
        session.commit()
    log.info("reminder %d was sent", reminder_id)


def _begin(bench: Bench, reminder_id: int) -> _Ready | None:
    """The letter, with the attempt counted and committed before it leaves; None when it is not to be sent."""
    if bench.settings.smtp_url is None:
        return None
    now = bench.now()
    with bench.database.write() as session:
        reminder = session.get(Reminder, reminder_id)
        if reminder is None or reminder.state != Sending.WAITING or not is_wanted(reminder):
            return None
        if reminder.due_on < day_of(now):
            return None
        address = addresses_of(session, [reminder.person_id], today=day_of(now)).get(reminder.person_id)
        if address is None:
            return None
        begin_sending(reminder)
        sender = get_setting(session, "archive_name") or "Stemmearkivet"
        message = _message(bench, reminder, address, sender)
        session.commit()
    return _Ready(reminder_id, message)


def _message(bench: Bench, reminder: Reminder, address: str, sender: str) -> EmailMessage:
    token = token_of(secret_key(bench.settings), reminder.message_id)
    letter = letter_of(reminder, link=f"{bench.settings.base_url or ''}/svar/{token}", sender=sender)
    message = EmailMessage()
    message["Subject"] = letter.subject
    message["From"] = formataddr((sender, parseaddr(bench.settings.mail_from or "")[1]))
    message["To"] = formataddr((reminder.person.name, address))
    message["Date"] = format_datetime(reminder.made_at)  # of the row: the same letter, whenever it is sent
    message["Message-ID"] = reminder.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _failed(bench: Bench, reminder_id: int, error: Exception) -> None:
    now = bench.now()
    with bench.database.write() as session:
        reminder = session.get_one(Reminder, reminder_id)
        if _is_for_ever(error):
            was_refused(session, reminder, now=now)
        else:
            try_later(reminder, now=now)
        session.commit()
    log.warning("reminder %d was not sent: %s", reminder_id, type(error).__name__)


def _is_for_ever(error: Exception) -> bool:
    """Whether the address itself is refused. A log-in that fails is ours to mend, and then it goes."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code in _NEVER for code, _said in error.recipients.values())
    return False
