"""Conversion: sales against quota, and how sure a conversion is."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.model import SalesFigures
from ccmon.monitor.columns import Cell, Column
from ccmon.monitor.curves import interval_bar, quota_bar
from ccmon.monitor.lines import Role, Span
from ccmon.monitor.panels.base import Detail, Fact, FloorPanel, Headline
from ccmon.monitor.view import View
from ccmon.text import count, money, percent

ON_PACE = 1.0
WELL_BEHIND = 0.9
"""Below this pace a quota is worth watching."""

SCOPES = {"centre": 0, "team": 1, "campaign": 2, "agent": 3}


def verdict(sales: SalesFigures) -> str:
    """What the interval of the conversion says about its quota: behind, ahead, or that it cannot tell yet."""
    interval, quota = sales.conversion_interval, sales.quota_conversion
    if interval is None or quota is None:
        return ""
    if interval[1] < quota:
        return "behind"
    return "ahead" if interval[0] > quota else "can't tell"


def _verdict_role(sales: SalesFigures) -> Role:
    return {"behind": Role.BAD, "ahead": Role.GOOD}.get(verdict(sales), Role.QUIET)


def _verdict(sales: SalesFigures, view: View, _width: int) -> Span:
    marks, word = view.marks, verdict(sales)
    sign = {"behind": marks.behind, "ahead": marks.ahead, "can't tell": marks.undecided}.get(word, " ")
    return Span(f"{sign} {word}", _verdict_role(sales))


def pace_role(sales: SalesFigures) -> Role:
    """The role of a pace: behind is worth watching, a tenth behind is bad."""
    if sales.pace is None:
        return Role.TEXT
    if sales.pace >= ON_PACE:
        return Role.GOOD
    return Role.WATCH if sales.pace < WELL_BEHIND else Role.TEXT


def _pace(sales: SalesFigures, view: View, _width: int) -> Span:
    if sales.pace is None:
        return Span(view.marks.unknown, Role.QUIET)
    sign = view.marks.ahead if sales.pace >= ON_PACE else view.marks.behind
    return Span(f"{sign} {percent(sales.pace)}", pace_role(sales))


def _expected_share(sales: SalesFigures) -> float | None:
    if sales.expected_by_now is None or not sales.quota_sales:
        return None
    return sales.expected_by_now / sales.quota_sales


def _bar(sales: SalesFigures, view: View, width: int) -> Cell:
    role = pace_role(sales)
    return quota_bar(
        sales.attainment, _expected_share(sales), width, Role.BUSY if role is Role.TEXT else role, view.marks
    )


def _top(view: View) -> float:
    highs = [each.conversion_interval[1] for each in view.floor.sales[:40] if each.conversion_interval is not None]
    quotas = [each.quota_conversion for each in view.floor.sales[:40] if each.quota_conversion is not None]
    return max([0.1, *(min(high, 0.6) for high in highs), *quotas])


def _interval(sales: SalesFigures, view: View, width: int) -> Cell:
    interval, value = sales.conversion_interval, sales.conversion
    if interval is None or value is None:
        return Span("")
    role = _verdict_role(sales)
    return interval_bar(
        interval[0],
        value,
        interval[1],
        width,
        mark=sales.quota_conversion,
        top=_top(view),
        role=Role.TEXT if role is Role.QUIET else role,
        marks=view.marks,
    )


def _of_quota(sales: SalesFigures, view: View, _width: int) -> Span:
    return Span(f"{count(sales.sales)}/{count(sales.quota_sales, view.marks.unknown)}")


COLUMNS: tuple[Column[SalesFigures], ...] = (
    Column(
        "name",
        "team, agent",
        "Teams first, then campaigns, then agents; in each those furthest behind first.",
        12,
        lambda s, v, _: Span(s.name, Role.STRONG if s.scope == "team" else Role.TEXT),
        0,
        widest=24,
        right=False,
        sort=lambda s, v: s.name.casefold(),
    ),
    Column(
        "sales",
        "sales",
        "Sales today over the day's quota; cancelled sales taken out.",
        9,
        _of_quota,
        1,
        sort=lambda s, v: s.sales,
    ),
    Column(
        "pace",
        "pace",
        "Sales so far over the sales that the quota expects by now; the help of a row says by what.",
        8,
        _pace,
        2,
        sort=lambda s, v: s.pace,
    ),
    Column(
        "bar",
        "of quota",
        "Sales of the day's quota as a bar; the tick stands where it should be by now.",
        10,
        _bar,
        4,
        widest=26,
        right=False,
    ),
    Column(
        "conversion",
        "conv.",
        "Sales calls that led to a sale, over sales calls. Inbound: answered calls of sales "
        "queues; "
        "outbound: the right person reached.",
        6,
        lambda s, v, _: Span(percent(s.conversion, 1, v.marks.unknown)),
        1,
        sort=lambda s, v: s.conversion,
    ),
    Column(
        "verdict",
        "to quota",
        "What the 95 % interval of the conversion says about its quota: surely behind, surely "
        "ahead, or it can't tell yet.",
        12,
        _verdict,
        5,
        right=False,
        sort=lambda s, v: verdict(s) or None,
    ),
    Column(
        "interval",
        "conversion, 95 %",
        "The conversion, its 95 % (Wilson) interval, and a tick at the quota.",
        16,
        _interval,
        6,
        widest=30,
        right=False,
    ),
    Column(
        "revenue",
        "revenue",
        "Revenue of the day in the site's currency, whole units.",
        9,
        lambda s, v, _: Span(money(s.revenue_cents)),
        7,
        sort=lambda s, v: s.revenue_cents,
    ),
    Column(
        "projection",
        "by close",
        "Sales at the end of the day at this pace.",
        8,
        lambda s, v, _: Span(count(s.projection, v.marks.unknown)),
        8,
        sort=lambda s, v: s.projection,
    ),
    Column(
        "calls",
        "sales calls",
        "Answered sales calls, and right persons reached.",
        11,
        lambda s, v, _: Span(count(s.sales_calls)),
        9,
        sort=lambda s, v: s.sales_calls,
    ),
)


class ConversionPanel(FloorPanel[SalesFigures]):
    """Conversion against quota."""

    number = 3
    name = "Conversion"
    purpose = "Sales calls that become sales, beside the quota of the day."
    nothing = "No sale, sales call or quota today."
    order = "teams, campaigns, agents; furthest behind first"
    facts = (
        ("conversion", "Sales calls that led to a sale, over sales calls, of all that is shown."),
        ("sales", "Sales today of the day's quota."),
        ("pace", "Sales so far over the sales expected by now."),
        ("expected", "Sales that the quota expects by now."),
        ("by close", "Sales at the end of the day at this pace."),
        ("revenue", "Revenue today."),
        ("to quota", "What the 95 % interval of the conversion says about its quota."),
    )
    columns = COLUMNS

    def headline(self, view: View) -> Headline:
        """Conversion, sales of quota and pace of the whole."""
        unknown = view.marks.unknown
        whole = next((sales for sales in view.floor.sales if sales.scope == "centre"), None)
        if whole is None:
            return Headline(unknown, "conversion", Role.QUIET, (), "")
        pace = _pace(whole, view, 0)
        currency = f" {whole.currency}" if whole.currency else ""
        facts = [
            Fact("sales", f"{count(whole.sales)} of {count(whole.quota_sales, unknown)}", Role.STRONG),
            Fact("pace", pace.text, pace.role),
            Fact("to quota", verdict(whole) or unknown, _verdict_role(whole)),
            Fact("revenue", money(whole.revenue_cents) + currency),
            Fact("by close", count(whole.projection, unknown)),
            Fact("expected", count(whole.expected_by_now, unknown)),
        ]
        role = _verdict_role(whole)
        return Headline(
            percent(whole.conversion, 1, unknown),
            "conversion",
            Role.STRONG if role is Role.QUIET else role,
            facts,
            pace.text,
            pace.role,
        )

    def rows(self, view: View) -> Sequence[SalesFigures]:
        """Teams, campaigns, agents; in each those furthest behind their quota first, those without one last."""

        def need(sales: SalesFigures) -> tuple[int, float, str]:
            pace = sales.pace
            return SCOPES.get(sales.scope, 9), float("inf") if pace is None else pace, sales.name.casefold()

        return sorted((sales for sales in view.floor.sales if sales.scope != "centre"), key=need)

    def identity(self, row: SalesFigures) -> str:
        """Scope and id."""
        return f"{row.scope} {row.id}"

    def heading(self, row: SalesFigures) -> str:
        """Whose sales they are."""
        return f"{row.name} ({row.scope})"

    def details(self, row: SalesFigures, view: View) -> Sequence[Detail]:
        """Numerators and denominators of every figure."""
        unknown = view.marks.unknown
        interval = row.conversion_interval
        between = f"{percent(interval[0], 1)} to {percent(interval[1], 1)}" if interval else unknown
        return [
            Detail("Client", row.client or unknown),
            Detail("Conversion"),
            Detail("sales calls", count(row.sales_calls)),
            Detail("of these converted", count(row.converted)),
            Detail("conversion", percent(row.conversion, 1, unknown), Role.STRONG),
            Detail("95 % interval", between),
            Detail("quota of conversion", percent(row.quota_conversion, 1, unknown)),
            Detail("so it is", verdict(row) or unknown, _verdict_role(row)),
            Detail("Sales of the day"),
            Detail("sales, cancelled ones taken out", count(row.sales), Role.STRONG),
            Detail("quota of the day", count(row.quota_sales, unknown)),
            Detail("attainment (sales of quota)", percent(row.attainment, 0, unknown)),
            Detail("expected by now", count(row.expected_by_now, unknown, 1)),
            Detail(
                "expected after",
                {"usual day": "the usual course of this weekday", "linear": "an even course of the day"}.get(
                    row.expected_basis or "", row.expected_basis or unknown
                ),
            ),
            Detail("pace (sales of expected)", percent(row.pace, 0, unknown), pace_role(row)),
            Detail("at this pace by close", count(row.projection, unknown, 1)),
            Detail(f"revenue, {row.currency or 'currency unknown'}", money(row.revenue_cents)),
        ]
