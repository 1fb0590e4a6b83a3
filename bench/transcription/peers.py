"""The peers, each in a fresh process that loads its model: faster-whisper's own batches, and openai-whisper.

`python -m bench.transcription.peers batched|openai SOUND WORDS.json` is what that process runs.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.evaluation.score import TimedWord
from archive.settings import read_settings
from bench.site import environment
from pipeline.models import Model, checkpoint_of, find_model
from pipeline.worker import NICE

THREADS = 2
# As openai-whisper's command line has them when nothing is asked for.
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class PeerRun:
    """What a peer heard, and how long it took from the start of its process to its end."""

    took_s: float
    processor_s: float
    words: list[TimedWord]


def run_peer(name: str, sound: Path, folder: Path) -> PeerRun:
    """Run one to its end, at the same low priority as our worker."""
    target = folder / f"{name}.json"
    command = [sys.executable, "-m", "bench.transcription.peers", name, str(sound), str(target)]
    before, began = _children_s(), time.monotonic()
    process = subprocess.Popen(command, env=environment(folder), preexec_fn=_give_way)
    try:
        if process.wait() != 0:
            raise RuntimeError(f"{name} ended with exit code {process.returncode}")
    finally:
        process.kill()
        process.wait()
    took_s = time.monotonic() - began
    words = [(start, end, word) for start, end, word in json.loads(target.read_text("utf-8"))]
    return PeerRun(took_s, _children_s() - before, words)


def _children_s() -> float:
    """Processor time of this process's children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _give_way() -> None:
    os.nice(max(0, NICE - os.nice(0)))


def _batched(model: Model, sound: str) -> list[dict[str, Any]]:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    loaded = WhisperModel(str(model.path), device="cpu", compute_type="int8", cpu_threads=THREADS)
    segments, _info = BatchedInferencePipeline(loaded).transcribe(
        sound, language="no", beam_size=5, batch_size=8, word_timestamps=True, vad_filter=True
    )
    return [vars(word) for segment in segments for word in segment.words or []]


def _openai(model: Model, sound: str) -> list[dict[str, Any]]:
    import torch
    import whisper

    from pipeline.engines import alignment_heads

    checkpoint = checkpoint_of(model)
    loaded = whisper.load_model(str(checkpoint), device="cpu")
    # By an official name it would know the heads that give good word times; from a path it does not.
    heads = alignment_heads(torch.load(checkpoint, weights_only=True, mmap=True), whisper._ALIGNMENT_HEADS)
    if heads is not None:
        loaded.set_alignment_heads(heads)
    result = loaded.transcribe(
        sound,
        language="no",
        beam_size=5,
        best_of=5,
        temperature=TEMPERATURES,
        word_timestamps=True,
        fp16=False,
        verbose=None,
    )
    return [word for segment in result["segments"] for word in segment["words"]]


def main() -> None:
    """Write the words of one recording, [start_ms, end_ms, word]."""
    name, sound, target = sys.argv[1:]
    with tempfile.TemporaryDirectory() as nowhere:
        model = find_model(read_settings({"STEMME_DATA": nowhere}), None)
    words = {"batched": _batched, "openai": _openai}[name](model, sound)
    plain = [[round(word["start"] * 1000), round(word["end"] * 1000), word["word"].strip()] for word in words]
    Path(target).write_text(json.dumps(plain), "utf-8")


if __name__ == "__main__":
    main()
