"""Where a text comes from: what each run found, and how much of the speech has text as the lines stand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from archive.coverage import Coverage
from archive.interviews import Interview
from archive.provenance import runs_of, speech_of, standing_layers, text_coverage
from archive.recordings import MachineLayer, ReceivedFile, Recording, Window, add_recordings
from archive.transcripts import Segment, segments_of


@pytest.fixture
def recording(
    session: Session, interview: Interview, received: Callable[..., ReceivedFile], now: datetime
) -> Recording:
    """A minute of sound that begins a minute into the interview, so that the two time lines differ."""
    files = [received("side1.mp3"), received("side2.mp3")]
    _, second = add_recordings(session, interview, files, received_by_id=None, now=now)
    interview.recordings[0].layers.append(layer(1, now))  # nobody speaks in the first
    session.flush()
    return second


def layer(run: int, now: datetime, *, finished: bool = True, **values: Any) -> MachineLayer:
    at = now + timedelta(hours=run)
    made = MachineLayer(
        run=run, engine="e", model=f"m{run}", model_sha256="0" * 64, options={}, speech_ms=0, started_at=at
    )
    made.finished_at = at if finished else None
    for name, value in values.items():
        setattr(made, name, value)
    return made


def window(number: int, start_ms: int, end_ms: int, said: list[tuple[int, int]], **values: Any) -> Window:
    """A window in which somebody speaks all the time."""
    words = [[start, end, "ord", 0.9] for start, end in said]
    made = Window(number=number, group_number=0, start_ms=start_ms, end_ms=end_ms, words=words, text="ord " * len(said))
    made.speech, made.doubts, made.others = [[start_ms, end_ms]], [], []
    for name, value in values.items():
        setattr(made, name, value)
    return made


def line(
    session: Session, recording: Recording, start_ms: int, end_ms: int, *, text: str = "ord", **values: Any
) -> None:
    words = [[start_ms, end_ms, text, 0.9]] if text else []
    recording.interview.segments.append(
        Segment(recording_id=recording.id, start_ms=start_ms, end_ms=end_ms, text=text, words=words, **values)
    )
    session.flush()


def standing(session: Session, recording: Recording) -> Coverage | None:
    segments = segments_of(session, recording.interview_id)
    return text_coverage(session, recording.interview, segments)


def test_what_is_missing_lies_on_the_time_line_of_the_interview(
    session: Session, recording: Recording, now: datetime
) -> None:
    windows = [window(0, 0, 10_000, [(0, 2_000), (2_000, 3_000)]), window(1, 20_000, 22_000, [(20_000, 22_000)])]
    recording.layers.append(layer(1, now, windows=windows, working_ms=1_200))
    session.flush()
    line(session, recording, 60_000, 63_000)
    line(session, recording, 80_000, 82_000)
    found = standing(session, recording)
    assert found is not None
    assert found.speech_ms == 12_000
    assert [(gap.start_ms, gap.end_ms) for gap in found.gaps] == [(63_000, 80_000)]
    _, run = runs_of(session, recording.interview)
    assert run.coverage == found
    assert (run.windows, run.decoded, run.heard_ms, run.rate) == (2, 2, 12_000, 0.1)
    assert (run.start_ms, run.end_ms) == (60_000, 120_000)
    assert speech_of(session, recording.interview) == [(60_000, 70_000), (80_000, 82_000)]


def test_a_line_that_a_person_vouches_for_covers_its_stretch_with_or_without_words(
    session: Session, recording: Recording, now: datetime
) -> None:
    recording.layers.append(layer(1, now, windows=[window(0, 0, 30_000, [])]))
    session.flush()
    line(session, recording, 60_000, 75_000, checked=True)  # one word for 15 s, but somebody heard it
    line(session, recording, 75_000, 90_000, text="", checked=True)
    assert standing(session, recording) == Coverage(30_000, 30_000, ())


def test_an_empty_line_that_nobody_checked_covers_nothing(
    session: Session, recording: Recording, now: datetime
) -> None:
    recording.layers.append(layer(1, now, windows=[window(0, 0, 30_000, [])]))
    session.flush()
    line(session, recording, 60_000, 90_000, text="")
    found = standing(session, recording)
    assert found is not None and found.share == 0
    assert len(found.gaps) == 1


def test_windows_that_are_not_decoded_yet_are_not_missing_text(
    session: Session, recording: Recording, now: datetime
) -> None:
    windows = [window(0, 0, 10_000, [(0, 10_000)]), window(1, 10_000, 20_000, [], text=None)]
    recording.layers.append(layer(1, now, windows=windows, finished=False))
    session.flush()
    line(session, recording, 60_000, 70_000, checked=True)
    assert standing(session, recording) == Coverage(10_000, 10_000, ())
    assert runs_of(session, recording.interview)[-1].decoded == 1


def test_where_nobody_noted_the_speech_nothing_is_claimed(
    session: Session, recording: Recording, now: datetime
) -> None:
    """A run from before that was noted; and a recording that no machine has heard."""
    assert standing(session, recording) is None
    recording.layers.append(layer(1, now, windows=[window(0, 0, 10_000, [(0, 9_000)], speech=[])]))
    session.flush()
    assert standing(session, recording) is None
    assert runs_of(session, recording.interview)[-1].coverage is None
    assert speech_of(session, recording.interview) is None


def test_a_whole_run_without_windows_heard_nobody(session: Session, recording: Recording, now: datetime) -> None:
    recording.layers.append(layer(1, now))
    session.flush()
    found = standing(session, recording)
    assert found is not None and found.share is None
    assert speech_of(session, recording.interview) == []


def test_a_text_that_was_brought_in_without_windows_does_not_claim_that_nobody_speaks(
    session: Session, recording: Recording, now: datetime
) -> None:
    recording.layers.append(layer(1, now, speech_ms=60_000))
    line(session, recording, 60_000, 62_000)
    assert standing(session, recording) is None
    assert speech_of(session, recording.interview) is None
    assert runs_of(session, recording.interview)[-1].coverage is None


def test_the_text_came_from_the_newest_whole_run_and_the_stretches_heard_since(
    session: Session, recording: Recording, now: datetime
) -> None:
    first = standing_layers(session, recording.interview)
    recording.layers += [
        layer(1, now),
        layer(2, now, start_ms=0, end_ms=10),
        layer(3, now),
        layer(4, now, start_ms=5, end_ms=20),
        layer(5, now, start_ms=5, end_ms=20, finished=False),
        layer(6, now, finished=False),
    ]
    session.flush()
    assert [each.model for each in standing_layers(session, recording.interview)[len(first) :]] == ["m3", "m4"]
    assert [run.layer.run for run in runs_of(session, recording.interview)] == [1, 6, 5, 4, 3, 2, 1]


def test_the_first_run_counts_while_it_is_being_made(session: Session, recording: Recording, now: datetime) -> None:
    recording.layers.append(layer(1, now, finished=False))
    session.flush()
    assert standing_layers(session, recording.interview)[-1].model == "m1"


def test_doubts_and_versions_are_counted(session: Session, recording: Recording, now: datetime) -> None:
    windows = [
        window(0, 0, 10, [], doubts=["repeats"], others=[{"words": []}]),
        window(1, 10, 20, [], others=[{"words": []}]),
        window(2, 20, 30, [], text=None),
    ]
    recording.layers.append(layer(1, now, windows=windows))
    session.flush()
    run = runs_of(session, recording.interview)[-1]
    assert (run.windows, run.decoded, run.doubtful, run.heard_again, run.rate) == (3, 2, 1, 2, None)


def test_the_text_s_coverage_never_reads_the_windows_words(
    session: Session, recording: Recording, now: datetime
) -> None:
    recording.layers.append(layer(1, now, windows=[window(0, 0, 10_000, [(0, 9_000)])]))
    session.commit()
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda _c, _u, statement, *_more: asked.append(statement))
    standing(session, recording)
    assert not [each for each in asked if '"window".words' in each]
