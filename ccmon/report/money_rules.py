"""Sentences about money: sales and revenue against their quotas, conversion, what a call costs.

Each rule has a threshold; docs/reports.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ccmon.formatting import count, plain
from ccmon.metrics.percentage import chance_text, percent, percent_below, shown_at_least
from ccmon.metrics.quotas import Verdict
from ccmon.metrics.sales import conversion
from ccmon.report.figures import Unit, with_currency, written
from ccmon.report.insight import ENOUGH_CALLS, MUCH_MORE, Insight, Tone, is_much, than_then
from ccmon.report.parts import Narrowed
from ccmon.views.sales_lines import UNLIKELY

ENOUGH_SALES = 20
"""With fewer sales then, their revenue is no measure."""
ON_PLAN_FROM = 0.95
"""With a smaller pace, sales are behind the quota."""


def quota(narrowed: Narrowed) -> Iterator[Insight]:
    """Sales against the quota: at the end its attainment, before it the pace."""
    quota = narrowed.quota
    if quota is None or not quota.quota_sales:
        return
    sold = f"{count(quota.sales)} of {count(quota.quota_sales)} sales"
    if narrowed.stretch.is_over:
        attained = quota.attainment
        if attained is None:
            return
        if shown_at_least(attained, 1.0):
            yield Insight(
                "quota", Tone.GOOD, attained / MUCH_MORE - 9, f"The quota was reached: {sold} ({percent(attained)})."
            )
        else:
            yield Insight(
                "quota",
                Tone.BAD,
                (1 - attained) / MUCH_MORE,
                f"The quota was missed: {sold} ({percent_below(attained, 1.0)}), "
                f"{count(quota.quota_sales - quota.sales)} too few{_team_behind(narrowed)}.",
            )
        return
    pace, expected = quota.pace, quota.expected_by_now
    if pace is None or expected is None:
        return
    chance = "" if quota.chance is None else f"; chance of reaching the quota: {chance_text(quota.chance)}"
    said = f"{sold} so far, {count(expected)} expected by now ({percent(pace)}){chance}"
    is_unlikely = pace < 1 and quota.chance is not None and quota.chance < UNLIKELY
    if pace < ON_PLAN_FROM or is_unlikely:
        team = _team_behind(narrowed)
        yield Insight("quota", Tone.BAD, (1 - pace) / MUCH_MORE, f"Sales are behind the quota: {said}{team}.")
    elif pace >= 1:
        yield Insight("quota", Tone.GOOD, pace / MUCH_MORE - 9, f"Sales are on pace: {said}.")


def _team_behind(narrowed: Narrowed) -> str:
    """The team that is furthest behind its quota, as the end of a sentence; empty where there is no other team."""
    quotas = {line.name: narrowed.quota_of(line) for line in narrowed.floor.sales if line.kind == "team"}
    shares = {
        name: (share, quota)
        for name, quota in quotas.items()
        if quota is not None
        and quota.quota_sales
        and (share := quota.attainment if narrowed.stretch.is_over else quota.pace) is not None
    }
    if len(shares) < 2:
        return ""
    name = min(shares, key=lambda each: (shares[each][0], each))
    share, quota = shares[name]
    if share >= 1:
        return ""
    return f"; furthest behind: {plain(name)} with {count(quota.sales)} of {count(quota.quota_sales)}"


def revenue(narrowed: Narrowed) -> Iterator[Insight]:
    """Revenue against its quota, and where it has none against the earlier stretch."""
    sales, earlier, quota = narrowed.covered.sales, narrowed.compared, narrowed.quota
    if sales is None:
        return
    revenue = with_currency(sales.revenue_cents, narrowed.floor.currency)
    if quota is not None and quota.quota_revenue_cents and narrowed.stretch.is_over:
        attained = quota.revenue_attainment
        if attained is not None and not shown_at_least(attained, 1.0):
            yield Insight(
                "revenue",
                Tone.BAD,
                (1 - attained) / MUCH_MORE,
                f"Revenue missed its quota: {revenue} of {written(quota.quota_revenue_cents, Unit.MONEY)} "
                f"({percent_below(attained, 1.0)}).",
            )
            return
    if earlier is None or earlier.sales is None or earlier.sales.sales < ENOUGH_SALES:
        return
    if earlier.sales.revenue_cents <= 0:
        return
    ratio = sales.revenue_cents / earlier.sales.revenue_cents
    if not is_much(ratio):
        return
    yield Insight(
        "revenue",
        Tone.BAD if ratio < 1 else Tone.GOOD,
        abs(ratio - 1) / MUCH_MORE,
        f"Revenue was {revenue}, {percent(abs(ratio - 1))} {'less' if ratio < 1 else 'more'} than "
        f"{than_then(narrowed, earlier)} ({written(earlier.sales.revenue_cents, Unit.MONEY)}).",
    )


def quota_conversion(narrowed: Narrowed) -> Iterator[Insight]:
    """The conversion against that of the quota, where its 95 % interval is to one side of it."""
    quota = narrowed.quota
    if quota is None or quota.quota_conversion is None or quota.verdict not in {Verdict.BEHIND, Verdict.AHEAD}:
        return
    share = conversion(quota.converted, quota.sales_calls)
    if share is None:
        return
    is_bad = quota.verdict is Verdict.BEHIND
    yield Insight(
        "conversion",
        Tone.BAD if is_bad else Tone.GOOD,
        abs(share / quota.quota_conversion - 1) / MUCH_MORE,
        f"Conversion was {percent(share, 1)}, {'below' if is_bad else 'above'} the "
        f"{percent(quota.quota_conversion, 1)} of the quota: "
        f"{count(quota.converted)} of {count(quota.sales_calls)} sales calls.",
    )


def cost(narrowed: Narrowed) -> Iterator[Insight]:
    """What a call costs, against the earlier stretch."""
    resources, earlier = narrowed.covered.resources, narrowed.compared
    if resources is None or earlier is None or earlier.resources is None:
        return
    cost, before = resources.cost_per_contact_cents, earlier.resources.cost_per_contact_cents
    if min(resources.handled, earlier.resources.handled) < ENOUGH_CALLS:
        return
    if cost is None or not before or not is_much(cost / before):
        return
    is_bad = cost > before
    yield Insight(
        "cost",
        Tone.BAD if is_bad else Tone.GOOD,
        abs(cost / before - 1) / MUCH_MORE,
        f"A call cost {with_currency(cost, narrowed.floor.currency)} in wages, {percent(abs(cost / before - 1))} "
        f"{'more' if is_bad else 'less'} than {than_then(narrowed, earlier)} ({written(before, Unit.MONEY)}).",
    )
