"""Figures of a snapshot as metrics, in the text that Prometheus reads: what OpenMetrics and its older format share.

The values are those of the object of ``ccmon status --json``. All are gauges: a day's counts begin again each business
day and are corrected when history comes in, so none of them is a counter that only rises. A value that is not known is
left out, never 0. There are no timestamps, which a collector of text files refuses; the age of the data is a metric.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ccmon import __version__
from ccmon.model.agents import AgentState
from ccmon.model.alarms import Rule
from ccmon.model.snapshot import FloorSnapshot
from ccmon.number_texts import DIGITS
from ccmon.report.json_writer import as_text
from ccmon.snapshot.lazy_sales import scopes_of

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
"""The types of content that the text is."""
USED = """queues total agents sales handling follow_ups alarms periodic_at opening_hours satisfaction
    unresolved_customers_count second_purchases_count"""
"""The keys of the object from which metrics are made."""
Labels = Mapping[str, str]

QUEUES = """
waiting: Callers waiting now, including those for whom a telephone rings.
longest_wait_s: How long the caller who waits longest has waited; absent while nobody waits.
talking: Callers of the queue in conversation now.
agents_ready: Members who could take a call now.
agents_staffed > agents_on_phones: Members at work on calls or ready for one.
agents_required > agents_needed: Agents required to meet the target.
agents_allotted: Staffed agents, each counted in one queue only.
offered: Visits that entered the queue today.
answered: Visits of today that were connected to an agent.
answered_in_threshold: Answered visits of today, connected within the threshold.
abandoned: Visits of today in which the caller hung up while waiting.
short_abandoned: Abandoned visits of today that ended too soon to be answered.
timed_out: Visits of today that lasted too long: the system moved the caller on.
no_agents: Callers of today removed because nobody could serve them.
diverted: Visits of today in which the caller left by a key, or an application took the call out.
unknown: Unanswered visits of today whose end nobody saw.
cut_off: Answered visits of today whose end nobody saw.
answered_without_wait: Answered visits of today whose wait is unknown.
open: Visits offered today that still wait.
service_level > service_level_ratio: Share of today answered within the threshold.
service_level_live > service_level_live_ratio: The same, with those who wait past the threshold counted as misses.
service_level_target > service_level_target_ratio: The service level to reach.
asa_s: Average speed of answer of today.
average_abandon_s: Mean wait of today's abandoned visits, without short ones.
longest_wait_today_s: The longest wait of today, finished or not.
abandonment_rate > abandonment_ratio: Share of today's finished visits abandoned, without short ones.
handled: Answered visits of today that have ended, wrap-up included.
talk_s: Time in conversation of the handled visits of today.
hold_s: Time on hold of the handled visits of today.
wrap_up_s: Wrap-up of the handled visits of today.
aht_s: Average handling time of today.
"""
SALES = """
sales_calls: Sales calls of today.
sales: Sales of today, net of cancelled ones.
conversion > conversion_ratio: Converted sales calls of today over sales calls.
revenue_cents > revenue: Net revenue of today, in units of the currency.
quota_sales: The quota of sales of today.
attainment > attainment_ratio: Sales of today over the quota of today.
expected_by_now: Sales that the quota of today expects by now.
pace > pace_ratio: Sales of today over those expected by now.
forecast_sales > projection: Sales forecast for today.
"""
HANDLING = """
handled > handling_calls: Calls of today handled in a direction.
aht_s > handling_aht_s: Average handling time of today's calls in a direction.
median_s > handling_median_s: Half of today's calls in a direction took no longer.
p90_s > handling_p90_s: Nine of ten of today's calls in a direction took no longer.
"""
SATISFACTION = """
answers > satisfaction_answers: Answers to surveys of the last 28 business days.
top_two_box > satisfaction_ratio: Share of these answers in the two top boxes.
nps: Net promoter score of the last 28 business days, from -100 to 100.
first_contact > first_contact_ratio: Share of contacts resolved at the first.
repeat_rate > repeat_contacts_ratio: Share of today's contacts that repeat an earlier one.
"""
FOLLOW_UPS = """
due_today > follow_ups_due_today: Open follow-ups due today.
overdue > follow_ups_overdue: Follow-ups past due and grace.
done_today > follow_ups_done_today: Follow-ups done today.
on_time_rate > follow_ups_on_time_ratio: Share of today's decided promises that were kept in time.
at_risk > follow_ups_at_risk: Promises not overdue yet that more likely than not will be late.
"""
AGENTS = """
seconds_in_state > in_state_s: How long the present state has lasted.
handled: Calls handled today, in both directions.
inbound: Inbound calls handled today.
outbound: Outbound calls handled today.
aht_s: Average handling time of today.
talk_s: Time in conversation today.
hold_s: Time with a customer on hold today.
wrap_up_s: Time in wrap-up today.
ready_s: Time ready for a call today.
paused_s: Time paused today.
logged_in_s: Time logged in today.
occupancy > occupancy_ratio: Share of handling in handling plus ready time today.
missed: Calls of today that rang and were not answered.
sales: Sales of today, net of cancelled ones.
conversion > conversion_ratio: Converted sales calls of today over sales calls.
satisfaction > satisfaction_ratio: Share of the agent's answers in the two top boxes.
"""
_LINE = re.compile(r"(\w+)(?: > (\w+))?: (.+)")


class _Figure(Struct, frozen=True):
    """A key of an object, with the metric that it becomes."""

    key: str
    name: str
    """What follows the prefix in the metric's name: the key, its unit as Prometheus names it."""
    meaning: str


def _figures(text: str) -> Sequence[_Figure]:
    """The figures of a table above: a key, perhaps another name for the metric, and what it means."""
    found = []
    for key, name, meaning in _LINE.findall(text):
        found.append(_Figure(key, re.sub("_s$", "_seconds", name or key), meaning))
    return found


_OF_QUEUES, _OF_SALES, _OF_HANDLING = map(_figures, (QUEUES, SALES, HANDLING))
_OF_SATISFACTION, _OF_FOLLOW_UPS, _OF_AGENTS = map(_figures, (SATISFACTION, FOLLOW_UPS, AGENTS))


class _Metrics:
    """Metrics with their samples, in the order in which they are first named."""

    def __init__(self) -> None:
        self._metrics: dict[str, tuple[str, dict[tuple[tuple[str, str], ...], float]]] = {}

    def add(self, name: str, meaning: str, value: float | None, labels: Labels | None = None) -> None:
        """Add a sample; a value that is not known has none."""
        _, samples = self._metrics.setdefault(f"ccmon_{name}", (meaning, {}))
        if value is not None:
            samples.setdefault(tuple((labels or {}).items()), value)

    def add_all(self, prefix: str, figures: Sequence[_Figure], values: Mapping[str, Any], labels: Labels) -> None:
        """Add a sample for each figure of an object."""
        for figure in figures:
            self.add(f"{prefix}_{figure.name}", figure.meaning, values[figure.key], labels)

    def text(self) -> str:
        """The whole text; a metric without samples is left out."""
        return "".join([*self._lines(), "# EOF\n"])

    def _lines(self) -> Iterator[str]:
        for name, (meaning, samples) in self._metrics.items():
            if not samples:
                continue
            yield f"# HELP {name} {meaning}\n# TYPE {name} gauge\n"
            unit = name.rpartition("_")[2]
            if unit in {"seconds", "ratio"}:
                yield f"# UNIT {name} {unit}\n"
            for labels, value in samples.items():
                named = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
                yield f"{name}{{{named}}} {value}\n" if named else f"{name} {value}\n"


def _escaped(text: str) -> str:
    """A label's value as it stands between quotes; what is no letter of Unicode, half of a pair, is a question mark."""
    harmless = text.encode("utf-8", "replace").decode()
    return harmless.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def exposition(snapshot: FloorSnapshot, *, agents: bool = False) -> str:
    """The metrics of a snapshot as text.

    Args:
        snapshot: the floor.
        agents: whether each agent has metrics of their own; else only how many are in which state.
    """
    found = json.loads(as_text(_without_agents_lines(snapshot), USED.split()))
    metrics = _up(is_up=True)
    _add_data(metrics, found, snapshot)
    _add_queues(metrics, found)
    _add_agents(metrics, found, each=agents)
    for line in found["sales"]:
        labels = {"currency": line["currency"]} if line["currency"] else {}
        digits = DIGITS.get(line["currency"] or "", 2)
        values = {**line, "revenue_cents": line["revenue_cents"] / 10**digits}
        for figure in _OF_SALES:
            more = labels if figure.key == "revenue_cents" else {}
            metrics.add_all(line["scope"], [figure], values, {**_of_scope(line), **more})
    for line in found["handling"]:
        if line["scope"] != "queue":  # those are metrics of the queues already
            metrics.add_all(line["scope"], _OF_HANDLING, line, {**_of_scope(line), "direction": line["direction"]})
    for line in found["satisfaction"] or ():
        metrics.add_all(line["scope"], _OF_SATISFACTION, line, _of_scope(line))
    metrics.add_all("centre", _OF_FOLLOW_UPS, found["follow_ups"], {})
    unresolved, second = found["unresolved_customers_count"], found["second_purchases_count"]
    metrics.add("centre_not_given_up", "Customers at risk of being forgotten.", unresolved)
    metrics.add("centre_second_purchases", "One-time buyers whose usual time to buy again ends soon.", second)
    alarms = Counter(alarm["rule"] for alarm in found["alarms"])
    for rule in Rule:
        metrics.add("alerts", "Alarms of a rule now.", alarms[rule], {"rule": rule})
    return metrics.text()


def exposition_without_data() -> str:
    """The text where the database cannot be read: that it is so, and no figure, which would be an old one."""
    return _up(is_up=False).text()


def _up(*, is_up: bool) -> _Metrics:
    metrics = _Metrics()
    metrics.add("up", "1: the database could be read; 0: it could not, and no other figure is known.", int(is_up))
    metrics.add("build_info", "The version of ccmon.", 1, {"version": __version__})
    return metrics


def _without_agents_lines(snapshot: FloorSnapshot) -> FloorSnapshot:
    """The snapshot without the lines of single agents in lists that have lines of larger parts, too."""
    sales = [snapshot.sales[place] for place, line in enumerate(scopes_of(snapshot.sales)) if line.kind != "agent"]
    satisfaction = snapshot.satisfaction
    if satisfaction is not None:
        satisfaction = tuple(line for line in satisfaction if line.kind != "agent")
    return replace(snapshot, sales=sales, satisfaction=satisfaction)


def _of_scope(line: Mapping[str, Any]) -> Labels:
    """The label that says which part a line is about; of the whole it has none."""
    return {} if line["scope"] == "centre" else {line["scope"]: line["name"]}


def _add_data(metrics: _Metrics, found: Mapping[str, Any], snapshot: FloorSnapshot) -> None:
    metrics.add("data_age_seconds", "Age of the newest data.", found["data_age_s"])
    for key, name, meaning in (
        ("data_at", "data_timestamp_seconds", "When the newest data is from."),
        ("at", "snapshot_timestamp_seconds", "For which moment the figures hold."),
        ("periodic_at", "business_timestamp_seconds", "Up to when satisfaction and such figures were read."),
    ):
        moment = found[key]
        metrics.add(name, meaning, None if moment is None else int(datetime.fromisoformat(moment).timestamp()))
    is_current = int(snapshot.data_at is not None and snapshot.data_ends_at is None)
    metrics.add("data_current", "1: the data shows the present; 0: it has ended, or there is none.", is_current)
    hours = found["opening_hours"]
    is_open = None if hours is None or hours["open_now"] is None else int(hours["open_now"])
    metrics.add("open", "1: the site is open now; 0: it is closed.", is_open)


def _add_queues(metrics: _Metrics, found: Mapping[str, Any]) -> None:
    metrics.add_all("centre", _OF_QUEUES, found["total"], {})
    for queue in found["queues"]:
        about = {"queue": queue["name"], "purpose": queue["purpose"] or "", "client": queue["client"] or ""}
        metrics.add("queue_info", "What a queue is for, and for which client.", 1, about)
        metrics.add_all("queue", _OF_QUEUES, queue, {"queue": queue["name"]})


def _add_agents(metrics: _Metrics, found: Mapping[str, Any], *, each: bool) -> None:
    states = Counter((agent["team"] or "", agent["state"] or AgentState.UNKNOWN) for agent in found["agents"])
    for team in sorted({team for team, _ in states}):
        for state in AgentState:
            labels = {"team": team, "state": str(state)}
            metrics.add("agents", "Agents of a team in a state now.", states[team, state], labels)
    for agent in found["agents"] if each else ():
        labels = {"agent": agent["login"]}
        about = {**labels, "name": agent["name"], "team": agent["team"] or ""}
        metrics.add("agent_info", "An agent's name and team.", 1, about)
        in_state = {**labels, "state": agent["state"] or AgentState.UNKNOWN}
        metrics.add("agent_state", "1 for the state that an agent is in now.", 1, in_state)
        metrics.add_all("agent", _OF_AGENTS, agent, labels)
