"""From what was read off a paper to pages that people and search can read."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from archive.outbox import RECORD, OutboxEntry
from archive.readable.blocks import Block
from archive.record_series import RecordKind
from archive.records import ReadingState, RecordDetails, RecordVersion, add_record
from archive.records_found import pages_of
from archive.records_reading import next_page, read_again, save_pages, save_scan, scans_of, settle
from media.papers import PaperPage
from tests.archive.readable.test_numbers import INVENTED, REAL
from tests.archive.test_records import paper


@pytest.fixture
def version(session: Session, now: datetime) -> RecordVersion:
    """A file whose text is to be read."""
    details = RecordDetails("Plan for dugnaden", RecordKind.WORK_PLAN)
    record = add_record(session, details, paper(), by=None, now=now)
    assert record.current is not None
    return record.current


def _raw(*texts: str) -> list[PaperPage]:
    return [PaperPage(text, None, is_scan=False) for text in texts]


def test_a_plan_that_came_in_one_piece_gets_its_printed_pages_and_lines(
    session: Session, version: RecordVersion, now: datetime
) -> None:
    save_pages(session, version, 0, _raw(INVENTED))
    for _twice in range(2):
        settle(session, version, now=now)
        pages = pages_of(session, version)
        assert [page.number for page in pages] == [1, 2, 3]
        assert (version.page_count, version.is_paged, version.is_numbered) == (3, True, True)
        assert "Vi dugner fordi brygga fra 1974 ikke tåler en vinter til" in pages[0].text
        blocks = [Block.from_json(each) for page in pages for each in page.blocks]
        assert [number for block in blocks for _, number in block.marks if block.marks] == [
            *(1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15)
        ]
        assert version.state == ReadingState.DONE
    assert session.query(OutboxEntry).filter_by(kind=RECORD).count() >= 1


def test_pages_saved_twice_are_there_once(session: Session, version: RecordVersion) -> None:
    save_pages(session, version, 0, _raw("En", "To"))
    save_pages(session, version, 0, _raw("En", "To"))
    save_pages(session, version, 2, _raw("Tre"))
    assert next_page(session, version) == 3


def test_a_scan_that_nobody_can_read_is_counted_and_read_when_somebody_can(
    session: Session, version: RecordVersion, now: datetime
) -> None:
    save_pages(session, version, 0, [*_raw("Side en om brygga"), PaperPage("", None, is_scan=True)])
    assert scans_of(session, version.id) == [2]
    save_scan(session, version, 2, None)
    settle(session, version, now=now)
    assert version.unread_pages == 1
    assert [page.has_picture for page in pages_of(session, version)] == [False, True]
    save_scan(session, version, 2, "Side to om naustet")
    settle(session, version, now=now)
    assert version.unread_pages == 0
    assert [page.text for page in pages_of(session, version)] == ["Side en om brygga", "Side to om naustet"]
    read_again(session, version, now=now)
    assert (version.state, version.run, next_page(session, version)) == (ReadingState.WAITING, 2, 0)


def test_what_the_format_says_of_its_blocks_stands(session: Session, version: RecordVersion, now: datetime) -> None:
    blocks = [["heading", 1, "Plan", []], ["item", 0, "Rydde kaia 1", []]]
    save_pages(session, version, 0, [PaperPage("", blocks, is_scan=False)])
    settle(session, version, now=now)
    (page,) = pages_of(session, version)
    assert page.blocks == blocks
    assert page.text == "Plan\nRydde kaia 1"


@pytest.mark.skipif(not REAL.exists(), reason="the plan itself does not lie beside the project")
def test_the_real_plan_has_six_pages_and_all_its_lines(session: Session, version: RecordVersion, now: datetime) -> None:
    save_pages(session, version, 0, _raw(REAL.read_text()))
    settle(session, version, now=now)
    pages = pages_of(session, version)
    assert len(pages) == 6
    marks = [number for page in pages for each in page.blocks for _, number in each[3]]
    assert len(marks) == len(set(marks))
    assert {113, 114, 216, 219} <= set(marks)
