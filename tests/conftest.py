"""What all tests share."""

from __future__ import annotations

import gc
import os

from hypothesis import settings

settings.register_profile("ccmon", deadline=None)
settings.load_profile("ccmon")


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: many tests wait for a program of their own, or for a screen."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What is there by now stays for good: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
