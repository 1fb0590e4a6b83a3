"""Norwegian for keys and numbers."""

from datetime import UTC, date, datetime, time
from typing import get_args

import pytest
from flask_security.core import _default_messages

from archive.access import Use
from archive.accounts import Role
from archive.interviews import Access, Status
from archive.working_hours import WorkingHours
from pipeline import guard, hearing_again
from tests.web.conftest import PASSWORD, Browser
from web import wording
from web.typed_interview import LANGUAGES


def test_a_day_is_written_out() -> None:
    assert wording.day(date(2022, 3, 14)) == "14. mars 2022"
    assert wording.day(None) == ""


def test_an_instant_is_shown_in_norwegian_time_summer_and_winter() -> None:
    assert wording.moment(datetime(2026, 7, 1, 22, 5, tzinfo=UTC)) == "2. juli 2026 kl. 00.05"
    assert wording.moment(datetime(2026, 1, 1, 12, 0, tzinfo=UTC)) == "1. januar 2026 kl. 13.00"
    assert wording.moment(None) == wording.clock(None) == ""


@pytest.mark.parametrize(
    ("ms", "place", "length"),
    [
        (0, "0:00", "0 s"),
        (7_900, "0:07", "8 s"),
        (59_600, "0:59", "1 min"),
        (763_000, "12:43", "13 min"),
        (6_730_000, "1:52:10", "1 t 52 min"),
        (7_199_000, "1:59:59", "2 t"),
        (-5, "0:00", "0 s"),
    ],
)
def test_places_and_lengths_of_sound(ms: int, place: str, length: str) -> None:
    assert wording.position(ms) == place
    assert wording.duration(max(ms, 0)) == length


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 byte"),
        (999, "999 byte"),
        (1500, "1,5 kB"),
        (2_000, "2 kB"),
        (640_000, "640 kB"),
        (1_240_000_000, "1,2 GB"),
    ],
)
def test_sizes(count: int, words: str) -> None:
    assert wording.size(count) == words


def test_one_and_many() -> None:
    assert wording.counted(1, "intervju", "intervjuer") == "1 intervju"
    assert wording.counted(0, "intervju", "intervjuer") == "0 intervjuer"


@pytest.mark.parametrize(
    ("words", "kind"),
    [(wording.ROLES, Role), (wording.STATUSES, Status), (wording.ACCESSES, Access), (wording.USES, Use)],
)
def test_every_key_has_a_word(words: dict[str, str], kind: type) -> None:
    assert set(words) == set(kind)  # type: ignore[call-overload]
    assert all(word and "_" not in word for word in words.values())


def test_every_problem_is_a_sentence() -> None:
    assert all(sentence[0].isupper() and sentence.endswith((".", "?")) for sentence in wording.PROBLEMS.values())
    assert wording.problem("something", "new").endswith(".")


def test_nothing_that_flask_security_says_reaches_a_page(visitor: Browser, owner: Browser) -> None:
    """Its catalogue has no Norwegian, so none of its sentences may be shown."""
    english = {text for text, _level in _default_messages.values()}
    wrong = {"username": "member", "password": "noe helt annet"}
    easy = {"new_password": "kort", "password": ""}
    pages = [
        visitor.get("/logg-inn"),
        visitor.get("/brukere", follow_redirects=True),
        visitor.post("/logg-inn", data=wrong),
        visitor.post_form("/logg-inn", wrong),
        visitor.get("/inn/ukjent"),
        owner.get("/min-konto"),
        owner.post_form("/min-konto/passord", easy, page="/min-konto"),
        owner.post_form("/min-konto/passord", {"new_password": PASSWORD}, page="/min-konto", follow_redirects=True),
        owner.post_form("/brukere/ny", {"name": "P", "role": "member", "email": "x@"}, page="/brukere/ny"),
        owner.post_form("/logg-ut", page="/", follow_redirects=True),
    ]
    for page in pages:
        assert 'lang="nb"' in page.text
        assert not [text for text in english if len(text) > 8 and text in page.text]
        assert not [word for word in (" the ", "Please", "Password", "Login", "Invalid") if word in page.text]


def test_every_doubt_of_the_guard_and_every_way_of_hearing_has_words() -> None:
    assert set(wording.DOUBTS) == set(guard.DOUBTS)
    assert set(wording.WAYS) == set(get_args(hearing_again.How))


@pytest.mark.parametrize(
    ("share", "said"), [(1.0, "100 %"), (0.99999, "99,9 %"), (0.984, "98,4 %"), (0.5, "50 %"), (0.0, "0 %")]
)
def test_what_lacks_something_never_reads_as_all(share: float, said: str) -> None:
    assert wording.share(share) == said


def test_numbers_as_people_write_them() -> None:
    assert wording.number(-0.314, 2) == "−0,31"
    assert wording.in_words(1, "stemme", "stemmer", common=True) == "én stemme"
    assert wording.in_words(1, "navn", "navn") == "ett navn"
    assert wording.in_words(12, "navn", "navn") == "tolv navn"
    assert wording.in_words(13, "navn", "navn") == "13 navn"
    assert wording.hours(WorkingHours(time(22), time(6, 30))) == "fra kl. 22.00 til kl. 06.30"


def test_a_language_without_a_word_keeps_its_code() -> None:
    assert wording.spoken("en") == "engelsk"
    assert wording.spoken("xx") == "språket «xx»"
    assert set(LANGUAGES) <= set(wording.SPOKEN)
