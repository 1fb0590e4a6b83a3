import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from media import run as runner
from media.errors import OutOfRoom, ToolFailed, ToolMissing

TONE = ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=duration=30"]


def test_what_was_printed_comes_back(tmp_path: Path) -> None:
    assert runner.run("ffprobe", ["-version"], folder=tmp_path, seconds=60).startswith(b"ffprobe version")


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing) as raised:
        runner.run("ffmpeg", [], folder=tmp_path, seconds=60)
    assert raised.value.tool == "ffmpeg"


def test_a_failure_tells_what_ffmpeg_said(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed) as raised:
        runner.run("ffmpeg", ["-i", "nothing-here"], folder=tmp_path, seconds=60)
    assert "No such file" in raised.value.message
    assert raised.value.exit_code == 1


def test_a_run_ends_when_its_time_is_up(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed) as raised:
        runner.run("ffmpeg", ["-re", *TONE, "-f", "null", "-"], folder=tmp_path, seconds=1)
    assert raised.value.exit_code is None


def test_a_run_writes_no_more_than_it_may(tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    with pytest.raises(ToolFailed):
        runner.run("ffmpeg", [*TONE, str(out)], folder=tmp_path, seconds=60, write_bytes=100_000)
    assert out.stat().st_size <= 100_000


def test_a_run_takes_no_more_memory_than_it_may(tmp_path: Path) -> None:
    big = ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=8000x8000:duration=10"]
    with pytest.raises(ToolFailed) as raised:
        runner.run("ffmpeg", [*big, "-vf", "reverse", "-f", "null", "-"], folder=tmp_path, seconds=60)
    assert "allocate memory" in raised.value.message


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutOfRoom):
        runner.run("ffmpeg", ["-y", *TONE, "-f", "wav", "/dev/full"], folder=tmp_path, seconds=60, write_bytes=10**9)


def test_an_exception_in_the_middle_ends_the_run(tmp_path: Path) -> None:
    arguments = ["-re", *TONE, "-f", "s16le", "pipe:1"]
    with (
        pytest.raises(KeyboardInterrupt),
        runner.running("ffmpeg", arguments, folder=tmp_path, seconds=30) as process,
    ):
        raise KeyboardInterrupt
    assert process.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_run_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from media.run import running
        with running("ffmpeg", ["-re", *{TONE!r}, "-f", "null", "-"], folder=Path({str(tmp_path)!r}), seconds=99) as it:
            print(it.pid, flush=True)
            time.sleep(99)
    """)
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _is_soon(lambda: Path(f"/proc/{child}/comm").read_text().strip() == "ffmpeg")  # after those who set limits
    assert os.getpriority(os.PRIO_PROCESS, child) >= 10
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert _is_soon(lambda: _is_gone(child))


def test_ffmpeg_gets_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "report.log"
    monkeypatch.setenv("FFREPORT", f"file={report}")
    runner.run("ffmpeg", ["-nostdin", "-f", "lavfi", "-i", "sine=duration=0.1", "-f", "null", "-"], folder=tmp_path,
               seconds=60, write_bytes=10_000)  # fmt: skip
    assert not report.exists()


def test_a_private_folder_is_gone_afterwards_and_hides_the_name(tmp_path: Path) -> None:
    source = tmp_path / "-i https: $(reboot) %d.mp3"
    source.write_bytes(b"sound")
    with runner.private_folder(tmp_path / "derived", source) as folder:
        assert [path.name for path in folder.iterdir()] == ["original"]
        assert (folder / "original").read_bytes() == b"sound"
    assert list((tmp_path / "derived").iterdir()) == []
    assert source.read_bytes() == b"sound"


def test_debian_has_every_limit() -> None:
    if "Debian" not in Path("/etc/os-release").read_text():
        pytest.skip("only Debian is promised")
    assert runner.missing_limits() == []


def _is_gone(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().split()[2] == "Z"


def _is_soon(holds: Callable[[], bool]) -> bool:
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.1)
    return False
