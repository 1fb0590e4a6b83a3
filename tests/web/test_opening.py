"""Opening on a consent, closing at once, scans, and volunteers that an interview is given to."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from archive.access import Consent
from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access, Interview
from media.errors import OutOfRoom
from media.store import FolderStore, Stored
from tests.web.conftest import Browser
from tests.web.stories import open_to, person_with

PDF = b"%PDF-1.4 oppdiktet samtykke"
ASKED = {
    "given_by": "Ragnhild Oppdiktet",
    "use": "members",
    "valid_from": "2026-01-01",
    "paper": "perm 1",
    "access": "members",
}


def agree(secretary: Browser, story: int, **changed: object) -> TestResponse:
    path = f"/intervju/{story}/tilgang"
    return secretary.post_form(path, {**ASKED, **changed}, page=path, content_type="multipart/form-data")


def access_of(database: Database, story: int) -> Access:
    with database.read() as session:
        return session.get_one(Interview, story).access


def test_only_the_secretary_decides(story: int, database: Database, browser_of: Callable[[Role], Browser]) -> None:
    open_to(database, story, Access.OPEN)
    with database.read() as session:
        consent = session.query(Consent).one().id
    for role in (Role.MEMBER, Role.VOLUNTEER):
        browser = browser_of(role)
        assert browser.get(f"/intervju/{story}/tilgang").status_code == 403
        assert browser.get(f"/samtykke/{consent}/skann").status_code == 403
        posts = ("tilgang", "lukk", "apne", "frivillige")
        for path in [*(f"/intervju/{story}/{each}" for each in posts), f"/samtykke/{consent}/trekk"]:
            assert browser.post_form(path, ASKED, page=f"/intervju/{story}").status_code == 403, path
    assert access_of(database, story) is Access.OPEN
    assert "Lukk nå" not in browser_of(Role.VOLUNTEER).get(f"/intervju/{story}").text


def test_opening_to_members_writes_the_consent_and_lets_members_in(
    story: int, secretary: Browser, member: Browser, visitor: Browser, database: Database
) -> None:
    assert agree(secretary, story).status_code == 302
    assert member.get(f"/intervju/{story}").status_code == 200
    assert visitor.get(f"/intervju/{story}").status_code == 404
    with database.read() as session:
        consent = session.query(Consent).one()
        assert (consent.given_by, consent.use, consent.paper) == ("Ragnhild Oppdiktet", "members", "perm 1")
        assert consent.recorded_by_id == person_with(database, Role.SECRETARY)


def test_a_consent_can_be_written_down_without_opening(story: int, secretary: Browser, database: Database) -> None:
    agree(secretary, story, use="all", access="")
    assert access_of(database, story) is Access.CLOSED
    page = secretary.get(f"/intervju/{story}/tilgang").text
    assert "Åpne for alle</button>" in page  # now one press is enough
    path = f"/intervju/{story}/tilgang"
    secretary.post_form(f"/intervju/{story}/apne", {"access": "open"}, page=path)
    assert access_of(database, story) is Access.OPEN


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"use": ""}, "Velg hva som er avtalt."),
        ({"given_by": "  "}, "Skriv navnet på den som har gitt samtykket."),
        ({"access": "open"}, "Samtykket dekker ikke så mange."),
        ({"use": "archive"}, "Samtykket dekker ikke så mange."),
        ({"valid_from": ""}, "Velg dagen samtykket gjelder fra."),
        ({"valid_from": "i fjor"}, "ikke en dato vi forstår"),
        ({"valid_until": "2025-12-31"}, "Siste dag ligger før samtykket begynner å gjelde."),
        ({"valid_from": "2020-01-01", "valid_until": "2020-12-31"}, "Siste dag er alt passert."),
        ({"scan": (io.BytesIO(b"MZ program"), "samtykke.pdf")}, "verken PDF, JPG eller PNG"),
        ({"scan": (io.BytesIO(PDF + bytes(15 * 1024 * 1024)), "samtykke.pdf")}, "større enn 15 MB"),
    ],
)
def test_what_cannot_be_used_is_explained_and_opens_nothing(
    story: int, secretary: Browser, database: Database, changed: dict[str, object], words: str
) -> None:
    answer = agree(secretary, story, **changed)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="perm 1"' in answer.text  # what was typed stays
    assert access_of(database, story) is Access.CLOSED
    with database.read() as session:
        assert session.query(Consent).count() == 0


def test_opening_without_any_consent_is_refused(story: int, secretary: Browser, database: Database) -> None:
    path = f"/intervju/{story}/tilgang"
    answer = secretary.post_form(f"/intervju/{story}/apne", {"access": "members"}, page=path)
    assert answer.status_code == 422
    assert "Skriv inn et samtykke først" in answer.text
    assert access_of(database, story) is Access.CLOSED


def test_closing_is_one_press_on_the_interview_page_and_holds_at_once(
    story: int, secretary: Browser, member: Browser, database: Database
) -> None:
    open_to(database, story, Access.MEMBERS)
    page = f"/intervju/{story}"
    assert "Lukk nå" in secretary.get(page).text
    secretary.post_form(f"{page}/lukk", page=page)
    for path in (page, f"{page}/lyd", f"{page}/bolger", f"{page}/eksport/txt"):
        assert member.get(path).status_code == 404
    assert "Blanketten" not in member.get("/intervju").text


def test_withdrawing_closes_and_stays_written_down(
    story: int, secretary: Browser, member: Browser, database: Database
) -> None:
    open_to(database, story, Access.MEMBERS)
    with database.read() as session:
        consent = session.query(Consent).one().id
    secretary.post_form(f"/samtykke/{consent}/trekk", page=f"/intervju/{story}/tilgang")
    assert member.get(f"/intervju/{story}").status_code == 404
    assert "trukket tilbake" in secretary.get(f"/intervju/{story}/tilgang").text


def test_a_consent_that_ran_out_is_told_on_the_page(story: int, secretary: Browser, database: Database) -> None:
    open_to(database, story, Access.MEMBERS)
    with database.write() as session:
        consent = session.query(Consent).one()
        consent.valid_until = consent.valid_from
        session.commit()
    page = secretary.get(f"/intervju/{story}/tilgang").text
    assert "utløpt" in page
    assert "samtykket gjelder ikke i dag" in page


def test_a_scan_is_kept_and_handed_out_as_a_file(story: int, secretary: Browser, database: Database) -> None:
    agree(secretary, story, scan=(io.BytesIO(PDF), "../../samtykke <i>.pdf"))
    with database.read() as session:
        consent = session.query(Consent).one()
    answer = secretary.get(f"/samtykke/{consent.id}/skann")
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert ".." not in answer.headers["Content-Disposition"]
    assert "<i>" not in secretary.get(f"/intervju/{story}/tilgang").text


class FullStore(FolderStore):
    """A store on a disk without room."""

    def put(self, stream: BinaryIO) -> Stored:
        raise OutOfRoom


def test_a_scan_for_which_there_is_no_room_is_said_and_opens_nothing(
    app: Flask, story: int, secretary: Browser, database: Database, tmp_path: Path
) -> None:
    app.extensions["archive"].store = FullStore(tmp_path)
    answer = agree(secretary, story, scan=(io.BytesIO(PDF), "samtykke.pdf"))
    assert answer.status_code == 507
    assert access_of(database, story) is Access.CLOSED


def test_a_consent_without_a_scan_has_none_to_hand_out(story: int, secretary: Browser) -> None:
    agree(secretary, story)
    assert secretary.get("/samtykke/1/skann").status_code == 404
    assert secretary.get("/samtykke/99/skann").status_code == 404


def test_a_volunteer_is_given_a_closed_interview_and_it_can_be_taken_back(
    story: int, secretary: Browser, volunteer: Browser, database: Database
) -> None:
    user_id = person_with(database, Role.VOLUNTEER)
    path, page = f"/intervju/{story}/frivillige", f"/intervju/{story}/tilgang"
    assert volunteer.get(f"/intervju/{story}").status_code == 404
    secretary.post_form(path, {"user_id": user_id}, page=page)
    assert volunteer.get(f"/intervju/{story}").status_code == 200
    assert "Frode Frivillig" in secretary.get(page).text
    secretary.post_form(path, {"user_id": user_id, "handling": "ta-tilbake"}, page=page)
    assert volunteer.get(f"/intervju/{story}").status_code == 404
    assert secretary.post_form(path, {"user_id": 4711}, page=page).status_code == 404


@pytest.mark.parametrize("number", ["", "0", "-1", "9" * 25])
def test_a_volunteer_who_is_not_there_is_given_nothing(story: int, secretary: Browser, number: str) -> None:
    path = f"/intervju/{story}/frivillige"
    assert secretary.post_form(path, {"user_id": number}, page=f"/intervju/{story}/tilgang").status_code == 404
