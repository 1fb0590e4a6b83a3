"""One window decoded with words drawn at random, in a process of its own.

CTranslate2 seeds a generator when a thread first draws from it, and a later seed does not restart it. So each such
window gets a new process, seeded by its own sound before anything is drawn, with one thread. The process ends when
the one that started it ends, since its standard input then does.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.engines.protocol import Decoded, Samples
from pipeline.errors import EngineFailed

TEMPERATURE = 0.4
LONGEST_S = 600  # base weights took 5 s; far more than a large model should need, which was not tried
_ONE_AT_A_TIME = threading.Lock()  # each holds the whole model once more


def seed_of(window: Samples) -> int:
    """A seed of 31 bits that the sound alone decides."""
    return int.from_bytes(hashlib.sha256(window.tobytes()).digest()[:4], "big") >> 1


def sample_in_a_process(folder: Path, compute_type: str, window: Samples, language: str) -> Decoded:
    """The words of one window, drawn with a seed from its sound.

    Raises:
        EngineFailed: the process died or took too long.
    """
    header = json.dumps({"folder": str(folder), "compute_type": compute_type, "language": language})
    with _ONE_AT_A_TIME:
        process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)},
        )
        clock = threading.Timer(LONGEST_S, process.kill)
        clock.daemon = True
        clock.start()
        try:
            said = _ask(process, header, window)
        finally:
            clock.cancel()
            process.kill()
            process.wait()
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError as error:
        raise EngineFailed(process.returncode) from error
    return Decoded(tuple((int(a), int(b), str(c), float(p)) for a, b, c, p in answer["words"]), answer["metrics"])


def _ask(process: "subprocess.Popen[bytes]", header: str, window: Samples) -> bytes:
    assert process.stdin is not None  # noqa: S101 - opened above
    assert process.stdout is not None  # noqa: S101 - opened above
    with process.stdout, suppress(BrokenPipeError), process.stdin:
        process.stdin.write(f"{header}\n{len(window)}\n".encode() + window.tobytes())
        process.stdin.flush()  # it stays open: its end tells the process that we are gone
        said = process.stdout.read()
        process.wait()
        return said
    return b""


def main() -> None:
    """The process: reads one window from standard input, writes its words to standard output."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    asked = json.loads(source.readline())
    window = np.frombuffer(source.read(4 * int(source.readline())), dtype=np.float32)
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    import ctranslate2

    ctranslate2.set_random_seed(seed_of(window))
    from pipeline.engines.faster import LoadedModel

    loaded = LoadedModel(Path(asked["folder"]), device="cpu", compute_type=asked["compute_type"], replicas=1, threads=1)
    ways: dict[str, Any] = {"beam_size": 1, "sampling_topk": 0, "sampling_temperature": TEMPERATURE}
    decoded = loaded.hear([window], asked["language"], temperature=TEMPERATURE, **ways)[0]
    target.write(json.dumps({"words": decoded.words, "metrics": decoded.metrics}).encode())
    target.flush()


def _end_with_the_other() -> None:
    if not os.read(sys.stdin.fileno(), 1):
        os._exit(1)
