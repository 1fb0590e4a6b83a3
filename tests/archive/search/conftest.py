"""A small archive on a real disk: SQLite, Whoosh, invented interviews."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import func, select

from archive.access import MACHINE_OWNER, Consent, Use, Viewer
from archive.database import Database
from archive.interviews import Access, Interview, Part, Participation, Status
from archive.model import Base
from archive.outbox import OutboxEntry, searchable_text_changed
from archive.people import Person
from archive.search.index import bring_up_to_date, open_index
from archive.search.query import Results, search
from archive.search.reading import Index
from archive.settings import Settings, read_settings
from archive.transcripts import Segment

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
WORD_MS = 400
Said = tuple[str | None, str]


@dataclass
class SmallArchive:
    """What the tests of search do with an archive."""

    settings: Settings
    database: Database
    index: Index
    clock_ms: dict[int, int] = field(default_factory=dict)

    def add(self, title: str, *said: Said, access: Access = Access.CLOSED, indexed: bool = True, **more: Any) -> int:
        """An interview with one segment per (speaker, text), a word each 400 ms. Opened ones get their consent."""
        with self.database.write() as session:
            interview = Interview(title=title, status=Status.REVIEWED, access=access, made_at=NOW, **more)
            session.add(interview)
            session.flush()
            if access != Access.CLOSED:
                use = Use.ALL if access == Access.OPEN else Use.MEMBERS
                session.add(
                    Consent(
                        interview_id=interview.id,
                        given_by="Kari Fortelling",
                        use=use,
                        valid_from=date(2020, 1, 1),
                        recorded_at=NOW,
                    )
                )
            session.commit()
        self.say(interview.id, *said, indexed=indexed)
        return interview.id

    def say(self, interview_id: int, *said: Said, indexed: bool = True) -> None:
        """Add segments to an interview, after those it has."""
        with self.database.write() as session:
            start = self.clock_ms.get(interview_id, 0)
            for name, text in said:
                speaker = self._person(session, name)
                words = [[start + i * WORD_MS, start + (i + 1) * WORD_MS, w, 0.9] for i, w in enumerate(text.split())]
                end = start + max(len(words), 1) * WORD_MS
                session.add(
                    Segment(
                        interview_id=interview_id, start_ms=start, end_ms=end, speaker=speaker, text=text, words=words
                    )
                )
                start = end
            self.clock_ms[interview_id] = start
            searchable_text_changed(session, interview_id, now=NOW)
            session.commit()
        if indexed:
            self.update()

    def name_narrator(self, interview_id: int, name: str) -> None:
        with self.database.write() as session:
            person = self._person(session, name)
            session.add(Participation(interview_id=interview_id, person=person, part=Part.NARRATOR))
            searchable_text_changed(session, interview_id, now=NOW)
            session.commit()

    def _person(self, session: Any, name: str | None) -> Person | None:
        if name is None:
            return None
        return session.scalar(select(Person).where(Person.name == name)) or Person(name=name)

    @property
    def environ(self) -> dict[str, str]:
        """The settings, for another process."""
        return {
            "STEMME_DATA": str(self.settings.data),
            "STEMME_DATABASE_URL": self.settings.database_url,
            "STEMME_SEARCH": self.settings.search,
        }

    @property
    def waiting(self) -> int:
        """How many changes the index has not heard of."""
        with self.database.read() as session:
            return session.scalar(select(func.count(OutboxEntry.id))) or 0

    def add_many(self, count: int, word: str = "torvet", lines: int = 4) -> list[int]:
        """Interviews that the index has not heard of, all with this word in every line."""
        said = [(None, f"Vi sto på {word} og ventet. " * 20)] * lines
        return [self.add(f"Nr. {number}", *said, indexed=False) for number in range(count)]

    def update(self) -> int:
        return bring_up_to_date(self.settings, self.database, wait=True)

    def search(self, text: str, viewer: Viewer = MACHINE_OWNER, **more: Any) -> Results:
        with self.database.read() as session:
            return search(session, self.index, text, viewer=viewer, today=TODAY, **more)

    def found(self, text: str, viewer: Viewer = MACHINE_OWNER, **more: Any) -> Sequence[int]:
        """The interviews that are found, each once, in the order of their numbers; counts must agree."""
        results = self.search(text, viewer, limit=1000, **more)
        assert results.total == len(results.hits)
        assert results.complete
        ids = {hit.interview_id for hit in results.hits}
        assert results.interviews == len(ids)
        return sorted(ids)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[SmallArchive]:
    with small_archive({"STEMME_DATA": str(tmp_path / "var")}) as made:
        yield made


@pytest.fixture(params=["whoosh", pytest.param("postgresql", marks=pytest.mark.postgres)])
def each(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallArchive]:
    """As `archive`, first with SQLite and Whoosh, then with everything in PostgreSQL."""
    environ = {"STEMME_DATA": str(tmp_path / "var")}
    if request.param == "postgresql":
        environ |= {"STEMME_DATABASE_URL": request.getfixturevalue("postgres_url"), "STEMME_SEARCH": "postgresql"}
    with small_archive(environ) as made:
        yield made


@pytest.fixture
def postgres_url(new_postgres_url: Callable[..., str], made_once: Callable[..., str]) -> str:
    """The address of a new database in PostgreSQL that has all tables and no row."""
    return new_postgres_url(copy_of=made_once("no_rows", make_tables))


def make_tables(url: str) -> None:
    """Fill an empty database with all tables."""
    with closing(Database(url)) as database:
        Base.metadata.create_all(database.engine)


@cache
def _no_rows() -> bytes:
    """An SQLite database with all tables; to make them anew takes a tenth of a second for each test."""
    with TemporaryDirectory() as folder:
        make_tables(f"sqlite:///{folder}/archive.db")
        return Path(folder, "archive.db").read_bytes()


@contextmanager
def small_archive(environ: dict[str, str]) -> Iterator[SmallArchive]:
    """An empty archive with its index, for these settings."""
    settings = read_settings(environ)
    settings.data.mkdir()
    if settings.database_url.startswith("sqlite"):
        (settings.data / "archive.db").write_bytes(_no_rows())
    database = Database(settings.database_url)
    index = open_index(settings)
    bring_up_to_date(settings, database, wait=True)
    yield SmallArchive(settings, database, index)
    index.close()
    database.close()
