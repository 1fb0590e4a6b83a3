"""CTranslate2's `model.bin` read as a plain list of named tensors, and the same weights as an openai checkpoint.

The file holds a version, the name and revision of its specification, the variables (name, shape, type, bytes) and
the aliases, all little-endian. Query, key and value are fused into one tensor along the first axis: all three in
self-attention (`linear_0`), key and value in cross-attention (`linear_1`).
"""

import json
import os
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EngineMissing, ModelUnusable

# CTranslate2's DataType numbers.
_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_READABLE_VERSIONS = (5, 6)
Tensor = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a Whisper model looks like; the names are openai's `ModelDimensions`."""

    n_mels: int
    n_audio_ctx: int
    n_audio_state: int
    n_audio_head: int
    n_audio_layer: int
    n_vocab: int
    n_text_ctx: int
    n_text_state: int
    n_text_head: int
    n_text_layer: int


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Every variable of a CTranslate2 `model.bin`, as views into the mapped file.

    Raises:
        ModelUnusable: it is not a Whisper model in a version of the format that we know.
    """
    try:
        return dict(_variables(path))
    except (struct.error, ValueError, KeyError, UnicodeDecodeError) as error:
        raise ModelUnusable(path, "unknown_format") from error


def _variables(path: Path) -> Iterator[tuple[str, Tensor]]:
    data = np.memmap(path, dtype=np.uint8, mode="r")
    buffer = memoryview(data)  # type: ignore[arg-type]  # numpy's stubs do not say that an array is a buffer on 3.11
    position = 0

    def number(code: str) -> int:
        nonlocal position
        (value,) = struct.unpack_from("<" + code, buffer, position)
        position += struct.calcsize(code)
        return int(value)

    def name() -> str:
        nonlocal position
        length = number("H")
        text = bytes(buffer[position : position + length]).rstrip(b"\0").decode()
        position += length
        return text

    if number("I") not in _READABLE_VERSIONS or name() != "WhisperSpec":
        raise ValueError("not a Whisper model")
    number("I")  # the revision of the specification
    for _ in range(number("I")):
        key = name()
        dims = [number("I") for _ in range(number("B"))]
        kind = _TYPES[number("B")]
        size = number("I")
        yield (
            key,
            np.frombuffer(buffer, dtype=kind, count=size // np.dtype(kind).itemsize, offset=position).reshape(dims),
        )
        position += size


def shape_of(tensors: dict[str, Tensor]) -> Shape:
    """The model's dimensions, from the shapes of its tensors."""
    state, n_mels, _ = tensors["encoder/conv1/weight"].shape
    vocabulary, text_state = tensors["decoder/embeddings/weight"].shape
    return Shape(
        n_mels=n_mels,
        n_audio_ctx=tensors["encoder/position_encodings/encodings"].shape[0],
        n_audio_state=state,
        n_audio_head=int(tensors["encoder/num_heads"]),
        n_audio_layer=_layers(tensors, "encoder"),
        n_vocab=vocabulary,
        n_text_ctx=tensors["decoder/position_encodings/encodings"].shape[0],
        n_text_state=text_state,
        n_text_head=int(tensors["decoder/num_heads"]),
        n_text_layer=_layers(tensors, "decoder"),
    )


def _layers(tensors: dict[str, Tensor], side: str) -> int:
    return len({key.split("/")[1] for key in tensors if key.startswith(f"{side}/layer_") and key.count("/") > 2})


def state_dict(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same weights under openai's names, query, key and value apart."""
    state = {
        "encoder.positional_embedding": tensors["encoder/position_encodings/encodings"],
        "decoder.positional_embedding": tensors["decoder/position_encodings/encodings"],
        "decoder.token_embedding.weight": tensors["decoder/embeddings/weight"],
        **_norm(tensors, "encoder/layer_norm", "encoder.ln_post"),
        **_norm(tensors, "decoder/layer_norm", "decoder.ln"),
    }
    for convolution in ("conv1", "conv2"):
        for part in ("weight", "bias"):
            state[f"encoder.{convolution}.{part}"] = tensors[f"encoder/{convolution}/{part}"]
    for side in ("encoder", "decoder"):
        for number in range(_layers(tensors, side)):
            state |= _layer(tensors, f"{side}/layer_{number}", f"{side}.blocks.{number}", crosses=side == "decoder")
    return state


def _layer(tensors: dict[str, Tensor], source: str, target: str, *, crosses: bool) -> dict[str, Tensor]:
    state = {
        **_norm(tensors, f"{source}/self_attention/layer_norm", f"{target}.attn_ln"),
        **_split(tensors, f"{source}/self_attention/linear_0", f"{target}.attn", ("query", "key", "value")),
        **_linear(tensors, f"{source}/self_attention/linear_1", f"{target}.attn.out"),
        **_norm(tensors, f"{source}/ffn/layer_norm", f"{target}.mlp_ln"),
        **_linear(tensors, f"{source}/ffn/linear_0", f"{target}.mlp.0"),
        **_linear(tensors, f"{source}/ffn/linear_1", f"{target}.mlp.2"),
    }
    if crosses:
        state |= _norm(tensors, f"{source}/attention/layer_norm", f"{target}.cross_attn_ln")
        state |= _linear(tensors, f"{source}/attention/linear_0", f"{target}.cross_attn.query")
        state |= _split(tensors, f"{source}/attention/linear_1", f"{target}.cross_attn", ("key", "value"))
        state |= _linear(tensors, f"{source}/attention/linear_2", f"{target}.cross_attn.out")
    return state


def _norm(tensors: dict[str, Tensor], source: str, target: str) -> dict[str, Tensor]:
    return {f"{target}.weight": tensors[f"{source}/gamma"], f"{target}.bias": tensors[f"{source}/beta"]}


def _linear(tensors: dict[str, Tensor], source: str, target: str) -> dict[str, Tensor]:
    return {f"{target}.{part}": tensors[f"{source}/{part}"] for part in ("weight", "bias")}


def _split(tensors: dict[str, Tensor], source: str, target: str, names: tuple[str, ...]) -> dict[str, Tensor]:
    state: dict[str, Tensor] = {}
    for part in ("weight", "bias"):
        for name, piece in zip(names, np.split(tensors[f"{source}/{part}"], len(names)), strict=True):
            if (name, part) != ("key", "bias"):  # Whisper's key has no bias; the fused tensor holds zeros for it
                state[f"{target}.{name}.{part}"] = piece
    return state


def write_checkpoint(folder: Path, target: Path) -> None:
    """Write a CTranslate2 folder's weights as an openai checkpoint.

    `alignment_heads` is a key of our own ([[layer, head], …] or absent): the heads whose attention gives word times.

    Raises:
        ModelUnusable: the weights are quantised, or in an unknown version of the format.
        EngineMissing: torch is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise EngineMissing("torch") from error
    tensors = read_tensors(folder / "model.bin")
    if tensors["decoder/embeddings/weight"].dtype not in (np.float16, np.float32):
        raise ModelUnusable(folder / "model.bin", "quantised")
    shape = shape_of(tensors)
    checkpoint = {
        "dims": asdict(shape),
        "model_state_dict": {key: torch.from_numpy(value.copy()) for key, value in state_dict(tensors).items()},
    }
    heads = json.loads((folder / "config.json").read_text()).get("alignment_heads")
    if heads:
        checkpoint["alignment_heads"] = heads
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    torch.save(checkpoint, partial)
    partial.replace(target)
