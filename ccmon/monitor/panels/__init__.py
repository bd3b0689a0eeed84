"""The panels: what each shows of a snapshot, as lines and columns. No terminal, no clock and no SQL in them."""

from __future__ import annotations

from typing import Any

from ccmon.monitor.panels.agents import AgentsPanel
from ccmon.monitor.panels.base import FloorPanel
from ccmon.monitor.panels.conversion import ConversionPanel, MonthPage, WeekPage
from ccmon.monitor.panels.customers import CohortsPage, CustomersPanel
from ccmon.monitor.panels.follow_ups import FollowUpsPanel
from ccmon.monitor.panels.handling import HandlingPanel
from ccmon.monitor.panels.problems import ProblemsPanel
from ccmon.monitor.panels.promises import OwnersPage, SecondSalePage, StuckPage
from ccmon.monitor.panels.queue import QueuePanel
from ccmon.monitor.panels.satisfaction import LowScoresPage, SatisfactionPanel
from ccmon.monitor.panels.value import CostPage, ElsewherePage, ValuePanel


def panels() -> tuple[FloorPanel[Any], ...]:
    """The panels in the order of their number keys, each with its views."""
    return (
        QueuePanel(),
        AgentsPanel(),
        ConversionPanel(WeekPage(), MonthPage()),
        HandlingPanel(),
        FollowUpsPanel(OwnersPage(), StuckPage(), SecondSalePage()),
        SatisfactionPanel(LowScoresPage()),
        CustomersPanel(CohortsPage()),
        ProblemsPanel(),
        ValuePanel(CostPage(), ElsewherePage()),
    )
