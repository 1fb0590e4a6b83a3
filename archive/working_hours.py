"""When the machine may work on texts, by the clock on the wall in Norway. Who sets no hours lets it work always."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.errors import BadInput
from archive.local_time import LOCAL
from archive.site import get_setting, save_settings

FROM, UNTIL = "work_from", "work_until"
_TYPED = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")  # 22:00, 22.00 and 22, as people here write it
_SUMMER_TIME_AT = time(1)  # UTC; the hour at which European clocks change, should they do so that day


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """From `start` until `end` of each day, or of the next morning when `end` is the earlier one. Never equal."""

    start: time
    end: time

    def is_open(self, now: datetime) -> bool:
        """Whether the clock on the wall stands between the two."""
        clock = now.astimezone(LOCAL).time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def opens_at(self, now: datetime) -> datetime:
        """The first instant from `now` on that is open."""
        return self._first(now, is_open=True)

    def finished_at(self, now: datetime, work_ms: float) -> datetime:
        """When so much work is done, if it begins as soon as it may and is left whenever it must."""
        at, left = self.opens_at(now), timedelta(milliseconds=work_ms)
        while True:
            closes_at = self._first(at, is_open=False)
            if left <= closes_at - at:
                return at + left
            left -= closes_at - at
            at = self.opens_at(closes_at)

    def _first(self, now: datetime, *, is_open: bool) -> datetime:
        if self.is_open(now) is is_open:
            return now
        return next(each for each in self._changes(now) if each > now and self.is_open(each) is is_open)

    def _changes(self, now: datetime) -> Iterator[datetime]:
        """Every instant at which it may open or close, in order; a time of day comes twice or never when clocks change.

        Two days hold an opening and a closing for certain, and the third is for the day that `now` is in.
        """
        today = now.astimezone(LOCAL).date()
        for day in (today + timedelta(days=number) for number in range(4)):
            walls = [datetime.combine(day, each, LOCAL) for each in (self.start, self.end)]
            both = [wall.replace(fold=fold).astimezone(UTC) for wall in walls for fold in (0, 1)]
            yield from sorted([*both, datetime.combine(day, _SUMMER_TIME_AT, UTC)])


def working_hours(session: Session) -> WorkingHours | None:
    """The hours that are set; None: it may always work."""
    start, end = get_setting(session, FROM), get_setting(session, UNTIL)
    return WorkingHours(time.fromisoformat(start), time.fromisoformat(end)) if start and end else None


def set_working_hours(session: Session, from_: str, until: str, *, by: int | None, now: datetime) -> None:
    """Let the machine work between these times of day only; two empty ones: always.

    Raises:
        NotAllowed: only a secretary and up decides this.
        BadInput: `work_from` or `work_until` is "empty" or "not_a_time", or `work_until` is the "same" time.
    """
    require_at_least(session, by, "set_working_hours", Role.SECRETARY)
    wanted: dict[str, str | None] = {FROM: None, UNTIL: None}
    if from_.strip() or until.strip():
        start, end = _time_of_day(from_, FROM), _time_of_day(until, UNTIL)
        if start == end:
            raise BadInput(UNTIL, "same")
        wanted |= {FROM: start.isoformat("minutes"), UNTIL: end.isoformat("minutes")}
    save_settings(session, wanted, act="set_working_hours", by=by, now=now)


def _time_of_day(typed: str, field: str) -> time:
    if not typed.strip():
        raise BadInput(field, "empty")
    found = _TYPED.fullmatch(typed.strip())
    if found is None:
        raise BadInput(field, "not_a_time")
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour == 24 and minute == 0:
        hour = 0
    if hour > 23 or minute > 59:
        raise BadInput(field, "not_a_time")
    return time(hour, minute)
