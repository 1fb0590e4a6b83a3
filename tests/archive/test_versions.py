"""What else was heard where a line stands: only the words that belong to it, each text once."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from archive.interviews import Interview
from archive.recordings import MachineLayer, ReceivedFile, Window, add_recordings
from archive.transcripts import Segment
from archive.versions import MOST_VERSIONS, heard_beside, heard_in


def words(start_ms: int, said: str) -> list[list[object]]:
    """One word each second."""
    return [[start_ms + n * 1000, start_ms + n * 1000 + 800, word, 0.9] for n, word in enumerate(said.split())]


def version(start_ms: int, said: str) -> dict[str, object]:
    return {"how": "beam", "text": said, "words": words(start_ms, said), "metrics": {}, "doubts": []}


@pytest.fixture
def heard(session: Session, interview: Interview, received: Callable[..., ReceivedFile], now: datetime) -> Interview:
    """One window of two lines, 10–14 s and 15–18 s, in a recording that begins a minute into the interview."""
    files = [received("side1.mp3"), received("side2.mp3")]
    _, recording = add_recordings(session, interview, files, received_by_id=None, now=now)
    layer = MachineLayer(
        run=1, engine="e", model="m", model_sha256="0" * 64, options={}, speech_ms=0, started_at=now, finished_at=now
    )
    kept = [*words(10_000, "vi startet lage her"), *words(15_000, "så gikk vi")]
    window = Window(number=0, group_number=0, start_ms=9_800, end_ms=19_000, words=kept, text="x")
    window.others = [version(10_000, "me starta laget hos oss så gjekk me"), version(10_000, "vi startet lage her")]
    layer.windows.append(window)
    recording.layers.append(layer)
    session.flush()
    for start_ms, end_ms, text in ((70_000, 73_800, "vi startet lage her"), (75_000, 77_800, "så gikk vi")):
        line = Segment(recording_id=recording.id, start_ms=start_ms, end_ms=end_ms, text=text, machine_text=text)
        line.window_id = window.id
        interview.segments.append(line)
    session.commit()
    return interview


def test_each_line_gets_the_words_that_are_nearest_to_it(session: Session, heard: Interview) -> None:
    first, second = heard.segments
    assert heard_beside(session, first) == ["me starta laget hos"]
    assert heard_beside(session, second) == ["oss så gjekk me"]


def test_what_stands_there_already_is_not_offered(session: Session, heard: Interview) -> None:
    first = heard.segments[0]
    first.text = "me starta laget hos"
    assert heard_beside(session, first) == []
    first.text = "noe annet"
    assert heard_beside(session, first) == ["me starta laget hos"]  # nor the machine's own, which the history has


def test_a_later_run_is_another_version(session: Session, heard: Interview, now: datetime) -> None:
    """So it is for a line that a person touched: the new words stay in their windows."""
    recording = heard.recordings[1]
    layer = MachineLayer(
        run=2, engine="e", model="m2", model_sha256="1" * 64, options={}, speech_ms=0, started_at=now, finished_at=now
    )
    layer.windows = [
        Window(
            number=0, group_number=0, start_ms=9_000, end_ms=14_200, words=words(10_000, "vi starta laget"), text="x"
        ),
        Window(number=1, group_number=0, start_ms=14_200, end_ms=15_500, words=[], text=None),
    ]
    recording.layers.append(layer)
    session.flush()
    assert heard_beside(session, heard.segments[0]) == ["vi starta laget", "me starta laget hos"]


def test_a_line_without_a_machine_has_no_versions(session: Session, heard: Interview) -> None:
    line = heard.segments[0]
    line.machine_text = None
    assert heard_beside(session, line) == []
    line.machine_text, line.recording_id = "x", None
    assert heard_beside(session, line) == []


def test_what_was_heard_in_a_gap(session: Session, heard: Interview) -> None:
    assert heard_in(session, heard, 72_900, 75_000) == ["her", "hos oss"]
    assert heard_in(session, heard, 90_000, 95_000) == []
    assert heard_in(session, heard, 12_000, 14_000) == []  # the same place in the other recording


def test_there_is_an_end_to_them(session: Session, heard: Interview) -> None:
    window = heard.recordings[1].layers[0].windows[0]
    window.others = [version(10_000, f"nummer {n}") for n in range(9)]
    session.flush()
    assert len(heard_beside(session, heard.segments[0])) == MOST_VERSIONS
