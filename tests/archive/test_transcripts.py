import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from archive.access import VISITOR, ConsentDetails, Use, Viewer, open_interview
from archive.accounts import Role, User, end_user
from archive.audit import AuditEvent
from archive.database import Database
from archive.errors import BadInput, EditConflict, NotAllowed, NotFound
from archive.interviews import Access, Interview, InterviewDetails, Status, add_interview
from archive.outbox import OutboxEntry
from archive.people import Person, find_or_add_person
from archive.recordings import ReceivedFile, add_recordings
from archive.settings import Settings
from archive.setup import open_database
from archive.transcripts import (
    Revision,
    RevisionKind,
    Segment,
    add_segment,
    edit_segment,
    history,
    latest_segments,
    load_segment,
    next_unsure,
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


@pytest.fixture
def sounding(session: Session, interview: Interview, received: Callable[..., ReceivedFile], now: datetime) -> Interview:
    """The interview with a minute of sound, and another after it."""
    files = [received("side1.mp3"), received("side2.mp3")]
    add_recordings(session, interview, files, received_by_id=None, now=now)
    interview.status = Status.MACHINE_TEXT
    session.commit()
    return interview


def add(session: Session, interview: Interview, start_ms: int, end_ms: int, text: str, by: User | None) -> Segment:
    at = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
    return add_segment(session, interview.id, start_ms, end_ms, text, speaker_id=None, editor_id=by and by.id, now=at)


def test_a_line_that_the_machine_left_out_is_written(
    session: Session, sounding: Interview, line: Segment, volunteer: User
) -> None:
    added = add(session, sounding, 61_000, 63_000, " Så  dro vi\nhjem. ", volunteer)
    session.commit()
    assert (added.text, added.checked, added.version) == ("Så dro vi hjem.", True, 1)
    assert (added.start_ms, added.end_ms, added.recording_id) == (61_000, 63_000, sounding.recordings[1].id)
    assert (added.machine_text, added.machine_words, added.window_id) == (None, [], None)
    assert [word[2] for word in added.words] == ["Så", "dro", "vi", "hjem."]
    assert added.words[0][0] == 61_000 and added.words[-1][1] == 63_000
    (change,) = history(session, added.id)
    assert (change.kind, change.version, change.text_before, change.text_after, change.editor) == (
        RevisionKind.ADDED,
        1,
        "",
        "Så dro vi hjem.",
        volunteer,
    )
    assert sounding.status == Status.IN_REVIEW
    assert segments_of(session, sounding.id) == [line, added]
    event = session.scalars(select(AuditEvent).where(AuditEvent.act == "added", AuditEvent.kind == "segment")).one()
    assert (event.thing_id, event.user_id, event.detail) == (str(added.id), volunteer.id, {"version": 1})


def test_what_was_added_can_be_taken_back_and_had_again(
    session: Session, sounding: Interview, volunteer: User, now: datetime
) -> None:
    added = add(session, sounding, 1_000, 3_000, "Så dro vi", volunteer)
    restore(session, added.id, 0, base_version=1, editor_id=volunteer.id, now=now)
    assert (added.text, added.words, added.checked) == ("", [], False)
    restore(session, added.id, 1, base_version=2, editor_id=volunteer.id, now=now)
    assert (added.text, len(added.words), added.checked) == ("Så dro vi", 3, True)


def test_a_place_where_nobody_says_anything_is_a_checked_line_without_words(
    session: Session, sounding: Interview, volunteer: User
) -> None:
    added = add(session, sounding, 1_000, 3_000, "", volunteer)
    assert (added.text, added.words, added.checked) == ("", [], True)


@pytest.mark.parametrize("stretch", [(-1, 5), (5, 5), (7, 5), (59_000, 61_000), (119_000, 120_001), (10**9, 10**9 + 1)])
def test_a_line_lies_in_the_sound_of_one_recording(
    session: Session, sounding: Interview, volunteer: User, stretch: tuple[int, int]
) -> None:
    with pytest.raises(BadInput) as raised:
        add(session, sounding, *stretch, "x", volunteer)
    assert (raised.value.field, raised.value.problem) == ("start_ms", "outside")


def test_where_a_person_wrote_a_line_no_other_is_written(
    session: Session, sounding: Interview, line: Segment, volunteer: User
) -> None:
    add(session, sounding, 10_500, 11_000, "midt i maskinens linje", volunteer)
    for start_ms, end_ms in ((10_500, 11_000), (10_999, 12_000), (9_000, 20_000)):
        with pytest.raises(BadInput) as raised:
            add(session, sounding, start_ms, end_ms, "x", volunteer)
        assert raised.value.problem == "taken"
    add(session, sounding, 11_000, 12_000, "rett etter", volunteer)


def test_who_may_add(session: Session, sounding: Interview, other_volunteer: User, member: User, now: datetime) -> None:
    for reader in (other_volunteer, member):
        with pytest.raises(NotFound):
            add(session, sounding, 0, 1_000, "x", reader)
    consent = ConsentDetails("Olga", Use.MEMBERS, now.date())
    open_interview(session, sounding, Access.MEMBERS, consent=consent, by=None, now=now)
    with pytest.raises(NotAllowed):
        add(session, sounding, 0, 1_000, "x", member)
    add(session, sounding, 0, 1_000, "x", other_volunteer)
    add(session, sounding, 2_000, 3_000, "x", None)
    with pytest.raises(NotFound):
        add_segment(session, sounding.id, 4_000, 5_000, "x", speaker_id=4711, editor_id=None, now=now)
    with pytest.raises(BadInput):
        add(session, sounding, 4_000, 5_000, "x" * 10_001, None)


def test_of_two_who_fill_the_same_gap_at_once_one_is_told(
    each_database: Database, received: Callable[..., ReceivedFile], now: datetime
) -> None:
    with each_database.write() as session:
        interview = add_interview(session, InterviewDetails(title="X"), handed_in_by_id=None, now=now)
        add_recordings(session, interview, [received()], received_by_id=None, now=now)
        session.commit()
        number = interview.id
    together, outcomes = Barrier(2), []

    def fill(text: str) -> None:
        with each_database.write() as session:
            together.wait()
            try:
                add_segment(session, number, 0, 1_000, text, speaker_id=None, editor_id=None, now=now)
                session.commit()
                outcomes.append("saved")
            except BadInput:
                outcomes.append("told")

    threads = [Thread(target=fill, args=(text,)) for text in ("en", "to")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]


def test_the_next_unsure_line_is_found_wherever_the_database_lies(each_database: Database, now: datetime) -> None:
    with each_database.write() as session:
        interview = add_interview(session, InterviewDetails(title="X"), handed_in_by_id=None, now=now)
        values = [([], False), (["repeats"], True), (["repeats"], False), ([], False)]
        lines = [
            Segment(interview=interview, start_ms=n, end_ms=n + 1, text="x", doubts=list(why), checked=checked)
            for n, (why, checked) in enumerate(values)
        ]
        session.add_all(lines)
        session.flush()
        assert [next_unsure(session, each) for each in lines] == [lines[2], lines[2], None, None]


@pytest.mark.postgres
def test_a_line_that_goes_while_one_saves_is_not_found(postgres_settings: Settings, now: datetime) -> None:
    """The machine heard the recording anew between the look and the lock; on SQLite writers come one by one."""
    database = open_database(postgres_settings)
    with database.write() as session:
        interview = add_interview(session, InterviewDetails(title="Fra laget"), handed_in_by_id=None, now=now)
        line = Segment(interview=interview, start_ms=0, end_ms=900, text="vi startet her")
        session.add(line)
        session.commit()

    def save() -> None:
        with database.write() as saving:
            edit_segment(saving, line.id, text="Vi startet", speaker_id=None, base_version=0, editor_id=None, now=now)

    with database.write() as machine, ThreadPoolExecutor(1) as pool:
        machine.execute(delete(Segment))
        saved = pool.submit(save)
        waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        until = time.monotonic() + 120
        while not saved.done() and time.monotonic() < until:
            with database.read() as looking:  # one transaction sees the same activity all the time
                if looking.scalar(waits):
                    break
            time.sleep(0.02)
        machine.commit()
        with pytest.raises(NotFound):
            saved.result(timeout=120)
    database.close()
