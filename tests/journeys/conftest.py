"""One served archive for all journeys, recordings to hand in, and people who log in with their one-time link."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import PATIENCE_S
from tests.web.live import PHONE, WIDE

PROJECT = Path(__file__).parents[2]
REAL = PROJECT.parent / "shared" / "audio" / "kongen-2016-utdrag.mp3"
STARTS_WITHIN_S = 120


@dataclass(frozen=True, slots=True)
class Served:
    """An archive that `stemme serve` keeps open: pages and worker."""

    data: Path
    address: str

    def stemme(self, *arguments: str) -> str:
        """Run a command on the same data folder; what it printed."""
        command = [sys.executable, "-m", "stemme", *arguments]
        return subprocess.run(
            command, env=_environment(self.data), check=True, capture_output=True, text=True, cwd=PROJECT
        ).stdout


def _environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STEMME_")}
    return kept | {"STEMME_DATA": str(data)}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A new archive with an owner, served by the real command."""
    data = tmp_path_factory.mktemp("journeys") / "data"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    archive = Served(data, f"http://127.0.0.1:{port}")
    archive.stemme("init")
    archive.stemme("user", "add", "eier", "--name", "Dag Drift", "--role", "owner")
    server = subprocess.Popen(
        [sys.executable, "-m", "stemme", "serve", "--port", str(port)], env=_environment(data), cwd=PROJECT
    )
    try:
        _wait_for(archive.address)
        yield archive
    finally:
        server.terminate()
        try:
            server.wait(120)
        finally:
            server.kill()


def _wait_for(address: str) -> None:
    for _ in range(STARTS_WITHIN_S * 10):
        try:
            urllib.request.urlopen(address, timeout=60).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the archive did not open")


@pytest.fixture(scope="module")
def come_in(served: Served, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Somebody new with a role follows the link that was handed over; "visitor" just comes."""
    contexts = []

    def open_page(role: str, *, size: tuple[int, int] = WIDE) -> Page:
        context = chromium.new_context(
            base_url=served.address, viewport={"width": size[0], "height": size[1]}, has_touch=size == PHONE
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        if role == "visitor":
            return page
        username = f"{role}-{time.monotonic_ns()}"
        link = json.loads(
            served.stemme("user", "add", username, "--name", f"Oppdiktet {role}", "--role", role, "--json")
        )["link"]
        page.goto("/inn/" + link.rsplit("/inn/", 1)[1])
        page.get_by_role("button", name="Gå inn").press("Enter")
        page.get_by_role("heading", name="Du er inne").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int], Path]:
    """A piece of real speech as a new MP3 file; without the shared recording, of the demo's machine voices."""
    folder = tmp_path_factory.mktemp("recordings")
    source = REAL if REAL.exists() else next((PROJECT / "stemme" / "demo").glob("*.opus"))

    def make(start_s: int, seconds: int) -> Path:
        target = folder / f"opptak-{start_s}-{seconds}.mp3"
        command = ["ffmpeg", "-v", "error", "-y", "-ss", str(start_s), "-t", str(seconds), "-i", str(source)]
        subprocess.run([*command, "-ac", "1", "-b:a", "96k", str(target)], check=True)
        return target

    return make
