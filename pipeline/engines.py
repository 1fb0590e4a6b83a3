"""The speech engines: windows of sound in, words with times out.

An engine gets samples, never a file name: faster-whisper's own decoder silently drops everything after a damaged
packet. The libraries are imported when an engine is made, since the rest of the program does well without them.
"""

import base64
import gzip
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from archive.settings import Settings
from pipeline.errors import EngineMissing, ModelUnusable
from pipeline.models import Model, check_model, checkpoint_of
from pipeline.windows import GROUP_SIZE

Samples = NDArray[np.float32]
Word = tuple[int, int, str, float]  # start_ms, end_ms in the window; the word with its punctuation; probability

SAMPLE_RATE_HZ = 16_000
BEAM_SIZE = 5
MAX_THREADS = 8  # more cores than this only heat the room: sequential gains stop at about four

# Whisper knows Norwegian as `no` and `nn`. It has no Sámi, whose speakers are written down as Norwegian.
_WHISPER_CODES = {"nb": "no", "se": "no", "sma": "no", "smj": "no"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """What an engine heard in one window. `text` is its words with single spaces between, or nothing."""

    words: tuple[Word, ...]
    metrics: dict[str, float]  # avg_logprob, compression_ratio, no_speech_prob, temperature

    @property
    def text(self) -> str:
        """The words as one line."""
        return " ".join(word[2] for word in self.words)


class Engine(Protocol):
    """What every engine offers. One instance holds one loaded model and is used by one thread at a time."""

    name: str
    model: str
    model_sha256: str
    options: dict[str, Any]
    batch: int  # how many windows are decoded together
    replicas: int  # how many calls of `decode` may run at once; the words hang neither on which nor on how many

    def decode(self, windows: Sequence[Samples], language: str) -> list[Decoded]:
        """What is said in each window of at most 30 s (mono, 16 kHz, -1..1); the same windows give the same words.

        Args:
            language: as the interview says it (`nb`, `nn`, `en`, …); never guessed, since Norwegian passes for Danish.
        """


def load_engine(settings: Settings, model: Model) -> Engine:
    """The engine that the settings name, with a checked model.

    Raises:
        ModelDamaged, ModelUnusable, EngineMissing: as they say.
    """
    engine = FasterWhisper if settings.engine == "faster-whisper" else OpenaiWhisper
    return engine(model)


def whisper_code(language: str) -> str:
    """Whisper's own code for an interview's language."""
    return _WHISPER_CODES.get(language, language)


def threads() -> int:
    """How many threads one model gets on this machine."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, MAX_THREADS)


class FasterWhisper:
    """CTranslate2, int8 on the processor, all windows of a call in one batch. The default."""

    name = "faster-whisper"
    batch = GROUP_SIZE
    replicas = 1

    def __init__(self, model: Model, *, compute_type: str = "int8", beam_size: int = BEAM_SIZE) -> None:
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        if model.is_checkpoint:
            raise ModelUnusable(model.path, "needs_ctranslate2")
        self.model, self.model_sha256 = model.name, check_model(model)
        self._pipeline = BatchedInferencePipeline(
            WhisperModel(str(model.path), device="cpu", compute_type=compute_type, cpu_threads=threads())
        )
        self.options: dict[str, Any] = {
            "beam_size": beam_size,
            "group": GROUP_SIZE,
            "compute_type": compute_type,
            "threads": threads(),
            "versions": {name: version(name) for name in ("faster-whisper", "ctranslate2")},
        }

    def decode(self, windows: Sequence[Samples], language: str) -> list[Decoded]:
        """As `Engine.decode`; all windows go through the model together."""
        if not windows:
            return []
        # The library takes one sound and clips of it: one clip per 30 s, so that its arithmetic on times is exact.
        room = 30 * SAMPLE_RATE_HZ
        sound = np.zeros(room * len(windows), dtype=np.float32)
        clips = []
        for number, window in enumerate(windows):
            sound[number * room : number * room + len(window)] = window
            clips.append({"start": number * 30.0, "end": number * 30.0 + len(window) / SAMPLE_RATE_HZ})
        segments, _info = self._pipeline.transcribe(
            sound,
            language=whisper_code(language),
            beam_size=self.options["beam_size"],
            batch_size=len(windows),
            word_timestamps=True,
            clip_timestamps=clips,
        )
        heard: list[list[Any]] = [[] for _ in windows]
        for segment in segments:
            heard[segment.seek // 3000].append(segment)
        return [
            _decoded(
                [
                    (word.start - number * 30, word.end - number * 30, word.word, word.probability)
                    for segment in heard[number]
                    for word in segment.words
                ],
                [vars(segment) for segment in heard[number]],
                len(window),
            )
            for number, window in enumerate(windows)
        ]


class OpenaiWhisper:
    """The reference: OpenAI's own program on torch, with its own fallback to higher temperatures."""

    name = "openai-whisper"
    batch = GROUP_SIZE
    replicas = 1

    def __init__(self, model: Model) -> None:
        try:
            import torch
            import whisper
        except ImportError as error:
            raise EngineMissing("openai-whisper") from error
        self.model, self.model_sha256 = model.name, check_model(model)
        checkpoint = checkpoint_of(model)
        torch.set_num_threads(threads())
        self._torch = torch
        self._whisper = whisper.load_model(str(checkpoint), device="cpu")
        heads = alignment_heads(torch.load(checkpoint, weights_only=True, mmap=True), whisper._ALIGNMENT_HEADS)
        if heads is not None:
            self._whisper.set_alignment_heads(heads)
        self.options: dict[str, Any] = {
            "beam_size": BEAM_SIZE,
            "compute_type": "float32",
            "threads": threads(),
            "versions": {name: version(name) for name in ("openai-whisper", "torch")},
        }

    def decode(self, windows: Sequence[Samples], language: str) -> list[Decoded]:
        """As `Engine.decode`, one window after the other."""
        return [self._decode_one(window, whisper_code(language)) for window in windows]

    def _decode_one(self, window: Samples, code: str) -> Decoded:
        # Its fallback draws at random: the same window shall give the same words.
        seed = int.from_bytes(hashlib.sha256(window.tobytes()).digest()[:8], "big") >> 1
        with self._torch.random.fork_rng():
            self._torch.manual_seed(seed)
            result = self._whisper.transcribe(
                window,
                language=code,
                beam_size=BEAM_SIZE,
                word_timestamps=True,
                condition_on_previous_text=False,
                fp16=False,
                verbose=None,
            )
        segments = result["segments"]
        words = [(w["start"], w["end"], w["word"], w["probability"]) for s in segments for w in s["words"]]
        return _decoded(words, segments, len(window))


def _decoded(
    words: Sequence[tuple[float, float, str, float]], segments: Sequence[dict[str, Any]], length: int
) -> Decoded:
    """Words in whole milliseconds inside the window, and the segments' metrics weighted by their tokens."""
    window_ms = length * 1000 // SAMPLE_RATE_HZ
    tidy: list[Word] = []
    earliest = 0
    for start_s, end_s, text, probability in words:
        if not text.strip():
            continue
        start_ms = min(max(round(start_s * 1000), earliest), window_ms)
        end_ms = min(max(round(end_s * 1000), start_ms), window_ms)
        earliest = start_ms
        if tidy and not text.startswith(" "):  # the rest of a word that the tokenizer cut in two
            before = tidy.pop()
            tidy.append((before[0], end_ms, before[2] + text.strip(), min(before[3], round(float(probability), 3))))
        else:
            tidy.append((start_ms, end_ms, text.strip(), round(float(probability), 3)))
    return Decoded(tuple(tidy), _metrics(segments))


def _metrics(segments: Sequence[dict[str, Any]]) -> dict[str, float]:
    weights = [max(len(segment["tokens"]), 1) for segment in segments]
    return {
        key: round(float(np.average([segment[key] for segment in segments], weights=weights)), 4)
        for key in ("avg_logprob", "compression_ratio", "no_speech_prob", "temperature")
        if segments
    }


# Which official size a checkpoint has, by (text layers, text width, mel bands); its best heads for word times.
_SIZES = {
    (4, 384, 80): "tiny",
    (6, 512, 80): "base",
    (12, 768, 80): "small",
    (24, 1024, 80): "medium",
    (32, 1280, 80): "large-v2",
    (32, 1280, 128): "large-v3",
    (4, 1280, 128): "turbo",
}


def alignment_heads(checkpoint: dict[str, Any], official: dict[str, bytes]) -> bytes | None:
    """The heads whose attention gives word times, as `Whisper.set_alignment_heads` reads them; None: unknown size.

    A checkpoint from a path has none, and the library then takes half of the decoder: poorer times.
    """
    dims = checkpoint["dims"]
    if named := checkpoint.get("alignment_heads"):
        mask = np.zeros((dims["n_text_layer"], dims["n_text_head"]), dtype=bool)
        for layer, head in named:
            mask[layer, head] = True
        return base64.b85encode(gzip.compress(mask.tobytes()))
    size = _SIZES.get((dims["n_text_layer"], dims["n_text_state"], dims["n_mels"]))
    return official[size] if size else None
