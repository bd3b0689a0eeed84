"""The keys of the object of ``ccmon status --json``: seconds, ratios from 0 to 1, ISO times, null for unknown.

The keys and their order are a contract, listed once, in `OBJECTS`. A value's key and type decide how it is written
(`ccmon.report.json_writer`); docs/status.schema.json is made from the same list (`ccmon.report.schema`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any

from msgspec import Struct

from ccmon.metrics.retention import Cohort
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarms import Alarm, AlarmPart
from ccmon.model.contact_reasons import ConcernedCustomer, ProblemFigures, ReasonFigures
from ccmon.model.costs import ResourceFigures, Spending, ValueFigures, WorkFigures
from ccmon.model.follow_ups import AgentFollowUps, FollowUp, FollowUpFigures
from ccmon.model.handling import HandlingFigures
from ccmon.model.lost_callers import LostCaller, LostCallers
from ccmon.model.opening_hours import OpeningFigures, OpenStretch
from ccmon.model.queues import QueueFigures, QueueWindow
from ccmon.model.retention import Move, RetentionFigures, SecondPurchase, UnresolvedCustomer
from ccmon.model.sales import OtherCurrency, QuotaFigures, SalesDetail, SalesFigures
from ccmon.model.satisfaction import LowScore, SatisfactionFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.number_types import Count, Quantity, one_of
from ccmon.views.alarms import alarm_sentence

LISTED = 200
"""The most customers in a list; their full number stands beside it."""

OBJECTS: Mapping[type[Struct], str] = {
    FloorSnapshot: """at data_at data_age_s time_zone queues total agents sales handling follow_ups alerts=alarms
        business_at=periodic_at incomplete absent opening_hours queue_window satisfaction low_scores lost_callers
        retention not_given_up_count not_given_up second_purchases_count second_purchases problems resources value
        alarms periodic_at unresolved_customers_count unresolved_customers""",
    OpeningFigures: "today open_now next_change_at",
    OpenStretch: "opens_at closes_at",
    QueueWindow: "name starts_at",
    QueueFigures: """name purpose client waiting longest_wait_s talking agents_ready agents_on_phones agents_needed
        agents_allotted offered answered answered_in_threshold abandoned short_abandoned timed_out no_agents diverted
        unknown cut_off answered_without_wait open service_level service_level_live service_level_target asa_s
        average_abandon_s longest_wait_today_s abandonment_rate handled talk_s hold_s wrap_up_s aht_s agents_staffed
        agents_required=agents_needed""",
    AgentFigures: """login name team state reason since seconds_in_state queue handled inbound outbound aht_s
        talk_s=times.talk_ms hold_s=times.hold_ms wrap_up_s=times.wrap_up_ms ready_s=times.ready_ms
        paused_s=times.paused_ms logged_in_s=times.logged_in_ms occupancy=times.occupancy missed sales conversion
        satisfaction""",
    SalesFigures: """scope=kind name sales_calls sales conversion conversion_low=conversion_interval.low
        conversion_high=conversion_interval.high revenue_cents currency quota_sales attainment expected_by_now pace
        projection=forecast_sales client verdict revenue_projection_cents=forecast_revenue_cents
        revenue_per_call_cents sales_per_hour quotas detail forecast_sales forecast_revenue_cents""",
    QuotaFigures: """period starts_on ends_on sales_calls converted sales revenue_cents quota_sales quota_revenue_cents
        quota_conversion spread=is_spread attainment expected_by_now basis rests_on pace projection=forecast.expected
        projection_low=forecast.low projection_high=forecast.high revenue_projection_cents=revenue_forecast.expected
        revenue_projection_low_cents=revenue_forecast.low revenue_projection_high_cents=revenue_forecast.high missing
        required_per_hour required_conversion chance chance_rate=remaining.rate verdict revenue_attainment revenue_pace
        new_customers known_since=first_known_day quota_of_no_client forecast_sales=forecast.expected
        forecast_sales_low=forecast.low forecast_sales_high=forecast.high
        forecast_revenue_cents=revenue_forecast.expected forecast_revenue_low_cents=revenue_forecast.low
        forecast_revenue_high_cents=revenue_forecast.high""",
    SalesDetail: """inbound_calls inbound_converted inbound_conversion inbound_conversion_low=inbound_interval.low
        inbound_conversion_high=inbound_interval.high attempts contacts right_party outbound_converted
        outbound_conversion outbound_conversion_low=outbound_interval.low
        outbound_conversion_high=outbound_interval.high contact_rate right_party_rate orders gross_cents
        cancelled_orders cancelled_cents net_cents average_order_cents new_customers other_currencies""",
    OtherCurrency: "currency orders gross_cents net_cents",
    HandlingFigures: """scope=kind name direction handled aht_s median_s p90_s talk_s hold_s wrap_up_s target_s
        usual_aht_s""",
    FollowUpFigures: "due_today overdue done_today on_time_rate items owners at_risk late_expected",
    FollowUp: "id customer owner kind due_at overdue_s promised_at phone note late_chance late_reason",
    AgentFollowUps: """owner team due_today overdue done_today on_time_rate=kept.rate shift_ends_at
        usual_call_s=handling_ms owned=load.due_in_shift needed_s=load.needed_ms left_s=load.left_ms late=certainly_late
        at_risk late_expected late_reason promises=load.due_in_shift work_s=load.needed_ms time_left_s=load.left_ms
        certainly_late""",
    Alarm: "rule severity subject since value=measured limit text eased_at taken_by quiet_until parts",
    AlarmPart: "rule subject text",
    SatisfactionFigures: """scope=kind name client answers satisfied top_two_box top_two_box_low=interval.low
        top_two_box_high=interval.high confidence mean scale nps nps_margin nps_answers=promoters.answers invited
        response_rate few_responses said_resolved said_resolved_of first_contact=first_contact.rate
        first_contact_of=first_contact.eligible first_contact_day=first_contact_day.rate
        first_contact_day_of=first_contact_day.eligible repeats_today=repeats.repeats contacts_today=repeats.contacts
        repeat_rate=repeats.rate""",
    LowScore: "customer phone queue agent score scale comment answered_at",
    LostCallers: "callers calls to_call_back promised waiting called_again called_back withheld items",
    LostCaller: """customer phone segment purchases queue client kind entered_at lost_at waited_s
        times state state_at owner""",
    RetentionFigures: """one_time repeat loyal lapsed moves active at_risk churned at_risk_days=limits.at_risk_days
        churned_days=limits.churned_days from_gaps=limits.from_gaps churn reached=won_back.reached
        won_back=won_back.won_back win_back_rate=won_back.rate returned_by_themselves=won_back.returned_by_themselves
        won_back_today cohorts history_since=first_order_day""",
    Move: "before after customers",
    Cohort: "month customers repeated complete rate",
    UnresolvedCustomer: "customer phone why times last_at agent=owner",
    SecondPurchase: "customer phone bought_on closes_on agent",
    ProblemFigures: "answered coded tested_at baseline_days reasons",
    ReasonFigures: """name product is_problem calls per_100_calls share cumulative vital customers usual ratio is_new
        rising concerned""",
    ConcernedCustomer: "customer phone calls last_at agent",
    ResourceFigures: """work worked_s=logged_in_ms calls_per_hour=per_agent_hour labour_cents agents_without_cost
        cost_per_contact_cents cost_per_sale_cents new_customers cost_per_new_customer_cents kept_customers
        cost_per_kept_customer_cents revenue_per_hour_cents margin contribution_cents assumptions logged_in_s""",
    WorkFigures: "direction handled agents per_agent usual_per_agent_day aht_s usual_aht_s",
    ValueFigures: """starts_on ends_on days sales_calls conversion won_per_call retention_calls kept_per_call margin
        incrementality rows assumptions""",
    Spending: """name goal is_centre starts_on ends_on cost_cents customers revenue_cents cost_per_customer_cents roi
        payback_months break_even_conversion""",
}
"""The keys of each record, in their order. ``key=path`` says where the value is, if the record has another name for it;
a key in ``_s`` is the length of that name in ``_ms``. A method is called with the moment up to which times run. What
needs more is a function in `COMPUTED_KEYS`."""

OLD_KEYS: Mapping[type[Struct], str] = {
    FloorSnapshot: """alerts=alarms business_at=periodic_at not_given_up_count=unresolved_customers_count
        not_given_up=unresolved_customers""",
    QueueFigures: "agents_on_phones=agents_staffed agents_needed=agents_required",
    SalesFigures: "projection=forecast_sales revenue_projection_cents=forecast_revenue_cents",
    QuotaFigures: """projection=forecast_sales projection_low=forecast_sales_low projection_high=forecast_sales_high
        revenue_projection_cents=forecast_revenue_cents revenue_projection_low_cents=forecast_revenue_low_cents
        revenue_projection_high_cents=forecast_revenue_high_cents""",
    AgentFollowUps: "owned=promises needed_s=work_s left_s=time_left_s late=certainly_late",
    ResourceFigures: "worked_s=logged_in_s",
}
"""The former names of keys, each with the present one. Both are written for one version of the schema."""

STATES = [state.value for state in AgentState if state is not AgentState.UNKNOWN]


def _agents_ready(_: FloorSnapshot, queue: QueueFigures) -> Count | None:
    """Members who could take a call now; null where no source reports who serves the queue."""
    return queue.agents_ready if queue.agents_known else None


def _agents_staffed(_: FloorSnapshot, queue: QueueFigures) -> Count | None:
    """Members at work on calls or ready for one; null where no source reports who serves the queue."""
    return queue.agents_on_phones if queue.agents_known else None


def _state(_: FloorSnapshot, agent: AgentFigures) -> Annotated[str, one_of(*STATES)] | None:
    """What the agent is doing now: one state, however many queues they serve; null where no source reports it."""
    return None if agent.state is AgentState.UNKNOWN else agent.state.value


def _seconds_in_state(snapshot: FloorSnapshot, agent: AgentFigures) -> Quantity | None:
    """Seconds since the present state began."""
    spent_ms = agent.in_state_ms(snapshot.known_until)
    return None if spent_ms is None else round(spent_ms / 1000, 3)


def _overdue(snapshot: FloorSnapshot, item: FollowUp) -> int | None:
    """How long past its due moment it is, once its grace is over; null before."""
    return item.overdue_ms(snapshot.at)


def _severity(_: FloorSnapshot, alarm: Alarm) -> Annotated[str, one_of("act", "watch")]:
    """Whether somebody must act now, or it is worth watching."""
    return alarm.severity.name.lower()


def _sentence(snapshot: FloorSnapshot, alarm: Alarm) -> str:
    """One sentence for a person."""
    return alarm_sentence(alarm, snapshot)


def _alarm_parts(snapshot: FloorSnapshot, alarm: Alarm) -> tuple[AlarmPart, ...]:
    """Other alarms about the same trouble: about the queue, and about agents who serve it."""
    return tuple(AlarmPart(part.rule, part.subject, alarm_sentence(part, snapshot)) for part in alarm.parts)


def _reason_name(_: FloorSnapshot, reason: ReasonFigures) -> str | None:
    """What the reason is called; null: no reason was noted."""
    return None if reason.id is None else reason.name


def _concerned(_: FloorSnapshot, reason: ReasonFigures) -> tuple[ConcernedCustomer, ...] | None:
    """The customers who called about a rising reason today, the latest first; at most 50."""
    if reason.rising is None:
        return None
    return reason.concerned if reason.rising else ()


def _absent(snapshot: FloorSnapshot, _: FloorSnapshot) -> dict[str, str]:
    """Keys that cannot be computed for the queue, team or client asked for, each with the reason for a person."""
    return dict(snapshot.absent)


def _unresolved_count(snapshot: FloorSnapshot, _: FloorSnapshot) -> Count | None:
    """How many customers are at risk of being forgotten; null while not known yet."""
    return None if snapshot.unresolved_customers is None else len(snapshot.unresolved_customers)


def _unresolved(snapshot: FloorSnapshot, _: FloorSnapshot) -> tuple[UnresolvedCustomer, ...] | None:
    """The first 200 of the customers at risk of being forgotten, the longest silence first."""
    return None if snapshot.unresolved_customers is None else snapshot.unresolved_customers[:LISTED]


def _lost_callers(_: FloorSnapshot, found: LostCallers) -> tuple[LostCaller, ...]:
    """The first 200 of these callers: those to call back first, then the others; in each, the latest first."""
    return found.items[:LISTED]


def _second_purchases_count(snapshot: FloorSnapshot, _: FloorSnapshot) -> Count | None:
    """How many one-time buyers' usual time to buy again ends within seven days; null while not known yet."""
    return None if snapshot.second_purchases is None else len(snapshot.second_purchases)


def _second_purchases(snapshot: FloorSnapshot, _: FloorSnapshot) -> tuple[SecondPurchase, ...] | None:
    """The first 200 of these buyers, the soonest first."""
    return None if snapshot.second_purchases is None else snapshot.second_purchases[:LISTED]


COMPUTED_KEYS: Mapping[type[Struct], Mapping[str, Callable[[FloorSnapshot, Any], Any]]] = {
    FloorSnapshot: {
        "absent": _absent,
        "unresolved_customers_count": _unresolved_count,
        "unresolved_customers": _unresolved,
        "second_purchases_count": _second_purchases_count,
        "second_purchases": _second_purchases,
    },
    LostCallers: {"items": _lost_callers},
    QueueFigures: {
        "agents_ready": _agents_ready,
        "agents_staffed": _agents_staffed,
    },
    AgentFigures: {"state": _state, "seconds_in_state": _seconds_in_state},
    FollowUp: {"overdue_s": _overdue},
    Alarm: {"severity": _severity, "text": _sentence, "parts": _alarm_parts},
    ReasonFigures: {"name": _reason_name, "concerned": _concerned},
}
"""Functions for keys whose value is no plain attribute of the record; in milliseconds where the key ends in ``_s``."""


class ObjectKey(Struct, frozen=True):
    """A key of an object, and where to find its value."""

    name: str
    path: str
    """An attribute of the record, or an attribute and one of its attributes, joined by a dot."""
    computed_by: Callable[[FloorSnapshot, Any], Any] | None
    renamed_to: str | None = None
    """The present name of this key, if it is a former one: its value is the same."""


@cache
def keys(record: type[Struct]) -> tuple[ObjectKey, ...]:
    """The keys of a record's object, in their order; every kind of alarm has those of `Alarm`."""
    listed = next(kind for kind in record.__mro__ if kind in OBJECTS)
    computed, renamed = COMPUTED_KEYS.get(listed, {}), renamed_keys(listed)
    found = []
    for word in OBJECTS[listed].split():
        name, _, path = word.partition("=")
        own = f"{name.removesuffix('_s')}_ms" if name.endswith("_s") else name
        new = renamed.get(name)
        found.append(ObjectKey(name, path or own, computed.get(new or name), new))
    return tuple(found)


def present_keys(record: type[Struct]) -> Sequence[ObjectKey]:
    """The keys of a record's object without those that are former names of others."""
    return [key for key in keys(record) if key.renamed_to is None]


def renamed_keys(record: type[Struct]) -> Mapping[str, str]:
    """The former names of a record's keys, each with the present one."""
    return dict(word.split("=") for word in OLD_KEYS.get(record, "").split())


def is_moment(key: str) -> bool:
    """Whether a key's values are moments: Unix milliseconds in the records, ISO times in the object."""
    return key in {"at", "since", "quiet_until"} or key.endswith("_at")
