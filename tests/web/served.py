"""The real server in a process of its own, for tests that kill it, measure it, or look at it with a real browser."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from archive import logins
from archive.accounts import User
from archive.settings import Settings
from archive.setup import open_database, secret_key
from web.identity import SESSION_KEY

PROJECT = Path(__file__).parents[2]


class Server:
    """`stemme web` on a data folder."""

    def __init__(self, settings: Settings, *, port: int = 0, before: Callable[[], None] | None = None) -> None:
        self.settings = settings
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stemme", "web", "--host", "127.0.0.1", "--port", str(port)],
            cwd=PROJECT,
            env={**os.environ, "STEMME_DATA": str(settings.data)},
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=before,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                break
        else:
            raise RuntimeError("the server did not start")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """As a power cut would: no farewell."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Politely."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def peak_bytes(self) -> int:
        """The most memory that was ever resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024


def session_cookie(settings: Settings, username: str) -> str:
    """What a browser that is logged in as somebody carries."""
    from flask import Flask
    from flask.sessions import SecureCookieSessionInterface

    database = open_database(settings)
    with database.write() as session:
        user = session.query(User).filter_by(username=username).one()
        key = logins.start_session(session, user, now=datetime.now(UTC))
        session.commit()
        uniquifier = user.fs_uniquifier
    database.close()
    signer = Flask("signer")
    signer.secret_key = secret_key(settings)
    serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
    assert serializer is not None
    return str(serializer.dumps({SESSION_KEY: key, "_user_id": uniquifier, "_fresh": True, "_permanent": True}))
