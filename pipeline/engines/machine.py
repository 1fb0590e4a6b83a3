"""How an engine uses the machine: on what, in which numbers, how many batches at once. Pure, with its reasons."""

import os
from dataclasses import dataclass

GIB = 1 << 30
MOST_THREADS = 8  # more cores than this only heat the room: what the decoder does one word after the other stays

# Room that each window in flight is given beside the weights. A guess, not measured for any model: for base weights
# the encoder's attention alone is 72 MB a window (8 heads, 1500 x 1500, float32), half of what the weights take.
_BATCH_BYTES_PER_WEIGHT_BYTE = 0.6


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How one model works on one machine. `batch` may change a word; `replicas` and `threads` must not."""

    device: str  # cpu or cuda
    compute_type: str  # CTranslate2's name for the numbers
    replicas: int  # batches in flight
    threads: int  # of each
    batch: int  # windows in each


def arrange(*, cores: int, gpus: int, memory_bytes: int, weights_bytes: int) -> Arrangement:
    """An arrangement that the machine has room for.

    Two batches of 4 on a thread each took less processor time than one of 8 on two threads (121 s against 141 s, one
    run each on 2 cores), but no less wall time in that run (93 s against 89 s). What suits more cores, larger models
    and a graphics card was never measured.
    """
    if gpus:
        return Arrangement("cuda", "float16", replicas=1, threads=1, batch=16)
    used = max(1, min(cores, MOST_THREADS))
    replicas = 2 if used >= 2 else 1
    batch = 4
    room = memory_bytes / 2 - weights_bytes
    while batch > 1 and replicas * batch * weights_bytes * _BATCH_BYTES_PER_WEIGHT_BYTE > room:
        batch //= 2
    if batch == 1 and replicas * weights_bytes * _BATCH_BYTES_PER_WEIGHT_BYTE > room:
        replicas = 1
    return Arrangement("cpu", "int8", replicas, used // replicas, batch)


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_bytes() -> int:
    """How much memory the machine has; 8 GiB where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 8 * GIB
