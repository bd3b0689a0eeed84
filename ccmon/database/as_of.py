"""The totals of a business day, and its follow-ups, as they were at an earlier moment.

The totals are counted from the rows by ``as_of_totals``, which is generated from their definitions
(`ccmon.database.total_sql`), the follow-ups from their rows and `audit`. `totals` and `follow_up_rows` return the same
records as the queries of ``floor.sql``, so that callers need not know where the rows came from.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import starmap
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple, replace

from ccmon.database.driver import Database, Parameters
from ccmon.metrics.follow_ups import CANCELLED
from ccmon.model.agents import Membership
from ccmon.model.due_moments import DueMoments
from ccmon.snapshot.floor_rows import (
    AgentTotals,
    CampaignTotals,
    OpenCallRow,
    OpenFollowUpRow,
    PromiseRow,
    QueueTotals,
    StateRow,
)


class WaitCount(Struct, frozen=True, gc=False):
    """How many finished waits of a length a queue had, as a row of wait_histogram holds it for the day."""

    queue_id: int
    wait_s: int
    visits: int


class HandlingTime(Struct, frozen=True, gc=False):
    """How many handled calls had a handling time, as a row of handling_histogram holds it for the day."""

    direction: str
    queue_id: int
    handling_s: int
    calls: int


def as_of_rows(database: Database, parameters: Parameters, due_moments: DueMoments) -> dict[str, Any]:
    """What changes with each call, as it was at an earlier moment: fields of `FloorData`."""
    follow_ups = database.rows("as_of_follow_ups", FollowUpRow, parameters)
    audit = database.rows("as_of_audit", AuditRow, parameters)
    return {
        "states": database.rows("as_of_states", StateRow, parameters),
        "calls": database.rows("as_of_calls", OpenCallRow, parameters),
        "members": database.rows("as_of_members", Membership, parameters),
        **follow_up_rows(follow_ups, audit, parameters, due_moments.counts_as),
        **totals(database.pairs("as_of_totals", parameters), parameters),
    }


def totals(texts: Mapping[str, str], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """All totals of a day as the tables of totals would have held them: fields of `FloorData`.

    Args:
        texts: by table name, its rows as JSON, each a list in the order of the total's definition, without the day.
        parameters: the edges of the business day.
    """
    rows = {table: json.loads(text) for table, text in texts.items()}
    quarters: defaultdict[int, list[QueueTotals]] = defaultdict(list)
    for quarter in starmap(QueueTotals, rows["queue_quarters"]):
        quarters[quarter.queue_id].append(quarter)
    longest: dict[int, int] = {}
    for wait in starmap(WaitCount, rows["wait_histogram"]):
        longest[wait.queue_id] = max(wait.wait_s, longest.get(wait.queue_id, 0))
    inbound: defaultdict[int, dict[int, int]] = defaultdict(dict)
    outbound: Counter[int] = Counter()
    for handling in starmap(HandlingTime, rows["handling_histogram"]):
        if handling.direction == "outbound":
            outbound[handling.handling_s] += handling.calls
        elif handling.queue_id:
            inbound[handling.queue_id][handling.handling_s] = handling.calls
    return {
        "queue_totals": {
            queue_id: _sums(of_queue, parameters["day_starts_at"]) for queue_id, of_queue in quarters.items()
        },
        "quarters": dict(quarters),
        "longest_waits": longest,
        "histograms": dict(inbound),
        "outbound_histogram": outbound,
        "agent_days": list(starmap(AgentTotals, rows["agent_days"])),
        "campaign_days": list(starmap(CampaignTotals, rows["campaign_days"])),
    }


def _sums(quarters: Iterable[QueueTotals], day_starts_at: int) -> QueueTotals:
    (queue_id, *_), _, *counts = zip(*map(astuple, quarters), strict=True)
    return QueueTotals(queue_id, day_starts_at, *map(sum, counts))


class FollowUpRow(OpenFollowUpRow, frozen=True, gc=False):
    """A follow-up as it is now. A row of ``as_of_follow_ups``."""

    done_at: int | None
    outcome: str | None


class AuditRow(Struct, frozen=True, gc=False):
    """What a follow-up was before somebody changed it. A row of ``as_of_audit``."""

    subject_id: int
    before: str
    """JSON: the columns that were changed."""


def follow_up_rows(
    follow_ups: Iterable[FollowUpRow],
    acts: Iterable[AuditRow],
    parameters: Mapping[str, Any],
    counts_as: Callable[[int], int],
) -> dict[str, Any]:
    """Follow-ups as they were at an earlier moment.

    Args:
        follow_ups: as they are now.
        acts: what was done to them since then, the latest first.
        parameters: the moment and the edges of its business day.
        counts_as: gives the moment at which what falls due counts as due.
    """
    at, starts_at, ends_at = parameters["at"], parameters["day_starts_at"], parameters["day_ends_at"]
    before: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for act in acts:
        before[act.subject_id] |= json.loads(act.before)
    due: list[OpenFollowUpRow] = []
    promises: list[PromiseRow] = []
    done_by: Counter[int | None] = Counter()
    for row in follow_ups:
        follow_up = replace(row, **before.get(row.id, {}))
        if follow_up.done_at is not None and follow_up.done_at > at:
            follow_up = replace(follow_up, done_at=None, outcome=None)
        if follow_up.done_at is None and follow_up.outcome is None and counts_as(follow_up.due_at) < ends_at:
            due.append(OpenFollowUpRow(*(getattr(follow_up, name) for name in OpenFollowUpRow.__struct_fields__)))
        if follow_up.outcome != CANCELLED:
            if starts_at <= counts_as(follow_up.promised_at) < ends_at:
                promises.append(PromiseRow(follow_up.promised_at, follow_up.done_at, follow_up.agent_id))
            if follow_up.done_at is not None and starts_at <= follow_up.done_at < ends_at:
                done_by[follow_up.agent_id] += 1
    return {
        "follow_ups": sorted(due, key=lambda row: (row.due_at, row.id)),
        "promises": promises,
        "follow_ups_done": done_by,
    }
