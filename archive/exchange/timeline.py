"""The timeline for other programs: a calendar (iCalendar, RFC 5545) and plain data, of what was given. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import icalendar

from archive.events import Event
from archive.fuzzy_dates import shown

# A time that is known to the day, or that is a few days, fills its days in a calendar; a longer one its first day.
LONGEST_IN_CALENDAR = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Tied:
    """A link of an event as data."""

    kind: str
    title: str
    url: str
    ms: int | None = None
    page: int | None = None


def as_calendar(events: Iterable[Event], *, name: str, urls: Mapping[int, str], host: str) -> bytes:
    """The events as all-day entries. `urls`: each event's page, whole; `host` makes the entries' names unique."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Stemmearkivet//Tidslinje//NO")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    head, end, rest = calendar.to_ical().partition(b"END:VCALENDAR")
    entries = [
        _entry(
            f"hendelse-{event.id}@{host}",
            event.made_at.astimezone(UTC),
            event.title,
            event.first_day,
            event.last_day,
            event.place,
            "\n\n".join(part for part in (shown(event.dated), event.text) if part),
            urls[event.id],
        )
        for event in events
    ]
    return b"".join((head, *entries, end, rest))


# Calendars ask for the same entries each hour, and a thousand of them take icalendar 150 ms.
@lru_cache(maxsize=5_000)
def _entry(
    uid: str, made_at: datetime, title: str, first_day: date, last_day: date, place: str, text: str, url: str
) -> bytes:
    entry = icalendar.Event()
    entry.add("uid", uid)
    entry.add("dtstamp", made_at)
    entry.add("summary", title)
    entry.add("dtstart", first_day)
    if last_day < date.max and last_day - first_day <= LONGEST_IN_CALENDAR:
        entry.add("dtend", last_day + timedelta(days=1))  # the day after, as the standard wants
    if place:
        entry.add("location", place)
    entry.add("description", text)
    entry.add("url", url)
    return bytes(entry.to_ical())


def as_data(
    events: Iterable[Event], *, urls: Mapping[int, str], links: Mapping[int, Sequence[Tied]], now: datetime
) -> dict[str, Any]:
    """The events and their links as JSON carries them; times are EDTF, seconds are integer milliseconds."""
    return {
        "made_at": now.isoformat(),
        "events": [
            {
                "id": event.id,
                "title": event.title,
                "dated": event.dated,
                "first_day": event.first_day.isoformat(),
                "last_day": None if event.last_day == date.max else event.last_day.isoformat(),
                "place": event.place,
                "text": event.text,
                "sources": event.sources,
                "url": urls[event.id],
                "links": [
                    {"kind": each.kind, "title": each.title, "url": each.url, "ms": each.ms, "page": each.page}
                    for each in links.get(event.id, ())
                ],
            }
            for event in events
        ],
    }
