"""Python's search for objects that refer to each other in a circle, while very many are made that do not."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_RARELY = 1_000_000
"""Objects between two searches. At Python's own 700 they take half the time of reading a queue log."""


@contextmanager
def seldom() -> Iterator[None]:
    """Let the search run seldom, for long work whose objects go as soon as nothing refers to them."""
    usual = gc.get_threshold()
    gc.set_threshold(_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
