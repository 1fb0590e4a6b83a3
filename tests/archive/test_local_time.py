"""What day it is in Norway."""

from datetime import UTC, date, datetime

from archive.local_time import day_of


def test_a_day_begins_at_midnight_in_norway() -> None:
    assert day_of(datetime(2026, 3, 14, 22, 59, tzinfo=UTC)) == date(2026, 3, 14)
    assert day_of(datetime(2026, 3, 14, 23, 0, tzinfo=UTC)) == date(2026, 3, 15)  # winter: an hour ahead
    assert day_of(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) == date(2026, 7, 2)  # summer: two
