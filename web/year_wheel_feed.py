"""The year wheel in one's own calendar: a private address, made anew or taken away by whoever has it."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.yearwheel.feed import write_feed
from archive.yearwheel.subscriptions import end_address, entries_for, feed_of, new_address, reader_of
from web.rights import needs, public
from web.security import address_of
from web.visit import db, now, site_values, this_user, today, viewer

pages = Blueprint("year_wheel_feed", __name__, url_prefix="/arshjul")


@pages.get("/kalender")
@needs(Role.MEMBER)
def show() -> ResponseReturnValue:
    """What it is, and whether there is an address."""
    return render_template("year_wheel/feed.html", feed=feed_of(db(), viewer().user_id or 0), address=None)


@pages.post("/kalender")
@needs(Role.MEMBER)
def make() -> ResponseReturnValue:
    """A new address, shown this once; the one before stops working."""
    token = new_address(db(), this_user(), now=now())
    feed = feed_of(db(), viewer().user_id or 0)
    db().commit()
    address = address_of(url_for(".calendar", token=token))
    return render_template("year_wheel/feed.html", feed=feed, address=address)


@pages.post("/kalender/slutt")
@needs(Role.MEMBER)
def end() -> ResponseReturnValue:
    """Take it away."""
    end_address(db(), this_user(), now=now())
    db().commit()
    flash("Adressen virker ikke lenger. Det som kalenderen din alt har hentet, kan den vise en stund til.")
    return redirect(url_for(".show"), 303)


@pages.get("/kalender/<token>.ics")
@public
def calendar(token: str) -> ResponseReturnValue:
    """The calendar itself, for programs; whoever has the address reads with its owner's eyes of today."""
    reader = reader_of(db(), token)
    base = address_of("")
    host = urlsplit(base).hostname or "stemmearkivet"
    name = f"Årshjul – {site_values().get('archive_name', 'Stemmearkivet')}"
    entries = entries_for(db(), reader, base, host, today=today())
    body = write_feed(name, entries)
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="arshjul.ics"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
