"""Receiving files in pieces."""

import base64
import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from archive.accounts import Role
from archive.database import Database
from archive.recordings import Upload
from archive.settings import Settings
from tests.web.conftest import Browser
from web import upload as subject
from web.visit import now

PIECE = {"Content-Type": "application/offset+octet-stream"}
VERSION = {"Tus-Resumable": "1.0.0"}


class Sender:
    """A tus client of the simplest kind, on a logged-in browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        page = browser.get("/lever").text
        self.token = page.split('name="csrf_token" value="')[1].split('"')[0]

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        headers = {**VERSION, "X-CSRFToken": self.token, **(headers or {})}
        return self.browser.open(path, method=method, headers=headers, **more)

    def create(self, size_bytes: int, name: str | None = "opptak.mp3", **headers: str) -> TestResponse:
        if name is not None:
            headers["Upload-Metadata"] = "filename " + base64.b64encode(name.encode()).decode()
        return self.send("POST", "/tus/", {"Upload-Length": str(size_bytes), **headers})

    def begin(self, size_bytes: int, name: str = "opptak.mp3") -> str:
        answer = self.create(size_bytes, name)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Location"])

    def append(self, path: str, offset: int, piece: bytes, **headers: str) -> TestResponse:
        return self.send("PATCH", path, {**PIECE, "Upload-Offset": str(offset), **headers}, data=piece)

    def offset(self, path: str) -> int:
        return int(self.send("HEAD", path).headers["Upload-Offset"])


@pytest.fixture
def sender(volunteer: Browser) -> Sender:
    """The volunteer's."""
    return Sender(volunteer)


def upload_of(database: Database, path: str) -> Upload:
    with database.read() as session:
        return session.get_one(Upload, path.rsplit("/", 1)[1])


def checksum(algorithm: str, piece: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()}"


def test_says_what_it_can_do(sender: Sender) -> None:
    answer = sender.send("OPTIONS", "/tus/")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "checksum", "termination", "expiration"}
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert int(answer.headers["Tus-Max-Size"]) > 12 * 3600 * 48_000 * 6


def test_a_file_comes_in_pieces(sender: Sender, database: Database, settings: Settings) -> None:
    path = sender.begin(10)
    assert path.startswith("/tus/")
    assert sender.append(path, 0, b"abcdef").headers["Upload-Offset"] == "6"
    assert sender.offset(path) == 6
    answer = sender.append(path, 6, b"ghij")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "10")
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert "GMT" in answer.headers["Upload-Expires"]
    assert (settings.incoming / path.rsplit("/", 1)[1]).read_bytes() == b"abcdefghij"
    assert upload_of(database, path).original_name == "opptak.mp3"


def test_a_piece_at_the_wrong_place_says_where_to_go_on(sender: Sender) -> None:
    path = sender.begin(10)
    sender.append(path, 0, b"abcd")
    answer = sender.append(path, 2, b"cdef")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "4")
    assert sender.offset(path) == 4


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_damaged_piece_is_dropped(sender: Sender, algorithm: str) -> None:
    path = sender.begin(10)
    right = checksum(algorithm, b"abcde")
    damaged = sender.append(path, 0, b"abXde", **{"Upload-Checksum": right})
    assert (damaged.status_code, sender.offset(path)) == (460, 0)
    assert "på nytt" in damaged.text
    assert sender.append(path, 0, b"abcde", **{"Upload-Checksum": right}).status_code == 204


@pytest.mark.parametrize("header", ["md5 abcd", "sha256", "sha256 !!!", "sha256 YWJj"])
def test_an_unusable_checksum_is_refused(sender: Sender, header: str) -> None:
    path = sender.begin(10)
    assert sender.append(path, 0, b"abcde", **{"Upload-Checksum": header}).status_code == 400
    assert sender.offset(path) == 0


def test_a_piece_longer_than_announced_is_refused(sender: Sender) -> None:
    path = sender.begin(4)
    answer = sender.append(path, 0, b"abcdef")
    assert (answer.status_code, sender.offset(path)) == (413, 0)


def test_the_person_may_regret(sender: Sender, settings: Settings) -> None:
    path = sender.begin(10)
    sender.append(path, 0, b"abcd")
    assert sender.send("DELETE", path).status_code == 204
    assert sender.send("HEAD", path).status_code == 404
    assert not (settings.incoming / path.rsplit("/", 1)[1]).exists()


def test_a_proxy_that_lets_only_get_and_post_through(sender: Sender) -> None:
    path = sender.begin(4)
    piece = {**PIECE, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert sender.send("POST", path, piece, data=b"abcd").headers["Upload-Offset"] == "4"
    assert sender.send("POST", path, {"X-HTTP-Method-Override": "HEAD"}).headers["Upload-Offset"] == "4"
    assert sender.send("POST", path, {"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert sender.send("POST", path, {"X-HTTP-Method-Override": "PUT"}).status_code == 405


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "ti"}, 400),
        ({"Upload-Length": "٣"}, 400),
        ({}, 400),
        ({"Upload-Length": "0"}, 400),
        ({"Upload-Length": str(10**18)}, 413),
        ({"Upload-Length": str(subject.LARGEST_FILE_BYTES + 1)}, 413),
        ({"Upload-Length": "10", "Upload-Metadata": "filename !!!"}, 400),
        ({"Upload-Length": "10", "Tus-Resumable": "0.2.2"}, 412),
    ],
)
def test_what_cannot_begin(sender: Sender, headers: dict[str, str], status: int) -> None:
    answer = sender.send("POST", "/tus/", headers)
    assert answer.status_code == status
    assert answer.text.endswith(".")


def test_another_protocol_version_is_told_ours(sender: Sender) -> None:
    assert sender.send("POST", "/tus/", {"Tus-Resumable": "2.0.0"}).headers["Tus-Version"] == "1.0.0"


def test_a_piece_of_the_wrong_kind_is_refused(sender: Sender) -> None:
    path = sender.begin(4)
    answer = sender.send("PATCH", path, {"Upload-Offset": "0", "Content-Type": "text/plain"}, data=b"abcd")
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\opptak\\side 1.mp3", "side 1.mp3"),
        ("null\0byte.mp3", "nullbyte.mp3"),
        ("mormor 👵 forteller.m4a", "mormor 👵 forteller.m4a"),
    ],
)
def test_names_are_only_shown(sender: Sender, database: Database, settings: Settings, name: str, kept: str) -> None:
    path = sender.begin(4, name)
    sender.append(path, 0, b"abcd")
    assert upload_of(database, path).original_name == kept
    assert {each.name for each in settings.incoming.iterdir()} <= {path[5:], f"{path[5:]}.lock"}


def test_a_long_name_keeps_its_ending(sender: Sender, database: Database) -> None:
    name = upload_of(database, sender.begin(4, "å" * 296 + ".mp3")).original_name
    assert len(name) <= 200
    assert name.endswith(".mp3")


def test_a_file_without_a_name_still_has_one(sender: Sender, database: Database) -> None:
    assert upload_of(database, str(sender.create(4, None).headers["Location"])).original_name


def test_only_the_owner_of_an_upload_can_touch_it(
    sender: Sender, secretary: Browser, member: Browser, visitor: Browser
) -> None:
    path = sender.begin(10)
    other = Sender(secretary)
    assert other.send("HEAD", path).status_code == 404
    assert other.append(path, 0, b"abcd").status_code == 404
    assert other.send("DELETE", path).status_code == 404
    assert member.open("/tus/", method="OPTIONS").status_code == 403
    assert visitor.open("/tus/", method="OPTIONS").status_code == 401
    assert sender.offset(path) == 0


def test_a_forged_request_is_refused(sender: Sender, volunteer: Browser) -> None:
    path = sender.begin(10)
    forged = {**VERSION, **PIECE, "Upload-Offset": "0"}
    assert volunteer.open(path, method="PATCH", headers=forged, data=b"abcd").status_code == 400
    assert volunteer.open(path, method="DELETE", headers=VERSION).status_code == 400
    assert sender.offset(path) == 0


def test_an_upload_that_ran_out_is_gone(sender: Sender, database: Database) -> None:
    path = sender.begin(10)
    with database.write() as session:
        session.get_one(Upload, path[5:]).expires_at = now() - timedelta(seconds=1)
        session.commit()
    assert sender.send("HEAD", path).status_code == 410
    assert sender.append(path, 0, b"abcd").status_code == 410


def test_a_full_disk_is_said_before_anything_is_sent(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.uploads.KEPT_FREE_BYTES", 2**62)
    answer = sender.create(10)
    assert answer.status_code == 507
    assert "ikke plass" in answer.text


def test_a_folder_that_somebody_tidied_away_is_made_again(sender: Sender, settings: Settings) -> None:
    started = sender.begin(4)
    shutil.rmtree(settings.incoming)
    assert sender.append(started, 0, b"abcd").status_code == 204
    shutil.rmtree(settings.incoming)
    path = sender.begin(4)
    assert sender.append(path, 0, b"abcd").status_code == 204
    assert (settings.incoming / path[5:]).read_bytes() == b"abcd"
    assert settings.incoming.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def impatient(settings: Settings, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The site, waiting for the database for a fifth of a second only."""
    monkeypatch.setattr("archive.database.BUSY_TIMEOUT_MS", 200)
    yield make_app(settings)


def test_a_locked_database_answers_503_and_loses_nothing(impatient: Flask, database: Database) -> None:
    from tests.web.conftest import enter

    browser = impatient.test_client()
    enter(browser, database, Role.VOLUNTEER.value)
    sender = Sender(browser)  # type: ignore[arg-type]
    path = sender.begin(10)
    with database.engine.connect() as other:
        other.exec_driver_sql("ROLLBACK")
        other.exec_driver_sql("BEGIN IMMEDIATE")
        answer = sender.append(path, 0, b"abcd")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert sender.create(10).status_code == 503
        other.exec_driver_sql("ROLLBACK")
    assert sender.offset(path) == 0
    assert sender.append(path, 0, b"abcd").headers["Upload-Offset"] == "4"


def test_metadata_is_pairs() -> None:
    assert subject.read_metadata("") == {}
    assert subject.read_metadata("filename YS5tcDM=,filetype") == {"filename": "a.mp3", "filetype": ""}
    assert subject.read_metadata("filename /w==")["filename"] == "\N{REPLACEMENT CHARACTER}"


def test_problems_have_sentences(tmp_path: Path) -> None:
    from typing import get_args

    from media.errors import Reason
    from web.file_problems import SENTENCES

    assert set(get_args(Reason)) <= set(SENTENCES)


def test_a_new_upload_clears_what_nobody_came_back_to(sender: Sender, database: Database, settings: Settings) -> None:
    forgotten = upload_of(database, sender.begin(10))
    sender.append(f"/tus/{forgotten.id}", 0, b"abcd")
    with database.write() as session:
        session.get_one(Upload, forgotten.id).expires_at = now() - timedelta(seconds=1)
        session.commit()
    sender.begin(10)
    assert not (settings.incoming / forgotten.id).exists()
    with database.read() as session:
        assert session.get(Upload, forgotten.id) is None
