"""What was heard in a window, as rows: its words, every version of it, and its lines."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from archive.chapters import is_only_a_chapter
from archive.coverage import GAP_MS
from archive.recordings import Recording, Window
from archive.replacing import Heard, Standing, replacement, without_cracks
from archive.transcripts import Segment
from pipeline.engines import Decoded
from pipeline.hearing_again import Version, better
from pipeline.lines import lines_of
from pipeline.windows import Excerpt, Span

BEGUN = "begun"  # in `Window.metrics`: how often the window was begun; more than once after a kill


def save_window(session: Session, window: Window, versions: Sequence[Version], *, shows: bool) -> None:
    """Keep the best version and put the others beside it; the lines appear at once when it `shows`."""
    if window.text is not None:  # another worker was faster; both heard the same
        return
    kept = better(versions)
    best = versions[kept]
    window.text, window.how, window.doubts = best.decoded.text, best.how, list(best.doubts)
    window.metrics = {**best.decoded.metrics, BEGUN: window.metrics.get(BEGUN, 1)}
    window.words = _in_recording(best.decoded, window)
    window.others = [
        {
            "how": each.how,
            "text": each.decoded.text,
            "words": _in_recording(each.decoded, window),
            "metrics": dict(each.decoded.metrics),
            "doubts": list(each.doubts),
        }
        for number, each in enumerate(versions)
        if number != kept
    ]
    if shows:
        recording = window.layer.recording
        heard = lines_heard(recording, window)
        come = replacement(_brought_in(session, recording, heard), heard, None).come
        session.add_all(line_of(recording, each, window) for each in come)


def _in_recording(decoded: Decoded, window: Window) -> list[Any]:
    excerpt = excerpt_of(window)
    words = []
    for start_ms, end_ms, *rest in decoded.words:
        said = excerpt.to_recording(Span(start_ms, end_ms))
        words.append([said.start_ms, said.end_ms, *rest])
    return words


def excerpt_of(window: Window) -> Excerpt:
    """What the model hears of a window."""
    return Excerpt.of(Span(window.start_ms, window.end_ms), [Span(start, end) for start, end in window.speech])


def lines_heard(recording: Recording, window: Window) -> list[Heard]:
    """The lines of a window that has text, on the interview's time line."""
    words = [(start, end, text, p) for start, end, text, p in window.words]
    shift_ms = recording.offset_ms
    return [
        Heard(window.id, [[start + shift_ms, end + shift_ms, text, p] for start, end, text, p in line])
        for line in lines_of(words)
    ]


def is_brought_in(recording: Recording) -> ColumnElement[bool]:
    """The lines that people brought in as a finished text before the interview had sound."""
    return and_(Segment.interview_id == recording.interview_id, Segment.recording_id.is_(None))


def _brought_in(session: Session, recording: Recording, heard: Sequence[Heard]) -> list[Standing]:
    """Those of them that lie where these lines do, or nobody knows where. A log's rows are in nobody's way."""
    if not heard:
        return []
    last_ms = max(each.end_ms for each in heard)
    here = and_(Segment.start_ms < last_ms + GAP_MS, Segment.end_ms > heard[0].start_ms - GAP_MS)
    rows = session.execute(
        select(Segment.id, Segment.start_ms, Segment.end_ms)
        .where(is_brought_in(recording), or_(here, Segment.end_ms == 0), ~is_only_a_chapter())
        .order_by(Segment.start_ms, Segment.id)
    )
    return without_cracks([Standing(*row, is_touched=True) for row in rows])


def line_of(recording: Recording, heard: Heard, window: Window) -> Segment:
    """A line as the machine made it."""
    text = " ".join(word[2] for word in heard.words)
    return Segment(
        interview_id=recording.interview_id,
        recording_id=recording.id,
        window_id=window.id,
        start_ms=heard.start_ms,
        end_ms=heard.end_ms,
        speaker_id=recording.speaker_id,
        text=text,
        words=heard.words,
        machine_text=text,
        machine_words=heard.words,
        doubts=window.doubts,
    )
