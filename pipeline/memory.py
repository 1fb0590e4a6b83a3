"""Memory that the process holds but does not use."""

import ctypes

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of mallopt(3)
_LARGE_BYTES = 1 << 20


def keep_no_large_blocks() -> None:
    """Have each block of 1 MiB or more go back to the system as soon as it is freed.

    glibc raises that limit, up to 32 MB, with every large block that is freed, and then keeps them between others that
    are in use: the longer a recording, the more of them. Elsewhere than with glibc nothing is done.
    """
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    if choose is not None:
        choose(_MMAP_THRESHOLD, _LARGE_BYTES)


def give_back_memory() -> None:
    """Let the system have what the allocator keeps for later.

    After a batch that is half of what the worker holds, and it grows with the variety of batches; left alone, the peak
    over four hours was a fifth above the one over twenty minutes. Elsewhere than with glibc nothing is done.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
