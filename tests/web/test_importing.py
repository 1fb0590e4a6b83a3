"""*Legg inn en tekst*: choose, see what was understood, write down."""

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from archive.accounts import Role
from archive.database import Database
from archive.interviews import Interview, Status
from archive.recordings import Upload
from archive.search.index import bring_up_to_date
from archive.settings import Settings
from archive.transcripts import Segment
from tests.web.conftest import Browser

VTT = b"WEBVTT\n\n00:10.000 --> 00:13.000\n<v Kari Nordmann>Vi stiftet laget\n\n00:13.000 --> 00:15.000\n<v I>Ja?\n"
PATH = "/legg-inn-tekst"
DETAILS = {"title": "Laget", "narrators": "Kari Nordmann", "held_on": "2022-03-14", "language": "nb"}


@pytest.fixture
def volunteer(browser_of: Callable[[Role], Browser]) -> Browser:
    """Who has typed a text."""
    return browser_of(Role.VOLUNTEER)


def chosen(browser: Browser, content: bytes, name: str = "samtale.vtt") -> TestResponse:
    form = {"file": (io.BytesIO(content), name)}
    return browser.post_form(PATH, form, page=PATH, content_type="multipart/form-data")


def hidden(page: str) -> dict[str, str]:
    return {key: re.search(rf'name="{key}" value="([^"]*)"', page)[1] for key in ("upload", "sha256")}  # type: ignore[index]


def test_a_text_is_seen_through_and_then_kept(volunteer: Browser, session: Session) -> None:
    page = chosen(volunteer, VTT)
    assert page.status_code == 200
    assert "teksting (VTT), 2 linjer, til 0:15" in page.text
    assert "Vi stiftet laget" in page.text
    assert session.scalar(select(func.count()).select_from(Interview)) == 0
    session.rollback()  # lets go of the lock
    kept = volunteer.post_form(f"{PATH}/lagre", {**hidden(page.text), **DETAILS}, page=PATH)
    assert kept.status_code == 303
    interview = session.scalars(select(Interview)).one()
    assert (interview.status, interview.title, interview.received_at) == (Status.IN_REVIEW, "Laget", None)
    assert session.scalar(select(func.count()).select_from(Segment)) == 2
    assert session.scalar(select(func.count()).select_from(Upload)) == 0
    shown = volunteer.get(kept.location).text
    assert "Vi stiftet laget" in shown
    assert "Spill fra" not in shown
    assert "data-player" not in shown
    assert 'hx-trigger="every' not in shown
    assert "Laget" in volunteer.get("/mine-opptak").text


def test_no_page_says_that_a_machine_heard_it(volunteer: Browser, settings: Settings, database: Database) -> None:
    """People brought the words in, and nobody has checked them."""
    page = chosen(volunteer, VTT)
    kept = volunteer.post_form(f"{PATH}/lagre", {**hidden(page.text), **DETAILS}, page=PATH)
    shown = volunteer.get(kept.location).text
    assert "Teksten har én stemme" in shown or "har ikke fått navn" in shown
    assert "Maskinen hørte" not in shown
    assert "Maskinen har hørt" not in volunteer.get(f"{kept.location}/stemmer").text
    bring_up_to_date(settings, database, wait=True)
    found = volunteer.get("/sok?q=stiftet").text
    assert "ikke kontrollert" in found
    assert '<span class="tag machine">maskinell tekst' not in found


def test_the_button_pressed_twice_makes_one_interview(volunteer: Browser, session: Session) -> None:
    sent = {**hidden(chosen(volunteer, VTT).text), **DETAILS}
    first = volunteer.post_form(f"{PATH}/lagre", sent, page=PATH)
    second = volunteer.post_form(f"{PATH}/lagre", sent, page=PATH)
    assert first.location == second.location
    assert session.scalar(select(func.count()).select_from(Interview)) == 1


def test_a_form_that_lacks_something_keeps_the_rest(volunteer: Browser, session: Session) -> None:
    sent = hidden(chosen(volunteer, VTT).text)
    page = volunteer.post_form(f"{PATH}/lagre", {**sent, **DETAILS, "title": "", "place": "Snåsa"}, page=PATH)
    assert page.status_code == 422
    assert "Gi intervjuet en tittel" in page.text
    assert 'value="Snåsa"' in page.text
    more = volunteer.post_form(f"{PATH}/lagre", {**sent, **DETAILS, "more": "narrators"}, page=PATH)
    assert more.text.count('name="narrators"') == 2
    assert session.scalar(select(func.count()).select_from(Interview)) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Filen er tom"),
        (b"ID3\x04", "Dette er et opptak"),
        (b"WEBVTT\n\n00:05.000 --> 00:04.000\nx", "Linje 3: slutten kommer før begynnelsen"),
    ],
)
def test_a_file_of_no_use_is_told_of_with_its_line(
    volunteer: Browser, session: Session, content: bytes, said: str
) -> None:
    page = chosen(volunteer, content)
    assert page.status_code == 422
    assert said in page.text
    assert session.scalar(select(func.count()).select_from(Upload)) == 0


def test_nobody_takes_over_the_file_of_another(volunteer: Browser, browser_of: Callable[[Role], Browser]) -> None:
    sent = {**hidden(chosen(volunteer, VTT).text), **DETAILS}
    other = browser_of(Role.SECRETARY).post_form(f"{PATH}/lagre", sent, page=PATH)
    assert other.status_code == 422
    assert "Filen ligger ikke lenger på serveren" in other.text


def test_members_hand_in_nothing(browser_of: Callable[[Role], Browser]) -> None:
    assert browser_of(Role.MEMBER).get(PATH).status_code == 403
