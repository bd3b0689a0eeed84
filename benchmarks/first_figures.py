"""Whether what a floor first says of a moment is what it says of it later, when all of its rows are there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.terminal import terminal_environment
from benchmarks.workplace import CCMON

Status = dict[str, Any]
"""What ``ccmon status --json`` prints."""


def status(database: Path, at: str | None = None) -> Status:
    """Return all figures, of now or of an earlier moment."""
    command: list[str | Path] = [CCMON, "status", "--json", "--db", database]
    command += [] if at is None else ["--at", at]
    ran = subprocess.run(command, capture_output=True, check=True, env=terminal_environment())  # noqa: S603
    found: Status = json.loads(ran.stdout)
    return found


def untrue(first: Status, later: Status) -> list[str]:
    """Return the paths of figures that were known at first, and are others later.

    What was unknown (null) may become known, and alarms may come; one that was there must stay, but for those that say
    themselves that there may be more than they know of.
    """
    known = dict(_figures(first))
    now = dict(_figures(later))
    different = [path for path, value in known.items() if value is not None and now.get(path) != value]
    lost = [each["text"] for each in first["alarms"] if each not in later["alarms"]]
    return different + [text for text in lost if "at least" not in text.lower()]


def known(first: Status) -> int:
    """Return how many figures are not null."""
    return sum(value is not None for _, value in _figures(first))


def _figures(found: Status) -> Iterator[tuple[str, Any]]:
    """All values but the alarms and the word on what is incomplete, with their paths."""
    left_out = {"alarms", "alerts", "incomplete"}
    yield from _values({key: value for key, value in found.items() if key not in left_out}, "")


def _values(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _values(each, f"{path}/{key}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            named = each.get("name", each.get("id")) if isinstance(each, dict) else None
            yield from _values(each, f"{path}/{place if named is None else named}")
    else:
        yield path, value
