"""Who could take the callers that wait in a queue, in lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import groupby

from ccmon.formatting import duration, plural, width_of
from ccmon.metrics.durations import spoken
from ccmon.snapshot.rescue import Helper, Rescue, Way
from ccmon.views.agents import STATES
from ccmon.views.alarm_list import fit_name, row_line, text_row
from ccmon.views.list_rows import ListRow
from ccmon.views.styled_text import Span, StyledLine, TextStyle, blank
from ccmon.views.view_context import ViewContext

QUEUE_ROW = "queue"
"""The identity of the line about the queue; those of agents are their ids."""
HEADINGS: Mapping[Way, str] = {
    Way.READY: "Ready, and callers wait all the same",
    Way.WRAP_UP: "In wrap-up",
    Way.PAUSED: "Paused",
    Way.PAUSED_HERE: "Ready, but paused in this queue",
    Way.ELSEWHERE: "On a call of something else",
    Way.NO_MEMBER: "Ready, but not serving this queue",
}
SHOWN_WAITS = 5
LASTED_CELLS = 8


def rescue_rows(found: Rescue, context: ViewContext, width: int) -> list[ListRow]:
    """The lines: the queue, then agents by what it would take, what costs least first."""
    glyphs = context.glyphs
    waits = glyphs.fit(waits_text(found, context), width)
    rows = [ListRow(lambda chosen: row_line([Span(waits, TextStyle.STRONG)], width, chosen), QUEUE_ROW)]
    if not found.helpers:
        why = "nobody who could take them" if found.queue.agents_known else "who serves this queue is not known"
        return [*rows, text_row(f"{why[0].upper()}{why[1:]}.", width, glyphs)]
    cells = min(max(width_of(fit_name(each.agent.name)) for each in found.helpers), max(16, width // 3))
    for way, members in groupby(found.helpers, key=lambda each: each.way):
        helpers = list(members)
        style = TextStyle.BAD if way is Way.READY and found.waits_in_vain else TextStyle.TITLE
        rows.append(text_row(f"{HEADINGS[way]}: {len(helpers)}", width, glyphs, style))
        rows += [ListRow(partial(_line, each, context, width, cells), str(each.agent.id)) for each in helpers]
    return rows


def waits_text(found: Rescue, context: ViewContext) -> str:
    """Who waits, and for how long."""
    queue, entered = found.queue, found.entered_at
    if not entered:
        return f"{queue.name}: nobody waits."
    waits = [context.waited(each) or 0 for each in entered]
    shown = ", ".join(spoken(wait) for wait in waits[:SHOWN_WAITS])
    rest = f" and {len(waits) - SHOWN_WAITS} more" if len(waits) > SHOWN_WAITS else ""
    past = sum(wait > (queue.service_level_threshold_ms or 0) for wait in waits)
    threshold = f"; {past} past {spoken(queue.service_level_threshold_ms)}" if queue.service_level_threshold_ms else ""
    return f"{queue.name}: {len(waits)} waiting ({shown}{rest}){threshold}"


def _line(helper: Helper, context: ViewContext, width: int, cells: int, chosen: bool) -> StyledLine:
    glyphs, at = context.glyphs, context.drawn_until
    text, style = helper_text(helper, at)
    spans = [
        Span(glyphs.fit(duration(helper.lasted_ms(at)), LASTED_CELLS, right=True), style),
        blank(2),
        Span(glyphs.fit(helper.agent.name, cells)),
        blank(2),
        Span(glyphs.fit(text, width - LASTED_CELLS - 4 - cells), style),
    ]
    return row_line(spans, width, chosen)


def helper_text(helper: Helper, at: int) -> tuple[str, TextStyle]:
    """What keeps an agent from the callers, and for how long it still may, at a moment."""
    return _TEXTS[helper.way](helper, at)


def _ready(helper: Helper, _at: int) -> tuple[str, TextStyle]:
    if helper.missed:
        return f"{plural(helper.missed, '{n} call', '{n} calls')} missed in a row: see the telephone", TextStyle.BAD
    if helper.has_not_rung:
        return "the telephone has not rung today: see it", TextStyle.WATCH
    return f"took {plural(helper.agent.inbound, '{n} call', '{n} calls')} today", TextStyle.TEXT


def _wrap_up(helper: Helper, at: int) -> tuple[str, TextStyle]:
    if helper.usual_ms is None:
        return "usual time not known", TextStyle.TEXT
    over_ms, usual = helper.over_ms(at), spoken(helper.usual_ms)
    if over_ms >= 0:
        return f"{spoken(over_ms)} over the usual {usual}", TextStyle.WATCH
    return f"usual {usual}, done in about {spoken(-over_ms)}", TextStyle.TEXT


def _paused(helper: Helper, at: int) -> tuple[str, TextStyle]:
    reason, limit_ms = helper.reason or "no reason", helper.limit_ms or 0
    over_ms = helper.lasted_ms(at) - limit_ms
    if over_ms > 0:
        return f"{reason}, {spoken(over_ms)} over the limit of {spoken(limit_ms)}", TextStyle.WATCH
    return f"{reason}, {spoken(-over_ms)} left of {spoken(limit_ms)}", TextStyle.TEXT


def _paused_here(helper: Helper, _at: int) -> tuple[str, TextStyle]:
    return helper.reason or "no reason", TextStyle.TEXT


def _elsewhere(helper: Helper, _at: int) -> tuple[str, TextStyle]:
    where = f", {helper.agent.queue}" if helper.agent.queue else ""
    return f"{STATES[helper.agent.state].word}{where}", TextStyle.TEXT


def _no_member(helper: Helper, _at: int) -> tuple[str, TextStyle]:
    return f"serves {', '.join(helper.agent.queues) or 'no queue'}", TextStyle.TEXT


_TEXTS: Mapping[Way, Callable[[Helper, int], tuple[str, TextStyle]]] = {
    Way.READY: _ready,
    Way.WRAP_UP: _wrap_up,
    Way.PAUSED: _paused,
    Way.PAUSED_HERE: _paused_here,
    Way.ELSEWHERE: _elsewhere,
    Way.NO_MEMBER: _no_member,
}
