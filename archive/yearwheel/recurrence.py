"""When a duty comes again: rules as RFC 5545 writes them (RRULE), and the days that they mean. Pure.

Only what a year wheel needs is taken: every week, month or year, on days that a calendar can show. Whoever asks names a
window, so a rule without end gives an end all the same. Times of day are Norwegian; what that is as an instant,
`instant_of` says: a time that the change to summer time skips is an hour later, and one that comes twice in the autumn
is the first of the two.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

from dateutil.rrule import rrule, rrulestr

from archive.errors import BadInput
from archive.local_time import LOCAL

LONGEST_RULE = 200
# A rule that has not met a day by then never will, or no board will see it.
_MUST_MEET_WITHIN_YEARS = 12
_LARGEST_INTERVAL = 24
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY")
_TOO_OFTEN = ("DAILY", "HOURLY", "MINUTELY", "SECONDLY")
# Part of a rule -> what its value looks like.
_PARTS = {
    "FREQ": r"[A-Z]+",
    "INTERVAL": r"\d{1,4}",
    "COUNT": r"\d{1,4}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
    "BYDAY": r"[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU)(?:,[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU)){0,20}",
    "BYMONTHDAY": r"[+-]?\d{1,2}(?:,[+-]?\d{1,2}){0,30}",
    "BYMONTH": r"\d{1,2}(?:,\d{1,2}){0,11}",
    "BYSETPOS": r"[+-]?\d{1,3}(?:,[+-]?\d{1,3}){0,10}",
}
_WEEKLY_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH"})
_LAST_SECOND = time(23, 59, 59)


def read_rule(typed: str | None, first: date | None, field: str = "rule") -> str:
    """A rule as it is kept; "" when nothing was typed. `first` is the first day that it may mean.

    Raises:
        BadInput: "unreadable", "too_often" (a rule by the day or hour), "unsupported" (a part that no year wheel
            needs), "two_ends", "too_long", "never" (no day for twelve years), or "no_first_day".
    """
    text = re.sub(r"\s+", "", typed or "").upper().removeprefix("RRULE:").strip(";")
    if not text:
        return ""
    if len(text) > LONGEST_RULE:
        raise BadInput(field, "too_long")
    if first is None:
        raise BadInput(field, "no_first_day")
    parts = _parts(text, field)
    _check(parts, field)
    if "UNTIL" in parts:  # a day of the calendar, the day itself included
        parts["UNTIL"] = parts["UNTIL"][:8]
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        days = days_of(rule, first, first, _years_on(first, _MUST_MEET_WITHIN_YEARS))
    except (ValueError, TypeError, OverflowError):
        raise BadInput(field, "unreadable") from None
    if not days:
        raise BadInput(field, "never")
    return rule


def _parts(text: str, field: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, is_given, value = part.partition("=")
        if not is_given or name in parts:
            raise BadInput(field, "unreadable")
        if name not in _PARTS:
            raise BadInput(field, "unsupported" if re.fullmatch(r"[A-Z-]+", name) else "unreadable")
        if not re.fullmatch(_PARTS[name], value):
            raise BadInput(field, "unreadable")
        parts[name] = value
    return parts


def _check(parts: dict[str, str], field: str) -> None:
    often = parts.get("FREQ", "")
    if often in _TOO_OFTEN:
        raise BadInput(field, "too_often")
    if often not in _FREQUENCIES:
        raise BadInput(field, "unreadable")
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadInput(field, "two_ends")
    if not 1 <= int(parts.get("INTERVAL", "1")) <= _LARGEST_INTERVAL or parts.get("COUNT", "1").strip("0") == "":
        raise BadInput(field, "unreadable")
    if often == "WEEKLY" and not _WEEKLY_PARTS.issuperset(parts):
        raise BadInput(field, "unsupported")
    if any(sign.isdigit() for sign in parts.get("BYDAY", "")) and (often == "WEEKLY" or "BYMONTHDAY" in parts):
        raise BadInput(field, "unsupported")
    months = [int(each) for each in parts.get("BYMONTH", "1").split(",")]
    days = [abs(int(each)) for each in parts.get("BYMONTHDAY", "1").split(",")]
    if not all(1 <= each <= 12 for each in months) or not all(1 <= each <= 31 for each in days):
        raise BadInput(field, "unreadable")
    if often != "YEARLY" and "BYMONTHDAY" in parts and not _some_month_has(days, months if "BYMONTH" in parts else []):
        raise BadInput(field, "never")


def _some_month_has(days: list[int], months: list[int]) -> bool:
    """Whether any of these days is in any of these months (none named: in all)."""
    longest = {month: 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31 for month in range(1, 13)}
    return any(day <= longest[month] for day in days for month in (months or longest))


def days_of(rule: str, first: date, since: date, until: date) -> list[date]:
    """The days of a kept rule from `since` to `until`, both included. `first` is the day that the rule begins with.

    Without a rule it is that one day.
    """
    if not rule:
        return [first] if since <= first <= until else []
    if until < since or until < first:
        return []
    begins = datetime.combine(first, time.min)
    found = _rule(rule, begins).between(
        datetime.combine(since, time.min), datetime.combine(until, _LAST_SECOND), inc=True
    )
    return [each.date() for each in found]


def _rule(rule: str, begins: datetime) -> rrule:
    found = rrulestr(rule, dtstart=begins)
    assert isinstance(found, rrule)  # noqa: S101 - one line without exceptions is never a set
    return found


def _years_on(day: date, years: int) -> date:
    """The same day so many years on, the last possible day of the calendar at the most."""
    if day.year + years > date.max.year:
        return date.max
    return day.replace(year=day.year + years, day=min(day.day, 28))


def instant_of(day: date, clock: time) -> datetime:
    """When a Norwegian time of day is, as an instant."""
    local = datetime.combine(day, clock, tzinfo=LOCAL)
    # Of a time that is skipped `astimezone` takes the offset from before, so that it comes out an hour later: 02.30
    # means 03.30. Of one that comes twice, the first.
    return local.astimezone(UTC)


def local_of(instant: datetime) -> datetime:
    """An instant as a Norwegian clock shows it."""
    return instant.astimezone(LOCAL)


def read_clock(typed: str | None, field: str) -> time | None:
    """A time of day as a browser sends it (18:00) or as a person writes it (18, kl. 18.30); None for nothing.

    Raises:
        BadInput: "not_a_time".
    """
    text = (typed or "").strip().casefold().removeprefix("kl.").removeprefix("kl").strip()
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,2})(?:[.:](\d{2}))?", text)
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise BadInput(field, "not_a_time")
    return time(int(found[1]), int(found[2] or 0))


def is_election_year(year: int) -> bool:
    """Whether municipal and county councils are elected in this year: each fourth, 2023 among them."""
    return year % 4 == 3


def lead_begins(day: date, lead_days: int) -> date:
    """The day on which somebody has to begin, or is reminded."""
    return day - timedelta(days=lead_days)
