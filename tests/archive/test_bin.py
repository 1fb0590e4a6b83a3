"""What is thrown away is seen by nobody, comes back whole, and goes for good with nothing of it left."""

from datetime import date, timedelta

import pytest
from sqlalchemy import String, func, select
from sqlalchemy.orm import Session

from archive.access import Use, Viewer, record_consent, records_visible_to, visible_to
from archive.accounts import Role, User
from archive.audit import AuditEvent
from archive.bin import (
    KEPT_FOR,
    NAMES_BYTES,
    WORD,
    bring_back,
    erase_rows,
    erase_soon,
    in_bin,
    throw_away,
    to_erase,
)
from archive.chapters import Chapter
from archive.contributions import Contribution
from archive.database import Base, Database
from archive.errors import BadInput, NotAllowed
from archive.interviews import Interview, InterviewDetails, add_interview
from archive.link_kinds import Side
from archive.links import add_link
from archive.model import Base as Whole
from archive.record_series import RecordKind
from archive.records import Record, RecordDetails, RecordVersion, add_record
from archive.row_history import RowChange
from archive.transcripts import Segment
from tests.conftest import NOW

TODAY = NOW.date()
SECRET = "Hemmelig Oppdiktet"


def told(session: Session, words: str = SECRET) -> Interview:
    """An interview with something in every table that can hang on one."""
    details = InterviewDetails(words, narrators=("Olga Oppdiktet",), summary=words)
    interview = add_interview(session, details, handed_in_by_id=None, now=NOW)
    interview.segments.append(Segment(start_ms=0, end_ms=900, text=words, words=[], machine_text="", machine_words=[]))
    record_consent(
        session, interview, given_by="Olga Oppdiktet", use=Use.ALL, valid_from=date(2026, 1, 1), scan_sha256="c" * 64,
        by=None, now=NOW,
    )  # fmt: skip
    session.add(Chapter(interview_id=interview.id, start_ms=0, title=words, synopsis="", keywords=[], made_at=NOW))
    session.add(Contribution(text=words, interview_id=interview.id, made_at=NOW))
    session.flush()
    return interview


def paper(session: Session, title: str, sha256: str) -> Record:
    record = add_record(session, RecordDetails(title, RecordKind.MINUTES, note=SECRET), None, by=None, now=NOW)
    record.versions.append(
        RecordVersion(
            number=1, sha256=sha256, size_bytes=1, original_name=SECRET, file_kind="pdf", page_count=1, is_paged=True,
            received_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    return record


def seen(session: Session, role: Role) -> tuple[int, int]:
    """How many interviews and records somebody sees."""
    viewer = Viewer(role)
    interviews = select(func.count()).select_from(Interview).where(visible_to(viewer, today=TODAY))
    records = select(func.count()).select_from(Record).where(records_visible_to(viewer))
    return session.scalar(interviews) or 0, session.scalar(records) or 0


def words_left(session: Session) -> list[str]:
    """The tables in which the secret words still stand."""
    session.flush()
    return [
        table.name
        for table in Base.metadata.sorted_tables
        if any(SECRET in repr(tuple(row)) for row in session.execute(select(table)))
    ]


def test_what_is_thrown_away_is_seen_by_nobody_and_comes_back(each_database: Database) -> None:
    with each_database.write() as session:
        interview, record = told(session), paper(session, "Protokoll", "d" * 64)
        assert seen(session, Role.OWNER) == (1, 1)
        entries = [throw_away(session, each, by=None, now=NOW) for each in (interview, record)]
        assert [seen(session, role) for role in Role] == [(0, 0)] * len(Role)
        assert [each.title for each in in_bin(session)] == ["Protokoll", SECRET]
        assert to_erase(session, now=NOW + KEPT_FOR - timedelta(seconds=1)) == []
        assert to_erase(session, now=NOW + KEPT_FOR) == entries
        for entry in entries:
            bring_back(session, entry, by=None, now=NOW)
        assert seen(session, Role.OWNER) == (1, 1)
        assert in_bin(session) == []


def test_only_the_secretary_throws_away(session: Session, volunteer: User, secretary: User) -> None:
    interview = told(session)
    with pytest.raises(NotAllowed):
        throw_away(session, interview, by=volunteer.id, now=NOW)
    entry = throw_away(session, interview, by=secretary.id, now=NOW)
    with pytest.raises(NotAllowed):
        bring_back(session, entry, by=volunteer.id, now=NOW)
    with pytest.raises(NotAllowed):
        erase_soon(session, entry, WORD, by=volunteer.id, now=NOW)


def test_to_erase_at_once_the_word_is_typed(session: Session) -> None:
    entry = throw_away(session, told(session), by=None, now=NOW)
    with pytest.raises(BadInput, match="word"):
        erase_soon(session, entry, "ja", by=None, now=NOW)
    assert to_erase(session, now=NOW) == []
    erase_soon(session, entry, " Slett ", by=None, now=NOW)
    assert to_erase(session, now=NOW) == [entry]


def test_what_is_erased_leaves_nothing_but_that_it_happened(each_database: Database) -> None:
    with each_database.write() as session:
        interview, other = told(session), told(session, "En annen")
        record = paper(session, SECRET, "d" * 64)
        add_link(session, Side("interview", interview.id), Side("record", record.id), by=None, now=NOW)
        number, other_number, others = interview.id, other.id, len(session.scalars(select(RowChange.id)).all())
        entries = [throw_away(session, each, by=None, now=NOW) for each in (interview, record)]
        for entry in entries:
            erase_rows(session, entry, now=NOW)
        assert [each.files for each in entries] == [
            [["original", "c" * 64]],
            [["original", "d" * 64], ["pages", "d" * 64]],
        ]
        assert session.scalars(select(Interview.id)).all() == [other_number]
        assert session.scalars(select(Record.id)).all() == []
        assert len(session.scalars(select(RowChange.id)).all()) < others
        assert session.scalar(select(func.count()).select_from(Segment)) == 1, "the other one's"
        assert words_left(session) == []
        acts = select(AuditEvent.act).where(AuditEvent.kind == "interview", AuditEvent.thing_id == str(number))
        assert session.scalars(acts.order_by(AuditEvent.id)).all()[-2:] == ["threw_away", "erased"]
        with pytest.raises(BadInput, match="erased"):
            bring_back(session, entries[0], by=None, now=NOW)


def test_every_column_that_names_bytes_is_asked() -> None:
    """One that is added later and is not, would lose its file when another's is erased."""
    named = {(each.class_.__tablename__, each.key) for each in NAMES_BYTES}
    no_files = ("token_sha256", "key_sha256", "secret_sha256", "model_sha256")
    columns = {
        (table.name, column.name)
        for table in Whole.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("sha256") and isinstance(column.type, String) and column.name not in no_files
    }
    assert columns == named
