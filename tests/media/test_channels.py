"""Sound with several channels, made by the real ffmpeg from a machine's voice: the voice is there when they are one."""

from pathlib import Path

import numpy as np
import pytest

from media.convert import Piece, decode_speech, make_access_copy
from media.loudness import measure_sound
from media.measure import read_samples
from media.probe import probe
from tests.media.conftest import damaged, ffmpeg
from tests.media.test_loudness import DEMO

LENGTH_MS = 30_000
_VOICE = ["-t", str(LENGTH_MS // 1000), "-i", str(DEMO / "forste-motet.opus")]


def made(tmp_path: Path, graph: str, *encoder: str) -> Path:
    """The voice through a filter graph that ends in [out]."""
    path = tmp_path / "recording"
    ffmpeg(*_VOICE, "-filter_complex", graph, "-map", "[out]", *(encoder or ("-c:a", "flac", "-f", "flac")), str(path))
    return path


def decoded(path: Path, tmp_path: Path) -> Path:
    target = tmp_path / "speech.wav"
    decode_speech(path, target, duration_ms=probe(path).duration_ms)
    return target


def likeness(speech_file: Path, tmp_path: Path) -> float:
    """How like the voice alone a speech file is in its course, 0 to 1."""
    ffmpeg(*_VOICE, "-ac", "1", "-ar", "16000", "-bitexact", str(tmp_path / "alone.wav"))
    courses = []
    for path in (speech_file, tmp_path / "alone.wav"):
        samples = read_samples(path, 0, LENGTH_MS - 100)
        courses.append(np.sqrt(np.square(samples[: len(samples) // 1600 * 1600].reshape(-1, 1600)).mean(axis=1)))
    return float(np.corrcoef(*courses)[0, 1])


GRAPHS = {
    "mono": "[0:a]anull[out]",
    "stereo": "[0:a]pan=stereo|c0=c0|c1=c0[out]",
    "left only": "[0:a]pan=stereo|c0=c0|c1=0*c0[out]",
    "mirrored": "[0:a]pan=stereo|c0=c0|c1=-1*c0[out]",
    "mirrored, right louder": "[0:a]pan=stereo|c0=-0.4*c0|c1=c0[out]",
    "5.1, voice in the middle": "[0:a]pan=5.1|FL=0*c0|FR=0*c0|FC=c0|LFE=0*c0|BL=0*c0|BR=0*c0[out]",
    "5.1, voice all around": "[0:a]pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0[out]",
    "quad": "[0:a]pan=quad|FL=c0|FR=c0|BL=c0|BR=c0[out]",
}


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_the_voice_is_there_however_the_channels_lie(graph: str, tmp_path: Path) -> None:
    speech = decoded(made(tmp_path, graph), tmp_path)
    measured = measure_sound(speech)
    assert measured.loudness_lufs is not None
    assert measured.loudness_lufs + measured.gain_db > -33
    assert likeness(speech, tmp_path) > 0.98


def test_a_plain_sum_of_mirrored_channels_is_silence(tmp_path: Path) -> None:
    """Why one channel is taken."""
    path = made(tmp_path, GRAPHS["mirrored"])
    ffmpeg("-i", str(path), "-ac", "1", "-ar", "16000", "-bitexact", str(tmp_path / "sum.wav"))
    assert measure_sound(tmp_path / "sum.wav").loudness_lufs is None


def test_people_hear_mirrored_channels_too(tmp_path: Path) -> None:
    path = made(tmp_path, GRAPHS["mirrored"], "-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3")
    make_access_copy([Piece(path, 0, LENGTH_MS)], tmp_path / "copy.m4a")
    assert likeness(decoded(tmp_path / "copy.m4a", tmp_path), tmp_path) > 0.98


def test_damage_does_not_move_what_is_taken_from_one_channel(tmp_path: Path) -> None:
    path = made(tmp_path, GRAPHS["mirrored"], "-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3")
    broken = damaged(path, tmp_path / "broken", zeroed_bytes=8_192, at=0.5)
    result = decode_speech(broken, tmp_path / "speech.wav", duration_ms=probe(broken).duration_ms)
    assert result.lost
    assert likeness(tmp_path / "speech.wav", tmp_path) > 0.9


def test_two_people_with_a_microphone_each_are_both_heard(tmp_path: Path) -> None:
    graph = (
        "[0:a]asplit[a][b];[a]volume=enable='gt(t,15)':volume=0[left];[b]volume=enable='lt(t,15)':volume=0[right];"
        "[left][right]join=inputs=2:channel_layout=stereo[out]"
    )
    assert likeness(decoded(made(tmp_path, graph), tmp_path), tmp_path) > 0.98


def test_telephone_sound_is_speech_like_any_other(tmp_path: Path) -> None:
    graph = "[0:a]highpass=f=300,lowpass=f=3400,aresample=8000[out]"
    path = made(tmp_path, graph, "-c:a", "pcm_mulaw", "-f", "wav")
    assert probe(path).sample_rate_hz == 8_000
    assert likeness(decoded(path, tmp_path), tmp_path) > 0.9
