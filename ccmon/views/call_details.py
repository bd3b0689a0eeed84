"""The details of a call: its path, and what came of it."""

from __future__ import annotations

from ccmon.formatting import amount, clock, duration, joined
from ccmon.metrics.durations import spoken
from ccmon.model.details import AgentSubject, CallStory, DetailPage, DetailSubject, ReadDetails
from ccmon.snapshot.call_path import CallStep, StepKind, call_path
from ccmon.views.call_lists import ENDS, QUESTIONS, promise_state, score_span
from ccmon.views.columns import padded
from ccmon.views.detail_lines import DetailLine, DetailTab, customer_of, day_and_clock, heading, text_lines
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext

ENDED_BY = {"caller": "the customer hung up", "agent": "the agent hung up", "transfer": "transferred",
            "system": "the system ended it"}  # fmt: skip
LABELS = 17
"""Cells of the labels."""
STYLES = {StepKind.MISSED: TextStyle.WATCH, StepKind.CONNECTED: TextStyle.GOOD}


def call_tabs() -> list[DetailTab]:
    """The views of a call."""
    return [DetailTab("path", DetailPage.CALL, _path)]


def _path(read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
    story: CallStory = read.rows[0]
    if not story.visits:
        return text_lines("This call is not there any more.", width, context, TextStyle.QUIET)
    first = story.visits[0]
    customer = next((visit for visit in story.visits if visit.customer_id is not None), first)
    lines = [
        _labelled("Customer", joined(customer.customer, customer.phone) or "number withheld", width, context,
                  opens=customer_of(customer.customer_id, customer.phone, customer.customer), key="customer"),
        _labelled("Direction", "inbound" if first.inbound else "outbound", width, context),
        _labelled("Began", day_and_clock(first.entered_at, context), width, context),
    ]  # fmt: skip
    lines += heading("Path", width, context)
    for place, step in enumerate(call_path(story)):
        lines.append(_step(step, first.entered_at, f"step {place}", width, context))
    return lines + _outcome(story, width, context)


def _labelled(
    label: str,
    text: str,
    width: int,
    context: ViewContext,
    *,
    style: TextStyle = TextStyle.STRONG,
    opens: DetailSubject | None = None,
    key: str = "",
) -> DetailLine:
    fit = context.glyphs.fit
    spans = Span(fit(label, LABELS), TextStyle.QUIET), Span(fit(text, width - LABELS), style)
    return DetailLine(spans, opens, key)


def _step(step: CallStep, began_at: int, key: str, width: int, context: ViewContext) -> DetailLine:
    at = clock(step.at, context.zone, seconds=True)
    words = _words(step)
    spans = padded(
        [
            Span(f"{at} ", TextStyle.QUIET),
            Span(f"{'+' + duration(step.at - began_at):>8}  ", TextStyle.QUIET),
            Span(context.glyphs.fit(words, width - 19), STYLES.get(step.kind, TextStyle.TEXT)),
        ],
        width,
    )
    # On a narrowed screen, other clients' agents are not to be looked at.
    agent = context.agent(step.agent_id)
    opens = None if agent is None else AgentSubject(agent.id, agent.name)
    return DetailLine(spans, opens, key)


def _words(step: CallStep) -> str:
    """A step in words."""
    length = "" if step.length_ms is None else spoken(step.length_ms)
    agent, queue = step.agent or "an agent", step.queue or "no queue"
    rang = f"rang at {agent}" + (f" for {length}" if length else "")
    texts = {
        StepKind.ENTERED: f"entered {queue}",
        StepKind.DIALLED: f"dialled{f' for {step.queue}' if step.queue else ''}",
        StepKind.RANG: rang,
        StepKind.MISSED: f"{rang}, missed",
        StepKind.CONNECTED: f"connected with {agent} after {length}",
        StepKind.HELD: "on hold" + (f" for {length}" if length else ""),
        StepKind.WRAPPED_UP: f"{agent} wrapped up for {length}",
    }
    return texts[step.kind] if step.kind in texts else _end(step, length)


def _end(step: CallStep, length: str) -> str:
    """How a visit ended, in words."""
    visit = step.visit
    if visit is None:
        return "ended"
    if visit.kind != "answered":
        return visit.disposition or ENDS.get(visit.kind, visit.kind)
    why = ENDED_BY.get(visit.ended_by or "", "ended")
    hold = f", {spoken(visit.hold_ms)} of it on hold" if visit.hold_ms else ""
    return f"{why} after {length}{hold}" if length else why


def _outcome(story: CallStory, width: int, context: ViewContext) -> list[DetailLine]:
    """What came of the call: reasons, result, orders, answers, promises."""
    lines = heading("Outcome", width, context)
    for label, texts in (
        ("Reason", [visit.reasons for visit in story.visits]),
        ("Disposition", [visit.disposition for visit in story.visits]),
    ):
        known = list(dict.fromkeys(filter(None, texts)))
        lines.append(_labelled(label, ", ".join(known) or context.glyphs.unknown, width, context))
    for order in story.orders:
        currency = order.currency or context.snapshot.currency or ""
        cancelled = "" if order.cancelled_at is None else f"cancelled {day_and_clock(order.cancelled_at, context)}"
        text = joined(f"{amount(order.amount_cents, exact=True)} {currency}".rstrip(), order.campaign, cancelled)
        lines.append(_labelled("Order", text, width, context))
    for answer in story.answers:
        score = score_span(answer.score, answer.scale)
        text = joined(QUESTIONS.get(answer.question, answer.question), score.text, answer.comment)
        lines.append(_labelled("Survey answer", text, width, context, style=score.style.or_else(TextStyle.STRONG)))
    for promise in story.promises:
        state = promise_state(promise, context)
        text = joined(promise.kind, f"due {day_and_clock(promise.due_at, context)}", promise.owner, state.text)
        lines.append(_labelled("Promise", text, width, context, style=state.style.or_else(TextStyle.STRONG)))
    nothing = [
        label
        for label, rows in (("order", story.orders), ("survey answer", story.answers), ("promise", story.promises))
        if not rows
    ]
    if nothing:
        lines += text_lines(f"No {', no '.join(nothing)}.", width, context, TextStyle.QUIET)
    return lines
