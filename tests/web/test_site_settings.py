"""*Innstillinger*: names, and whether copies and search are as they should be."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest

from archive.database import Database
from archive.interviews import InterviewDetails, Status, add_interview
from archive.outbox import OutboxEntry
from archive.site import get_setting, set_setting
from archive.working_hours import WorkingHours, working_hours
from tests.web.conftest import Browser


def set_backup(database: Database, ago: timedelta) -> None:
    with database.write() as session:
        set_setting(session, "last_backup_at", (datetime.now(UTC) - ago).isoformat())
        session.commit()


def test_what_the_secretary_sets_stands_on_every_page(secretary: Browser, visitor: Browser) -> None:
    typed = {"archive_name": "Frosta <forteller>", "help_name": "Oline", "help_phone": "99 88 77 66"}
    secretary.post_form("/innstillinger", typed, page="/innstillinger")
    page = visitor.get("/hjelp").text
    assert "Frosta &lt;forteller&gt;" in page
    assert 'Ring Oline, <a href="tel:99887766">99 88 77 66</a>.' in page


def test_empty_values_go_back_to_the_first_ones(secretary: Browser, visitor: Browser) -> None:
    secretary.post_form("/innstillinger", {"help_name": " "}, page="/innstillinger")
    page = visitor.get("/").text
    assert "Stemme<span>arkivet</span>" in page
    assert "Spør den som ga deg adressen hit" in page


def test_a_name_that_is_too_long_is_refused(secretary: Browser) -> None:
    answer = secretary.post_form("/innstillinger", {"archive_name": "x" * 81}, page="/innstillinger")
    assert answer.status_code == 422
    assert "for langt" in answer.text


@pytest.mark.parametrize(
    ("ago", "said", "warned"), [(timedelta(days=2), "i orden", False), (timedelta(days=9), "gammel", True)]
)
def test_the_last_backup_is_told(
    secretary: Browser, database: Database, ago: timedelta, said: str, warned: bool
) -> None:
    with database.write() as session:
        details = InterviewDetails(title="Blanketten")
        interview = add_interview(session, details, handed_in_by_id=None, now=datetime.now(UTC))
        interview.status = Status.RECEIVED
        session.commit()
    assert "aldri kopiert" in secretary.get("/innstillinger").text
    set_backup(database, ago)
    assert f">{said}</span>" in secretary.get("/innstillinger").text
    assert ("mangler en ny sikkerhetskopi" in secretary.get("/").text) is warned


def test_an_empty_archive_has_nothing_to_copy(secretary: Browser) -> None:
    assert "sikkerhetskopi" not in secretary.get("/").text


def test_a_volunteer_is_not_told_of_backups(volunteer: Browser) -> None:
    assert "sikkerhetskopi" not in volunteer.get("/").text


def test_search_that_falls_behind_is_told(secretary: Browser, database: Database) -> None:
    assert "henger etter" not in secretary.get("/innstillinger").text
    with database.write() as session:
        session.add(OutboxEntry(kind="interview", thing_id=1, at=datetime.now(UTC) - timedelta(minutes=5)))
        session.commit()
    assert "1 endring kan ikke søkes i ennå" in secretary.get("/innstillinger").text


HOURS = {"work_when": "hours", "work_from": "22.00", "work_until": "6"}


def hours_of(database: Database) -> WorkingHours | None:
    with database.read() as session:
        return working_hours(session)


def test_the_hours_of_work_are_set_and_taken_away(secretary: Browser, database: Database) -> None:
    secretary.post_form("/innstillinger", HOURS, page="/innstillinger")
    assert hours_of(database) == WorkingHours(time(22), time(6))
    page = secretary.get("/innstillinger").text
    assert 'value="hours" checked' in page
    assert 'value="22.00"' in page and 'value="06.00"' in page
    secretary.post_form("/innstillinger", HOURS | {"work_when": "always"}, page="/innstillinger")
    assert hours_of(database) is None
    assert 'value="always" checked' in secretary.get("/innstillinger").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"work_from": "", "work_until": ""}, "Skriv når maskinen kan begynne"),
        ({"work_until": ""}, "Skriv når maskinen skal stoppe"),
        ({"work_from": "kveld"}, "Dette er ikke et klokkeslett. Skriv det slik: 22.00."),
        ({"work_until": "25.00"}, "Dette er ikke et klokkeslett. Skriv det slik: 06.00."),
        ({"work_until": "22.00"}, "Maskinen kan ikke begynne og stoppe på samme tid."),
    ],
)
def test_hours_that_cannot_be_are_said_and_nothing_is_saved(
    secretary: Browser, database: Database, typed: dict[str, str], said: str
) -> None:
    answer = secretary.post_form("/innstillinger", HOURS | {"help_name": "Oline"} | typed, page="/innstillinger")
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="hours" checked' in answer.text
    assert hours_of(database) is None
    assert "Oline" not in secretary.get("/hjelp").text


def test_the_speech_model_is_told_names_only_when_somebody_says_so(secretary: Browser, database: Database) -> None:
    def chosen() -> str | None:
        with database.read() as session:
            return get_setting(session, "names_prompt")

    assert chosen() is None
    page = "/innstillinger"
    secretary.post_form(page, {"names_prompt": "1"}, page=page)
    assert chosen() == "1"
    assert '<option value="1" selected>Ja</option>' in secretary.get(page).text
    secretary.post_form(page, {"help_name": "Somebody"}, page=page)
    assert chosen() == "1"
    secretary.post_form(page, {"names_prompt": "0"}, page=page)
    assert chosen() is None


def test_settings_are_undone_from_their_history(secretary: Browser, volunteer: Browser) -> None:
    typed = {"archive_name": "Minnene", "help_name": "Hjelpsom Hansen", "help_phone": "12 34 56 78"}
    secretary.post_form("/innstillinger", typed, page="/innstillinger")
    page = "/innstillinger/historikk"
    assert volunteer.get(page).status_code == 403
    told = secretary.get(page).text
    assert "<del>ikke satt</del> → Minnene" in told
    assert "Telefon" not in told.split("<main")[1]
    found = re.search(r'action="(/innstillinger/angre/\d+)"', told)
    assert found
    assert secretary.post_form(found[1], page=page).status_code == 303
    assert "Minnene" not in secretary.get("/").text
    assert "angret fra før" in secretary.post_form(found[1], page=page).text
    button = re.search(r'action="(/endringer/\d+/angre)"', secretary.get("/endringer").text)
    assert button
    secretary.post_form(button[1], page="/endringer")
    assert "Minnene" in secretary.get("/").text
