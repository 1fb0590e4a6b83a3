"""An archive of its own for each test, with one person per role, and browsers without a screen."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from archive import logins
from archive.accounts import Role, User, add_user
from archive.database import Database
from archive.settings import Settings
from archive.setup import open_database
from archive.site import set_setting
from tests.conftest import NOW, settings_for
from tests.web.live import live, page_of  # noqa: F401 - fixtures
from tests.web.stories import doubtful, story, tell  # noqa: F401
from web.app import create_app
from web.identity import SESSION_KEY

PASSWORD = "tre ulike ord her"
NAMES = {
    Role.MEMBER: "Mari Medlem",
    Role.VOLUNTEER: "Frode Frivillig",
    Role.SECRETARY: "Siri Sekretær",
    Role.OWNER: "Dag Drift",
}


class Browser(FlaskClient):
    """A test client that posts like our own pages do: with the proof that the form is ours."""

    def post_form(
        self, path: str, data: dict[str, Any] | None = None, *, page: str = "/logg-inn", **more: Any
    ) -> TestResponse:
        """Read the proof off `page`, or off the log-out form of any page, and post."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page, follow_redirects=True).text)
        assert found, f"{page} has no form"
        return self.post(path, data={"csrf_token": found[1], **(data or {})}, **more)


@pytest.fixture(scope="session")
def fresh_archive(empty_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `stemme init` leaves it, with one person per role; tests get copies."""
    folder = tmp_path_factory.mktemp("peopled") / "data"
    shutil.copytree(empty_archive, folder)
    database = open_database(settings_for(folder))
    with database.write() as session:
        for role, name in NAMES.items():
            add_user(session, name=name, username=role.value, role=role, now=NOW, by=None)
        set_setting(session, "help_name", "Hjelpsom Hansen")
        set_setting(session, "help_phone", "12 34 56 78")
        session.commit()
    database.close()
    return folder


@pytest.fixture(scope="session")
def told_archive(fresh_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with an interview in it: receiving its sound anew for each test took a minute of every run."""
    folder = tmp_path_factory.mktemp("told")
    shutil.copytree(fresh_archive, folder / "data")
    settings = settings_for(folder / "data")
    with closing(open_database(settings)) as database:
        tell(settings, database, folder)
    return folder / "data"


@pytest.fixture
def settings(request: pytest.FixtureRequest, fresh_archive: Path, tmp_path: Path) -> Settings:
    """Settings of this test's own archive."""
    is_told = "story" in request.fixturenames
    shutil.copytree(request.getfixturevalue("told_archive") if is_told else fresh_archive, tmp_path / "data")
    return settings_for(tmp_path / "data")


class Compiled(BytecodeCache):
    """What Jinja made of the templates: each test has an app of its own, and all of them the same templates."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """As `BytecodeCache.load_bytecode`; Jinja itself looks whether the template has changed since."""
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """As `BytecodeCache.dump_bytecode`."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session")
def compiled() -> Compiled:
    """The templates of all apps in this process."""
    return Compiled()


@pytest.fixture(scope="session", autouse=True)
def addresses_compiled_once() -> Iterator[None]:
    """Werkzeug compiles two functions for each address of each app, a tenth of a second for every test here.

    They hang on the address alone and get the rest from the rule that they are called for, so that apps may share them.
    """
    compile_anew, made = Rule._compile_builder, {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, tuple(rule._trace), tuple((rule.defaults or {}).items()), append_unknown)
        if key not in made:
            made[key] = compile_anew(rule, append_unknown)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture
def make_app(compiled: Compiled) -> Iterator[Callable[..., Flask]]:
    """Open an app on settings, without the thread that keeps the index; closed after the test."""
    apps = []

    def make(settings: Settings, *, keep_index: bool = False) -> Flask:
        app = create_app(settings, keep_index=keep_index)
        app.test_client_class = Browser
        app.jinja_env.bytecode_cache = compiled
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.extensions["archive"].close()


@pytest.fixture
def app(settings: Settings, make_app: Callable[..., Flask]) -> Flask:
    """The site."""
    return make_app(settings)


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """A browser that nobody is logged in with."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def browser_of(app: Flask, database: Database) -> Callable[[Role], Browser]:
    """A browser logged in as the person with a role; Role.VISITOR: nobody."""

    def open_browser(role: Role) -> Browser:
        browser = app.test_client()
        if role is not Role.VISITOR:
            enter(browser, database, role.value)
        return browser  # type: ignore[return-value]

    return open_browser


def enter(browser: FlaskClient, database: Database, username: str) -> None:
    """Log a browser in without a password."""
    with database.write() as session:
        user = session.query(User).filter_by(username=username).one()
        key = logins.start_session(session, user, now=datetime.now(UTC))
        session.commit()
        uniquifier = user.fs_uniquifier
    with browser.session_transaction() as cookie:
        cookie.update({SESSION_KEY: key, "_user_id": uniquifier, "_fresh": True})


@pytest.fixture
def member(browser_of: Callable[[Role], Browser]) -> Browser:
    """A member's browser."""
    return browser_of(Role.MEMBER)


@pytest.fixture
def volunteer(browser_of: Callable[[Role], Browser]) -> Browser:
    """A volunteer's browser."""
    return browser_of(Role.VOLUNTEER)


@pytest.fixture
def secretary(browser_of: Callable[[Role], Browser]) -> Browser:
    """The secretary's browser."""
    return browser_of(Role.SECRETARY)


@pytest.fixture
def owner(browser_of: Callable[[Role], Browser]) -> Browser:
    """The owner's browser."""
    return browser_of(Role.OWNER)


def with_base_url(settings: Settings, base_url: str, proxies: int = 0) -> Settings:
    """The same archive, reached by an address."""
    return replace(settings, base_url=base_url, trusted_proxies=proxies)
