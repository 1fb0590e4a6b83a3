"""The people and things that tests speak of. Every test has an archive of its own, as `stemme init` leaves it."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy.orm import Session

from archive.accounts import Role, User, add_user
from archive.database import Database
from archive.interviews import Interview, InterviewDetails, add_interview
from archive.recordings import ReceivedFile
from archive.settings import Settings, read_settings
from archive.setup import initialise, open_database
from archive.transcripts import Segment
from media.probe import Probe
from media.store import Store, open_store

pytest_plugins = ["tests.chromium", "tests.postgres", "tests.statements", "tests.ordering"]

# An example that takes a fifth of a second on a busy machine is no fault of the code.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MadeOnce = Callable[[str, Callable[[str], None]], str]


@pytest.fixture
def now() -> datetime:
    """A Saturday in March, at one o'clock in Norway."""
    return NOW


@pytest.fixture
def today() -> date:
    """The day of `now`."""
    return NOW.date()


def settings_for(data: Path) -> Settings:
    """Settings of an archive in this folder, whatever the environment says."""
    return read_settings({"STEMME_DATA": str(data)})


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `stemme init` leaves it; tests get copies, which is faster than migrating anew."""
    data = tmp_path_factory.mktemp("empty") / "data"
    initialise(settings_for(data), now=NOW)
    return data


@pytest.fixture
def settings(empty_archive: Path, tmp_path: Path) -> Settings:
    """Settings of an archive of its own."""
    shutil.copytree(empty_archive, tmp_path / "data")
    return settings_for(tmp_path / "data")


@pytest.fixture(scope="session")
def empty_postgres_archive(tmp_path_factory: pytest.TempPathFactory, made_once: MadeOnce) -> tuple[Path, str]:
    """As `empty_archive`, its rows in PostgreSQL: the data folder and the name of the database."""
    data = tmp_path_factory.mktemp("empty-postgres") / "data"

    def fill(url: str) -> None:
        initialise(replace(settings_for(data), database_url=url), now=NOW)

    return data, made_once("empty_archive", fill)


@pytest.fixture
def postgres_settings(
    empty_postgres_archive: tuple[Path, str], tmp_path: Path, new_postgres_url: Callable[..., str]
) -> Settings:
    """Settings of an archive whose rows live in PostgreSQL."""
    data, database = empty_postgres_archive
    shutil.copytree(data, tmp_path / "postgres-data")
    return replace(settings_for(tmp_path / "postgres-data"), database_url=new_postgres_url(copy_of=database))


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The database of `settings`."""
    database = open_database(settings)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def each_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """SQLite, then PostgreSQL."""
    of = "settings" if request.param == "sqlite" else "postgres_settings"
    database = open_database(request.getfixturevalue(of))
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session that may write."""
    with database.write() as session:
        yield session


@pytest.fixture
def store(settings: Settings) -> Store:
    """The store of `settings`."""
    return open_store(settings.store_url)


@pytest.fixture
def owner(session: Session) -> User:
    """Runs the machine."""
    return _somebody(session, "Dag Drift", Role.OWNER)


@pytest.fixture
def secretary(session: Session) -> User:
    """Decides who sees what."""
    return _somebody(session, "Siri Sekretær", Role.SECRETARY)


@pytest.fixture
def volunteer(session: Session) -> User:
    """Hands in recordings and corrects text."""
    return _somebody(session, "Frode Frivillig", Role.VOLUNTEER)


@pytest.fixture
def other_volunteer(session: Session) -> User:
    """Works on other interviews, and should have no access to this one."""
    return _somebody(session, "Fride Frivillig", Role.VOLUNTEER)


@pytest.fixture
def member(session: Session) -> User:
    """Searches and listens."""
    return _somebody(session, "Mari Medlem", Role.MEMBER)


def _somebody(session: Session, name: str, role: Role) -> User:
    user = add_user(session, name=name, username=name.replace(" ", ".").lower(), role=role, now=NOW, by=None)
    session.commit()
    return user


@pytest.fixture
def interview(session: Session, volunteer: User) -> Interview:
    """A closed interview that the volunteer handed in, without sound so far."""
    details = InterviewDetails(
        title="Lokallaget på Frosta", narrators=("Olga Oppdiktet",), held_on=date(2026, 3, 1), place="Frosta"
    )
    interview = add_interview(session, details, handed_in_by_id=volunteer.id, now=NOW)
    session.commit()
    return interview


@pytest.fixture
def line(session: Session, interview: Interview) -> Segment:
    """A line as the machine made it: four words, half a second each, from second 10."""
    words = [[10_000 + n * 500, 10_500 + n * 500, text, 0.9] for n, text in enumerate(["vi", "startet", "lage", "her"])]
    line = Segment(
        interview=interview,
        start_ms=10_000,
        end_ms=12_000,
        text="vi startet lage her",
        words=words,
        machine_text="vi startet lage her",
        machine_words=words,
    )
    session.add(line)
    session.commit()
    return line


@pytest.fixture
def received() -> Callable[..., ReceivedFile]:
    """Makes what `receive_file` would give for a file of this name and length, without a file."""

    def make(name: str = "side1.mp3", duration_ms: int = 60_000) -> ReceivedFile:
        probe = Probe(
            container="mp3", codec="mp3", channels=1, sample_rate_hz=44_100, duration_ms=duration_ms, has_video=False
        )
        return ReceivedFile(hashlib.sha256(name.encode()).hexdigest(), 1000, probe, name)

    return make


@pytest.fixture(scope="session")
def _tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tone") / "tone.mp3"
    source = "sine=frequency=440:duration=3"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-b:a", "32k", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


@pytest.fixture
def recording_file(_tone: Path, tmp_path: Path) -> Path:
    """A real recording, 3 s of one tone. It is the test's own, and may be moved."""
    return Path(shutil.copy(_tone, tmp_path / "tone.mp3"))
