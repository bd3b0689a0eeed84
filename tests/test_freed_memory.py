"""What is told to the C library about freed memory, and that polls leave none for Python to keep."""

from __future__ import annotations

import gc
import platform
import subprocess
import sys
from collections.abc import Callable

import pytest

from ccmon import freed_memory
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.quarters import MergedQuarters
from ccmon.snapshot.sales_sums import SalesSums
from tests.busy_floor import busy_floor

ALLOCATE_IN_A_THREAD = """
import ctypes, threading
thread = threading.Thread(target=lambda: [bytes(10_000) for _ in range(100)])
thread.start()
thread.join()
ctypes.CDLL(None).malloc_stats()
"""


def arenas(begin: str) -> int:
    """How many arenas a process has in which a thread has allocated memory."""
    whole = f"from ccmon.freed_memory import use_one_arena\n{begin}\n{ALLOCATE_IN_A_THREAD}"
    ended = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=True)
    return ended.stderr.count("Arena ")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_allocate_from_one_arena() -> None:
    assert arenas("") == 2
    assert arenas("use_one_arena()") == 1


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    freed_memory._call("no_such_function", 0)
    monkeypatch.setitem(sys.modules, "_ctypes", None)
    freed_memory.use_one_arena()
    freed_memory.give_back_freed_memory()


def test_python_frees_what_it_keeps_for_later() -> None:
    found: list[tuple[str, int]] = []

    def note(phase: str, looked: dict[str, int]) -> None:
        found.append((phase, looked["generation"]))

    gc.callbacks.append(note)
    try:
        freed_memory.give_back_freed_memory()
    finally:
        gc.callbacks.remove(note)
    assert ("stop", 2) in found


@pytest.mark.parametrize(
    "make",
    [
        lambda sums, _floor: sums + sums,
        lambda sums, _floor: sums - sums,
        lambda _sums, floor: MergedQuarters().update([queue.quarters for queue in floor.queues]),
    ],
    ids=["sum of counts", "difference of counts", "sums of quarters"],
)
def test_what_is_made_at_each_poll_leaves_no_tuples_for_others_to_use(
    make: Callable[[SalesSums, FloorSnapshot], object],
) -> None:
    sums, floor = SalesSums(*range(len(SalesSums.__struct_fields__))), busy_floor(24)
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            make(sums, floor)
        before = sys.getallocatedblocks()
        for _ in range(500):
            make(sums, floor)
        assert sys.getallocatedblocks() - before < 250
    finally:
        gc.enable()
