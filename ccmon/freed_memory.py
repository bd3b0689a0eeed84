"""Memory that has been freed but that Python or the C library still holds.

A tuple made of an iterator whose length is not known, as by ``tuple(map(...))`` or ``f(*map(...))``, is made for ten
items and then resized. Once freed, it waits for another tuple of its new length, which the next call does not ask for:
each leaves one more. What is made in each poll is therefore made by way of a list.
"""

from __future__ import annotations

import gc
from contextlib import suppress

_ARENA_MAX = -8
"""The parameter of `mallopt` for the number of arenas allowed."""


def use_one_arena() -> None:
    """Make all threads share one arena: by default each gets its own, and memory freed in one is unused by others."""
    _call("mallopt", _ARENA_MAX, 1)


def give_back_freed_memory() -> None:
    """Return what a thread has freed: 0.9 MiB after a reading.

    The C library keeps it for the next thread, and Python up to 2,000 tuples of each length, which only a look for
    garbage frees.
    """
    gc.collect()
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    """Call a function of the C library, if it has it: glibc does."""
    with suppress(ImportError, OSError, AttributeError):
        # Only the half of ctypes written in C: all of it would delay the first frame by 5 ms.
        from _ctypes import call_cdeclfunction, dlopen, dlsym  # noqa: PLC0415

        itself = dlopen(None, 0)  # type: ignore[arg-type] # None: what is loaded already
        call_cdeclfunction(dlsym(itself, name), arguments)
