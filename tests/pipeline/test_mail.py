"""A mail server with encryption and log-in, as the branch's own is; and what goes wrong with one."""

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from pipeline.mail import PasswordInTheOpen, mail_server, name_of, trouble_with

Serve = Callable[..., str]


class Postman:
    """Keeps every letter that it said yes to."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """A letter."""
        self.letters.append(envelope.content)
        return "250 OK"


class Rude(Postman):
    """Takes the letter and hangs up without a goodbye."""

    async def handle_QUIT(self, server: SMTP, _session: Any, _envelope: Any) -> str:  # noqa: N802
        """Gone."""
        server.transport.abort()
        return "421 borte"


def knows(server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    """Whether name and password are the right ones. On one of the wrong passwords it hangs up, as some servers do."""
    if data.password == b"gjettet":
        server.transport.abort()
        return AuthResult(success=False)
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"arkivet@lag.example", b"hem:lig@ord")
    return AuthResult(success=right, handled=False)  # so that aiosmtpd says no; else it leaves us waiting


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    made, key = folder / "made.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
    )
    return made, key


@pytest.fixture
def serve(certificate: tuple[Path, Path]) -> Iterator[Serve]:
    """Starts a mail server; gives the part of its address behind the user."""
    running: list[Controller] = []

    def start(handler: Postman, *, tls: str = "", **more: Any) -> str:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        how = {"starttls": {"tls_context": context}, "smtps": {"ssl_context": context}}.get(tls, {})
        controller = Controller(handler, hostname="127.0.0.1", port=port, **how, **more)
        controller.start()
        running.append(controller)
        return f"127.0.0.1:{port}"

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts that certificate, as it would one by a known authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


def falls_silent(*_of: Any) -> AuthResult:
    """For longer than anybody here waits."""
    time.sleep(2)
    return AuthResult(success=False)


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "arkivet@lag.example", "olga@eksempel.example", "Frist"
    message.set_content("Hei, Olga.")
    return message


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("scheme", "tls"), [("smtp", "starttls"), ("smtps", "smtps")])
def test_a_letter_goes_encrypted_after_a_log_in(serve: Serve, scheme: str, tls: str) -> None:
    """With a password whose signs are written as an address wants them."""
    postman = Postman()
    # aiosmtpd counts a line encrypted from its first sign as plain, so only the first server insists on it itself.
    insists = {"auth_require_tls": tls == "starttls", "auth_required": True, "require_starttls": tls == "starttls"}
    url = f"{scheme}://arkivet%40lag.example:hem%3Alig%40ord@{serve(postman, tls=tls, authenticator=knows, **insists)}"
    assert trouble_with(url, patience_s=5) is None
    with mail_server(url) as server:
        server.send_message(letter())
    assert len(postman.letters) == 1
    assert "hem" not in name_of(url)
    for wrong in ("feil", "gjettet"):
        assert trouble_with(url.replace("hem%3Alig%40ord", wrong), patience_s=5) == "login"


def test_a_certificate_that_nobody_vouches_for_is_refused(serve: Serve) -> None:
    assert trouble_with(f"smtps://{serve(Postman(), tls='smtps')}", patience_s=5) == "certificate"
    assert trouble_with(f"smtp://{serve(Postman(), tls='starttls')}", patience_s=5) == "certificate"


def test_nobody_there_and_nobody_who_answers() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        assert trouble_with(address, patience_s=1) == "unreachable"
        silent.listen()
        assert trouble_with(address, patience_s=1) == "unreachable"
    assert trouble_with("smtp://finnes-ikke.invalid", patience_s=1) == "unreachable"


def test_a_server_that_falls_silent_at_the_password_is_not_said_to_refuse_it(serve: Serve) -> None:
    address = serve(Postman(), authenticator=falls_silent, auth_require_tls=False)
    assert trouble_with(f"smtp://arkivet:ord@{address}", patience_s=1) == "unreachable"


def test_a_letter_that_was_taken_is_sent_whatever_the_goodbye(serve: Serve) -> None:
    """Else it would be sent once more."""
    rude = Rude()
    with mail_server(f"smtp://{serve(rude)}") as server:
        server.send_message(letter())
    assert len(rude.letters) == 1


def test_no_password_goes_in_the_open_to_another_machine(serve: Serve) -> None:
    """`0.0.0.0` leads here too, and is no name of this machine's."""
    address = serve(Postman()).replace("127.0.0.1", "0.0.0.0")
    with pytest.raises(PasswordInTheOpen), mail_server(f"smtp://navn:ord@{address}"):
        pass
    assert trouble_with(f"smtp://navn:ord@{address}", patience_s=5) == "in_the_open"
