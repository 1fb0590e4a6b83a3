"""Chapters: who may write them, what is refused, and that nothing that ever stood there is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER, VISITOR, ConsentDetails, Use, open_interview
from archive.accounts import User
from archive.audit import AuditEvent
from archive.chapters import (
    Chapter,
    ChapterDetails,
    add_chapter,
    bring_in,
    change_chapter,
    chapters_and_lines,
    chapters_of,
    ends_of,
    history_of,
    load_chapter,
    log_gives_way,
    remove_chapter,
    removed_chapters_of,
    restore_chapter,
)
from archive.database import Database
from archive.errors import BadInput, ChangedMeanwhile, NotAllowed, NotFound
from archive.interviews import Access, Interview
from archive.outbox import OutboxEntry
from archive.people import Person
from archive.recordings import ReceivedFile, add_recordings
from archive.transcripts import Segment, edit_segment
from tests.conftest import NOW

SCHOOL = ChapterDetails(10_000, "Skolegang", None, "Grendeskolen, og veien dit.", ("skole", "Frosta"))


@pytest.fixture
def interview(session: Session, interview: Interview, received: Callable[..., ReceivedFile]) -> Interview:
    """One minute of sound, handed in by the volunteer."""
    add_recordings(session, interview, [received()], received_by_id=None, now=NOW)
    session.commit()
    return interview


@pytest.fixture
def chapter(session: Session, interview: Interview, volunteer: User) -> Chapter:
    made = add_chapter(session, interview.id, SCHOOL, by=volunteer.id, now=NOW)
    session.commit()
    return made


def test_a_chapter_is_written_down_and_search_is_told(session: Session, interview: Interview, volunteer: User) -> None:
    session.query(OutboxEntry).delete()
    later = add_chapter(session, interview.id, ChapterDetails(20_000, "Arbeid"), by=volunteer.id, now=NOW)
    first = add_chapter(session, interview.id, SCHOOL, by=volunteer.id, now=NOW)
    assert chapters_of(session, interview.id) == [first, later]
    assert first.text == "Skolegang. Grendeskolen, og veien dit. skole, Frosta"
    assert {row.thing_id for row in session.scalars(select(OutboxEntry))} == {interview.id}
    acts = session.scalars(select(AuditEvent).where(AuditEvent.act == "added_chapter"))
    assert [(each.thing_id, "Skolegang" in str(each.detail)) for each in acts] == [
        (str(later.id), False),
        (str(first.id), False),
    ]


@pytest.mark.parametrize(
    ("details", "field", "problem"),
    [
        (ChapterDetails(0, "  "), "chapter_title", "empty"),
        (ChapterDetails(0, "x" * 301), "chapter_title", "too_long"),
        (ChapterDetails(-1, "x"), "start_ms", "outside"),
        (ChapterDetails(60_000, "x"), "start_ms", "outside"),
        (ChapterDetails(5_000, "x", 5_000), "end_ms", "before_start"),
        (ChapterDetails(5_000, "x", 60_001), "end_ms", "outside"),
        (ChapterDetails(0, "x", None, "y" * 10_001), "synopsis", "too_long"),
        (ChapterDetails(0, "x", None, "", ["y" * 101]), "keywords", "too_long"),
        (ChapterDetails(0, "x", None, "", ["y"] * 51), "keywords", "too_many"),
    ],
)
def test_what_is_refused(
    session: Session, interview: Interview, details: ChapterDetails, field: str, problem: str
) -> None:
    with pytest.raises(BadInput) as refused:
        add_chapter(session, interview.id, details, by=None, now=NOW)
    assert (refused.value.field, refused.value.problem) == (field, problem)
    assert chapters_of(session, interview.id) == []


def test_without_sound_a_chapter_may_lie_anywhere_in_a_day(session: Session, now: datetime) -> None:
    silent = Interview(title="Uten lyd", made_at=now)
    session.add(silent)
    session.flush()
    assert add_chapter(session, silent.id, ChapterDetails(80_000_000, "Sent"), by=None, now=now)
    with pytest.raises(BadInput):
        add_chapter(session, silent.id, ChapterDetails(24 * 3_600_000, "For sent"), by=None, now=now)


def test_every_version_is_kept_and_a_removal_is_undone(
    session: Session, interview: Interview, chapter: Chapter, volunteer: User, now: datetime
) -> None:
    by = {"by": volunteer.id, "now": now}
    changed = ChapterDetails(12_000, "Skolen", 15_000, "", ())
    change_chapter(session, chapter.id, changed, base_version=0, **by)
    assert change_chapter(session, chapter.id, changed, base_version=1, **by).version == 1  # nothing to change
    remove_chapter(session, chapter.id, base_version=1, **by)
    assert chapters_of(session, interview.id) == []
    assert removed_chapters_of(session, interview.id) == [chapter]
    restore_chapter(session, chapter.id, 2, base_version=2, **by)
    assert chapters_of(session, interview.id) == [chapter]
    assert (chapter.start_ms, chapter.end_ms, chapter.title) == (12_000, 15_000, "Skolen")
    restore_chapter(session, chapter.id, 0, base_version=3, **by)
    assert (chapter.title, chapter.end_ms, chapter.keywords) == ("Skolegang", None, ["skole", "Frosta"])
    kinds = [change.kind.value for change in history_of(session, chapter.id)]
    assert kinds == ["restored", "restored", "removed", "changed"]
    with pytest.raises(NotFound):
        restore_chapter(session, chapter.id, 9, base_version=4, **by)


def test_the_second_of_two_is_told(session: Session, chapter: Chapter, volunteer: User, now: datetime) -> None:
    by = {"by": volunteer.id, "now": now}
    change_chapter(session, chapter.id, ChapterDetails(0, "Min"), base_version=0, **by)
    for act in (
        lambda: change_chapter(session, chapter.id, ChapterDetails(0, "Din"), base_version=0, **by),
        lambda: remove_chapter(session, chapter.id, base_version=0, **by),
        lambda: restore_chapter(session, chapter.id, 0, base_version=0, **by),
    ):
        with pytest.raises(ChangedMeanwhile):
            act()
    assert chapter.title == "Min"


def test_only_those_who_may_correct_the_text_write_chapters(
    session: Session, interview: Interview, chapter: Chapter, member: User, other_volunteer: User, secretary: User
) -> None:
    for outsider in (member, other_volunteer):  # the interview is closed, and neither may know of it
        with pytest.raises(NotFound):
            add_chapter(session, interview.id, SCHOOL, by=outsider.id, now=NOW)
        with pytest.raises(NotFound):
            remove_chapter(session, chapter.id, base_version=0, by=outsider.id, now=NOW)
    with pytest.raises(NotFound):
        load_chapter(session, chapter.id, VISITOR, today=NOW.date())
    with pytest.raises(NotFound):
        load_chapter(session, 2**40, MACHINE_OWNER, today=NOW.date())
    consent = ConsentDetails(given_by="Olga Oppdiktet", use=Use.MEMBERS, valid_from=NOW.date())
    open_interview(session, interview, Access.MEMBERS, consent=consent, by=None, now=NOW)
    with pytest.raises(NotAllowed):
        add_chapter(session, interview.id, SCHOOL, by=member.id, now=NOW)
    assert remove_chapter(session, chapter.id, base_version=0, by=secretary.id, now=NOW).removed_at == NOW


def test_the_rows_of_a_log_give_way_to_what_was_said(session: Session, interview: Interview, now: datetime) -> None:
    rows = [Segment(interview=interview, start_ms=at, end_ms=at + 900, text=f"Rad {at}") for at in (0, 5_000, 9_000)]
    said = Segment(interview=interview, start_ms=100, end_ms=900, text="Det som ble sagt")
    session.add_all([*rows, said])
    session.flush()
    details = [(ChapterDetails(row.start_ms, row.text), row.id) for row in rows]
    bring_in(session, interview.id, details, by=None, now=now)
    edit_segment(session, rows[1].id, text="Rad rettet", speaker_id=None, base_version=0, editor_id=None, now=now)
    assert [is_a_line for _, is_a_line in chapters_and_lines(session, interview.id)] == [True, False, True]
    log_gives_way(session, interview.id)
    session.expire_all()
    assert [line.text for line in interview.segments] == ["Det som ble sagt", "Rad rettet"]
    assert [(each.title, is_a_line) for each, is_a_line in chapters_and_lines(session, interview.id)] == [
        ("Rad 0", False),
        ("Rad 5000", False),
        ("Rad 9000", False),
    ]


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.none() | st.integers(1, 500)), max_size=12),
    st.integers(0, 2000),
)
def test_each_ends_where_it_says_or_where_the_next_begins(given: list[tuple[int, int | None]], until: int) -> None:
    chapters = [
        Chapter(start_ms=at, end_ms=at + long if long else None) for at, long in sorted(given, key=lambda each: each[0])
    ]
    for chapter, end_ms in zip(chapters, ends_of(chapters, until), strict=True):
        later = [each.start_ms for each in chapters if each.start_ms > chapter.start_ms]
        expected = chapter.end_ms or max(min(later, default=until), chapter.start_ms + 1)
        assert end_ms == expected > chapter.start_ms


def test_a_chapter_goes_with_its_interview(each_database: Database) -> None:
    with each_database.write() as session:
        interview = Interview(title="Kort", made_at=NOW, participations=[])
        line = Segment(interview=interview, start_ms=0, end_ms=1, text="x", speaker=Person(name="Olga Oppdiktet"))
        session.add_all([interview, line])
        session.flush()
        bring_in(session, interview.id, [(SCHOOL, line.id)], by=None, now=NOW)
        (chapter,) = chapters_of(session, interview.id)
        change_chapter(session, chapter.id, ChapterDetails(1, "Ny"), base_version=0, by=None, now=NOW + timedelta(1))
        session.commit()
        session.delete(line)
        session.commit()
        session.refresh(chapter)
        assert chapter.line_id is None
        session.expunge_all()
        session.delete(session.get_one(Interview, interview.id))
        session.commit()
        assert session.scalars(select(Chapter)).all() == []
