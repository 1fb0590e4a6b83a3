"""*Nytt i arkivet*: text for the newsletter and the website about what became open, ready to copy."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput
from archive.interviews import Access
from archive.local_time import LOCAL, day_of
from archive.overview.news import AUDIENCES, FIRST_DAYS, Newsletter, last_told, mark_told, news
from web.overview_news_text import Address, as_html, as_text
from web.overview_words import wrong
from web.rights import needs
from web.typed_interview import read_day
from web.visit import archive, db, now, today, viewer

pages = Blueprint("overview_news", __name__, url_prefix="/oversikt/nytt")


@dataclass(frozen=True, slots=True)
class Asked:
    """The time and the readers that a text is asked for."""

    since: datetime
    until: datetime
    audience: Access


@pages.get("")
@needs(Role.SECRETARY)
def show() -> ResponseReturnValue:
    """The text for what is new since the last one, or in the days that are asked for."""
    return _page(None)


@pages.post("")
@needs(Role.SECRETARY)
def tell() -> ResponseReturnValue:
    """It has been sent: the next one begins where this one ended."""
    try:
        asked = Asked(_instant("since"), _instant("until"), _audience(request.form.get("for", "")))
        mark_told(db(), since=asked.since, until=asked.until, audience=asked.audience, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(bad), 422
    db().commit()
    flash("Merket som sendt. Neste gang begynner teksten der denne sluttet.")
    return redirect(url_for(".show"), 303)


def _page(bad: BadInput | None) -> str:
    last = last_told(db())
    try:
        asked = _asked(last)
    except BadInput as unreadable:
        bad, asked = unreadable, _usual(last)
    found = news(db(), since=asked.since, until=asked.until, audience=asked.audience, today=today())
    return render_template(
        "overview/news.html",
        asked=asked,
        since=request.args.get("fra") or day_of(asked.since).isoformat(),
        until=request.args.get("til") or day_of(asked.until).isoformat(),
        audiences=AUDIENCES,
        last=last,
        news=found,
        text=as_text(found, _address),
        html=as_html(found, _address),
        wrong=wrong(bad),
    )


def _usual(last: Newsletter | None) -> Asked:
    """Since the last one, or the first days back; until now; what everybody sees."""
    since = last.until if last else now() - timedelta(days=FIRST_DAYS)
    return Asked(since, now(), Access.OPEN)


def _asked(last: Newsletter | None) -> Asked:
    """What the address asks for.

    Raises:
        BadInput: `since` or `until` is "unreadable", `until` is "future" or "before_start".
    """
    usual = _usual(last)
    audience = _audience(request.args.get("for", ""))
    first = read_day(request.args.get("fra", ""), "since")
    end = read_day(request.args.get("til", ""), "until")
    if end is not None and end > today():
        raise BadInput("until", "future")
    # The day on which the last one ended: from that moment on, so that nothing is told twice and nothing is lost.
    since = usual.since if first is None or first == day_of(usual.since) else _begin(first)
    until = usual.until if end is None or end == today() else _begin(end + timedelta(days=1))
    if until <= since:
        raise BadInput("until", "before_start")
    return Asked(since, until, audience)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


def _audience(typed: str) -> Access:
    return Access.MEMBERS if typed == Access.MEMBERS else Access.OPEN


def _instant(field: str) -> datetime:
    try:
        instant = datetime.fromisoformat(request.form.get(field, ""))
    except ValueError:
        raise BadInput(field, "empty") from None
    if instant.tzinfo is None:
        raise BadInput(field, "empty")
    return instant


def _address(place: Address) -> str:
    """The whole address of a thing, as a letter needs it."""
    root = (archive().settings.base_url or request.url_root).rstrip("/")
    endpoint, key = {
        "interview": ("listen.show", "interview_id"),
        "event": ("timeline.one", "event_id"),
        "record": ("records.one", "record_id"),
    }[place.kind]
    values: dict[str, Any] = {key: place.id}
    if place.ms is not None:
        values["t"] = place.ms // 1000
    return root + url_for(endpoint, **values)
