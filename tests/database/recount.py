"""What the totals should be, counted from the raw rows in Python: written from the definitions, without the SQL.

metrics.md 1.1 for waits, 1.5 to 1.9 for what belongs to which day and quarter, 2 and 3 for outcomes, 6.5 for missed
calls, 7 for handling, 8.2 for sales.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
Totals = dict[str, dict[tuple[Any, ...], dict[str, int]]]

QUARTER_MS = 15 * 60 * 1000
USUAL_TARGETS = {"service_level_threshold_ms": 20_000, "short_abandon_ms": 5_000}
BEGINS = {"calls": "entered_at", "agent_states": "started_at", "missed_calls": "missed_at", "sales": "sold_at"}
KEYS = {
    "queue_quarters": ("queue_id", "quarter_at"),
    "wait_histogram": ("queue_id", "day_at", "wait_s"),
    "handling_histogram": ("day_at", "direction", "queue_id", "handling_s"),
    "agent_days": ("day_at", "agent_id"),
    "campaign_days": ("day_at", "campaign_id"),
    "purchase_days": ("customer_id", "day_at"),
    "customer_purchases": ("customer_id",),
    "buyer_days": ("day_at",),
    "purchase_gaps": ("gap_days",),
}


def kept(connection: sqlite3.Connection) -> Totals:
    """The totals as the database keeps them, rows of zeros left out."""
    totals: Totals = {}
    for table, keys in KEYS.items():
        totals[table] = {}
        for row in _rows(connection, table):
            figures = {name: value for name, value in row.items() if name not in keys and value not in {0, None}}
            if figures:
                totals[table][tuple(row[key] for key in keys)] = figures
    return totals


def recounted(connection: sqlite3.Connection, at: int | None = None) -> Totals:
    """The totals as the raw rows give them, or as these were known at an earlier moment."""
    (site,) = _rows(connection, "site")
    zone = ZoneInfo(site["time_zone"])
    day_of = _day_finder(zone, site["day_starts_ms"])
    queues = {row["id"]: row for row in _rows(connection, "queues")}
    targets = {(row["queue_id"], row["day_at"]): row for row in _rows(connection, "queue_days")}
    counts: dict[str, defaultdict[tuple[Any, ...], Counter[str]]] = {table: defaultdict(Counter) for table in KEYS}
    for call in _known(connection, "calls", at):
        _count_call(call, counts, day_of, queues, targets)
    for state in _known(connection, "agent_states", at):
        _count_state(state, counts["agent_days"], day_of)
    for missed in _known(connection, "missed_calls", at):
        if missed["ring_ms"] >= 1000:
            counts["agent_days"][day_of(missed["missed_at"]), missed["agent_id"]]["missed"] += 1
    calls = {call["id"]: call for call in _rows(connection, "calls")}

    def could_convert(sale: Row) -> bool:
        """Whether an order is on no inbound call of a queue that does not sell, or of none."""
        call = calls.get(sale["call_id"])
        return call is None or call["direction"] == "outbound" or _sells(queues, call["queue_id"])

    def was_dialled(sale: Row) -> bool:
        """Whether an order is on no inbound call."""
        call = calls.get(sale["call_id"])
        return call is None or call["direction"] == "outbound"

    could: dict[str, Callable[[Row], bool]] = {"agent_days": could_convert, "campaign_days": was_dialled}
    _count_sales(_known(connection, "sales", at), counts, day_of, site["currency"], could)
    _count_purchases(_known(connection, "sales", at), counts, day_of, zone)
    return {
        table: {
            key: figures
            for key, counter in rows.items()
            if (figures := {name: value for name, value in counter.items() if value != 0})
        }
        for table, rows in counts.items()
    }


def _rows(connection: sqlite3.Connection, table: str) -> list[Row]:
    cursor = connection.execute(f"SELECT * FROM {table}")
    names = [each[0] for each in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _known(connection: sqlite3.Connection, table: str, at: int | None) -> list[Row]:
    """Rows that had begun by a moment, without what came later."""
    rows = _rows(connection, table)
    return rows if at is None else [_as_known(row, at) for row in rows if row[BEGINS[table]] <= at]


def _as_known(row: Row, at: int) -> Row:
    known = {name: None if name.endswith("_at") and (value or 0) > at else value for name, value in row.items()}
    if "answered_at" in row:
        served_at = (
            row["ended_at"] if row["answered_at"] is None and row["outcome"] == "answered" else row["answered_at"]
        )
        if served_at is None or served_at > at:
            known["agent_id"] = None
            known["outcome"] = None if row["outcome"] == "answered" else row["outcome"]
        if (row["ended_at"] or 0) > at:
            known["outcome"] = known["right_party"] = None
        if (row["wrapped_up_at"] or 0) > at:
            known["wrapping_up"] = 1
    return known


def _day_finder(zone: ZoneInfo, day_starts_ms: int) -> Callable[[int], int]:
    def start(date: datetime) -> int:
        wall_clock = datetime(date.year, date.month, date.day) + timedelta(milliseconds=day_starts_ms)
        return round(wall_clock.replace(tzinfo=zone).timestamp() * 1000)

    def day_of(at: int) -> int:
        date = datetime.fromtimestamp(at / 1000, zone).replace(tzinfo=None) + timedelta(days=1)
        while start(date) > at:
            date -= timedelta(days=1)
        return start(date)

    return day_of


def _class_of(call: Row) -> str:
    outcome = call["outcome"]
    if call["answered_at"] is not None:
        return "answered"
    if outcome in {"unknown", "blocked"}:
        return str(outcome)
    if call["ended_at"] is None:
        return "open"
    classes = {
        "answered": "answered",
        "abandoned": "abandoned",
        "timeout": "timed_out",
        "no_agents": "no_agents",
        "incompatible": "no_agents",
        "exit_key": "diverted",
        "withdrawn": "diverted",
    }
    return classes.get(outcome, "unknown")


def _sells(queues: dict[int, Row], queue_id: int | None) -> bool:
    return queue_id in queues and queues[queue_id]["purpose"] == "sales"


def _count_call(
    call: Row,
    counts: dict[str, defaultdict[tuple[Any, ...], Counter[str]]],
    day_of: Callable[[int], int],
    queues: dict[int, Row],
    targets: dict[tuple[int, int], Row],
) -> None:
    kind = _class_of(call)
    day = day_of(call["entered_at"])
    left_at = call["answered_at"] if kind == "answered" else call["ended_at"]
    wait = None if left_at is None else 1000 * max(0, left_at // 1000 - call["entered_at"] // 1000)
    cut_off = call["outcome"] == "unknown" and call["answered_at"] is not None
    handled = None not in {call["answered_at"], call["ended_at"]} and call["wrapping_up"] != 1 and not cut_off
    talk = hold = wrap_up = 0
    if handled:
        hold = call["hold_ms"] or 0
        talk = max(0, call["ended_at"] - call["answered_at"] - hold)
        wrap_up = max(0, call["wrapped_up_at"] - call["ended_at"]) if call["wrapped_up_at"] is not None else 0
        seconds = (talk + hold + wrap_up) // 1000
        bucket = seconds if seconds < 600 else seconds // 10 * 10
        counts["handling_histogram"][day, call["direction"], call["queue_id"] or 0, bucket]["calls"] += 1
    queue_id = call["queue_id"]
    inbound = call["direction"] == "inbound"
    if inbound and queue_id is not None and kind != "blocked":
        target = targets.get((queue_id, day), USUAL_TARGETS)
        figures = counts["queue_quarters"][queue_id, call["entered_at"] // QUARTER_MS * QUARTER_MS]
        figures["offered"] += 1
        if kind != "open":
            figures[kind] += 1
        if kind not in {"open", "unknown"} and wait is not None:
            counts["wait_histogram"][queue_id, day, wait // 1000]["visits"] += 1
        if kind == "answered":
            figures["cut_off"] += cut_off
            figures["answered_without_wait"] += wait is None
        if kind == "answered" and wait is not None:
            figures["answered_wait_ms"] += wait
            figures["answered_in_threshold"] += wait <= target["service_level_threshold_ms"]
        if kind == "abandoned" and wait is not None:
            short = wait <= target["short_abandon_ms"]
            figures["short_abandoned"] += short
            figures["abandoned_wait_ms"] += 0 if short else wait
        figures.update(handled=int(handled), talk_ms=talk, hold_ms=hold, wrap_up_ms=wrap_up)
    if kind == "answered":
        agent = counts["agent_days"][day, call["agent_id"] or 0]
        if handled:
            way = call["direction"]
            agent.update({way: 1, f"{way}_talk_ms": talk, f"{way}_hold_ms": hold, f"{way}_wrap_up_ms": wrap_up})
        agent["sales_calls"] += _sells(queues, queue_id) if inbound else call["right_party"] == 1
    if not inbound and call["campaign_id"] is not None:
        campaign = counts["campaign_days"][day, call["campaign_id"]]
        campaign["attempts"] += 1
        campaign["contacts"] += kind == "answered"
        campaign["sales_calls"] += kind == "answered" and call["right_party"] == 1


def _count_state(
    state: Row, agent_days: defaultdict[tuple[Any, ...], Counter[str]], day_of: Callable[[int], int]
) -> None:
    if state["ended_at"] is None or state["state"] == "logged_out":
        return
    column = {"ready": "ready_ms", "paused": "paused_ms", "talking": "talking_ms", "hold": "talking_ms"}.get(
        state["state"], "other_ms"
    )
    at = state["started_at"]
    while at < state["ended_at"]:
        day = day_of(at)
        until = at + 1
        while until < state["ended_at"] and day_of(until) == day:  # no length of a day is taken for granted
            until = min(until + QUARTER_MS - until % QUARTER_MS, state["ended_at"])
        agent_days[day, state["agent_id"]][column] += until - at
        if state["state"] in {"hold", "wrap_up"}:
            agent_days[day, state["agent_id"]][f"{state['state']}_ms"] += until - at
        at = until


def _count_purchases(
    sales: list[Row],
    counts: dict[str, defaultdict[tuple[Any, ...], Counter[str]]],
    day_of: Callable[[int], int],
    zone: ZoneInfo,
) -> None:
    """Days on which customers ordered, what is told of each customer's days, and of each day's buyers."""
    for sale in sales:
        if sale["customer_id"] is not None and sale["cancelled_at"] is None:
            counts["purchase_days"][sale["customer_id"], day_of(sale["sold_at"])]["orders"] += 1
    bought: defaultdict[int, list[int]] = defaultdict(list)
    for customer, day in sorted(counts["purchase_days"]):
        bought[customer].append(day)

    def apart(earlier: int, later: int) -> int:
        first, last = (datetime.fromtimestamp(at / 1000, zone).date() for at in (earlier, later))
        return (last - first).days

    gaps = counts["purchase_gaps"]
    for customer, days in bought.items():
        told = counts["customer_purchases"][(customer,)]
        told["purchases"], told["first_at"], told["last_at"] = len(days), days[0], days[-1]
        counts["buyer_days"][(days[0],)]["first_buyers"] += 1
        counts["buyer_days"][(days[-1],)]["last_buyers"] += 1
        if len(days) == 1:
            counts["buyer_days"][(days[0],)]["one_time"] += 1
        else:
            told["second_at"] = days[1]
            gaps[(apart(days[0], days[1]),)]["first_gaps"] += 1
            counts["buyer_days"][(days[0],)]["repeated"] += apart(days[0], days[1]) <= 90
        for earlier, later in pairwise(days):
            counts["purchase_days"][customer, later]["previous_at"] = earlier
            gaps[(apart(earlier, later),)]["gaps"] += 1
        if len(days) > 2:
            told["third_last_at"] = days[-3]
            counts["buyer_days"][(days[-3],)]["third_last_buyers"] += 1
        if any(apart(first, third) < 365 for first, third in zip(days, days[2:], strict=False)):
            told["once_loyal"] = 1
            counts["buyer_days"][(days[-1],)]["once_loyal"] += 1


def _count_sales(
    sales: list[Row],
    counts: dict[str, defaultdict[tuple[Any, ...], Counter[str]]],
    day_of: Callable[[int], int],
    currency: str | None,
    could_convert: dict[str, Callable[[Row], bool]],
) -> None:
    converted: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for sale in sales:
        if sale["cancelled_at"] is not None:
            continue
        day = day_of(sale["sold_at"])
        places = [("agent_days", sale["agent_id"] or 0)]
        if sale["campaign_id"] is not None:
            places.append(("campaign_days", sale["campaign_id"]))
        for table, id_ in places:
            counts[table][day, id_]["sales"] += 1
            if sale["currency"] in {None, currency}:
                counts[table][day, id_]["revenue_cents"] += sale["amount_cents"]
            if could_convert[table](sale):
                converted[table].add((day, id_, sale["call_id"] or f"sale {sale['id']}"))
    for table, of_table in converted.items():
        for day, id_, _ in of_table:
            counts[table][day, id_]["converted"] += 1
