"""What a process and its children take of the machine: memory, by their share of what they share (PSS), and work."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.2


@dataclass
class Peak:
    """The most that was seen so far."""

    bytes: int = 0


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """Looks at a process and everything below it five times a second."""
    peak, ended = Peak(), threading.Event()

    def watch() -> None:
        while not ended.wait(POLL_S):
            peak.bytes = max(peak.bytes, pss_bytes(pid))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def pss_bytes(pid: int) -> int:
    """The sum over a process and its children, now; one that ended meanwhile counts nothing."""
    return sum(_own_bytes(each) for each in family(pid))


def processor_s(pid: int) -> float:
    """Seconds of processor time that a process and everything below it have used, also what has ended and was waited
    for."""
    ticks = 0
    for each in family(pid):
        with suppress(OSError):
            # utime, stime, and those of children that ended: the 14th to the 17th field.
            ticks += sum(map(int, Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and everything that descends from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name may hold anything, also parentheses; what follows the last one is state and parent.
            parent = int(path.read_text().rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def _own_bytes(pid: int) -> int:
    with suppress(OSError):
        shares = re.findall(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        return sum(map(int, shares)) * 1024
    return 0
