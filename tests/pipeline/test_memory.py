"""What is freed goes back to the system, also between blocks that are in use."""

import subprocess
import sys

import pytest

BLOCKS, BLOCK_BYTES = 20, 8 << 20
CHILD = f"""
import sys
from pathlib import Path
from pipeline.memory import keep_no_large_blocks
if sys.argv[1] == "give back":
    keep_no_large_blocks()
def held():
    return int(next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmRSS")).split()[1])
bytearray({BLOCK_BYTES})  # freed: from now on the allocator takes such blocks for ordinary ones
before, large, small = held(), [], []
for _ in range({BLOCKS}):
    large.append(bytearray({BLOCK_BYTES}))
    small.append(bytearray(100_000))
large.clear()
print(held() - before)
"""


def held_kb(how: str) -> int:
    answer = subprocess.run([sys.executable, "-c", CHILD, how], capture_output=True, text=True, check=True, timeout=240)
    return int(answer.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the allocator is glibc's")
def test_large_blocks_go_back_as_soon_as_they_are_freed() -> None:
    of_one_block = BLOCK_BYTES // 1024
    assert held_kb("keep") > of_one_block  # or the setting is not needed any more
    assert held_kb("give back") < of_one_block
