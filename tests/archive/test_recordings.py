from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.audit import AuditEvent
from archive.database import Database
from archive.errors import AlreadyReceived
from archive.interviews import Interview, InterviewDetails, Status, add_interview
from archive.people import find_or_add_person
from archive.recordings import ReceivedFile, Recording, RecordingState, add_recordings, find_recording, receive_file
from media.errors import NotSound
from media.store import Store

Received = Callable[..., ReceivedFile]


def test_a_recording_goes_into_the_store(store: Store, recording_file: Path) -> None:
    content = recording_file.read_bytes()
    received = receive_file(store, recording_file, "C:\\opptak\\Olga side 1.mp3")
    assert received.original_name == "Olga side 1.mp3"
    assert (received.size_bytes, received.probe.codec, received.probe.channels) == (len(content), "mp3", 1)
    assert abs(received.probe.duration_ms - 3000) < 100
    assert not recording_file.exists()
    with store.open(received.sha256) as kept:
        assert kept.read() == content


@pytest.mark.parametrize("content", [b"", b"Dette er en tekst som heter noe med .mp3\n" * 50])
def test_what_is_no_recording_is_never_kept(store: Store, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "opptak.mp3"
    path.write_bytes(content)
    with pytest.raises(NotSound):
        receive_file(store, path, "opptak.mp3")
    assert path.read_bytes() == content
    assert list(store.hashes()) == []


def test_files_in_order_share_one_time_line(
    session: Session, interview: Interview, volunteer: User, now: datetime, received: Received
) -> None:
    files = [received("side1.mp3", 61_000), received("side2.mp3", 59_500)]
    add_recordings(session, interview, files, received_by_id=volunteer.id, now=now)
    add_recordings(session, interview, [received("side3.mp3", 1_000)], received_by_id=volunteer.id, now=now)
    session.commit()
    session.expire(interview)
    assert [(each.part, each.offset_ms, each.original_name) for each in interview.recordings] == [
        (1, 0, "side1.mp3"),
        (2, 61_000, "side2.mp3"),
        (3, 120_500, "side3.mp3"),
    ]
    assert interview.duration_ms == 121_500
    assert (interview.status, interview.received_at) == (Status.RECEIVED, now)
    first = interview.recordings[0]
    assert (first.state, first.run, first.lost, first.received_by_id) == (RecordingState.WAITING, 1, [], volunteer.id)


def test_microphones_of_one_occasion_all_begin_at_the_start(
    session: Session, interview: Interview, now: datetime, received: Received
) -> None:
    olga, per = find_or_add_person(session, "Olga Oppdiktet"), find_or_add_person(session, "Per Oppdiktet")
    files = [received("olga.m4a", 60_000), received("per.m4a", 61_000)]
    add_recordings(session, interview, files, one_time=True, speakers=[olga, per], received_by_id=None, now=now)
    assert [(each.part, each.offset_ms, each.speaker) for each in interview.recordings] == [(1, 0, olga), (2, 0, per)]
    assert interview.duration_ms == 61_000


def test_every_file_needs_its_speaker_or_none_does(
    session: Session, interview: Interview, now: datetime, received: Received
) -> None:
    olga = find_or_add_person(session, "Olga Oppdiktet")
    files = [received("a"), received("b")]
    with pytest.raises(ValueError, match="shorter"):
        add_recordings(session, interview, files, speakers=[olga], received_by_id=None, now=now)


def test_what_was_received_before_adds_nothing(
    session: Session, interview: Interview, now: datetime, received: Received
) -> None:
    add_recordings(session, interview, [received("side1.mp3")], received_by_id=None, now=now)
    other = add_interview(session, InterviewDetails(title="Et annet"), handed_in_by_id=None, now=now)
    with pytest.raises(AlreadyReceived) as raised:
        add_recordings(session, other, [received("ny.mp3"), received("side1.mp3")], received_by_id=None, now=now)
    assert (raised.value.original_name, raised.value.interview_id) == ("side1.mp3", interview.id)
    assert other.recordings == []
    assert other.status == Status.PLANNED
    with pytest.raises(AlreadyReceived) as raised:
        add_recordings(session, other, [received("x.mp3"), received("x.mp3")], received_by_id=None, now=now)
    assert raised.value.interview_id == other.id
    assert session.scalar(select(func.count()).select_from(Recording)) == 1


def test_of_two_who_hand_in_the_same_file_at_once_one_is_told(
    each_database: Database, now: datetime, received: Received
) -> None:
    together, outcomes = Barrier(2), []

    def hand_in() -> None:
        with each_database.write() as session:
            together.wait()
            interview = add_interview(session, InterviewDetails(title="X"), handed_in_by_id=None, now=now)
            try:
                add_recordings(session, interview, [received("same.mp3")], received_by_id=None, now=now)
                session.commit()
                outcomes.append("received")
            except AlreadyReceived:
                outcomes.append("told")

    threads = [Thread(target=hand_in) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["received", "told"]
    with each_database.read() as session:
        assert session.scalar(select(func.count()).select_from(Interview)) == 1


def test_a_second_part_keeps_the_day_of_the_first(
    session: Session, interview: Interview, now: datetime, received: Received
) -> None:
    add_recordings(session, interview, [received("a")], received_by_id=None, now=now)
    interview.status = Status.REVIEWED
    add_recordings(session, interview, [received("b")], received_by_id=None, now=now + timedelta(days=3))
    assert interview.received_at == now
    assert interview.status == Status.RECEIVED  # there is work to do again


def test_receiving_is_written_down(
    session: Session, interview: Interview, volunteer: User, now: datetime, received: Received
) -> None:
    file = received("a")
    add_recordings(session, interview, [file], received_by_id=volunteer.id, now=now)
    event = session.scalars(select(AuditEvent).where(AuditEvent.act == "received")).one()
    assert (event.user_id, event.thing_id, event.detail) == (
        volunteer.id,
        str(interview.id),
        {"sha256": [file.sha256]},
    )
    assert find_recording(session, file.sha256) is interview.recordings[0]
    assert find_recording(session, "0" * 64) is None
