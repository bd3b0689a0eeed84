"""What programs cost that have started and go on: processor, bytes to the terminal, memory, all in the same windows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from typing import NamedTuple

from benchmarks.terminal import Terminal, watch
from benchmarks.usage import proportional_set_size_mib, usage

SETTLE_S = 3.0
"""How long a program that has just started is left alone."""


class Steady(NamedTuple):
    """The median of what one program used in the windows."""

    cpu: float
    """Percent of a core."""
    rate: float
    """Bytes a second to its terminal."""
    memory: float
    """MiB at the end, shared pages divided among those who share them."""


def measure(programs: Mapping[str, Terminal], *, seconds: float, windows: int = 1) -> dict[str, Steady]:
    """Watch programs side by side, so that what the machine does besides hits all of them.

    Args:
        programs: by name; they have started.
        seconds: length of a window.
        windows: how many follow each other.
    """
    watch(list(programs.values()), lambda: False, seconds=SETTLE_S)
    found = [_window(programs, seconds) for _ in range(windows)]
    return {
        name: Steady(
            statistics.median(window[name].cpu for window in found),
            statistics.median(window[name].rate for window in found),
            found[-1][name].memory,
        )
        for name in programs
    }


def together(found: Mapping[str, Steady], prefix: str) -> Steady:
    """Return the sum over the programs whose names begin with a prefix."""
    chosen = [steady for name, steady in found.items() if name.startswith(prefix)]
    return Steady(*(sum(values) for values in zip(*chosen, strict=True)))


def _window(programs: Mapping[str, Terminal], seconds: float) -> dict[str, Steady]:
    counts = {name: len(terminal.output) for name, terminal in programs.items()}
    before = {name: usage(terminal.session).cpu_s for name, terminal in programs.items()}
    began = time.monotonic()
    watch(list(programs.values()), lambda: False, seconds=seconds)
    took = time.monotonic() - began
    return {
        name: Steady(
            100 * (usage(terminal.session).cpu_s - before[name]) / took,
            sum(len(data) for _, data in terminal.output[counts[name] :]) / took,
            proportional_set_size_mib(terminal.session),
        )
        for name, terminal in programs.items()
    }
