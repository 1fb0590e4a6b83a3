"""Finding records by what is known about them. Everything here is limited to what the viewer may see."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, extract, false, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive.access import Viewer, records_visible_to
from archive.database import is_possible_id
from archive.errors import NotFound
from archive.organisation.tree import alphabetical
from archive.people import Person
from archive.record_series import SERIES, RecordKind
from archive.records import Record, RecordPage, RecordVersion
from archive.units import Unit

PAGE_OF = 50  # records of a list at a time


@dataclass(frozen=True, slots=True)
class Creator:
    """Whose archive: a unit or a person."""

    key: str  # u12 or p3
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader narrows the list by; None: everything."""

    creator: str | None = None  # a key; "-": those of nobody knows whom
    series: str | None = None
    kind: RecordKind | None = None
    decade: int | None = None  # 1970 is 1970 to 1979

    @property
    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return all(getattr(self, each.name) is None for each in fields(self))


@dataclass(frozen=True, slots=True)
class Facets:
    """What the visible records can be narrowed by."""

    creators: tuple[Creator, ...]
    series: tuple[str, ...]
    kinds: tuple[RecordKind, ...]
    decades: tuple[int, ...]


def load_record(session: Session, record_id: int, viewer: Viewer) -> Record:
    """One record with its versions.

    Raises:
        NotFound: it is not there, or not for this viewer.
    """
    if not is_possible_id(record_id):
        raise NotFound("record", record_id)
    wanted = select(Record).where(Record.id == record_id, records_visible_to(viewer))
    record = session.scalar(wanted.options(joinedload(Record.unit), joinedload(Record.person)))
    if record is None:
        raise NotFound("record", record_id)
    return record


def list_records(session: Session, viewer: Viewer, chosen: Filter, *, page: int = 1) -> tuple[list[Record], int]:
    """One page of the records that match, by date with the unknown last; and how many there are in all."""
    conditions = (records_visible_to(viewer), *_conditions(chosen))
    total = session.scalar(select(func.count()).select_from(Record).where(*conditions)) or 0
    wanted = (
        select(Record)
        .where(*conditions)
        .options(joinedload(Record.unit), joinedload(Record.person), selectinload(Record.versions))
        .order_by(Record.first_day.is_(None), Record.first_day.desc(), Record.id.desc())
        .limit(PAGE_OF)
        .offset(min((page - 1) * PAGE_OF, 2**31))
    )
    return list(session.scalars(wanted)), total


def facets(session: Session, viewer: Viewer) -> Facets:
    """Creators, series, kinds and decades of what the viewer may see, and of nothing else."""
    seen = records_visible_to(viewer)
    named = select(Record.unit_id, Unit.name, Record.person_id, Person.name).outerjoin(Record.unit)
    creators = {
        _key(unit_id, person_id): unit or person or ""
        for unit_id, unit, person_id, person in session.execute(named.outerjoin(Record.person).where(seen).distinct())
    }
    series = session.scalars(select(Record.series).where(seen).distinct())
    kinds = set(session.scalars(select(Record.kind).where(seen).distinct()))
    years = session.scalars(
        select(extract("year", Record.first_day)).where(seen, Record.first_day.is_not(None)).distinct()
    )
    return Facets(
        _in_order(creators),
        tuple(sorted(series)),
        tuple(kind for kind in RecordKind if kind in kinds),
        tuple(sorted({int(year) // 10 * 10 for year in years})),
    )


def find_creator(session: Session, key: str) -> Creator | None:
    """The creator of a key; None for none."""
    number = key[1:]
    if key[:1] not in ("u", "p") or not number.isdecimal() or not is_possible_id(int(number)):
        return None
    kind: type[Unit] | type[Person] = Unit if key[0] == "u" else Person
    name = session.scalar(select(kind.name).where(kind.id == int(number)))
    return Creator(key, name) if name is not None else None


def archive_list(session: Session, viewer: Viewer, creator: str) -> dict[str, list[Record]]:
    """All visible records of one creator by series, in the order of dates: the *arkivliste*."""
    wanted = (
        select(Record)
        .where(records_visible_to(viewer), *_conditions(Filter(creator=creator)))
        .options(selectinload(Record.versions))
        .order_by(Record.series, Record.first_day.is_(None), Record.first_day, Record.id)
    )
    found: dict[str, list[Record]] = {}
    for record in session.scalars(wanted):
        found.setdefault(record.series, []).append(record)
    return found


def pages_of(session: Session, version: RecordVersion, first: int = 1, last: int | None = None) -> list[RecordPage]:
    """The pages that are read, in order, from `first` to `last`. Whoever asks has loaded the record first."""
    wanted = select(RecordPage).where(RecordPage.version_id == version.id, RecordPage.number >= first)
    if last is not None:
        wanted = wanted.where(RecordPage.number <= last)
    return list(session.scalars(wanted.order_by(RecordPage.number)))


def pages_read(session: Session, version: RecordVersion) -> int:
    """How many of its pages the machine is done with, while it reads."""
    wanted = select(func.count()).where(RecordPage.version_id == version.id, RecordPage.how != "unread")
    return session.scalar(wanted) or 0


def page_with_line(session: Session, version: RecordVersion, first: int, last: int) -> int | None:
    """The first page on which one of these printed lines stands; None: the file has none of them."""
    wanted = select(RecordPage.number, RecordPage.blocks).where(RecordPage.version_id == version.id)
    for number, blocks in session.execute(wanted.order_by(RecordPage.number)):
        if any(first <= line <= last for block in blocks for _, line in block[3]):
            return int(number)
    return None


def received_before(session: Session, sha256: str, viewer: Viewer) -> tuple[bool, Record | None]:
    """Whether these bytes are a record's already; and which, where this viewer may know."""
    wanted = select(RecordVersion.record_id).where(RecordVersion.sha256 == sha256).order_by(RecordVersion.id).limit(1)
    record_id = session.scalar(wanted)
    if record_id is None:
        return False, None
    return True, session.scalar(select(Record).where(Record.id == record_id, records_visible_to(viewer)))


def creator_key(record: Record) -> str:
    """The key of a record's creator; "-" where nobody knows."""
    return _key(record.unit_id, record.person_id)


def _key(unit_id: int | None, person_id: int | None) -> str:
    return f"u{unit_id}" if unit_id else f"p{person_id}" if person_id else "-"


def _in_order(creators: dict[str, str]) -> tuple[Creator, ...]:
    known = [Creator(key, name) for key, name in creators.items() if key != "-"]
    unknown = [Creator("-", "Vet ikke")] if "-" in creators else []
    return (*sorted(known, key=lambda each: alphabetical(each.name)), *unknown)


def _conditions(chosen: Filter) -> Iterable[ColumnElement[bool]]:
    if chosen.creator is not None:
        yield _of_creator(chosen.creator)
    if chosen.series is not None:
        yield Record.series == chosen.series if chosen.series in SERIES else false()
    if chosen.kind is not None:
        yield Record.kind == chosen.kind
    if chosen.decade is not None:
        yield in_decade(chosen.decade)


def in_decade(decade: int) -> ColumnElement[bool]:
    """A span that reaches into the decade is of it; what has only one known end is of that end's."""
    first = min(max(decade, 1), 9_980)
    begins, ends = date(first, 1, 1), date(first + 9, 12, 31)
    return and_(
        or_(Record.first_day.is_not(None), Record.last_day.is_not(None)),
        func.coalesce(Record.first_day, Record.last_day) <= ends,
        func.coalesce(Record.last_day, Record.first_day) >= begins,
    )


def _of_creator(key: str) -> ColumnElement[bool]:
    if key == "-":
        return and_(Record.unit_id.is_(None), Record.person_id.is_(None))
    number = key[1:]
    if key[:1] not in ("u", "p") or not number.isdecimal() or not is_possible_id(int(number)):
        return false()
    return (Record.unit_id if key[0] == "u" else Record.person_id) == int(number)


def visible_ids(viewer: Viewer, *conditions: ColumnElement[bool]) -> Select[int]:
    """The numbers of the records that this viewer may see."""
    return select(Record.id).where(records_visible_to(viewer), *conditions)
