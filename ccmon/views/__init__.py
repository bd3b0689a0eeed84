"""The panels: what each shows of a snapshot, as lines and columns. No terminal, no clock and no SQL in them."""

from __future__ import annotations

from typing import Any

from ccmon.views.agents import AgentsPanel
from ccmon.views.contact_reasons import ProblemsPanel
from ccmon.views.costs import CostPage, ElsewherePage, ValuePanel
from ccmon.views.follow_up_pages import OwnersPage, SecondSalePage, StuckPage
from ccmon.views.follow_ups import FollowUpsPanel
from ccmon.views.handling import HandlingPanel
from ccmon.views.panel import FloorPanel
from ccmon.views.queues import QueuePanel
from ccmon.views.retention import CohortsPage, CustomersPanel
from ccmon.views.sales import ConversionPanel, MonthPage, WeekPage
from ccmon.views.satisfaction import LowScoresPage, SatisfactionPanel


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
