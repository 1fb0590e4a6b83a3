"""The dependency rule, and what the web process must never load."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SPEECH_MODELS = ("torch", "whisper", "faster_whisper", "ctranslate2")


def test_every_import_points_downwards_and_each_large_dependency_has_one_owner() -> None:
    """The contracts stand in pyproject.toml."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", ["web.app", "archive.model", "stemme.__main__"])
def test_what_a_page_needs_loads_no_speech_model(module: str) -> None:
    """In a fresh interpreter, so that no other test's import counts."""
    code = f"import sys, {module}; print(*sorted(set({SPEECH_MODELS!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
