"""The worker's side of the process in which voices are told apart."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.diarization.weights import LIBRARY, is_installed
from pipeline.errors import EngineMissing, ModelDamaged, VoicesFailed
from pipeline.memory import give_back_memory

LEAST_S = 900  # a slow and busy machine gets this much however short the sound is …
SLOWEST = 4.0  # … or this many times the sound's own length: it works at the lowest priority of all
LOOK_EVERY_S = 0.5
MOST_THREADS = 4  # both networks are small: more threads only wait for each other

Raise = Callable[[], None]  # called now and then; what it raises ends the process


@dataclass(frozen=True, slots=True)
class Voices:
    """Turns of each file, voices numbered from 0 by first appearance over all of them, and how each sounds."""

    turns: list[list[tuple[int, int, int]]]  # (start_ms, end_ms, voice) in the file
    sounds: list[list[float]]  # 192 numbers each; never to be kept without a consent


def tell_apart(files: Sequence[Path], count: int, *, exact: bool, duration_ms: int, pause: Raise) -> Voices:
    """Who speaks when in the speech files of one interview.

    `count` is how many voices there are, or, unless `exact`, how many there are at most.

    Raises:
        EngineMissing, ModelDamaged: the weights are not there.
        VoicesFailed: the process died, or took too long.
    """
    request = {"files": [str(each) for each in files], "count": count, "exact": exact}
    answer = _ask(request, seconds=LEAST_S + SLOWEST * duration_ms / 1000, pause=pause)
    return Voices([[(start, end, voice) for start, end, voice in part] for part in answer["turns"]], answer["voices"])


def sound_of(file: Path, spans: Sequence[tuple[int, int]], *, pause: Raise) -> list[float] | None:
    """How the one who speaks in these stretches of a speech file sounds; None when they are too short to say.

    Raises:
        EngineMissing, ModelDamaged, VoicesFailed: as `tell_apart`.
    """
    request = {"files": [str(file)], "spans": [list(span) for span in spans]}
    sound: list[float] | None = _ask(request, seconds=LEAST_S, pause=pause)["voice"]
    return sound


def _ask(request: dict[str, Any], *, seconds: float, pause: Raise) -> dict[str, Any]:
    if not is_installed():
        raise EngineMissing(LIBRARY)
    threads = min(MOST_THREADS, os.cpu_count() or 1)
    give_back_memory()  # the child needs as much
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.diarization.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": str(threads)},
        start_new_session=True,
        text=True,
    )
    try:
        answer = _answer(process, json.dumps({**request, "threads": threads}) + "\n", seconds, pause)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
    if answer.get("failed") == "engine_missing":
        raise EngineMissing(answer["library"])
    if answer.get("failed") == "model_damaged":
        raise ModelDamaged(Path(answer["path"]), answer["problem"])
    return answer


def _answer(process: "subprocess.Popen[str]", line: str, seconds: float, pause: Raise) -> dict[str, Any]:
    """The line that comes back. Standard input stays open: the process ends when it closes."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 - PIPE was asked for
    began = time.monotonic()
    try:
        process.stdin.write(line)
        process.stdin.flush()
    except BrokenPipeError:
        raise VoicesFailed(process.wait()) from None
    said: list[str] = []
    pipe = process.stdout
    reader = threading.Thread(target=lambda: said.append(pipe.readline()), daemon=True)
    reader.start()
    while reader.is_alive():
        reader.join(LOOK_EVERY_S)
        pause()
        if time.monotonic() - began > seconds:
            raise VoicesFailed(None)
    try:
        answer: dict[str, Any] = json.loads(said[0])
    except (IndexError, ValueError):
        raise VoicesFailed(process.wait()) from None
    return answer
