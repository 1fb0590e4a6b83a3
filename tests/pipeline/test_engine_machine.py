"""The arrangement of a machine: never more than it has, and always something."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.machine import GIB, MOST_THREADS, arrange

BASE, LARGE = 145_000_000, 3_100_000_000


@given(cores=st.integers(1, 128), memory=st.integers(GIB // 2, 256 * GIB), weights=st.integers(10**7, 4 * 10**9))
def test_no_more_threads_than_cores_and_always_something(cores: int, memory: int, weights: int) -> None:
    found = arrange(cores=cores, gpus=0, memory_bytes=memory, weights_bytes=weights)
    assert 1 <= found.replicas * found.threads <= min(cores, MOST_THREADS)
    assert found.batch >= 1


def test_two_cores_take_two_batches_at_once() -> None:
    found = arrange(cores=2, gpus=0, memory_bytes=8 * GIB, weights_bytes=BASE)
    assert (found.replicas, found.threads, found.batch) == (2, 1, 4)


def test_a_large_model_on_a_small_machine_takes_one_window_at_a_time() -> None:
    found = arrange(cores=4, gpus=0, memory_bytes=8 * GIB, weights_bytes=LARGE)
    assert (found.batch, found.replicas) == (1, 1)


def test_a_graphics_card_takes_one_large_batch_in_half_numbers() -> None:
    found = arrange(cores=8, gpus=1, memory_bytes=16 * GIB, weights_bytes=BASE)
    assert (found.device, found.compute_type, found.replicas) == ("cuda", "float16", 1)
    assert found.batch > 8
