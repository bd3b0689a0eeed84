"""All panels of the screen, each with its tabs."""

from __future__ import annotations

from typing import Any

from ccmon.views.agents import AgentsPanel
from ccmon.views.contact_reasons import ContactReasonsPanel
from ccmon.views.costs import CostTab, InvestmentComparisonTab, ProfitPanel
from ccmon.views.follow_up_tabs import AgentFollowUpsTab, SecondPurchaseTab, UnresolvedTab
from ccmon.views.follow_ups import FollowUpsPanel
from ccmon.views.handling import HandlingPanel
from ccmon.views.lost_callers import LostCallersTab
from ccmon.views.panel import FloorPanel
from ccmon.views.queues import QueuesPanel
from ccmon.views.retention import CohortsTab, RetentionPanel
from ccmon.views.sales import MonthTab, SalesPanel, WeekTab
from ccmon.views.satisfaction import LowScoresTab, SatisfactionPanel


def panels() -> tuple[FloorPanel[Any], ...]:
    """The panels in the order of their number keys, each with its tabs."""
    return (
        QueuesPanel(LostCallersTab()),
        AgentsPanel(),
        SalesPanel(WeekTab(), MonthTab()),
        HandlingPanel(),
        FollowUpsPanel(AgentFollowUpsTab(), UnresolvedTab(), SecondPurchaseTab()),
        SatisfactionPanel(LowScoresTab()),
        RetentionPanel(CohortsTab()),
        ContactReasonsPanel(),
        ProfitPanel(CostTab(), InvestmentComparisonTab()),
    )
