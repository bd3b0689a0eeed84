"""What all tests share."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

from benchmarks.environment import isolated
from tests import databases
from tests.examples import examples

gc.disable()  # until all tests are collected: what they are made of stays for good
_place = isolated()
"""This machine's settings, home and environment are out of sight from here on, before any test is imported."""

settings.register_profile("ccmon", deadline=None, max_examples=examples(20))
settings.load_profile("ccmon")


@pytest.fixture(scope="session", autouse=True)
def _run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """The workers of a run share what is made once."""
    base = tmp_path_factory.getbasetemp()
    databases.use_folder_of_the_run(base if worker_id == "master" else base.parent)


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: many tests wait for a program of their own, or for a screen."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What is there by now stays for good: the collector need not walk through it again and again."""
    gc.enable()
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Take the tests' home away."""
    _place.cleanup()
