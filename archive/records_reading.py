"""The text of a record's files, as the worker makes it: page by page, kept as it comes, made readable at the end."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from archive.outbox import record_changed
from archive.readable.blocks import Block, blocks_of
from archive.readable.numbers import take_numbers_off
from archive.records import TO_READ, ReadingState, RecordPage, RecordVersion
from media.papers import PaperPage

TEXT, MARKED, OCR, UNREAD = "text", "marked", "ocr", "unread"


def next_page(session: Session, version: RecordVersion) -> int:
    """The first page that is not read yet, counted from 0."""
    return session.scalar(select(func.count()).where(RecordPage.version_id == version.id)) or 0


def save_pages(session: Session, version: RecordVersion, first: int, pages: Sequence[PaperPage]) -> None:
    """Keep pages as they were read, once; `first` is counted from 0. A scan is `UNREAD` until somebody reads it."""
    if next_page(session, version) != first:
        return  # a step that was done before
    for number, page in enumerate(pages, first + 1):
        how = UNREAD if page.is_scan else TEXT if page.blocks is None else MARKED
        session.add(
            RecordPage(version_id=version.id, number=number, raw=page.raw, blocks=page.blocks or [], text="", how=how)
        )
    version.attempts = 0
    session.flush()


def scans_of(session: Session, version_id: int) -> list[int]:
    """The numbers of the pages that are scans and not read."""
    scans = select(RecordPage.number).where(RecordPage.version_id == version_id, RecordPage.how == UNREAD)
    return list(session.scalars(scans.order_by(RecordPage.number)))


def save_scan(session: Session, version: RecordVersion, number: int, said: str | None) -> None:
    """Keep what OCR read on one page, and that it was drawn; None: nothing here can read it."""
    page = session.scalars(
        select(RecordPage).where(RecordPage.version_id == version.id, RecordPage.number == number)
    ).one()
    page.has_picture = True
    if said is not None:
        page.raw, page.how = said, OCR
    version.attempts = 0
    session.flush()


def settle(session: Session, version: RecordVersion, *, now: datetime) -> None:
    """Make all pages readable, and say that the file is read. Doing it again changes nothing."""
    pages = list(
        session.scalars(select(RecordPage).where(RecordPage.version_id == version.id).order_by(RecordPage.number))
    )
    version.unread_pages = sum(page.how == UNREAD for page in pages)
    if all(page.how == MARKED for page in pages):
        for page in pages:
            page.text = _text_of([Block.from_json(block) for block in page.blocks])
    else:
        _settle_lines(session, version, pages)
    version.state, version.failure = ReadingState.DONE, None
    record_changed(session, version.record_id, now=now)
    session.flush()


def _settle_lines(session: Session, version: RecordVersion, pages: list[RecordPage]) -> None:
    lines = take_numbers_off([page.raw for page in pages])
    version.is_numbered = any(line.number is not None for page in lines for line in page)
    made = blocks_of(lines)
    if len(made) != len(pages):  # all came in one piece, and its printed pages were found
        (whole,) = pages
        raws = _cut(whole.raw, [len(page) for page in lines])
        session.execute(delete(RecordPage).where(RecordPage.version_id == version.id))
        session.expire(version, ["pages"])
        pages = [
            RecordPage(version_id=version.id, number=number, raw=raw, how=TEXT) for number, raw in enumerate(raws, 1)
        ]
        session.add_all(pages)
        version.page_count, version.is_paged = len(pages), True
    for page, blocks in zip(pages, made, strict=True):
        page.blocks = [block.as_json() for block in blocks]
        page.text = _text_of(blocks)


def _cut(raw: str, counts: Sequence[int]) -> list[str]:
    """The text in pieces of about so many lines; joined they are the text again."""
    lines = raw.split("\n")
    pieces = []
    for count in counts[:-1]:
        pieces.append("\n".join(lines[:count]))
        lines = lines[count:]
    return [*pieces, "\n".join(lines)]


def _text_of(blocks: Sequence[Block]) -> str:
    return "\n".join(block.text for block in blocks)


def fail(session: Session, version: RecordVersion, failure: str) -> None:
    """Say why there is no text; the file itself is there all the same."""
    if version.state in TO_READ:
        version.state, version.failure = ReadingState.FAILED, failure
        session.flush()


def read_again(session: Session, version: RecordVersion, *, now: datetime) -> None:
    """Have the machine read a file from the beginning. Commit, then `jobs.ask_for_unfinished`."""
    session.execute(delete(RecordPage).where(RecordPage.version_id == version.id))
    session.expire(version, ["pages"])
    version.state, version.failure = ReadingState.WAITING, None
    version.run, version.attempts, version.unread_pages = version.run + 1, 0, 0
    record_changed(session, version.record_id, now=now)
    session.flush()
