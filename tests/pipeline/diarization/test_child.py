"""The process that tells voices apart: without a network, and gone when its parent is."""

import ctypes
import json
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from pipeline.diarization.features import log_mel
from pipeline.diarization.weights import folder, is_installed
from tests.pipeline.conftest import voice, write_wav

pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif(not is_installed(), reason="what tells voices apart is not installed"),
]
NO_NETWORK = """
import socket, runpy
def refuse(*_, **__): raise SystemExit("the network was asked for")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
runpy.run_module("pipeline.diarization.child", run_name="__main__")
"""


def request(path: Path) -> str:
    return json.dumps({"files": [str(path)], "count": 2, "exact": False, "threads": 1}) + "\n"


def test_it_never_asks_the_network(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "speech.wav", voice(12, seed=3))
    child = subprocess.Popen(
        [sys.executable, "-c", NO_NETWORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin and child.stdout
    child.stdin.write(request(path))
    child.stdin.flush()
    answer = json.loads(child.stdout.readline())
    child.stdin.close()
    child.wait(240)
    assert len(answer["voices"]) <= 2  # vowels of a synthesizer are hardly a voice at all
    assert all(0 <= start < end <= 12_000 for start, end, _ in answer["turns"][0])


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "speech.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(32_000 * 3_600))  # an hour, so that it is at work for long
    child = subprocess.Popen(
        [sys.executable, "-m", "pipeline.diarization.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin
    child.stdin.write(request(tmp_path / "speech.wav"))
    child.stdin.close()
    assert child.wait(240) == 1


def test_features_are_those_of_an_independent_library() -> None:
    sound = voice(3, seed=8)
    library = next(folder().glob("libfbank_extractor*"), None)
    if library is None:
        pytest.skip("the package has no features of its own for this system")
    kaldi = ctypes.CDLL(str(library))

    class Features(ctypes.Structure):
        _fields_ = [
            ("data", ctypes.POINTER(ctypes.c_float)),
            ("frames", ctypes.POINTER(ctypes.c_size_t)),
            ("offsets", ctypes.POINTER(ctypes.c_size_t)),
            ("count", ctypes.c_size_t),
            ("total", ctypes.c_size_t),
            ("bands", ctypes.c_size_t),
        ]

    numbers = ctypes.POINTER(ctypes.c_float)
    kaldi.create_fbank_extractor.restype = ctypes.c_void_p
    extract = kaldi.extract_fbank_features_from_memory
    extract.restype = Features
    extract.argtypes = [ctypes.c_void_p, numbers, ctypes.c_size_t, numbers, ctypes.c_size_t]
    stretch = np.array([0, 1.5], np.float32)
    made = extract(
        kaldi.create_fbank_extractor(), sound.ctypes.data_as(numbers), len(sound), stretch.ctypes.data_as(numbers), 1
    )
    frames = made.frames[0]
    theirs = np.ctypeslib.as_array(made.data, (frames, 80))
    ours = log_mel(sound)[:frames]
    assert np.abs((ours - ours.mean(axis=0)) - (theirs - theirs.mean(axis=0))).max() < 0.01


@pytest.mark.parametrize("length", [1, 5, 17, 18, 200])
@pytest.mark.parametrize("at", [0, 148, 300, 440, 588])
def test_however_little_a_speaker_says_there_is_enough_to_hear(at: int, length: int) -> None:
    from pipeline.diarization.hear import ROUND_FEATURES, _features, _pieces

    alone = np.zeros(589, np.bool_)
    alone[at : at + length] = True
    for start, end in _pieces(alone):
        assert len(_features(np.zeros((998, 80), np.float32), start, end)) >= 2 * ROUND_FEATURES
