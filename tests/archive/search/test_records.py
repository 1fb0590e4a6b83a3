"""Records are found to the page, by the same search, on both back ends, by whoever may see them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.access import MACHINE_OWNER, VISITOR, Viewer
from archive.accounts import Role
from archive.interviews import Access
from archive.record_series import RecordKind
from archive.records import ReceivedPaper, Record, RecordDetails, add_record, change_record, set_access
from archive.records_reading import save_pages, settle
from archive.search.comparing import compare
from archive.search.narrowing import Narrow
from archive.search.query import Wish
from archive.search.schema import KINDS, RECORD
from archive.search.suggesting import suggest
from media.papers import Paper, PaperPage
from tests.archive.search.conftest import NOW, TODAY, SmallArchive, small_archive

MEMBER = Viewer(Role.MEMBER)


@pytest.fixture(params=["whoosh", pytest.param("postgresql", marks=pytest.mark.postgres)])
def one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallArchive]:
    environ = {"STEMME_DATA": str(tmp_path / "var"), "STEMME_SEARCH": request.param}
    if request.param == "postgresql":
        environ["STEMME_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    with small_archive(environ) as made:
        yield made


def _add(one: SmallArchive, title: str, *pages: str, access: Access = Access.CLOSED, indexed: bool = True) -> int:
    with one.database.write() as session:
        paper = ReceivedPaper(title.encode().hex().ljust(64, "0")[:64], 9, "a.pdf", Paper("pdf", len(pages), True))
        details = RecordDetails(title, RecordKind.MINUTES, dated="1974", box="Eske 3")
        record = add_record(session, details, paper, by=None, now=NOW)
        save_pages(session, record.versions[0], 0, [PaperPage(text, None, is_scan=False) for text in pages])
        settle(session, record.versions[0], now=NOW)
        if access != Access.CLOSED:
            set_access(session, record, access, ground="Delt ut", by=None, now=NOW)
        session.commit()
        record_id = record.id
    if indexed:
        one.update()
    return record_id


def _pages(one: SmallArchive, text: str, viewer: Viewer = MACHINE_OWNER, **more: object) -> list[tuple[str, str]]:
    found = one.search(text, viewer, kinds=KINDS, **more)
    return [(hit.kind, hit.url) for hit in found.hits]


def test_a_page_is_found_in_any_form_of_the_word_and_leads_to_itself(one: SmallArchive) -> None:
    record_id = _add(one, "Referat", "Møtet ble åpnet.", "Styret vedtok å ruste opp kommunehusene på brygga.")
    assert (
        _pages(one, "vedtak kommunehus") == _pages(one, "kommunehuset") == [(RECORD, f"/dokument/{record_id}#side-2")]
    )
    (hit,) = one.search("brygge", kinds=(RECORD,)).hits
    assert [hit.text[start:end] for start, end in hit.highlights] == ["brygga"]
    assert (hit.page, hit.record_id, hit.source) == (2, record_id, f"TSV-D-{record_id:04}")
    assert _pages(one, "referat") == [(RECORD, f"/dokument/{record_id}")]
    assert one.search("brygge").hits == []  # passages only, unless more is asked for


def test_records_and_interviews_are_found_and_counted_together(one: SmallArchive) -> None:
    interview_id = one.add("Brygga", ("Kari Fortelling", "Vi bygde brygga om våren."))
    record_id = _add(one, "Referat", "Brygga ble bygd.", "Brygga sto ferdig.")
    found = one.search("bygde brygga", kinds=KINDS)
    assert (found.interviews, found.records) == (1, 1)
    by_one = one.search("brygga", kinds=KINDS, wish=Wish(by_interview=True))
    assert sorted(hit.interview_id for hit in by_one.hits) == [-record_id, interview_id]
    for sort in ("date", "place"):
        assert len(one.search("brygga", kinds=KINDS, wish=Wish(sort=sort)).hits) == 4  # type: ignore[arg-type]
    assert one.search("brygga", kinds=KINDS, wish=Wish(narrow=Narrow(decade=1970))).interviews == 0
    narrowed = one.search("brygga", kinds=KINDS, wish=Wish(narrow=Narrow(interview_id=interview_id)))
    assert narrowed.records == 0


def test_nobody_finds_what_is_closed_to_them(one: SmallArchive) -> None:
    _add(one, "Lukket", "Nattmøtet på brygga.")
    members = _add(one, "For medlemmer", "Nattmøtet i naustet.", access=Access.MEMBERS)
    for_all = _add(one, "Åpent", "Nattmøtet på torvet.", access=Access.OPEN)
    assert len(_pages(one, "nattmøte")) == 3
    assert {url for _, url in _pages(one, "nattmøte", MEMBER)} == {
        f"/dokument/{members}#side-1",
        f"/dokument/{for_all}#side-1",
    }
    assert _pages(one, "nattmøte", VISITOR) == [(RECORD, f"/dokument/{for_all}#side-1")]
    with one.database.read() as session:
        assert "brygga" not in suggest(session, one.index, "bryg", viewer=VISITOR, today=TODAY)
        assert suggest(session, one.index, "bryg", viewer=MACHINE_OWNER, today=TODAY) == ["brygga"]


def test_what_is_closed_is_gone_from_the_next_search_also_before_the_index_hears(one: SmallArchive) -> None:
    record_id = _add(one, "Åpent", "Nattmøtet på torvet.", access=Access.OPEN)
    with one.database.write() as session:
        set_access(session, session.get_one(Record, record_id), Access.CLOSED, by=None, now=NOW)
        session.commit()
    assert _pages(one, "nattmøte", VISITOR) == []
    assert len(_pages(one, "nattmøte")) == 1


def test_a_change_is_found_and_the_index_is_whole(one: SmallArchive) -> None:
    record_id = _add(one, "Referat", "Møtet ble åpnet.")
    with one.database.write() as session:
        record = session.scalars(select(Record)).one()
        details = RecordDetails("Protokoll", RecordKind.MINUTES, note="Funnet på et loft")
        change_record(session, record, details, by=None, now=NOW)
        session.commit()
    assert not compare(one.settings, one.database, now=NOW).wrong
    one.update()
    assert _pages(one, "loft") == [(RECORD, f"/dokument/{record_id}")]
    assert _pages(one, "referat") == []
    found = compare(one.settings, one.database, now=NOW)
    assert found.is_right, found


def test_an_index_built_anew_holds_the_records(one: SmallArchive) -> None:
    one.add("Brygga", ("Kari Fortelling", "Vi bygde brygga om våren."))
    record_id = _add(one, "Referat", "Naustet ble bygd.", indexed=False)
    one.update()
    assert _pages(one, "naust") == [(RECORD, f"/dokument/{record_id}#side-1")]
    assert compare(one.settings, one.database, now=NOW).is_right


def test_a_page_far_on_says_which_in_its_address(one: SmallArchive) -> None:
    record_id = _add(one, "Protokoll", *["Side om brygga."] * 50, "Siden om naustet.")
    assert _pages(one, "naustet") == [(RECORD, f"/dokument/{record_id}?side=51#side-51")]
