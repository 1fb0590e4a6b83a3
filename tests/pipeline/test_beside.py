"""What the machine does with sound that came after the text: it hears all of it, and the text of people stands."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.adding_sound import add_sound
from archive.database import Database
from archive.exchange.reading import read_text
from archive.importing import import_text
from archive.interviews import Interview, InterviewDetails, Status
from archive.progress import progress_of
from archive.recordings import MachineLayer, RecordingState, Window, receive_file
from archive.settings import Settings
from archive.setup import open_database
from archive.transcripts import Segment
from media.store import open_store
from tests.pipeline.conftest import NOW
from tests.pipeline.scripted import loading
from tests.pipeline.working import Text, failure_of, state_of, status_of, text_of, wait_for, worker_here

pytestmark = pytest.mark.worker

# Between the second and the third line nobody wrote anything for half a minute, nor of what `talk` holds after 1:06.
TIMED = """WEBVTT

00:00.000 --> 00:08.000
Olga Oppdiktet: Vi stiftet laget.

00:09.500 --> 00:16.000
Olga Oppdiktet: Det var på Frosta.

00:48.000 --> 01:06.000
Olga Oppdiktet: Så la vi det ned.
"""
UNTIMED = "Olga Oppdiktet: Vi stiftet laget.\nIntervjuer: Når var det?\n"
LOG = "tid;stikkord\n0:00;Stiftelsen\n0:40;Nedleggelsen\n"


def brought_in(settings: Settings, text: str, sound: Path, *, status: Status = Status.IN_REVIEW) -> tuple[int, Text]:
    """An interview that was brought in as a text and has got its sound since; its number, and its lines."""
    received = receive_file(open_store(settings.store_url), sound, sound.name)
    with closing(open_database(settings)) as database:
        with database.write() as session:
            details = InterviewDetails(title="Laget", narrators=("Olga Oppdiktet",))
            read = read_text(text.encode(), name="a")
            interview = import_text(
                session, read, details, original_name="a", sha256="0", handed_in_by_id=None, now=NOW
            )
            interview.status = status
            for each in add_sound(session, interview, [received], received_by_id=None, now=NOW):
                each.speaker_id = interview.narrators[0].id  # so that no test waits for voices to be told apart
            session.commit()
        return interview.id, text_of(database, interview.id)


def hear(settings: Settings, database: Database) -> None:
    with worker_here(settings, loading()):
        wait_for(lambda: state_of(database) is RecordingState.DONE)


def machine_lines(database: Database) -> list[Segment]:
    with database.read() as session:
        return list(session.scalars(select(Segment).where(Segment.recording_id.is_not(None))))


def heard_whole(database: Database) -> bool:
    """Whether the machine's layer holds text from all of the recording."""
    with database.read() as session:
        layer = session.scalars(select(MachineLayer)).one()
        texts = list(session.scalars(select(Window.text)))
        return layer.finished_at is not None and len(texts) > 3 and all(texts)


def test_a_text_with_times_stands_and_the_machine_fills_only_what_is_silent(
    settings: Settings, database: Database, talk: Path
) -> None:
    interview_id, before = brought_in(settings, TIMED, talk)
    hear(settings, database)
    after = text_of(database, interview_id)
    assert [line for line in after if line in before] == before
    fresh = machine_lines(database)
    assert fresh
    silent = ((16_000, 48_000), (66_000, 10_000_000))  # and not the crack at 0:08
    spans = [(line.start_ms, line.end_ms) for line in fresh]
    assert all(any(start <= span[0] < span[1] <= end for start, end in silent) for span in spans)
    assert status_of(database, interview_id) is Status.IN_REVIEW
    assert heard_whole(database)


def test_a_text_without_times_stands_alone_and_the_machines_is_kept_beside_it(
    settings: Settings, database: Database, talk: Path
) -> None:
    interview_id, before = brought_in(settings, UNTIMED, talk)
    hear(settings, database)
    assert text_of(database, interview_id) == before
    assert status_of(database, interview_id) is Status.IN_REVIEW
    assert heard_whole(database)


def test_a_text_that_was_vouched_for_is_not_any_longer_when_the_machine_added_to_it(
    settings: Settings, database: Database, talk: Path
) -> None:
    interview_id, _ = brought_in(settings, TIMED, talk, status=Status.REVIEWED)
    hear(settings, database)
    assert status_of(database, interview_id) is Status.IN_REVIEW


def test_a_text_that_stands_alone_is_vouched_for_still(settings: Settings, database: Database, talk: Path) -> None:
    interview_id, _ = brought_in(settings, UNTIMED, talk, status=Status.REVIEWED)
    hear(settings, database)
    assert status_of(database, interview_id) is Status.REVIEWED


def test_where_the_machine_cannot_the_text_stands_and_it_is_said(
    settings: Settings, database: Database, talk: Path
) -> None:
    interview_id, before = brought_in(settings, TIMED, talk)
    with database.read() as session:
        sha256 = session.get_one(Interview, interview_id).recordings[0].sha256
    with open_store(settings.store_url).local(sha256) as original:
        original.chmod(0o600)
        original.unlink()
    with worker_here(settings, loading()):
        wait_for(lambda: failure_of(database) is not None)
    assert (failure_of(database), state_of(database)) == ("original_missing", RecordingState.DONE)
    assert (status_of(database, interview_id), text_of(database, interview_id)) == (Status.IN_REVIEW, before)
    with database.read() as session:
        progress = progress_of(session, session.get_one(Interview, interview_id), now=datetime.now(UTC))
    assert progress.fraction == 1.0


def test_a_log_gives_way_to_the_machines_text(settings: Settings, database: Database, talk: Path) -> None:
    interview_id, before = brought_in(settings, LOG, talk, status=Status.IN_REVIEW)
    with worker_here(settings, loading()):
        wait_for(lambda: status_of(database, interview_id) is Status.MACHINE_TEXT)
    after = text_of(database, interview_id)
    assert after
    assert not set(after) & set(before)
