"""The bin (papirkurv): thrown away, brought back, or erased for good. What lies in it is seen by nobody but here.

Erasing goes in two steps, so that a power cut at any moment leaves something that the worker can go on with. First the
rows go, and in the same transaction the entry says which files were theirs; then the files, each only where no other
row names its bytes. An hour later the worker looks once more, for what somebody was making at that moment.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Table, and_, delete, exists, or_, select, text, update
from sqlalchemy.orm import Session

from archive.access import Consent
from archive.accounts import Role, require_at_least
from archive.audit import AuditEvent, note
from archive.bin_rows import BinEntry, Binned
from archive.database import Base, find_row
from archive.errors import BadInput, NotFound, ReceivedInBin
from archive.interviews import Interview
from archive.outbox import record_changed, searchable_text_changed
from archive.recordings import UNFINISHED, ReceivedFile, Recording, RecordingState, Upload
from archive.records import Record, RecordVersion
from archive.row_history import RowChange
from archive.sound import key_of

KEPT_FOR = timedelta(days=30)
LOOKED_AT_AGAIN_AFTER = timedelta(hours=1)
# What is typed to erase something at once, so that no press does it by mistake.
WORD = "slett"
# Every column that names bytes in the store; a test holds it against the tables.
NAMES_BYTES = (Recording.sha256, RecordVersion.sha256, Consent.scan_sha256, Upload.sha256)
# What points to what goes, and goes with it although the database would not say so.
_GO_WITH = frozenset({"consent", "recording", "segment"})


def throw_away(session: Session, thing: Interview | Record, *, by: int | None, now: datetime) -> BinEntry:
    """Hide an interview or a record from everybody, with all that belongs to it, until it is brought back or erased."""
    require_at_least(session, by, "throw_away", Role.SECRETARY)
    kind = _kind_of(thing)
    entry = BinEntry(
        kind=kind,
        thing_id=thing.id,
        title=thing.title,
        removed_at=now,
        removed_by_id=by,
        erase_at=now + KEPT_FOR,
        files=[],
    )
    session.add(entry)
    session.flush()
    note(session, "threw_away", kind.value, thing.id, user_id=by, now=now)
    _tell_search(session, entry, now)
    return entry


def bring_back(session: Session, entry: BinEntry, *, by: int | None, now: datetime) -> None:
    """Everything is as it was, for the same readers.

    Raises:
        BadInput: `bin` is "erased" already.
    """
    require_at_least(session, by, "bring_back", Role.SECRETARY)
    session.refresh(entry, with_for_update=True)  # the worker may be about to erase it
    if entry.erased_at is not None:
        raise BadInput("bin", "erased")
    session.delete(entry)
    note(session, "brought_back", entry.kind.value, entry.thing_id, user_id=by, now=now)
    _tell_search(session, entry, now)
    session.flush()


def erase_soon(session: Session, entry: BinEntry, typed: str, *, by: int | None, now: datetime) -> None:
    """Have the worker erase it now, whatever days are left. Commit, then `jobs.ask_for_unfinished`.

    Raises:
        BadInput: `typed` is not the "word", or `bin` is "erased" already.
    """
    require_at_least(session, by, "erase_soon", Role.SECRETARY)
    if typed.strip().casefold() != WORD:
        raise BadInput("typed", "word")
    if entry.erased_at is not None:
        raise BadInput("bin", "erased")
    entry.erase_at = now
    note(session, "asked_to_erase", entry.kind.value, entry.thing_id, user_id=by, now=now)
    session.flush()


def in_bin(session: Session) -> Sequence[BinEntry]:
    """What can be brought back, the last that was thrown away first."""
    found = select(BinEntry).where(BinEntry.erased_at.is_(None))
    return session.scalars(found.order_by(BinEntry.removed_at.desc(), BinEntry.id.desc())).all()


def sound_in_bin(session: Session, hashes: Collection[str]) -> dict[str, BinEntry]:
    """Those of the SHA-256 whose interview lies in the bin, with the entry: they are received, and nobody sees it."""
    lying = (BinEntry.kind == Binned.INTERVIEW, BinEntry.thing_id == Recording.interview_id)
    found = select(Recording.sha256, BinEntry).join(BinEntry, and_(*lying))
    rows = session.execute(found.where(Recording.sha256.in_(hashes), BinEntry.erased_at.is_(None)))
    return dict(rows.all())


def require_outside_bin(session: Session, files: Collection[ReceivedFile]) -> None:
    """Refuse a recording that was received before and lies in the bin.

    Raises:
        ReceivedInBin: for the first of them.
    """
    lying = sound_in_bin(session, [each.sha256 for each in files])
    for file in files:
        if entry := lying.get(file.sha256):
            raise ReceivedInBin(file.original_name, entry.thing_id, entry.removed_at, entry.erase_at)


def paper_in_bin(session: Session, sha256: str) -> BinEntry | None:
    """The entry of the record that these bytes belong to, where it lies in the bin."""
    lying = (BinEntry.kind == Binned.RECORD, BinEntry.thing_id == RecordVersion.record_id)
    found = select(BinEntry).join(RecordVersion, and_(*lying))
    return session.scalar(found.where(RecordVersion.sha256 == sha256, BinEntry.erased_at.is_(None)).limit(1))


def entry_of(session: Session, kind: Binned, number: int) -> BinEntry | None:
    """The entry of a thing that lies in the bin; None where it does not."""
    lying = (BinEntry.kind == kind, BinEntry.thing_id == number, BinEntry.erased_at.is_(None))
    return session.scalar(select(BinEntry).where(*lying))


def load_entry(session: Session, entry_id: int) -> BinEntry:
    """One entry that can be brought back; the caller has seen to it that the secretary asks.

    Raises:
        NotFound: there is none of this number.
    """
    entry = find_row(session, BinEntry, entry_id)
    if entry is None or entry.erased_at is not None:
        raise NotFound("bin", entry_id)
    return entry


def to_erase(session: Session, *, now: datetime) -> Sequence[BinEntry]:
    """What the worker is to erase, or to look at once more."""
    return session.scalars(select(BinEntry).where(BinEntry.erase_at <= now).order_by(BinEntry.id)).all()


# Erasing --------------------------------------------------------------------------------------------------------------


def stop_work(session: Session, entry: BinEntry) -> bool:
    """Have the machine leave what it does with an interview that is to go; whether there was something to leave."""
    if entry.kind != Binned.INTERVIEW:
        return False
    theirs = select(Recording).where(Recording.interview_id == entry.thing_id, Recording.state.in_(UNFINISHED))
    busy = session.scalars(theirs).all()
    for recording in busy:
        recording.state = RecordingState.CANCELLED
    session.flush()
    return bool(busy)


def erase_rows(session: Session, entry: BinEntry, *, now: datetime) -> None:
    """Take the rows away, and write down which files were theirs. Of what was done stays that it happened."""
    if entry.erased_at is not None:
        return
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))  # what is deleted is overwritten, not only let go
    of_interview = entry.kind == Binned.INTERVIEW
    thing = session.get(Interview, entry.thing_id) if of_interview else session.get(Record, entry.thing_id)
    entry.files = [] if thing is None else list(_files_of(session, thing))
    entry.title, entry.erased_at = "", now
    session.flush()
    table = Base.metadata.tables[entry.kind.value]
    _forget_changes(session, table, entry.thing_id)
    told = (AuditEvent.kind == entry.kind.value, AuditEvent.thing_id == str(entry.thing_id))
    session.execute(update(AuditEvent).where(*told).values(detail={}))
    session.expire_all()
    _delete(session, table, table.c.id == entry.thing_id)
    note(session, "erased", entry.kind.value, entry.thing_id, user_id=None, now=now)
    _tell_search(session, entry, now)
    session.flush()


def is_named(session: Session, sha256: str) -> bool:
    """Whether some row names these bytes: then they are somebody else's too, and stay."""
    return bool(session.scalar(select(or_(*(exists().where(column == sha256) for column in NAMES_BYTES)))))


def is_first_look(entry: BinEntry, *, now: datetime) -> bool:
    """Whether its files go now, and not for the second time."""
    return entry.erased_at is not None and now - entry.erased_at < LOOKED_AT_AGAIN_AFTER


def settle(session: Session, entry: BinEntry, *, now: datetime) -> None:
    """The files are gone: once more in an hour, and the second time nothing is left to say."""
    assert entry.erased_at is not None  # noqa: S101 - its rows went first
    if is_first_look(entry, now=now):
        entry.erase_at = entry.erased_at + LOOKED_AT_AGAIN_AFTER
    else:
        session.delete(entry)
    session.flush()


def _files_of(session: Session, thing: Interview | Record) -> Iterator[list[str]]:
    """What lies in the store and what was made from it: [[what, name], …]."""
    if isinstance(thing, Record):
        for version in thing.versions:
            yield ["original", version.sha256]
            yield ["pages", version.sha256]
        return
    for recording in thing.recordings:
        yield ["original", recording.sha256]
        yield ["speech", recording.sha256]
    for count in range(1, len(thing.recordings) + 1):  # the sound of an interview that had fewer files once, too
        yield ["sound", key_of(thing.recordings[:count])]
    scans = select(Consent.scan_sha256).where(Consent.interview_id == thing.id, Consent.scan_sha256.is_not(None))
    for sha256 in session.scalars(scans):
        yield ["original", str(sha256)]


def _forget_changes(session: Session, table: Table, number: int) -> None:
    """The history of a row, of what goes with it, and of what is told on its page: the values are the thing itself."""
    own = (RowChange.of_table == table.name) & (RowChange.row_id == number)
    shown = (RowChange.thing == table.name) & (RowChange.thing_id == number)
    session.execute(delete(RowChange).where(own | shown))
    for other, column in _pointing_to(table):
        if "id" in other.c and (other.name in _GO_WITH or _on_delete(column, table) == "CASCADE"):
            theirs = select(other.c.id).where(column == number)
            session.execute(delete(RowChange).where(RowChange.of_table == other.name, RowChange.row_id.in_(theirs)))


def _delete(session: Session, table: Table, condition: Any) -> None:
    """Delete rows, and first what points to them where the database does not see to it by itself."""
    for other, column in _pointing_to(table):
        if _on_delete(column, table) is not None:
            continue
        theirs = column.in_(select(table.c.id).where(condition))
        if other.name in _GO_WITH or not column.nullable:
            _delete(session, other, theirs)
        else:
            session.execute(update(other).where(theirs).values({column.name: None}))
    session.execute(delete(table).where(condition))


def _pointing_to(table: Table) -> Iterator[tuple[Table, Column[Any]]]:
    """Every column that names a row of a table; what names a recording (a line) before the recording itself."""
    for other in reversed(Base.metadata.sorted_tables):
        for column in other.columns:
            if any(key.column.table is table for key in column.foreign_keys):
                yield other, column


def _on_delete(column: Column[Any], table: Table) -> str | None:
    return next(key.ondelete for key in column.foreign_keys if key.column.table is table)


def _kind_of(thing: Interview | Record) -> Binned:
    return Binned.INTERVIEW if isinstance(thing, Interview) else Binned.RECORD


def _tell_search(session: Session, entry: BinEntry, now: datetime) -> None:
    tell = searchable_text_changed if entry.kind == Binned.INTERVIEW else record_changed
    tell(session, entry.thing_id, now=now)
