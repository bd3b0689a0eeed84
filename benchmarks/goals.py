"""What is measured, what each figure is compared with, and what is wanted of it: one row a figure."""

from __future__ import annotations

from typing import NamedTuple

BARE_TEXTUAL = "bare Textual"
BARE_TYPER = "bare Typer"
PG_ACTIVITY = "pg_activity"
PLAIN_LOOP = "plain loop"
ADDITIONS = "m"
"""The processor time of a million additions."""


class Row(NamedTuple):
    """One figure of the table."""

    case: str
    name: str
    unit: str
    compared_with: str = ""
    """What `goal` and `aim` are multiples of, measured in the same run; empty: they are in the unit itself."""
    goal: float | None = None
    aim: float | None = None
    """What prototypes have reached: more than the goal asks for."""
    at_least: bool = False
    """True: more is better."""


_POLL_200 = "one agent's change, 200 agents"

ROWS = {
    "start": Row("start", "first live frame, 200 agents", "ms", BARE_TEXTUAL, 1.5, 1.3),
    "demo": Row("demo", "first living figures of ccmon demo", "ms", BARE_TEXTUAL, 3),
    "demo_right": Row("demo", "calls of today, first shown to 5 s later", "%", goal=1),
    "demo_untrue": Row("demo", "figures of the first moment that are others later", "figures", goal=0),
    "demo_whole": Row("demo", "past weeks filled in", "s"),
    "idle": Row("idle", "processor, nothing changes", "% of a core", PG_ACTIVITY, 1, 0.5),
    "idle_bare": Row("idle", "the same, beside a bare program", "% of a core", BARE_TEXTUAL),
    "idle_follower": Row("idle", "processor, with a follower of a silent log", "% of a core", PG_ACTIVITY, 1),
    "busy": Row("busy", "processor, 5 records a second", "% of a core", PG_ACTIVITY, 2),
    "bytes": Row("busy", "to the terminal, 120x40", "B/s", goal=2000),
    "bytes_narrow": Row("busy", "to the terminal, 80x24", "B/s", goal=1000),
    "follower": Row("busy", "processor of ccmon follow", "% of a core"),
    "ten": Row("ten", "processor of ten monitors, busy", "% of a core", PG_ACTIVITY, 20),
    "ten_memory": Row("ten", "memory (PSS) of ten monitors", "MiB", goal=350, aim=310),
    "thirty_failed": Row("thirty", "monitors of thirty that failed, 50 records a second", "monitors", goal=0),
    "thirty_gap": Row("thirty", "longest time without a frame in any of them", "s", goal=2),
    "thirty_growth": Row("thirty", "growth of any of them", "MiB", goal=2),
    "thirty_rows": Row("thirty", "rows unlike those of an undisturbed database", "rows", goal=0),
    "many": Row("many", "processor, busy, 5,000 agents", "% of a core", "200 agents", 1.5, 1.3),
    "memory": Row("memory", "memory (PSS) of one monitor", "MiB", BARE_TEXTUAL, 1.35, 1.3),
    "growth": Row("memory", "growth over a day's worth of polls", "MiB", goal=2),
    "fast_poll": Row("memory", "processor of a poll, with its share of the frames", "ms", ADDITIONS),
    "poll_unchanged": Row("poll", "nothing changed", "ms", ADDITIONS, 0.005, 0.001),
    "poll_heartbeat": Row("poll", "a follower's heartbeat alone", "ms", ADDITIONS, 0.005),
    "poll_200": Row("poll", _POLL_200, "ms", ADDITIONS, 0.03, 0.015),
    "poll_5000": Row("poll", "one agent's change, 5,000 agents", "ms", "200 agents", 1.5, 1.3),
    "poll_5000_unchanged": Row("poll", "nothing changed, 5,000 agents", "ms", ADDITIONS, 0.005, 0.001),
    "history": Row("growth", "a poll with a long history", "ms", "10 thousand calls", 1.1),
    "today": Row("growth", "a poll with many calls today", "ms", "1 thousand calls", 1.1),
    "status": Row("status", "status --json, 200 agents", "ms", BARE_TYPER, 1.5),
    "status_demo": Row("status", "status --json, the demo's past weeks", "ms", BARE_TYPER, 2),
    "help": Row("commands", "ccmon --help", "ms", BARE_TYPER, 1.2),
    "version": Row("commands", "ccmon --version", "ms", BARE_TYPER, 1.2),
    "import": Row("import", "queue log, lines a processor second", "lines/s", PLAIN_LOOP, 0.4, at_least=True),
    "import_memory": Row("import", "queue log, highest memory", "MiB"),
    "table": Row("table", "rows of a table in the time of m", "rows", goal=1600, at_least=True),
    "table_memory": Row("table", "highest memory", "MiB", goal=64),
    "seed": Row("seed", "ccmon seed, 36 days of 40 agents", "s", ADDITIONS, 125),
    "stall_gap": Row("stall", "longest gap of the loop", "s", goal=1.5),
    "stall_frames": Row("stall", "stale frames afterwards", "frames", goal=2),
    "latency": Row("latency", "record to screen, median", "s"),
    "latency_longest": Row("latency", "record to screen, longest", "s", goal=1.2),
}
"""By the key that a case names its figure with; the order is the table's."""
