"""A seeded history: the same bytes for the same seed, nothing impossible in it, figures a supervisor would believe."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from statistics import fmean, median
from zoneinfo import ZoneInfo

import pytest

from ccmon.database import database_file, totals
from ccmon.errors import CcmonError
from ccmon.metrics.retention import Segment, churn_limits, gaps, purchase_days, segments, win_back
from ccmon.simulator.centre import ShiftPattern, standard_centre
from ccmon.simulator.history import seed
from ccmon.simulator.shifts import CallBackHabit, hire
from tests.databases import new_database, shared

ZONE = ZoneInfo("Europe/Amsterdam")
MONDAY_AFTERNOON = round(datetime(2026, 11, 23, 14, 40, tzinfo=ZONE).timestamp() * 1000)
DAYS = 7


def empty_database(path: Path) -> Path:
    new_database(path, time_zone="Europe/Amsterdam")
    return path


def seeded_week(folder: Path) -> None:
    seed(empty_database(folder / "calls.db"), days=DAYS, agents=40, seed=1, until=MONDAY_AFTERNOON)


@pytest.fixture(scope="module")
def history() -> Iterator[sqlite3.Connection]:
    """A week of the usual floor and the Monday after it, up to the afternoon."""
    connection = database_file.open_reader(shared("week of forty agents", seeded_week) / "calls.db")
    yield connection
    connection.close()


def count(connection: sqlite3.Connection, query: str) -> int:
    ((number,),) = connection.execute(query).fetchall()
    return int(number)


def content(path: Path) -> str:
    connection = database_file.open_reader(path)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


def without_change_log(content: str) -> str:
    """The change log ascends for ever: if it began anew, readers would miss what is written. Checks name rows of it."""
    of_change_log = tuple(f'INSERT INTO "{table}"' for table in ("changes", "stored_part_checks"))
    return "\n".join(line for line in content.splitlines() if not line.startswith(of_change_log))


# The same again


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = empty_database(tmp_path / "first.db"), empty_database(tmp_path / "second.db")
    for path in (first, second):
        seed(path, days=1, agents=8, seed=7, until=MONDAY_AFTERNOON)
    before = content(first)
    assert before == content(second)
    seed(first, days=1, agents=8, seed=8, until=MONDAY_AFTERNOON)
    assert content(first) != before
    seed(first, days=1, agents=8, seed=7, until=MONDAY_AFTERNOON)
    assert without_change_log(content(first)) == without_change_log(before), "seeding again replaces all that was there"


def test_a_database_with_other_data_is_left_alone(tmp_path: Path) -> None:
    path = empty_database(tmp_path / "calls.db")
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO clients (name) VALUES ('Real Ltd')")
    connection.close()
    before = content(path)
    with pytest.raises(CcmonError, match="holds data that is not demo data"):
        seed(path, days=1, agents=8, seed=1, until=MONDAY_AFTERNOON)
    assert content(path) == before


def test_a_history_is_sound_though_no_row_was_checked_alone(history: sqlite3.Connection) -> None:
    assert history.execute("PRAGMA quick_check").fetchall() == [("ok",)]  # the tables' conditions among it
    assert history.execute("PRAGMA foreign_key_check").fetchall() == []
    assert totals.check(history) == []


def test_a_history_ends_at_its_moment(history: sqlite3.Connection) -> None:
    for table, column in (
        ("calls", "entered_at"), ("calls", "answered_at"), ("calls", "ended_at"), ("calls", "wrapped_up_at"),
        ("agent_states", "started_at"), ("agent_states", "ended_at"), ("sales", "sold_at"), ("sales", "cancelled_at"),
        ("surveys", "answered_at"), ("survey_invitations", "sent_at"), ("follow_ups", "created_at"),
        ("follow_ups", "done_at"), ("queue_members", "ended_at"), ("missed_calls", "missed_at"),
    ):  # fmt: skip
        latest = count(history, f"SELECT coalesce(max({column}), 0) FROM {table}")
        assert latest <= MONDAY_AFTERNOON, f"{table}.{column}"


# What cannot be


@pytest.mark.parametrize(
    "impossible",
    [
        # an agent in two states at once
        """SELECT count(*) FROM (SELECT started_at, lag(ended_at) OVER (PARTITION BY agent_id ORDER BY started_at, id)
           AS before, row_number() OVER (PARTITION BY agent_id ORDER BY started_at, id) AS place FROM agent_states)
           WHERE place > 1 AND (before IS NULL OR before <> started_at)""",
        "SELECT count(*) FROM agent_states WHERE ended_at <= started_at",
        # an answered call without an agent who talks from its answer on
        """SELECT count(*) FROM calls AS c WHERE answered_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM agent_states AS s
           WHERE s.agent_id = c.agent_id AND s.call_id = c.id AND s.state = 'talking'
           AND s.started_at = c.answered_at)""",
        # a time that runs backwards
        """SELECT count(*) FROM calls WHERE answered_at < entered_at OR ended_at < coalesce(answered_at, entered_at)
           OR wrapped_up_at < ended_at OR hold_ms > ended_at - answered_at""",
        "SELECT count(*) FROM calls WHERE ended_at IS NOT NULL AND outcome IS NULL",
        "SELECT count(*) FROM calls WHERE outcome = 'unknown'",
        "SELECT count(*) FROM calls WHERE outcome = 'answered' AND (answered_at IS NULL OR agent_id IS NULL)",
        "SELECT count(*) FROM calls WHERE direction = 'inbound' AND queue_id IS NULL",
        """SELECT count(*) FROM calls WHERE ended_at IS NULL
           AND entered_at < (SELECT max(entered_at) FROM calls) - 7200000""",
        # an agent who answers a call of a queue without being in it
        """SELECT count(*) FROM calls AS c WHERE queue_id IS NOT NULL AND answered_at IS NOT NULL AND NOT EXISTS
           (SELECT 1 FROM queue_members AS m WHERE m.queue_id = c.queue_id AND m.agent_id = c.agent_id
            AND m.started_at <= c.answered_at AND (m.ended_at IS NULL OR m.ended_at >= c.answered_at))""",
        # a sale, survey or reason of a call that nobody talked on
        """SELECT count(*) FROM sales AS s LEFT JOIN calls AS c ON c.id = s.call_id
           WHERE s.call_id IS NOT NULL
           AND (c.answered_at IS NULL OR s.sold_at < c.answered_at OR s.agent_id <> c.agent_id)""",
        # an order without a call in the days of the data
        """SELECT count(*) FROM sales WHERE call_id IS NULL AND sold_at >= (SELECT min(entered_at) FROM calls)""",
        # an answer of a customer who was not asked
        """SELECT count(*) FROM surveys AS s WHERE NOT EXISTS
           (SELECT 1 FROM survey_invitations AS i
            WHERE i.call_id = s.call_id AND i.delivered AND i.sent_at <= s.answered_at)""",
        "SELECT count(*) FROM surveys AS s LEFT JOIN calls AS c ON c.id = s.call_id WHERE s.answered_at < c.ended_at",
        "SELECT count(*) FROM call_reasons AS r JOIN calls AS c ON c.id = r.call_id WHERE c.answered_at IS NULL",
        # a sale outside the calls that conversion is counted over
        """SELECT count(*) FROM sales AS s JOIN calls AS c ON c.id = s.call_id
           LEFT JOIN queues AS q ON q.id = c.queue_id WHERE NOT (q.purpose IS 'sales' OR c.right_party IS 1)""",
        # a follow-up that is done before it was promised, or promised for before
        """SELECT count(*) FROM follow_ups
           WHERE done_at < created_at OR promised_at < created_at OR due_at < promised_at""",
        # a customer of one client who calls the other
        """SELECT count(*) FROM (SELECT c.customer_id FROM calls AS c JOIN queues AS q ON q.id = c.queue_id
           WHERE c.customer_id IS NOT NULL GROUP BY c.customer_id HAVING count(DISTINCT q.client_id) > 1)""",
        # shifts of one agent that overlap
        """SELECT count(*) FROM shifts AS a JOIN shifts AS b ON b.agent_id = a.agent_id
           AND b.starts_at > a.starts_at AND b.starts_at < a.ends_at""",
    ],
)  # fmt: skip
def test_nothing_impossible_happens(history: sqlite3.Connection, impossible: str) -> None:
    assert count(history, impossible) == 0


# What the periodic figures are shown with


def test_every_goal_has_something_to_show(history: sqlite3.Connection) -> None:
    def kinds(query: str) -> set[tuple[object, ...]]:
        return set(history.execute(query).fetchall())

    scopes = ("centre", "client", "team")
    assert {(scope, period) for scope in scopes for period in ("day", "week", "month")} <= kinds(
        "SELECT scope, period FROM quotas"
    )
    assert {("agent", "day"), ("campaign", "day")} <= kinds("SELECT scope, period FROM quotas")
    assert kinds("SELECT goal FROM investments") == {("acquisition",), ("retention",), ("service",)}
    assert kinds("SELECT question FROM surveys") == {("satisfaction",), ("recommend",), ("resolved",)}
    assert count(history, "SELECT count(*) FROM survey_invitations WHERE NOT delivered") > 0
    assert count(history, "SELECT count(*) FROM agents WHERE hourly_cost_cents IS NULL") == 0
    assert count(history, "SELECT count(*) FROM site WHERE margin IS NULL OR currency IS NULL") == 0
    assert count(history, "SELECT count(*) FROM clients") == 2


def test_customers_of_every_kind(history: sqlite3.Connection) -> None:
    bought: dict[int, list[date]] = {}
    for customer, sold_at in history.execute(
        "SELECT customer_id, sold_at FROM sales WHERE customer_id IS NOT NULL AND cancelled_at IS NULL"
    ):
        bought.setdefault(customer, []).append(datetime.fromtimestamp(sold_at / 1000, ZONE).date())
    purchases = {customer: purchase_days(days) for customer, days in bought.items()}
    today = datetime.fromtimestamp(MONDAY_AFTERNOON / 1000, ZONE).date()
    found = segments(purchases, today)
    assert all(found[kind] >= 10 for kind in Segment)
    limits = churn_limits(gaps(purchases.values()))
    assert limits.from_gaps is not None
    assert 20 < limits.at_risk_days < limits.churned_days < 120
    reached: dict[int, list[date]] = {}
    for customer, entered_at in history.execute(
        """SELECT c.customer_id, c.entered_at FROM calls AS c JOIN campaigns AS m ON m.id = c.campaign_id
           WHERE m.purpose = 'retention' AND c.right_party"""
    ):
        reached.setdefault(customer, []).append(datetime.fromtimestamp(entered_at / 1000, ZONE).date())
    won = win_back(purchases, reached, first=min(min(days) for days in reached.values()), last=today, limits=limits)
    assert 0 < won.won_back < won.reached


# What a supervisor would believe


def test_each_queue_is_near_its_target_and_some_callers_give_up(history: sqlite3.Connection) -> None:
    rows = history.execute(
        """SELECT q.name, 1.0 * sum(t.answered_in_threshold)
             / sum(t.answered + t.abandoned + t.timed_out + t.no_agents - t.short_abandoned),
             1.0 * sum(t.abandoned) / sum(t.offered), sum(t.offered)
           FROM queue_quarters AS t JOIN queues AS q ON q.id = t.queue_id GROUP BY q.id"""
    ).fetchall()
    assert len(rows) == 6
    for name, service_level, abandoned, offered in rows:
        assert 0.66 < service_level < 0.95, name
        assert 0.02 < abandoned < 0.13, name
        assert offered > 200, name
    total = history.execute("SELECT 1.0 * sum(abandoned) / sum(offered) FROM queue_quarters").fetchone()[0]
    assert 0.02 < total < 0.1


def test_agents_are_busy_but_not_always(history: sqlite3.Connection) -> None:
    handling, ready, paused, logged_in = history.execute(
        """SELECT sum(inbound_talk_ms + inbound_hold_ms + inbound_wrap_up_ms + outbound_talk_ms + outbound_hold_ms
             + outbound_wrap_up_ms), sum(ready_ms), sum(paused_ms), sum(ready_ms + paused_ms + talking_ms + other_ms)
           FROM agent_days"""
    ).fetchone()
    assert 0.6 < handling / (handling + ready) < 0.9
    assert 0.1 < paused / logged_in < 0.3


def test_handling_times_are_skewed_as_real_ones_are(history: sqlite3.Connection) -> None:
    for (queue_id,) in history.execute("SELECT id FROM queues").fetchall():
        times = [row[0] for row in history.execute(
            "SELECT wrapped_up_at - answered_at FROM calls WHERE queue_id = ? AND wrapped_up_at > 0", (queue_id,)
        )]  # fmt: skip
        mean = fmean(times)
        assert mean > 1.08 * median(times)
        assert 1.5 < sorted(times)[int(0.9 * len(times))] / mean < 2.5


def test_the_hours_of_the_day_have_their_shape(history: sqlite3.Connection) -> None:
    per_hour = dict(history.execute(
        """SELECT (entered_at / 3600000 + 1) % 24, count(*) FROM calls WHERE queue_id IS NOT NULL GROUP BY 1"""
    ))  # fmt: skip
    assert set(per_hour) <= set(range(8, 20))
    assert per_hour[10] > 2 * per_hour[8]
    assert per_hour[14] > 3 * per_hour[18]


def test_saturday_is_quiet_and_sunday_closed(history: sqlite3.Connection) -> None:
    per_day = dict(history.execute(
        "SELECT date(entered_at / 1000, 'unixepoch'), count(*) FROM calls WHERE queue_id IS NOT NULL GROUP BY 1"
    ))  # fmt: skip
    assert "2026-11-22" not in per_day
    assert per_day["2026-11-21"] < 0.35 * per_day["2026-11-20"]


def test_customers_come_back(history: sqlite3.Connection) -> None:
    calls = [row[0] for row in history.execute(
        "SELECT count(*) FROM calls WHERE queue_id IS NOT NULL AND customer_id IS NOT NULL GROUP BY customer_id"
    )]  # fmt: skip
    assert 0.1 < sum(number > 1 for number in calls) / len(calls) < 0.5
    assert count(history, """SELECT count(*) FROM (SELECT customer_id FROM sales GROUP BY customer_id
        HAVING count(DISTINCT date(sold_at / 1000, 'unixepoch')) > 1)""") > 10  # fmt: skip
    same_reason = """SELECT count(*) FROM call_reasons AS r JOIN calls AS c ON c.id = r.call_id
        JOIN calls AS d ON d.customer_id = c.customer_id AND d.entered_at > c.ended_at
        JOIN call_reasons AS s ON s.call_id = d.id AND s.reason_id = r.reason_id"""
    assert count(history, same_reason) > 20


def test_promises_are_kept_late_or_forgotten(history: sqlite3.Connection) -> None:
    due = "FROM follow_ups WHERE promised_at < 1795302000000"  # before the Sunday
    promised = count(history, f"SELECT count(*) {due}")
    in_time = count(history, f"SELECT count(*) {due} AND done_at <= promised_at + 900000")
    late = count(history, f"SELECT count(*) {due} AND done_at > promised_at + 900000")
    assert 0.55 < in_time / promised < 0.9
    assert 0.08 < late / promised < 0.4
    assert 0 < promised - in_time - late < 0.05 * promised
    linked = count(history, f"SELECT count(*) {due} AND call_id IS NOT NULL")
    assert linked > 0.6 * promised


def test_one_problem_rises_on_the_last_day(history: sqlite3.Connection) -> None:
    shares = history.execute(
        """SELECT date(c.entered_at / 1000, 'unixepoch') = '2026-11-23', 1.0 * sum(r.name LIKE 'Router%') / count(*)
           FROM call_reasons AS cr JOIN calls AS c ON c.id = cr.call_id JOIN contact_reasons AS r ON r.id = cr.reason_id
           GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    (_, before), (_, today) = shares
    assert before < 0.04
    assert today > 3 * before


def test_agents_keep_promises_by_habit(history: sqlite3.Connection) -> None:
    """What an agent owes is late by the agent's ways, so that the past tells of it; most are on time as a rule."""
    habits = {agent.number + 1: agent.call_back_habit for agent in hire(standard_centre(40), 1)}
    late: Counter[CallBackHabit] = Counter()
    promised: Counter[CallBackHabit] = Counter()
    rows = history.execute(
        """SELECT agent_id, done_at IS NULL OR done_at > promised_at + 900000 FROM follow_ups AS f
           WHERE promised_at < 1795302000000 AND EXISTS (
               SELECT 1 FROM shifts AS s
               WHERE s.agent_id = f.agent_id AND promised_at >= s.starts_at AND promised_at < s.ends_at - 4500000
                   AND s.activity = 'work')"""
    )
    for agent_id, was_late in rows:
        promised[habits[agent_id]] += 1
        late[habits[agent_id]] += was_late
    share = {habit: late[habit] / promised[habit] for habit in promised}
    assert share[CallBackHabit.WHEN_DUE] < 0.25
    assert share[CallBackHabit.WHEN_QUIET] > share[CallBackHabit.WHEN_DUE] + 0.1
    assert share[CallBackHabit.BEFORE_LEAVING] > 0.6


@pytest.mark.parametrize(
    ("minute", "moved"), [(734, 734), (735, 735), (736, 780), (750, 780), (779, 780), (780, 780), (940, 945)]
)
def test_nobody_promises_a_call_for_their_own_lunch(minute: int, moved: int) -> None:
    """Lunch is from 12:30 for half an hour, and a break from 15:30 for a quarter; a call needs some time before."""
    pattern = ShiftPattern(540, 1050, ((750, 30, "Lunch"), (930, 15, "Break")))
    assert pattern.outside_breaks(minute) == moved


def test_quotas_follow_the_hours_that_are_planned(history: sqlite3.Connection) -> None:
    day = "period = 'day' AND starts_on = '2026-11-20'"
    centre = count(history, f"SELECT sales FROM quotas WHERE scope = 'centre' AND {day}")
    assert centre == count(history, f"SELECT sum(sales) FROM quotas WHERE scope = 'team' AND {day}")
    assert centre == count(history, f"SELECT sum(sales) FROM quotas WHERE scope = 'agent' AND {day}")
    assert centre == count(history, f"SELECT sum(sales) FROM quotas WHERE scope = 'client' AND {day}"), (
        "of campaigns, too"
    )
    absent = f"""SELECT sum(sales) FROM quotas WHERE scope = 'agent' AND {day} AND scope_id NOT IN
        (SELECT agent_id FROM shifts WHERE starts_at BETWEEN 1795042800000 AND 1795215600000)"""
    assert history.execute(absent).fetchone()[0] in (0, None)
    assert count(history, "SELECT sales FROM quotas WHERE scope = 'centre' AND starts_on = '2026-11-22'") == 0
    sold = count(history, "SELECT count(*) FROM sales WHERE date(sold_at / 1000, 'unixepoch') = '2026-11-20'")
    assert 0.7 < sold / centre < 1.3


def test_agents_differ_in_the_eyes_of_customers(history: sqlite3.Connection) -> None:
    means = [row[0] for row in history.execute(
        "SELECT avg(score) FROM surveys GROUP BY agent_id HAVING count(*) >= 15"
    )]  # fmt: skip
    assert len(means) > 15
    assert max(means) - min(means) > 0.4
    assert 3.4 < fmean(means) < 4.6


def test_the_totals_are_those_of_the_rows(history: sqlite3.Connection) -> None:
    assert count(history, "SELECT sum(offered) FROM queue_quarters") == count(
        history, "SELECT count(*) FROM calls WHERE direction = 'inbound'"
    )
    assert count(history, "SELECT sum(sales) FROM agent_days") == count(
        history, "SELECT count(*) FROM sales WHERE cancelled_at IS NULL"
    )


def test_names_are_of_many_kinds(history: sqlite3.Connection) -> None:
    names = [row[0] for row in history.execute("SELECT name FROM agents")]
    assert any("'" in name for name in names)
    assert any(len(name) > 30 for name in names)
    assert any("\u4e00" <= letter <= "\u9fff" for name in names for letter in name)
    assert any("é" in name for name in names)
    assert len(set(names)) == len(names)


def test_a_day_whose_clock_changes_is_simulated_by_its_wall_clock(tmp_path: Path) -> None:
    path = empty_database(tmp_path / "calls.db")
    until = round(datetime(2026, 10, 26, 20, 30, tzinfo=ZONE).timestamp() * 1000)
    seed(path, days=3, agents=20, seed=1, until=until)
    connection = database_file.open_reader(path)
    for day in (date(2026, 10, 23), date(2026, 10, 26)):
        opens = datetime(day.year, day.month, day.day, 8, tzinfo=ZONE).timestamp() * 1000
        first_call = "SELECT min(entered_at) FROM calls WHERE queue_id IS NOT NULL AND entered_at > ?"
        (first,) = connection.execute(first_call, (opens - 20_000_000,)).fetchone()
        assert 0 <= first - opens < 1_800_000
    connection.close()
