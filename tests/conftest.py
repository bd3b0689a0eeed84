"""What all tests share."""

from __future__ import annotations

import _sqlite3
import ctypes
import functools
import gc
import os
import signal
import sys
import threading
import traceback
from collections.abc import Generator, Iterator
from itertools import chain, groupby
from pathlib import Path

import pytest
import typer.main
from hypothesis import settings
from hypothesis.internal.conjecture import engine

from benchmarks.environment import isolated, keep_files_in_memory
from ccmon.database import source_lock
from tests import databases
from tests.examples import FACTOR, examples

SLOW = Path(__file__).parent / "slow"
_SQLITE_CONFIG_MEMSTATUS = 9
LONGEST_TEST_S = 600 * FACTOR + float(os.environ.get("CCMON_ENDURANCE_S", "0"))
"""After this time a test fails, whatever it waits for: twice as long as any wait that has a limit of its own."""


def _count_no_memory() -> None:
    """Have SQLite not add up its memory under a lock, as it does for nobody here: a thirtieth of all processor time."""
    library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
    if hasattr(library, "sqlite3_config"):
        library.sqlite3_shutdown()  # it takes no settings once it has begun
        library.sqlite3_config(_SQLITE_CONFIG_MEMSTATUS, 0)
        library.sqlite3_initialize()


keep_files_in_memory()
_count_no_memory()
gc.disable()  # until all tests are collected: what they are made of stays for good
_place = isolated()
"""This machine's settings, home and environment are out of sight from here on, before any test is imported."""

settings.register_profile("ccmon", deadline=None, max_examples=examples(20))
settings.load_profile("ccmon")
engine.MAX_SHRINKING_SECONDS = 20 * FACTOR
"""How long a failing example may be made smaller, which is five minutes by default: such a run seems to hang."""


@pytest.fixture(scope="session", autouse=True)
def _run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """The workers of a run share what is made once.

    A worker builds the command line once, which takes 30 ms.
    """
    base = tmp_path_factory.getbasetemp()
    databases.use_folder_of_the_run(base if worker_id == "master" else base.parent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", functools.cache(typer.main.get_command))
        patch.setattr(source_lock, "sees_all_processes", lambda: True)  # what a test locks, this process sees
        yield
    databases.close_copies()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Up to twice as many workers as processors: slow tests wait for a program of their own, the others for nobody."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    processors = len(os.sched_getaffinity(0))
    return processors if config.option.markexpr == "not slow" else min(2 * processors, processors + 4)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each worker begin with its share of what takes long, that none is left alone with it at the end.

    The workers get equal parts of the tests, one after another. A file stays together: it shares what it prepares.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    is_slow = functools.cache(lambda path: path.is_relative_to(SLOW))
    slow = [item for item in items if is_slow(item.path)]
    files = [list(tests) for _, tests in groupby(slow, lambda item: item.path)]
    others = [item for item in items if not is_slow(item.path)]
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        part = (len(items) - len(ordered)) // (workers - worker)
        share = list(chain.from_iterable(files[worker::workers]))
        filling = max(0, part - len(share))
        ordered += share + others[:filling]
        del others[:filling]
    items[:] = ordered + others


def pytest_collection_finish() -> None:
    """What is there by now stays for good: the collector need not walk through it again and again."""
    gc.enable()
    gc.set_threshold(50_000, 20, 20)  # a test's objects seldom form cycles: to look for them took a tenth of the time
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that waits without end, and say where each thread stands; so too where its teardown waits."""

    def fail(*_: object) -> None:
        frames = sys._current_frames()
        others = [each for each in threading.enumerate() if each is not threading.main_thread()]
        stacks = [f"{each.name}:\n{''.join(traceback.format_stack(frames.get(each.ident or 0)))}" for each in others]
        pytest.fail("\n".join([f"{item.nodeid} has not ended within {LONGEST_TEST_S:.0f} s.", *stacks]))

    before = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_TEST_S, LONGEST_TEST_S)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What a file's tests have left for good need not be walked through by those of all files after it."""
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()


def pytest_unconfigure() -> None:
    """Take the tests' home away."""
    _place.cleanup()
