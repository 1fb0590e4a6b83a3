"""The feed, read back by a calendar library and held against dateutil: its own reckoning, its own time zones."""

import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil import tz
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from archive.errors import BadInput
from archive.yearwheel.feed import Entry, write_feed
from archive.yearwheel.recurrence import days_of, read_rule

OSLO = tz.gettz("Europe/Oslo")
YEARS = 20
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
ENTRY = Entry("gjennomforing-7@arkiv", "Møte, med «tegn»; og, komma\\", date(2027, 1, 12), time(18), 120, NOW, 3)

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@st.composite
def rules(draw: st.DrawFn) -> tuple[str, date]:
    """A rule that a year wheel may have, and the day that it begins with."""
    first = draw(st.dates(date(2000, 1, 1), date(2030, 12, 31)))
    often = draw(st.sampled_from(["YEARLY"] * 4 + ["MONTHLY"] * 3 + ["WEEKLY"]))
    parts = [f"FREQ={often}"]
    least = 8 if often == "WEEKLY" else 1  # twenty years of weeks would be many events without telling more
    parts.append(f"INTERVAL={draw(st.integers(least, 24 if often != 'YEARLY' else 5))}")
    if draw(st.booleans()):
        months = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True))
        parts.append(f"BYMONTH={','.join(map(str, months))}")
    kind = draw(st.sampled_from(["", "day", "nth", "monthday", "setpos"]))
    if kind == "day" and often == "WEEKLY":
        days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=2, unique=True))
        parts.append(f"BYDAY={','.join(days)}")
    elif kind == "nth" and often != "WEEKLY":
        parts.append(f"BYDAY={draw(st.sampled_from([-2, -1, 1, 2, 3, 4, 5]))}{draw(st.sampled_from(WEEKDAYS))}")
    elif kind == "monthday" and often != "WEEKLY":
        parts.append(f"BYMONTHDAY={draw(st.sampled_from([-2, -1, 1, 15, 28, 29, 30, 31]))}")
    elif kind == "setpos" and often == "MONTHLY":
        parts.append(f"BYDAY=MO,TU,WE,TH,FR;BYSETPOS={draw(st.sampled_from([-1, 1, 3]))}")
    end = draw(st.sampled_from(["", "", "count", "until"]))
    if end == "count":
        parts.append(f"COUNT={draw(st.integers(1, 60))}")
    elif end == "until":
        until = first + timedelta(days=draw(st.integers(0, 9000)))
        parts.append(f"UNTIL={until:%Y%m%d}")
    return ";".join(parts), first


def clocks() -> st.SearchStrategy[time | None]:
    """Often in the small hours, where summer time begins and ends."""
    night = st.builds(time, st.integers(0, 4), st.sampled_from([0, 15, 30, 59]))
    return st.none() | night | st.builds(time, st.integers(0, 23), st.integers(0, 59))


def reckoned(rule: str, first: date, clock: time | None, since: date, until: date) -> list[date | datetime]:
    """What dateutil alone makes of it, time zones and all."""
    text = f"{rule.partition('UNTIL=')[0]}UNTIL={rule.partition('UNTIL=')[2]}T235959" if "UNTIL=" in rule else rule
    begins = datetime.combine(first, clock or time())
    ends = datetime.combine(until, time(23, 59, 59))
    local = rrulestr(text, dtstart=begins).between(datetime.combine(since, time()), ends, inc=True)
    if clock is None:
        return [each.date() for each in local]
    there = [tz.resolve_imaginary(each.replace(tzinfo=OSLO)) for each in local]
    return [each.astimezone(tz.UTC) for each in there]


def compared(rule_and_first: tuple[str, date], clock: time | None, since: date) -> Counter[str]:
    """How many events of the feed there are over twenty years, and how many are not what dateutil says."""
    rule, first = rule_and_first
    try:
        kept = read_rule(rule, first)
    except BadInput as bad:
        assert bad.problem == "never"  # the 31st of February, and its like
        return Counter(examples=1, refused=1)
    until = since.replace(year=since.year + YEARS, day=min(since.day, 28))
    days = days_of(kept, first, since, until)
    entries = [replace(ENTRY, uid=f"{number}@x", day=day, starts=clock) for number, day in enumerate(days)]
    feed = Calendar.from_ical(write_feed("Årshjul", entries))
    found = [event.decoded("dtstart") for event in feed.walk("VEVENT")]
    wanted = reckoned(rule, first, clock, since, until)
    wrong = len(set(found) ^ set(wanted)) + abs(len(found) - len(wanted))
    return Counter(examples=1, events=len(wanted), differences=wrong)


_SINCE = st.dates(date(2023, 1, 1), date(2040, 12, 31))


@settings(max_examples=60, deadline=None)
@given(rules(), clocks(), _SINCE)
def test_the_feed_says_what_dateutil_says(rule_and_first: tuple[str, date], clock: time | None, since: date) -> None:
    assert compared(rule_and_first, clock, since)["differences"] == 0


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_feed_says_what_dateutil_says_ten_thousand_times(capsys: pytest.CaptureFixture[str]) -> None:
    tally: Counter[str] = Counter()

    @settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rules(), clocks(), _SINCE)
    def compare(rule_and_first: tuple[str, date], clock: time | None, since: date) -> None:
        tally.update(compared(rule_and_first, clock, since))

    compare()
    with capsys.disabled():
        sys.stdout.write(
            f"\n{tally['examples']} rules over {YEARS} years ({tally['refused']} refused as never), "
            f"{tally['events']} events, {tally['differences']} differences\n"
        )
    assert tally["differences"] == 0


def _event(entry: Entry) -> Calendar:
    return next(iter(Calendar.from_ical(write_feed("Årshjul", [entry])).walk("VEVENT")))


def test_an_event_says_all_that_a_calendar_shows() -> None:
    meeting = replace(
        ENTRY, meeting_url="https://mote.example/j/1?a=b&c=d", page_url="https://arkiv.example/x", lead_days=10
    )
    event = _event(meeting)
    assert str(event["summary"]) == ENTRY.title
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=2)
    assert (str(event["status"]), int(event["sequence"])) == ("CONFIRMED", 3)
    assert str(event["conference"]) == meeting.meeting_url == str(event["location"])
    assert meeting.meeting_url in str(event["description"])
    assert str(event["url"]) == "https://arkiv.example/x"
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(days=-10)


def test_a_whole_day_is_a_date_and_keeps_nobody_busy() -> None:
    event = _event(replace(ENTRY, starts=None))
    assert event.decoded("dtstart") == ENTRY.day
    assert event.decoded("dtend") == ENTRY.day + timedelta(days=1)
    assert str(event["transp"]) == "TRANSPARENT"


def test_what_is_called_off_or_only_proposed_says_so() -> None:
    assert str(_event(replace(ENTRY, is_cancelled=True))["status"]) == "CANCELLED"
    proposed = _event(replace(ENTRY, is_set=False))
    assert str(proposed["status"]) == "TENTATIVE"
    assert "foreslått" in str(proposed["description"])


def test_an_empty_wheel_is_a_calendar_too() -> None:
    feed = Calendar.from_ical(write_feed("Årshjul", []))
    assert str(feed["x-wr-calname"]) == "Årshjul"
    assert feed.walk("VEVENT") == []
