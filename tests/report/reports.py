"""Reports on the seeded afternoon, as the command makes them."""

from __future__ import annotations

import functools
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ccmon.database.report_reader import read_report
from ccmon.model.stretches import ReportFigures, StretchKind
from ccmon.report.asked import asked_stretch
from ccmon.report.content import Report, report_of
from ccmon.report.data import as_json
from ccmon.snapshot.narrow import NO_FILTER, Filters
from ccmon.views.moments import Present
from tests.databases import shared
from tests.snapshot.seeded_floor import NOW, ZONE, still_floor

FRIDAY = "2026-11-20"
PRESENT = Present(NOW, ZoneInfo(ZONE), datetime.fromtimestamp(NOW / 1000, ZoneInfo(ZONE)).date(), 0)


def database() -> Path:
    """The database of the seeded afternoon, whose clock stands still; nobody may change it."""
    return shared("still month of twelve agents", lambda folder: still_floor(folder / "calls.db")) / "calls.db"


@functools.cache
def figures(kind: str, text: str | None = None) -> ReportFigures:
    """What is read for a report on the seeded afternoon."""
    return read_report(database(), asked_stretch(StretchKind(kind), text, PRESENT), {})


def report(kind: str, text: str | None = None, filters: Filters = NO_FILTER) -> Report:
    """A report on it."""
    return report_of(figures(kind, text), filters, NOW)


def document(kind: str, text: str | None = None, filters: Filters = NO_FILTER) -> dict[str, Any]:
    """The same as JSON."""
    found = json.loads(as_json(report(kind, text, filters)))
    assert isinstance(found, dict)
    return found


def goal(found: dict[str, Any], key: str, field: str = "value") -> Any:
    """A figure of any goal."""
    every = [figure for of_goal in found["goals"].values() for figure in of_goal]
    (one,) = [figure for figure in every if figure["figure"] == key]
    return one[field]


def at(text: str) -> int:
    """The moment of a local time."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)
