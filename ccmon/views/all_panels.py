"""All panels of the screen, each with its views."""

from __future__ import annotations

from typing import Any

from ccmon.views.agents import AgentsPanel
from ccmon.views.contact_reasons import ContactReasonsPanel
from ccmon.views.costs import CostPage, CostsPanel, InvestmentComparisonPage
from ccmon.views.follow_up_pages import OwnersPage, RepeatPurchasePage, UnresolvedPage
from ccmon.views.follow_ups import FollowUpsPanel
from ccmon.views.handling import HandlingPanel
from ccmon.views.panel import FloorPanel
from ccmon.views.queues import QueuesPanel
from ccmon.views.retention import CohortsPage, RetentionPanel
from ccmon.views.sales import MonthPage, SalesPanel, WeekPage
from ccmon.views.satisfaction import LowScoresPage, SatisfactionPanel


def panels() -> tuple[FloorPanel[Any], ...]:
    """The panels in the order of their number keys, each with its views."""
    return (
        QueuesPanel(),
        AgentsPanel(),
        SalesPanel(WeekPage(), MonthPage()),
        HandlingPanel(),
        FollowUpsPanel(OwnersPage(), UnresolvedPage(), RepeatPurchasePage()),
        SatisfactionPanel(LowScoresPage()),
        RetentionPanel(CohortsPage()),
        ContactReasonsPanel(),
        CostsPanel(CostPage(), InvestmentComparisonPage()),
    )
