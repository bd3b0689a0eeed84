"""The directory of the site: names, targets and quotas, as the database reader returns them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ccmon.model.alarm_limits import AlarmLimits
from ccmon.model.opening_hours import NO_HOURS, OpeningCalendar


class Client(Struct, frozen=True, gc=False):
    """A company that the centre works for."""

    id: int
    name: str


class Team(Struct, frozen=True, gc=False):
    """A team and the client company it works for."""

    id: int
    name: str
    client: str | None
    client_id: int | None


class AgentEntry(Struct, frozen=True, gc=False):
    """An agent's names and team."""

    id: int
    login: str
    name: str
    team_id: int | None
    team: str | None
    client: str | None
    active: int


class Queue(Struct, frozen=True, gc=False):
    """A queue."""

    id: int
    name: str
    purpose: str | None
    client: str | None
    handling_target_ms: int | None


class Campaign(Struct, frozen=True, gc=False):
    """A campaign of outbound or advertised calls."""

    id: int
    name: str
    purpose: str | None
    client: str | None
    client_id: int | None


class Quota(Struct, frozen=True, gc=False):
    """The quota of one centre, client, team, agent or campaign for a day, week or month."""

    period: str
    scope: str
    scope_id: int
    sales: int | None
    revenue_cents: int | None
    conversion: float | None
    starts_on: str


class ParticularLimit(Struct, frozen=True, gc=False):
    """A limit of alarms of one reason, queue or team."""

    name: str
    scope: str
    subject: str
    value: int


class Directory(Struct, frozen=True, eq=False):
    """Names, targets and quotas: what changes when somebody edits them, not as calls go by."""

    clients: Mapping[int, Client]
    teams: Mapping[int, Team]
    agents: Mapping[int, AgentEntry]
    queues: Mapping[int, Queue]
    campaigns: Mapping[int, Campaign]
    quotas: Mapping[tuple[str, str, int], Quota]
    """By period, scope and the scope's number (0 for the centre)."""
    alarm_limits: AlarmLimits
    calendar: OpeningCalendar = NO_HOURS
    """The opening hours and holidays that the site has set."""
