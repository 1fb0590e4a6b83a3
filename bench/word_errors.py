"""`script/bench word-errors FILE`: how well windows are heard, over changed copies of one recording.

Where windows are cut moves a word error rate by some points either way, and on one recording that is chance. So the
same speech is heard again a little faster, slower, higher, lower, through a telephone, in a room and later, and the
mean is what counts. `--set NAME=NUMBER` tries another value of a constant of `pipeline.windows`.
"""

import argparse
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import ffmpeg

import pipeline.windows
from archive.evaluation.reference import read_reference
from archive.evaluation.score import TimedWord
from archive.settings import read_settings
from bench.site import environment
from bench.transcription.compare import word_error_rate
from media.measure import speech_duration_ms
from pipeline.engines import FasterWhisper
from pipeline.models import find_model
from pipeline.planning import Sound, batch_size, find_windows
from pipeline.windows import Excerpt

CHANGES = (
    ("as it is", "anull"),
    *((f"{100 * pace:.0f} % of the pace", f"atempo={pace}") for pace in (0.91, 0.95, 0.97, 1.03, 1.05, 1.09)),
    *(
        (f"{100 * pitch:.1f} % of the pitch and pace", f"asetrate=16000*{pitch}")
        for pitch in (0.97, 0.985, 1.015, 1.03)
    ),
    ("by telephone", "highpass=f=200,lowpass=f=3600"),
    ("three seconds later", "adelay=3000:all=1"),
    ("in a room", "aecho=0.8:0.5:40:0.2"),
)


def main() -> None:
    """Print the word error rate of each copy, ours and the peer's, and the means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="a recording of speech; what is said in it lies beside it as .txt")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER")
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--without-peer", action="store_true")
    typed = parser.parse_args()
    for each in typed.set:
        name, _, number = each.partition("=")
        if not isinstance(getattr(pipeline.windows, name, None), int):
            parser.error(f"--set: no {name}")
        setattr(pipeline.windows, name, int(number))
    reference = read_reference(typed.file.with_suffix(".txt"))
    with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder:
        model = find_model(read_settings(environment(Path(folder))), None)
        hearers = {"ours": _Ours(FasterWhisper(model, beam_size=typed.beam)).words}
        if not typed.without_peer:
            hearers["batched"] = _Batched(model.path).words
        rates: dict[str, list[float]] = {name: [] for name in hearers}
        for what, change in CHANGES:
            copy = Path(folder) / "copy.wav"
            _change(typed.file, copy, change)
            for name, words in hearers.items():
                rates[name].append(100 * (word_error_rate(reference, words(copy)) or 0))
            print(f"{what:<30}" + "".join(f"{name} {each[-1]:.1f} %   " for name, each in rates.items()), flush=True)
    for name, each in rates.items():
        print(f"{name}: mean {statistics.mean(each):.2f} %, from {min(each):.1f} to {max(each):.1f}")


def _change(source: Path, copy: Path, change: str) -> None:
    steps = ["aresample=16000", *change.split(","), "aresample=16000"]
    stream = ffmpeg.input(str(source)).output(str(copy), af=",".join(steps), ar=16000, ac=1)
    stream.global_args("-v", "error").run(overwrite_output=True)


class _Ours:
    """Windows and batches as the worker makes them, without its database."""

    def __init__(self, engine: FasterWhisper) -> None:
        self._engine = engine

    def words(self, path: Path) -> list[TimedWord]:
        """What is heard in a speech file; the times stay inside each window."""
        sound = Sound(path, speech_duration_ms(path))
        excerpts = [Excerpt.of(each.span, each.speech) for each in chain(*find_windows(sound, None))]
        batches = []
        while excerpts:
            size = batch_size(len(batches), self._engine.batch)
            batches.append(excerpts[:size])
            excerpts = excerpts[size:]
        with ThreadPoolExecutor(self._engine.replicas) as pool:
            decoded = pool.map(lambda batch: self._engine.decode([sound.read_excerpt(e) for e in batch], "nb"), batches)
            return [(start, end, word) for window in chain(*decoded) for start, end, word, _p in window.words]


class _Batched:
    """faster-whisper's own way."""

    def __init__(self, model: Path) -> None:
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        self._pipeline = BatchedInferencePipeline(WhisperModel(str(model), device="cpu", compute_type="int8"))

    def words(self, path: Path) -> list[TimedWord]:
        """What is heard in a sound file."""
        options = {"beam_size": 5, "batch_size": 8, "word_timestamps": True, "vad_filter": True}
        segments, _info = self._pipeline.transcribe(str(path), language="no", **options)
        found = [word for segment in segments for word in segment.words or []]
        return [(round(word.start * 1000), round(word.end * 1000), word.word) for word in found]


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"took {time.monotonic() - began:.0f} s")
