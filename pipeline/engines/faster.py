"""faster-whisper on CTranslate2, int8 on the processor, float16 on a graphics card. The default."""

from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.engines.machine import Arrangement, arrange, cores, memory_bytes
from pipeline.engines.protocol import (
    ASK_LANGUAGE_BELOW,
    BEAM_SIZE,
    LONGEST_TEXT,
    MOST_PROMPT_TOKENS,
    SAMPLE_RATE_HZ,
    Decoded,
    Samples,
    Way,
    decoded_of,
    likely,
    whisper_code,
)
from pipeline.engines.sampling import sample_in_a_process
from pipeline.errors import ModelUnusable
from pipeline.models import Model, check_model

FRAMES = 3000  # of 10 ms: the 30 s that the encoder always takes
FRAMES_PER_S = 100
ENCODED_TOGETHER = (
    2  # windows: keeps memory low; 1 to 8 took 1.1 to 1.3 s of processor time a window, on a busy machine
)

# In a batch. 2 takes nine tenths of the processor time, but real speech comes out worse: word error rate 0.368 against
# 0.352 on 1152 s of one speaker (0.484 against 0.566 where machine voices are mixed in). Change it by measuring only.
BATCH_BEAM_SIZE = BEAM_SIZE

# What keeps a decoder out of a loop, as far as true repetition ("ja, ja, ja") bears it.
PENALTIES = {"repetition_penalty": 1.15, "no_repeat_ngram_size": 3}


def arrangement_for(model: Model) -> Arrangement:
    """How this machine works with a model."""
    import ctranslate2

    return arrange(
        cores=cores(),
        gpus=ctranslate2.get_cuda_device_count(),
        memory_bytes=memory_bytes(),
        weights_bytes=model.weights.stat().st_size,
    )


class FasterWhisper:
    """As `Engine`; all windows of a call go through the decoder together."""

    name = "faster-whisper"

    def __init__(
        self,
        model: Model,
        *,
        arrangement: Arrangement | None = None,
        compute_type: str | None = None,
        beam_size: int = BATCH_BEAM_SIZE,
    ) -> None:
        """`arrangement` and `compute_type`: None takes what suits the machine.

        Raises:
            ModelUnusable, ModelDamaged: as they say.
        """
        if model.is_checkpoint:
            raise ModelUnusable(model.path, "needs_ctranslate2")
        self.model, self.model_sha256 = model.name, check_model(model)
        self._folder = model.path
        self._beam_size = beam_size
        chosen = arrangement or arrangement_for(model)
        self._compute_type = compute_type or chosen.compute_type
        self.batch, self.replicas = chosen.batch, chosen.replicas
        self._loaded = LoadedModel(
            model.path,
            device=chosen.device,
            compute_type=self._compute_type,
            replicas=chosen.replicas,
            threads=chosen.threads,
        )
        self.options: dict[str, Any] = {
            "beam_size": beam_size,
            **asdict(chosen),
            "compute_type": self._compute_type,
            "penalties": PENALTIES,
            "versions": {name: version(name) for name in ("faster-whisper", "ctranslate2")},
        }

    def decode(self, windows: Sequence[Samples], language: str, *, prompt: str = "") -> list[Decoded]:
        """As `Engine.decode`."""
        return self._loaded.hear(windows, whisper_code(language), prompt=prompt, beam_size=self._beam_size)

    def decode_alone(self, window: Samples, language: str, way: Way) -> Decoded:
        """As `Engine.decode_alone`."""
        if way == "sampled":
            # On the processor also where there is a graphics card, whose random numbers are its own.
            compute_type = self._compute_type if self._loaded.device == "cpu" else "int8"
            return sample_in_a_process(self._folder, compute_type, window, whisper_code(language))
        ways: dict[str, Any] = PENALTIES if way == "penalties" else {}
        return self._loaded.hear([window], whisper_code(language), beam_size=BEAM_SIZE, **ways)[0]

    def languages(self, window: Samples) -> dict[str, float]:
        """As `Engine.languages`."""
        return self._loaded.languages(window)


class LoadedModel:
    """The weights in memory, and the way from samples to words. Nothing here changes after it is made."""

    def __init__(self, folder: Path, *, device: str, compute_type: str, replicas: int, threads: int) -> None:
        import ctranslate2
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        self.device = device
        self._tokenizer_of = Tokenizer
        self._suppressed = get_suppressed_tokens
        self._storage = ctranslate2.StorageView.from_array
        self._library: Any = WhisperModel(
            str(folder), device=device, compute_type=compute_type, cpu_threads=threads, num_workers=replicas
        )

    def hear(
        self, windows: Sequence[Samples], code: str, *, prompt: str = "", temperature: float = 0.0, **ways: Any
    ) -> list[Decoded]:
        """Words and metrics of each window, decoded together.

        Args:
            code: Whisper's own code of the language.
            ways: how CTranslate2's `generate` chooses its tokens.
        """
        if not windows:
            return []
        tokenizer = self._tokenizer(code)
        start = self._start(tokenizer, prompt)
        encoded = self._encoded(windows)
        results = self._library.model.generate(
            encoded,
            [start] * len(windows),
            max_length=LONGEST_TEXT,
            suppress_blank=True,
            suppress_tokens=list(self._suppressed(tokenizer, [-1])),
            return_scores=True,
            return_no_speech_prob=True,
            **ways,
        )
        timed = self._timed(tokenizer, encoded, windows, [result.sequences_ids[0] for result in results])
        metrics = [self._metrics(tokenizer, result, temperature) for result in results]
        unsure = [number for number, each in enumerate(metrics) if each["avg_logprob"] < ASK_LANGUAGE_BELOW]
        languages = self._languages_of_some(encoded, unsure)
        return [
            decoded_of(words, len(window), measured, languages.get(number, {}))
            for number, (words, window, measured) in enumerate(zip(timed, windows, metrics, strict=True))
        ]

    def languages(self, window: Samples) -> dict[str, float]:
        """As `Engine.languages`; a model of English alone hears English."""
        return self._languages(self._encoded([window]), 1)[0]

    def _languages_of_some(self, encoded: Any, numbers: Sequence[int]) -> dict[int, dict[str, float]]:
        if not numbers or self.device != "cpu":
            every = self._languages(encoded, encoded.shape[0]) if numbers else []
            return {number: every[number] for number in numbers}
        some = self._storage(np.asarray(encoded)[list(numbers)])
        return dict(zip(numbers, self._languages(some, len(numbers)), strict=True))

    def _languages(self, encoded: Any, count: int) -> list[dict[str, float]]:
        if not self._library.model.is_multilingual:
            return [{"en": 1.0}] * count
        found = self._library.model.detect_language(encoded)
        return [likely([(token.strip("<|>"), p) for token, p in each]) for each in found]

    def _tokenizer(self, code: str) -> Any:
        many = self._library.model.is_multilingual
        return self._tokenizer_of(self._library.hf_tokenizer, many, task="transcribe", language=code if many else "en")

    def _start(self, tokenizer: Any, prompt: str) -> list[int]:
        told = prompt_tokens(tokenizer.encode, prompt)
        start: list[int] = self._library.get_prompt(tokenizer, told, without_timestamps=True)
        assert len(start) <= LONGEST_TEXT // 2, "the answer must keep its room"  # noqa: S101
        return start

    def _encoded(self, windows: Sequence[Samples]) -> Any:
        """What the encoder makes of the windows, each filled up to 30 s: [windows, 1500, width]."""
        parts = [
            self._library.model.encode(self._storage(self._spectrograms(windows[first : first + ENCODED_TOGETHER])))
            for first in range(0, len(windows), ENCODED_TOGETHER)
        ]
        if len(parts) == 1 or self.device != "cpu":
            return parts[0]
        return self._storage(np.concatenate([np.asarray(part) for part in parts]))

    def _spectrograms(self, windows: Sequence[Samples]) -> Any:
        """[windows, mel bands, 3000], as Whisper wants them: what is short of 30 s is filled up with silence."""
        extract = self._library.feature_extractor
        filled = np.zeros((len(windows), self._library.model.n_mels, FRAMES), dtype=np.float32)
        for row, window in zip(filled, windows, strict=True):
            mel = extract(window)[:, :-1][:, :FRAMES]
            row[:, : mel.shape[1]] = mel
        return filled

    def _timed(
        self, tokenizer: Any, encoded: Any, windows: Sequence[Samples], tokens: Sequence[list[int]]
    ) -> list[list[tuple[float, float, str, float]]]:
        """The words of each window with their times in it, in seconds, as the library finds and mends them."""
        lengths_s = [len(window) / SAMPLE_RATE_HZ for window in windows]
        # The library mends a word's length by the silence since the word before: each window has 30 s of its own.
        segments: list[list[dict[str, Any]]] = [
            [{"seek": number * FRAMES, "tokens": each, "start": number * 30.0, "end": number * 30.0 + length_s}]
            for number, (each, length_s) in enumerate(zip(tokens, lengths_s, strict=True))
        ]
        frames = [min(ceil(length_s) * FRAMES_PER_S, FRAMES) for length_s in lengths_s]
        self._library.add_word_timestamps(
            segments, tokenizer, encoded, frames, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、", 0.0
        )
        return [
            [
                (word["start"] - number * 30, word["end"] - number * 30, word["word"], word["probability"])
                for word in segment["words"]
            ]
            for number, (segment,) in enumerate(segments)
        ]

    def _metrics(self, tokenizer: Any, result: Any, temperature: float) -> dict[str, float]:
        from faster_whisper.transcribe import get_compression_ratio

        tokens = result.sequences_ids[0]
        text = tokenizer.decode(tokens).strip()
        return {
            "avg_logprob": result.scores[0] * len(tokens) / (len(tokens) + 1),  # the library's: the end counts too
            "compression_ratio": get_compression_ratio(text),
            "no_speech_prob": result.no_speech_prob,
            "temperature": temperature,
        }


def prompt_tokens(encode: Any, prompt: str) -> list[int]:
    """The tokens of the first words of a prompt that `MOST_PROMPT_TOKENS` have room for."""
    words = prompt.split()
    while words:
        tokens: list[int] = encode(" " + " ".join(words))
        if len(tokens) <= MOST_PROMPT_TOKENS:
            return tokens
        words.pop()
    return []
