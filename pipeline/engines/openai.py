"""The reference: OpenAI's own program on torch, with its own fallback to higher temperatures. It runs checkpoints."""

import base64
import gzip
import threading
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from pipeline.engines.machine import MOST_THREADS, cores
from pipeline.engines.protocol import (
    ASK_LANGUAGE_BELOW,
    BEAM_SIZE,
    MOST_PROMPT_TOKENS,
    Decoded,
    Samples,
    Way,
    decoded_of,
    likely,
    whisper_code,
)
from pipeline.engines.sampling import seed_of
from pipeline.errors import EngineMissing
from pipeline.models import Model, check_model, checkpoint_of

# Its own options for each way of hearing one window again. It has no penalties on repetition; a wide beam with
# patience is what it has against a loop.
_WAYS: dict[Way, dict[str, Any]] = {
    "beam": {"temperature": 0.0, "beam_size": BEAM_SIZE},
    "penalties": {"temperature": 0.0, "beam_size": 2 * BEAM_SIZE, "patience": 2.0},
    "sampled": {"temperature": (0.4, 0.6, 0.8)},
}


class OpenaiWhisper:
    """As `Engine`; one window at a time."""

    name = "openai-whisper"
    batch = 1
    replicas = 1

    def __init__(self, model: Model) -> None:
        try:
            import torch
            import whisper
        except ImportError as error:
            raise EngineMissing("openai-whisper") from error
        self.model, self.model_sha256 = model.name, check_model(model)
        checkpoint = checkpoint_of(model)
        threads = min(cores(), MOST_THREADS)
        torch.set_num_threads(threads)
        self._torch, self._program = torch, whisper
        self._one_at_a_time = threading.Lock()
        self._whisper = whisper.load_model(str(checkpoint), device="cpu")
        heads = alignment_heads(torch.load(checkpoint, weights_only=True, mmap=True), whisper._ALIGNMENT_HEADS)
        if heads is not None:
            self._whisper.set_alignment_heads(heads)
        self.options: dict[str, Any] = {
            "beam_size": BEAM_SIZE,
            "device": "cpu",
            "compute_type": "float32",
            "replicas": self.replicas,
            "threads": threads,
            "batch": self.batch,
            "versions": {name: version(name) for name in ("openai-whisper", "torch")},
        }

    def decode(self, windows: Sequence[Samples], language: str, *, prompt: str = "") -> list[Decoded]:
        """As `Engine.decode`, one window after the other."""
        heard = [self._hear(window, language, beam_size=BEAM_SIZE, initial_prompt=prompt or None) for window in windows]
        return [
            replace(each, languages=self.languages(window))
            if each.metrics.get("avg_logprob", 0.0) < ASK_LANGUAGE_BELOW
            else each
            for each, window in zip(heard, windows, strict=True)
        ]

    def decode_alone(self, window: Samples, language: str, way: Way) -> Decoded:
        """As `Engine.decode_alone`."""
        return self._hear(window, language, **_WAYS[way])

    def languages(self, window: Samples) -> dict[str, float]:
        """As `Engine.languages`; a model of English alone hears English."""
        if not self._whisper.is_multilingual:
            return {"en": 1.0}
        padded = self._program.pad_or_trim(self._torch.from_numpy(np.array(window)))
        mel = self._program.log_mel_spectrogram(padded, n_mels=self._whisper.dims.n_mels)
        with self._one_at_a_time, self._torch.no_grad():
            _token, probabilities = self._whisper.detect_language(mel)
        return likely(list(probabilities.items()))

    def _hear(self, window: Samples, language: str, *, initial_prompt: str | None = None, **ways: Any) -> Decoded:
        # It draws at random when it falls back to a temperature: the same window shall give the same words.
        with self._one_at_a_time, self._torch.random.fork_rng():
            self._torch.manual_seed(seed_of(window))
            result = self._whisper.transcribe(
                window,
                language=whisper_code(language),
                word_timestamps=True,
                condition_on_previous_text=False,
                initial_prompt=self._short(initial_prompt, language),
                fp16=False,
                verbose=None,
                **ways,
            )
        segments = result["segments"]
        words = [(w["start"], w["end"], w["word"], w["probability"]) for s in segments for w in s["words"]]
        return decoded_of(words, len(window), _metrics(segments))

    def _short(self, prompt: str | None, language: str) -> str | None:
        """The first words of a prompt that `MOST_PROMPT_TOKENS` have room for."""
        if not prompt:
            return None
        tokenizer = self._program.tokenizer.get_tokenizer(
            self._whisper.is_multilingual, num_languages=self._whisper.num_languages, language=whisper_code(language)
        )
        words = prompt.split()
        while len(tokenizer.encode(" " + " ".join(words))) > MOST_PROMPT_TOKENS:
            words.pop()
        return " ".join(words)


def _metrics(segments: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The segments' metrics weighted by their tokens; nothing where nothing was heard."""
    weights = [max(len(segment["tokens"]), 1) for segment in segments]
    return {
        key: float(np.average([segment[key] for segment in segments], weights=weights))
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
