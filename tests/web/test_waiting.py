"""Files that were uploaded and not handed in: what cannot be used is said again, and is never offered."""

# ruff: noqa: F401, F811 - fixtures are imported, and asked for by their names

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from archive.accounts import Role
from archive.database import Database
from archive.recordings import Upload
from archive.settings import Settings
from tests.web.conftest import Browser
from tests.web.test_handin import check, hand_in, number_of, send, sender, sounds
from tests.web.test_upload import Sender


def lists(browser: Browser) -> list[str]:
    """The two places that tell what is uploaded: *Lever opptak* and *Mine opptak*."""
    return [browser.get(path).text for path in ("/lever", "/mine-opptak")]


def is_offered(page: str, upload_id: str) -> bool:
    return f'name="upload" value="{upload_id}"' in page


@pytest.mark.parametrize(("name", "said"), [("brev.mp3", "ikke et lydopptak"), ("stum.mp4", "ingen lyd")])
def test_a_file_that_was_refused_says_so_for_as_long_as_it_lies_there(
    sender: Sender, volunteer: Browser, sounds: Path, name: str, said: str
) -> None:
    upload_id = send(sender, sounds / name)
    assert "file-status good" in volunteer.get("/lever").text
    assert is_offered(volunteer.get("/lever").text, upload_id)  # nobody has looked into it yet
    check(sender, upload_id)
    form, mine = lists(volunteer)
    for page in (form, mine):
        assert said in page
        assert not re.search(r"file-status good|Filen er lastet opp", page)
    assert not is_offered(form, upload_id)
    assert f'data-upload="{upload_id}" data-state="refused"' in form
    assert "Ikke levert ennå" not in mine
    assert "Fortsett med å levere" not in mine
    assert volunteer.post_form(f"/mine-opptak/fil/{upload_id}/fjern", page="/mine-opptak").status_code == 303
    assert name not in volunteer.get("/mine-opptak").text


def test_a_refused_file_beside_a_good_one(sender: Sender, volunteer: Browser, sounds: Path) -> None:
    good, bad = send(sender, sounds / "side1.mp3"), send(sender, sounds / "brev.mp3")
    answer = hand_in(volunteer, upload=[good, bad])
    assert answer.status_code == 422
    assert is_offered(answer.text, good)
    assert not is_offered(answer.text, bad)
    mine = volunteer.get("/mine-opptak").text
    assert mine.index("Ikke levert ennå") < mine.index("side1.mp3") < mine.index("Kan fjernes") < mine.index("brev.mp3")


def test_a_refused_file_is_looked_into_again_when_asked(
    sender: Sender, volunteer: Browser, sounds: Path, database: Database, settings: Settings
) -> None:
    """The verdict is the last one: a disk that could not be read may be mended."""
    whole = (sounds / "side1.mp3").read_bytes()
    upload_id = send(sender, sounds / "side1.mp3")
    (settings.incoming / upload_id).write_bytes(bytes(len(whole)))
    assert check(sender, upload_id).status_code == 422
    (settings.incoming / upload_id).write_bytes(whole)
    assert check(sender, upload_id).status_code == 200
    assert is_offered(volunteer.get("/lever").text, upload_id)
    with database.read() as session:
        assert session.get_one(Upload, upload_id).refused is None


def test_the_copy_of_what_was_handed_in_is_known(sender: Sender, volunteer: Browser, sounds: Path) -> None:
    """The same file from two browsers: one is handed in, the other need not be."""
    first, copy = send(sender, sounds / "side1.mp3"), send(sender, sounds / "side1.mp3", "kopi.mp3")
    check(sender, copy)
    number = number_of(hand_in(volunteer, upload=first))
    form, mine = lists(volunteer)
    for page in (form, mine):
        assert "Dette opptaket har vi fra før" in page
        assert f'<a href="/intervju/{number}">Blanketten</a>' in page
    assert not is_offered(form, copy)
    assert "Ikke levert ennå" not in mine
    assert "er ikke levert" not in mine


def test_the_copy_of_what_one_may_not_see_names_nothing(
    sender: Sender, volunteer: Browser, secretary: Browser, sounds: Path
) -> None:
    copy = send(sender, sounds / "side1.mp3")
    check(sender, copy)
    number = number_of(hand_in(secretary, upload=send(Sender(secretary), sounds / "side1.mp3"), title="Hemmelig"))
    for page in lists(volunteer):
        assert "Dette opptaket har vi fra før" in page
        assert "Spør Hjelpsom Hansen" in page
        assert "Hemmelig" not in page
        assert not re.search(rf"/intervju/{number}\b", page)


@pytest.mark.browser
def test_in_a_browser_a_refused_file_can_only_be_removed(page_of: Callable[..., Page], sounds: Path) -> None:
    page = page_of(Role.VOLUNTEER)
    page.goto("/lever")
    page.set_input_files("#files", str(sounds / "brev.mp3"))
    expect(page.locator("#chosen .file-status.problem")).to_contain_text("ikke et lydopptak")
    page.goto("/lever")
    waiting = page.locator("#waiting .file")
    expect(waiting).to_contain_text("ikke et lydopptak")
    expect(waiting.locator("input")).to_have_count(0)
    expect(waiting.get_by_role("button")).to_have_text(["Fjern brev.mp3"])
    waiting.get_by_role("button", name="Fjern brev.mp3").click()
    expect(page.locator("#waiting")).to_have_count(0)
