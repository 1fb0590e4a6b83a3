"""Records: what is kept of them, who sees them, their files, and undo."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER, VISITOR, Viewer
from archive.accounts import Role, User
from archive.audit import AuditEvent
from archive.backup import originals_of
from archive.database import Database
from archive.errors import BadInput, NotAllowed, NotFound
from archive.interviews import Access
from archive.people import find_or_add_person
from archive.record_series import RecordKind
from archive.records import (
    ReceivedPaper,
    Record,
    RecordDetails,
    add_record,
    add_version,
    change_record,
    receive_paper,
    set_access,
    undo_of_record,
    use_version,
)
from archive.records_found import (
    Filter,
    archive_list,
    facets,
    list_records,
    load_record,
    page_with_line,
    pages_read,
    received_before,
)
from archive.records_reading import save_pages, settle
from archive.row_history import changes_of
from archive.units import UnitDetails, UnitKind, add_unit
from media.errors import DocumentRefused
from media.papers import Paper, PaperPage
from media.store import Store

Make = Callable[..., Record]
DETAILS = RecordDetails("Referat fra bryggemøtet", RecordKind.MINUTES, dated="våren 1974", box="Eske 3")


def paper(name: str = "referat.pdf", sha256: str = "a" * 64) -> ReceivedPaper:
    """A file that was received."""
    return ReceivedPaper(sha256, 1_000, name, Paper("pdf", 3, is_paged=True))


@pytest.fixture
def make(session: Session, volunteer: User, now: datetime) -> Make:
    """A new record, handed in by the volunteer."""

    def add(file: ReceivedPaper | None = None, **more: object) -> Record:
        details = replace(DETAILS, **more)  # type: ignore[arg-type]
        return add_record(session, details, file, by=volunteer.id, now=now)

    return add


def test_a_record_has_a_reference_a_date_and_the_usual_series_of_its_kind(make: Make) -> None:
    record = make(paper())
    assert record.reference == f"TSV-D-{record.id:04}"
    assert (record.dated, record.first_day, record.last_day) == ("1974-21", date(1974, 3, 1), date(1974, 5, 31))
    assert record.series == "A"
    assert record.access == Access.CLOSED
    assert record.current is not None and record.current.page_count == 3


def test_a_reference_is_never_reused(session: Session, make: Make) -> None:
    first = make().id
    session.delete(session.get_one(Record, first))
    session.flush()
    assert make().id > first


@pytest.mark.parametrize(
    ("details", "field", "problem"),
    [
        ({"title": " "}, "record_title", "empty"),
        ({"title": "x" * 301}, "record_title", "too_long"),
        ({"dated": "31.02.1974"}, "dated", "no_such_day"),
        ({"series": "Å"}, "series", "unknown"),
        ({"unit_id": 2**31}, "creator", "unknown"),
        ({"unit_id": 1, "person_id": 1}, "creator", "two"),
        ({"box": "x" * 121}, "box", "too_long"),
    ],
)
def test_what_cannot_be_kept_is_refused(make: Make, details: dict[str, object], field: str, problem: str) -> None:
    with pytest.raises(BadInput) as raised:
        make(**details)
    assert (raised.value.field, raised.value.problem) == (field, problem)


def test_a_record_is_seen_by_those_whom_it_is_open_to(
    session: Session, make: Make, volunteer: User, other_volunteer: User, member: User, secretary: User, now: datetime
) -> None:
    record = make(paper())
    eyes = {
        "visitor": VISITOR,
        "member": Viewer(Role.MEMBER, member.id),
        "volunteer": Viewer(Role.VOLUNTEER, volunteer.id),
        "other": Viewer(Role.VOLUNTEER, other_volunteer.id),
        "secretary": Viewer(Role.SECRETARY, secretary.id),
    }

    def seeing() -> set[str]:
        seen = {name for name, viewer in eyes.items() if list_records(session, viewer, Filter())[1]}
        for name, viewer in eyes.items():
            assert bool(facets(session, viewer).kinds) == (name in seen)
            assert bool(archive_list(session, viewer, "-")) == (name in seen)
            if name not in seen:
                with pytest.raises(NotFound):
                    load_record(session, record.id, viewer)
        return seen

    assert seeing() == {"volunteer", "secretary"}
    assert received_before(session, "a" * 64, eyes["other"]) == (True, None)
    set_access(session, record, Access.MEMBERS, ground="Vedtatt på årsmøtet", by=secretary.id, now=now)
    assert seeing() == set(eyes) - {"visitor"}
    set_access(session, record, Access.OPEN, ground="Trykt og delt ut", by=secretary.id, now=now)
    assert seeing() == set(eyes)
    set_access(session, record, Access.CLOSED, by=secretary.id, now=now)
    assert seeing() == {"volunteer", "secretary"}


def test_only_the_secretary_opens_and_says_on_what_ground(
    session: Session, make: Make, volunteer: User, member: User, secretary: User, now: datetime
) -> None:
    record = make()
    for who in (volunteer, member):
        with pytest.raises(NotAllowed):
            set_access(session, record, Access.OPEN, ground="Fordi", by=who.id, now=now)
    with pytest.raises(NotAllowed):
        add_record(session, DETAILS, None, by=member.id, now=now)
    with pytest.raises(BadInput, match="ground"):
        set_access(session, record, Access.OPEN, ground=" ", by=secretary.id, now=now)
    assert record.access == Access.CLOSED


def test_each_change_is_kept_and_can_be_undone(session: Session, make: Make, secretary: User, now: datetime) -> None:
    record = make(paper())
    changed = replace(DETAILS, title="Referat fra naustmøtet", dated="1975")
    change_record(session, record, changed, by=secretary.id, now=now)
    add_version(session, record, paper("ren.pdf", "b" * 64), version_note="Renskrevet", by=secretary.id, now=now)
    use_version(session, record, 1, by=secretary.id, now=now)
    acts = [change.act for change in changes_of(session, "record", record.id)]
    assert acts == ["used_version", "new_version", "changed", "added"]
    newest, _, change, added = changes_of(session, "record", record.id)
    undo_of_record(session, change, by=secretary.id, now=now)
    assert (record.title, record.first_day) == (DETAILS.title, date(1974, 3, 1))
    undo_of_record(session, newest, by=secretary.id, now=now)
    assert record.current_number == 2
    with pytest.raises(BadInput, match="in_use"):
        undo_of_record(session, added, by=secretary.id, now=now)
    assert {each.act for each in session.scalars(select(AuditEvent))} >= {"added", "received", "changed", "undid"}


def test_the_same_file_is_no_new_version_and_every_file_is_backed_up(
    session: Session, make: Make, secretary: User, now: datetime
) -> None:
    record = make(paper())
    with pytest.raises(BadInput, match="same"):
        add_version(session, record, paper(), by=secretary.id, now=now)
    add_version(session, record, paper(sha256="b" * 64), by=secretary.id, now=now)
    assert originals_of(session) == ["a" * 64, "b" * 64]


def test_the_list_is_narrowed_by_creator_series_kind_and_decade(
    session: Session, make: Make, secretary: User, now: datetime
) -> None:
    unit = add_unit(session, UnitDetails("Lillevik SV", UnitKind.LOCAL_BRANCH), by=None, now=now)
    person = find_or_add_person(session, "Kari Brygge")
    minutes = make(unit_id=unit.id)
    letter = make(title="Brev", kind=RecordKind.LETTER, person_id=person.id, dated="1969–1971")
    undated = make(title="Bilde", kind=RecordKind.PICTURE, dated="")

    def found(**chosen: object) -> set[int]:
        records, total = list_records(session, MACHINE_OWNER, Filter(**chosen))  # type: ignore[arg-type]
        assert total == len(records)
        return {record.id for record in records}

    assert found() == {minutes.id, letter.id, undated.id}
    assert found(creator=f"u{unit.id}") == {minutes.id}
    assert found(creator=f"p{person.id}") == found(series="D") == found(kind=RecordKind.LETTER) == {letter.id}
    assert found(creator="-") == {undated.id}
    assert found(decade=1970) == {minutes.id, letter.id}
    assert found(decade=1960) == {letter.id}
    assert found(creator="u99999999999") == found(series="æ") == found(decade=10**9) == set()
    offered = facets(session, MACHINE_OWNER)
    assert [each.name for each in offered.creators] == ["Kari Brygge", "Lillevik SV", "Vet ikke"]
    assert offered.decades == (1960, 1970)
    assert list(archive_list(session, MACHINE_OWNER, f"u{unit.id}")) == ["A"]


def test_a_list_asks_as_often_for_many_records_as_for_few(session: Session, make: Make) -> None:
    def questions() -> int:
        asked = []
        bind = session.get_bind()
        session.expire_all()

        def count(*_: object) -> None:
            asked.append(1)

        event.listen(bind, "before_cursor_execute", count)
        try:
            for record in list_records(session, MACHINE_OWNER, Filter())[0]:
                _ = (record.current, record.creator)
            facets(session, MACHINE_OWNER)
            for record in archive_list(session, MACHINE_OWNER, "-").get("A", ()):
                _ = record.current
        finally:
            event.remove(bind, "before_cursor_execute", count)
        return len(asked)

    make(paper())
    few = questions()
    for number in range(30):
        make(paper(sha256=f"{number:064x}"))
    assert questions() == few


def test_both_databases_list_narrow_and_read(each_database: Database, now: datetime) -> None:
    with each_database.write() as session:
        record = add_record(session, DETAILS, paper(), by=None, now=now)
        save_pages(session, record.versions[0], 0, [PaperPage("Brygga 1974", None, is_scan=False)])
        settle(session, record.versions[0], now=now)
        session.commit()
    with each_database.read() as session:
        assert facets(session, MACHINE_OWNER).decades == (1970,)
        chosen = Filter(creator="-", series="A", kind=RecordKind.MINUTES, decade=1970)
        (found,), total = list_records(session, MACHINE_OWNER, chosen)
        assert (found.title, total) == (DETAILS.title, 1)
        assert archive_list(session, MACHINE_OWNER, "-") == {"A": [found]}
        assert found.current is not None
        assert pages_read(session, found.current) == 1
        assert page_with_line(session, found.current, 1, 9) is None


def test_a_file_that_cannot_be_read_is_not_kept(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(DocumentRefused):
        receive_paper(store, path, "referat.pdf")
    assert path.exists()
    assert list(_all(store)) == []
    path.write_bytes(b"Referat fra brygga")
    received = receive_paper(store, path, "referat.txt")
    assert received.paper.kind == "txt"
    assert list(_all(store)) == [received.sha256]


def _all(store: Store) -> Iterator[str]:
    return store.hashes()
