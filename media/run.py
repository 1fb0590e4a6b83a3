"""The one place that starts ffmpeg and ffprobe.

An uploaded file decides what ffmpeg does with it: a text file that calls itself a playlist can make it read another
recording or ask the network. So every run gets only the containers that hold a recording, only files, an empty
environment, a private folder where the file has a name of ours, no network where the system can take it away, low
priority, and limits on memory, time and what it writes. It dies with the process that started it, also after `kill -9`.
"""

import errno
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, Literal, cast

import ffmpeg

from media.errors import OutOfRoom, ToolFailed, ToolMissing

Tool = Literal["ffmpeg", "ffprobe"]

# Containers that recorders, telephones, cameras and meeting programs write. None of them can name another file as
# ffmpeg reads them; playlists (hls, concat, dash, sdp) are not here, and must never be.
CONTAINERS = "wav,w64,mp3,flac,ogg,aac,mov,matroska,asf,amr,aiff,caf,au,avi,mpeg,mpegts,dss"
LONGEST_S = 12 * 3600
MEMORY_BYTES = 1_500_000_000
LARGEST_ALLOCATION_BYTES = 134_217_728
MESSAGE_BYTES = 4_000

# What every run says before `-i`.
INPUT_LIMITS: dict[str, object] = {
    "max_alloc": LARGEST_ALLOCATION_BYTES,
    "protocol_whitelist": "file",
    "format_whitelist": CONTAINERS,
}


def input_file(path: Path, **options: object) -> Any:
    """ffmpeg-python's node for one uploaded file, with every limit set; its name must be one of ours."""
    return ffmpeg.input(f"file:{path}", threads=1, **options, **INPUT_LIMITS)


def ffmpeg_arguments(output: Any) -> list[str]:
    """The arguments of ffmpeg for an output node of ffmpeg-python."""
    quiet = output.global_args("-nostdin", "-hide_banner", "-loglevel", "error", "-max_error_rate", "1")
    return cast("list[str]", ffmpeg.get_args(quiet, overwrite_output=True))


def ffprobe_arguments(path: Path, **options: object) -> list[str]:
    """The arguments of ffprobe for one uploaded file, which ffmpeg-python would run without limits."""
    given = {**INPUT_LIMITS, "loglevel": "error", "hide_banner": None, **options}
    arguments = []
    for name, value in given.items():
        arguments += [f"-{name}"] if value is None else [f"-{name}", str(value)]
    return [*arguments, f"file:{path}"]


@contextmanager
def private_folder(beside: Path, source: Path | None = None) -> Iterator[Path]:
    """A folder of one run's own, on the same disk as `beside`. `source` lies in it under the name `original`."""
    beside.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".making-", dir=beside))
    try:
        if source is not None:
            (folder / "original").symlink_to(source.absolute())
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(tool: Tool, arguments: Sequence[str], *, folder: Path, seconds: int, write_bytes: int = 0) -> bytes:
    """Run to the end and return what was printed.

    Raises:
        ToolMissing, ToolFailed, OutOfRoom
    """
    with running(tool, arguments, folder=folder, seconds=seconds, write_bytes=write_bytes) as process:
        assert process.stdout is not None  # noqa: S101 - `running` opened it
        return process.stdout.read()


@contextmanager
def running(
    tool: Tool,
    arguments: Sequence[str],
    *,
    folder: Path,
    seconds: int,
    write_bytes: int = 0,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
) -> Iterator["subprocess.Popen[bytes]"]:
    """A run whose output is read (or whose input is written) while it goes on.

    Leaving the block by an exception ends the process. Leaving it at the end, with everything read, waits for it and
    raises when it failed.

    Raises:
        ToolMissing, ToolFailed, OutOfRoom
    """
    program = shutil.which(tool)
    if program is None:
        raise ToolMissing(tool)
    process = subprocess.Popen(
        [*limits(seconds, write_bytes), program, *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C"},
        start_new_session=True,  # Ctrl-C in the terminal must not make a half file look finished
    )
    clock = _Clock(process, seconds)
    said = _Said(process)
    try:
        yield process
        for pipe in (process.stdin, process.stdout):
            if pipe:
                _close_quietly(pipe)
        process.wait()
    except BrokenPipeError:  # it ended before it had read everything: its own message says why
        process.wait()
    finally:
        process.kill()
        process.wait()
        clock.stop()
        message = said.everything()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                _close_quietly(pipe)
    _raise_if_failed(tool, process.returncode, message, out_of_time=clock.rang)


def _raise_if_failed(tool: Tool, exit_code: int, message: str, *, out_of_time: bool) -> None:
    # ffmpeg takes a machine in trouble for the end of the file, and ends well: what it says counts as well.
    if exit_code == 0 and not any(os.strerror(trouble) in message for trouble in (errno.ENOMEM, errno.EIO)):
        return
    if os.strerror(errno.ENOSPC) in message:
        raise OutOfRoom
    raise ToolFailed(tool, None if out_of_time else exit_code, message)


def _close_quietly(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        pipe.close()


class _Clock:
    """Ends a process that takes longer than it may."""

    def __init__(self, process: "subprocess.Popen[bytes]", seconds: int) -> None:
        self.rang = False
        self._process = process
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True
        self._timer.start()

    def _ring(self) -> None:
        self.rang = True
        self._process.kill()

    def stop(self) -> None:
        self._timer.cancel()


class _Said:
    """Keeps the first part of what a process says, and reads the rest away so that it never blocks."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._read, args=(process.stderr,), daemon=True)
        self._thread.start()

    def _read(self, pipe: IO[bytes]) -> None:
        while piece := pipe.read1(65536):  # type: ignore[attr-defined]  # Popen's pipes are buffered readers
            self._kept += piece[: MESSAGE_BYTES - len(self._kept)]

    def everything(self) -> str:
        self._thread.join()
        return self._kept.decode("utf-8", "replace").strip()


def missing_limits() -> list[str]:
    """What this system lacks to keep ffmpeg in bounds, for `stemme doctor`: empty on Debian."""
    return [name for name in ("setpriv", "prlimit", "nice") if shutil.which(name) is None]


def limits(seconds: int, write_bytes: int) -> list[str]:
    """The words before the program: each of these changes itself and then becomes the next, so it stays one process."""
    words = [*_without_network()]
    if shutil.which("nice"):
        words += ["nice", "-n", "10"]
    if shutil.which("prlimit"):
        words += ["prlimit", f"--as={MEMORY_BYTES}", f"--cpu={seconds}", "--nofile=64", "--core=0"]
        words += [f"--fsize={write_bytes}"]
    if shutil.which("setpriv"):
        words += ["setpriv", "--pdeathsig", "KILL"]
    return words


@cache
def _without_network() -> tuple[str, ...]:
    """How this system starts a process that has no network; empty where an ordinary user may not."""
    for words in (("unshare", "--net"), ("unshare", "--user", "--map-root-user", "--net")):
        if shutil.which("unshare") and subprocess.run([*words, "true"], capture_output=True).returncode == 0:
            return words
    return ()
