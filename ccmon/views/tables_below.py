"""Tables under the rows of a panel, where the panel has room for more than its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ccmon.formatting import amount
from ccmon.language import N_
from ccmon.language import gettext as _
from ccmon.model.handling import HandlingFigures
from ccmon.model.sales import SalesFigures
from ccmon.snapshot.lazy_sales import LazySales
from ccmon.views import column_factories as column
from ccmon.views.column_factories import kind_word
from ccmon.views.column_widths import fit_columns, longest_texts
from ccmon.views.columns import Column, draw_row, draw_titles
from ccmon.views.styled_text import Span, TextStyle, blank
from ccmon.views.view_context import ViewContext

Row = TypeVar("Row")
LEAST_LINES = 5
"""With less room than for an empty line, a title, the heads and two rows there is no table."""
BY_SCOPE = ("client", "team", "campaign")


def table_below(
    title: str, columns: Sequence[Column[Row]], rows: Sequence[Row], context: ViewContext, width: int, *, height: int
) -> Sequence[tuple[Span, ...]]:
    """An empty line, a title, the heads and as many rows as there is room for; nothing without rows or room."""
    if height < LEAST_LINES or not rows:
        return ()
    shown = rows[: height - 3]
    fitted = fit_columns(columns, width, longest_texts(columns, shown, context))
    return (
        (blank(width),),
        (Span(context.glyphs.fit(title, width), TextStyle.QUIET),),
        draw_titles(fitted, width, context, None, descending=False),
        *(draw_row(fitted, row, width, context) for row in shown),
    )


def average_order(scope: SalesFigures) -> float | None:
    """The mean of today's orders."""
    return scope.detail.average_order_cents if scope.detail is not None else None


REVENUE_COLUMNS: tuple[Column[SalesFigures], ...] = (
    column.amount("revenue", N_("revenue"),
                  N_("Revenue of today, net of cancelled orders."), lambda s, v: s.revenue_cents,
                  rank=0),
    column.text("name", N_("client, team"), N_("Whose sales these are."), lambda s, v: s.name, width=20, rank=0,
                widest=40, style=lambda s, v: TextStyle.STRONG if s.kind == "client" else TextStyle.TEXT),
    column.text("kind", N_("kind"),
                N_("A client, a team or a campaign."), lambda s, v: kind_word(s.kind), width=8, rank=2,
                style=TextStyle.QUIET),
    column.count("sales", N_("sales"), N_("Orders of today that stand."), lambda s, v: s.sales, rank=1),
    column.amount("order", N_("average order"), N_("Average order of today."), lambda s, v: average_order(s), rank=3,
                  short=N_("avg order")),
    Column("per_call", N_("revenue per sales call"), N_("Revenue over sales calls."), 11,
           lambda s, v, _: Span(amount(s.revenue_per_call_cents, v.glyphs.unknown)), 4, short=N_("per call")),
    column.count("per_hour", N_("sales/h"), N_("Sales for each hour worked today; unknown below half an hour."),
                 lambda s, v: s.sales_per_hour, decimals=1, rank=5),
    column.count("new", N_("new customers"), N_("New customers won today: their first order ever."),
                 lambda s, v: s.detail.new_customers if s.detail else None, width=5, rank=6, short=N_("new")),
    column.percentage("conversion", N_("conversion"), N_("Sales calls that led to a sale, over sales calls."),
                      lambda s, v: s.conversion, decimals=1, rank=7, short=N_("conv.")),
)  # fmt: skip
"""Revenue of today by client, team and campaign."""


def revenue_lines(context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
    """Revenue of today by client, team and campaign, the largest of each kind first."""
    sales = context.snapshot.sales
    of_groups: Sequence[SalesFigures] = sales.with_quota() if isinstance(sales, LazySales) else sales
    scopes = [each for each in of_groups if each.kind in BY_SCOPE]
    scopes.sort(key=lambda each: (BY_SCOPE.index(each.kind), -each.revenue_cents))
    return table_below(
        _("Revenue today by client, team and campaign"), REVENUE_COLUMNS, scopes, context, width, height=height
    )


COST_COLUMNS: tuple[Column[HandlingFigures], ...] = (
    column.count("handled", N_("handled"), N_("Calls handled today."), lambda h, v: h.handled, width=9, rank=0),
    column.text("name", N_("queue, team"),
                N_("Whose calls these are."), lambda h, v: h.name, width=16, rank=0, widest=40),
    column.text("kind", N_("kind"),
                N_("A queue or a team."), lambda h, v: kind_word(h.kind), width=5, rank=2, style=TextStyle.QUIET),
    column.text("direction", N_("direction"),
                N_("Inbound or outbound: never added up."), lambda h, v: _(h.direction), width=8,
                rank=2, short=N_("dir."), style=TextStyle.QUIET),
    column.mean("aht", N_("AHT"), N_("Average handling time today."), lambda h, v: h.aht_ms, width=6, rank=0),
    column.mean("usual", N_("usual"),
                N_("AHT of the same weekdays of past weeks."), lambda h, v: h.usual_aht_ms, width=6,
                rank=1, style=TextStyle.QUIET),
    column.mean("target", N_("target"), N_("The target of the AHT."), lambda h, v: h.target_ms, width=6, rank=3,
                style=TextStyle.QUIET),
    column.mean("wrap-up", N_("wrap-up"),
                N_("Mean wrap-up."), lambda h, v: h.wrap_up_ms / h.handled if h.handled else None,
                rank=4),
)  # fmt: skip
"""Handling time of today by queue and team, beside the same weekdays."""


def cost_lines(context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
    """Where the paid time of calls goes: handling by queue and team, the most calls of each kind first."""
    rows = [each for each in context.snapshot.handling if each.kind != "centre" and each.handled]
    rows.sort(key=lambda each: (each.kind != "queue", -each.handled))
    return table_below(
        _("Calls and handling time today by queue and team, beside the same weekdays"),
        COST_COLUMNS,
        rows,
        context,
        width,
        height=height,
    )
