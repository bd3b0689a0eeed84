"""Outbound calls that a person answered and nobody took (metrics.md 8.4). No legal advice: rules differ by country."""

from __future__ import annotations

DAY_MS = 86_400_000
SAFE_HARBOUR = 0.03
"""The most that the FTC's safe harbour allows of the calls answered by a person."""
SAFE_HARBOUR_DAYS = 30
CONNECT_WITHIN_MS = 2_000
"""A call is dropped when no agent is connected this long after the person's completed greeting (FTC)."""


def drop_rate(dropped: int, answered_by_person: int) -> float | None:
    """Dropped over answered by a person (dropped ones included). None for an empty set or impossible counts."""
    return dropped / answered_by_person if answered_by_person > 0 and dropped <= answered_by_person else None


def within_safe_harbour(dropped: int, answered_by_person: int) -> bool | None:
    """Whether at most 3 % were dropped, compared exactly. None when nobody answered."""
    rate = drop_rate(dropped, answered_by_person)
    return None if rate is None else dropped * 100 <= answered_by_person * 3


def ofcom_drop_rate(dropped: int, agent_handled: int, machines: int) -> float | None:
    """The drop rate without machine detection: the share of machines among handled calls is taken out of the drops.

    ``m = machines / (agent_handled + machines)``, ``d' = dropped * (1 - m)``, rate ``d' / (agent_handled + d')``
    (VICIdial's Ofcom mode). None for an empty set.
    """
    if agent_handled + machines <= 0:
        return None
    live_drops = dropped * (1 - machines / (agent_handled + machines))
    return live_drops / (agent_handled + live_drops) if agent_handled + live_drops > 0 else None


def rolling_window(at: int, days: int = SAFE_HARBOUR_DAYS) -> tuple[int, int]:
    """The window ``[start, at)`` of the last 30 days, ccmon's default."""
    return at - days * DAY_MS, at


def campaign_window(campaign_started_at: int, at: int, days: int = SAFE_HARBOUR_DAYS) -> tuple[int, int]:
    """The FTC's window: the campaign's successive stretches of 30 days, or the campaign so far if shorter.

    Raises:
        ValueError: the campaign starts after ``at``.
    """
    if at < campaign_started_at:
        raise ValueError("the campaign has not started")
    length_ms = days * DAY_MS
    start = campaign_started_at + (at - campaign_started_at) // length_ms * length_ms
    return start, min(at, start + length_ms)
