"""Queue: who waits, for how long, and whether callers are answered in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ccmon.formatting import clock, count, duration, joined, mean, percent
from ccmon.metrics.durations import spoken
from ccmon.metrics.wait_times import longer_from
from ccmon.model.agents import AgentState
from ccmon.model.alarms import Marked, Severity
from ccmon.model.queues import QueueFigures, WaitingCall
from ccmon.snapshot.windows import Window
from ccmon.spelling import folded
from ccmon.views import column_factories as column
from ccmon.views.alarm_marks import worst_severity
from ccmon.views.alarms import alarm_sentence
from ccmon.views.chrome import opening_text
from ccmon.views.column_widths import fit_columns, longest_texts
from ccmon.views.columns import Column, draw_row, draw_titles
from ccmon.views.day_course import day_lines, hours, offered_curve, outside_curve
from ccmon.views.glyphs import GlyphSet
from ccmon.views.panel import Detail, Fact, FloorPanel, LazyFacts, PanelSummary
from ccmon.views.styled_text import Span, TextStyle, blank
from ccmon.views.view_context import ViewContext, severity_style
from ccmon.views.waiting_callers import COLUMNS_OF_ALL_QUEUES, CallerInQueue


def _service_level(queue: QueueFigures, context: ViewContext) -> float | None:
    """The live service level at the moment, used for rows, their order and their styles."""
    when = context.when("known_until")
    for moment in queue.threshold_passed_at:
        when.note(moment)
    past = queue.waiting_past_threshold(when.at)
    return context.cache.get(("service level", queue.id), (queue, past), lambda: queue.service_level_live(when.at))


def level_style(queue: QueueFigures, context: ViewContext) -> TextStyle:
    """The style of a service level compared with its target."""
    level, target = _service_level(queue, context), queue.service_level_target
    if level is None or target is None:
        return TextStyle.TEXT
    return TextStyle.GOOD if level >= target else TextStyle.WATCH


def wait_style(queue: QueueFigures, context: ViewContext) -> TextStyle:
    """The style of the longest wait: worth watching past the threshold, bad where there is an alarm."""
    since, threshold_ms = queue.longest_wait_since, queue.service_level_threshold_ms
    if since is None:
        return TextStyle.QUIET
    late = threshold_ms is not None and context.when("drawn_until").reached(longer_from(since, threshold_ms))
    return severity_style(context.severity(queue, Marked.WAIT), TextStyle.WATCH if late else TextStyle.TEXT)


def known(queue: QueueFigures, number: int) -> int | None:
    """A number of agents; None where no source reports who serves the queue."""
    return number if queue.agents_known else None


def _ready_style(queue: QueueFigures) -> TextStyle:
    nobody = queue.agents_known and queue.agents_ready == 0 and queue.waiting > 0
    return TextStyle.WATCH if nobody else TextStyle.TEXT


def _staffing(total: QueueFigures, glyphs: GlyphSet) -> Fact:
    """Agents staffed for all queues shown, each counted once, those required, and how many some queues are short of."""
    staffed, required = known(total, total.agents_on_phones), total.agents_needed
    gap = total.agents_gap
    if staffed is None or required is None or gap is None:
        return Fact("staffed", f"{count(staffed, glyphs.unknown)}, {count(required, glyphs.unknown)} required")
    if gap < 0:
        return Fact("staffed", f"{count(staffed)} of {count(required)}, {count(-gap)} short", TextStyle.WATCH)
    return Fact("staffed", f"{glyphs.fine} {count(staffed)}, {count(required)} required")


def _staffed_text(queue: QueueFigures, context: ViewContext) -> str:
    staffed = count(known(queue, queue.agents_on_phones), context.glyphs.unknown)
    return (
        f"{staffed} shared" if (queue.agents_allotted or 0) < queue.agents_on_phones and queue.agents_known else staffed
    )


def _attention_order(queue: QueueFigures, context: ViewContext) -> tuple[int, float, float]:
    level, target = _service_level(queue, context), queue.service_level_target
    above_target = 0.0 if level is None or target is None else level - target
    return -context.severity(queue), queue.longest_wait_since or float("inf"), above_target


def _short_style(queue: QueueFigures, _context: ViewContext) -> TextStyle:
    return TextStyle.WATCH if queue.short_of_agents else TextStyle.TEXT


COLUMNS: tuple[Column[QueueFigures], ...] = (
    column.sign("▲ somebody must act now, △ worth watching.", lambda q, v, _: v.sign(v.severity(q)),
                sort=_attention_order),
    column.duration("longest", "longest", "How long the caller who waits longest has waited; runs every second.",
                    lambda q, v: v.waited(q.longest_wait_since), width=7, rank=1, style=wait_style),
    column.count("waiting", "waiting", "Callers who wait now.", lambda q, v: q.waiting, rank=1, short="wait",
                 style=lambda q, v: wait_style(q, v) if q.waiting else TextStyle.QUIET, sign_beside=True),
    column.text("queue", "queue", "The queue.", lambda q, v: q.name, width=12, rank=0, widest=40,
                by_last_word=True),
    column.percentage("level", "SL", "Service level: share of callers answered within the threshold, with "
                      "callers who wait past it already counted as misses. Short abandons and diverted callers are "
                      "left out.", _service_level, rank=2, style=level_style),
    column.percentage("target", "target", "The target of the service level.", lambda q, v: q.service_level_target,
                      width=4, rank=3, style=TextStyle.QUIET, short="tgt"),
    column.count("ready", "ready", "Agents ready for a call of this queue.", lambda q, v: known(q, q.agents_ready),
                 rank=2, style=lambda q, v: _ready_style(q)),
    column.count("allotted", "allotted", "The queue's part of the staffed agents: whoever serves several queues is "
                 "counted in one of them, where they are required most. Fewer than required: the queue is short.",
                 lambda q, v: q.agents_allotted, rank=3, style=_short_style, short="allot.", sign_beside=True),
    column.count("required", "required", "Agents required now for the target.", lambda q, v: q.agents_needed, rank=3,
                 style=_short_style, short="req."),
    Column("staffed", "staffed", "Agents who take the calls of this queue now: ready, ringing, talking, on hold or in "
           "wrap-up. Shared: some of them are allotted to other queues, so that they are counted in each.", 9,
           lambda q, v, _: Span(_staffed_text(q, v)), 9, sort=lambda q, _: known(q, q.agents_on_phones)),
    column.count("offered", "offered", "Every visit to the queue today.", lambda q, v: q.offered, rank=5),
    column.count("answered", "answered", "Visits connected to an agent today.", lambda q, v: q.answered, rank=10),
    column.count("lost", "lost", "Callers not served today: abandoned (short abandons left out), timed out, and sent "
                 "away because nobody could serve.", lambda q, v: q.lost, width=4, rank=4),
    column.percentage("abandonment", "abandonment", "Abandonment rate: abandoned over finished visits, short abandons "
                      "left out of both.", lambda q, v: q.abandonment_rate, decimals=1, rank=11, short="abn %"),
    column.mean("asa", "ASA", "Average speed of answer: mean wait of answered callers.", lambda q, v: q.asa_ms,
                rank=9),
    column.mean("aht", "AHT", "Average handling time of this queue's calls today.", lambda q, v: q.aht_ms,
                rank=12),
    column.drawn("calls_curve", "offered by quarter", "Calls offered in each quarter of an hour, the present one at "
                 "the right; the hours stand below.", offered_curve, width=16, widest=48, rank=8,
                 short="offered, 15 min", axis=hours),
    column.drawn("level_curve", "outside SL by quarter", "Share of callers outside the service level in each quarter "
                 "of an hour, the present one at the right: the two lowest heights are within the target.",
                 outside_curve, width=16, widest=48, rank=6, short="outside SL", axis=hours),
)  # fmt: skip


PRINTED_COLUMNS: tuple[Column[QueueFigures], ...] = (
    column.count("talking", "talking", "Calls being talked now.", lambda q, v: q.talking, rank=6),
    column.percentage("level_ended", "SL, ended", "Service level of the calls that have ended.",
                      lambda q, v: q.service_level, rank=8),
)  # fmt: skip


def _waiting_lines(context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
    """Who waits, the longest first."""
    waiting = sorted(context.snapshot.waiting, key=lambda call: call.entered_at)[: max(0, height - 2)]
    if not waiting:
        return ()
    ringing = _ringing(context)
    callers = [
        CallerInQueue(
            visit_id=call.call_id,
            queue_id=call.queue_id,
            queue=call.queue,
            place=call.position,
            entered_at=call.entered_at,
            customer=call.customer,
            phone=call.caller,
            ringing=ringing.get(call.call_id),
        )
        for call in waiting
    ]
    fitted = fit_columns(COLUMNS_OF_ALL_QUEUES, width, longest_texts(COLUMNS_OF_ALL_QUEUES, callers, context))
    titles = draw_titles(fitted, width, context, None, descending=False)
    return ((blank(width),), titles, *(draw_row(fitted, caller, width, context) for caller in callers))


def _ringing(context: ViewContext) -> Mapping[int | None, str]:
    """Names of the agents whose telephones ring, by the call."""
    agents = context.snapshot.agents

    def by_call() -> Mapping[int | None, str]:
        found: dict[int | None, str] = {}
        for agent in agents:
            if agent.state is AgentState.RINGING:
                before = found.get(agent.call_id)
                found[agent.call_id] = agent.name if before is None else f"{before}, {agent.name}"
        return found

    return context.cache.get("ringing", (agents,), by_call)


def window_text(context: ViewContext, *, short: bool = False) -> str:
    """Over which part of the day calls are counted; empty: over all of it."""
    window = context.snapshot.queue_window
    if window is None:
        return ""
    since = f"since {clock(window.starts_at, context.zone)}"
    if short:
        return since
    return f"opening, {since}" if window.name == Window.SINCE_OPENING else f"last {window.name}, {since}"


def waiting_facts(context: ViewContext) -> tuple[Fact, Fact]:
    """How many callers wait in all queues shown, and how long the one who waits longest."""
    total = context.snapshot.total
    longest = duration(context.waited(total.longest_wait_since), context.glyphs.unknown)
    if not total.waiting:
        return Fact("waiting", "0", TextStyle.GOOD), Fact("longest", longest)
    worst = max((context.severity(queue, Marked.WAIT) for queue in context.snapshot.queues), default=Severity.NONE)
    style = severity_style(worst, wait_style(total, context))
    return Fact("waiting", str(total.waiting), style), Fact("longest", longest, style)


class QueuesPanel(FloorPanel[QueueFigures]):
    """Queue."""

    number = 1
    section = "queues"
    name = "Queue"
    tab = "live"
    needs_periodic = False
    purpose = "Callers who wait now, and the service level today."
    empty_message = "No queue yet. Queues appear with their first call."
    default_sort_help = "by name"
    fact_meanings = (
        ("waiting", "Callers who wait now, in all queues shown."),
        ("longest", "How long the one who waits longest has waited."),
        ("SL", "Service level of all queues shown, live, and its target: callers who wait past the threshold count as "
         "misses."),
        ("counted", "Over which part of the day SL, offered, lost and ASA are counted, where that is not all of it: a "
         "window begins with a quarter of an hour."),
        ("ready", "Agents ready for a call."),
        ("talking", "Calls in conversation now."),
        ("offered", "Visits to the queues today."),
        ("lost", "Callers not served today: abandoned (short abandons left out), timed out, sent away."),
        ("staffed", "Agents who take calls of the queues shown, whoever serves several of them counted once, and those "
         "required for the targets; how many more agents are required in some queues, or a sign that each has enough."),
        ("ASA", "Average speed of answer today."),
        ("to call back", "Callers who gave up today, with whom nobody has talked since: they do not wait again, and no "
         "call is promised to them."),
        ("gave up", "Callers who gave up today, each counted once, with those who have been answered since."),
        ("promised", "Of them, those to whom a call is promised."),
        ("waiting again", "Of them, those who have called again and wait now."),
        ("called again", "Of them, those who have called again and were answered."),
        ("called back", "Of them, those whom somebody has called back, or whose follow-up is settled."),
        ("withheld", "Calls given up with a withheld number: nobody knows whom to call back."),
    )  # fmt: skip
    columns = COLUMNS
    printed_columns = PRINTED_COLUMNS
    printed_limit = 100

    def summary(self, context: ViewContext) -> PanelSummary:
        """Callers waiting, the longest wait and the service level."""
        total, glyphs = context.snapshot.total, context.glyphs
        waiting, wait = waiting_facts(context)
        level = percent(_service_level(total, context), unknown=glyphs.unknown)
        if total.service_level_target is not None:
            level = f"{level}, target {percent(total.service_level_target)}"
        service_level = Fact("SL", level, level_style(total, context))
        window = window_text(context, short=True)
        counted = [lambda: Fact("counted", window)] if window else []
        facts = LazyFacts(
            lambda: wait,
            lambda: service_level,
            lambda: _staffing(total, glyphs),
            *counted,
            lambda: Fact("ready", count(known(total, total.agents_ready), glyphs.unknown), _ready_style(total)),
            lambda: Fact("offered", count(total.offered)),
            lambda: Fact("lost", count(total.lost)),
            lambda: Fact("talking", count(total.talking)),
            lambda: Fact("ASA", mean(total.asa_ms, glyphs.unknown)),
        )
        return PanelSummary(waiting, facts, Span(wait.value, wait.style))

    def rows(self, context: ViewContext) -> Sequence[QueueFigures]:
        """Queues by name, so that each keeps its place."""
        return sorted(context.snapshot.queues, key=lambda queue: folded(queue.name))

    def printed_rows(self, context: ViewContext) -> Sequence[QueueFigures]:
        """Queues with alarms first, then those whose callers wait longest, then those furthest under their target."""
        return sorted(self.rows(context), key=lambda queue: _attention_order(queue, context))

    def marked(self, context: ViewContext) -> Counter[Severity]:
        """How many queues alarms are about."""
        by_row = context.marks.by_row.items()
        return Counter(worst_severity(found, None) for (kind, _), found in by_row if kind is QueueFigures)

    def remark(self, context: ViewContext, *, short: bool = False) -> str:
        """Since when calls are counted, where that is not the whole day."""
        return joined(window_text(context, short=short), super().remark(context, short=short))

    def totals(self, context: ViewContext) -> Sequence[QueueFigures]:
        """The sum of all queues, if there are several."""
        return (context.snapshot.total,) if len(context.snapshot.queues) > 1 else ()

    def below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """Who waits, the longest first, then the day."""
        lines = self.printed_below(context, width, height)
        return (*lines, *day_lines(context, width, height - len(lines)))

    def printed_below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """Who waits, the longest first."""
        return _waiting_lines(context, width, height)

    def details(self, row: QueueFigures, context: ViewContext) -> Sequence[Detail]:
        """Every count of the day, so that the sum can be checked, and who waits."""
        unknown, known_until = context.glyphs.unknown, context.snapshot.known_until
        threshold = unknown if row.service_level_threshold_ms is None else spoken(row.service_level_threshold_ms)
        return [
            Detail("Client", row.client or unknown),
            Detail("Purpose", row.purpose or unknown),
            *([Detail("The centre is", opening)] if (opening := opening_text(context)) else []),
            *(
                Detail("Alarm", alarm_sentence(alarm, context.snapshot), severity_style(alarm.severity))
                for alarm in context.alarms_about(row)
            ),
            Detail("Now"),
            Detail("waiting", str(row.waiting), wait_style(row, context)),
            Detail("longest wait", duration(context.waited(row.longest_wait_since), unknown), wait_style(row, context)),
            Detail("talking", str(row.talking)),
            Detail("agents ready", count(known(row, row.agents_ready), unknown)),
            Detail("agents staffed", count(known(row, row.agents_on_phones), unknown)),
            Detail("of them allotted to this queue", count(row.agents_allotted, unknown)),
            Detail("agents required", count(row.agents_needed, unknown), _short_style(row, context)),
            *_details_of_visits(row, window_text(context, short=True)),
            Detail("Service level"),
            Detail(f"answered within {threshold}", count(row.answered_in_threshold)),
            Detail(f"waiting longer than {threshold} now", count(row.waiting_past_threshold(known_until))),
            Detail("service level, live", percent(_service_level(row, context), 1, unknown), level_style(row, context)),
            Detail("service level, finished calls", percent(row.service_level, 1, unknown)),
            Detail("target", percent(row.service_level_target, 0, unknown)),
            Detail("abandonment rate", percent(row.abandonment_rate, 1, unknown)),
            Detail("Waits and handling"),
            Detail("ASA: average speed of answer", mean(row.asa_ms, unknown)),
            Detail("average wait of abandoned", mean(row.average_abandon_ms, unknown)),
            Detail("longest wait today", duration(row.longest_wait_today_ms(known_until), unknown)),
            Detail("handled", count(row.handled)),
            Detail("AHT: average handling time", mean(row.aht_ms, unknown)),
            Detail("AHT target", duration(row.handling_target_ms, unknown)),
            *_details_of_waiting([call for call in context.snapshot.waiting if call.queue_id == row.id], context),
        ]


def _details_of_visits(row: QueueFigures, since: str) -> list[Detail]:
    details = [
        Detail(f"Visits {since or 'today'}"),
        Detail("offered", count(row.offered), TextStyle.STRONG),
        Detail("= answered", count(row.answered)),
        Detail("+ abandoned", count(row.abandoned)),
        Detail("+ timed out", count(row.timed_out)),
        Detail("+ nobody to serve", count(row.no_agents)),
        Detail("+ diverted", count(row.diverted)),
        Detail("+ unknown", count(row.unknown)),
        Detail("+ still waiting", count(row.open)),
        Detail("of the answered, cut off", count(row.cut_off)),
    ]
    if row.answered_without_wait:
        details.append(Detail("of the answered, without a wait", count(row.answered_without_wait)))
    return [
        *details,
        Detail("of the abandoned, short", count(row.short_abandoned)),
        Detail("lost, without the short", count(row.lost)),
    ]


def _details_of_waiting(calls: Sequence[WaitingCall], context: ViewContext) -> list[Detail]:
    details = [Detail("Waiting now")] if calls else []
    for call in calls:
        waited = f"{spoken(context.waited(call.entered_at) or 0)}, since {clock(call.entered_at, context.zone)}"
        details.append(Detail(f"{call.position}. {waited}", joined(call.customer, call.caller) or "number withheld"))
    return details
