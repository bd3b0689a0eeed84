"""Memory that has been freed but that the C library still holds."""

from __future__ import annotations

from contextlib import suppress

_ARENA_MAX = -8
"""The number of `mallopt` for how many arenas there may be."""


def use_one_arena() -> None:
    """Have all threads allocate from one arena: each that starts gets its own, and what one frees no other uses."""
    _call("mallopt", _ARENA_MAX, 1)


def give_back_freed_memory() -> None:
    """Let the C library return what a thread has freed, which it keeps for the next one: 0.9 MiB after a reading."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    """Call a function of the C library where that has it: glibc does."""
    with suppress(ImportError, OSError, AttributeError):
        # The half of ctypes that is written in C: all of it takes 5 ms, which the first frame must not pay for.
        from _ctypes import call_cdeclfunction, dlopen, dlsym  # noqa: PLC0415

        itself = dlopen(None, 0)  # type: ignore[arg-type] # None: what is loaded already
        call_cdeclfunction(dlsym(itself, name), arguments)
