"""The least that an import of a queue log must do, as a plain loop: what the benchmark compares the import with.

    python -m benchmarks.plain_loop LOG

Splits each line, keeps the open calls in a dict by call id and queue, and inserts the finished ones with one
executemany into a table in memory that has no index, no check and no trigger. It understands calls alone, trusts every
field, and remembers nothing of what it has read. Prints the calls and the seconds of processor time that they took.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

_ENDS = {
    "COMPLETEAGENT": ("answered", "agent"),
    "COMPLETECALLER": ("answered", "caller"),
    "TRANSFER": ("answered", "transfer"),
    "BLINDTRANSFER": ("answered", "transfer"),
    "ATTENDEDTRANSFER": ("answered", "transfer"),
    "ABANDON": ("abandoned", "caller"),
    "EXITWITHTIMEOUT": ("timeout", "system"),
    "EXITEMPTY": ("no_agents", "system"),
    "EXITWITHKEY": ("exit_key", "caller"),
}
_TABLE = "CREATE TABLE calls (call_id, queue, caller, agent, entered_at, answered_at, ended_at, outcome, ended_by)"


class Took(NamedTuple):
    """What the loop took for a log."""

    calls: int
    processor_s: float


def load(log: Path) -> Took:
    """Fold a log into its calls and insert them into a table in memory."""
    began = time.process_time()
    with log.open(encoding="utf-8") as file:
        calls = _finished(file)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(_TABLE)
        with connection:
            connection.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", calls)
        return Took(len(calls), time.process_time() - began)


def _finished(lines: Iterable[str]) -> list[list[Any]]:
    open_calls: dict[tuple[str, str], list[Any]] = {}
    finished = []
    for line in lines:
        at, call_id, queue, agent, event, *data = line.rstrip("\n").split("|")
        at_ms = int(at) * 1000
        if event == "ENTERQUEUE":
            open_calls[call_id, queue] = [call_id, queue, data[1], None, at_ms, None, None, None, None]
        elif event == "CONNECT":
            call = open_calls.get((call_id, queue))
            if call is not None:
                call[3], call[5] = agent, at_ms
        elif event in _ENDS:
            call = open_calls.pop((call_id, queue), None)
            if call is not None:
                call[6:] = at_ms, *_ENDS[event]
                finished.append(call)
    return finished


def main() -> None:
    """Load the log that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("log", type=Path)
    took = load(parser.parse_args().log)
    print(f"{took.calls} calls, {took.processor_s:.3f} s")  # noqa: T201


if __name__ == "__main__":
    main()
