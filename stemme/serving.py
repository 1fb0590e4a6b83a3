"""`stemme serve`, `web` and `worker`: the two programs, together or apart."""

import argparse
import gc
import ipaddress
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any, NoReturn

from archive.accounts import first_run_code
from archive.database import Database
from archive.errors import BadSetting
from archive.settings import Settings, read_settings
from archive.setup import initialise, open_database
from archive.site import set_setting
from stemme.opened import PORT_KEY, now

THREADS = 8
CONNECTIONS = 200
# waitress keeps a whole body before the app sees it, so files come in pieces of 8 MiB and nothing larger gets in.
LARGEST_BODY_BYTES = 16 * 1024 * 1024
# Its own 8 KiB at a time would go a thousand rounds for one piece, at two thirds of the speed.
RECEIVED_AT_ONCE_BYTES = 64 * 1024
# How long a worker may take to save what it is in the middle of.
GRACE_S = 60.0
# A worker that dies is started again, later and later while it goes on dying young.
FIRST_PAUSE_S, LONGEST_PAUSE_S, GROWN_UP_S = 1.0, 60.0, 300.0
# A large page makes a hundred thousand objects, and Python would look for cycles among them every 700.
COLLECT_EVERY = 20_000


def serve(arguments: argparse.Namespace) -> int:
    """The pages, and a worker beside them; an archive is made where there is none."""
    settings = read_settings()
    initialise(settings, now=now())
    return _serve_pages(settings, arguments, Companion())


def web(arguments: argparse.Namespace) -> int:
    """The pages alone."""
    return _serve_pages(read_settings(), arguments, None)


def worker(arguments: argparse.Namespace) -> int:
    """The worker alone."""
    from pipeline.worker import run_worker

    logging.basicConfig(level=logging.WARNING)
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _signal, _frame: stop.set())
    if arguments.until_input_closes:
        threading.Thread(target=_stop_when_input_closes, args=(stop,), daemon=True).start()
    run_worker(read_settings(), stop)
    return 0


def _stop_when_input_closes(stop: threading.Event) -> None:
    """However `serve` ended, also by `kill -9`, its end of the pipe closes and no worker stays behind."""
    # Not through `sys.stdin`: Python ends with a fatal error when a thread holds the lock of that meanwhile.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()
    time.sleep(GRACE_S)
    os._exit(1)


def _serve_pages(settings: Settings, arguments: argparse.Namespace, companion: "Companion | None") -> int:
    from web.app import create_app

    logging.basicConfig(level=logging.WARNING)
    signal.signal(signal.SIGTERM, _leave)
    app = create_app(settings)
    collect_only_what_comes()
    try:
        server = _listening(app, arguments)
    except ValueError as error:  # all that waitress says of a host that is none of ours
        app.extensions["archive"].close()
        raise BadSetting("--host", arguments.host, "an address of this machine") from error
    port = getattr(server, "effective_port", arguments.port)
    _greet(settings, arguments.host, port)
    if companion:
        companion.start()
    try:
        server.run()  # comes back on Ctrl-C and on `_leave`
    finally:
        server.close()
        if companion:
            companion.stop()
        app.extensions["archive"].close()
    return 0


def collect_only_what_comes() -> None:
    """Have Python look for cycles only among what is made from now on.

    All that the program consists of stays until its end; going through it held up a reader for 200 ms now and then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY, *gc.get_threshold()[1:])


def _listening(app: Any, arguments: argparse.Namespace) -> Any:
    """The server, which has its port by now."""
    from waitress.server import create_server

    return create_server(
        app,
        host=arguments.host,
        port=arguments.port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        max_request_body_size=LARGEST_BODY_BYTES,
        recv_bytes=RECEIVED_AT_ONCE_BYTES,
        # The app reads X-Forwarded-* itself, from as many proxies as the settings trust. From others it believes none
        # of them, but that they are there tells it that the reader does not sit at this machine.
        clear_untrusted_proxy_headers=False,
        asyncore_use_poll=True,
        ident=None,
    )


def _leave(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


def _greet(settings: Settings, host: str, port: int) -> None:
    """Where the archive is, and what its first visitor needs to know."""
    database = open_database(settings)
    try:
        code = _first_run_code(database)
        _remember_port(database, port)
    finally:
        database.close()
    address = settings.base_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    print(f"Stemmearkivet er åpent på {address}", flush=True)
    if code:
        print(f"Arkivet har ingen driftsansvarlig ennå. Åpne siden og skriv denne engangskoden: {code}", flush=True)
    if not is_loopback(host) and not (settings.base_url or "").startswith("https://"):
        print("Andre maskiner kan ikke logge inn uten HTTPS. Se «Slik når medlemmene arkivet» i README.", flush=True)


def _first_run_code(database: Database) -> str | None:
    with database.write() as session:
        code = first_run_code(session, now=now())
        session.commit()
    return code


def _remember_port(database: Database, port: int) -> None:
    """So that a link that the command line makes leads here."""
    with database.write() as session:
        set_setting(session, PORT_KEY, str(port))
        session.commit()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens here."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Companion:
    """The worker beside the pages: a process of its own, so that a speech model never weighs on the pages.

    It is started again when it dies, and it goes when we go.
    """

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Let the worker save what it has, and wait for it."""
        self._stopping.set()
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _keep_running(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            started = time.monotonic()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "stemme", "worker", "--until-input-closes"], stdin=subprocess.PIPE
            )
            exit_code = self._process.wait()
            if self._stopping.is_set():
                return
            if time.monotonic() - started > GROWN_UP_S:
                pause_s = FIRST_PAUSE_S
            print(f"Arbeideren stoppet ({exit_code}) og startes igjen om {pause_s:.0f} s.", file=sys.stderr, flush=True)
            self._stopping.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
