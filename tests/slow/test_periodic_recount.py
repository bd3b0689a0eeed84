"""Every periodic figure of a seeded month, recounted by another way: now, earlier today, and some days back."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import fmean, pvariance
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import astuple

from ccmon.database import database_file, follow_ups, reader
from ccmon.model.snapshot import FloorSnapshot
from ccmon.simulator.history import seed
from tests.database.periodic_recount import DETAIL, Recount, at_least, wilson
from tests.databases import new_database, shared
from tests.floors import day_quota, known

ZONE = ZoneInfo("Europe/Amsterdam")
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOW = round(datetime(2026, 11, 23, 14, 40, tzinfo=ZONE).timestamp() * 1000)
MOMENTS = {"now": NOW, "this morning": NOW - 3 * HOUR, "last Thursday": NOW - 4 * DAY + HOUR}


class Case(NamedTuple):
    """A moment, and both ways to it."""

    shown: FloorSnapshot
    counted: Recount


@pytest.fixture(scope="module")
def path() -> Path:
    """A month of a small floor, with what a seed leaves out."""
    return shared("month of ten agents", seeded_month) / "calls.db"


def seeded_month(folder: Path) -> None:
    path = new_database(folder / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    seed(path, days=36, agents=10, seed=10, until=NOW)
    connection = database_file.open_writer(path)
    try:
        connection.execute("BEGIN")
        _odd_sales(connection)
        _odd_answers(connection)
        _odd_ends(connection)
        connection.execute("INSERT INTO clock (id, real_at, floor_at, speed) VALUES (1, ?, ?, 1)", (0, NOW))
        connection.execute("COMMIT")
    finally:
        connection.close()
    _act(path)


def _odd_sales(connection: sqlite3.Connection) -> None:
    """Orders in another currency, without a call or a customer, on calls of no sales queue, cancelled at any moment.

    Some that came in are a campaign's, and campaigns have quotas of weeks and months.
    """
    add = "INSERT INTO sales (call_id, agent_id, customer_id, sold_at, amount_cents, currency, cancelled_at) VALUES "
    customer, agent, call = connection.execute(
        "SELECT customer_id, agent_id, call_id FROM sales WHERE call_id IS NOT NULL ORDER BY sold_at DESC LIMIT 1"
    ).fetchone()
    connection.execute(add + "(?, ?, ?, ?, 5000, 'USD', NULL)", (call, agent, customer, NOW - MINUTE))
    connection.execute(add + "(NULL, ?, NULL, ?, 7700, 'USD', ?)", (agent, NOW - 5 * HOUR, NOW - HOUR))
    connection.execute(add + "(NULL, NULL, NULL, ?, 1234, NULL, NULL)", (NOW - 4 * HOUR,))
    connection.execute("INSERT INTO customers (id, name) VALUES (7, 'Somebody New')")
    connection.execute(add + "(NULL, ?, 7, ?, 4321, 'EUR', ?)", (agent, NOW - 4 * HOUR, NOW - 2 * HOUR))
    connection.execute(
        "INSERT INTO sales (call_id, agent_id, sold_at, amount_cents) SELECT c.id, c.agent_id, c.answered_at, 700"
        " FROM calls AS c JOIN queues AS q ON q.id = c.queue_id"
        " WHERE q.purpose <> 'sales' AND c.class = 'answered' AND c.answered_at < ? AND c.id % 9 = 0",
        (NOW - MINUTE,),
    )
    connection.execute("UPDATE sales SET campaign_id = 1 + id % 2 WHERE id % 5 = 0 AND campaign_id IS NULL")
    connection.execute(
        "INSERT INTO quotas (scope, scope_id, period, starts_on, sales)"
        " SELECT DISTINCT 'campaign', c.campaign_id, p.value, '2026-10-01', 40"
        ' FROM calls AS c JOIN json_each(\'["week", "month"]\') AS p WHERE c.campaign_id IS NOT NULL'
    )
    connection.execute(
        "UPDATE sales SET cancelled_at = ? WHERE cancelled_at IS NULL AND sold_at BETWEEN ? AND ? AND id % 7 = 0",
        (NOW - 30 * MINUTE, NOW - 12 * DAY, NOW - HOUR),
    )


def _odd_answers(connection: sqlite3.Connection) -> None:
    """An answer given twice, one on another scale, one without a call, one on a call of two agents."""
    add = "INSERT INTO surveys (call_id, agent_id, customer_id, answered_at, score, scale, question) VALUES "
    rows = connection.execute(
        "SELECT call_id, agent_id, customer_id, answered_at FROM surveys"
        " WHERE question = 'satisfaction' AND answered_at < ? ORDER BY answered_at DESC LIMIT 3",
        (NOW - HOUR,),
    ).fetchall()
    call, agent, customer, at = rows[0]
    connection.execute(add + "(?, ?, ?, ?, 1, 5, 'satisfaction')", (call, agent, customer, at + 20 * MINUTE))
    call, agent, customer, at = rows[1]
    connection.execute(add + "(NULL, ?, ?, ?, 9, 10, 'satisfaction')", (agent, customer, at))
    connection.execute(add + "(NULL, ?, ?, ?, 2, 10, 'satisfaction')", (agent, customer, NOW - 10 * MINUTE))
    call, agent, customer, at = rows[2]
    connection.execute(
        "INSERT INTO calls (source, call_id, visit, direction, queue_id, customer_id, agent_id, entered_at,"
        " answered_at, ended_at, outcome) SELECT source, call_id, visit + 1, direction, queue_id, customer_id,"
        " agent_id % 10 + 1, ended_at, ended_at + 1000, ended_at + 30000, 'answered' FROM calls WHERE id = ?",
        (call,),
    )


def _odd_ends(connection: sqlite3.Connection) -> None:
    """Answered calls whose end nobody saw, and others whose answer nobody noted."""
    answered = " WHERE answered_at IS NOT NULL AND ended_at IS NOT NULL AND entered_at < ? AND id % "
    connection.execute(f"UPDATE calls SET outcome = 'unknown'{answered} 23 = 0", (NOW - HOUR,))
    connection.execute(f"UPDATE calls SET outcome = 'answered', answered_at = NULL{answered} 29 = 0", (NOW - HOUR,))


def _act(path: Path) -> None:
    """Follow-ups settled, moved and handed over just now."""
    open_ones = follow_ups.list_open_follow_ups(path)
    assert len(open_ones) >= 4
    patch = pytest.MonkeyPatch()
    patch.setattr(reader, "real_now", lambda: 0)
    try:
        names = [str(each.id) for each in open_ones]
        follow_ups.settle(path, names[0], who="test", outcome="reached")
        follow_ups.move(path, names[1], NOW + 2 * DAY, by="customer", who="test")
        follow_ups.move(path, names[2], NOW + HOUR, by="agent", who="test")
        other = next(each.owner for each in open_ones if each.owner != open_ones[3].owner)
        follow_ups.hand_over(path, names[3], other or "", who="test")
    finally:
        patch.undo()


@pytest.fixture(scope="module", params=MOMENTS)
def case(request: pytest.FixtureRequest, path: Path) -> Iterator[Case]:
    at = MOMENTS[request.param]
    yield Case(reader.snapshot(path, at), Recount(path, at))


def test_the_month_holds_what_is_to_be_counted(case: Case) -> None:
    shown = case.shown
    centre = shown.sales[0]
    assert centre.detail is not None
    assert (
        min(centre.sales, centre.detail.inbound_calls, centre.detail.right_party, known(centre.detail.new_customers))
        > 0
    )
    assert known(shown.satisfaction)[0].answers > 300
    assert known(shown.satisfaction)[0].promoters.answers > 100
    assert known(shown.satisfaction)[0].first_contact.repeated > 50
    assert shown.retention is not None
    assert shown.retention.loyal > 0
    assert shown.problems is not None
    assert shown.resources is not None
    assert shown.follow_ups.owners


def test_sales_by_scope(case: Case) -> None:
    counted = case.counted.sold(case.counted.today, case.counted.today)
    details = case.counted.details()
    shown = {(line.kind, line.id or 0): line for line in case.shown.sales}
    assert {line.kind for line in case.shown.sales} == {"centre", "client", "team", "campaign", "agent"}
    for scope, line in shown.items():
        count = counted[scope]
        assert (line.sales_calls, line.converted) == (count["calls"], count["converted"]), scope
        assert (line.sales, line.revenue_cents) == (count["sales"], count["revenue"]), scope
        assert line.conversion_interval == pytest.approx(wilson(line.converted, line.sales_calls) or None)
        detail, expected = line.detail, details.get(scope)
        if expected is None:
            assert detail is None or not any(astuple(detail)[:11]), scope
            continue
        assert detail is not None
        assert {name: getattr(detail, name) for name in DETAIL} == {name: expected[name] for name in DETAIL}, scope
        assert detail.inbound_converted == expected["inbound_converted"], scope
        assert detail.outbound_converted == expected["outbound_converted"], scope
        assert tuple(map(astuple, detail.other_currencies)) == expected["other_currencies"], scope
    assert {scope for scope, count in counted.items() if count["sales"] or count["calls"]} <= shown.keys()


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_quotas(case: Case, period: str) -> None:
    first, last = case.counted.period(period)
    sold, quotas = case.counted.sold(first, last), case.counted.quotas(period)
    shown = {
        (line.kind, line.id or 0): quota for line in case.shown.sales for quota in line.quotas if quota.period == period
    }
    assert {scope: (quota.quota_sales, quota.is_spread) for scope, quota in shown.items()} == quotas
    won, _ = case.counted.new_customers(first, case.counted.today)
    assert shown["centre", 0].new_customers == won, "those of the period, not today's"
    for scope, quota in shown.items():
        count = sold[scope]
        assert (quota.starts_on, quota.ends_on) == (first.isoformat(), last.isoformat())
        assert (quota.sales_calls, quota.sales) == (count["calls"], count["sales"]), scope
        assert (quota.converted, quota.revenue_cents) == (count["converted"], count["revenue"]), scope
        if quota.quota_sales:
            assert quota.share is not None
            assert quota.attainment == quota.sales / quota.quota_sales
            assert quota.expected_by_now == pytest.approx(quota.quota_sales * quota.share)
            assert quota.pace == pytest.approx(quota.sales / quota.quota_sales / quota.share)
            assert quota.remaining is not None
            assert quota.missing is not None
            tail = (
                at_least(quota.missing, quota.remaining.mean, quota.remaining.relative_variance)
                if quota.remaining.mean
                else 0.0
            )
            assert quota.chance == pytest.approx(1.0 if quota.missing == 0 else tail, abs=1e-9)


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_what_is_still_to_come_brings_sales_and_revenue_as_the_last_28_days_did(case: Case, period: str) -> None:
    """Half a sale in one call is put in beside them; an agent's are drawn to the team's, by 60 calls and 20 orders."""
    counted = case.counted
    month = counted.sold(counted.today - timedelta(days=28), counted.today)
    before = counted.sold(counted.today - timedelta(days=28), counted.today - timedelta(days=1))
    teams = {agent.id: ("team", agent.team_id) for agent in counted.tables["agents"]}
    seen = Counter[str]()
    for line in case.shown.sales:
        own = month[line.kind, line.id or 0]
        team = before[teams[line.id or 0]] if line.kind == "agent" else Counter[str]()
        for quota in line.quotas:
            if quota.period != period or quota.remaining is None:
                continue
            orders, revenue = float(own["sales"]), float(own["revenue"])
            sold, called = orders + 0.5, own["calls"] + 1
            if team:
                sold, called = sold + 60 * team["sales"] / team["calls"], called + 60
                orders, revenue = orders + 20, revenue + 20 * team["revenue"] / team["sales"]
            if quota.calls_left is not None:
                assert quota.remaining.mean == pytest.approx(quota.calls_left * sold / called), line.name
            end = quota.revenue_forecast
            assert (end is None) == (revenue <= 0), line.name
            if end is None:
                continue
            assert end.expected == pytest.approx(quota.revenue_cents + quota.remaining.mean * revenue / orders), (
                line.name
            )
            assert quota.revenue_cents <= end.low <= end.expected <= end.high
            assert end.high > end.expected or quota.remaining.mean < 1
            seen[line.kind] += 1
        if period == "day" and line.forecast_revenue_cents is not None and day_quota(line) is not None:
            assert line.forecast_revenue_cents == known(known(day_quota(line)).revenue_forecast).expected
    assert seen["centre"] == 1
    assert seen["team"] > 1


def test_how_much_orders_differ_widens_the_range_of_revenue(case: Case) -> None:
    counted = case.counted
    amounts = [
        sale.amount_cents if sale.currency in {None, "EUR"} else 0
        for sale in counted.standing
        if counted.in_days(sale.sold_at, counted.today - timedelta(days=28), counted.today - timedelta(days=1))
    ]
    order = known(known(day_quota(case.shown.sales[0])).order_value)
    found = pvariance(amounts) / fmean(amounts) ** 2
    assert order.differs == pytest.approx((found * len(amounts) + 4) / (len(amounts) + 4))
    assert order.relative_variance == pytest.approx(
        order.differs / counted.sold(counted.today - timedelta(days=28), counted.today)["centre", 0]["sales"]
    )


def test_each_scope_goes_by_the_course_of_its_own_sales_calls(case: Case) -> None:
    course, days = case.counted.course()
    weekday = case.counted.today.strftime("%A")
    shares = {}
    for line in case.shown.sales:
        own = course[line.kind, line.id or 0]
        quota = day_quota(line)
        if quota is None or len(own) < 4:
            continue
        assert (quota.basis, quota.rests_on) in {("usual day", f"{days} {weekday}s"), ("usual day", f"{days} days")}
        shares[line.kind, line.name] = quota.share
        assert quota.share == pytest.approx(sum(by_now / whole for by_now, whole in own) / len(own)), line.name
        if line.kind == "agent":
            continue
        # Sales calls still to come: the mean of what came later, as far as today is as busy as these days by now.
        later = sum(whole - by_now for by_now, whole in own) / len(own)
        by_now = sum(came for came, _ in own) / len(own)
        assert quota.calls_left == pytest.approx(later * (line.sales_calls + 60) / (by_now + 60)), line.name
    assert len(set(shares.values())) > 8, "an agent of the late shift is not where the centre is"


def test_a_clients_week_has_what_other_teams_make_for_its_campaigns(case: Case) -> None:
    """Without it a client whose campaigns a mixed team works was taken to sell a quarter less."""
    counted = case.counted
    seen = 0
    for line in case.shown.sales:
        quotas = {quota.period.value: quota for quota in line.quotas}
        if line.kind != "client" or not {"day", "week"} <= quotas.keys() or quotas["week"].calls_left is None:
            continue
        by_weekday: defaultdict[int, Counter[date]] = defaultdict(Counter)
        for day, calls in counted.sales_calls_of_days().items():
            for call in calls:
                campaign = call.campaign_id if call.direction == "outbound" else None
                by_weekday[day.weekday()][day] += ("client", line.id) in counted.scopes(call.agent_id, campaign)
        later = sum(
            sum(days.values()) / len(days) for weekday, days in by_weekday.items() if weekday > counted.today.weekday()
        )
        rest = quotas["week"].calls_left - known(quotas["day"].calls_left)
        assert rest == pytest.approx(later, rel=0.1), line.name
        seen += 1
    assert seen == 2


def test_the_share_of_a_week_and_a_month(case: Case) -> None:
    """Today by the usual day, the other days by the mean sales calls of their weekdays."""
    counted = case.counted
    day, *longer = case.shown.sales[0].quotas
    assert day.share is not None
    by_day: Counter[date] = Counter()
    for call in counted.calls:
        if call.is_sales_call and 0 < (counted.today - counted.day_of(call.entered_at)).days <= 56:
            by_day[counted.day_of(call.entered_at)] += 1
    means = {
        weekday: sum(n for d, n in by_day.items() if d.weekday() == weekday)
        / max(1, sum(d.weekday() == weekday for d in by_day))
        for weekday in range(7)
    }
    for quota in longer:
        first, last = date.fromisoformat(quota.starts_on), date.fromisoformat(quota.ends_on)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        whole = sum(means[d.weekday()] for d in days)
        gone = sum(means[d.weekday()] for d in days if d < counted.today) + means[counted.today.weekday()] * day.share
        assert quota.basis == "usual day"
        assert quota.share == pytest.approx(gone / whole)


def test_satisfaction(case: Case) -> None:
    counted = case.counted.satisfaction()
    shown = {(figures.kind, figures.id or 0): figures for figures in known(case.shown.satisfaction)}
    assert shown.keys() == {scope for scope, count in counted.items() if any(count.values())}
    for scope, figures in shown.items():
        count: Any = Counter({name: number for name, number in counted[scope].items() if name != "scores"})
        assert (figures.answers, figures.satisfied) == (count["answers"], count["satisfied"]), scope
        assert (figures.invited, figures.responded) == (count["invited"], count["responded"]), scope
        assert (figures.said_resolved, figures.said_resolved_of) == (count["said_resolved"], count["said_resolved_of"])
        assert figures.promoters.answers == count["recommend"], scope
        if count["recommend"] >= 30:
            points = 100 * (count["promoters"] - count["detractors"]) / count["recommend"]
            assert figures.nps == pytest.approx(points)
        else:
            assert figures.nps is None
        assert figures.top_two_box == (None if figures.answers < 10 else figures.satisfied / figures.answers)
        scores = counted[scope]["scores"]
        assert {each.scale: (each.answers, each.score_sum) for each in figures.scales} == {
            scale: (len(given), sum(given)) for scale, given in scores.items()
        }
        week, quick = figures.first_contact, figures.first_contact_day
        assert (week.resolved, week.resolved + week.repeated) == (count["week"], count["week_of"]), scope
        assert (quick.resolved, quick.resolved + quick.repeated) == (count["quick"], count["quick_of"]), scope
        assert (figures.repeats.repeats, figures.repeats.contacts) == (count["repeats_today"], count["contacts_today"])
    for agent in case.shown.agents:
        own = shown.get(("agent", agent.id))
        assert (agent.satisfied, agent.surveys) == ((own.satisfied, own.answers) if own else (0, 0))


def test_low_scores(case: Case) -> None:
    assert [(low.customer_id, low.answered_at) for low in known(case.shown.low_scores) if low.customer_id] == [
        each for each in case.counted.low_scores() if each[0]
    ]


def test_retention(case: Case) -> None:
    counted, shown = case.counted.retention(), case.shown.retention
    assert shown is not None
    segments = {"one-time": shown.one_time, "repeat": shown.repeat, "loyal": shown.loyal, "lapsed": shown.lapsed}
    assert {name: number for name, number in segments.items() if number} == counted["segments"]
    assert {(move.before, move.after): move.customers for move in shown.moves} == counted["moves"]
    idle = {"active": shown.active, "at_risk": shown.at_risk, "churned": shown.churned}
    assert {name: number for name, number in idle.items() if number} == counted["idle"]
    limits = shown.limits
    assert (limits.at_risk_days, limits.churned_days, limits.from_gaps) == counted["limits"]
    assert shown.churn == counted["churn"]
    won = shown.won_back
    assert (won.reached, won.won_back, won.returned_by_themselves) == counted["win_back"]
    assert [(c.month, c.customers, c.repeated) for c in shown.cohorts] == counted["cohorts"]
    for cohort in shown.cohorts:
        month_end = (date.fromisoformat(f"{cohort.month}-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        assert cohort.complete == (month_end + timedelta(days=90) < case.counted.today)
    closing = {(buyer.customer_id, date.fromisoformat(buyer.closes_on)) for buyer in known(case.shown.second_purchases)}
    expected = case.counted.closing()
    assert closing <= expected
    assert len(closing) == min(50, len(expected))


def test_owners_of_follow_ups(case: Case) -> None:
    counted = case.counted.owners()
    shown = {owner.agent_id: owner for owner in known(case.shown.follow_ups.owners)}
    for agent_id, count in counted.items():
        owner = shown[agent_id]
        assert (owner.open_count, owner.due_today, owner.overdue, owner.done_today) == (
            count["owed"],
            count["due_today"],
            count["overdue"],
            count["done_today"],
        )
        assert (owner.kept.on_time, owner.kept.decided) == (count["on_time"], count["promised"])
    figures = case.shown.follow_ups
    assert figures.due_today == sum(count["due_today"] for count in counted.values())
    assert figures.overdue == sum(count["overdue"] for count in counted.values())
    assert figures.done_today == sum(count["done_today"] for count in counted.values())
    open_ones = [row for row in case.counted.follow_ups() if row.done_at is None and row.outcome is None]
    assert {item.id: (item.due_at, item.owner_id) for item in figures.items} == {
        row.id: (row.due_at, row.agent_id) for row in open_ones if row.due_at < case.counted.ends
    }


def test_customers_not_given_up(case: Case) -> None:
    shown = {each.customer_id: (each.why.value, each.times) for each in known(case.shown.unresolved_customers)}
    counted = case.counted.unresolved()
    assert len(counted) < 200, "else the list is cut"
    assert shown == counted
    assert "fruitless attempts" in {why for why, _ in shown.values()}


def test_promises_at_risk(case: Case) -> None:
    """Each owner's calls made one after another: those that fit are kept, in order of their due moments."""
    counted = case.counted
    agents = {agent.id: agent for agent in case.shown.agents}
    grace = counted.tables["site"][0].follow_up_grace_ms
    seen = 0
    for owner in known(case.shown.follow_ups.owners):
        shifts = [s for s in counted.tables["shifts"] if s.agent_id == owner.agent_id]
        shifts = [s for s in shifts if counted.day_of(s.starts_at) == counted.today]
        if owner.agent_id is None or not shifts:
            assert owner.load is None
            continue
        outbound = [
            call.handling_ms
            for call in counted.calls
            if call.direction == "outbound"
            and call.is_handled
            and call.agent_id == owner.agent_id
            and 0 < (counted.today - counted.day_of(call.entered_at)).days <= 56
        ]
        if len(outbound) < 10:
            continue
        usual = sum(outbound) // len(outbound)
        assert (owner.handling_ms, owner.handling_is_own) == (usual, True)
        ends = max(shift.ends_at for shift in shifts)
        agent, free = agents[owner.agent_id], max(counted.at, min(shift.starts_at for shift in shifts))
        if agent.state in {"talking", "hold", "wrap_up", "dialling", "ringing"}:
            free = max(free, (agent.since or 0) + usual)
        elif agent.state == "paused":
            limits = {row.reason: row.limit_ms for row in counted.tables["pause_reasons"]}
            free = max(free, (agent.since or 0) + (limits.get(agent.reason) or 0))
        assert owner.load is not None
        assert (owner.shift_ends_at, owner.load.left_ms) == (ends, max(0, ends - free))
        late = set()
        mine = [f for f in counted.follow_ups() if f.agent_id == owner.agent_id and f.done_at is None]
        mine = sorted((f for f in mine if f.outcome is None and f.due_at <= ends), key=lambda f: (f.due_at, f.id))
        for follow_up in mine:
            if free + usual <= min(follow_up.due_at + grace, ends):
                free += usual
            else:
                late.add(follow_up.id)
        assert (owner.load.due_in_shift, set(owner.load.certainly_late)) == (len(mine), late)
        seen += 1
    assert seen >= 3


def test_how_likely_each_promise_is_late(case: Case) -> None:
    """By the records of its owner; 1 once it is, 0.95 where the owner has no time for it."""
    counted, late = case.counted, case.counted.usually_late()
    grace = counted.tables["site"][0].follow_up_grace_ms
    promises = {f.id: f for f in counted.follow_ups()}
    no_time = {
        number for owner in known(case.shown.follow_ups.owners) if owner.load for number in owner.load.certainly_late
    }
    agents = {agent.id: agent for agent in case.shown.agents}
    seen = records = 0
    for item in case.shown.follow_ups.items:
        promise = promises[item.id]
        if counted.at > promise.promised_at + grace:
            assert item.late_chance == 1.0
            assert (item.late_reason is None) == (counted.at > promise.due_at + grace)
        elif item.id in no_time:
            assert item.late_chance == 0.95
            assert known(item.late_reason).why == "no time is left for it"
        elif (
            agents[promise.agent_id].state != "logged_out" or counted.was_to(promise.agent_id, promise.due_at) == "away"
        ):
            assert item.late_chance == pytest.approx(late(promise)), item
            reason = known(item.late_reason)
            if reason.why == "record":
                records += 1
                assert (reason.late, reason.promised, reason.of == "team") == counted.late_record(promise)
            else:
                assert reason.why == "not at work when they are due"
                assert counted.was_to(promise.agent_id, promise.promised_at) == "away"
            seen += 1
        else:
            assert known(item.late_chance) >= late(promise) - 1e-9, "who is not there is no likelier to call"
    assert seen >= 5
    assert records
    owners = known(case.shown.follow_ups.owners)
    coming = [known(i.late_chance) for i in case.shown.follow_ups.items if i.grace_ends_at >= counted.at]
    assert case.shown.follow_ups.at_risk == sum(chance >= 0.5 for chance in coming)
    assert case.shown.follow_ups.late_expected == pytest.approx(sum(coming) + sum(owner.overdue for owner in owners))


def test_problems(case: Case) -> None:
    answered, calls, customers = case.counted.reasons()
    shown = case.shown.problems
    assert shown is not None
    assert (shown.answered, shown.coded) == (answered, answered - calls[None])
    assert {reason.id: reason.calls for reason in shown.reasons} == {r: n for r, n in calls.items() if n}
    assert [reason.calls for reason in shown.reasons] == sorted(calls.values(), reverse=True)
    assert all(reason.customers == len(customers.get(reason.id or 0, ())) for reason in shown.reasons)
    assert {reason.id for reason in shown.reasons if reason.rising} == case.counted.rising()


def test_resources(case: Case) -> None:
    counted, shown = case.counted, case.shown.resources
    assert shown is not None
    spent = counted.logged_in(counted.today, counted.today)
    assert shown.logged_in_ms == sum(spent.values())
    assert shown.labour_cents == pytest.approx(counted.labour(spent), abs=1)
    handling = counted.handling(counted.today, counted.today)
    whole = sum(handling.values())
    assert shown.sales_cost_cents == pytest.approx(counted.labour(spent) * handling["sales"] / whole)
    assert shown.retention_cost_cents == pytest.approx(counted.labour(spent) * handling["retention"] / whole)
    assert shown.kept_customers == len(counted.kept(counted.today, counted.today)[0])
    today = [call for call in counted.calls if counted.day_of(call.entered_at) == counted.today and call.is_handled]
    for work in shown.work:
        same = [call for call in today if call.direction == work.direction]
        assert (work.handled, work.agents) == (len(same), len({call.agent_id for call in same} - {None}))
        past = [
            call
            for call in counted.calls
            if call.is_handled
            and call.direction == work.direction
            and counted.day_of(call.entered_at) in {counted.today - timedelta(days=7 * n) for n in range(1, 9)}
        ]
        assert work.usual_aht_ms == pytest.approx(sum(c.handling_ms for c in past) / len(past))
        days = {(counted.day_of(call.entered_at), call.agent_id) for call in past if call.agent_id is not None}
        assert work.usual_per_agent_day == pytest.approx(len(past) / len(days))


def test_the_same_money_elsewhere(case: Case) -> None:
    counted, shown = case.counted, case.shown.value
    assert shown is not None
    first, last = counted.today - timedelta(days=28), counted.today - timedelta(days=1)
    assert (shown.starts_on, shown.ends_on, shown.days) == (first.isoformat(), last.isoformat(), 28)
    labour = counted.labour(counted.logged_in(first, last))
    handling = counted.handling(first, last)
    won, won_revenue = counted.new_customers(first, last)
    kept, retention_calls = counted.kept(first, last)
    calls = counted.sold(first, last)["centre", 0]["calls"]
    centre = {row.goal: row for row in shown.rows if row.is_centre}
    assert (centre["acquisition"].customers, centre["acquisition"].revenue_cents) == (won, won_revenue)
    assert (centre["retention"].customers, shown.retention_calls) == (len(kept), retention_calls)
    assert shown.sales_calls == calls
    for goal, purpose in (("acquisition", "sales"), ("retention", "retention"), ("service", "service")):
        # Outbound time is split by contacts: an estimate, so that the parts agree but roughly.
        share = handling[purpose] / sum(handling.values())
        assert (centre[goal].cost_cents or 0) / labour == pytest.approx(share, abs=0.02)
    site = counted.tables["site"][0]
    for row in (row for row in shown.rows if not row.is_centre):
        [source] = [each for each in counted.tables["investments"] if each.name == row.name]
        customers = {"acquisition": source.customers_won, "retention": source.customers_kept}.get(row.goal)
        if customers:
            assert row.cost_per_customer_cents == source.cost_cents / customers
            own, number = centre[row.goal], calls if row.goal == "acquisition" else retention_calls
            break_even = (own.cost_cents or 0) / number / (source.cost_cents / customers)
            assert row.break_even_conversion == pytest.approx(break_even, rel=1e-3)
        if source.revenue_cents is not None:
            assert row.roi == pytest.approx(
                (source.revenue_cents * site.margin - source.cost_cents) / source.cost_cents
            )
