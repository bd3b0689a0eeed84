"""Lost callers: who gave up today, and whether anybody has talked with them since."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.formatting import clock, coarse, count, dated, duration, plural
from ccmon.metrics.lost_callers import CallerState
from ccmon.model.lost_callers import LostCaller
from ccmon.views import column_factories as column
from ccmon.views.columns import Column
from ccmon.views.panel import Detail, Fact, FloorPanel, PanelSummary
from ccmon.views.queues import QueuesPanel, waiting_facts
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext

PROSPECT = "prospect"
HOW = {"abandoned": "abandoned", "timed_out": "timed out", "no_agents": "nobody to serve"}
"""How a lost call ended, in words."""
STYLES = {
    CallerState.TO_CALL_BACK: TextStyle.WATCH,
    CallerState.CALLED_AGAIN: TextStyle.QUIET,
    CallerState.CALLED_BACK: TextStyle.QUIET,
    CallerState.WITHHELD: TextStyle.QUIET,
}


def who_they_are(caller: LostCaller) -> str:
    """What a caller is to the centre: a kind of buyer, or a prospect."""
    return PROSPECT if caller.segment is None else caller.segment


def since_text(caller: LostCaller, context: ViewContext) -> str:
    """What has become of a caller, and when."""
    if caller.state_at is None:
        return caller.state
    at = dated(caller.state_at, context.zone, context.rows_at)
    return f"promised {at}" if caller.state is CallerState.PROMISED else f"{caller.state} {at}"


def _style(caller: LostCaller) -> TextStyle:
    return STYLES.get(caller.state, TextStyle.TEXT)


COLUMNS: tuple[Column[LostCaller], ...] = (
    column.clock("at", "at", "When the caller gave up, or was sent away.", lambda c, v: c.lost_at, rank=0),
    column.duration("waited", "waited", "How long the caller waited then.", lambda c, v: c.waited_ms, width=6, rank=1),
    column.text("queue", "queue", "The queue.", lambda c, v: c.queue, missing=True, width=17, rank=2, widest=40,
                by_last_word=True),
    Column("since", "state", "Whether the caller has called again, was called back or was promised a call.", 19,
           lambda c, v, _: Span(since_text(c, v), _style(c)), 2, widest=26, right=False, sort=lambda c, v: c.state,
           ascending=True),
    column.text("phone", "number", "The caller's number.", lambda c, v: c.phone, missing=True, width=16, rank=2,
                widest=18, sorts=False, style=TextStyle.QUIET),
    column.text("customer", "customer", "Who called.", lambda c, v: c.customer, missing=True, width=14, rank=3,
                widest=24),
    column.text("who", "buyer", "What the caller is to us, by purchases before today: one-time, repeat, loyal, lapsed, "
                "or a prospect, who has not bought yet.", lambda c, v: who_they_are(c), width=8,
                rank=2, widest=9),
    column.count("times", "times", "How often the caller gave up today.", lambda c, v: c.times, width=5, rank=4),
    column.text("owner", "owner", "Who is to make the call that was promised.", lambda c, v: c.owner, width=10,
                rank=5, widest=22),
    column.text("how", "how", "How the call ended.", lambda c, v: HOW.get(c.kind, c.kind), width=9, rank=6, widest=15,
                style=TextStyle.QUIET),
)  # fmt: skip


class LostCallersTab(FloorPanel[LostCaller]):
    """Callers of today who gave up."""

    number = QueuesPanel.number
    section = "lost_callers"
    name = QueuesPanel.name
    tab = "lost"
    needs_periodic = False
    purpose = (
        "Callers of today who were not served (abandoned past the short-abandon limit, timed out, nobody to serve), "
        "and whether they have called again, were called back, or were promised a call."
    )
    empty_message = "Nobody has given up today."
    has_customers = True
    default_sort_help = "those to call back first, the latest first"
    fact_meanings = QueuesPanel.fact_meanings
    columns = COLUMNS
    printed_limit = 10

    def summary(self, context: ViewContext) -> PanelSummary:
        """How many are to be called back, who waits meanwhile, and what became of the others."""
        found, unknown = context.snapshot.lost_callers, context.glyphs.unknown
        waiting = waiting_facts(context)
        if found is None:
            return PanelSummary(Fact("to call back", unknown, TextStyle.QUIET), waiting)
        style = TextStyle.WATCH if found.to_call_back else TextStyle.GOOD
        facts = (
            *waiting,
            Fact("gave up", count(found.callers)),
            Fact("promised", count(found.promised)),
            Fact("waiting again", count(found.waiting)),
            Fact("called again", count(found.called_again)),
            Fact("called back", count(found.called_back)),
            Fact("withheld", count(found.withheld)),
        )
        return PanelSummary(Fact("to call back", count(found.to_call_back), style), facts)

    def rows(self, context: ViewContext) -> Sequence[LostCaller]:
        """As the snapshot has them."""
        found = context.snapshot.lost_callers
        return () if found is None else found.items

    def printed_rows(self, context: ViewContext) -> Sequence[LostCaller]:
        """Those who may still need a call."""
        return [caller for caller in self.rows(context) if caller.state.is_open]

    def why_empty(self, context: ViewContext) -> str:
        """As usual, but while nothing has been read yet, why not."""
        if context.snapshot.lost_callers is None:
            return context.absent(self.section) or context.snapshot.incomplete or self.empty_message
        return super().why_empty(context)

    def heading(self, row: LostCaller) -> str:
        """The customer's name, else the number."""
        return f"Lost: {row.customer or row.phone or 'number withheld'}"

    def details(self, row: LostCaller, context: ViewContext) -> Sequence[Detail]:
        """The call, who it was, and what has become of them."""
        unknown = context.glyphs.unknown
        bought = plural(row.purchases, "{n} day", "{n} days") if row.purchases else ""
        return [
            Detail("Customer", row.customer or unknown),
            Detail("Number", row.phone or "withheld"),
            Detail("Customer number", row.customer_reference or unknown),
            Detail("Buyer", f"{who_they_are(row)}, bought on {bought} before today" if bought else who_they_are(row)),
            Detail("The call"),
            Detail("queue", row.queue or unknown),
            Detail("client", row.client or unknown),
            Detail("at", f"{clock(row.lost_at, context.zone)}, {coarse(context.elapsed_ms(row.lost_at))} ago"),
            Detail("waited", duration(row.waited_ms)),
            Detail("how it ended", HOW.get(row.kind, row.kind)),
            Detail("times today", count(row.times)),
            Detail("Since then"),
            Detail("state", since_text(row, context), _style(row)),
            Detail("owner", row.owner or unknown),
        ]
