"""A line of sales with its quota: pace, verdict, chance and what is required, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import attrgetter
from typing import Generic, NamedTuple, TypeVar

from ccmon.formatting import UNKNOWN, at_least, count, money, percent, plural
from ccmon.language import N_
from ccmon.language import gettext as _
from ccmon.metrics.confidence_interval import ConfidenceInterval, wilson_interval
from ccmon.metrics.forecast import Forecast, Rate, RevenueForecast
from ccmon.metrics.pace import Basis, is_ahead
from ccmon.metrics.percentage import chance_text
from ccmon.metrics.quotas import Verdict
from ccmon.metrics.sales import conversion
from ccmon.model.sales import Period, QuotaFigures, SalesFigures
from ccmon.views.panel import Detail
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext

Value = TypeVar("Value")

UNLIKELY = 0.2
"""A quota with less than this chance of being reached is worth watching."""

STYLES = {Verdict.BEHIND: TextStyle.BAD, Verdict.AHEAD: TextStyle.GOOD, Verdict.UNSURE: TextStyle.QUIET}


VERDICTS = {
    Verdict.BEHIND: N_("below"),
    Verdict.AHEAD: N_("above"),
    Verdict.UNSURE: N_("too few calls"),
}
"""Verdicts on the conversion, under a head that says so, to be looked up. A sales quota may be met all the same."""


CONVERSION_OF = {
    Period.DAY: N_("Conversion of the day"),
    Period.WEEK: N_("Conversion of the week"),
    Period.MONTH: N_("Conversion of the month"),
}
"""What the details call a conversion, to be looked up."""


class NoQuota(NamedTuple):
    """Stands in for the quota of a period that has none: every field is None."""

    quota_sales: int | None = None
    expected_by_now: float | None = None
    pace: float | None = None
    attainment: float | None = None
    quota_conversion: float | None = None
    verdict: Verdict | None = None


NO_QUOTA = NoQuota()


class SalesLine(NamedTuple):
    """Sales of one scope, and its quota for one period. The day's sales are read at every poll."""

    sales: SalesFigures
    quota: QuotaFigures | None
    period: Period

    @property
    def is_of_today(self) -> bool:
        """Whether it is about today."""
        return self.period is Period.DAY

    @property
    def first_known_day(self) -> str | None:
        """First day with any data, if the period began before it, so that more may have been sold; else None."""
        return None if self.is_of_today or self.quota is None else self.quota.first_known_day

    @property
    def sold_text(self) -> str:
        """Sales of the period so far, with a plus where more may have been sold."""
        return at_least(self.counts.sales, more=self.first_known_day is not None)

    @property
    def counts(self) -> SalesFigures | QuotaFigures:
        """The record with sales, revenue and sales calls of the period so far."""
        return self.sales if self.is_of_today or self.quota is None else self.quota

    @property
    def measured_by(self) -> SalesFigures | QuotaFigures | NoQuota:
        """The record against which the sales of the period are measured."""
        return self.sales if self.is_of_today else self.quota or NO_QUOTA

    @property
    def new_customers(self) -> int | None:
        """New customers of the period so far."""
        if self.is_of_today:
            return self.sales.detail.new_customers if self.sales.detail else None
        return self.quota.new_customers if self.quota else None

    @property
    def conversion(self) -> float | None:
        """Converted over sales calls."""
        return conversion(self.counts.converted, self.counts.sales_calls)

    @property
    def interval(self) -> ConfidenceInterval | None:
        """The 95 % Wilson interval of the conversion."""
        return wilson_interval(self.counts.converted, self.counts.sales_calls)

    @property
    def chance(self) -> float | None:
        """The chance of reaching the quota."""
        return _chance.of(self)

    @property
    def forecast(self) -> Forecast | None:
        """Where the period will end."""
        return _forecast.of(self)

    @property
    def revenue_forecast(self) -> RevenueForecast | None:
        """Revenue at the end of the period."""
        return _revenue_forecast.of(self)


class CachedByQuota(Generic[Value]):
    """Values derived from quotas: they are asked for several times a tick, but change only with a call or a minute.

    Cached is the value of a scope's latest quota for a period: on a busy floor each second brings another.
    """

    def __init__(self, of: Callable[[QuotaFigures], Value]) -> None:
        self._of = of
        self._latest: dict[tuple[str, int | None, Period], tuple[QuotaFigures, Value]] = {}

    def of(self, line: SalesLine) -> Value | None:
        """The value derived from a line's quota; None without a quota."""
        quota = line.quota
        if quota is None:
            return None
        scope = line.sales.kind, line.sales.id, line.period
        found = self._latest.get(scope)
        if found is None or found[0] != quota:
            found = self._latest[scope] = quota, self._of(quota)
        return found[1]

    @property
    def size(self) -> int:
        """For how many quotas a value is cached."""
        return len(self._latest)


_chance: CachedByQuota[float | None] = CachedByQuota(attrgetter("chance"))
_forecast: CachedByQuota[Forecast | None] = CachedByQuota(attrgetter("forecast"))
_revenue_forecast: CachedByQuota[RevenueForecast | None] = CachedByQuota(attrgetter("revenue_forecast"))


def pace_style(line: SalesLine) -> TextStyle:
    """The style of a pace. Being behind is worth watching only if the quota is unlikely to be reached."""
    if line.measured_by.pace is None:
        return TextStyle.TEXT
    if is_ahead(line.measured_by.pace, line.chance):
        return TextStyle.GOOD
    return TextStyle.WATCH if line.chance is not None and line.chance < UNLIKELY else TextStyle.TEXT


def conversion_quota_span(line: SalesLine, context: ViewContext, _width: int) -> Span:
    """The quota of the conversion, with the sign of the verdict; empty where there is none."""
    quota = line.measured_by.quota_conversion
    if quota is None:
        return Span("")
    sign = verdict_span(line, context, 0).text.partition(" ")[0]
    style = STYLES.get(line.measured_by.verdict or Verdict.UNSURE, TextStyle.QUIET)
    return Span(f"{sign} {percent(quota, 1)}".lstrip(), style)


def verdict_span(line: SalesLine, context: ViewContext, _width: int) -> Span:
    """The verdict of the interval, with its sign."""
    glyphs, verdict = context.glyphs, line.measured_by.verdict
    if verdict is None:
        return Span("")
    sign = {Verdict.BEHIND: glyphs.behind, Verdict.AHEAD: glyphs.ahead, Verdict.UNSURE: glyphs.undecided}[verdict]
    return Span(f"{sign} {_(VERDICTS[verdict])}", STYLES[verdict])


def required_span(line: SalesLine, context: ViewContext, _width: int) -> Span:
    """Sales an hour that are still required, or that the quota is met."""
    quota = line.quota
    if quota is None or quota.missing is None:
        return Span(context.glyphs.unknown, TextStyle.QUIET)
    if quota.missing == 0:
        return Span(_("met"), TextStyle.GOOD)
    return Span(count(quota.required_per_hour, context.glyphs.unknown, 1))


def projection_text(line: SalesLine, unknown: str = UNKNOWN) -> str:
    """Sales at the end, with their probable range."""
    forecast = line.forecast
    if forecast is None:
        return count(line.sales.forecast_sales, unknown) if line.is_of_today else unknown
    return f"{count(forecast.expected)} ({count(forecast.low)}-{count(forecast.high)})"


NO_ORDER = N_("no order is known that would say what a sale brings")
NO_END = N_("it is not known yet how many sales are still to come")
NO_BEGINNING = N_("what was sold before the first data is not known")


def revenue_range(forecast: RevenueForecast) -> str:
    """The probable range of the revenue at the end."""
    return _("{low} to {high}").format(low=money(round(forecast.low)), high=money(round(forecast.high)))


def revenue_text(line: SalesLine, unknown: str = UNKNOWN, *, short: bool = False) -> str:
    """Revenue at the end, with its probable range; or why it is unknown, unless short."""
    forecast = line.revenue_forecast
    if forecast is not None:
        return f"{whole_units(forecast.expected, unknown)} ({revenue_range(forecast)})"
    if line.is_of_today and line.sales.forecast_revenue_cents is not None:
        return whole_units(line.sales.forecast_revenue_cents, unknown)
    if short:
        return unknown
    sales_known = line.forecast is not None or (line.is_of_today and line.sales.forecast_sales is not None)
    why = NO_BEGINNING if line.first_known_day is not None else NO_ORDER if sales_known else NO_END
    return f"{unknown} ({_(why)})"


def whole_units(cents: float | None, unknown: str) -> str:
    """A mean amount in whole units."""
    return money(None if cents is None else round(cents), unknown)


def sales_of_day(line: SalesLine, context: ViewContext) -> list[Detail]:
    """The details of the day if no quota is set."""
    unknown = context.glyphs.unknown
    return [
        Detail(N_("Sales of the day")),
        Detail(N_("net sales"), count(line.counts.sales), TextStyle.STRONG),
        Detail(N_("quota"), count(line.measured_by.quota_sales, unknown)),
        Detail(N_("pace (sales over expected)"), percent(line.measured_by.pace, 0, unknown), pace_style(line)),
        Detail(N_("forecast"), count(line.sales.forecast_sales, unknown, 1)),
        Detail(N_("revenue forecast"), revenue_text(line, unknown)),
    ]


PAST_WEEKS = N_("past weeks")
"""What a snapshot says that a quota of weeks rests on; of a day it names the days."""
EVEN = N_("an even course: too few past days for the usual one")


QUOTA_OF = {
    Period.DAY: N_("Quota of the day from {day}"),
    Period.WEEK: N_("Quota of the week from {day}"),
    Period.MONTH: N_("Quota of the month from {day}"),
}
SPREAD = N_("{quota}, the agent's part of the team's by scheduled hours")


def part_of_whole(part: str, whole: str) -> str:
    """Two figures of which one is part of the other: 12 of 30."""
    return _("{part} of {whole}").format(part=part, whole=whole)


def share_of(part: str, whole: str, share: str) -> str:
    """Two figures of which one is part of the other, and their ratio: 12 of 30: 40 %."""
    return _("{part} of {whole}: {share}").format(part=part, whole=whole, share=share)


def basis_text(quota: QuotaFigures, unknown: str) -> str:
    """What an expectation is based on, in words."""
    if quota.basis == Basis.LINEAR:
        return _(EVEN)
    if quota.rests_on is None:
        return unknown
    return _("the usual course: {days}").format(days=_days(quota.rests_on))


PAST_DAYS = {
    "Mondays": N_("{n} Mondays"),
    "Tuesdays": N_("{n} Tuesdays"),
    "Wednesdays": N_("{n} Wednesdays"),
    "Thursdays": N_("{n} Thursdays"),
    "Fridays": N_("{n} Fridays"),
    "Saturdays": N_("{n} Saturdays"),
    "Sundays": N_("{n} Sundays"),
}
"""Past days, by the words in which a snapshot counts them."""


def _days(rests_on: str) -> str:
    """What a usual course rests on, in the reader's language."""
    number, _space, days = rests_on.partition(" ")
    if days == "days":
        return plural(int(number), "{n} day", "{n} days")
    if days not in PAST_DAYS:
        return _(rests_on)
    return _(PAST_DAYS[days]).format(n=number)


CHANCE_AS_USUAL = N_("{chance}, if the rest comes in as usual")
CHANCE_AS_SO_FAR = {
    Period.DAY: N_("{chance}, if the rest comes in as this day so far"),
    Period.WEEK: N_("{chance}, if the rest comes in as this week so far"),
    Period.MONTH: N_("{chance}, if the rest comes in as this month so far"),
}


def quota_details(line: SalesLine, quota: QuotaFigures, context: ViewContext) -> list[Detail]:
    """A quota and all that follows from it."""
    unknown, chance = context.glyphs.unknown, quota.chance
    sales = count(quota.quota_sales, unknown)
    details = [
        Detail(_(QUOTA_OF[quota.period]).format(day=quota.starts_on)),
        Detail(N_("net sales"), line.sold_text, TextStyle.STRONG),
        Detail(N_("quota"), _(SPREAD).format(quota=sales) if quota.is_spread else sales),
        Detail(N_("attainment (sales over quota)"), percent(line.measured_by.attainment, 0, unknown)),
        Detail(N_("expected by now"), count(line.measured_by.expected_by_now, unknown, 1)),
        Detail(N_("basis"), basis_text(quota, unknown)),
        Detail(N_("pace (sales over expected)"), percent(line.measured_by.pace, 0, unknown), pace_style(line)),
        Detail(N_("forecast"), projection_text(line, unknown)),
        Detail(N_("revenue forecast"), revenue_text(line, unknown)),
        Detail(N_("still missing"), count(quota.missing, unknown)),
        Detail(N_("required per hour"), required_span(line, context, 0).text),
        Detail(N_("required conversion from now"), percent(quota.required_conversion, 0, unknown)),
    ]
    if line.first_known_day is not None:
        why = _("no data before {day}: what was sold until then is not known").format(
            day=day_and_month(line.first_known_day)
        )
        details.append(Detail(N_("why figures are unknown"), why))
    if (quota.required_conversion or 0) > 1:
        details.append(Detail(N_("verdict"), _("out of reach with the calls still expected"), TextStyle.WATCH))
    if chance is not None and quota.remaining is not None:
        words = CHANCE_AS_USUAL if quota.remaining.rate is Rate.USUAL else CHANCE_AS_SO_FAR[quota.period]
        details.append(Detail(N_("chance to reach it"), _(words).format(chance=chance_text(chance))))
    if quota.quota_revenue_cents is not None:
        details.append(
            Detail(
                N_("revenue of the quota"), part_of_whole(money(quota.revenue_cents), money(quota.quota_revenue_cents))
            )
        )
    return details


def day_and_month(day: str) -> str:
    """A day in ISO 8601 by its number and the month: 4 Nov."""
    first = date.fromisoformat(day)
    return f"{first.day} {first:%b}"


def no_data_before(day: str) -> str:
    """Why a figure that needs earlier days is unknown, given the first day with data in ISO 8601."""
    return _("no data before {day}").format(day=day_and_month(day))


SOME_OF_NO_CLIENT = N_("The clients' quotas add up to {sum} of the centre's {centre}: {rest} are in no client's quota.")
MORE_THAN_THE_CENTRE = N_(
    "The clients' quotas add up to {sum} of the centre's {centre}: they ask for more than the centre's."
)


def quota_of_no_client(rest: int | None, centre: int | None) -> str:
    """A sentence saying that the clients' quotas do not add up to the centre's; empty where they do."""
    if not rest or centre is None:
        return ""
    text = SOME_OF_NO_CLIENT if rest > 0 else MORE_THAN_THE_CENTRE
    return _(text).format(sum=count(centre - rest), centre=count(centre), rest=count(rest))
