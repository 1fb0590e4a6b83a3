"""An interview held against a reference, from its rows."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from archive.errors import NoText
from archive.evaluation.evaluate import evaluate, timed_words
from archive.interviews import Interview, Status
from archive.recordings import MachineLayer, ReceivedFile, Recording, RecordingState, Window, add_recordings
from archive.transcripts import Segment, edit_segment
from tests.conftest import NOW

OFFSET_MS = 60_000


@pytest.fixture
def second_side(session: Session, interview: Interview, received: Callable[..., ReceivedFile]) -> Recording:
    """The second of two recordings, each a minute; the first is silent."""
    files = [received("side1.mp3"), received("side2.mp3")]
    recordings = add_recordings(session, interview, files, received_by_id=None, now=NOW)
    for recording in recordings:
        recording.state = RecordingState.DONE
        recording.layers = [_layer()]
    recordings[1].layers[0].windows = [
        Window(
            number=0,
            group_number=0,
            start_ms=1_000,
            end_ms=20_000,
            text="vi startet lage her",
            words=[],
            metrics={},
            speech=[[1_000, 3_100], [10_000, 14_000]],
        )
    ]
    recordings[0].layers[0].speech_ms = 0  # nobody speaks on the first side
    interview.status = Status.MACHINE_TEXT
    session.commit()
    return recordings[1]


def _layer() -> MachineLayer:
    return MachineLayer(
        run=1,
        engine="scripted",
        model="ingen",
        model_sha256="0" * 64,
        options={},
        speech_ms=19_000,
        started_at=NOW,
        finished_at=NOW,
    )


@pytest.fixture
def heard(session: Session, interview: Interview, second_side: Recording) -> Segment:
    """«vi startet lage her» half a second each from 1.5 s in the second recording."""
    words = [
        [OFFSET_MS + 1_500 + 500 * n, OFFSET_MS + 2_000 + 500 * n, text, 0.9]
        for n, text in enumerate(["vi", "startet", "lage", "her"])
    ]
    line = Segment(
        interview=interview,
        recording_id=second_side.id,
        window_id=second_side.layers[0].windows[0].id,
        start_ms=words[0][0],
        end_ms=words[-1][1],
        text="vi startet lage her",
        words=words,
        machine_text="vi startet lage her",
        machine_words=words,
    )
    session.add(line)
    session.commit()
    return line


def test_words_lie_on_the_interviews_time_line(session: Session, interview: Interview, heard: Segment) -> None:
    """So does the speech: what lacks text in the second recording is said with the interview's times."""
    found = evaluate(session, interview, "vi startet laget".split(), corrected=False)
    assert found.coverage
    assert found.coverage.speech_ms == 6_100
    assert [gap.speech_ms for gap in found.coverage.gaps] == [4_000]
    assert found.coverage.gaps[0].end_ms == OFFSET_MS + 14_000
    library = found.scores["library"]
    assert (library.substitutions, library.deletions, library.insertions) == (1, 0, 1)
    assert library.over_silence == 0  # «her» begins at 63.0, and somebody speaks until 63.1
    assert found.warnings == ()


def test_what_a_person_wrote_counts_only_when_asked(session: Session, interview: Interview, heard: Segment) -> None:
    """The machine's own words stay what they were."""
    edit_segment(
        session, heard.id, text="vi startet laget her", speaker_id=None, base_version=0, editor_id=None, now=NOW
    )
    reference = "vi startet laget her".split()
    assert evaluate(session, interview, reference, corrected=False).scores["library"].wer == 0.25
    assert evaluate(session, interview, reference, corrected=True).scores["library"].wer == 0


def test_a_line_without_times_for_its_words_has_its_own(session: Session, interview: Interview) -> None:
    """A text that came without sound."""
    session.add(Segment(interview=interview, start_ms=0, end_ms=5_000, text="Hei på deg", words=[]))
    session.commit()
    assert timed_words(session, interview, corrected=True) == [(0, 5_000, word) for word in ("Hei", "på", "deg")]
    assert timed_words(session, interview, corrected=False) == []
    found = evaluate(session, interview, ["Hei"], corrected=True)
    assert found.coverage is None
    assert found.scores["library"].over_silence is None


def test_no_text_is_said_and_silence_is_an_answer(
    session: Session, interview: Interview, second_side: Recording
) -> None:
    """Everything was heard and nothing said: all of the reference is missing."""
    found = evaluate(session, interview, ["en", "to", "tre"], corrected=False)
    assert found.scores["library"].runs == (3,)
    assert found.warnings == ("reference_longer",)
    second_side.state = RecordingState.WORKING
    with pytest.raises(NoText):
        evaluate(session, interview, ["en"], corrected=False)


@pytest.mark.parametrize(
    ("reference", "warning"),
    [
        ("", "empty_reference"),
        ("vi startet laget her og nå er det slik at vi", "reference_longer"),
        ("vi", "text_longer"),
    ],
)
def test_what_looks_like_the_wrong_reference_is_said(
    session: Session, interview: Interview, heard: Segment, reference: str, warning: str
) -> None:
    """More than twice as long, or nothing at all."""
    found = evaluate(session, interview, reference.split(), corrected=False)
    assert found.warnings == (warning,)
    interview.status = Status.PROCESSING
    assert evaluate(session, interview, reference.split(), corrected=False).warnings == ("unfinished", warning)


def test_names_of_the_reference_are_looked_for_in_the_text(
    session: Session, interview: Interview, heard: Segment
) -> None:
    """People of the archive and places; how often each stands in both."""
    heard.machine_words = [[0, 1, word, 0.9] for word in "Olga Oppdiktet kom fra Frosta og frosta".split()]
    session.commit()
    found = evaluate(
        session, interview, "Olga Oppdiktet kom fra Frosta og Frosta ved Steinkjer".split(), corrected=False
    )
    assert found.names == {"Olga Oppdiktet": (1, 1), "Frosta": (2, 1), "Steinkjer": (1, 0)}


def test_words_without_any_noted_speech_say_nothing_of_silence(
    session: Session, interview: Interview, second_side: Recording, heard: Segment
) -> None:
    """A layer that was brought along without its windows, as the demo's."""
    heard.window_id = None
    second_side.layers[0].windows = []
    session.commit()
    found = evaluate(session, interview, ["vi"], corrected=False)
    assert found.coverage is None
    assert found.scores["library"].over_silence is None
