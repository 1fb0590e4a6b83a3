from datetime import UTC, date, datetime

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from archive.events import Event, days_of
from archive.exchange.timeline import Tied, as_calendar, as_data

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


def happened(number: int, dated: str, title: str = "Ny barnehage", text: str = "", place: str = "") -> Event:
    event = Event(id=number, title=title, dated=dated, text=text, place=place, sources="", made_at=NOW)
    assert (event.first_day, event.last_day) == days_of(dated)
    return event


def read_back(*events: Event) -> list[icalendar.Event]:
    urls = {each.id: f"https://arkiv.eksempel.no/tidslinje/{each.id}" for each in events}
    made = as_calendar(events, name="Tidslinjen", urls=urls, host="arkiv.eksempel.no")
    return list(icalendar.Calendar.from_ical(made).walk("VEVENT"))


def test_a_day_and_a_year_in_a_calendar() -> None:
    day, year, on = read_back(happened(1, "1974-05-14", place="Verran"), happened(2, "1975~"), happened(3, "1971/.."))
    assert (day.decoded("dtstart"), day.decoded("dtend")) == (date(1974, 5, 14), date(1974, 5, 15))
    assert (str(day["location"]), str(day["uid"])) == ("Verran", "hendelse-1@arkiv.eksempel.no")
    assert year.decoded("dtstart") == date(1975, 1, 1)
    assert "dtend" not in year
    assert "ca. 1975" in str(year["description"])
    assert "dtend" not in on


def test_the_calendar_is_one_that_icalendar_would_have_written() -> None:
    made = as_calendar([happened(1, "1974-05-14")], name="Tidslinjen", urls={1: "https://x/tidslinje/1"}, host="x")
    assert icalendar.Calendar.from_ical(made).to_ical() == made


@given(
    st.dates(date(1000, 1, 1), date(9999, 12, 30)),
    st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=80),
    st.text(st.characters(blacklist_categories=("Cc", "Cs")), max_size=200),
)
def test_whatever_is_written_is_read_back(day: date, title: str, text: str) -> None:
    (entry,) = read_back(happened(1, day.isoformat(), title, text))
    assert entry.decoded("dtstart") == day
    assert str(entry["summary"]) == title
    assert text in str(entry["description"])


def test_as_data() -> None:
    links = {1: [Tied("interview", "Blanketten", "https://x/intervju/4?t=41", ms=41_000)]}
    made = as_data([happened(1, "1971/..")], urls={1: "https://x/tidslinje/1"}, links=links, now=NOW)
    (event,) = made["events"]
    assert (event["dated"], event["first_day"], event["last_day"]) == ("1971/..", "1971-01-01", None)
    assert event["links"] == [
        {"kind": "interview", "title": "Blanketten", "url": "https://x/intervju/4?t=41", "ms": 41_000, "page": None}
    ]
