"""The year wheel as an iCalendar file (RFC 5545), for people's own calendars. Pure.

Every occurrence is an event of its own, with its own state and links. Times stand as instants in UTC: no calendar can
then read a table of time zones differently than we do, and each shows them in its owner's time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event, vDuration, vText, vUri

from archive.yearwheel.recurrence import instant_of

_MAKER = "-//Stemmearkivet//Arshjul//NO"
# How often a calendar should look; most look when it suits them.
_LOOK_EVERY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event."""

    uid: str
    title: str
    day: date
    starts: time | None  # Norwegian; None: the whole day
    lasts_minutes: int
    changed_at: datetime
    sequence: int  # how many times it was changed
    is_cancelled: bool = False
    is_set: bool = True  # a person has set the day; else it is a proposal
    lead_days: int = 0
    place: str = ""
    meeting_url: str = ""
    page_url: str = ""
    about: str = ""


def write_feed(name: str, entries: Iterable[Entry]) -> bytes:
    """The whole calendar, as it is sent."""
    calendar = Calendar()
    calendar.add("prodid", _MAKER)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("x-wr-timezone", "Europe/Oslo")
    calendar.add("refresh-interval", vDuration(_LOOK_EVERY), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_LOOK_EVERY))
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("summary", entry.title)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED" if entry.is_set else "TENTATIVE")
    if entry.starts is None:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")  # a deadline keeps nobody busy
    else:
        begins = instant_of(entry.day, entry.starts)
        event.add("dtstart", begins)
        event.add("dtend", begins + timedelta(minutes=entry.lasts_minutes))
    place = entry.place or entry.meeting_url
    if place:
        event.add("location", place)
    if entry.meeting_url:
        parameters = {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Digitalt møte"}
        event.add("conference", vUri(entry.meeting_url, params=parameters))
    if entry.page_url:
        event.add("url", vUri(entry.page_url))
    words = _words(entry)
    if words:
        event.add("description", vText(words))
    if entry.lead_days and not entry.is_cancelled:
        event.add_component(_alarm(entry))
    return event


def _words(entry: Entry) -> str:
    lines = [entry.about]
    if not entry.is_set:
        lines.append("Dagen er foreslått, ikke bestemt.")
    if entry.meeting_url:
        lines.append(f"Digitalt møte: {entry.meeting_url}")
    if entry.page_url:
        lines.append(f"I arkivet: {entry.page_url}")
    return "\n".join(line for line in lines if line)


def _alarm(entry: Entry) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.title)
    alarm.add("trigger", -timedelta(days=entry.lead_days))
    return alarm
