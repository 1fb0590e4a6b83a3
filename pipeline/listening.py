"""What a listener gets of an interview: one access copy of all its recordings, and its waveform."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy.orm import selectinload

from archive.interviews import Interview
from archive.recordings import Recording
from archive.sound import access_copy_path, peaks_path, sound_key
from media.convert import Piece, make_access_copy
from media.measure import write_peaks
from media.places import speech_file
from pipeline.bench import Bench
from pipeline.steps import decode, tidy


def make_copy(bench: Bench, interview_id: int, key: str) -> None:
    """Make the access copy; does nothing when it is there, or when the interview's sound is another by now."""
    interview = _load(bench, interview_id)
    if interview is None or sound_key(interview) != key or access_copy_path(bench.settings, interview).exists():
        return
    bench.pause_for_end()
    with _originals(bench, interview) as pieces:
        make_access_copy(pieces, access_copy_path(bench.settings, interview))


def draw_waveform(bench: Bench, interview_id: int, key: str) -> None:
    """Measure the waveform; does nothing when it is there, or when the interview's sound is another by now."""
    interview = _load(bench, interview_id)
    if interview is None or sound_key(interview) != key:
        return
    if not peaks_path(bench.settings, interview).exists():
        for recording in interview.recordings:
            decode(bench, recording.id)
        write_peaks(
            [_speech_piece(bench, each) for each in interview.recordings], peaks_path(bench.settings, interview)
        )
    tidy(bench, interview_id)


def fail(bench: Bench, interview_id: int, key: str, failure: str) -> None:
    """Say on the recordings why there is no access copy."""
    with bench.database.write() as session:
        interview = session.get(Interview, interview_id)
        if interview is None or sound_key(interview) != key:
            return
        for recording in interview.recordings:
            recording.listen_failure = failure
        session.commit()


def _load(bench: Bench, interview_id: int) -> Interview | None:
    with bench.database.read() as session:
        return session.get(Interview, interview_id, options=[selectinload(Interview.recordings)])


@contextmanager
def _originals(bench: Bench, interview: Interview) -> Iterator[list[Piece]]:
    with ExitStack() as opened:
        yield [
            Piece(opened.enter_context(bench.store.local(each.sha256)), each.offset_ms, each.duration_ms)
            for each in interview.recordings
        ]


def _speech_piece(bench: Bench, recording: Recording) -> Piece:
    path = speech_file(bench.settings.derived, recording.sha256)
    return Piece(path, recording.offset_ms, recording.duration_ms)
