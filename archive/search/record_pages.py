"""Records in search: a document for each page that is shown, and one for what is known about the record."""

from collections.abc import Collection, Iterator

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from archive.access import Viewer, records_visible_to
from archive.records import Record, RecordPage, RecordVersion

_SHOWN = and_(RecordVersion.record_id == Record.id, RecordVersion.number == Record.current_number)
# As many pages of a record as its page shows together; a link to one further on says which.
PAGES_TOGETHER = 50


def texts_of(session: Session, record_id: int) -> Iterator[tuple[int | None, str]]:
    """What a record is searched by: (None, what is known about it), then (a page's number in its table, its text)."""
    record = session.get(Record, record_id, options=[joinedload(Record.unit), joinedload(Record.person)])
    if record is None:
        return
    yield None, description_of(record)
    pages = (
        select(RecordPage.id, RecordPage.text)
        .join(RecordVersion, RecordPage.version_id == RecordVersion.id)
        .join(Record, _SHOWN)
        .where(Record.id == record_id, RecordPage.text != "")
        .order_by(RecordPage.number)
    )
    yield from ((page_id, text) for page_id, text in session.execute(pages))


def description_of(record: Record) -> str:
    """Everything about a record that is searched beside its text."""
    creator = record.creator.name if record.creator else ""
    return "\n".join(filter(None, (record.title, creator, record.box, record.note)))


def visible_records(session: Session, viewer: Viewer, ids: Collection[int]) -> dict[int, Record]:
    """Those of the records that a reader may see."""
    wanted = select(Record).where(Record.id.in_(ids), records_visible_to(viewer))
    found = session.scalars(wanted.options(joinedload(Record.unit), joinedload(Record.person))) if ids else ()
    return {record.id: record for record in found}


def shown_pages(session: Session, viewer: Viewer, ids: Collection[int]) -> dict[int, tuple[int, RecordPage]]:
    """Those of the pages that a reader may see and that are shown now, with their record's number."""
    wanted = (
        select(Record.id, RecordPage)
        .join(RecordVersion, _SHOWN)
        .join(RecordPage, RecordPage.version_id == RecordVersion.id)
        .where(RecordPage.id.in_(ids), records_visible_to(viewer))
    )
    return {page.id: (record_id, page) for record_id, page in session.execute(wanted)} if ids else {}


def address_of(record_id: int, page: int | None) -> str:
    """Where a page is read; None: the record."""
    if page is None:
        return f"/dokument/{record_id}"
    turned = f"?side={page}" if page > PAGES_TOGETHER else ""
    return f"/dokument/{record_id}{turned}#side-{page}"
