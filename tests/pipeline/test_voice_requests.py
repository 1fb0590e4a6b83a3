"""Learning a voice with a consent, and offering it in another interview; never without one."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from archive.access import Consent, Use, record_consent, withdraw_consent
from archive.database import Database
from archive.interviews import Interview
from archive.naming_voices import ask_for_voices, name_voice
from archive.recordings import Recording, RecordingState
from archive.settings import Settings
from archive.voice_memory import ask_to_remember
from archive.voices import Voice, VoicePrint, VoiceRequest, voices_in
from media.store import open_store
from pipeline.bench import Bench
from pipeline.diarization.weights import VOICE_MODEL, is_installed
from pipeline.speakers import find_speakers
from pipeline.voice_requests import answer
from tests.conftest import settings_for
from tests.pipeline.test_speakers import DEMO, conversation, demo_windows, received, write_text  # noqa: F401

pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif(not is_installed(), reason="what tells voices apart is not installed"),
]


@pytest.fixture
def settings(conversation: Path, tmp_path: Path) -> Settings:  # noqa: F811
    """An archive of its own, with one interview whose voices were told apart."""
    return settings_for(Path(shutil.copytree(conversation, tmp_path / "data")))


@pytest.fixture
def bench(settings: Settings, database: Database) -> Iterator[Bench]:
    yield Bench(settings, database, open_store(settings.store_url), Event())


def done(bench: Bench) -> int:
    """All that is in the archive is done; the number of the interview that came last."""
    with bench.database.write() as session:
        recordings = session.scalars(select(Recording).order_by(Recording.id)).all()
        for recording in recordings:
            recording.state = RecordingState.DONE
        session.commit()
        return recordings[-1].interview_id


def told(bench: Bench, file: Path) -> int:
    """One more interview whose voices are told apart; its number."""
    (recording_id,) = received(bench, file)
    write_text(bench, recording_id, demo_windows("barnehagen"))
    find_speakers(bench, recording_id, 1)
    return done(bench)


def test_a_voice_is_learned_with_a_consent_offered_elsewhere_and_gone_with_it(bench: Bench, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    first = done(bench)
    with bench.database.write() as session:
        interview = session.get_one(Interview, first)
        olga = interview.narrators[0]
        name_voice(session, interview, 2, olga.id, by=None, now=now)
        given = {"given_by": olga.name, "use": Use.ARCHIVE, "valid_from": now.date(), "by": None, "now": now}
        record_consent(session, interview, voice=True, **given)
        ask_to_remember(session, interview, olga.id, today=now.date(), by=None, now=now)
        request_id = session.scalars(select(VoiceRequest.id)).one()
        olga_id = olga.id
        session.commit()
    answer(bench, request_id)
    with bench.database.read() as session:
        kept = session.scalars(select(VoicePrint)).one()
        assert (kept.person_id, kept.model, len(kept.embedding)) == (olga_id, VOICE_MODEL, 192)
        assert session.scalars(select(VoiceRequest)).all() == []
    other = tmp_path / "another.mp3"
    subprocess.run(["ffmpeg", "-v", "error", "-i", DEMO / "barnehagen.opus", "-b:a", "48k", other], check=True)
    second = told(bench, other)
    with bench.database.write() as session:
        found = {number: voice.suggested_id for number, voice in voices_in(session, second).items()}
        assert found == {1: None, 2: olga_id}
        assert {voice.person_id for voice in voices_in(session, second).values()} == {None}  # offered, never set
        withdraw_consent(session, session.scalars(select(Consent)).one(), by=None, now=now)
        session.commit()
    with bench.database.read() as session:
        assert session.scalars(select(VoicePrint)).all() == []
        assert session.scalars(select(Voice).where(Voice.suggested_id.is_not(None))).all() == []


def test_another_number_of_voices_is_found_on_request(bench: Bench) -> None:
    interview_id = done(bench)
    with bench.database.write() as session:
        request = ask_for_voices(session, session.get_one(Interview, interview_id), 1, by=None, now=bench.now())
        session.commit()
        request_id = request.id
    answer(bench, request_id)
    with bench.database.read() as session:
        assert list(voices_in(session, interview_id)) in ([1], [2])
        assert session.scalars(select(VoiceRequest)).all() == []
