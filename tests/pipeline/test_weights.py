"""CTranslate2 weights as an openai checkpoint."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.models import install_embedded
from pipeline.weights import read_tensors, shape_of, state_dict


@pytest.fixture(scope="module")
def folder() -> Path:
    return install_embedded()


def test_the_shape_is_that_of_whisper_base(folder: Path) -> None:
    shape = shape_of(read_tensors(folder / "model.bin"))
    assert (shape.n_mels, shape.n_audio_state, shape.n_audio_layer, shape.n_text_layer) == (80, 512, 6, 6)
    assert (shape.n_vocab, shape.n_audio_ctx, shape.n_text_ctx, shape.n_text_head) == (51865, 1500, 448, 8)


def test_every_weight_that_openai_wants_is_there_in_its_shape(folder: Path) -> None:
    whisper = pytest.importorskip("whisper")
    model = whisper.load_model(str(folder / "checkpoint.pt"), device="cpu")
    state = state_dict(read_tensors(folder / "model.bin"))
    assert {key: value.shape for key, value in state.items()} == {
        key: tuple(value.shape) for key, value in model.state_dict().items()
    }


def test_the_fused_tensors_come_apart_without_loss(folder: Path) -> None:
    tensors = read_tensors(folder / "model.bin")
    state = state_dict(tensors)
    fused = tensors["decoder/layer_3/self_attention/linear_0/weight"]
    names = [f"decoder.blocks.3.attn.{part}.weight" for part in ("query", "key", "value")]
    assert np.array_equal(np.concatenate([state[name] for name in names]), fused)
    # Whisper's key has no bias: what is left out is nothing but zeros.
    assert not tensors["decoder/layer_3/self_attention/linear_0/bias"][512:1024].any()
