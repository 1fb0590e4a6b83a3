"""Sound that comes after the text: what people brought in stands, a log gives way."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.adding_sound import add_sound, has_own_text, may_get_sound, text_beyond_ms
from archive.database import Database
from archive.errors import AlreadyReceived, BadInput
from archive.exchange.reading import read_text
from archive.importing import import_text
from archive.interviews import Interview, InterviewDetails, Status, add_interview
from archive.machine_work import cancel, is_heard_anew
from archive.progress import progress_of
from archive.provenance import text_coverage
from archive.recordings import MachineLayer, ReceivedFile, RecordingState
from archive.transcripts import segments_of

Received = Callable[..., ReceivedFile]
TIMED = "WEBVTT\n\n00:10.000 --> 00:13.000\nVi stiftet laget\n\n00:14.000 --> 01:15.000\nPå Inderøya.\n"
UNTIMED = "Kari Nordmann: Vi stiftet laget.\nOla Berg: Når var det?\n"
LOG = "tid;stikkord\n0:00;Barndom\n12:30;Streiken\n"


def brought_in(session: Session, text: str, now: datetime) -> Interview:
    details = InterviewDetails(title="Laget", narrators=("Kari Nordmann",))
    read = read_text(text.encode(), name="a")
    interview = import_text(session, read, details, original_name="a", sha256="0", handed_in_by_id=None, now=now)
    session.commit()
    return interview


@pytest.mark.parametrize("text", [TIMED, UNTIMED])
@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.REVIEWED])
def test_a_text_of_people_keeps_its_lines_and_its_status(
    session: Session, now: datetime, received: Received, text: str, status: Status
) -> None:
    interview = brought_in(session, text, now)
    interview.status = status
    session.commit()
    before = [(line.start_ms, line.end_ms, line.text, line.words) for line in segments_of(session, interview.id)]
    added = add_sound(session, interview, [received("a.mp3"), received("b.mp3")], received_by_id=None, now=now)
    assert [(each.part, each.offset_ms, each.state) for each in added] == [
        (1, 0, RecordingState.WAITING),
        (2, 60_000, RecordingState.WAITING),
    ]
    assert (interview.status, interview.received_at) == (status, now)
    assert [
        (line.start_ms, line.end_ms, line.text, line.words) for line in segments_of(session, interview.id)
    ] == before


def test_a_log_waits_for_the_machines_text(session: Session, now: datetime, received: Received) -> None:
    interview = brought_in(session, LOG, now)
    assert not has_own_text(session, interview.id)
    add_sound(session, interview, [received()], received_by_id=None, now=now)
    assert interview.status is Status.RECEIVED


def test_what_has_sound_or_is_planned_gets_none(
    session: Session, now: datetime, received: Received, interview: Interview
) -> None:
    assert interview.status is Status.PLANNED
    assert not may_get_sound(interview)
    ours = brought_in(session, TIMED, now)
    add_sound(session, ours, [received("a.mp3")], received_by_id=None, now=now)
    session.commit()
    for one, files in ((ours, [received("b.mp3")]), (interview, [received("c.mp3")])):
        with pytest.raises(BadInput) as bad:
            add_sound(session, one, files, received_by_id=None, now=now)
        assert (bad.value.field, bad.value.problem) == ("recording", "there_already")
    assert len(ours.recordings) == 1


def test_of_two_who_add_at_once_the_second_is_told(each_database: Database, now: datetime, received: Received) -> None:
    with each_database.write() as session:
        interview_id = brought_in(session, TIMED, now).id
    with each_database.read() as late:
        theirs = late.get_one(Interview, interview_id)
        assert theirs.recordings == []
        late.commit()
        with each_database.write() as session:
            add_sound(
                session, session.get_one(Interview, interview_id), [received("a.mp3")], received_by_id=None, now=now
            )
            session.commit()
        with pytest.raises(BadInput):
            add_sound(late, theirs, [received("b.mp3")], received_by_id=None, now=now)


def test_a_file_that_lies_here_already_is_not_added(session: Session, now: datetime, received: Received) -> None:
    first, second = brought_in(session, TIMED, now), brought_in(session, UNTIMED, now)
    add_sound(session, first, [received()], received_by_id=None, now=now)
    with pytest.raises(AlreadyReceived):
        add_sound(session, second, [received()], received_by_id=None, now=now)
    assert second.status is Status.IN_REVIEW


def test_work_beside_a_text_is_told_and_left_like_hearing_anew(
    session: Session, now: datetime, received: Received, secretary: User
) -> None:
    interview = brought_in(session, UNTIMED, now)
    (recording,) = add_sound(session, interview, [received()], received_by_id=None, now=now)
    assert is_heard_anew(recording)
    progress = progress_of(session, interview, now=now)
    assert (progress.fraction, progress.heard_anew) == (1.0, 0.0)
    cancel(session, interview, by=secretary.id, now=now)
    assert (recording.state, interview.status) == (RecordingState.DONE, Status.IN_REVIEW)


def test_a_text_without_times_is_never_said_to_lack_any(session: Session, now: datetime, received: Received) -> None:
    interview = brought_in(session, UNTIMED, now)
    (recording,) = add_sound(session, interview, [received()], received_by_id=None, now=now)
    layer = MachineLayer(
        run=1, engine="e", model="m", model_sha256="0", options={}, speech_ms=9, started_at=now, finished_at=now
    )
    recording.layers.append(layer)
    session.flush()
    assert text_coverage(session, interview, segments_of(session, interview.id)) is None


@pytest.mark.parametrize(("text", "beyond_ms"), [(TIMED, 15_000), (UNTIMED, 0)])
def test_how_far_a_text_goes_on_after_the_sound(
    session: Session, now: datetime, received: Received, text: str, beyond_ms: int
) -> None:
    interview = brought_in(session, text, now)
    add_sound(session, interview, [received(duration_ms=60_000)], received_by_id=None, now=now)
    assert text_beyond_ms(session, interview) == beyond_ms


def test_an_interview_without_text_gets_the_machines(session: Session, now: datetime, received: Received) -> None:
    interview = add_interview(session, InterviewDetails(title="Tomt"), handed_in_by_id=None, now=now)
    interview.status = Status.MACHINE_TEXT
    session.commit()
    add_sound(session, interview, [received()], received_by_id=None, now=now)
    assert interview.status is Status.RECEIVED
