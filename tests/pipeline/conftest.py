"""What the tests of the pipeline share: real speech where it is at hand, and the models of set-up."""

import re
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

from pipeline.engines import Samples
from pipeline.models import Model, install_embedded, model_at

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
