"""Names stand where their plain letters belong, not after Z."""

from __future__ import annotations

from msgspec.structs import replace

from ccmon.views.agents import COLUMNS, AgentsPanel
from ccmon.views.columns import sorted_rows
from ccmon.views.modal_content import agent_choices
from ccmon.views.view_context import ViewContext
from tests.floors import floor

NAMES = ("Zoe Adams", "Øyvind Berg", "Ondřej Dvořák", "Paul Carr", "Łukasz Nowak", "Mia Hill")
IN_ORDER = ["Łukasz Nowak", "Mia Hill", "Ondřej Dvořák", "Øyvind Berg", "Paul Carr", "Zoe Adams"]


def test_accents_do_not_move_a_name_behind_all_others() -> None:
    whole = floor()
    here = [agent for agent in whole.agents if agent.state.value == "talking"][: len(NAMES)]
    agents = tuple(replace(agent, name=name) for agent, name in zip(here, NAMES, strict=True))
    context = ViewContext.of(replace(whole, agents=agents))
    by_name = next(column for column in COLUMNS if column.key == "agent")
    assert [agent.name for agent in AgentsPanel().rows(context)] == IN_ORDER
    assert [agent.name for agent in sorted_rows(agents, by_name, False, context)] == IN_ORDER
    assert [choice.words for choice in agent_choices(context.snapshot)] == IN_ORDER
