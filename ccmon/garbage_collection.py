"""Python's search for reference cycles, during work that makes very many objects and no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_RARELY = 1_000_000
"""Objects between two searches. With Python's own 700, searches take half the time of reading a queue log."""


@contextmanager
def off() -> Iterator[None]:
    """Do not search at all, during work of which a test shows that what is done with is freed without it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def seldom() -> Iterator[None]:
    """Search seldom, during long work whose objects are freed as soon as nothing refers to them."""
    usual = gc.get_threshold()
    gc.set_threshold(_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
