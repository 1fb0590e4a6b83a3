"""Whatever goes wrong, a person gets a sentence, and nothing typed is lost when we can help it."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, abort, g
from sqlalchemy import text

from archive import database as archive_database
from archive.accounts import Role
from archive.database import Database
from archive.errors import NoRoom, NotAllowed, NotFound
from archive.settings import Settings
from tests.web.conftest import Browser
from web.rights import public

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def fail_with(app: Flask, error: Exception) -> None:
    """Give the app an address where something goes wrong."""

    @app.get("/gaar-galt")
    @public
    def fail() -> str:
        raise error


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (NotFound("interview", 1), 404, "Siden finnes ikke"),
        (NotAllowed("open"), 403, "Denne siden er ikke åpen for deg"),
        (NoRoom(10, 1), 507, "Det er for lite plass"),
        (ZeroDivisionError("a secret of ours"), 500, "Noe gikk galt hos oss"),
    ],
)
def test_each_error_has_its_sentence(app: Flask, visitor: Browser, error: Exception, status: int, said: str) -> None:
    fail_with(app, error)
    answer = visitor.get("/gaar-galt")
    assert answer.status_code == status
    assert said in answer.text
    assert "a secret of ours" not in answer.text
    assert "Hjelpsom Hansen" in answer.text


@pytest.mark.parametrize("code", [400, 405, 410, 413, 418, 429])
def test_each_refusal_has_its_sentence(app: Flask, visitor: Browser, code: int) -> None:
    app.config["TRAP_HTTP_EXCEPTIONS"] = False

    @app.get("/gaar-galt")
    @public
    def fail() -> None:
        abort(code)

    answer = visitor.get("/gaar-galt")
    assert answer.status_code == code
    assert "<h1>" in answer.text
    assert "Til forsiden" in answer.text


def test_an_unknown_page_and_an_invisible_one_look_the_same(visitor: Browser) -> None:
    unknown, invisible = visitor.get("/intervju/424242"), visitor.get("/finnes-ikke")
    assert unknown.status_code == invisible.status_code == 404
    assert "Enten er adressen skrevet feil, eller så er det noe du ikke har adgang til." in unknown.text


def test_a_body_that_is_too_large_is_refused_with_a_sentence(app: Flask, visitor: Browser) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = visitor.post("/logg-inn", data={"username": "x" * 2000})
    assert answer.status_code == 413
    assert "Dette var for stort" in answer.text


def test_a_page_that_stood_open_keeps_what_was_typed(secretary: Browser) -> None:
    typed = {"name": "Åse & Co <b>", "role": "member", "csrf_token": "gammelt", "new_password": "hemmelig ord her"}
    answer = secretary.post("/brukere/ny", data=typed, headers=FROM_HERE)
    assert answer.status_code == 400
    assert "Siden har stått åpen lenge" in answer.text
    assert "Åse &amp; Co &lt;b&gt;" in answer.text
    assert "(sekretær)" in answer.text
    assert "hemmelig ord her" not in answer.text
    again = secretary.post_form("/brukere/ny", {"name": typed["name"], "role": "member"}, page="/brukere/ny")
    assert again.status_code == 200


def test_a_log_in_that_ended_meanwhile_keeps_what_was_typed(app: Flask, visitor: Browser) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # the form is ours; it is the reader who is no longer logged in
    answer = visitor.post("/brukere/ny", data={"name": "Åse Øvre"}, headers=FROM_HERE)
    assert answer.status_code == 401
    assert "Logg inn i et nytt vindu" in answer.text
    assert "Åse Øvre" in answer.text


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://ond.example"}, {"Origin": "http://["}, {}]
)
def test_what_another_site_sent_is_never_offered_again(secretary: Browser, headers: dict[str, str]) -> None:
    answer = secretary.post("/brukere/ny", data={"name": "Plantet Navn", "role": "owner"}, headers=headers)
    assert answer.status_code == 400
    assert "Plantet Navn" not in answer.text
    assert "Send en gang til" not in answer.text


@contextmanager
def writing_lock(settings: Settings) -> Iterator[None]:
    """Hold the archive's writing lock, as a long write by another process does."""
    holder = sqlite3.connect(settings.data / "archive.db", isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        yield
    finally:
        holder.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, settings: Settings, make_app: Callable[..., Flask]) -> Flask:
    """An app that waits a fifth of a second for the writing lock."""
    monkeypatch.setattr(archive_database, "BUSY_TIMEOUT_MS", 200)
    return make_app(settings)


def test_a_held_lock_gives_a_503_with_what_was_typed(
    impatient: Flask, settings: Settings, browser_of: Callable[[Role], Browser]
) -> None:
    secretary: Browser = impatient.test_client()  # type: ignore[assignment]
    with browser_of(Role.SECRETARY).session_transaction() as cookie, secretary.session_transaction() as ours:
        ours.update(cookie)
    secretary.get("/brukere/ny")
    with writing_lock(settings):
        answer = secretary.post_form(
            "/brukere/ny", {"name": "Åse Øvre", "role": "member"}, page="/brukere/ny", headers=FROM_HERE
        )
        assert secretary.get("/brukere").status_code == 200, "who looks never waits"
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Arkivet er opptatt akkurat nå" in answer.text
    assert "Åse Øvre" in answer.text
    done = secretary.post_form("/brukere/ny", {"name": "Åse Øvre", "role": "member"}, page="/brukere/ny")
    assert done.status_code == 200


def test_a_lock_that_is_let_go_in_time_is_waited_for(settings: Settings, secretary: Browser) -> None:
    held, finished = threading.Event(), threading.Event()

    def hold() -> None:
        with writing_lock(settings):
            held.set()
            finished.wait(0.5)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    answer = secretary.post_form("/brukere/ny", {"name": "Per", "role": "member"}, page="/brukere/ny")
    assert not finished.is_set()
    holder.join()
    assert answer.status_code == 200


def test_a_broken_database_is_our_fault_and_not_a_lock(app: Flask, visitor: Browser) -> None:
    @app.get("/gaar-galt")
    @public
    def fail() -> str:
        g.session.execute(text("SELECT * FROM no_such_table"))
        return ""

    assert visitor.get("/gaar-galt").status_code == 500


def test_a_view_that_declares_nothing_is_never_called(app: Flask, owner: Browser) -> None:
    @app.get("/stille")
    def silent() -> str:
        return "hemmelig"

    answer = owner.get("/stille")
    assert answer.status_code == 500
    assert "hemmelig" not in answer.text


def test_without_a_database_there_is_still_a_page(app: Flask, visitor: Browser, database: Database) -> None:
    with database.write() as session:
        session.execute(text("DROP TABLE site_setting"))
        session.commit()
    answer = visitor.get("/")
    assert answer.status_code == 500
    assert "Noe gikk galt hos oss" in answer.text
