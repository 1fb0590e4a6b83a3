"""Typing commands: in this process, or in one of its own where signals and open ports are what it is about."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.settings import Settings
from stemme import demo
from stemme.__main__ import main
from tests.conftest import NOW, settings_for

PROJECT = Path(__file__).resolve().parents[2]
Stemme = Callable[..., "Typed"]
StartStemme = Callable[..., "subprocess.Popen[str]"]


@dataclass(frozen=True, slots=True)
class Typed:
    """What came of a command."""

    exit_code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


@pytest.fixture(scope="session")
def demo_data(empty_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an archive that is a demo; tests get copies, which is faster than making one anew."""
    data = Path(shutil.copytree(empty_archive, tmp_path_factory.mktemp("demo") / "data"))
    demo.load(settings_for(data), now=NOW)
    return data


@pytest.fixture
def stemme(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Stemme]:
    """Types a command at the test's own archive."""
    console = logging.getLogger(
        "dbos"
    ).handlers  # the standard error of the test that first worked a job; closed with it
    console.clear()
    for name in [name for name in os.environ if name.startswith("STEMME_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("STEMME_DATA", str(settings.data))

    def type_command(*words: object, **environ: str) -> Typed:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        try:
            exit_code = main([str(word) for word in words])
        except SystemExit as ended:
            exit_code = int(ended.code or 0)
        captured = capsys.readouterr()
        return Typed(exit_code, captured.out, captured.err)

    yield type_command
    console.clear()


@pytest.fixture
def start_stemme(settings: Settings) -> StartStemme:
    """Starts a command in a process of its own; the test ends it."""

    def start(*words: object, **environ: str) -> "subprocess.Popen[str]":
        kept = {name: value for name, value in os.environ.items() if not name.startswith("STEMME_")}
        return subprocess.Popen(
            [sys.executable, "-m", "stemme", *map(str, words)],
            env={**kept, "STEMME_DATA": str(settings.data), **environ},
            cwd="/",
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return start
