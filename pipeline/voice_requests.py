"""What somebody asked to have done with the voices of an interview: tell them apart anew, or learn one of them."""

from sqlalchemy.orm import Session

from archive.local_time import day_of
from archive.recordings import Recording
from archive.transcripts import Segment, segments_of
from archive.voice_memory import remember, voice_consent
from archive.voices import VoiceRequest
from media.places import speech_file
from pipeline.bench import Bench
from pipeline.diarization.process import sound_of
from pipeline.diarization.weights import VOICE_MODEL
from pipeline.errors import VoiceTooShort
from pipeline.names import suggest_names
from pipeline.speakers import tell_apart_anew
from pipeline.steps import decode, tidy

# A voice is learned from as much: more says nothing new, and less catches a cold or a bad place.
LEARN_FROM_MS = 90_000
LEAST_MS = 10_000
# Of a line, so that a wrong word time at its edges brings nobody else's sound in.
EDGE_MS = 150


def answer(bench: Bench, request_id: int) -> None:
    """Do what was asked; the row goes in the transaction that keeps the answer.

    Raises:
        EngineMissing, ModelDamaged, VoicesFailed, VoiceTooShort
    """
    with bench.database.read() as session:
        request = session.get(VoiceRequest, request_id)
        if request is None or request.failure is not None:
            return
        interview_id, person_id = request.interview_id, request.person_id
    if person_id is None:
        tell_apart_anew(bench, interview_id)
        suggest_names(bench, interview_id)
        with bench.database.write() as session:
            _away(session, request_id)
            session.commit()
    else:
        _learn(bench, request_id, interview_id, person_id)
    tidy(bench, interview_id)


def fail(bench: Bench, request_id: int, key: str) -> None:
    """Say on the request why it came to nothing; the page words it, and it can be asked again."""
    with bench.database.write() as session:
        request = session.get(VoiceRequest, request_id)
        if request is not None:
            request.failure = key
            session.commit()


def _learn(bench: Bench, request_id: int, interview_id: int, person_id: int) -> None:
    with bench.database.read() as session:
        if voice_consent(session, person_id, today=day_of(bench.now())) is None:
            recording, spans = None, list[tuple[int, int]]()
        else:
            recording, spans = _longest_part(session, interview_id, person_id)
    embedding = None
    if recording is not None:
        decode(bench, recording.id)
        file = speech_file(bench.settings.derived, recording.sha256)
        embedding = sound_of(file, spans, pause=bench.pause_for_end)
        if embedding is None:
            raise VoiceTooShort(person_id)
    with bench.database.write() as session:
        if embedding is not None:
            today = day_of(bench.now())
            remember(session, interview_id, person_id, embedding, VOICE_MODEL, now=bench.now(), today=today)
        _away(session, request_id)
        session.commit()


def _longest_part(session: Session, interview_id: int, person_id: int) -> tuple[Recording, list[tuple[int, int]]]:
    """The recording in which this person says most, and where in it, longest lines first."""
    said: dict[int, list[Segment]] = {}
    for line in segments_of(session, interview_id):
        if line.speaker_id == person_id and line.recording_id is not None:
            said.setdefault(line.recording_id, []).append(line)
    if not said:
        raise VoiceTooShort(person_id)
    best = max(said, key=lambda each: sum(line.end_ms - line.start_ms for line in said[each]))
    recording = session.get_one(Recording, best)
    spans, total_ms = [], 0
    for line in sorted(said[best], key=lambda each: each.start_ms - each.end_ms):
        start_ms = line.start_ms - recording.offset_ms + EDGE_MS
        end_ms = line.end_ms - recording.offset_ms - EDGE_MS
        if end_ms - start_ms >= 1_000 and total_ms < LEARN_FROM_MS:
            spans.append((start_ms, end_ms))
            total_ms += end_ms - start_ms
    if total_ms < LEAST_MS:
        raise VoiceTooShort(person_id)
    return recording, spans


def _away(session: Session, request_id: int) -> None:
    request = session.get(VoiceRequest, request_id)
    if request is not None:
        session.delete(request)
