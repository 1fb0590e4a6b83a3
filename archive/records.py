"""Records (dokumenter): minutes, plans, letters, pictures; where the paper lies, and each file of it, write-once."""

import enum
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from archive.accounts import Role, User, require_at_least
from archive.audit import note
from archive.database import Base, find_row
from archive.errors import BadInput, NoRoom
from archive.fuzzy_dates import LONGEST_EDTF, bounds, edtf_of
from archive.interviews import Access
from archive.outbox import record_changed
from archive.people import Person
from archive.record_series import SERIES, USUAL_SERIES, RecordKind
from archive.row_history import RowChange, note_change, snapshot, undo_change
from archive.typed import many_lines, one_line, safe_name
from archive.units import Unit
from media.errors import OutOfRoom
from media.papers import Paper, look_at
from media.store import Store, free_bytes

LIMITS = {"title": 300, "box": 120, "place_of_paper": 300, "ground": 500, "version_note": 300}


class ReadingState(enum.StrEnum):
    """How far the machine has come with the text of one file."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


TO_READ = (ReadingState.WAITING, ReadingState.WORKING)


class Record(Base):
    """One document of an archive creator. Its number is never reused, also after a deletion."""

    __tablename__ = "record"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(LIMITS["title"]))
    kind: Mapped[RecordKind] = mapped_column(index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)  # the archive creator,
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # or this; neither: not known
    series: Mapped[str] = mapped_column(String(1), index=True)  # of `SERIES`
    box: Mapped[str] = mapped_column(String(LIMITS["box"]), default="")  # box or folder
    place_of_paper: Mapped[str] = mapped_column(String(LIMITS["place_of_paper"]), default="")
    dated: Mapped[str] = mapped_column(String(LONGEST_EDTF), default="")  # EDTF; "": nobody knows
    first_day: Mapped[date | None] = mapped_column(index=True)  # the outermost days of `dated`; follow it
    last_day: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    access: Mapped[Access] = mapped_column(default=Access.CLOSED, index=True)
    ground: Mapped[str] = mapped_column(String(LIMITS["ground"]), default="")  # why it may be open
    current_number: Mapped[int] = mapped_column(default=0)  # the version that is shown; 0: there is no file
    handed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]

    unit: Mapped[Unit | None] = relationship()
    person: Mapped[Person | None] = relationship()
    handed_in_by: Mapped[User | None] = relationship()
    versions: Mapped[list["RecordVersion"]] = relationship(
        back_populates="record", cascade="all, delete-orphan", order_by="RecordVersion.number"
    )

    @validates("dated")
    def _follow_date(self, _field: str, dated: str) -> str:
        self.first_day, self.last_day = bounds(dated)
        return dated

    @property
    def reference(self) -> str:
        """What stands in citations: `TSV-D-0042`."""
        return f"TSV-D-{self.id:04d}"

    @property
    def creator(self) -> Unit | Person | None:
        """Whose archive it belongs to."""
        return self.unit or self.person

    @property
    def current(self) -> "RecordVersion | None":
        """The file that is shown; None where only the paper is known."""
        return next((each for each in self.versions if each.number == self.current_number), None)


class RecordVersion(Base):
    """One file of a record, and how far its text has come. The bytes lie in the store, write-once."""

    __tablename__ = "record_version"
    __table_args__ = (UniqueConstraint("record_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2, …
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    original_name: Mapped[str] = mapped_column(String(300))
    file_kind: Mapped[str] = mapped_column(String(10))  # as `media.papers.Paper.kind`
    page_count: Mapped[int]
    is_paged: Mapped[bool]  # False: the text has no pages of its own and comes in parts
    note: Mapped[str] = mapped_column(String(LIMITS["version_note"]), default="")  # what is different in it
    received_at: Mapped[datetime]
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    state: Mapped[ReadingState] = mapped_column(default=ReadingState.WAITING, index=True)
    run: Mapped[int] = mapped_column(default=1)  # the job's id carries it: asked again is another
    attempts: Mapped[int] = mapped_column(default=0)  # begun since something last came of it
    failure: Mapped[str | None] = mapped_column(String(60))  # a short key that the page words
    unread_pages: Mapped[int] = mapped_column(default=0)  # scanned, and nothing here can read them
    is_numbered: Mapped[bool] = mapped_column(default=False)  # its lines are printed with numbers

    record: Mapped[Record] = relationship(back_populates="versions")
    received_by: Mapped[User | None] = relationship()
    pages: Mapped[list["RecordPage"]] = relationship(
        back_populates="version", cascade="all, delete-orphan", order_by="RecordPage.number"
    )


class RecordPage(Base):
    """One page of a version: what was read, and the same made readable."""

    __tablename__ = "record_page"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("record_version.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2, …
    raw: Mapped[str] = mapped_column(default="")  # the lines as they were read; "" where the format knows its blocks
    blocks: Mapped[list[Any]] = mapped_column(default=list)  # `archive.readable.blocks.Block.as_json`
    text: Mapped[str] = mapped_column(default="")  # of all blocks, one below the other: what search reads
    how: Mapped[str] = mapped_column(String(10), default="text")  # text, marked, ocr, or unread: a scan nobody can read
    has_picture: Mapped[bool] = mapped_column(default=False)  # it was drawn, for it was a scan

    version: Mapped[RecordVersion] = relationship(back_populates="pages")


@dataclass(frozen=True, slots=True)
class RecordDetails:
    """What a person writes about a record. The date is as it was typed."""

    title: str
    kind: RecordKind
    unit_id: int | None = None
    person_id: int | None = None
    series: str = ""  # "": the usual one for its kind
    box: str = ""
    place_of_paper: str = ""
    dated: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedPaper:
    """A file that was looked into, and whose bytes lie in the store."""

    sha256: str
    size_bytes: int
    original_name: str
    paper: Paper


def receive_paper(store: Store, path: Path, original_name: str) -> ReceivedPaper:
    """Keep the bytes of a file that can be read; the file stays for its owner to remove. No session is open meanwhile.

    Raises:
        DocumentRefused, ToolFailed: nothing is kept.
        NoRoom: the store is full.
    """
    paper = look_at(path, original_name)
    try:
        with path.open("rb") as stream:
            stored = store.put(stream)
    except OutOfRoom as error:
        raise NoRoom(path.stat().st_size, free_bytes(path.parent)) from error
    return ReceivedPaper(stored.sha256, stored.size_bytes, safe_name(original_name), paper)


def add_record(
    session: Session, details: RecordDetails, file: ReceivedPaper | None, *, by: int | None, now: datetime
) -> Record:
    """A new record, closed. Without a file only the paper is known. Commit, then `jobs.ask_for_unfinished`.

    Raises:
        BadInput: as `write_record`.
    """
    require_at_least(session, by, "add_record", Role.VOLUNTEER)
    record = Record(handed_in_by_id=by, made_at=now, access=Access.CLOSED, current_number=0)
    write_record(session, record, details)
    session.add(record)
    session.flush()
    if file is not None:
        _add_file(session, record, file, "", by, now)
    note_change(session, record, None, act="added", by=by, now=now)
    record_changed(session, record.id, now=now)
    return record


def change_record(
    session: Session, record: Record, details: RecordDetails, *, by: int | None, now: datetime
) -> RowChange | None:
    """Write a record anew; None when nothing is different.

    Raises:
        BadInput: as `write_record`.
    """
    require_at_least(session, by, "change_record", Role.SECRETARY)
    before = snapshot(record)
    write_record(session, record, details)
    record_changed(session, record.id, now=now)
    return note_change(session, record, before, act="changed", by=by, now=now)


def add_version(
    session: Session, record: Record, file: ReceivedPaper, *, version_note: str = "", by: int | None, now: datetime
) -> RecordVersion:
    """Another file of the same record; it is shown from now on, and the ones before stay.

    Raises:
        BadInput: `file` is the "same" as one of its versions.
    """
    require_at_least(session, by, "add_version", Role.SECRETARY)
    if any(each.sha256 == file.sha256 for each in record.versions):
        raise BadInput("file", "same")
    before = snapshot(record)
    version = _add_file(session, record, file, version_note, by, now)
    note_change(session, record, before, act="new_version", by=by, now=now)
    record_changed(session, record.id, now=now)
    return version


def use_version(session: Session, record: Record, number: int, *, by: int | None, now: datetime) -> None:
    """Show another of its versions.

    Raises:
        BadInput: there is none of this number.
    """
    require_at_least(session, by, "use_version", Role.SECRETARY)
    if all(each.number != number for each in record.versions):
        raise BadInput("version", "unknown")
    before = snapshot(record)
    record.current_number = number
    note_change(session, record, before, act="used_version", by=by, now=now)
    record_changed(session, record.id, now=now)


def set_access(
    session: Session, record: Record, access: Access, *, ground: str = "", by: int | None, now: datetime
) -> None:
    """Open a record to members or to all, on a ground that is written down; or close it at once.

    Raises:
        BadInput: `ground` is "empty" for an opening, or "too_long".
    """
    require_at_least(session, by, "set_access", Role.SECRETARY)
    before = snapshot(record)
    if access != Access.CLOSED:
        record.ground = one_line(ground, "ground", limit=LIMITS["ground"], required=True)
    record.access = access
    act = "closed" if access == Access.CLOSED else "opened"
    note_change(session, record, before, act=act, by=by, now=now)
    record_changed(session, record.id, now=now)


def undo_of_record(session: Session, change: RowChange, *, by: int | None, now: datetime) -> Record:
    """Put back what one change did to a record. That it came to the archive is not undone here.

    Raises:
        BadInput: as `undo_change`; "in_use" for its coming.
    """
    require_at_least(session, by, "undo_of_record", Role.SECRETARY)
    if change.before is None:
        raise BadInput("change", "in_use")
    record = undo_change(session, change, by=by, now=now)
    assert isinstance(record, Record)  # noqa: S101 - its table said so
    record_changed(session, record.id, now=now)
    return record


def find_version(session: Session, sha256: str) -> RecordVersion | None:
    """A version that holds these bytes; None when they were never received."""
    return session.scalars(select(RecordVersion).where(RecordVersion.sha256 == sha256).limit(1)).first()


def write_record(session: Session, record: Record, details: RecordDetails) -> None:
    """Put the details into the row.

    Raises:
        BadInput: the first value that cannot be kept: `creator` is "unknown" or "two"; `series` is "unknown"; `dated`
            as `archive.fuzzy_dates.read_typed`.
    """
    record.title = one_line(details.title, "record_title", limit=LIMITS["title"], required=True)
    record.kind = details.kind
    if details.unit_id is not None and details.person_id is not None:
        raise BadInput("creator", "two")
    for kind, number in ((Unit, details.unit_id), (Person, details.person_id)):
        if number is not None and find_row(session, kind, number) is None:
            raise BadInput("creator", "unknown")
    record.unit_id, record.person_id = details.unit_id, details.person_id
    record.series = details.series or USUAL_SERIES[details.kind]
    if record.series not in SERIES:
        raise BadInput("series", "unknown")
    record.box = one_line(details.box, "box", limit=LIMITS["box"])
    record.place_of_paper = one_line(details.place_of_paper, "place_of_paper", limit=LIMITS["place_of_paper"])
    record.dated = edtf_of(details.dated, "dated")
    record.note = many_lines(details.note, "note", limit=20_000)


def _add_file(
    session: Session, record: Record, file: ReceivedPaper, version_note: str, by: int | None, now: datetime
) -> RecordVersion:
    number = max((each.number for each in record.versions), default=0) + 1
    version = RecordVersion(
        number=number,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        original_name=file.original_name,
        file_kind=file.paper.kind,
        page_count=file.paper.pages,
        is_paged=file.paper.is_paged,
        note=one_line(version_note, "version_note", limit=LIMITS["version_note"]),
        received_at=now,
        received_by_id=by,
    )
    record.versions.append(version)
    record.current_number = number
    session.flush()
    note(session, "received", "record", record.id, user_id=by, now=now, sha256=file.sha256)
    return version
