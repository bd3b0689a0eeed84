"""What the figures of agents are counted from, by the keys of their columns and the labels of their facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from ccmon.formatting import clock
from ccmon.metrics.agents import OCCUPANCY_AT_LEAST_MS
from ccmon.metrics.satisfaction import HIDDEN_BELOW
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.snapshot import FloorSnapshot
from ccmon.views.agents import STATES, doing, has_no_queue
from ccmon.views.counting import LENGTH, MEAN, NOW, SHARE, Addend, Amount, Behind, Counted, Counting, one
from ccmon.views.view_context import ViewContext

NO_STATES = "no source reports the agent's states"
OVER_28_DAYS = "the last 28 business days"
TALKING = (AgentState.TALKING, AgentState.HOLD, AgentState.DIALLING)
"""States of an agent who is on a call."""


def _rows(query: str) -> Callable[[AgentFigures, ViewContext], Behind | None]:
    """The rows of an agent; none on a screen narrowed to a client, as the agent may work for others, too."""
    return lambda agent, context: None if context.filters.client else Behind(query, (agent.id,))


def _time(agent: AgentFigures, context: ViewContext) -> Counting | None:
    length_ms = context.elapsed_ms(agent.since)
    if length_ms is None:
        return None
    since = clock(agent.since, context.zone, seconds=True)
    return Counting(one(length_ms, f"{doing(agent)} since {since}", LENGTH), measure=LENGTH)


def _handled(agent: AgentFigures, _context: ViewContext) -> Counting:
    return Counting(Amount((Addend(agent.inbound, "inbound"), Addend(agent.outbound, "outbound")), "handled"))


def _outbound(agent: AgentFigures, _context: ViewContext) -> Counting:
    return Counting(Amount((Addend(agent.handled, "handled"), Addend(-agent.inbound, "inbound")), "outbound"))


def _aht(agent: AgentFigures, _context: ViewContext) -> Counting:
    times = (
        Addend(agent.handled_talk_ms, "talk"),
        Addend(agent.handled_hold_ms, "hold"),
        Addend(agent.handled_wrap_up_ms, "wrap-up"),
    )
    of = Amount((Addend(agent.inbound, "inbound"), Addend(agent.outbound, "outbound")), "handled")
    return Counting(Amount(times, measure=LENGTH), of, MEAN)


def _sales(agent: AgentFigures, _context: ViewContext) -> Counting:
    return Counting(one(agent.sales, "sales that stand"))


def _conversion(agent: AgentFigures, _context: ViewContext) -> Counting:
    more = agent.converted > agent.sales_calls > 0
    unknown = "more sales than sales calls are known" if more else ""
    return Counting(one(agent.converted, "converted"), one(agent.sales_calls, "sales calls"), SHARE, unknown=unknown)


def _missed(agent: AgentFigures, _context: ViewContext) -> Counting:
    return Counting(one(agent.missed, "rang for a second or more and were not answered"))


def _times(agent: AgentFigures, context: ViewContext) -> tuple[Addend, Addend, Addend, Addend, Addend, Addend]:
    """The agent's time by state, the present one included."""
    times = agent.times(context.snapshot.known_until)
    return (
        Addend(times.talk_ms, "talk"),
        Addend(times.hold_ms, "hold"),
        Addend(times.wrap_up_ms, "wrap-up"),
        Addend(times.ready_ms, "ready"),
        Addend(times.paused_ms, "paused"),
        Addend(times.other_ms or 0, "ringing, dialling and unreachable"),
    )


def _occupancy(agent: AgentFigures, context: ViewContext) -> Counting:
    talk, hold, wrap_up, ready, *others = _times(agent, context)
    of = Amount((talk, hold, wrap_up, ready), measure=LENGTH)
    unknown = ""
    if not agent.times(context.snapshot.known_until).logged_in_ms:
        unknown = NO_STATES
    elif of.value < OCCUPANCY_AT_LEAST_MS:
        unknown = "below 15 minutes"
    left_out = [part for part in others if part.value]
    return Counting(
        Amount((talk, hold, wrap_up), measure=LENGTH), of, SHARE, unknown=unknown, left_out=left_out, left_out_in=LENGTH
    )


def _paused(agent: AgentFigures, context: ViewContext) -> Counting:
    *_, paused, _other = _times(agent, context)
    running = context.elapsed_ms(agent.counts_from) if agent.state is AgentState.PAUSED else None
    now_ms = 0 if running is None else min(paused.value, max(0, context.known_until - (agent.counts_from or 0)))
    parts = (Addend(paused.value - now_ms, "in finished pauses"), Addend(now_ms, "in the present one"))
    return Counting(
        Amount(parts, measure=LENGTH), measure=LENGTH, unknown=NO_STATES if agent.state is AgentState.UNKNOWN else ""
    )


def _logged_in(agent: AgentFigures, context: ViewContext) -> Counting:
    unknown = NO_STATES if agent.state is AgentState.UNKNOWN else ""
    return Counting(Amount(_times(agent, context), "logged in", LENGTH), measure=LENGTH, unknown=unknown)


def _satisfaction(agent: AgentFigures, _context: ViewContext) -> Counting:
    unknown = f"below {HIDDEN_BELOW} answers" if agent.surveys < HIDDEN_BELOW else ""
    return Counting(one(agent.satisfied, "satisfied"), one(agent.surveys, "answers"), SHARE, unknown=unknown)


AGENTS: Mapping[str, Counted[AgentFigures]] = {
    "time": Counted("time_in_state", _time, _rows("proof_of_states"), NOW),
    "handled": Counted("handled", _handled, _rows("proof_of_handled_of_agents")),
    "outbound": Counted("outbound", _outbound, _rows("proof_of_outbound_of_agents")),
    "aht": Counted("aht", _aht, _rows("proof_of_handled_of_agents")),
    "sales": Counted("sales", _sales, _rows("proof_of_sales")),
    "conversion": Counted("conversion", _conversion, _rows("proof_of_conversion")),
    "missed": Counted("missed", _missed, _rows("proof_of_missed")),
    "occupancy": Counted("occupancy", _occupancy, _rows("proof_of_occupancy")),
    "paused": Counted("paused", _paused, _rows("proof_of_pauses")),
    "logged_in": Counted("logged_in", _logged_in, _rows("proof_of_states")),
    "satisfaction": Counted("satisfaction", _satisfaction, _rows("proof_of_satisfaction_of_agents"), OVER_28_DAYS),
}
"""By the keys of the columns."""


def _in_states(name: str, *states: AgentState) -> Counted[FloorSnapshot]:
    """Agents in some states, by state; in one, by what they do, such as the reason of a pause."""

    def counting(floor: FloorSnapshot, _context: ViewContext) -> Counting:
        found = [agent for agent in floor.agents if agent.state in states]
        words: Iterable[str] = (STATES[agent.state].word for agent in found)
        if states == (AgentState.PAUSED,):
            words = (doing(agent) if agent.reason else "no reason" for agent in found)
        parts = [Addend(number, word) for word, number in Counter(words).most_common()]
        all_unknown = bool(floor.agents) and all(agent.state is AgentState.UNKNOWN for agent in floor.agents)
        unknown = NO_STATES if all_unknown else ""
        return Counting(Amount(parts or [Addend(0, STATES[states[0]].word)], name.replace("_", " ")), unknown=unknown)

    return Counted(f"agents_{name}", counting, over=NOW)


def _ready(name: str, *, in_a_queue: bool) -> Counted[FloorSnapshot]:
    """Agents who are ready, in one of the queues shown or in none."""
    all_ready = _in_states(name, AgentState.READY).counting

    def counting(floor: FloorSnapshot, context: ViewContext) -> Counting | None:
        whole = all_ready(floor, context)
        without = sum(has_no_queue(agent, context) for agent in floor.agents)
        if whole is None or not in_a_queue:
            return whole and replace(whole, top=one(without, "ready, in none of the queues shown"))
        return replace(whole, top=Amount((*whole.top.parts, Addend(-without, "in none of the queues shown")), "ready"))

    return Counted(f"agents_{name}", counting, over=NOW)


FACTS: Mapping[str, Counted[FloorSnapshot]] = {
    "ready": _ready("ready", in_a_queue=True),
    "ringing": _in_states("ringing", AgentState.RINGING),
    "on calls": _in_states("on_calls", *TALKING),
    "wrap-up": _in_states("wrap_up", AgentState.WRAP_UP),
    "paused": _in_states("paused", AgentState.PAUSED),
    "unreachable": _in_states("unreachable", AgentState.UNAVAILABLE),
    "logged out": _in_states("logged_out", AgentState.LOGGED_OUT),
    "ready, no queue": _ready("ready_without_queue", in_a_queue=False),
}
"""By the labels of the facts in the head."""
