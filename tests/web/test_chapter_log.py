"""A log of an interview that is here already becomes chapters, after somebody has looked at it."""

import io
import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from archive.database import Database
from tests.web.conftest import Browser
from tests.web.test_chapters import titles_of

LOG = "Tid;Stikkord;Sammendrag\n0:01;Blanketten & naboen;<Hjemme>\n0:24;Bussen;\n"


def send(browser: Browser, interview_id: int, content: str | bytes, name: str = "logg.csv") -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    path = f"/intervju/{interview_id}/kapitler/fra-logg"
    return browser.post_form(path, {"file": (io.BytesIO(data), name)}, page=path, content_type="multipart/form-data")


def test_a_log_is_seen_through_and_then_kept(story: int, secretary: Browser, database: Database) -> None:
    seen = send(secretary, story, LOG)
    assert seen.status_code == 200
    assert "Legg til 2 kapitler" in seen.text
    assert titles_of(database, story) == []
    given = re.search(r'name="chapters" value="([^"]*)"', seen.text)
    assert given
    path = f"/intervju/{story}/kapitler/fra-logg/lagre"
    assert secretary.post_form(path, {"chapters": unescape(given[1])}).status_code == 303
    assert titles_of(database, story) == ["Blanketten & naboen", "Bussen"]
    assert "Intervjuet har 2 kapitler fra før." in send(secretary, story, LOG).text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "Filen er tom"),
        ("Hei.\nDu.\n", "Dette er ikke en logg."),
        ("Tid;Ord\nx;y\n0:10;a\n", "Linje 2: tiden kan ikke leses"),
        ("0:01;a\n9:00;b\n", "Loggen går lenger enn opptaket."),
        (b"PK\x03\x04tull", "Ingenting ble lagt inn."),
    ],
)
def test_what_is_no_log_of_this_interview_is_refused(
    story: int, secretary: Browser, database: Database, content: str | bytes, says: str
) -> None:
    answer = send(secretary, story, content)
    assert answer.status_code == 422
    assert says in answer.text
    assert titles_of(database, story) == []


@pytest.mark.parametrize(
    "sent", ["", "x", "{}", "[1]", '[{"start_ms": 0, "title": "a"}, {"start_ms": 99999, "title": "b"}]']
)
def test_a_form_that_is_not_ours_keeps_nothing(story: int, secretary: Browser, database: Database, sent: str) -> None:
    answer = secretary.post_form(f"/intervju/{story}/kapitler/fra-logg/lagre", {"chapters": sent})
    assert answer.status_code == 422
    assert "Velg filen på nytt." in answer.text
    assert titles_of(database, story) == []


def test_only_who_may_write_them_and_only_where_he_may_see(story: int, member: Browser, volunteer: Browser) -> None:
    assert member.get(f"/intervju/{story}/kapitler/fra-logg").status_code == 403
    assert volunteer.get(f"/intervju/{story}/kapitler/fra-logg").status_code == 404
