"""A PostgreSQL server for the tests alone: in a folder of its own, on a socket of its own, gone afterwards.

PostgreSQL refuses to run as root, so then it runs as the user `postgres` that the distribution's package made.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

USER = "archive"
STARTS_WITHIN_S = 120
# To copy a database is to look for each of its tables in the whole of the memory set aside, and to write all down.
QUICK_TO_COPY = {"shared_buffers": "16MB", "wal_level": "minimal", "max_wal_senders": "0"}
NewUrl = Callable[..., str]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """The folder of the socket that the server listens on; nothing listens on a network address."""
    if _programs() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL's server is missing; script/setup --test installs it")
        pytest.skip("PostgreSQL's server is missing; script/setup --test installs it")
    with running(**QUICK_TO_COPY) as folder:
        yield folder


@contextmanager
def running(*, kept: Path | None = None, **settings: str) -> Iterator[Path]:
    """A server of one's own, for as long as the block runs; gives the folder of its socket.

    Args:
        kept: a folder that holds its data afterwards too, for the next time.
        settings: of the server, beside those that every test wants.
    """
    programs = _programs()
    if programs is None:
        raise RuntimeError("PostgreSQL's server is missing; script/setup --test installs it")
    # Not below pytest's own folder: a socket's path may have 107 bytes at most, and other users must get through.
    folder = kept or Path(tempfile.mkdtemp(prefix="stemme-pg-"))
    folder.mkdir(exist_ok=True)
    data = folder / "data"
    as_user = _other_user(folder)
    settings = {"listen_addresses": "", "fsync": "off", "max_connections": "60", **settings}
    server = None
    try:
        if not data.exists():
            how = ["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
            _run([*as_user, programs / "initdb", "-D", data, *how])
        server = subprocess.Popen(
            [
                *map(str, [*as_user, programs / "postgres", "-D", data, "-k", folder]),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            stdout=subprocess.DEVNULL,
            stderr=(folder / "log").open("wb"),
            cwd="/",
        )
        _wait_until_it_answers(_where(folder))
        yield folder
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # end at once; SIGTERM would wait for whoever is connected
            try:
                server.wait(timeout=120)
            except subprocess.TimeoutExpired:
                server.kill()
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_postgres_url(postgres_server: Path) -> Iterator[NewUrl]:
    """Makes new databases, empty or copies of another, and gives their addresses, as SQLAlchemy wants them."""
    with ExitStack() as made:
        yield lambda copy_of="template1": made.enter_context(new_database(postgres_server, copy_of=copy_of))


@contextmanager
def new_database(server: Path, *, copy_of: str = "template1") -> Iterator[str]:
    """The address of a new database, empty or a copy of another, gone afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _command(server, f'CREATE DATABASE "{name}" TEMPLATE "{copy_of}" STRATEGY FILE_COPY')
    try:
        yield url_of(server, name)
    finally:
        _command(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def made_once(postgres_server: Path) -> Callable[[str, Callable[[str], None]], str]:
    """Makes a database of this name once, which tests copy: a copy takes a tenth of the time that its tables take.

    What fills it gets its address, and must leave no connection open.
    """
    made: set[str] = set()

    def make(name: str, fill: Callable[[str], None]) -> str:
        if name not in made:
            _command(postgres_server, f'CREATE DATABASE "{name}"')
            fill(url_of(postgres_server, name))
            made.add(name)
        return name

    return make


@pytest.fixture
def postgres_url(new_postgres_url: NewUrl) -> str:
    """The address of a new, empty database."""
    return new_postgres_url()


def url_of(folder: Path, name: str = "postgres") -> str:
    """The address of a database, as SQLAlchemy wants it."""
    return f"postgresql+psycopg://{USER}@/{name}?host={folder}"


def _command(folder: Path, statement: LiteralString) -> None:
    with psycopg.connect(_where(folder), autocommit=True) as connection:
        connection.execute(statement)


def _where(folder: Path) -> str:
    return f"host={folder} user={USER} dbname=postgres"


def _programs() -> Path | None:
    """Where initdb and postgres lie: the newest version under Debian's folder, else on PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    initdb = found[-1] if found else Path(on_path) if on_path else None
    return None if initdb is None else initdb.parent


def _other_user(folder: Path) -> list[str]:
    """What stands before a command so that root's server runs as somebody else; `folder` becomes theirs."""
    if os.geteuid() != 0:
        return []
    try:
        other = pwd.getpwnam("postgres")
    except KeyError:
        other = pwd.getpwnam("nobody")
    os.chown(folder, other.pw_uid, other.pw_gid)
    return ["setpriv", f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups"]


def _run(command: list[object]) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd="/", check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr}")


def _wait_until_it_answers(where: str) -> None:
    for _ in range(STARTS_WITHIN_S * 10):
        try:
            psycopg.connect(where).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start within {STARTS_WITHIN_S} s")
