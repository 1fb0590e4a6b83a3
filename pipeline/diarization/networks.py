"""The two networks, and where their weights lie. Needs torch; imported in the child process only."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from pipeline.diarization.weights import SEGMENTATION, VOICES, checked, folder

WINDOW_SAMPLES = 160_000  # 10 s at 16 kHz: what the segmentation network was trained on
WINDOW_FRAMES = 589  # what it says about them
FRAME_SAMPLES = 270  # one frame every 16.875 ms
LOCAL_SPEAKERS = 3  # it tells three apart within a window, at most two at once

# The network's seven classes: nobody, one of three, two of three.
_CLASSES = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=np.bool_)
_SINC_SAMPLES = 251
_LOWEST_HZ = 50.0


@dataclass(frozen=True, slots=True)
class Networks:
    """Both, loaded. Calls give the same numbers for the same input, whatever came before."""

    segmentation: nn.Module
    voices: Any

    def who(self, window: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which of three local speakers are heard in each frame: (589, 3) for 160 000 samples."""
        with torch.inference_mode():
            scores = self.segmentation(torch.from_numpy(window)[None, None, :])
        active: NDArray[np.bool_] = _CLASSES[scores[0].argmax(dim=-1).numpy()]
        return active

    def voice(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """How the voice in (frames, 80) features sounds: 192 numbers of unit length."""
        with torch.inference_mode():
            heard = self.voices(torch.from_numpy(features - features.mean(axis=0))[None])[0].numpy()
        unit: NDArray[np.float32] = heard / max(float(np.linalg.norm(heard)), 1e-9)
        return unit


def load_networks(threads: int) -> Networks:
    """Load both from the installed package.

    Raises:
        EngineMissing: it is not installed.
        ModelDamaged: a file of it is missing or is not what we know.
    """
    torch.set_num_threads(threads)
    segmentation = Segmentation()
    kept = torch.load(checked(SEGMENTATION), map_location="cpu", weights_only=True)["state_dict"]
    segmentation.load_state_dict(_with_filters(kept))
    voices = _module(folder() / "camplusplus.py").CAMPPlus(feat_dim=80, embedding_size=192)
    voices.load_state_dict(torch.load(checked(VOICES), map_location="cpu", weights_only=True))
    # CAM++ as published ends with a normalisation; the package's copy of it adds a ReLU that the weights were not
    # trained with. With it two men of our recordings are 0.32 alike (median of stretches), without it 0.03.
    voices.xvector.dense.nonlinear.relu = nn.Identity()
    return Networks(segmentation.eval(), voices.eval())


def _module(path: Path) -> Any:
    """One file of the package, without the package: its `__init__` wants what we do not install."""
    spec = importlib.util.spec_from_file_location(f"stemme_{path.stem}", path)
    assert spec is not None and spec.loader is not None  # noqa: S101 - a path to a .py file
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Segmentation(nn.Module):
    """PyanNet as segmentation 3.0 has it: sinc filters, two convolutions, four LSTM layers both ways, two linear."""

    def __init__(self) -> None:
        super().__init__()
        self.sound_norm = nn.InstanceNorm1d(1, affine=True)
        self.filters = nn.Conv1d(1, 80, _SINC_SAMPLES, stride=10, bias=False)
        self.convolutions = nn.ModuleList([nn.Conv1d(80, 60, 5), nn.Conv1d(60, 60, 5)])
        self.norms = nn.ModuleList([nn.InstanceNorm1d(size, affine=True) for size in (80, 60, 60)])
        self.lstm = nn.LSTM(60, 128, num_layers=4, bidirectional=True, batch_first=True)
        self.linear = nn.ModuleList([nn.Linear(256, 128), nn.Linear(128, 128)])
        self.classifier = nn.Linear(128, 7)

    def forward(self, sound: torch.Tensor) -> torch.Tensor:
        """(batch, 1, samples) → (batch, frames, 7)."""
        heard = torch.abs(self.filters(self.sound_norm(sound)))
        for number, norm in enumerate(self.norms):
            if number:
                heard = self.convolutions[number - 1](heard)
            heard = functional.leaky_relu(norm(functional.max_pool1d(heard, 3)))
        heard, _ = self.lstm(heard.transpose(1, 2))
        for layer in self.linear:
            heard = functional.leaky_relu(layer(heard))
        scores: torch.Tensor = self.classifier(heard)
        return scores


def _with_filters(kept: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights under our names, the learned cut-off frequencies turned into the filters that they describe."""
    own = {
        "sound_norm.weight": kept["sincnet.wav_norm1d.weight"],
        "sound_norm.bias": kept["sincnet.wav_norm1d.bias"],
        "filters.weight": _sinc_filters(kept),
    }
    for name, value in kept.items():
        place = name.split(".")
        if place[:2] == ["sincnet", "conv1d"] and place[2] != "0":
            own[f"convolutions.{int(place[2]) - 1}.{place[3]}"] = value
        elif place[:2] == ["sincnet", "norm1d"]:
            own[f"norms.{place[2]}.{place[3]}"] = value
        elif place[0] != "sincnet":
            own[name] = value
    return own


def _sinc_filters(kept: dict[str, torch.Tensor]) -> torch.Tensor:
    """Eighty band-pass filters (forty even, forty odd), as SincNet's parameters define them: (80, 1, 251)."""
    prefix = "sincnet.conv1d.0.filterbank."
    low = _LOWEST_HZ + kept[f"{prefix}low_hz_"].abs()
    high = torch.clamp(low + _LOWEST_HZ + kept[f"{prefix}band_hz_"].abs(), _LOWEST_HZ, 8_000.0)
    times, window = kept[f"{prefix}n_"], kept[f"{prefix}window_"]
    band = high - low
    even = (torch.sin(high @ times) - torch.sin(low @ times)) / (times / 2) * window
    odd = (torch.cos(low @ times) - torch.cos(high @ times)) / (times / 2) * window
    evens = torch.cat([even, 2 * band, even.flip(1)], dim=1)
    odds = torch.cat([odd, torch.zeros_like(band), -odd.flip(1)], dim=1)
    return (torch.cat([evens, odds]) / torch.cat([2 * band, 2 * band]))[:, None, :]
