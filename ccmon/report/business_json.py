"""The business of a snapshot as parts of the object of ``ccmon status --json``: see `ccmon.report.json`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import asdict

from ccmon.metrics.forecast import Forecast
from ccmon.model.contact_reasons import ProblemFigures, ReasonFigures
from ccmon.model.costs import ResourceFigures, Spending, ValueFigures, WorkFigures
from ccmon.model.follow_ups import AgentFollowUps
from ccmon.model.retention import RetentionFigures, SecondPurchase, UnresolvedCustomer
from ccmon.model.sales import QuotaFigures, SalesDetail, SalesFigures
from ccmon.model.satisfaction import LowScore, SatisfactionFigures
from ccmon.snapshot.alarms import why_at_risk

Time = Callable[[int | None], str | None]
Interval = tuple[float, float] | None
LISTED = 200
"""Most customers in a list, beside the count of all."""


def seconds(length_ms: float | None) -> float | None:
    """A length of time in seconds, to the millisecond."""
    return None if length_ms is None else round(length_ms / 1000, 3)


def whole_cents(cents: float | None) -> int | None:
    """Money to whole minor units."""
    return None if cents is None else round(cents)


def _low_high(interval: Interval) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else interval


def _range(forecast: Forecast | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if forecast is None else (forecast.expected, forecast.low, forecast.high)


def sales_more(line: SalesFigures) -> dict[str, Any]:
    """What a line of sales holds beside the day's quota."""
    return {
        "client": line.client,
        "verdict": line.verdict,
        "revenue_projection_cents": whole_cents(line.revenue_projection_cents),
        "revenue_per_call_cents": whole_cents(line.revenue_per_call_cents),
        "sales_per_hour": line.sales_per_hour,
        "quotas": [quota_object(quota) for quota in line.quotas],
        "detail": None if line.detail is None else detail_object(line.detail),
    }


def quota_object(quota: QuotaFigures) -> dict[str, Any]:
    """A quota of a day, week or month."""
    expected, low, high = _range(quota.forecast)
    cents, cents_low, cents_high = _range(quota.revenue_forecast)
    return {
        "period": quota.period,
        "starts_on": quota.starts_on,
        "ends_on": quota.ends_on,
        "sales_calls": quota.sales_calls,
        "converted": quota.converted,
        "sales": quota.sales,
        "revenue_cents": quota.revenue_cents,
        "quota_sales": quota.quota_sales,
        "quota_revenue_cents": quota.quota_revenue_cents,
        "quota_conversion": quota.quota_conversion,
        "spread": quota.spread,
        "attainment": quota.attainment,
        "expected_by_now": quota.expected_by_now,
        "basis": quota.basis,
        "rests_on": quota.rests_on,
        "pace": quota.pace,
        "projection": expected,
        "projection_low": low,
        "projection_high": high,
        "revenue_projection_cents": whole_cents(cents),
        "revenue_projection_low_cents": whole_cents(cents_low),
        "revenue_projection_high_cents": whole_cents(cents_high),
        "missing": quota.missing,
        "required_per_hour": quota.required_per_hour,
        "required_conversion": quota.required_conversion,
        "chance": quota.chance,
        "chance_rate": None if quota.rest is None else quota.rest.rate,
        "verdict": quota.verdict,
        "revenue_attainment": quota.revenue_attainment,
        "revenue_pace": quota.revenue_pace,
        "new_customers": quota.new_customers,
        "known_since": quota.known_since,
        "quota_of_no_client": quota.quota_of_no_client,
    }


def detail_object(detail: SalesDetail) -> dict[str, Any]:
    """Both directions apart, gross and net, and who is new."""
    inbound_low, inbound_high = _low_high(detail.inbound_interval)
    outbound_low, outbound_high = _low_high(detail.outbound_interval)
    return {
        "inbound_calls": detail.inbound_calls,
        "inbound_converted": detail.inbound_converted,
        "inbound_conversion": detail.inbound_conversion,
        "inbound_conversion_low": inbound_low,
        "inbound_conversion_high": inbound_high,
        "attempts": detail.attempts,
        "contacts": detail.contacts,
        "right_party": detail.right_party,
        "outbound_converted": detail.outbound_converted,
        "outbound_conversion": detail.outbound_conversion,
        "outbound_conversion_low": outbound_low,
        "outbound_conversion_high": outbound_high,
        "contact_rate": detail.contact_rate,
        "right_party_rate": detail.right_party_rate,
        "orders": detail.orders,
        "gross_cents": detail.gross_cents,
        "cancelled_orders": detail.cancelled_orders,
        "cancelled_cents": detail.cancelled_cents,
        "net_cents": detail.net_cents,
        "average_order_cents": whole_cents(detail.average_order_cents),
        "new_customers": detail.new_customers,
        "other_currencies": [asdict(each) for each in detail.other_currencies],
    }


def owner_object(owner: AgentFollowUps, time: Time) -> dict[str, Any]:
    """An agent's promises of the day."""
    risk = owner.risk
    return {
        "owner": owner.name if owner.agent_id is not None else None,
        "team": owner.team,
        "due_today": owner.due_today,
        "overdue": owner.overdue,
        "done_today": owner.done_today,
        "on_time_rate": owner.kept.rate,
        "shift_ends_at": time(owner.shift_ends_at),
        "usual_call_s": seconds(owner.handling_ms),
        "owned": None if risk is None else risk.owned,
        "needed_s": None if risk is None else seconds(risk.needed_ms),
        "left_s": None if risk is None else seconds(risk.left_ms),
        "late": owner.late,
        "at_risk": owner.at_risk,
        "late_expected": owner.late_expected,
        "late_reason": None if owner.late_reason is None else why_at_risk(owner.late_reason),
    }


def satisfaction_object(figures: SatisfactionFigures) -> dict[str, Any]:
    """What customers say of the centre, a queue, a team or an agent."""
    low, high = _low_high(figures.interval)
    return {
        "scope": figures.scope,
        "name": figures.name,
        "client": figures.client,
        "answers": figures.answers,
        "satisfied": figures.satisfied,
        "top_two_box": figures.top_two_box,
        "top_two_box_low": low,
        "top_two_box_high": high,
        "confidence": figures.confidence,
        "mean": figures.mean,
        "scale": figures.scale,
        "nps": figures.nps,
        "nps_margin": None if figures.nps is None else figures.promoters.margin,
        "nps_answers": figures.promoters.answers,
        "invited": figures.invited,
        "response_rate": figures.response_rate,
        "few_responses": figures.few_responses,
        "said_resolved": figures.said_resolved,
        "said_resolved_of": figures.said_resolved_of,
        "first_contact": figures.first_contact.rate,
        "first_contact_of": figures.first_contact.resolved + figures.first_contact.repeated,
        "first_contact_day": figures.first_contact_day.rate,
        "first_contact_day_of": figures.first_contact_day.resolved + figures.first_contact_day.repeated,
        "repeats_today": figures.repeats.repeats,
        "contacts_today": figures.repeats.contacts,
        "repeat_rate": figures.repeats.rate,
    }


def low_score_object(low: LowScore, time: Time) -> dict[str, Any]:
    """A customer who is very unhappy."""
    return {
        "customer": low.customer,
        "phone": low.phone,
        "queue": low.queue,
        "agent": low.agent,
        "score": low.score,
        "scale": low.scale,
        "comment": low.comment,
        "answered_at": time(low.answered_at),
    }


def retention_object(figures: RetentionFigures) -> dict[str, Any]:
    """Who buys again."""
    return {
        "one_time": figures.one_time,
        "repeat": figures.repeat,
        "loyal": figures.loyal,
        "lapsed": figures.lapsed,
        "moves": [asdict(move) for move in figures.moves],
        "active": figures.active,
        "at_risk": figures.at_risk,
        "churned": figures.churned,
        "at_risk_days": figures.limits.at_risk_days,
        "churned_days": figures.limits.churned_days,
        "from_gaps": figures.limits.from_gaps,
        "churn": figures.churn,
        "reached": figures.won_back.reached,
        "won_back": figures.won_back.won_back,
        "win_back_rate": figures.won_back.rate,
        "returned_by_themselves": figures.won_back.returned_by_themselves,
        "won_back_today": figures.won_back_today,
        "cohorts": [
            {
                "month": cohort.month,
                "customers": cohort.customers,
                "repeated": cohort.repeated,
                "complete": cohort.complete,
                "rate": cohort.rate,
            }
            for cohort in figures.cohorts
        ],
        "history_since": figures.history_since,
    }


def stuck_object(stuck: UnresolvedCustomer, time: Time) -> dict[str, Any]:
    """A customer who must not be given up."""
    return {
        "customer": stuck.customer,
        "phone": stuck.phone,
        "why": stuck.why,
        "times": stuck.times,
        "last_at": time(stuck.last_at),
        "agent": stuck.owner,
    }


def second_purchase_object(buyer: SecondPurchase) -> dict[str, Any]:
    """Somebody whose usual time to buy again closes."""
    return {
        "customer": buyer.customer,
        "phone": buyer.phone,
        "bought_on": buyer.bought_on,
        "closes_on": buyer.closes_on,
        "agent": buyer.agent,
    }


def problems_object(figures: ProblemFigures, time: Time) -> dict[str, Any]:
    """The problem radar."""
    return {
        "answered": figures.answered,
        "coded": figures.coded,
        "tested_at": time(figures.tested_at),
        "baseline_days": figures.baseline_days,
        "reasons": [
            _reason_object(reason, time, tested=figures.baseline_days is not None) for reason in figures.reasons
        ],
    }


def _reason_object(reason: ReasonFigures, time: Time, *, tested: bool) -> dict[str, Any]:
    return {
        "name": reason.name if reason.id is not None else None,
        "product": reason.product,
        "is_problem": reason.is_problem,
        "calls": reason.calls,
        "per_100_calls": reason.per_100_calls,
        "share": reason.share,
        "cumulative": reason.cumulative,
        "vital": reason.vital,
        "customers": reason.customers,
        "usual": reason.usual,
        "ratio": reason.ratio,
        "is_new": reason.is_new if tested else None,
        "rising": reason.rising if tested else None,
        "concerned": [
            {
                "customer": who.customer,
                "phone": who.phone,
                "calls": who.calls,
                "last_at": time(who.last_at),
                "agent": who.agent,
            }
            for who in (reason.concerned if reason.rising else ())
        ]
        if tested
        else None,
    }


def resources_object(figures: ResourceFigures) -> dict[str, Any]:
    """What today costs and brings."""
    return {
        "work": [_work_object(work) for work in figures.work],
        "worked_s": seconds(figures.worked_ms),
        "calls_per_hour": figures.per_agent_hour,
        "labour_cents": figures.labour_cents,
        "agents_without_cost": figures.agents_without_cost,
        "cost_per_contact_cents": whole_cents(figures.cost_per_contact_cents),
        "cost_per_sale_cents": whole_cents(figures.cost_per_sale_cents),
        "new_customers": figures.new_customers,
        "cost_per_new_customer_cents": whole_cents(figures.cost_per_new_customer_cents),
        "kept_customers": figures.kept_customers,
        "cost_per_kept_customer_cents": whole_cents(figures.cost_per_kept_customer_cents),
        "revenue_per_hour_cents": whole_cents(figures.revenue_per_hour_cents),
        "margin": figures.margin,
        "contribution_cents": whole_cents(figures.contribution_cents),
        "assumptions": list(figures.assumptions),
    }


def _work_object(work: WorkFigures) -> dict[str, Any]:
    return {
        "direction": work.direction,
        "handled": work.handled,
        "agents": work.agents,
        "per_agent": work.per_agent,
        "usual_per_agent_day": work.usual_per_agent_day,
        "aht_s": seconds(work.aht_ms),
        "usual_aht_s": seconds(work.usual_aht_ms),
    }


def value_object(figures: ValueFigures) -> dict[str, Any]:
    """The same money elsewhere."""
    return {
        "starts_on": figures.starts_on,
        "ends_on": figures.ends_on,
        "days": figures.days,
        "sales_calls": figures.sales_calls,
        "conversion": figures.conversion,
        "won_per_call": figures.won_per_call,
        "retention_calls": figures.retention_calls,
        "kept_per_call": figures.kept_per_call,
        "margin": figures.margin,
        "incrementality": figures.incrementality,
        "rows": [_spent_object(row) for row in figures.rows],
        "assumptions": list(figures.assumptions),
    }


def _spent_object(row: Spending) -> dict[str, Any]:
    return {
        "name": row.name,
        "goal": row.goal,
        "is_centre": row.is_centre,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "cost_cents": row.cost_cents,
        "customers": row.customers,
        "revenue_cents": row.revenue_cents,
        "cost_per_customer_cents": whole_cents(row.cost_per_customer_cents),
        "roi": row.roi,
        "payback_months": row.payback_months,
        "break_even_conversion": row.break_even_conversion,
    }
