"""After the last window: the layer is whole, voices are told apart, names are looked for, and the text is searchable.

The text is whole before any of the rest, so nothing that goes wrong here can lose it.
"""

import logging
from bisect import bisect_left
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, load_only

from archive.chapters import log_gives_way
from archive.interviews import Status, set_status
from archive.jobs import ask_for_unfinished
from archive.languages import averaged
from archive.machine_work import is_heard_anew
from archive.outbox import searchable_text_changed
from archive.recordings import MachineLayer, Recording, RecordingState, Window
from archive.replacing import Heard, Standing, heir_of, replacement, without_cracks
from archive.search.index import bring_up_to_date
from archive.transcripts import Segment
from pipeline.bench import Bench
from pipeline.failures import failure_key
from pipeline.names import suggest_names
from pipeline.planning import sound_of
from pipeline.saving import excerpt_of, is_brought_in, line_of, lines_heard
from pipeline.speakers import find_speakers
from pipeline.steps import decode, end, layer_of

log = logging.getLogger(__name__)

# Lines are short (`pipeline.lines`), so what a new one takes the place of begins no longer before it than this.
_LONGEST_OLD_LINE_MS = 60_000
# Each costs as much as one run of the encoder; somebody may read a page of another language aloud.
_WINDOWS_FOR_LANGUAGE = 5


def close_layer(bench: Bench, recording_id: int, run: int) -> bool:
    """All windows have text: the layer is whole, and where the recording was heard anew its lines change in one go.

    False: somebody cancelled it at the last moment, and the old text stands.
    """
    with bench.database.write() as session:
        recording = session.get_one(Recording, recording_id, with_for_update=True)
        layer = layer_of(session, recording_id, run)
        if recording.run != run or layer is None:
            return False
        if recording.state is RecordingState.DONE and layer.finished_at is None and is_heard_anew(recording):
            return False
        if layer.finished_at is None:
            log_gives_way(session, recording.interview_id)
            if run > 1:
                _replace_lines(session, recording, layer, bench.now())
            elif recording.interview.status is Status.REVIEWED and _has_lines(session, recording_id):
                # The machine wrote where a text that was vouched for is silent, and nobody has read that.
                set_status(session, recording.interview, Status.IN_REVIEW, by=None, now=bench.now())
            layer.finished_at = bench.now()
            searchable_text_changed(session, recording.interview_id, now=bench.now())
        session.commit()
    _index(bench, recording_id, wait=False)  # it can be searched while the rest is done, if nobody else is at it
    log.info("recording %s, run %s: the text is whole", recording_id, run)
    return True


def hear_languages(bench: Bench, recording_id: int, run: int) -> None:
    """Note which languages the model hears, over windows from the whole recording, so that a page can ask."""
    with bench.database.read() as session:
        recording = session.get_one(Recording, recording_id)
        layer = layer_of(session, recording_id, run)
        if layer is None or layer.languages:
            return
        spans = (Window.start_ms, Window.end_ms, Window.speech)  # the words of a whole recording are not loaded for it
        of_layer = select(Window).where(Window.layer_id == layer.id).options(load_only(*spans)).order_by(Window.number)
        windows = [window for window in session.scalars(of_layer) if window.speech]
    chosen = windows[:: max(-(-len(windows) // _WINDOWS_FOR_LANGUAGE), 1)]
    try:
        engine = bench.engine_of(layer.engine, layer.model, layer.model_sha256)
        decode(bench, recording_id)
        sound = sound_of(bench.settings, recording)
        heard = [engine.languages(sound.read_excerpt(excerpt_of(window))) for window in chosen]
    except OperationalError:
        raise  # worth another try
    except Exception:  # a stated language is believed until something speaks against it
        log.exception("the languages of recording %s were not heard", recording_id)
        return
    with bench.database.write() as session:
        session.get_one(MachineLayer, layer.id).languages = averaged(heard)
        session.commit()


def tell_voices_apart(bench: Bench, recording_id: int, run: int) -> None:
    """Say which voice speaks each line. What goes wrong is kept on the layer, where pages find it."""
    try:
        find_speakers(bench, recording_id, run)
    except OperationalError:
        raise  # worth another try
    except Exception as error:
        key = failure_key(error)
        log.warning("the voices of recording %s were not told apart: %s", recording_id, error, exc_info=True)
        with bench.database.write() as session:
            if layer := layer_of(session, recording_id, run):
                layer.speakers = {"method": "none", "failure": key}
            session.commit()


def look_for_names(bench: Bench, recording_id: int) -> None:
    """Suggest names of the register for what was misheard; without suggestions the text is as good as before."""
    with bench.database.read() as session:
        interview_id = session.get_one(Recording, recording_id).interview_id
    try:
        suggest_names(bench, interview_id)
    except OperationalError:
        raise
    except Exception:
        log.exception("no names were suggested for interview %s", interview_id)


def finish(bench: Bench, recording_id: int, run: int) -> None:
    """The text is searchable; when it was the interview's last recording, its status says that it is there."""
    with bench.database.write() as session:
        searchable_text_changed(session, session.get_one(Recording, recording_id).interview_id, now=bench.now())
        session.commit()
    _index(bench, recording_id, wait=True)
    end(bench, recording_id, run, RecordingState.DONE, None)
    ask_for_unfinished(bench.settings)  # the sound for listeners may have waited for the text


def _index(bench: Bench, recording_id: int, *, wait: bool) -> None:
    try:
        bring_up_to_date(bench.settings, bench.database, wait=wait)
    except OperationalError:
        raise
    except Exception:  # the text is whole; whoever keeps the index finds in the outbox what it lacks
        log.exception("the text of recording %s is there, but could not be indexed", recording_id)


def _replace_lines(session: Session, recording: Recording, layer: MachineLayer, now: datetime) -> None:
    """What `archive.replacing` says, done to the rows. Nobody vouches any longer for a whole that has new lines."""
    windows = {window.id: window for window in layer.windows}
    lines = select(Segment).where(or_(Segment.recording_id == recording.id, is_brought_in(recording)))
    lines = lines.order_by(Segment.start_ms, Segment.id).with_for_update(of=Segment)
    rows = {row.id: row for row in session.scalars(lines)}
    spans = [Standing(row.id, row.start_ms, row.end_ms, _is_touched(row)) for row in rows.values()]
    theirs = without_cracks([each for each in spans if rows[each.id].recording_id is None])
    standing = [*theirs, *(each for each in spans if rows[each.id].recording_id is not None)]
    heard = [line for window in layer.windows for line in lines_heard(recording, window)]
    todo = replacement(standing, heard, _stretch(recording, layer))
    if recording.interview.status is Status.REVIEWED and (todo.gone or todo.come):
        set_status(session, recording.interview, Status.IN_REVIEW, by=None, now=now)
    gone = [each for each in standing if each.id in todo.gone]
    for line in todo.come:
        fresh = line_of(recording, line, windows[line.window_id])
        if (heir := heir_of(line, _near(gone, line))) is not None:
            fresh.voice, fresh.speaker_id = rows[heir.id].voice, rows[heir.id].speaker_id
        session.add(fresh)
    for start in range(0, len(gone), 500):  # SQLite takes only so many values in one statement
        ids = [each.id for each in gone[start : start + 500]]
        session.execute(delete(Segment).where(Segment.id.in_(ids)), execution_options={"synchronize_session": False})
    session.flush()


def _has_lines(session: Session, recording_id: int) -> bool:
    return session.scalar(select(Segment.id).where(Segment.recording_id == recording_id).limit(1)) is not None


def _is_touched(line: Segment) -> bool:
    return line.version > 0 or line.checked or line.recording_id is None


def _near(gone: list[Standing], line: Heard) -> list[Standing]:
    first = bisect_left(gone, line.start_ms - _LONGEST_OLD_LINE_MS, key=lambda each: each.start_ms)
    last = bisect_left(gone, line.end_ms, key=lambda each: each.start_ms)
    return gone[first:last]


def _stretch(recording: Recording, layer: MachineLayer) -> tuple[int, int] | None:
    """What was heard anew, on the interview's time line: what was asked for, and the windows that reach beyond it."""
    if layer.start_ms is None or layer.end_ms is None:
        return None
    start_ms = min([layer.start_ms, *(window.start_ms for window in layer.windows)])
    end_ms = max([layer.end_ms, *(window.end_ms for window in layer.windows)])
    return start_ms + recording.offset_ms, end_ms + recording.offset_ms
