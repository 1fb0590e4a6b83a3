from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive.access import VISITOR, ConsentDetails, Use, Viewer, open_interview
from archive.accounts import Role, User, end_user
from archive.audit import AuditEvent
from archive.database import Database
from archive.errors import BadInput, EditConflict, NotAllowed, NotFound
from archive.interviews import Access, Interview, InterviewDetails, Status, add_interview
from archive.outbox import OutboxEntry
from archive.people import Person, find_or_add_person
from archive.transcripts import (
    Revision,
    RevisionKind,
    Segment,
    edit_segment,
    history,
    latest_segments,
    load_segment,
    restore,
    segments_of,
)


@pytest.fixture
def olga(session: Session) -> Person:
    """The narrator."""
    return find_or_add_person(session, "Olga Oppdiktet")


def correct(session: Session, line: Segment, text: str, by: User | None, now: datetime, **more: Any) -> Revision:
    """Correct a line as the page does, from what stands there now."""
    values = {"speaker_id": line.speaker_id, "base_version": line.version, **more}
    return edit_segment(session, line.id, text=text, editor_id=by.id if by else None, now=now, **values)


def test_a_correction_keeps_what_was_before(
    session: Session, line: Segment, volunteer: User, olga: Person, now: datetime
) -> None:
    heard = [list(word) for word in line.machine_words]
    revision = correct(session, line, " Vi  startet\nlaget her. ", volunteer, now, speaker_id=olga.id)
    session.commit()
    session.expire_all()
    assert (line.text, line.speaker, line.version, line.checked) == ("Vi startet laget her.", olga, 1, True)
    assert (revision.version, revision.kind, revision.editor, revision.made_at) == (
        1,
        RevisionKind.CORRECTED,
        volunteer,
        now,
    )
    assert (revision.text_before, revision.text_after) == ("vi startet lage her", "Vi startet laget her.")
    assert (revision.speaker_before_id, revision.speaker_after_id) == (None, olga.id)
    assert (line.machine_text, line.machine_words) == ("vi startet lage her", heard)
    assert [word[2] for word in line.words] == ["Vi", "startet", "laget", "her."]
    assert [word[:2] for word in line.words] == [word[:2] for word in heard]


def test_two_who_change_the_same_line_lose_nothing(
    session: Session, line: Segment, volunteer: User, secretary: User, now: datetime
) -> None:
    correct(session, line, "Vi startet laget her", volunteer, now)
    with pytest.raises(EditConflict) as raised:
        correct(session, line, "Me starta laget her", secretary, now, base_version=0)
    conflict = raised.value
    assert (conflict.current_text, conflict.current_version) == ("Vi startet laget her", 1)
    assert conflict.attempted_text == "Me starta laget her"
    assert line.text == "Vi startet laget her"
    assert len(history(session, line.id)) == 1


def test_of_two_who_save_at_once_one_is_told(each_database: Database, now: datetime) -> None:
    with each_database.write() as session:
        interview = add_interview(session, InterviewDetails(title="X"), handed_in_by_id=None, now=now)
        line = Segment(interview=interview, start_ms=0, end_ms=1000, text="før")
        session.add(line)
        session.commit()
    together, outcomes = Barrier(2), []

    def save(text: str) -> None:
        with each_database.write() as session:
            together.wait()
            try:
                edit_segment(session, line.id, text=text, speaker_id=None, base_version=0, editor_id=None, now=now)
                session.commit()
                outcomes.append("saved")
            except EditConflict as conflict:
                outcomes.append("told")
                assert conflict.current_text != "før"

    threads = [Thread(target=save, args=(text,)) for text in ("en", "to")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]
    with each_database.read() as session:
        assert len(history(session, line.id)) == 1


def test_every_version_can_be_had_again(
    session: Session, line: Segment, volunteer: User, olga: Person, now: datetime
) -> None:
    heard = [list(word) for word in line.words]
    correct(session, line, "Vi startet laget", volunteer, now, speaker_id=olga.id)
    correct(session, line, "noe helt annet som ingen sa", volunteer, now)
    restore(session, line.id, 1, base_version=2, editor_id=volunteer.id, now=now)
    assert (line.text, line.speaker, line.version, line.checked) == ("Vi startet laget", olga, 3, True)
    restore(session, line.id, 0, base_version=3, editor_id=volunteer.id, now=now)
    assert (line.text, line.speaker, line.version, line.checked) == ("vi startet lage her", None, 4, False)
    assert line.words == heard  # with the machine's own times and probabilities
    changes = history(session, line.id)
    assert [(each.version, each.kind) for each in changes] == [
        (4, RevisionKind.RESTORED),
        (3, RevisionKind.RESTORED),
        (2, RevisionKind.CORRECTED),
        (1, RevisionKind.CORRECTED),
    ]
    for version in (5, -1, 10**30):
        with pytest.raises(NotFound):
            restore(session, line.id, version, base_version=4, editor_id=volunteer.id, now=now)
    with pytest.raises(EditConflict):
        restore(session, line.id, 1, base_version=3, editor_id=volunteer.id, now=now)


def test_an_untouched_line_can_be_restored_to_itself(session: Session, line: Segment, now: datetime) -> None:
    restore(session, line.id, 0, base_version=0, editor_id=None, now=now)
    assert (line.text, line.version) == ("vi startet lage her", 1)


def test_a_line_without_a_machine_keeps_the_times_it_has(session: Session, interview: Interview, now: datetime) -> None:
    words = [[0, 400, "et", 1.0], [400, 1000, "brev", 1.0]]
    line = Segment(interview=interview, start_ms=0, end_ms=1000, text="et brev", words=words)
    session.add(line)
    session.flush()
    correct(session, line, "et langt brev", None, now)
    assert [word[:3] for word in line.words] == [[0, 400, "et"], [400, 400, "langt"], [400, 1000, "brev"]]


def test_a_line_can_be_emptied_and_filled_again(session: Session, line: Segment, now: datetime) -> None:
    heard = [list(word) for word in line.words]
    correct(session, line, "  ", None, now)
    assert (line.text, line.words) == ("", [])
    correct(session, line, "vi startet lage her", None, now)
    assert line.words == heard


def test_saving_without_a_change_vouches_for_the_line(session: Session, line: Segment, now: datetime) -> None:
    words = list(line.words)
    saved = correct(session, line, line.text, None, now)
    assert (saved.kind, line.checked, line.version) == (RevisionKind.CHECKED, True, 1)
    again = correct(session, line, line.text, None, now)
    assert (again.kind, line.checked, line.version) == (RevisionKind.CHECKED, True, 2)
    assert line.words == words


def test_the_first_correction_begins_the_review(session: Session, line: Segment, now: datetime) -> None:
    for before, after in (
        (Status.PROCESSING, Status.PROCESSING),
        (Status.MACHINE_TEXT, Status.IN_REVIEW),
        (Status.REVIEWED, Status.REVIEWED),
    ):
        line.interview.status = before
        correct(session, line, f"{before}", None, now)
        assert line.interview.status == after


def test_who_may_correct(
    session: Session, line: Segment, volunteer: User, other_volunteer: User, member: User, owner: User, now: datetime
) -> None:
    for reader in (other_volunteer, member):
        with pytest.raises(NotFound):  # it is closed: they do not even learn that it is there
            correct(session, line, "x", reader, now)
    consent = ConsentDetails("Olga", Use.MEMBERS, now.date())
    open_interview(session, line.interview, Access.MEMBERS, consent=consent, by=None, now=now)
    with pytest.raises(NotAllowed):
        correct(session, line, "x", member, now)
    with pytest.raises(NotAllowed):
        restore(session, line.id, 0, base_version=0, editor_id=member.id, now=now)
    for editor in (other_volunteer, volunteer, owner, None):
        correct(session, line, f"av {editor.name if editor else 'maskineieren'}", editor, now)
    end_user(session, volunteer, by=None, now=now)
    with pytest.raises(NotAllowed):
        correct(session, line, "x", volunteer, now)
    with pytest.raises(NotFound):
        correct(session, line, "x", other_volunteer, now - timedelta(days=1))  # before the consent began


def test_what_cannot_be_is_refused(session: Session, line: Segment, volunteer: User, now: datetime) -> None:
    with pytest.raises(BadInput) as raised:
        correct(session, line, "x" * 10_001, volunteer, now)
    assert (raised.value.field, raised.value.problem) == ("text", "too_long")
    for nobody in (4711, 10**30):
        with pytest.raises(NotFound) as missing:
            correct(session, line, "x", volunteer, now, speaker_id=nobody)
        assert missing.value.kind == "person"
    for number in (4711, 0, 10**30):
        with pytest.raises(NotFound):
            restore(session, number, 0, base_version=0, editor_id=None, now=now)
    assert line.version == 0


def test_a_line_is_read_by_those_who_may(session: Session, line: Segment, volunteer: User, today: date) -> None:
    assert load_segment(session, line.id, Viewer(Role.VOLUNTEER, volunteer.id), today=today) is line
    with pytest.raises(NotFound):
        load_segment(session, line.id, VISITOR, today=today)


def test_lines_come_in_time_order(session: Session, line: Segment, now: datetime) -> None:
    for start_ms in (30_000, 0, 20_000):
        session.add(Segment(interview=line.interview, start_ms=start_ms, end_ms=start_ms + 1, text="x"))
    session.flush()
    assert [each.start_ms for each in segments_of(session, line.interview_id)] == [0, 10_000, 20_000, 30_000]
    assert [each.start_ms for each in latest_segments(session, line.interview_id, 2)] == [20_000, 30_000]


def test_each_change_is_written_down_without_its_words_and_the_index_hears_of_it(
    session: Session, line: Segment, volunteer: User, now: datetime
) -> None:
    session.execute(delete(OutboxEntry))
    correct(session, line, "Noe hemmelig", volunteer, now)
    restore(session, line.id, 0, base_version=1, editor_id=volunteer.id, now=now)
    correct(session, line, line.text, volunteer, now)
    events = session.scalars(select(AuditEvent).where(AuditEvent.kind == "segment").order_by(AuditEvent.id)).all()
    assert [(each.act, each.user_id, each.detail) for each in events] == [
        ("corrected", volunteer.id, {"version": 1}),
        ("restored", volunteer.id, {"version": 2}),
        ("checked", volunteer.id, {"version": 3}),
    ]
    assert {each.thing_id for each in session.scalars(select(OutboxEntry))} == {line.interview_id}
