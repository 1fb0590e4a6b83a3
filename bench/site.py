"""A site of its own to measure: a fresh data folder, a real `stemme web` process, and a browser's few words of HTTP."""

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

STARTS_WITHIN_S = 60.0


@dataclass
class Site:
    """A running site and one browser's cookies."""

    data: Path
    port: int
    server: subprocess.Popen[bytes]
    first_answer_s: float  # from the start of the process to its first whole answer
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request, with this browser's cookies; the answer and its body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body, {"Cookie": cookie, **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
        for each in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer, content

    def submit(self, path: str, fields: Mapping[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        """A form, with the token of the page it stands on."""
        body = urlencode({**fields, "csrf_token": self.token(path)}).encode()
        return self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def token(self, path: str) -> str:
        """The CSRF token of a page."""
        _, page = self.ask("GET", path)
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        if not found:
            raise RuntimeError(f"{path} has no form")
        return found[1].decode()

    def resident_bytes(self) -> int:
        """Memory of the web process now."""
        return _status(self.server.pid, "VmRSS")

    def peak_bytes(self) -> int:
        """The most memory the web process ever held."""
        return _status(self.server.pid, "VmHWM")


def _status(pid: int, name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def environment(data: Path) -> dict[str, str]:
    """This shell's environment with another data folder and no other settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("STEMME_")} | {
        "STEMME_DATA": str(data)
    }


def stemme(data: Path, *arguments: str | Path) -> str:
    """Run one command to its end; what it printed."""
    command = [sys.executable, "-m", "stemme", *map(str, arguments)]
    return subprocess.run(command, env=environment(data), check=True, capture_output=True, text=True).stdout


@contextmanager
def worker(data: Path, *, log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker on this data folder, ended afterwards, also when this process is killed; it writes into `log`."""
    command = [sys.executable, "-m", "stemme", "worker", "--until-input-closes"]
    with log.open("ab") if log else nullcontext() as errors:
        process = subprocess.Popen(command, env=environment(data), stdin=subprocess.PIPE, stderr=errors)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def site(role: str = "volunteer") -> Iterator[Site]:
    """An empty archive with an owner, served; the browser is logged in with `role`."""
    with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder:
        data = Path(folder) / "data"
        stemme(data, "init")
        _add_user(data, "eier", "owner")
        link = _add_user(data, "bruker", role)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        began = time.monotonic()
        server = subprocess.Popen([sys.executable, "-m", "stemme", "web", "--port", str(port)], env=environment(data))
        try:
            running = Site(data, port, server, first_answer_s=0.0)
            running.first_answer_s = _wait_for_answer(running, began)
            running.submit(link, {})
            yield running
        finally:
            server.terminate()
            server.wait(30)


def _add_user(data: Path, username: str, role: str) -> str:
    printed = stemme(data, "user", "add", username, "--name", username.title(), "--role", role)
    return "/inn/" + printed.strip().rsplit("/inn/", 1)[1]


def _wait_for_answer(running: Site, began: float) -> float:
    while time.monotonic() - began < STARTS_WITHIN_S:
        try:
            running.ask("GET", "/")
        except ConnectionError:
            time.sleep(0.02)
        else:
            return time.monotonic() - began
    raise RuntimeError("the site did not answer")
