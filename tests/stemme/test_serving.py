"""The two programs, together and apart: how they start, what they refuse, and that nothing stays behind."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import select

from archive.database import Database
from archive.jobs import WorkerSlot
from archive.settings import Settings
from stemme.serving import is_loopback
from tests.stemme.conftest import StartStemme, Stemme

LONG_S = 120.0
Answer = TypeVar("Answer")


def line_of(process: "subprocess.Popen[str]", pattern: str) -> "re.Match[str]":
    """The first line on standard output that matches; earlier ones are passed over."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(pattern, line):
            return found
    assert process.stderr is not None
    raise AssertionError(f"it ended without saying {pattern}: {process.stderr.read()}")


def port_of(process: "subprocess.Popen[str]") -> int:
    """Where the pages are."""
    return int(line_of(process, r"åpent på http://127\.0\.0\.1:(\d+)").group(1))


def children_of(pid: int) -> list[int]:
    """The processes that a process started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == pid and after_name[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def eventually(look: Callable[[], Answer]) -> Answer:
    """What `look` gives as soon as it gives something."""
    until = time.monotonic() + LONG_S
    while time.monotonic() < until:
        if answer := look():
            return answer
        time.sleep(0.05)
    raise AssertionError("it never happened")


@pytest.fixture
def web(start_stemme: StartStemme) -> Iterator["subprocess.Popen[str]"]:
    """The pages alone, at any free port."""
    process = start_stemme("web", "--port", 0)
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def serve(start_stemme: StartStemme) -> Iterator["subprocess.Popen[str]"]:
    """Pages and worker, at any free port."""
    process = start_stemme("serve", "--port", 0)
    yield process
    process.kill()
    process.communicate()


def test_the_pages_say_where_they_are_and_how_to_begin(web: "subprocess.Popen[str]") -> None:
    """The code is for whoever sits at the machine, so that whoever comes first does not own the archive."""
    port = port_of(web)
    assert line_of(web, r"engangskoden: (\S+)").group(1)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG_S)
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Location")) == (302, "/kom-i-gang")
    assert answer.getheader("Server") is None


def test_the_pages_end_when_they_are_asked_to(web: "subprocess.Popen[str]") -> None:
    """With exit code 0, as a service manager wants it."""
    port_of(web)
    web.send_signal(signal.SIGTERM)
    assert web.wait(LONG_S) == 0


def test_a_body_larger_than_a_piece_is_refused_before_it_is_read(web: "subprocess.Popen[str]") -> None:
    """Nobody fills the disk with what nobody asked for."""
    connection = http.client.HTTPConnection("127.0.0.1", port_of(web), timeout=LONG_S)
    connection.putrequest("POST", "/logg-inn")
    connection.putheader("Content-Length", str(17 * 1024 * 1024))
    connection.endheaders()
    assert connection.getresponse().status == 413


def test_a_port_that_is_taken_is_a_sentence(web: "subprocess.Popen[str]", start_stemme: StartStemme) -> None:
    """And exit code 1."""
    second = start_stemme("web", "--port", port_of(web))
    out, err = second.communicate(timeout=LONG_S)
    assert (second.returncode, out) == (1, "")
    assert err == "Porten er i bruk; kanskje er arkivet åpent fra før. Velg en annen med --port.\n"


def test_a_host_that_is_not_this_machine_is_a_sentence(stemme: Stemme) -> None:
    """Whatever the resolver says."""
    typed = stemme("web", "--host", "300.300.300.300")
    assert (typed.exit_code, typed.out) == (1, "")
    assert typed.err.startswith("Innstillingen --host er «300.300.300.300».")


def test_the_pages_do_not_start_without_an_archive(stemme: Stemme, tmp_path: Path) -> None:
    """`serve` makes one, `web` does not: it may be one of many machines."""
    typed = stemme("web", STEMME_DATA=str(tmp_path / "nothing"))
    assert (typed.exit_code, typed.out) == (1, "")
    assert "stemme init" in typed.err


def test_the_worker_goes_when_what_started_it_is_killed(serve: "subprocess.Popen[str]") -> None:
    """Also by `kill -9`: no worker stays behind with the sound of an archive that was closed."""
    port_of(serve)
    (worker,) = eventually(lambda: children_of(serve.pid))
    serve.kill()
    serve.wait()
    eventually(lambda: not Path(f"/proc/{worker}").exists())


def test_a_worker_that_is_killed_is_started_again(serve: "subprocess.Popen[str]") -> None:
    """The pages stay open meanwhile."""
    port_of(serve)
    (worker,) = eventually(lambda: children_of(serve.pid))
    os.kill(worker, signal.SIGKILL)
    (second,) = eventually(lambda: [pid for pid in children_of(serve.pid) if pid != worker])
    serve.send_signal(signal.SIGTERM)
    assert serve.wait(LONG_S) == 0
    assert not Path(f"/proc/{second}").exists()


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("192.168.1.4", False), ("x", False)],
)
def test_loopback_is_only_what_this_machine_alone_can_reach(host: str, loopback: bool) -> None:
    """Anything else needs HTTPS."""
    assert is_loopback(host) is loopback


def test_a_worker_that_is_told_to_end_while_its_input_is_open_ends_without_a_word(
    settings: Settings, database: Database
) -> None:
    """It watches its input in a thread, which must not be in the way."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STEMME_")}
    with subprocess.Popen(
        [sys.executable, "-m", "stemme", "worker", "--until-input-closes"],
        env={**kept, "STEMME_DATA": str(settings.data)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as worker:
        try:
            eventually(lambda: is_at_work(database))
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(LONG_S) == 0
            assert worker.stderr is not None
            assert worker.stderr.read() == ""
        finally:
            worker.kill()


def is_at_work(database: Database) -> bool:
    """Whether a worker has said that it is alive."""
    with database.read() as session:
        return session.scalar(select(WorkerSlot.name).limit(1)) is not None
