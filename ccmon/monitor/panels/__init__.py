"""The five panels: what each shows of a snapshot, as lines and columns. No terminal, no clock and no SQL in them."""

from __future__ import annotations

from typing import Any

from ccmon.monitor.panels.agents import AgentsPanel
from ccmon.monitor.panels.base import FloorPanel
from ccmon.monitor.panels.conversion import ConversionPanel
from ccmon.monitor.panels.follow_ups import FollowUpsPanel
from ccmon.monitor.panels.handling import HandlingPanel
from ccmon.monitor.panels.queue import QueuePanel


def panels() -> tuple[FloorPanel[Any], ...]:
    """The panels in the order of their number keys."""
    return (QueuePanel(), AgentsPanel(), ConversionPanel(), HandlingPanel(), FollowUpsPanel())
