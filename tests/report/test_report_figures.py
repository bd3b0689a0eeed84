"""The figures of a report are those of ``ccmon status``; of more than a day, what SQL counts of the rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ccmon.database import database_file
from ccmon.database.report_reader import read_report
from ccmon.model.stretches import StretchKind
from ccmon.report.asked import asked_stretch
from ccmon.snapshot.narrow import NO_FILTER, Filters
from tests.commands import status
from tests.report.reports import FRIDAY, PRESENT, at, database, document, figures, goal, report
from tests.snapshot.seeded_floor import NOW, still_floor

WEEK = at("2026-11-16"), at("2026-11-23")


def asked(query: str, **parameters: object) -> Any:
    """The only row of a query."""
    with closing(database_file.open_reader(database())) as connection:
        (row,) = connection.execute(query, parameters).fetchall()
    return tuple(row) if len(row) > 1 else row[0]


def total_of(found: dict[str, Any]) -> dict[str, Any]:
    """What status says where the report has a figure of a goal."""
    total, line = found["total"], (found["sales"] or [None])[0]
    handling = {each["direction"]: each["aht_s"] for each in found["handling"] if each["scope"] == "centre"}
    known = {
        "offered": total["offered"],
        "answered": total["answered"],
        "lost": total["abandoned"] + total["timed_out"] + total["no_agents"] - total["short_abandoned"],
        "service_level_live": total["service_level_live"],
        "abandonment_rate": total["abandonment_rate"],
        "asa_s": total["asa_s"],
        "longest_wait_today_s": total["longest_wait_today_s"],
        "on_time_rate": found["follow_ups"]["on_time_rate"],
        "done": found["follow_ups"]["done_today"],
        "overdue": found["follow_ups"]["overdue"],
        "not_given_up": len(found["not_given_up"]),
        "handled": sum(agent["handled"] for agent in found["agents"]) or (0 if not total["handled"] else None),
        "logged_in_s": sum(agent["logged_in_s"] for agent in found["agents"]) or None,
        "aht_inbound_s": handling.get("inbound"),
        "aht_outbound_s": handling.get("outbound"),
        "top_two_box": found["satisfaction"][0]["top_two_box"],
        "nps": found["satisfaction"][0]["nps"],
    }
    if line is not None:
        known |= {key: line[key] for key in ("sales", "revenue_cents", "sales_calls", "conversion")}
        known |= {key: line["detail"][key] for key in ("average_order_cents", "new_customers")}
    if found["resources"] is not None:
        keys = "kept_customers", "labour_cents", "cost_per_contact_cents", "cost_per_sale_cents", "contribution_cents"
        known |= {key: found["resources"][key] for key in (*keys, "calls_per_hour")}
    if found["retention"] is not None:
        known |= {key: found["retention"][key] for key in ("loyal", "churn")}
    return known


def own_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a table without what is lacking and the total."""
    return [each for each in rows if not each.keys() & {"is_total", "is_rest"}]


def agree(found: dict[str, Any], known: dict[str, Any]) -> None:
    for key, value in known.items():
        assert goal(found, key) == pytest.approx(value, abs=0.002), key


@pytest.mark.parametrize(
    ("date", "moment"), [(FRIDAY, FRIDAY), ("2026-11-17", "2026-11-17"), (None, None)], ids=["friday", "tuesday", "now"]
)
def test_the_figures_of_a_day_are_those_of_status(date: str | None, moment: str | None) -> None:
    said = status(database(), *(() if moment is None else ("--at", moment)))
    found = document("day", date)
    agree(found, total_of(said))
    day = next(each for each in said["sales"][0]["quotas"] if each["period"] == "day")
    assert goal(found, "attainment") == pytest.approx(day["attainment"], abs=1e-6)
    assert goal(found, "sales", "target") == day["quota_sales"]
    if date is None:
        assert goal(found, "pace") == pytest.approx(day["pace"], abs=1e-6)
        assert goal(found, "chance") == pytest.approx(day["chance"], abs=1e-6)


@pytest.mark.parametrize("kind", ["queue", "team", "client"])
def test_the_figures_of_a_part_are_those_of_status(kind: str) -> None:
    floor = figures("day", FRIDAY).floor
    name = {
        "queue": floor.queues[0].name,
        "team": next(agent.team for agent in floor.agents if agent.team),
        "client": next(queue.client for queue in floor.queues if queue.client),
    }[kind]
    said = status(database(), "--at", FRIDAY, f"--{kind}", str(name))
    found = document("day", FRIDAY, Filters(**{kind: name}))
    agree(found, total_of(said))
    assert found["absent"] == said["absent"]
    assert found["filters"] == {kind: name}
    queues = [each["name"] for each in found["queues"] if "is_total" not in each]
    assert set(queues) <= {queue["name"] for queue in said["queues"]}
    assert {each["name"] for each in own_rows(found["agents"])} <= {agent["name"] for agent in said["agents"]}


def test_a_queue_alone_has_no_sales_and_no_wages() -> None:
    name = figures("day", FRIDAY).floor.queues[0].name
    found = document("day", FRIDAY, Filters(queue=name))
    for key in ("sales", "revenue_cents", "labour_cents", "cost_per_contact_cents", "kept_customers"):
        assert goal(found, key) is None
    assert "problems" not in found
    assert any("not known for one queue" in remark for remark in found["remarks"])


def test_what_a_day_is_compared_with_is_what_status_says_of_those_moments() -> None:
    found = document("day")
    assert found["compared_with"]["week_before"] == {"first_day": "2026-11-16", "at": "2026-11-16T14:32:07+01:00"}
    earlier = {
        "before": (found["compared_with"]["before"]["first_day"], "14:32:07.250"),
        "week_before": ("2026-11-16", "14:32:07.250"),
    }
    for field, (day, time) in earlier.items():
        said = status(database(), "--at", f"{day}T{time}")
        known = total_of(said)
        for key in ("top_two_box", "nps", "not_given_up", "loyal", "churn"):
            known.pop(key, None)
        for key, value in known.items():
            assert goal(found, key, field) == pytest.approx(value, abs=0.002), (field, key)


def test_days_without_calls_or_with_few_are_passed_over() -> None:
    """Monday is compared with Friday: on Sundays nobody calls, and on Saturdays few."""
    found = document("day")
    assert found["compared_with"]["before"]["first_day"] == FRIDAY
    assert "The last day before it with enough calls to compare was Friday." in found["remarks"]
    assert document("day", "2026-11-22")["compared_with"]["before"]["first_day"] == "2026-11-21"
    sunday = document("day", "2026-11-22")
    assert goal(sunday, "offered") == 0
    assert goal(sunday, "service_level_live") is None
    assert "week_before" not in sunday["compared_with"]
    assert sunday["insights"] == []


def test_a_day_with_outbound_calls_alone_is_a_day_with_calls(tmp_path: Path) -> None:
    path = still_floor(tmp_path / "calls.db")
    saturday = at("2026-11-21"), at("2026-11-22")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute(
            "UPDATE calls SET direction = 'outbound', queue_id = NULL WHERE entered_at >= ? AND entered_at < ?",
            saturday,
        )
    before = read_report(path, asked_stretch(StretchKind.DAY, "2026-11-22", PRESENT), {}).before
    assert before is not None
    assert before.stretch.days[0].date == "2026-11-21"
    assert before.floor.total.offered == 0


def test_the_calls_of_a_week_are_those_that_sql_counts() -> None:
    first, last = WEEK
    of_week = "direction = 'inbound' AND queue_id IS NOT NULL AND entered_at >= :first AND entered_at < :last"
    found = document("week", "2026-11-22")
    offered, answered, talk, handled = asked(
        "SELECT count(*), sum(answered_at IS NOT NULL), "
        "sum(iif(answered_at IS NULL, 0, coalesce(wrapped_up_at, ended_at) - answered_at)), "
        f"sum(answered_at IS NOT NULL AND ended_at IS NOT NULL) FROM calls WHERE {of_week}",
        first=first,
        last=last,
    )
    in_time, judged = asked(
        "SELECT sum(answered_at IS NOT NULL AND answered_at / 1000 - entered_at / 1000 <= 20), "
        "sum(answered_at IS NOT NULL OR (outcome = 'abandoned' AND ended_at / 1000 - entered_at / 1000 > 5) "
        f"OR outcome IN ('timeout', 'no_agents')) FROM calls WHERE {of_week}",
        first=first,
        last=last,
    )
    longest = asked(
        "SELECT max(coalesce(answered_at, ended_at) / 1000 - entered_at / 1000) FROM calls "
        f"WHERE {of_week} AND outcome IS NOT 'unknown'",
        first=first,
        last=last,
    )
    assert goal(found, "longest_wait_today_s") == longest
    assert goal(found, "offered") == offered > 1000
    assert goal(found, "answered") == answered
    assert goal(found, "service_level_live") == pytest.approx(in_time / judged, abs=1e-6)
    assert goal(found, "aht_inbound_s") == pytest.approx(talk / handled / 1000, abs=0.002)
    assert sum(point["offered"] for point in found["curve"]) == offered
    assert [point["starts_at"][:10] for point in found["curve"]] == [f"2026-11-{day}" for day in range(16, 23)]
    by_day = asked(
        f"SELECT group_concat(calls) FROM (SELECT count(*) AS calls FROM calls WHERE {of_week} "
        "GROUP BY (entered_at - :first) / 86400000 ORDER BY (entered_at - :first) / 86400000)",
        first=first,
        last=last,
    )
    assert [point["offered"] for point in found["curve"] if point["offered"]] == [*map(int, by_day.split(","))]


def test_the_orders_of_a_week_are_those_that_sql_counts_and_those_of_its_quota() -> None:
    first, last = WEEK
    found = document("week", "2026-11-22")
    orders, cents = asked(
        "SELECT count(*), sum(iif(currency IS NULL OR currency = 'EUR', amount_cents, 0)) FROM sales "
        "WHERE sold_at >= :first AND sold_at < :last AND (cancelled_at IS NULL OR cancelled_at >= :last)",
        first=first,
        last=last,
    )
    assert (goal(found, "sales"), goal(found, "revenue_cents")) == (orders, cents)
    said = status(database(), "--at", "2026-11-22")
    week = next(each for each in said["sales"][0]["quotas"] if each["period"] == "week")
    assert (week["sales"], week["revenue_cents"]) == (orders, cents)
    assert goal(found, "attainment") == pytest.approx(week["attainment"], abs=1e-6)
    assert goal(found, "new_customers") == week["new_customers"]
    assert goal(found, "conversion") == pytest.approx(week["converted"] / week["sales_calls"], abs=1e-6)


def test_promises_and_wages_of_a_week_are_those_that_sql_counts() -> None:
    first, last = WEEK
    found = document("week", "2026-11-22")
    kept, due = asked(
        "SELECT sum(done_at <= promised_at + grace), count(*) FROM follow_ups, "
        "(SELECT follow_up_grace_ms AS grace FROM site) "
        "WHERE promised_at >= :first AND promised_at < :last AND outcome IS NOT 'cancelled' AND created_at < :last",
        first=first,
        last=last,
    )
    assert goal(found, "on_time_of") == due > 20
    assert goal(found, "on_time_rate") == pytest.approx((kept or 0) / due, abs=1e-6)
    hours = asked(
        "SELECT sum(min(coalesce(ended_at, :last), :last) - max(started_at, :first)) / 3600000.0 FROM agent_states "
        "WHERE state <> 'logged_out' AND started_at < :last AND coalesce(ended_at, :last) > :first",
        first=first,
        last=last,
    )
    assert goal(found, "logged_in_s") == pytest.approx(hours * 3600, abs=1)
    cents = asked(
        "SELECT sum((min(coalesce(ended_at, :last), :last) - max(started_at, :first)) / 3600000.0 * hourly_cost_cents) "
        "FROM agent_states JOIN agents ON agents.id = agent_id "
        "WHERE state <> 'logged_out' AND started_at < :last AND coalesce(ended_at, :last) > :first",
        first=first,
        last=last,
    )
    assert goal(found, "labour_cents") == pytest.approx(cents, abs=1)


def test_a_week_is_compared_with_the_whole_week_before() -> None:
    found = document("week", "2026-11-22")
    assert found["compared_with"] == {"before": {"first_day": "2026-11-09", "at": "2026-11-15T23:59:59+01:00"}}
    alone = document("week", "2026-11-15")
    every = [each for of_goal in found["goals"].values() for each in of_goal if each["before"] is not None]
    assert len(every) > 15
    for each in every:
        assert each["before"] == pytest.approx(goal(alone, each["figure"]), abs=0.002), each["figure"]


def test_a_month_so_far_is_what_its_quota_counts() -> None:
    found = document("month")
    said = status(database())
    month = next(each for each in said["sales"][0]["quotas"] if each["period"] == "month")
    assert (goal(found, "sales"), goal(found, "revenue_cents")) == (month["sales"], month["revenue_cents"])
    assert goal(found, "pace") == pytest.approx(month["pace"], abs=1e-6)
    assert found["is_over"] is False
    offered = asked(
        "SELECT count(*) FROM calls WHERE direction = 'inbound' AND queue_id IS NOT NULL AND entered_at >= :first",
        first=at("2026-11-01"),
    )
    assert goal(found, "offered") == offered


def test_a_month_whose_month_before_has_no_whole_data_is_not_compared() -> None:
    """The data begins on 24 October: of that month the rest is not known."""
    found = document("month")
    assert found["compared_with"] == {}
    assert all(each["before"] is None for of_goal in found["goals"].values() for each in of_goal)
    assert any("month before cannot be compared" in remark for remark in found["remarks"])
    october = document("month", "2026-10-30")
    assert october["is_complete"] is False
    assert "when the data begins, is not known" in october["completeness"]


@pytest.mark.parametrize("since", ["09:07", "2026-11-20T12:00"])
def test_since_a_moment_counts_what_sql_counts_from_it(since: str) -> None:
    first = at(f"2026-11-23T{since}") if len(since) == 5 else at(since)
    found = document("since", since)
    offered, in_time = asked(
        "SELECT count(*), sum(answered_at <= :now AND answered_at / 1000 - entered_at / 1000 <= 20) FROM calls "
        "WHERE direction = 'inbound' AND queue_id IS NOT NULL AND entered_at >= :first AND entered_at <= :now",
        first=first,
        now=NOW,
    )
    total = report("since", since).narrowed.covered.floor.total
    assert (total.offered, total.answered_in_threshold) == (offered, in_time)
    orders = asked(
        "SELECT count(*) FROM sales WHERE sold_at >= :first AND sold_at <= :now "
        "AND (cancelled_at IS NULL OR cancelled_at > :now)",
        first=first,
        now=NOW,
    )
    assert goal(found, "sales") == orders
    hours = asked(
        "SELECT sum(min(coalesce(ended_at, :now), :now) - max(started_at, :first)) / 1000.0 FROM agent_states "
        "WHERE state <> 'logged_out' AND started_at < :now AND coalesce(ended_at, :now) > :first",
        first=first,
        now=NOW,
    )
    assert goal(found, "logged_in_s") == pytest.approx(hours, abs=1)


def test_since_the_start_of_a_day_is_that_day() -> None:
    day, since = document("day"), document("since", "00:00")
    for key in (
        "offered",
        "answered",
        "lost",
        "service_level_live",
        "handled",
        "labour_cents",
        "sales",
        "on_time_rate",
    ):
        assert goal(day, key) == goal(since, key), key
    assert since["compared_with"] == day["compared_with"]


def test_a_part_of_a_day_is_judged_by_the_thresholds_of_its_day(tmp_path: Path) -> None:
    """With the usual threshold, other calls would count as in time."""
    path, first = still_floor(tmp_path / "calls.db"), at("2026-11-23T09:07")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("UPDATE queue_days SET service_level_threshold_ms = 7000")
    stretch = asked_stretch(StretchKind.SINCE, "09:07", PRESENT)
    total = read_report(path, stretch, {}).covered.floor.total
    with closing(database_file.open_reader(path)) as connection:
        ((in_time, usual),) = connection.execute(
            "SELECT sum(answered_at / 1000 - entered_at / 1000 <= 7), "
            "sum(answered_at / 1000 - entered_at / 1000 <= 20) "
            "FROM calls WHERE direction = 'inbound' AND queue_id IS NOT NULL AND entered_at >= ? AND answered_at <= ?",
            (first, NOW),
        )
    assert (total.answered_in_threshold, total.service_level_threshold_ms) == (in_time, 7000)
    assert in_time < usual


def test_totals_of_the_tables_are_the_sums_of_their_rows() -> None:
    for found in (document("day", FRIDAY), document("week", "2026-11-22"), document("since", "09:00")):
        rows = [each for each in found["queues"] if "is_total" not in each]
        (total,) = [each for each in found["queues"] if "is_total" in each]
        for key in ("offered", "answered", "lost"):
            assert sum(each[key] for each in rows) == total[key]
        assert total["offered"] == goal(found, "offered")
        assert sum(each["inbound"] + each["outbound"] for each in own_rows(found["agents"])) == goal(found, "handled")
        assert sum(each["late"] for each in found["owners"]) == round(
            goal(found, "on_time_of") * (1 - goal(found, "on_time_rate"))
        )


@pytest.mark.parametrize("kind", ["client", "team", None])
def test_orders_and_quota_of_the_tables_are_those_of_the_goals(kind: str | None) -> None:
    """What no row has, such as an order that another team sold in a campaign of the client, has a row of its own."""
    floor, rest = figures("day", FRIDAY).floor, set()
    names = {agent.client if kind == "client" else agent.team for agent in floor.agents} if kind else {None}
    for name in names - ({None} if kind else set()):
        found = document("day", FRIDAY, Filters(**{kind: name}) if kind else NO_FILTER)
        for table in ("teams", "agents"):
            *rows, total = found[table] if any("is_total" in each for each in found[table]) else (*found[table], {})
            lacking = [each for each in rows if "is_rest" in each]
            rest |= {each["sales"] for each in lacking}
            if total:
                assert sum(each["sales"] or 0 for each in rows) == total["sales"] == goal(found, "sales")
                assert total.get("quota_sales") == goal(found, "sales", "target")
                assert sum(each["inbound"] or 0 for each in rows) == total["inbound"]
                if "quota_sales" in total:
                    assert total["attainment"] == pytest.approx(goal(found, "attainment"), abs=1e-6)
            for each in lacking:
                assert each["sales"] == goal(found, "sales") - sum(each["sales"] or 0 for each in own_rows(rows))
    assert (rest != set()) is (kind == "client")


def test_orders_of_other_teams_are_those_that_sql_counts() -> None:
    """Orders of a client's campaigns by agents of teams that work for others, or by nobody known."""
    first, last = at(FRIDAY), at("2026-11-21")
    client, number = asked(
        "SELECT clients.name, count(*) FROM sales JOIN campaigns ON campaigns.id = sales.campaign_id "
        "JOIN clients ON clients.id = campaigns.client_id LEFT JOIN agents ON agents.id = sales.agent_id "
        "LEFT JOIN teams ON teams.id = agents.team_id "
        "WHERE sold_at >= :first AND sold_at < :last AND (cancelled_at IS NULL OR cancelled_at >= :last) "
        "AND teams.client_id IS NOT campaigns.client_id GROUP BY clients.name ORDER BY count(*) DESC LIMIT 1",
        first=first,
        last=last,
    )
    found = document("day", FRIDAY, Filters(client=client))
    assert [each["sales"] for each in found["teams"] if "is_rest" in each] == [number]
    assert number > 0


def test_every_call_that_came_in_is_in_one_row() -> None:
    for found in (document("day", FRIDAY), document("day"), document("week", "2026-11-22"), document("since", "09:07")):
        parts = ("answered", "lost", "short_abandoned", "diverted", "unknown", "open")
        known = {each["figure"]: each["value"] for each in found["goals"]["service"]}
        assert sum(known.get(part, 0) for part in parts) == known["offered"] > 0
        assert known["short_abandoned"] > 0


def test_the_conversion_can_be_counted_again() -> None:
    found = document("day", FRIDAY)
    converted, calls = goal(found, "converted"), goal(found, "sales_calls")
    assert goal(found, "conversion") == pytest.approx(converted / calls, abs=1e-6)
    assert 0 < converted <= goal(found, "sales")


@pytest.mark.parametrize("date", [FRIDAY, None])
def test_beside_a_day_stands_its_month_to_date(date: str | None) -> None:
    said = status(database(), *(() if date is None else ("--at", date)))
    month = next(each for each in said["sales"][0]["quotas"] if each["period"] == "month")
    found = document("day", date)
    assert (goal(found, "month_sales"), goal(found, "month_revenue_cents")) == (month["sales"], month["revenue_cents"])
    assert goal(found, "month_sales", "target") == (month["quota_sales"] or None)
    assert goal(found, "month_pace") == pytest.approx(month["pace"], abs=1e-6)
    first, last = at("2026-11-01"), NOW if date is None else at("2026-11-21")
    assert goal(found, "month_sales") == asked(
        "SELECT count(*) FROM sales WHERE sold_at >= :first AND sold_at < :last "
        "AND (cancelled_at IS NULL OR cancelled_at >= :last)",
        first=first,
        last=last,
    )
    assert not any(each["figure"].startswith("month_") for each in document("month")["goals"]["revenue"])


def test_a_month_whose_days_are_not_all_known_has_no_quota() -> None:
    """The data begins on 24 October."""
    found = document("day", "2026-10-30")
    assert goal(found, "month_sales", "label") == "Sales, since 24 Oct"
    assert goal(found, "month_sales", "target") is None
    assert "Of the month, sales are known from 2026-10-24 on: its quota cannot be judged." in found["remarks"]
    assert "month_pace" not in {each["figure"] for each in found["goals"]["revenue"]}


def test_reading_changes_nothing() -> None:
    before = database().read_bytes()
    with closing(sqlite3.connect(f"file:{database()}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    report("week")
    assert database().read_bytes() == before
