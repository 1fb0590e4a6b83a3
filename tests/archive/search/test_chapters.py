"""Chapters are found by the same search as what was said, in both indexes, and say what they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.access import MACHINE_OWNER, VISITOR
from archive.chapters import ChapterDetails, add_chapter, change_chapter, remove_chapter
from archive.exchange.reading import read_text
from archive.importing import import_text
from archive.interviews import Access, InterviewDetails
from archive.search.narrowing import Narrow
from archive.search.query import Wish
from archive.search.schema import CHAPTER, KINDS, PASSAGE
from archive.search.suggesting import suggest
from tests.archive.search.conftest import NOW, TODAY, SmallArchive, small_archive

LOG = "Tid;Stikkord;Sammendrag\n0:10;Barndommen på Skogn;Skolen og fjøset\n12:30;Dugnaden på torvet;\n"


@pytest.fixture(params=["whoosh", pytest.param("postgresql", marks=pytest.mark.postgres)])
def one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallArchive]:
    environ = {"STEMME_DATA": str(tmp_path / "var")}
    if request.param == "postgresql":
        environ |= {"STEMME_DATABASE_URL": request.getfixturevalue("postgres_url"), "STEMME_SEARCH": "postgresql"}
    with small_archive(environ) as made:
        yield made


def write(one: SmallArchive, interview_id: int, details: ChapterDetails, *, indexed: bool = True) -> int:
    with one.database.write() as session:
        chapter_id = add_chapter(session, interview_id, details, by=None, now=NOW).id
        session.commit()
    if indexed:
        one.update()
    return chapter_id


def test_a_chapter_is_found_at_its_second_and_says_what_it_is(one: SmallArchive) -> None:
    a = one.add("Streiken", ("Kari Fortelling", "Vi gikk ut av fabrikken."), access=Access.OPEN)
    details = ChapterDetails(754_000, "Streiken i 1972", 800_000, "Hvem som ledet dem.", ("fagforeninger",))
    chapter_id = write(one, a, details)
    for typed in ("streik", "ledet", "fagforening", '"Streiken i 1972"', "streiken -torvet"):
        (hit,) = one.search(typed, VISITOR, kinds=(CHAPTER,)).hits
        assert (hit.kind, hit.interview_id, hit.speaker) == ("chapter", a, None)
        assert (hit.start_ms, hit.end_ms) == (754_000, 800_000)
        assert hit.url == f"/intervju/{a}?t=754#kapittel-{chapter_id}"
    hit = one.search("ledet", kinds=(CHAPTER,)).hits[0]
    assert [hit.text[start:end] for start, end in hit.highlights] == ["ledet"]
    assert one.search("ledet").total == 0  # nobody said it
    both = one.search("fabrikken OR ledet", kinds=KINDS)
    assert {each.kind for each in both.hits} == {"passage", "chapter"}
    assert (both.total, both.interviews) == (2, 1)
    assert one.search("ledet", kinds=KINDS, wish=Wish(by_interview=True)).total == 1


def test_chapters_of_what_a_reader_may_not_see_are_not_there(one: SmallArchive) -> None:
    a = one.add("Lukket", (None, "Vi gikk."))
    write(one, a, ChapterDetails(0, "Hemmelighuset"))
    assert one.search("hemmelighus", MACHINE_OWNER, kinds=KINDS).total == 1
    hidden = one.search("hemmelighus", VISITOR, kinds=KINDS, wish=Wish(with_facets=True))
    assert (hidden.total, hidden.hits, hidden.interviews) == (0, [], 0)
    assert one.search("hemmelighuuset", VISITOR, kinds=KINDS).meant == {}
    with one.database.read() as session:
        assert suggest(session, one.index, "hemmeligh", viewer=VISITOR, today=TODAY) == []
        assert suggest(session, one.index, "hemmeligh", viewer=MACHINE_OWNER, today=TODAY) == ["hemmelighuset"]
    write(one, a, ChapterDetails(0, "Hemmeligheten"), indexed=False)  # what the index has not heard of yet
    assert one.search("hemmeligheten", VISITOR, kinds=KINDS).total == 0


def test_a_change_and_a_removal_are_seen_at_once(one: SmallArchive) -> None:
    a = one.add("Torget", (None, "Torvet."))
    chapter_id = write(one, a, ChapterDetails(0, "Fiskeværet"))
    with one.database.write() as session:
        change_chapter(session, chapter_id, ChapterDetails(0, "Sagbruket"), base_version=0, by=None, now=NOW)
        session.commit()
    assert one.search("fiskevær", kinds=KINDS).total == 0  # the index has not heard of it: the database says so
    assert one.update() == 1
    assert one.search("sagbruk", kinds=KINDS).total == 1
    with one.database.write() as session:
        remove_chapter(session, chapter_id, base_version=1, by=None, now=NOW)
        session.commit()
    assert one.search("sagbruk", kinds=KINDS).total == 0
    assert one.update() == 1
    assert one.search("sagbruk", kinds=KINDS).total == 0


def test_a_row_of_a_log_is_found_once_as_whatever_is_asked_for(one: SmallArchive) -> None:
    with one.database.write() as session:
        details = InterviewDetails(title="Loggen", place="Levanger")
        text = read_text(LOG.encode())
        import_text(session, text, details, original_name="a.csv", sha256="0", handed_in_by_id=None, now=NOW)
        session.commit()
    one.update()
    for kinds, kind in (((PASSAGE,), "passage"), ((CHAPTER,), "chapter"), (KINDS, "passage")):
        results = one.search("fjøs", kinds=kinds)
        assert [hit.kind for hit in results.hits] == [kind], kinds
        assert results.total == 1
    assert [hit.start_ms for hit in one.search("dugnad", kinds=(CHAPTER,)).hits] == [750_000]
    assert one.search("dugnad", kinds=KINDS, wish=Wish(narrow=Narrow(place="Levanger"))).total == 1
    assert one.search("dugnad", kinds=(CHAPTER,), wish=Wish(narrow=Narrow(place="Namsos"))).total == 0
