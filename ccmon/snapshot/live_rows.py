"""What the reader brings home: the raw rows of one moment, before any figure is made of them.

Rows are tuples in the column order of the query that the field names. Moments are Unix milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ccmon.model.business_day import BusinessDay

Row = tuple[Any, ...]
Rows = Sequence[Row]


class Client(NamedTuple):
    """A company that the centre works for."""

    id: int
    name: str


class Team(NamedTuple):
    """A team and the client company it works for."""

    id: int
    name: str
    client: str | None
    client_id: int | None


class AgentEntry(NamedTuple):
    """Who an agent is."""

    id: int
    login: str
    name: str
    team_id: int | None
    team: str | None
    client: str | None
    active: int


class Queue(NamedTuple):
    """A queue and its present targets."""

    id: int
    name: str
    purpose: str | None
    client: str | None
    threshold_ms: int
    target: float
    short_abandon_ms: int
    handling_target_ms: int | None


class Campaign(NamedTuple):
    """A campaign of outbound or advertised calls."""

    id: int
    name: str
    purpose: str | None
    client: str | None
    starts_on: str | None
    ends_on: str | None
    client_id: int | None


class Quota(NamedTuple):
    """The quota of one centre, client, team, agent or campaign for a day, week or month."""

    period: str
    scope: str
    scope_id: int
    sales: int | None
    revenue_cents: int | None
    conversion: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Directory:
    """Names, targets and quotas: what changes when somebody edits them, not as calls go by."""

    clients: Mapping[int, Client]
    teams: Mapping[int, Team]
    agents: Mapping[int, AgentEntry]
    queues: Mapping[int, Queue]
    campaigns: Mapping[int, Campaign]
    quotas: Mapping[tuple[str, str, int], Quota]
    """By period, scope and the scope's number (0 for the centre)."""
    pause_limits: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Site:
    """What the site is."""

    name: str | None
    time_zone: str
    day_starts_ms: int
    currency: str | None
    follow_up_grace_ms: int
    max_open_ms: int


class PastDay(NamedTuple):
    """A finished business day and each queue's calls in it."""

    day: BusinessDay
    quarters: Mapping[int, Rows]
    """By queue, rows of past_day_quarters."""


@dataclass(frozen=True, slots=True, eq=False)
class PastDays:
    """Days before today that today is measured by."""

    same_weekdays: tuple[PastDay, ...]
    """The last eight of the same weekday, the latest first."""
    opens_at: int | None
    """Usual start of work today, by the shifts or by what past days show; None where nothing shows it."""
    closes_at: int | None


@dataclass(frozen=True, slots=True, eq=False)
class LiveRows:
    """The rows of one moment. From the totals for now, from the calls themselves for an earlier moment."""

    site: Site
    day: BusinessDay
    directory: Directory
    past: PastDays
    queue_days: Rows
    queue_sums: Mapping[int, Row]
    """By queue, the sums of its quarters: the columns of live_quarters after the first two."""
    quarters: Mapping[int, Rows]
    """By queue, rows of live_quarters; the same object as before while nothing in it has changed."""
    longest_waits: Rows
    histograms: Mapping[int, Rows]
    """By queue, handled inbound calls by handling time; the same object as before while nothing in it has changed."""
    outbound_histogram: Rows
    agent_days: Rows
    handled_into_day: Rows
    campaign_days: Rows
    lent: Rows
    """Of the day: rows of sales_for_other_clients."""
    states: Rows
    calls: Rows
    members: Rows
    pauses: Rows
    follow_ups: Rows
    promises: Rows
    follow_ups_done: Rows
    sources: Rows
    tracked: Rows
    """Agents whose states, and queues whose members, some source reports: ("agent" or "queue", id)."""
    progress: Rows
    """Long work that still brings rows in: until it is done, what rests on all rows is unknown."""
    newest_at: int | None
    """Newest moment that any row tells of; None for an empty database."""
