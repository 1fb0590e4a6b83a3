"""What is done with a recording, piece by piece. Each step loads what it needs, works without a session, and saves.

Every step may be done again at any time: it first looks at the rows and does only what they lack.
"""

import os

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.interviews import Interview, Status
from archive.machine_work import is_heard_anew, settle
from archive.recordings import UNFINISHED, MachineLayer, Recording, RecordingState
from archive.sound import peaks_path
from media.convert import decode_speech
from media.loudness import measure_sound
from media.places import speech_file
from pipeline.attempts import attempt
from pipeline.bench import Bench

# What may still fail, or be done: a recording may be paused or cancelled while its last step is under way. One that
# waits was asked for anew since: a job that was killed while it failed must not fail it a second time.
_MAY_FAIL = (RecordingState.WORKING, RecordingState.PAUSED)
_MAY_END = (*UNFINISHED, RecordingState.PAUSED, RecordingState.CANCELLED)
# Left for good, or for so long that the speech file can be made again.
_NO_SOUND_NEEDED = (RecordingState.DONE, RecordingState.CANCELLED)


def begin(bench: Bench, recording_id: int, run: int) -> bool:
    """Say that it is this recording's turn; False when there is nothing to do, or no longer."""
    with bench.database.write() as session:
        recording = session.get(Recording, recording_id)
        if recording is None or recording.run != run or recording.state not in UNFINISHED:
            return False
        recording.state = RecordingState.WORKING
        if recording.interview.status in (Status.RECEIVED, Status.FAILED):
            recording.interview.status = Status.PROCESSING
        session.commit()
        return True


def decode(bench: Bench, recording_id: int) -> None:
    """Make the speech file that the engine hears; what could not be read stands in `Recording.lost`."""
    with bench.database.read() as session:
        recording = session.get_one(Recording, recording_id)
    target = speech_file(bench.settings.derived, recording.sha256)
    if target.exists():
        return
    with attempt(bench, Recording, recording_id), bench.decoding:
        if target.exists():
            return
        # The row knows what was lost before the file is in its place, so there is never one without the other.
        fresh = target.with_name(f".{target.stem}.{os.getpid()}.wav")
        with bench.store.local(recording.sha256) as original:
            decoded = decode_speech(original, fresh, duration_ms=recording.duration_ms)
        measured = measure_sound(fresh).as_json()
        with bench.database.write() as session:
            recording = session.get_one(Recording, recording_id)
            recording.lost = [list(span) for span in decoded.lost]
            recording.sound = {**recording.sound, **measured}
            recording.attempts = 0
            session.commit()
        fresh.replace(target)


def fail(bench: Bench, recording_id: int, run: int, key: str) -> None:
    """Say on the recording why there is no text; what was heard before stays, and so does an older whole text."""
    with bench.database.read() as session:
        recording = session.get(Recording, recording_id)
        if recording is None or recording.run != run or recording.state not in _MAY_FAIL:
            return
        state = RecordingState.DONE if is_heard_anew(recording) else RecordingState.FAILED
    end(bench, recording_id, run, state, key)


def end(bench: Bench, recording_id: int, run: int, state: RecordingState, failure: str | None) -> None:
    """The recording is done or has failed, and in the same transaction its interview when it was the last."""
    with bench.database.write() as session:
        recording = session.get_one(Recording, recording_id)
        interview_id = recording.interview_id
        if recording.run == run and recording.state in _MAY_END:
            # Of two recordings that end at once, the second must see that the first has ended.
            interview = session.get_one(Interview, interview_id, with_for_update=True)
            recording.state, recording.failure, recording.attempts = state, failure, 0
            settle(session, interview, by=None, now=bench.now())
            session.commit()
    tidy(bench, interview_id)  # also where somebody cancelled it at the last moment


def leave(bench: Bench, recording_id: int) -> None:
    """A person paused or cancelled it; what only the work needed may go where that was the last of it."""
    with bench.database.read() as session:
        interview_id = session.get_one(Recording, recording_id).interview_id
    tidy(bench, interview_id)


def tidy(bench: Bench, interview_id: int) -> None:
    """Throw away what was only for the work, when both the text and the waveform are made."""
    with bench.database.read() as session:
        interview = session.get_one(Interview, interview_id)
        done = all(recording.state in _NO_SOUND_NEEDED for recording in interview.recordings)
        if done and peaks_path(bench.settings, interview).exists():
            for recording in interview.recordings:
                speech_file(bench.settings.derived, recording.sha256).unlink(missing_ok=True)


def layer_of(session: Session, recording_id: int, run: int) -> MachineLayer | None:
    """What a run has made so far; None before it has begun."""
    of_run = (MachineLayer.recording_id == recording_id, MachineLayer.run == run)
    return session.scalars(select(MachineLayer).where(*of_run)).one_or_none()
