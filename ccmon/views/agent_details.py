"""The details of an agent: the day as a strip of states, pauses, missed calls, the calls, answers, and past weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ccmon.formatting import clock, count, local_time, plural
from ccmon.metrics.durations import spoken
from ccmon.metrics.missed_calls import MissedCause
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.details import (
    AgentDayRows,
    AgentMissedCall,
    AgentPastDay,
    AgentSubject,
    DetailPage,
    DetailSubject,
    ListedAnswer,
    ReadDetails,
)
from ccmon.number_types import Ratio
from ccmon.snapshot.details import PauseSum, Strip, missed_by_cause, pause_sums, strip, times_in_states, usual_day
from ccmon.time_units import HOUR_MS, MINUTE_MS
from ccmon.views import column_factories as column
from ccmon.views.agents import STATES
from ccmon.views.call_lists import ANSWERS_OF_AGENT, CALLS_OF_AGENT
from ccmon.views.columns import Column, padded
from ccmon.views.detail_lines import (
    DetailLine,
    DetailTab,
    call_of,
    customer_of,
    heading,
    listed_call_of,
    table,
    table_or,
    text_lines,
)
from ccmon.views.sparkline import merged
from ccmon.views.styled_text import Span, TextStyle, blank
from ccmon.views.view_context import ViewContext

HOUR_LABEL = 2
"""Cells of an hour under a strip."""

PAUSES: tuple[Column[PauseSum], ...] = (
    column.text("reason", "pause", "The reason of the pauses.", lambda p, v: p.reason or "no reason", width=14, rank=0,
                widest=26),
    column.text("runs", "", "Whether the agent is in such a pause now.", lambda p, v: "now" if p.runs else "", width=4,
                rank=1, style=TextStyle.AWAY),
    column.count("times", "times", "How many there were.", lambda p, v: p.times, width=5, rank=0),
    column.duration("total", "total", "How long they lasted together.", lambda p, v: p.total_ms, width=8, rank=0),
    column.duration("longest", "longest", "The longest of them.", lambda p, v: p.longest_ms, width=8, rank=0,
                    style=lambda p, v: TextStyle.WATCH if p.over else TextStyle.TEXT),
    column.duration("limit", "limit", "From when on one of them is worth an alarm.", lambda p, v: p.limit_ms, width=8,
                    rank=0),
    Column("over", "over limit", "How many were longer than the limit.", 10,
           lambda p, v, _: Span(count(p.over) if p.over else "", TextStyle.WATCH), 1),
)  # fmt: skip
MISSED: tuple[Column[AgentMissedCall], ...] = (
    column.clock("at", "missed at", "When the ringing stopped.", lambda m, v: m.missed_at, rank=0),
    column.duration("rang", "rang", "How long it rang.", lambda m, v: m.ring_ms, rank=0),
    column.text("cause", "cause", "What ended the ringing.", lambda m, v: m.cause, width=16, rank=0),
    column.text("queue", "queue", "The queue of the call.", lambda m, v: m.queue, missing=True, width=12, rank=1,
                widest=24),
    column.text("answered_by", "answered by", "Who answered the call, if anybody did.", lambda m, v: m.answered_by,
                width=12, rank=2, widest=22),
    column.text("customer", "customer", "Who called.", lambda m, v: m.customer or m.phone, width=12, rank=3, widest=24),
)  # fmt: skip


class _WeekRow(NamedTuple):
    """A day, or the average of the worked days."""

    label: str
    handled: float
    aht_ms: float | None
    sales: float
    missed: float
    occupancy: Ratio | None
    paused_ms: float | None
    style: TextStyle = TextStyle.TEXT
    decimals: int = 0


def _counted(key: str, title: str, meaning: str, rank: int) -> Column[_WeekRow]:
    return Column(
        key,
        title,
        meaning,
        7,
        lambda w, v, _: Span(count(getattr(w, key), v.glyphs.unknown, w.decimals), w.style),
        rank,
    )


WEEKS: tuple[Column[_WeekRow], ...] = (
    Column("day", "day", "The business day.", 26, lambda w, v, _: Span(w.label, w.style), 0, right=False),
    _counted("handled", "handled", "Calls handled, inbound and outbound.", 0),
    column.mean("aht", "AHT", "Average handling time.", lambda w, v: w.aht_ms, width=7, rank=0,
                style=lambda w, v: w.style),
    _counted("sales", "sales", "Orders that stand.", 1),
    column.percentage("occupancy", "occupancy", "Share of handling in handling plus ready time.",
                      lambda w, v: w.occupancy, rank=1, style=lambda w, v: w.style),
    column.duration("paused", "paused", "Time in pauses.", lambda w, v: w.paused_ms, width=8, rank=2,
                    style=lambda w, v: w.style),
    _counted("missed", "missed", "Calls that rang for a second or more and were not answered.", 3),
)  # fmt: skip


def agent_tabs(subject: AgentSubject) -> list[DetailTab]:
    """The views of an agent, but for what is known from the snapshot."""

    def day(read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
        return _day(read, subject, context, width)

    def weeks(read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
        return _weeks(read, subject, context, width)

    return [
        DetailTab("day", DetailPage.AGENT_DAY, day),
        DetailTab("calls", DetailPage.AGENT_CALLS, _calls),
        DetailTab("answers", DetailPage.AGENT_ANSWERS, _answers),
        DetailTab("weeks", DetailPage.AGENT_WEEKS, weeks),
    ]


def _day(read: ReadDetails, subject: AgentSubject, context: ViewContext, width: int) -> list[DetailLine]:
    """The strip of states with its hours and legend, the pauses, the missed calls."""
    day: AgentDayRows = read.rows[0]
    until = min(read.at, context.known_until)
    agent, limits = context.agent(subject.id), context.snapshot.alarm_limits

    def limit_of(reason: str | None) -> int:
        return limits.of_agent("pause_ms", agent.team if agent is not None else None, reason=reason)

    lines = strip_lines(day, until, width, context)
    pauses = pause_sums(day.stretches, until, limit_of)
    lines += heading("Pauses", width, context)
    lines += table_or("No pause today.", PAUSES, pauses, width, context)
    lines += heading("Missed calls", width, context)
    causes = missed_by_cause(day.missed)
    counted = sum(number for cause, number in causes.items() if cause is not MissedCause.TOO_SHORT)
    words = ", ".join(f"{cause} {number}" for cause, number in causes.items())
    lines += text_lines(f"{count(counted)} missed" + (f": {words}" if words else ""), width, context)
    if day.missed:
        lines += table(
            MISSED,
            day.missed,
            width,
            context,
            opens=lambda m: call_of(m.call_id, m.missed_at, m.queue, context),
            key=lambda m: f"{m.missed_at} {m.call_id}",
        )
    return lines


def strip_lines(day: AgentDayRows, until: int, width: int, context: ViewContext) -> list[DetailLine]:
    """The day as one sign per few minutes, the hours under it, and what the signs mean with the time in each state."""
    if not day.stretches:
        return text_lines("No source has told a state of this agent today.", width, context, TextStyle.QUIET)
    offset = local_time(until, context.zone).utcoffset()
    offset_ms = 0 if offset is None else round(offset.total_seconds() * 1000) % HOUR_MS
    found = strip(day.stretches, until, width, offset_ms)
    if found is None:
        return text_lines("Not at work today.", width, context, TextStyle.QUIET)
    cells = [_cell(state, context) for state in found.states]
    lines = [
        DetailLine(padded(merged(cells), width)),
        DetailLine((Span(context.glyphs.fit(hours_under(found, context), width), TextStyle.QUIET),)),
    ]
    minutes = plural(found.cell_ms // MINUTE_MS, "{n} minute", "{n} minutes")
    legend = [Span(f"one sign: {minutes}", TextStyle.QUIET)]
    for state, length_ms in times_in_states(day.stretches, until).items():
        if state is not AgentState.LOGGED_OUT:
            look = STATES[state]
            legend.append(Span(f"{look.glyph(context.glyphs)} {look.word} {spoken(length_ms)}", look.style))
    return lines + _side_by_side(legend, width)


def _cell(state: AgentState | None, context: ViewContext) -> tuple[str, TextStyle]:
    if state is None:
        return " ", TextStyle.TEXT
    return STATES[state].glyph(context.glyphs), STATES[state].style


def hours_under(found: Strip, context: ViewContext) -> str:
    """The hours of the clock under the cells with which they begin, as many as have room."""
    per_hour = HOUR_MS // found.cell_ms
    every = -(-(HOUR_LABEL + 1) // per_hour)
    text = ""
    for hour in range(0, -(-len(found.states) // per_hour), every):
        text = text.ljust(hour * per_hour)
        text += clock(found.starts_at + hour * HOUR_MS, context.zone)[:HOUR_LABEL]
    return text


def _side_by_side(spans: Sequence[Span], width: int) -> list[DetailLine]:
    """Texts two cells apart, in as many lines as they take."""
    lines: list[list[Span]] = [[]]
    room = width
    for span in spans:
        cells = len(span.text) + 2
        if cells - 2 > room and lines[-1]:
            lines.append([])
            room = width
        lines[-1] += [span, blank(min(2, max(0, room - cells + 2)))]
        room -= cells
    return [DetailLine(padded(line, width)) for line in lines]


def _calls(read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
    return table_or(
        "No call today.",
        CALLS_OF_AGENT,
        read.rows,
        width,
        context,
        opens=lambda call: listed_call_of(call, context),
        key=lambda call: call.id,
    )


def _answers(read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
    def opens(answer: ListedAnswer) -> DetailSubject | None:
        by_call = call_of(answer.call_id, answer.answered_at, answer.queue, context)
        return by_call or customer_of(answer.customer_id, None, answer.customer)

    lines = text_lines("Answers of the last 28 days that are credited to this agent.", width, context, TextStyle.QUIET)
    return lines + table_or(
        "None.",
        ANSWERS_OF_AGENT,
        read.rows,
        width,
        context,
        opens=opens,
        key=lambda a: f"{a.answered_at} {a.call_id} {a.question}",
    )


def _weeks(read: ReadDetails, subject: AgentSubject, context: ViewContext, width: int) -> list[DetailLine]:
    """Today and the days of the last four weeks, beside the average of those that were worked."""
    days: Sequence[AgentPastDay] = read.rows
    usual, agent = usual_day(days), context.agent(subject.id)
    rows = [] if agent is None else [_today(agent, context)]
    if usual is not None:
        rows.append(
            _WeekRow(
                f"usual ({plural(usual.days, '{n} worked day', '{n} worked days')})",
                usual.handled,
                usual.aht_ms,
                usual.sales,
                usual.missed,
                usual.occupancy,
                usual.paused_ms,
                TextStyle.STRONG,
                decimals=1,
            )
        )
    rows += [
        _WeekRow(
            f"{date.fromisoformat(day.date):%a %d %b}",
            day.handled,
            day.aht_ms,
            day.sales,
            day.missed,
            day.occupancy,
            day.paused_ms,
        )
        for day in days
        if day.is_worked
    ]
    return table_or("No day of the last four weeks is known.", WEEKS, rows, width, context)


def _today(agent: AgentFigures, context: ViewContext) -> _WeekRow:
    times = agent.times(context.known_until)
    is_known = agent.state is not AgentState.UNKNOWN
    return _WeekRow(
        "today so far",
        agent.handled,
        agent.aht_ms,
        agent.sales,
        agent.missed,
        times.occupancy,
        times.paused_ms if is_known else None,
        TextStyle.STRONG,
    )
