"""Steps of an agent's time in a state: calm, near its limit, over it. Each colour has a sign beside it."""

from __future__ import annotations

from collections.abc import Mapping

from ccmon.metrics.time_in_state import TimeStep, limit_by_usual, step_of
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarm_limits import AlarmLimits
from ccmon.model.alarms import Rule
from ccmon.snapshot.alarms import RULES_OF_STATES, limit_of_state
from ccmon.views.styled_text import TextStyle
from ccmon.views.view_context import ViewContext

SIGNS: Mapping[TimeStep, str] = {TimeStep.CALM: "/", TimeStep.NEAR: "<", TimeStep.OVER: ">"}
"""Between a time and its limit."""
STEP_STYLES: Mapping[TimeStep, TextStyle] = {TimeStep.NEAR: TextStyle.WATCH, TimeStep.OVER: TextStyle.BAD}
"""A calm time is in the style of its state."""


def limit_of(agent: AgentFigures, limits: AlarmLimits) -> int | None:
    """How long the agent may be in the present state, in milliseconds; None: it has no limit.

    A pause has that of its alarm; talking and wrap-up what is too long for the agent's own calls in that direction.
    """
    rule = RULES_OF_STATES.get(agent.state)
    if rule is None:
        return None
    queue = agent.queue if agent.is_queue else None
    limit_ms = limit_of_state(rule, limits, agent.team, queue=queue, reason=agent.reason)
    if rule is Rule.PAUSE or agent.state is AgentState.HOLD:
        return limit_ms
    inbound_ms, total_ms = agent.inbound_talk_ms, agent.handled_talk_ms
    if rule is Rule.WRAP_UP:
        inbound_ms, total_ms = agent.inbound_wrap_up_ms, agent.handled_wrap_up_ms
    if agent.is_queue:
        return limit_by_usual(inbound_ms, agent.inbound, limit_ms)
    return limit_by_usual(total_ms - inbound_ms, agent.outbound, limit_ms)


def step(agent: AgentFigures, context: ViewContext) -> TimeStep:
    """How near the agent's time in the present state is to its limit."""
    limit_ms = limit_of(agent, context.snapshot.alarm_limits)
    if limit_ms is None or agent.since is None:
        return TimeStep.CALM
    return step_of(agent.since, limit_ms, context.when("drawn_until"))
