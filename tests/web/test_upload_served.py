"""Receiving files by the real server, which is killed, cut off, and left without room."""

import contextlib
import hashlib
import http.client
import random
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.settings import Settings
from tests.web.conftest import Browser
from tests.web.served import Server, session_cookie
from tests.web.test_upload import PIECE, Sender, checksum

MIB = 1024 * 1024


class Line:
    """A logged-in tus client over a real connection."""

    def __init__(self, server: Server, cookie: str) -> None:
        self.server = server
        self.cookie = f"stemme={cookie}"
        page = self.ask("GET", "/lever")[2].decode()
        self.cookie = f"stemme={self.renewed}"
        self.token = page.split('name="csrf_token" value="')[1].split('"')[0]

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie, **(headers or {})})
            answer = connection.getresponse()
            cookies = answer.headers.get("Set-Cookie") or self.cookie
            self.renewed = cookies.split("stemme=")[1].split(";")[0]
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def headers(self, **more: str) -> dict[str, str]:
        return {"Tus-Resumable": "1.0.0", "X-CSRFToken": self.token, **more}

    def begin(self, size_bytes: int) -> str:
        length = {"Upload-Length": str(size_bytes), "Upload-Metadata": "filename b3BwdGFrLndhdg=="}
        status, headers, body = self.ask("POST", "/tus/", b"", self.headers(**length))
        assert status == 201, body
        return str(headers["Location"])

    def append(self, path: str, offset: int, piece: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
        proof = {**PIECE, "Upload-Offset": str(offset), "Upload-Checksum": checksum("sha256", piece)}
        return self.ask("PATCH", path, piece, self.headers(**proof))

    def offset(self, path: str) -> int:
        status, headers, _body = self.ask("HEAD", path, headers=self.headers())
        assert status == 200
        return int(headers["Upload-Offset"])

    def send(self, path: str, whole: bytes, piece_bytes: int) -> None:
        """Everything that is not there yet."""
        offset = self.offset(path)
        while offset < len(whole):
            status, headers, body = self.append(path, offset, whole[offset : offset + piece_bytes])
            assert status == 204, body
            offset = int(headers["Upload-Offset"])


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """The real server."""
    server = Server(settings)
    yield server
    server.stop()


@pytest.fixture
def line(server: Server) -> Line:
    """The volunteer's."""
    return Line(server, session_cookie(server.settings, "volunteer"))


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def test_a_server_killed_in_mid_upload_resumes_where_it_was(server: Server, line: Line, settings: Settings) -> None:
    chance = random.Random(17)
    whole = chance.randbytes(24 * MIB)
    path = line.begin(len(whole))
    acknowledged = 0
    for _ in range(5):
        killer = threading.Timer(chance.uniform(0.02, 0.3), server.kill)
        killer.start()
        with contextlib.suppress(OSError, http.client.HTTPException):
            while acknowledged < len(whole):
                status, headers, body = line.append(path, acknowledged, whole[acknowledged : acknowledged + MIB])
                assert status == 204, body
                acknowledged = int(headers["Upload-Offset"])
        killer.join()
        server = line.server = Server(settings, port=server.port)
        try:
            kept = line.offset(path)
            assert acknowledged <= kept <= acknowledged + MIB
            acknowledged = kept
        except BaseException:
            server.stop()
            raise
    try:
        line.send(path, whole, 8 * MIB)
    finally:
        server.stop()
    assert sha256_of(settings.incoming / path[5:]) == hashlib.sha256(whole).hexdigest()


def test_a_network_lost_in_mid_piece_costs_that_piece(server: Server, line: Line, settings: Settings) -> None:
    whole = random.Random(5).randbytes(3 * MIB)
    path = line.begin(len(whole))
    assert line.append(path, 0, whole[:MIB])[0] == 204
    head = {**line.headers(**PIECE), "Cookie": line.cookie, "Host": "127.0.0.1", "Upload-Offset": str(MIB)}
    head["Content-Length"] = str(2 * MIB)
    with socket.create_connection(("127.0.0.1", server.port)) as broken:
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        broken.sendall(f"PATCH {path} HTTP/1.1\r\n{lines}\r\n".encode() + whole[MIB : MIB + 700_000])
    time.sleep(0.3)
    assert line.offset(path) == MIB
    line.send(path, whole, MIB)
    assert (settings.incoming / path[5:]).read_bytes() == whole


def test_receiving_much_takes_little_memory(server: Server, line: Line) -> None:
    """A fifth of what the benchmark sends."""
    piece = random.Random(3).randbytes(8 * MIB)
    line.ask("POST", "/tus/", b"", line.headers())  # everything is imported and warm
    before = server.peak_bytes()
    path = line.begin(25 * len(piece))
    for number in range(25):
        assert line.append(path, number * len(piece), piece)[0] == 204
    assert server.peak_bytes() - before < 50_000_000


def test_a_piece_that_is_too_large_is_refused_and_the_server_lives(line: Line) -> None:
    path = line.begin(40 * MIB)
    with contextlib.suppress(OSError):  # it may close the door before it heard everything
        assert line.append(path, 0, bytes(20 * MIB))[0] == 413
    assert line.offset(path) == 0


@pytest.fixture
def cramped(settings: Settings) -> Iterator[Server]:
    """A server that may not make a file longer than 3 MiB: what a full disk does, without filling one."""
    server = Server(settings, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3 * MIB, 3 * MIB)))
    yield server
    server.stop()


def test_no_room_in_mid_upload_keeps_what_came_and_goes_on_when_there_is_room(
    cramped: Server, settings: Settings
) -> None:
    line = Line(cramped, session_cookie(settings, "volunteer"))
    whole = random.Random(9).randbytes(5 * MIB)
    path = line.begin(len(whole))
    assert line.append(path, 0, whole[: 2 * MIB])[0] == 204
    status, _headers, body = line.append(path, 2 * MIB, whole[2 * MIB : 4 * MIB])
    assert status == 507
    assert "Ingenting er gått tapt" in body.decode()
    assert line.offset(path) == 2 * MIB
    assert (settings.incoming / path[5:]).stat().st_size == 2 * MIB
    assert line.ask("GET", "/mine-opptak")[0] == 200
    cramped.stop()
    roomy = line.server = Server(settings)
    try:
        line.send(path, whole, 2 * MIB)
    finally:
        roomy.stop()
    assert (settings.incoming / path[5:]).read_bytes() == whole


@pytest.fixture
def small_disk(settings: Settings) -> Iterator[Path]:
    """A disk of 24 MiB where uploads come in."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(settings.incoming)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small disk, and not everywhere")
    yield settings.incoming
    subprocess.run(["umount", str(settings.incoming)], check=True)


def test_a_disk_that_fills_up_in_mid_upload(
    small_disk: Path, volunteer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.uploads.KEPT_FREE_BYTES", 0)
    monkeypatch.setattr("archive.uploads.KEPT_FREE_SHARE", 0)
    sender = Sender(volunteer)
    assert sender.create(25 * MIB).status_code == 507
    path = sender.begin(12 * MIB)
    assert sender.create(13 * MIB).status_code == 507  # the first one's room is spoken for
    assert sender.append(path, 0, bytes(4 * MIB)).status_code == 204
    filler = small_disk / "filler"
    filler.write_bytes(bytes(17 * MIB))
    full = sender.append(path, 4 * MIB, b"x" * (8 * MIB))
    assert full.status_code == 507
    assert (small_disk / path[5:]).stat().st_size == 4 * MIB
    filler.unlink()
    assert sender.append(path, 4 * MIB, b"x" * (8 * MIB)).headers["Upload-Offset"] == str(12 * MIB)
