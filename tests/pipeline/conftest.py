"""What the tests of the pipeline share: real speech where it is at hand, and the models of set-up."""

import re
import shutil
import subprocess
import wave
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from archive.interviews import InterviewDetails, add_interview
from archive.recordings import add_recordings, receive_file
from archive.settings import Settings
from archive.setup import open_database
from media.store import open_store
from pipeline.engines import SAMPLE_RATE_HZ, Samples
from pipeline.models import Model, install_embedded, model_at
from tests.conftest import NOW, settings_for
from tests.pipeline.scripted import short_pauses
from tests.pipeline.working import Text, text_of, work

SHARED_AUDIO = Path(__file__).resolve().parents[3] / "shared" / "audio"


@pytest.fixture(scope="session")
def embedded_model() -> Model:
    """The embedded Whisper base."""
    return model_at(install_embedded(), name="whisper-base")


@pytest.fixture(scope="session")
def king() -> Path:
    """A real recording of 85 s in Norwegian, with its text beside it."""
    recording = SHARED_AUDIO / "kongen-2016-utdrag.mp3"
    if not recording.exists():
        pytest.skip("../shared/audio/kongen-2016-utdrag.mp3 is not here")
    return recording


@pytest.fixture(scope="session")
def king_samples(king: Path, tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """The recording as an engine gets it."""
    target = tmp_path_factory.mktemp("king") / "speech.wav"
    subprocess.run(["ffmpeg", "-v", "error", "-i", king, "-ar", "16000", "-ac", "1", target], check=True)
    with wave.open(str(target)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
    return samples.astype(np.float32) / np.float32(32768)


@pytest.fixture(scope="session")
def king_text(king: Path) -> str:
    """What is said in it."""
    return king.with_suffix(".txt").read_text()


def plain(text: str) -> str:
    """Lower case, no punctuation, single spaces: how word error rates are counted here."""
    return " ".join(re.sub(r"[^\w\s]", "", text.lower()).split())


def voice(seconds: float, seed: int = 1) -> Samples:
    """Something that passes for a voice: vowels on a wavering pitch, five syllables a second."""
    random = np.random.default_rng(seed)
    length, syllable = int(seconds * SAMPLE_RATE_HZ), SAMPLE_RATE_HZ // 5
    time_s = np.arange(length) / SAMPLE_RATE_HZ
    pitch_hz = 120 * (1 + 0.08 * np.sin(4.4 * time_s) + 0.03 * np.sin(14.5 * time_s))
    phase = 2 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE_HZ
    vowels = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
    harmonics = np.arange(1, 40)[:, None]
    sound = random.normal(0, 0.003, length)
    for start in range(0, length, syllable):
        part = slice(start, min(start + syllable, length))
        tones_hz = harmonics * pitch_hz[part]
        formants = zip(vowels[random.integers(5)], (1.0, 0.6, 0.3), strict=True)
        strength = sum(gain * np.exp(-(((tones_hz - hz) / (80 + hz * 0.06)) ** 2)) for hz, gain in formants)
        swell = np.sin(np.pi * np.arange(part.stop - start) / syllable) ** 0.6
        sound[part] += (strength * np.sin(harmonics * phase[part])).sum(axis=0) * swell / 4
    loudest = float(np.abs(sound).max())
    return (sound / loudest * 0.5).astype(np.float32)


def write_wav(path: Path, samples: Samples) -> Path:
    """A WAV file of these samples."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", "not compressed"))
        file.writeframes((samples * 32767).astype(np.int16).tobytes())
    return path


@pytest.fixture(scope="session")
def _talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stretches = [voice(6, seed=seed) for seed in range(12)]
    silence = np.zeros(2 * SAMPLE_RATE_HZ, dtype=np.float32)  # with `short_pauses` so long that a window ends in it
    sound = np.concatenate([part for stretch in stretches for part in (stretch, silence)])
    return write_wav(tmp_path_factory.mktemp("talk") / "talk.wav", sound)


@pytest.fixture
def talk(_talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A minute and a half that passes for speech, in twelve windows. It is the test's own, and may be moved."""
    short_pauses(monkeypatch.setattr)
    return Path(shutil.copy(_talk, tmp_path / "talk.wav"))


@pytest.fixture
def remark(tmp_path: Path) -> Path:
    """Twelve seconds that pass for speech."""
    return write_wav(tmp_path / "remark.wav", voice(12, seed=30))


def receive(settings: Settings, *files: Path, one_time: bool = False, one_voice: bool = True) -> int:
    """Receive files as one interview and give its number; nothing is asked for yet. The files are gone afterwards.

    With `one_voice` it is known who speaks in them, so that no test waits for voices to be told apart (13 s) in vain.
    """
    received = [receive_file(open_store(settings.store_url), path, path.name) for path in files]
    with closing(open_database(settings)) as database, database.write() as session:
        details = InterviewDetails(title="Fra lokallaget", narrators=("Olga Oppdiktet",))
        interview = add_interview(session, details, handed_in_by_id=None, now=NOW)
        for recording in add_recordings(session, interview, received, one_time=one_time, received_by_id=None, now=NOW):
            recording.speaker_id = interview.narrators[0].id if one_voice else None
        session.commit()
        return interview.id


@pytest.fixture(scope="session")
def undisturbed(empty_archive: Path, tmp_path_factory: pytest.TempPathFactory, _talk: Path) -> Text:
    """The text of `talk` as a run gives it that nothing disturbs, in an archive of its own."""
    here = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(empty_archive, here / "data")
    settings = settings_for(here / "data")
    interview_id = receive(settings, Path(shutil.copy(_talk, here / "copy.wav")))
    with pytest.MonkeyPatch.context() as patch:
        short_pauses(patch.setattr)
        work(settings, interview_id)
    with closing(open_database(settings)) as database:
        return text_of(database, interview_id)
