"""Agents: what each does now and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeVar

from ccmon.formatting import clock, count, dated, duration, mean, percent
from ccmon.model.agents import AgentFigures, AgentState, AgentTimes
from ccmon.model.alarms import Marked, Severity
from ccmon.snapshot.chunked_rows import rows_that_differ
from ccmon.spelling import folded
from ccmon.time_units import MINUTE_MS
from ccmon.views import column_factories as column
from ccmon.views.alarms import alarm_sentence
from ccmon.views.columns import Column
from ccmon.views.glyphs import GlyphSet
from ccmon.views.incremental_sort import NOTHING, IncrementalSort
from ccmon.views.panel import Detail, Fact, FloorPanel, PanelSummary
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.time_in_state import SIGNS, STEP_STYLES, limit_of, step
from ccmon.views.view_context import ViewContext, severity_style

Row = TypeVar("Row")


class StateLook(NamedTuple):
    """How a state of an agent is shown."""

    word: str
    style: TextStyle
    need: int
    """Its rank among the states by how likely they need a person."""
    sign: str
    ascii_sign: str

    def glyph(self, glyphs: GlyphSet) -> str:
        """Its sign in a set of characters."""
        return self.ascii_sign if glyphs.ascii_only else self.sign


STATES: Mapping[AgentState, StateLook] = {
    AgentState.READY: StateLook("ready", TextStyle.GOOD, 7, "○", "o"),
    AgentState.RINGING: StateLook("ringing", TextStyle.STRONG, 1, "◎", ":"),
    AgentState.DIALLING: StateLook("dialling", TextStyle.BUSY, 6, "◌", "/"),
    AgentState.TALKING: StateLook("talking", TextStyle.BUSY, 5, "●", "@"),
    AgentState.HOLD: StateLook("on hold", TextStyle.BUSY, 4, "◍", "="),
    AgentState.WRAP_UP: StateLook("wrap-up", TextStyle.BUSY, 3, "◐", "%"),
    AgentState.PAUSED: StateLook("paused", TextStyle.AWAY, 2, "\N{DOUBLE VERTICAL LINE}", "#"),
    AgentState.UNAVAILABLE: StateLook("unreachable", TextStyle.BAD, 0, "\N{MULTIPLICATION SIGN}", "x"),
    AgentState.LOGGED_OUT: StateLook("logged out", TextStyle.QUIET, 8, "·", "."),
    AgentState.UNKNOWN: StateLook("unknown", TextStyle.QUIET, 9, " ", " "),
}


def agent_attention_order(agent: AgentFigures, severity: Severity) -> tuple[int, int, int, str]:
    """A sort key that puts agents who need a person first: severity of the worst alarm, state, since when, name."""
    return -severity, STATES[agent.state].need, agent.since or 0, folded(agent.name)


def _by_name(agent: AgentFigures, _: object) -> tuple[bool, str]:
    return STATES[agent.state].need >= STATES[AgentState.LOGGED_OUT].need, folded(agent.name)


def doing(agent: AgentFigures) -> str:
    """What an agent does now, in a word or two; for a pause its reason."""
    return agent.reason if agent.state is AgentState.PAUSED and agent.reason else STATES[agent.state].word


def has_no_queue(agent: AgentFigures, context: ViewContext) -> bool:
    """Whether the agent is ready, but in no queue shown, so that nobody who waits there can be helped by that."""
    if agent.state is not AgentState.READY:
        return False
    return context.in_queues is not None and agent.id not in context.in_queues


_UNEXPLAINED = len("‖ paused, no reason")


def _state(agent: AgentFigures, context: ViewContext, width: int) -> Span:
    if agent.state is AgentState.UNKNOWN:
        return Span(f"  {context.glyphs.unknown}", TextStyle.QUIET)
    span = state_span(agent, context)
    calm = TextStyle.TEXT if agent.state is AgentState.PAUSED else span.style
    span = Span(span.text, STEP_STYLES.get(step(agent, context), calm))
    if has_no_queue(agent, context):
        word = "ready, no queue" if width >= _UNEXPLAINED else "no queue"
        return Span(f"{STATES[AgentState.READY].glyph(context.glyphs)} {word}")
    is_unexplained = agent.state is AgentState.PAUSED and not agent.reason
    return Span(f"{span.text}, no reason", span.style) if is_unexplained and width >= _UNEXPLAINED else span


def state_span(agent: AgentFigures | None, context: ViewContext) -> Span:
    """What an agent does now, with the state's sign; empty without such an agent."""
    if agent is None:
        return Span("")
    look = STATES[agent.state]
    return Span(f"{look.glyph(context.glyphs)} {doing(agent)}", look.style)


def state_column(meaning: str, agent_id: Callable[[Row], int | None], *, rank: int) -> Column[Row]:
    """The present state of the agent that a row of another panel is about."""

    def cell(row: Row, context: ViewContext, _width: int) -> Span:
        return state_span(context.agent(agent_id(row)), context)

    return Column("state", "state", meaning, 13, cell, rank, widest=14, right=False)


def _limit(agent: AgentFigures, context: ViewContext) -> str:
    limit_ms = limit_of(agent, context.snapshot.alarm_limits)
    if limit_ms is None or agent.since is None:
        return ""
    return f"{SIGNS[step(agent, context)]}{_minutes(limit_ms):>3}"


def _minutes(limit_ms: int) -> str:
    """A limit in minutes, with a decimal where it has less than ten and is no whole number of them."""
    return (
        f"{limit_ms / MINUTE_MS:.1f}".removesuffix(".0") if limit_ms < 10 * MINUTE_MS else f"{limit_ms / MINUTE_MS:.0f}"
    )


def _step_style(agent: AgentFigures, context: ViewContext) -> TextStyle:
    return STEP_STYLES.get(step(agent, context), TextStyle.TEXT)


def _missed(agent: AgentFigures, context: ViewContext, _width: int) -> Span:
    style = severity_style(context.severity(agent, Marked.MISSED_CALLS))
    return Span(count(agent.missed or None, context.glyphs.unknown), style)


def _times(agent: AgentFigures, context: ViewContext) -> AgentTimes:
    return agent.times(context.snapshot.known_until)


def _known(agent: AgentFigures, length_ms: int) -> int | None:
    """A time that is known only where a source reports the agent's states."""
    return None if agent.state is AgentState.UNKNOWN else length_ms


COLUMNS: tuple[Column[AgentFigures], ...] = (
    column.sign("▲ somebody must act now, △ worth watching.", lambda a, v, _: v.sign(v.severity(a)),
                sort=lambda a, v: agent_attention_order(a, v.severity(a))),
    column.time_in_state("time", "time", "How long the agent has been in this state; runs every second.",
                         lambda a, v: v.elapsed_ms(a.since), sort=lambda a, _: None if a.since is None else -a.since,
                         rank=1, style=_step_style, sign_beside=True),
    Column("limit", "limit", "Limit of the time in minutes: a pause's own; of talking and wrap-up three times what "
           "the agent's calls of the day usually take. / calm, < near the limit, > over it.", 4,
           lambda a, v, _: Span(_limit(a, v), _step_style(a, v).or_else(TextStyle.QUIET)), 1, right=False,
           sort=lambda a, v: limit_of(a, v.snapshot.alarm_limits), short="lim."),
    Column("state", "state", "What the agent does now; for a pause its reason. No queue: ready, but in none of the "
           "queues shown, or paused in each.", 13, _state, 2, widest=_UNEXPLAINED,
           right=False, sort=lambda a, v: (STATES[a.state].need, a.reason or "", a.since or 0)),
    column.text("agent", "agent", "The agent.", lambda a, v: a.name, width=14, rank=0, widest=40),
    Column("work", "queue, team", "The queue or campaign of the present call; without one the agent's team.", 13,
           lambda a, v, _: Span(a.queue or a.team or "", TextStyle.TEXT if a.queue else TextStyle.QUIET), 3, widest=26,
           right=False, instead_of=("team", "queue"), by_last_word=True),
    column.text("team", "team", "The agent's team.", lambda a, v: a.team, width=12, rank=6, widest=26,
                style=TextStyle.QUIET, by_last_word=True),
    column.text("queue", "queue", "The queue or campaign of the present call.", lambda a, v: a.queue, width=14, rank=7,
                widest=26, by_last_word=True),
    column.count("handled", "handled", "Calls handled today, inbound and outbound.", lambda a, v: a.handled, rank=4),
    Column("outbound", "outbound", "Of the handled calls, outbound ones.", 5,
           lambda a, v, _: Span(count(a.outbound or None, v.glyphs.unknown)), 10, sort=lambda a, v: a.outbound,
           short="outb."),
    column.mean("aht", "AHT", "Average handling time: talk, hold and wrap-up over handled calls.",
                lambda a, v: a.aht_ms, rank=3),
    column.count("sales", "sales", "Sales today, net of cancelled ones.", lambda a, v: a.sales),
    column.percentage("conversion", "conversion", "Sales calls that led to a sale, over sales calls.",
                      lambda a, v: a.conversion, rank=8, short="conv."),
    Column("missed", "missed", "Calls that rang at the agent and were not answered.", 6, _missed, 8,
           sort=lambda a, v: a.missed),
    column.percentage("occupancy", "occupancy", "Handling time over handling and ready time; unknown below 15 "
                      "minutes.", lambda a, v: _times(a, v).occupancy, rank=9, short="occ."),
    column.duration("paused", "paused", "Time in pauses today.", lambda a, v: _known(a, _times(a, v).paused_ms),
                    width=7, rank=11),
    column.percentage("satisfaction", "satisfied", "Satisfied answers (top two boxes) in the surveys of 28 days; "
                      "unknown below 10 answers.", lambda a, v: a.satisfaction, rank=12, short="satisf."),
    column.text("login", "login", "The agent's name at the switch.", lambda a, v: a.login, width=10, rank=14, widest=16,
                style=TextStyle.QUIET),
)  # fmt: skip
PRINTED_COLUMNS: tuple[Column[AgentFigures], ...] = (
    column.duration("logged_in", "logged in", "Time logged in today.",
                    lambda a, v: _known(a, _times(a, v).logged_in_ms), rank=10),
)  # fmt: skip


class AgentsPanel(FloorPanel[AgentFigures]):
    """Agents."""

    number = 2
    section = "agents"
    name = "Agents"
    needs_periodic = False
    purpose = "What every agent does now, for how long, and their day so far."
    empty_message = "No agent yet. Agents appear when they log in or take a call."
    default_sort_help = "by name, who is logged out last"
    fact_meanings = (
        ("ready", "Agents who could take a call now: ready, and in one of the queues shown."),
        ("ringing", "Agents whose phone rings."),
        ("on calls", "Agents who are talking, on hold or dialling."),
        ("wrap-up", "Agents who finish the work of a call."),
        ("paused", "Agents in a pause."),
        ("longest pause", "Minutes of the pause that lasts longest, and its limit: near it <, over it >."),
        ("unreachable", "Agents whose telephone the switch cannot reach."),
        ("logged out", "Agents who are logged out."),
        ("ready, no queue", "Agents who are ready, but in none of the queues shown: nobody who waits can be helped by "
         "that."),
    )  # fmt: skip
    columns = COLUMNS
    printed_columns = PRINTED_COLUMNS

    def __init__(self) -> None:
        super().__init__()
        self._order: IncrementalSort[AgentFigures] = IncrementalSort(_by_name)
        self._agents: Sequence[AgentFigures] = ()
        self._states: Counter[AgentState] = Counter()
        """How many of these agents are in each state."""
        self._paused: dict[int, AgentFigures] = {}
        """Those of them who are paused, by id."""
        self._ready: set[int] = set()
        """Ids of those who are ready."""
        self._longest: AgentFigures | None = None
        """The one of them who has paused longest."""

    def _counted(self, agents: Sequence[AgentFigures]) -> Counter[AgentState]:
        """How many agents are in each state; only agents whose record has changed are counted again."""
        others = rows_that_differ(self._agents, agents)
        pauses = others is None
        if others is None:
            self._states = Counter(map(attrgetter("state"), agents))
            self._paused = {agent.id: agent for agent in agents if agent.state is AgentState.PAUSED}
            self._ready = {agent.id for agent in agents if agent.state is AgentState.READY}
        else:
            for _, old, new in others:
                self._states[old.state] -= 1
                self._states[new.state] += 1
                self._ready.discard(old.id)
                if new.state is AgentState.READY:
                    self._ready.add(new.id)
                if AgentState.PAUSED in {old.state, new.state}:
                    pauses = True
                    self._paused.pop(old.id, None)
                    if new.state is AgentState.PAUSED:
                        self._paused[new.id] = new
        if pauses:
            self._longest = min(self._paused.values(), key=lambda agent: agent.since or 0, default=None)
        self._agents = agents
        return self._states

    def _longest_pause(self, context: ViewContext) -> Fact:
        longest = self._longest
        if longest is None:
            return Fact("longest pause", context.glyphs.unknown)
        # In minutes, so that the head is not drawn again each second.
        when, since = context.when("drawn_until"), longest.since or 0
        minutes = max(0, when.at - since) // MINUTE_MS
        when.note(since + (minutes + 1) * MINUTE_MS)
        limit = _limit(longest, context)
        text = f"{minutes} {limit[:1]} {limit[1:].strip()} min"
        return Fact("longest pause", text, _step_style(longest, context))

    def summary(self, context: ViewContext) -> PanelSummary:
        """Agents per state; these never scroll away."""
        states = self._counted(context.snapshot.agents)
        in_queues = context.in_queues
        ready = states[AgentState.READY] if in_queues is None else len(self._ready & in_queues)
        no_queue = states[AgentState.READY] - ready
        on_calls = states[AgentState.TALKING] + states[AgentState.HOLD] + states[AgentState.DIALLING]
        unreachable = states[AgentState.UNAVAILABLE]
        facts = [
            Fact("ringing", str(states[AgentState.RINGING])),
            Fact("on calls", str(on_calls), TextStyle.BUSY),
            Fact("wrap-up", str(states[AgentState.WRAP_UP])),
            Fact("paused", str(states[AgentState.PAUSED])),
            self._longest_pause(context),
            Fact("unreachable", str(unreachable), TextStyle.BAD if unreachable else TextStyle.TEXT),
            Fact("logged out", str(states[AgentState.LOGGED_OUT])),
            Fact("ready, no queue", str(no_queue)),
        ]
        if context.snapshot.agents and len(context.snapshot.agents) == states[AgentState.UNKNOWN]:
            unknown = context.glyphs.unknown
            return PanelSummary(Fact("ready", unknown), [Fact(fact.label, unknown) for fact in facts])
        style = TextStyle.GOOD if ready else TextStyle.WATCH if context.snapshot.total.waiting else TextStyle.TEXT
        paused = Span(f"{states[AgentState.PAUSED]} paused")
        return PanelSummary(Fact("ready", str(ready), style), facts, paused)

    def rows(self, context: ViewContext) -> Sequence[AgentFigures]:
        """Agents by name, so that each keeps its place whatever it does; those who are logged out last."""
        return self._order.sort(context.snapshot.agents, NOTHING, None)

    def marked(self, context: ViewContext) -> Counter[Severity]:
        """How many agents alarms are about."""
        return Counter(context.marks.severities.values())

    def printed_rows(self, context: ViewContext) -> Sequence[AgentFigures]:
        """Agents who are logged in, those who need a person first; the head counts the others."""
        here = [agent for agent in context.snapshot.agents if agent.state is not AgentState.LOGGED_OUT]
        return sorted(here, key=lambda agent: agent_attention_order(agent, context.severity(agent)))

    def printed_facts(self, context: ViewContext) -> Sequence[Fact]:
        """Agents on a call by state, and how many are in a state that no source reports."""
        states = Counter(agent.state for agent in context.snapshot.agents)
        parts = [
            (STATES[state].word, states[state]) for state in (AgentState.HOLD, AgentState.DIALLING) if states[state]
        ]
        if parts:
            parts = [(STATES[AgentState.TALKING].word, states[AgentState.TALKING]), *parts]
        if states[AgentState.UNKNOWN]:
            parts.append(("state unknown", states[AgentState.UNKNOWN]))
        return [Fact(label, count(number)) for label, number in parts]

    def details(self, row: AgentFigures, context: ViewContext) -> Sequence[Detail]:
        """The agent's day."""
        unknown = context.glyphs.unknown
        paused = [
            (each.queue, f"{each.reason or 'no reason'}, since {dated(each.paused_since, context.zone, context.now)}")
            for each in context.snapshot.memberships
            if each.agent_id == row.id and each.paused
        ]
        times = _times(row, context)
        handled, is_known = row.handled, row.state is not AgentState.UNKNOWN
        return [
            Detail("Login", row.login),
            Detail("Team", row.team or unknown),
            Detail("Client", row.client or unknown),
            Detail("Queues", ", ".join(row.queues) or unknown),
            *(
                Detail("Alarm", alarm_sentence(alarm, context.snapshot), severity_style(alarm.severity))
                for alarm in context.alarms_about(row)[:1]
            ),
            Detail("Now"),
            Detail("state", STATES[row.state].word if is_known else unknown, STATES[row.state].style),
            Detail("reason", row.reason or unknown),
            Detail("time", duration(context.elapsed_ms(row.since), unknown)),
            Detail("since", clock(row.since, context.zone, seconds=True, unknown=unknown)),
            Detail("queue", row.queue or unknown),
            *(Detail(f"paused in {queue}", why) for queue, why in paused),
            Detail("Calls today"),
            Detail("handled", count(handled)),
            Detail("inbound", count(row.inbound)),
            Detail("outbound", count(row.outbound)),
            Detail("missed", count(row.missed)),
            Detail("AHT: average handling time", mean(row.aht_ms, unknown)),
            Detail("mean talk", mean(row.handled_talk_ms / handled if handled else None, unknown)),
            Detail("mean hold", mean(row.handled_hold_ms / handled if handled else None, unknown)),
            Detail("mean wrap-up", mean(row.handled_wrap_up_ms / handled if handled else None, unknown)),
            Detail("Time today"),
            Detail("logged in", duration(times.logged_in_ms if is_known else None, unknown)),
            Detail("talk", duration(times.talk_ms)),
            Detail("hold", duration(times.hold_ms)),
            Detail("wrap-up", duration(times.wrap_up_ms)),
            Detail("ready", duration(times.ready_ms if is_known else None, unknown)),
            Detail("paused", duration(times.paused_ms if is_known else None, unknown)),
            Detail("dialling, ringing, other", duration(times.other_ms, unknown)),
            Detail("occupancy", percent(times.occupancy, 1, unknown)),
            Detail("Sales and satisfaction"),
            Detail("sales calls", count(row.sales_calls)),
            Detail("of these converted", count(row.converted)),
            Detail("conversion", percent(row.conversion, 1, unknown)),
            Detail("sales", count(row.sales)),
            Detail("survey answers, 28 days", count(row.surveys)),
            Detail("satisfied", percent(row.satisfaction, 0, unknown)),
        ]
