"""What common words count is what counting them gives, after any change."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.access import MACHINE_OWNER, VISITOR, Viewer
from archive.interviews import Access
from archive.search import postgres_common
from archive.search.postgres_candidates import match_of
from archive.search.query import Wish
from archive.search.question import read_question
from archive.search.schema import KINDS, PASSAGE
from tests.archive.search.conftest import SmallArchive, small_archive

pytestmark = pytest.mark.postgres

WORDS = ("møte", "var", "ikke", "torvet", "styret", "Namsos")


@pytest.fixture
def common(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallArchive]:
    """An archive in which every word is common."""
    monkeypatch.setattr(postgres_common, "FROM_PASSAGES", 1)
    data = str(tmp_path / "var")
    environ = {"STEMME_DATA": data, "STEMME_DATABASE_URL": postgres_url, "STEMME_SEARCH": "postgresql"}
    with small_archive(environ) as made:
        made.add("Streiken", ("Kari", "Vi møttes ikke i Namsos."), ("Ola", "Et møte i styret."), access=Access.OPEN)
        made.add("Møte på torvet", ("Ola", "Torvet var fullt. Møter var det ikke."), (None, "Styret møtte."))
        made.update()
        with made.database.engine.begin() as connection:  # what was added one by one has no common words yet
            connection.execute(text("UPDATE search_state SET versions = '{}'"))
        made.update()
        yield made


def counts(archive: SmallArchive, viewer: Viewer = MACHINE_OWNER) -> list[tuple[int, dict[int, int]]]:
    found = []
    for word in WORDS:
        for kinds in ((PASSAGE,), KINDS):
            results = archive.search(word, viewer, kinds=kinds, wish=Wish())
            found.append((results.total, dict(results.counts)))
    return found


def counted_anew(archive: SmallArchive, viewer: Viewer = MACHINE_OWNER) -> list[tuple[int, dict[int, int]]]:
    rename(archive, "'hidden ' || match")
    found = counts(archive, viewer)
    rename(archive, "substr(match, 8)")
    return found


def rename(archive: SmallArchive, to: str) -> None:
    with archive.database.engine.begin() as connection:
        for table in ("search_common", "search_common_change"):
            connection.execute(text(f"UPDATE {table} SET match = {to}"))


def known(archive: SmallArchive) -> set[str]:
    with archive.database.engine.begin() as connection:
        return set(connection.scalars(text("SELECT match FROM search_common")))


def test_the_common_words_are_counted_beforehand(common: SmallArchive) -> None:
    assert {match_of(read_question(word), any_word=False) for word in WORDS} <= known(common)
    assert counts(common) == counted_anew(common)
    assert counts(common, VISITOR) == counted_anew(common, VISITOR)


def test_a_change_counts_at_once(common: SmallArchive) -> None:
    before = known(common)
    a = common.add("Nytt møte", ("Ola", "Vi møttes på torvet."), (None, "Ikke et møte i Namsos."))
    common.update()
    added = counts(common)
    assert added == counted_anew(common)
    common.say(a, ("Kari", "Styret sa ingenting."))
    common.update()
    assert counts(common) == counted_anew(common) != added
    assert known(common) == before
