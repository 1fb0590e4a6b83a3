"""Both engines, with real weights, on real speech."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import jiwer
import numpy as np
import pytest

from pipeline.engines import (
    SAMPLE_RATE_HZ,
    Decoded,
    Engine,
    FasterWhisper,
    OpenaiWhisper,
    Samples,
    Way,
    alignment_heads,
    whisper_code,
)
from pipeline.engines.faster import prompt_tokens
from pipeline.engines.machine import Arrangement
from pipeline.engines.sampling import sample_in_a_process
from pipeline.errors import EngineFailed, ModelUnusable
from pipeline.models import Model, checkpoint_of
from pipeline.voice import speech_probabilities
from pipeline.windows import Excerpt, plan_windows, speech_spans
from tests.pipeline.conftest import plain

# torch on a busy machine is many times slower than on an idle one.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def windows(king_samples: Samples) -> list[Samples]:
    def read(start_ms: int, end_ms: int) -> Samples:
        return king_samples[start_ms * 16 : end_ms * 16]

    probabilities = np.concatenate(list(speech_probabilities(read, len(king_samples) // 16)))
    spans = speech_spans(probabilities)
    excerpts = [
        Excerpt.of(window, [each for each in spans if window.start_ms <= each.start_ms < window.end_ms])
        for window in plan_windows(probabilities)
    ]
    return [np.concatenate([read(piece.start_ms, piece.end_ms) for piece in each.pieces]) for each in excerpts]


@pytest.fixture(scope="module")
def short(windows: list[Samples]) -> list[Samples]:
    """Ten seconds of each window, where it does not matter how much is said."""
    return [window[: 10 * SAMPLE_RATE_HZ] for window in windows]


@pytest.fixture(scope="module")
def default(embedded_model: Model) -> Engine:
    return FasterWhisper(embedded_model)


@pytest.fixture(scope="module")
def reference(embedded_model: Model) -> Engine:
    pytest.importorskip("whisper")
    return OpenaiWhisper(embedded_model)


@pytest.fixture(scope="module")
def default_heard(default: Engine, windows: list[Samples]) -> list[Decoded]:
    return default.decode(windows, "nb")


@pytest.fixture(scope="module")
def reference_heard(reference: Engine, windows: list[Samples]) -> list[Decoded]:
    """The first window only: torch takes half a second for each second of speech."""
    return reference.decode(windows[:1], "nb")


def text_of(heard: list[Decoded]) -> str:
    return plain(" ".join(each.text for each in heard))


@pytest.mark.weights
def test_the_default_engine_hears_norwegian(default_heard: list[Decoded], king_text: str) -> None:
    assert jiwer.wer(plain(king_text), text_of(default_heard)) <= 0.42


@pytest.mark.slow
@pytest.mark.weights
def test_the_reference_engine_hears_norwegian(reference: Engine, windows: list[Samples], king_text: str) -> None:
    """By default the default engine is held to this, and the reference to agree with it."""
    assert jiwer.wer(plain(king_text), text_of(reference.decode(windows, "nb"))) <= 0.42


@pytest.mark.weights
def test_the_same_weights_say_the_same_in_both_libraries(embedded_model: Model, windows: list[Samples]) -> None:
    """Greedy, in float32, from the same float16 weights: nothing but rounding may part the two libraries."""
    whisper = pytest.importorskip("whisper")
    model = whisper.load_model(str(checkpoint_of(embedded_model)), device="cpu")
    options = whisper.DecodingOptions(language="no", without_timestamps=True, fp16=False)
    one = windows[:1]
    # As its `transcribe` does: what is short of 30 s is filled up after the spectrogram, not before.
    whole = [whisper.log_mel_spectrogram(window, padding=30 * SAMPLE_RATE_HZ) for window in one]
    mels = [whisper.pad_or_trim(mel[:, : len(window) // 160], 3000) for mel, window in zip(whole, one, strict=True)]
    theirs = plain(" ".join(whisper.decode(model, mel, options).text for mel in mels))
    ours = text_of(FasterWhisper(embedded_model, compute_type="float32", beam_size=1).decode(one, "nb"))
    assert jiwer.wer(theirs, ours) <= 0.02


@pytest.mark.weights
def test_the_engines_agree_as_they_are_used(default_heard: list[Decoded], reference_heard: list[Decoded]) -> None:
    """int8 against float32, one without and one with the model's own time marks: most words are the same."""
    assert jiwer.wer(text_of(reference_heard), text_of(default_heard[:1])) <= 0.2


@pytest.mark.weights
def test_the_engines_agree_on_when_a_word_is_said(default_heard: list[Decoded], reference_heard: list[Decoded]) -> None:
    apart = []
    for mine, theirs in zip(default_heard[:1], reference_heard, strict=True):
        for chunk in jiwer.process_words(plain(theirs.text), plain(mine.text)).alignments[0]:
            if chunk.type == "equal":
                for number in range(chunk.ref_end_idx - chunk.ref_start_idx):
                    a, b = theirs.words[chunk.ref_start_idx + number], mine.words[chunk.hyp_start_idx + number]
                    apart.append(abs(a[0] - b[0]))
    assert np.mean(np.array(apart) > 300) < 0.1


@pytest.mark.weights
def test_words_lie_inside_their_window_in_order(default_heard: list[Decoded], windows: list[Samples]) -> None:
    for decoded, window in zip(default_heard, windows, strict=True):
        assert decoded.text.split() == [word[2] for word in decoded.words]
        assert all(0 <= start <= end <= len(window) // 16 and 0 <= p <= 1 for start, end, _, p in decoded.words)
        assert all(before[0] <= after[0] for before, after in pairwise(decoded.words))
        assert decoded.metrics["avg_logprob"] < 0 < decoded.metrics["compression_ratio"]


@pytest.mark.slow  # the next one shows it too, of shorter windows
@pytest.mark.weights
def test_the_same_group_gives_the_same_words(
    default: Engine, default_heard: list[Decoded], windows: list[Samples]
) -> None:
    assert default.decode(windows, "nb") == default_heard


@pytest.mark.weights
def test_batches_at_once_give_the_words_of_one_after_the_other(default: Engine, short: list[Samples]) -> None:
    batches = [short[:1], short[1:3], short[:1], short[1:3]]
    one_by_one = [default.decode(batch, "nb") for batch in batches[:2]]
    with ThreadPoolExecutor(max_workers=4) as pool:
        assert list(pool.map(lambda batch: default.decode(batch, "nb"), batches)) == one_by_one * 2


@pytest.mark.weights
@pytest.mark.parametrize("threads", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_how_many_work_changes_no_word(embedded_model: Model, short: list[Samples], threads: int) -> None:
    one = FasterWhisper(embedded_model, arrangement=Arrangement("cpu", "int8", replicas=1, threads=1, batch=2))
    other = FasterWhisper(embedded_model, arrangement=Arrangement("cpu", "int8", replicas=2, threads=threads, batch=2))
    assert other.decode(short[:2], "nb") == one.decode(short[:2], "nb")


@pytest.mark.weights
@pytest.mark.parametrize("way", ["beam", "penalties", "sampled"])
def test_one_window_alone_says_the_same_every_time(default: Engine, short: list[Samples], way: Way) -> None:
    first = default.decode_alone(short[0], "nb", way)
    assert first.words
    assert default.decode_alone(short[0], "nb", way) == first


@pytest.mark.weights
def test_a_process_that_dies_is_named(windows: list[Samples], tmp_path: Path) -> None:
    with pytest.raises(EngineFailed):
        sample_in_a_process(tmp_path / "no model", "int8", windows[0], "no")


@pytest.mark.weights
def test_norwegian_is_among_the_languages_that_are_heard(default: Engine, windows: list[Samples]) -> None:
    heard = default.languages(windows[0])
    assert {"no", "nn"} & heard.keys()
    assert sum(heard.values()) <= 1.01


def test_a_prompt_keeps_whole_words_within_its_room() -> None:
    def encode(text: str) -> list[int]:
        return list(range(len(text)))  # one token for each letter

    assert len(prompt_tokens(encode, "Verdal")) == 7
    assert len(prompt_tokens(encode, "Steinkjer " * 20)) == 60
    assert prompt_tokens(encode, "x" * 61) == []
    assert prompt_tokens(encode, "  ") == []


@pytest.mark.weights
@pytest.mark.parametrize("name", ["default", "reference"])
def test_silence_and_scraps_do_no_harm(request: pytest.FixtureRequest, name: str) -> None:
    engine: Engine = request.getfixturevalue(name)
    assert engine.decode([], "nb") == []
    scrap = np.zeros(SAMPLE_RATE_HZ // 5, dtype=np.float32)
    assert len(engine.decode([scrap], "nn")) == 1


def test_norwegian_of_both_kinds_is_named_as_whisper_names_it() -> None:
    assert [whisper_code(language) for language in ("nb", "nn", "no", "en", "se")] == ["no", "nn", "no", "en", "no"]


def test_the_default_engine_refuses_a_checkpoint(embedded_model: Model) -> None:
    with pytest.raises(ModelUnusable):
        FasterWhisper(Model("mine", embedded_model.path / "checkpoint.pt", {}))


def test_the_heads_for_word_times_are_those_of_the_official_model(embedded_model: Model) -> None:
    torch, whisper = pytest.importorskip("torch"), pytest.importorskip("whisper")
    checkpoint = torch.load(checkpoint_of(embedded_model), weights_only=True, mmap=True)
    official = whisper._ALIGNMENT_HEADS
    loaded = whisper.load_model(str(checkpoint_of(embedded_model)), device="cpu")
    masks = []
    for heads in (alignment_heads(checkpoint, official), official["base"]):
        loaded.set_alignment_heads(heads)
        masks.append(loaded.alignment_heads.to_dense())
    assert torch.equal(*masks)
    named = checkpoint.pop("alignment_heads")
    assert named
    assert alignment_heads(checkpoint, official) == official["base"]
