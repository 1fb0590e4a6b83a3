"""Real sounds, made by the real ffmpeg: a murmur with one beep at a known time."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from media.measure import read_samples

BEEP_MS = 9_000
LENGTH_MS = 12_000

# How each kind of file is written; the ending is only for ffmpeg, the tests give the files other names.
KINDS: dict[str, list[str]] = {
    "wav": ["-c:a", "pcm_s16le", "-f", "wav"],
    "mp3": ["-c:a", "libmp3lame", "-b:a", "64k", "-f", "mp3"],
    "mp3-vbr-bare": ["-c:a", "libmp3lame", "-q:a", "4", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3"],
    "m4a": ["-c:a", "aac", "-b:a", "64k", "-f", "ipod"],
    "m4a-index-first": ["-c:a", "aac", "-b:a", "64k", "-movflags", "+faststart", "-f", "ipod"],
    "aac": ["-c:a", "aac", "-b:a", "64k", "-f", "adts"],
    "ogg": ["-c:a", "libvorbis", "-f", "ogg"],
    "opus": ["-c:a", "libopus", "-b:a", "24k", "-f", "ogg"],
    "flac": ["-c:a", "flac", "-f", "flac"],
    "webm-live": ["-c:a", "libopus", "-b:a", "24k", "-live", "1", "-f", "webm"],  # as a browser records: no length
    "wma": ["-c:a", "wmav2", "-b:a", "64k", "-f", "asf"],
    "aiff": ["-c:a", "pcm_s16be", "-f", "aiff"],
    "caf": ["-c:a", "pcm_s16le", "-f", "caf"],
    "3gp": ["-c:a", "aac", "-f", "3gp"],
}

Make = Callable[..., Path]


def ffmpeg(*arguments: str) -> None:
    """Run ffmpeg as a person would, without our limits."""
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments], check=True)


@pytest.fixture(scope="session")
def murmur(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12 s of noise with 0.2 s of 1000 Hz at 9 s, 44.1 kHz mono."""
    path = tmp_path_factory.mktemp("murmur") / "murmur.wav"
    graph = (
        f"anoisesrc=color=brown:amplitude=0.05:seed=7:duration={LENGTH_MS / 1000}:sample_rate=44100[a];"
        f"sine=frequency=1000:duration=0.2:sample_rate=44100,volume=4,adelay={BEEP_MS}[b];"
        "[a][b]amix=inputs=2:duration=first:normalize=0"
    )
    ffmpeg("-filter_complex", graph, "-ac", "1", str(path))
    return path


@pytest.fixture(scope="session")
def recording(murmur: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`recording("mp3")`: the murmur as that kind of file, made once. Copy it before you change it."""
    folder = tmp_path_factory.mktemp("recordings")

    def made(kind: str) -> Path:
        path = folder / kind
        if not path.exists():
            ffmpeg("-i", str(murmur), *KINDS[kind], str(path))
        return path

    return made


@pytest.fixture
def video(murmur: Path, tmp_path: Path) -> Callable[..., Path]:
    """`video(sound=True)`: 12 s of moving pictures, with or without the murmur."""

    def made(*, sound: bool, container: str = "mp4") -> Path:
        path = tmp_path / "video"
        pictures = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=12"]
        ffmpeg(*pictures, *(["-i", str(murmur)] if sound else []), "-c:v", "mpeg4", "-f", container, str(path))
        return path

    return made


def damaged(path: Path, target: Path, *, zeroed_bytes: int = 2048, at: float = 0.4) -> Path:
    """A copy with some bytes zeroed."""
    content = bytearray(path.read_bytes())
    middle = int(len(content) * at)
    content[middle : middle + zeroed_bytes] = bytes(zeroed_bytes)
    target.write_bytes(content)
    return target


def cut_off(path: Path, target: Path, *, kept: float) -> Path:
    """A copy that ends too early, as when a card is pulled out."""
    content = path.read_bytes()
    target.write_bytes(content[: int(len(content) * kept)])
    return target


def beep_ms(speech_file: Path) -> int:
    """Where the beep begins in a speech file, to 10 ms."""
    samples = read_samples(speech_file, 0, 3_600_000)
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    at_1000_hz = np.abs(np.fft.rfft(frames, axis=1))[:, 10]
    return int(np.argmax(at_1000_hz > at_1000_hz.max() / 2)) * 10
