"""Finding, checking and installing speech models."""

import json
import shutil
from pathlib import Path

import pytest

from archive.settings import Settings, read_settings
from pipeline.errors import ModelDamaged, ModelMissing, ModelUnusable
from pipeline.hub import wanted_files
from pipeline.models import (
    EMBEDDED,
    EMBEDDED_SHA256,
    MANIFEST,
    check_model,
    find_model,
    install_embedded,
    install_path,
    list_models,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"STEMME_DATA": str(tmp_path / "data")})


@pytest.fixture
def embedded(settings: Settings) -> Path:
    """The embedded model's folder, as set-up makes it."""
    return install_embedded()


@pytest.fixture
def own_folder(embedded: Path, tmp_path: Path) -> Path:
    """A model that the user made: the four files without our manifest (the weights linked, not copied)."""
    folder = tmp_path / "my-model"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        shutil.copyfile(embedded / name, folder / name)
    (folder / "model.bin").symlink_to(embedded / "model.bin")
    return folder


def test_the_embedded_model_is_found_when_nothing_is_chosen(settings: Settings, embedded: Path) -> None:
    model = find_model(settings, None)
    assert (model.name, model.path, model.is_embedded) == (EMBEDDED, embedded, True)
    assert check_model(model) == EMBEDDED_SHA256


def test_what_the_environment_says_wins_over_what_was_chosen(tmp_path: Path, embedded: Path, own_folder: Path) -> None:
    settings = read_settings({"STEMME_DATA": str(tmp_path), "STEMME_MODEL": str(own_folder)})
    assert find_model(settings, EMBEDDED).path == own_folder


def test_a_name_that_is_not_installed_is_said_and_not_fetched(settings: Settings) -> None:
    with pytest.raises(ModelMissing, match="NbAiLab/nb-whisper-small"):
        find_model(settings, "NbAiLab/nb-whisper-small")


def test_a_model_installed_from_a_path_is_listed_and_checked(settings: Settings, own_folder: Path) -> None:
    model = install_path(settings, own_folder, name="Org/model")
    assert model in list_models(settings)
    assert find_model(settings, "Org/model") == model
    assert check_model(model) == EMBEDDED_SHA256
    assert json.loads((model.path / "preprocessor_config.json").read_text())["feature_size"] == 80


@pytest.mark.parametrize(("name", "problem"), [("tokenizer.json", "changed"), ("vocabulary.txt", "missing")])
def test_a_damaged_model_names_the_file(settings: Settings, own_folder: Path, name: str, problem: str) -> None:
    model = install_path(settings, own_folder)
    if problem == "missing":
        (model.path / name).unlink()
    else:
        with (model.path / name).open("ab") as file:
            file.write(b" ")
    with pytest.raises(ModelDamaged) as caught:
        check_model(model)
    assert (caught.value.path.name, caught.value.problem) == (name, problem)


@pytest.mark.parametrize("lacking", ["model.bin", "config.json", "tokenizer.json"])
def test_a_folder_that_lacks_a_file_is_refused_before_anything_is_copied(
    settings: Settings, own_folder: Path, lacking: str
) -> None:
    (own_folder / lacking).unlink()
    with pytest.raises(ModelUnusable) as caught:
        install_path(settings, own_folder)
    assert caught.value.path.name == lacking
    assert not settings.models.exists()


@pytest.mark.parametrize("content", [b"", b"\x06\x00\x00\x00\x0c\x00WhisperSpec\x00", b"no model at all"])
def test_bytes_that_are_no_weights_are_refused(settings: Settings, own_folder: Path, content: bytes) -> None:
    (own_folder / "model.bin").unlink()
    (own_folder / "model.bin").write_bytes(content)
    with pytest.raises(ModelUnusable):
        install_path(settings, own_folder)


def test_a_text_named_pt_is_refused(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_text("hei")
    with pytest.raises(ModelUnusable):
        install_path(settings, tmp_path / "weights.pt")


def test_an_installed_checkpoint_is_used_as_it_is(settings: Settings, embedded: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    shutil.copyfile(embedded / "checkpoint.pt", tmp_path / "mine.pt")
    model = install_path(settings, tmp_path / "mine.pt")
    assert model.is_checkpoint
    assert model.name == "mine"
    assert check_model(model) == model.files["checkpoint.pt"]


def test_a_damaged_manifest_is_said(settings: Settings, own_folder: Path) -> None:
    model = install_path(settings, own_folder)
    (model.path / MANIFEST).write_text("{")
    with pytest.raises(ModelDamaged):
        list_models(settings)


def test_a_hub_model_takes_its_tokenizer_from_the_root_when_the_weights_lie_in_ct2() -> None:
    listed = ["README.md", "config.json", "tokenizer.json", "preprocessor_config.json", "ct2/config.json",
              "ct2/model.bin", "ct2/vocabulary.json", "model.safetensors"]  # fmt: skip
    assert wanted_files(listed) == {
        "model.bin": "ct2/model.bin",
        "config.json": "ct2/config.json",
        "tokenizer.json": "tokenizer.json",
        "preprocessor_config.json": "preprocessor_config.json",
        "vocabulary.json": "ct2/vocabulary.json",
    }
    assert wanted_files([*listed, "model.bin"])["model.bin"] == "model.bin"


def test_a_hub_model_without_ctranslate2_weights_has_nothing_we_want() -> None:
    assert wanted_files(["config.json", "tokenizer.json", "model.safetensors"]) == {}
