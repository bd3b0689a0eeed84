"""A snapshot as text that a person reads in one look, on a terminal or in a pipe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.text import Text

from ccmon.alarms import AGENT_RULES, agent_need
from ccmon.formatting import ascii_only, clock, coarse, count, duration, fit, mean, money, percent, plain, plural
from ccmon.metrics.pace import is_ahead
from ccmon.metrics.percentage import shown_at_least
from ccmon.metrics.wait_times import wait_ms
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.queues import QueueFigures
from ccmon.model.sales import SalesFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.business import business_parts
from ccmon.report.table import TextColumn, name_cell, table

AGENTS_SHOWN = 20
FOLLOW_UPS_SHOWN = 8
ALERTS_SHOWN = 10
UNKNOWN = percent(None)


def print_status(snapshot: FloorSnapshot, console: Console | None = None) -> None:
    """Print the floor to standard output."""
    console = console or Console(highlight=False, markup=False, emoji=False)
    text_only = not console.encoding.lower().startswith("utf")
    for part in status_parts(snapshot, width=console.width):
        if text_only:
            with console.capture() as captured:
                console.print(part)
            console.out(ascii_only(captured.get()), end="", highlight=False)
        else:
            console.print(part)


def status_parts(snapshot: FloorSnapshot, *, width: int) -> Iterable[RenderableType]:
    """The parts from top to bottom; a part that has nothing to say is left out."""
    yield _head(snapshot)
    if snapshot.data_at is None and not snapshot.queues and not snapshot.agents:
        yield Text("\nThe database is still empty: import or follow a queue log, or try ccmon demo.")
        return
    if snapshot.alerts:
        yield _alerts(snapshot)
    if snapshot.queues:
        yield _queues(snapshot, width=width)
    if snapshot.agents:
        yield _agents(snapshot, width=width)
    if any(line.sales_calls or line.sales or line.quota_sales for line in snapshot.sales):
        yield _sales(snapshot, width=width)
    if any(line.handled for line in snapshot.handling):
        yield _handling(snapshot, width=width)
    figures = snapshot.follow_ups
    if snapshot.absent:
        named = " ".join(f"{part.replace('_', ' ')}: {reason}" for part, reason in snapshot.absent)
        yield Text(f"\n{UNKNOWN} {named}", style="dim")
    if snapshot.incomplete is not None:
        yield Text(f"\n{UNKNOWN} {plain(snapshot.incomplete)}", style="dim")
    if figures.items or figures.done_today:
        yield _follow_ups(snapshot)
    yield from business_parts(snapshot, width=width)


def _head(snapshot: FloorSnapshot) -> Text:
    local = datetime.fromtimestamp(snapshot.at / 1000, ZoneInfo(snapshot.time_zone))
    head = Text(plain(snapshot.site or "ccmon"), style="bold")
    head.append(f"  {local:%a %d %b %Y %H:%M:%S}", style="not bold")
    age = snapshot.data_age_ms
    if age is None:
        head.append("  no data yet", style="bold yellow")
    else:
        old = any(alert.rule == "data_age" for alert in snapshot.alerts)
        words = f"  data {coarse(age)} old" if age >= 5_000 else "  data is fresh"
        head.append(words, style="bold yellow" if old else "not bold dim")
    for work in snapshot.progress:
        head.append(f"  {plain(str(work))}", style="not bold dim")
    return head


def _alerts(snapshot: FloorSnapshot) -> Text:
    text = Text()
    for alert in snapshot.alerts[:ALERTS_SHOWN]:
        sign, style = ("!!", "bold red") if alert.severity > 1 else ("! ", "yellow")
        text.append(f"\n{sign} ", style=style)
        text.append(plain(alert.text))
    more = len(snapshot.alerts) - ALERTS_SHOWN
    if more > 0:
        text.append(f"\n   and {plural(more, 'more alert')}", style="dim")
    return text


def _level(share: float | None, target: float | None) -> Text:
    """A share, with a sign where it lies below its target."""
    if share is None or target is None:
        return Text(percent(share))
    missed = not shown_at_least(share, target)
    return Text(f"{'▼' if missed else ' '}{percent(share)}", style="red" if missed else "green")


QUEUE_COLUMNS = (
    TextColumn("", right=False),
    TextColumn("wait"),
    TextColumn("longest"),
    TextColumn("talk", from_width=86),
    TextColumn("ready"),
    TextColumn("on/need"),
    TextColumn("offered"),
    TextColumn("SL"),
    TextColumn("SL now", from_width=95),
    TextColumn("ASA"),
    TextColumn("lost"),
    TextColumn("abandon", from_width=105),
    TextColumn("AHT", from_width=112),
)


def _queues(snapshot: FloorSnapshot, *, width: int) -> Group:
    rows = [_queue_row(queue, snapshot.runs_until) for queue in snapshot.queues]
    if len(rows) > 1:
        rows.append(_queue_row(snapshot.total, snapshot.runs_until))
    return table("Queues", QUEUE_COLUMNS, rows, width=width)


def _queue_row(queue: QueueFigures, at: int) -> tuple[str | Text, ...]:
    since = queue.longest_wait_since
    waited = None if since is None else wait_ms(since, at)
    late = waited is not None and waited > (queue.service_level_threshold_ms or at)
    there = queue.agents_on_phones if queue.agents_allotted is None else queue.agents_allotted
    on_phones = count(there if queue.agents_known else None)
    return (
        name_cell(queue.name),
        Text(count(queue.waiting), style="bold" if queue.waiting else ""),
        Text(f"{'▲' if late else ''}{duration(waited)}", style="red" if late else ""),
        count(queue.talking),
        count(queue.agents_ready if queue.agents_known else None),
        Text(
            f"{'▼' if queue.short_of_agents else ''}{on_phones}/{count(queue.agents_needed)}",
            style="yellow" if queue.short_of_agents else "",
        ),
        count(queue.offered),
        _level(queue.service_level, queue.service_level_target),
        _level(queue.service_level_live, queue.service_level_target),
        mean(queue.asa_ms),
        count(queue.lost),
        percent(queue.abandonment_rate, 1),
        mean(queue.aht_ms),
    )


AGENT_COLUMNS = (
    TextColumn("", right=False),
    TextColumn("state", right=False),
    TextColumn("for"),
    TextColumn("calls"),
    TextColumn("AHT"),
    TextColumn("busy"),
    TextColumn("sales"),
    TextColumn("team", right=False, from_width=95),
    TextColumn("conv.", from_width=102),
    TextColumn("missed", from_width=110),
    TextColumn("logged in", from_width=121),
    TextColumn("queue", right=False, from_width=141),
)


def _agents(snapshot: FloorSnapshot, *, width: int) -> Group:
    states = Counter(agent.state for agent in snapshot.agents)
    counts = ", ".join(f"{states[state]} {state.replace('_', ' ')}" for state in AgentState if states[state])
    counts = counts.replace("unknown", "of unknown state")
    present = [agent for agent in snapshot.agents if agent.state is not AgentState.LOGGED_OUT]
    severities = {alert.subject: alert.severity for alert in reversed(snapshot.alerts) if alert.rule in AGENT_RULES}
    present.sort(key=lambda agent: agent_need(agent, severities.get(agent.name, 0)))
    rows = [_agent_row(agent, snapshot.runs_until) for agent in present[:AGENTS_SHOWN]]
    shown = table(f"Agents: {counts}", AGENT_COLUMNS, rows, width=width)
    more = len(present) - AGENTS_SHOWN
    return (
        Group(shown, Text(f"and {plural(more, 'more agent')}; --json has them all", style="dim")) if more > 0 else shown
    )


def _agent_row(agent: AgentFigures, at: int) -> tuple[str | Text, ...]:
    state = UNKNOWN if agent.state is AgentState.UNKNOWN else agent.state.replace("_", " ")
    if agent.reason:
        state = f"{state}: {agent.reason}"
    return (
        name_cell(agent.name),
        fit(state, 16).rstrip(),
        duration(None if agent.since is None else at - agent.since),
        count(agent.handled),
        mean(agent.aht_ms),
        percent(agent.occupancy),
        count(agent.sales),
        fit(agent.team or "", 14).rstrip(),
        percent(agent.conversion),
        count(agent.missed),
        duration(None if agent.state is AgentState.UNKNOWN else agent.logged_in_ms),
        fit(agent.queue or "", 18).rstrip(),
    )


SALES_COLUMNS = (
    TextColumn("", right=False),
    TextColumn("sales"),
    TextColumn("quota"),
    TextColumn("attained"),
    TextColumn("pace"),
    TextColumn("conversion"),
    TextColumn("95 % range", from_width=95),
    TextColumn("calls", from_width=102),
    TextColumn("revenue"),
    TextColumn("projected", from_width=113),
)


def _sales(snapshot: FloorSnapshot, *, width: int) -> Group:
    lines = [line for line in snapshot.sales if line.scope != "agent"]
    basis = next((line.expected_basis for line in lines if line.expected_by_now is not None), None)
    title = f"Sales (pace by {basis} time)" if basis == "linear" else "Sales"
    return table(title, SALES_COLUMNS, (_sales_row(line) for line in lines), width=width)


def _pace(line: SalesFigures) -> Text:
    """The day's pace, with a sign where the quota is behind."""
    if line.pace is None:
        return Text(UNKNOWN)
    ahead = is_ahead(line.pace, line.day_quota.chance if line.day_quota else None)
    style = "" if ahead is None else "green" if ahead else "red"
    return Text(f"{'▼' if ahead is False else ' '}{percent(line.pace)}", style=style)


def _sales_row(line: SalesFigures) -> tuple[str | Text, ...]:
    low, high = line.conversion_interval or (None, None)
    interval = UNKNOWN if low is None else f"{percent(low)} to {percent(high)}"
    return (
        name_cell(line.name),
        count(line.sales),
        count(line.quota_sales),
        percent(line.attainment),
        _pace(line),
        percent(line.conversion, 1),
        interval,
        count(line.sales_calls),
        f"{money(line.revenue_cents)} {plain(line.currency or '')}".rstrip(),
        count(line.projection),
    )


HANDLING_COLUMNS = (
    TextColumn("", right=False),
    TextColumn("", right=False),
    TextColumn("calls"),
    TextColumn("AHT"),
    TextColumn("median"),
    TextColumn("9 of 10"),
    TextColumn("talk", from_width=90),
    TextColumn("hold", from_width=90),
    TextColumn("wrap-up", from_width=90),
    TextColumn("target"),
)


def _handling(snapshot: FloorSnapshot, *, width: int) -> Group:
    rows = [
        (
            name_cell(line.name),
            line.direction.value,
            count(line.handled),
            mean(line.aht_ms),
            mean(line.median_ms),
            mean(line.p90_ms),
            mean(line.talk_ms / line.handled),
            mean(line.hold_ms / line.handled),
            mean(line.wrap_up_ms / line.handled),
            mean(line.target_ms),
        )
        for line in snapshot.handling
        if line.handled
    ]
    return table("Handling time", HANDLING_COLUMNS, rows, width=width)


FOLLOW_UP_COLUMNS = (
    TextColumn("due"),
    TextColumn("customer", right=False),
    TextColumn("what", right=False),
    TextColumn("owner", right=False),
)


def _follow_ups(snapshot: FloorSnapshot) -> Group:
    figures, zone = snapshot.follow_ups, ZoneInfo(snapshot.time_zone)
    title = f"Follow-ups: {count(figures.due_today)} due today, {count(figures.overdue)} overdue"
    title += f", {count(figures.done_today)} done"
    if figures.on_time_rate is not None:
        title += f", {percent(figures.on_time_rate)} on time"
    rows = []
    for item in figures.items[:FOLLOW_UPS_SHOWN]:
        late = item.overdue_since < snapshot.at
        when = f"{coarse(snapshot.at - item.due_at)} late" if late else clock(item.due_at, zone)
        rows.append(
            (
                Text(when, style="red" if late else ""),
                name_cell(item.customer or UNKNOWN),
                fit(item.kind, 22).rstrip(),
                name_cell(item.owner or UNKNOWN),
            )
        )
    shown = table(title, FOLLOW_UP_COLUMNS, rows, width=0)
    more = len(figures.items) - FOLLOW_UPS_SHOWN
    return Group(shown, Text(f"and {more:,} more", style="dim")) if more > 0 else shown
