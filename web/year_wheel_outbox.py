"""*Utboks*: reminders that no mail server sends for us, ready to be handed over by a person."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.setup import secret_key
from archive.yearwheel.letter import Letter
from archive.yearwheel.reminders import (
    Reminder,
    addresses_of,
    hand_over,
    letter_of,
    load_reminder,
    outbox,
    plan_reminders,
    token_of,
)
from web.rights import needs
from web.security import address_of
from web.visit import archive, db, now, site_values, today, viewer
from web.wording import counted

pages = Blueprint("year_wheel_outbox", __name__, url_prefix="/arshjul")


@pages.get("/utboks")
@needs(Role.SECRETARY)
def show() -> ResponseReturnValue:
    """What waits, each with its text to copy."""
    waiting = outbox(db(), today=today())
    addresses = addresses_of(db(), {each.person_id for each in waiting}, today=today())
    letters = [(each, _letter(each), addresses.get(each.person_id, "")) for each in waiting]
    sends_mail = archive().settings.smtp_url is not None
    return render_template("year_wheel/outbox.html", letters=letters, sends_mail=sends_mail)


@pages.post("/utboks")
@needs(Role.SECRETARY)
def look_again() -> ResponseReturnValue:
    """Write down who is to be reminded today; the worker does it by itself too."""
    added = plan_reminders(db(), secret_key(archive().settings), today=today(), now=now())
    db().commit()
    flash(f"{counted(added, 'ny påminnelse', 'nye påminnelser')}." if added else "Ingen nye påminnelser akkurat nå.")
    return redirect(url_for(".show"), 303)


@pages.post("/utboks/<int:reminder_id>/levert")
@needs(Role.SECRETARY)
def handed(reminder_id: int) -> ResponseReturnValue:
    """It is handed over."""
    reminder = load_reminder(db(), reminder_id)
    hand_over(db(), reminder, by=viewer().user_id, now=now())
    db().commit()
    flash(f"Påminnelsen til {reminder.person.name} er meldt levert.")
    return redirect(url_for(".show"), 303)


def _letter(reminder: Reminder) -> Letter:
    token = token_of(secret_key(archive().settings), reminder.message_id)
    link = address_of(url_for("year_wheel_answers.look", token=token))
    return letter_of(reminder, link=link, sender=site_values().get("archive_name", "Stemmearkivet"))
