"""What is done with a recording, piece by piece. Each step loads what it needs, works without a session, and saves.

Every step may be done again at any time: it first looks at the rows and does only what they lack.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from archive.interviews import UNDER_WAY, Interview, Status, set_status
from archive.outbox import searchable_text_changed
from archive.recordings import UNFINISHED, MachineLayer, Recording, RecordingState, Window
from archive.search.index import bring_up_to_date
from archive.sound import peaks_path
from archive.transcripts import Segment
from media.convert import decode_speech
from media.measure import read_samples, speech_duration_ms
from media.places import speech_file
from pipeline.bench import Bench, Stopping
from pipeline.engines import Decoded, Samples
from pipeline.errors import GaveUp
from pipeline.lines import lines_of
from pipeline.voice import speech_probabilities
from pipeline.windows import FIRST_GROUP, Span, group_number, plan_windows, settled_windows

log = logging.getLogger(__name__)

# A piece of work that took the worker down this often is not tried again.
MOST_ATTEMPTS = 6


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
    with attempt(bench, recording_id), bench.decoding:
        if target.exists():
            return
        # The row knows what was lost before the file is in its place, so there is never one without the other.
        fresh = target.with_name(f".{target.stem}.{os.getpid()}.wav")
        with bench.store.local(recording.sha256) as original:
            decoded = decode_speech(original, fresh, duration_ms=recording.duration_ms)
        with bench.database.write() as session:
            recording = session.get_one(Recording, recording_id)
            recording.lost = [list(span) for span in decoded.lost]
            _went_well(recording)
            session.commit()
        fresh.replace(target)


def plan_beginning(bench: Bench, recording_id: int, run: int) -> None:
    """Begin the machine layer with the few windows of the first group, so that the first text comes soon."""
    with bench.database.read() as session:
        if _layer(session, recording_id, run):
            return
        recording = session.get_one(Recording, recording_id)
        language = recording.interview.language
    decode(bench, recording_id)  # what is derived may be deleted at any time
    with attempt(bench, recording_id):
        engine = bench.engine()
        windows = _first_windows(_speech(bench, recording))
        with bench.database.write() as session:
            layer = MachineLayer(
                recording_id=recording_id,
                run=run,
                engine=engine.name,
                model=engine.model,
                model_sha256=engine.model_sha256,
                options={**engine.options, "language": language},
                speech_ms=0,
                started_at=bench.now(),
            )
            layer.windows = _numbered(windows, 0)
            session.add(layer)
            _went_well(session.get_one(Recording, recording_id))
            session.commit()


def plan_rest(bench: Bench, recording_id: int, run: int) -> int:
    """Add all other windows of the recording; the number of groups there are."""
    with bench.database.read() as session:
        recording = session.get_one(Recording, recording_id)
        layer = _planned_layer(session, recording_id, run)
        known = list(layer.windows)
    decode(bench, recording_id)
    with attempt(bench, recording_id):
        speech = _speech(bench, recording)
        windows = _within(plan_windows(_listened(bench, speech)), speech.duration_ms)
        rest = _after(known[-1].end_ms if known else 0, windows)
        with bench.database.write() as session:
            layer = _planned_layer(session, recording_id, run)
            if len(layer.windows) == len(known):
                layer.windows += _numbered(rest, len(known))
                layer.speech_ms = sum(window.end_ms - window.start_ms for window in layer.windows)
            _went_well(session.get_one(Recording, recording_id))
            session.commit()
            return layer.windows[-1].group_number + 1 if layer.windows else 0


def transcribe_group(bench: Bench, recording_id: int, run: int, group: int) -> None:
    """Decode the windows of one group and save their words and lines in one transaction."""
    with bench.database.read() as session:
        recording = session.get_one(Recording, recording_id)
        layer = _planned_layer(session, recording_id, run)
        language = layer.options["language"]
        windows = [window for window in layer.windows if window.group_number == group]
    if all(window.text is not None for window in windows):
        return
    decode(bench, recording_id)
    with attempt(bench, recording_id):
        engine = bench.engine_of(layer.engine, layer.model, layer.model_sha256)
        began = time.monotonic()
        path = speech_file(bench.settings.derived, recording.sha256)
        heard = engine.decode([read_samples(path, each.start_ms, each.end_ms) for each in windows], language)
        worked_ms = round((time.monotonic() - began) * 1000)
        with bench.database.write() as session:
            _save_group(session, [window.id for window in windows], heard, worked_ms)
            searchable_text_changed(session, recording.interview_id, now=bench.now())
            _went_well(session.get_one(Recording, recording_id))
            session.commit()


def finish(bench: Bench, recording_id: int, run: int) -> None:
    """Close the layer; when it was the interview's last one, the text is searchable and the status says so."""
    with bench.database.write() as session:
        recording = session.get_one(Recording, recording_id)
        layer = _planned_layer(session, recording_id, run)
        layer.finished_at = layer.finished_at or bench.now()
        searchable_text_changed(session, recording.interview_id, now=bench.now())
        session.commit()
    try:
        bring_up_to_date(bench.settings, bench.database, wait=True)
    except OperationalError:
        raise  # worth another try
    except Exception:  # the text is whole; whoever keeps the index finds in the outbox what it lacks
        log.exception("the text of recording %s is there, but could not be indexed", recording_id)
    _end(bench, recording_id, RecordingState.DONE, None)


def fail(bench: Bench, recording_id: int, run: int, key: str) -> None:
    """Say on the recording why there is no text; what was heard before stays."""
    with bench.database.read() as session:
        recording = session.get(Recording, recording_id)
    if recording is not None and recording.run == run and recording.state != RecordingState.DONE:
        _end(bench, recording_id, RecordingState.FAILED, key)


def _end(bench: Bench, recording_id: int, state: RecordingState, failure: str | None) -> None:
    """The recording is done or has failed, and in the same transaction its interview when it was the last."""
    with bench.database.write() as session:
        recording = session.get_one(Recording, recording_id)
        # Of two recordings that end at once, the second must see that the first has ended.
        interview = session.get_one(Interview, recording.interview_id, with_for_update=True)
        recording.state, recording.failure = state, failure
        states = {each.state for each in interview.recordings}
        if states <= {RecordingState.DONE, RecordingState.FAILED} and interview.status in UNDER_WAY:
            status = Status.FAILED if RecordingState.FAILED in states else Status.MACHINE_TEXT
            set_status(session, interview, status, by=None, now=bench.now())
        session.commit()
    tidy(bench, interview.id)


def tidy(bench: Bench, interview_id: int) -> None:
    """Throw away what was only for the work, when both the text and the waveform are made."""
    with bench.database.read() as session:
        interview = session.get_one(Interview, interview_id)
        done = all(recording.state == RecordingState.DONE for recording in interview.recordings)
        if done and peaks_path(bench.settings, interview).exists():
            for recording in interview.recordings:
                speech_file(bench.settings.derived, recording.sha256).unlink(missing_ok=True)


@contextmanager
def attempt(bench: Bench, recording_id: int) -> Iterator[None]:
    """Counts what is begun, so that what takes the worker down does not do so forever; `_went_well` starts anew.

    Raises:
        GaveUp: it was tried too often.
    """
    bench.pause_for_end()
    with bench.database.write() as session:
        recording = session.get_one(Recording, recording_id)
        if recording.attempts >= MOST_ATTEMPTS:
            raise GaveUp(recording_id, recording.attempts)
        recording.attempts += 1
        session.commit()
    try:
        yield
    except Stopping:
        with bench.database.write() as session:
            session.get_one(Recording, recording_id).attempts -= 1
            session.commit()
        raise


def _went_well(recording: Recording) -> None:
    recording.attempts = 0


def _layer(session: Session, recording_id: int, run: int) -> MachineLayer | None:
    of_run = (MachineLayer.recording_id == recording_id, MachineLayer.run == run)
    return session.scalars(select(MachineLayer).where(*of_run)).one_or_none()


def _planned_layer(session: Session, recording_id: int, run: int) -> MachineLayer:
    layer = _layer(session, recording_id, run)
    assert layer is not None, "plan_beginning comes first"  # noqa: S101
    return layer


@dataclass(frozen=True, slots=True)
class _Speech:
    """A speech file as far as it counts: to the length that the time line rests on."""

    path: Path
    duration_ms: int

    def read(self, start_ms: int, end_ms: int) -> Samples:
        return read_samples(self.path, start_ms, end_ms)


def _speech(bench: Bench, recording: Recording) -> _Speech:
    path = speech_file(bench.settings.derived, recording.sha256)
    return _Speech(path, speech_duration_ms(path))


def _first_windows(speech: _Speech) -> list[Span]:
    """The windows of the first group, looking no further into the recording than they need."""
    heard = np.zeros(0, dtype=np.float32)
    for block in speech_probabilities(speech.read, speech.duration_ms):
        heard = np.concatenate([heard, block])
        settled = settled_windows(heard)
        if len(settled) >= FIRST_GROUP:
            return settled[:FIRST_GROUP]
    return _within(plan_windows(heard), speech.duration_ms)[:FIRST_GROUP]


def _listened(bench: Bench, speech: _Speech) -> Any:
    heard = [np.zeros(0, dtype=np.float32)]
    for block in speech_probabilities(speech.read, speech.duration_ms):
        bench.pause_for_end()
        heard.append(block)
    return np.concatenate(heard)


def _within(windows: list[Span], duration_ms: int) -> list[Span]:
    """The last frame of voice activity may reach past the end of the file."""
    return [Span(window.start_ms, min(window.end_ms, duration_ms)) for window in windows]


def _after(end_ms: int, windows: list[Span]) -> list[Span]:
    return [Span(max(window.start_ms, end_ms), window.end_ms) for window in windows if window.end_ms > end_ms]


def _numbered(windows: list[Span], first: int) -> list[Window]:
    return [
        Window(
            number=number,
            group_number=group_number(number),
            start_ms=window.start_ms,
            end_ms=window.end_ms,
            metrics={},
            words=[],
        )
        for number, window in enumerate(windows, start=first)
    ]


def _save_group(session: Session, window_ids: list[int], heard: list[Decoded], worked_ms: int) -> None:
    for window_id, decoded in zip(window_ids, heard, strict=True):
        window = session.get_one(Window, window_id)
        if window.text is not None:  # another worker was faster; both heard the same
            return
        window.text, window.metrics = decoded.text, dict(decoded.metrics)
        window.words = [[start + window.start_ms, end + window.start_ms, *rest] for start, end, *rest in decoded.words]
        _add_lines(session, window, decoded)
    layer = session.get_one(Window, window_ids[0]).layer
    layer.working_ms += worked_ms


def _add_lines(session: Session, window: Window, decoded: Decoded) -> None:
    recording = window.layer.recording
    shift_ms = recording.offset_ms + window.start_ms
    for line in lines_of(decoded.words):
        words: list[Any] = [[start + shift_ms, end + shift_ms, text, p] for start, end, text, p in line]
        text = " ".join(word[2] for word in words)
        session.add(
            Segment(
                interview_id=recording.interview_id,
                recording_id=recording.id,
                window_id=window.id,
                start_ms=words[0][0],
                end_ms=max(words[-1][1], words[0][0] + 1),
                speaker_id=recording.speaker_id,
                text=text,
                words=words,
                machine_text=text,
                machine_words=words,
            )
        )
