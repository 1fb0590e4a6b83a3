"""Everything that can go wrong has a Norwegian sentence."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from sqlalchemy.exc import OperationalError

import archive.errors
import media.errors
import pipeline.errors
from archive.database import Database
from stemme.wording import clock, megabytes, sentence

BASES = (archive.errors.ArchiveError, media.errors.MediaError, pipeline.errors.PipelineError)
# These never reach the command line: they are answers to a page.
OF_PAGES = ("ChangedMeanwhile", "EditConflict", "LinkSpent", "UploadOutOfStep", "UploadRefused")
VALUES: dict[str, Any] = {"Path": Path("/x/fil"), "int": 12_345_678, "str": "empty", "object": 7}
VALUES["datetime"] = datetime(2026, 3, 14, tzinfo=UTC)


def every_error() -> list[Exception]:
    """One of each kind, with some value in each field."""
    found: list[Exception] = []
    for module in (archive.errors, media.errors, pipeline.errors):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, BASES) and kind not in BASES:
                fields: list[Any] = list(get_type_hints(kind).values()) if dataclasses.is_dataclass(kind) else []
                found.append(kind(*[VALUES.get(getattr(field, "__name__", ""), "empty") for field in fields]))
    return found


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_every_error_of_ours_has_a_sentence_of_its_own(error: Exception) -> None:
    """It begins with a capital or a name, ends like a sentence or a command, and is not the English of the log."""
    if type(error).__name__ in OF_PAGES:
        return
    text = sentence(error)
    assert "Det gikk ikke" not in text
    assert not str(error) or str(error) not in text or isinstance(error, media.errors.ToolFailed)


def test_a_fault_of_the_program_is_not_dressed_up() -> None:
    """It comes out as it is, with its trace."""
    with pytest.raises(ZeroDivisionError):
        sentence(ZeroDivisionError())


def test_a_database_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    """Nobody home, no right to write, a disk that is full: all of these are the machine's, not the program's."""
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'archive.db'}")
    with pytest.raises(OperationalError) as raised, database.read() as session:
        session.connection()
    assert sentence(raised.value) == "Databasen kan ikke brukes nå: unable to open database file"


def test_a_place_and_a_size_read_as_people_write_them() -> None:
    """Norwegian comma, hours only when there are some."""
    assert (clock(763_000), clock(6_730_000), clock(0)) == ("12:43", "1:52:10", "0:00")
    assert (megabytes(145_000_000), megabytes(2_340_000_000)) == ("145 MB", "2,3 GB")
