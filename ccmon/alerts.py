"""What a supervisor should look at, by rules over a snapshot (pure; nothing is remembered from one to the next)."""

from __future__ import annotations

from collections.abc import Mapping

from ccmon.model import Alert, FloorSnapshot


def alerts(snapshot: FloorSnapshot, *, pause_limits: Mapping[str, int | None] | None = None) -> tuple[Alert, ...]:
    """Alerts, the worst first."""
    return ()
