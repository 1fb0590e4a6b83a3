"""The private link of a reminder: *Holdt*, *Planlagt til*, *Vi trenger hjelp*, without an account."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.errors import BadInput, LinkSpent
from archive.yearwheel.reminders import (
    Reminder,
    answer_held,
    answer_help,
    answer_planned,
    known_link,
    read_link,
)
from web.rights import public
from web.typed_interview import read_day
from web.visit import db, now, today
from web.year_wheel_words import wrong

pages = Blueprint("year_wheel_answers", __name__, url_prefix="/svar")


@pages.get("/<token>")
@public
def look(token: str) -> ResponseReturnValue:
    """What it is about, and three ways to answer. Looking does not use it up: mail programs look by themselves."""
    reminder = _open(token)
    return reminder if isinstance(reminder, tuple) else _page(token, reminder)


@pages.post("/<token>")
@public
def answer(token: str) -> ResponseReturnValue:
    """Say how it goes; the link is used up."""
    reminder = _open(token)
    if isinstance(reminder, tuple):
        return reminder
    form = request.form
    try:
        if form.get("answer") == "held":
            held_on, minutes = _day("held_on"), form.get("minutes", "")
            answer_held(db(), reminder, held_on=held_on, minutes=minutes, now=now(), today=today())
        elif form.get("answer") == "planned":
            answer_planned(db(), reminder, due_on=_day("due_on"), now=now(), today=today())
        elif form.get("answer") == "help":
            answer_help(db(), reminder, form.get("help_text", ""), now=now())
        else:
            raise BadInput("answer", "empty")
    except BadInput as bad:
        db().rollback()
        return _page(token, known_link(db(), token), bad), 422
    db().commit()
    return redirect(url_for(".thanks", token=token), 303)


@pages.get("/<token>/takk")
@public
def thanks(token: str) -> ResponseReturnValue:
    """What was answered."""
    reminder = known_link(db(), token)
    if reminder.answer is None:
        return redirect(url_for(".look", token=token), 303)
    return render_template("year_wheel/answered.html", reminder=reminder, one=reminder.occurrence, reason="thanks")


def _open(token: str) -> Reminder | tuple[str, int]:
    """The reminder of a link that can still be answered, or the page that says kindly why it cannot."""
    try:
        return read_link(db(), token, today=today())
    except LinkSpent as spent:
        if spent.reason == "wrong":
            raise
        reminder = known_link(db(), token)
        page = render_template(
            "year_wheel/answered.html", reminder=reminder, one=reminder.occurrence, reason=spent.reason
        )
        return page, 410


def _page(token: str, reminder: Reminder, bad: BadInput | None = None) -> str:
    return render_template(
        "year_wheel/answer.html",
        token=token,
        reminder=reminder,
        one=reminder.occurrence,
        typed=request.form,
        wrong=wrong(bad),
        today=today(),
    )


def _day(field: str) -> date:
    day = read_day(request.form.get(field, ""), field)
    if day is None:
        raise BadInput(field, "empty")
    return day
