"""Periodic figures recounted from the rows of a database: plain loops, nothing of ccmon's queries or figures.

Everything later than the moment is left out as the documentation says (docs/metrics.md); what is told of finished days
by the totals is counted from the rows as they are now.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from math import comb, exp, sqrt
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

DAY_MS = 86_400_000
ZONE = ZoneInfo("Europe/Amsterdam")
Z = 1.959964

Scope = tuple[str, int]


@cache
def day_of_hour(hour: int) -> date:
    """The local date: days begin at whole hours in this zone."""
    return datetime.fromtimestamp(hour * 3600, ZONE).date()


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    if whole <= 0 or part > whole:
        return None
    p = part / whole
    centre = (p + Z * Z / 2 / whole) / (1 + Z * Z / whole)
    half = Z * sqrt(p * (1 - p) / whole + Z * Z / 4 / whole**2) / (1 + Z * Z / whole)
    return max(0.0, centre - half), min(1.0, centre + half)


def at_least(count: int, mean: float, spread: float) -> float:
    """The tail of a Poisson count whose mean is gamma distributed, from the definition, term by term."""
    shape = 1 / spread
    term, below = (1 + mean * spread) ** -shape, 0.0
    for k in range(count):
        below += term
        term *= (k + shape) / (k + 1) * mean / (mean + shape)
    return 1 - below


def rank(values: Iterable[int], percent: int) -> int:
    ordered = sorted(values)
    return ordered[max(1, -(-percent * len(ordered) // 100)) - 1]


class Recount:
    """One moment of one database, all rows in memory."""

    def __init__(self, path: Path, at: int) -> None:
        connection = sqlite3.connect(path)
        connection.row_factory = sqlite3.Row
        self.at = at
        self.tables: dict[str, list[Any]] = {}
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            self.tables[table] = [SimpleNamespace(**dict(row)) for row in rows]
        connection.close()
        self.today = self.day_of(at)
        self.starts = self.start(self.today)
        self.ends = self.start(self.today + timedelta(days=1))
        self.queues = {q.id: q for q in self.tables["queues"]}
        self.campaigns = {c.id: c for c in self.tables["campaigns"]}
        self.agents = {a.id: a for a in self.tables["agents"]}
        self.teams = {t.id: t for t in self.tables["teams"]}
        self.calls = [call for call in map(self.as_it_was, self.tables["calls"]) if call.entered_at <= at]
        self.by_id = {call.id: call for call in self.calls}
        ended = {call.id for call in self.calls if call.ended_at is not None}
        self.reason = {
            r.call_id: r.reason_id for r in self.tables["call_reasons"] if r.is_primary and r.call_id in ended
        }
        self.sales = [sale for sale in self.tables["sales"] if sale.sold_at <= at]
        self.standing = [s for s in self.sales if s.cancelled_at is None or s.cancelled_at > at]
        self.surveys = [s for s in self.tables["surveys"] if s.answered_at <= at]

    # Moments

    def day_of(self, at: int) -> date:
        return day_of_hour(at // 3_600_000)

    def start(self, day: date) -> int:
        return round(datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp() * 1000)

    def in_days(self, at: int, first: date, last: date) -> bool:
        return first <= self.day_of(at) <= last

    # Calls as they were

    def as_it_was(self, call: Any) -> Any:
        was = SimpleNamespace(**vars(call))
        for name in ("answered_at", "ended_at", "wrapped_up_at"):
            if getattr(was, name) is not None and getattr(was, name) > self.at:
                setattr(was, name, None)
        ended = was.ended_at is not None
        was.is_answered = was.answered_at is not None or (
            call.answered_at is None and call.outcome == "answered" and ended
        )
        was.served_at = was.answered_at if was.answered_at is not None else was.ended_at
        wrapping = call.wrapping_up == 1 or (call.wrapped_up_at or 0) > self.at
        was.is_handled = was.answered_at is not None and ended and not wrapping and call.outcome != "unknown"
        was.is_right_party = call.right_party == 1 and (ended or call.ended_at is None)
        queue, campaign = call.queue_id, call.campaign_id
        was.purpose = None
        if queue is not None:
            was.purpose = self.queues[queue].purpose
        elif campaign is not None:
            was.purpose = self.campaigns[campaign].purpose
        was.is_sales_call = was.is_answered and (
            (queue is not None and self.queues[queue].purpose == "sales")
            if call.direction == "inbound"
            else was.is_right_party
        )
        if not was.is_answered:
            was.agent_id = None
        was.handling_ms = 0
        if was.is_handled:
            was.handling_ms = max(0, call.ended_at - call.answered_at - (call.hold_ms or 0)) + (call.hold_ms or 0)
            was.handling_ms += max(0, (call.wrapped_up_at or call.ended_at) - call.ended_at)
        return was

    def scopes(self, agent_id: int | None, campaign_id: int | None = None) -> list[Scope]:
        found = [("centre", 0)]
        agent = self.agents.get(agent_id)
        clients = [row.client_id for row in self.tables["campaigns"] if row.id == campaign_id]
        if agent is not None:
            found.append(("agent", agent.id))
            if agent.team_id is not None:
                found.append(("team", agent.team_id))
                clients.append(self.teams[agent.team_id].client_id)
        # A client's own campaigns are the client's, whoever sells.
        found.append(("client", next((client_id for client_id in clients if client_id is not None), 0)))
        if campaign_id is not None:
            found.append(("campaign", campaign_id))
        return found

    # The course of a usual day

    def sales_calls_of_days(self) -> dict[date, list[Any]]:
        found: defaultdict[date, list[Any]] = defaultdict(list)
        for call in self.calls:
            day = self.day_of(call.entered_at)
            if call.is_sales_call and 0 < (self.today - day).days <= 56:
                found[day].append(call)
        return found

    def days_alike(self) -> list[date]:
        """The last same weekdays, or where they are fewer than four all days of weekdays as busy as today's."""
        by_weekday: defaultdict[int, dict[date, int]] = defaultdict(dict)
        for day, calls in self.sales_calls_of_days().items():
            by_weekday[day.weekday()][day] = len(calls)
        means = {weekday: sum(days.values()) / len(days) for weekday, days in by_weekday.items()}
        same = by_weekday[self.today.weekday()]
        if len(same) >= 4:
            return sorted(same)[-8:]
        usual = means[self.today.weekday()]
        alike = [day for weekday, days in by_weekday.items() for day in days if 2 / 3 <= means[weekday] / usual <= 1.5]
        return sorted(alike)[-20:]

    def course(self) -> tuple[dict[Scope, list[tuple[float, int]]], int]:
        """By scope, of each of those days on which it had any sales calls: those by this time of day, and all."""
        counts: defaultdict[tuple[Scope, date], list[float]] = defaultdict(lambda: [0.0, 0])
        clock = self.at - self.at % 60_000 - self.starts
        days = self.days_alike()
        for day, calls in self.sales_calls_of_days().items():
            if day not in days:
                continue
            for call in calls:
                into = call.entered_at - self.start(day)
                quarter = into // 900_000 * 900_000
                came = min(1.0, max(0.0, (clock - quarter) / 900_000))
                for scope in self.scopes(call.agent_id, call.campaign_id if call.direction == "outbound" else None):
                    counts[scope, day][0] += came
                    counts[scope, day][1] += 1
        found: defaultdict[Scope, list[tuple[float, int]]] = defaultdict(list)
        for (scope, _), (by_now, whole) in counts.items():
            found[scope].append((by_now, int(whole)))
        return found, len(days)

    # Revenue

    def sold(self, first: date, last: date) -> dict[Scope, Counter[str]]:
        """Sales calls, converted calls, orders and net revenue by scope, in some days."""
        counts: defaultdict[Scope, Counter[str]] = defaultdict(Counter)
        for call in self.calls:
            if self.in_days(call.entered_at, first, last) and call.is_sales_call:
                campaign = call.campaign_id if call.direction == "outbound" else None
                for scope in self.scopes(call.agent_id, campaign):
                    counts[scope]["calls"] += 1
        converted = set()
        for sale in self.standing:
            if self.in_days(sale.sold_at, first, last):
                once = sale.call_id is None or (
                    (sale.agent_id, sale.call_id) not in converted and self.could_convert(sale.call_id)
                )
                converted.add((sale.agent_id, sale.call_id))
                for scope in self.scopes(sale.agent_id, self.campaign_of_call(sale)):
                    counts[scope]["converted"] += once
                for scope in self.scopes(sale.agent_id, sale.campaign_id):
                    counts[scope]["sales"] += 1
                    counts[scope]["revenue"] += sale.amount_cents if sale.currency in {None, "EUR"} else 0
        return counts

    def campaign_of_call(self, sale: Any) -> int | None:
        """For which campaign the call of an order counts as converted: a call that came in for none."""
        return None if sale.call_id and self.by_id[sale.call_id].direction == "inbound" else sale.campaign_id

    def could_convert(self, call_id: int) -> bool:
        """Whether an order makes a call a converted one."""
        call = self.by_id[call_id]
        return call.direction == "outbound" or (call.queue_id is not None and call.purpose == "sales")

    def details(self) -> dict[Scope, dict[str, Any]]:
        counts: defaultdict[Scope, Counter[str]] = defaultdict(Counter)
        won: defaultdict[tuple[Scope, str], set[int]] = defaultdict(set)
        other: defaultdict[Scope, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
        self.funnel(counts)
        first_orders: dict[int, int] = {}
        for sale in sorted(self.standing, key=lambda s: (s.sold_at, s.id)):
            if sale.customer_id is not None:
                first_orders.setdefault(sale.customer_id, sale.id)
        standing = {sale.id for sale in self.standing}
        for sale in self.sales:
            if self.day_of(sale.sold_at) != self.today:
                continue
            for scope in self.scopes(sale.agent_id, sale.campaign_id):
                count = counts[scope]
                if sale.currency in {None, "EUR"}:
                    count["orders"] += 1
                    count["gross_cents"] += sale.amount_cents
                    if sale.id not in standing:
                        count["cancelled_orders"] += 1
                        count["cancelled_cents"] += sale.amount_cents
                else:
                    money = other[scope][sale.currency]
                    money[0] += sale.id in standing
                    money[1] += sale.amount_cents
                    money[2] += sale.amount_cents if sale.id in standing else 0
                count["new_customers"] += sale.id in first_orders.values()
            if sale.id in standing and sale.call_id is not None and self.could_convert(sale.call_id):
                campaign = self.scopes(None, sale.campaign_id)[-1:] if sale.campaign_id is not None else []
                for scope in {*self.scopes(sale.agent_id, self.campaign_of_call(sale)), *campaign}:
                    won[scope, self.by_id[sale.call_id].direction].add(sale.call_id)
        return {
            scope: {
                **{name: count[name] for name in DETAIL},
                "inbound_converted": len(won[scope, "inbound"]),
                "outbound_converted": len(won[scope, "outbound"]),
                "other_currencies": tuple((name, *money) for name, money in sorted(other[scope].items())),
            }
            for scope, count in counts.items()
        }

    def funnel(self, counts: defaultdict[Scope, Counter[str]]) -> None:
        for call in self.calls:
            if self.day_of(call.entered_at) == self.today:
                campaign = self.scopes(call.agent_id, call.campaign_id)[-1:] if call.campaign_id is not None else []
                own = call.campaign_id if call.direction == "outbound" else None
                for scope in {*self.scopes(call.agent_id, own), *campaign}:
                    if call.direction == "inbound":
                        counts[scope]["inbound_calls"] += call.is_sales_call
                    else:
                        counts[scope]["attempts"] += 1
                        counts[scope]["contacts"] += call.is_answered
                        counts[scope]["right_party"] += call.is_sales_call

    # Quotas

    def quotas(self, period: str) -> dict[Scope, Any]:
        """The quota of each scope, with the agents' parts of their teams' (sales alone)."""
        found: dict[Scope, Any] = {}
        for quota in sorted(self.tables["quotas"], key=lambda q: q.starts_on):
            if quota.period == period and quota.starts_on <= self.today.isoformat():
                found[quota.scope, quota.scope_id] = quota
        parts: dict[Scope, int] = {}
        first, last = self.period(period)
        planned: Counter[int] = Counter()
        for shift in self.tables["shifts"]:
            if self.start(first) <= shift.starts_at < self.start(last + timedelta(days=1)):
                planned[shift.agent_id] += shift.ends_at - shift.starts_at
        for (scope, team_id), quota in found.items():
            if scope == "team" and quota.sales is not None:
                members = [a.id for a in self.agents.values() if a.team_id == team_id and planned[a.id]]
                own = {a: found["agent", a].sales or 0 for a in members if ("agent", a) in found}
                rest = [a for a in members if a not in own]
                left = max(0, quota.sales - sum(own.values()))
                whole = sum(planned[a] for a in rest)
                shares = {a: left * planned[a] // whole for a in rest}
                order = sorted(rest, key=lambda a: -(left * planned[a] % whole))
                for agent_id in order[: left - sum(shares.values())]:
                    shares[agent_id] += 1
                parts |= {("agent", agent_id): share for agent_id, share in shares.items()}
        return {scope: (quota.sales, False) for scope, quota in found.items()} | {
            scope: (share, True) for scope, share in parts.items()
        }

    def period(self, period: str) -> tuple[date, date]:
        if period == "day":
            return self.today, self.today
        if period == "week":
            monday = self.today - timedelta(days=self.today.weekday())
            return monday, monday + timedelta(days=6)
        first = self.today.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    # Satisfaction

    def satisfaction(self) -> dict[Scope, dict[str, Any]]:
        """Answers, invitations and contacts of the last 28 days by scope."""
        since = self.start(self.today - timedelta(days=27))
        counts: defaultdict[Scope, Counter[str]] = defaultdict(Counter)
        scores: defaultdict[Scope, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        last: dict[Any, Any] = {}
        for survey in sorted(self.surveys, key=lambda s: (s.answered_at, s.id)):
            last[(survey.call_id, survey.question) if survey.call_id is not None else survey.id] = survey
        for survey in last.values():
            call = self.by_id.get(survey.call_id)
            if survey.answered_at < since or ((call or survey) is call and call.entered_at < since):
                continue
            for scope in self.judged(survey, call):
                count, score, scale = counts[scope], survey.score, survey.scale
                if survey.question == "satisfaction":
                    count["answers"] += 1
                    count["satisfied"] += score >= (scale if scale <= 3 else scale - 1)
                    scores[scope][scale].append(score)
                elif survey.question == "resolved":
                    count["said_resolved"] += score >= scale
                    count["said_resolved_of"] += 1
                else:
                    count["promoters"] += score >= 9
                    count["detractors"] += score <= 6
                    count["recommend"] += 1
        answered = {survey.call_id for survey in self.surveys}
        for invitation in self.tables["survey_invitations"]:
            call = self.by_id.get(invitation.call_id)
            entered = call.entered_at if call is not None else invitation.sent_at
            if since <= invitation.sent_at <= self.at and invitation.delivered and entered >= since:
                agent_id = invitation.agent_id or (call.agent_id if call is not None else None)
                for scope in self.of_call(call.queue_id if call is not None else None, agent_id):
                    counts[scope]["invited"] += 1
                    counts[scope]["responded"] += invitation.call_id in answered
        self.contacts(counts)
        return {scope: {**count, "scores": dict(scores[scope])} for scope, count in counts.items()}

    def of_call(self, queue_id: int | None, agent_id: int | None) -> list[Scope]:
        queue = [("queue", queue_id)] if queue_id is not None else []
        return [scope for scope in self.scopes(agent_id) if scope[0] != "client"] + queue

    def judged(self, survey: Any, call: Any) -> list[Scope]:
        """Whom an answer is about: an agent who talked alone, and for ten seconds."""
        if call is None:
            return self.of_call(None, survey.agent_id)
        agent_id = survey.agent_id or call.agent_id
        talked = {c.agent_id for c in self.phone_call(call) if c.is_answered} - {None}
        long = call.answered_at is not None and (self.whole(call).ended_at - call.answered_at) >= 10_000
        alone = talked <= {agent_id} and long
        return self.of_call(call.queue_id, agent_id if alone else None)

    def whole(self, call: Any) -> Any:
        if not hasattr(self, "_rows"):
            self._rows = {row.id: row for row in self.tables["calls"]}
        return self._rows[call.id]

    def phone_call(self, call: Any) -> list[Any]:
        if not hasattr(self, "_phone_calls"):
            self._phone_calls: defaultdict[Any, list[Any]] = defaultdict(list)
            for each in self.calls:
                self._phone_calls[each.source, each.call_id].append(each)
        return self._phone_calls[call.source, call.call_id]

    def contacts(self, counts: defaultdict[Scope, Counter[str]]) -> None:
        """First contact over 28 days and over 7 + 28 days, and today's repeats."""
        by_customer: defaultdict[Any, list[Any]] = defaultdict(list)
        seen = set()
        for call in self.calls:
            if call.direction != "inbound" or (call.source, call.call_id) in seen:
                continue
            seen.add((call.source, call.call_id))
            visits = sorted((c for c in self.phone_call(call) if c.direction == "inbound"), key=lambda c: c.visit)
            answered = [v for v in visits if v.is_answered]
            last = (answered or visits)[-1]
            ended = [v.ended_at for v in visits]
            reasons = [self.reason[v.id] for v in visits if v.id in self.reason]
            contact = SimpleNamespace(
                started=visits[0].entered_at,
                ended=None if None in ended else max(ended),
                answered=bool(answered),
                reason=reasons[-1] if reasons else None,
                queue=last.queue_id,
                agent=last.agent_id,
            )
            known = [v.customer_id for v in visits] + [v.caller for v in visits]
            who = next((each for each in known if each is not None), None)
            if who is not None:
                by_customer[who].append(contact)
        for contacts in by_customer.values():
            for one in contacts:
                self.judge(one, contacts, counts)

    def judge(self, one: Any, contacts: list[Any], counts: defaultdict[Scope, Counter[str]]) -> None:
        def same(other: Any) -> bool:
            return one.reason is None or other.reason is None or one.reason == other.reason

        if self.day_of(one.started) == self.today:
            again = any(
                e.answered and e.ended is not None and e.ended <= one.started <= e.ended + 7 * DAY_MS and same(e)
                for e in contacts
                if e is not one
            )
            for scope in self.of_call(one.queue, None):
                counts[scope]["contacts_today"] += 1
                counts[scope]["repeats_today"] += again
            return
        if not one.answered or one.ended is None or one.ended > self.starts:
            return
        for name, window, first, last in (
            ("week", 7 * DAY_MS, self.start(self.today - timedelta(days=35)), self.starts - 7 * DAY_MS),
            ("quick", DAY_MS, self.start(self.today - timedelta(days=28)), self.starts),
        ):
            if first <= one.started < last and one.ended + window <= self.starts:
                again = any(
                    one.ended <= other.started <= one.ended + window and same(other)
                    for other in contacts
                    if other is not one
                )
                for scope in self.of_call(one.queue, one.agent):
                    counts[scope][f"{name}_of"] += 1
                    counts[scope][name] += not again

    def low_scores(self) -> list[tuple[Any, int]]:
        found = []
        for survey in self.surveys:
            low = survey.score <= (survey.scale // 5 if survey.scale >= 5 else survey.scale // 3)
            if survey.question == "satisfaction" and low and self.day_of(survey.answered_at) == self.today:
                call = self.by_id.get(survey.call_id)
                customer = survey.customer_id or (call.customer_id if call is not None else None)
                promised = any(
                    f.customer_id == customer
                    and f.created_at <= self.at
                    and (f.created_at >= survey.answered_at or (f.call_id is not None and f.call_id == survey.call_id))
                    for f in self.tables["follow_ups"]
                )
                talked = any(
                    c.customer_id == customer and c.entered_at >= survey.answered_at and c.is_answered
                    for c in self.calls
                )
                if customer is None or not (promised or talked):
                    found.append((customer, survey.answered_at))
        return sorted(found, key=lambda each: -each[1])

    # Retention

    def purchases(self) -> dict[int, list[date]]:
        days: defaultdict[int, set[date]] = defaultdict(set)
        for sale in self.standing:
            if sale.customer_id is not None:
                days[sale.customer_id].add(self.day_of(sale.sold_at))
        return {customer: sorted(found) for customer, found in days.items()}

    @staticmethod
    def segment(days: list[date], on: date) -> str | None:
        days = [day for day in days if day <= on]
        recent = [day for day in days if (on - day).days < 365]
        if not days:
            return None
        if len(recent) >= 3:
            return "loyal"
        if not recent and any((days[n + 2] - days[n]).days < 365 for n in range(len(days) - 2)):
            return "lapsed"
        return "one-time" if len(days) == 1 else "repeat"

    def limits(self) -> tuple[int, int, int | None]:
        gaps = [(b - a).days for days in self.purchases_before().values() for a, b in pairwise(days)]
        return (rank(gaps, 40), rank(gaps, 80), len(gaps)) if len(gaps) >= 100 else (60, 180, None)

    def purchases_before(self) -> dict[int, list[date]]:
        before = {c: [day for day in days if day < self.today] for c, days in self.purchases().items()}
        return {c: days for c, days in before.items() if days}

    def retention(self) -> dict[str, Any]:
        purchases, (at_risk, churned, gaps) = self.purchases(), self.limits()
        eve = self.today - timedelta(days=28)
        yesterday = self.today - timedelta(days=1)
        moves: Counter[Any] = Counter()
        idle = Counter[str]()
        segments: Counter[Any] = Counter()
        active = gone = 0
        members: Counter[str] = Counter()
        repeated: Counter[str] = Counter()
        for days in purchases.values():
            before, after = self.segment(days, yesterday), self.segment(days, self.today)
            segments[after] += 1
            moves[before, after] += before != after
            spent = (self.today - days[-1]).days
            idle["churned" if spent > churned else "at_risk" if spent > at_risk else "active"] += 1
            earlier = [day for day in days if day <= eve]
            if earlier and (eve - earlier[-1]).days <= churned:
                active += 1
                gone += spent > churned
            month = f"{days[0]:%Y-%m}"
            members[month] += 1
            repeated[month] += len(days) > 1 and (days[1] - days[0]).days <= 90
        return {
            "segments": {name: number for name, number in segments.items() if number},
            "moves": {move: number for move, number in moves.items() if number},
            "idle": dict(idle),
            "limits": (at_risk, churned, gaps),
            "churn": gone / active if active else None,
            "win_back": self.win_back(purchases, churned),
            "cohorts": [(month, members[month], repeated[month]) for month in sorted(members)][-13:],
        }

    def win_back(self, purchases: dict[int, list[date]], churned: int) -> tuple[int, int, int]:
        first = self.today - timedelta(days=27)
        reached: defaultdict[int, list[date]] = defaultdict(list)
        for call in self.calls:
            called = call.direction == "outbound" and call.purpose == "retention" and call.is_answered
            if called and call.right_party and call.customer_id and self.in_days(call.entered_at, first, self.today):
                reached[call.customer_id].append(self.day_of(call.entered_at))
        lost_ones = won = alone = 0
        for customer, days in purchases.items():
            lost = []
            for contact in reached.get(customer, []):
                before = [day for day in days if day < contact]
                if (
                    before
                    and (contact - timedelta(days=1) - before[-1]).days >= churned
                    and ((contact - before[-1]).days > churned)
                ):
                    lost.append(contact)
            if lost:
                lost_ones += 1
                won += any(0 <= (day - contact).days <= 30 for contact in lost for day in days)
            else:
                alone += any((b - a).days > churned and first <= b <= self.today for a, b in pairwise(days))
        return lost_ones, won, alone

    def closing(self) -> set[tuple[int, date]]:
        before = self.purchases_before()
        first_gaps = [(days[1] - days[0]).days for days in before.values() if len(days) > 1]
        usual = rank(first_gaps, 80) if len(first_gaps) >= 100 else 90
        today = {c for c, days in self.purchases().items() if self.today in days}
        return {
            (c, days[0] + timedelta(days=usual))
            for c, days in before.items()
            if len(days) == 1 and c not in today and 0 <= (days[0] + timedelta(days=usual) - self.today).days <= 6
        }

    # Follow-ups

    def follow_ups(self) -> list[Any]:
        """As they stood at the moment: acts since then are taken back, the latest first."""
        found = {}
        for row in self.tables["follow_ups"]:
            if row.created_at <= self.at:
                found[row.id] = SimpleNamespace(**vars(row))
        for act in sorted(self.tables["audit"], key=lambda a: (-a.acted_at, -a.id)):
            if act.acted_at > self.at and act.subject_id in found:
                for name, value in json.loads(act.before).items():
                    setattr(found[act.subject_id], name, value)
        for row in found.values():
            if row.done_at is not None and row.done_at > self.at:
                row.done_at = row.outcome = None
        return list(found.values())

    def owners(self) -> dict[int | None, Counter[str]]:
        grace = self.tables["site"][0].follow_up_grace_ms
        owners: defaultdict[int | None, Counter[str]] = defaultdict(Counter)
        for row in self.follow_ups():
            count = owners[row.agent_id]
            if row.done_at is None and row.outcome is None and row.due_at < self.ends:
                count["owed"] += 1
                count["due_today"] += row.due_at >= self.starts
                count["overdue"] += row.due_at + grace < self.at
            if row.outcome == "cancelled":
                continue
            count["done_today"] += row.done_at is not None and row.done_at >= self.starts
            if self.starts <= row.promised_at < self.ends:
                kept = row.done_at is not None and row.done_at <= row.promised_at + grace
                count["on_time"] += kept
                count["promised"] += kept or row.done_at is not None or row.promised_at + grace < self.at
        return {owner: count for owner, count in owners.items() if any(count.values())}

    def was_to(self, agent_id: int | None, at: int) -> str:
        """Work, pause or be away, by the shift that began last."""
        shifts = [s for s in self.tables["shifts"] if s.agent_id == agent_id and s.starts_at <= at]
        shift = max(shifts, key=lambda s: s.starts_at, default=None)
        if shift is None or shift.ends_at <= at:
            return "away"
        pauses = {row.reason.lower() for row in self.tables["pause_reasons"]}
        return "pause" if shift.activity.lower() in pauses else "work"

    def late_record(self, promise: Any) -> tuple[int, int, bool]:
        """Promises like one of the last 28 business days: late, all, and whether they are the whole team's."""
        grace = self.tables["site"][0].follow_up_grace_ms
        did = self.was_to(promise.agent_id, promise.promised_at)
        team = self.agents[promise.agent_id].team_id
        alike = [
            f
            for f in self.tables["follow_ups"]
            if f.outcome != "cancelled"
            and 0 < (self.today - self.day_of(f.promised_at)).days <= 28
            and self.was_to(f.agent_id, f.promised_at) == did
            and self.agents[f.agent_id].team_id == team
        ]
        own = [f for f in alike if f.agent_id == promise.agent_id]
        same = [f for f in own if f.kind == promise.kind]
        found = next((each for each in (same, own) if len(each) >= 6), alike)
        late = sum(f.done_at is None or f.done_at > f.promised_at + grace for f in found)
        return late, len(found), found is alike

    def usually_late(self) -> Callable[[Any], float]:
        """How likely a promise is late by those of the last 28 business days, as they are now."""
        grace = self.tables["site"][0].follow_up_grace_ms
        known = [
            (f, self.was_to(f.agent_id, f.promised_at), f.done_at is None or f.done_at > f.promised_at + grace)
            for f in self.tables["follow_ups"]
            if f.outcome != "cancelled" and 0 < (self.today - self.day_of(f.promised_at)).days <= 28
        ]

        def hour(at: int) -> float:
            return (at - self.start(self.day_of(at))) / 3_600_000

        def late(promise: Any) -> float:
            did = self.was_to(promise.agent_id, promise.promised_at)
            team = self.agents[promise.agent_id].team_id
            alike = [each for each in known if each[1] == did]
            teams = [each for each in alike if self.agents[each[0].agent_id].team_id == team]
            own = [each for each in teams if each[0].agent_id == promise.agent_id]
            share = 0.9 if did == "away" else 0.2
            for records, weight in ((alike, 10), (teams, 10), (own, 6)):
                share = (sum(was for *_, was in records) + share * weight) / (len(records) + weight)
            near = [
                (exp(-abs(int(hour(f.promised_at)) + 0.5 - hour(promise.promised_at)) / 1.5), was)
                for f, _, was in own
                if f.kind == promise.kind
            ]
            return (sum(w for w, was in near if was) + share * 6) / (sum(w for w, _ in near) + 6)

        return late

    def unresolved(self) -> dict[int, tuple[str, int]]:
        """Customers not to be given up: why, and how many times."""
        open_ones = [f for f in self.follow_ups() if f.done_at is None and f.outcome is None and f.due_at < self.ends]
        promised = {f.customer_id for f in open_ones}
        found: dict[int, tuple[str, int]] = {}
        for customer, (attempts, problems) in self.lately().items():
            first_problem = min((c.entered_at for c in problems), default=0)
            mended = any(
                f.customer_id == customer and first_problem <= f.created_at <= self.at
                for f in self.tables["follow_ups"]
            )
            fresh = any(c.entered_at >= self.start(self.today - timedelta(days=2)) for c in problems)
            count = len({(c.source, c.call_id) for c in problems})
            if customer in promised:
                continue
            if count >= 2 and fresh and not mended:
                found[customer] = "two problems, no follow-up", count
            elif len(attempts) >= 2 and self.never_reached(customer, attempts):
                found[customer] = "fruitless attempts", len(attempts)
        for f in open_ones:
            talks = [c.served_at for c in self.calls if c.customer_id == f.customer_id and c.is_answered]
            if f.customer_id is not None and f.due_at < self.starts and not any(at >= f.due_at for at in talks):
                days = (self.today - self.day_of(f.due_at)).days
                found[f.customer_id] = "promised and silent", days
        return found

    def lately(self) -> dict[int, tuple[list[Any], list[Any]]]:
        """Outbound attempts and answered calls about problems of the last 14 days, by customer."""
        about_problems = {row.id for row in self.tables["contact_reasons"] if row.is_problem}
        found: defaultdict[int, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
        for call in self.calls:
            if call.customer_id is not None and call.entered_at >= self.start(self.today - timedelta(days=14)):
                attempts, problems = found[call.customer_id]
                if call.direction == "outbound":
                    attempts.append(call)
                elif call.is_answered and self.reason.get(call.id) in about_problems:
                    problems.append(call)
        return found

    def never_reached(self, customer: int, attempts: list[Any]) -> bool:
        """Whether nobody answered, the customer has not called since, and is one of ours."""
        if any(call.is_answered and call.right_party != 0 for call in attempts):
            return False
        first = min(call.entered_at for call in attempts)
        inbound = [call for call in self.calls if call.customer_id == customer and call.direction == "inbound"]
        if any(call.entered_at >= first and call.is_answered for call in inbound):
            return False
        sold = any(s.customer_id == customer and s.sold_at < first for s in self.tables["sales"])
        return sold or any(call.entered_at < first for call in inbound)

    # Problems

    def reasons(self) -> tuple[int, Counter[int | None], dict[int, set[int]]]:
        calls: Counter[int | None] = Counter()
        customers: defaultdict[int, set[int]] = defaultdict(set)
        answered = 0
        for call in self.calls:
            if call.direction == "inbound" and call.is_answered and self.day_of(call.entered_at) == self.today:
                reason = self.reason.get(call.id)
                answered += 1
                calls[reason] += 1
                if reason is not None and call.customer_id is not None:
                    customers[reason].add(call.customer_id)
        return answered, calls, customers

    def rising(self) -> set[int]:
        """Flagged reasons after all tests of the day, from exact fractions of whole numbers."""
        flags: dict[int, int] = {}
        reasons = [row.id for row in self.tables["contact_reasons"]]
        slot, first_call = self.starts, None
        for call in self.calls:
            if call.direction == "inbound" and call.is_answered and self.day_of(call.entered_at) == self.today:
                first_call = min(first_call or call.entered_at, call.entered_at)
        while (slot := slot + 1_800_000) <= self.at:
            if first_call is None or slot <= first_call - first_call % 1_800_000:
                continue
            now, before = Counter[Any](), Counter[Any]()
            for call in self.calls:
                if call.direction != "inbound" or not call.is_answered:
                    continue
                back = (self.today - self.day_of(call.entered_at)).days
                if back % 7 or back > 56:
                    continue
                day = self.start(self.day_of(call.entered_at))
                if call.entered_at - day < slot - self.starts:
                    (now if back == 0 else before)[self.reason.get(call.id)] += 1
            e1, e0 = sum(now.values()), sum(before.values())
            tests = []
            for reason in reasons:
                x, y = now[reason], before[reason]
                if e1 and e0 and not (x > 0 and y == 0):
                    ways = sum(comb(x + y, k) * e1**k * e0 ** (x + y - k) for k in range(x, x + y + 1))
                    tests.append((ways / (e1 + e0) ** (x + y), reason, x, y))
            tests.sort(key=lambda test: test[0])
            passed = max((n for n, test in enumerate(tests, 1) if test[0] <= 0.05 * n / len(tests)), default=0)
            found = {r for _, r, x, y in tests[:passed] if x >= 5 and y and x * e0 >= 1.5 * y * e1}
            flags = {r: misses + 1 for r, misses in flags.items() if r not in found and misses < 1} | dict.fromkeys(
                found, 0
            )
        return set(flags)

    # Resources

    def logged_in(self, first: date, last: date) -> Counter[int]:
        """Time in any state but logged out, up to the moment."""
        since, until = self.start(first), min(self.at, self.start(last + timedelta(days=1)))
        spent: Counter[int] = Counter()
        for state in self.tables["agent_states"]:
            if state.state != "logged_out" and state.started_at <= self.at:
                ended = state.ended_at if state.ended_at is not None else self.at
                spent[state.agent_id] += max(0, min(ended, until) - max(state.started_at, since))
        return spent

    def labour(self, spent: Counter[int]) -> float:
        return float(sum(self.agents[a].hourly_cost_cents * ms / 3_600_000 for a, ms in spent.items()))

    def handling(self, first: date, last: date) -> Counter[str | None]:
        spent: Counter[str | None] = Counter()
        for call in self.calls:
            if self.in_days(call.entered_at, first, last):
                spent[call.purpose] += call.handling_ms
        return spent

    def kept(self, first: date, last: date) -> tuple[set[int], int]:
        """Customers kept, and retention calls."""
        with_order = {sale.call_id for sale in self.standing}
        found, calls = set(), 0
        for call in self.calls:
            if call.purpose != "retention" or not call.is_answered or not self.in_days(call.entered_at, first, last):
                continue
            if call.direction == "outbound" and call.right_party != 1:
                continue
            calls += 1
            if call.id in with_order or (call.ended_at is not None and (call.disposition or "").lower() == "kept"):
                found.add(call.customer_id or -call.id)
        return found, calls

    def new_customers(self, first: date, last: date) -> tuple[int, int]:
        """Customers won in some days, and what they bought in them."""
        purchases = self.purchases()
        won = {c for c, days in purchases.items() if first <= days[0] <= last}
        return len(won), sum(
            s.amount_cents
            for s in self.standing
            if s.customer_id in won and s.currency in {None, "EUR"} and self.in_days(s.sold_at, first, last)
        )


DETAIL = (
    "inbound_calls", "attempts", "contacts", "right_party", "orders", "gross_cents", "cancelled_orders",
    "cancelled_cents", "new_customers",
)  # fmt: skip
