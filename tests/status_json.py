"""What ``ccmon status --json`` says of a snapshot."""

from __future__ import annotations

import json
from typing import Any

from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.json_writer import as_text


def snapshot_object(snapshot: FloorSnapshot) -> dict[str, Any]:
    """The object that is written of a snapshot."""
    found: dict[str, Any] = json.loads(as_text(snapshot))
    return found
