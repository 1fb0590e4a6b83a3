"""Taking the text home: the same rights as the page, and a file that its name explains."""

import json
from collections.abc import Callable

import pytest

from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access
from tests.web.conftest import Browser
from tests.web.stories import open_to

FORMATS = {"txt": "text/plain", "vtt": "text/vtt", "srt": "application/x-subrip", "json": "application/json"}


@pytest.mark.parametrize("ending", FORMATS)
def test_who_may_read_may_take_the_text_home(
    story: int, database: Database, browser_of: Callable[[Role], Browser], ending: str
) -> None:
    path = f"/intervju/{story}/eksport/{ending}"
    assert browser_of(Role.MEMBER).get(path).status_code == 404
    open_to(database, story, Access.MEMBERS)
    assert browser_of(Role.VISITOR).get(path).status_code == 404
    answer = browser_of(Role.MEMBER).get(path)
    assert answer.status_code == 200
    assert answer.mimetype == FORMATS[ending]
    assert f"filename=TSV-I-0001.{ending}" in answer.headers["Content-Disposition"]
    assert "løpesedler" in answer.text


def test_plain_text_is_the_words_and_more_when_asked(story: int, secretary: Browser) -> None:
    path = f"/intervju/{story}/eksport/txt"
    assert secretary.get(path).text.splitlines()[3] == "Hva husker du best?"
    asked = secretary.get(f"{path}?med=tider,navn,tull").text
    assert asked.splitlines()[3] == "[00:00:20] Ida Intervjuer: Hva husker du best?"


def test_the_document_is_whole_and_an_unknown_format_is_not_there(story: int, secretary: Browser) -> None:
    document = json.loads(secretary.get(f"/intervju/{story}/eksport/json").text)
    assert document["segments"][2]["words"][5] == {"start_ms": 14_500, "end_ms": 14_950, "text": "kaia", "p": 0.2}
    assert secretary.get(f"/intervju/{story}/eksport/exe").status_code == 404
