"""A worker whose engine says given words: a real implementation of the protocol, for speed.

Run as a program it is a whole worker: `python -m tests.pipeline.scripted DATA LOG SECONDS`.
"""

import hashlib
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from archive.settings import Settings, read_settings
from pipeline import windows, worker
from pipeline.bench import Load
from pipeline.engines import Decoded, Engine, Samples
from pipeline.models import Model

VOCABULARY = ("vi", "gikk", "på", "stemmeverving", "i", "Verdal", "og", "Steinkjer", "hver", "lørdag.")


HELD_AT_MOST_S = 240


def held_file(log: Path) -> Path:
    """Holds the number of the batch that the engine of this log does not end, nor any later one, while it is there."""
    return log.with_suffix(".held")


class ScriptedEngine:
    """Says ten words in each window, named for its sound; takes `seconds` for a group and writes a line to `log`."""

    name = "scripted"

    def __init__(
        self, model: Model, log: Path | None = None, seconds: float = 0.0, *, batch: int = 8, replicas: int = 1
    ) -> None:
        self.batch, self.replicas = batch, replicas
        self.model, self.model_sha256 = model.name, "5" * 64
        self.options: dict[str, Any] = {"beam_size": 1}
        self._log, self._seconds = log, seconds

    def decode(self, windows: Sequence[Samples], language: str, *, prompt: str = "") -> list[Decoded]:
        """As `Engine.decode`."""
        names = [hashlib.sha256(window.tobytes()).hexdigest()[:8] for window in windows]
        if self._log:
            with self._log.open("a") as file:
                file.write(" ".join(names) + "\n")
            _wait_while_held(self._log)
        time.sleep(self._seconds)
        return [_said(window, name) for window, name in zip(windows, names, strict=True)]

    def decode_alone(self, window: Samples, language: str, way: str) -> Decoded:
        """As `Engine.decode_alone`; this engine says the same however it is asked."""
        return _said(window, hashlib.sha256(window.tobytes()).hexdigest()[:8])

    def languages(self, window: Samples) -> dict[str, float]:
        """As `Engine.languages`."""
        return {"no": 0.9, "sv": 0.1}


def _wait_while_held(log: Path) -> None:
    number, give_up_at = len(log.read_text().splitlines()), time.monotonic() + HELD_AT_MOST_S
    with suppress(FileNotFoundError):
        while number >= int(held_file(log).read_text()) and time.monotonic() < give_up_at:
            time.sleep(0.02)


def _said(window: Samples, name: str) -> Decoded:
    step_ms = len(window) // 16 // (len(VOCABULARY) + 1)
    words = [(n * step_ms, n * step_ms + step_ms // 2, word, 0.9) for n, word in enumerate([f"ord{name}", *VOCABULARY])]
    return Decoded(tuple(words), {"avg_logprob": -0.3, "compression_ratio": 1.2})


def loading(log: Path | None = None, seconds: float = 0.0, *, batch: int = 8, replicas: int = 1) -> Load:
    """What a worker loads its engine with."""

    def load(_settings: Settings, model: Model) -> Engine:
        return ScriptedEngine(model, log, seconds, batch=batch, replicas=replicas)

    return load


def short_pauses(change: Callable[[object, str, object], None] = setattr) -> None:
    """Let a window end in a pause of 1.5 s, so that a recording of many windows need not be one of many minutes."""
    change(windows, "LONG_PAUSE_MS", 1_500)
    change(windows, "SETTLED_MS", 30_000)


if __name__ == "__main__":
    short_pauses()
    worker.LOOK_EVERY_S = worker.HEARTBEAT_S = 0.5
    worker.run_worker(
        read_settings({"STEMME_DATA": sys.argv[1]}),
        threading.Event(),
        load=loading(Path(sys.argv[2]), float(sys.argv[3])),
    )
