"""The proof of a figure: what it is, and from what it is counted, over which time, as of when.

Nothing here is imported before somebody asks. A figure is a column of a row, or a fact in the head of a panel: its
definition is the meaning that stands there. What it is counted from is looked up by the column's key, or the fact's
label (`ccmon.views.counted_queues` and its neighbours).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ccmon.formatting import coarse, dated
from ccmon.language import N_
from ccmon.language import gettext as _
from ccmon.metrics.retention import Cohort
from ccmon.model.agents import AgentFigures
from ccmon.model.contact_reasons import ReasonFigures
from ccmon.model.costs import Spending
from ccmon.model.follow_ups import AgentFollowUps, FollowUp
from ccmon.model.handling import HandlingFigures
from ccmon.model.queues import QueueFigures
from ccmon.model.satisfaction import SatisfactionFigures
from ccmon.views import (
    counted_agents,
    counted_customers,
    counted_follow_ups,
    counted_handling,
    counted_queues,
    counted_sales,
    counted_satisfaction,
    counted_value,
)
from ccmon.views.columns import Column
from ccmon.views.counting import NOW, Addend, Behind, Counted, Counting
from ccmon.views.panel import Fact, FloorPanel
from ccmon.views.retention import Group
from ccmon.views.sales_lines import SalesLine
from ccmon.views.value_entries import Entry
from ccmon.views.view_context import ViewContext

OF_ROWS: Mapping[type, Mapping[str, Counted[Any]]] = {
    QueueFigures: counted_queues.QUEUES,
    AgentFigures: counted_agents.AGENTS,
    SalesLine: counted_sales.SALES,
    HandlingFigures: counted_handling.HANDLING,
    FollowUp: counted_follow_ups.FOLLOW_UPS,
    AgentFollowUps: counted_follow_ups.OWNERS,
    SatisfactionFigures: counted_satisfaction.SATISFACTION,
    Group: counted_customers.GROUPS,
    Cohort: counted_customers.COHORTS,
    ReasonFigures: counted_customers.REASONS,
    Entry: counted_value.ENTRIES,
    Spending: counted_value.SPENDING,
}
"""By the record of a row: what its columns are counted from, by their keys."""
OF_HEADS: Mapping[str, Mapping[str, Counted[Any]]] = {
    "Queue": counted_queues.FACTS,
    "Agents": counted_agents.FACTS,
    "Conversion": counted_sales.FACTS,
    "Handling": counted_handling.FACTS,
    "Follow-ups": counted_follow_ups.FACTS,
    "Satisfaction": counted_satisfaction.FACTS,
    "Customers": counted_customers.CUSTOMER_FACTS,
    "Problems": counted_customers.REASON_FACTS,
    "Value": counted_value.FACTS,
}
"""By the name of a panel: what the facts of its head are counted from, by their labels."""


NOTHING_TO_COUNT = N_("Unknown: there is nothing yet from which it could be counted.")


class ShownFigure(NamedTuple):
    """A figure on the screen that can be proved."""

    key: str
    """The key of its column, or the label of its fact."""
    title: str
    """In English: what is shown is `heading`."""
    subject: str
    """Whom it is about: a queue, an agent, the whole of a panel."""
    meaning: str
    """Its definition."""
    shown: str
    """As it stands on the screen."""
    counted: Counted[Any]
    row: Any
    section: str
    """The section of the snapshot that it is of."""
    needs_periodic: bool

    @property
    def heading(self) -> str:
        """Its title on the screen, in the reader's language."""
        return _(self.title)


class Proof(NamedTuple):
    """How a figure comes about, at a moment."""

    figure: ShownFigure
    counting: Counting | None
    """None: it is unknown."""
    sentence: str
    """How its parts make it; empty where it is unknown."""
    why_unknown: str
    """Why there is no such sentence; empty where there is one."""
    left_out: Sequence[Addend]
    """What counts neither for it nor against it."""
    over: str
    """The time over which it is counted, in words."""
    since: int | None
    """When that begins; None for a figure of the present, or of other days."""
    until: int
    age: str
    """How old the data is, in words."""
    behind: Behind | None
    """Which rows of the database are behind it; None: none that could be listed."""

    @property
    def lines(self) -> Sequence[tuple[str, str]]:
        """What there is to say, each with its label; the first ones have none."""
        counting = self.counting
        found = [("", self.figure.meaning), ("", self.sentence or self.why_unknown)]
        if counting is not None:
            found += [("", note) for note in counting.notes]
        if self.left_out and counting is not None:
            write = counting.left_out_in.write
            found.append((_("left out"), ", ".join(f"{write(part.value)} {part.words}" for part in self.left_out)))
        return [*found, (_("counted over"), self.over), (_("data"), self.age)]


def figures_of_row(panel: FloorPanel[Any], row: Any, context: ViewContext) -> Sequence[ShownFigure]:
    """The figures of a row that can be proved, in the order of the panel's columns."""
    counted = OF_ROWS.get(type(row), {})
    return [
        _of_column(column, counted[column.key], panel, row, context)
        for column in (*panel.columns, *panel.printed_columns)
        if column.key in counted
    ]


def _of_column(
    column: Column[Any], counted: Counted[Any], panel: FloorPanel[Any], row: Any, context: ViewContext
) -> ShownFigure:
    cell = column.cell(row, context, column.widest or column.width)
    shown = cell.text if hasattr(cell, "text") else "".join(span.text for span in cell)
    return ShownFigure(
        column.key,
        column.title,
        panel.heading(row),
        _(column.meaning),
        shown.strip(),
        counted,
        row,
        panel.section,
        panel.needs_periodic,
    )


def figures_of_head(panel: FloorPanel[Any], context: ViewContext) -> Sequence[ShownFigure]:
    """The figures in the head of a panel that can be proved, in the order in which they stand there."""
    counted, meanings = OF_HEADS.get(panel.name, {}), dict(panel.fact_meanings)
    row = panel.head_row(context)
    if row is None:
        return []
    summary = panel.head(context)
    facts: list[Fact] = [summary.figure, *summary.facts]
    return [
        ShownFigure(
            fact.label,
            fact.label,
            _(panel.name),
            _(meanings[fact.label]) if fact.label in meanings else "",
            fact.value,
            counted[fact.label],
            row,
            panel.section,
            panel.needs_periodic,
        )
        for fact in facts
        if fact.label in counted
    ]


def prove(figure: ShownFigure, context: ViewContext) -> Proof:
    """How a figure comes about: a pure function of the snapshot of a context."""
    counting = figure.counted.counting(figure.row, context)
    over, since = _over(figure, context)
    return Proof(
        figure,
        counting,
        "" if counting is None else counting.sentence(context.glyphs.unknown),
        _why_unknown(figure, context) if counting is None else "",
        [part for part in counting.left_out if part.value] if counting is not None else (),
        over,
        since,
        context.known_until,
        _age(figure, context),
        figure.counted.behind(figure.row, context),
    )


def _why_unknown(figure: ShownFigure, context: ViewContext) -> str:
    """Why nothing is known of a figure, as its panel says it."""
    incomplete = context.snapshot.incomplete if figure.needs_periodic else None
    return context.absent(figure.section) or incomplete or _(NOTHING_TO_COUNT)


def _over(figure: ShownFigure, context: ViewContext) -> tuple[str, int | None]:
    """The time over which a figure is counted, in words, and when it begins."""
    snapshot, now, counted = context.snapshot, context.now, figure.counted
    until = dated(context.known_until, context.zone, now)
    if counted.over == NOW:
        return _("now, {until}").format(until=until), None
    if isinstance(figure.row, SalesLine) and (period := counted_sales.period_text(figure.row)):
        return _("{period}, until {until}").format(period=period, until=until), None
    if counted.over:
        return _(counted.over), None
    window = snapshot.queue_window if figure.section == "queues" else None
    since = snapshot.day.starts_at if window is None else window.starts_at
    text = _("{period}, {start} to {end}").format(
        period=_("the day") if window is None else _(window.name), start=dated(since, context.zone, now), end=until
    )
    return text, since


def _age(figure: ShownFigure, context: ViewContext) -> str:
    """How old what a figure is counted from is."""
    snapshot = context.snapshot
    if snapshot.data_at is None:
        return _("none yet")
    age = coarse(max(0, context.now - snapshot.data_at))
    if figure.needs_periodic and snapshot.periodic_at is not None:
        older = coarse(max(0, context.now - snapshot.periodic_at))
        return _("{age} old; what is read less often, {older}").format(age=age, older=older)
    return _("{age} old").format(age=age)


def proof_text(proof: Proof) -> str:
    """A proof as text to copy or to mail: the figure, then a line for each thing there is to say."""
    figure = proof.figure
    lines = [f"{label}: {text}" if label else text for label, text in proof.lines]
    return "\n".join([f"{figure.heading}, {figure.subject}: {figure.shown}", *lines])
